//! The same with a server that is not ours. `.ci/cloud` starts it and says where it is.

use std::fs;

use super::support::{Run, same, tree};

#[test]
fn an_s3_server_that_is_not_ours_takes_and_gives_back_an_archive() {
    let endpoint = std::env::var("LIUDI_TEST_S3").expect("run .ci/cloud, which starts an S3 server");
    let run = Run::new()
        .fixture("demo")
        .file("large.bin", vec![7; 12 << 20])
        .env("LIUDI_ZIP_PASSWORD", "liudi-demo")
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "key-of-the-test")
        .env("AWS_SECRET_ACCESS_KEY", "hush-hush-hush");
    run.backup(&["--no-mirror"]).succeeds();
    run.program(&["keep", "in/large.bin", "--as", "other", "-C", "archive"]).succeeds();
    let address = format!("s3://liudi-test/{}", std::process::id());
    run.program(&["copy", "archive", &address]).succeeds().says("second copy");
    run.program(&["verify", &address]).succeeds();
    let again = run.program(&["copy", "archive", &address, "--json"]).succeeds().json();
    assert_eq!(again["files"], 0, "{again}");
    run.program(&["copy", &address, "back"]).succeeds();
    let bags = |name: &str| -> Vec<_> {
        let all = tree(&run.folder().join(name));
        all.into_iter().filter(|(path, _)| path.starts_with("public/") || path.starts_with("private/")).collect()
    };
    same(&bags("archive"), &bags("back"));
    run.program(&["mirror", "archive", "-o", "of-folder"]).succeeds();
    run.program(&["mirror", &address, "-o", "of-store"]).succeeds();
    same(&tree(&run.folder().join("of-folder")), &tree(&run.folder().join("of-store")));
    let wrong = run.program_with(&["verify", &address], &[("AWS_SECRET_ACCESS_KEY", "wrong-wrong-wrong")]);
    let said = wrong.exits(16).said();
    assert!(!said.contains("wrong-wrong") && !said.contains("hush"), "{said}");
    fs::remove_dir_all(run.folder().join("back")).unwrap();
}
