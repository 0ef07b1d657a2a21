//! The views 放进来 and 进度 of the desk, and uploads, over HTTP.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::desk_client::{Answer, Desk, ask};
use super::support::{Run, fixture, same, tree};

/// Returns the part of a body that is one file, with a size that may be wrong.
fn part(path: &str, size: usize, bytes: &[u8]) -> Vec<u8> {
    part_of(path, size, bytes, Duration::from_millis(1_700_000_000_123))
}

fn part_of(path: &str, size: usize, bytes: &[u8], modified: Duration) -> Vec<u8> {
    let modified = u64::try_from(modified.as_millis()).unwrap();
    let header = serde_json::json!({ "path": path, "size": size, "modified": modified }).to_string();
    let mut part = u32::try_from(header.len()).unwrap().to_be_bytes().to_vec();
    part.extend(header.as_bytes());
    part.extend(bytes);
    part
}

fn body(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    files.iter().flat_map(|(path, bytes)| part(path, bytes.len(), bytes)).collect()
}

/// Returns the body for a fixture that is dropped: each file below the name of its folder, with its time.
fn dropped(name: &str) -> Vec<u8> {
    let root = fixture(name);
    let folder = root.file_name().unwrap().to_str().unwrap();
    let of = |(path, bytes): (String, Vec<u8>)| {
        let modified = root.join(&path).metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
        part_of(&format!("{folder}/{path}"), bytes.len(), &bytes, modified)
    };
    tree(&root).into_iter().flat_map(of).collect()
}

fn page(biz: &str, name: &str, mid: u32) -> (String, Vec<u8>) {
    let url = format!("https://mp.weixin.qq.com/s?__biz={biz}&amp;mid={mid}&amp;idx=1&amp;sn=ea{mid}");
    let page = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"{url}\"></head>\
         <body><div id=\"js_article\"><h1 id=\"activity-name\">第{mid}篇</h1><a id=\"js_name\">{name}</a>\
         <em id=\"publish_time\">2024-05-01 08:00</em><div id=\"js_content\"><p>正文{mid}</p></div></div></body></html>"
    );
    (format!("{mid}.html"), page.into_bytes())
}

impl Desk {
    fn upload(&self, query: &str, body: &[u8]) -> Answer {
        let origin = format!("http://{}", self.host);
        let headers = [("Host", &*self.host), ("Cookie", &self.cookie), ("Origin", &origin)];
        ask(&self.host, "POST", &format!("/upload?{query}"), &headers, body)
    }

    /// Waits until the page of the progress says `text`.
    #[track_caller]
    fn until(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.get("/progress").text;
            if page.contains(text) {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "no `{text}` in {page}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

const INBOX: &str = "archive/.liudi/inbox";

#[test]
fn what_is_dropped_becomes_the_archive_that_the_command_line_makes() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let sent = desk.upload("last=", &dropped("demo"));
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert!(desk.get("/inputs").text.contains("demo"));
    assert_eq!(desk.post("/inputs/start", &[]).status, 303);
    let asked = desk.until("A password is needed");
    assert!(asked.contains(".zip") && !asked.contains("Wrong password"), "{asked}");
    desk.post("/run/answer", &[("password", "wrong")]);
    desk.until("Wrong password");
    desk.post("/run/answer", &[("password", "liudi-demo")]);
    let ended = desk.until("Archiving: done.");
    assert!(ended.contains("Articles: 14 saved"), "{ended}");
    assert!(!ended.contains("liudi -C") && !ended.contains("--online"), "{ended}");
    // Everything of the batch is kept, so the copies are gone.
    assert!(!run.folder().join(INBOX).join("1").exists());
    let by_desk = desk.get("/progress.json").text;
    let by_desk: serde_json::Value = serde_json::from_str(&by_desk).unwrap();
    let other = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let report = other.backup(&["--json"]).json();
    let plain = |report: &serde_json::Value| {
        let mut report = report.clone();
        let map = report.as_object_mut().unwrap();
        map.remove("archive");
        map.remove("site");
        report
    };
    assert_eq!(plain(&by_desk), plain(&report));
    let bags = |run: &Run| {
        let files = run.tree().into_iter();
        files
            .filter(|(name, _)| name.starts_with("public/data") || name.starts_with("private/data"))
            .collect::<Vec<_>>()
    };
    same(&bags(&other), &bags(&run));
}

#[test]
fn an_upload_that_leads_elsewhere_or_breaks_off_leaves_nothing_behind() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let mut sent = part("../../../outside.html", 1, b"x");
    sent.extend(part("/etc/outside.html", 1, b"x"));
    sent.extend(part("good.html", 1, b"x"));
    let answer = desk.upload("", &sent);
    assert!(answer.status == 200 && answer.text.contains("\"files\":1"), "{}", answer.text);
    assert!(!run.folder().join("outside.html").exists());
    // Broken off by the browser in the middle of a file.
    let mut stream = TcpStream::connect(&desk.host).unwrap();
    let mut cut = part("whole.html", 5, b"whole");
    cut.extend(part("half.html", 1_000_000, b"half"));
    let head = format!(
        "POST /upload?batch=1 HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: 1000000\r\n\r\n",
        desk.host, desk.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&cut).unwrap();
    drop(stream);
    let batch = run.folder().join(INBOX).join("1");
    let begun = Instant::now();
    while !batch.join("whole.html").exists() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    let names: Vec<String> = tree(&batch).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["good.html", "whole.html"]);
    for query in ["batch=../x", "batch=99", "batch=1.part"] {
        assert_eq!(desk.upload(query, b"").status, 400, "{query}");
    }
    assert_eq!(desk.upload("batch=1", b"\xff\xff\xff\xff").status, 400);
    let no_room = desk.upload("total=99999999999999999", b"");
    assert!(no_room.status >= 400 && no_room.text.contains("no room"), "{}", no_room.text);
    // Without the cookie, or from another page, nothing is received.
    let host = ("Host", &*desk.host);
    assert_eq!(
        ask(&desk.host, "POST", "/upload", &[host, ("Origin", &format!("http://{}", desk.host))], "").status,
        401
    );
    let foreign = [host, ("Cookie", &*desk.cookie), ("Origin", "http://evil.example")];
    assert_eq!(ask(&desk.host, "POST", "/upload", &foreign, "").status, 403);
    // A batch goes when the user takes it out.
    assert_eq!(desk.post("/inputs/remove", &[("batch", "1")]).status, 303);
    assert!(!batch.exists());
}

