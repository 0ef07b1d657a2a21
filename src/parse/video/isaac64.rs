//! Implements the keystream that encrypts the beginning of a 视频号 video: ISAAC-64 (Bob Jenkins, 1996, public domain)
//! seeded with the list's `decodeKey`, over the first 131,072 bytes of the file.

/// Number of encrypted bytes at the beginning of a file.
pub const HIDDEN: u64 = 131_072;

const SIZE: usize = 256;
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c13;

/// The keystream of one key, from the first byte of the file on.
pub struct Keystream {
    memory: [u64; SIZE],
    results: [u64; SIZE],
    a: u64,
    b: u64,
    c: u64,
    /// The number of unused results; they are used from the last to the first.
    left: usize,
    word: [u8; 8],
    /// The number of used bytes of `word`.
    spent: usize,
    given: u64,
}

impl Keystream {
    /// Creates the keystream of `key`.
    pub fn new(key: u64) -> Self {
        let mut stream =
            Self { memory: [0; SIZE], results: [0; SIZE], a: 0, b: 0, c: 0, left: 0, word: [0; 8], spent: 8, given: 0 };
        let mut seed = [0; SIZE];
        seed[0] = key;
        let mut state = [GOLDEN; 8];
        for _ in 0..4 {
            mix(&mut state);
        }
        // Two passes: over the seed, then over its result, so that every word depends on every other.
        stream.fill(&mut state, &seed);
        let first = stream.memory;
        stream.fill(&mut state, &first);
        stream.refill();
        stream
    }

    fn fill(&mut self, state: &mut [u64; 8], from: &[u64; SIZE]) {
        for (target, source) in self.memory.as_chunks_mut::<8>().0.iter_mut().zip(from.as_chunks::<8>().0) {
            for (word, more) in state.iter_mut().zip(source) {
                *word = word.wrapping_add(*more);
            }
            mix(state);
            *target = *state;
        }
    }

    fn refill(&mut self) {
        self.c = self.c.wrapping_add(1);
        let (mut a, mut b) = (self.a, self.b.wrapping_add(self.c));
        for index in 0..SIZE {
            let x = self.memory[index];
            a = match index % 4 {
                0 => !(a ^ (a << 21)),
                1 => a ^ (a >> 5),
                2 => a ^ (a << 12),
                _ => a ^ (a >> 33),
            }
            .wrapping_add(self.memory[(index + SIZE / 2) % SIZE]);
            let y = self.memory[place(x >> 3)].wrapping_add(a).wrapping_add(b);
            self.memory[index] = y;
            b = self.memory[place(y >> 11)].wrapping_add(x);
            self.results[index] = b;
        }
        (self.a, self.b) = (a, b);
        self.left = SIZE;
    }

    /// Decrypts or encrypts (the same operation) the next bytes of the file. Bytes after [`HIDDEN`] stay unchanged.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        let hidden = usize::try_from(HIDDEN - self.given).unwrap_or(usize::MAX).min(bytes.len());
        for byte in &mut bytes[..hidden] {
            if self.spent == 8 {
                if self.left == 0 {
                    self.refill();
                }
                self.left -= 1;
                self.word = self.results[self.left].to_be_bytes();
                self.spent = 0;
            }
            *byte ^= self.word[self.spent];
            self.spent += 1;
        }
        self.given += hidden as u64;
    }
}

fn place(word: u64) -> usize {
    usize::from(word.to_le_bytes()[0])
}

fn mix(words: &mut [u64; 8]) {
    const SHIFTS: [(bool, u32); 8] =
        [(true, 9), (false, 9), (true, 23), (false, 15), (true, 14), (false, 20), (true, 17), (false, 14)];
    for (index, (right, shift)) in SHIFTS.into_iter().enumerate() {
        let at = |offset: usize| (index + offset) % 8;
        words[at(0)] = words[at(0)].wrapping_sub(words[at(4)]);
        let last = words[at(7)];
        words[at(5)] ^= if right { last >> shift } else { last << shift };
        words[at(7)] = last.wrapping_add(words[at(0)]);
    }
}

/// Reports whether `key` decrypts a file that begins with `head` to a video, by the type of its first box.
pub fn opens(key: u64, head: &[u8]) -> bool {
    let Some(first) = head.first_chunk::<12>() else { return false };
    let mut first = *first;
    Keystream::new(key).apply(&mut first);
    super::mp4::is_mp4(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(key: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut stream = Keystream::new(key);
        // In pieces of odd sizes, as a reader may return them.
        for piece in bytes.chunks_mut(1021) {
            stream.apply(piece);
        }
        bytes
    }

    #[test]
    fn key_nought_gives_the_published_constants() {
        // The first four constants of the Polyglot opening book, which come from the same generator.
        assert_eq!(hex::encode(stream(0, 32)), "9d39247e33776d412af7398005aaa5c744db0150246235479c15f73e62a76ae2");
    }

    #[test]
    fn only_the_beginning_is_hidden() {
        let bytes = stream(7, 131_080);
        assert!(bytes[131_064..131_072].iter().any(|byte| *byte != 0));
        assert_eq!(bytes[131_072..], [0; 8]);
    }

    #[test]
    fn a_key_opens_its_own_file_and_no_other() {
        let mut head = *b"\0\0\0\x20ftypisom";
        Keystream::new(2_065_249_527).apply(&mut head);
        assert!(opens(2_065_249_527, &head));
        assert!(!opens(2_065_249_528, &head));
        assert!(!opens(1, b"short"));
    }
}
