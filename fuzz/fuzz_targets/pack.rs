#![no_main]

use std::fs;

use liudi::archive::parcel::{Opening, unpack};
use liudi::error::Error;
use liudi::work::Work;

// The packs of an archive one after the other, each with four bytes before it that say how long it is: first the small
// one, which pins the others. Whatever they are, there is a whole archive in the end or nothing.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    fs::create_dir(&packs).unwrap();
    let mut rest = bytes;
    for name in ["a-anchor.zip", "a-public.zip", "a-private.zip"] {
        let Some((length, after)) = rest.split_first_chunk::<4>() else { break };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap().min(after.len());
        let (pack, after) = after.split_at(length);
        fs::write(packs.join(name), pack).unwrap();
        rest = after;
    }
    let opening = Opening { identities: None, passphrase: &|| Err(Error::interrupted()) };
    let done = unpack(&[packs], &folder.path().join("archive"), &opening, &Work::default());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), if done.is_ok() { 2 } else { 1 }, "{left:?}");
});
