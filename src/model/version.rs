//! Groups the observations of an article into versions: its states before and after the author changed it.
//!
//! Only dated copies make a version. Two dated copies are two versions if the author's text differs, if the platform
//! reports a modification between them, or if the data of the same kind of page names other media. A copy without a
//! date (a page stripped by an exporter) may differ for many other reasons and proves no edit; nor does a part of an
//! article (a preview, a truncated page). Versions are ordered by date, so that the order of inputs does not matter.

use std::collections::BTreeSet;

use super::fold::Observation;
use super::{Body, MediaRef, MediaRole, Rank, Sha256, Time};

/// Observations of one article by version.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Evidence of each version before the newest, oldest first.
    pub older: Vec<BTreeSet<Sha256>>,
    /// Evidence of the newest version; empty if there is only one.
    pub newest: BTreeSet<Sha256>,
}

/// A dated copy of the article.
struct Copy<'a> {
    evidence: Sha256,
    as_of: Time,
    rank: Rank,
    modified: Option<Time>,
    body: &'a Body,
}

impl Copy<'_> {
    /// Reports whether `self`, provided later, is another version than `earlier`.
    fn differs_from(&self, earlier: &Self) -> bool {
        let told = |one: &Self| one.rank == Rank::PageData || one.modified.is_some();
        if told(self) && told(earlier) && self.modified != earlier.modified {
            return true;
        }
        if self.body.fingerprint != earlier.body.fingerprint {
            return true;
        }
        self.rank == Rank::PageData && earlier.rank == Rank::PageData && media_of(self.body) != media_of(earlier.body)
    }
}

/// Returns the media of the text whose identity is stable between two visits: pictures on the platform's own hosts, and
/// media with an id. Other hosts may put anything into their addresses.
fn media_of(body: &Body) -> BTreeSet<&str> {
    let own = |medium: &&MediaRef| {
        let shown = !matches!(medium.role, MediaRole::Avatar | MediaRole::Cover | MediaRole::Poster);
        let by_id = matches!(medium.role, MediaRole::Audio | MediaRole::Video);
        shown && (by_id || medium.urls.iter().any(|url| url.contains(".qpic.cn/")))
    };
    body.media.iter().filter(own).map(|medium| medium.key.as_str()).collect()
}

/// Groups observations into versions.
pub fn versions(observations: &[Observation]) -> Versions {
    let mut copies = copies(observations);
    if copies.iter().any(|copy| !copy.body.partial) {
        copies.retain(|copy| !copy.body.partial);
    }
    copies.sort_by_key(|copy| (copy.as_of, copy.rank, copy.evidence));
    let mut groups: Vec<Vec<&Copy<'_>>> = Vec::new();
    for copy in &copies {
        match groups.last_mut() {
            // Of two copies with the same second neither is later.
            Some(group) if group.last().is_some_and(|last| copy.as_of > last.as_of && copy.differs_from(last)) => {
                groups.push(vec![copy]);
            }
            Some(group) => group.push(copy),
            None => groups.push(vec![copy]),
        }
    }
    if groups.len() < 2 {
        return Versions::default();
    }
    let mut sets = groups.into_iter().map(|group| group.into_iter().map(|copy| copy.evidence).collect());
    let newest = sets.next_back().unwrap_or_default();
    Versions { older: sets.collect(), newest }
}

/// Returns the dated copies with a body, one per piece of evidence.
fn copies(observations: &[Observation]) -> Vec<Copy<'_>> {
    let mut sorted: Vec<&Observation> = observations.iter().collect();
    sorted.sort_by_key(|one| (one.evidence, one.rank, one.ordinal));
    let mut copies: Vec<Copy<'_>> = Vec::new();
    for of_evidence in sorted.chunk_by(|left, right| left.evidence == right.evidence) {
        let modified = of_evidence.iter().find_map(|one| one.fields.get("modified")?.as_str()?.parse().ok());
        let copy = of_evidence.iter().find_map(|one| {
            let body = one.body.as_ref().filter(|body| !body.html.is_empty() && !body.fingerprint.is_empty())?;
            Some(Copy { evidence: one.evidence, as_of: one.as_of?, rank: one.rank, modified, body })
        });
        copies.extend(copy);
    }
    copies
}
