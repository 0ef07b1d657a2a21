//! Keeps the evidence that importers hand over while a group of inputs is read: leaves (redacted) go into the group's
//! evidence packs, files bit-exact into the stage. No row refers to them before [`GroupWriter::seal`] made them
//! durable.

use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::redact;
use crate::archive::pack::{self, Pack, PackWriter};
use crate::error::{Error, Result};
use crate::model::{Hasher, Problem, Sha256, Time, layout};
use crate::secret::SecretSet;
use crate::source::{Destination, EvidenceId, EvidenceMeta, EvidenceWriter, Input};
use crate::store::batch::{BlobRow, EvidenceRow};
use crate::store::stage::Stage;

/// Digests of the evidence that the catalog held when the run began; those leaves are not packed again.
pub(crate) type Known = Arc<HashSet<Sha256>>;

/// The evidence writer of one group.
pub(crate) struct GroupWriter<'a> {
    /// Stage; `None` in a rehearsal, in which bytes are only hashed.
    stage: Option<&'a Stage>,
    secrets: &'a SecretSet,
    known: Known,
    versions: &'a (dyn Fn(&str) -> u32 + Sync),
    date: String,
    state: Mutex<State<'a>>,
}

#[derive(Default)]
struct State<'a> {
    open: BTreeMap<&'static str, OpenPack<'a>>,
    /// Rows of leaves in open packs; their path is known once the pack is sealed.
    waiting: BTreeMap<&'static str, Vec<EvidenceRow>>,
    seen: HashSet<Sha256>,
    kept: Kept,
}

/// A pack being filled. Leaves that are already held are counted too, so that a resumed run splits packs at the same
/// places.
#[derive(Default)]
struct OpenPack<'a> {
    writer: Option<PackWriter<'a>>,
    leaves: usize,
    bytes: u64,
}

