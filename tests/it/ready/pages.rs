//! The report, the plan, the calendar file, the letters: what people read.

use std::collections::BTreeSet;

use liudi::audit::engine::OpenItem;
use liudi::audit::events::EventName;
use liudi::audit::profile::{AccountKind, Entity};
use liudi::audit::report;
use liudi::audit::{advice, dates, first, ics, questions};
use liudi::model::{GapReason, Sha256, SubjectKind};
use liudi::text::{Language, Texts};
use serde_json::Value;

use super::world::{World, day, time};

fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for entity in Entity::ALL {
        let mut world = World::whole(AccountKind::ALL, *entity);
        for flag in world.rules.meta.flags.clone() {
            world.flag(&flag, None);
        }
        worlds.push(world);
    }
    // Nothing known at all.
    let mut empty = World::whole(AccountKind::ALL, Entity::Personal);
    empty.profile = liudi::audit::profile::Profile::default();
    empty.evidence.evidence.clear();
    empty.events.events.clear();
    empty.measured = liudi::audit::facts::Measured::default();
    worlds.push(empty);
    // A personal account half done, as the report will mostly be seen.
    let mut half = World::personal();
    half.profile.name = Some("<留底>测试&号".to_owned());
    half.profile.original_id = Some("gh_1a2b3c4d5e6f".to_owned());
    half.lose("article", SubjectKind::Article, "MzA_100_1", GapReason::DeletedByAuthor);
    half.lose("article", SubjectKind::Article, "MzA_101_1", GapReason::DownloadFailed);
    half.waive("content.articles.count", Some("MzA_100_1"));
    half.forget("admin_can_scan_and_receive_notice");
    half.forget("notice_url");
    worlds.push(half);
    worlds
}

/// The report of a world as JSON and as a page.
fn report(world: &World) -> (String, String) {
    let judgement = world.judge();
    let plan = world.scene().plan(world.now.zoned().date());
    let report = report::make(&world.scene(), &judgement, &plan);
    let mut json = Vec::new();
    report.write_json(&mut json).unwrap();
    let json = String::from_utf8(json).unwrap();
    let digest = Sha256::of(json.as_bytes()).hex();
    let html =
        report::render(&report, &judgement, &world.rules, &world.profile, &digest, Language::Chinese, &[]).unwrap();
    (json, html)
}

#[test]
fn the_report_follows_its_schema_and_is_canonical() {
    let schema: Value = serde_json::from_str(report::SCHEMA_TEXT).unwrap();
    for world in worlds() {
        let (json, _) = report(&world);
        let value: Value = serde_json::from_str(&json).unwrap();
        check(&value, &schema, &schema, "$");
        assert!(keys_are_sorted(&value));
        assert!(json.ends_with("}\n"));
        let again = report(&world).0;
        assert_eq!(json, again, "same values, same bytes");
        assert!(json.starts_with("{\n  \"account\": {\n    \"certified\""), "two spaces: {}", &json[..60]);
        let sum = report::digest_file(Sha256::of(json.as_bytes()));
        assert_eq!(sum, format!("{}  readiness.json\n", Sha256::of(json.as_bytes()).hex()));
    }
    let mut broken: Value = serde_json::from_str(&report(&World::personal()).0).unwrap();
    broken["verdict"] = "safe".into();
    assert!(std::panic::catch_unwind(|| check(&broken, &schema, &schema, "$")).is_err(), "the checker checks");
}

fn keys_are_sorted(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().all(keys_are_sorted),
        Value::Object(map) => map.keys().is_sorted() && map.values().all(keys_are_sorted),
        _ => true,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).unwrap().is_match(text)
}

