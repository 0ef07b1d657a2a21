//! Writes the drafts of a plan's letters and updates them until the owner edits them; the owner's text is never
//! overwritten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::private_files;
use crate::archive::Archive;
use crate::audit::engine::Facts;
use crate::audit::letters::{self, Given, Letter};
use crate::audit::plan::Plan;
use crate::config::site::SiteConfig;
use crate::error::{Error, Result};
use crate::export::options::site_address;
use crate::model::{Class, Sha256, layout};
use crate::pipeline::host::Host;
use crate::platform;

/// The written drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    /// Each draft.
    pub drafts: Vec<WrittenLetter>,
}

/// A draft and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenLetter {
    /// Its file name.
    pub name: &'static str,
    /// The path of the draft, or of the owner's version of it.
    pub path: PathBuf,
    /// What happened to it.
    pub outcome: LetterOutcome,
    /// Number of blanks for the owner to fill in.
    pub blanks: usize,
}

/// What happened to a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterOutcome {
    /// Written next to the version the owner edited, because the new text differs.
    Beside,
    /// Written.
    New,
    /// Already present.
    Same,
    /// Replaced an older version that the owner had not edited.
    Updated,
    /// Left unchanged: the owner edited it, and the draft has not changed since.
    Yours,
}

impl LetterOutcome {
    /// Returns the code; the text is `plan-letter-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Beside => "beside",
            Self::New => "new",
            Self::Same => "same",
            Self::Updated => "updated",
            Self::Yours => "yours",
        }
    }
}

impl Letters {
    /// Returns the number of blanks in all drafts.
    pub fn blanks(&self) -> usize {
        self.drafts.iter().map(|draft| draft.blanks).sum()
    }
}

/// Returns the site's public address: that of the flag, else of `site.toml`, else of the built site.
fn site(root: &Path, flag: Option<&str>) -> Result<Option<String>> {
    if let Some(address) = flag.map(str::to_owned).or(SiteConfig::find(None, root)?.base_url) {
        return site_address(&address).map(Some);
    }
    let robots = platform::read_text(root.join(layout::SITE).join("robots.txt")).unwrap_or_default();
    let sitemap = robots.lines().find_map(|line| line.strip_prefix("Sitemap: "));
    Ok(sitemap.and_then(|address| address.strip_suffix("/sitemap.xml")).map(str::to_owned))
}

/// Writes the drafts into `folder`.
pub(super) fn write(
    root: &Path,
    folder: &Path,
    scene: &Facts<'_>,
    plan: &Plan,
    (base_url, day_chosen): (Option<&str>, bool),
    host: &dyn Host,
) -> Result<Letters> {
    std::fs::create_dir_all(folder).map_err(|error| Error::disk("plan-write-failed", folder.display(), error))?;
    let site = site(root, base_url)?;
    let given = Given { site: site.as_deref(), day_chosen };
    let before = written(root)?;
    let mut written: BTreeSet<String> = before.lines().map(str::to_owned).collect();
    let mut drafts = Vec::new();
    for letter in letters::drafts(scene, plan, given)? {
        let (outcome, path) = put(folder, &letter, &mut written)?;
        drafts.push(WrittenLetter { name: letter.name, path, outcome, blanks: letter.blanks() });
    }
    let after = written.into_iter().map(|digest| digest + "\n").collect::<String>();
    if after != before {
        // Without this record every draft counts as edited and is never overwritten.
        private_files::note(root, layout::LETTERS, after.into_bytes(), host)?;
    }
    Ok(Letters { drafts })
}

/// Returns the names of the drafts in `folder` that no longer say what is recorded: writing them again would change
/// them, or write a new version beside the one the owner edited.
pub(super) fn outdated(
    root: &Path,
    folder: &Path,
    scene: &Facts<'_>,
    plan: &Plan,
    (base_url, day_chosen): (Option<&str>, bool),
) -> Result<BTreeSet<&'static str>> {
    let site = site(root, base_url)?;
    let written: BTreeSet<String> = written(root)?.lines().map(str::to_owned).collect();
    let mut outdated = BTreeSet::new();
    for letter in letters::drafts(scene, plan, Given { site: site.as_deref(), day_chosen })? {
        let (outcome, _) = decide(folder, &letter, &written)?;
        if matches!(outcome, LetterOutcome::Updated | LetterOutcome::Beside) {
            outdated.insert(letter.name);
        }
    }
    Ok(outdated)
}

/// Reads the digests of all drafts written so far, one per line: a file that matches one was not edited. An earlier
/// version kept them in the working state.
fn written(root: &Path) -> Result<String> {
    let archive = Archive::open(root)?;
    let failed = |error| Error::disk("readiness-unreadable", archive.shown(Class::Private, layout::LETTERS), error);
    match archive.bytes(Class::Private, layout::LETTERS).map_err(failed)? {
        Some(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        None => Ok(platform::read_text(root.join(layout::WORK).join("letters")).unwrap_or_default()),
    }
}

/// Writes one draft into `folder`. Returns the outcome and the path of the draft, or of the owner's version of it.
fn put(folder: &Path, letter: &Letter, written: &mut BTreeSet<String>) -> Result<(LetterOutcome, PathBuf)> {
    let (outcome, path) = decide(folder, letter, written)?;
    if matches!(outcome, LetterOutcome::New | LetterOutcome::Updated | LetterOutcome::Beside) {
        platform::write_anew(&path, letter.text.as_bytes())
            .map_err(|error| Error::disk("plan-write-failed", path.display(), error))?;
    }
    if outcome != LetterOutcome::Yours {
        written.insert(Sha256::of(letter.text.as_bytes()).hex());
    }
    Ok((outcome, path))
}

/// Returns what writing a draft into `folder` does, and the path it is written to, or that of the owner's version.
fn decide(folder: &Path, letter: &Letter, written: &BTreeSet<String>) -> Result<(LetterOutcome, PathBuf)> {
    let digest = |bytes: &[u8]| Sha256::of(bytes).hex();
    let new = digest(letter.text.as_bytes());
    let mut number = 0;
    loop {
        let path = folder.join(numbered(letter.name, number));
        let held = match platform::read(&path) {
            Ok(held) => Some(held),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::disk("plan-write-failed", path.display(), error)),
        };
        let outcome = match held {
            Some(held) if digest(&held) == new => LetterOutcome::Same,
            Some(held) if !written.contains(&digest(&held)) => {
                // The owner edited the draft, and this text is not new: the owner's version is kept.
                if number == 0 && written.contains(&new) {
                    return Ok((LetterOutcome::Yours, path));
                }
                number += 1;
                continue;
            }
            None if number == 0 => LetterOutcome::New,
            Some(_) if number == 0 => LetterOutcome::Updated,
            _ => LetterOutcome::Beside,
        };
        return Ok((outcome, path));
    }
}

/// Returns the file name of a draft if `number` earlier names are taken: `auto-reply.new.txt`, `auto-reply.new-2.txt`.
fn numbered(name: &str, number: usize) -> String {
    let stem = name.strip_suffix(".txt").unwrap_or(name);
    match number {
        0 => name.to_owned(),
        1 => format!("{stem}.new.txt"),
        _ => format!("{stem}.new-{number}.txt"),
    }
}
