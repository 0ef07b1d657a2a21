//! What other people's exporters leave: texts in lists, covers and pictures beside pages, hot-linked images, sessions of a
//! debugging proxy, videos in pieces and records that refer to earlier ones.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::platform::{Platform, Reply};
use crate::support::Run;

const BIZ: &str = "MzA0MDAwMDAwMA==";
const NAME: &str = "留底示例号";

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    bytes.extend(vec![seed; 300]);
    bytes
}

fn link(mid: u32) -> String {
    format!("https://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=ea{mid}")
}

/// A page without its scripts, as exporters keep it.
fn page(mid: u32, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"{}\"><meta property=\"og:title\" content=\"{title}\">\
         <meta property=\"og:image\" content=\"https://mmbiz.qpic.cn/mmbiz_jpg/CoverOfNumber{mid}/0?wx_fmt=jpeg\"></head>\
         <body><div id=\"js_article\"><h1 id=\"activity-name\">{title}</h1><a id=\"js_name\">{NAME}</a><em id=\"publish_time\">2024-05-01 08:00</em>\
         <div id=\"js_content\">{body}</div></div></body></html>",
        link(mid).replace('&', "&amp;")
    )
}

/// An entry of wechat-article-exporter's JSON.
fn entry(mid: u32, title: &str, content: &str, more: &Value) -> Value {
    let mut entry = json!({"aid": format!("{mid}_1"), "appmsgid": mid, "itemidx": 1, "title": title, "link": link(mid), "fakeid": BIZ,
        "_accountName": NAME, "create_time": 1_714_521_600, "update_time": 1_714_521_600, "item_show_type": 0, "content": content});
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry
}

fn articles(run: &Run) -> Vec<(String, Value, String)> {
    let tree = run.tree();
    let text = |name: &str| {
        tree.iter().find(|(other, _)| other == name).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
    };
    let records = tree.iter().filter(|(name, _)| name.ends_with("/article.json") && !name.contains("/versions/"));
    records
        .map(|(name, bytes)| {
            let content = text(&name.replace("article.json", "content.html")).unwrap_or_default();
            (name.clone(), serde_json::from_slice(bytes).unwrap(), content)
        })
        .collect()
}

fn article(run: &Run, mid: u32) -> (String, Value, String) {
    let found = articles(run).into_iter().find(|(_, article, _)| article["mid"] == json!(mid.to_string()));
    found.unwrap_or_else(|| {
        panic!("no article {mid} in {:?}", run.tree().iter().map(|(name, _)| name).collect::<Vec<_>>())
    })
}

/// The pictures of a record's body.
fn images(record: &Value) -> Vec<Value> {
    record["media"].as_array().unwrap().iter().filter(|medium| medium["role"] == "image").cloned().collect()
}

fn gaps(run: &Run) -> Vec<(String, String)> {
    let done = run.program(&["gaps", "archive", "--format", "json"]).succeeds();
    let gaps = done.json();
    let list = gaps.as_array().cloned().or_else(|| gaps["gaps"].as_array().cloned()).unwrap();
    list.iter()
        .map(|gap| (gap["kind"].as_str().unwrap().to_owned(), gap["reason"].as_str().unwrap().to_owned()))
        .collect()
}

fn has(run: &Run, below: &str, text: &str) -> bool {
    run.tree()
        .iter()
        .any(|(name, bytes)| name.starts_with(below) && memchr::memmem::find(bytes, text.as_bytes()).is_some())
}

