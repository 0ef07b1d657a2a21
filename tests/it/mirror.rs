//! The mirror, made from archives written here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use liudi::Unattended;
use liudi::export::ExportOptions;
use liudi::html::{SanitiseOptions, resolve, sanitise};
use liudi::model::article::{ARTICLE_SCHEMA, AlbumRef, Provenance, Reshare};
use liudi::model::{
    AccountFields, Article, ArticleFields, Class, MediaKey, MediaRef, MediaRole, MediaUse, Sha256, Time, layout,
};
use liudi::pipeline::export::{Summary, mirror};
use scraper::{Html, Selector};
use serde_json::Value;

/// A picture of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A public bag under way.
pub(crate) struct Bag {
    root: PathBuf,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    media: BTreeMap<String, String>,
}

impl Bag {
    pub(crate) fn new(root: &Path) -> Self {
        let account = AccountFields {
            name: Some("山间来信".into()),
            alias: Some("shanjian".into()),
            signature: Some("写给慢慢读的人".into()),
            ..AccountFields::default()
        };
        let mut bag = Self { root: root.to_owned(), files: BTreeMap::new(), media: BTreeMap::new() };
        bag.files.insert("account.json".into(), serde_json::to_vec(&account).unwrap());
        bag
    }

    /// Where the archive is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Holds a medium.
    pub(crate) fn holds(&mut self, key: &MediaKey, bytes: &[u8], extension: &str) {
        let path = layout::media_path(&Sha256::of(bytes), extension);
        self.files.insert(path.clone(), bytes.to_vec());
        self.media.insert(key.as_str().to_owned(), path);
    }

    /// Adds an article; `body` is raw HTML.
    pub(crate) fn article(&mut self, number: u32, fields: ArticleFields, body: Option<&str>) {
        self.article_of_class(number, fields, body, Class::Public);
    }

    pub(crate) fn article_of_class(
        &mut self,
        number: u32,
        mut fields: ArticleFields,
        body: Option<&str>,
        class: Class,
    ) {
        let (biz, mid) = ("MzA0MDAwMDAwMA==", 2_650_000_000 + number);
        fields
            .url
            .get_or_insert_with(|| format!("https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn=abc{number}"));
        let body = body.map(|raw| sanitise(raw, &SanitiseOptions::default()));
        let named = body
            .iter()
            .flat_map(|body| &body.media)
            .chain(&fields.pictures)
            .chain(&fields.cover)
            .chain(&fields.attachments);
        let media = named
            .map(|medium| MediaUse {
                key: medium.key.clone(),
                role: medium.role,
                url: medium.urls.first().cloned(),
                sha256: None,
                path: self.media.get(medium.key.as_str()).cloned(),
                bag: self.media.get(medium.key.as_str()).map(|_| Class::Public),
                bytes: None,
                mime: None,
                width: medium.width,
                height: medium.height,
                missing: None,
            })
            .collect();
        let date = fields.published.map_or_else(|| "00000000".into(), Time::compact_date);
        let folder = format!("articles/{}/{date}-{mid}-1-文章{number}", &date[..4]);
        if let Some(body) = &body {
            let html = resolve(&body.html, |key| self.media.get(key.as_str()).map(|path| format!("../../../{path}")));
            self.files.insert(format!("{folder}/content.html"), html.into_bytes());
        }
        let article = Article {
            schema: ARTICLE_SCHEMA.into(),
            id: format!("{biz}_{mid}_1"),
            aliases: vec![format!("short:Short{number}"), format!("sn:abc{number}")],
            class,
            fields,
            body: body.is_some(),
            text_chars: body.as_ref().map_or(0, |body| body.text_chars),
            media,
            links: body.as_ref().map(|body| body.links.clone()).unwrap_or_default(),
            census: body.map(|body| body.census).unwrap_or_default(),
            gaps: Vec::new(),
            widgets: Vec::new(),
            versions: Vec::new(),
            provenance: Provenance::default(),
        };
        self.files.insert(format!("{folder}/article.json"), serde_json::to_vec(&article).unwrap());
    }

