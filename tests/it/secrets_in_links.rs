//! Secrets in addresses: of links, of texts that quote them, of lists, and of the names that pages were saved under.

use std::path::Path;

use crate::support::Run;

const PAGE: &str = include_str!("../../fixtures/secrets/page.html");

/// What opens something for whoever has it, in the page and in the names below.
const SECRETS: &[&str] = &[
    "ab12ab12ab12",
    "MjM4NDcyMDAx",
    "PTzQk8Ls0vB2nMx7Yw",
    "oD3M0Qs_5xYk",
    "CKWaPsid2VhbHVl",
    "86_AcCtOkenJ8sHq3vV0",
    "918273645",
    "238472001",
    "MTIzNDU2Nzg5",
    "cd34cd34cd34",
    "QQzQk8Ls0vB2nMx7Yw",
    "MjM4NDcyMDAy",
    "NzY1NDMyMQ",
];

/// Every file of the archive, evidence unpacked, but for the working state; and what else is given.
fn assert_clean(archive: &Path, said: &str) {
    let mut texts = vec![("said".to_owned(), said.as_bytes().to_vec())];
    for entry in walkdir::WalkDir::new(archive).into_iter().filter_entry(|entry| entry.file_name() != ".liudi") {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let name = entry.path().to_string_lossy().into_owned();
        texts.push((name.clone(), name.clone().into_bytes()));
        if name.ends_with(".zst") {
            texts.push((name, zstd::decode_all(bytes.as_slice()).unwrap()));
        } else {
            texts.push((name, bytes));
        }
    }
    for (name, bytes) in texts {
        for secret in SECRETS {
            assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{secret} is in {name}");
        }
    }
}

#[test]
fn links_texts_and_lists_lose_the_secrets_of_their_addresses() {
    let run = Run::new().file("page.html", PAGE);
    let list = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650500999&idx=1&sn=abcd&key=ab12ab12ab12ab12ab12ab12ab12ab12&uin=MjM4NDcyMDAx&pass_ticket=PTzQk8Ls0vB2nMx7Yw\n\
        https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650500998&idx=1&sn=abce&uin=MTIzNDU2Nzg5&key=777&openid=oD3M0Qs_5xYkQ2mZ7tWbN4cR1qwE\n\
        https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650500997&idx=1&sn=abcf&uin=NzY1NDMyMQ%3D%3D&ascene=1\n";
    let run = run.file("links.txt", list);
    let out = run.backup(&["--json"]).succeeds();
    assert_clean(&run.archive(), &(out.stdout.clone() + &out.stderr));
    let found = walkdir::WalkDir::new(run.archive().join("public")).into_iter().flatten();
    let body = found
        .filter(|entry| entry.file_name() == "content.html")
        .map(|entry| std::fs::read_to_string(entry.path()).unwrap());
    let body = body.collect::<String>();
    for kept in ["mid=2650500999&amp;idx=1", "href=\"https://example.com/x\"", "mid=2650500998", "文字里", "key=关键"]
    {
        assert!(body.contains(kept), "{kept} is not in {body}");
    }
}

#[test]
fn names_of_inputs_are_written_without_the_secrets_in_them() {
    let name = "s__biz=MzA0MDAwMDAwMA==&mid=2650500001&key=cd34cd34cd34cd34cd34cd34cd34cd34&pass_ticket=QQzQk8Ls0vB2nMx7Yw&uin=MjM4NDcyMDAy";
    let page = PAGE.replace("<p id=\"here\"></p>", &format!("<p><img src=\"./{name}_files/0.png\"></p>"));
    let run = Run::new().file(&format!("{name}.html"), page);
    let png = include_bytes!("../browser/account/2021-05-16 潮间带_files/0.png");
    let mut run = run.file(&format!("{name}_files/0.png"), png);
    for (name, bytes) in [
        ("x&key=cd34cd34cd34cd34cd34cd34cd34cd34.html", "<html>junk"),
        ("y&pass_ticket=QQzQk8Ls0vB2nMx7Yw.zip", "PK\u{3}\u{4}broken"),
        ("z&uin=MjM4NDcyMDAy.txt", "hello"),
    ] {
        run = run.file(name, bytes);
    }
    let out = run.backup(&["--json"]);
    assert_clean(&run.archive(), &(out.stdout.clone() + &out.stderr));
    let index = std::fs::read_to_string(run.archive().join("private/data/evidence/index.csv")).unwrap();
    assert!(index.contains("&mid=2650500001&key=xxxxxxxx"), "{index}");
    let media = walkdir::WalkDir::new(run.archive().join("public/data/media")).into_iter().flatten();
    assert_eq!(
        media.filter(|entry| entry.file_type().is_file()).count(),
        1,
        "the page's picture is found under its real name"
    );
    let out = run.backup(&[]);
    assert_clean(&run.archive(), &(out.stdout.clone() + &out.stderr));
}
