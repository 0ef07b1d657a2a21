//! Does the job of a phase: the same collecting, building and judging as the single commands, on one account at a time.

use std::path::Path;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::list::{Account, Fleet};
use super::note::{BillFuse, Holdings, Judged, Note};
use super::phase::Phase;
use super::queue::Claim;
use super::schedule::Outcome;
use crate::config::{Config, accounts};
use crate::error::{Error, Kind, Result};
use crate::model::{Problem, StoreAddress, Time};
use crate::parallel::Pool;
use crate::pipeline::api::ApiOptions;
use crate::pipeline::archive::state::is_archive;
use crate::pipeline::archive::{bills, store};
use crate::pipeline::backup::{BackupOptions, BackupReport, Passwords};
use crate::pipeline::closing::readiness::{Assessment, ReadyOptions};
use crate::pipeline::crawl::CrawlOptions;
use crate::pipeline::environment::Environment;
use crate::pipeline::export::request::SiteRequest;
use crate::pipeline::host::Unattended;
use crate::pipeline::job::Job;
use crate::platform;
use crate::text::Language;

/// Does the jobs of a fleet.
pub trait Errands: Sync {
    /// Does a job until it is done or `stop` ends it.
    ///
    /// # Errors
    /// Those of its phase.
    fn run(&self, claim: &Claim, stop: &CancellationToken) -> Result<Outcome>;
}

/// The real ones.
#[derive(Debug)]
pub struct RealErrands<'f> {
    /// The fleet.
    pub fleet: &'f Fleet,
    /// Clock and network of the jobs, which share the machine's threads.
    pub environment: Environment,
    /// Language of the sites and reports.
    pub language: Language,
}

impl Errands for RealErrands<'_> {
    fn run(&self, claim: &Claim, stop: &CancellationToken) -> Result<Outcome> {
        let name = &claim.job.account;
        let account =
            self.fleet.account(name).ok_or_else(|| Error::other("fleet-account-not-here").with("account", name))?;
        let environment = Environment { pool: Pool::of(1), ..self.environment.clone() };
        let host = Unattended { stop: stop.clone(), environment };
        let errand = Errand { fleet: self.fleet, account, claim, host: &host, language: self.language };
        let mut outcome = errand.in_store()?;
        outcome.note.at = Some(host.environment.now()?);
        Ok(outcome)
    }
}

/// One job.
struct Errand<'a> {
    fleet: &'a Fleet,
    account: &'a Account,
    claim: &'a Claim,
    host: &'a Unattended,
    language: Language,
}

