//! What `liudi export` writes for WordPress, Halo and Ghost, from archives written here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use liudi::model::article::AlbumRef;
use liudi::model::{ArticleFields, Class, MediaRef, MediaRole, layout};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::mirror::{Bag, every_kind, fields, files, image};
use super::mirror_comments;
use super::support::{Done, Run};

/// An element without elements inside: its name with its domain, and its text.
type Leaf = (String, String);

/// Reads a WXR file: the leaves of its head, and of each item.
fn read(xml: &str) -> (Vec<Leaf>, Vec<Vec<Leaf>>) {
    let mut reader = Reader::from_str(xml);
    let (mut head, mut items, mut open): (Vec<Leaf>, Vec<Vec<Leaf>>, Vec<Leaf>) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let mut name = start.name().as_ref().to_owned();
                if let Some(domain) = start.try_get_attribute("domain").unwrap() {
                    name = name + " " + &domain.value;
                }
                if name == "item" {
                    items.push(Vec::new());
                }
                open.push((name, String::new()));
            }
            Event::Text(text) => open.last_mut().into_iter().for_each(|leaf| leaf.1.push_str(text.as_ref())),
            Event::CData(text) => open.last_mut().unwrap().1.push_str(text.as_ref()),
            Event::GeneralRef(reference) => {
                let name = format!("&{};", reference.as_ref());
                open.last_mut().unwrap().1.push_str(&quick_xml::escape::unescape(&name).unwrap());
            }
            Event::End(_) => {
                let leaf = open.pop().unwrap();
                if open.iter().any(|(name, _)| name == "item") {
                    items.last_mut().unwrap().push(leaf);
                } else {
                    head.push(leaf);
                }
            }
            Event::Eof => return (head, items),
            _ => {}
        }
    }
}

fn all<'l>(leaves: &'l [Leaf], name: &str) -> Vec<&'l str> {
    leaves.iter().filter(|(leaf, _)| leaf == name).map(|(_, text)| text.as_str()).collect()
}

fn one<'l>(leaves: &'l [Leaf], name: &str) -> &'l str {
    let found = all(leaves, name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

/// Returns the values of the fields of an item that are not WordPress' own.
fn metas(item: &[Leaf]) -> BTreeMap<&str, &str> {
    all(item, "wp:meta_key").into_iter().zip(all(item, "wp:meta_value")).collect()
}

fn posts(items: &[Vec<Leaf>]) -> Vec<&Vec<Leaf>> {
    items.iter().filter(|item| one(item, "wp:post_type") == "post").collect()
}

/// An archive for the program.
pub(super) struct Made {
    run: Run,
    folder: tempfile::TempDir,
}

impl Made {
    pub(super) fn new(fill: impl FnOnce(&std::path::Path) -> Bag) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path()).write();
        std::fs::write(layout::bag(folder.path(), Class::Public).join(layout::BAGIT), "").unwrap();
        std::fs::write(folder.path().join(layout::SHA256SUMS), "").unwrap();
        Self { run: Run::new(), folder }
    }

    /// Returns the folder in which the exports are.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.run.folder()
    }

    pub(super) fn export(&self, name: &str, more: &[&str]) -> Done {
        let archive = self.folder.path().display().to_string();
        self.run.program(&[&["export", &archive, "--to", name, "-o", name], more].concat())
    }

    pub(super) fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.run.folder().join(name))
    }

    fn text(&self, name: &str, path: &str) -> String {
        String::from_utf8(self.files(name)[path].clone()).unwrap()
    }

    /// The document in the ZIP file for Ghost, and the names and bytes of its media.
    fn ghost(&self) -> (Value, BTreeMap<String, Vec<u8>>) {
        let mut zip = zip::ZipArchive::new(Cursor::new(self.files("ghost")["ghost.zip"].clone())).unwrap();
        let mut members = BTreeMap::new();
        for number in 0..zip.len() {
            let mut member = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            members.insert(member.name().unwrap().into_owned(), bytes);
        }
        let mut document: Value = serde_json::from_slice(&members.remove("ghost.json").unwrap()).unwrap();
        (document["db"][0]["data"].take(), members)
    }
}

pub(super) const TITLES: [&str; 10] = [
    "a \"b\" 'c' & <i>d</i> R&D",
    "ends with ]]> and on",
    "{{x}} {% y %} [gallery] 😀",
    "two\nlines",
    "control\u{1}\u{b}\u{fffe}s",
    "同名",
    "同名",
    "<!--more--> <?php echo 1 ?>",
    "&lt;b&gt; &amp;",
    "",
];