    /// Puts a file into the bag, by its path inside `data/`.
    pub(crate) fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path.to_owned(), bytes);
    }

    /// Where a medium is held.
    pub(crate) fn held(&self, key: &MediaKey) -> Option<String> {
        self.media.get(key.as_str()).cloned()
    }

    /// Says of every article so far where it comes from.
    pub(crate) fn provenance(&mut self, provenance: &Provenance) {
        for (_, bytes) in self.files.iter_mut().filter(|(name, _)| name.ends_with("/article.json")) {
            let mut article: Article = serde_json::from_slice(bytes).unwrap();
            article.provenance = provenance.clone();
            *bytes = serde_json::to_vec(&article).unwrap();
        }
    }

    /// Writes the bag.
    pub(crate) fn write(&self) {
        let bag = layout::bag(&self.root, Class::Public);
        let mut manifest = String::new();
        for (path, bytes) in &self.files {
            let file = bag.join(layout::DATA).join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, bytes).unwrap();
            manifest = manifest + &Sha256::of(bytes).hex() + "  data/" + path + "\n";
        }
        fs::write(bag.join(layout::MANIFEST), manifest).unwrap();
    }
}

pub(crate) fn image(id: &str) -> MediaRef {
    MediaRef::at(format!("https://mmbiz.qpic.cn/mmbiz_png/{id}/0?wx_fmt=png"), MediaRole::Image)
}

pub(crate) fn fields(title: &str, date: &str) -> ArticleFields {
    ArticleFields { title: Some(title.into()), published: Time::from_wall(date), ..ArticleFields::default() }
}

/// An archive with every kind of article.
pub(crate) fn every_kind(root: &Path) -> Bag {
    let mut bag = Bag::new(root);
    for id in ["Held", "Cover", "Pic1", "Pic2", "Bg"] {
        let mut bytes = PIXEL.to_vec();
        bytes.extend_from_slice(id.as_bytes());
        bag.holds(&image(id).key, &bytes, "gif");
    }
    bag.holds(&MediaKey::of_voice("MzIvoice"), b"ID3 sound", "mp3");
    let body = r#"<section style="background-color:#fff;padding:10px"><p style="color:#333">第一段 <em>重点</em></p></section>
<p><img data-src="https://mmbiz.qpic.cn/mmbiz_png/Held/640?wx_fmt=png" data-w="1080" data-ratio="0.5"></p>
<p><img data-src="https://mmbiz.qpic.cn/mmbiz_png/Gone/640?wx_fmt=png" data-w="800" data-ratio="0.75"></p>
<section style="background-image:url('https://mmbiz.qpic.cn/mmbiz_png/Bg/640')">图上</section>
<section style="background-image:url('https://mmbiz.qpic.cn/mmbiz_png/BgGone/640')">无图</section>
<p><mp-common-mpaudio name="早安" voice_encode_fileid="MzIvoice"></mp-common-mpaudio></p>
<p><iframe class="video_iframe" data-mpvid="wxv_gone1" data-cover="https://mmbiz.qpic.cn/mmbiz_jpg/Cover/0"></iframe></p>
<p><a href="https://mp.weixin.qq.com/s/Short2?scene=1#rd">旧文</a>、<a href="http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=2650000003&amp;idx=1&amp;chksm=8#wechat_redirect">图集</a>、
<a href="https://mp.weixin.qq.com/s/NotHere">别处</a>、<a href="https://example.com/?a=1&amp;b=2">站外</a></p>
<h1>小标题</h1><table><tr><td>甲</td></tr></table><pre><code>a &lt; b</code></pre>
<svg viewBox="0 0 10 10"><image href="https://mmbiz.qpic.cn/mmbiz_png/Held/0"></image><rect width="5" height="5"><animate attributeName="opacity" values="0;1" dur="1s"/></rect></svg>"#;
    let album = AlbumRef { id: "1234567890123456789".into(), title: "山居笔记".into(), url: None };
    let first = ArticleFields {
        author: Some("某人".into()),
        place: Some("四川".into()),
        original: Some(true),
        summary: Some("摘要 <b>".into()),
        cover: Some(MediaRef { role: MediaRole::Cover, ..image("Cover") }),
        albums: vec![album.clone()],
        tags: vec!["读书".into()],
        source_url: Some("https://example.com/source".into()),
        ..fields("写信 & <script>", "2024-03-05 08:00")
    };
    bag.article(1, first, Some(body));
    let second = ArticleFields { albums: vec![album], ..fields("旧文", "2023-11-02 09:30") };
    bag.article(2, second, Some("<p>很久以前</p>"));
    let pictures = ["Pic1", "Pic2", "PicGone"].map(|id| MediaRef { role: MediaRole::Picture, ..image(id) }).to_vec();
    let third = ArticleFields { item_show_type: Some(8), pictures, ..fields("图集", "2024-04-01 12:00") };
    bag.article(3, third, Some("<p>说明</p>"));
    let note = ArticleFields {
        item_show_type: Some(10),
        summary: Some("没有标题的一段话".into()),
        published: Time::from_wall("2024-04-02 12:00"),
        ..ArticleFields::default()
    };
    bag.article(4, note, Some("<p>没有标题的一段话<br>第二行</p>"));
    let reshare = ArticleFields {
        reshare: Some(Reshare {
            account_name: Some("别家".into()),
            title: Some("别家的文章".into()),
            url: Some("https://mp.weixin.qq.com/s/Other".into()),
            guide_words: Some("推荐一读".into()),
            ..Reshare::default()
        }),
        ..fields("转一篇", "2024-05-01 12:00")
    };
    bag.article(5, reshare, None);
    bag.article_of_class(
        6,
        fields("PRIVATE-MARKER", "2024-05-02 12:00"),
        Some("<p>PRIVATE-MARKER</p>"),
        Class::Private,
    );
    bag
}