/// As much of JSON Schema as the schema uses.
fn check(value: &Value, schema: &Value, root: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        return check(value, &root["$defs"][name.trim_start_matches("#/$defs/")], root, at);
    }
    if let Some(wanted) = schema.get("const") {
        assert_eq!(value, wanted, "{at}");
    }
    if let Some(list) = schema["enum"].as_array() {
        assert!(list.contains(value), "{at}: {value}");
    }
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other}"),
    };
    match &schema["type"] {
        Value::String(name) => assert!(is(name), "{at}: {value} is no {name}"),
        Value::Array(names) => assert!(names.iter().any(|name| is(name.as_str().unwrap())), "{at}: {value}"),
        _ => {}
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        assert!(matches(pattern, text), "{at}: {text}");
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(item, &schema["items"], root, &format!("{at}[{index}]"));
    }
    let Some(map) = value.as_object() else { return };
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(map.contains_key(required.as_str().unwrap()), "{at} lacks {required}");
    }
    for (key, inner) in map {
        let at = format!("{at}.{key}");
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (None, Value::Bool(false)) => panic!("{at} is not in the schema"),
            (Some(schema), _) | (None, schema) => check(inner, schema, root, &at),
        }
    }
}

#[test]
fn every_word_is_there_in_both_languages() {
    for world in worlds() {
        for language in Language::ALL {
            let judgement = world.judge();
            let scene = world.scene();
            let plan = scene.plan(world.now.zoned().date());
            let report = report::make(&scene, &judgement, &plan);
            let html = report::render(&report, &judgement, &world.rules, &world.profile, "x", language, &[]).unwrap();
            let texts = Texts::new(language);
            let calendar = ics::write(&plan, &texts);
            for text in [&html, &calendar] {
                assert!(!matches(r"\[(ready|plan|window|ask|asset|report|after|scan|series)-[a-z0-9-]+\]", text));
            }
            for question in questions::open(&scene, &judgement) {
                let id = format!("ask-{}", question.key.replace(['.', '_'], "-"));
                assert!(texts.find(&id, &[]).is_some(), "{id}");
            }
        }
    }
}

#[test]
fn every_key_that_can_be_recorded_has_its_question() {
    let world = World::personal();
    for language in Language::ALL {
        let texts = Texts::new(language);
        let flags = world.rules.meta.flags.iter().cloned();
        for key in world.rules.evidence_keys().into_iter().chain(flags) {
            let id = format!("ask-{}", key.replace(['.', '_'], "-"));
            assert!(texts.find(&id, &[]).is_some(), "{id}");
        }
        for window in &world.rules.windows {
            let id = format!("window-{}", window.id.replace(['.', '_'], "-"));
            assert!(texts.find(&id, &[]).is_some(), "{id}");
        }
    }
}

#[test]
fn the_page_is_whole_escaped_and_never_says_safe() {
    for world in worlds() {
        for language in Language::ALL {
            let judgement = world.judge();
            let plan = world.scene().plan(world.now.zoned().date());
            let report = report::make(&world.scene(), &judgement, &plan);
            let html = report::render(&report, &judgement, &world.rules, &world.profile, "x", language, &[]).unwrap();
            assert!(!html.contains("<留底>"), "names are escaped");
            for forbidden in ["<script", "<img", "<link", "src=", "url(", "@import"] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
            let words = html.to_lowercase();
            assert!(!matches(r"\bsafe(ly)?\b", &words), "never safe");
            assert!(!html.contains("安全注销") && !html.contains("可以放心"));
            let disclaimer = if language == Language::Chinese {
                "这不是腾讯的声明，也不是法律意见"
            } else {
                "neither a statement by Tencent nor legal advice"
            };
            assert!(html.contains(disclaimer));
            assert!(
                html.contains("name=\"viewport\"")
                    && html.contains("prefers-color-scheme:dark")
                    && html.contains("@media print")
            );
        }
    }
}

/// What a reader of the page sees besides the lines for a terminal and the list of sources.
fn plain_words(html: &str) -> String {
    let mut text = html.to_owned();
    for (open, close) in [
        ("<style>", "</style>"),
        ("<code", "</code>"),
        ("<ul class=\"basis\"", "</ul>"),
        ("<footer>", "</footer>"),
        ("<", ">"),
    ] {
        while let Some((before, rest)) = text.split_once(open) {
            let after = rest.split_once(close).unwrap().1;
            text = format!("{before}\n{after}");
        }
    }
    text
}

