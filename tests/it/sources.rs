//! Files of other programs whose text is there, through the whole main job: what they hold of articles is read, and what
//! they do not hold is said.

use serde_json::{Value, json};

use crate::support::Run;

/// Every `article.json` of the archive, by title.
fn articles(run: &Run) -> Vec<Value> {
    let mut all: Vec<Value> = run
        .tree()
        .into_iter()
        .filter(|(path, _)| path.ends_with("article.json"))
        .map(|(_, bytes)| serde_json::from_slice(&bytes).unwrap())
        .collect();
    all.sort_by_key(|article| article["title"].to_string());
    all
}

/// Every body of the archive, joined.
fn bodies(run: &Run) -> String {
    let bodies = run.tree().into_iter().filter(|(path, _)| path.ends_with("content.html"));
    bodies.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

fn gaps(run: &Run) -> String {
    ["public", "private"].map(|bag| run.read(&format!("{bag}/data/provenance/gaps.csv"))).concat()
}

const LONG: &str = "http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=aa";

#[test]
fn links_behind_redirectors_are_listed() {
    let run = Run::new().file(
        "a.md",
        "[看](https://link.zhihu.com/?target=https%3A//mp.weixin.qq.com/s%3F__biz%3DMzA0MDAwMDAwMA%3D%3D%26mid%3D2650000022%26idx%3D1%26sn%3Daa)\n",
    );
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("MzA0MDAwMDAwMA==_2650000022_1,not_held"), "{}", gaps(&run));
}

#[test]
fn links_that_expire_are_counted_aloud() {
    let run = Run::new().file(
        "a.txt",
        "https://mp.weixin.qq.com/s/GoodShort0000000000001\n\
         https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&tempkey=MTAwMDAwMDAw&chksm=00#rd\n\
         https://mp.weixin.qq.com/s?src=11&timestamp=1704420000&ver=5000&signature=AbC*dEf-1&new=1\n",
    );
    run.backup(&[]).succeeds().says("2 temporary links");
}

#[test]
fn texts_in_a_column_are_bodies() {
    let run = Run::new().file(
        "wechat_article.csv",
        format!(
            "account,title,url,author,publish_time,biz,digest,cover,content_html,read_num\n\
             留底示例号,表里的文章,{LONG},小留,2024-01-05 10:00:00,MzA0MDAwMDAwMA==,摘要,,\"<p>表里的正文</p>\",7\n"
        ),
    );
    run.backup(&[]).succeeds();
    let found = articles(&run);
    assert_eq!(
        (&found[0]["title"], &found[0]["published"]),
        (&json!("表里的文章"), &json!("2024-01-05T10:00:00+08:00"))
    );
    assert_eq!(bodies(&run), "<p>表里的正文</p>");
}

fn answer(id: &str, value: &str, more: &str) -> String {
    format!(
        r#"{{"total_count":1,"item_count":1,"item":[{{"{id}":"ID1","content":{{"news_item":[{{"title":"文章","author":"a","digest":"","content":"<p>正文</p>","url":"{LONG}#rd"{more}}}],"create_time":1714500000,"update_time":1714500000}},"update_time":1714500000}}]}}"#
    )
    .replace("\"ID1\"", &format!("\"{value}\""))
}

