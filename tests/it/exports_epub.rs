//! What `liudi export --to epub` writes for hostile posts: each book is what its list of files says, every page of it
//! is well-formed, and everything that a page names is in the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read as _};

use image::{DynamicImage, ImageFormat};
use liudi::model::article::AlbumRef;
use liudi::model::{ArticleFields, MediaRef, MediaRole};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::exports_blogs::{Made, TITLES};
use super::mirror::{Bag, fields, image as used, target};

/// The files of a book, in their order.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut members = Vec::new();
    for number in 0..zip.len() {
        let mut member = zip.by_index(number).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        members.push((member.name().unwrap().into_owned(), bytes));
    }
    members
}

/// An element of an XML file: its name and attributes.
type Element = (String, BTreeMap<String, String>);

/// Reads a well-formed XML file: its elements, and its text.
fn read(name: &str, bytes: &[u8]) -> (Vec<Element>, String) {
    let xml = std::str::from_utf8(bytes).unwrap();
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed), "{name}");
    let mut reader = Reader::from_str(xml);
    let (mut elements, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    assert!(!value.contains('<') || attribute.value.contains("&lt;"), "{name}: {value}");
                    (attribute.key.as_ref().to_owned(), value)
                });
                elements.push((start.name().as_ref().to_owned(), attributes.collect()));
            }
            Event::Text(part) => text.push_str(part.as_ref()),
            Event::GeneralRef(reference) => {
                let entity = format!("&{};", reference.as_ref());
                text.push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Event::Eof => return (elements, text),
            _ => {}
        }
    }
}

/// A book that is checked: the text of each chapter, the pictures that it shows, and all its files.
struct Book {
    titles: Vec<String>,
    chapters: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Book {
    fn check(bytes: &[u8]) -> Self {
        let members = members(bytes);
        assert_eq!(members[0], ("mimetype".to_owned(), b"application/epub+zip".to_vec()));
        let files: BTreeMap<String, Vec<u8>> = members.iter().cloned().collect();
        assert_eq!(files.len(), members.len());
        let (container, _) = read("container", &files["META-INF/container.xml"]);
        let root = container.iter().find_map(|(name, of)| (name == "rootfile").then(|| of["full-path"].clone()));
        let (package, _) = read("package", &files[&root.unwrap()]);
        let items: Vec<&BTreeMap<String, String>> =
            package.iter().filter(|(name, _)| name == "item").map(|(_, of)| of).collect();
        // The list of files is the files.
        let ids: BTreeMap<&str, &str> = items.iter().map(|item| (item["id"].as_str(), item["href"].as_str())).collect();
        assert_eq!(ids.len(), items.len());
        let listed: BTreeSet<String> = items.iter().map(|item| format!("EPUB/{}", item["href"])).collect();
        let others = ["mimetype", "META-INF/container.xml", "EPUB/package.opf"].map(str::to_owned);
        assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), listed.into_iter().chain(others).collect());
        let spine: Vec<&str> =
            package.iter().filter(|(name, _)| name == "itemref").map(|(_, of)| ids[of["idref"].as_str()]).collect();
        let mut used: BTreeSet<String> = BTreeSet::new();
        let mut book = Self { titles: Vec::new(), chapters: Vec::new(), files };
        for item in items.iter().filter(|item| item["media-type"].ends_with("xml")) {
            let name = &item["href"];
            let (elements, text) = read(name, &book.files[&format!("EPUB/{name}")]);
            if item["media-type"] != "application/xhtml+xml" {
                continue;
            }
            used.extend(book.addresses(name, &elements));
            if spine.contains(&name.as_str()) && name.starts_with("chapter-") {
                let page = String::from_utf8_lossy(&book.files[&format!("EPUB/{name}")]).into_owned();
                let title = page.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap();
                book.titles.push(quick_xml::escape::unescape(title).unwrap().into_owned());
                book.chapters.push(text);
            }
        }
        let (contents, _) = read("nav", &book.files["EPUB/nav.xhtml"]);
        let entries = contents.iter().filter(|(name, _)| name == "a").map(|(_, of)| of["href"].as_str());
        let chapters: Vec<&str> = spine.iter().copied().filter(|name| name.starts_with("chapter-")).collect();
        assert_eq!(entries.collect::<Vec<_>>(), chapters);
        // Nothing is packed that no page shows.
        let pictures: BTreeSet<String> =
            book.files.keys().filter(|name| name.starts_with("EPUB/images/")).cloned().collect();
        assert!(pictures.is_subset(&used), "{:?}", pictures.difference(&used));
        book
    }

    /// Returns the files that a page names. Everything else that it names is on the web, and only linked.
    fn addresses(&self, page: &str, elements: &[Element]) -> Vec<String> {
        let (mut found, mut ids) = (Vec::new(), BTreeSet::new());
        for (name, of) in elements {
            for (attribute, value) in of {
                assert!(!attribute.starts_with("on"), "{page}: {attribute}");
                let addresses: Vec<&str> = match attribute.as_str() {
                    "href" | "src" | "poster" => vec![value.as_str()],
                    "style" => {
                        value.split("url(").skip(1).map(|rest| rest.split(['\'', ')']).nth(1).unwrap()).collect()
                    }
                    "id" => {
                        assert!(ids.insert(value.clone()), "{page}: {value} twice");
                        continue;
                    }
                    _ => continue,
                };
                for address in addresses {
                    let is_linked = name == "a" && attribute == "href";
                    if is_linked && ["https://", "http://", "mailto:"].iter().any(|one| address.starts_with(one)) {
                        let strict = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
                        assert!(address.chars().all(strict), "{page}: {address}");
                        continue;
                    }
                    let file = target(&format!("EPUB/{page}"), address);
                    let file = file.unwrap_or_else(|| panic!("{page}: {name} {attribute}={address}"));
                    assert!(self.files.contains_key(&file), "{page}: {address}");
                    found.push(file);
                }
            }
        }
        found
    }

    fn page(&self, number: usize) -> String {
        String::from_utf8(self.files[&format!("EPUB/chapter-{number:04}.xhtml")].clone()).unwrap()
    }
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgba8(200, 100).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// Address of a picture of the platform.
fn at(name: &str) -> String {
    format!("https://mmbiz.qpic.cn/mmbiz_png/{name}/0")
}

