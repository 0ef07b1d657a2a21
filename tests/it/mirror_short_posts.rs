//! Notes and videos in the mirror: pages, feeds, the sitemap, and what the owner chooses of them.

use std::collections::BTreeMap;

use liudi::Unattended;
use liudi::export::ExportOptions;
use liudi::export::selection::Selection;
use liudi::model::article::Provenance;
use liudi::model::post::{NOTE_SCHEMA, VIDEO_SCHEMA};
use liudi::model::{Class, Form, MediaKey, MediaRef, MediaRole, MediaUse, ShortPost, ShortPostFields, Time};
use liudi::pipeline::export::{Made, make_site, media_folder};

use super::mirror::{Bag, assert_self_contained, every_kind, files, image, page};

type Site = BTreeMap<String, Vec<u8>>;

fn used(bag: &Bag, key: MediaKey, role: MediaRole, size: Option<(u32, u32)>) -> MediaUse {
    let path = bag.held(&key);
    let (width, height) = size.unzip();
    let medium = MediaRef { key, role, urls: Vec::new(), local: None, width, height, md5: None, bytes: None };
    MediaUse {
        key: medium.key,
        role,
        url: None,
        sha256: None,
        bag: path.as_ref().map(|_| Class::Public),
        path,
        bytes: None,
        mime: None,
        width,
        height,
        missing: None,
    }
}

fn piece(bag: &mut Bag, id: &str, fields: ShortPostFields, media: Vec<MediaUse>) {
    let (folder, number) = match id.split_once(':').unwrap() {
        ("object", number) => ("videos", number.to_owned()),
        (_, name) => ("notes", name.rsplit_once('_').unwrap().1.to_owned()),
    };
    let piece = ShortPost {
        schema: if folder == "videos" { VIDEO_SCHEMA } else { NOTE_SCHEMA }.to_owned(),
        id: id.to_owned(),
        aliases: Vec::new(),
        class: Class::Public,
        held: media.iter().all(|medium| medium.path.is_some()),
        fields,
        matched_by: None,
        media,
        gaps: Vec::new(),
        provenance: Provenance::default(),
    };
    bag.file(&format!("{folder}/2024/{number}.json"), serde_json::to_vec(&piece).unwrap());
}

fn fields(form: Form, text: &str, date: &str) -> ShortPostFields {
    ShortPostFields {
        form: Some(form),
        text: Some(text.to_owned()),
        published: Time::from_wall(date),
        ..ShortPostFields::default()
    }
}

/// Every kind of article, a note of words, one of a picture, a video that is held and one that is not.
fn with_pieces(root: &std::path::Path) -> Bag {
    let mut bag = every_kind(root);
    bag.holds(&image("NotePicture").key, b"\x89PNG\r\n\x1a\n of a note", "png");
    bag.holds(&image("Poster").key, b"\xff\xd8\xff of a film", "jpg");
    bag.holds(&MediaKey::of_video("finder:object:101"), b"film", "mp4");
    piece(&mut bag, "note:MzA=_11", fields(Form::Text, "今晚八点 <读信>", "2024-03-01 20:00"), Vec::new());
    let picture = used(&bag, image("NotePicture").key, MediaRole::Picture, Some((300, 200)));
    piece(&mut bag, "note:MzA=_12", fields(Form::Picture, "", "2024-06-01 09:00"), vec![picture]);
    for (number, date) in [(101, "2024-04-01 18:00"), (102, "2023-12-01 18:00")] {
        let cover = used(&bag, image("Poster").key, MediaRole::Cover, Some((540, 720)));
        let film = MediaKey::of_video(&format!("finder:object:{number}"));
        let film = used(&bag, film, MediaRole::Video, None);
        let text = format!("第{number}个视频\n第二段");
        piece(&mut bag, &format!("object:{number}"), fields(Form::Video, &text, date), vec![cover, film]);
    }
    bag
}

fn made(bag: &Bag, only: &[&str], except: &[&str], hide: &str) -> (Site, Made) {
    let mut selection = Selection::new(only, except).unwrap();
    selection.hide(hide).unwrap();
    let base_url = selection.is_everything().then(|| "https://e.org".to_owned());
    let options = ExportOptions { selection, base_url, ..ExportOptions::default() };
    bag.write();
    let folder = bag.root().join("site");
    let made = make_site(bag.root(), &folder, &media_folder(&folder), &options, &Unattended::default()).unwrap();
    (files(&folder), made)
}

/// Names of the pages of notes and videos.
fn pieces(site: &Site) -> Vec<&str> {
    site.keys().filter_map(|name| name.strip_prefix("n/").or(name.strip_prefix("v/"))?.strip_suffix(".html")).collect()
}

