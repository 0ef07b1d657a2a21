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
    let html = page(&site, "a/2024/");
    assert!(html.contains("<h1>今天没有船。</h1>") && html.contains("只有海鸥。"));
    assert_eq!(main(&html).matches("今天没有船").count(), 1, "{html}");
}

/// What stands between a page's header and its footer.
fn main(html: &str) -> &str {
    html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).unwrap().0
}

#[test]
fn a_text_that_begins_with_its_title_is_read_once_and_never_cut_above_itself() {
    let long =
        "大家好，我是新来的，这是一个新的账号，名字还是原来的那个，没有卖号，只是把主体迁移到了自己名下，请放心。";
    for (title, body, quiet) in [
        (Some("短短一句"), "<p>短短一句</p><p>第二行</p>", false),
        (Some("短短一句"), "<p>短短一句<br>第二行</p>", false),
        (Some(long), &format!("<p>{long}</p><p>第二行</p>"), true),
        (None, &format!("<p>{long}</p><p>第二行</p>"), true),
        (Some(long), &format!("<section><p><span>{long}</span></p></section><p>第二行</p>"), true),
        (Some(&format!("{long}\n第二行")[..]), &format!("<p>{long}</p><p>第二行</p>"), true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut bag = Bag::new(folder.path());
        let note = ArticleFields {
            item_show_type: Some(10),
            title: title.map(str::to_owned),
            published: Time::from_wall("2024-04-02 12:00"),
            ..ArticleFields::default()
        };
        bag.article(1, note, Some(body));
        bag.write();
        let (site, _) = build(folder.path());
        let site = files(&site);
        let html = page(&site, "a/2024/");
        let start = if quiet { "大家好，我是新来的" } else { "短短一句" };
        let main = main(&html);
        assert_eq!(main.matches(start).count(), 1, "{title:?}: {main}");
        assert!(main.contains("第二行") && !main.contains('…') && main.matches("<h1").count() == 1, "{main}");
        assert_eq!(main.contains("<h1 class=\"quiet\">文字 · 2024年4月2日</h1>"), quiet, "{main}");
        let home = text(&site, "index.html");
        assert!(
            !quiet
                || home
                    .contains("<strong>大家好，我是新来的，这是一个新的账号，名字还是原来的那个，没有卖号…</strong>"),
            "{home}"
        );
    }
}

#[test]
fn no_class_of_a_page_is_a_class_of_a_part() {
    let folder = tempfile::tempdir().unwrap();
    crate::mirror::every_kind(folder.path()).write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let sheet = text(&site, "assets/style.css");
    let mut kinds = std::collections::BTreeSet::new();
    for (name, bytes) in site.iter().filter(|(name, _)| name.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        let Some((_, rest)) = html.split_once("<body class=\"") else { continue };
        let classes = rest.split('"').next().unwrap();
        for class in classes.split(' ') {
            kinds.insert(class.to_owned());
            assert!(class.starts_with("page-"), "{name}: {class}");
            let part = format!("class=\"{class}\"");
            assert!(html.matches(&part).count() <= 1, "{name}: {class} is on something else too");
        }
    }
    assert!(kinds.len() >= 7, "{kinds:?}");
    for class in sheet.split(['.', ' ', ',', '{', '>', ':', '(', ')', '[']).filter(|word| word.starts_with("page-")) {
        assert!(kinds.contains(class), "{class} is the class of no page");
    }
}

#[test]
fn many_pictures_that_are_not_held_are_one_note() {
    let pictures = |number: usize| {
        let picture = |at: usize| {
            format!(
                "<p>第{at}段</p><p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Gone{at}/0\" alt=\"图{at}\"></p>"
            )
        };
        (0..number).map(picture).collect::<Vec<String>>().concat()
    };
    for (number, folded) in [(3, false), (5, true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut bag = Bag::new(folder.path());
        bag.article(1, fields("缺图", "2024-01-01 08:00"), Some(&pictures(number)));
        bag.write();
        let (site, _) = build(folder.path());
        let html = page(&files(&site), "a/2024/");
        assert_eq!(html.contains("这篇文章有 5 张图片没有存档"), folded, "{html}");
        assert_eq!(html.matches("class=\"missing\"").count(), if folded { 0 } else { number }, "{html}");
        assert_eq!(html.matches("class=\"gone\"").count(), if folded { number } else { 0 }, "{html}");
        assert!(
            !folded || html.contains("第 5 张图片 · 图4 · <a href=\"https://mmbiz.qpic.cn/mmbiz_png/Gone4/0\""),
            "{html}"
        );
    }
}

#[test]
fn a_long_article_says_how_long_and_what_is_in_it() {
    let part = |title: &str| format!("<h2>{title}</h2><p>{}</p>", "山里的字".repeat(60));
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let mut long = fields("长文", "2024-01-01 08:00");
    long.source_url = Some("https://example.com/more".into());
    bag.article(1, long, Some(&["春 &amp; 雨", "夏", "秋"].map(part).concat()));
    bag.article(2, fields("短文", "2023-01-01 08:00"), Some("<h2>一</h2><p>字</p><h2>二</h2><h2>三</h2>"));
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let html = page(&site, "a/2024/");
    assert!(html.contains("约 2 分钟读完") && html.contains("<a href=\"#part-1\">春 &amp; 雨</a>"), "{html}");
    assert!(html.contains("<h2 id=\"part-3\">秋</h2>"), "{html}");
    assert!(html.contains("<p class=\"source\"><a href=\"https://example.com/more\""), "{html}");
    let short = page(&site, "a/2023/");
    assert!(!short.contains("分钟读完") && !short.contains("class=\"contents\""), "{short}");
}

#[test]
fn an_articles_page_has_one_row_of_neighbours_and_more_of_its_album() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let album = liudi::model::article::AlbumRef {
        id: "1800000000000000001".into(),
        title: "茶事".into(),
        ..Default::default()
    };
    for number in 1..=9 {
        let record = ArticleFields {
            albums: vec![album.clone()],
            ..fields(&format!("第{number}篇"), &format!("2024-01-0{number} 08:00"))
        };
        bag.article(number, record, Some("<p>字</p>"));
    }
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let html = page(&site, "a/2024/20240105");
    assert_eq!(html.matches("rel=\"prev\"").count() + html.matches("rel=\"next\"").count(), 2, "{html}");
    let more = html.split("class=\"more-of\"").nth(1).unwrap().split("</section>").next().unwrap();
    for other in ["第3篇", "第4篇", "第6篇", "第7篇", "看全部 9 篇"] {
        assert!(more.contains(other), "{other}: {more}");
    }
    assert!(!more.contains("第5篇") && !more.contains("第8篇"), "{more}");
    assert_eq!(page(&site, "a/2024/20240101").matches("class=\"lines\"").count(), 1);
}

#[test]
fn an_inset_of_the_editors_is_not_the_sites() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let body = "<section style=\"padding:0 10px\"><p style=\"margin:0 8px 24px\">一</p></section>\
        <section style=\"background:#eee;padding:12px\"><p style=\"margin:0 8px\">二</p></section>";
    bag.article(1, fields("文", "2024-01-01 08:00"), Some(body));
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    assert!(html.contains("padding-left:0;padding-right:0") && html.contains("margin-left:0;margin-right:0"), "{html}");
    assert!(html.contains("padding:12px}") && html.contains("{margin:0 8px}"), "a box keeps its inside: {html}");
}