fn hostile(root: &std::path::Path) -> Bag {
    let mut bag = Bag::new(root);
    for name in ["Held", "Ground", "Second", "Inside", "Poster", "Behind"] {
        let mut bytes = picture(ImageFormat::Png);
        bytes.extend_from_slice(name.as_bytes());
        bag.holds(&used(name).key, &bytes, "png");
    }
    bag.holds(&used("Webp").key, &picture(ImageFormat::WebP), "webp");
    bag.holds(&used("Cut").key, &picture(ImageFormat::Png)[..12], "png");
    bag.holds(&used("Heic").key, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic");
    bag.holds(
        &used("Drawn").key,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'><script>1</script><rect width='1' height='1'/></svg>",
        "svg",
    );
    bag.holds(&used("Broken").key, b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "svg");
    let nested = (0..90).fold("<p>底</p>".to_owned(), |inner, level| match level % 3 {
        0 => format!("<ul><li>{level}{inner}</li></ul>"),
        1 => format!("<ol><li>{level}{inner}</li>字</ol>"),
        _ => format!("<blockquote>{inner}</blockquote>"),
    });
    let row = format!("<tr><th rowspan=\"2\">甲</th>{}</tr>", "<td colspan=\"3\"><p>乙</p></td>".repeat(12));
    let table = format!("<table><caption>表<table><tr><td>内</td></tr></table></caption>{}</table>", row.repeat(1500));
    let bodies = [
        format!(
            "<h1>一\u{1}</h1><p title=\"x\u{1}\">a&#1;b\u{b}]]&gt; &lt;/p&gt; &amp;nbsp; 😀 <abbr title=\"&#2;全\">略</abbr></p><p><p>二</p>\
             <img data-src=\"{}\" alt=\"&quot;茶&#3;&quot; &lt;&amp;\"><img data-src=\"{}\"><img data-src=\"{}\"><img data-src=\"{}\" alt=\"缺\">\
             <img data-src=\"{}\" alt=\"残\"><img data-src=\"{}\"><img data-src=\"{}\"></p>",
            at("Held"),
            at("Webp"),
            at("Drawn"),
            at("Gone"),
            at("Cut"),
            at("Heic"),
            at("Broken")
        ),
        "<p><a href=\"https://mp.weixin.qq.com/s/Short2\">own</a> <a href=\"https://example.com/?a=1&amp;b=茶 水[]{}#x#y\">out</a>\
             <a href=\"javascript:alert(1)\">no</a><a href=\"JaVaScRiPt&colon;alert(1)\">no</a><a href=\"data:text/html,x\">no</a>\
             <a href=\"#top\">no</a><a href=\"../../etc/passwd\">no</a><a href=\"http://[::1\">no</a></p>\
             <p id=\"a\"></p><p id=\"a\"></p><svg><rect id=\"r\"/></svg><svg><rect id=\"r\"/><use href=\"#r\"/></svg>"
            .to_owned(),
        format!(
            "<section style=\"background:url({}),url({})\">上</section><section style=\"background-image:url({})\">缺</section>\
             <svg viewBox=\"0 0 9 9\" style=\"background-image:url({})\"><image href=\"{}\"/><image href=\"{}\"/><text>图中字</text>\
             <foreignObject><section><ul><li>里</li></ul></section></foreignObject></svg>\
             <p>视频：<iframe class=\"video_iframe\" data-mpvid=\"wxv_gone1\" data-cover=\"{}\"></iframe></p>",
            at("Ground"),
            at("Second"),
            at("Heic"),
            at("Behind"),
            at("Inside"),
            at("GoneInside"),
            at("Poster")
        ),
        nested,
        table,
        "<ul>散<li>项</li><p>散二</p></ul><dl><dd>无题</dd><dt>题</dt></dl><figure>图<figcaption>说</figcaption>后</figure>\
         <ruby>字<rt>zì</rt></ruby><details>无题<summary>迟</summary></details><h2><table><tr><td>题中表</td></tr></table></h2>\
         <a href=\"https://e.org/\">外<a href=\"https://e.org/2\">内</a></a><bdo>向</bdo><p>段<ul><li>段中</li></ul></p>"
            .to_owned(),
    ];
    for (number, title) in (1..).zip(TITLES) {
        let body = bodies.get(number as usize - 1).cloned();
        let album = |id: &str, title: &str| AlbumRef { id: id.into(), title: title.into(), url: None };
        let written = ArticleFields {
            author: Some("A\u{1} & <b>".into()),
            albums: vec![album("77", "a/b: <c> &\u{2}"), album("78", "A/B: <C> &")],
            cover: (number == 2).then(|| MediaRef { role: MediaRole::Cover, ..used("Gone") }),
            ..fields(title, &format!("2024-01-{number:02} 00:30"))
        };
        bag.article(number, written, body.as_deref());
    }
    bag.article(11, ArticleFields { title: Some("undated".into()), ..ArticleFields::default() }, Some("<p>x</p>"));
    bag
}

/// A title as the books write it.
fn shown(title: &str) -> String {
    let title: String = title.chars().filter(|c| !matches!(c, '\u{1}' | '\u{b}' | '\u{fffe}')).collect();
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn hostile_posts_become_books_that_are_whole() {
    let made = Made::new(hostile);
    let said = made.export("epub", &[]).succeeds().says("cannot hold").said();
    let files = made.files("epub");
    assert_eq!(files.keys().filter(|path| path.ends_with(".epub")).count(), 2, "{:?}", files.keys());
    let books: Vec<Book> =
        files.iter().filter(|(path, _)| path.ends_with(".epub")).map(|(_, bytes)| Book::check(bytes)).collect();
    let book = books.iter().find(|book| book.chapters.len() == TITLES.len()).unwrap();
    for (title, written) in TITLES.into_iter().zip(&book.titles).filter(|(title, _)| !title.is_empty()) {
        assert_eq!(*written, shown(title));
    }
    let first = book.page(1);
    for part in [
        "<h2>一</h2>",
        "ab]]&gt; &lt;/p&gt; &amp;nbsp; 😀 <abbr title=\"全\">略</abbr>",
        "alt=\"&quot;茶&quot; &lt;&amp;\"",
        "not archived: 缺]</em>",
        "cannot hold (damaged, or of another format): 残]</em>",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    // One picture is cut off, one is of another format; a drawing that is not well-formed becomes one.
    assert_eq!((first.matches("<img ").count(), first.matches("cannot hold").count()), (4, 2), "{first}");
    let links = book.page(2);
    assert!(links.contains("<a href=\"chapter-0002.xhtml\">own</a>"), "{links}");
    assert!(links.contains("https://example.com/?a=1&amp;b=%E8%8C%B6%20%E6%B0%B4%5B%5D%7B%7D#x%23y"), "{links}");
    assert!(!links.to_lowercase().contains("javascript") && links.matches("<a ").count() == 3, "{links}");
    let pictures = book.page(3);
    assert!(pictures.contains("图中字") && pictures.contains("里") && !pictures.contains("<svg"), "{pictures}");
    // Both backgrounds, that of the drawing, the picture in it, and the poster; the background of another format is left out.
    assert_eq!((pictures.matches("<img ").count(), pictures.matches("url('images/").count()), (3, 2), "{pictures}");
    assert!(book.chapters[3].contains("底") && book.chapters[4].matches('乙').count() == 1500 * 12);
    for words in ["散二", "无题", "迟", "题中表", "段中", "说"] {
        assert!(book.chapters[5].contains(words), "{words}");
    }
    let drawn = book.files.iter().find(|(name, _)| name.ends_with(".svg")).unwrap().1;
    let drawn = String::from_utf8_lossy(drawn);
    assert!(!drawn.contains("script") && !drawn.contains("onload"), "{drawn}");
    assert!(said.contains("background picture") && said.contains("that the archive lacks"), "{said}");
    made.export("epub", &[]).succeeds().says("0 files written");
}

#[test]
fn a_book_of_each_album_has_its_own_file_and_identifier() {
    let made = Made::new(hostile);
    made.export("epub", &["--volume", "album"]).succeeds();
    let files = made.files("epub");
    let mut identifiers = BTreeSet::new();
    let mut names = String::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".epub")) {
        let book = Book::check(bytes);
        let package = String::from_utf8(book.files["EPUB/package.opf"].clone()).unwrap();
        assert!(identifiers.insert(package.split("urn:uuid:").nth(1).unwrap()[..36].to_owned()), "{path}");
        let _ = writeln!(names, "{path}");
    }
    // Their titles differ in the case of letters alone, which some systems do not tell apart.
    assert_eq!((identifiers.len(), names.to_lowercase().lines().collect::<BTreeSet<_>>().len()), (3, 3), "{names}");
}
