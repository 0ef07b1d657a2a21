//! The import table of the design, held: who may use whom is read from `use crate::…` lines.

use std::path::{Path, PathBuf};

/// Module → modules it may use besides itself. `error`, `parallel`, `progress`, `secret`, `platform`, `text` and `work` serve
/// all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("parallel", &[]),
    ("progress", &[]),
    ("secret", &[]),
    ("platform", &[]),
    ("text", &[]),
    ("work", &[]),
    ("model", &[]),
    ("html", &["model"]),
    ("parse", &["model", "html"]),
    ("fetch", &["model"]),
    ("source", &["model", "parse", "html", "fetch"]),
    ("store", &["model"]),
    ("archive", &["model", "store"]),
    ("export", &["model", "html", "archive"]),
    ("audit", &["model", "archive"]),
    ("config", &["model", "fetch"]),
    ("pipeline", &["model", "html", "parse", "fetch", "source", "store", "archive", "export", "audit", "config"]),
    ("fleet", &["model", "pipeline", "config"]),
    ("words", &["model", "pipeline", "fleet"]),
    ("desk", &["model", "pipeline", "config", "words", "fleet"]),
    ("cli", &["model", "pipeline", "config", "words", "desk", "fleet"]),
];
const SERVE_ALL: &[&str] = &["error", "parallel", "progress", "secret", "platform", "text", "work", "Result", "Error"];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    files.sort();
    files
}

/// The part of a file before its tests, which may use anything.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    rust_files(&root)
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains("/tests"))
        .map(|path| {
            let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
            let module = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
            (module, path)
        })
        .filter(|(module, _)| module != "lib" && module != "main")
        .collect()
}

