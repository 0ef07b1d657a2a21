//! Verification: each kind of damage is found and named; nothing sound is accused; foreign bags by the conformance suite.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use liudi::archive::verify::{Options, VerifyReport, archive, bag};
use liudi::model::Class::{Private, Public};
use liudi::model::{Sha256, layout};
use liudi::work::Work;

use crate::archive::{put, tree};
use crate::support::{Run, samples};

fn verify(root: &Path) -> VerifyReport {
    archive(root, Options::default(), &Work::default()).unwrap()
}

fn codes(report: &VerifyReport) -> Vec<(&str, &str)> {
    report.findings.iter().map(|finding| (&*finding.code, &*finding.locator)).collect()
}

fn sample() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let medium = layout::media_path(&Sha256::of(b"png"), "png");
    put(
        root.path(),
        &[
            (Public, "articles/一/article.json", "{}"),
            (Public, "articles/二/article.json", "{ }"),
            (Public, &medium, "png"),
            (Private, "documents/a.pdf", "a document"),
        ],
    );
    root
}

#[test]
fn a_sound_archive_is_complete_and_intact() {
    let root = sample();
    let report = verify(root.path());
    assert_eq!(codes(&report), []);
    assert!(report.is_valid() && report.is_clean() && !report.pending);
    // Payload, and three tag files a bag.
    assert_eq!((report.files, report.read_files), (10, 10));
}

#[test]
fn every_single_changed_byte_is_found() {
    let root = sample();
    let root = root.path();
    let before = tree(root);
    for (name, content) in before.iter().filter(|(_, content)| **content != b"folder") {
        let path = root.join(name);
        for at in [0, content.len() - 1] {
            let mut changed = content.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            let report = verify(root);
            assert!(!report.is_clean(), "{name} at {at}");
            assert!(report.findings.iter().any(|finding| finding.exit_bit == 64), "{name} at {at}");
            if name.contains("/data/") {
                let code = if name.contains("media") { !codes(&report).is_empty() } else { !report.intact };
                assert!(code && codes(&report).contains(&("payload-corrupt", name)), "{name}: {:?}", codes(&report));
                assert!(report.complete, "nothing is missing");
            }
        }
        fs::write(&path, content).unwrap();
    }
    assert!(verify(root).is_valid());
}

#[test]
fn missing_extra_and_renamed_files_are_named() {
    let root = sample();
    let root = root.path();
    let first = root.join("public/data/articles/一/article.json");
    fs::rename(&first, root.join("public/data/articles/一/renamed.json")).unwrap();
    let report = verify(root);
    assert_eq!(codes(&report), [("payload-renamed", "public/data/articles/一/article.json")]);
    assert_eq!(report.findings[0].arguments[0].1, "public/data/articles/一/renamed.json");
    assert!(!report.complete && report.intact && !report.is_valid());

    fs::remove_file(root.join("public/data/articles/一/renamed.json")).unwrap();
    fs::write(root.join("private/data/stray"), "x").unwrap();
    let report = verify(root);
    assert_eq!(
        codes(&report),
        [
            // That the sizes differ from those that the bags state is no fault of its own.
            ("payload-extra", "private/data/stray"),
            ("payload-missing", "public/data/articles/一/article.json"),
        ]
    );
}