#[test]
fn the_page_has_words_for_names_and_commands_only_as_a_second_line() {
    for mut world in worlds() {
        world.hold("wxpay_fund_bill.BASIC", "2025-10-02", "2025-10-03");
        world.record("material_image_total", "3");
        for language in Language::ALL {
            let judgement = world.judge();
            let plan = world.scene().plan(world.now.zoned().date());
            let report = report::make(&world.scene(), &judgement, &plan);
            let html = report::render(&report, &judgement, &world.rules, &world.profile, "x", language, &[]).unwrap();
            let words = plain_words(&html);
            for line in words
                .lines()
                .filter(|line| !line.contains("MzA_") && !line.contains("readiness.json") && !line.contains("http"))
            {
                assert!(!matches(r"[a-z]_[a-z]|[a-z]\.[a-z]|[a-z]:[a-z]|--|liudi [a-z]|\[[a-z]", line), "{line}");
            }
            assert!(!html.contains("report-do-"), "words are missing");
            let terminal = Texts::of(language).get("report-in-terminal", &[]);
            let commands = html.matches("<code>liudi ").count();
            assert!(commands == 0 || words.contains(&terminal), "a command is named as one");
        }
    }
}

#[test]
fn a_gap_stands_in_the_report_by_name_with_what_to_do() {
    let world = worlds().pop().unwrap();
    let (json, html) = report(&world);
    assert!(html.contains("题为 MzA_101_1 的一篇") && html.contains("下载失败"));
    assert!(html.contains("gh_1a…6f") && !html.contains("gh_1a2b3c4d5e6f") && !json.contains("gh_1a2b3c4d5e6f"));
    let report: Value = serde_json::from_str(&json).unwrap();
    let open = report["difference"].as_array().unwrap().iter();
    let open: Vec<&str> = open.map(|open| open["rule"].as_str().unwrap()).collect();
    assert_eq!(open, ["content.before-freeze", "content.articles.count", "subject.admin", "notice.followers"]);
    assert_eq!(
        report["difference"][1]["items"].as_array().unwrap().len(),
        1,
        "the waived one is not among the open ones"
    );
    assert_eq!(report["waivers"].as_array().unwrap().len(), 1);
    assert!(html.contains("再也找不到了"), "a waiver is printed for good");
    assert!(html.contains("仅见一篇文章") && html.contains("官方公告的转载"));
    let disputed = self::report(&worlds().remove(0)).1;
    assert!(disputed.contains("各方说法不一"));
}

#[test]
fn the_plan_goes_in_order_and_says_what_inaction_does() {
    let mut world = World::whole(AccountKind::ALL, Entity::Enterprise);
    world.flag("uses.pay", Some(true));
    world.forget("last_trade");
    world.forget("notice_published");
    let plan = world.scene().plan(day("2026-11-22"));
    let order: Vec<&str> = plan.steps.iter().map(|step| step.account.code()).collect();
    assert_eq!(
        order,
        ["shop", "mch", "mp", "mp.game", "channels", "oa.subscription", "oa.service", "mp.store", "wecom", "wechat"]
    );
    let step = |code: &str| plan.steps.iter().find(|step| step.account.code() == code).unwrap();
    assert_eq!(step("shop").submit, day("2026-12-23"), "thirty days of notice from today");
    assert_eq!(step("mch").submit, day("2027-03-24"), "and ninety without trade after that");
    assert!(step("oa.subscription").submit >= step("mch").submit);
    assert!(plan.steps.iter().all(|other| other.account == AccountKind::Wechat || other.over < step("wechat").submit));
    for (code, inaction) in [
        ("oa.subscription", "cancelled"),
        ("mp", "cancelled"),
        ("channels", "deleted"),
        ("wechat", "deleted"),
        ("mp.store", "follows"),
    ] {
        assert_eq!(step(code).inaction, inaction, "C3 {code}");
    }
    assert!(step("oa.subscription").papers.contains(&"corporate-account"), "C23");
    let downgrade = plan.alternatives.iter().find(|alternative| alternative.code == "downgrade").unwrap();
    assert!(downgrade.disputed, "C13");
    assert_eq!(plan.alternatives[0].code, "pause");
    let texts = Texts::new(Language::Chinese);
    assert!(texts.get("plan-path-oa-subscription", &[]).contains("注销帐号"), "C1: there is an entry");
    assert!(texts.get("plan-instead-pause-costs", &[]).contains("210"), "C22: pausing is no keeping");
}