#[test]
fn what_arrived_before_a_kill_is_counted_and_can_be_used() {
    let run = Run::new();
    let mut desk = Desk::open(&run);
    let files = [page("MzA0MDAwMDAwMA==", "留底示例号", 1), page("MzA0MDAwMDAwMA==", "留底示例号", 2)];
    let mut cut = body(&files);
    cut.extend(part("half.html", 1_000_000, b"half"));
    let head = format!(
        "POST /upload HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: 1100000\r\n\r\n",
        desk.host, desk.cookie
    );
    let mut stream = TcpStream::connect(&desk.host).unwrap();
    stream.write_all(&[head.as_bytes(), &cut].concat()).unwrap();
    let inbox = run.folder().join(INBOX);
    let begun = Instant::now();
    while !inbox.exists() || tree(&inbox).iter().filter(|(name, _)| name.ends_with(".html")).count() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.child.kill().unwrap();
    desk.child.wait().unwrap();
    let desk = Desk::open(&run);
    let waiting = desk.page("/inputs");
    assert!(waiting.contains("Broke off") && waiting.contains("2 files"), "{waiting}");
    desk.does("/inputs/arrived", &[("batch", "1")]);
    let waiting = desk.page("/inputs");
    assert!(!waiting.contains("Broke off") && waiting.contains("2 files"), "{waiting}");
    desk.does("/inputs/start", &[]);
    let ended = desk.until("Archiving: done.");
    assert!(ended.contains("Articles: 2 saved"), "{ended}");
    assert!(desk.page("/inputs").contains("Nothing was put in yet"));
    for batch in ["9", "../x"] {
        assert!(desk.post("/inputs/arrived", &[("batch", batch)]).status >= 400, "{batch}");
    }
}

