//! Decides whether an account may be closed now. The archive is measured once; the verdict combines the measurements
//! with the owner's records.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::interview::Interview;
use super::records::RecordBook;
use super::remark::{self, Remark};
use super::report_files::ReportFiles;
use super::{fixity, probe, rule_file};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::archive::Archive;
use crate::audit::advice::{self, ToDos};
use crate::audit::after::Task;
use crate::audit::check;
use crate::audit::engine::{Facts, Judgement, ListedGaps, OpenItem, RuleResult, SurelyOpen, Verdict};
use crate::audit::facts::{Asset, Fixity, Measured};
use crate::audit::fill::{self, Records};
use crate::audit::first::{self, First};
use crate::audit::questions::{self, Question};
use crate::audit::report;
use crate::audit::rules::{Rule, Rules, Severity};
use crate::audit::waivers::Waiver;
use crate::error::Result;
use crate::model::{Time, layout};
use crate::pipeline::archive::gap_list::GapList;
use crate::pipeline::archive::state;
use crate::pipeline::host::Host;
use crate::text::{self, Language, Texts};

/// Options of an assessment.
#[derive(Clone, Debug, Default)]
pub struct ReadyOptions {
    /// The archive's folder.
    pub root: PathBuf,
    /// A rule file to use instead of the embedded one.
    pub rules: Option<PathBuf>,
    /// The mirror's folder, if not the default in the archive's folder.
    pub site: Option<PathBuf>,
    /// Verify every byte again, even if that was done within a day.
    pub reread: bool,
}

/// A measured archive.
#[derive(Debug)]
pub struct Assessment {
    root: PathBuf,
    site: PathBuf,
    /// Time at which the site was last built, if there is one.
    built: Option<SystemTime>,
    pub(super) rules: Rules,
    measured: Measured,
    now: Time,
}

impl Assessment {
    /// Measures the archive. Verifies every byte unless that was done within a day.
    ///
    /// # Errors
    /// An invalid rule file, an unreadable archive; `interrupted`.
    pub fn measure(options: &ReadyOptions, host: &dyn Host) -> Result<Self> {
        Self::by(rule_file::rules(options.rules.as_deref())?, options, host)
    }

    /// Measures the archive for rules that were already read.
    pub(super) fn by(rules: Rules, options: &ReadyOptions, host: &dyn Host) -> Result<Self> {
        state::check_finished(&options.root)?;
        let now = host.environment().now()?;
        let site = options.site.clone().unwrap_or_else(|| options.root.join(layout::SITE));
        let archive = Archive::open(&options.root)?;
        let built = built(&site);
        let fixity = fixity::fixity(&archive, now, options.reread, host)?;
        let mut measured = fill::measure(&archive, &site, now, Some(fixity))?;
        measured.probes = probe::probes(&archive)?;
        Ok(Self { root: options.root.clone(), site, built, rules, measured, now })
    }

    /// Measures the archive without reading its files or its site, to find what is missing by name. It is no ground
    /// for a verdict.
    ///
    /// # Errors
    /// An unreadable archive.
    pub fn glance(root: &Path, host: &dyn Host) -> Result<Self> {
        let now = host.environment().now()?;
        let site = no_site(root);
        let measured = fill::measure(&Archive::open(root)?, &site, now, None)?;
        Ok(Self { root: root.to_owned(), site, built: None, rules: Rules::embedded()?, measured, now })
    }

    /// Returns the time at which the archive was measured.
    pub fn at(&self) -> Time {
        self.now
    }

    /// Returns the end of the day of the measurements: on the next day other bills are due.
    pub fn day_ends(&self) -> Option<Time> {
        Time::from_wall(&format!("{} 00:00", self.now.zoned().date().tomorrow().ok()?))
    }

    /// Reports whether the measurements still hold: the content of the archive and the site are the same, and it is the
    /// same day. Records, which are read for each verdict, may have changed.
    ///
    /// # Errors
    /// An unreadable archive.
    pub fn is_current(&self, host: &dyn Host) -> Result<bool> {
        let today = host.environment().today()?;
        Ok(today == self.now.zoned().date()
            && built(&self.site) == self.built
            && fill::content_digest(&Archive::open(&self.root)?)? == self.measured.archive_digest)
    }