#[test]
fn what_was_withdrawn_is_not_destroyed_once_more() {
    for (listed, withdrawn) in [(17, 0), (17, 1), (17, 17), (3, 5), (1, 0)] {
        for kind in [AccountKind::OaSubscription, AccountKind::OaService] {
            let mut world = World::whole(&[kind], Entity::Personal);
            let asset = world.measured.asset("article");
            (asset.listed, asset.withdrawn) = (Some(listed), withdrawn);
            let plan = world.scene().plan(day("2026-11-22"));
            let articles = plan.steps[0].destroys.iter().find(|(code, _)| *code == "articles").unwrap().1;
            assert_eq!(articles, Some(listed.saturating_sub(withdrawn)), "{listed} − {withdrawn}");
        }
    }
}

#[test]
fn a_plan_says_what_is_past_and_that_nobody_confirmed() {
    let mut world = World::personal();
    world.event(EventName::Submitted, "2026-09-01");
    world.event(EventName::SubjectVerified, "2026-09-02");
    let texts = Texts::new(Language::Chinese);
    let of = |world: &World| {
        let plan = world.scene().plan(day("2026-11-22"));
        let lines = plan.steps[0].lines(&texts, day("2026-11-22"));
        let past = lines.iter().find(|line| line.what.contains("管理员在微信里点")).unwrap().when.clone();
        (plan.steps[0].unconfirmed, past, ics::write(&plan, &texts))
    };
    let (unconfirmed, when, calendar) = of(&world);
    assert!(unconfirmed && when.ends_with("（已过）"), "{when}");
    assert!(!calendar.contains("DTSTART;VALUE=DATE:202610"), "{calendar}");
    world.event(EventName::Deregistered, "2026-10-05");
    assert!(!of(&world).0);
}

#[test]
fn what_can_still_be_had_is_listed_before_the_lost() {
    let mut world = World::whole(&[AccountKind::Mch], Entity::Enterprise);
    world.set("last_trade", "2026-11-20");
    let judgement = world.judge();
    let outcome = judgement.outcome("bills.coverage").unwrap();
    let texts = Texts::new(Language::Chinese);
    let listed = advice::to_do(&texts, &world.rules, outcome, "liudi", 3);
    assert!(listed.lost > 0);
    assert_eq!(listed.items[0].item, "wxpay_trade_bill:2026-08-25", "the oldest that can still be had");
    assert!(listed.items[0].bill_day);
    let of = |key: &str| OpenItem::missing(key, "not_held").is_bill_day();
    assert!(of("wxpay_fund_bill.BASIC:2026-09-01"));
    for other in
        ["wxpay_fund_bill.BASIC", "wxpay_personal_bill:2016-06-02..2025-12-31", "shop_orders:2026-09", "2026-09-01"]
    {
        assert!(!of(other), "{other}");
    }
}

#[test]
fn days_of_a_series_are_no_things_of_the_list_of_gaps() {
    let of = |key: &str| OpenItem::missing(key, "not_held").series().map(str::to_owned);
    assert_eq!(of("analytics:2026-09-01").as_deref(), Some("analytics"));
    assert_eq!(of("shop_orders:2026-09").as_deref(), Some("shop_orders"));
    for thing in ["MzA5_2247490098_1", "article:platform_total", "wxpay_personal_bill:2016-06-02..2025-12-31"] {
        assert_eq!(of(thing), None, "{thing}");
    }
    let mut world = World::whole(&[AccountKind::OaSubscription], Entity::Personal);
    world.lose_day("analytics", "2026-06-10");
    world.lose("article", SubjectKind::Article, "a_9_1", GapReason::NotHeld);
    let mut judgement = world.judge();
    judgement.gaps.to_find = 1;
    let texts = Texts::new(Language::Chinese);
    let open = judgement.surely_open(&world.rules, &world.profile);
    let steps = first::first(&texts, &world.rules, &judgement, &open, &[], "liudi");
    let counted: Vec<_> = steps.iter().map(|step| (step.code, step.count)).collect();
    assert_eq!(&counted[..2], [("gaps", 1), ("days", 1)]);
    assert_eq!(steps[1].rule.as_deref(), Some("content.analytics"));
}

