//! Failing disks, missing permissions, links that lead nowhere, ZIPs that hold what is refused: named, never done, and read
//! by the run after. (Every importer on a failing reader: the tests of `pipeline::collect`.)

use std::io::{Cursor, Write as _};
use std::path::Path;

use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Done, Run, fixture, same};

/// Titles of the gaps that are files, with the reason.
fn files(run: &Run) -> Vec<(String, String)> {
    let gaps = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap_or_default().to_owned();
    let inputs = gaps.as_array().unwrap().iter().filter(|gap| gap["kind"] == "input");
    let mut files: Vec<_> = inputs.map(|gap| (text(gap, "title"), text(gap, "reason"))).collect();
    files.sort();
    files
}

fn codes(report: &Value) -> Vec<&str> {
    report["problems"].as_array().unwrap().iter().filter_map(|problem| problem["code"].as_str()).collect()
}

fn page(number: u32) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"js_content\"><p>第{number}页</p></div>\
         <script>window.cgiDataNew = {{ nick_name: JsDecode('坏盘试验'), title: JsDecode('第{number}篇'), content_noencode: JsDecode('\\x3cp\\x3e正文{number}\\x3c/p\\x3e'),\n\
         bizuin: 'MzA3MDAwMDAwNA==', mid: '{}' * 1, idx: '1' * 1, sn: 'c{number}', item_show_type: '0' * 1 }};</script></body></html>",
        2_650_000_900 + number
    )
}

fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A folder of pages, one of them with a picture beside it, that belongs to nobody in particular: for the superuser
    /// every file is readable.
    fn plain() -> Option<Run> {
        let run = Run::new().run_by_nobody()?;
        let run = run.file("a.html", page(1)).file("b/b.html", page(2)).file("d.html", page(3));
        give(&run, "page/type0-complete", "in/c");
        hand_over(&run);
        Some(run)
    }

    /// Copies a fixture into the folder of the run, for a user that owns no other files.
    fn give(run: &Run, name: &str, to: &str) {
        let from = fixture(name);
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry.unwrap();
            let to = run.folder().join(to).join(entry.path().strip_prefix(&from).unwrap());
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(to).unwrap();
            } else if !entry.path().ends_with("expected.json") {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }

    /// Gives the folder of the run to the user that runs the program.
    fn hand_over(run: &Run) {
        for entry in walkdir::WalkDir::new(run.folder()) {
            let path = entry.unwrap().into_path();
            mode(&path, 0o755);
            // Only the superuser can give files away, and only then it is needed.
            let _ = chown(&path, Some(65_534), Some(65_534));
        }
    }

    #[test]
    fn of_a_file_that_cannot_be_read_nothing_is_claimed() {
        let Some(run) = Run::new().run_by_nobody() else { return };
        give(&run, "page/type0-complete", "in");
        hand_over(&run);
        run.program(&["backup", "in", "-o", "archive", "--no-mirror"]).succeeds();
        let whole = run.program(&["verify", "archive", "--json"]).succeeds().json();
        let file = run.archive().join("public/data/FORMAT.md");
        let set = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o000);
        let done = run.program(&["verify", "archive"]).exits(64).says("cannot be read").says("is not known");
        assert!(!done.said().contains("has changed") && !done.said().contains("was changed"), "{}", done.said());
        let now = run.program(&["verify", "archive", "--json"]).exits(64).json();
        assert_eq!(now["read_files"].as_u64().unwrap() + 1, whole["read_files"].as_u64().unwrap(), "{now}");
        set(0o644);
    }

    #[test]
    fn what_may_not_be_looked_at_for_a_while_is_not_counted_as_lost() {
        let Some(run) = Run::new().run_by_nobody() else { return };
        give(&run, "demo/pages", "in/pages");
        give(&run, "demo/lists", "in/lists");
        hand_over(&run);
        run.program(&["backup", "in/pages", "-o", "archive", "--no-mirror"]).succeeds();
        let articles = walkdir::WalkDir::new(run.archive().join("public/data/articles")).sort_by_file_name();
        let mut articles = articles.into_iter().map(|entry| entry.unwrap().into_path());
        let article = articles.find(|path| path.join("article.json").is_file()).unwrap();
        // Its record changes by what the lists say, its text does not.
        mode(&article, 0o000);
        run.program(&["backup", "in", "-o", "archive", "--no-mirror"]).exits(1).says("hint:");
        mode(&article, 0o755);
        // Nor is evidence that is out of reach received a second time.
        let evidence = run.archive().join("private/data/evidence");
        mode(&evidence, 0o000);
        run.program(&["backup", "in", "-o", "archive", "--no-mirror"]).exits(1).says("hint:");
        mode(&evidence, 0o755);
        run.program(&["backup", "in", "-o", "archive", "--no-mirror"]).succeeds();
        run.program(&["verify", "archive"]).succeeds();
        let index = run.read("private/data/evidence/index.csv");
        let packs = std::fs::read_dir(evidence.join("packs")).unwrap().map(|pack| pack.unwrap().file_name());
        for pack in packs {
            assert!(index.contains(pack.to_str().unwrap()), "nothing in {pack:?} is the evidence of anything");
        }
    }

    #[test]
    fn what_may_not_be_read_is_named_and_read_when_it_may() {
        let Some(sound) = plain() else { return };
        let held = sound.backup(&["--json"]).succeeds().json();
        let cases: [(&str, u32, &str); 7] = [
            ("in/a.html", 0o000, "in/a.html"),
            ("in/b", 0o000, "in/b"),
            ("in/b", 0o444, "in/b/b.html"),
            ("in/b", 0o311, "in/b"),
            ("in/c/一篇图文_files", 0o000, "in/c/一篇图文_files"),
            ("in/c/一篇图文_files", 0o444, "in/c/一篇图文_files/640.png"),
            ("in/c/一篇图文_files/640.png", 0o000, "in/c/一篇图文_files/640.png"),
        ];
        for (name, bits, missing) in cases {
            let run = plain().unwrap();
            let path = run.folder().join(name);
            mode(&path, bits);
            for _ in 0..2 {
                let report = run.backup(&["--json"]).exits(32).json();
                assert!(files(&run).contains(&(missing.to_owned(), "broken_input".to_owned())), "{name}: {report}");
                assert!(!codes(&report).is_empty() && report["unreadable"].as_u64() > Some(0), "{name}: {report}");
                assert_eq!(run.backup(&["--dry-run", "--json"]).exits(32).json()["problems"], report["problems"]);
            }
            run.backup(&[]).exits(32).says("hint:");
            mode(&path, 0o755);
            let report = run.backup(&["--json"]).succeeds().json();
            assert_eq!((&report["problems"], files(&run)), (&held["problems"], vec![]), "{name} {bits:o}");
            assert_eq!(report["articles"], held["articles"], "{name} {bits:o}");
            assert_eq!(report["media_held"], held["media_held"], "{name} {bits:o}");
            assert_eq!(report["gaps"], held["gaps"], "{name} {bits:o}");
        }
    }

    /// The order of what happened does not show: only that it was two runs.
    #[test]
    fn an_archive_forgets_what_could_not_be_read_for_a_while() {
        let Some(sound) = plain() else { return };
        sound.backup(&["--no-mirror"]).succeeds();
        let run = plain().unwrap();
        let path = run.folder().join("in/b/b.html");
        mode(&path, 0);
        run.backup(&["--no-mirror"]).exits(32);
        let before = run.tree();
        run.backup(&["--no-mirror"]).exits(32);
        same(&before, &run.tree());
        mode(&path, 0o755);
        run.backup(&["--no-mirror"]).succeeds();
        let content = |run: &Run| {
            let mut tree = run.tree();
            let told = ["data/articles/", "data/media/", "gaps.csv", "data/tables/"];
            tree.retain(|(name, _)| told.iter().any(|part| name.contains(part)));
            tree
        };
        same(&content(&sound), &content(&run));
    }

    #[test]
    fn links_are_named_unless_they_lead_to_what_is_given_anyway() {
        let run = Run::new().file("a.html", page(1));
        std::fs::write(run.folder().join("out.html"), page(2)).unwrap();
        let link = |name: &str, to: &str| symlink(to, run.folder().join("in").join(name)).unwrap();
        link("within.html", "a.html");
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!(codes(&report), ["input-special-file"]);
        link("nowhere.html", "gone.html");
        link("outside.html", "../out.html");
        for _ in 0..2 {
            let report = run.backup(&["--json"]).exits(32).json();
            assert_eq!(codes(&report), ["input-link-dangling", "input-link-outside", "input-special-file"]);
            let gaps = ["in/nowhere.html", "in/outside.html"].map(|name| (name.to_owned(), "broken_input".to_owned()));
            assert_eq!(files(&run), gaps);
        }
        std::fs::write(run.folder().join("gone.html"), page(3)).unwrap();
        std::fs::remove_file(run.folder().join("in/nowhere.html")).unwrap();
        std::fs::rename(run.folder().join("out.html"), run.folder().join("in/outside.html")).unwrap();
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!((codes(&report), files(&run)), (vec!["input-special-file"], vec![]));
        assert_eq!(report["articles"]["held"], 2);
    }

    #[test]
    fn a_path_longer_than_the_system_takes_is_named() {
        use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
        let run = Run::new().file("a.html", page(1));
        let flags = OFlags::DIRECTORY | OFlags::RDONLY;
        let mut folder = open(run.folder().join("in"), flags, Mode::empty()).unwrap();
        let name = "d".repeat(200);
        for _ in 0..24 {
            mkdirat(&folder, &name, Mode::from_raw_mode(0o755)).unwrap();
            folder = openat(&folder, &name, flags, Mode::empty()).unwrap();
        }
        let report = run.backup(&["--json"]).exits(32).json();
        assert_eq!(codes(&report), ["input-path-too-long"]);
        assert_eq!(report["articles"]["held"], 1);
        assert!(files(&run)[0].0.starts_with("in/ddd"));
    }

    /// The first Ctrl-C ends the run after what is under way.
    #[test]
    fn a_run_that_is_stopped_says_so_and_so_does_its_archive() {
        use rustix::process::{Pid, Signal, kill_process};
        let many = 600;
        let run = (1..=many).fold(Run::new(), |run, number| run.file(&format!("{number:03}.html"), page(number)));
        let catalog = run.archive().join(".liudi/catalog.sqlite");
        let stage = run.archive().join(".liudi/stage");
        let reads = || std::fs::read_dir(&stage).is_ok_and(|mut files| files.next().is_some());
        // Where it is when the signal comes is not ours to choose: it may have read all, and then nothing was stopped.
        for turn in 0..20 {
            let _ = std::fs::remove_dir_all(run.archive());
            let child = run.start(&["--json", "--no-mirror", "--jobs", "1"]);
            // While it looks what there is, and while it reads.
            while !catalog.exists() || turn > 0 && !reads() {
                std::thread::yield_now();
            }
            kill_process(Pid::from_child(&child), Signal::INT).unwrap();
            let done = Done::of_child(child);
            // Before the handler stands a signal ends the process.
            let Ok(report) = serde_json::from_str::<Value>(&done.stdout) else { continue };
            if report["interrupted"] == false {
                continue;
            }
            if report["seen_in_part"] == true {
                assert_eq!(
                    (done.code & 1, files(&run)),
                    (1, vec![("in".to_owned(), "not_read".to_owned())]),
                    "{report}"
                );
                continue;
            }
            // All was read, and what was stopped is the commit.
            if report["unread"].as_u64().unwrap_or(0) == 0 {
                assert_eq!(done.code & 1, 1, "{report}");
                continue;
            }
            let (read, unread) = (report["read"].as_u64().unwrap(), report["unread"].as_u64().unwrap());
            assert_eq!((done.code & 1, read + unread, unread > 0), (1, many.into(), true), "{report}");
            let named = files(&run);
            assert_eq!(named.len() as u64, unread);
            assert!(named.iter().all(|(name, reason)| name.starts_with("in/") && reason == "not_read"));
            run.program(&["mirror", "archive"]).says("the site is incomplete");
            run.program(&["gaps", "archive"]).says("run again: ");
            let ready = run.program(&["ready", "archive", "--json"]);
            assert!(ready.stdout.contains("health.inputs") && ready.stdout.contains("not_read"), "{}", ready.stdout);
            let report = run.backup(&["--json", "--no-mirror"]).succeeds().json();
            assert_eq!((&report["articles"]["held"], files(&run)), (&many.into(), vec![]));
            return;
        }
        panic!("no run was stopped while it read");
    }

    /// Reading one's own memory at its beginning fails as a bad sector does.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_cannot_be_read_is_no_unknown_file() {
        let run = Run::new().input("/proc/self/mem");
        let report = run.backup(&["--json"]).exits(32).json();
        assert_eq!(codes(&report), ["input-read-failed"]);
        assert_eq!(report["unrecognised"], serde_json::json!([]));
        let gaps = files(&run);
        assert_eq!(gaps, [("mem".to_owned(), "broken_input".to_owned())]);
    }
}

