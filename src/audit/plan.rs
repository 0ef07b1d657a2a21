//! Plans the ordered path of a closing: the alternatives, what perishes first, and for each account the dates, the
//! papers, what is destroyed and the effect of inaction. It holds codes and dates only; the words are `plan-…` texts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::bill_series;
use super::calendar::{self, Dates};
use super::engine::Facts;
use super::events::{Event, EventName, Events, Stage};
use super::facts::Series;
use super::profile::{AccountKind, Entity, Truth};
use crate::model::Time;

/// Order in which accounts are closed: an account that depends on another precedes it.
pub const ORDER: &[AccountKind] = &[
    AccountKind::Shop,
    AccountKind::Mch,
    AccountKind::Mp,
    AccountKind::MpGame,
    AccountKind::Channels,
    AccountKind::OaSubscription,
    AccountKind::OaService,
    AccountKind::MpStore,
    AccountKind::Wecom,
    AccountKind::Wechat,
];

/// The whole plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Time at which it was made.
    pub at: Time,
    /// Alternatives to closing, with the accounts they are available to.
    pub alternatives: Vec<Alternative>,
    /// Data that perishes unless fetched, the earliest first.
    pub fuses: Vec<Fuse>,
    /// One step for each account, in order.
    pub steps: Vec<Step>,
}

/// An alternative to closing: `plan-instead-<code>` with `-keeps`, `-costs` and `-destroys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// Code.
    pub code: &'static str,
    /// Kinds it is available to.
    pub accounts: Vec<AccountKind>,
    /// Whether a source disputes that it exists.
    pub disputed: bool,
}

/// An item that soon becomes unavailable: `plan-fuse-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fuse {
    /// Last day on which to act; `None`: before submitting.
    pub act_by: Option<Date>,
    /// Code.
    pub code: &'static str,
    /// Specific day or account, where there are several.
    pub item: Option<String>,
}

/// The closing of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Account.
    pub account: AccountKind,
    /// Stage today.
    pub stage: Stage,
    /// Actual or earliest possible day of submission.
    pub submit: Date,
    /// Whether that day is only planned.
    pub planned: bool,
    /// Whether the days to confirm the closing have passed, and neither its end nor its cancellation is recorded.
    pub unconfirmed: bool,
    /// Every window that follows, by date.
    pub dates: Vec<Dates>,
    /// Earliest day on which everything about it is over.
    pub over: Date,
    /// Things it destroys: `plan-destroys-<code>`, with their number if known.
    pub destroys: Vec<(&'static str, Option<u64>)>,
    /// Number of posts that are not among them because the author or the platform withdrew them before.
    pub withdrawn: u64,
    /// Effect of inaction: `plan-inaction-<code>`.
    pub inaction: &'static str,
    /// Required papers: `plan-paper-<code>`.
    pub papers: Vec<&'static str>,
    /// Notices to give first: `plan-notice-<code>`.
    pub notices: Vec<&'static str>,
}

const ALTERNATIVES: &[(&str, &[AccountKind], bool)] = &[
    ("pause", &[AccountKind::OaSubscription, AccountKind::OaService, AccountKind::Channels, AccountKind::Mp], false),
    ("hide", &[AccountKind::Channels, AccountKind::OaSubscription, AccountKind::OaService], false),
    (
        "change-admin",
        &[
            AccountKind::OaSubscription,
            AccountKind::OaService,
            AccountKind::Mp,
            AccountKind::MpGame,
            AccountKind::Wecom,
        ],
        false,
    ),
    ("migrate", &[AccountKind::OaSubscription, AccountKind::OaService], false),
    ("complain", &[AccountKind::OaSubscription, AccountKind::OaService, AccountKind::Channels], false),
    ("downgrade", &[AccountKind::OaSubscription, AccountKind::OaService], true),
];

/// Windows in which the closing has to be confirmed, else it lapses.
const CONFIRM: [&str; 2] = ["oa.confirm", "mch.confirm"];

