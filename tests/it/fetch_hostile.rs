//! Hosts that mean ill, byte by byte: redirects into the house in every spelling, and responses whose headers lie.
//! (`fetch.rs` has what a scripted HTTP server can say; this server says whatever it is given.)

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use liudi::fetch::settings::Pace;
use liudi::fetch::{Fetcher, Settings};
use liudi::model::Time;
use serde_json::{Value, json};

use crate::platform::{Platform, Reply};

const PAGE: &str = "https://mp.weixin.qq.com/s/abc";
const PAGE_HIT: &str = "mp.weixin.qq.com/s/abc";
const ARTICLE: &str = r#"<html><div id="js_content">正文</div></html>"#;

/// Every way to write an address of the house, and names that only resemble the platform's.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.168.1.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "mp.weixin.qq.com.hostile.example",
    "mp.weixin.qq.com@127.0.0.1",
    "mp.weixin.qq.com:x@127.0.0.1",
    "127.0.0.1\\@mp.weixin.qq.com",
    "127.0.0.1#@mp.weixin.qq.com",
    "127.0.0.1?@mp.weixin.qq.com",
    "mp.weixin.qq.com:22",
    "mp%2eweixin%2eqq%2ecom.hostile.example",
];

fn fetcher(settings: Settings) -> Fetcher {
    Fetcher::new(settings, Time::from_unix(1_790_000_000).unwrap())
}

/// Counts whoever comes to a port of this machine that nobody was sent to.
struct Trap {
    address: SocketAddr,
    visits: Arc<AtomicUsize>,
}

impl Trap {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, visits) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&visits);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { address, visits }
    }
}

#[tokio::test]
async fn a_redirect_into_the_house_is_refused_in_every_spelling() {
    let trap = Trap::new();
    let port = trap.address.port();
    for host in HOSTS {
        for location in [format!("http://{host}/s/abc"), format!("https://{host}/x"), format!("//{host}/x")] {
            let platform = Platform::start();
            platform.on(PAGE_HIT, [Reply::redirect(&location)]);
            let failure = fetcher(platform.settings()).page("own", PAGE).await.unwrap_err();
            assert_eq!(failure.error.code(), "fetch-url-refused", "{location}");
            assert_eq!(platform.hits().len(), 1, "{location}");
        }
    }
    for location in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://localhost:{port}/"),
        format!("https://mp.weixin.qq.com:{port}/"),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:25/x".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,x".to_owned(),
    ] {
        let platform = Platform::start();
        platform.on(PAGE_HIT, [Reply::redirect(&location)]);
        let failure = fetcher(platform.settings()).page("own", PAGE).await.unwrap_err();
        assert_eq!(failure.error.code(), "fetch-url-refused", "{location}");
    }
    // Over an honest step in between.
    let platform = Platform::start();
    platform.on(PAGE_HIT, [Reply::redirect("/s/step")]);
    platform.on("mp.weixin.qq.com/s/step", [Reply::redirect(&format!("http://127.0.0.1:{port}/"))]);
    let failure = fetcher(platform.settings()).page("own", PAGE).await.unwrap_err();
    assert_eq!((failure.error.code(), platform.hits().len()), ("fetch-url-refused", 2));
    assert_eq!(trap.visits.load(Ordering::SeqCst), 0, "somebody came");
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    for circle in [&["/s/abc"][..], &["/s/b", "/s/abc"], &["/s/b", "/s/c", "/s/b"]] {
        let platform = Platform::start();
        platform.on(PAGE_HIT, [Reply::redirect(circle[0])]);
        let names = ["b", "c"].into_iter().zip(circle.iter().skip(1));
        for (name, next) in names {
            platform.on(&format!("mp.weixin.qq.com/s/{name}"), [Reply::redirect(next)]);
        }
        let failure = fetcher(platform.settings()).page("own", PAGE).await.unwrap_err();
        assert_eq!(failure.error.code(), "fetch-redirect-loop", "{circle:?}");
        assert_eq!(platform.hits().len(), 6, "{circle:?}");
    }
}

