//! Reads the responses before a collector's cursor: stores the evidence, then its contents, and discards the responses
//! in the same transaction. Responses are read in groups of sixteen in the order of calls.

use std::cell::RefCell;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::caller::answer_of;
use super::{Collecting, ORIGIN, Surroundings};
use crate::archive::pack::MOST_LEAVES;
use crate::error::{Error, Result};
use crate::fetch::ApiClient;
use crate::model::{Sha256, layout};
use crate::pipeline::archive::rebuild;
use crate::pipeline::collect::batch::{BatchBuilder, GroupBatch};
use crate::pipeline::collect::evidence_writer::GroupWriter;
use crate::pipeline::collect::inner::Sink;
use crate::pipeline::collect::{Collect, version_of};
use crate::source::api::collector::DynCollector;
use crate::source::file::container::zip::Budget;
use crate::source::{EvidenceMeta, EvidenceWriter as _, ImportCx};
use crate::store::calls::{self, CallRow, Who};

/// Size in bytes (as stored) above which a group has fewer responses.
const GROUP_BYTES: u64 = 16 * 1024 * 1024;

/// The responses of one collector.
pub(super) struct Reading<'a> {
    pub(super) around: &'a Surroundings<'a>,
    pub(super) client: &'a dyn ApiClient,
    pub(super) collector: &'static dyn DynCollector,
}

impl Collecting<'_> {
    /// Reads the remaining responses of a collector.
    pub(super) fn read_rest(&self, collector: &'static dyn DynCollector) -> Result<()> {
        Reading { around: self.around, client: self.client, collector }.groups(true)
    }
}

impl Reading<'_> {
    /// Reads whole groups; with `rest` also the last, shorter one.
    pub(super) fn groups(&self, rest: bool) -> Result<()> {
        let catalog = &self.around.session.catalog;
        let who = Who { collector: self.collector.info().name, account: self.client.account() };
        loop {
            let group = calls::unread(catalog.connection(), who, MOST_LEAVES, GROUP_BYTES, !rest)?;
            if group.is_empty() {
                return Ok(());
            }
            self.group(&group)?;
        }
    }

    fn group(&self, group: &[CallRow]) -> Result<()> {
        let Surroundings { session, run, passwords, progress, .. } = *self.around;
        let catalog = &session.catalog;
        let secrets = self.around.secrets_with(self.client);
        let mut known = match self.around.known.take() {
            Some(known) => known,
            None => Arc::new(catalog.evidence_digests()?),
        };
        let writer = GroupWriter::new(Some(&session.stage), &secrets, Arc::clone(&known), &version_of, run.clock);
        let mut builder = BatchBuilder::new(format!("{ORIGIN}{}", self.collector.info().name));
        let never = CancellationToken::new();
        let budget = Budget::new(session.root.join(layout::WORK));
        let collect = Collect {
            stage: Some(&session.stage),
            ledger: &session.ledger,
            run,
            passwords,
            budget: &budget,
            secrets: &secrets,
            keep_other: true,
            jobs: 1,
            stop: &never,
            progress,
        };
        // Rows are added in parts, since an export may have half a gigabyte. A kill leaves the first parts of a group
        // in the catalog; reading the group again does not duplicate them.
        let added: RefCell<Vec<Sha256>> = RefCell::default();
        let parts = |batch: GroupBatch| {
            added.borrow_mut().extend(batch.rows.evidence.iter().map(|row| row.digest));
            catalog.transaction(|connection| catalog.add_rows(connection, run, &batch.rows))?;
            Ok(true)
        };
        for call in group {
            let fetch =
                serde_json::from_str(&call.fetch).map_err(|error| Error::other("api-answer-invalid").because(error))?;
            let answer = answer_of(call.clone(), &session.answers())?;
            let meta = EvidenceMeta {
                source: self.collector.info().name,
                locator: answer.locator(),
                template: rebuild::API,
                mime: "text/plain",
                time: Some(run.clock),
                fetch: Some(fetch),
            };
            let evidence = writer.redacted(&answer.to_evidence()?, &meta)?;
            if answer.is_refusal() {
                continue;
            }
            let cx = ImportCx { evidence: &writer, ledger: &session.ledger, passwords, budget: &budget };
            let mut sink = Sink::new(&collect, &writer, &mut builder, &parts);
            self.collector.read(&answer, evidence, &cx, &mut sink)?;
        }
        let rows = builder.with(writer.seal()?)?;
        catalog.transaction(|connection| {
            catalog.add_rows(connection, run, &rows)?;
            calls::read(connection, group)
        })?;
        drop(writer);
        let added = added.into_inner().into_iter().chain(rows.evidence.iter().map(|row| row.digest));
        Arc::make_mut(&mut known).extend(added);
        self.around.known.set(Some(known));
        super::answers::sweep(session)
    }
}
