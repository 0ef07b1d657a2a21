//! Reads MIME multipart messages in one pass: headers, then the parts in sequence, each as a stream that ends at its
//! boundary. Accepts what occurs in MHTML: CRLF or LF, unquoted boundaries, folded headers, parts in any order, a
//! missing end.

use std::io::{self, Read};

use memchr::memmem;

/// Number of bytes per read of the input.
const CHUNK: usize = 256 * 1024;
/// Maximum length of a header block in bytes.
const HEADERS: usize = 64 * 1024;

/// Header fields with names in lower case and values unfolded and trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

/// Number of bytes at the beginning of a file that may be its headers.
const AT_START: usize = 16 * 1024;

impl Headers {
    /// Reads the headers at the beginning of a file; returns `None` if the bytes cannot be headers.
    pub fn at_start(head: &[u8]) -> Option<Self> {
        let start = &head[..head.len().min(AT_START)];
        let end = [&b"\n\n"[..], b"\n\r\n"].iter().filter_map(|end| memmem::find(start, end)).min();
        let block = &start[..end.unwrap_or(start.len())];
        // Reading a picture as headers takes longer than hashing it.
        memchr::memchr(0, block).is_none().then(|| Self::parse(block))
    }

    /// Parses a block of header lines.
    pub fn parse(block: &[u8]) -> Self {
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in block.split(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let Some((_, value)) = headers.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(headers)
    }

    /// Returns the first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns all headers in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the media type of `Content-Type` in lower case, without parameters.
    pub fn mime(&self) -> String {
        let value = self.get("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Returns a parameter of a header: `boundary`, `type`, `start`.
    pub fn parameter(&self, header: &str, name: &str) -> Option<String> {
        let mut rest = self.get(header)?.split_once(';')?.1;
        loop {
            rest = rest.trim_start_matches([';', ' ', '\t']);
            let (key, value) = rest.split_once('=')?;
            let value = value.trim_start();
            let (value, after) = match value.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => value.split_at(value.find(';').unwrap_or(value.len())),
            };
            if key.trim().eq_ignore_ascii_case(name) {
                return Some(value.trim().to_owned());
            }
            rest = after;
        }
    }
}

/// The parts of a multipart message.
#[derive(Debug)]
pub struct Parts<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    ended: bool,
    /// The delimiter `\n--boundary`.
    delimiter: Vec<u8>,
    headers: Headers,
    place: Place,
    /// Whether the last delimiter was seen.
    whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first delimiter, or in a part's body.
    Body,
    /// Immediately after a delimiter.
    Delimiter,
    /// After the last delimiter.
    Over,
}

impl<R: Read> Parts<R> {
    /// Reads the message's headers. Returns `None` if there are none or they name no boundary.
    pub fn open(from: R) -> io::Result<Option<Self>> {
        let mut parts = Self {
            from,
            buffer: vec![0; CHUNK],
            at: 0,
            end: 0,
            ended: false,
            delimiter: Vec::new(),
            headers: Headers::default(),
            place: Place::Body,
            whole: false,
        };
        let Some(headers) = parts.read_headers()? else { return Ok(None) };
        let Some(boundary) = headers.parameter("content-type", "boundary").filter(|boundary| !boundary.is_empty())
        else {
            return Ok(None);
        };
        parts.delimiter = [b"\n--", boundary.as_bytes()].concat();
        parts.headers = headers;
        // A delimiter may follow the headers immediately: the line break before it belongs to them.
        parts.at -= 1;
        Ok(Some(parts))
    }

