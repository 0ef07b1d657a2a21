//! Blanking on whole pages: our own always, real ones where they are present.

use std::io::Read as _;
use std::time::Instant;

use liudi::secret::redact::secrets_in;
use liudi::secret::{SecretSet, redact};

use crate::samples;
use crate::support::fixture;

/// Saved pages as bytes: our own, then real ones where they are present.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut pages = Vec::new();
    for folder in ["page", "page-data", "demo/pages"] {
        for entry in walkdir::WalkDir::new(fixture(folder)).sort_by_file_name().into_iter().map(Result::unwrap) {
            if entry.path().extension().is_some_and(|extension| extension == "html") {
                pages.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    assert!(pages.len() > 40, "only {} pages of our own", pages.len());
    for entry in samples("pages").into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".html.gz") {
            let mut page = Vec::new();
            let file = std::fs::File::options().read(true).open(&path).unwrap();
            flate2::read::MultiGzDecoder::new(file).read_to_end(&mut page).unwrap();
            pages.push((path.display().to_string(), page));
        }
    }
    pages
}

#[test]
fn pages_lose_the_visitor_and_nothing_else() {
    for (path, page) in pages() {
        let secrets = SecretSet::new(secrets_in(&page));
        let start = Instant::now();
        let blanked = redact(&page, &secrets);
        let took = start.elapsed();
        let covered: usize = blanked.spans.iter().map(ExactSizeIterator::len).sum();
        eprintln!(
            "{}: {} bytes, {} spans, {covered} bytes blanked, {} learned, {took:?}",
            path,
            page.len(),
            blanked.spans.len(),
            secrets.len(),
        );
        assert!(blanked.checked);
        assert_eq!(blanked.bytes.len(), page.len());
        assert!(covered < 64 * 1024, "{path}: {covered} bytes are more than a visitor leaves");
        let mut at = 0;
        for span in &blanked.spans {
            assert_eq!(page[at..span.start], blanked.bytes[at..span.start]);
            at = span.end;
        }
        assert_eq!(page[at..], blanked.bytes[at..]);
        assert!(secrets.spans_in(blanked.bytes.as_ref()).unwrap().is_empty());
        assert!(secrets_in(&blanked.bytes).is_empty());
        assert_eq!(std::str::from_utf8(&blanked.bytes).is_ok(), std::str::from_utf8(&page).is_ok());
    }
}
