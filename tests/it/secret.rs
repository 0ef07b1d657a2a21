//! Blanking on real pages, where they are present.

use std::io::Read as _;
use std::time::Instant;

use liudi::secret::blank::learn;
use liudi::secret::{SecretSet, blank};

use crate::samples;

#[test]
fn real_pages_lose_the_visitor_and_nothing_else() {
    let Some(folder) = samples("pages") else { return };
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".html.gz") {
            continue;
        }
        let mut page = Vec::new();
        flate2::read::MultiGzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_end(&mut page).unwrap();
        let secrets = SecretSet::new(learn(&page));
        let start = Instant::now();
        let blanked = blank(&page, &secrets);
        let took = start.elapsed();
        let covered: usize = blanked.spans.iter().map(ExactSizeIterator::len).sum();
        eprintln!(
            "{}: {} bytes, {} spans, {covered} bytes blanked, {} learned, {took:?}",
            path.file_name().unwrap().to_string_lossy(),
            page.len(),
            blanked.spans.len(),
            secrets.len(),
        );
        assert!(blanked.checked);
        assert_eq!(blanked.bytes.len(), page.len());
        assert!(covered < 64 * 1024, "{}: {covered} bytes are more than a visitor leaves", path.display());
        let mut at = 0;
        for span in &blanked.spans {
            assert_eq!(page[at..span.start], blanked.bytes[at..span.start]);
            at = span.end;
        }
        assert_eq!(page[at..], blanked.bytes[at..]);
        assert!(secrets.spans_in(blanked.bytes.as_ref()).unwrap().is_empty());
        assert!(learn(&blanked.bytes).is_empty());
        assert_eq!(std::str::from_utf8(&blanked.bytes).is_ok(), std::str::from_utf8(&page).is_ok());
        pages += 1;
    }
    assert!(pages > 0);
}