#[test]
fn the_text_in_an_exporters_list_is_the_article_until_something_better_comes() {
    let list = json!([
        entry(2_650_000_501, "只有文字", "第一行 1 < 2\n第二行", &json!({})),
        entry(2_650_000_502, "带格式", "<p>正文<strong>很重</strong></p><script>x()</script>", &json!({})),
        entry(2_650_000_503, "付费", "试读的几句", &json!({"is_pay_subscribe": 1})),
    ]);
    let run = Run::new().file("微信公众号文章.json", list.to_string());
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 3, "{report}");
    let (path, record, content) = article(&run, 2_650_000_501);
    assert!(path.starts_with("public/"), "{path}");
    assert_eq!(content, "<p>第一行 1 &lt; 2</p><p>第二行</p>");
    assert_eq!(record["gaps"][0]["reason"], "text_only", "{record}");
    let body = record["provenance"]["fields"]["body"].as_u64().unwrap();
    assert_eq!(record["provenance"]["sources"][usize::try_from(body).unwrap()]["rank"], "list", "the lowest rank");
    let (_, record, content) = article(&run, 2_650_000_502);
    assert_eq!(content, "<p>正文<strong>很重</strong></p>");
    assert_eq!(record["gaps"], Value::Null, "{record}");
    assert_eq!(article(&run, 2_650_000_503).1["gaps"][0]["reason"], "partial_paid");
    let mut reasons = gaps(&run);
    reasons.sort();
    assert_eq!(reasons, [("article".into(), "partial_paid".into()), ("article".into(), "text_only".into())]);
    assert!(has(&run, "site/", "第一行 1 &lt; 2"), "it is read in the mirror");

    // A page saved later goes before it, and one that came earlier is not overwritten.
    let saved = page(2_650_000_501, "只有文字", "<h2>小标题</h2><p>第一行 1 &lt; 2</p><p>第二行</p>");
    let run = run.file("pages/a.html", &saved);
    run.backup(&[]).succeeds();
    let (_, record, content) = article(&run, 2_650_000_501);
    assert!(content.contains("<h2>小标题</h2>"), "{content}");
    assert!(!record["gaps"].to_string().contains("text_only"), "{record}");
    assert_eq!(record["versions"], Value::Null, "the text of a list proves no edit: {record}");
    let back = Run::new().file("pages/a.html", &saved);
    back.backup(&[]).succeeds();
    let back = back.file("微信公众号文章.json", list.to_string());
    back.backup(&[]).succeeds();
    assert_eq!(article(&back, 2_650_000_501).2, content);
}

#[test]
fn anothers_text_in_an_exporters_list_is_never_published() {
    let other = "这是别人的原文，一个字也不能公开";
    let list = json!([
        entry(2_650_000_511, "转来的", other, &json!({"copyright_stat": 2, "copyright_type": 2})),
        entry(2_650_000_512, "转发", other, &json!({"item_show_type": 11})),
        // The list does not tell, the page does: it is a card.
        entry(2_650_000_513, "卡片", other, &json!({})),
        entry(2_650_000_514, "自己的", "这是自己的话", &json!({})),
        entry(2_650_000_515, "也是自己的", "这也是自己的话", &json!({})),
    ]);
    let card = page(2_650_000_513, "卡片", "").replace(
        "<div id=\"js_content\"></div>",
        "<div id=\"js_share_content\"><a id=\"js_share_source\" data-url=\"https://mp.weixin.qq.com/s?__biz=MzA5OTk5OTk5OQ==&amp;mid=1&amp;idx=1&amp;sn=ff\"></a></div>",
    );
    let run = Run::new().file("微信公众号文章.json", list.to_string()).file("card.html", card);
    run.backup(&[]).succeeds();
    assert!(!has(&run, "public/", other) && !has(&run, "site/", other));
    assert!(article(&run, 2_650_000_511).0.starts_with("private/"));
    assert!(article(&run, 2_650_000_512).2.contains(other), "it is kept all the same");
    assert!(has(&run, "site/", "这是自己的话"));
}

#[test]
fn the_sheet_of_the_same_exporter_carries_the_text_too() {
    let header = "公众号,ID,链接,标题,封面,摘要,创建时间,发布时间,阅读,点赞,分享,喜欢,留言,作者,是否原创,文章类型,所属合集,文章内容";
    let row = format!(
        "{NAME},2650000521_1,{},表格里的,,,2024-05-01 08:00:00,2024-05-01 08:00:00,1,2,3,4,5,,,普通图文,,\"一段\n又一段\"",
        link(2_650_000_521)
    );
    let run = Run::new().file("微信公众号文章.csv", format!("{header}\n{row}\n"));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 1, "{report}");
    assert_eq!(article(&run, 2_650_000_521).2, "<p>一段</p><p>又一段</p>");
}

