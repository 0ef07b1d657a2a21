//! Media and texts that the archive lacks. One rule for every exporter: what is not there is named in its place and
//! counted; what the archive lists and has lost (deleted, cut short, changed) is named by its file as well, and the exit
//! status says that the archive is damaged. What an earlier export wrote of it stays.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use liudi::export::Scoped;
use liudi::export::registry::EXPORTERS;
use serde_json::{Value, json};

use super::support::{Run, tree};

/// What a file of an exporter says in the place of a picture that is not there.
const PICTURE: &str = "This image was not archived";
const BODY: &str = "The text of this post is missing";

/// Public exporters that write the bodies of posts and need no browser.
fn names() -> impl Iterator<Item = &'static str> {
    let public = EXPORTERS.iter().filter(|exporter| matches!(exporter, Scoped::Public(_)));
    public.map(|exporter| exporter.info().name).filter(|name| !["csv", "pdf", "xlsx"].contains(name))
}

fn page(number: u32, title: &str, body: &str) -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\">{body}</div><script>var ct = \"17200000{number:02}\";</script></body></html>"
    )
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 30).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// An archive of a post with a picture and one without.
fn archive(holds_picture: bool) -> Run {
    let image = "<p>茶</p><p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/NumberedPicture000001/640?wx_fmt=png\" data-imgfileid=\"504297283\"></p>";
    let mut run = Run::new()
        .file("out/有图的/index.html", page(1, "有图的", image))
        .file("out/没有的/index.html", page(2, "没有的", "<p>字在这里</p>"));
    if holds_picture {
        run = run.file("out/有图的/504297283.png", png());
    }
    run.backup(&["--no-mirror"]).succeeds();
    run
}

fn picture(run: &Run) -> PathBuf {
    let media = run.archive().join("public/data/media");
    let (path, _) = tree(&media).into_iter().find(|(path, _)| path.ends_with(".png")).unwrap();
    media.join(path)
}

fn body(run: &Run, text: &str) -> PathBuf {
    let articles = run.archive().join("public/data/articles");
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(text);
    let all = tree(&articles).into_iter().filter(|(path, _)| path.ends_with("/content.html"));
    articles.join(all.into_iter().find(|(_, bytes)| holds(bytes)).unwrap().0)
}

/// A way in which a file gets lost, and its name.
type Damage = (&'static str, fn(&Path));

fn damages() -> [Damage; 3] {
    let cut: fn(&Path) = |path| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    let change: fn(&Path) = |path| {
        let mut bytes = std::fs::read(path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(path, &bytes).unwrap();
    };
    [("deleted", |path| std::fs::remove_file(path).unwrap()), ("cut short", cut), ("changed", change)]
}

/// Exports with one of these exit statuses; returns the summary and all texts, also those in ZIP files.
fn export(run: &Run, name: &str, codes: &[i32]) -> (Value, BTreeMap<String, String>) {
    let archive = run.archive().display().to_string();
    let done = run.program(&["export", &archive, "--to", name, "-o", name, "--json"]);
    assert!(codes.contains(&done.code), "{name}: {} {}", done.code, done.said());
    let mut texts = BTreeMap::new();
    for (path, bytes) in tree(&run.folder().join(name)) {
        if let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) {
            for number in 0..zip.len() {
                let mut member = zip.by_index(number).unwrap();
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).unwrap();
                texts.insert(format!("{path}!/{}", member.name().unwrap()), String::from_utf8_lossy(&bytes).into());
            }
        } else {
            texts.insert(path, String::from_utf8_lossy(&bytes).into());
        }
    }
    (done.json()[0].clone(), texts)
}

/// Asserts that the summary and the texts name the one picture that is not there, and that nothing refers to a file that
/// is not there.
fn is_named(name: &str, how: &str, told: &Value, texts: &BTreeMap<String, String>) {
    if name != "mirror" {
        let missing = json!({"count": 1, "posts": 1, "named": ["有图的"]});
        assert_eq!(told["lost"]["missing"], missing, "{name}, {how}: {told}");
    }
    if name != "jsonl" {
        assert!(texts.values().any(|text| text.contains(PICTURE)), "{name}, {how}: {:?}", texts.keys());
    }
    assert!(!texts.keys().any(|path| path.ends_with(".png") || path.contains(".part")), "{name}, {how}: {texts:?}");
    let refers = |text: &String| text.contains("01.png") || text.contains("sha256/") || text.contains("data:image/png");
    let referring = texts.iter().find(|(_, text)| refers(text));
    assert!(referring.is_none(), "{name}, {how}: {referring:?}");
}

#[test]
fn a_picture_that_was_never_held_is_named_in_place() {
    let run = archive(false);
    for name in names() {
        let (told, texts) = export(&run, name, &[0]);
        is_named(name, "never held", &told, &texts);
        assert_eq!(told["damaged"], Value::Null, "{name}");
    }
}

