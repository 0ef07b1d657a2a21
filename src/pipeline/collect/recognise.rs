//! Decides which importer reads an input.

use crate::error::{Error, Result};
use crate::source::file::registry::IMPORTERS;
use crate::source::{Holds, Importer, Match, Probe};

/// Returns the importer that recognises the input: the one that is sure, else the first that considers it likely. What
/// contains other inputs may show one of them in plain text (a bill in a mail): it is read for what it is itself.
///
/// # Errors
/// `input-ambiguous` if two other importers are sure: a defect of liudi, reported with both names.
pub(super) fn recognise(probe: &mut Probe<'_>) -> Result<Option<&'static dyn Importer>> {
    let mut likely: Option<usize> = None;
    let mut sure: Option<&'static dyn Importer> = None;
    let (first, last): (Vec<usize>, Vec<usize>) =
        (0..IMPORTERS.len()).partition(|place| IMPORTERS[*place].is_ever_sure());
    for place in first.into_iter().chain(last) {
        let importer = IMPORTERS[place];
        if sure.is_some() && !importer.is_ever_sure() {
            break;
        }
        match importer.identify(probe) {
            Match::No => {}
            // Of several likely ones the first in the registry wins.
            Match::Likely => likely = Some(likely.map_or(place, |known| known.min(place))),
            Match::Sure => match sure {
                Some(other) if contains(other) == contains(importer) => {
                    return Err(Error::input("input-ambiguous")
                        .with("path", probe.input().locator())
                        .with("first", other.info().name)
                        .with("second", importer.info().name));
                }
                Some(other) if contains(other) => {}
                _ => sure = Some(importer),
            },
        }
    }
    Ok(sure.or(likely.map(|place| IMPORTERS[place])))
}

/// Reports whether the inputs of an importer contain other inputs.
fn contains(importer: &dyn Importer) -> bool {
    importer.holds() != Holds::Nothing
}
