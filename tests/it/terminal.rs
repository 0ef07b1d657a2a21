//! What only a person at a terminal sees: the three questions, and a folder that is watched.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Run, fixture};

/// A pseudo-terminal around the program, from Debian's essential `bsdutils`; each answer is typed when its prompt is seen.
fn in_a_terminal(run: &Run, answers: &[(&str, &str)]) -> (i32, String) {
    command_in_a_terminal(run, "", answers)
}

/// The same with arguments.
pub(crate) fn command_in_a_terminal(run: &Run, arguments: &str, answers: &[(&str, &str)]) -> (i32, String) {
    let mut child = Command::new("script")
        .args(["-qefc", &format!("{} {arguments}", env!("CARGO_BIN_EXE_liudi")), "/dev/null"])
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
fn each_answer_is_checked_at_once() {
    let run = Run::new();
    fs::create_dir(run.folder().join("taken")).unwrap();
    fs::write(run.folder().join("taken/thesis.doc"), "mine").unwrap();
    let pages = fixture("demo/pages");
    let (code, said) = in_a_terminal(
        &run,
        &[
            ("1/3", "\n"),
            ("没有给出文件", ""),
            ("1/3", "/没有/这个\n"),
            ("找不到", ""),
            ("1/3", &format!("'{}'\n", pages.display())),
            ("2/3", "也许\n"),
            ("2/3", "不\n"),
            ("3/3", "taken\n"),
            ("已经有别的东西", ""),
            ("3/3", "mine\n"),
        ],
    );
    assert_eq!(code, 0, "{said}");
    assert!(run.folder().join("mine/site/index.html").is_file());
    assert_eq!(fs::read_dir(run.folder().join("taken")).unwrap().count(), 1);
}

#[test]
fn a_wrong_password_is_said_with_the_name_and_asked_again() {
    let run = Run::new();
    let arguments = format!("backup '{}' -o archive --no-mirror", fixture("demo/bills").display());
    let name = "微信支付账单流水文件";
    let (code, said) =
        command_in_a_terminal(&run, &arguments, &[(name, "wrong\n"), ("密码不对", ""), (name, "liudi-demo\n")]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("12 笔"), "{said}");
    // Three wrong ones, and the run goes on without.
    let run = Run::new();
    let (code, said) = command_in_a_terminal(
        &run,
        &arguments,
        &[(name, "1\n"), ("密码不对", ""), (name, "2\n"), ("密码不对", ""), (name, "3\n")],
    );
    assert_eq!(code, 16, "{said}");
    assert!(said.contains("4 笔"), "the other bill is read: {said}");
    // Enter passes over it: nothing was refused.
    let run = Run::new();
    assert_eq!(command_in_a_terminal(&run, &arguments, &[(name, "\n")]).0, 0);
}

#[test]
fn ctrl_c_at_a_password_is_no_error_of_the_input() {
    let run = Run::new();
    let arguments = format!("backup '{}' -o archive --no-mirror", fixture("demo/bills").display());
    let (code, said) = command_in_a_terminal(&run, &arguments, &[("微信支付账单流水文件", "\u{3}")]);
    assert!(code != 0 && said.contains("停下了") && !said.contains("读不到"), "{code} {said}");
}

#[test]
fn ctrl_c_at_a_question_keeps_what_was_answered() {
    let run = Run::new().file("1.html", crate::state::page(1));
    run.backup(&["--no-mirror"]).succeeds();
    let mut asked = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["ready", "archive", "--ask"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = asked.stdin.take().unwrap();
    let mut lines = BufReader::new(asked.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("1/")));
    keys.write_all("公众号\n".as_bytes()).unwrap();
    assert!(lines.any(|line| line.contains("2/")));
    assert!(Command::new("kill").args(["-INT", &asked.id().to_string()]).status().unwrap().success());
    assert!(lines.any(|line| line.contains("Stopped here; your answers are recorded")));
    assert_eq!(asked.wait().unwrap().code(), Some(1));
    run.program(&["-C", "archive", "account"]).succeeds().says("kinds=");
}

#[test]
fn a_watch_that_asks_nobody_names_what_is_locked() {
    let run = Run::new();
    let folder = run.folder().join("saved");
    fs::create_dir(&folder).unwrap();
    for entry in walkdir::WalkDir::new(fixture("demo/bills")).into_iter().flatten() {
        if entry.path().extension().is_some_and(|end| end == "zip") {
            fs::copy(entry.path(), folder.join("locked.zip")).unwrap();
        }
    }
    let mut watching = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["backup", "--watch", "saved", "-o", "archive"])
        .current_dir(run.folder())
        .env_remove("LIUDI_ZIP_PASSWORD")
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Locked, not opened: locked.zip")));
    assert!(Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap().success());
    assert_eq!(watching.wait().unwrap().code(), Some(0));
}

#[test]
fn of_several_accounts_the_person_chooses_one() {
    let run = Run::new()
        .file("1.html", crate::state::page(1))
        .file("2.html", crate::state::page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 2));
    let (code, said) = command_in_a_terminal(
        &run,
        "backup in -o archive",
        &[("1. 别人的号", ""), ("2. 山间小记", ""), ("序号", "3\n"), ("1 到 2", ""), ("序号", "2\n")],
    );
    assert_eq!(code, 0, "{said}");
    assert!(run.read("public/data/account.json").contains("山间小记"));
    assert!(run.archive().join("site/index.html").is_file());
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
fn a_page_of_another_account_does_not_end_a_watch() {
    let run = Run::new();
    let (folder, archive) = (run.folder().join("saved"), run.folder().join("archive"));
    fs::create_dir(&folder).unwrap();
    let mut watching = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["backup", "--watch", "saved", "-o", "archive"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let foreign = crate::state::page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 9);
    let until = |table: &str, held: usize| {
        let begun = Instant::now();
        let rows = || fs::read_to_string(archive.join(table)).map_or(0, |table| table.matches(",true,").count());
        while rows() < held {
            assert!(begun.elapsed() < Duration::from_mins(2), "{table} has {} of {held}", rows());
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    let (public, private) = ("public/data/tables/articles.csv", "private/data/tables/articles.csv");
    fs::write(folder.join("1.html"), crate::state::page(1)).unwrap();
    until(public, 1);
    fs::write(folder.join("2.html"), foreign).unwrap();
    until(private, 1);
    fs::write(folder.join("3.html"), crate::state::page(3)).unwrap();
    until(public, 2);
    assert!(Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap().success());
    assert_eq!(watching.wait().unwrap().code(), Some(0));
}

#[test]
fn a_terminal_is_told_that_the_watched_folder_is_gone_and_back() {
    let run = Run::new();
    let (folder, moved) = (run.folder().join("saved"), run.folder().join("moved"));
    fs::create_dir(&folder).unwrap();
    let mut watching = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["backup", "--watch", "saved", "-o", "archive"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "zh-CN")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("正在盯着")));
    fs::rename(&folder, &moved).unwrap();
    assert!(lines.any(|line| line.contains("可能改了名或拔掉了")));
    fs::rename(&moved, &folder).unwrap();
    assert!(lines.any(|line| line.contains("又找到了")));
    assert!(Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap().success());
    assert_eq!(watching.wait().unwrap().code(), Some(0));
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
        .stdout(Stdio::null())
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
