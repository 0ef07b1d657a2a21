//! What `liudi export --to docx` writes for hostile posts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use image::{DynamicImage, ImageFormat};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::exports_blogs::{Made, TITLES};
use super::mirror::{Bag, fields, image as used};

/// The parts of a document. Every XML part is well-formed.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for number in 0..zip.len() {
        let mut member = zip.by_index(number).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        let name = member.name().unwrap().into_owned();
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let text = std::str::from_utf8(&bytes).unwrap();
            let allowed = |c: char| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
            assert!(text.chars().all(allowed), "{name}");
            let mut reader = Reader::from_str(text);
            while !matches!(reader.read_event().unwrap(), Event::Eof) {}
        }
        parts.insert(name, bytes);
    }
    parts
}

fn text(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(parts[name].clone()).unwrap()
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgba8(2000, 1000).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

const BODY: &str = "<h1>一</h1><h3><b>三</b></h3><p>a&#1;b]]&gt; &lt;w:p&gt; 😀 <u>u</u><s>s</s><sub>2</sub></p>\
    <ol start=\"3\"><li>三<ul><li>内<ol><li>深</li></ol></li></ul></li><li value=\"9\">九<ol style=\"list-style-type: lower-roman\"><li>i</li></ol></li><li><ul><li>空</li></ul></li></ol>\
    <table><tr><th rowspan=\"2\">甲</th><th colspan=\"100\">乙</th></tr><tr><td>a</td><td></td></tr></table>\
    <table><tr><td><table><tr><td>里</td></tr></table></td></tr></table>\
    <pre><code>if a &lt; b {\n\n\t[x]\n}</code></pre><blockquote><p>q</p><blockquote><p>qq</p></blockquote></blockquote>\
    <p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Held/0\" alt=\"&quot;茶&quot; &lt;&amp;\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Webp/0\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Drawn/0\" alt=\"画\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_svg/Shape/0\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Gone/0\" alt=\"缺\"></p>\
    <p><a href=\"https://mp.weixin.qq.com/s/Short2\">own</a> <a href=\"https://example.com/?a=1&amp;b=茶 水\">out</a> <a href=\"javascript:alert(1)\">no</a></p>";

fn hostile(root: &std::path::Path) -> Bag {
    let mut bag = Bag::new(root);
    bag.holds(&used("Held").key, &picture(ImageFormat::Png), "png");
    bag.holds(&used("Webp").key, &picture(ImageFormat::WebP), "webp");
    let svg =
        |body: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 300 200'>{body}</svg>").into_bytes();
    bag.holds(&used("Drawn").key, &svg("<text x='9' y='9'>画</text>"), "svg");
    bag.holds(&used("Shape").key, &svg("<circle cx='150' cy='100' r='90' fill='#0a0'/>"), "svg");
    for (number, title) in (1..).zip(TITLES) {
        bag.article(number, fields(title, &format!("2024-01-{number:02} 00:30")), (number != 6).then_some(BODY));
    }
    bag
}

#[test]
fn hostile_posts_become_documents_that_every_reader_takes() {
    let made = Made::new(hostile);
    made.export("docx", &[]).succeeds().says("picture of a format");
    let files = made.files("docx");
    assert_eq!(files.keys().filter(|path| path.ends_with(".docx")).count(), TITLES.len(), "{:?}", files.keys());
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".docx")) {
        let parts = parts(bytes);
        assert!(text(&parts, "docProps/core.xml").contains("<dcterms:created"), "{path}");
    }
    let (_, first) = files.iter().find(|(path, _)| path.starts_with("2024-01-01")).unwrap();
    let parts = parts(first);
    assert!(text(&parts, "docProps/core.xml").contains(">2023-12-31T16:30:00Z<"));
    let document = text(&parts, "word/document.xml");
    for part in [
        "<w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t xml:space=\"preserve\">一<",
        "<w:pStyle w:val=\"Heading3\"/>",
        "]]&gt; &lt;w:p&gt; 😀",
        "<w:u w:val=\"single\"/>",
        "<w:strike/>",
        "<w:vertAlign w:val=\"subscript\"/>",
        "<w:ilvl w:val=\"2\"/>",
        "<w:vMerge w:val=\"restart\"/>",
        "<w:vMerge w:val=\"continue\"/>",
        "<w:gridSpan w:val=\"2\"/>",
        "</w:tbl>\n<w:p/>\n<w:tbl>",
        "if a &lt; b {</w:t><w:br/><w:br/><w:tab/><w:t xml:space=\"preserve\">[x]</w:t><w:br/>",
        "descr=\"&quot;茶&quot; &lt;&amp;\"",
        "<wp:extent cx=\"5731510\" cy=\"2865755\"/>",
        // 300 by 200 pixels, though drawn finer.
        "<wp:extent cx=\"2857500\" cy=\"1905000\"/>",
        "［picture · 画 · ",
        "· 缺］",
    ] {
        assert!(document.contains(part), "{part}: {document}");
    }
    let media: Vec<&Vec<u8>> = parts.iter().filter(|(name, _)| name.contains("/media/")).map(|(_, one)| one).collect();
    assert!(media.len() == 3 && media.iter().all(|bytes| bytes.starts_with(b"\x89PNG")));
    let links = text(&parts, "word/_rels/document.xml.rels");
    assert!(links.contains("https://example.com/?a=1&amp;b=%E8%8C%B6%20%E6%B0%B4"), "{links}");
    assert!(links.contains("https://mp.weixin.qq.com/s/Short2") && !links.contains("javascript"), "{links}");
    let starts: Vec<String> = text(&parts, "word/numbering.xml")
        .split("startOverride w:val=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(starts, ["3", "1", "9", "1"]);
    assert!(text(&parts, "word/numbering.xml").contains("<w:abstractNumId w:val=\"4\"/><w:lvlOverride w:ilvl=\"1\">"));
    made.export("docx", &[]).succeeds().says("0 files written");
}

#[test]
fn a_year_has_a_contents_and_links_inside() {
    let made = Made::new(hostile);
    made.export("docx", &["--set", "volume=year"]).succeeds();
    let files = made.files("docx");
    let documents: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".docx")).collect();
    assert_eq!(documents.len(), 1);
    let parts = parts(documents[0].1);
    let document = text(&parts, "word/document.xml");
    let count = |part: &str| document.matches(part).count();
    assert_eq!(count("<w:pStyle w:val=\"TOC1\"/>"), TITLES.len());
    assert_eq!(count("<w:pStyle w:val=\"Heading1\"/><w:pageBreakBefore/>"), TITLES.len());
    assert_eq!((count("fldCharType=\"begin\""), count("fldCharType=\"end\"")), (1, 1));
    // Each picture is held once, however many posts show it.
    assert_eq!(parts.keys().filter(|name| name.contains("/media/")).count(), 3);
    let values = |name: &str| -> Vec<&str> {
        document.split(name).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    };
    let anchors = values("w:anchor=\"");
    let bookmarks: BTreeSet<&str> = values("w:name=\"").into_iter().collect();
    assert!(anchors.len() > TITLES.len() && anchors.iter().all(|anchor| bookmarks.contains(anchor)), "{anchors:?}");
    let ids = values("<wp:docPr id=\"");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}