#[test]
fn answers_of_the_api_are_read_as_if_they_had_been_asked_for() {
    for (name, text) in [
        ("freepublish.json", answer("article_id", "ART1", r#","is_deleted":false"#)),
        ("material_batchget.json", answer("media_id", "MID1", "")),
        (
            "answer.json",
            format!(
                "{{\"request\":\"/cgi-bin/material/batchget_material\",\"response\":{}}}",
                answer("media_id", "MID1", "")
            ),
        ),
    ] {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let found = articles(&run);
        assert_eq!(
            (found.len(), &found[0]["title"], &found[0]["published"]),
            (1, &json!("文章"), &json!("2024-05-01T02:00:00+08:00")),
            "{name}"
        );
        assert_eq!((bodies(&run).as_str(), gaps(&run).lines().count()), ("<p>正文</p>", 2), "{name}");
    }
}

#[test]
fn drafts_that_were_saved_are_private() {
    for (name, text) in [
        ("draft_batchget.json", answer("media_id", "D1", "")),
        ("page.json", answer("media_id", "D1", r#","article_type":"news""#)),
        ("unknown.json", answer("media_id", "D1", "")),
    ] {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let public: Vec<_> = run
            .tree()
            .into_iter()
            .filter(|(path, bytes)| path.contains("public/") && bytes.windows(6).any(|part| part == "正文".as_bytes()))
            .collect();
        assert_eq!((articles(&run).len(), public.len()), (0, 0), "{name}");
        assert!(run.tree().iter().any(|(path, _)| path.contains("private/data/drafts/")), "{name}");
    }
}

#[test]
fn an_answer_that_lacks_items_is_named_and_garbled_words_are_repaired() {
    let whole = answer("article_id", "ART1", r#","is_deleted":false"#).replace("_count\":1", "_count\":2");
    let garbled: String = whole.bytes().map(char::from).collect();
    let run = Run::new().file("freepublish_batchget.json", garbled);
    run.backup(&[]).succeeds().says("one more item than it contains");
    assert_eq!(articles(&run)[0]["title"], json!("文章"));
    assert!(gaps(&run).contains("not_listed,,,,,,1/2"), "{}", gaps(&run));
}

/// What a kept article says, by its title.
fn article(run: &Run, title: &str) -> Value {
    let found = articles(run).into_iter().find(|article| article["title"] == json!(title));
    found.unwrap_or_else(|| {
        panic!("{title} is not among {:?}", run.tree().iter().map(|(path, _)| path).collect::<Vec<_>>())
    })
}

#[test]
fn a_feed_gives_title_time_and_text() {
    for (case, title, text) in [
        ("feed/rss", "订阅里的文章", "<p>订阅里的全文</p>"),
        ("feed/gbk", "订阅里的文章", "<p>订阅里的全文</p>"),
        ("feed/atom", "原子订阅的文章", "<p>原子全文</p>"),
        ("feed/json", "JSON 订阅的文章", "<p>JSON 全文</p>"),
        ("feed/gathered", "甲号的", "<p>全文</p>"),
    ] {
        let run = Run::new().fixture(case);
        run.backup(&[]).succeeds();
        assert_eq!(article(&run, title)["published"], json!("2024-01-05T10:00:00+08:00"), "{case}");
        assert!(bodies(&run).contains(text), "{case}: {}", bodies(&run));
    }
}

#[test]
fn a_feed_in_gzip_is_read_and_one_of_other_pages_is_not_ours() {
    let rss = std::fs::read(crate::support::fixture("feed/rss/feed.xml")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &rss).unwrap();
    let run = Run::new().file("feed.xml.gz", packed.finish().unwrap());
    run.backup(&[]).succeeds();
    article(&run, "订阅里的文章");
    let other = String::from_utf8(rss).unwrap().replace("mp.weixin.qq.com", "blog.example");
    let run = Run::new().file("feed.xml", other);
    run.backup(&[]);
    assert_eq!(articles(&run), Vec::<Value>::new());
}

#[test]
fn databases_of_readers_give_titles_times_links_and_texts() {
    let run = Run::new().fixture("sqlite/we-mp-rss");
    run.backup(&["--account", "MzA0MDAwMDAwMA=="]).succeeds();
    let own = article(&run, "数据库里的文章");
    assert_eq!((&own["id"], &own["class"]), (&json!("MzA0MDAwMDAwMA==_2650000941_1"), &json!("public")));
    assert_eq!(article(&run, "别号的文章")["class"], json!("private"));
    assert!(bodies(&run).contains("<p>数据库正文</p>") && gaps(&run).contains("deleted_by_author"), "{}", gaps(&run));
    // Nothing in it is run: what a view makes up is not there.
    assert!(!gaps(&run).contains("FixtureOfAView"), "{}", gaps(&run));
    let run = Run::new().fixture("sqlite/wewe-rss");
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("FixtureWewe00000000001,not_held,另一库里的文章,2024-01-05"), "{}", gaps(&run));
}

#[test]
fn of_a_browsers_history_only_articles_are_kept() {
    let run = Run::new().fixture("sqlite/history");
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("浏览过的文章"), "{}", gaps(&run));
    let all = run.tree();
    assert!(!all.iter().any(|(_, bytes)| memchr::memmem::find(bytes, b"example.com/secret").is_some()));
}

#[test]
fn chats_are_refused_whatever_their_file_is_called() {
    let run = Run::new().fixture("chats/decrypted");
    run.backup(&[]).says("chats are not archived");
    assert!(!gaps(&run).contains("FixtureInAChat"), "{}", gaps(&run));
}

/// What a program wrote last may stand in the log beside its database alone.
#[test]
fn the_log_beside_a_database_is_read_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE articles(id, mp_id, title, url, publish_time);
             PRAGMA wal_checkpoint(TRUNCATE);
             INSERT INTO articles VALUES('1', 'MP_WXS_3040000000', '日志里的', 'https://mp.weixin.qq.com/s/FixtureInTheLog0000001', 1704420000)",
        )
        .unwrap();
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(bytes("db.db-wal").len() > 32);
    let run = Run::new()
        .file("db.db", bytes("db.db"))
        .file("db.db-wal", bytes("db.db-wal"))
        .file("db.db-shm", bytes("db.db-shm"));
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("日志里的"), "{}", gaps(&run));
    // A log that comes later makes another database of it.
    let run = Run::new().file("db.db", bytes("db.db"));
    run.backup(&[]);
    assert!(!gaps(&run).contains("日志里的"));
    let run = run.file("db.db-wal", bytes("db.db-wal"));
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("日志里的"), "{}", gaps(&run));
    assert_eq!(run.backup(&["--json"]).succeeds().json()["read"], 0);
}

