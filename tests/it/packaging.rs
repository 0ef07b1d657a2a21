//! What is packed for a release agrees with the program.

use std::fs;
use std::path::{Path, PathBuf};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging")
}

/// The manifests for package managers, with their names.
fn manifests() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["winget", "scoop", "homebrew"] {
        for entry in fs::read_dir(packaging().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            found.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()));
        }
    }
    assert_eq!(found.len(), 6);
    found
}

#[test]
fn manifests_name_the_version_of_the_program() {
    for (name, text) in manifests() {
        let lines = ["PackageVersion: ", "\"version\": \"", "version \""];
        let named = text.lines().find_map(|line| lines.iter().find_map(|begin| line.trim_start().strip_prefix(begin)));
        let named = named.unwrap_or_default().trim_end_matches([',', '"']);
        assert_eq!(named, VERSION, "{name}");
    }
}

#[test]
fn manifests_point_at_packages_of_this_version_and_have_their_checksums() {
    for (name, text) in manifests() {
        let addresses: Vec<&str> = text.lines().filter(|line| line.contains("/releases/download/")).collect();
        for line in &addresses {
            let package = format!("/releases/download/v{VERSION}/liudi-{VERSION}-");
            assert!(line.contains(&package), "{name}: {line}");
        }
        let is_sum = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let sums = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_sum(word)).count();
        assert_eq!(sums, addresses.len(), "{name}");
    }
}

#[test]
fn every_target_of_the_manifests_is_built_by_the_release() {
    let workflow = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/release.yml");
    // A crate from the registry has no workflows.
    let Ok(workflow) = fs::read_to_string(workflow) else { return };
    let mut targets = 0;
    for (name, text) in manifests() {
        for (_, package) in
            text.match_indices(&format!("/liudi-{VERSION}-")).map(|(at, part)| (at, &text[at + part.len()..]))
        {
            let target: String =
                package.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
            assert!(workflow.contains(&format!("target: {target},")), "{name}: {target}");
            targets += 1;
        }
    }
    assert_eq!(targets, 5);
}

#[test]
fn the_menu_entry_starts_the_desk() {
    let entry = fs::read_to_string(packaging().join("linux/liudi.desktop")).unwrap();
    assert!(entry.lines().any(|line| line == "Exec=liudi desk"));
    // No blanks around the signs, a value for every key.
    for line in entry.lines().skip(1) {
        let (key, value) = line.split_once('=').unwrap();
        assert!(!key.is_empty() && key.trim() == key && !value.is_empty() && value.trim() == value, "{line}");
    }
}
