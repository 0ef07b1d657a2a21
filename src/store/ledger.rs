//! The ledger: rows of all statements, each transaction once. While statements are read, the rows of each go into a
//! *run* of its own, sorted; a commit merges the runs into `ledger.csv`. Nothing is held whole in memory, and the same
//! statements give the same bytes in whatever order they came.

mod loose;
mod merge;
mod package;
mod reconcile;
mod run;
mod sorted;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::statement::{LedgerRows, LedgerSink};
use crate::platform;

pub use merge::{LedgerReport, Total};

/// The runs of an archive, in a folder of its working state.
#[derive(Debug)]
pub struct LedgerStore {
    folder: PathBuf,
}

impl LedgerStore {
    /// Opens the folder, which is made if need be. What a killed run left half-written in it is removed.
    pub fn open(folder: &Path) -> Result<Self> {
        let failed = |error| Error::disk("ledger-open-failed", folder.display(), error);
        platform::create_private_folder(folder).map_err(failed)?;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "tmp") {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Whether the rows of `statement` are here.
    pub fn has(&self, statement: &Sha256) -> bool {
        self.path(statement).exists()
    }

    /// Bytes of the rows of `statements`, which the ledger has somewhat more of.
    pub fn size(&self, statements: &[Sha256]) -> Result<u64> {
        let mut statements = statements.to_vec();
        statements.sort_unstable();
        statements.dedup();
        statements.iter().map(|statement| Ok(run::Run::open(&self.path(statement), *statement)?.bytes)).sum()
    }

    /// Writes the ledger of `statements` as CSV. Rows that are the same in several of them are written once, never rows of
    /// one bill; rows that share a number and differ are all written and reported, unless one is the other as it was before.
    pub fn merge(&self, statements: &[Sha256], out: &mut dyn Write) -> Result<LedgerReport> {
        let mut statements = statements.to_vec();
        statements.sort_unstable();
        statements.dedup();
        let runs = statements
            .into_iter()
            .map(|statement| run::Run::open(&self.path(&statement), statement))
            .collect::<Result<Vec<_>>>()?;
        merge::merge(&runs, &self.folder, out)
    }

    fn path(&self, statement: &Sha256) -> PathBuf {
        self.folder.join(format!("{}.run", statement.hex()))
    }
}

impl LedgerSink for LedgerStore {
    fn open(&self, statement: Sha256, name: &str) -> Result<Box<dyn LedgerRows + '_>> {
        Ok(Box::new(run::Writer::create(&self.folder, self.path(&statement), name)?))
    }
}

#[cfg(test)]
mod tests;
