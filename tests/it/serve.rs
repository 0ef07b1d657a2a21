//! `liudi serve`, asked as browsers and others ask.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running preview, ended with the test.
struct Preview {
    child: Child,
    host: String,
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer: status, head in lower case, body.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line == header)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Preview {
    fn of(site: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liudi"))
            .args(["serve", "--quiet"])
            .arg(site)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let host = url.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        assert!(host.starts_with("127.0.0.1:"), "{host}");
        Self { child, host }
    }

    /// Sends exactly this path, which no library would.
    fn ask(&self, method: &str, path: &str, host: &str, more: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.host, "")
    }
}

fn site(folder: &Path) -> Preview {
    let site = folder.join("site");
    fs::create_dir_all(site.join("a/中文")).unwrap();
    fs::create_dir_all(site.join("assets")).unwrap();
    fs::write(folder.join("secret.txt"), "SECRET").unwrap();
    fs::write(site.join("index.html"), "<p>home").unwrap();
    fs::write(site.join("a/中文/index.html"), "<p>folder").unwrap();
    fs::write(site.join("404.html"), "<link href=\"assets/style.css\"><p>nothing here").unwrap();
    fs::write(site.join("assets/style.css"), "p{}").unwrap();
    fs::write(site.join("film.mp4"), (0..=255).collect::<Vec<u8>>()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.txt", site.join("link.txt")).unwrap();
    Preview::of(&site)
}

#[test]
fn a_preview_answers_as_a_host_would() {
    let folder = tempfile::tempdir().unwrap();
    let preview = site(folder.path());
    let home = preview.get("/?x=1");
    assert_eq!((home.status, home.text().as_str()), (200, "<p>home"));
    assert!(home.has("content-type: text/html; charset=utf-8") && home.has("x-content-type-options: nosniff"));
    assert!(preview.get("/assets/style.css").has("content-type: text/css; charset=utf-8"));
    assert_eq!(preview.get("/a/%E4%B8%AD%E6%96%87/index.html").text(), "<p>folder");
    let moved = preview.get("/a/%E4%B8%AD%E6%96%87?mid=1");
    assert_eq!(moved.status, 301);
    assert!(moved.has("location: /a/%e4%b8%ad%e6%96%87/?mid=1"), "{}", moved.head);
    let missing = preview.get("/deep/er/page.html");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("href=\"/assets/style.css\"><p>nothing here"), "{}", missing.text());
    let head = preview.ask("HEAD", "/film.mp4", &preview.host, "");
    assert!(head.status == 200 && head.body.is_empty() && head.has("content-length: 256"), "{}", head.head);
}

#[test]
fn films_can_be_watched_from_their_middle() {
    let folder = tempfile::tempdir().unwrap();
    let preview = site(folder.path());
    let whole = preview.get("/film.mp4");
    assert!(whole.has("accept-ranges: bytes") && whole.has("content-type: video/mp4") && whole.body.len() == 256);
    let part = preview.ask("GET", "/film.mp4", &preview.host, "Range: bytes=100-103\r\n");
    assert_eq!((part.status, part.body.as_slice()), (206, &[100, 101, 102, 103][..]));
    assert!(part.has("content-range: bytes 100-103/256") && part.has("content-length: 4"));
    let tail = preview.ask("GET", "/film.mp4", &preview.host, "Range: bytes=-1\r\n");
    assert_eq!((tail.status, tail.body.as_slice()), (206, &[255][..]));
    let beyond = preview.ask("GET", "/film.mp4", &preview.host, "Range: bytes=256-\r\n");
    assert!(beyond.status == 416 && beyond.has("content-range: bytes */256"), "{}", beyond.head);
}

#[test]
fn a_preview_shows_only_the_site_and_only_to_this_address() {
    let folder = tempfile::tempdir().unwrap();
    let preview = site(folder.path());
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/a/..%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/link.txt",
        "/film.mp4%00.html",
        "/%ff",
    ] {
        let answer = preview.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("SECRET"), "{path}");
    }
    for host in ["evil.example", "127.0.0.1", &preview.host.replace("127.0.0.1", "evil.example")] {
        let answer = preview.ask("GET", "/", host, "");
        assert_eq!((answer.status, answer.text().contains("home")), (403, false), "{host}");
    }
    assert_eq!(preview.ask("GET", "/", &preview.host.replace("127.0.0.1", "localhost"), "").status, 200);
    assert_eq!(preview.ask("POST", "/", &preview.host, "Content-Length: 0\r\n").status, 405);
}

/// Returns how often the threads of a process waited for something.
#[cfg(target_os = "linux")]
fn waits(process: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let of = |thread: fs::DirEntry| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    threads.map(|thread| of(thread.unwrap())).sum()
}

#[cfg(target_os = "linux")]
#[test]
fn a_preview_that_nobody_looks_at_sleeps() {
    let folder = tempfile::tempdir().unwrap();
    let preview = site(folder.path());
    assert_eq!(preview.get("/").status, 200);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let before = waits(preview.child.id());
    std::thread::sleep(std::time::Duration::from_secs(1));
    let waited = waits(preview.child.id()) - before;
    assert!(waited <= 2, "{waited} times in a second");
}

#[test]
fn a_folder_without_a_site_is_no_preview() {
    let run = super::support::Run::new();
    run.program(&["serve", "nowhere"]).exits(2).says("nowhere");
}

#[test]
fn of_an_archive_its_site_is_shown() {
    let run = super::support::Run::new().file("1.html", super::state::page(1));
    run.backup(&[]).succeeds();
    assert_eq!(Preview::of(&run.archive()).get("/").status, 200);
    fs::remove_dir_all(run.archive().join("site")).unwrap();
    let archive = run.archive().canonicalize().unwrap().display().to_string();
    run.program(&["serve", "archive"]).exits(2).says(&format!("`liudi -C \"{archive}\" mirror`"));
}
