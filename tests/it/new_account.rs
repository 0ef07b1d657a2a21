//! `liudi export --to wechat`: the drafts are posted to a virtual account, which refuses what the platform refuses.

use std::path::Path;

use serde_json::{Value, json};

use super::support::Run;
use crate::platform::Platform;
use crate::platform::official::{APPID, Class, Official, SECRET};

fn page(number: u32, title: &str, author: &str, digest: &str, body: &str) -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"{title}\"><meta name=\"author\" content=\"{author}\"><meta property=\"og:description\" content=\"{digest}\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\">{body}</div><script>var ct = \"1720000000\";</script></body></html>"
    )
}

struct Account {
    platform: Platform,
    client: reqwest::Client,
    token: String,
}

impl Account {
    async fn new() -> Self {
        let platform = Platform::start();
        platform.serve(Official::new(Class::Personal));
        let client = reqwest::Client::new();
        let mut account = Self { platform, client, token: String::new() };
        let body = json!({"grant_type": "client_credential", "appid": APPID, "secret": SECRET, "force_refresh": false});
        let answer = account.post("/cgi-bin/stable_token", body.to_string().into_bytes()).await;
        answer["access_token"].as_str().unwrap().clone_into(&mut account.token);
        account
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Value {
        let url = format!("{}{path}?access_token={}", self.platform.base("api.weixin.qq.com"), self.token);
        let answer = self.client.post(url).body(body).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Uploads the pictures of a draft in their order and adds the draft; returns the platform's code of a refusal.
    async fn add(&self, folder: &Path) -> Option<i64> {
        let bytes = std::fs::read(folder.join("draft.json")).unwrap();
        let whole: Value = serde_json::from_slice(&bytes).unwrap();
        let mut draft = whole["draft"].clone();
        let article = &mut draft["articles"][0];
        let mut content = article["content"].as_str().unwrap().to_owned();
        for image in whole["images"].as_array().unwrap() {
            let file = image["file"].as_str().unwrap();
            let bytes = std::fs::read(folder.join(file)).unwrap();
            assert_eq!(image["bytes"], bytes.len());
            let form = [b"--x\r\nContent-Disposition: form-data; name=\"media\"\r\n\r\n".to_vec(), bytes].concat();
            let answer = self.post("/cgi-bin/media/uploadimg", form).await;
            if let Some(code) = answer["errcode"].as_i64() {
                return Some(code);
            }
            content = content.replace(file, answer["url"].as_str().unwrap());
        }
        article["content"] = content.into();
        // The owner chooses a cover where the sheet names none.
        article["thumb_media_id"] = "uploaded".into();
        self.post("/cgi-bin/draft/add", draft.to_string().into_bytes()).await["errcode"].as_i64()
    }
}

#[test]
fn the_platform_takes_every_draft_but_those_on_the_check_sheet() {
    let picture = "<p><img src=\"a_files/a.png\"></p>";
    let long = "字".repeat(20_000);
    let posts = [
        ("好的", "阿岭", "摘要", format!("<p style=\"color:red\">茶</p>{picture}"), None),
        (
            "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三",
            "阿岭",
            "",
            picture.to_owned(),
            Some(45_003),
        ),
        ("作者", "一二三四五六七八九十一二三四五六七", "", picture.to_owned(), Some(45_110)),
        ("摘要", "阿岭", &long[..129 * 3], picture.to_owned(), Some(45_004)),
        ("正文", "阿岭", "", format!("<p>{long}</p>{picture}"), Some(45_002)),
    ];
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    png.extend(vec![7; 300]);
    let mut run = Run::new().file("a_files/a.png", png);
    for (number, (title, author, digest, body, _)) in (1..).zip(&posts) {
        run = run.file(&format!("{number}.html"), page(number, title, author, digest, body));
    }
    run.backup(&["--no-mirror"]);
    let archive = run.archive().display().to_string();
    run.program(&["export", &archive, "--to", "wechat"]).succeeds();
    let folder = run.archive().join("exports/wechat");
    let sheet = std::fs::read_to_string(folder.join("check.csv")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let account = Account::new().await;
        for (title, _, _, _, refused) in &posts {
            let found = std::fs::read_dir(&folder).unwrap().flatten();
            let begins: String = title.chars().take(10).collect();
            let post = found.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains(&begins)).unwrap();
            assert_eq!(account.add(&post).await, *refused, "{title}");
            let is_listed = sheet.lines().any(|line| line.starts_with(title) && line.contains("too long"));
            assert_eq!(is_listed, refused.is_some(), "{title}: {sheet}");
        }
    });
}