#[test]
fn no_line_begins_with_a_comma_behind_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.holds(&image("Face").key, b"face", "png");
    let body = "<p>好<img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Face/0\"><span>，</span>走</p>\
        <p>见<span style=\"display:inline-block\">字</span>！</p><p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Face/0\"></p><p>！</p>";
    bag.article(1, fields("文", "2024-01-01 08:00"), Some(body));
    bag.write();
    let (site, _) = build(folder.path());
    let html = page(&files(&site), "a/2024/");
    assert!(html.contains("\u{2060}，走") && html.contains("</span>\u{2060}！"), "{html}");
    assert!(html.contains("<p>！</p>"), "{html}");
}

#[test]
fn the_page_about_the_archive_says_when_by_what_right_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.article(1, fields("文", "2024-01-01 08:00"), Some("<p>字</p>"));
    bag.files.insert("provenance/gaps.csv".into(), "kind,key\narticle,a\narticle,\"b\nc\"\n".into());
    bag.write();
    std::fs::write(folder.path().join("public/bag-info.txt"), "Bagging-Date: 2026-03-04\n").unwrap();
    let (site, _) = build(folder.path());
    let about = text(&files(&site), "about.html");
    for known in ["2026年3月4日", "已知还缺 2 项", "转载请先征得同意"] {
        assert!(about.contains(known), "{known} is not in {about}");
    }
    assert!(about.contains("<a href=\"index.html\">首页</a>"), "{about}");
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
    assert_eq!(html.matches("<figure class=\"video\">").count(), 1, "{html}");
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