#[test]
fn whatever_a_zip_refuses_is_named_in_every_run() {
    let zeros = vec![0_u8; 65 << 20];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.html", SimpleFileOptions::default()).unwrap();
    writer.write_all(page(1).as_bytes()).unwrap();
    writer.add_symlink("b.html", "a.html", SimpleFileOptions::default()).unwrap();
    let linked = writer.finish().unwrap().into_inner();
    let inflated = packed(&[("a.html", page(1).as_bytes()), ("账单.csv", &zeros)]);
    let nested = packed(&[("in.zip", &linked)]);
    for (bytes, code, gap) in [
        (linked, "zip-member-link", "in/x.zip!/b.html"),
        (inflated, "zip-ratio", "in/x.zip!/账单.csv"),
        (nested, "zip-member-link", "in/x.zip!/in.zip!/b.html"),
    ] {
        let run = Run::new().file("x.zip", &bytes);
        let rehearsed = run.backup(&["--dry-run", "--json"]).exits(32).json();
        for again in [false, true] {
            let report = run.backup(&["--json"]).exits(32).json();
            assert_eq!(codes(&report), [code]);
            assert_eq!(report["problems"], rehearsed["problems"]);
            assert_eq!(files(&run), [(gap.to_owned(), "broken_input".to_owned())]);
            assert_eq!((&report["articles"]["held"], &report["changed"]), (&1.into(), &(!again).into()));
        }
        // What was refused lies beside it now, or was taken out.
        std::fs::write(run.folder().join("in/x.zip"), packed(&[("a.html", page(1).as_bytes())])).unwrap();
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!((codes(&report), files(&run)), (vec![], vec![]));
    }
}