/// Titles, authors, albums, tags and bodies of every kind that breaks writers.
fn hostile(root: &std::path::Path) -> Bag {
    let mut bag = Bag::new(root);
    bag.holds(&image("Held").key, b"\x89PNG held", "png");
    bag.holds(&image("Drawn").key, b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "svg");
    let body = "<p>[gallery ids=\"1\"] ]]&gt; &lt;!--more--&gt; &amp;lt;</p><table><tr><td colspan=\"2\">甲</td></tr><tr><td>a</td><td>b</td></tr></table>\
        <pre><code>if a &lt; b {\n\n    [x]\n}</code></pre><ul><li>一<ul><li>二</li></ul></li></ul><svg viewBox=\"0 0 1 1\"><rect width=\"1\" height=\"1\"/></svg>\
        <p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Held/0\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Drawn/0\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Gone/0\" alt=\"茶\"></p>\
        <p><a href=\"https://mp.weixin.qq.com/s/Short2\">own</a> <a href=\"https://example.com/?a=1&amp;b=2\">out</a> <a href=\"javascript:alert(1)\">no</a></p>";
    let authors = ["A B", "a-b", "阿岭", "", "\"x\"", "阿岭", "阿岭", "A B", "", "a-b"];
    for (number, (title, author)) in (1..).zip(TITLES.into_iter().zip(authors)) {
        let album = |id: &str, title: &str| AlbumRef { id: id.into(), title: title.into(), url: None };
        let written = ArticleFields {
            author: Some(author.into()),
            albums: vec![album("77", "Tea"), album("78", "茶"), album("79", "# C")],
            tags: vec!["茶".into(), "tea".into(), "#C++".into(), "C#".into()],
            summary: Some(format!("{}]]>", "摘".repeat(310))),
            ..fields(title, &format!("2024-01-{number:02} 00:30"))
        };
        bag.article(number, written, (number != 6).then_some(body));
    }
    bag.article(11, ArticleFields { title: Some("undated".into()), ..ArticleFields::default() }, Some("<p>x</p>"));
    bag
}

/// A title as both exports write it: in one line, without what XML cannot hold.
fn shown(title: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    title.chars().filter(|c| !matches!(c, '\u{1}' | '\u{b}' | '\u{fffe}')).collect()
}

#[test]
fn wordpress_reads_hostile_posts_as_they_were() {
    let made = Made::new(hostile);
    made.export("wxr", &["--base-url", "https://e.org/blog"]).succeeds();
    let (head, items) = read(&made.text("wxr", "wordpress.xml"));
    let posts = posts(&items);
    assert_eq!((posts.len(), items.len()), (11, 13));
    for (post, title) in posts.iter().zip(TITLES).filter(|(_, title)| !title.is_empty()) {
        // WordPress shows titles as HTML.
        let text = scraper::Html::parse_fragment(one(post, "title")).root_element().text().collect::<String>();
        assert_eq!(text, shown(title));
    }
    assert_eq!(one(posts[7], "title"), "&lt;!--more--> &lt;?php echo 1 ?>");
    assert_eq!(one(posts[8], "title"), "&amp;lt;b&amp;gt; &amp;amp;");
    assert_eq!(one(posts[0], "title"), "a \"b\" 'c' & &lt;i>d&lt;/i> R&D");
    let dates: Vec<&str> = posts.iter().map(|post| one(post, "wp:post_date")).collect();
    assert!(dates[..10].is_sorted() && dates[0] == "2024-01-01 00:30:00", "{dates:?}");
    assert_eq!(one(posts[0], "wp:post_date_gmt"), "2023-12-31 16:30:00");
    assert_eq!((dates[10], one(posts[10], "wp:status")), ("0000-00-00 00:00:00", "draft"));
    let numbers: BTreeSet<&str> = items.iter().map(|item| one(item, "wp:post_id")).collect();
    let slugs: BTreeSet<&str> = items.iter().map(|item| one(item, "wp:post_name")).collect();
    assert_eq!((numbers.len(), slugs.len()), (13, 13));
    assert!(slugs.iter().all(|slug| slug.is_ascii()), "{slugs:?}");
    // Every login, category and tag that an item names is in the head, once.
    for name in ["wp:author_login", "wp:author_email", "wp:category_nicename", "wp:tag_slug", "wp:term_id"] {
        let values = all(&head, name);
        assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), values.len(), "{name}: {values:?}");
    }
    assert!(items.iter().all(|item| all(&head, "wp:author_login").contains(&one(item, "dc:creator"))));
    assert!(all(&head, "wp:author_display_name").contains(&"\"x\""));
    assert_eq!(all(posts[0], "category category"), ["Tea", "茶", "# C"]);
    assert_eq!(all(posts[0], "category post_tag"), ["茶", "tea", "C++", "C"]);
    let body = one(posts[0], "content:encoded");
    for part in [
        "&#91;gallery ids=",
        "]]&gt; &lt;!--more--&gt; &amp;lt;",
        "<td colspan=\"2\">",
        "if a &lt; b {\n\n    &#91;x]\n}",
        "<li>一<ul><li>二</li></ul></li>",
        "<rect height=\"1\" width=\"1\"",
        "This image was not archived: 茶",
        "<a href=\"https://e.org/blog/20240102-2650000002-1/\">own</a>",
        "https://example.com/?a=1&amp;b=2",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("javascript:") && !body.contains("<script"), "{body}");
    assert!(one(posts[0], "excerpt:encoded").ends_with("摘]]>"));
    assert_eq!(one(posts[5], "content:encoded"), "");
    // A drawing that a browser opens is a page of the site.
    let drawn = made.files("wxr").into_iter().find(|(name, _)| name.ends_with(".svg")).unwrap().1;
    assert!(!String::from_utf8(drawn).unwrap().contains("script"));
}

