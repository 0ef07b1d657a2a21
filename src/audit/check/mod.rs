//! Implements each kind of check of the rule file. A check returns its open items, never a bare yes; a value that
//! cannot be determined is an item like any other.

mod content;
mod money;
mod owner;
mod window;

pub(super) use content::missing;
pub use content::{asset_counted_by, totals};

use super::engine::{CheckResult, Facts};
use super::profile::AccountKind;
use super::rules::{Check, Rule};

/// Checks `rule` for the accounts of `kinds` (never empty).
pub(super) fn look(scene: &Facts<'_>, rule: &Rule, kinds: &[AccountKind]) -> CheckResult {
    let mut look = CheckResult::default();
    match &rule.check {
        Check::Assets { of, allow_missing, .. } => content::assets(scene, of, *allow_missing, &mut look),
        Check::Attest { question } => owner::attest(scene, question, &mut look),
        Check::Count { asset, platform, by, allow_missing, .. } => {
            content::count(scene, asset, platform, by, *allow_missing, &mut look);
        }
        Check::Coverage { .. } => money::coverage(scene, &rule.check, kinds, &mut look),
        // Judged in a second pass, when the results of the others are known.
        Check::Derived { .. } => {}
        Check::Evidence { .. } => owner::evidence(scene, &rule.check, &mut look),
        Check::Fixity { max_age_days, .. } => content::fixity(scene, *max_age_days, &mut look),
        Check::Hash { .. } => money::hash(scene, &mut look),
        Check::Inputs => content::inputs(scene, &mut look),
        Check::Listing { require_any } => content::listing(scene, require_any, &mut look),
        Check::Present { assets } => owner::present(scene, assets, &mut look),
        Check::Probe { expect, .. } => content::probe(scene, expect, &mut look),
        Check::Profile { expr } => owner::profile(scene, expr, &mut look),
        Check::ProfileOrEvidence { needs, keys, .. } => owner::profile_or_evidence(scene, needs, keys, &mut look),
        Check::Scan { scan, reject } => content::scan(scene, scan, reject, &mut look),
        Check::Sum { .. } => money::sum(scene, &mut look),
        Check::Window { window, mode, then, also } => {
            window::window(scene, window, *mode, (then.as_deref(), also.as_ref()), kinds, &mut look);
        }
    }
    if look.dates.is_empty() {
        look.dates = rule.check.windows().into_iter().flat_map(|name| scene.dates(name, kinds)).collect();
    }
    look
}