#[test]
fn a_broken_member_keeps_its_zip_from_being_done() {
    let mut bytes = packed(&[("a.html", page(1).as_bytes()), ("b.html", page(2).as_bytes())]);
    let second = memchr::memmem::rfind(&bytes, b"b.html").unwrap();
    // The sum of the second member, as the directory gives it.
    bytes[second - 30] ^= 0xff;
    let run = Run::new().file("x.zip", &bytes);
    for _ in 0..2 {
        let report = run.backup(&["--json"]).exits(32).json();
        assert_eq!(codes(&report), ["zip-member-broken"]);
        assert_eq!(files(&run), [("in/x.zip!/b.html".to_owned(), "broken_input".to_owned())]);
    }
    std::fs::write(
        run.folder().join("in/x.zip"),
        packed(&[("a.html", page(1).as_bytes()), ("b.html", page(2).as_bytes())]),
    )
    .unwrap();
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!((codes(&report), files(&run), &report["articles"]["held"]), (vec![], vec![], &2.into()));
}

#[test]
fn a_text_with_a_hole_is_damaged_and_not_unknown() {
    let bill = std::fs::read(fixture("demo/bills/1900000000All2026-03-20.csv")).unwrap();
    let list = std::fs::read(fixture("demo/lists/发表记录.json")).unwrap();
    let hole = |bytes: &[u8], from: usize, to: usize| {
        let mut bytes = bytes.to_vec();
        bytes[from..to].fill(0);
        bytes
    };
    let tail = |bytes: &[u8], zeros: usize| [bytes, &vec![0; zeros]].concat();
    let (half, page) = (bill.len() / 2, page(1));
    for (name, bytes, code) in [
        ("1900000000All2026-03-20.csv", tail(&bill, 1), "bill-damaged"),
        ("1900000000All2026-03-20.csv", tail(&bill, 4096), "bill-damaged"),
        ("1900000000All2026-03-20.csv", hole(&bill, 0, half), "bill-damaged"),
        ("1900000000All2026-03-20.csv", hole(&bill, half, bill.len()), "bill-damaged"),
        ("1900000000All2026-03-20.csv", vec![0; 1000], "bill-damaged"),
        // Its header says what it is.
        ("下载.csv", hole(&bill, half, half + 100), "bill-damaged"),
        ("a.html", tail(page.as_bytes(), 1), "input-damaged"),
        ("a.html", tail(page.as_bytes(), 70_000), "input-damaged"),
        ("发表记录.json", tail(&list, 512), "input-damaged"),
    ] {
        let run = Run::new().file(name, &bytes);
        for again in [false, true] {
            let report = run.backup(&["--json", "--no-mirror"]).exits(32).json();
            assert!(codes(&report).contains(&code), "{name}: {report}");
            assert_eq!(
                (&report["unrecognised"], &report["statements"]),
                (&serde_json::json!([]), &serde_json::json!([]))
            );
            assert_eq!(files(&run), [(format!("in/{name}"), "broken_input".to_owned())]);
            assert_eq!(report["changed"], !again, "{name}");
            if code == "bill-damaged" {
                let kept = run.tree().into_iter().find(|(path, _)| path.contains("billing/raw/")).unwrap();
                assert!(kept.1 == bytes, "{name} is kept as it is");
            }
        }
        let known = run.backup(&["--json", "--no-mirror"]).json()["articles"]["listed"].as_u64();
        assert_eq!(known > Some(0), code == "input-damaged", "{name}");
    }
}