impl Facts<'_> {
    /// Returns the plan of a closing that begins on `start`, or today if that is later. Past events are taken from the
    /// records; the others are planned.
    pub fn plan(&self, start: Date) -> Plan {
        self.credible().facts(self).plan_as_recorded(start)
    }

    fn plan_as_recorded(&self, start: Date) -> Plan {
        let start = start.max(self.today());
        let kinds = self.kinds();
        let alternatives = ALTERNATIVES.iter().filter_map(|(code, open_to, disputed)| {
            let accounts: Vec<_> = open_to.iter().copied().filter(|kind| kinds.contains(kind)).collect();
            // Overseas owners cannot migrate (source: copies of the official notice).
            let barred = *code == "migrate" && self.profile.entity == Some(Entity::Overseas);
            (!accounts.is_empty() && !barred).then_some(Alternative { code, accounts, disputed: *disputed })
        });
        let alternatives = alternatives.collect();
        let mut submits = BTreeMap::new();
        let mut steps: Vec<Step> = Vec::new();
        for kind in ORDER.iter().copied().filter(|kind| kinds.contains(kind)) {
            let step = self.step(kind, start, &submits, &steps);
            submits.insert(kind, step.submit);
            steps.push(step);
        }
        Plan { at: self.now, alternatives, fuses: self.fuses(&kinds), steps }
    }

    fn step(&self, kind: AccountKind, start: Date, submits: &BTreeMap<AccountKind, Date>, before: &[Step]) -> Step {
        use AccountKind::{Channels, Mch, Mp, MpGame, MpStore, OaService, OaSubscription, Shop, Wechat, Wecom};
        let after = |kinds: &[AccountKind]| kinds.iter().filter_map(|kind| submits.get(kind).copied()).max();
        let mut events = self.events.clone();
        let known = self.events.date(EventName::Submitted, kind);
        let earliest = match kind {
            Shop => {
                let notice = self.anchor("notice_published", kind).unwrap_or(start);
                plan_event(&mut events, EventName::NoticePublished, notice, kind);
                self.end_of("shop.notice", kind, notice)
            }
            Mch => {
                let last = self.anchor("last_trade", kind).unwrap_or(start).max(after(&[Shop]).unwrap_or(Date::MIN));
                plan_event(&mut events, EventName::LastTrade, last, kind);
                self.end_of("mch.no_trade", kind, last)
            }
            Mp | MpGame => after(&[Mch]).filter(|_| self.profile.flag("uses.pay") != Truth::No),
            Channels => after(&[Shop]),
            OaSubscription | OaService => after(&[Shop, Mch, Mp, MpGame, Channels]),
            // It follows its 公众号 and cannot be closed alone.
            MpStore => after(&[OaSubscription, OaService]),
            // The administrator's own account is closed last, when nothing needs it any more.
            Wecom | Wechat => before.iter().map(|step| calendar::shift(step.over, 1)).max(),
        };
        let submit = known.unwrap_or_else(|| earliest.unwrap_or(start).max(start));
        plan_event(&mut events, EventName::Submitted, submit, kind);
        match kind {
            OaSubscription | OaService | Mp | MpGame => {
                plan_event(&mut events, EventName::TransferShown, submit, kind);
                let verified = self.anchor("subject_verified", kind).unwrap_or_else(|| calendar::shift(submit, 1));
                plan_event(&mut events, EventName::SubjectVerified, verified, kind);
            }
            Mch => plan_event(&mut events, EventName::ApplicationPassed, calendar::working_days(submit, 15).1, kind),
            _ => {}
        }
        let ahead = Facts { events: &events, ..*self };
        if let Some(click) = ahead.anchor("freeze_end", kind) {
            plan_event(&mut events, EventName::Deregistered, click, kind);
        } else if let Some(end) =
            ahead.end_of("channels.cooling", kind, submit).or(ahead.end_of("wechat.final", kind, submit))
        {
            plan_event(&mut events, EventName::Deregistered, end, kind);
        }
        let ahead = Facts { events: &events, ..*self };
        let dates = ahead.windows_of(kind);
        let stage = self.events.stage(kind, self.today());
        let has_passed = |day: Date| day < self.today();
        let missed = |dates: &Dates| CONFIRM.contains(&dates.window.as_str()) && dates.act_by.is_some_and(has_passed);
        let over = dates
            .iter()
            .filter(|dates| matches!(dates.anchor.as_str(), "submitted" | "subject_verified" | "freeze_end"))
            .filter_map(|dates| dates.not_before.max(dates.act_by))
            .chain([submit])
            .max()
            .unwrap_or(submit);
        Step {
            account: kind,
            stage,
            submit,
            planned: known.is_none(),
            unconfirmed: stage.is_running() && dates.iter().any(missed),
            dates,
            over,
            destroys: self.destroys(kind),
            withdrawn: posts_of(kind)
                .iter()
                .filter_map(|asset| Some(self.measured.assets.get(*asset)?.withdrawn))
                .sum(),
            inaction: inaction(kind),
            papers: self.profile.entity.map_or_else(Vec::new, |entity| papers(kind, entity)),
            notices: notices(kind),
        }
    }

    /// Returns the first day after a wait or a deadline.
    fn end_of(&self, window: &str, kind: AccountKind, from: Date) -> Option<Date> {
        let window = self.rules.window(window).filter(|window| calendar::concerns(window, kind, self.profile))?;
        let dates = calendar::dates(window, kind, self.profile, Some(from));
        dates.not_before.or_else(|| dates.act_by.map(|day| calendar::shift(day, 1)))
    }

    /// Returns the dates of every window of `kind` whose start is known, by date.
    fn windows_of(&self, kind: AccountKind) -> Vec<Dates> {
        let mut dates: Vec<Dates> = self
            .rules
            .windows
            .iter()
            .filter(|window| window.anchor != "registered" && window.anchor != "stat_date")
            // Only the routes with papers have a manual review.
            .filter(|window| window.id != "oa.review" || self.has_paper_route())
            .filter(|window| window.id != "oa.transfer_check" || self.profile.entity != Some(Entity::Personal))
            .filter(|window| window.id != "migrate.openid" || self.profile.flag("will_migrate") != Truth::No)
            .flat_map(|window| self.dates(&window.id, &[kind]))
            .filter(|dates| dates.from.is_some())
            .collect();
        dates.sort_by_key(|dates| (dates.not_before.or(dates.act_by), dates.act_by));
        dates
    }

    fn has_paper_route(&self) -> bool {
        matches!(
            self.profile.entity,
            None | Some(Entity::Government | Entity::Sole | Entity::Dissolved | Entity::Overseas)
        )
    }

    fn fuses(&self, kinds: &[AccountKind]) -> Vec<Fuse> {
        let today = self.today();
        let mut fuses = Vec::new();
        let closed = |kind: AccountKind| self.events.stage(kind, today).is_over();
        let pays = kinds.contains(&AccountKind::Mch) || self.profile.flag("uses.pay") != Truth::No;
        if pays && !closed(AccountKind::Mch) {
            // Bills of every kind are to be had as long.
            let series: Vec<(String, Series)> = bill_series::MERCHANT_BILLS
                .iter()
                .flat_map(|name| bill_series::due(name, &self.measured.series))
                .map(|name| (name.clone(), self.series(&name)))
                .collect();
            let days = |name: &'static str| kinds.iter().filter_map(move |kind| self.anchor(name, *kind));
            let mut day = calendar::oldest_bill(today).max(days("first_trade").min().unwrap_or(Date::MIN));
            // The bill of a day is issued the day after.
            let last = days("last_trade").max().unwrap_or(Date::MAX).min(calendar::shift(today, -1));
            while day <= last {
                let is_missing = |(name, series): &(String, Series)| {
                    !series.covers(day, true) && !self.waivers.of_bill_day(name, day)
                };
                if series.iter().any(is_missing) {
                    let act_by = Some(calendar::bill_last_day(day));
                    fuses.push(Fuse { act_by, code: "bill-day", item: Some(day.to_string()) });
                }
                day = calendar::shift(day, 1);
            }
        }
        for kind in kinds.iter().filter(|kind| !closed(**kind)) {
            for (window, code) in [("oa.idle", "idle"), ("migrate.openid", "openid")] {
                for dates in self.dates(window, &[*kind]) {
                    if dates.act_by.is_some_and(|day| day >= today) {
                        fuses.push(Fuse { act_by: dates.act_by, code, item: Some(kind.code().to_owned()) });
                    }
                }
            }
        }
        fuses.sort();
        let undated: &[(&str, &[AccountKind])] = &[
            ("live-replay", &[AccountKind::Channels]),
            ("api", &[AccountKind::OaSubscription, AccountKind::OaService]),
            ("statistics", &[AccountKind::OaSubscription, AccountKind::OaService]),
        ];
        for (code, of) in undated {
            if of.iter().any(|kind| kinds.contains(kind) && !closed(*kind)) {
                fuses.push(Fuse { act_by: None, code, item: None });
            }
        }
        fuses
    }

    fn destroys(&self, kind: AccountKind) -> Vec<(&'static str, Option<u64>)> {
        // Items the author or the platform already withdrew cannot be destroyed again.
        let held = |asset: &str| {
            let asset = self.measured.assets.get(asset)?;
            asset.listed.map(|listed| listed.saturating_sub(asset.withdrawn))
        };
        match kind {
            AccountKind::OaSubscription | AccountKind::OaService => vec![
                ("articles", held("article")),
                ("followers", self.profile.followers),
                ("comments", held("comment")),
                ("menu", None),
                ("originality", None),
                ("name", None),
            ],
            AccountKind::Mp | AccountKind::MpGame | AccountKind::MpStore => {
                vec![("service", None), ("cloud", None), ("name", None)]
            }
            AccountKind::Channels => vec![
                ("works", held("channels_video.video")),
                ("replays", held("channels_video.live_replay")),
                ("followers", None),
                ("name", None),
            ],
            AccountKind::Wechat => vec![("chats", None), ("contacts", None), ("logins", None), ("wallet", None)],
            AccountKind::Wecom => vec![("directory", None), ("customers", None), ("drive", None)],
            AccountKind::Mch => vec![("collecting", None), ("console-bills", None)],
            AccountKind::Shop => vec![("goods", None), ("orders", None)],
        }
    }
}

