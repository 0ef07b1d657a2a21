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

/// The packages of a release by target, as release.py names them.
fn packages() -> Vec<(String, String)> {
    let script = fs::read_to_string(packaging().join("release.py")).unwrap();
    let (_, names) = script.split_once("NAMES = {\n").unwrap();
    let names = names.split_once('}').unwrap().0.lines();
    let unquoted = |text: &str| text.trim().trim_matches([',', '"']).to_owned();
    names.filter_map(|line| line.split_once(": ")).map(|(target, name)| (unquoted(target), unquoted(name))).collect()
}

#[test]
fn packages_are_built_and_called_alike_everywhere() {
    let packages = packages();
    assert_eq!(packages.len(), 4);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cargo = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    // A crate from the registry has no workflows.
    let workflow = fs::read_to_string(root.join(".github/workflows/release.yml")).ok();
    let manifests: String = manifests().into_iter().map(|(_, text)| text).collect();
    for (target, name) in &packages {
        let end = if name.starts_with("linux") { "tar.gz" } else { "zip" };
        let file = format!("-{name}.{end}");
        assert!(manifests.contains(&format!("/liudi-{VERSION}{file}")), "{name}");
        assert!(workflow.as_ref().is_none_or(|text| text.contains(&format!("target: {target},"))), "{target}");
        let (_, of_target) = cargo.split_once(&format!("binstall.overrides.{target}]")).unwrap();
        assert!(of_target.lines().nth(1).unwrap().ends_with(&format!("liudi-{{ version }}{file}\"")), "{target}");
    }
    // The READMEs shorten what differs from the line before.
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root.join(readme)).unwrap();
        for named in text.split("`liudi-VERSION-").skip(1).map(|rest| rest.split('`').next().unwrap()) {
            let known = packages
                .iter()
                .any(|(_, name)| named.strip_prefix(&**name).is_some_and(|end| end == ".zip" || end == ".tar.gz"));
            assert!(known, "{readme}: {named}");
        }
    }
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