#[test]
fn a_folder_that_is_there_becomes_the_archive_only_when_that_is_meant() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let folder = run.folder();
    fs::create_dir(folder.join("letters of mine")).unwrap();
    let place = folder.to_str().unwrap();
    let make = |name: &str, more: &[(&str, &str)]| {
        desk.post("/archive/make", &[&[("folder", place), ("at", place), ("name", name)], more].concat())
    };
    // An empty folder may be meant to be the archive itself.
    let page = |at: &str| desk.page(&format!("/archive?at={}", at.replace('/', "%2F").replace(' ', "+")));
    let (above, empty) = (page(place), page(folder.join("letters of mine").to_str().unwrap()));
    for part in ["This folder is empty.", "Use this empty folder", "One level up", "Make one here"] {
        assert!(empty.contains(part), "{part}: {empty}");
    }
    assert!(!above.contains("folder is empty"), "{above}");
    // A name of nothing but spaces is none.
    let refused = make("   ", &[]);
    assert!(refused.status == 400 && refused.text.contains("has no name yet"), "{}", refused.text);
    assert!(!folder.join("liudi-archive").exists() && !folder.join("   ").exists());
    // The chooser stays open, at the same folder and with what was typed.
    for (name, said) in [("a:b", "cannot be the name of a folder"), ("letters of mine", "is there already, and empty")]
    {
        let refused = make(name, &[]);
        assert_eq!(refused.status, 400, "{name}: {}", refused.text);
        for part in [said, "id=\"chooser\"", &format!("value=\"{name}\"")] {
            assert!(refused.text.contains(part), "{name} {part}: {}", refused.text);
        }
        assert_eq!(refused.text.contains("name=\"sure\""), name != "a:b", "{}", refused.text);
    }
    assert_eq!(make("letters of mine", &[("sure", "yes")]).status, 303);
    assert!(desk.page("/archive").contains("letters of mine</code>"));
    assert_eq!(make("new", &[]).status, 303);
}

#[test]
fn an_archive_that_moved_away_is_chosen_again() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    assert!(desk.page("/gaps").contains("items are missing"));
    let moved = run.folder().join("moved");
    fs::rename(run.archive(), &moved).unwrap();
    for view in ["inputs", "progress", "gaps", "ready", "bills", "site"] {
        let page = desk.get(&format!("/{view}")).text;
        assert!(page.contains("is not there now") && page.contains("href=\"/archive\">Back"), "{view}: {page}");
        assert!(!page.contains("done."), "{view}: {page}");
    }
    let page = desk.page("/archive");
    assert!(page.contains("is not there now") && page.contains("id=\"chooser\""), "{page}");
    assert!(!page.contains("class=\"button main\" href=\"/inputs\""), "{page}");
    desk.does("/archive/choose", &[("path", moved.to_str().unwrap())]);
    assert!(desk.page("/gaps").contains("items are missing"));
    // A folder that cannot be listed leaves the page and its chooser as they are.
    for at in ["%00", "%2Fetc%2Fpasswd", "%2Fnowhere", "..%2F..", ""] {
        for view in ["archive", "inputs"] {
            let page = desk.page(&format!("/{view}?at={at}"));
            assert!(page.contains("id=\"chooser\""), "{view} {at}: {page}");
        }
    }
    assert!(desk.page("/inputs?at=%2Fnowhere").contains("role=\"alert\">Cannot open the folder"));
}

#[test]
fn what_is_not_recognised_stays_until_it_is_kept_as_it_is() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let files = [page("MzA0MDAwMDAwMA==", "留底示例号", 1), ("odd.xyz".to_owned(), b"\x01\x02".to_vec())];
    desk.upload("last=", &body(&files));
    desk.post("/inputs/look", &[]);
    desk.until("First look: done.");
    assert!(desk.get("/inputs").text.contains("What would be recognised"));
    desk.post("/inputs/start", &[]);
    desk.until("Archiving: done.");
    let left = desk.get("/inputs").text;
    assert!(left.contains("Not archived") && left.contains("odd.xyz"), "{left}");
    assert!(run.folder().join(INBOX).join("1").exists());
    desk.post("/inputs/keep", &[]);
    desk.until("Archiving: done.");
    assert!(!run.folder().join(INBOX).join("1").exists());
    assert!(!desk.get("/inputs").text.contains("odd.xyz"));
}

#[test]
fn a_file_that_cannot_be_read_has_one_advice() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let files = [
        ("微信支付账单.rar".to_owned(), b"Rar!\x1a\x07\x01\x00".to_vec()),
        ("1900000000All2025-03-05.csv".to_owned(), Vec::new()),
    ];
    desk.upload("last=", &body(&files));
    desk.post("/inputs/start", &[]);
    desk.until("Archiving: done");
    let hints = ["Unpack it first", "Download it again"];
    for page in ["/progress", "/inputs", "/gaps"] {
        let shown = desk.get(page).text;
        for hint in hints {
            assert!(shown.contains(hint), "{hint} on {page}: {shown}");
        }
        assert!(!shown.contains("broken or too large") && !shown.contains("Download or export it again"), "{shown}");
    }
}

#[test]
fn pages_of_two_accounts_are_one_question() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let files = [page("MzA0MDAwMDAwMA==", "留底示例号", 1), page("MzA1MDAwMDAwMA==", "另一个号", 2)];
    desk.upload("last=", &body(&files));
    desk.post("/inputs/start", &[]);
    let asked = desk.until("Which one is this archive for?");
    assert!(asked.contains("留底示例号") && asked.contains("另一个号") && asked.contains("one article"), "{asked}");
    desk.post("/run/answer", &[("account", "MzA1MDAwMDAwMA==")]);
    let ended = desk.until("Archiving: done.");
    assert!(ended.contains("Account: 另一个号"), "{ended}");
}

