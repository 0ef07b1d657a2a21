//! The table: (profile, evidence, date) → verdict, open rules and dates. `C<n>` names the contradiction between
//! sources that a case settles.

use jiff::civil::Date;
use liudi::audit::calendar::Dates;
use liudi::audit::engine::{Judgement, State, Verdict};
use liudi::audit::events::EventName;
use liudi::audit::facts::{Asset, Total};
use liudi::audit::profile::{AccountKind, Entity};
use liudi::model::{GapReason, Sha256, SubjectKind};

use super::world::{World, archive, day, found, time};

const OA: &[AccountKind] = &[AccountKind::OaSubscription];
const SERVICE: &[AccountKind] = &[AccountKind::OaService];
const MP: &[AccountKind] = &[AccountKind::Mp];
const GAME: &[AccountKind] = &[AccountKind::MpGame];
const STORE: &[AccountKind] = &[AccountKind::MpStore];
const CHANNELS: &[AccountKind] = &[AccountKind::Channels];
const WECHAT: &[AccountKind] = &[AccountKind::Wechat];
const WECOM: &[AccountKind] = &[AccountKind::Wecom];
const MCH: &[AccountKind] = &[AccountKind::Mch];
const SHOP: &[AccountKind] = &[AccountKind::Shop];

const READY: Verdict = Verdict::Ready;
const WARN: Verdict = Verdict::ReadyWithWarnings;
const NOT: Verdict = Verdict::NotReady;

type Change = fn(&mut World);