/// A server that answers every request with the same bytes, then the same bytes again without end, if there are any.
struct Raw {
    address: SocketAddr,
    requests: Arc<Mutex<usize>>,
}

impl Raw {
    fn saying(head: impl Into<Vec<u8>>, endless: impl Into<Vec<u8>>) -> Self {
        let (head, endless) = (head.into(), endless.into());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, requests) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(0)));
        let count = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 4096];
                if !stream.read(&mut request).is_ok_and(|bytes| bytes > 0) {
                    continue;
                }
                *count.lock().unwrap() += 1;
                let _ = stream.write_all(&head);
                let since = Instant::now();
                while !endless.is_empty()
                    && since.elapsed() < Duration::from_secs(20)
                    && stream.write_all(&endless).is_ok()
                {
                    // As fast as a network, not as this machine.
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        });
        Self { address, requests }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings {
            gentle: Pace { width: 1, interval: Duration::ZERO, jitter: Duration::ZERO },
            header_timeout: Duration::from_millis(700),
            connect_timeout: Duration::from_millis(700),
            idle_timeout: Duration::from_millis(700),
            page_timeout: Duration::from_secs(5),
            retry_delay: Duration::from_millis(5),
            retry_delay_limit: Duration::from_millis(20),
            retries: 1,
            page_limit: 1 << 20,
            ..Settings::default()
        };
        settings.stand_in("mp.weixin.qq.com", &format!("http://{}/", self.address)).unwrap();
        settings
    }
}

#[tokio::test]
async fn responses_whose_heads_lie_end_in_time_and_give_nothing() {
    let ok = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";
    let length = ARTICLE.len();
    let blanks = vec![b' '; 64 * 1024];
    let chunk = [b"10000\r\n".as_slice(), &blanks, b"\r\n"].concat();
    for (what, head, endless) in [
        ("more is promised than comes", format!("{ok}content-length: {}\r\n\r\n{ARTICLE}", length + 50), vec![]),
        ("more than there is memory", format!("{ok}content-length: 18446744073709551615\r\n\r\n{ARTICLE}"), vec![]),
        ("no number", format!("{ok}content-length: viele\r\n\r\n{ARTICLE}"), vec![]),
        ("a negative number", format!("{ok}content-length: -1\r\n\r\n{ARTICLE}"), vec![]),
        ("two lengths", format!("{ok}content-length: {length}\r\ncontent-length: 5\r\n\r\n{ARTICLE}"), vec![]),
        ("a cut chunk", format!("{ok}transfer-encoding: chunked\r\n\r\nfff\r\n{ARTICLE}"), vec![]),
        (
            "a chunk of all memory",
            format!("{ok}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{ARTICLE}"),
            vec![],
        ),
        (
            "a chunk of too much",
            format!("{ok}transfer-encoding: chunked\r\n\r\n1ffffffffffffffffff\r\n{ARTICLE}"),
            vec![],
        ),
        ("an endless body", format!("{ok}\r\n"), blanks.clone()),
        ("endless chunks", format!("{ok}transfer-encoding: chunked\r\n\r\n"), chunk),
        ("an endless note to a chunk", format!("{ok}transfer-encoding: chunked\r\n\r\n5;"), b"x".repeat(4096)),
        ("endless headers", ok.to_owned(), b"x-more: yes\r\n".repeat(100)),
        ("one endless header", format!("{ok}x-long: "), b"y".repeat(4096)),
        ("endless interim responses", String::new(), b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(50)),
        ("endless trailers", format!("{ok}transfer-encoding: chunked\r\n\r\n0\r\n"), b"x-more: yes\r\n".repeat(100)),
        ("no HTTP", "SSH-2.0-OpenSSH_9.9\r\n".to_owned(), vec![]),
        ("nothing", String::new(), vec![]),
        ("zeros", String::new(), vec![0; 4096]),
        ("an empty gzip", format!("{ok}content-encoding: gzip\r\ncontent-length: 0\r\n\r\n"), vec![]),
        (
            "gzip that is none",
            format!("{ok}content-encoding: gzip\r\ncontent-length: {length}\r\n\r\n{ARTICLE}"),
            vec![],
        ),
        (
            "an encoding nobody asked for",
            format!("{ok}content-encoding: br\r\ncontent-length: {length}\r\n\r\n{ARTICLE}"),
            vec![],
        ),
    ] {
        let raw = Raw::saying(head, endless);
        let start = Instant::now();
        let page = tokio::time::timeout(Duration::from_secs(20), fetcher(raw.settings()).page("own", PAGE)).await;
        let page = page.unwrap_or_else(|_| panic!("{what}: it never ended"));
        let failure = page.map(|page| page.bytes.len()).expect_err(what);
        assert!(failure.error.code().starts_with("fetch-"), "{what}: {}", failure.error.code());
        assert!(start.elapsed() < Duration::from_secs(15), "{what}: {:?}", start.elapsed());
        assert!(*raw.requests.lock().unwrap() <= 3, "{what}");
    }
}