#[test]
fn a_run_is_paused_stopped_and_goes_on_and_the_program_asks_before_it_ends() {
    let run = Run::new();
    let desk = Desk::open(&run);
    desk.upload("last=", &dropped("demo"));
    // The question holds the run in progress.
    desk.post("/inputs/start", &[]);
    desk.until("A password is needed");
    assert!(desk.post("/inputs/start", &[]).text.contains("busy"));
    assert_eq!(desk.post("/run/end", &[]).header("location"), Some("/progress?end=ask"));
    assert!(desk.get("/progress?end=ask").text.contains("It is not done yet"));
    desk.post("/run/pause", &[]);
    desk.until("resume");
    desk.post("/run/resume", &[]);
    desk.post("/run/stop", &[]);
    let ended = desk.until("stopped by you");
    assert!(ended.contains("Go on"), "{ended}");
    desk.post("/run/again", &[]);
    desk.until("A password is needed");
    desk.post("/run/answer", &[("skip", "yes")]);
    let ended = desk.until("Archiving: done.");
    assert!(ended.contains("Enter the password again") && ended.contains("Articles: 14 saved"), "{ended}");
    // What is locked stays, and says so.
    assert!(desk.get("/inputs").text.contains("Locked by a password: one file"));
    assert_eq!(desk.post("/run/end", &[]).status, 200);
}

#[test]
fn a_killed_desk_goes_on_after_it_was_opened_again() {
    let run = Run::new();
    let mut desk = Desk::open(&run);
    desk.upload("last=", &dropped("demo/pages"));
    desk.post("/inputs/links", &[("text", "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv\nnothing")]);
    let bills = fixture("demo/lists");
    assert_eq!(desk.post("/inputs/add", &[("path", bills.to_str().unwrap())]).status, 303);
    assert!(desk.post("/inputs/add", &[("path", run.archive().to_str().unwrap())]).text.contains("own folder"));
    desk.post("/inputs/start", &[("keep_other", "on")]);
    std::thread::sleep(Duration::from_millis(150));
    desk.child.kill().unwrap();
    desk.child.wait().unwrap();
    let desk = Desk::open(&run);
    let waiting = desk.get("/inputs").text;
    assert!(waiting.contains("AbCdEfGhIjKlMnOpQrStUv") && waiting.contains("pages"), "{waiting}");
    assert!(waiting.contains("name=\"keep_other\" checked"), "it goes on as it was begun: {waiting}");
    assert!(desk.get("/progress").text.contains("not archived yet"));
    desk.post("/inputs/start", &[("keep_other", "on")]);
    let ended = desk.until("Archiving: done.");
    assert!(ended.contains("Articles: 14 saved"), "{ended}");
    desk.post("/inputs/add", &[("path", bills.to_str().unwrap())]);
    assert!(!desk.get("/inputs").text.contains("name=\"keep_other\" checked"), "it was for that run");
    desk.post("/inputs/remove", &[("root", bills.to_str().unwrap())]);
    assert!(desk.get("/inputs").text.contains("Nothing was put in yet"));
}

#[test]
fn what_cannot_be_found_is_named_after_the_run() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let (here, gone) = (run.folder().join("here"), run.folder().join("gone"));
    for folder in [&here, &gone] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("one.txt"), "a text").unwrap();
        desk.does("/inputs/add", &[("path", folder.to_str().unwrap())]);
    }
    fs::rename(&gone, run.folder().join("elsewhere")).unwrap();
    // One of them stops no look at the others.
    desk.does("/inputs/look", &[]);
    desk.until("First look: done.");
    desk.does("/inputs/start", &[("keep_other", "on")]);
    desk.until("Archiving: done.");
    // The note at the beginning is gone by now.
    let ended = desk.page("/progress");
    assert!(ended.contains("One thing was not archived") && ended.contains("gone</li>"), "{ended}");
    let refused = desk.post("/inputs/start", &[]);
    assert!(refused.status == 400 && refused.text.contains("not found"), "{}", refused.text);
    fs::rename(run.folder().join("elsewhere"), &gone).unwrap();
    desk.does("/inputs/start", &[("keep_other", "on")]);
    desk.until("Archiving: done.");
    let ended = desk.page("/progress");
    assert!(!ended.contains("was not archived"), "{ended}");
}
