//! Bags that others wrote: every kind of damage of a bag of ours, and those that only foreign bags have. The official
//! conformance suite is run beside these where it is at hand (`verify`); these need nothing but this file.

use std::fs;

use liudi::archive::verify::{Options, bag};
use liudi::model::Sha256;
use sha2::Digest as _;

/// A bag made by hand: payload, manifests by algorithm, tag manifest.
struct Foreign {
    folder: tempfile::TempDir,
}

fn hex(algorithm: &str, bytes: &[u8]) -> String {
    match algorithm {
        "sha256" => Sha256::of(bytes).hex(),
        "sha512" => hex::encode(sha2::Sha512::digest(bytes)),
        "md5" => hex::encode(md5::Md5::digest(bytes)),
        other => panic!("{other}"),
    }
}

impl Foreign {
    fn new(version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bag = Self { folder };
        bag.write("bagit.txt", &format!("BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"));
        bag.write("data/一.txt", "one");
        bag.write("data/folder/two.txt", "two");
        bag
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A manifest of the files named, with `separator` between digest and name and `end` behind a line.
    fn manifest(&self, algorithm: &str, names: &[&str], separator: &str, end: &str) -> &Self {
        let line =
            |name: &&str| format!("{}{separator}{name}{end}", hex(algorithm, &fs::read(self.path(name)).unwrap()));
        let text: String = names.iter().map(line).collect();
        self.write(&format!("manifest-{algorithm}.txt"), &text);
        self
    }

    /// Codes and places of the findings, and whether any of them is an error.
    fn judged(&self) -> (Vec<(String, String)>, bool) {
        let report = bag(self.folder.path(), Options::default());
        let codes = report.findings.iter().map(|it| (it.code.clone(), it.locator.clone())).collect();
        (codes, report.findings.iter().any(|finding| finding.exit_bit != 0))
    }

    #[track_caller]
    fn is_refused_for(&self, code: &str, place: &str) {
        let (codes, refused) = self.judged();
        assert!(refused && codes.contains(&(code.to_owned(), place.to_owned())), "{codes:?}");
    }
}

const BOTH: [&str; 2] = ["data/一.txt", "data/folder/two.txt"];

#[test]
fn sound_bags_of_every_make_are_accepted() {
    for version in ["0.93", "0.97", "1.0"] {
        for algorithm in ["sha256", "sha512", "md5"] {
            for (separator, end) in [("  ", "\n"), (" ", "\n"), ("\t", "\n"), ("  ", "\r\n"), ("  ", "\r")] {
                let bag = Foreign::new(version);
                bag.manifest(algorithm, &BOTH, separator, end);
                let (codes, refused) = bag.judged();
                assert!(!refused, "{version} {algorithm} {separator:?} {end:?}: {codes:?}");
            }
        }
    }
}

#[test]
fn a_file_that_only_one_of_two_manifests_lists_is_named() {
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH, "  ", "\n").manifest("sha512", &BOTH[..1], "  ", "\n");
    bag.is_refused_for("payload-unlisted", BOTH[1]);
    // Before 1.0 a manifest did not have to list everything.
    let bag = Foreign::new("0.97");
    bag.manifest("sha256", &BOTH, "  ", "\n").manifest("sha512", &BOTH[..1], "  ", "\n");
    assert!(!bag.judged().1, "{:?}", bag.judged());
}

#[test]
fn a_file_that_no_manifest_lists_is_named() {
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH[..1], "  ", "\n");
    bag.is_refused_for("payload-extra", BOTH[1]);
}

#[test]
fn a_renamed_file_is_named_with_both_names() {
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH, "  ", "\n");
    fs::rename(bag.path(BOTH[0]), bag.path("data/1.txt")).unwrap();
    let report = self::bag(bag.folder.path(), Options::default());
    let renamed = report.findings.iter().find(|finding| finding.code == "payload-renamed").unwrap();
    assert_eq!(renamed.locator, BOTH[0]);
    assert!(renamed.arguments.iter().any(|(_, value)| value == "data/1.txt"), "{renamed:?}");
    assert!(renamed.exit_bit != 0);
}

#[test]
fn a_changed_byte_is_found_by_whichever_manifest_is_there() {
    for algorithm in ["sha256", "sha512", "md5"] {
        let bag = Foreign::new("1.0");
        bag.manifest(algorithm, &BOTH, "  ", "\n");
        bag.write(BOTH[1], "twO");
        bag.is_refused_for("payload-corrupt", BOTH[1]);
    }
    // Of two manifests the one that is wrong counts.
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH, "  ", "\n").manifest("md5", &BOTH, "  ", "\n");
    bag.write("manifest-md5.txt", &fs::read_to_string(bag.path("manifest-md5.txt")).unwrap().replace('a', "b"));
    assert!(bag.judged().1, "{:?}", bag.judged());
}

#[test]
fn a_missing_file_and_a_missing_manifest_are_named() {
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH, "  ", "\n");
    fs::remove_file(bag.path(BOTH[1])).unwrap();
    bag.is_refused_for("payload-missing", BOTH[1]);
    Foreign::new("1.0").is_refused_for("manifest-missing", "manifest-sha256.txt");
}

#[test]
fn a_changed_tag_file_is_found_by_its_manifest() {
    let bag = Foreign::new("1.0");
    bag.manifest("sha256", &BOTH, "  ", "\n");
    let digest = hex("sha256", &fs::read(bag.path("bagit.txt")).unwrap());
    bag.write("tagmanifest-sha256.txt", &format!("{digest}  bagit.txt\n"));
    assert!(!bag.judged().1, "{:?}", bag.judged());
    bag.write("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding:  UTF-8\n");
    bag.is_refused_for("tag-corrupt", "bagit.txt");
}
