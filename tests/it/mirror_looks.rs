//! How bodies look in the mirror, as far as markup tells: spacers, players, titles of what has none, record details.

use std::collections::BTreeMap;

use liudi::model::article::{Counts, Provenance, ProvenanceSource, Reshare};
use liudi::model::{ArticleFields, MediaRef, MediaRole, Rank, Sha256, Time};

use crate::mirror::{Bag, build, fields, files, image, page};

fn text(site: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(site[name].clone()).unwrap()
}

#[test]
fn paragraphs_set_apart_by_empty_ones_are_not_set_apart_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.article(1, fields("旧", "2018-01-01 08:00"), Some("<p>一</p><p><br></p><p>二</p><p>&nbsp;</p><p>三</p>"));
    bag.article(2, fields("新", "2024-01-01 08:00"), Some("<p>一</p><p>二</p><p>三</p>"));
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let old = page(&site, "a/2018/");
    assert!(old.contains("class=\"body spaced\"") && old.matches("<p data-spacer>").count() == 2, "{old}");
    assert!(page(&site, "a/2024/").contains("class=\"body\""));
}

#[test]
fn small_print_in_pale_grey_can_be_read_on_a_light_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let body = r#"<p><span style="color: #999;">小字</span><strong style="color: #07c160;">绿字</strong></p>"#;
    bag.article(1, fields("字", "2024-01-01 08:00"), Some(body));
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    assert!(!html.contains("color:#999;") && html.contains("color:#07c160"), "{html}");
}

#[test]
fn a_text_without_title_is_listed_by_its_first_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let note = ArticleFields {
        item_show_type: Some(10),
        published: Time::from_wall("2024-04-02 12:00"),
        ..ArticleFields::default()
    };
    bag.article(1, note, Some("<p>今天没有船。</p><p>只有海鸥。</p>"));
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    assert!(text(&site, "index.html").contains("<strong>今天没有船。</strong>"));
    assert!(page(&site, "a/2024/").contains("<h1>今天没有船。</h1>"));
}

#[test]
fn a_film_of_the_body_is_not_shown_again_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let film =
        |id: &str| MediaRef { key: liudi::model::MediaKey::of_video(id), role: MediaRole::Video, ..image("unused") };
    for id in ["wxv_1000001", "wxv_1000002"] {
        bag.holds(&film(id).key, format!("film {id}").as_bytes(), "mp4");
    }
    let mut record = fields("片", "2024-01-01 08:00");
    record.item_show_type = Some(5);
    record.attachments = vec![film("wxv_1000001"), film("wxv_1000002")];
    let body = r#"<p><iframe class="video_iframe" data-mpvid="wxv_1000001"></iframe></p>"#;
    bag.article(1, record, Some(body));
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    assert_eq!(html.matches("<video ").count(), 2, "{html}");
    assert_eq!(html.matches("<figure class=\"film\">").count(), 1, "{html}");
}

#[test]
fn a_reshare_has_the_owners_words_once_and_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let mut record = fields("推荐", "2024-01-01 08:00");
    record.reshare = Some(Reshare {
        account_name: Some("老船长".into()),
        url: Some("https://mp.weixin.qq.com/s/Other".into()),
        guide_words: Some("写得真好".into()),
        ..Reshare::default()
    });
    bag.article(1, record, Some("<p>写得真好</p>"));
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    assert_eq!(html.matches("写得真好").count(), 1, "{html}");
    assert!(html.contains("转载自「老船长」") && html.contains(">查看原文</a>"), "{html}");
}

#[test]
fn the_record_says_where_the_page_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let mut record = fields("文", "2024-01-01 08:00");
    record.modified = Time::from_wall("2024-02-03 09:00");
    record.counts = Some(Counts { read: Some(100_001), capped: true, like: Some(7), ..Counts::default() });
    bag.article(1, record, Some("<p>字</p>"));
    let evidence = Sha256::of(b"the page");
    bag.provenance(&Provenance {
        sources: vec![ProvenanceSource {
            evidence,
            source: "page".into(),
            rank: Rank::PageData,
            as_of: Time::from_wall("2025-11-12 10:00"),
        }],
        ..Provenance::default()
    });
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    for known in ["2024年2月3日修改过", "阅读 100000+", "赞 7", "2025年11月12日", &evidence.hex(), "mid=2650000001"]
    {
        assert!(html.contains(known), "{known} is not in {html}");
    }
}

#[test]
fn years_are_pictured_month_by_month() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    for (number, date) in ["2023-03-01 08:00", "2023-03-09 08:00", "2024-12-31 23:59"].into_iter().enumerate() {
        bag.article(u32::try_from(number).unwrap() + 1, fields("文", date), Some("<p>字</p>"));
    }
    bag.write();
    let (site, _) = build(folder.path());
    let home = text(&files(&site), "index.html");
    assert!(home.contains("<svg class=\"activity\"") && home.contains("href=\"archive/2023.html#m03\""), "{home}");
    assert!(home.contains("2023年3月：2 篇") && home.contains("2024年12月：1 篇"), "{home}");
}
