//! The rule file's quotes are words of their sources.

use std::path::PathBuf;

use liudi::audit::rules::{Rules, SourceKind};

use crate::support::at_hand;

/// The folder with the facts beside the project, which other people do not have.
fn shared() -> PathBuf {
    std::env::var_os("LIUDI_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
}

#[test]
fn every_quote_stands_in_its_source() {
    let Some(folder) = at_hand(shared().join("sources")) else { return };
    let rules = Rules::embedded().unwrap();
    let claims = rules
        .windows
        .iter()
        .flat_map(|window| window.claims.iter().map(move |claim| (&window.id, &claim.source, &claim.quote)));
    let bases =
        rules.rules.iter().flat_map(|rule| rule.basis.iter().map(move |basis| (&rule.id, &basis.source, &basis.quote)));
    let mut checked = 0;
    for (at, source, quote) in claims.chain(bases) {
        let Some(quote) = quote else { continue };
        let source = rules.source(source).unwrap();
        assert_eq!(source.kind, SourceKind::Guide, "{at}: only the articles are quoted");
        let text = std::fs::read_to_string(folder.join(source.file.as_deref().unwrap())).unwrap();
        assert!(text.contains(quote.as_str()), "{at}: “{quote}” does not stand in {}", source.id);
        checked += 1;
    }
    assert_eq!(checked, 112);
}