#[test]
fn ghost_reads_hostile_posts_as_they_were_within_its_limits() {
    let made = Made::new(hostile);
    made.export("ghost", &[]).succeeds();
    let (data, media) = made.ghost();
    let posts = data["posts"].as_array().unwrap();
    assert_eq!((posts.len(), media.len()), (11, 2));
    for (post, title) in
        posts.iter().zip(TITLES).filter(|(_, title)| !title.is_empty() && !title.starts_with("control"))
    {
        assert_eq!(post["title"], shown(title));
    }
    assert_eq!((&posts[0]["status"], &posts[10]["status"]), (&Value::from("published"), &Value::from("draft")));
    assert_eq!(
        (&posts[0]["published_at"], &posts[10]["published_at"]),
        (&Value::from("2023-12-31T16:30:00.000Z"), &Value::Null)
    );
    assert_eq!(posts[0]["custom_excerpt"].as_str().unwrap().chars().count(), 300);
    let names: Vec<&str> = data["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    // An album and a tag of one name are one tag, and none begins with `#`.
    assert_eq!(names, ["Tea", "茶", "C", "C++", "tea"]);
    for (table, field) in [("tags", "slug"), ("tags", "id"), ("users", "email"), ("posts", "slug"), ("posts", "id")] {
        let rows = data[table].as_array().unwrap();
        let values: BTreeSet<&str> = rows.iter().map(|row| row[field].as_str().unwrap()).collect();
        assert_eq!(values.len(), rows.len(), "{table}.{field}");
    }
    let body: Value = serde_json::from_str(posts[0]["lexical"].as_str().unwrap()).unwrap();
    let html = body["root"]["children"][0]["html"].as_str().unwrap();
    assert!(html.contains("<a href=\"__GHOST_URL__/20240102-2650000002-1/\">own</a>"), "{html}");
    assert!(html.contains("[gallery ids=") && html.contains("not archived: 茶"), "{html}");
    let source = html.split("src=\"__GHOST_URL__/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(media[source], b"\x89PNG held");
    let svg = media.iter().find(|(name, _)| name.ends_with(".svg")).unwrap().1;
    assert!(!String::from_utf8_lossy(svg).contains("script"));
}

#[test]
fn a_cover_is_the_featured_image_and_a_picture_of_two_posts_is_attached_once() {
    let made = Made::new(|root| {
        let mut bag = every_kind(root);
        let cover = Some(MediaRef { role: MediaRole::Cover, ..image("Cover") });
        bag.article(9, ArticleFields { cover, ..fields("again", "2025-01-01 08:00") }, Some("<p>x</p>"));
        bag
    });
    made.export("wxr", &["--set", "media-base=https://cdn.example/up"]).succeeds();
    let (_, items) = read(&made.text("wxr", "wordpress.xml"));
    let attached: Vec<_> = items.iter().filter(|item| one(item, "wp:post_type") == "attachment").collect();
    let covers: Vec<&str> = posts(&items).iter().filter_map(|post| metas(post).get("_thumbnail_id").copied()).collect();
    assert_eq!((covers.len(), covers[0]), (2, covers[1]));
    let cover = attached.iter().find(|item| one(item, "wp:post_id") == covers[0]).unwrap();
    let place = metas(cover)["_wp_attached_file"];
    assert!(place.starts_with("2024/03/20240305-2650000001-1-"), "{place}");
    assert_eq!(one(cover, "wp:attachment_url"), format!("https://cdn.example/up/{place}"));
    let files = made.files("wxr");
    assert_eq!(files.keys().filter(|path| path.starts_with("uploads/")).count(), attached.len());
    for item in attached {
        assert!(files.contains_key(&format!("uploads/{}", metas(item)["_wp_attached_file"])));
    }
    made.export("ghost", &[]).succeeds();
    let (data, media) = made.ghost();
    let covers: Vec<&str> =
        data["posts"].as_array().unwrap().iter().filter_map(|post| post["feature_image"].as_str()).collect();
    assert_eq!((covers.len(), covers[0]), (2, covers[1]));
    assert!(media.contains_key(covers[0].trim_start_matches("__GHOST_URL__/")), "{covers:?}");
}

#[test]
fn a_large_export_is_divided_into_complete_files_of_that_size() {
    let made = Made::new(|root| {
        let mut bag = Bag::new(root);
        bag.holds(&image("Held").key, b"\x89PNG held", "png");
        for number in 1..=9 {
            let body = format!(
                "<p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Held/0\"></p><p>{}</p>",
                "[x] 字&amp;".repeat(20_000)
            );
            bag.article(number, fields(&format!("{number}"), &format!("2024-02-{number:02} 08:00")), Some(&body));
        }
        bag
    });
    made.export("wxr", &["--set", "split-mb=1"]).succeeds();
    let files = made.files("wxr");
    let parts: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".xml")).collect();
    assert!(parts.len() >= 3 && files.contains_key("wordpress-2.xml"), "{}", parts.len());
    let mut titles = Vec::new();
    for (path, bytes) in parts {
        assert!(bytes.len() <= 1_000_000, "{path}: {}", bytes.len());
        let (head, items) = read(std::str::from_utf8(bytes).unwrap());
        assert_eq!((one(&head, "wp:wxr_version"), all(&head, "wp:author").len()), ("1.2", 1));
        titles.extend(posts(&items).iter().map(|post| one(post, "title").to_owned()));
        assert_eq!(items.len(), posts(&items).len() + 1, "{path}: its picture is attached once");
    }
    titles.sort();
    assert_eq!(titles, (1..=9).map(|number| number.to_string()).collect::<Vec<_>>());
    made.export("wxr", &["--set", "split-mb=1"]).succeeds().says("0 files written");
    made.export("wxr", &[]).succeeds();
    assert_eq!(made.files("wxr").keys().filter(|path| path.ends_with(".xml")).count(), 1);
}

