//! Packs that somebody made on purpose. Each differs in one thing from a sound one, which is unpacked too.

use std::fs;
use std::io::{self, Cursor, Write as _};
use std::path::Path;

use secrecy::SecretString;
use zip::write::SimpleFileOptions;

use super::form::{self, Member};
use super::{Opening, unpack};
use crate::archive::bagit::{DECLARATION, manifest_line};
use crate::error::Result;
use crate::model::Sha256;
use crate::work::Work;

type File = (String, Vec<u8>);
type Change<'a> = &'a dyn Fn(&mut Vec<File>);

fn zip(files: &[File], private: bool) -> Vec<u8> {
    let (mut bytes, mut members) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let member = Member { size: content.len() as u64, crc: crc32fast::hash(content) };
        bytes.extend(form::file(name, member));
        bytes.extend(content);
        members.push(member);
    }
    let names = |visit: &mut dyn FnMut(&str) -> io::Result<()>| files.iter().try_for_each(|(name, _)| visit(name));
    form::write_directory(&mut bytes, &members, private, &names).unwrap();
    bytes
}

fn file(name: &str, content: impl AsRef<[u8]>) -> File {
    (name.to_owned(), content.as_ref().to_vec())
}

/// The files of a public bag with this payload, as a pack has them, and `SHA256SUMS`.
fn bag(payload: &[(&str, &str)]) -> (Vec<File>, String) {
    let lines: Vec<(&str, Sha256)> =
        payload.iter().map(|(path, content)| (*path, Sha256::of(content.as_bytes()))).collect();
    let manifest: String = lines.iter().map(|(path, digest)| manifest_line(digest, path)).collect();
    let bytes: usize = payload.iter().map(|(_, content)| content.len()).sum();
    let info = format!("Payload-Oxum: {bytes}.{}\n", payload.len());
    let tags = [("bag-info.txt", info), ("bagit.txt", DECLARATION.to_owned()), ("manifest-sha256.txt", manifest)];
    let tag_manifest: String =
        tags.iter().map(|(name, content)| manifest_line(&Sha256::of(content.as_bytes()), name)).collect();
    let sums = manifest_line(&Sha256::of(tag_manifest.as_bytes()), "public/tagmanifest-sha256.txt");
    let mut files = vec![file("public/tagmanifest-sha256.txt", tag_manifest)];
    files.extend(tags.iter().map(|(name, content)| file(&format!("public/{name}"), content)));
    files.extend(payload.iter().map(|(path, content)| file(&format!("public/{path}"), content)));
    (files, sums)
}

fn anchor(sums: &str) -> Vec<u8> {
    zip(&[file("SHA256SUMS", sums)], false)
}

/// Unpacks in a folder of its own and returns the code of the error; asserts that nothing is left behind but what succeeded.
fn outcome(anchor: &[u8], public: &[u8]) -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("in/side");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("x-anchor.zip"), anchor).unwrap();
    fs::write(place.join("x-public.zip"), public).unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let opening = Opening { identities: None, passphrase: &|| Ok(SecretString::from("none")) };
    let done = unpack(std::slice::from_ref(&place), &out.join("archive"), &opening, &Work::default());
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    let expected: &[&str] = if done.is_ok() { &["archive"] } else { &[] };
    assert_eq!(names(&out), expected, "{done:?}");
    assert_eq!(names(folder.path()).len(), 2, "nothing outside: {:?}", names(folder.path()));
    assert_eq!(names(&folder.path().join("in")), ["side"]);
    done.map(|_| ())
}

fn code(anchor: &[u8], public: &[u8]) -> &'static str {
    outcome(anchor, public).err().map_or("unpacked", |error| error.code())
}

const SOUND: [(&str, &str); 2] = [("data/a/一.txt", "one"), ("data/b.txt", "two")];

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let (files, sums) = bag(&SOUND);
    outcome(&anchor(&sums), &zip(&files, false)).unwrap();
    for name in [
        "data/../../../evil",
        "data/../evil",
        "data//evil",
        "data/./evil",
        "data/a\\..\\evil",
        "data/C:/evil",
        "data/con",
        "data/nul.txt",
        "data/a.",
        "data/a%2e%2e",
        "data/a\u{0}b",
        "data/e\u{301}",
    ] {
        let (files, sums) = bag(&[(name, "evil")]);
        assert_eq!(code(&anchor(&sums), &zip(&files, false)), "pack-name-refused", "{name:?}");
    }
    for name in ["evil", "/etc/evil", "../evil", "data"] {
        let (files, sums) = bag(&[(name, "evil")]);
        assert_eq!(code(&anchor(&sums), &zip(&files, false)), "pack-foreign", "{name:?}");
    }
    let (files, sums) = bag(&[("data/A.txt", "one"), ("data/a.txt", "two")]);
    // Two files on this system, one on others: unpacked, with the remark of a verification.
    assert!(["unpacked", "unpacking-failed"].contains(&code(&anchor(&sums), &zip(&files, false))));
    for name in ["SHA256SUMS./../../evil", "SHA256SUMS.a/b", "SHA256SUMS.a\\b", "../SHA256SUMS", "SHA256SUMS."] {
        let (files, sums) = bag(&SOUND);
        let anchor = zip(&[file("SHA256SUMS", &sums), file(name, "evil")], false);
        assert_eq!(code(&anchor, &zip(&files, false)), "pack-foreign", "{name:?}");
    }
}

