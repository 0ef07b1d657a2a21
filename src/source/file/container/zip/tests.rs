use std::io::{Cursor, Write as _};

use secrecy::SecretString;
use zip::unstable::write::FileOptionsExt as _;
use zip::write::{FileOptions, SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod};

use flate2::Crc;

use super::*;
use crate::model::ContainerLimits;

fn budget() -> Budget {
    Budget::new(std::env::temp_dir())
}

fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn encrypted(password: &str, aes: bool, bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::<()>::default().compression_method(CompressionMethod::Deflated);
    if aes {
        writer.start_file("账单.csv", options.with_aes_encryption(AesMode::Aes256, password)).unwrap();
    } else {
        writer.start_file("账单.csv", options.with_deprecated_encryption(password.as_bytes()).unwrap()).unwrap();
    }
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

fn list(bytes: Vec<u8>, passwords: &[&str]) -> Result<ZipListing> {
    let passwords = Passwords::new(passwords.iter().map(|text| SecretString::from(*text)).collect());
    members(&Input::bytes_at("入/a.zip", bytes, None), &passwords, &budget())
}

fn codes(listing: &ZipListing) -> Vec<&str> {
    listing.problems.iter().map(|problem| problem.code.as_str()).collect()
}

/// Replaces the first or last occurrence of `from`.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8], last: bool) -> Vec<u8> {
    let found = if last { memchr::memmem::rfind(&bytes, from) } else { memchr::memmem::find(&bytes, from) };
    let at = found.unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn members_are_read_again_and_again() {
    let long: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    let listing = list(packed(&[("a/一.html", b"<p>"), ("long.bin", &long), ("a/", b"")]), &[]).unwrap();
    let names: Vec<&str> = listing.members.iter().map(Input::locator).collect();
    assert_eq!(names, ["入/a.zip!/a/一.html", "入/a.zip!/long.bin"]);
    for _ in 0..2 {
        assert_eq!(listing.members[0].bytes(10).unwrap(), b"<p>");
        assert_eq!(listing.members[1].bytes(u64::MAX - 1).unwrap(), long);
    }
    assert_eq!(listing.members[1].size(), long.len() as u64);
    assert!(listing.problems.is_empty() && listing.gaps.is_empty() && listing.filled.is_empty());
}

#[test]
fn a_zip_in_a_zip_is_opened_three_deep_and_no_deeper() {
    let mut bytes = packed(&[("x.txt", &vec![b'x'; 300_000])]);
    for _ in 0..3 {
        bytes = packed(&[("in.zip", &bytes), ("y.txt", b"y")]);
    }
    let budget = budget();
    let mut input = Input::bytes_at("a.zip", bytes, None);
    for _ in 0..3 {
        let listing = members(&input, &Passwords::default(), &budget).unwrap();
        assert_eq!(listing.members.len(), 2);
        input = listing.members[0].clone();
    }
    assert_eq!(input.locator(), "a.zip!/in.zip!/in.zip!/in.zip");
    assert_eq!(members(&input, &Passwords::default(), &budget).unwrap_err().code(), "zip-too-deep");
}

#[test]
fn each_password_is_tried_and_a_missing_one_is_a_gap() {
    for aes in [true, false] {
        // Of 600 wrong passwords some pass the older encryption's one-byte check.
        let mut passwords: Vec<String> = (0..if aes { 3 } else { 600 }).map(|number| format!("no{number}")).collect();
        let bytes = encrypted("p密1", aes, b"a,b\n1,2\n");
        let wrong: Vec<&str> = passwords.iter().map(String::as_str).collect();
        let listing = list(bytes.clone(), &wrong).unwrap();
        assert!(listing.members.is_empty() && listing.problems.is_empty());
        assert_eq!(listing.gaps.len(), 1);
        let gap = &listing.gaps[0];
        assert_eq!((gap.reason, gap.kind), (GapReason::PasswordNeeded, SubjectKind::Input));
        assert_eq!(gap.key, format!("input:{}", Sha256::of(&bytes).hex()));
        assert_eq!((gap.title.as_deref(), gap.detail.as_deref()), (Some("a.zip"), Some("账单.csv")));

        passwords.push("p密1".to_owned());
        let right: Vec<&str> = passwords.iter().map(String::as_str).collect();
        let listing = list(bytes, &right).unwrap();
        assert_eq!(listing.members[0].bytes(100).unwrap(), b"a,b\n1,2\n");
        assert_eq!(listing.filled, [(SubjectKind::Input, gap.key.clone())]);
        assert!(listing.gaps.is_empty());
    }
}

#[test]
fn names_that_lead_out_are_strange_and_no_more() {
    let bytes = packed(&[("aa/evil.txt", b"1"), ("evil.txt", b"2"), ("Q:/disk.txt", b"3"), ("/abs.txt", b"4")]);
    let bytes = patched(patched(bytes, b"aa/evil", b"../evil", true), b"aa/evil", b"../evil", false);
    let listing = list(bytes, &[]).unwrap();
    let names: Vec<&str> = listing.members.iter().map(Input::locator).collect();
    assert_eq!(names, ["入/a.zip!/evil.txt", "入/a.zip!/evil (2).txt", "入/a.zip!/disk.txt", "入/a.zip!/abs.txt"]);
    let read: Vec<Vec<u8>> = listing.members.iter().map(|member| member.bytes(10).unwrap()).collect();
    assert_eq!(read, [b"1", b"2", b"3", b"4"]);
    assert_eq!(codes(&listing), ["zip-duplicate-names"]);
}

#[test]
fn members_packed_by_other_methods_are_read() {
    let long: Vec<u8> = (0..200_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
    for method in [CompressionMethod::Bzip2, CompressionMethod::Ppmd, CompressionMethod::Xz, CompressionMethod::Zstd] {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in [("a.csv", &b"a,b\n"[..]), ("long.bin", &long)] {
            writer.start_file(name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let listing = list(bytes.clone(), &[]).unwrap();
        assert!(listing.problems.is_empty(), "{method}");
        for _ in 0..2 {
            assert_eq!(listing.members[0].bytes(10).unwrap(), b"a,b\n", "{method}");
            assert!(listing.members[1].bytes(u64::MAX - 1).unwrap() == long, "{method}");
        }
        // A wrong checksum, and a wrong size.
        let mut crc = Crc::new();
        crc.update(b"a,b\n");
        let wrong = patched(bytes, &crc.sum().to_le_bytes(), &[1, 2, 3, 4], true);
        let error = list(wrong, &[]).unwrap().members[0].bytes(10).unwrap_err();
        assert_eq!(error.code(), "zip-member-broken", "{method}");
    }
}

#[test]
fn a_member_that_wants_all_the_memory_there_is_is_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", SimpleFileOptions::default().compression_method(CompressionMethod::Xz)).unwrap();
    writer.write_all(b"a").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let at = memchr::memmem::find(&bytes, b"\xfd7zXZ").unwrap();
    let filter = at + 12 + memchr::memmem::find(&bytes[at + 12..], &[0x21, 1]).unwrap();
    let mut greedy = bytes;
    greedy[filter + 2] = 40;
    let listing = list(greedy, &[]).unwrap();
    assert_eq!((codes(&listing), listing.members.len(), listing.gaps.len()), (vec!["zip-member-window"], 0, 1));
}

#[test]
fn what_systems_leave_about_is_not_read() {
    let listing = list(packed(&[("__MACOSX/._a.html", b"1"), ("x/.DS_Store", b"2"), ("a.html", b"3")]), &[]).unwrap();
    let names: Vec<&str> = listing.members.iter().map(Input::name).collect();
    assert_eq!(names, ["a.html"]);
    assert!(listing.problems.is_empty() && listing.gaps.is_empty());
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let listing = list(writer.finish().unwrap().into_inner(), &[]).unwrap();
    assert_eq!(codes(&listing), ["zip-member-link"]);
    assert_eq!(listing.gaps[0].title.as_deref(), Some("入/a.zip!/link"));
    assert!(listing.members.is_empty());
}

#[test]
fn members_of_one_name_are_all_read_and_said() {
    let bytes = packed(&[("x1.txt", b"one"), ("x2.txt", b"two")]);
    let bytes = patched(bytes, b"x2.txt", b"x1.txt", true);
    let listing = list(bytes, &[]).unwrap();
    assert_eq!(codes(&listing), ["zip-duplicate-names"]);
    let names: Vec<&str> = listing.members.iter().map(Input::name).collect();
    assert_eq!(names, ["x1.txt", "x1 (2).txt"]);
    assert_eq!(listing.members[1].bytes(10).unwrap(), b"two");
}

#[test]
fn overlapping_and_broken_archives_are_refused_whole() {
    let bytes = packed(&[("a.txt", b"one"), ("b.txt", b"two")]);
    // The second directory entry points at the first member.
    let entry = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    let mut overlapping = bytes.clone();
    overlapping[entry + 42..entry + 46].copy_from_slice(&[0; 4]);
    assert_eq!(list(overlapping, &[]).unwrap_err().code(), "zip-overlap");

    let cut = bytes[..bytes.len() - 30].to_vec();
    let error = list(cut, &[]).unwrap_err();
    assert_eq!((error.code(), error.argument("path").as_deref()), ("zip-open-failed", Some("入/a.zip")));
}

#[test]
fn a_bomb_is_one_problem_and_costs_nothing() {
    let zeros = vec![0_u8; 65 << 20];
    let listing = list(packed(&[("1", &zeros), ("2", &zeros), ("ok", b"ok")]), &[]).unwrap();
    assert_eq!(codes(&listing), ["zip-ratio"]);
    assert_eq!(listing.members.len(), 1);
    let gaps: Vec<&str> = listing.gaps.iter().filter_map(|gap| gap.title.as_deref()).collect();
    assert_eq!(gaps, ["入/a.zip!/1", "入/a.zip!/2"]);
    // A table of equal rows is not a bomb.
    let rows = b"2026-03-20,1.00\n".repeat(3 << 20);
    assert_eq!(list(packed(&[("rows.csv", &rows)]), &[]).unwrap().members.len(), 1);

    let bytes = packed(&[("1", &zeros[..1000]), ("2", &zeros[..1000])]);
    let input = Input::bytes_at("a.zip", bytes, None);
    let passwords = Passwords::default();
    for (limits, code) in [
        (ContainerLimits { bytes: 1500, ..ContainerLimits::default() }, "zip-members-too-large"),
        (ContainerLimits { members: 1, ..ContainerLimits::default() }, "zip-too-many-members"),
    ] {
        let listing = members(&input, &passwords, &Budget::of(limits, std::env::temp_dir())).unwrap();
        assert_eq!((codes(&listing), listing.members.len()), (vec![code], 1));
        assert_eq!(listing.members[0].locator(), "a.zip!/1");
        let [gap] = listing.gaps.as_slice() else { panic!("{:?}", listing.gaps) };
        assert_eq!((gap.title.as_deref(), gap.detail.as_deref()), (Some("a.zip!/2"), Some(code)));
    }
}

#[test]
fn what_fits_is_read_and_pages_and_lists_come_first() {
    let page = vec![b'p'; 400];
    let bytes =
        packed(&[("1.png", &[0; 500]), ("2.txt", &[b't'; 500]), ("3.HTML", &page), ("文/4.csv", b"a,b"), ("x", b"x")]);
    let input = Input::bytes_at("a.zip", bytes, None);
    let of = |limits: ContainerLimits| {
        let listing = members(&input, &Passwords::default(), &Budget::of(limits, std::env::temp_dir())).unwrap();
        let read: Vec<&str> = listing.members.iter().map(Input::name).collect();
        let missed: Vec<&str> = listing.gaps.iter().map(|gap| gap.title.as_deref().unwrap()).collect();
        format!("{} | {}", read.join(" "), missed.join(" ")).replace("a.zip!/", "")
    };
    let usual = ContainerLimits::default();
    assert_eq!(of(usual), "1.png 2.txt 3.HTML 4.csv x | ");
    assert_eq!(of(ContainerLimits { members: 3, ..usual }), "2.txt 3.HTML 4.csv | 1.png x");
    assert_eq!(of(ContainerLimits { members: 1, ..usual }), "3.HTML | 1.png 2.txt 文/4.csv x");
    assert_eq!(of(ContainerLimits { bytes: 450, ..usual }), "3.HTML 4.csv x | 1.png 2.txt");
    assert_eq!(of(ContainerLimits { bytes: 950, ..usual }), "2.txt 3.HTML 4.csv x | 1.png");
    // A second archive of the same run gets what the first one left.
    let budget = Budget::of(ContainerLimits { members: 6, ..usual }, std::env::temp_dir());
    let counts = [(), ()].map(|()| members(&input, &Passwords::default(), &budget).unwrap().members.len());
    assert_eq!(counts, [5, 1]);
}

#[test]
fn lies_about_size_and_content_are_seen_when_reading() {
    let content = vec![7_u8; 5000];
    let bytes = packed(&[("a.bin", &content)]);
    let longer = patched(bytes.clone(), &5000_u32.to_le_bytes(), &6000_u32.to_le_bytes(), true);
    let shorter = patched(bytes.clone(), &5000_u32.to_le_bytes(), &4000_u32.to_le_bytes(), true);
    let mut crc = Crc::new();
    crc.update(&content);
    let sum = crc.sum().to_le_bytes();
    let wrong = patched(bytes, &sum, &[1, 2, 3, 4], true);
    for (bytes, code) in [(longer, "zip-member-shorter"), (shorter, "zip-member-longer"), (wrong, "zip-member-broken")]
    {
        let listing = list(bytes, &[]).unwrap();
        let error = listing.members[0].bytes(1 << 20).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(error.argument("path").as_deref(), Some("入/a.zip!/a.bin"));
    }
}

#[test]
fn documents_are_not_looked_into() {
    let listing = list(packed(&[("docProps/app.xml", b"<a/>"), ("[Content_Types].xml", b"<Types/>")]), &[]).unwrap();
    assert!(listing.document && listing.members.is_empty());
}

#[test]
fn what_the_directory_does_not_name_is_said_to_be_there() {
    let inner = packed(&[("inner.html", b"<p>inner")]);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let outer = |first: &[(&str, &[u8])]| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in first.iter().chain([&("m.zip", inner.as_slice())]) {
            writer.start_file(*name, stored).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let (whole, other) = (outer(&[("a.html", b"<p>a"), ("b.html", b"<p>b")]), packed(&[("o.html", b"<p>o")]));
    let said = |bytes: Vec<u8>| {
        let listing = list(bytes, &[]).unwrap();
        assert_eq!(listing.gaps.len(), codes(&listing).len());
        (listing.members.len(), codes(&listing).concat())
    };
    let unlisted = |members: usize| (members, "zip-unlisted".to_owned());
    assert_eq!(said(whole.clone()), (3, String::new()));
    // Cut off: the directory found is that of the ZIP inside.
    for cut in [25, 100] {
        assert_eq!(said(whole[..whole.len() - cut].to_vec()), unlisted(1), "{cut}");
    }
    let only = outer(&[]);
    assert_eq!(said(only[..only.len() - 25].to_vec()), unlisted(1));
    // Joined, either way round; what is no ZIP may follow.
    assert_eq!(said([whole.clone(), other.clone()].concat()), unlisted(1));
    let half = [whole.as_slice(), &other[..other.len() - 22]].concat();
    assert_eq!(said(half).1, "zip-unlisted");
    assert_eq!(said([whole.as_slice(), b"rubbish"].concat()), (3, String::new()));
    // A document is only what was given if it is all of it.
    let document = packed(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    let mut around = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("a.html", b"<p>a".as_slice()), ("账单.xlsx", &document)] {
        around.start_file(name, stored).unwrap();
        around.write_all(bytes).unwrap();
    }
    let around = around.finish().unwrap().into_inner();
    for bytes in [around[..around.len() - 20].to_vec(), [whole.clone(), document.clone()].concat()] {
        assert_eq!(list(bytes, &[]).unwrap_err().code(), "zip-open-failed");
    }
    assert!(list(document, &[]).unwrap().document && said(around) == (2, String::new()));
    // A directory that counts too few.
    let few = patched(
        patched(whole.clone(), b"PK\x05\x06\0\0\0\0\x03\0\x03", b"PK\x05\x06\0\0\0\0\x02\0\x02", true),
        b"",
        b"",
        true,
    );
    assert_eq!(said(few).1, "zip-unlisted");
    // Members with data descriptors, as programs write them that stream.
    let mut streamed = ZipWriter::new_stream(Vec::new());
    for name in ["一.html", "dir/二.html"] {
        streamed.start_file(name, SimpleFileOptions::default()).unwrap();
        streamed.write_all(b"<p>").unwrap();
    }
    let streamed = streamed.finish().unwrap().into_inner();
    assert_eq!(said(streamed), (2, String::new()));
}
