//! Pages of other accounts: kept private, counted, and never a reason to stop; several accounts without a majority are the
//! person's to choose from.

use crate::state::{page, page_of};
use crate::support::{Run, fixture, same};

fn other(number: u32) -> String {
    page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", number)
}

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    run
}

#[test]
fn foreign_pages_stop_nothing_on_an_existing_archive() {
    for foreign in [1_u32, 10] {
        let mut run = demo();
        for number in 1..=foreign {
            run = run.file(&format!("{number}.html"), other(number));
        }
        let run = run.file(
            "1900000000All2026-05-01.csv",
            std::fs::read(fixture("bill-trade/all-27/1900000000All2026-05-01.csv")).unwrap(),
        );
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!(report["account"], "山间小记");
        assert_eq!(report["articles"]["held"], 14, "the own articles are as they were");
        assert_eq!(report["only_others"][0]["articles"], foreign);
        assert!(report["others"].as_array().unwrap().iter().any(|one| one["name"] == "别人的号"));
        assert_eq!(report["statements"].as_array().unwrap().len(), 3, "the bill that came with them is read");
        let public = run.tree().into_iter().filter(|(name, _)| !name.starts_with("private/"));
        for (name, bytes) in public {
            assert!(memchr::memmem::find(&bytes, "别人的号".as_bytes()).is_none(), "{name}");
        }
        run.program(&["verify", "archive"]).succeeds();
        let before = run.tree();
        run.backup(&[]).succeeds();
        same(&before, &run.tree());
    }
}

#[test]
fn a_copy_of_an_own_page_under_another_account_is_another_article() {
    let page = std::fs::read_to_string(fixture("demo/pages/2025-09-30 （无标题）.html")).unwrap();
    for (biz, name) in [("MzA4ODg4ODg4OA==", "别人的号"), ("MzB4ODg4ODg4OA==", "后来的号")] {
        let copied =
            page.replace("MzA5MDAwMDAwMQ==", biz).replace("山间小记", name).replace("gh_0d3m0acc0001", "gh_other");
        let run = demo().file("copy.html", copied.clone());
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!((&report["articles"]["held"], &report["articles"]["listed"]), (&14.into(), &17.into()), "{name}");
        assert_eq!(report["others"][0]["articles"], 1);
        // The same the other way round.
        let at_once = Run::new().fixture("demo").file("copy.html", copied).env("LIUDI_ZIP_PASSWORD", "liudi-demo");
        at_once.backup(&[]).succeeds();
        let articles =
            |run: &Run| run.tree().into_iter().filter(|(name, _)| name.contains("/articles/")).collect::<Vec<_>>();
        same(&articles(&at_once), &articles(&run));
    }
}

#[test]
fn a_wrong_archive_is_said_aloud() {
    let run = demo().file("a.html", other(1));
    run.backup(&[]).succeeds().says("none of the articles read in this run belongs to `山间小记`").says("别人的号");
    let run = run.file("b.html", page(7)).file("c.html", other(2));
    let report = run.backup(&["--json"]).succeeds().json();
    assert!(report["only_others"].is_null(), "one of them is the archive's own");
}

#[test]
fn an_account_that_contradicts_the_archive_is_refused_before_writing() {
    let run = demo();
    let before = run.tree();
    let run = run.file("a.html", other(1));
    run.backup(&["--account", "别人的号"]).exits(32).says("别人的号");
    same(&before, &run.tree());
    run.backup(&[]).succeeds();
}

/// Two pages of each of two accounts.
fn two_accounts() -> Run {
    Run::new().file("1.html", page(1)).file("2.html", page(2)).file("3.html", other(3)).file("4.html", other(4))
}

#[test]
fn several_accounts_are_kept_private_until_one_is_named() {
    let run = two_accounts();
    let report = run.backup(&["--json"]).exits(2).json();
    let names: Vec<&str> =
        report["undecided"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["别人的号", "山间小记"]);
    assert!(report["account"].is_null());
    assert!(!run.tree().iter().any(|(name, _)| name.starts_with("public/data/articles/")));
    run.program(&["verify", "archive"]).succeeds();
    run.backup(&[]).exits(2).says("--account");

    let report = run.backup(&["--account", "山间小记", "--json"]).succeeds().json();
    assert_eq!(report["read"], 0, "nothing is read twice");
    assert_eq!(report["articles"]["held"], 2);
    assert_eq!(report["others"][0]["name"], "别人的号");
    assert!(run.archive().join("site/index.html").is_file());
    run.program(&["verify", "archive"]).succeeds();
    // As if it had been said at once, but for the number of runs.
    let at_once = two_accounts();
    at_once.backup(&["--account", "MzA5MDAwMDAwMQ=="]).succeeds();
    let articles = |run: &Run| {
        run.tree()
            .into_iter()
            .filter(|(name, _)| name.contains("/articles/") || name.starts_with("site/"))
            .collect::<Vec<_>>()
    };
    same(&articles(&at_once), &articles(&run));
}

#[test]
fn an_unknown_account_can_be_corrected() {
    let run = two_accounts();
    run.backup(&["--account", "谁"]).exits(2).says("谁");
    run.backup(&["--account", "别人的号"]).succeeds();
}

#[test]
fn pictures_of_another_accounts_article_are_counted_apart() {
    let run = (1..=3).fold(Run::new(), |run, number| run.file(&format!("{number}.html"), page(number)));
    let run = run.fixture("page/type0-complete");
    let report = run.backup(&["--json", "--no-mirror"]).json();
    let (held, others) = (&report["media_held"], &report["media_of_others"]);
    assert!(others == 1 && held == others, "{held} {others}");
    let told = run.backup(&["--no-mirror"]).said();
    assert!(told.contains("Images, audio, video: 0 saved."), "{told}");
    assert!(told.contains("One more belongs to articles of other accounts"), "{told}");
}
