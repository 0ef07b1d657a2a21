//! The view 保管 of the desk, asked as a browser asks: the second copy, the repair, packs and timestamps.

use std::fs;
use std::path::Path;

use super::desk_client::Desk;
use super::support::{Run, fixture, tree};

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    run
}

/// Whether `ready` counts a second copy.
fn counts(run: &Run) -> bool {
    let answer = run.program(&["ready", "archive", "--json"]).json();
    let rules = answer["rules_looked_at"].as_array().unwrap();
    rules.iter().find(|rule| rule["rule"] == "health.copies").unwrap()["state"] == "met"
}

/// The bags and the lists above them.
fn bags(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = tree(archive);
    files.retain(|(path, _)| path == "SHA256SUMS" || path.starts_with("public/") || path.starts_with("private/"));
    files
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn copies(desk: &Desk, to: &Path) -> String {
    desk.does("/keeping/copy", &[("part", "copy"), ("to", &text(to))]);
    desk.wait();
    desk.page("/keeping?part=copy")
}

#[test]
fn a_second_copy_is_made_recorded_and_brought_up_to_date() {
    let run = demo();
    let desk = Desk::open(&run);
    assert!(desk.page("/keeping").contains("No second copy is recorded yet"));
    // The advice of the verdict leads here.
    desk.does("/ready/measure", &[]);
    let verdict = desk.wait_for("/ready", "class=\"verdict bad\"");
    assert!(
        verdict.contains("href=\"&#x2f;keeping?part=copy\"") && verdict.contains("Make the second copy"),
        "{verdict}"
    );
    // A folder with other things in it stays as it is.
    let disk = run.folder().join("other disk");
    fs::create_dir(&disk).unwrap();
    fs::write(disk.join("mine.txt"), "mine").unwrap();
    let place = format!("/keeping?part=copy&at={}", urlencoded(&text(&disk)));
    assert!(desk.page(&place).contains(&escaped(&text(&disk.join("archive")))), "where it goes is said before");
    let page = copies(&desk, &disk);
    assert!(page.contains("complete and right") && page.contains("“May I close it?” counts it"), "{page}");
    assert!(!page.contains("liudi verify") && !page.contains("sha256:"), "{page}");
    assert_eq!(bags(&disk.join("archive")), bags(&run.archive()));
    assert!(disk.join("mine.txt").is_file() && counts(&run));
    let answer: serde_json::Value = serde_json::from_str(&desk.page("/keeping.json")).unwrap();
    assert_eq!(answer["recorded"], true);
    // What was recorded since is in no copy; the same place again brings it there.
    let menu = run.folder().join("menu.png");
    fs::write(&menu, "a picture").unwrap();
    desk.does("/ready/answer", &[("key", "menu"), ("value", &text(&menu))]);
    let page = copies(&desk, &disk.join("archive"));
    assert!(page.contains("complete and right"), "{page}");
    assert_eq!(bags(&disk.join("archive")), bags(&run.archive()));
    // A later desk knows the place by the record.
    drop(desk);
    let desk = Desk::open(&run);
    let page = desk.page("/keeping");
    assert!(
        page.contains(&escaped(&text(&disk.join("archive")))) && page.contains("the same as the archive is now"),
        "{page}"
    );
    fs::rename(&disk, run.folder().join("put away")).unwrap();
    let page = desk.page("/keeping");
    assert!(page.contains("its disk may not be connected") && !page.contains("Check it again"), "{page}");
}

#[test]
fn a_copy_that_cannot_be_is_refused_with_what_to_do() {
    let run = demo();
    let desk = Desk::open(&run);
    let refused = |to: &str, words: &[&str]| {
        let answer = desk.post("/keeping/copy", &[("part", "copy"), ("to", to)]);
        assert_eq!(answer.status, 400, "{to}: {}", answer.text);
        for words in words {
            assert!(answer.text.contains(words), "{to}: {words} in {}", answer.text);
        }
        // What was typed is still there.
        assert!(to.is_empty() || answer.text.contains(&format!("value=\"{}\"", escaped(to))), "{}", answer.text);
    };
    refused("", &["No folder is chosen"]);
    refused("copies", &["only a part of a place", "Begin with the drive"]);
    refused(&text(&run.archive().join("copies")), &["inside the archive itself", "best on another disk"]);
    fs::write(run.folder().join("file"), "x").unwrap();
    refused(&text(&run.folder().join("file")), &["neither empty nor a copy", "Choose a new or an empty folder"]);
    // Nothing is started by looking, and by nobody else.
    assert_eq!(desk.get("/keeping/copy?to=/tmp/x").status, 404);
    let foreign = [("Host", &*desk.host), ("Cookie", &desk.cookie), ("Origin", "http://evil.example")];
    let answer = super::desk_client::ask(&desk.host, "POST", "/keeping/copy", &foreign, "to=/tmp/x");
    assert_eq!(answer.status, 403);
    // A failure of the run itself is said on the page, without a terminal.
    #[cfg(unix)]
    {
        let page = copies(&desk, Path::new("/dev/null/copy"));
        assert!(page.contains("copy cannot be written") && page.contains("copy once more"), "{page}");
        assert!(!page.contains("command"), "{page}");
    }
}

#[test]
fn damage_is_planned_first_and_mended_from_the_second_copy() {
    let run = demo();
    let desk = Desk::open(&run);
    let second = run.folder().join("second");
    copies(&desk, &second);
    let before = bags(&run.archive());
    let given = before.iter().find(|(path, _)| path.starts_with("public/data/media/")).unwrap().0.clone();
    let made = before.iter().find(|(path, _)| path.ends_with("/content.html")).unwrap().0.clone();
    let spoil = || {
        fs::remove_file(run.archive().join(&given)).unwrap();
        fs::write(run.archive().join(&made), "changed").unwrap();
    };
    spoil();
    // The check for the verdict finds it, and both pages lead to the repair.
    desk.does("/ready/measure", &[]);
    desk.wait();
    for page in ["/archive", "/gaps"] {
        let page = desk.page(page);
        assert!(page.contains("id=\"damage\"") && page.contains("href=\"/keeping?part=repair\""), "{page}");
    }
    // A copy of it is not finished, and leads there too.
    let page = copies(&desk, &run.folder().join("third"));
    assert!(page.contains("Mend the original first") && page.contains("href=\"/keeping?part=repair\""), "{page}");
    assert!(desk.page("/progress").contains("not all of it succeeded"));
    let spoiled = bags(&run.archive());
    desk.does("/keeping/plan", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(page.contains("This is only a plan") && page.contains("Mend these 2 files"), "{page}");
    assert!(page.contains(&escaped(&format!("from {}<", text(&second))).replace("&lt;", "<")), "{page}");
    assert_eq!(bags(&run.archive()), spoiled, "a plan writes nothing");
    desk.does("/keeping/mend", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(page.contains("Mended 2 files; the archive is complete and right now"), "{page}");
    assert_eq!(bags(&run.archive()), before);
    // Nobody is told any more of damage that is mended.
    for page in ["/archive", "/gaps"] {
        assert!(!desk.page(page).contains("id=\"damage\""), "{page}");
    }
    desk.does("/keeping/plan", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(page.contains("Nothing to mend") && !page.contains("/keeping/mend"), "{page}");
}

#[test]
fn what_cannot_be_mended_is_named_until_another_place_has_it() {
    let run = demo();
    let desk = Desk::open(&run);
    let before = bags(&run.archive());
    let given = before.iter().find(|(path, _)| path.starts_with("public/data/media/")).unwrap().clone();
    fs::remove_file(run.archive().join(&given.0)).unwrap();
    desk.does("/keeping/plan", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    let name = given.0.rsplit('/').next().unwrap();
    assert!(page.contains("Cannot be mended now") && page.contains(name), "{page}");
    // Whoever has the file gives the folder that it is in, and the plan is made anew.
    let elsewhere = run.folder().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("picture"), &given.1).unwrap();
    let gone = desk.post("/keeping/source", &[("part", "repair"), ("source", &text(&run.folder().join("gone")))]);
    assert_eq!(gone.status, 400);
    desk.does("/keeping/source", &[("part", "repair"), ("source", &text(&elsewhere))]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(!page.contains("Cannot be mended now") && page.contains("Mend this file"), "{page}");
    desk.does("/keeping/leave-out", &[("part", "repair"), ("gone", &text(&elsewhere))]);
    desk.wait();
    assert!(desk.page("/keeping?part=repair").contains("Cannot be mended now"));
    desk.does("/keeping/source", &[("part", "repair"), ("source", &format!("\"{}\"", text(&elsewhere)))]);
    desk.wait();
    desk.does("/keeping/mend", &[("part", "repair")]);
    desk.wait();
    assert_eq!(bags(&run.archive()), before);
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn an_archive_that_has_lost_its_lists_can_be_mended_too() {
    let run = demo();
    let desk = Desk::open(&run);
    let second = run.folder().join("second");
    copies(&desk, &second);
    let before = bags(&run.archive());
    let given = before.iter().find(|(path, _)| path.starts_with("public/data/media/")).unwrap().0.clone();
    for path in ["SHA256SUMS", "public/manifest-sha256.txt", &given] {
        fs::remove_file(run.archive().join(path)).unwrap();
    }
    // A page that cannot be shown leads to the repair.
    let broken = desk.get("/gaps");
    assert!(broken.status == 200 || broken.text.contains("/keeping?part=repair"), "{}", broken.text);
    desk.does("/keeping/plan", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(page.contains("Mend these 2 files") && page.contains("shows only once it is mended"), "{page}");
    // What a lost list would name is not called somebody's own.
    assert!(!page.contains("not in any manifest"), "{page}");
    desk.does("/keeping/source", &[("part", "repair"), ("source", &text(&second))]);
    desk.wait();
    desk.does("/keeping/mend", &[("part", "repair")]);
    desk.wait();
    let page = desk.page("/keeping?part=repair");
    assert!(page.contains("Mended 3 files; the archive is complete and right now"), "{page}");
    assert_eq!(bags(&run.archive()), before);
}

const PASSPHRASE: &str = "six words that nobody will guess";

#[test]
fn packs_are_written_with_a_passphrase_that_no_page_has() {
    let run = demo();
    let desk = Desk::open(&run);
    let folder = run.folder().join("cloud drive");
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains(&escaped(&text(&run.folder().join("archive-packs")))), "beside the archive: {page}");
    let fields = |more: &[(&'static str, &'static str)]| -> Vec<(&str, String)> {
        let mut fields = vec![("part", "packs".to_owned()), ("folder", text(&folder))];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    let post = |fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post("/keeping/pack", &fields)
    };
    for (more, words) in [
        (&[][..], "There is no passphrase yet"),
        (&[("passphrase", "short"), ("again", "short")], "passphrase is too short"),
        (&[("passphrase", PASSPHRASE), ("again", "six words that everybody guesses")], "passphrases differ"),
        (&[("passphrase", PASSPHRASE), ("again", PASSPHRASE), ("plain", "on")], "“Do not encrypt” is ticked"),
        (&[("plain", "on"), ("split", "1B")], "Choose a size in the list"),
    ] {
        let refused = post(&fields(more));
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
        assert!(
            !refused.text.contains("six words that") && !refused.text.contains("value=\"short"),
            "{}",
            refused.text
        );
        assert!(!folder.exists());
    }
    let inside = text(&run.archive().join("packs"));
    let refused = desk.post("/keeping/pack", &[("part", "packs"), ("folder", &inside), ("plain", "on")]);
    assert!(refused.status == 400 && refused.text.contains("outside of the archive"), "{}", refused.text);
    let done =
        post(&fields(&[("passphrase", PASSPHRASE), ("again", PASSPHRASE), ("bags", "both"), ("split", "64kib")]));
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(!done.head.contains("six"), "{}", done.head);
    desk.wait();
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains("The archive is packed") && page.contains(&escaped(&text(&folder))), "{page}");
    assert!(page.contains("archive-public.zip.001") && page.contains("archive-private.zip.age<"), "{page}");
    assert!(page.contains("Write it down") || page.contains("write it down"), "{page}");
    for page in ["/keeping?part=packs", "/keeping.json", "/progress", "/archive"] {
        let page = desk.page(page);
        assert!(!page.contains("nobody will guess") && !page.contains("sha256sum"), "{page}");
    }
    // Nothing that the desk or the archive keeps has it either.
    for (path, bytes) in tree(run.folder()) {
        let kept = bytes.windows(PASSPHRASE.len()).any(|part| part == PASSPHRASE.as_bytes());
        assert!(!kept, "{path}");
    }
    // The same archive again.
    let unpacked = run.env("LIUDI_PASSPHRASE", PASSPHRASE);
    unpacked.program(&["unpack", "cloud drive", "-o", "again"]).succeeds();
    assert_eq!(bags(&unpacked.folder().join("again")), bags(&unpacked.archive()));
    // Where packs are already, no others are written.
    let again = post(&fields(&[("passphrase", PASSPHRASE), ("again", PASSPHRASE)]));
    assert_eq!(again.status, 303);
    desk.wait();
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains("was not replaced") && page.contains("move the old packs away"), "{page}");
    // Done again, a run has no passphrase any more, and says so instead of writing something readable.
    desk.does("/run/again", &[]);
    desk.wait();
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains("The passphrase was not kept") && page.contains("Type it again"), "{page}");
}

#[test]
fn the_public_part_is_packed_alone_and_what_is_readable_is_said() {
    let run = demo();
    let desk = Desk::open(&run);
    let folder = text(&run.folder().join("packs"));
    let fields = [("part", "packs"), ("folder", folder.as_str())];
    desk.does("/keeping/pack", &[&fields[..], &[("bags", "only-public")]].concat());
    desk.wait();
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains("archive-public.zip") && !page.contains("archive-private"), "{page}");
    desk.does("/keeping/pack", &[&fields[..], &[("bags", "only-private"), ("plain", "on")]].concat());
    desk.wait();
    let page = desk.page("/keeping?part=packs");
    assert!(page.contains("the private part is not encrypted") && !page.contains("--passphrase"), "{page}");
}

/// A run with the archive that the recorded answers are for.
fn stamped_archive() -> Run {
    let run = Run::new();
    for (name, bytes) in tree(&fixture("timestamp/archive")) {
        let path = run.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    run
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn a_timestamp_is_asked_for_taken_and_put_on_the_sheet() {
    let run = stamped_archive();
    let desk = Desk::open(&run);
    let part = "/keeping?part=stamps";
    assert_eq!(desk.get("/keeping/SHA256SUMS.tsq").status, 500, "looking writes nothing");
    assert!(!run.archive().join("SHA256SUMS.tsq").exists());
    desk.does("/keeping/ask", &[("part", "stamps")]);
    desk.wait();
    assert!(desk.page(part).contains("The request is written"));
    let request = desk.get("/keeping/SHA256SUMS.tsq");
    assert_eq!(request.header("content-type"), Some("application/timestamp-query"));
    assert!(request.header("content-disposition").unwrap().starts_with("attachment"));
    // What is no answer is refused, in words without commands.
    for (content, words) in
        [("3c68746d6c3e", "is not the answer of a timestamp authority"), ("zz", "no file is chosen")]
    {
        let answer = desk.post("/keeping/answer", &[("part", "stamps"), ("name", "page.tsr"), ("content", content)]);
        desk.wait();
        let page = if answer.status == 303 { desk.page(part) } else { answer.text };
        assert!(page.contains(words) && !page.contains("liudi keep"), "{page}");
    }
    let answer = fs::read(fixture("timestamp/answers/rsa-sha512.tsr")).unwrap();
    let fields = [("part", "stamps"), ("name", "answer.tsr"), ("content", &hexadecimal(&answer))];
    desk.does("/keeping/answer", &fields);
    desk.wait();
    let page = desk.page(part);
    assert!(page.contains("The timestamp is kept in the archive") && page.contains("Unchanged since"), "{page}");
    assert!(page.contains("does not prove that the content is true") && !page.contains("--tsa-ca"), "{page}");
    // Chosen in the list of this computer, without any script.
    let path = text(&fixture("timestamp/answers/token.tst"));
    desk.does("/keeping/answer", &[("part", "stamps"), ("path", &path)]);
    desk.wait();
    assert_eq!(desk.page(part).matches("Unchanged since").count(), 2);
    // The sheet, in both languages, shown as a page that can do nothing.
    for (language, words) in [("en", "evidence sheet"), ("zh-CN", "存证说明")] {
        desk.does("/keeping/sheet", &[("part", "stamps"), ("language", language)]);
        desk.wait();
        assert!(desk.page(part).contains("The evidence sheet is written"));
        let sheet = desk.get("/keeping/evidence-sheet.html?show=");
        assert!(sheet.text.contains(words) && sheet.text.contains("-CAfile root.pem"), "{}", sheet.text);
        let policy = sheet.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(sheet.header("content-disposition").unwrap().starts_with("inline"));
    }
    let saved = desk.get("/keeping/evidence-sheet.html");
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment"));
}

#[test]
fn of_a_damaged_archive_there_is_no_request_and_no_sheet() {
    let run = stamped_archive();
    let desk = Desk::open(&run);
    let (path, _) = tree(&run.archive()).into_iter().find(|(path, _)| path.starts_with("public/data/")).unwrap();
    fs::remove_file(run.archive().join(&path)).unwrap();
    for (action, words) in
        [("ask", "no request for a timestamp was written"), ("sheet", "no evidence sheet was written")]
    {
        desk.does(&format!("/keeping/{action}"), &[("part", "stamps")]);
        desk.wait();
        let page = desk.page("/keeping?part=stamps");
        assert!(page.contains(words) && page.contains("Mend it under “Repair” first"), "{page}");
    }
    assert!(!run.archive().join("SHA256SUMS.tsq").exists());
    run.program(&["timestamp", "archive"]).exits(64).says("is damaged").says("liudi repair");
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The text as a template writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
        .replace('/', "&#x2f;")
}
