//! Collects the articles linked in rows of private tables while an input is read, and lists them afterwards, so that no
//! importer of tables loses links.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::model::{DataRow, Kind, ListingFields, Rank, Record};
use crate::parse::list::links::{FoundLink, Links};
use crate::parse::list::row_links;
use crate::source::file::list::links;
use crate::source::{EvidenceId, Item, Out};

/// Links by the evidence of the rows that contain them.
#[derive(Debug, Default)]
pub(crate) struct RowLinks(BTreeMap<EvidenceId, Links>);

impl RowLinks {
    /// Adds the links of a row.
    pub(crate) fn add(&mut self, row: &DataRow, evidence: EvidenceId) {
        let mut found = Links::default();
        row_links::of_row(row.dataset, &row.fields, &mut found);
        if !found.is_empty() {
            let links = self.0.entry(evidence).or_default();
            found.into_vec().into_iter().for_each(|one| links.add(one));
        }
    }

    /// Emits each article as an entry of a list, ranked as a bare link: any list or page takes precedence.
    pub(crate) fn emit(&mut self, out: &mut dyn Out) -> Result<()> {
        for (evidence, links) in std::mem::take(&mut self.0) {
            let listed = links.len() as u64;
            for found in links.into_vec() {
                // The other fields of the row are in its own table.
                let record = links::record(FoundLink { more: None, ..found });
                out.item(Item::Record(record, evidence))?;
            }
            let list = "rows".to_owned();
            let fields =
                ListingFields { scope: "links".to_owned(), list, platform_total: None, listed, complete: false };
            let alias = format!("listing:rows:{}", &evidence.hex()[..16]);
            out.item(Item::Record(Record::new(Kind::Listing, Rank::Link, vec![alias], &fields), evidence))?;
        }
        Ok(())
    }
}
