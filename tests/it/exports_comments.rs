//! Comments in exports: other people's words, which every exporter shows as the owner chose, or says that it does not.

use liudi::export::Scoped;
use liudi::export::registry::EXPORTERS;

use super::exports::{demo, export, seen};
use super::exports_blogs::Made;
use super::mirror::every_kind;
use super::mirror_comments;
use super::support::{Done, Run, include};

/// A choice, the words of the comments that it shows in their order, and words that it does not show.
struct Choice {
    code: &'static str,
    shows: &'static [&'static str],
    hides: &'static [&'static str],
}

/// Replies follow their comment, and comments on top come first.
const CHOICES: &[Choice] = &[
    Choice {
        code: "none",
        shows: &[],
        hides: &["写得真好", "谢谢你", "同感", "置顶的话", "山下客", "过路人", "MARKER"],
    },
    Choice {
        code: "own", shows: &["谢谢你"], hides: &["写得真好", "同感", "置顶的话", "山下客", "过路人", "MARKER"]
    },
    Choice {
        code: "pseudonymous",
        shows: &["置顶的话", "写得真好", "谢谢你", "同感"],
        hides: &["山下客", "过路人", "MARKER"],
    },
    Choice {
        code: "all",
        shows: &["过路人", "置顶的话", "山下客", "写得真好", "谢谢你", "同感"],
        hides: &["oMARKERone", "qlogo"],
    },
    // A choice can be taken back.
    Choice {
        code: "none",
        shows: &[],
        hides: &["写得真好", "谢谢你", "同感", "置顶的话", "山下客", "过路人", "MARKER"],
    },
];

/// Words that no choice shows: deleted, or on an article that is not exported.
const NEVER: &[&str] = &["删掉的话", "别处的话"];

fn run(made: &Made, name: &str, code: &str) -> Done {
    let mut more = vec!["--comments", code, "--json"];
    let browser = browser(made);
    if name == "pdf" {
        more.extend(["--set", &browser]);
    }
    made.export(name, &more).succeeds()
}

#[cfg(unix)]
fn browser(made: &Made) -> String {
    super::printing::browser(made.folder(), super::printing::PRINTS)
}

#[cfg(not(unix))]
fn browser(_: &Made) -> String {
    String::new()
}

#[test]
fn every_exporter_shows_comments_as_chosen_or_says_that_it_takes_none() {
    let made = Made::new(|root| {
        mirror_comments::write(root);
        every_kind(root)
    });
    let mut faults = Vec::new();
    for exporter in EXPORTERS.iter().filter(|exporter| matches!(exporter, Scoped::Public(_))) {
        let name = exporter.info().name;
        if name == "pdf" && !cfg!(unix) {
            continue;
        }
        for choice in CHOICES {
            let told = run(&made, name, choice.code).json();
            let lost = told[0]["lost"]["comment"]["count"].as_u64().unwrap_or_default();
            let files = seen(&made.folder().join(name));
            let all = files.values().map(String::as_str).collect::<Vec<_>>().join("\n");
            let mut fault = |what: String| faults.push(format!("{name} {}: {what}", choice.code));
            for words in choice.hides.iter().chain(NEVER).filter(|words| all.contains(**words)) {
                fault(format!("shows {words}"));
            }
            // A comment is its words; a name may also be that of the account.
            let count = choice.shows.iter().filter(|words| !["过路人", "山下客"].contains(*words)).count() as u64;
            if lost > 0 || choice.shows.is_empty() {
                let shown = choice.shows.iter().any(|words| all.contains(words));
                if lost != count || shown {
                    fault(format!("tells of {lost} comments, not {count}; shown: {shown}"));
                }
                continue;
            }
            // The file with the comments: others may list the post.
            let of = files.values().find(|text| choice.shows.iter().all(|words| text.contains(words)));
            let Some(text) = of else {
                fault("neither shows all comments nor tells of them".to_owned());
                continue;
            };
            let start = text.find(choice.shows[0]).unwrap_or_default();
            let places: Vec<Option<usize>> = choice.shows.iter().map(|words| text[start..].find(words)).collect();
            if !places.is_sorted() {
                fault(format!("{:?} in the order {places:?}", choice.shows));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_export_of_bills_has_no_comments() {
    let run = demo();
    mirror_comments::write(&run.archive());
    let private = EXPORTERS.iter().filter(|exporter| matches!(exporter, Scoped::Private(_)));
    let of_bills = private.map(|exporter| exporter.info().name).filter(|name| include(name).contains(&"bills"));
    for name in of_bills {
        // Beside an export that takes comments.
        export(&run, &["--to", &format!("{name},txt"), "--include", "bills", "--comments", "all"]).succeeds();
        let files = seen(&run.archive().join("exports").join(name));
        assert!(!files.is_empty(), "{name}");
        for words in ["写得真好", "谢谢你", "山下客", "过路人", "MARKER"] {
            assert!(files.values().all(|text| !text.contains(words)), "{name}: {words}");
        }
    }
}

#[test]
fn the_choices_are_in_the_help() {
    let help = Run::new().program(&["export", "--help"]).succeeds().said();
    let line = help.split("--comments").nth(1).unwrap_or_default();
    let line: String = line.chars().take(400).collect();
    for code in ["none", "own", "pseudonymous", "all"] {
        assert!(line.contains(code), "{code}: {line}");
    }
}
