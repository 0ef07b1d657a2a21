//! What is still to do when the account is closed.

use jiff::civil::Date;
use serde::Serialize;

use super::engine::Facts;
use super::events::EventName;
use super::profile::AccountKind;

/// One thing to do: `after-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its code.
    pub code: &'static str,
    /// Which account.
    pub account: AccountKind,
    /// Not before this day.
    pub not_before: Option<Date>,
    /// By this day.
    pub act_by: Option<Date>,
    /// Whether it is done, as far as the records say.
    pub done: bool,
}

impl Facts<'_> {
    /// What is left to do, for every account that is closed, by date.
    pub fn after(&self) -> Vec<Task> {
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
                // PIPL art. 47: when the service stops, without being asked. The law sets no number of days, so no date is made up.
                task("purge-followers", Some(closed), None, recorded("followers_purged_at"));
            }
            task("registrations", Some(closed), None, recorded("registrations_updated"));
        }
        tasks.sort_by_key(|task| (task.done, task.act_by.or(task.not_before), task.code));
        tasks
    }
}
