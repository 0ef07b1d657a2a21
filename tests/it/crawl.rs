//! `backup --online` against the stand-in: what is listed is fetched, what cannot be had is a gap with its reason, and
//! nothing is asked twice.

use serde_json::{Value, json};

use crate::platform::{Platform, Reply};
use crate::support::{Done, Run};

const BIZ: &str = "MzAwMDAwMDAwMQ==";

fn mid(number: usize) -> String {
    (2_650_000_000 + number).to_string()
}

/// The long form, as lists give it.
fn link(number: usize) -> String {
    format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={}&idx=1&sn=sn{number}&chksm=x#rd", mid(number))
}

/// Where the crawler asks for it.
fn asked(number: usize) -> String {
    format!("mp.weixin.qq.com/s?__biz={BIZ}&mid={}&idx=1&sn=sn{number}", mid(number))
}

fn image(name: &str) -> String {
    format!("https://mmbiz.qpic.cn/mmbiz_png/{name}/0?wx_fmt=png")
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    bytes.extend(vec![seed; 300]);
    bytes
}

/// A page of 2025's form.
fn page(number: usize, body: &str) -> String {
    let escaped = body
        .replace('\\', "\\x5c")
        .replace('\'', "\\x27")
        .replace('<', "\\x3c")
        .replace('>', "\\x3e")
        .replace('"', "\\x22")
        .replace('&', "\\x26");
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"js_article\"><div id=\"js_content\">{body}</div></div>\
         <script>window.cgiDataNew = {{ title: JsDecode('文章{number}'), content_noencode: JsDecode('{escaped}'), bizuin: JsDecode('{BIZ}'),\
         mid: '{}' * 1, idx: '1' * 1, sn: JsDecode('sn{number}'), nick_name: JsDecode('示例号'), user_name: JsDecode('gh_000000000001'),\
         create_time: JsDecode('2024-01-{:02} 10:00'), item_show_type: '0' * 1, real_item_show_type: '0' * 1 }};</script></body></html>",
        mid(number),
        number % 28 + 1,
    )
}

/// A saved answer of an album's list.
fn list(numbers: impl IntoIterator<Item = usize>, more: bool) -> String {
    let entries: Vec<Value> = numbers
        .into_iter()
        .map(|number| {
            json!({"create_time": (1_704_067_200 + number * 86_400).to_string(), "itemidx": "1", "item_show_type": "0",
                   "msgid": mid(number), "title": format!("文章{number}"), "url": link(number).replace('&', "&amp;")})
        })
        .collect();
    json!({"base_resp": {"ret": "0"}, "getalbum_resp": {"article_list": entries, "base_info": {"title": "合集一"},
           "continue_flag": if more { "1" } else { "0" }}})
    .to_string()
}

/// A run whose network leads to `platform`.
pub(crate) fn run(platform: &Platform) -> Run {
    let run = Run::new();
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "[network]\npage-interval = '0s'\npage-jitter = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 1\n\
         header-timeout = '2s'\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run
}

fn online(run: &Run, more: &[&str]) -> Done {
    run.backup(&[&["--online", "--json", "--no-mirror"], more].concat())
}

fn gaps(run: &Run) -> Vec<(String, String, String)> {
    let done = run.program(&["gaps", run.archive().to_str().unwrap(), "--format", "json"]).succeeds();
    let gaps = done.json();
    let list = gaps.as_array().cloned().or_else(|| gaps["gaps"].as_array().cloned()).unwrap();
    let text = |gap: &Value, key: &str| gap[key].as_str().unwrap_or_default().to_owned();
    list.iter().map(|gap| (text(gap, "kind"), text(gap, "reason"), text(gap, "detail"))).collect()
}