/// Comments and counts do not say what they are of; the request does.
#[test]
fn an_answer_in_a_recording_is_of_the_article_its_request_names() {
    let request = |path: &str, query: &str, form: &str| {
        serde_json::json!({"method": if form.is_empty() { "GET" } else { "POST" },
            "url": format!("https://mp.weixin.qq.com/mp/{path}?{query}"),
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": form}})
    };
    let named = "__biz=MzA3MDAwMDAwNA==&appmsgid=2650000901&idx=1&comment_id=1691802575392500";
    let comments = serde_json::json!({"base_resp": {"ret": 0}, "enabled": 1, "elected_comment_total_cnt": 1, "elected_comment":
        [{"id": 1, "my_id": 1, "nick_name": "某人", "content": "好", "create_time": 1_743_900_000, "content_id": "8070450532247929001"}]});
    let counts = serde_json::json!({"advertisement_info": [], "appmsgstat": {"show": true, "is_login": true, "liked": false,
        "read_num": 321, "like_num": 3, "old_like_num": 5}});
    let entry = |request: Value, answer: &Value| {
        serde_json::json!({"startedDateTime": "2026-01-01T00:00:00.000Z", "request": request,
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": answer.to_string()}}})
    };
    let entries = [
        entry(request("appmsg_comment", &format!("action=getcomment&{named}&offset=0"), ""), &comments),
        entry(request("getappmsgext", "f=json", "__biz=MzA3MDAwMDAwNA%3D%3D&mid=2650000901&idx=1&sn=c1"), &counts),
    ];
    let har = serde_json::json!({"log": {"version": "1.2", "entries": entries}}).to_string();
    let run = Run::new().file("a.html", page(1)).file("b.har", har);
    let report = run.backup(&["--json", "--no-mirror"]).succeeds().json();
    assert_eq!(codes(&report), Vec::<&str>::new(), "{report}");
    assert_eq!((&report["articles"]["held"], &report["articles"]["listed"]), (&1.into(), &1.into()));
    let article = run.tree().into_iter().find(|(name, _)| name.ends_with("/article.json")).unwrap().1;
    let article: Value = serde_json::from_slice(&article).unwrap();
    assert_eq!(article["counts"]["read"], 321, "{article}");
    let comments = run.tree().into_iter().find(|(name, _)| name.ends_with("comments.jsonl"));
    let comments = String::from_utf8(comments.unwrap().1).unwrap();
    assert!(comments.contains("2650000901"), "{comments}");
}

#[test]
fn strange_names_in_a_zip_are_only_names() {
    let mut run = Run::new();
    let names = [
        "/home/me/a.html",
        "../b.html",
        "C:\\Users\\me\\c.html",
        "10:30 d.html",
        "~$e.html",
        ".f.html",
        "./g",
        "a\\h.html",
    ];
    for (number, name) in names.iter().enumerate() {
        let junk: [(&str, &[u8]); 2] = [("__MACOSX/._a.html", b"\0\x05\x16\x07"), ("Thumbs.db", b"x")];
        // The writer tidies names up: the bytes are put in afterwards.
        let plain = "n".repeat(name.len());
        let page = page(u32::try_from(number).unwrap());
        let mut bytes = packed(&[junk[0], (&plain, page.as_bytes()), junk[1]]);
        while let Some(at) = memchr::memmem::find(&bytes, plain.as_bytes()) {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        run = run.file(&format!("{number}.zip"), bytes);
    }
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!((codes(&report), &report["unrecognised"]), (vec![], &serde_json::json!([])));
    assert_eq!(report["articles"]["held"], names.len());
}

/// By 7-Zip and Info-ZIP: one bill and one page each.
#[test]
fn members_that_other_programs_packed_are_read() {
    for method in ["bzip2", "deflate64", "lzma", "ppmd"] {
        let run = Run::new().fixture(&format!("zip-methods/{method}.zip"));
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!((codes(&report), &report["articles"]["held"]), (vec![], &1.into()), "{method}");
        assert_eq!(report["statements"][0]["rows"], 4, "{method}");
    }
}