    /// Begins an interview about the open questions.
    ///
    /// # Errors
    /// Those of the records.
    pub fn interview(&self, host: &dyn Host) -> Result<Interview<'_>> {
        Ok(Interview::new(self, RecordBook::open(&self.root, host)?))
    }

    /// Returns the verdict for the current records.
    ///
    /// # Errors
    /// Unreadable records; a flag in the profile that no rule knows.
    pub fn judge(&self) -> Result<Readiness<'_>> {
        let records = self.records()?;
        let mut judgement = self.scene(&records).judge();
        let list = GapList::of_archive(Archive::open(&self.root)?)?;
        judgement.gaps = ListedGaps { to_find: list.open_of(false).count(), lost: list.open_of(true).count() };
        Ok(Readiness { assessment: self, records, judgement })
    }

    /// Lists the tasks that remain after the closure.
    ///
    /// # Errors
    /// As [`Assessment::judge`].
    pub fn after(&self) -> Result<Vec<Task>> {
        Ok(self.scene(&self.records()?).after())
    }

    /// Lists what the owner gave up, in the order it was recorded.
    ///
    /// # Errors
    /// Those of the records.
    pub fn given_up(&self, language: Language) -> Result<Vec<GivenUp>> {
        let records = self.records()?;
        let judged = self.scene(&records).judge();
        let of = |waiver: &Waiver| {
            let outcome = judged.outcomes.iter().find(|outcome| outcome.rule == waiver.rule);
            let items = outcome.into_iter().flat_map(|outcome| &outcome.look.items);
            let is_meant = |item: &&OpenItem| waiver.item.as_ref().is_some_and(|key| item.is_named(key));
            let item = items.into_iter().find(is_meant);
            let rule = self.rules.rule(&waiver.rule).map_or(waiver.rule.as_str(), |rule| rule.title(language));
            GivenUp {
                rule_title: rule.to_owned(),
                key: item.map(|item| item.key.clone()),
                title: item.and_then(|item| item.title.clone()),
                url: item.and_then(|item| item.url.clone()),
                waiver: waiver.clone(),
            }
        };
        Ok(records.waivers.waivers.iter().map(of).collect())
    }

    /// Returns what the archive says against `value`, recorded as that of `key`.
    pub fn remark(&self, key: &str, value: &str) -> Option<Remark> {
        remark::on(&self.rules, &self.measured, key, value)
    }

    fn records(&self) -> Result<Records> {
        let records = fill::records(&Archive::open(&self.root)?)?;
        records.profile.check_flags(&self.rules.meta.flags)?;
        Ok(records)
    }

    pub(super) fn scene<'a>(&'a self, records: &'a Records) -> Facts<'a> {
        scene(&self.rules, records, &self.measured, self.now)
    }
}

/// A date that comes next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NextDate {
    /// Last day to act, or first day after a wait.
    pub day: Date,
    /// Id of its text.
    pub text: String,
    /// What it concerns: a day, or the code of a kind of account.
    pub item: Option<String>,
}

/// The verdict with its open rules.
#[derive(Debug)]
pub struct Readiness<'a> {
    assessment: &'a Assessment,
    records: Records,
    judgement: Judgement,
}

/// What the owner gave up, with the words for it.
#[derive(Clone, Debug)]
pub struct GivenUp {
    /// The record.
    pub waiver: Waiver,
    /// Title of its rule.
    pub rule_title: String,
    /// Key that the item has now, if it is known.
    pub key: Option<String>,
    /// Title of the item, if it is known.
    pub title: Option<String>,
    /// Address of the item, if it is known.
    pub url: Option<String>,
}

/// The open rules in working order.
#[derive(Clone, Debug)]
pub struct OpenRules {
    /// By group.
    pub groups: Vec<OpenGroup>,
    /// Number of them that prevent a closing.
    pub blockers: usize,
    /// Number of them that only warn.
    pub warnings: usize,
    /// Number of rules left out because they may not concern the account.
    pub not_yet: usize,
}

/// The open rules of one group.
#[derive(Clone, Debug)]
pub struct OpenGroup {
    /// Its code.
    pub group: String,
    /// The rules.
    pub rules: Vec<OpenRule>,
}

/// An open rule as text.
#[derive(Clone, Debug)]
pub struct OpenRule {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its effect on the verdict.
    pub severity: Severity,
    /// The code of its state.
    pub state: &'static str,
    /// Its open items.
    pub to_do: ToDos,
}