#[test]
fn feeds_and_sitemap_tell_of_notes_and_videos_by_date() {
    let folder = tempfile::tempdir().unwrap();
    let (site, _) = made(&with_pieces(folder.path()), &[], &[], "");
    for name in ["atom.xml", "feed-full.xml"] {
        let feed = page(&site, name);
        assert_eq!(feed.matches("<entry>").count(), 9, "{name}");
        let at = |words: &str| feed.find(words).unwrap_or_else(|| panic!("{words} in {name}: {feed}"));
        // The newest first, whatever it is: a note, articles, a video of the same day's evening, an article …
        assert!(at("/n/2024/12.html") < at("转一篇"), "{name}");
        assert!(at("/v/2024/101.html") < at("图集"), "{name}");
        assert!(at("图集") < at("/n/2024/11.html") && at("/n/2024/11.html") < at("/v/2024/102.html"), "{name}");
        assert!(feed.contains("今晚八点 &amp;lt;读信&amp;gt;"), "words of a note: {feed}");
        assert!(feed.contains("https://e.org/media/"), "{feed}");
        assert!(feed.contains(".mp4"), "a held film plays in a reader of feeds");
    }
    assert!(page(&site, "rss.xml").contains("<link>https://e.org/v/2024/101.html</link>"));
    let json: serde_json::Value = serde_json::from_slice(&site["feed.json"]).unwrap();
    assert_eq!(json["items"][0]["url"], "https://e.org/n/2024/12.html");
    assert!(json["items"][0]["content_html"].as_str().unwrap().contains("width=\"300\" height=\"200\""));
    let sitemap = page(&site, "sitemap.xml");
    for place in ["n/2024/11.html", "n/2024/12.html", "v/2024/101.html", "v/2024/102.html", "videos/index.html"] {
        assert_eq!(sitemap.matches(&format!("<loc>https://e.org/{place}</loc>")).count(), 1, "{place}");
    }
    assert!(sitemap.contains("<lastmod>2024-06-01T09:00:00+08:00</lastmod>"));
}

#[test]
fn a_feed_changes_with_a_note_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = with_pieces(folder.path());
    made(&bag, &[], &[], "");
    piece(&mut bag, "note:MzA=_11", fields(Form::Text, "改成九点", "2024-03-01 20:00"), Vec::new());
    let (site, _) = made(&bag, &[], &[], "");
    assert!(page(&site, "atom.xml").contains("改成九点") && page(&site, "feed-full.xml").contains("改成九点"));
}

#[test]
fn the_owner_chooses_among_notes_and_videos_as_among_articles() {
    let folder = tempfile::tempdir().unwrap();
    let bag = with_pieces(folder.path());
    for (only, except, hide, left) in [
        (&["date:2024-03..2024-04"][..], &[][..], "", &["2024/11", "2024/101"][..]),
        (&["type:note"], &[], "", &["2024/11", "2024/12"]),
        (&["type:picture"], &[], "", &["2024/12"]),
        (&["type:video"], &[], "", &["2024/101", "2024/102"]),
        (&["type:article"], &[], "", &[]),
        (&["album:山居笔记"], &[], "", &[]),
        (&[], &["type:note"], "", &["2024/101", "2024/102"]),
        (&["object:101", "note:MzA=_11"], &[], "", &["2024/11", "2024/101"]),
        (&[], &[], "object:102\nnote:MzA=_12\n", &["2024/11", "2024/101"]),
    ] {
        let (site, report) = made(&bag, only, except, hide);
        assert_self_contained(&site);
        assert_eq!(pieces(&site), left, "{only:?} {except:?} {hide:?}");
        assert_eq!(report.unused_rules, [""; 0], "{hide}");
    }
}

#[test]
fn what_is_hidden_of_them_is_nowhere_and_what_others_use_stays() {
    let folder = tempfile::tempdir().unwrap();
    let bag = with_pieces(folder.path());
    let poster = bag.held(&image("Poster").key).unwrap();
    let picture = bag.held(&image("NotePicture").key).unwrap();
    let (site, report) = made(&bag, &[], &[], "object:102\nnote:MzA=_12\nnote:MzA=_99");
    assert_eq!((report.withheld, report.unused_rules), (2, vec!["note:MzA=_99".to_owned()]));
    for (name, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("第102个视频") && !text.contains("2024/12.html"), "{name}");
    }
    let stands = |path: &str| site.contains_key(path.replace("media/sha256/", "media/").as_str());
    assert!(!stands(&picture), "a picture that only a hidden note uses");
    assert!(stands(&poster), "a poster that a shown video uses too");
}

#[test]
fn a_poster_keeps_its_room_whether_its_film_is_held_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (site, _) = made(&with_pieces(folder.path()), &[], &[], "");
    let held = page(&site, "v/2024/101.html");
    let player = held.split("<video").nth(1).unwrap().split('>').next().unwrap();
    assert!(player.contains("poster=") && player.contains("width=\"540\" height=\"720\""), "{player}");
    let lost = page(&site, "v/2024/102.html");
    let figure = lost.split("<figure").nth(1).unwrap();
    assert!(figure.contains("<img") && figure.contains("width=\"540\" height=\"720\""), "{figure}");
    assert!(figure.contains("class=\"missing\""), "{figure}");
    for page in [held, lost] {
        assert_eq!(page.matches("property=\"og:type\"").count(), 1);
        assert_eq!(page.matches("rel=\"canonical\"").count(), 1);
        assert!(page.contains("content=\"video.other\""));
    }
}
