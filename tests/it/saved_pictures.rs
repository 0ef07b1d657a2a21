//! A page and its pictures that somebody saved by hand, one by one, under names that only count: which picture is which.

use serde_json::Value;

use crate::support::Run;

/// A picture of a page: its id on the platform, and its declared size.
type Shown<'a> = (&'a str, u32, u32);

/// A file: its size, and by what it is told from others.
type File<'a> = (u32, u32, &'a str);

/// The beginning of a PNG of this size, told from others of the same size by `salt`.
fn png(width: u32, height: u32, salt: &str) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    bytes.extend(salt.as_bytes());
    bytes
}

fn page(title: &str, mid: u32, shown: &[Shown<'_>]) -> String {
    let mut images = String::new();
    for (id, width, height) in shown {
        let ratio = f64::from(*height) / f64::from(*width);
        let address = format!("https://mmbiz.qpic.cn/mmbiz_png/{id}/640?wx_fmt=png");
        let size = format!("data-ratio=\"{ratio:.6}\" data-type=\"png\" data-w=\"{width}\"");
        images.extend(["<p><img class=\"rich_pages\" ", &size, " data-src=\"", &address, "\"></p>"]);
    }
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"http://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMQ==&amp;mid={mid}&amp;idx=1&amp;sn=ab{mid}\"><meta property=\"og:title\" content=\"{title}\"></head>\
         <body id=\"activity-detail\"><div id=\"js_article\"><h1 id=\"activity-name\">{title}</h1><div id=\"meta_content\"><a id=\"js_name\">留页示例号</a><em id=\"publish_time\">2024年1月5日 10:00</em></div>\
         <div id=\"js_content\"><p>字</p>{images}</div></div></body></html>"
    )
}

/// For each picture of the only article the salt of its file, or nothing.
fn held(run: &Run) -> Vec<Option<String>> {
    let root = run.archive().join("public/data");
    let records: Vec<Value> = walkdir::WalkDir::new(root.join("articles"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == "article.json")
        .map(|entry| serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap())
        .collect();
    assert_eq!(records.len(), 1);
    let media = records[0]["media"].as_array().unwrap().iter();
    let salt = |path: &str| String::from_utf8(std::fs::read(root.join(path)).unwrap()[29..].to_vec()).unwrap();
    media.map(|medium| medium["path"].as_str().map(salt)).collect()
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|name| (!name.is_empty()).then(|| (*name).to_owned())).collect()
}

const PAGE: &[Shown<'_>] =
    &[("FirstPicture0001", 900, 600), ("SecondPicture002", 640, 640), ("ThirdPicture0003", 900, 600)];

#[test]
fn pictures_saved_one_by_one_are_those_of_the_page() {
    let ways: &[(&str, [&str; 3])] = &[
        ("春茶.html", ["640.png", "640(1).png", "640(2).png"]),
        ("春茶.html", ["春茶_files/640.png", "春茶_files/640 (1).png", "春茶_files/640 (2).png"]),
        ("春茶.html", ["9.png", "10.png", "11.png"]),
        ("春茶.htm", ["春茶/0.png", "春茶/1.png", "春茶/2.png"]),
        ("index.html", ["images/图片1.png", "images/图片2.png", "images/图片3.png"]),
        ("page.html", ["春茶_files/640.webp", "春茶_files/640（1）.webp", "春茶_files/640（2）.webp"]),
        ("春茶.html", ["640", "640[1]", "640[2]"]),
    ];
    for (name, files) in ways {
        let mut run = Run::new().file(&format!("文章/{name}"), page("春茶", 1, PAGE));
        for (file, (id, width, height)) in files.iter().zip(PAGE) {
            run = run.file(&format!("文章/{file}"), png(*width, *height, id));
        }
        run.backup(&[]).succeeds();
        assert_eq!(held(&run), some(&["FirstPicture0001", "SecondPicture002", "ThirdPicture0003"]), "{files:?}");
        let gaps = run.read("public/data/provenance/gaps.csv");
        assert!(!gaps.contains("media"), "{files:?}: {gaps}");
        assert!(!run.archive().join("private/data/tables/saved-files.csv").exists(), "{files:?}");
    }
}

#[test]
fn what_is_not_certain_stays_missing_and_is_said() {
    let (first, second, third) = ((900, 600, "a"), (640, 640, "b"), (900, 600, "c"));
    let foreign = (500, 333, "x");
    let ways: &[(&str, &[File<'_>], [&str; 3])] = &[
        ("one in the middle is missing", &[first, third], ["a", "", "c"]),
        ("the first is missing", &[second, third], ["", "b", "c"]),
        ("one of two alike", &[first], ["", "", ""]),
        ("only the one without its like", &[second], ["", "b", ""]),
        ("another order", &[second, first, third], ["", "", ""]),
        ("one of something else", &[first, foreign, second, third], ["", "", ""]),
        ("something else in a picture's place", &[first, foreign, third], ["", "", ""]),
        ("more than there are", &[first, second, third, (900, 600, "d")], ["", "", ""]),
    ];
    for (what, files, expected) in ways {
        let mut run = Run::new().file("春茶.html", page("春茶", 1, PAGE));
        for (number, (width, height, salt)) in files.iter().enumerate() {
            let name = if number == 0 { "640.png".to_owned() } else { format!("640({number}).png") };
            run = run.file(&name, png(*width, *height, salt));
        }
        let done = run.backup(&[]).succeeds();
        assert_eq!(held(&run), some(expected), "{what}");
        let gaps = run.read("public/data/provenance/gaps.csv");
        let missing = expected.iter().filter(|salt| salt.is_empty()).count();
        assert_eq!(gaps.matches("\nmedia,").count(), missing, "{what}: {gaps}");
        let unclear = *files != [first, third].as_slice()
            && *files != [second, third].as_slice()
            && *files != [second].as_slice();
        assert_eq!(done.stderr.contains("not clear which picture"), unclear, "{what}: {}", done.stderr);
        assert_eq!(gaps.matches("unclear: 640.png").count(), if unclear { missing } else { 0 }, "{what}: {gaps}");
        if unclear {
            // Nothing is thrown away.
            let saved = run.read("private/data/tables/saved-files.csv");
            assert!(saved.contains("640.png"), "{what}: {saved}");
        }
    }
}

#[test]
fn another_articles_pictures_are_not_taken() {
    let summer: &[Shown<'_>] = &[("SummerPicture001", 900, 600)];
    let run = Run::new()
        .file("春茶.html", page("春茶", 1, PAGE))
        .file("夏茶.html", page("夏茶", 2, summer))
        .file("640.png", png(900, 600, "whose"));
    run.backup(&[]).succeeds();
    let gaps = run.read("public/data/provenance/gaps.csv");
    assert_eq!(gaps.matches("\nmedia,").count(), 4, "{gaps}");
    let run = run.file("夏茶_files/1.png", png(900, 600, "summer"));
    run.backup(&[]).succeeds();
    let gaps = run.read("public/data/provenance/gaps.csv");
    assert_eq!(gaps.matches("\nmedia,").count(), 3, "a page is read again when its pictures come: {gaps}");
}

#[test]
fn a_file_that_the_page_names_is_that_picture() {
    let named = page("春茶", 1, PAGE).replacen("data-src", "src=\"春茶_files/640(1).png\" data-src", 1);
    let run = Run::new()
        .file("春茶.html", named)
        .file("春茶_files/640(1).png", png(900, 600, "first"))
        .file("春茶_files/640.png", png(640, 640, "second"));
    run.backup(&[]).succeeds();
    assert_eq!(held(&run), some(&["first", "second", ""]));
}
