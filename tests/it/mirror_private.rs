//! Nothing private reaches the site: markers are planted wherever private things are, then looked for in every file.

use std::fs;

use liudi::model::{Class, MediaRef, MediaRole, layout};

use crate::mirror::{Bag, build, fields, files, image};
use crate::support::Run;

const MARKER: &str = "PRIVATE-MARKER";

#[test]
fn what_is_planted_in_the_private_part_is_nowhere_in_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut bag = Bag::new(root);
    bag.article(1, fields("公开", "2024-05-01 12:00"), Some("<p>公开的字</p>"));
    // Private by its class, though it stands in the public bag.
    bag.article_of_class(2, fields(MARKER, "2024-05-02 12:00"), Some(&format!("<p>{MARKER}</p>")), Class::Private);
    bag.write();
    let private = layout::bag(root, Class::Private).join(layout::DATA);
    for kept in [
        "articles/2024/20240503-2650000009-1-x/article.json",
        "articles/2024/20240503-2650000009-1-x/content.html",
        "billing/ledger.csv",
        "billing/raw/statement.csv",
        "comments/2024.jsonl",
        "statistics/articles.csv",
        "drafts/1.html",
        "account/profile.json",
        "followers/list.csv",
        "documents/contract.txt",
        "evidence/index.csv",
        "media/sha256/aa/aa.png",
        "readiness/profile.json",
    ] {
        let path = private.join(kept);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, MARKER).unwrap();
    }
    let work = root.join(layout::WORK).join("exports-of-others");
    fs::create_dir_all(&work).unwrap();
    fs::write(work.join("notes.txt"), MARKER).unwrap();
    let (site, _) = build(root);
    let site = files(&site);
    assert!(site.keys().any(|name| name.starts_with("a/2024/20240501")));
    for (name, bytes) in &site {
        assert!(!String::from_utf8_lossy(bytes).contains(MARKER) && !name.contains(MARKER), "{name}");
    }
}

#[test]
fn of_a_record_only_what_readers_may_see_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let mut record = fields("公开", "2024-05-01 12:00");
    record.comment_id = Some(MARKER.into());
    record.extra.insert("anything".into(), MARKER.into());
    bag.article(1, record, Some("<p>公开的字</p>"));
    bag.write();
    let (site, _) = build(folder.path());
    for (name, bytes) in files(&site) {
        assert!(!String::from_utf8_lossy(&bytes).contains(MARKER), "{name}");
    }
}

#[test]
fn bills_and_names_in_them_stay_out_of_the_demo_accounts_site() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--quiet"]).succeeds();
    let private = files(&layout::bag(&run.archive(), Class::Private));
    let site = files(&run.archive().join(layout::SITE));
    let ledger = private.iter().find(|(name, _)| name.ends_with("ledger.csv")).map(|(_, bytes)| bytes).unwrap();
    // Cells long enough to be nobody else's: names, order numbers, accounts.
    let mut reader = csv::Reader::from_reader(ledger.as_slice());
    let mut cells: Vec<String> = reader
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|cell| cell.chars().count() >= 5 && (cell.len() >= 12 || cell.chars().all(char::is_alphabetic)))
        .filter(|cell| !cell.starts_with("20"))
        .collect();
    cells.sort();
    cells.dedup();
    assert!(cells.len() > 10, "{cells:?}");
    for (name, bytes) in site.iter().filter(|(name, _)| !name.starts_with("assets/") && !name.starts_with("media/")) {
        let text = String::from_utf8_lossy(bytes);
        for cell in &cells {
            assert!(!text.contains(cell.as_str()), "{name} has {cell}");
        }
    }
}

#[test]
fn an_svg_file_is_a_picture_and_never_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let picture = MediaRef { role: MediaRole::Picture, ..image("Drawn") };
    bag.holds(&picture.key, b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg");
    let mut record = fields("图", "2024-05-01 12:00");
    record.item_show_type = Some(8);
    record.pictures = vec![picture];
    bag.article(1, record, Some("<p>一</p>"));
    let body = r#"<p>二<img data-src="https://mmbiz.qpic.cn/mmbiz_png/Drawn/640"><a href="https://mmbiz.qpic.cn/mmbiz_png/Drawn/640">看</a></p>"#;
    bag.article(2, fields("文", "2024-05-02 12:00"), Some(body));
    bag.write();
    let (site, _) = build(folder.path());
    let mut shown = 0;
    for (name, bytes) in files(&site).iter().filter(|(name, _)| name.ends_with(".html")) {
        let document = scraper::Html::parse_document(&String::from_utf8_lossy(bytes));
        for element in document.tree.root().descendants().filter_map(scraper::ElementRef::wrap) {
            for (attribute, value) in element.value().attrs().filter(|(_, value)| value.ends_with(".svg")) {
                let tag = element.value().name();
                let icon = tag == "link" && element.value().attr("rel") == Some("icon");
                assert!(icon || (tag, attribute) == ("img", "src"), "{name}: {tag} {attribute}={value}");
                shown += usize::from(!icon);
            }
        }
    }
    assert_eq!(shown, 2);
}