#[test]
fn a_damaged_database_is_named_and_gives_what_it_has() {
    let whole = std::fs::read(crate::support::fixture("sqlite/we-mp-rss/data/db.db")).unwrap();
    for cut in [whole.len() / 2, whole.len() - 4096, 4096] {
        let run = Run::new().file("db.db", &whole[..cut]);
        let done = run.backup(&[]);
        assert!(matches!(done.code, 0 | 32), "{}: {}", done.code, done.stderr);
    }
    for at in (100..whole.len()).step_by(997) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let run = Run::new().file("db.db", bytes);
        let done = run.backup(&["--account", "MzA0MDAwMDAwMA=="]);
        assert!(done.code < 64 && !done.said().contains("panicked"), "{at}: {}", done.stderr);
    }
}

#[test]
fn dumps_of_databases_are_read() {
    let run = Run::new().fixture("sql-dump/mysql");
    run.backup(&[]).succeeds();
    let found = article(&run, "备份里的\"文章\"");
    assert_eq!((&found["account_name"], &found["id"]), (&json!("留底示例号"), &json!("MzA0MDAwMDAwMA==_2650000961_1")));
    assert!(gaps(&run).contains("第二篇"), "{}", gaps(&run));
}

#[test]
fn dumps_of_unknown_tables_list_what_they_lead_to() {
    let link = |mid: u32| {
        format!("https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid={mid}&idx=1&sn=0123456789abcdef0123456789abcdef")
    };
    // Columns that are named after their table, by names nobody knows, and by none.
    let named = format!(
        "CREATE TABLE `t` (`id` int, `art_title` text, `art_url` text, `art_time` datetime);\n\
         INSERT INTO `t` VALUES (1, '甲', '{}', '2024-01-05 10:00:00');\n",
        link(1)
    );
    let unknown =
        format!("CREATE TABLE `u` (`a` int, `b` text, `c` text);\nINSERT INTO `u` VALUES (1, '乙', '{}');\n", link(2));
    let unnamed = format!("INSERT INTO `v` VALUES (1, '丙', '{}', '2024-01-05 10:00:00');\n", link(3));
    let copied = format!("COPY public.w FROM stdin;\n1\t丁\t{}\n\\.\n", link(4));
    // A body that mentions an article is no entry of a list.
    let talk =
        format!("CREATE TABLE `x` (`content` text);\nINSERT INTO `x` VALUES ('见 {} 一文，写得很好');\n", link(5));
    let run = Run::new().file("a.sql", named + &unknown + &unnamed + &copied + &talk);
    run.backup(&[]).succeeds();
    let gaps = gaps(&run);
    for mid in 1..5 {
        assert!(gaps.contains(&format!("_{mid}_1,")), "{mid}: {gaps}");
    }
    assert!(gaps.contains(",甲,2024-01-05T10:00:00+08:00,") && !gaps.contains("_5_1,"), "{gaps}");
}