/// name, kinds, entity, what is changed, verdict, open rules (blockers and warnings, in the file's order).
type Case = (&'static str, &'static [AccountKind], Entity, Change, Verdict, &'static [&'static str]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("a personal account with everything", OA, Entity::Personal, |_| {}, READY, &[]),
    ("a service account with everything", SERVICE, Entity::Enterprise, |_| {}, READY, &[]),
    ("a 小程序 with everything", MP, Entity::Enterprise, |_| {}, READY, &[]),
    ("a game with everything", GAME, Entity::Enterprise, |_| {}, READY, &[]),
    ("a 视频号 with everything", CHANNELS, Entity::Personal, |_| {}, READY, &[]),
    ("a 微信 with everything", WECHAT, Entity::Personal, |_| {}, READY, &[]),
    ("a 企业微信 with everything", WECOM, Entity::Enterprise, |_| {}, READY, &[]),
    ("a merchant number with everything", MCH, Entity::Enterprise, |_| {}, READY, &[]),
    ("a shop with everything", SHOP, Entity::Enterprise, |w| w.flag("uses.shop", Some(true)), READY, &[]),
    ("nobody said whose it is", OA, Entity::Personal, |w| w.profile.entity = None, NOT, &["subject.overseas"]),
    ("nobody said what it is", OA, Entity::Personal, |w| { w.profile.kinds.clear(); w.measured.kinds_seen.insert(AccountKind::OaSubscription); }, NOT, &[]),
    ("the platform has one article more than any list", OA, Entity::Personal, |w| w.set("published_total", "11"), NOT, &["content.before-freeze", "content.articles.count"]),
    ("the platform has one less: deleted ones are still listed", OA, Entity::Personal, |w| w.set("published_total", "9"), READY, &[]),
    ("deleted ones do not make up for what is missing", OA, Entity::Personal, |w| w.measured.asset("article").withdrawn = 2, NOT, &["content.before-freeze", "content.articles.count"]),
    ("no total at all", OA, Entity::Personal, |w| w.forget("published_total"), NOT, &["content.before-freeze", "content.articles.count"]),
    ("the total is a guess", OA, Entity::Personal, |w| w.set("published_total", "about ten"), NOT, &["content.before-freeze", "content.articles.count"]),
    ("C5 the un-notified total proves nothing about 群发", OA, Entity::Personal, |w| { w.forget("published_total"); let total = Total { source: "api:freepublish.total_count".to_owned(), scope: "un_notified".to_owned(), value: 10, at: None, }; w.measured.asset("article").totals = vec![total]; }, NOT, &["content.before-freeze", "content.articles.count"]),
    ("an article is missing and may yet be had", OA, Entity::Personal, |w| w.lose("article", SubjectKind::Article, "a_1_1", GapReason::DownloadFailed), NOT, &["content.before-freeze", "content.articles.count"]),
    ("a lost article stays until it is waived", OA, Entity::Personal, |w| w.lose("article", SubjectKind::Article, "a_1_1", GapReason::DeletedByAuthor), NOT, &["content.before-freeze", "content.articles.count"]),
    ("a lost article waived by name", OA, Entity::Personal, |w| { w.lose("article", SubjectKind::Article, "a_1_1", GapReason::DeletedByAuthor); w.waive("content.articles.count", Some("a_1_1")); }, READY, &[]),
    ("a waiver without a name covers no missing thing", OA, Entity::Personal, |w| { w.lose("article", SubjectKind::Article, "a_1_1", GapReason::DeletedByAuthor); w.waive("content.articles.count", None); }, NOT, &["content.before-freeze", "content.articles.count"]),
    ("a waiver of another article", OA, Entity::Personal, |w| { w.lose("article", SubjectKind::Article, "a_1_1", GapReason::DeletedByAuthor); w.waive("content.articles.count", Some("a_1_2")); }, NOT, &["content.before-freeze", "content.articles.count"]),
    ("a condition waived without a name", OA, Entity::Personal, |w| { w.forget("published_total"); w.waive("content.articles.count", None); }, READY, &[]),
    ("no list that includes 群发", OA, Entity::Personal, |w| { w.measured.lists.clear(); w.forget("publish_record_export"); }, NOT, &["content.before-freeze", "content.articles.mass-sent"]),
    ("a word that there is a list is no list", OA, Entity::Personal, |w| { w.measured.lists.clear(); w.record("publish_record_export", "yes").file = None; }, NOT, &["content.before-freeze", "content.articles.mass-sent"]),
    ("the list itself was given", OA, Entity::Personal, |w| w.measured.lists.clear(), READY, &[]),
    ("a body is a verification page", OA, Entity::Personal, |w| found(w, "article_body", "verify_page", "a_1_1"), NOT, &["content.before-freeze", "content.articles.body"]),
    ("a finding no rule asks about", OA, Entity::Personal, |w| found(w, "article_body", "short", "a_1_1"), READY, &[]),
    ("an image is missing", OA, Entity::Personal, |w| w.lose("article.media", SubjectKind::Media, "m1", GapReason::DownloadFailed), NOT, &["content.before-freeze", "content.articles.assets"]),
    ("material was never counted", OA, Entity::Personal, |w| w.forget("material_voice_total"), NOT, &["content.before-freeze", "content.materials.count"]),
    ("there is no material of a kind, and none is needed", OA, Entity::Personal, |w| { w.record("material_voice_total", "0"); w.measured.assets.remove("material.voice"); }, READY, &[]),
    ("a draft is missing: a warning", OA, Entity::Personal, |w| w.set("draft_total", "2"), WARN, &["content.drafts"]),
    ("C17 comments are archived before they are closed", OA, Entity::Personal, |w| w.set("comment_total", "6"), WARN, &["content.comments"]),
    ("a day of statistics is missing", OA, Entity::Personal, |w| w.lose_day("analytics", "2026-06-10"), WARN, &["content.analytics"]),
    ("the menu is not kept", OA, Entity::Personal, |w| { w.measured.present.remove("menu"); w.forget("menu"); }, WARN, &["content.settings"]),
    ("there is no menu", OA, Entity::Personal, |w| { w.measured.present.remove("menu"); w.record("menu", "没有").file = None; }, READY, &[]),
    ("C10 C11 a migration needs the list of openids first", OA, Entity::Enterprise, |w| { w.flag("will_migrate", Some(true)); w.forget("openid_list_saved_at"); }, WARN, &["content.followers"]),
    ("without a migration the number is enough", OA, Entity::Enterprise, |w| w.forget("openid_list_saved_at"), READY, &[]),
    ("whether it migrates is not known", OA, Entity::Enterprise, |w| { w.flag("will_migrate", None); w.forget("openid_list_saved_at"); }, WARN, &["content.followers"]),
    ("C27 a film of a 视频号 is missing", CHANNELS, Entity::Personal, |w| w.lose("channels_video.video", SubjectKind::Video, "v1", GapReason::StillEncrypted), NOT, &["content.channels.videos"]),
    ("a live replay is missing", CHANNELS, Entity::Personal, |w| w.set("live_total", "3"), NOT, &["content.channels.videos"]),
    ("cloud data without its file", MP, Entity::Enterprise, |w| { w.flag("uses.cloud", Some(true)); w.record("cloud_db_export", "yes").file = None; }, NOT, &["content.before-freeze", "content.mp.cloud"]),
    ("nobody said whether there is cloud data", MP, Entity::Enterprise, |w| { w.flag("uses.cloud", None); w.forget("cloud_db_export"); }, NOT, &["content.before-freeze", "content.mp.cloud"]),
    ("a month of orders is missing", SHOP, Entity::Enterprise, |w| { w.flag("uses.shop", Some(true)); w.record("last_order", "2026-07-02"); }, NOT, &["content.shop.orders"]),
    ("chats are not backed up: a warning", WECHAT, Entity::Personal, |w| w.forget("chat_backup"), WARN, &["content.wechat.chats"]),
    ("C7 a bill day was never downloaded", MCH, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); w.lose_day("wxpay_trade_bill", "2026-06-10"); }, NOT, &["bills.coverage"]),
    ("a day without any bill, by the platform's word", MCH, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); let series = w.measured.series("wxpay_trade_bill"); series.held.remove(&day("2026-06-10")); series.nothing.insert(day("2026-06-10")); }, READY, &[]),
    ("nobody said when trading began", MCH, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); w.forget("first_trade"); }, NOT, &["bills.coverage", "bills.fundflow"]),
    ("a bill is not what the platform sent", MCH, Entity::Enterprise, |w| w.measured.bills[0].digest_agrees = Some(false), NOT, &["bills.hash"]),
    ("a bill downloaded by hand has no digest to compare", MCH, Entity::Enterprise, |w| w.measured.bills[0].digest_agrees = None, READY, &[]),
    ("a bill does not add up", MCH, Entity::Enterprise, |w| w.measured.bills[0].adds_up = Some(false), NOT, &["bills.totals"]),
    ("a bill without a summary", MCH, Entity::Enterprise, |w| w.measured.bills[0].adds_up = None, NOT, &["bills.totals"]),
    ("no bill was given", MCH, Entity::Enterprise, |w| w.measured.bills.clear(), NOT, &["bills.hash", "bills.totals"]),
    ("C28 the merchant number traded 90 days ago", MCH, Entity::Enterprise, |w| { w.set("last_trade", "2026-08-24"); w.hold("wxpay_trade_bill", "2026-07-01", "2026-08-24"); }, NOT, &["bills.fundflow", "money.mch-idle"]),
    ("C28 91 days ago the wait is over", MCH, Entity::Enterprise, |w| { w.set("last_trade", "2026-08-23"); w.hold("wxpay_trade_bill", "2026-07-01", "2026-08-23"); }, WARN, &["bills.fundflow"]),
    ("the platform's own pre-check says no", MCH, Entity::Enterprise, |w| w.set("mch_validate_cancel_result", "FUNDS_PENDING_PROCESSING"), NOT, &["money.mch-idle"]),
    ("money is left", OA, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); w.record("mch_balance_zero", "12.30"); }, NOT, &["money.balance"]),
    ("the balance was read four days ago", OA, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); w.record("mch_balance_zero", "0").at = time("2026-11-18 12:00"); }, NOT, &["money.balance"]),
    ("the balance was read three days ago", OA, Entity::Enterprise, |w| { w.flag("uses.pay", Some(true)); w.record("mch_balance_zero", "0").at = time("2026-11-19 12:00"); }, READY, &[]),
    ("whether it takes payments is not known", OA, Entity::Enterprise, |w| { w.flag("uses.pay", None); w.forget("mch_balance_zero"); }, NOT, &["money.balance"]),
    ("ad income not yet paid", OA, Entity::Enterprise, |w| { w.flag("uses.ads_income", Some(true)); w.record("ad_unsettled_zero", "否"); }, NOT, &["bills.ads"]),
    ("earnings of a 视频号 not withdrawn", CHANNELS, Entity::Personal, |w| w.forget("channels_balance_zero"), NOT, &["money.channels"]),
    ("an auto-debit is still running", WECHAT, Entity::Personal, |w| w.set("autopay_ended", "no"), NOT, &["money.wallet"]),
    ("an order is open", SHOP, Entity::Enterprise, |w| { w.flag("uses.shop", Some(true)); w.record("orders_open_zero", "1"); }, NOT, &["money.orders"]),
    ("the administrator cannot be reached", OA, Entity::Personal, |w| w.set("admin_can_scan_and_receive_notice", "no"), NOT, &["subject.admin"]),
    ("an answer without a name", OA, Entity::Personal, |w| w.record("admin_can_scan_and_receive_notice", "yes").by = None, NOT, &["subject.admin"]),
    ("C23 a company transfers from its own account", OA, Entity::Enterprise, |w| w.forget("corporate_account_ready"), NOT, &["subject.enterprise"]),
    ("C23 a person needs no corporate account", OA, Entity::Personal, |w| w.forget("corporate_account_ready"), READY, &[]),
    ("a sole trader without papers", MP, Entity::Sole, |w| w.forget("sole_route_papers"), NOT, &["subject.sole"]),
    ("C4 a government body's papers", OA, Entity::Government, |w| w.forget("gov_papers"), NOT, &["subject.government"]),
    ("C24 a dissolved subject: proof, no liquidation report wanted", OA, Entity::Dissolved, |w| w.forget("dissolution_papers"), NOT, &["subject.dissolved"]),
    ("an overseas subject is told of its own routes", OA, Entity::Overseas, |_| {}, WARN, &["subject.overseas"]),
    ("C21 a past violation is a warning, not a blocker", OA, Entity::Personal, |w| w.set("no_open_complaint_violation_or_lawsuit", "no"), WARN, &["subject.clean"]),
    ("a linked 小程序", OA, Entity::Personal, |w| { w.flag("linked.miniprogram", Some(true)); w.forget("miniprograms_unlinked_or_moved"); }, NOT, &["unbind.miniprogram"]),
    ("a store 小程序 follows its 公众号", STORE, Entity::Enterprise, |w| { w.flag("linked.miniprogram", None); w.forget("miniprograms_unlinked_or_moved"); }, NOT, &["unbind.miniprogram"]),
    ("a linked 视频号", OA, Entity::Personal, |w| { w.flag("linked.channels", None); w.forget("channels_links_removed_and_nothing_in_review"); }, NOT, &["unbind.channels"]),
    ("logins that go through this 微信", WECHAT, Entity::Personal, |w| w.forget("accounts_and_third_party_logins_moved"), NOT, &["unbind.wechat-logins"]),
    ("a 企业微信 that nobody took over", WECOM, Entity::Enterprise, |w| w.forget("wecom_admin_moved"), NOT, &["unbind.wecom-admin"]),
    ("a 小程序 still in service", MP, Entity::Enterprise, |w| w.forget("mp_service_suspended_and_plugin_withdrawn"), NOT, &["unbind.mp-service"]),
    ("followers were not told", OA, Entity::Personal, |w| w.forget("notice_url"), WARN, &["notice.followers"]),
    ("the notice itself is not in the archive", OA, Entity::Personal, |w| w.measured.held_urls.clear(), WARN, &["notice.followers"]),
    ("the notice is only planned", OA, Entity::Personal, |w| w.set("notice_date", "2026-12-01"), WARN, &["notice.followers"]),
    ("a shop's thirty days are not over", SHOP, Entity::Enterprise, |w| { w.forget("notice_published"); w.event(EventName::NoticePublished, "2026-10-23"); }, NOT, &["notice.shop30"]),
    ("a shop's thirty days are over", SHOP, Entity::Enterprise, |w| { w.forget("notice_published"); w.event(EventName::NoticePublished, "2026-10-22"); }, READY, &[]),
    ("C18 fifteen days' notice of a new subject is no rule", OA, Entity::Enterprise, |w| { w.flag("will_migrate", Some(true)); w.forget("subject_change_announced"); }, READY, &[]),
    ("C13 alternatives are shown and hold nobody up", OA, Entity::Enterprise, |w| w.forget("alternatives_considered"), READY, &[]),
    ("C12 C22 an un-verified account idle for 210 days", OA, Entity::Personal, |w| { w.forget("last_login_or_api_call"); w.event(EventName::LastLoginOrApiCall, "2026-04-26"); }, WARN, &["alt.idle-trap"]),
    ("C12 idle for 209 days", OA, Entity::Personal, |w| { w.forget("last_login_or_api_call"); w.event(EventName::LastLoginOrApiCall, "2026-04-27"); }, READY, &[]),
    ("C12 60 and 180 idle days alone are no warning", OA, Entity::Personal, |w| { w.forget("last_login_or_api_call"); w.event(EventName::LastLoginOrApiCall, "2026-05-20"); }, READY, &[]),
    ("C12 a verified account may be idle", OA, Entity::Enterprise, |w| { w.profile.certified = Some(true); w.forget("last_login_or_api_call"); }, READY, &[]),
    ("C12 whether it is verified is not known", OA, Entity::Enterprise, |w| { w.profile.certified = None; w.forget("last_login_or_api_call"); }, WARN, &["alt.idle-trap"]),
    ("C14 a service account need not clear out its followers", SERVICE, Entity::Enterprise, |w| w.profile.followers = Some(250_000), READY, &[]),
    ("C3 the freeze is over and nobody clicked", OA, Entity::Personal, |w| { w.event(EventName::Submitted, "2026-10-18"); w.event(EventName::SubjectVerified, "2026-10-20"); }, WARN, &["during.confirm"]),
    ("C3 the freeze still runs", OA, Entity::Personal, |w| { w.event(EventName::Submitted, "2026-10-22"); w.event(EventName::SubjectVerified, "2026-10-23"); }, READY, &[]),
    ("C16 a 视频号 in its sixty days", CHANNELS, Entity::Personal, |w| w.event(EventName::Submitted, "2026-09-24"), READY, &[]),
    ("C16 after sixty days it cannot be undone", CHANNELS, Entity::Personal, |w| w.event(EventName::Submitted, "2026-09-23"), WARN, &["during.channels"]),
    ("C15 a 微信 on the fourteenth day", WECHAT, Entity::Personal, |w| w.event(EventName::Submitted, "2026-11-09"), WARN, &["during.wechat"]),
    ("the plan for other people's data comes after", OA, Entity::Personal, |w| w.forget("personal_data_plan_and_date"), READY, &[]),
    ("C20 after the closing the plan is asked for", OA, Entity::Personal, |w| { w.event(EventName::Deregistered, "2026-11-20"); w.forget("personal_data_plan_and_date"); }, WARN, &["law.pipl"]),
    ("the mirror shows a commenter", OA, Entity::Personal, |w| found(w, "mirror_privacy", "comment_author", "a/1"), NOT, &["law.mirror-clean"]),
    ("the mirror loads from elsewhere", OA, Entity::Personal, |w| found(w, "mirror_offline", "remote_ref", "index.html"), NOT, &["health.restore"]),
    ("the archive was never read back", OA, Entity::Personal, |w| w.measured.fixity = None, NOT, &["health.fixity"]),
    ("it was read back two days ago", OA, Entity::Personal, |w| w.measured.fixity.as_mut().unwrap().at = time("2026-11-20 10:00"), NOT, &["health.fixity"]),
    ("only a sample was read back", OA, Entity::Personal, |w| w.measured.fixity.as_mut().unwrap().read_all = false, NOT, &["health.fixity"]),
    ("a file is not what its digest says", OA, Entity::Personal, |w| w.measured.fixity.as_mut().unwrap().failed.push("data/x".to_owned()), NOT, &["health.fixity"]),
    ("the archive changed after everything was looked at", OA, Entity::Personal, |w| w.measured.archive_digest = Some(Sha256::of(b"another")), NOT, &["content.before-freeze", "content.articles.body", "law.mirror-clean", "health.fixity", "health.restore", "health.copies"]),
    ("a file was recorded after the second copy", OA, Entity::Personal, |w| { w.record("second_copy_digest", &archive().to_string()).at = time("2026-11-20 12:00"); w.record("menu", "yes").file = Some("data/readiness/files/menu.png".into()); }, WARN, &["health.copies"]),
    ("the second copy is of another state", OA, Entity::Personal, |w| w.set("second_copy_digest", &Sha256::of(b"older").to_string()), WARN, &["health.copies"]),
    ("C19 nothing asks for a clause of the Cybersecurity Law", WECHAT, Entity::Personal, |w| w.flag("uses.ads_income", Some(true)), READY, &[]),
    ("held, but never counted", OA, Entity::Personal, |w| *w.measured.asset("article") = Asset::default(), NOT, &["content.before-freeze", "content.articles.count"]),
];