/// The evidence that a group kept.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) evidence: Vec<EvidenceRow>,
    pub(crate) blobs: Vec<BlobRow>,
    pub(crate) packs: Vec<Pack>,
    pub(crate) known: Vec<(Sha256, u32)>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> GroupWriter<'a> {
    pub(crate) fn new(
        stage: Option<&'a Stage>,
        secrets: &'a SecretSet,
        known: Known,
        versions: &'a (dyn Fn(&str) -> u32 + Sync),
        clock: Time,
    ) -> Self {
        Self { stage, secrets, known, versions, date: clock.date(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self, digest: Sha256, bytes: u64, meta: &EvidenceMeta) -> EvidenceRow {
        EvidenceRow {
            digest,
            bytes,
            source: meta.source.to_owned(),
            version: (self.versions)(meta.source),
            locator: meta.locator.clone(),
            template: meta.template.to_owned(),
            mime: meta.mime.to_owned(),
            time: meta.time,
            fetch: meta.fetch.as_ref().and_then(|fetch| serde_json::to_string(fetch).ok()),
            blanked: 0,
            shelf: None,
            place: String::new(),
        }
    }

    /// Reports whether an earlier run kept the bytes of `input` as they are. Not if they cannot be read.
    pub(super) fn holds(&self, input: &Input) -> bool {
        let digest = || digest_of(&mut input.open()?, input.locator());
        !self.known.is_empty() && digest().is_ok_and(|(digest, _)| self.known.contains(&digest))
    }

    /// Returns the bytes in open packs, which decide when a long input is committed in part.
    pub(crate) fn open_bytes(&self) -> u64 {
        self.state().open.values().map(|pack| pack.bytes).sum()
    }

    /// Closes every pack, makes everything durable and returns what was kept since the last call.
    pub(crate) fn seal(&self) -> Result<Kept> {
        let kept = self.close()?;
        self.stage.map_or(Ok(()), Stage::sync_batch)?;
        Ok(kept)
    }

    /// Closes every pack and returns what was kept since the last call. It is durable after the next
    /// [`Stage::sync_batch`].
    pub(crate) fn close(&self) -> Result<Kept> {
        let mut state = self.state();
        let templates: Vec<&'static str> = state.open.keys().copied().collect();
        for template in templates {
            self.close_pack(&mut state, template)?;
        }
        Ok(std::mem::take(&mut state.kept))
    }

    fn close_pack(&self, state: &mut State<'a>, template: &'static str) -> Result<()> {
        let rows = state.waiting.remove(template).unwrap_or_default();
        if let Some(OpenPack { writer: Some(writer), .. }) = state.open.remove(template)
            && let Some(pack) = writer.finish()?
        {
            let place = format!("evidence/packs/{}", pack.name);
            state.kept.evidence.extend(rows.into_iter().map(|row| EvidenceRow { place: place.clone(), ..row }));
            state.kept.packs.push(pack);
        }
        Ok(())
    }
}

impl EvidenceWriter for GroupWriter<'_> {
    fn redacted(&self, bytes: &[u8], meta: &EvidenceMeta) -> Result<EvidenceId> {
        let leaf = redact::clean(bytes, &meta.locator, self.secrets);
        let digest = Sha256::of(&leaf.bytes);
        let length = leaf.bytes.len() as u64;
        let mut state = self.state();
        let state = &mut *state;
        if !leaf.checked {
            state.kept.problems.push(Problem::remark("leaf-unsearchable", &meta.locator));
        }
        if self.known.contains(&digest) {
            state.kept.known.push((digest, (self.versions)(meta.source)));
        }
        let Some(stage) = self.stage else {
            if !self.known.contains(&digest) && state.seen.insert(digest) {
                state.kept.evidence.push(self.row(digest, length, meta));
            }
            return Ok(digest);
        };
        if !pack::fits(length, meta.mime) {
            // Stored as a file: too large for a pack, or already compressed.
            if !self.known.contains(&digest) && state.seen.insert(digest) {
                stage.put_bytes(&leaf.bytes)?;
                let place = layout::evidence_leaf_path(&digest);
                state.kept.evidence.push(EvidenceRow {
                    place,
                    blanked: leaf.blanked,
                    ..self.row(digest, length, meta)
                });
            }
            return Ok(digest);
        }
        let full = state
            .open
            .get(meta.template)
            .is_some_and(|pack| pack.leaves >= pack::MOST_LEAVES || pack.bytes + length > pack::MOST_BYTES);
        if full {
            self.close_pack(state, meta.template)?;
        }
        let pack = state.open.entry(meta.template).or_default();
        pack.leaves += 1;
        pack.bytes += length;
        if self.known.contains(&digest) || !state.seen.insert(digest) {
            return Ok(digest);
        }
        let writer = match &mut pack.writer {
            Some(writer) => writer,
            None => pack.writer.insert(PackWriter::new(stage, &self.date)?),
        };
        writer.add_hashed(digest, &leaf.bytes)?;
        let row = EvidenceRow { blanked: leaf.blanked, ..self.row(digest, length, meta) };
        state.waiting.entry(meta.template).or_default().push(row);
        Ok(digest)
    }

    fn exact(&self, reader: &mut dyn Read, name: &str, shelf: Destination, meta: &EvidenceMeta) -> Result<EvidenceId> {
        let mut head = Vec::with_capacity(64 * 1024);
        reader
            .take(64 * 1024)
            .read_to_end(&mut head)
            .map_err(|error| Error::input("input-read-failed").with("path", &meta.locator).because(error))?;
        let mut all = Cursor::new(&head).chain(reader);
        let (digest, bytes) = match self.stage {
            Some(stage) => stage.put(&mut all, None).map(|staged| (staged.sha256, staged.bytes))?,
            None => digest_of(&mut all, &meta.locator)?,
        };
        let mut state = self.state();
        match shelf {
            Destination::Media => {
                state.kept.blobs.push(super::media_type::of(&head).row(digest, bytes));
            }
            Destination::Billing | Destination::Documents => {
                let (code, folder) = if shelf == Destination::Billing {
                    ("billing", "billing/raw")
                } else {
                    ("documents", "documents/other")
                };
                let name = crate::model::names::safe_file_name(name, "file");
                let row = EvidenceRow {
                    shelf: Some(code),
                    place: format!("{folder}/{}-{name}", &digest.hex()[..8]),
                    ..self.row(digest, bytes, meta)
                };
                state.kept.evidence.push(row);
            }
        }
        Ok(digest)
    }
}

/// Returns the digest and length of a file without keeping it.
fn digest_of(reader: &mut dyn Read, locator: &str) -> Result<(Sha256, u64)> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) => return Err(Error::input("input-read-failed").with("path", locator).because(error)),
        }
    }
    let bytes = hasher.bytes();
    Ok((hasher.finish(), bytes))
}