#[test]
fn articles_of_other_numbers_are_apart_whatever_their_sn() {
    let link =
        |mid: u32, idx: u32| format!("https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid={mid}&idx={idx}&sn=aa");
    let rows =
        [(68, 1, "甲"), (69, 1, "乙"), (69, 2, "丙")].map(|(mid, idx, title)| format!("{title},{}\n", link(mid, idx)));
    let run = Run::new().file("a.csv", format!("title,url\n{}", rows.concat())).file("b.txt", link(68, 1));
    run.backup(&[]).succeeds();
    for (id, title) in [("68_1", "甲"), ("69_1", "乙"), ("69_2", "丙")] {
        let line = format!("article,MzA0MDAwMDAwMA==_{id},not_held,{title},");
        assert!(gaps(&run).lines().any(|gap| gap.starts_with(&line)), "{line} {}", gaps(&run));
    }
}

#[test]
fn an_entry_without_a_link_of_its_own_is_what_its_text_leads_to() {
    let feed = "<rss version=\"2.0\"><channel><title>号</title>\
        <item><title>一</title><description>&lt;a href=\"https://mp.weixin.qq.com/s/Only00000000000000000A\"&gt;原文&lt;/a&gt;</description></item>\
        <item><title>二</title><description>https://mp.weixin.qq.com/s/Many00000000000000000A https://mp.weixin.qq.com/s/Many00000000000000000B</description></item>\
        </channel></rss>";
    let run = Run::new().file("feed.xml", feed);
    run.backup(&[]).succeeds();
    let gaps = gaps(&run);
    for (id, title) in
        [("Only00000000000000000A", "一"), ("Many00000000000000000A", ""), ("Many00000000000000000B", "")]
    {
        assert!(
            gaps.lines().any(|line| line.starts_with(&format!("article,short:{id},not_held,{title},"))),
            "{id}: {gaps}"
        );
    }
}

#[test]
fn where_nothing_is_the_accounts_own_nobody_says_that_nothing_is_missing() {
    let run = Run::new().file("notes.txt", "hello\n");
    run.backup(&[]);
    run.program(&["gaps", run.archive().to_str().unwrap()]).succeeds().says("it is not known what is missing");
}

#[test]
fn a_note_gives_its_article_with_pictures_and_nothing_of_other_notes() {
    let run = Run::new().fixture("enex/notes");
    run.backup(&[]).says("2 other notes").says("One note is encrypted");
    let found = article(&run, "笔记里的文章");
    assert_eq!(found["published"], json!("2024-01-05T10:00:00+08:00"));
    let media = found["media"].as_array().unwrap();
    assert_eq!((media.len(), media.iter().filter(|medium| medium["path"].is_string()).count()), (2, 2), "{media:?}");
    assert!(bodies(&run).starts_with("<div>") && bodies(&run).contains("笔记正文"), "{}", bodies(&run));
    assert!(gaps(&run).contains("FixtureInANote00000001"), "{}", gaps(&run));
    let all = run.tree();
    assert!(!all.iter().any(|(_, bytes)| memchr::memmem::find(bytes, "不给别人看".as_bytes()).is_some()));
}

#[test]
fn safaris_archives_give_page_and_pictures() {
    for (case, title) in [("webarchive/binary", "苹果存的"), ("webarchive/xml", "苹果另存的")] {
        let run = Run::new().fixture(case);
        run.backup(&[]).succeeds();
        let media = article(&run, title)["media"].as_array().unwrap().clone();
        assert!(media.len() == 1 && media[0]["path"].is_string(), "{case}: {media:?}");
        assert_eq!(gaps(&run).lines().count(), 2, "{case}: {}", gaps(&run));
    }
    Run::new().fixture("webarchive/broken").backup(&[]).exits(32).says("web archive cannot be read");
}

/// A catalog that is lost is made again of what is kept: the same archive.
#[test]
fn what_was_read_is_read_again_from_the_archive_alone() {
    for case in [
        "feed/rss",
        "sqlite/wewe-rss",
        "enex/notes",
        "webarchive/binary",
        "news-answers/published",
        "article-rows/spider",
    ] {
        let run = Run::new().fixture(case);
        run.backup(&[]);
        let before = run.tree();
        std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        run.backup(&[]);
        crate::support::same(&before, &run.tree());
    }
}
