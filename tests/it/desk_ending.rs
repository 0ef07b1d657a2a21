//! The desk is ended while a run waits for an answer.

use std::time::{Duration, Instant};

use super::desk_client::Desk;
use super::support::{Run, fixture};

#[test]
fn ending_asks_first_and_neither_hangs_nor_loses_while_a_run_waits_for_an_answer() {
    let run = Run::new().fixture("getmsg");
    run.backup(&[]);
    let mut desk = Desk::open(&run);
    desk.does("/gaps/put", &[("path", &fixture("demo").display().to_string())]);
    desk.wait_for("/progress", "id=\"question\"");
    // No page listens for events. Asked once, the run goes on waiting.
    let asked = desk.post("/run/end", &[]);
    assert_eq!((asked.status, asked.header("location")), (303, Some("/progress?end=ask")));
    let page = desk.page("/progress?end=ask");
    assert!(page.contains("role=\"alertdialog\"") && page.contains("id=\"question\""), "{page}");
    assert!(desk.child.try_wait().unwrap().is_none());
    let ended = desk.post("/run/end", &[("sure", "yes")]);
    // The page that remains asks nothing and offers nothing.
    assert!(ended.status == 200 && ended.text.contains("liudi has ended"), "{}", ended.text);
    assert!(!ended.text.contains("<form") && !ended.text.contains("href=\"/inputs"), "{}", ended.text);
    let begun = Instant::now();
    while desk.child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
    run.program(&["verify", "archive"]).succeeds();
    // The next run goes on with what was read.
    let demo = fixture("demo").display().to_string();
    run.program(&["backup", &demo, "-o", "archive"]);
    run.program(&["verify", "archive"]).succeeds();
}