#[test]
fn a_picture_that_the_archive_lost_is_named_in_place_and_by_its_file() {
    for (how, damage) in damages() {
        let run = archive(true);
        let lost = picture(&run);
        damage(&lost);
        // What an exporter does not read is not compared.
        let names = || names().filter(|name| how != "changed" || !["jsonl", "txt"].contains(name));
        for name in names() {
            for _ in 0..2 {
                let (told, texts) = export(&run, name, &[64]);
                is_named(name, how, &told, &texts);
                assert_eq!(told["damaged"], json!([lost.display().to_string()]), "{name}, {how}");
            }
        }
        // Once the file is back, so is the picture.
        std::fs::write(&lost, png()).unwrap();
        for name in names() {
            let (told, texts) = export(&run, name, &[0]);
            assert_eq!((&told["damaged"], &told["lost"]["missing"]), (&Value::Null, &Value::Null), "{name}, {how}");
            assert!(!texts.values().any(|text| text.contains(PICTURE)), "{name}, {how}");
            assert_eq!(export(&run, name, &[0]).0["written"], 0, "{name}, {how}");
        }
    }
}

/// The exporters that write one file a post keep what an earlier run wrote of one whose body is lost.
#[test]
fn a_post_whose_text_the_archive_lost_is_named_and_the_others_are_written() {
    for (how, damage) in damages() {
        let run = archive(true);
        let lost = body(&run, "茶");
        damage(&lost);
        for name in names() {
            let (told, texts) = export(&run, name, &[64]);
            let named = json!({"count": 1, "posts": 1, "named": ["有图的"]});
            assert_eq!(told["lost"]["body"], named, "{name}, {how}: {told}");
            assert_eq!(told["damaged"], json!([lost.display().to_string()]), "{name}, {how}");
            assert!(texts.values().any(|text| text.contains("字在这里")), "{name}, {how}: {:?}", texts.keys());
            let is_one_file_of_many = ["docx", "epub", "ghost", "jsonl", "wxr"].contains(&name);
            assert_eq!(texts.values().any(|text| text.contains(BODY)), is_one_file_of_many, "{name}, {how}");
        }
    }
}

#[test]
fn what_an_earlier_export_wrote_stays_when_the_archive_loses_it() {
    for (how, damage) in damages() {
        let run = archive(true);
        let before: Vec<_> = names().map(|name| (name, export(&run, name, &[0]).1)).collect();
        let kept = std::fs::read(picture(&run)).unwrap();
        damage(&picture(&run));
        damage(&body(&run, "茶"));
        for (name, before) in before {
            // Only exporters that read the texts to name their files can know that one has changed.
            let codes: &[i32] = if how == "changed" { &[0, 64] } else { &[64] };
            let (_, after) = export(&run, name, codes);
            assert!(after == before, "{name}, {how}");
        }
        let markdown = tree(&run.folder().join("markdown"));
        assert!(markdown.iter().any(|(_, bytes)| *bytes == kept), "{how}");
    }
}

#[test]
fn a_lost_record_stops_no_export_and_is_named() {
    for (how, spoil) in damages() {
        let run = archive(false);
        let record = body(&run, "字在这里").with_file_name("article.json");
        spoil(&record);
        for name in names() {
            let (told, texts) = export(&run, name, &[64]);
            let damaged = told["damaged"].to_string();
            assert!(damaged.contains("article.json") && !damaged.contains("content.html"), "{name}, {how}: {told}");
            assert!(texts.values().any(|text| text.contains("有图的")), "{name}, {how}: the other post is there");
        }
    }
    // A record that is whole as JSON and says something else is not published either.
    let run = archive(false);
    let record = body(&run, "字在这里").with_file_name("article.json");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, text.replace("没有的", "改过的")).unwrap();
    for name in names() {
        let (_, texts) = export(&run, name, &[64]);
        assert!(!texts.values().any(|text| text.contains("改过的")), "{name}");
    }
    // The run that reads it for the site makes it again.
    run.backup(&[]).succeeds().says("put right");
    assert!(!run.program(&["mirror", "archive"]).succeeds().said().contains("damaged"));
    assert_eq!(std::fs::read_to_string(&record).unwrap(), text);
    for name in names() {
        let (_, texts) = export(&run, name, &[0, 64]);
        assert!(texts.values().any(|text| text.contains("字在这里")), "{name}");
    }
}

#[test]
fn the_lists_of_the_account_and_of_albums_may_be_lost() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    for (file, (how, spoil)) in
        ["account.json", "albums.json"].into_iter().flat_map(|file| damages().map(|way| (file, way)))
    {
        spoil(&run.archive().join("public/data").join(file));
        for name in ["mirror", "markdown", "wxr"] {
            let (told, _) = export(&run, name, &[64]);
            assert!(told["damaged"].to_string().contains(file), "{name}, {file} {how}: {told}");
        }
        run.program(&["repair", "archive"]).succeeds();
    }
}
