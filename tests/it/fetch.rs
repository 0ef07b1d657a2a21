//! The network part against a stand-in that behaves well, badly and maliciously.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use liudi::fetch::{Failure, FetchedFile, Fetcher, MediaRequest, Settings};
use liudi::model::{GapReason, MediaKey, MediaRole, Sha256, Time};

use crate::platform::{Platform, Reply};

const PAGE: &str = "https://mp.weixin.qq.com/s/abc";
const PAGE_HIT: &str = "mp.weixin.qq.com/s/abc";
const IMAGE: &str = "https://mmbiz.qpic.cn/mmbiz_png/one/0?wx_fmt=png";
const IMAGE_HIT: &str = "mmbiz.qpic.cn/mmbiz_png/one/0";
const ARTICLE: &str = r#"<html><div id="js_content">正文</div></html>"#;

fn fetcher(settings: Settings) -> Fetcher {
    Fetcher::new(settings, Time::from_unix(1_790_000_000).unwrap())
}

fn png(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    bytes.extend((bytes.len()..length).map(|at| u8::try_from(at % 251).unwrap()));
    bytes
}

fn image(url: &str) -> MediaRequest {
    MediaRequest {
        account: "own".to_owned(),
        key: MediaKey::of_url(url),
        role: MediaRole::Image,
        urls: vec![url.to_owned()],
        declared: None,
        bytes: None,
        hidden: false,
    }
}