impl Readiness<'_> {
    /// Returns the verdict.
    pub fn verdict(&self) -> Verdict {
        self.judgement.verdict
    }

    /// Returns the end of the verdict's validity.
    pub fn valid_until(&self) -> Time {
        self.judgement.valid_until
    }

    /// Returns the unknown profile fields that prevent readiness.
    pub fn profile_unknown(&self) -> &[&'static str] {
        &self.judgement.profile_unknown
    }

    /// Reports whether the last run into the archive was not finished, so that the rest is of before it.
    pub fn is_unfinished(&self) -> bool {
        self.assessment.measured.unfinished
    }

    /// Returns the result of the fixity check.
    pub fn fixity(&self) -> Option<&Fixity> {
        self.assessment.measured.fixity.as_ref()
    }

    /// Returns the date that comes next: of what perishes, and of closings that have begun. The text is `text`, about `item`.
    pub fn next_date(&self) -> Option<NextDate> {
        let scene = self.assessment.scene(&self.records);
        let today = scene.today();
        // Of an account of unknown kinds every date may be one of somebody else's.
        if self.records.profile.kinds.is_empty() {
            return None;
        }
        let plan = scene.plan(today);
        let fuses = plan.fuses.into_iter().filter_map(|fuse| {
            let day = fuse.act_by.filter(|day| *day >= today)?;
            Some(NextDate { day, text: format!("plan-fuse-{}", fuse.code), item: fuse.item })
        });
        let steps = plan.steps.iter().filter(|step| !step.planned);
        let dates = steps.flat_map(|step| step.dates.iter()).filter_map(|dates| {
            let day = dates.act_by_from(today).or_else(|| dates.not_before_from(today))?;
            let text = format!("plan-date-{}", text::id(&dates.window));
            Some(NextDate { day, text, item: Some(dates.account.code().to_owned()) })
        });
        fuses.chain(dates).min()
    }

    /// Returns the first three things to do. Printed commands begin with `command`.
    pub fn first(&self, texts: &Texts, command: &str) -> Vec<First> {
        first::first(texts, &self.assessment.rules, &self.judgement, &self.surely_open(), &self.questions(), command)
    }

    /// Returns the open rules that certainly concern the account.
    fn surely_open(&self) -> SurelyOpen<'_> {
        self.judgement.surely_open(&self.assessment.rules, &self.records.profile)
    }

    /// Returns the advice shared by all items that still have to be collected.
    pub fn shared_advice(&self, texts: &Texts, command: &str) -> String {
        advice::shared(texts, command)
    }

    /// Returns the open rules that certainly concern the account, as text, each with at most `most` of its items,
    /// which depends on the id of the rule.
    pub fn open(&self, texts: &Texts, command: &str, most: impl Fn(&str) -> usize) -> OpenRules {
        let (rules, surely) = (&self.assessment.rules, self.surely_open());
        let (blockers, warnings) = (surely.count(Severity::Blocker), surely.count(Severity::Warning));
        let SurelyOpen { rules: mut open, not_yet } = surely;
        open.sort_by_key(|outcome| (first::place(&outcome.group), outcome.severity));
        let one = |outcome: &&RuleResult| {
            let rule = rules.rule(&outcome.rule)?;
            Some(OpenRule {
                id: rule.id.clone(),
                title: rule.title(texts.language()).to_owned(),
                severity: outcome.severity,
                state: outcome.state.code(),
                to_do: advice::to_do(texts, rules, outcome, command, most(&rule.id)),
            })
        };
        let groups = open.chunk_by(|a, b| a.group == b.group).filter_map(|group| {
            let first = group.first()?;
            Some(OpenGroup { group: first.group.clone(), rules: group.iter().filter_map(one).collect() })
        });
        OpenRules { groups: groups.collect(), blockers, warnings, not_yet }
    }

    /// Writes `readiness.json` as a stream, because it lists everything that is missing.
    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        let scene = self.assessment.scene(&self.records);
        report::make(&scene, &self.judgement, &scene.plan(scene.today())).write_json(out)
    }

    /// Writes `readiness.json`, its digest and `readiness.html` into the archive's folder. Returns the path of the page,
    /// or `None` if the folder is read-only.
    ///
    /// # Errors
    /// `report-not-kept`.
    pub fn write_report(&self, language: Language) -> Result<Option<PathBuf>> {
        let rules = &self.assessment.rules;
        let scene = self.assessment.scene(&self.records);
        let report = report::make(&scene, &self.judgement, &scene.plan(scene.today()));
        let mut files = ReportFiles::new(&self.assessment.root);
        let digest = files.write("readiness.json", |out| report.write_json(out))?;
        let page = report::render(
            &report,
            &self.judgement,
            rules,
            &self.records.profile,
            &digest.hex(),
            language,
            &self.questions(),
        )?;
        files.write("readiness.html", |out| out.write_all(page.as_bytes()))?;
        files.write("readiness.sha256", |out| out.write_all(report::digest_file(digest).as_bytes()))?;
        Ok(files.finish()?.then(|| self.assessment.root.join("readiness.html")))
    }

    fn questions(&self) -> Vec<Question> {
        questions::open(&self.assessment.scene(&self.records), &self.judgement)
    }
}

