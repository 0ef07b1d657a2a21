//! A client of the desk: asks as a browser asks, and as others would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::support::Run;

/// A running desk, ended with the test.
pub(crate) struct Desk {
    pub(crate) child: Child,
    /// Address of the desk: `127.0.0.1:PORT`.
    pub(crate) host: String,
    pub(crate) cookie: String,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let of = |line: &'_ str| -> Option<(usize, usize)> {
            let (other, value) = line.split_once(':')?;
            other.eq_ignore_ascii_case(name).then(|| (line.len() - value.len(), line.len()))
        };
        self.head.lines().find_map(|line| of(line).map(|(from, to)| line[from..to].trim()))
    }
}

/// Sends exactly this path, which no library would.
pub(crate) fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
    let (body, length) = (body.as_ref(), body.as_ref().len());
    let request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let answer = String::from_utf8_lossy(&bytes).into_owned();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), text: text.to_owned() }
}

impl Desk {
    pub(crate) fn open(run: &Run) -> Self {
        Self::open_in(run, "en")
    }

    /// Starts a desk in `language` for the archive of `run`.
    pub(crate) fn open_in(run: &Run, language: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liudi"))
            .args(["desk", "--no-open", "--lang", language])
            .arg(run.archive())
            .current_dir(run.folder())
            .env("LIUDI_STATE", run.folder().join("state"))
            .env("SOURCE_DATE_EPOCH", "1764000000")
            .env("LIUDI_BY", "Mei")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url =
            lines.map_while(Result::ok).find_map(|line| line.split_once("http://").map(|(_, url)| url.to_owned()));
        let url = url.unwrap();
        let (host, path) = url.trim().split_once('/').unwrap();
        let entered = ask(host, "GET", &format!("/{path}"), &[("Host", host)], "");
        let cookie = entered.header("set-cookie").unwrap();
        assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { child, host: host.to_owned(), cookie }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        ask(&self.host, "GET", path, &[("Host", &self.host), ("Cookie", &self.cookie)], "")
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let origin = format!("http://{}", self.host);
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let headers = [("Host", &*self.host), ("Cookie", &self.cookie), ("Origin", &origin), form];
        ask(&self.host, "POST", path, &headers, &body)
    }

    /// Returns a page or a file that must be there.
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    /// Submits a form that must succeed.
    pub(crate) fn does(&self, path: &str, fields: &[(&str, &str)]) {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path} {fields:?}: {}", answer.text);
    }

    /// Waits until a page contains `text`; returns the page.
    pub(crate) fn wait_for(&self, path: &str, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.page(path);
            if page.contains(text) {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{text} in {page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the run in progress.
    pub(crate) fn wait(&self) {
        let begun = Instant::now();
        while self.get("/progress").text.contains("class=\"work\"") {
            assert!(begun.elapsed() < Duration::from_mins(1));
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