    /// Returns the message's own headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Returns the headers of the next part, skipping the rest of the previous one; `None` after the last part.
    pub fn next_part(&mut self) -> io::Result<Option<Headers>> {
        let mut rest = [0; 4096];
        while self.place == Place::Body {
            // Reads on to the delimiter.
            self.read_body(&mut rest)?;
        }
        if self.place == Place::Over {
            return Ok(None);
        }
        self.ensure(2)?;
        if self.buffer[self.at..self.end].starts_with(b"--") {
            self.place = Place::Over;
            self.whole = true;
            return Ok(None);
        }
        // Skips to the end of the delimiter's line.
        loop {
            if let Some(offset) = memchr::memchr(b'\n', &self.buffer[self.at..self.end]) {
                self.at += offset + 1;
                break;
            }
            self.at = self.end;
            if !self.fill()? {
                self.place = Place::Over;
                return Ok(None);
            }
        }
        let headers = self.read_headers()?;
        self.place = if headers.is_some() { Place::Body } else { Place::Over };
        // The line break that ends the headers may also begin the delimiter of an empty part.
        self.at = self.at.saturating_sub(usize::from(headers.is_some()));
        if headers.is_some() {
            self.ensure(1 + self.delimiter.len())?;
            if !self.buffer[self.at..self.end].starts_with(&self.delimiter) {
                self.at += 1;
            }
        }
        Ok(headers)
    }

    /// Returns the raw body of the current part.
    pub fn body(&mut self) -> Body<'_, R> {
        Body(self)
    }

    /// Reports whether the message ended with its last delimiter.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Reads the header lines including the empty one. Returns `None` if the headers do not end.
    fn read_headers(&mut self) -> io::Result<Option<Headers>> {
        let mut searched = 0;
        loop {
            let have = &self.buffer[self.at..self.end];
            if have.starts_with(b"\n") || have.starts_with(b"\r\n") {
                self.at += if have[0] == b'\n' { 1 } else { 2 };
                return Ok(Some(Headers::default()));
            }
            let from = &have[searched..];
            let found = memchr::memchr_iter(b'\n', from).find_map(|offset| {
                let rest = &from[offset + 1..];
                let length = match rest {
                    [b'\n', ..] => 1,
                    [b'\r', b'\n', ..] => 2,
                    _ => return None,
                };
                Some((searched + offset + 1, searched + offset + 1 + length))
            });
            if let Some((end, after)) = found {
                let headers = Headers::parse(&have[..end]);
                self.at += after;
                return Ok(Some(headers));
            }
            if have.len() > HEADERS {
                return Ok(None);
            }
            searched = have.len().saturating_sub(3);
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Fills the buffer with at least `count` bytes, if the input has that many.
    fn ensure(&mut self, count: usize) -> io::Result<()> {
        while self.end - self.at < count && self.fill()? {}
        Ok(())
    }

    /// Reads more input; returns `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // One byte before `at` is kept: a line break that has been read may begin a delimiter.
        let keep = self.at.saturating_sub(1);
        self.buffer.copy_within(keep..self.end, 0);
        self.at -= keep;
        self.end -= keep;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    self.ended = count == 0;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn read_body(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.place != Place::Body || out.is_empty() {
            return Ok(0);
        }
        loop {
            let have = &self.buffer[self.at..self.end];
            // The search never goes beyond what is returned: a long part would be searched repeatedly.
            let window = &have[..have.len().min(out.len() + self.delimiter.len() + 1)];
            let found = memmem::find(window, &self.delimiter);
            let ready = match found {
                // A carriage return before the delimiter belongs to it.
                Some(at) if at > 0 && window[at - 1] == b'\r' => at - 1,
                Some(at) => at,
                None if self.ended => have.len(),
                None => window.len().saturating_sub(self.delimiter.len() + 1),
            };
            let count = ready.min(out.len());
            if count > 0 {
                out[..count].copy_from_slice(&have[..count]);
                self.at += count;
                return Ok(count);
            }
            if let Some(at) = found {
                self.at += at + self.delimiter.len();
                self.place = Place::Delimiter;
                return Ok(0);
            }
            if self.ended {
                self.place = Place::Over;
                return Ok(0);
            }
            self.fill()?;
        }
    }
}

/// A reader of one part's body.
#[derive(Debug)]
pub struct Body<'a, R>(&'a mut Parts<R>);

impl<R> Body<'_, R> {
    /// Reports whether the message ended within this part, once the body has been read to its end.
    pub fn is_cut(&self) -> bool {
        self.0.place == Place::Over && !self.0.whole
    }
}