pub(crate) fn build(root: &Path) -> (PathBuf, Summary) {
    let site = root.join("site");
    let summary = mirror(root, &site, &ExportOptions::default(), &Unattended::default()).unwrap();
    (site, summary)
}

pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        found.insert(name, fs::read(entry.path()).unwrap());
    }
    found
}

pub(crate) fn page(site: &BTreeMap<String, Vec<u8>>, part: &str) -> String {
    let (_, bytes) = site.iter().find(|(name, _)| name.contains(part)).unwrap_or_else(|| panic!("no {part}"));
    String::from_utf8(bytes.clone()).unwrap()
}

/// Every URL that a page makes a browser load, and every link, with whether it is loaded.
pub(crate) fn urls(html: &str) -> Vec<(bool, String)> {
    let document = Html::parse_document(html);
    let mut found = Vec::new();
    for element in document.tree.root().descendants().filter_map(scraper::ElementRef::wrap) {
        let name = element.value().name();
        for (attribute, value) in element.value().attrs() {
            let loaded = match attribute {
                "src" | "poster" | "srcset" | "data" | "background" | "action" | "formaction" | "manifest" | "ping" => {
                    true
                }
                "href" => name != "a",
                // A page may send its reader on, but only within the site.
                "content" => {
                    if let Some((_, url)) = value.split_once("; url=") {
                        found.push((true, url.to_owned()));
                    }
                    assert!(!value.replace("; url=", "").to_lowercase().contains("url="), "{value}");
                    continue;
                }
                _ => {
                    assert!(!attribute.starts_with("on"), "{attribute} in {name}");
                    if attribute == "style" {
                        found.extend(css_urls(value).into_iter().map(|url| (true, url)));
                    }
                    continue;
                }
            };
            let rel = element.value().attr("rel").unwrap_or_default();
            let named_only = name == "link" && matches!(rel, "canonical" | "alternate");
            found.push((loaded && !named_only, value.to_owned()));
        }
        if name == "style" {
            found.extend(css_urls(&element.text().collect::<String>()).into_iter().map(|url| (true, url)));
        }
        assert!(!matches!(name, "iframe" | "object" | "embed" | "base"), "{name}");
    }
    found
}

fn css_urls(css: &str) -> Vec<String> {
    assert!(!css.contains("@import"), "{css}");
    css.split("url(").skip(1).map(|part| part.split(')').next().unwrap().trim_matches(['"', '\'']).to_owned()).collect()
}