#[test]
fn what_is_listed_is_fetched_and_a_second_run_asks_nothing() {
    let platform = Platform::start();
    for number in 0..20 {
        let body =
            format!("<p>正文 {number}</p><img data-src=\"{}\" data-w=\"16\">", image(&format!("img{}", number % 7)));
        platform.on(&asked(number), [Reply::ok(page(number, &body))]);
    }
    for number in 0..7_u8 {
        platform.on(&format!("mmbiz.qpic.cn/mmbiz_png/img{number}/0"), [Reply::file(png(number), "\"e\"")]);
    }
    let run = run(&platform).file("list.json", list(0..20, false));
    let done = online(&run, &[]).succeeds().json();
    assert_eq!(done["crawl"]["pages"], json!({"fetched": 20, "missing": 0}), "{done}");
    assert_eq!(done["crawl"]["media"], json!({"fetched": 7, "missing": 0}), "{done}");
    assert_eq!(done["articles"]["held"], 20);
    assert_eq!(gaps(&run), []);
    assert_eq!(platform.hits().len(), 27);
    let before = run.tree();
    assert!(before.iter().any(|(name, bytes)| name.starts_with("public/data/media/sha256/") && *bytes == png(3)));
    let evidence = run.read("private/data/evidence/index.csv");
    assert!(evidence.contains("redirects") && evidence.contains("200"), "evidence tells how a page came: {evidence}");
    let again = online(&run, &[]).succeeds().json();
    assert_eq!(again["changed"], false);
    assert_eq!(platform.hits().len(), 27, "nothing is asked twice");
    assert!(before == run.tree(), "and nothing is written");
}

#[test]
fn without_online_nothing_is_sent() {
    let platform = Platform::start();
    let run = run(&platform).file("list.json", list(0..3, false));
    run.backup(&["--json", "--no-mirror"]).succeeds();
    assert!(platform.hits().is_empty());
    assert_eq!(gaps(&run).len(), 3);
    run.backup(&["--discover"]).exits(2).says("--online");
}

