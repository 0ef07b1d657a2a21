//! Pages as people's programs really save them: without quotes, out of web archives and clippers, in other encodings, with
//! pictures and code in unusual places, with dates for people.

use std::path::PathBuf;

use encoding_rs::GB18030;
use serde_json::Value;

use crate::support::Run;

const BIZ: &str = "MzA4MDAwMDAwMQ==";

/// A page without scripts: number, date as printed, body.
fn page(number: u32, date: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=265000{number:04}&amp;idx=1&amp;sn=ab{number:04}#rd\"><meta property=\"og:title\" content=\"保存的第{number}篇\"></head>\
         <body id=\"activity-detail\"><div id=\"js_article\"><h1 id=\"activity-name\">保存的第{number}篇</h1><div id=\"meta_content\"><a id=\"js_name\">留页示例号</a><em id=\"publish_time\">{date}</em></div>\
         <div id=\"js_content\">{body}</div></div></body></html>"
    )
}

/// The records of the archive's articles with their class and body, by title.
struct Articles(Vec<(Value, String)>);

impl Articles {
    fn of(run: &Run) -> Self {
        let mut all = Vec::new();
        for bag in ["public", "private"] {
            let root = run.archive().join(bag).join("data/articles");
            for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
                if entry.file_name() == "article.json" {
                    let record = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
                    let body = entry.path().with_file_name("content.html");
                    all.push((record, std::fs::read_to_string(body).unwrap_or_default()));
                }
            }
        }
        Self(all)
    }

    #[track_caller]
    fn only(&self) -> &(Value, String) {
        assert_eq!(self.0.len(), 1, "{:#?}", self.0);
        &self.0[0]
    }

    #[track_caller]
    fn titled(&self, title: &str) -> &Value {
        &self
            .0
            .iter()
            .find(|(record, _)| record["title"] == title)
            .unwrap_or_else(|| panic!("{title}: {:#?}", self.0))
            .0
    }
}

fn gaps(run: &Run) -> String {
    let read = |bag: &str| std::fs::read_to_string(run.archive().join(bag).join("data/provenance/gaps.csv"));
    ["public", "private"].into_iter().filter_map(|bag| read(bag).ok()).collect()
}