#[test]
fn the_days_of_bills_that_expire_begin_with_the_first_bill() {
    let mut world = World::whole(&[AccountKind::Mch], Entity::Enterprise);
    world.hold("wxpay_trade_bill", "2026-07-01", "2026-08-20");
    for fund in ["BASIC", "FEES", "OPERATION"] {
        world.hold(&format!("wxpay_fund_bill.{fund}"), "2026-08-01", "2026-11-20");
    }
    world.set("first_trade", "2026-10-01");
    world.set("last_trade", "2026-11-20");
    let plan = world.scene().plan(day("2026-11-22"));
    let first = plan.fuses.iter().find(|fuse| fuse.code == "bill-day").unwrap();
    assert_eq!(first.item.as_deref(), Some("2026-08-25"), "the oldest that can still be had");
    world.waive("bills.coverage", Some("wxpay_trade_bill:2026-08-25"));
    let plan = world.scene().plan(day("2026-11-22"));
    let first = plan.fuses.iter().find(|fuse| fuse.code == "bill-day").unwrap();
    assert_eq!(first.item.as_deref(), Some("2026-08-26"), "one that was given up does not expire");
}

#[test]
fn the_lines_of_a_plan_go_by_the_day_they_begin_and_say_what_to_do() {
    let mut world = World::personal();
    world.event(EventName::Submitted, "2026-11-30");
    world.event(EventName::SubjectVerified, "2026-12-01");
    world.now = time("2026-12-01 09:00");
    let plan = world.scene().plan(day("2026-12-01"));
    let step = &plan.steps[0];
    for language in Language::ALL {
        let texts = Texts::new(language);
        let lines = dates::lines(&texts, plan.at.zoned().date(), step.submit, step.planned, &step.dates);
        assert!(lines.is_sorted_by_key(|line| line.start), "{lines:#?}");
        assert!(lines.iter().all(|line| !line.what.starts_with('[') && !line.when.is_empty()), "{lines:#?}");
    }
    let lines =
        dates::lines(&Texts::new(Language::Chinese), plan.at.zoned().date(), step.submit, step.planned, &step.dates);
    let at = |words: &str| lines.iter().find(|line| line.what.contains(words)).unwrap().when.clone();
    assert_eq!(at("冻结期"), "2026-12-01 至 2026-12-31");
    assert_eq!(at("管理员在微信里点"), "2027-01-01 至 2027-01-07", "the seven days after it");
    assert_eq!(at("已提交注销"), "2026-11-30");
}

#[test]
fn bills_leave_the_window_one_by_one() {
    let mut world = World::whole(&[AccountKind::Mch], Entity::Enterprise);
    world.record("first_trade", "2026-01-01");
    world.record("last_trade", "2026-11-20");
    let plan = world.scene().plan(day("2026-11-22"));
    let bills: Vec<_> = plan.fuses.iter().filter(|fuse| fuse.code == "bill-day").collect();
    assert_eq!(bills[0].item.as_deref(), Some("2026-08-25"), "the oldest bill that can be counted on");
    assert_eq!(bills[0].act_by, Some(day("2026-11-22")), "and today is its last day");
    assert_eq!(bills[1].act_by, Some(day("2026-11-23")));
    assert_eq!(bills.len(), 88, "25 August to 20 November");
    // Every kind of bill of a day is to be had as long.
    let first = |world: &World| world.scene().plan(day("2026-11-22")).fuses[0].item.clone();
    world.measured.series("wxpay_trade_bill").held.insert(day("2026-08-25"));
    assert_eq!(first(&world).as_deref(), Some("2026-08-25"));
    for fund in ["BASIC", "FEES", "OPERATION"] {
        world.measured.series(&format!("wxpay_fund_bill.{fund}")).held.insert(day("2026-08-25"));
    }
    assert_eq!(first(&world).as_deref(), Some("2026-08-26"));
}