#[test]
fn comments_go_along_by_choice_with_their_replies() {
    let made = Made::new(every_kind);
    mirror_comments::write(made.folder.path());
    // WordPress shows names as HTML too.
    let path = layout::bag(made.folder.path(), Class::Private).join("data/comments/comments.jsonl");
    let rows = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, rows.replace("\"山下客\"", "\"山下客<i>\"")).unwrap();
    made.export("wxr", &[]).succeeds();
    let none = made.text("wxr", "wordpress.xml");
    assert!(!none.contains("<wp:comment>") && !none.contains("写得真好"));
    made.export("wxr", &["--comments", "all"]).succeeds();
    let text = made.text("wxr", "wordpress.xml");
    let (_, items) = read(&text);
    let post = posts(&items).into_iter().find(|post| !all(post, "wp:comment_id").is_empty()).unwrap();
    assert_eq!(one(post, "wp:comment_status"), "open");
    let numbers = all(post, "wp:comment_id");
    let parents = all(post, "wp:comment_parent");
    let by_text: BTreeMap<&str, (&str, &str)> =
        all(post, "wp:comment_content").into_iter().zip(numbers.into_iter().zip(parents)).collect();
    assert_eq!(by_text.len(), 4);
    assert!(all(post, "wp:comment_author").contains(&"山下客&lt;i>"));
    assert_eq!(by_text["写得真好&lt;b>"].1, "0");
    assert_eq!(by_text["谢谢你"].1, by_text["写得真好&lt;b>"].0);
    assert!(!text.contains("MARKER") && !text.contains("删掉的话"));
    // Ghost takes in no comments, which is said.
    made.export("ghost", &["--comments", "all"]).succeeds().says("comment (this export takes none): 4");
    made.export("ghost", &["--comments", "all", "--json"]).succeeds().says("\"comment\"");
}

