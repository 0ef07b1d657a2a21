//! `liudi export --to markdown` of every kind of post, and of every widget of the platform's editor.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read as _;

use liudi::export::form::FORMS;
use liudi::html::plain_text;
use regex::Regex;

use super::exports::{export, seen};
use super::support::{Run, fixture, samples};

/// The account of the fixtures.
const ACCOUNT: &str = "MzA0MDAwMDAwMA==";

/// The table of the elements that become cards.
const TABLE: &str = include_str!("../../src/html/widget/table.rs");

/// Words of the cards that a reader sees.
fn words() -> BTreeSet<&'static str> {
    let words = TABLE.lines().filter_map(|line| line.trim().strip_prefix("word: \"")?.strip_suffix("\","));
    words.filter(|word| !word.is_empty()).collect()
}

/// Every element of the table with every attribute that it may have.
fn cards() -> String {
    let table = TABLE.split("const KINDS").nth(1).unwrap().split("\n];").next().unwrap();
    let mut cards = String::new();
    for row in table.split("Kind {").skip(1) {
        let field = |name: &str, next: &str| {
            let text = row.split(name).nth(1).unwrap().split(next).next().unwrap();
            text.split('"').skip(1).step_by(2).collect::<Vec<_>>()
        };
        let (names, words) = (field("names:", "word:"), field("words:", "picture:"));
        let pictures = row.split("picture:").nth(1).unwrap().split('"').skip(1).step_by(2);
        for name in names {
            let (tag, class) = name.strip_prefix('.').map_or((name, ""), |class| ("section", class));
            let _ = write!(cards, "<p>{name}：</p><{tag} class=\"{class}\"");
            for word in &words {
                let _ = write!(cards, " {word}=\"{word} 的 *字*\"");
            }
            let picture = |name| format!(" {name}=\"https://mmbiz.qpic.cn/mmbiz_png/Card/0\"");
            cards.extend(pictures.clone().map(picture));
            let _ = write!(cards, "></{tag}>");
        }
    }
    cards
}

/// What the editor makes otherwise: players, stickers, quotations, code, formulas, links into the platform.
const OTHERS: &str = "<p>声<mpvoice name=\"早安\" voice_encode_fileid=\"MzA0_9\"></mpvoice></p>\
    <iframe class=\"video_iframe\" data-mpvid=\"wxv_5000000000000000009\" data-cover=\"https://mmbiz.qpic.cn/mmbiz_jpg/Film/0\"></iframe>\
    <audio src=\"https://res.wx.qq.com/voice/getvoice?mediaid=MzA0_8\"></audio><video src=\"https://mpvideo.qpic.cn/a/b.mp4\" poster=\"https://mmbiz.qpic.cn/mmbiz_jpg/Poster/0\"></video>\
    <embed type=\"image/svg+xml\" src=\"https://mmbiz.qpic.cn/mmbiz_svg/Formula/0\"><object data=\"https://v.qq.com/x/page/abc123.html\"></object>\
    <input type=\"image\" src=\"https://mmbiz.qpic.cn/mmbiz_png/Input/0\"><picture><source srcset=\"https://mmbiz.qpic.cn/mmbiz_png/Source/0\"></picture>\
    <mp-common-sticker data-src=\"https://mmbiz.qpic.cn/mmbiz_gif/Sticker/0\"></mp-common-sticker>\
    <mp-common-blockquote data-nickname=\"别的号\" data-url=\"https://mp.weixin.qq.com/s/Quoted\"><p>引文</p></mp-common-blockquote>\
    <blockquote class=\"js_blockquote_wrap\" data-url=\"https://mp.weixin.qq.com/s/Quoted\"><section class=\"js_blockquote_digest\">摘引</section></blockquote>\
    <section class=\"code-snippet__fix\"><ul class=\"code-snippet__line-index\"><li></li></ul><pre class=\"code-snippet__js\" data-lang=\"rust\"><code>fn main() {}</code><code>// 二</code></pre></section>\
    <p><a class=\"wx_topic_link\" data-topic=\"1\">#话题</a> <a class=\"weapp_text_link\" data-miniprogram-nickname=\"店\">进店</a></p>\
    <mp-common-unheard data-x=\"1\">未见过的<b>组件</b></mp-common-unheard><svg viewBox=\"0 0 9 9\"><text>图中字</text></svg>\
    <section style=\"background-image:url(https://mmbiz.qpic.cn/mmbiz_png/Ground/0)\"></section>";