/// The file of the site that `url` names from `page`; `None` for what is no file of the site.
pub(crate) fn target(page: &str, url: &str) -> Option<String> {
    if url.contains(':') || url.starts_with('#') || url.starts_with("//") {
        return None;
    }
    let path =
        percent_encoding::percent_decode_str(url.split(['#', '?']).next().unwrap()).decode_utf8().unwrap().into_owned();
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        if part == ".." {
            assert!(parts.pop().is_some(), "{url} leaves the site from {page}");
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

/// Holds for any site: nothing is loaded from elsewhere, every local URL is relative and names a file that is there.
pub(crate) fn assert_self_contained(site: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in site {
        let text = String::from_utf8_lossy(bytes);
        if name.ends_with(".css") {
            assert_eq!(css_urls(&text), Vec::<String>::new(), "{name}");
        }
        if !name.ends_with(".html") {
            continue;
        }
        assert!(
            text.contains("Content-Security-Policy") && text.contains("default-src 'none'"),
            "{name} has no policy"
        );
        for (loaded, url) in urls(&text) {
            match target(name, &url) {
                Some(file) => assert!(site.contains_key(&file), "{name} names {url}, which is not there"),
                None => {
                    assert!(!loaded || url.starts_with("data:image/") || url.starts_with('#'), "{name} loads {url}");
                }
            }
        }
    }
}

#[test]
fn the_site_is_whole_and_asks_no_other_host() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    assert_self_contained(&site);
    for name in [
        "index.html",
        "archive/index.html",
        "archive/2024.html",
        "archive/2023.html",
        "albums/1234567890123456789.html",
        "404.html",
        "about.html",
    ] {
        assert!(site.contains_key(name), "{name}");
    }
    assert!(page(&site, "archive/2024.html").contains("2024年4月"));
    assert!(String::from_utf8_lossy(&site["index.html"]).contains("写信 &amp; &lt;script&gt;"));
}

#[test]
fn an_article_page_has_what_is_known_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let html = page(&site, "a/2024/20240305");
    let document = Html::parse_document(&html);
    let select = |css: &str| document.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    assert_eq!(select("h1").len(), 1);
    assert_eq!(select("h1")[0].text().collect::<String>(), "写信 & <script>");
    assert!(
        html.contains("某人") && html.contains("发表于四川") && html.contains("2024年3月5日") && html.contains("原创")
    );
    let picture = select(".body img")[0];
    assert!(picture.value().attr("src").unwrap().starts_with("../../media/"));
    assert_eq!((picture.value().attr("width"), picture.value().attr("height")), (Some("1080"), Some("540")));
    assert_eq!(picture.value().attr("loading"), None, "the first picture is not lazy");
    assert!(html.contains("这张图片没有存档") && html.contains("这段视频没有存档"));
    assert!(!html.contains("liudi-media:") && !html.contains("style=\""), "{html}");
    let hrefs: Vec<&str> = select(".body a").iter().filter_map(|a| a.value().attr("href")).collect();
    assert!(hrefs[0].starts_with("../2023/20231102-") && hrefs[0].ends_with(".html"), "{hrefs:?}");
    assert!(hrefs[1].starts_with("20240401-"), "{hrefs:?}");
    assert_eq!(hrefs[2..], ["https://mp.weixin.qq.com/s/NotHere", "https://example.com/?a=1&b=2"]);
    let rels: Vec<Option<&str>> = select(".body a").iter().map(|a| a.value().attr("rel")).collect();
    assert!(rels[0].is_none() && rels[2].unwrap().contains("noreferrer") && rels[3].unwrap().contains("external"));
    assert_eq!(select(".body audio").len(), 1);
    assert_eq!(select(".body svg animate").len(), 1);
    assert!(select(".scroll > table").len() == 1 && select(".body h2").len() == 1);
    assert!(html.contains("light-dark("), "authored colours have a dark counterpart");
}

#[test]
fn every_type_has_its_form() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let gallery = page(&site, "a/2024/20240401");
    assert_eq!(gallery.matches("<a href=\"../../media/").count(), 2);
    assert!(gallery.contains("这张图片没有存档") && gallery.contains("说明"));
    let note = page(&site, "a/2024/20240402");
    assert!(note.contains("<article class=\"form-text\"") && note.contains("<h1>没有标题的一段话</h1>"));
    let reshare = page(&site, "a/2024/20240501");
    assert!(
        reshare.contains("推荐一读")
            && reshare.contains("别家的文章")
            && reshare.contains("https://mp.weixin.qq.com/s/Other")
    );
}

#[test]
fn a_body_of_another_hand_is_sanitised_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.article(1, fields("改过", "2024-01-01 08:00"), Some("<p>好</p>"));
    let content = bag.files.keys().find(|name| name.ends_with("content.html")).unwrap().clone();
    bag.files.insert(
        content,
        b"<p>text<script>alert(1)</script><img src=\"https://evil.example/x.png\" onerror=\"x()\">".to_vec(),
    );
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    assert_self_contained(&site);
    let html = page(&site, "a/2024/");
    assert!(html.contains("text") && !html.contains("alert(1)") && !html.contains("onerror"), "{html}");
}

#[test]
fn the_same_archive_gives_the_same_bytes_and_an_unchanged_one_writes_nothing() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    every_kind(one.path()).write();
    every_kind(two.path()).write();
    let (first, summary) = build(one.path());
    assert!(summary.written > 10 && summary.removed == 0);
    let before = files(&first);
    assert_eq!(before, files(&build(two.path()).0));
    let (_, again) = build(one.path());
    assert_eq!((again.written, again.removed), (0, 0));
    assert_eq!(again.unchanged, summary.written);
    fs::write(first.join("CNAME"), "example.com").unwrap();
    fs::remove_file(first.join("archive/2023.html")).unwrap();
    let (_, repaired) = build(one.path());
    assert_eq!(repaired.written, 1, "what is gone is written again");
    assert!(first.join("CNAME").exists(), "a file of somebody else stays");
}

