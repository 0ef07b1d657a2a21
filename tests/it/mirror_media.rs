//! Media as a site gives them: SVG files cleaned, everything under a policy that runs nothing.

use std::fs;

use liudi::export::ExportOptions;
use liudi::model::{Class, layout};

use crate::mirror::{Bag, build, fields, files, image, page};

/// The case from the field, and what else runs in a picture.
const HOSTILE: &[&str] = &[
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script><rect width='9' height='9'/></svg>",
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><rect width='9' height='9'/></svg>",
    "<svg xmlns='http://www.w3.org/2000/svg'><a href='javascript:alert(1)'><rect width='9' height='9'/></a></svg>",
    "<?xml-stylesheet href='//evil.example/alert(1)'?><svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>",
];

#[test]
fn svg_files_are_published_clean_and_archived_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    let mut body = String::new();
    for (number, svg) in HOSTILE.iter().enumerate() {
        let id = format!("Svg{number}");
        bag.holds(&image(&id).key, svg.as_bytes(), "svg");
        body.extend(["<p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_svg/", &id, "/0\"></p>"]);
    }
    bag.article(1, fields("图", "2024-01-01 08:00"), Some(&body));
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    let html = page(&site, "a/2024/");
    let published: Vec<_> =
        site.iter().filter(|(name, _)| name.starts_with("media/") && name.ends_with(".svg")).collect();
    assert_eq!(published.len(), HOSTILE.len());
    for (name, bytes) in published {
        let text = String::from_utf8_lossy(bytes);
        assert!(html.contains(&format!("../../{name}")), "{name}");
        assert!(text.contains("<rect width=\"9\" height=\"9\"/>") && !text.contains("alert"), "{text}");
        let original = fs::read(
            layout::bag(folder.path(), Class::Public).join("data").join(name.replace("media/", "media/sha256/")),
        );
        assert!(HOSTILE.iter().any(|svg| original.as_ref().unwrap() == svg.as_bytes()), "{name}");
    }
}

#[test]
fn files_that_browsers_take_for_documents_are_not_published() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.holds(&image("Page").key, b"<script>alert(1)</script>", "html");
    bag.article(
        1,
        fields("图", "2024-01-01 08:00"),
        Some("<p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Page/0\"></p>"),
    );
    bag.write();
    let (site, _) = build(folder.path());
    let site = files(&site);
    assert!(!site.keys().any(|name| name.starts_with("media/")), "{:?}", site.keys());
    assert!(page(&site, "a/2024/").contains("这张图片没有存档"));
}

#[test]
fn hosts_are_told_of_the_policy_of_media() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    bag.article(1, fields("图", "2024-01-01 08:00"), Some("<p>字</p>"));
    bag.write();
    let build = |options: &ExportOptions| {
        let to = tempfile::tempdir().unwrap();
        liudi::pipeline::export::mirror(folder.path(), to.path(), options, &liudi::Unattended::default()).unwrap();
        files(to.path())
    };
    let policy = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    let site = build(&ExportOptions::default());
    let headers = page(&site, "_headers");
    assert!(headers.contains(&format!("\n/media/*\n  Content-Security-Policy: {policy}")), "{headers}");
    assert!(headers.starts_with("/*\n") && headers.contains("X-Content-Type-Options: nosniff"));
    let nginx = page(&site, "redirects.nginx.conf");
    assert!(nginx.contains("map $uri $liudi_policy {") && nginx.contains(policy), "{nginx}");
    let base = ExportOptions { base_url: Some("https://example.com/blog".into()), ..ExportOptions::default() };
    assert!(page(&build(&base), "_headers").contains("\n/blog/media/*\n"));
}

/// Drawing programs declare entities before the root; such a file is a picture, and kept as one.
#[test]
fn an_svg_with_a_document_type_is_known_as_a_picture() {
    let svg = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\" [\n\
        <!ENTITY ns_svg \"http://www.w3.org/2000/svg\">\n]>\n<svg xmlns=\"&ns_svg;\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>\n";
    assert_eq!(liudi::model::sniff::sniff(svg.as_bytes()).map(|found| found.extension), Some("svg"));
    assert_eq!(
        liudi::model::sniff::sniff(b"<s:svg xmlns:s='http://www.w3.org/2000/svg'>").map(|it| it.extension),
        Some("svg")
    );
    assert_eq!(liudi::model::sniff::sniff(b"<svgx>"), None);
}
