//! What the owner chooses for an export, and what it tells afterwards: losses, hard links, exports of the main job.

use serde_json::json;

use super::support::{Done, Run, fixture, tree};

fn page(number: u32, title: &str, body: &str) -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\">{body}</div><script>var ct = \"1720000000\";</script></body></html>"
    )
}

fn export(run: &Run, arguments: &[&str]) -> Done {
    let archive = run.archive().display().to_string();
    run.program(&[&["export", &archive], arguments].concat())
}

#[test]
fn what_a_target_cannot_express_is_named_in_every_run() {
    let body = "<p>茶</p><svg viewBox=\"0 0 9 9\"><text>会动</text><animate attributeName=\"x\"/></svg>\
                <mp-common-miniprogram data-miniprogram-nickname=\"小店\"></mp-common-miniprogram>";
    let run = Run::new().file("a.html", page(1, "有图的", body)).file("b.html", page(2, "没有的", "<p>字</p>"));
    run.backup(&["--no-mirror"]).succeeds();
    for _ in 0..2 {
        let done = export(&run, &["--to", "markdown"]).succeeds();
        done.says("drawing or animation in SVG").says("“有图的”").says("card of a mini program");
    }
    let told = export(&run, &["--to", "markdown", "--json"]).succeeds().json();
    assert_eq!(told[0]["lost"]["svg"], json!({"count": 1, "posts": 1, "named": ["有图的"]}));
}

#[test]
fn media_that_the_archive_lacks_are_in_the_summary_of_every_kind_of_export() {
    let body = "<p>茶<img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/gone/640?wx_fmt=png\"></p>\
                <svg viewBox=\"0 0 9 9\"><image href=\"https://mmbiz.qpic.cn/mmbiz_png/drawn/640?wx_fmt=png\"/></svg>\
                <table><tr><td colspan=\"2\"><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/cell/640?wx_fmt=png\"></td></tr><tr><td>1</td><td>2</td></tr></table>";
    let run = Run::new().file("a.html", page(1, "缺图的", body)).file("b.html", page(2, "不缺的", "<p>字</p>"));
    run.backup(&["--no-mirror"]);
    for name in ["markdown", "hexo", "html", "kit", "txt", "wechat", "wxr", "ghost", "epub", "docx"] {
        let told = export(&run, &["--to", name, "--json"]).succeeds().json();
        assert_eq!(told[0]["lost"]["missing"], json!({"count": 3, "posts": 1, "named": ["缺图的"]}), "{name}: {told}");
    }
    export(&run, &["--to", "markdown"]).succeeds().says("that the archive lacks");
}

#[test]
fn files_that_a_narrower_export_removes_are_told() {
    let run = Run::new().input(fixture("demo"));
    run.backup(&["--no-mirror"]).succeeds();
    export(&run, &["--to", "txt"]).succeeds();
    let done = export(&run, &["--to", "txt", "--only", "date:2024"]).succeeds();
    done.says("9 files of an earlier export are no longer needed and were removed");
}

#[test]
fn an_archive_without_an_owner_exports_nothing_and_says_why() {
    let page = |biz: &str| page(1, "一", "<p>字</p>").replace("MzA5MDAwMDAwMQ==", biz);
    let run = Run::new().file("a.html", page("MzA5MDAwMDAwMQ==")).file("b.html", page("MzA5MDAwMDAwMg=="));
    run.backup(&["--no-mirror"]);
    let done = export(&run, &["--to", "txt"]).succeeds().says("back up again with --account");
    assert!(!done.stdout.contains("--only") && !done.stderr.contains("--only"));
}

#[test]
fn a_selection_of_nothing_and_a_setting_of_nobody_are_told() {
    let run = Run::new().file("a.html", page(1, "一", "<p>字</p>"));
    run.backup(&["--no-mirror"]).succeeds();
    export(&run, &["--to", "markdown", "--only", "date:1999"]).succeeds().says("the export is empty");
    export(&run, &["--to", "csv", "--split-mb", "5"]).exits(2).says("--split-mb");
}