#[test]
fn the_table() {
    assert!(CASES.len() >= 60, "{}", CASES.len());
    for (name, kinds, entity, change, verdict, open) in CASES {
        let mut world = World::whole(kinds, *entity);
        change(&mut world);
        let judgement = world.judge();
        assert_eq!(open_rules(&judgement), *open, "{name}");
        assert_eq!(judgement.verdict, *verdict, "{name}");
    }
}

fn open_rules(judgement: &Judgement) -> Vec<&str> {
    let outcomes = judgement.outcomes.iter().filter(|outcome| outcome.is_open());
    outcomes
        .filter(|outcome| outcome.severity != liudi::audit::rules::Severity::Info)
        .map(|outcome| outcome.rule.as_str())
        .collect()
}

fn window<'j>(judgement: &'j Judgement, rule: &str, window: &str) -> &'j Dates {
    let outcome = judgement.outcome(rule).unwrap();
    outcome.look.dates.iter().find(|dates| dates.window == window).unwrap_or_else(|| panic!("{rule} {window}"))
}

/// What counts from the day the subject was verified: followers, freeze over, click until.
#[test]
fn c2_all_four_tiers() {
    for (followers, over, click) in [
        (Some(800), "2026-12-09", "2026-12-15"),
        (Some(1_000), "2026-12-09", "2026-12-15"),
        (Some(9_000), "2026-12-17", "2026-12-23"),
        (Some(30_000), "2027-01-01", "2027-01-07"),
        (Some(100_000), "2027-01-01", "2027-01-07"),
        (Some(120_000), "2027-01-31", "2027-02-06"),
        (None, "2027-01-31", "2027-02-06"),
    ] {
        let mut world = World::personal();
        world.profile.followers = followers;
        world.event(EventName::Submitted, "2026-12-01");
        world.event(EventName::SubjectVerified, "2026-12-01");
        world.now = time("2026-12-02 09:00");
        let judgement = world.judge();
        assert_eq!(window(&judgement, "during.freeze", "oa.freeze").not_before, Some(day(over)), "{followers:?}");
        assert_eq!(window(&judgement, "during.confirm", "oa.confirm").act_by, Some(day(click)), "{followers:?}");
    }
}