/// Each leaf of a record but those that name it, changed alone.
fn changed(record: &Value) -> Vec<(String, Value)> {
    fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), found)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(place, value)| leaves(value, &format!("{path}/{place}"), found));
            }
            Value::String(_) => found.push(path.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    leaves(record, "", &mut found);
    let frozen = ["/schema", "/id", "/class", "/biz", "/path", "/key", "/role", "/bag", "/url", "/kind"];
    found.retain(|path| !frozen.iter().any(|end| path.ends_with(end)));
    let change = |path: String| {
        let mut record = record.clone();
        let leaf = record.pointer_mut(&path).unwrap();
        let text = leaf.as_str().unwrap();
        let time = text.parse::<jiff::Timestamp>().is_ok();
        *leaf = Value::from(if time { text.replace("20", "21") } else { format!("{text}改") });
        (path, record)
    };
    found.into_iter().map(change).collect()
}

/// A page, a list or a feed whose input changed is written again, whatever it shows of it.
#[test]
fn a_site_that_is_brought_up_to_date_equals_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = every_kind(folder.path());
    for number in 10..65 {
        let fields = fields(&format!("第{number}篇"), &format!("2020-01-{:02} 08:00", number % 28 + 1));
        bag.article(number, ArticleFields { modified: fields.published, ..fields }, Some("<p>文</p>"));
    }
    let first = |bag: &Bag, part: &str| bag.files.keys().find(|path| path.contains(part)).unwrap().clone();
    let oldest = first(&bag, "文章27/article.json");
    let newest = first(&bag, "文章1/article.json");
    let mut tried = 0;
    for path in ["account.json".to_owned(), oldest, newest] {
        let before = bag.files[&path].clone();
        for (leaf, record) in changed(&serde_json::from_slice(&before).unwrap()) {
            bag.write();
            build(folder.path());
            bag.files.insert(path.clone(), serde_json::to_vec(&record).unwrap());
            bag.write();
            let (site, _) = build(folder.path());
            let updated = files(&site);
            fs::remove_dir_all(&site).unwrap();
            let anew = files(&build(folder.path()).0);
            let stale: Vec<_> = anew.keys().filter(|name| updated.get(*name) != anew.get(*name)).collect();
            assert!(stale.is_empty() && updated.len() == anew.len(), "{path}{leaf}: {stale:?}");
            bag.files.insert(path.clone(), before.clone());
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn a_new_article_touches_only_what_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = every_kind(folder.path());
    bag.write();
    let (site, _) = build(folder.path());
    let before = files(&site);
    bag.article(9, fields("新文", "2024-06-01 08:00"), Some("<p>新</p>"));
    bag.write();
    let (_, summary) = build(folder.path());
    let after = files(&site);
    let changed: Vec<&String> =
        after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)).map(|(name, _)| name).collect();
    assert!(summary.written < 22, "{summary:?} {changed:?}");
    assert!(!changed.iter().any(|name| name.contains("20240305") || name.contains("20231102")), "{changed:?}");
    assert!(changed.iter().any(|name| name.contains("20240501")), "the page before has a new neighbour");
    fs::remove_dir_all(layout::bag(folder.path(), Class::Public)).unwrap();
    every_kind(folder.path()).write();
    let (_, summary) = build(folder.path());
    assert!(summary.removed >= 1);
    assert_eq!(files(&site), before, "what was removed from the archive leaves the site");
}

#[test]
fn a_template_of_the_persons_own_stands_in_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    let templates = folder.path().join("own");
    fs::create_dir_all(&templates).unwrap();
    fs::write(
        templates.join("404.html.j2"),
        "{% extends \"base.html.j2\" %}{% block main %}OWN {{ site.title }}{% endblock %}",
    )
    .unwrap();
    let options = ExportOptions { templates: Some(templates.clone()), ..ExportOptions::default() };
    let site = folder.path().join("site");
    mirror(folder.path(), &site, &options, &Unattended::default()).unwrap();
    assert!(fs::read_to_string(site.join("404.html")).unwrap().contains("OWN 山间来信"));
    fs::write(templates.join("404.html.j2"), "{% if %}").unwrap();
    let error = mirror(folder.path(), &site, &options, &Unattended::default()).unwrap_err();
    assert_eq!(
        (error.code(), error.argument("file").as_deref(), error.argument("line").as_deref()),
        ("template-broken", Some("404.html.j2"), Some("1"))
    );
}
