//! Says what an export wrote, and what its target cannot express.

use super::sentence::Sentence;
use crate::model::Problem;
use crate::pipeline::export::{Exported, Include, Losses, losses};
use crate::text::Texts;

/// Number of posts named in a line.
const NAMED: usize = 5;

/// Returns the sentences about an export that was written, which call it `name`.
pub fn exported(texts: &Texts, name: &str, done: &Exported) -> Vec<Sentence> {
    let number = |count: usize| count.to_string();
    let summary = &done.summary;
    let mut said = vec![Sentence::text(
        if done.posts.is_some() { "export-done" } else { "export-done-private" },
        &[
            ("name", name),
            ("path", &done.folder.display().to_string()),
            ("posts", &number(done.posts.unwrap_or_default())),
            ("written", &number(summary.written)),
            ("unchanged", &number(summary.unchanged)),
        ],
    )];
    let missing = summary.damaged.iter().map(|path| Problem::finding("archive-file-missing", path));
    said.extend(missing.map(Sentence::Problem));
    if done.withheld > 0 {
        said.push(Sentence::text("export-withheld", &[("count", &number(done.withheld))]));
    }
    said.extend(done.unused_rules.iter().map(|line| Sentence::unused_rule(line)));
    if summary.removed > 0 {
        said.push(Sentence::text("export-removed", &[("count", &number(summary.removed))]));
    }
    let is_aside = |path: &&String| path.trim_end_matches(|last: char| last.is_ascii_digit()).ends_with(".edited");
    let (aside, in_place): (Vec<&String>, Vec<&String>) = summary.edited.iter().partition(is_aside);
    for (id, files) in [("export-edited", in_place), ("export-edited-aside", aside)] {
        if !files.is_empty() {
            let mut named: Vec<String> = files.iter().copied().take(NAMED).cloned().collect();
            named.extend((files.len() > NAMED).then(|| "…".to_owned()));
            said.push(Sentence::text(id, &[("count", &number(files.len())), ("files", &texts.list(&named))]));
        }
    }
    if done.posts == Some(0) {
        said.push(Sentence::text(if done.withheld > 0 { "export-nothing" } else { "export-empty" }, &[]));
    }
    lost(texts, name, &summary.lost, done.include, &mut said);
    said
}

/// Names what is lost in posts, in rows of bills or of the evidence; apart from it what the archive itself lacks.
fn lost(texts: &Texts, name: &str, lost: &Losses, private: Option<Include>, said: &mut Vec<Sentence>) {
    let is_lacking = |kind: &str| matches!(kind, "missing" | "body");
    let expressed = match private {
        None => "export-lost",
        Some(Include::Bills) => "export-lost-rows",
        Some(Include::Evidence) => "export-lost-evidence",
    };
    for (heading, lacking) in [(expressed, false), ("export-lacking", true)] {
        let kinds: Vec<_> = lost.iter().filter(|(kind, _)| is_lacking(kind) == lacking).collect();
        if !kinds.is_empty() {
            said.push(Sentence::text(heading, &[("name", name)]));
        }
        said.extend(kinds.into_iter().map(|(kind, lost)| of_kind(texts, kind, lost, private)));
    }
}

fn of_kind(texts: &Texts, kind: &str, lost: &losses::Lost, private: Option<Include>) -> Sentence {
    let named = lost.named.iter().take(NAMED);
    let titles: Vec<String> = named.map(|title| texts.get("export-lost-title", &[("title", title)])).collect();
    let (count, posts) = (lost.count.to_string(), lost.posts.to_string());
    let more = lost.posts.saturating_sub(titles.len() as u64).to_string();
    let arguments = [
        ("what", &*losses::words(texts, kind)),
        ("count", &count),
        ("posts", &posts),
        ("titles", &texts.list(&titles)),
        ("more", &more),
    ];
    let id = match (private, more == "0") {
        (None, true) => "export-lost-kind",
        (None, false) => "export-lost-kind-more",
        (Some(Include::Bills), true) => "export-lost-row",
        (Some(Include::Bills), false) => "export-lost-row-more",
        (Some(Include::Evidence), true) => "export-lost-item",
        (Some(Include::Evidence), false) => "export-lost-item-more",
    };
    Sentence::text(id, &arguments)
}
