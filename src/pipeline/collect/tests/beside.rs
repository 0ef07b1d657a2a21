//! What lies in the folder of a saved page.

use super::*;

#[test]
fn a_page_waits_for_what_lies_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/page/type0-complete");
    let mut names: Vec<_> = walkdir::WalkDir::new(&folder).into_iter().map(std::result::Result::unwrap).collect();
    names.retain(|entry| entry.file_type().is_file() && !entry.path().ends_with("expected.json"));
    let files = |broken: Option<&str>| -> Vec<FoundInput> {
        let files = names.iter().map(|entry| {
            let name = entry.path().strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            let fails = broken.filter(|broken| name.ends_with(broken)).map(|_| Fails::After(500));
            found(&name, &std::fs::read(entry.path()).unwrap(), fails)
        });
        files.collect()
    };
    let tried = Tried::new();
    let read = |mut files: Vec<FoundInput>| {
        let _siblings = companions::settle(&mut files);
        files.retain(|file| !file.companion);
        let states: Vec<i64> = files.iter().map(|file| file.modified).collect();
        (tried.read(&files), states)
    };
    let (outcome, _) = read(files(Some("640.png")));
    assert_eq!(outcome.unreadable.into_iter().collect::<Vec<_>>(), ["/一篇图文.html"]);
    assert!(tried.gaps().contains_key(&input_key("一篇图文_files/640.png")), "{:?}", tried.gaps());
    let (outcome, whole) = read(files(None));
    assert!(outcome.unreadable.is_empty() && tried.failures().is_empty(), "{:?}", tried.failures());
    assert!(!tried.gaps().keys().any(|key| key.starts_with("input:")), "{:?}", tried.gaps());
    // A picture that was missing when the page was read changes the state of the page.
    let mut fewer = files(None);
    fewer.retain(|file| !file.path().ends_with("640.png"));
    let (_, without) = read(fewer);
    assert_ne!(whole, without);
}

#[test]
fn a_page_is_read_again_with_other_importers_only_if_they_may_have_read_what_lies_beside_it() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/page/type0-complete");
    let page = std::fs::read(fixture.join("一篇图文.html")).unwrap();
    let picture = std::fs::read(fixture.join("一篇图文_files/640.png")).unwrap();
    for (beside, version) in [(None, version_of("page")), (Some("说明.xyz"), recognition_version())] {
        let mut files = vec![found("一篇图文.html", &page, None), found("一篇图文_files/640.png", &picture, None)];
        files.extend(beside.map(|name| found(&format!("一篇图文_files/{name}"), b"\x01\x02?", None)));
        let _siblings = companions::settle(&mut files);
        files.retain(|file| !file.companion);
        let tried = Tried::new();
        tried.read(&files);
        let seen = tried.session.catalog.input("/一篇图文.html").unwrap().unwrap();
        assert_eq!((seen.version, seen.source.as_deref()), (version, Some("page")), "{beside:?}");
        let done = is_done(&tried.session.catalog, false, "/一篇图文.html", seen.size, seen.modified);
        assert!(done.unwrap(), "{beside:?}");
    }
}