fn plan_event(events: &mut Events, name: EventName, date: Date, kind: AccountKind) {
    if events.date(name, kind).is_none() {
        // The recording time does not matter: planned events are never stored.
        let at = Time::from_timestamp(jiff::Timestamp::UNIX_EPOCH);
        events.events.push(Event { name, date, account: Some(kind), at, note: None });
    }
}

/// Returns the assets that are the posts of an account.
const fn posts_of(kind: AccountKind) -> &'static [&'static str] {
    match kind {
        AccountKind::OaSubscription | AccountKind::OaService => &["article"],
        AccountKind::Channels => &["channels_video.video", "channels_video.live_replay"],
        _ => &[],
    }
}

const fn inaction(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::OaSubscription | AccountKind::OaService | AccountKind::Mp | AccountKind::MpGame => "cancelled",
        AccountKind::Channels | AccountKind::Wechat => "deleted",
        AccountKind::Mch => "withdrawn",
        AccountKind::MpStore => "follows",
        AccountKind::Shop | AccountKind::Wecom => "nothing",
    }
}

fn papers(kind: AccountKind, entity: Entity) -> Vec<&'static str> {
    let mini = matches!(kind, AccountKind::Mp | AccountKind::MpGame);
    let official = kind.is_official_account();
    if !mini && !official {
        return match kind {
            AccountKind::Channels => vec!["sms", "pay-password", "face"],
            AccountKind::Wechat => vec!["sms", "pay-password", "mailbox"],
            AccountKind::Mch => vec!["mch-super-admin", "licence", "legal-id"],
            _ => Vec::new(),
        };
    }
    let mut papers: Vec<&'static str> = match entity {
        Entity::Personal if mini => vec!["id-card", "phone", "registrant-scan", "face"],
        Entity::Personal => vec!["id-card", "phone", "registrant-scan"],
        Entity::Enterprise | Entity::Media | Entity::Org => {
            vec!["corporate-account", "licence", "legal-id", "authorisation", "seal"]
        }
        Entity::Sole if mini => {
            vec!["corporate-account-or-ticket", "original-id", "licence", "legal-id", "application"]
        }
        Entity::Sole => vec!["corporate-account-or-face", "licence", "legal-id"],
        Entity::Government => vec![
            "subject-certificate",
            "sealed-letter",
            "renamed-red-document",
            "renamed-statement",
            "renamed-certificate",
            "renamed-letter",
        ],
        Entity::Dissolved => {
            vec!["original-id", "dissolution-proof", "legal-id", "application", "liquidation-report-if-there"]
        }
        Entity::Overseas if mini => vec!["overseas-mini-program"],
        Entity::Overseas => vec!["overseas-papers-or-transfer"],
    };
    papers.push("admin-scan");
    papers
}

fn notices(kind: AccountKind) -> Vec<&'static str> {
    match kind {
        AccountKind::OaSubscription | AccountKind::OaService => vec!["article", "auto-reply", "mark"],
        AccountKind::Channels | AccountKind::Mp | AccountKind::MpGame => vec!["post"],
        AccountKind::Shop => vec!["shop-thirty-days"],
        AccountKind::Wechat | AccountKind::Wecom => vec!["contacts"],
        AccountKind::Mch | AccountKind::MpStore => Vec::new(),
    }
}
