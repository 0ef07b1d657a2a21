//! Several pages of a desk at once, and a desk beside another process on the same archive.

use std::thread;

use liudi::pipeline::archive::session::Session;

use super::desk_client::Desk;
use super::support::Run;

const FACTS: [&str; 8] = ["name", "original_id", "subject", "wechat_id", "mailbox", "operator", "contact", "elsewhere"];

#[test]
fn forms_that_are_sent_at_the_same_time_are_all_saved() {
    let run = Run::new().fixture("getmsg");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let desk = &desk;
        let send = |name| scope.spawn(move || desk.post("/ready/facts", &[(name, "gh_0123456789ab")]).status);
        let sent = FACTS.map(send);
        sent.into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    assert_eq!(statuses, [303; 8]);
    let saved = desk.page("/ready?part=records").matches("value=\"gh_0123456789ab\"").count();
    assert_eq!(saved, FACTS.len());
}

#[test]
fn another_process_on_the_archive_is_said_in_words_without_its_number() {
    let run = Run::new().fixture("getmsg");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let other = Session::open(&run.archive()).unwrap();
    let refused = desk.post("/ready/facts", &[("name", "x")]);
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("in another window or terminal, since 20"), "{}", refused.text);
    assert!(!refused.text.contains("process") && !refused.text.contains("lock<"), "{}", refused.text);
    drop(other);
    desk.does("/ready/facts", &[("name", "x")]);
}
