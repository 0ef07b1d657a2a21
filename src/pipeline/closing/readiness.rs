//! The owner's records go into the private bag like everything else: staged, and committed in one journalled step.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::archive::{Archive, verify};
use crate::audit::engine::Scene;
use crate::audit::facts::{Fixity, Measured, Probe};
use crate::audit::fill::{self, Records};
use crate::audit::rules::{Rules, Severity};
use crate::error::{Error, Kind, Result};
use crate::fetch::fetcher::Fetcher;
use crate::fetch::settings::Settings;
use crate::model::{Class, Sha256, Time, layout};
use crate::pipeline::archive::session::{self, Session};
use crate::pipeline::archive::state;
use crate::pipeline::commit::changes::{Plan, Target};
use crate::platform;
use crate::progress::{Progress, Task};

/// Puts files into the private bag, paths inside its `data/`; `true` if anything changed.
pub fn save(session: &Session, files: &[(impl AsRef<str>, Vec<u8>)], progress: &dyn Progress) -> Result<bool> {
    change(session, progress, |plan| {
        files.iter().try_for_each(|(path, bytes)| plan.put(Class::Private, path.as_ref(), bytes))
    })
}

/// Keeps a note that only saves work in the private bag of the archive at `root`, path inside its `data/`. Where another
/// process writes, or nothing can be written, there is none.
///
/// # Errors
/// Those of a commit.
pub fn note(root: &Path, path: &str, bytes: Vec<u8>, progress: &dyn Progress) -> Result<()> {
    match Session::open(root) {
        Ok(session) => save(&session, &[(path, bytes)], progress).map(drop),
        Err(error) if error.kind() == Kind::Lock || state::cannot_be_kept(root) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Lists the files of the private bag below `prefix`, inside its `data/`.
pub fn below(root: &Path, prefix: &str) -> Result<Vec<String>> {
    Ok(Archive::open(root)?.below(Class::Private, prefix)?.into_keys().collect())
}

/// Removes these files of the private bag, paths inside its `data/`.
pub fn remove(session: &Session, gone: &[String], progress: &dyn Progress) -> Result<bool> {
    change(session, progress, |plan| {
        for path in gone {
            plan.remove(Class::Private, path);
        }
        Ok(())
    })
}

fn change(session: &Session, progress: &dyn Progress, fill: impl FnOnce(&mut Plan<'_>) -> Result<()>) -> Result<bool> {
    session.catalog.transaction(|_| {
        let own = crate::pipeline::archive::ownership::remembered(&session.catalog)?;
        let description = crate::pipeline::commit::description(own.as_ref(), clock()?);
        let archive = session.archive();
        let target = Target { archive, description, progress };
        let mut plan = Plan::new(&session.catalog, &session.stage, target);
        fill(&mut plan)?;
        plan.finish()
    })
}

/// A full reading kept in the working state, so that a large archive is read once a day and not at every look.
#[derive(Serialize, Deserialize)]
struct KeptFixity {
    at: Time,
    archive: Option<Sha256>,
    missing: Vec<String>,
    failed: Vec<String>,
}

/// Where it is kept.
const FIXITY: &str = "fixity.json";
/// How long a full reading may stand, in seconds.
const ONE_DAY: i64 = 24 * 60 * 60;

/// Every byte of the archive against its digest: read now, or, if `again` is not set, as read within the last day.
/// That every file is there with its size is looked at each time.
pub fn fixity(of: &Archive, now: Time, again: bool, progress: &dyn Progress) -> Result<Fixity> {
    let root = of.root();
    let archive = fill::content_digest(of)?;
    let place = root.join(layout::WORK).join(FIXITY);
    let kept =
        fs::read(&place).ok().and_then(|bytes| serde_json::from_slice::<KeptFixity>(&bytes).ok()).filter(|kept| {
            !again && kept.archive == archive && (0..ONE_DAY).contains(&now.unix().saturating_sub(kept.at.unix()))
        });
    let options = verify::Options { read_per_mille: kept.is_some().then_some(0), ..verify::Options::default() };
    let report = verify::opened(of, options, progress)?;
    let (mut failed, mut missing) = (Vec::new(), Vec::new());
    for finding in report.findings.iter().filter(|finding| finding.exit_bit != 0) {
        let list = if finding.code.ends_with("-missing") { &mut missing } else { &mut failed };
        list.push(finding.locator.clone());
    }
    let at = if let Some(kept) = kept {
        missing.extend(kept.missing);
        failed.extend(kept.failed);
        kept.at
    } else {
        let keep = KeptFixity { at: now, archive, missing: missing.clone(), failed: failed.clone() };
        let text = crate::audit::evidence::pretty(&keep);
        // Only a convenience: an archive without working state is read every time.
        if root.join(layout::WORK).is_dir() {
            match fs::write(&place, text) {
                Err(error) if platform::is_read_only(&error) => {}
                kept => kept.map_err(|error| Error::disk("readiness-unwritable", place.display(), error))?,
            }
        }
        now
    };
    for list in [&mut missing, &mut failed] {
        list.sort();
        list.dedup();
    }
    Ok(Fixity { at, archive, read_all: true, missing, failed })
}

/// Texts of a closed account's page, in the two spellings that are about.
const CLOSED: &[&str] = &["此帐号已自主注销", "此账号已自主注销"];

/// Whether a page says that its account was closed by its owner.
pub fn shows_closed(text: &str) -> bool {
    CLOSED.iter().any(|closed| text.contains(closed))
}

/// What was seen the last time; nothing if nobody looked.
pub fn probes(archive: &Archive) -> Result<Vec<Probe>> {
    let path = archive.shown(Class::Private, layout::PROBES);
    match archive.bytes(Class::Private, layout::PROBES) {
        Ok(Some(bytes)) => serde_json::from_slice(&bytes)
            .map_err(|error| Error::input("readiness-unreadable").with("path", &path).because(error)),
        Ok(None) => Ok(Vec::new()),
        Err(error) => Err(Error::disk("readiness-unreadable", &path, error)),
    }
}

/// Asks the platform for up to `count` archived addresses, evenly over the archive, and keeps what they show.
pub fn probe(root: &Path, count: usize, settings: Settings, progress: &dyn Progress) -> Result<Vec<Probe>> {
    let now = clock()?;
    let urls = fill::addresses(&Archive::open(root)?)?;
    let step = urls.len().div_ceil(count.max(1)).max(1);
    let chosen: Vec<String> = urls.into_iter().step_by(step).collect();
    let bar = progress.start(Task::FetchPages, Some(chosen.len() as u64));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::other("probe-failed").because(error))?;
    let fetcher = Fetcher::new(settings, now);
    let mut probes = Vec::new();
    for url in chosen {
        let text = match runtime.block_on(fetcher.page("probe", &url)) {
            Ok(page) => said(&String::from_utf8_lossy(&page.bytes)),
            // That it does not answer is what it shows.
            Err(failure) => failure.error.to_string(),
        };
        probes.push(Probe { url, at: now, text });
        bar.advance(1);
    }
    let note = crate::audit::evidence::pretty(&probes).into_bytes();
    save(&Session::open(root)?, &[(layout::PROBES, note)], progress)?;
    Ok(probes)
}

/// What of a page is worth keeping: that it says "closed", else how it begins.
fn said(page: &str) -> String {
    match CLOSED.iter().find(|closed| page.contains(**closed)) {
        Some(closed) => (*closed).to_owned(),
        None => page.chars().take(200).collect(),
    }
}

/// Counts the blockers that are open, without reading every byte again: at least that this was not done.
pub fn open_blockers(root: &Path, site: &Path) -> Result<usize> {
    let rules = Rules::embedded()?;
    let now = clock()?;
    let archive = Archive::open(root)?;
    let measured = fill::measure(&archive, site, now, None)?;
    let known = fill::records(&archive)?;
    let judgement = scene(&rules, &known, &measured, now).judge();
    Ok(judgement.open().into_iter().filter(|outcome| outcome.severity == Severity::Blocker).count())
}

/// Lays the owner's records beside what was measured.
pub fn scene<'a>(rules: &'a Rules, known: &'a Records, measured: &'a Measured, now: Time) -> Scene<'a> {
    Scene {
        rules,
        profile: &known.profile,
        evidence: &known.evidence,
        events: &known.events,
        waivers: &known.waivers,
        measured,
        now,
    }
}

/// The clock every command of one process shares.
pub fn clock() -> Result<Time> {
    session::clock()
}
