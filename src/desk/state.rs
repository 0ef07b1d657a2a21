//! The state that all pages of a desk share.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::DeskOptions;
use super::door::Door;
use super::memory::Memory;
use super::page::Pages;
use super::view::ViewState;
use super::workshop::Workshop;
use crate::error::{Error, Result};
use crate::pipeline::archive::state::is_archive;
use crate::text::{Language, Texts};
use crate::words::{Phrases, shell};

/// The desk.
pub(super) struct Desk {
    pub(super) options: DeskOptions,
    pub(super) address: SocketAddr,
    pub(super) door: Door,
    pub(super) workshop: Workshop,
    pub(super) pages: Pages,
    pub(super) views: ViewState,
    /// Ends the program.
    pub(super) stop: CancellationToken,
    /// Number of open pages.
    pub(super) open_pages: AtomicUsize,
    texts: [Arc<Texts>; 2],
    memory: Mutex<Memory>,
    archive: RwLock<Option<PathBuf>>,
    /// Whether the folder of the archive was seen.
    was_there: AtomicBool,
    /// Held by the action of a form: what one reads, no other changes before it has written.
    pub(super) acting: Mutex<()>,
    /// Words to show on the next page.
    notes: Mutex<Vec<Note>>,
    version: watch::Sender<u64>,
}

/// A text to show, with its arguments.
pub(super) type Note = (String, Vec<(&'static str, String)>);

/// Largest number of notes that wait for a page.
const NOTES: usize = 20;

impl Desk {
    pub(super) fn new(options: DeskOptions, address: SocketAddr, stop: CancellationToken) -> Result<Self> {
        let texts = Language::ALL.map(|language| Arc::new(Texts::new(language)));
        let mut memory = Memory::read();
        if options.language_wanted || memory.language.is_none() {
            memory.language = Some(options.language.tag().to_owned());
        }
        let archive = options.archive.clone().or_else(|| memory.recent.first().cloned());
        let archive = archive.filter(|root| options.archive.is_some() || is_archive(root));
        let desk = Self {
            address,
            door: Door::new(address.port())?,
            workshop: Workshop::default(),
            pages: Pages::new(&texts)?,
            views: ViewState::default(),
            stop,
            open_pages: AtomicUsize::new(0),
            texts,
            memory: Mutex::new(memory),
            archive: RwLock::default(),
            was_there: AtomicBool::new(false),
            acting: Mutex::default(),
            notes: Mutex::default(),
            version: watch::channel(0).0,
            options,
        };
        if let Some(root) = archive {
            desk.choose(&root)?;
        }
        Ok(desk)
    }

    /// Returns the value of the `Host` header by which this desk is reached.
    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Returns an address that admits one browser.
    pub(super) fn url(&self) -> Result<String> {
        Ok(format!("http://{}/?key={}", self.address, self.door.key()?))
    }

    /// Returns the language of the pages.
    pub(super) fn language(&self) -> Language {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.language.as_deref().and_then(Language::from_tag).unwrap_or_default()
    }

    /// Changes the language of the pages.
    pub(super) fn speak(&self, language: Language) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.language = Some(language.tag().to_owned());
        memory.write();
        drop(memory);
        self.changed();
    }

    /// Returns the texts of the language.
    pub(super) fn texts(&self) -> &Arc<Texts> {
        let language = self.language();
        let [first, other] = &self.texts;
        if first.language() == language { first } else { other }
    }

    /// Returns the phrases of the language, with the command that a printed command begins with.
    pub(super) fn phrases(&self) -> Phrases<'_> {
        let command = match self.archive() {
            Some(root) => shell::liudi(&root),
            None => "liudi".to_owned(),
        };
        Phrases { texts: self.texts(), command: command.into(), on_page: true }
    }

    /// Returns the folder of the chosen archive, which need not exist yet.
    pub(super) fn archive(&self) -> Option<PathBuf> {
        self.archive.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the folder of the chosen archive.
    ///
    /// # Errors
    /// `desk-no-archive` if none is chosen, `desk-archive-gone` if its folder was there and is not any longer: a new
    /// archive in its place would look like an empty one.
    pub(super) fn root(&self) -> Result<PathBuf> {
        let root = self.archive().ok_or_else(|| Error::usage("desk-no-archive"))?;
        if root.is_dir() {
            self.was_there.store(true, Ordering::Relaxed);
        } else if self.was_there.load(Ordering::Relaxed) {
            return Err(Error::input("desk-archive-gone").with("path", root.display()));
        }
        Ok(root)
    }

    /// Chooses an archive, by an absolute path.
    ///
    /// # Errors
    /// `desk-busy` while a run is in progress.
    pub(super) fn choose(&self, root: &Path) -> Result<()> {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let mut archive = self.archive.write().unwrap_or_else(PoisonError::into_inner);
        if archive.as_ref() == Some(&root) {
            return Ok(());
        }
        if self.workshop.now().is_some() {
            return Err(Error::new(crate::error::Kind::Lock, "desk-busy"));
        }
        *archive = Some(root.clone());
        drop(archive);
        self.was_there.store(root.is_dir(), Ordering::Relaxed);
        self.workshop.forget();
        self.views.forget();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.used(&root);
        memory.write();
        drop(memory);
        self.changed();
        Ok(())
    }

    /// Returns the archives that were used before, the latest first.
    pub(super) fn recent(&self) -> Vec<PathBuf> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).recent.clone()
    }

    /// Shows a text on the next page.
    pub(super) fn note(&self, id: &str, arguments: Vec<(&'static str, String)>) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < NOTES {
            notes.push((id.to_owned(), arguments));
        }
    }

    /// Takes the texts that wait for a page.
    pub(super) fn take_notes(&self) -> Vec<Note> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the open pages that something changed.
    pub(super) fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Returns a receiver of changes.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