impl<R: Read> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_body(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str) -> Option<(Vec<(String, String)>, bool)> {
        let mut parts = Parts::open(message.as_bytes()).unwrap()?;
        let mut found = Vec::new();
        while let Some(headers) = parts.next_part().unwrap() {
            let mut body = String::new();
            parts.body().read_to_string(&mut body).unwrap();
            found.push((headers.get("content-location").unwrap_or_default().to_owned(), body));
        }
        Some((found, parts.is_whole()))
    }

    #[test]
    fn parts_end_at_their_boundary() {
        let message = "From: <Saved by Blink>\nContent-Type: multipart/related;\n\ttype=\"text/html\";\n\tboundary=\"--x=_1\"\n\n\n\
            ----x=_1\nContent-Location: https://a/\n\n<p>\n----x=\n----x=_1\nContent-Location: b\n\n----x=_1\nX: 1\n\nlast\n\
            ----x=_1--\n";
        let wanted = vec![
            ("https://a/".to_owned(), "<p>\n----x=".to_owned()),
            ("b".to_owned(), String::new()),
            (String::new(), "last".to_owned()),
        ];
        assert_eq!(read(message), Some((wanted.clone(), true)));
        let windows = message.replace('\n', "\r\n");
        let mut of_windows = wanted;
        of_windows[0].1 = "<p>\r\n----x=".to_owned();
        assert_eq!(read(&windows), Some((of_windows, true)));
    }

    #[test]
    fn a_message_that_is_cut_off_is_not_whole() {
        let message = "Content-Type: multipart/related; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n";
        assert!(read(message).unwrap().1);
        for cut in 0..message.len() - 1 {
            assert!(read(&message[..cut]).is_none_or(|(_, whole)| !whole), "{cut}: {}", &message[..cut]);
        }
        assert_eq!(read("Content-Type: text/html\n\n<p>"), None);
        assert_eq!(read("Content-Type: multipart/related\n\n--b\n\na"), None);
    }

    #[test]
    fn parameters_are_found_quoted_or_not() {
        let headers = Headers::parse(
            b"Content-Type: multipart/related; type=\"text/html\"; start=\"<a;b@c>\";\r\n boundary=\"x y\"\r\nB: C\r\n",
        );
        assert_eq!(headers.parameter("content-type", "start").as_deref(), Some("<a;b@c>"));
        assert_eq!(headers.parameter("content-type", "boundary").as_deref(), Some("x y"));
        assert_eq!(headers.parameter("content-type", "charset"), None);
        assert_eq!(headers.mime(), "multipart/related");
        assert_eq!(headers.get("b"), Some("C"));
    }

    proptest::proptest! {
        #[test]
        fn any_parts_come_back(bodies in proptest::collection::vec("[a-z\\n -]{0,40}", 1..6)) {
            let mut message = "Content-Type: multipart/related; boundary=bb\n\n".to_owned();
            for body in &bodies {
                message.extend(["--bb\nX: 1\n\n", body, "\n"]);
            }
            message += "--bb--\n";
            proptest::prop_assume!(!bodies.iter().any(|body| body.contains("--b")));
            let (found, whole) = read(&message).unwrap();
            let found: Vec<String> = found.into_iter().map(|(_, body)| body).collect();
            proptest::prop_assert_eq!(found, bodies);
            proptest::prop_assert!(whole);
        }

        #[test]
        fn anything_is_read_without_harm(parts in proptest::collection::vec(
            proptest::sample::select(vec!["--b", "\n", "\r\n", "--", "Content-Type: x", ":", " ", "text", "="]), 0..40,
        )) {
            let message = format!("Content-Type: multipart/related; boundary=b\n\n{}", parts.concat());
            let _ = read(&message);
        }
    }
}
