//! Saved pages: the reader of their data against what a JavaScript engine gives, on real pages where they are present.

use std::io::Read as _;
use std::path::PathBuf;

use liudi::model::{GapReason, Rank};
use liudi::parse::page::{ParsedPage, parse};
use liudi::parse::page_data::cgi_data_new;
use serde_json::Value;

fn gunzip(path: &PathBuf) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

fn sample_page(name: &str) -> Option<Vec<u8>> {
    Some(gunzip(&super::samples(&format!("pages/{name}.html.gz"))?))
}

/// Equal, numbers as the engine's doubles hold them.
fn same(ours: &Value, theirs: &Value, path: &str) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let (left, right): (Vec<_>, Vec<_>) = (ours.keys().collect(), theirs.keys().collect());
            assert_eq!(left, right, "keys of {path}");
            for (key, value) in ours {
                same(value, &theirs[key], &format!("{path}.{key}"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "length of {path}");
            for (index, (left, right)) in ours.iter().zip(theirs).enumerate() {
                same(left, right, &format!("{path}[{index}]"));
            }
        }
        (Value::Number(left), Value::Number(right)) => assert_eq!(left.as_f64(), right.as_f64(), "{path}"),
        (left, right) => assert_eq!(left, right, "{path}"),
    }
}

#[test]
fn every_key_has_the_value_a_javascript_engine_gives() {
    let Some(folder) = super::samples("pages") else { return };
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".parsed.json.gz") else { continue };
        let expected: Value = serde_json::from_slice(&gunzip(&path)).unwrap();
        let data = cgi_data_new(&sample_page(stem).unwrap()).unwrap();
        assert_eq!((data.skipped, data.truncated), (0, false), "{stem}");
        same(&Value::Object(data.values), &expected, stem);
        pages += 1;
    }
    assert!(pages >= 10, "only {pages} pages");
}

#[test]
fn pages_in_an_articles_place_are_told_apart() {
    for (name, reason) in [
        ("deleted-01", GapReason::DeletedByAuthor),
        ("violation-01", GapReason::BlockedByPlatform),
        ("unavailable-01", GapReason::BlockedByPlatform),
        ("2018-2020-expire", GapReason::ExpiredWindow),
    ] {
        let Some(page) = sample_page(name) else { return };
        match parse(&page) {
            ParsedPage::Unavailable(found, _) => assert_eq!(found.reason, reason, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn every_generation_gives_its_fields_and_body() {
    // name, layer, type, has a body, pictures
    for (name, rank, kind, body, pictures) in [
        ("2018-2020-20190624", Rank::PageVars, 0, true, 0),
        ("2018-2020-post", Rank::PageVars, 0, true, 0),
        ("2018-2020-image", Rank::PageVars, 8, true, 0),
        ("2018-2020-video", Rank::PageVars, 5, true, 0),
        ("type0-article-01", Rank::PageData, 0, true, 0),
        ("type0-article-c01", Rank::PageData, 0, true, 0),
        ("type0-reshare-01", Rank::PageData, 0, true, 0),
        ("type0-reshare-03", Rank::PageData, 0, true, 0),
        ("type8-picture-01", Rank::PageData, 8, true, 1),
        ("type10-text-01", Rank::PageData, 10, true, 0),
        ("type10-text-02", Rank::PageData, 10, true, 0),
    ] {
        let Some(page) = sample_page(name) else { return };
        let ParsedPage::Article(article) = parse(&page) else { panic!("{name}") };
        let (first, fields) = &article.layers[0];
        assert_eq!((*first, fields.item_show_type), (rank, Some(kind)), "{name}");
        assert!(
            fields.published.is_some() && fields.biz.is_some() && fields.account_name.is_some(),
            "{name}: {fields:?}"
        );
        assert_eq!(article.body.is_some(), body, "{name}");
        assert!(fields.pictures.len() >= pictures, "{name}");
        assert!(!article.link.aliases().is_empty() || name == "2018-2020-image", "{name}: {:?}", article.link);
    }
}

#[test]
fn a_reshared_card_keeps_the_owners_words_and_not_the_others_text() {
    let (Some(card), Some(whole)) = (sample_page("type0-reshare-03"), sample_page("type0-reshare-01")) else { return };
    let ParsedPage::Article(card) = parse(&card) else { panic!() };
    let reshare = card.layers[0].1.reshare.as_ref().unwrap();
    let body = card.body.as_ref().unwrap();
    assert!(!reshare.inline && !body.third_party && reshare.url.is_some() && reshare.title.is_some());
    assert!(body.html.len() < 2_000, "the third party's text is not the body");
    let ParsedPage::Article(whole) = parse(&whole) else { panic!() };
    assert!(whole.layers[0].1.reshare.as_ref().unwrap().inline && whole.body.as_ref().unwrap().third_party);
}

#[test]
fn no_truncation_of_a_real_page_panics() {
    for name in ["2018-2020-post", "2018-2020-video", "type10-text-02"] {
        let Some(page) = sample_page(name) else { return };
        let step = page.len() / 40;
        for cut in (0..page.len()).step_by(step.max(1)) {
            let _ = parse(&page[..cut]);
        }
    }
}