#[test]
fn covers_and_numbered_pictures_beside_a_page_are_its_own_and_others_are_kept_by_name() {
    let image = "https://mmbiz.qpic.cn/mmbiz_png/NumberedPicture000001/640?wx_fmt=png";
    let body = format!("<p>正文</p><img data-src=\"{image}\" data-imgfileid=\"504297283\">");
    let run = Run::new()
        .file("out/春茶/index.html", page(2_650_000_531, "春茶", &body))
        .file("out/春茶/cover.jpg", png(1))
        .file("out/春茶/504297283.png", png(2))
        .file("out/20240501夏茶.html", page(2_650_000_532, "夏茶", "<p>正文</p>"))
        .file("out/20240501夏茶.png", png(3))
        .file("out/cover.png", png(4));
    let done = run.backup(&["--json"]).succeeds().json();
    assert_eq!((&done["unmatched"], &done["problems"]), (&json!(1), &json!([])), "{done}");
    let cover = |mid| {
        let (_, record, _) = article(&run, mid);
        let media = record["media"].as_array().unwrap().clone();
        media.into_iter().find(|medium| medium["role"] == "cover").unwrap()
    };
    let held = |seed| json!(liudi::model::Sha256::of(&png(seed)).hex());
    assert!(
        cover(2_650_000_531)["sha256"]
            .as_str()
            .is_some_and(|digest| held(1).as_str().unwrap().ends_with(digest.trim_start_matches("sha256:")))
    );
    assert!(cover(2_650_000_532)["sha256"].as_str().is_some());
    let (_, record, content) = article(&run, 2_650_000_531);
    assert!(content.contains("src=\"../../../media/sha256/"), "{content}");
    assert!(!record.to_string().contains("not_held"), "{record}");
    // Whose `cover.png` is, nobody can say.
    let table = run.read("private/data/tables/saved-files.csv");
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains(",cover.png,"), "{table}");
    let digest = liudi::model::Sha256::of(&png(4)).hex();
    assert!(run.tree().iter().any(|(name, _)| name.starts_with("private/data/media/") && name.contains(&digest)));
    assert!(!run.tree().iter().any(|(name, _)| name.starts_with("public/") && name.contains(&digest)));
    run.program(&["verify", "archive"]).succeeds();
    // The same out of the bags alone.
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    run.backup(&[]).succeeds();
    let after = run.tree();
    let differing: Vec<_> = after.iter().filter(|file| !before.contains(file)).map(|(name, _)| name).collect();
    assert!(differing.is_empty() && after.len() == before.len(), "{differing:?}");
}

