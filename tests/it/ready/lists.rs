//! Which lists prove that nothing sent to the followers is left out, and that the archive itself says so.

use liudi::model::Class::Private;

use super::demo::liudi;
use crate::support::{Done, Run, fixture};

const LISTS: &str = "private/data/provenance/lists.csv";
/// Whose the lists of the fixtures are.
const BIZ: &str = "MzA0MDAwMDAwMA==";
const INDEX: &str = "private/data/evidence/index.csv";

/// An archive of these inputs, of an account whose readiness is asked.
fn with(inputs: &[&str], account: &str) -> Run {
    let run = inputs.iter().fold(Run::new(), |run, name| run.input(fixture(name)));
    run.backup(&["--no-mirror", "--account", account]);
    liudi(&run, &["account", "set", "kinds=oa.subscription", "entity=enterprise"]).succeeds();
    run
}

/// Whether a list is still asked for.
fn is_asked(run: &Run) -> bool {
    let done: Done = liudi(run, &["ready", "--json"]);
    let report = done.json();
    let open = report["difference"].as_array().unwrap();
    open.iter().any(|rule| rule["rule"] == "content.articles.mass-sent")
}

#[test]
fn the_reader_of_a_list_says_whether_it_leaves_anything_out() {
    for (input, complete) in [
        ("getmsg/answer/offset-0.json", true),
        ("publish-page/json/appmsgpublish.json", true),
        ("appmsg-list/answer", true),
        ("wae-json/array", true),
        ("wae-xlsx/as-csv", false),
        ("links/csv", false),
        // A refusal is no list.
        ("getmsg/answer/offset-20-refused.json", false),
    ] {
        let run = with(&[input], BIZ);
        assert_eq!(is_asked(&run), !complete, "{input}: {:?}", std::fs::read_to_string(run.archive().join(LISTS)));
    }
}

#[test]
fn the_list_of_another_account_proves_nothing() {
    let run = with(&["demo/pages", "getmsg/answer/offset-0.json"], "MzA5MDAwMDAwMQ==");
    assert!(run.read(LISTS).contains(&format!("getmsg,{BIZ},true")));
    assert!(is_asked(&run));
}

#[test]
fn archives_from_before_the_list_of_lists_are_read_as_they_were() {
    let run = with(&["getmsg/answer/offset-0.json"], BIZ);
    assert!(run.read(LISTS).lines().any(|line| line.starts_with("getmsg,") && line.ends_with(",true")));
    assert!(!is_asked(&run));
    crate::archive::change(&run.archive(), &[], &[], &[(Private, "provenance/lists.csv")]);
    assert!(is_asked(&run), "the table says it, not a name");
    let index = run.read(INDEX);
    assert!(index.contains(",getmsg,2,"));
    let earlier = index.replace(",getmsg,2,", ",getmsg,1,");
    crate::archive::put(&run.archive(), &[(Private, "evidence/index.csv", &earlier)]);
    assert!(!is_asked(&run));
}