fn site(run: &Run) -> String {
    let mut text = String::new();
    for entry in walkdir::WalkDir::new(run.archive().join("site")).into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|end| end == "html") {
            text.push_str(&std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    text
}

#[test]
fn a_page_without_quotes_is_an_article() {
    let name = "page/singlefile/河水涨了一尺.html";
    let text = std::fs::read_to_string(crate::support::fixture(name)).unwrap();
    let mut bare = text;
    for id in ["activity-detail", "js_article", "activity-name", "js_name", "js_content"] {
        bare = bare.replace(&format!("id=\"{id}\""), &format!("id={id}"));
    }
    assert!(!bare.contains("id=\""));
    let run = Run::new().file("a.html", &bare);
    run.backup(&[]).succeeds();
    let (record, body) = &Articles::of(&run).only().clone();
    assert_eq!((record["title"].as_str(), record["class"].as_str()), (Some("河水涨了一尺"), Some("public")));
    assert!(body.contains("石头只露出半个头") && body.matches("<img").count() == 2, "{body}");
    assert!(!gaps(&run).contains("article"), "{}", gaps(&run));
}

#[test]
fn a_copy_out_of_a_web_archive_is_the_article_itself() {
    let wrapped = |url: &str| format!("https://web.archive.org/web/20240106010203/{url}");
    let image = "https://mmbiz.qpic.cn/mmbiz_png/ArchivedPicture/640?wx_fmt=png";
    let text =
        page(1, "昨天 10:00", &format!("<p>甲</p><img data-src=\"{}\" src=\"{}\">", wrapped(image), wrapped(image)))
            .replace("content=\"http://mp", &format!("content=\"{}http://mp", wrapped("")));
    let saved = format!(
        "<!-- saved from url=(0091){} -->\n{text}",
        wrapped("https://mp.weixin.qq.com/s/WebArchive00000000000")
    );
    let run = Run::new().file("a.html", saved);
    run.backup(&[]).succeeds();
    let record = Articles::of(&run).only().0.clone();
    assert_eq!(record["id"], format!("{BIZ}_2650000001_1"));
    assert_eq!(record["url"], "https://mp.weixin.qq.com/s/WebArchive00000000000");
    assert_eq!(record["media"][0]["url"], "https://mmbiz.qpic.cn/mmbiz_png/ArchivedPicture/0?wx_fmt=png");
    // The archive's time is exact, so that yesterday is a day.
    assert_eq!(record["published"], "2024-01-05T10:00:00+08:00");
}

#[test]
fn a_clipped_page_is_the_article_that_its_note_names() {
    const LINK: &str = "https://mp.weixin.qq.com/s/ClippedArticle00000000";
    let note = format!(
        "{{\"clipId\":\"1704500000\",\"title\":\"剪下来的\",\"link\":\"{LINK}\",\"createdAt\":\"2024-01-06 09:00:00\"}}"
    );
    let body = "<head><meta charset=\"utf-8\"><title>剪下来的</title></head><body><div id=\"js_content\"><p>剪下来的字</p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Mx/640\" src=\"assets/1.png\"></div></body></html>";
    for head in [format!("<!DOCTYPE html><html><!-- OriginalSrc: {LINK} -->"), "<!DOCTYPE html><html>".to_owned()] {
        let run = Run::new()
            .file("2024-01-06-1704500000/index.html", head + body)
            .file("2024-01-06-1704500000/index.json", &note);
        run.backup(&[]).succeeds();
        let articles = Articles::of(&run);
        let (record, body) = articles.only();
        assert_eq!((record["title"].as_str(), record["url"].as_str()), (Some("剪下来的"), Some(LINK)));
        assert!(body.contains("剪下来的字"));
        assert!(
            !gaps(&run).lines().any(|line| line.starts_with("article,") || line.contains("clipId")),
            "{}",
            gaps(&run)
        );
    }
}

#[test]
fn pages_in_every_encoding_are_read() {
    let body = "<p>国标正文：“引号”——破折号</p>";
    let declared = |charset: &str| page(2, "2024年1月5日 10:00", body).replace("utf-8", charset);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let gbk = |text: &str| GB18030.encode(text).0.into_owned();
    let latin: String = declared("utf-8").bytes().map(char::from).collect();
    let all: Vec<(&str, Vec<u8>)> = vec![
        ("gb2312, declared", gbk(&declared("gb2312"))),
        ("gbk, declared as UTF-8", gbk(&declared("utf-8"))),
        ("gbk, not declared", gbk(&declared("").replace("<meta charset=\"\">", ""))),
        ("UTF-8, declared as gbk", declared("gbk").into_bytes()),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", declared("gbk").as_bytes()].concat()),
        ("UTF-16 with a mark", [vec![0xff, 0xfe], utf16(&declared("utf-8"))].concat()),
        ("UTF-16 without", utf16(&declared("utf-16"))),
        ("read as Latin-1", latin.into_bytes()),
    ];
    for (name, bytes) in all {
        let run = Run::new().file("a.html", bytes);
        run.backup(&[]).succeeds();
        let articles = Articles::of(&run);
        let (record, body) = articles.only();
        assert_eq!(
            (record["title"].as_str(), record["class"].as_str()),
            (Some("保存的第2篇"), Some("public")),
            "{name}"
        );
        assert_eq!(body, "<p>国标正文：“引号”——破折号</p>", "{name}");
        assert_eq!(record["account_name"], "留页示例号", "{name}");
    }
}

#[test]
fn a_page_that_cannot_be_decoded_is_private_and_missed_by_name() {
    let text = page(3, "2024年1月5日 10:00", "<p>这里的正文有一个坏字节：X</p>");
    let mut broken = text.clone().into_bytes();
    let at = text.find('X').unwrap();
    broken[at] = 0xff;
    let run = Run::new().file("a.html", broken).file("b.html", page(4, "2024年1月6日 10:00", "<p>好的 \u{fffd}</p>"));
    run.backup(&[]).exits(32).says("cannot be decoded as UTF-8");
    let articles = Articles::of(&run);
    assert_eq!(articles.titled("保存的第3篇")["class"], "private");
    assert_eq!(articles.titled("保存的第4篇")["class"], "public", "what the author wrote is no damage");
    assert!(
        gaps(&run).lines().any(|line| line.contains("2650000003") && line.contains("broken_input")),
        "{}",
        gaps(&run)
    );
    assert!(!site(&run).contains("坏字节"));
    // A whole copy takes its place.
    let whole = run.folder().join("in/c.html");
    std::fs::write(&whole, &text).unwrap();
    run.backup(&[]);
    assert_eq!(Articles::of(&run).titled("保存的第3篇")["class"], "public");
    assert!(!gaps(&run).contains("2650000003"), "{}", gaps(&run));
}

#[test]
fn lists_in_other_encodings_are_lists() {
    let list = std::fs::read_to_string(crate::support::fixture("demo/lists/发表记录.json")).unwrap();
    let plain = Run::new().file("list.json", &list);
    plain.backup(&[]);
    let expected = gaps(&plain);
    assert!(expected.lines().count() > 5);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(list.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: String = list.bytes().map(char::from).collect();
    for bytes in [utf16, GB18030.encode(&list).0.into_owned(), latin.into_bytes()] {
        let run = Run::new().file("list.json", bytes);
        run.backup(&[]);
        assert_eq!(gaps(&run), expected);
    }
}

#[test]
fn what_a_page_shows_is_kept_or_missed_by_name() {
    let body = "<p>由 <embed style=\"width:3ex\" src=\"https://mmbiz.qlogo.cn/mmbiz_svg/Formula/0?wx_fmt=svg\" data-type=\"svg+xml\"> 得</p>\
        <section style=\"background-image:/*savepage-url=x*/url(https://mmbiz.qpic.cn/mmbiz_png/Ground/640)\">甲</section>\
        <canvas data-paint=\"https://mmbiz.qpic.cn/mmbiz_png/Canvas/640\"></canvas>";
    let run = Run::new().file("a.html", page(5, "2024年1月5日 10:00", body));
    run.backup(&[]).succeeds().says("not shown in the body");
    let articles = Articles::of(&run);
    let (record, body) = articles.only();
    let urls: Vec<_> = record["media"].as_array().unwrap().iter().map(|one| one["url"].as_str().unwrap()).collect();
    for name in ["Formula", "Ground", "Canvas"] {
        assert!(urls.iter().any(|url| url.contains(name)), "{name}: {urls:?}");
        assert!(gaps(&run).contains(name), "{name}");
    }
    assert!(body.contains("由 <img src=") && body.contains("background-image:url("), "{body}");
}

#[test]
fn what_other_savers_and_editors_write_stands_in_its_place() {
    let lazy = ["data-lazy", "data-echo", "data-url", "_src", "original", "data-origin-src", "file"];
    let images: String = lazy
        .iter()
        .enumerate()
        .map(|(number, name)| {
            format!(
                "<p><img src=\"grey.gif\" {name}=\"https://mmbiz.qpic.cn/mmbiz_png/Lazy{number}/640?wx_fmt=png\"></p>"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let other = "<img src=\"https://mmbiz.qpic.cn/mmbiz_png/Shown/640\" data-url=\"https://mmbiz.qpic.cn/mmbiz_png/Zoomed/640\"><img src=\"a.gif\" data-url=\"https://example.com/page\">";
    let formula = "<p>由<math><mi>E</mi><mo>=</mo><mi>m</mi></math>与<math><semantics><mi>x</mi><annotation encoding=\"application/x-tex\">x^2</annotation></semantics></math>得</p>";
    let drawn =
        "<span class=\"katex\"><span class=\"katex-mathml\"><math><mi>y</mi></math></span><span>y</span></span>";
    let run = Run::new().file("a.html", page(6, "2024年1月5日 10:00", &format!("{images}{other}{formula}{drawn}")));
    run.backup(&[]).succeeds();
    let articles = Articles::of(&run);
    let (record, body) = articles.only();
    let shown = |name: &str| {
        let medium = record["media"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["url"].as_str().is_some_and(|url| url.contains(name)));
        medium.is_some_and(|medium| body.contains(medium["key"].as_str().unwrap()))
    };
    for (number, name) in lazy.iter().enumerate() {
        assert!(shown(&format!("Lazy{number}/")), "{name}: {body}");
    }
    assert!(shown("Shown/") && !shown("Zoomed/") && !body.contains("example.com"), "{body}");
    assert!(body.ends_with("<p>由E=m与x^2得</p>y"), "{body}");
}

#[test]
fn a_page_that_opens_itself_is_the_page_inside_of_it() {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("index.html", page(7, "2024年1月5日 10:00", "<p>压在里面的字</p><img src=\"images/0.png\">").into_bytes()),
        ("images/0.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0".to_vec()),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let head = "<!DOCTYPE html><html data-sfz><!--\n Page saved with SingleFile \n url: https://mp.weixin.qq.com/s/OpensByItself00000001 \n--><meta charset=utf-8><title>保存的第7篇</title><body hidden><plaintext><!--";
    let packed = zip.finish().unwrap().into_inner();
    let with = [head.as_bytes(), &packed, b"--></plaintext></body></html>"].concat();
    let run = Run::new().file("a.u.zip.html", with);
    run.backup(&[]).succeeds();
    let articles = Articles::of(&run);
    let (record, body) = articles.only();
    assert!(body.contains("压在里面的字") && record["media"][0]["path"].is_string(), "{record:#} {body}");
    assert_eq!(record["class"], "public");
    // Without its ZIP it is a page like others, and what it names is missing.
    let run = Run::new().file("a.u.zip.html", head);
    run.backup(&[]);
    assert!(gaps(&run).contains("OpensByItself00000001"), "{}", gaps(&run));
}

#[test]
fn dates_for_people_are_read_or_said() {
    let dates = [
        ("2024年1月5日 10:00", Some("2024-01-05T10:00:00+08:00")),
        ("2024-01-05", Some("2024-01-05T00:00:00+08:00")),
        ("Jan 5, 2024 10:00", Some("2024-01-05T10:00:00+08:00")),
        ("January 5, 2024", Some("2024-01-05T00:00:00+08:00")),
        ("2024年01月05日", Some("2024-01-05T00:00:00+08:00")),
        ("昨天 10:00", None),
        ("3天前", None),
        ("1月5日 10:00", None),
    ];
    for (date, expected) in dates {
        let run = Run::new().file("a.html", page(6, date, "<p>正文</p>"));
        let done = run.backup(&[]).succeeds();
        assert_eq!(Articles::of(&run).only().0["published"].as_str(), expected, "{date}");
        assert_eq!(done.said().contains("not clear which day"), expected.is_none(), "{date}: {}", done.stderr);
    }
    let saved = "<!--\n Page saved with SingleFile \n url: https://mp.weixin.qq.com/s/SavedYesterday0000000 \n saved date: Wed Jan 10 2024 12:00:00 GMT+0800\n-->";
    let run =
        Run::new().file("a.html", page(7, "1月5日 10:00", "<p>正文</p>").replace("<head>", &format!("{saved}<head>")));
    let done = run.backup(&[]).succeeds();
    assert_eq!(Articles::of(&run).only().0["published"], "2024-01-05T10:00:00+08:00");
    assert!(!done.said().contains("which day"));
}

/// The inputs from the field, where they are at hand, in the form in which they were given.
#[test]
fn the_inputs_from_the_field_are_read() {
    let Some(root) = cases() else { return };
    for (case, title) in [
        ("01b-unquoted-fixture", "河水涨了一尺"),
        ("14-wayback", "网页时光机的文章"),
        ("19a-gbk-declared", "国标编码的文章"),
        ("20-maoxian", "剪下来的文章"),
        ("28-english-dom", "English UI"),
    ] {
        let run = Run::new().input(root.join(case).join("in"));
        run.backup(&[]).succeeds();
        let record = Articles::of(&run).only().0.clone();
        assert_eq!(record["title"], title, "{case}");
        assert!(!record["id"].as_str().unwrap().starts_with("sha256:"), "{case}");
    }
}

fn cases() -> Option<PathBuf> {
    super::samples("../cases/articles")
}

/// A ZIP of Chinese Windows leaves the names of its files in GBK where it is unpacked on Linux: no text is their name, and as
/// text that replaces what cannot be read, all names of one length are the same.
#[cfg(target_os = "linux")]
#[test]
fn files_whose_names_are_no_unicode_are_read_each_for_itself() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let gbk = |name: &str| PathBuf::from(OsStr::from_bytes(&GB18030.encode(name).0));
    let picture = std::fs::read(crate::support::fixture("page/type0-complete/一篇图文_files/640.png")).unwrap();
    let shows = "<p>甲</p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Foreign/640?wx_fmt=png\" src=\"./春天_files/640.png\">";
    let mut run = Run::new();
    for (name, bytes) in [
        ("春天.html", page(1, "2024-01-01 10:00", shows).into_bytes()),
        ("春天_files/640.png", picture.clone()),
        ("秋天.html", page(2, "2024-01-02 10:00", "<p>乙</p>").into_bytes()),
        ("笔记.xyz", b"one".to_vec()),
        ("账目.xyz", b"two".to_vec()),
        ("坏掉.zip", b"PK\x03\x04 broken".to_vec()),
    ] {
        let path = run.folder().join("in").join(gbk(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let root = run.folder().join("in");
    run = run.input(&root);
    let first = run.backup(&["--json"]).json();
    assert_eq!(first["read"], 4, "{first}");
    assert_eq!(first["unrecognised"], serde_json::json!(["in/笔记.xyz", "in/账目.xyz"]));
    let articles = Articles::of(&run);
    assert_eq!(articles.0.len(), 2, "{:#?}", articles.0);
    let media =
        run.archive().join("public/data").join(articles.titled("保存的第1篇")["media"][0]["path"].as_str().unwrap());
    assert_eq!(std::fs::read(media).unwrap(), picture);
    let index = run.read("private/data/evidence/index.csv");
    assert!(index.contains("in/春天.html") && index.contains("in/秋天.html"), "{index}");
    assert!(gaps(&run).contains("坏掉.zip"), "{}", gaps(&run));
    // What was read is not read again, what could not be read is, and what is gone is no longer named.
    std::fs::remove_file(root.join(gbk("笔记.xyz"))).unwrap();
    let second = run.backup(&["--json"]).json();
    assert_eq!((&second["read"], &second["unchanged"]), (&0.into(), &3.into()), "{second}");
    assert_eq!(second["problems"].as_array().unwrap().len(), first["problems"].as_array().unwrap().len(), "{second}");
    std::fs::remove_file(root.join(gbk("坏掉.zip"))).unwrap();
    let third = run.backup(&["--json"]).json();
    assert_eq!(third["unrecognised"], serde_json::json!(["in/账目.xyz"]));
    assert!(third["problems"].as_array().unwrap().is_empty(), "{third}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_archive_may_lie_in_a_folder_whose_name_is_no_unicode() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt as _;

    let gbk = |name: &str| OsStr::from_bytes(&GB18030.encode(name).0).to_owned();
    let run = Run::new().file("a.html", page(1, "2024-01-01 10:00", "<p>甲</p>"));
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    for arguments in [
        [words(&["backup", "in", "-o"]), vec![gbk("存档")]].concat(),
        [words(&["verify"]), vec![gbk("存档")]].concat(),
        [words(&["copy"]), vec![gbk("存档"), gbk("副本")]].concat(),
        [words(&["pack"]), vec![gbk("存档")], words(&["-o", "packs"])].concat(),
        [words(&["unpack", "packs", "-o"]), vec![gbk("还原")]].concat(),
        [words(&["repair"]), vec![gbk("存档")], words(&["--from"]), vec![gbk("副本")]].concat(),
        [words(&["export", "--to", "markdown"]), vec![gbk("存档")], words(&["-o"]), vec![gbk("导出")]].concat(),
    ] {
        run.program(&arguments).succeeds();
    }
    assert!(run.folder().join("packs/存档-public.zip").is_file());
}