#[test]
fn the_example_of_the_facts_stands_in_the_plan() {
    let mut world = World::personal();
    world.event(EventName::Submitted, "2026-11-30");
    world.event(EventName::SubjectVerified, "2026-12-01");
    world.now = time("2026-12-01 12:00");
    let plan = world.scene().plan(day("2026-12-01"));
    let step = &plan.steps[0];
    assert!(!step.planned);
    let at = |window: &str| step.dates.iter().find(|dates| dates.window == window).unwrap();
    assert_eq!(at("oa.freeze").not_before, Some(day("2027-01-01")));
    assert_eq!(at("oa.confirm").act_by, Some(day("2027-01-07")));
    assert!(step.papers.contains(&"registrant-scan") && !step.papers.contains(&"corporate-account"));
}

#[test]
fn the_calendar_file_is_well_formed() {
    let world = World::whole(AccountKind::ALL, Entity::Enterprise);
    let plan = world.scene().plan(day("2026-11-22"));
    let text = ics::write(&plan, &Texts::new(Language::Chinese));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    let unfolded = text.replace("\r\n ", "");
    let mut depth = Vec::new();
    let mut ids = BTreeSet::new();
    for line in unfolded.lines() {
        let (name, value) = line.split_once(':').unwrap();
        match name {
            "BEGIN" => depth.push(value.to_owned()),
            "END" => assert_eq!(depth.pop().as_deref(), Some(value)),
            "UID" => assert!(ids.insert(value.to_owned()), "ids are unique"),
            "DTSTART;VALUE=DATE" | "DTEND;VALUE=DATE" => assert_eq!(value.len(), 8),
            _ => {}
        }
    }
    assert!(depth.is_empty());
    assert_eq!(ids.len(), unfolded.matches("BEGIN:VEVENT").count());
    assert!(ids.len() > 20, "{}", ids.len());
    assert_eq!(text, ics::write(&plan, &Texts::new(Language::Chinese)));
}

#[test]
fn questions_are_only_those_that_concern_and_are_not_asked_twice() {
    let mut world = World::personal();
    assert_eq!(questions::open(&world.scene(), &world.judge()), []);
    world.forget("admin_can_scan_and_receive_notice");
    world.forget("published_total");
    world.forget("last_login_or_api_call");
    world.flag("uses.pay", None);
    let keys: Vec<String> =
        questions::open(&world.scene(), &world.judge()).into_iter().map(|question| question.key).collect();
    assert_eq!(keys, ["uses.pay", "published_total", "admin_can_scan_and_receive_notice", "last_login_or_api_call"]);
    world.record("published_total", "10");
    assert!(!questions::open(&world.scene(), &world.judge()).iter().any(|question| question.key == "published_total"));
    let nobody = worlds().remove(Entity::ALL.len());
    let all = questions::open(&nobody.scene(), &nobody.judge());
    assert_eq!((all[0].key.as_str(), all[1].key.as_str()), ("kinds", "entity"));
}

#[test]
fn after_the_closing_there_is_still_work() {
    let mut world = World::personal();
    assert_eq!(world.scene().after(), []);
    world.event(EventName::Deregistered, "2026-11-20");
    let tasks = world.scene().after();
    let codes: Vec<&str> = tasks.iter().map(|task| task.code).collect();
    for code in ["purge-followers", "check-gone", "name-free", "identity-free", "registrations", "publish-mirror"] {
        assert!(codes.contains(&code), "{code}");
    }
    let at = |code: &str| tasks.iter().find(|task| task.code == code).unwrap().not_before;
    assert_eq!(at("check-gone"), Some(day("2026-11-24")), "72 hours");
    assert_eq!(at("name-free"), Some(day("2026-12-06")), "15 days");
    for language in Language::ALL {
        for code in &codes {
            assert!(Texts::new(language).find(&format!("after-{code}"), &[]).is_some(), "{code}");
        }
    }
}