#[test]
fn hot_linked_images_of_an_exporters_page_are_missing_by_name_until_they_are_fetched() {
    let image = "https://mmbiz.qpic.cn/mmbiz_png/HotLinkedPicture00001/640?wx_fmt=png";
    // As wechatDownload writes it: `src` leads to the platform.
    let body = format!(
        "<p>正文</p><img src=\"{image}\" data-src=\"{image}\"><img src=\"{}\">",
        image.replace("00001", "00002")
    );
    let platform = Platform::start();
    platform.on("mmbiz.qpic.cn/mmbiz_jpg/CoverOfNumber2650000541/0", [Reply::file(png(3), "\"g\"")]);
    platform.on("mmbiz.qpic.cn/mmbiz_png/HotLinkedPicture00001/0", [Reply::file(png(1), "\"e\"")]);
    platform.on("mmbiz.qpic.cn/mmbiz_png/HotLinkedPicture00002/0", [Reply::file(png(2), "\"f\"")]);
    let run = Run::new().file("20240501海边.html", page(2_650_000_541, "海边", &body));
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "[network]\npage-interval = '0s'\npage-jitter = '0s'\nretries = 1\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run.backup(&["--no-mirror"]).succeeds();
    assert_eq!(gaps(&run), vec![("media".into(), "not_held".into()); 3], "two pictures and the cover");
    assert!(platform.hits().is_empty(), "nothing is asked for without --online");
    let done = run.backup(&["--online", "--json", "--no-mirror"]).succeeds().json();
    assert_eq!(done["crawl"]["media"], json!({"fetched": 3, "missing": 0}), "{done}");
    assert_eq!(gaps(&run), []);
    let content = article(&run, 2_650_000_541).2;
    assert_eq!(content.matches("src=\"../../../media/sha256/").count(), 2, "{content}");
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_proxys_archive_of_sessions_is_read_like_its_folder() {
    let secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";
    let answer = |mime: &str, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nDate: Wed, 01 May 2024 00:10:00 GMT\r\nContent-Type: {mime}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let asked = |method: &str, url: &str, form: &str| {
        format!(
            "{method} {url} HTTP/1.1\r\nHost: mp.weixin.qq.com\r\nCookie: wap_sid2={secret}\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    let mid = 2_650_000_551;
    let list = json!({"ret": 0, "errmsg": "ok", "msg_count": 1, "can_msg_continue": 0, "general_msg_list": json!({"list": [
        {"comm_msg_info": {"id": mid, "type": 49, "datetime": 1_714_521_600, "fakeid": "3224000000", "status": 2, "content": ""},
         "app_msg_ext_info": {"title": "会话里的", "digest": "", "content_url": link(mid), "source_url": "", "cover": "", "author": "", "item_show_type": 0, "del_flag": 1, "is_multi": 0, "multi_app_msg_item_list": []}}]}).to_string()});
    let counts =
        json!({"appmsgstat": {"show": true, "read_num": 321, "like_num": 4, "old_like_num": 5}, "base_resp": {}})
            .to_string();
    let form = format!("__biz={}&mid={mid}&idx=1&sn=ea{mid}&key={secret}", BIZ.replace('=', "%3D"));
    let sessions: Vec<(&str, String)> = vec![
        ("_index.htm", "<html><table><tr><td><a href='raw\\01_c.txt'>C</a><a href='raw\\01_s.txt'>S</a></td></tr></table></html>".to_owned()),
        ("[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"htm\" ContentType=\"text/html\" /><Default Extension=\"xml\" ContentType=\"application/xml\" /><Default Extension=\"txt\" ContentType=\"text/plain\" /></Types>".to_owned()),
        ("raw/01_c.txt", asked("GET", &format!("https://mp.weixin.qq.com/mp/profile_ext?action=getmsg&key={secret}"), "")),
        ("raw/01_s.txt", answer("application/json", &list.to_string())),
        ("raw/01_m.xml", "<?xml version=\"1.0\"?><Session SID=\"1\"><SessionTimers ClientConnected=\"2024-05-01T00:10:00\" /></Session>".to_owned()),
        ("raw/02_c.txt", asked("POST", "https://mp.weixin.qq.com/mp/getappmsgext?f=json", &form)),
        ("raw/02_s.txt", answer("application/json", &counts)),
        ("raw/03_c.txt", asked("GET", &link(mid), "")),
        ("raw/03_s.txt", answer("text/html", &page(mid, "会话里的", "<p>正文</p>"))),
    ];
    let members: Vec<(&str, &[u8])> = sessions.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let run = Run::new().file("抓包.saz", zip(&members));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!((&report["articles"]["held"], &report["problems"]), (&json!(1), &json!([])), "{report}");
    assert_eq!(report["unrecognised"], json!([]), "{report}");
    let (_, record, content) = article(&run, mid);
    assert_eq!(content, "<p>正文</p>");
    assert_eq!((&record["counts"]["read"], &record["counts"]["like"]), (&json!(321), &json!(5)), "{record}");
    assert_eq!(record["counts"]["as_of"], "2024-05-01T08:10:00+08:00");
    assert!(!has(&run, "", secret));
}

/// A recorded answer.
fn recorded(url: &str, status: u16, headers: &Value, mime: &str, body: &[u8]) -> Value {
    json!({"startedDateTime": "2024-05-01T00:10:00.000Z", "request": {"method": "GET", "url": url, "headers": []},
        "response": {"status": status, "headers": headers, "content": {"mimeType": mime, "encoding": "base64", "text": STANDARD.encode(body)}}})
}

fn har(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

#[test]
fn a_file_recorded_in_pieces_is_put_together_or_named() {
    let image = |name: &str| format!("https://mmbiz.qpic.cn/mmbiz_png/{name}/640?wx_fmt=png");
    let (whole, broken) = (image("PieceByPiece000000001"), image("PieceByPiece000000002"));
    let body = format!("<p>正文</p><img data-src=\"{whole}\"><img data-src=\"{broken}\">");
    let file = png(9);
    let piece = |url: &str, from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{}", to - 1, file.len());
        recorded(url, 206, &json!([{"name": "Content-Range", "value": range}]), "image/png", &file[from..to])
    };
    let all = file.len();
    let entries = [
        recorded(&link(2_650_000_561), 200, &json!([]), "text/html", page(2_650_000_561, "分段", &body).as_bytes()),
        piece(&whole, 100, 250),
        piece(&broken, 0, 50),
        piece(&whole, 0, 120),
        piece(&broken, 60, all),
        piece(&whole, 250, all),
    ];
    let run = Run::new().file("a.har", har(&entries));
    let report = run.backup(&["--json", "--no-mirror"]).succeeds().json();
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{report}");
    assert_eq!(problems[0]["code"], "recorded-in-pieces");
    let (_, record, _) = article(&run, 2_650_000_561);
    let digests: Vec<bool> = images(&record).iter().map(|medium| medium["sha256"].is_string()).collect();
    assert_eq!(digests, [true, false], "{record}");
    let path = images(&record)[0]["path"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(run.archive().join("public/data").join(path)).unwrap(), file);
}

#[test]
fn a_record_that_refers_to_an_earlier_one_stands_for_it() {
    let record = |kind: &str, id: u32, uri: &str, more: &str, block: &[u8]| {
        let head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:0000000{id}>\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2024-05-0{id}T00:10:00Z\r\n{more}\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
            block.len()
        );
        [head.as_bytes(), block, b"\r\n\r\n"].concat()
    };
    let answer = |mime: &str, body: &[u8]| {
        [format!("HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\n\r\n").as_bytes(), body].concat()
    };
    let image = |name: &str| format!("https://mmbiz.qpic.cn/mmbiz_png/{name}/640?wx_fmt=png");
    let (first, second, third) =
        (image("FirstAddress000000001"), image("SecondAddress00000001"), image("ThirdAddress000000001"));
    let body = format!("<p>正文</p><img data-src=\"{first}\"><img data-src=\"{second}\"><img data-src=\"{third}\">");
    let text = page(2_650_000_571, "重访", &body);
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n";
    let warc = [
        record("response", 1, &first, "WARC-Payload-Digest: sha1:AAAA\r\n", &answer("image/png", &png(5))),
        record(
            "revisit",
            2,
            &second,
            "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\nWARC-Payload-Digest: sha1:AAAA\r\n",
            head,
        ),
        record("revisit", 3, &third, "WARC-Refers-To: <urn:uuid:00000001>\r\n", head),
        // The same address once more: nothing to read.
        record("revisit", 4, &first, "WARC-Refers-To: <urn:uuid:00000001>\r\n", head),
        record("response", 5, &link(2_650_000_571), "", &answer("text/html", text.as_bytes())),
        record("revisit", 6, &image("NowhereAddress0000001"), "WARC-Refers-To: <urn:uuid:00000009>\r\n", head),
    ];
    let packed: Vec<u8> = warc
        .iter()
        .flat_map(|record| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(record).unwrap();
            encoder.finish().unwrap()
        })
        .collect();
    for (name, bytes) in [("a.warc", warc.concat()), ("a.warc.gz", packed)] {
        let run = Run::new().file(name, bytes);
        let report = run.backup(&["--json", "--no-mirror"]).succeeds().json();
        let problems: Vec<_> =
            report["problems"].as_array().unwrap().iter().map(|problem| problem["code"].clone()).collect();
        assert_eq!(problems, ["warc-revisits-unresolved"], "{name}: {report}");
        let (_, record, _) = article(&run, 2_650_000_571);
        let digests: Vec<_> = images(&record).iter().map(|medium| medium["sha256"].clone()).collect();
        assert_eq!(digests.len(), 3);
        assert!(digests.iter().all(|digest| digest.is_string() && *digest == digests[0]), "{name}: {record}");
    }
}

#[test]
fn what_a_recording_lists_is_as_old_as_the_recording() {
    let list = json!({"errCode": 0, "data": {"totalCount": 1, "list": [{"objectId": "14000000000000000001", "createTime": 1_700_000_000,
        "readCount": 7, "desc": {"description": "海边", "mediaType": 4, "media": []}}]}});
    let url = "https://channels.weixin.qq.com/cgi-bin/mmfinderassistant-bin/post/post_list";
    let run = Run::new()
        .file("a.har", har(&[recorded(url, 200, &json!([]), "application/json", list.to_string().as_bytes())]));
    run.backup(&["--no-mirror"]).succeeds();
    let found: Vec<Value> = run
        .tree()
        .into_iter()
        .filter(|(name, _)| name.contains("/videos/") && name.ends_with(".json"))
        .map(|(_, bytes)| serde_json::from_slice(&bytes).unwrap())
        .collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["provenance"]["sources"][0]["as_of"], "2024-05-01T08:10:00+08:00", "{}", found[0]);
}
