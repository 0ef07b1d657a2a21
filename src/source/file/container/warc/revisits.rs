//! Resolves records that refer to an earlier response instead of holding one (`revisit`): that response is read again
//! as the response of the later address. Most revisits have the same address, so there is nothing left to read.

use std::collections::{BTreeMap, HashMap};

use crate::model::Time;
use crate::parse::container::multipart::Headers;

/// A record without its own body.
#[derive(Debug)]
pub(super) struct Revisit {
    pub(super) number: u64,
    pub(super) uri: String,
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) time: Option<Time>,
    /// `WARC-Refers-To`.
    id: Option<String>,
    /// `WARC-Payload-Digest`.
    digest: Option<String>,
}

impl Revisit {
    pub(super) fn new(number: u64, uri: String, record: &Headers, status: u16, headers: Headers) -> Self {
        let text = |name| record.get(name).map(str::to_owned);
        let time = record.get("warc-date").and_then(|date| date.parse().ok());
        Self { number, uri, status, headers, time, id: text("warc-refers-to"), digest: text("warc-payload-digest") }
    }
}

/// The responses that revisits may refer to, and the revisits.
#[derive(Debug, Default)]
pub(super) struct Revisits {
    /// Number and address of a response, by its id and by its digest.
    originals: HashMap<String, (u64, String)>,
    revisits: Vec<Revisit>,
}

impl Revisits {
    /// Adds a response that revisits may refer to.
    pub(super) fn original(&mut self, number: u64, uri: &str, record: &Headers) {
        for name in [record.get("warc-record-id"), record.get("warc-payload-digest")].into_iter().flatten() {
            self.originals.entry(name.to_owned()).or_insert_with(|| (number, uri.to_owned()));
        }
    }

    pub(super) fn add(&mut self, revisit: Revisit) {
        self.revisits.push(revisit);
    }

    /// Returns the revisits to read, by the number of the record with their response, and the number of unresolved
    /// ones.
    pub(super) fn settle(self) -> (BTreeMap<u64, Vec<Revisit>>, u64) {
        let (mut wanted, mut nowhere) = (BTreeMap::<u64, Vec<Revisit>>::new(), 0);
        for revisit in self.revisits {
            let original =
                [&revisit.id, &revisit.digest].into_iter().flatten().find_map(|name| self.originals.get(name));
            match original {
                Some((_, uri)) if *uri == revisit.uri => {}
                Some((number, _)) => wanted.entry(*number).or_default().push(revisit),
                None => nowhere += 1,
            }
        }
        (wanted, nowhere)
    }
}
