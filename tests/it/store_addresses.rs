//! The address of a cloud store is never taken for a folder called `s3:`, in a build with cloud stores or without.

use super::support::Run;

#[test]
fn no_command_makes_a_folder_of_an_address() {
    let run = Run::new();
    let code = if cfg!(feature = "cloud") { "store-not-here" } else { "cloud-not-built" };
    for line in [
        "backup in -o s3://bucket/a",
        "collect in -o=oss://bucket/a",
        "-C cos://bucket/a keep in/x --as other",
        "repair s3://bucket/a",
        "ready s3://bucket/a",
        "pack archive -o s3://bucket/a",
        "mirror archive -o s3://bucket/site",
        "export archive --to markdown -os3://bucket/out",
        "desk s3://bucket/a",
        "serve s3://bucket/a",
        "-Cs3://bucket/a guide",
        "sign s3://bucket/a --key k",
    ] {
        let arguments: Vec<&str> = line.split(' ').chain(["--json"]).collect();
        let done = run.program(&arguments).exits(2);
        assert!(done.said().contains(code), "{line}: {}", done.said());
    }
    assert_eq!(run.folder().read_dir().unwrap().count(), 0);
}

#[test]
#[cfg(not(feature = "cloud"))]
fn a_build_without_cloud_stores_says_so() {
    let run = Run::new();
    for line in [
        "verify s3://bucket/a",
        "backup in --store s3://bucket/a",
        "mirror oss://bucket/a -o site",
        "copy a cos://bucket/a",
        "copy s3://bucket/a b",
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        run.program(&arguments).exits(2).says("cargo install --path . --features cloud");
    }
    assert_eq!(run.folder().read_dir().unwrap().count(), 0);
}