#[test]
fn what_the_other_system_leaves_out_is_named() {
    let made = Made::new(|root| {
        let mut bag = every_kind(root);
        for number in 7..=9 {
            bag.article(number, fields(if number < 9 { "同刻" } else { "另题" }, "2025-03-01 08:00"), Some("<p>x</p>"));
        }
        bag
    });
    let twin = made.export("wxr", &[]).succeeds().said();
    assert!(twin.contains("add it by hand): 1 in 1 post: “同刻”"), "{twin}");
    // It is in the file: other systems take it in.
    assert_eq!(made.text("wxr", "wordpress.xml").matches("<title><![CDATA[同刻]]></title>").count(), 2);
    made.export("ghost", &[]).succeeds().says("no field for it): 1 in 1 post: “写信 & <script>”");
}

#[test]
fn old_links_lead_to_the_new_addresses() {
    let made = Made::new(every_kind);
    for (name, album) in [("wxr", "category/album-1234567890123456789"), ("ghost", "tag/album-1234567890123456789")] {
        made.export(name, &["--base-url", "https://e.org/b"]).succeeds();
        let table = made.text(name, "redirects/redirects.csv");
        for line in [
            "https://mp.weixin.qq.com/s/Short1,20240305-2650000001-1/,https://e.org/b/20240305-2650000001-1/"
                .to_owned(),
            format!(
                "https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&album_id=1234567890123456789,{album}/,https://e.org/b/{album}/"
            ),
        ] {
            assert!(table.lines().any(|one| one == line), "{line}: {table}");
        }
        assert!(table.lines().all(|line| line.split(',').count() == 3 && !line.ends_with(',')), "{table}");
        let rules = made.text(name, "redirects/_redirects");
        assert!(rules.contains("/s/Short1 /b/20240305-2650000001-1/ 301\n"), "{rules}");
        assert!(made.text(name, "redirects/nginx.map").contains("    /s/Short1 /b/20240305-2650000001-1/;\n"));
        made.export(name, &["--base-url", "https://e.org/b"]).succeeds().says("0 files written");
    }
    let own = made.text("ghost", "redirects/redirects.yaml");
    assert!(own.starts_with("301:\n  \"^/s/Short1/?$\": \"/20240305-2650000001-1/\"\n"), "{own}");
}

#[test]
fn a_file_that_the_archive_lost_is_named_and_the_posts_go_to_ghost() {
    let made = Made::new(hostile);
    let media = made.folder.path().join("public/data/media/sha256");
    let (lost, _) = files(&media).into_iter().find(|(name, _)| name.ends_with(".png")).unwrap();
    std::fs::remove_file(media.join(&lost)).unwrap();
    made.export("ghost", &[]).exits(64).says(lost.rsplit('/').next().unwrap());
    let (data, held) = made.ghost();
    assert_eq!((data["posts"].as_array().unwrap().len(), held.len()), (11, 1));
    assert!(data["posts"][0]["lexical"].as_str().unwrap().contains("not archived"));
    assert_eq!(made.files("ghost").len(), 5);
}

/// An SVG file inside a page is cleaned like one beside it: a browser opens a picture by itself if asked to.
#[test]
fn a_drawing_inside_a_page_runs_nothing() {
    let made = Made::new(|root| {
        let mut bag = Bag::new(root);
        let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><path d='M0 0h9v9z'/></svg>";
        bag.holds(&image("Drawn").key, svg.as_bytes(), "svg");
        let body = "<p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_svg/Drawn/0\"></p>";
        bag.article(1, fields("画", "2024-01-01 08:00"), Some(body));
        bag
    });
    made.export("html", &[]).succeeds();
    let pages: Vec<String> =
        made.files("html").values().map(|bytes| String::from_utf8(bytes.clone()).unwrap()).collect();
    let data = pages.iter().find_map(|page| page.split("data:image/svg+xml;base64,").nth(1)).unwrap();
    let svg = STANDARD.decode(data.split('"').next().unwrap()).unwrap();
    let svg = String::from_utf8(svg).unwrap();
    assert!(svg.contains("M0 0h9v9z") && !svg.contains("script") && !svg.contains("alert"), "{svg}");
}