#[test]
fn files_that_are_not_in_the_manifest_in_their_order_are_refused() {
    let (files, sums) = bag(&SOUND);
    let anchor = anchor(&sums);
    let changed = |change: Change<'_>| {
        let mut files = files.clone();
        change(&mut files);
        code(&anchor, &zip(&files, false))
    };
    let cases: [(&str, Change<'_>); 11] = [
        ("pack-unexpected", &|files| files.swap(4, 5)),
        ("pack-unexpected", &|files| drop(files.pop())),
        ("pack-unexpected", &|files| drop(files.remove(4))),
        ("pack-unexpected", &|files| files.push(file("public/data/extra", "extra"))),
        ("pack-unexpected", &|files| files.push(file("evil/extra", "extra"))),
        ("pack-unexpected", &|files| files.insert(4, files[4].clone())),
        ("pack-unexpected", &|files| files[5].0 = "private/data/b.txt".to_owned()),
        ("pack-content-wrong", &|files| files[5].1 = b"TWO".to_vec()),
        ("pack-content-wrong", &|files| files[3].1.push(b'\n')),
        ("unpack-other-archive", &|files| files[0].1.push(b'\n')),
        ("pack-foreign", &|files| files[0].0 = "public/manifest-sha256.txt".to_owned()),
    ];
    for (number, (expected, change)) in cases.iter().enumerate() {
        assert_eq!(changed(*change), *expected, "case {number}");
    }
    // A manifest that names a file twice, and one out of order.
    for payload in [[SOUND[0], SOUND[0]], [SOUND[1], SOUND[0]]] {
        let (files, sums) = bag(&payload);
        assert_eq!(code(&super::tests::anchor(&sums), &zip(&files, false)), "pack-foreign");
    }
    // An archive that states another size is no valid one.
    let (mut files, _) = bag(&SOUND);
    files[1].1 = b"Payload-Oxum: 7.2\n".to_vec();
    let line = |index: usize| manifest_line(&Sha256::of(&files[index].1), files[index].0.trim_start_matches("public/"));
    let tags: String = [1, 2, 3].map(line).concat();
    files[0].1 = tags.into_bytes();
    let sums = manifest_line(&Sha256::of(&files[0].1), &files[0].0);
    assert_eq!(code(&super::tests::anchor(&sums), &zip(&files, false)), "unpack-not-valid");
}

#[test]
fn every_other_form_of_a_zip_is_refused() {
    let (files, sums) = bag(&SOUND);
    let anchor = anchor(&sums);
    let sound = zip(&files, false);
    let by_another = |options: SimpleFileOptions, link: bool| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &files {
            writer.start_file(name.as_str(), options).unwrap();
            writer.write_all(content).unwrap();
        }
        if link {
            writer.add_symlink("public/data/link", "/etc/passwd", options).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("stored by another program", by_another(stored, false)),
        ("compressed", by_another(deflated, false)),
        ("with a link", by_another(stored, true)),
        ("private modes", zip(&files, true)),
        ("empty", Vec::new()),
        ("no ZIP", b"%PDF-1.7 and so on, long enough for a header".to_vec()),
        ("a ZIP without files", zip(&[], false)),
        ("behind other bytes", [b"MZ".to_vec(), sound.clone()].concat()),
        ("before other bytes", [sound.clone(), b"x".to_vec()].concat()),
        ("twice", [sound.clone(), sound.clone()].concat()),
        ("an age file without end", [super::seal::MAGIC.to_vec(), vec![b'a'; 1 << 20]].concat()),
    ];
    // A mode of a link in the directory.
    let entry = memchr::memmem::rfind(&sound, b"PK\x01\x02").unwrap();
    let mut link = sound.clone();
    link[entry + 41] = 0xA1;
    cases.push(("a mode of a link", link));
    for length in (0..sound.len()).step_by(7) {
        cases.push(("cut off", sound[..length].to_vec()));
    }
    for at in (0..sound.len()).step_by(3) {
        let mut changed = sound.clone();
        changed[at] ^= 0x20;
        cases.push(("a changed byte", changed));
    }
    for (what, bytes) in cases {
        let outcome = code(&anchor, &bytes);
        assert_ne!(outcome, "unpacked", "{what}");
        let known = ["pack-foreign", "pack-truncated", "pack-unexpected", "pack-content-wrong", "unpack-other-archive"];
        assert!(known.contains(&outcome) || outcome == "pack-damaged", "{what}: {outcome}");
    }
    let whole = anchor.clone();
    for at in (0..whole.len()).step_by(3) {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        assert_ne!(code(&changed, &sound), "unpacked", "byte {at}");
    }
}

#[test]
fn a_size_that_is_not_there_takes_neither_memory_nor_disk() {
    let (files, sums) = bag(&SOUND);
    let mut bytes = zip(&files[..4], false);
    bytes.truncate(memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap());
    bytes.extend(form::file(&files[4].0, Member { size: u64::MAX / 2, crc: 0 }));
    bytes.extend(b"only this");
    assert_eq!(code(&anchor(&sums), &bytes), "pack-truncated");
}