#[tokio::test]
async fn what_comes_after_the_promised_length_is_not_the_next_response() {
    let second = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nSMUGGLED";
    let raw = Raw::saying(
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{ARTICLE}{second}",
            ARTICLE.len()
        ),
        vec![],
    );
    let fetcher = fetcher(raw.settings());
    for _ in 0..2 {
        let page = fetcher.page("own", PAGE).await.unwrap();
        assert_eq!(String::from_utf8(page.bytes).unwrap(), ARTICLE);
    }
    assert_eq!(*raw.requests.lock().unwrap(), 2);
}

/// The main job online: lists and pages whose addresses lead into the house.
#[test]
fn a_crawl_asks_nobody_in_the_house() {
    let trap = Trap::new();
    let port = trap.address.port();
    let platform = Platform::start();
    let biz = "MzAwMDAwMDAwMQ==";
    let mut hosts: Vec<String> = HOSTS.iter().map(|host| (*host).to_owned()).collect();
    hosts.extend([format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::ffff:127.0.0.1]:{port}")]);
    let entries: Vec<Value> = hosts
        .iter()
        .enumerate()
        .map(|(number, host)| {
            let mid = 2_650_005_000 + number;
            json!({"create_time": "1704067200", "itemidx": "1", "item_show_type": "0", "msgid": mid.to_string(), "title": format!("第{number}篇"),
                   "url": format!("http://{host}/s?__biz={biz}&mid={mid}&idx=1&sn=sn{number}")})
        })
        .collect();
    let list = json!({"getalbum_resp": {"article_list": entries, "continue_flag": "0", "base_info": {"title": "集"}}})
        .to_string();
    let pictures: String = hosts
        .iter()
        .map(|host| format!("<img data-src=\"http://{host}/mmbiz_png/x/640\">"))
        .collect::<Vec<_>>()
        .concat();
    let page = format!(
        "<html><body><div id=\"js_content\"><p>正文</p>{pictures}</div><script>var biz = \"{biz}\"; var mid = \"2650006000\"; var idx = \"1\"; \
         var ct = \"1704067200\"; var msg_title = '有图'.html(false); var nickname = \"示例号\";</script></body></html>"
    );
    let run = crate::crawl::run(&platform).file("list.json", list).file("page.html", page);
    let done = run.backup(&["--online", "--json", "--no-mirror"]);
    assert!((0..64).contains(&done.code), "{}", done.said());
    assert_eq!(trap.visits.load(Ordering::SeqCst), 0, "somebody came: {}", done.said());
    for hit in platform.hits() {
        assert!(hit.url.starts_with("mp.weixin.qq.com/s?__biz="), "{}", hit.url);
    }
    run.program(&["verify", "archive"]).succeeds();
}