#[test]
fn an_archive_with_other_files_in_it_is_not_said_to_have_none() {
    let run = Run::new();
    put(&run.archive(), &[(Public, "articles/一/article.json", "{}"), (Private, "documents/a.pdf", "a document")]);
    let check = |language: &str| run.program_with(&["verify", "archive"], &[("LIUDI_LANG", language)]).succeeds();
    for (language, words) in [("en", "there are no extra files"), ("zh-CN", "没有多余的")] {
        check(language).says(words);
        for path in ["private/notes.txt", "public/notes.txt"] {
            let path = run.archive().join(path);
            fs::write(&path, "mine").unwrap();
            let said = check(language).says("notes.txt").said();
            assert!(!said.contains(words), "{said}");
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn a_size_that_no_damaged_file_explains_is_named() {
    let root = sample();
    let root = root.path();
    let file = root.join("private/data/documents/a.pdf");
    fs::write(&file, "a doc").unwrap();
    assert_eq!(codes(&verify(root)), [("payload-corrupt", "private/data/documents/a.pdf")]);
    // Where the file is not read, its size alone says that something is wrong.
    let unread = Options { read_per_mille: Some(0), ..Options::default() };
    let report = archive(root, unread, &Work::default()).unwrap();
    assert_eq!(codes(&report), [("oxum-mismatch", "private/bag-info.txt")]);
    fs::remove_file(root.join("public/data/articles/二/article.json")).unwrap();
    fs::write(&file, "a document").unwrap();
    let info = root.join("public/bag-info.txt");
    let text = fs::read_to_string(&info).unwrap();
    let changed = text.replace("Payload-Oxum: ", "Payload-Oxum: 9");
    assert_ne!(text, changed);
    fs::write(&info, changed).unwrap();
    let report = verify(root);
    assert!(codes(&report).contains(&("tag-corrupt", "public/bag-info.txt")), "{:?}", codes(&report));
}

#[test]
fn tag_files_and_anchors() {
    let root = sample();
    let root = root.path();
    fs::remove_file(root.join("public/bag-info.txt")).unwrap();
    assert!(codes(&verify(root)).contains(&("tag-missing", "public/bag-info.txt")));
    let root = sample();
    let root = root.path();
    fs::remove_file(root.join("SHA256SUMS")).unwrap();
    assert_eq!(codes(&verify(root)), [("anchor-missing", "SHA256SUMS"); 2]);
    let root = sample();
    let root = root.path();
    fs::remove_dir_all(root.join("private")).unwrap();
    let report = verify(root);
    assert!(codes(&report).contains(&("tag-missing", "private/tagmanifest-sha256.txt")), "{:?}", codes(&report));
    assert!(!report.is_clean());
}

/// Someone who changes a file and its line in the manifest, and the tag manifest too, is found by the anchor.
#[test]
fn a_changed_chain_is_found_at_its_anchor() {
    let root = sample();
    let root = root.path();
    let replace = |path: &str, from: &str, to: &str| {
        let path = root.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    let digest = |path: &str| Sha256::of(&fs::read(root.join(path)).unwrap()).hex();
    let old_manifest = digest("private/manifest-sha256.txt");
    fs::write(root.join("private/data/documents/a.pdf"), "b document").unwrap();
    replace("private/manifest-sha256.txt", &Sha256::of(b"a document").hex(), &Sha256::of(b"b document").hex());
    replace("private/tagmanifest-sha256.txt", &old_manifest, &digest("private/manifest-sha256.txt"));
    assert_eq!(codes(&verify(root)), [("anchor-mismatch", "private/tagmanifest-sha256.txt")]);
}

#[cfg(unix)]
#[test]
fn links_are_no_files() {
    let root = sample();
    let root = root.path();
    std::os::unix::fs::symlink("/etc/hostname", root.join("public/data/link")).unwrap();
    assert_eq!(codes(&verify(root)), [("payload-special", "public/data/link")]);
}

#[test]
fn a_part_is_read_and_said_to_be_a_part() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let names: Vec<String> = (0..400).map(|number| format!("n/{number}")).collect();
    let files: Vec<_> = names.iter().map(|name| (Public, &**name, &**name)).collect();
    put(root, &files);
    let sampled = |seed| {
        let options = Options { read_per_mille: Some(100), seed, ..Options::default() };
        archive(root, options, &Work::default()).unwrap()
    };
    let report = sampled(1);
    assert!((20..100).contains(&report.read_files), "{}", report.read_files);
    assert!(report.is_clean() && report.sampled && !report.is_valid());
    fs::write(root.join("public/data/n/7"), "x").unwrap();
    let found = (0..60).filter(|seed| !sampled(*seed).is_clean()).count();
    // The changed length is seen by no digest; its file is read by about a tenth of the seeds.
    assert!((1..60).contains(&found) || found == 60, "{found}");
}

#[test]
fn deep_looks_into_the_evidence() {
    use liudi::archive::commit::{Changes, commit};
    use liudi::archive::evidence::IndexWriter;
    use liudi::archive::pack::PackWriter;
    use liudi::store::Stage;
    use liudi::store::batch::EvidenceRow;

    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let lock = crate::archive::lock(root);
    let stage = Stage::open(root, &lock).unwrap();
    let mut writer = PackWriter::new(&stage, "2024-01-31").unwrap();
    let digests = [writer.add(b"one").unwrap(), writer.add(b"two").unwrap()];
    let pack = writer.finish().unwrap().unwrap();
    let place = layout::evidence_pack_path(&pack.name);
    let index = |digests: &[Sha256]| {
        let mut index = IndexWriter::new(Vec::new()).unwrap();
        for digest in digests {
            let row = EvidenceRow {
                digest: *digest,
                bytes: 3,
                source: "page".into(),
                version: 1,
                locator: "a.html".into(),
                template: "page".into(),
                mime: "text/html".into(),
                time: None,
                fetch: None,
                blanked: 0,
                shelf: None,
                place: place.clone(),
            };
            index.row(&row, 1).unwrap();
        }
        index.finish().unwrap()
    };
    let mut changes = Changes::default();
    changes.put(Private, &place, pack.staged.clone());
    changes.put(Private, layout::EVIDENCE_INDEX, stage.put_bytes(&index(&digests)).unwrap());
    commit(root, &stage, changes, &crate::archive::description(), &Work::default()).unwrap();
    let deep = || archive(root, Options { deep: true, ..Options::default() }, &Work::default()).unwrap();
    let report = deep();
    assert_eq!((codes(&report), report.leaves), (vec![], 2));

    // An index that names what is not there, and does not name what is.
    let mut changes = Changes::default();
    let other = [digests[0], Sha256::of(b"three")];
    changes.put(Private, layout::EVIDENCE_INDEX, stage.put_bytes(&index(&other)).unwrap());
    commit(root, &stage, changes, &crate::archive::description(), &Work::default()).unwrap();
    let report = deep();
    let shown = format!("private/data/{place}");
    assert_eq!(codes(&report), [("evidence-missing", &*shown), ("evidence-unlisted", &*shown)]);
    assert!(verify(root).is_valid(), "without --deep only bytes count");
}

/// Unpacks the suite. One of its paths cannot exist everywhere; such members are passed over.
fn suite(archive: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::options().read(true).open(archive).unwrap();
    let mut tar = tar::Archive::new(flate2::read::MultiGzDecoder::new(file));
    for entry in tar.entries().unwrap() {
        entry.unwrap().unpack_in(folder.path()).ok();
    }
    folder
}

#[test]
fn the_conformance_suite() {
    let Some(packed) = samples("bagit-conformance-suite.tar.gz") else { return };
    let folder = suite(&packed);
    let mut results: BTreeMap<String, Vec<(String, VerifyReport)>> = BTreeMap::new();
    let walk = walkdir::WalkDir::new(folder.path()).sort_by_file_name();
    for entry in walk.into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
        let kind = entry.path().parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        if ["valid", "invalid", "warning", "linux-only", "windows-only"].contains(&kind) {
            let name = entry.path().strip_prefix(folder.path()).unwrap().display().to_string();
            results.entry(kind.to_owned()).or_default().push((name, bag(entry.path(), Options::default())));
        }
    }
    let refused = |kind: &str| results[kind].iter().filter(|(_, report)| !report.is_clean()).count();
    for (kind, reports) in &results {
        eprintln!("{kind}: {} of {} refused", refused(kind), reports.len());
        for (name, report) in reports {
            let wrong = report.findings.iter().filter(|finding| finding.exit_bit != 0).count();
            eprintln!("  {} {name}: {:?}", if wrong == 0 { "ok     " } else { "refused" }, codes(report));
        }
    }
    assert_eq!((results["valid"].len(), refused("valid")), (27, 0));
    assert_eq!((results["invalid"].len(), refused("invalid")), (15, 15));
    assert_eq!((results["linux-only"].len(), refused("linux-only")), (6, 6));
    assert!(results["warning"].iter().all(|(_, report)| !report.findings.is_empty()), "each is told of");
}