impl Errand<'_> {
    /// Does the job on a working copy of what the store has, if there is one, and brings what changed back before the lane is
    /// free for others: under the epoch of the claim, so that a worker that lost it changes nothing there.
    fn in_store(&self) -> Result<Outcome> {
        let Some(address) = self.fleet.address_of(self.account) else { return self.run() };
        store::connect(&address, &self.fleet.store_options.settle(&address)?)?;
        let (root, epoch) = (&self.account.archive, self.claim.epoch);
        let aside = fetch(&address, root, epoch, self.host)?;
        let mut outcome = self.run()?;
        if !outcome.stopped {
            store::bring(root, &address, Some(epoch), self.host)?;
        }
        outcome.note = outcome.note.with_problems(aside);
        Ok(outcome)
    }

    fn run(&self) -> Result<Outcome> {
        let config = self.account.config()?.among_many();
        match self.claim.job.phase {
            Phase::Bills => {
                let Some(options) = self.api(&config, true)? else { return Ok(Outcome::default()) };
                let mut outcome = self.collect(&config, options)?;
                outcome.note.bill = self.bill()?;
                Ok(outcome)
            }
            Phase::Api => match self.api(&config, false)? {
                Some(options) => self.collect(&config, options),
                None => Ok(Outcome::default()),
            },
            Phase::Files => {
                self.collect(&config, BackupOptions { roots: self.account.inputs.clone(), ..BackupOptions::default() })
            }
            Phase::Pages => {
                let online = CrawlOptions { settings: config.network.settle()?, discover: false };
                self.collect(&config, BackupOptions { online: Some(online), ..BackupOptions::default() })
            }
            Phase::Site => self.site(),
            Phase::Check => self.check(&config),
        }
    }

    /// Returns the options of the merchant's API, or of the others; `None` if its settings no longer have any.
    fn api(&self, config: &Config, merchant: bool) -> Result<Option<BackupOptions>> {
        let mut config = config.clone();
        if merchant {
            (config.account.appid, config.mini_program.appid, config.shop.appid) = (None, None, None);
        } else {
            config.merchant.mchid = None;
        }
        let mut api = match ApiOptions::settle(config, false, false) {
            Err(error) if error.code() == "api-not-configured" => return Ok(None),
            settled => settled?,
        };
        // With a fixed clock it would never be later.
        if let Some(until) = self.claim.waited_until.and_then(Time::from_unix) {
            api.quota.renew(until);
        }
        Ok(Some(BackupOptions { api: Some(api), ..BackupOptions::default() }))
    }

    fn collect(&self, config: &Config, options: BackupOptions) -> Result<Outcome> {
        let options = BackupOptions {
            account: self.account.owner.clone(),
            passwords: self.passwords()?,
            mend: true,
            limits: config.containers.settle()?,
            ..options
        };
        let root = self.account.archive.clone();
        let job = Job { root, options, check: true, language: self.language, ..Job::default() };
        let done = job.run(self.host)?;
        let damaged = done.checked.into_iter().flat_map(|checked| checked.findings);
        let mut outcome = Self::told(done.report);
        outcome.note = outcome.note.with_problems(damaged.filter(|finding| finding.exit_bit != 0));
        Ok(outcome)
    }

    /// Returns what a collection brought. What could not be fetched is tried again; what is wrong with a file is named, and
    /// tried again in the next round.
    fn told(report: BackupReport) -> Outcome {
        let api = report.api.unwrap_or_default();
        let crawled = report.crawl.map_or(0, |crawl| crawl.exit_bits);
        let fetched = (crawled != 0).then(|| {
            let kind = if crawled & Kind::Blocked.exit_bit() == 0 { Kind::Download } else { Kind::Blocked };
            Problem::from_error(&Error::new(kind, "fleet-pages-missing"), String::new())
        });
        let mut problems: Vec<Problem> = report.problems.into_iter().map(|(problem, _)| problem).collect();
        let locked = |name: &String| Problem::remark("fleet-file-locked", name).with("path", name);
        problems.extend(report.locked.iter().map(locked));
        problems.extend(
            report.unrecognised.iter().map(|path| Problem::remark("fleet-file-unknown", path).with("path", path)),
        );
        if !report.undecided.is_empty() {
            problems.push(Problem::remark("fleet-owner-undecided", "").with("count", report.undecided.len()));
        }
        let missing_bills = report.missing_bills as u64;
        let holdings = Holdings {
            name: report.account,
            platform_total: report.articles.platform_total,
            listed: report.articles.listed,
            held: report.articles.held,
            gaps: report.gaps.values().sum(),
            missing_bills,
        };
        let note = Note { changed: report.changed, holdings: Some(holdings), ..Note::default() };
        Outcome {
            note: note.with_problems(problems),
            until: api.until,
            failure: api.problems.into_iter().find(|problem| problem.exit_bit != 0).or(fetched),
            stopped: report.interrupted,
        }
    }

    fn passwords(&self) -> Result<Passwords> {
        let Some(file) = &self.account.password_file else { return Ok(Passwords::default()) };
        let lines = accounts::read_private(file)?;
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        Ok(Passwords::new(lines.map(|line| SecretString::from(line.to_owned())).collect()))
    }

    /// Returns the first bill that is not held and still available.
    fn bill(&self) -> Result<Option<BillFuse>> {
        let day = bills::first_to_fetch(&self.account.archive, self.host.environment.today()?)?;
        Ok(day.map(|day| BillFuse { day, last_day: bills::last_day(day) }))
    }

    fn site(&self) -> Result<Outcome> {
        let root = &self.account.archive;
        if !is_archive(root) {
            return Ok(Outcome::default());
        }
        let built = SiteRequest::default().settle(root, self.language)?.build(root, self.host)?;
        let note = Note { changed: built.made.summary.written > 0, ..Note::default() };
        let damaged = built.made.summary.damaged.iter();
        let damaged = damaged.map(|path| Problem::finding("fleet-file-damaged", path).with("path", path));
        Ok(Outcome { note: note.with_problems(damaged.collect::<Vec<_>>()), ..Outcome::default() })
    }

    fn check(&self, config: &Config) -> Result<Outcome> {
        let root = &self.account.archive;
        let bill = if config.merchant.mchid.is_some() { self.bill()? } else { None };
        if !is_archive(root) {
            if !self.account.has_sources() {
                return Err(Error::usage("fleet-account-empty").with("account", &self.account.name));
            }
            return Ok(Outcome { note: Note { bill, ..Note::default() }, ..Outcome::default() });
        }
        let options = ReadyOptions { root: root.clone(), ..ReadyOptions::default() };
        let assessment = Assessment::measure(&options, self.host)?;
        let readiness = assessment.judge()?;
        readiness.write_report(self.language)?;
        let texts = crate::text::Texts::of(self.language);
        let verdict = Judged {
            verdict: readiness.verdict().code().to_owned(),
            blockers: readiness.open(texts, "", |_| 0).blockers,
            valid_until: readiness.valid_until(),
            next: readiness.next_date(),
        };
        let note = Note { verdict: Some(verdict), bill, ..Note::default() };
        let damaged = readiness.fixity().into_iter().flat_map(|fixity| fixity.missing.iter().chain(&fixity.failed));
        let damaged = damaged.map(|path| Problem::finding("fleet-file-damaged", path).with("path", path));
        Ok(Outcome { note: note.with_problems(damaged.collect::<Vec<_>>()), ..Outcome::default() })
    }
}

/// Checks that this build can reach the store of a fleet.
///
/// # Errors
/// `cloud-not-built`, and those of the settings of the store.
pub fn check_store(fleet: &Fleet) -> Result<()> {
    match &fleet.store {
        Some(address) => store::connect(address, &fleet.store_options.settle(address)?),
        None => Ok(()),
    }
}

/// Brings the working copy of an account up to date. One with something that was never brought into the store, while somebody
/// else went on there, is set aside: returns that.
fn fetch(address: &StoreAddress, root: &Path, epoch: u64, host: &Unattended) -> Result<Option<Problem>> {
    match store::fetch(address, root, Some(epoch), host) {
        Err(error) if error.code() == "store-copy-differs" => {
            let mut name = root.file_name().unwrap_or_default().to_owned();
            name.push(format!(".unpushed-{epoch}"));
            let aside = root.with_file_name(name);
            let failed = |error| Error::disk("archive-open-failed", root.display(), error);
            platform::rename(root, &aside).map_err(failed)?;
            store::fetch(address, root, Some(epoch), host)?;
            let aside = Problem::remark("fleet-copy-set-aside", aside.display().to_string());
            Ok(Some(aside.clone().with("path", &aside.locator)))
        }
        fetched => fetched.map(|_| None),
    }
}
