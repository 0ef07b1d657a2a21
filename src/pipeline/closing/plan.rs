//! Makes the plan of a closure, with its calendar and letters.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::letters::{self, Letters};
use super::{readiness, rule_file};
use crate::archive::Archive;
use crate::audit::engine::Facts;
use crate::audit::facts::Measured;
use crate::audit::fill::{self, Records};
use crate::audit::forms::Form;
use crate::audit::plan::Plan;
use crate::audit::rules::Rules;
use crate::audit::{ics, values};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::pipeline::host::Host;
use crate::text::Texts;

/// Options of a plan.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// The archive's folder.
    pub root: PathBuf,
    /// A rule file to use instead of the embedded one.
    pub rules: Option<PathBuf>,
    /// The typed start day; today if absent.
    pub on: Option<String>,
}

/// A plan with the facts it is based on.
#[derive(Debug)]
pub struct ClosingPlan {
    /// The plan.
    pub plan: Plan,
    root: PathBuf,
    rules: Rules,
    records: Records,
    measured: Measured,
    now: Time,
    day_chosen: bool,
}

impl ClosingPlan {
    /// Makes the closing plan for an archive.
    ///
    /// # Errors
    /// `value-day-wanted`, those of the rule file and of reading the archive.
    pub fn make(options: &PlanOptions, host: &dyn Host) -> Result<Self> {
        let rules = rule_file::rules(options.rules.as_deref())?;
        let root = &options.root;
        let archive = Archive::open(root)?;
        let records = fill::records(&archive)?;
        records.profile.check_flags(&rules.meta.flags)?;
        let now = host.environment().now()?;
        // A plan does not depend on the site, so a folder that does not exist is given.
        let measured = fill::measure(&archive, &readiness::no_site(root), now, None)?;
        drop(archive);
        let scene = readiness::scene(&rules, &records, &measured, now);
        let today = scene.today();
        let on = match &options.on {
            Some(text) => values::day(text, Some(today)).ok_or_else(|| Form::Day.wanted().with("value", text))?,
            None => today,
        };
        let plan = scene.plan(on);
        Ok(Self { plan, root: root.clone(), rules, records, measured, now, day_chosen: options.on.is_some() })
    }

    /// Writes its dates to `path`, as an iCalendar file in the language of `texts`.
    ///
    /// # Errors
    /// `plan-write-failed`.
    pub fn write_calendar(&self, path: &Path, texts: &Texts) -> Result<()> {
        std::fs::write(path, self.calendar(texts))
            .map_err(|error| Error::disk("plan-write-failed", path.display(), error))
    }

    /// Returns its dates as an iCalendar file in the language of `texts`.
    pub fn calendar(&self, texts: &Texts) -> String {
        ics::write(&self.plan, texts)
    }

    /// Writes the drafts of its letters into `folder`. `base_url` is the site's public address and takes precedence
    /// over that of `site.toml`.
    ///
    /// # Errors
    /// `plan-write-failed`, `site-address-invalid`.
    pub fn write_letters(&self, folder: &Path, base_url: Option<&str>, host: &dyn Host) -> Result<Letters> {
        let scene: Facts<'_> = readiness::scene(&self.rules, &self.records, &self.measured, self.now);
        letters::write(&self.root, folder, &scene, &self.plan, (base_url, self.day_chosen), host)
    }

    /// Returns the names of the drafts in `folder` that no longer say what is recorded.
    ///
    /// # Errors
    /// `site-address-invalid`, and those of reading the archive.
    pub fn outdated_letters(&self, folder: &Path, base_url: Option<&str>) -> Result<BTreeSet<&'static str>> {
        let scene: Facts<'_> = readiness::scene(&self.rules, &self.records, &self.measured, self.now);
        letters::outdated(&self.root, folder, &scene, &self.plan, (base_url, self.day_chosen))
    }
}