/// What came of a page: its text, or code and reason.
async fn page_of(replies: impl IntoIterator<Item = Reply>) -> (Result<String, (&'static str, GapReason)>, usize) {
    let platform = Platform::start();
    platform.on(PAGE_HIT, replies);
    let page = fetcher(platform.settings()).page("own", PAGE).await;
    let page = page.map(|page| String::from_utf8(page.bytes).unwrap()).map_err(|failure| judged(&failure));
    (page, platform.hits_of(PAGE_HIT).len())
}

fn judged(failure: &Failure) -> (&'static str, GapReason) {
    (failure.error.code(), failure.reason)
}

struct Image {
    platform: Platform,
    folder: tempfile::TempDir,
}

impl Image {
    fn on(replies: impl IntoIterator<Item = Reply>) -> Self {
        let platform = Platform::start();
        platform.on(IMAGE_HIT, replies);
        Self { platform, folder: tempfile::tempdir().unwrap() }
    }

    async fn fetch(&self) -> Result<FetchedFile, (&'static str, GapReason)> {
        self.fetch_with(self.platform.settings()).await
    }

    async fn fetch_with(&self, settings: Settings) -> Result<FetchedFile, (&'static str, GapReason)> {
        fetcher(settings).media(&image(IMAGE), self.folder.path()).await.map_err(|failure| judged(&failure))
    }

    fn left(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }
}

#[tokio::test]
async fn a_page_comes_with_its_evidence() {
    let platform = Platform::start();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(ARTICLE.as_bytes()).unwrap();
    platform.on("mp.weixin.qq.com/s", [Reply::redirect("http://mp.weixin.qq.com/s/abc?pass_ticket=SECRET&idx=1#rd")]);
    let encoded = Reply::ok(gzip.finish().unwrap())
        .header("content-encoding", "gzip")
        .header("content-type", "text/html")
        .header("set-cookie", "session=SECRET");
    platform.on(PAGE_HIT, [encoded]);
    let fetcher = fetcher(platform.settings());
    assert!(!fetcher.is_open(), "no client before the first request");
    let page = fetcher.page("own", "https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=1&key=SECRET").await.unwrap();
    assert!(fetcher.is_open());
    assert_eq!(String::from_utf8(page.bytes).unwrap(), ARTICLE);
    let evidence = serde_json::to_string(&page.exchange.to_json()).unwrap();
    assert!(!evidence.contains("SECRET") && !evidence.contains("set-cookie"), "{evidence}");
    assert_eq!(page.exchange.url, "https://mp.weixin.qq.com/s?__biz=MzA%3D&mid=1&idx=1");
    assert_eq!(page.exchange.redirects, [(302, "https://mp.weixin.qq.com/s/abc?idx=1".to_owned())]);
    assert_eq!((page.exchange.method, page.exchange.status), ("GET", 200));
    assert!(page.exchange.length_verified);
    assert!(page.exchange.headers.contains(&("content-type".to_owned(), "text/html".to_owned())));
    // Nothing tells the host who asks or where from.
    let hit = &platform.hits()[1];
    assert!(hit.headers["user-agent"].contains("liudi/"));
    assert!(!hit.headers.contains_key("referer") && !hit.headers.contains_key("cookie"));
    assert!(hit.url.contains("pass_ticket=SECRET"), "what is asked for is not blanked");
}

#[tokio::test]
async fn passing_troubles_pass() {
    let ok = || Reply::ok(ARTICLE);
    for trouble in [
        Reply::status(429),
        Reply::status(429).header("retry-after", "0"),
        Reply::status(500),
        Reply::status(502),
        Reply::status(503).header("retry-after", "1"),
        Reply::ok(ARTICLE).cut(10),
        Reply::ok(ARTICLE).stall(10),
        Reply::ok(ARTICLE).late(Duration::from_secs(3)),
        Reply::ok(""),
        Reply::ok("not gzip").header("content-encoding", "gzip"),
    ] {
        let name = format!("{trouble:?}");
        // The lane would slow down by seconds; the pace is not what is looked at here.
        let (page, hits) = page_of([trouble, ok()]).await;
        assert_eq!((page.as_deref(), hits), (Ok(ARTICLE), 2), "{name}");
    }
}

#[tokio::test]
async fn lasting_troubles_last() {
    use GapReason::{DownloadFailed, ExpiredWindow, FetchBlocked, TooLarge};
    let big = "x".repeat(17 * 1024 * 1024);
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(big.as_bytes()).unwrap();
    for (reply, code, reason) in [
        (Reply::status(404), "fetch-status", ExpiredWindow),
        (Reply::status(403), "fetch-status", FetchBlocked),
        (Reply::redirect("/s/abc"), "fetch-redirect-loop", DownloadFailed),
        (Reply::redirect("http://127.0.0.1/s/abc"), "fetch-url-refused", DownloadFailed),
        (Reply::redirect("https://169.254.169.254/latest"), "fetch-url-refused", DownloadFailed),
        (Reply::redirect("https://example.com/"), "fetch-url-refused", DownloadFailed),
        (Reply::redirect("/mp/wappoc_appmsgcaptcha?poc_token=x"), "fetch-challenge", FetchBlocked),
        (Reply::ok("<h2>环境异常</h2>完成验证后即可继续访问"), "fetch-challenge", FetchBlocked),
        (Reply::ok(big), "fetch-too-large", TooLarge),
        (Reply::ok(bomb.finish().unwrap()).header("content-encoding", "gzip"), "fetch-too-large", TooLarge),
        (Reply::ok("x").header("content-encoding", "gzip, gzip"), "fetch-encoding-refused", DownloadFailed),
        (Reply::ok("x").header("x-bomb", "y".repeat(100_000)), "fetch-header-too-large", DownloadFailed),
    ] {
        let name = format!("{reply:.300?}");
        let (page, hits) = page_of([reply]).await;
        assert_eq!(page, Err((code, reason)), "{name:.300}");
        assert!(hits == 1 || code == "fetch-redirect-loop" && hits == 6, "{hits} {name:.300}");
    }
}

#[tokio::test]
async fn a_host_that_stays_away_is_asked_so_often_and_no_more() {
    let (page, hits) = page_of([Reply::ok(ARTICLE).late(Duration::from_secs(30))]).await;
    assert_eq!(page, Err(("fetch-timeout", GapReason::DownloadFailed)));
    assert_eq!(hits, 3);
}

#[tokio::test]
async fn drops_are_too_slow() {
    let platform = Platform::start();
    platform.on(PAGE_HIT, [Reply::ok("x".repeat(400)).drip(2, 20)]);
    let settings =
        Settings { rate_grace: Duration::from_secs(1), minimum_rate: 4096, retries: 0, ..platform.settings() };
    let start = Instant::now();
    let failure = fetcher(settings).page("own", PAGE).await.unwrap_err();
    assert_eq!(failure.error.code(), "fetch-too-slow");
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_challenge_stops_its_host_for_the_run_and_no_other() {
    let platform = Platform::start();
    platform.on(PAGE_HIT, [Reply::ok("<h2>环境异常</h2>")]);
    platform.on("mp.weixin.qq.com/s/next", [Reply::ok(ARTICLE)]);
    platform.on(IMAGE_HIT, [Reply::ok(png(100))]);
    let fetcher = fetcher(platform.settings());
    assert_eq!(judged(&fetcher.page("own", PAGE).await.unwrap_err()).0, "fetch-challenge");
    let next = fetcher.page("own", "https://mp.weixin.qq.com/s/next").await.unwrap_err();
    assert_eq!(judged(&next), ("fetch-host-stopped", GapReason::FetchBlocked));
    assert_eq!(next.error.kind().exit_bit(), 8);
    assert!(platform.hits_of("mp.weixin.qq.com/s/next").is_empty());
    let folder = tempfile::tempdir().unwrap();
    fetcher.media(&image(IMAGE), folder.path()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_side_by_side_and_never_more_than_the_lane_is_wide() {
    let platform = Platform::start();
    // No answer before eight are asked for at once: a narrower client would wait for ever, a wider one is counted.
    platform.hold_until_open(8);
    let settings = Settings { header_timeout: Duration::from_mins(1), ..platform.settings() };
    let fetcher = std::sync::Arc::new(fetcher(settings));
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24 {
        platform.on(&format!("mmbiz.qpic.cn/mmbiz_png/i{n}/0"), [Reply::ok(png(100)).late(Duration::from_millis(5))]);
        let (fetcher, folder) = (fetcher.clone(), folder.clone());
        tasks.spawn(async move {
            let request = image(&format!("https://mmbiz.qpic.cn/mmbiz_png/i{n}/0"));
            fetcher.media(&request, folder.path()).await.map(drop)
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(platform.widest(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_come_one_at_a_time() {
    let platform = Platform::start();
    let fetcher = std::sync::Arc::new(fetcher(platform.settings()));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..6 {
        // Late answers: requests that were under way together would be seen together.
        platform.on(&format!("mp.weixin.qq.com/s/p{n}"), [Reply::ok(ARTICLE).late(Duration::from_millis(20))]);
        let fetcher = fetcher.clone();
        let url = format!("https://mp.weixin.qq.com/s/p{n}");
        tasks.spawn(async move { fetcher.page("own", &url).await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!((platform.hits().len(), platform.widest()), (6, 1));
}

#[tokio::test]
async fn an_image_goes_to_disk_with_its_digest() {
    let body = png(300_000);
    let image = Image::on([Reply::file(body.clone(), "\"v1\"").header("content-type", "image/jpeg")]);
    let file = image.fetch().await.unwrap();
    assert_eq!(file.sha256, Sha256::of(&body));
    assert_eq!((file.bytes, file.kind.mime), (300_000, "image/png"));
    assert_eq!(std::fs::read(&file.path).unwrap(), body);
    assert_eq!(image.left(), 1);
    let hit = &image.platform.hits()[0];
    assert_eq!(hit.headers["referer"], "https://mp.weixin.qq.com/");
    assert_eq!(hit.headers["accept-encoding"], "identity");
}

#[tokio::test]
async fn a_cut_file_goes_on_where_it_stopped() {
    let body = png(300_000);
    let image = Image::on([Reply::file(body.clone(), "\"v1\"").cut(100_000), Reply::file(body.clone(), "\"v1\"")]);
    let file = image.fetch().await.unwrap();
    assert_eq!(file.sha256, Sha256::of(&body));
    let second = &image.platform.hits()[1];
    assert!(second.headers["range"].starts_with("bytes=") && second.headers["range"] != "bytes=0-");
    assert_eq!(second.headers["if-range"], "\"v1\"");
    assert_eq!(file.exchange.status, 206);
}

#[tokio::test]
async fn a_cut_file_goes_on_in_the_next_run() {
    let body = png(300_000);
    let image = Image::on([Reply::file(body.clone(), "\"v1\"").cut(100_000), Reply::file(body.clone(), "\"v1\"")]);
    let once = Settings { retries: 0, ..image.platform.settings() };
    assert_eq!(image.fetch_with(once).await.unwrap_err().0, "fetch-body-broken");
    assert_eq!(image.left(), 2, "the part and its note");
    assert_eq!(image.fetch().await.unwrap().sha256, Sha256::of(&body));
    assert!(image.platform.hits()[1].headers.contains_key("range"));
    assert_eq!(image.left(), 1);
}

#[tokio::test]
async fn another_version_is_not_glued_to_the_first() {
    let (old, new) = (png(300_000), [png(200_000), vec![7; 100_000]].concat());
    for second in [
        // The host honours If-Range.
        Reply::file(new.clone(), "\"v2\""),
        // The host lies: a range of another size.
        Reply::ok(new[100_000..].to_vec()).header("content-range", "bytes 100000-299999/999999"),
        // The host does not know ranges.
        Reply::ok(new.clone()),
    ] {
        let lie = Reply::status(206);
        let second = if format!("{second:?}").contains("content-range") {
            lie.header("content-range", "bytes 5-9/10")
        } else {
            second
        };
        let image = Image::on([Reply::file(old.clone(), "\"v1\"").cut(100_000), second, Reply::ok(new.clone())]);
        assert_eq!(image.fetch().await.unwrap().sha256, Sha256::of(&new));
    }
}

#[tokio::test]
async fn a_weak_tag_is_no_ground_to_go_on() {
    let body = png(300_000);
    let image = Image::on([Reply::file(body.clone(), "W/\"v1\"").cut(100_000), Reply::file(body.clone(), "W/\"v1\"")]);
    assert_eq!(image.fetch().await.unwrap().sha256, Sha256::of(&body));
    assert!(!image.platform.hits()[1].headers.contains_key("range"));
}

#[tokio::test]
async fn what_is_no_image_is_a_gap_and_leaves_nothing() {
    use GapReason::{DownloadFailed, ExpiredWindow, FetchBlocked, TooLarge};
    for (reply, code, reason) in [
        (
            Reply::ok(r#"{"errcode":-1,"errmsg":"system error"}"#).header("content-type", "image/png"),
            "fetch-not-media",
            DownloadFailed,
        ),
        (
            Reply::ok("<html><h2>环境异常</h2></html>").header("content-type", "image/png"),
            "fetch-not-media",
            FetchBlocked,
        ),
        (Reply::ok("<html>404</html>").header("content-type", "image/png"), "fetch-not-media", DownloadFailed),
        (Reply::ok("MZ\u{90}\0\u{3}").header("content-type", "image/png"), "fetch-not-media", DownloadFailed),
        (Reply::ok("").header("content-type", "image/png"), "fetch-not-media", DownloadFailed),
        (Reply::status(404), "fetch-status", ExpiredWindow),
        (Reply::ok(png(5000)), "fetch-too-large", TooLarge),
    ] {
        let image = Image::on([reply]);
        let settings = Settings { media_limit: 4000, ..image.platform.settings() };
        assert_eq!(image.fetch_with(settings).await.map(|file| file.kind), Err((code, reason)));
        assert_eq!(image.left(), 0);
    }
}

#[tokio::test]
async fn a_poorer_rendition_is_better_than_none() {
    let platform = Platform::start();
    platform.on("mmbiz.qpic.cn/mmbiz_png/one/640", [Reply::ok(png(100))]);
    let mut request = image(IMAGE);
    request.urls.push("https://mmbiz.qpic.cn/mmbiz_png/one/640".to_owned());
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(fetcher(platform.settings()).media(&request, folder.path()).await.unwrap().bytes, 100);
}

#[tokio::test]
async fn a_size_that_was_declared_must_be_met() {
    let image = Image::on([Reply::ok(png(100))]);
    let request = MediaRequest { bytes: Some(101), ..super::fetch::image(IMAGE) };
    let failure = fetcher(image.platform.settings()).media(&request, image.folder.path()).await.unwrap_err();
    assert_eq!(judged(&failure), ("fetch-size-differs", GapReason::HashMismatch));
}

#[tokio::test]
async fn one_medium_wanted_twice_at_once_is_one_flight() {
    let image = Image::on([Reply::file(png(50_000), "\"v1\"").cut(10_000), Reply::file(png(50_000), "\"v1\"")]);
    let fetcher = fetcher(image.platform.settings());
    let request = super::fetch::image(IMAGE);
    let (left, right) =
        tokio::join!(fetcher.media(&request, image.folder.path()), fetcher.media(&request, image.folder.path()));
    assert_eq!(left.unwrap().sha256, right.unwrap().sha256);
    assert_eq!(image.platform.widest(), 1);
}

#[tokio::test]
async fn only_the_platform_is_asked() {
    let platform = Platform::start();
    let fetcher = fetcher(platform.settings());
    for url in ["http://127.0.0.1/s/abc", "https://example.com/", "ftp://mp.weixin.qq.com/s/abc"] {
        assert_eq!(fetcher.page("own", url).await.unwrap_err().error.code(), "fetch-url-refused");
    }
    assert!(!fetcher.is_open() && platform.hits().is_empty());
}