/// rule, window, kinds, event, its day, not before, act by.
type DateCase = (
    &'static str,
    &'static str,
    &'static [AccountKind],
    EventName,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

#[test]
fn dates_of_the_other_windows() {
    let cases: &[DateCase] = &[
        ("during.channels", "channels.cooling", CHANNELS, EventName::Submitted, "2026-12-01", None, Some("2027-01-29")),
        ("during.wechat", "wechat.regret", WECHAT, EventName::Submitted, "2026-12-01", None, Some("2026-12-14")),
        ("during.wechat", "wechat.final", WECHAT, EventName::Submitted, "2026-12-01", Some("2027-01-31"), None),
        ("during.freeze", "mp.freeze", MP, EventName::SubjectVerified, "2026-12-01", Some("2026-12-09"), None),
        ("during.freeze", "mp.freeze_game", GAME, EventName::SubjectVerified, "2026-12-01", Some("2027-01-01"), None),
        ("during.confirm", "oa.confirm", GAME, EventName::SubjectVerified, "2026-12-01", None, Some("2027-01-07")),
        ("after.release", "oa.name", OA, EventName::Deregistered, "2026-12-01", Some("2026-12-17"), None),
        ("after.release", "oa.identity", OA, EventName::Deregistered, "2026-12-01", Some("2027-03-02"), None),
        ("after.release", "mp.name", MP, EventName::Deregistered, "2026-12-01", Some("2026-12-04"), None),
        ("after.release", "wechat.phone", WECHAT, EventName::Deregistered, "2026-12-01", Some("2027-05-31"), None),
        ("after.gone", "oa.clear", OA, EventName::Deregistered, "2026-12-01", Some("2026-12-05"), None),
        ("money.mch-idle", "mch.no_trade", MCH, EventName::LastTrade, "2026-12-01", Some("2027-03-02"), None),
        ("money.mch-idle", "mch.confirm", MCH, EventName::ApplicationPassed, "2026-12-01", None, Some("2026-12-30")),
        ("bills.tail", "mch.bill_ready", MCH, EventName::LastTrade, "2026-12-01", Some("2026-12-02"), None),
        ("notice.shop30", "shop.notice", SHOP, EventName::NoticePublished, "2026-12-01", Some("2027-01-01"), None),
        ("alt.idle-trap", "oa.idle", OA, EventName::LastLoginOrApiCall, "2026-12-01", None, Some("2027-06-28")),
        (
            "content.followers",
            "migrate.openid",
            OA,
            EventName::MigrationReviewPassed,
            "2026-12-01",
            None,
            Some("2026-12-15"),
        ),
        (
            "subject.enterprise",
            "oa.transfer_check",
            OA,
            EventName::TransferShown,
            "2026-12-01",
            None,
            Some("2026-12-10"),
        ),
    ];
    for (rule, name, kinds, event, on, not_before, act_by) in cases {
        let mut world = World::whole(kinds, Entity::Enterprise);
        world.flag("will_migrate", Some(true));
        world.forget("last_trade");
        if *event != EventName::Deregistered {
            world.event(EventName::Submitted, "2026-12-01");
        }
        world.event(*event, on);
        world.now = time("2026-12-02 09:00");
        let judgement = world.judge();
        let dates = window(&judgement, rule, name);
        let expected = |text: Option<&str>| text.map(day);
        assert_eq!((dates.not_before, dates.act_by), (expected(*not_before), expected(*act_by)), "{name}");
    }
}

#[test]
fn c4_a_review_has_a_range() {
    let mut world = World::whole(OA, Entity::Government);
    world.event(EventName::Submitted, "2026-12-01");
    world.now = time("2026-12-02 09:00");
    let judgement = world.judge();
    let dates = window(&judgement, "subject.government", "oa.review");
    assert_eq!((dates.not_before, dates.until), (Some(day("2026-12-08")), Some(day("2026-12-25"))));
}

#[test]
fn c6_gone_is_confirmed_only_when_the_pages_say_so() {
    let mut world = World::personal();
    world.event(EventName::Deregistered, "2026-11-20");
    assert_eq!(world.judge().outcome("after.gone").unwrap().state, State::Unknown);
    let probe = |text: &str| liudi::audit::facts::Probe {
        url: "https://mp.weixin.qq.com/s/x".to_owned(),
        at: time("2026-11-22 10:00"),
        text: text.to_owned(),
    };
    world.measured.probes = vec![probe("<p>此帐号已自主注销,内容无法查看</p>")];
    assert_eq!(world.judge().outcome("after.gone").unwrap().state, State::Met);
    world.measured.probes.push(probe("<p>文章正文</p>"));
    assert_eq!(world.judge().outcome("after.gone").unwrap().state, State::Unmet);
}

#[test]
fn c25_what_is_only_claimed_is_shown_as_disputed() {
    let world = World::personal();
    for rule in ["during.freeze", "during.wechat", "after.release", "notice.subject15"] {
        assert_eq!(world.rules.rule(rule).unwrap().confidence.code(), "disputed", "{rule}");
    }
    assert_eq!(world.rules.window("pay.platform_keep").unwrap().length, Some(10), "C7: ten years, not five");
    assert_eq!(world.rules.window("oa.identity").unwrap().length, Some(90), "C8: planned with the longest");
    assert_eq!(world.rules.window("oa.name").unwrap().length, Some(15), "C9");
}

#[test]
fn a_verdict_stands_three_days_at_most_and_no_longer_than_what_it_rests_on() {
    let mut world = World::personal();
    assert_eq!(world.judge().valid_until, time("2026-11-23 10:00"), "read back at ten, good for one day");
    world.measured.fixity.as_mut().unwrap().at = time("2026-11-22 12:00");
    assert_eq!(world.judge().valid_until, time("2026-11-23 12:00"));
    world.waive("health.fixity", None);
    world.measured.fixity = None;
    assert_eq!(world.judge().valid_until, time("2026-11-25 12:00"), "three days at most");
    world.flag("uses.pay", Some(true));
    world.record("mch_balance_zero", "0").at = time("2026-11-20 08:00");
    assert_eq!(world.judge().valid_until, time("2026-11-23 08:00"), "the balance was read on the 20th");
}

#[test]
fn a_personal_account_without_flags_meets_31_rules_12_of_them_blockers() {
    let world = World::personal();
    let concerned: Vec<_> = world
        .rules
        .rules
        .iter()
        .filter(|rule| rule.concerns(AccountKind::OaSubscription) && rule.concerns_entity(Entity::Personal))
        .filter(|rule| rule.needs.is_empty())
        .collect();
    let blockers = concerned.iter().filter(|rule| rule.severity == liudi::audit::rules::Severity::Blocker).count();
    assert_eq!((concerned.len(), blockers), (31, 12));
    let judgement = world.judge();
    let looked_at: Date = day("2026-11-22");
    assert_eq!(judgement.at.zoned().date(), looked_at);
    assert_eq!(judgement.outcomes.len(), 62);
}

#[test]
fn an_archive_of_a_run_that_was_not_finished_is_never_ready() {
    for kinds in [OA, MP, &[AccountKind::Mch]] {
        let mut world = World::whole(kinds, Entity::Enterprise);
        assert_ne!(world.judge().verdict, Verdict::NotReady, "{kinds:?}");
        world.measured.unfinished = true;
        assert_eq!(world.judge().verdict, Verdict::NotReady, "{kinds:?}");
    }
}