#[test]
fn every_module_uses_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (module, path) in sources() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: module `{module}` is not in the table", path.display()));
            continue;
        };
        for (number, line) in code_of(&path).lines().enumerate() {
            let line = line.split("//").next().unwrap();
            for used in line.split("crate::").skip(1) {
                let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name != module && !SERVE_ALL.contains(&name.as_str()) && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{}:{}: `{module}` uses `{name}`", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn exporters_see_the_view_of_their_scope_and_nothing_else_of_an_archive() {
    let (mut wrong, mut private) = (Vec::new(), 0);
    for (_, path) in sources().into_iter().filter(|(module, _)| module == "export") {
        let code = code_of(&path);
        let of_private = ["PrivateView", "archive::kept::"].iter().any(|name| code.contains(name));
        let sees_private = of_private && !path.ends_with("export/mod.rs");
        private += usize::from(sees_private);
        let public = ["View;", "PrivateView;", "PostEntry;", "{PostEntry, View};", "view::"];
        let allowed: &[&str] = if sees_private { &["PrivateView;", "kept::"] } else { &public };
        for used in code.split("crate::archive::").skip(1) {
            if !allowed.iter().any(|name| used.starts_with(name)) {
                wrong.push(format!("{}: archive::{}", path.display(), used.lines().next().unwrap()));
            }
        }
        for word in ["::open(", "Publication"].iter().filter(|word| sees_private && code.contains(**word)) {
            wrong.push(format!("{}: {word} beside a PrivateView", path.display()));
        }
    }
    assert!(private > 0, "no private exporter was looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What only `archive` (and `model`, which has the names) may say: which file of a bag stands where.
const IN_A_BAG: [&str; 11] = [
    "layout::bag(",
    "layout::DATA",
    "layout::MANIFEST",
    "layout::TAG_MANIFEST",
    "layout::BAGIT",
    "layout::BAG_INFO",
    "\"public\"",
    "\"private\"",
    "\"public/",
    "\"private/",
    "\"data/",
];

#[test]
fn no_module_but_archive_joins_paths_under_a_bag() {
    let mut wrong = Vec::new();
    for (module, path) in sources() {
        if module == "archive" || ["model/layout.rs", "model/names.rs"].iter().any(|names| path.ends_with(names)) {
            continue;
        }
        for (number, line) in
            code_of(&path).lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            // The same words in formats of other systems.
            let foreign = [r#""visibility": "public""#, r#""private": true"#].iter().any(|words| line.contains(words));
            for word in IN_A_BAG.iter().filter(|word| !foreign && line.contains(**word)) {
                wrong.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "ask `archive::Archive` instead:\n{}", wrong.join("\n"));
}

#[test]
fn pure_layers_touch_neither_network_nor_disk_nor_clock() {
    let forbidden: &[(&str, &[&str])] = &[
        ("parse", &["tokio::", "reqwest::", "std::fs", "std::net"]),
        ("html", &["tokio::", "reqwest::", "std::fs", "std::net"]),
        ("model", &["tokio::", "reqwest::", "std::fs", "std::net", "Timestamp::now", "SystemTime::now"]),
        ("export", &["tokio::", "reqwest::", "std::net", "Timestamp::now", "SystemTime::now", "Zoned::now"]),
        ("source", &["indicatif", "clap::"]),
        ("store", &["indicatif", "clap::"]),
        ("archive", &["indicatif", "clap::"]),
        ("pipeline", &["indicatif", "clap::", "println!", "eprintln!"]),
    ];
    let mut wrong = Vec::new();
    for (module, path) in sources() {
        let code = code_of(&path);
        for (_, words) in forbidden.iter().filter(|(name, _)| *name == module) {
            for word in words
                .iter()
                .filter(|word| code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(**word)))
            {
                wrong.push(format!("{}: `{word}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_file_reads_the_clock_of_the_system() {
    let words = ["Timestamp::now", "SystemTime::now", "Zoned::now", "Utc::now", "OffsetDateTime::now"];
    let mut wrong = Vec::new();
    for (_, path) in sources().into_iter().filter(|(_, path)| !path.ends_with("pipeline/clock.rs")) {
        let code = code_of(&path);
        wrong.extend(
            words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", path.display())),
        );
    }
    assert!(wrong.is_empty(), "take the time of the job's environment:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_behind() {
    // Spelled apart so that this file does not find itself.
    let words =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("dbg", "!("), concat!("#[ig", "nore")];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for path in rust_files(&root.join("src")).into_iter().chain(rust_files(&root.join("tests"))) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in words.iter().filter(|word| text.contains(**word)) {
            wrong.push(format!("{}: {word}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A ZIP says on which system it was written, unless it is told not to: the same archive would have other checksums on Windows.
#[test]
fn zips_are_written_alike_on_every_system() {
    let by_hand =
        |(module, path): &(String, PathBuf)| module != "platform" && code_of(path).contains("FileOptions::default()");
    let found: Vec<PathBuf> = sources().into_iter().filter(by_hand).map(|(_, path)| path).collect();
    assert!(found.is_empty(), "use platform::zip_member: {found:?}");
}

#[test]
fn every_error_code_has_words_in_both_languages() {
    use liudi::text::{Language, Texts};
    let pattern = regex::Regex::new(
        r#"(?:Error::(?:input|usage|other|disk)|Error::new\([A-Za-z:]+,|Problem::(?:remark|finding))\s*\(?\s*"([a-z0-9-]+)""#,
    )
    .unwrap();
    let mut wrong = Vec::new();
    let texts: Vec<Texts> = Language::ALL.into_iter().map(Texts::new).collect();
    for (_, path) in sources() {
        for found in pattern.captures_iter(&code_of(&path)) {
            for texts in &texts {
                if texts.find(&format!("error-{}", &found[1]), &[]).is_none() {
                    wrong.push(format!("{}: error-{} ({})", path.display(), &found[1], texts.language().tag()));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "no words for:\n{}", wrong.join("\n"));
}

#[test]
fn every_error_says_what_to_do() {
    use liudi::text::{Language, Texts};
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let texts = Texts::new(language);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/i18n").join(language.tag());
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for code in
                text.lines().filter_map(|line| line.strip_prefix("error-")?.split_once(" =")).map(|(code, _)| code)
            {
                let hint = texts.find(&format!("hint-{code}"), &[]).unwrap_or_default();
                if hint.is_empty() || hint.contains("{ advice") {
                    wrong.push(format!("hint-{code} ({})", language.tag()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "errors without a hint:\n{}", wrong.join("\n"));
}

/// Of two texts with one name, the first file would silently win.
#[test]
fn no_text_is_worded_twice() {
    for language in liudi::text::Language::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/i18n").join(language.tag());
        let mut seen = std::collections::BTreeMap::new();
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let text = std::fs::read_to_string(&path).unwrap();
            let ids = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            for id in ids.filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned())) {
                if let Some(other) = seen.insert(id.clone(), path.clone()) {
                    panic!("{id} is in {} and {}", other.display(), path.display());
                }
            }
        }
    }
}

#[test]
fn every_file_of_tests_is_part_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "main" {
            assert!(main.contains(&format!("mod {name};")), "{} is not compiled", path.display());
        }
    }
}
