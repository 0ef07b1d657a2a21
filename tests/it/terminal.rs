//! What only a person at a terminal sees: the three questions, and a folder that is watched.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Run, fixture};

/// A pseudo-terminal around the program, from Debian's essential `bsdutils`; each answer is typed when its prompt is seen.
fn in_a_terminal(run: &Run, answers: &[(&str, &str)]) -> (i32, String) {
    let mut child = Command::new("script")
        .args(["-qefc", env!("CARGO_BIN_EXE_liudi"), "/dev/null"])
        .current_dir(run.folder())
        .env_remove("LIUDI_ZIP_PASSWORD")
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "zh-CN"), ("TERM", "dumb")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut said, mut seen, mut waiting) = (Vec::new(), 0, answers.iter());
    let mut next = waiting.next();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = screen.read(&mut bytes) {
        said.extend(&bytes[..count]);
        while let Some((prompt, answer)) = next
            && let Some(at) = memchr::memmem::find(&said[seen..], prompt.as_bytes())
        {
            seen += at + prompt.len();
            // As slow as a person: the terminal must have stopped to show what is typed.
            std::thread::sleep(Duration::from_millis(700));
            keys.write_all(answer.as_bytes()).unwrap();
            next = waiting.next();
        }
    }
    assert!(next.is_none(), "was not asked {next:?}: {}", String::from_utf8_lossy(&said));
    (child.wait().unwrap().code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn without_arguments_three_questions_are_asked_and_the_main_job_runs() {
    let run = Run::new();
    let pages = fixture("demo/pages");
    let (code, said) =
        in_a_terminal(&run, &[("1/3", &format!("'{}'\n", pages.display())), ("2/3", "否\n"), ("3/3", "我的存档\n")]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("存下 14 篇"), "{said}");
    assert!(run.folder().join("我的存档/site/index.html").is_file());
}

#[test]
fn a_password_is_asked_for_and_shown_nowhere() {
    let run = Run::new();
    let bills = fixture("demo/bills");
    let (code, said) = in_a_terminal(
        &run,
        &[("1/3", &format!("{}\n", bills.display())), ("2/3", "n\n"), ("3/3", "mine\n"), ("密码", "liudi-demo\n")],
    );
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("12 笔") && !said.contains("liudi-demo"), "{said}");
}

#[test]
fn a_watched_folder_is_read_as_pages_are_saved_and_becomes_a_site_at_the_end() {
    let run = Run::new();
    let (folder, archive) = (run.folder().join("saved"), run.folder().join("archive"));
    fs::create_dir(&folder).unwrap();
    let mut watching = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["backup", "--watch", "saved", "-o", "archive"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let page = fs::read_dir(fixture("demo/pages"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "html"))
        .unwrap();
    fs::copy(&page, folder.join("page.html")).unwrap();
    let is_in = || {
        fs::read_to_string(archive.join("public/data/tables/articles.csv")).is_ok_and(|table| table.contains("true"))
    };
    let begun = Instant::now();
    while !is_in() {
        // Two looks two seconds apart and a commit; the bound leaves room for slow, shared machines.
        assert!(begun.elapsed() < Duration::from_mins(2), "the page was not read");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap().success());
    assert_eq!(watching.wait().unwrap().code(), Some(0));
    assert!(archive.join("site/index.html").is_file());
}
