//! Lists what remains to be done after the account is closed.

use jiff::civil::Date;
use serde::Serialize;

use super::engine::Facts;
use super::events::EventName;
use super::profile::AccountKind;

/// A task after closing; its text id is `after-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Code of the task.
    pub code: &'static str,
    /// Account it belongs to.
    pub account: AccountKind,
    /// First day on which it can be done.
    pub not_before: Option<Date>,
    /// Last day on which it can be done.
    pub act_by: Option<Date>,
    /// Whether it is done according to the records.
    pub done: bool,
}

impl Facts<'_> {
    /// Returns the tasks for every closed account, ordered by date, with those done last.
    pub fn after(&self) -> Vec<Task> {
        self.credible().facts(self).after_as_recorded()
    }

    fn after_as_recorded(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        for kind in self.kinds() {
            let Some(closed) = self.events.date(EventName::Deregistered, kind).filter(|day| *day <= self.today())
            else {
                continue;
            };
            let mut task = |code, not_before, act_by, done| {
                tasks.push(Task { code, account: kind, not_before, act_by, done });
            };
            let from = |window: &str| self.dates(window, &[kind]).into_iter().find_map(|dates| dates.not_before);
            let by = |window: &str| self.dates(window, &[kind]).into_iter().find_map(|dates| dates.act_by);
            let recorded = |key: &str| self.evidence.newest(key).is_some();
            if kind.is_official_account() {
                let gone = !self.measured.probes.is_empty();
                task("check-gone", from("oa.clear"), None, gone);
                task("publish-mirror", from("oa.clear"), None, false);
                task("name-free", from("oa.name"), None, false);
                task("identity-free", from("oa.identity"), None, false);
                task("mailbox-free", Some(closed), None, recorded("mailbox_free"));
                task("keys-revoked", Some(closed), None, recorded("keys_revoked"));
            }
            if matches!(kind, AccountKind::Mp | AccountKind::MpGame) {
                task("name-free", from("mp.name"), None, false);
                task("icp-filing", Some(closed), None, recorded("icp_filing_decided"));
            }
            if kind == AccountKind::Mch {
                task("bills-last-call", None, by("mch.bill_after"), false);
                task("keep-books", Some(closed), None, false);
            }
            if kind == AccountKind::Wechat {
                task("phone-free", from("wechat.phone"), None, false);
            }
            if !matches!(kind, AccountKind::Wechat | AccountKind::Mch) {
                // PIPL art. 47: when the service stops, without a request. The law sets no number of days, so no date
                // is given.
                task("purge-followers", Some(closed), None, recorded("followers_purged_at"));
            }
            task("registrations", Some(closed), None, recorded("registrations_updated"));
        }
        tasks.sort_by_key(|task| (task.done, task.act_by.or(task.not_before), task.code));
        tasks
    }
}