#[test]
fn what_cannot_be_had_is_a_gap_with_its_reason() {
    let platform = Platform::start();
    platform.on(
        &asked(0),
        [Reply::ok(page(
            0,
            &format!("<p>文</p><img data-src=\"{}\"><img data-src=\"{}\">", image("good"), image("lie")),
        ))],
    );
    platform.on(
        &asked(1),
        [Reply::ok(
            "<html><div class=\"weui-msg\"><h2 class=\"weui-msg__title\">该内容已被发布者删除</h2></div></html>",
        )],
    );
    platform.on(
        &asked(2),
        [Reply::ok(
            "<html><div class=\"weui-msg\"><h2 class=\"weui-msg__title\">此内容因违规无法查看</h2></div></html>",
        )],
    );
    platform.on(&asked(3), [Reply::status(500)]);
    platform.on(&asked(4), [Reply::ok("<html>something else</html>")]);
    platform.on("mmbiz.qpic.cn/mmbiz_png/good/0", [Reply::ok(png(1))]);
    platform.on("mmbiz.qpic.cn/mmbiz_png/lie/0", [Reply::ok(r#"{"errcode":-1}"#).header("content-type", "image/png")]);
    let run = run(&platform).file("list.json", list(0..5, false));
    let done = online(&run, &[]).exits(4).json();
    assert_eq!(done["crawl"]["pages"], json!({"fetched": 1, "missing": 4}), "{done}");
    let mut found: Vec<(String, String)> = gaps(&run).into_iter().map(|(kind, reason, _)| (kind, reason)).collect();
    found.sort();
    let expected = [
        ("article", "blocked_by_platform"),
        ("article", "deleted_by_author"),
        ("article", "download_failed"),
        ("article", "download_failed"),
        ("media", "download_failed"),
    ]
    .map(|(kind, reason)| (kind.to_owned(), reason.to_owned()));
    assert_eq!(found, expected);
    // What failed in passing is asked again; what the platform has settled is not.
    let before = platform.hits().len();
    platform.on(&asked(3), [Reply::ok(page(3, "<p>现在好了</p>"))]);
    platform.on("mmbiz.qpic.cn/mmbiz_png/lie/0", [Reply::ok(png(2))]);
    let done = online(&run, &[]).succeeds().json();
    assert_eq!(done["crawl"]["pages"]["fetched"], 1, "{done}");
    let asked_again: Vec<String> = platform.hits()[before..].iter().map(|hit| hit.url.clone()).collect();
    assert_eq!(asked_again.iter().filter(|url| url.starts_with("mp.")).count(), 2, "{asked_again:?}");
    assert!(!asked_again.contains(&asked(1)) && !asked_again.contains(&asked(2)), "{asked_again:?}");
    assert_eq!(gaps(&run).len(), 3);
}

#[test]
fn a_challenge_leaves_the_rest_for_another_day() {
    let platform = Platform::start();
    for number in 0..6 {
        platform.on(&asked(number), [Reply::ok(page(number, "<p>正文</p>"))]);
    }
    let challenge = "<html><h2>环境异常</h2><p>完成验证后即可继续访问</p></html>";
    platform.on(&asked(3), [Reply::ok(challenge)]);
    let run = run(&platform).file("list.json", list(0..6, false));
    let done = online(&run, &[]).exits(8).json();
    assert_eq!(done["crawl"]["stopped"], json!([{"host": "mp.weixin.qq.com", "why": "challenge"}]));
    assert_eq!(done["crawl"]["pages"], json!({"fetched": 3, "missing": 3}), "{done}");
    assert_eq!(platform.hits().len(), 4);
    assert!(gaps(&run).iter().all(|(_, reason, _)| reason == "fetch_blocked"), "{:?}", gaps(&run));
    assert!(!run.tree().iter().any(|(name, bytes)| {
        name.starts_with("public/") && String::from_utf8_lossy(bytes).contains("完成验证后")
    }));
    platform.on(&asked(3), [Reply::ok(page(3, "<p>正文</p>"))]);
    let done = online(&run, &[]).succeeds().json();
    assert_eq!(done["articles"]["held"], 6);
    assert_eq!(platform.hits().len(), 7);
    assert_eq!(gaps(&run), []);
}

#[test]
fn discovery_follows_albums_neighbours_and_own_links() {
    let platform = Platform::start();
    let foreign = "http://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMg==&amp;mid=1&amp;idx=1&amp;sn=z";
    let body =
        format!("<p>见<a href=\"{}\">这里</a>和<a href=\"{foreign}\">别处</a></p>", link(1).replace('&', "&amp;"));
    let album = format!(
        "appmsgalbuminfo: {{ album_id_str: JsDecode('99'), title: JsDecode('合集一'), link: JsDecode('https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}\\x26album_id=99'),\
         next_article_link: JsDecode('{}') }}, title:",
        link(2).replace('&', "\\x26amp;")
    );
    platform.on(&asked(0), [Reply::ok(page(0, &body).replacen("title:", &album, 1))]);
    for number in 1..30 {
        platform.on(&asked(number), [Reply::ok(page(number, "<p>正文</p>"))]);
    }
    let first = list(2..22, true);
    let albums = "mp.weixin.qq.com/mp/appmsgalbum";
    platform.on(albums, [Reply::ok(first), Reply::ok(list(22..25, false))]);
    let run = run(&platform).file("list.json", list([0], false));
    let done = online(&run, &["--discover"]).succeeds().json();
    assert_eq!(done["crawl"]["discovered"], 24, "{done}");
    assert_eq!(done["articles"]["held"], 25, "{done}");
    let walked: Vec<String> = platform.hits_of(albums).into_iter().map(|hit| hit.url).collect();
    assert_eq!(walked.len(), 2, "{walked:?}");
    assert!(walked[1].contains(&format!("begin_msgid={}", mid(21))) && walked[1].contains("begin_itemidx=1"));
    assert!(
        !platform.hits().iter().any(|hit| hit.url.contains("MzAwMDAwMDAwMg")),
        "others' articles are not asked for"
    );
}

#[test]
fn an_album_that_refuses_or_falls_short_is_a_gap() {
    for (answer, reason) in [
        (r#"{"base_resp":{"ret":-6}}"#.to_owned(), "fetch_blocked"),
        (
            list(1..3, false).replace("\"title\":\"合集一\"", "\"title\":\"合集一\",\"article_count\":\"5\""),
            "not_listed",
        ),
    ] {
        let platform = Platform::start();
        let album = "appmsgalbuminfo: { album_id_str: JsDecode('99'), title: JsDecode('合集一') }, title:";
        platform.on(&asked(0), [Reply::ok(page(0, "<p>文</p>").replacen("title:", album, 1))]);
        for number in 1..3 {
            platform.on(&asked(number), [Reply::ok(page(number, "<p>正文</p>"))]);
        }
        platform.on("mp.weixin.qq.com/mp/appmsgalbum", [Reply::ok(answer)]);
        let run = run(&platform).file("list.json", list([0], false));
        online(&run, &["--discover"]);
        assert!(gaps(&run).iter().any(|(kind, found, _)| kind == "album" && found == reason), "{:?}", gaps(&run));
    }
}

#[test]
fn a_placeholder_is_taken_back() {
    let platform = Platform::start();
    let picture = |name: &str, width, ratio| {
        format!("<img data-src=\"{}\" data-w=\"{width}\" data-ratio=\"{ratio}\">", image(name))
    };
    let body = [picture("a", 1080, "0.5"), picture("b", 640, "1.5"), picture("c", 900, "1")].concat();
    platform.on(&asked(0), [Reply::ok(page(0, &format!("<p>文</p>{body}")))]);
    for name in ["a", "b"] {
        platform.on(&format!("mmbiz.qpic.cn/mmbiz_png/{name}/0"), [Reply::ok(png(9))]);
    }
    platform.on("mmbiz.qpic.cn/mmbiz_png/c/0", [Reply::ok(png(1))]);
    let run = run(&platform).file("list.json", list([0], false));
    let done = online(&run, &[]).json();
    assert_eq!(done["crawl"]["media"], json!({"fetched": 1, "missing": 2}), "{done}");
    let reasons: Vec<String> = gaps(&run).into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(reasons, ["placeholder", "placeholder"]);
    assert!(!run.tree().iter().any(|(name, bytes)| name.contains("/media/sha256/") && *bytes == png(9)));
}

const LATE: std::time::Duration = std::time::Duration::from_millis(15);

/// Twenty pages with seven pictures among them, each answer a little late, so that there is something to interrupt.
fn slow_account() -> Platform {
    let platform = Platform::start();
    for number in 0..20 {
        let body =
            format!("<p>正文 {number}</p><img data-src=\"{}\" data-w=\"16\">", image(&format!("img{}", number % 7)));
        platform.on(&asked(number), [Reply::ok(page(number, &body)).late(LATE)]);
    }
    for number in 0..7_u8 {
        let path = format!("mmbiz.qpic.cn/mmbiz_png/img{number}/0");
        platform.on(&path, [Reply::file(png(number), "\"e\"").late(LATE)]);
    }
    platform
}

/// A run over the list of that account; the list is as old in every run.
fn slow_run(platform: &Platform) -> Run {
    let run = run(platform).file("list.json", list(0..20, false));
    // A machine under load must not turn lateness into a second request.
    let config = run.folder().join("liudi.toml");
    let patient = std::fs::read_to_string(&config).unwrap().replace("header-timeout = '2s'", "header-timeout = '60s'");
    std::fs::write(config, patient).unwrap();
    let file = std::fs::File::options().write(true).open(run.folder().join("in/list.json")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_hours(473_978)).unwrap();
    run
}

/// Names of files that only one of them has, or that differ.
fn differing<'a>(one: &'a [(String, Vec<u8>)], other: &'a [(String, Vec<u8>)]) -> Vec<&'a str> {
    let only = |these: &'a [(String, Vec<u8>)], those: &'a [(String, Vec<u8>)]| {
        these.iter().filter(|file| !those.contains(file)).map(|(name, _)| name.as_str())
    };
    let mut names: Vec<&str> = only(one, other).chain(only(other, one)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn a_crawl_that_is_interrupted_goes_on_where_it_stood() {
    let undisturbed = {
        let platform = slow_account();
        let run = slow_run(&platform);
        online(&run, &[]).succeeds();
        run.tree()
    };
    // The long checks kill more often.
    let kills = std::env::var("LIUDI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(6_u32);
    let mut interrupted = 0;
    for number in 0..kills {
        let platform = slow_account();
        let run = slow_run(&platform);
        // After so many answers; every other time as a person would, with Ctrl-C, else without warning.
        let answers = (number * 26 / kills + 1) as usize;
        let mut child = run.start_backup(&["--online", "--json", "--no-mirror"]);
        while platform.hits().len() < answers && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let signal = if number % 2 == 0 { "-KILL" } else { "-INT" };
        std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
        interrupted += u32::from(platform.hits().len() < 27);
        online(&run, &[]).succeeds();
        // After Ctrl-C what had come was committed: the evidence is cut into other packs, what is public is the same.
        let counts =
            |name: &str| signal == "-KILL" || name.starts_with("public/data/articles") || name.contains("media");
        let (tree, whole) = (run.tree(), &undisturbed);
        let other: Vec<&str> = differing(&tree, whole).into_iter().filter(|name| counts(name)).collect();
        assert_eq!(other, [""; 0], "after {answers} answers and {signal}");
        // What was under way when it was killed may be asked again: a page and the pictures beside it. After Ctrl-C
        // what was under way is finished.
        let again = platform.hits().len() - 27;
        let allowed = if number % 2 == 0 { 9 } else { 0 };
        assert!(again <= allowed, "{again} asked twice after {answers} answers and {signal}");
        run.program(&["verify", "archive", "--deep"]).succeeds();
    }
    assert!(interrupted > 0, "no crawl was interrupted");
}