/// A condition that matches nothing may be misspelt, and an option that changes nothing was meant for something.
#[test]
fn no_option_is_passed_over() {
    let run = Run::new().input(fixture("demo"));
    run.backup(&["--no-mirror"]).succeeds();
    let done =
        export(&run, &["--to", "txt", "--except", "album:没有的合集", "--only", "date:2024", "--only", "date:1999"]);
    done.succeeds().says("“--except album:没有的合集” matches nothing").says("“--only date:1999” matches nothing");
    let told = export(&run, &["--to", "txt", "--except", "album:没有的合集", "--json"]).succeeds().json();
    assert_eq!(told[0]["unused_rules"], json!(["--except album:没有的合集"]));
    for (arguments, option) in [
        (&["--to", "txt", "--include", "bills"][..], "--include bills"),
        (&["--to", "ledger", "--include", "bills", "--only", "date:2024"], "--only"),
        (&["--to", "ledger", "--include", "bills", "--comments", "all"], "--comments"),
        (&["--to", "hledger,beancount", "--include", "bills", "--base-url", "https://example.com"], "--base-url"),
    ] {
        export(&run, arguments).exits(2).says(&format!("{option} would have no effect"));
    }
    let mixed = ["--to", "txt,ledger", "--include", "bills", "--only", "date:2024"];
    export(&run, &mixed).succeeds();
    export(&run, &["--to", "txt", "--only", "date:2024..2022"]).exits(2).says("date:2024..2022");
    export(&run, &["--to", "txt", "--hide", "gone.txt"]).exits(2).says("hide list cannot be read");
    let archive = run.archive().display().to_string();
    let chinese =
        run.program_with(&["export", &archive, "--to", "txt", "--hide", "gone.txt"], &[("LIUDI_LANG", "zh-CN")]);
    chinese.exits(2).says("读不了隐藏名单").says("没有这个文件或文件夹");
    export(&run, &["--to", "txt", "--set", "docx.volume=year"]).exits(2).says("--set docx.volume would have no effect");
    let twice = export(&run, &["--to", "csv,txt,csv", "--json"]).succeeds().json();
    assert_eq!(twice.as_array().unwrap().len(), 2);
    // Saved by an editor on Windows.
    for (name, bytes) in [("utf8.txt", b"\xef\xbb\xbfdate:2024\r\n".to_vec()), ("utf16.txt", utf16("date:2024\r\n"))] {
        std::fs::write(run.folder().join(name), bytes).unwrap();
        let told = export(&run, &["--to", "txt", "--hide", name, "--json"]).succeeds().json();
        assert_eq!((&told[0]["unused_rules"], told[0]["withheld"] == 0), (&json!([]), false), "{name}: {told}");
    }
    export(&run, &["--to", "docx", "--volume", "month"]).exits(2).says("volume of docx cannot be month");
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// What the user wrote into an exported file outlives every later export.
#[test]
fn files_that_the_user_has_changed_are_kept() {
    for (name, end) in [("markdown", ".md"), ("txt", ".txt"), ("html", ".html"), ("docx", ".docx"), ("csv", ".csv")] {
        let run = Run::new().file("a.html", page(1, "一", "<p>甲</p>")).file("b.html", page(2, "二", "<p>字</p>"));
        run.backup(&["--no-mirror"]).succeeds();
        let folder = run.archive().join("exports").join(name);
        let json = |run: &Run, more: &[&str]| {
            export(run, &[&["--to", name, "--json"], more].concat()).succeeds().json().as_array().unwrap()[0].clone()
        };
        assert!(json(&run, &[]).get("edited").is_none());
        let is_first = |path: &str| path.ends_with(end) && (path.contains('一') || name == "csv");
        let (path, bytes) = tree(&folder).into_iter().find(|(path, _)| is_first(path)).unwrap();
        // The post is as it was: the user's text is the newer one.
        let longer = [&bytes[..], b"mine"].concat();
        std::fs::write(folder.join(&path), &longer).unwrap();
        let told = json(&run, &[]);
        assert_eq!((&told["edited"], &told["written"]), (&json!([path]), &json!(0)), "{name}: {told}");
        assert_eq!(std::fs::read(folder.join(&path)).unwrap(), longer);
        // The post changes; the user's text is as long as the one that was written.
        let mut mine = bytes.clone();
        *mine.last_mut().unwrap() ^= 1;
        std::fs::write(folder.join(&path), &mine).unwrap();
        std::fs::write(run.folder().join("in/a.html"), page(1, "一", "<p>乙，比原来的多</p>")).unwrap();
        run.at("1774000000").backup(&["--no-mirror"]).succeeds();
        let told = json(&run, &[]);
        if name == "csv" {
            // The list of posts is as it was: so is the user's version of it.
            assert_eq!((&told["edited"], &told["written"]), (&json!([path]), &json!(0)), "{told}");
            assert_eq!(std::fs::read(folder.join(&path)).unwrap(), mine);
            continue;
        }
        let aside = format!("{path}.edited");
        assert_eq!(told["edited"], json!([aside]), "{name}: {told}");
        assert_eq!(std::fs::read(folder.join(&aside)).unwrap(), mine);
        let new = std::fs::read(folder.join(&path)).unwrap();
        assert!(new != mine && new != bytes, "{name}");
        assert!(json(&run, &[]).get("edited").is_none(), "told once");
        // A file that is no longer needed.
        std::fs::write(folder.join(&path), &longer).unwrap();
        let told = json(&run, &["--except", "short:none", "--except", "MzA5MDAwMDAwMQ==_2650000901_1"]);
        assert_eq!(told["edited"], json!([path]), "{name}: {told}");
        assert_eq!(std::fs::read(folder.join(told["edited"][0].as_str().unwrap())).unwrap(), longer);
        export(&run, &["--to", name]).succeeds();
    }
}

#[cfg(unix)]
#[test]
fn media_are_hard_links_only_where_asked_for() {
    let run = Run::new().input(fixture("demo"));
    run.backup(&["--no-mirror"]).succeeds();
    let pictures = |folder: &str| -> Vec<std::path::PathBuf> {
        let files = walkdir::WalkDir::new(run.archive().join(folder)).into_iter().flatten();
        files.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|is| is == "png")).collect()
    };
    let linked = |folder: &str| {
        let same = |path: &std::path::PathBuf| same_file(path, &pictures("public/data/media"));
        pictures(folder).iter().filter(|path| same(path)).count()
    };
    export(&run, &["--to", "markdown"]).succeeds();
    assert_eq!(linked("exports/markdown"), 0);
    std::fs::remove_dir_all(run.archive().join("exports")).unwrap();
    export(&run, &["--to", "markdown", "--hard-link"]).succeeds();
    let count = pictures("exports/markdown").len();
    assert!(count > 0);
    assert_eq!(linked("exports/markdown"), count);
}

#[cfg(unix)]
fn same_file(path: &std::path::Path, others: &[std::path::PathBuf]) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |path: &std::path::Path| std::fs::metadata(path).unwrap().ino();
    others.iter().any(|other| inode(other) == inode(path))
}

#[test]
fn the_main_job_writes_the_exports_asked_for_and_refuses_unknown_ones_before_reading() {
    let run = Run::new().file("a.html", page(1, "一", "<p>字</p>"));
    run.backup(&["--also", "markdown,novel"]).exits(2).says("novel");
    assert!(!run.archive().exists());
    run.backup(&["--also", "markdown,csv"]).succeeds().says("csv: 1 post");
    assert!(run.archive().join("exports/csv/posts.csv").is_file() && run.archive().join("site/index.html").is_file());
    run.backup(&["--also", "ledger"]).exits(2).says("--include bills");
}