fn page() -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"每种组件\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz={ACCOUNT}&amp;mid=2650000999&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\">{}{OTHERS}</div><script>var ct = \"1720000000\";</script></body></html>",
        cards()
    )
}

#[test]
fn every_widget_and_every_kind_of_post_has_its_golden_markdown() {
    let run = Run::new()
        .input(fixture("page"))
        .input(fixture("channels/post-list"))
        .input(fixture("getmsg/notes"))
        .file("widgets.html", page());
    run.backup(&["--no-mirror", "--account", ACCOUNT]);
    for layout in ["dir", "flat"] {
        let folder = run.folder().join(layout);
        let out = folder.display().to_string();
        export(&run, &["--to", "markdown", "-o", &out, "--set", &format!("layout={layout}")]).succeeds();
        let files = seen(&folder);
        let all = files.values().map(String::as_str).collect::<String>();
        // A message of a kind that the platform may invent is a note.
        let forms = FORMS.iter().filter(|form| **form != "note");
        let forms = forms.filter(|form| !all.contains(&format!("\ntype: \"{form}\"\n")));
        assert_eq!(forms.collect::<Vec<_>>(), [] as [&&str; 0], "no post of this form");
        assert!(all.contains("每种组件"), "{:?}", files.keys());
        let cards = words().into_iter().filter(|word| !all.contains(&format!("〔{word}〕")));
        assert_eq!(cards.collect::<Vec<_>>(), [] as [&str; 0], "no card of this kind");
        let seen = serde_json::to_string_pretty(&files).unwrap() + "\n";
        let expected = fixture("markdown").join(format!("widgets-{layout}.json"));
        if std::env::var_os("LIUDI_BLESS").is_some() {
            std::fs::write(&expected, seen).unwrap();
        } else {
            assert_eq!(seen, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", expected.display());
        }
    }
}

/// The letters and digits of a text, without notices for media that are not held.
fn letters(text: &str) -> String {
    let text = Regex::new("［[^］]*］").unwrap().replace_all(text, "");
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a reader of a Markdown file sees.
fn shown(markdown: &str) -> String {
    let mut text = markdown.splitn(3, "---\n").nth(2).unwrap().to_owned();
    for (pattern, with) in [
        (r"\]\(<?[^)\s]*>?\)", "]"),
        (r"<(https?://[^>]*)>", "$1"),
        (r"(?m)^```.*$", ""),
        (r"(?m)^[> ]*([0-9]+[.)]|[-*]) ", ""),
        (r"&#8203;|</?[a-z][^>]*>", ""),
        (r"&(amp|lt|gt);", ""),
        (r"&#[0-9]+;", ""),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
    }
    letters(&text)
}

/// Real pages, which are not part of the project. `tests/clients/markdown_text.py` compares their emphasis, as programs
/// render it.
#[test]
fn real_pages_keep_their_text_and_every_picture() {
    let Some(folder) = samples("pages") else { return };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if !entry.to_string_lossy().ends_with(".html.gz") {
            continue;
        }
        let mut page = String::new();
        let packed = std::fs::read(&entry).unwrap();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut page).unwrap();
        let run = Run::new().file("page.html", page);
        run.backup(&["--no-mirror"]);
        export(&run, &["--to", "markdown"]);
        let files = run.tree();
        let file = |start: &str, end: &str| {
            let found = files.iter().find(|(path, _)| path.starts_with(start) && path.ends_with(end));
            found.map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
        };
        // Of a page that says why the article is gone there is no body.
        let Some(body) = file("public/data/articles/", "/content.html") else { continue };
        let text = file("exports/markdown/", ".md").unwrap();
        let (was, now) = (letters(&plain_text(body)), shown(text));
        let at = was.chars().zip(now.chars()).take_while(|(a, b)| a == b).count();
        let after = |text: &str| text.chars().skip(at.saturating_sub(10)).take(40).collect::<String>();
        assert!(now.contains(&was), "{}: {} | {}", entry.display(), after(&was), after(&now));
        let pictures = body.matches("<img ").count() + body.matches("<image ").count();
        assert!(text.matches('［').count() >= pictures, "{}: {pictures}", entry.display());
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}
