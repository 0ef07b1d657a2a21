//! Builds the ledger: the rows of all statements, each transaction once. While statements are read, the rows of each
//! are written to a separate sorted *run*; a commit merges the runs into `ledger.csv`. No file is held in memory as a
//! whole, and the same statements produce the same bytes in any order.

mod loose;
mod merge;
mod package;
mod packed;
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
    /// Opens the folder, creating it if needed. Temporary files left by a killed run are removed.
    pub fn open(folder: &Path) -> Result<Self> {
        let failed = |error| Error::disk("ledger-open-failed", folder.display(), error);
        platform::create_private_folder(folder).map_err(failed)?;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "tmp") {
                platform::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Reports whether the rows of `statement` are stored.
    pub fn has(&self, statement: &Sha256) -> bool {
        self.path(statement).exists()
    }

    /// Returns the size in bytes of the rows of `statements`; the ledger is somewhat larger.
    pub fn size(&self, statements: &[Sha256]) -> Result<u64> {
        let mut statements = statements.to_vec();
        statements.sort_unstable();
        statements.dedup();
        statements.iter().map(|statement| Ok(run::Run::open(&self.path(statement), *statement)?.bytes)).sum()
    }

    /// Writes the ledger of `statements` as CSV. Identical rows of several statements are written once, but rows of one
    /// bill are never combined; rows that share a number and differ are all written and reported, unless one is an
    /// earlier version of the other.
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