/// Counts the open blockers that certainly concern the account, as the verdict counts them. Whether every file is
/// sound is no question here: the verdict begins by reading them.
pub(crate) fn open_blockers(root: &Path, site: &Path, host: &dyn Host) -> Result<usize> {
    let rules = Rules::embedded()?;
    let now = host.environment().now()?;
    let archive = Archive::open(root)?;
    let measured = fill::measure(&archive, site, now, None)?;
    let known = fill::records(&archive)?;
    let judgement = scene(&rules, &known, &measured, now).judge();
    let mut open = judgement.surely_open(&rules, &known.profile);
    open.rules.retain(|outcome| !rules.rule(&outcome.rule).is_some_and(Rule::reads_files));
    Ok(open.count(Severity::Blocker))
}

/// Combines rules, records and measurements.
pub(super) fn scene<'a>(rules: &'a Rules, known: &'a Records, measured: &'a Measured, now: Time) -> Facts<'a> {
    Facts {
        rules,
        profile: &known.profile,
        evidence: &known.evidence,
        events: &known.events,
        waivers: &known.waivers,
        measured,
        now,
    }
}

/// Returns the path of a site that does not exist, for measurements that need none.
pub(super) fn no_site(root: &Path) -> PathBuf {
    root.join(layout::SITE).join("-")
}

/// Returns the time at which a site was last built; its pages are replaced only when they change.
fn built(site: &Path) -> Option<SystemTime> {
    let names = ["", "a", "index.html"];
    names.iter().filter_map(|name| site.join(name).metadata().ok()?.modified().ok()).max()
}

/// What an archive holds, at a glance.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// Name of the account.
    pub account: Option<String>,
    /// The three numbers of each asset of which anything is held, listed or known to be on the platform.
    pub assets: Vec<AssetCount>,
    /// Dates of the first and the last held article.
    pub articles: Option<(Date, Date)>,
    /// Time of the newest evidence.
    pub newest: Option<Time>,
}

/// The three numbers of an asset.
#[derive(Clone, Debug, Serialize)]
pub struct AssetCount {
    /// Code of the asset; its words are `asset-<code>`.
    pub asset: String,
    /// Largest total of everything, reported by the platform or recorded by the owner, as the verdict uses it.
    pub total: Option<u64>,
    /// Number of items listed.
    pub listed: Option<u64>,
    /// Number of items held completely.
    pub held: Option<u64>,
    /// Number of items that are listed and missing, and were not given up.
    pub missing: u64,
    /// Number of items that are listed and missing, and were given up.
    pub given_up: u64,
}

/// Measures an archive without reading its files, for a glance.
///
/// # Errors
/// An unreadable archive.
pub fn overview(root: &Path, host: &dyn Host) -> Result<Overview> {
    let archive = Archive::open(root)?;
    let now = host.environment().now()?;
    let mut measured = fill::measure(&archive, &no_site(root), now, None)?;
    let (rules, records) = (Rules::embedded()?, fill::records(&archive)?);
    let given_up = records.waivers.items();
    let judged = check::totals(&scene(&rules, &records, &measured, now));
    for asset in judged.keys() {
        measured.asset(asset);
    }
    let listed =
        |numbers: &Asset| numbers.totals.iter().filter(|total| total.scope == "all").map(|total| total.value).max();
    let assets = measured.assets.iter().map(|(asset, numbers)| AssetCount {
        asset: asset.clone(),
        total: judged.get(asset).copied().or_else(|| listed(numbers)),
        listed: numbers.listed,
        held: numbers.held,
        missing: numbers.gaps.iter().filter(|gap| !gap.is_among(&given_up)).count() as u64,
        given_up: numbers.gaps.iter().filter(|gap| gap.is_among(&given_up)).count() as u64,
    });
    let any = |asset: &AssetCount| asset.listed.or(asset.held).or(asset.total).is_some_and(|count| count > 0);
    Ok(Overview {
        account: measured.known.name.clone(),
        assets: assets.filter(any).collect(),
        articles: measured.known.articles.map(|articles| (articles.first, articles.last)),
        newest: measured.snapshot.map(|snapshot| snapshot.1),
    })
}
