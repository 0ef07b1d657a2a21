//! The views 还缺什么 and 可以注销了吗 of the desk, asked as a browser asks.

use std::fmt::Write as _;
use std::fs;

use super::desk_client::Desk;
use super::support::{Run, fixture};
use crate::state::copy;

/// Submits a form; returns the status and the page, which is that of an error unless the status is 303.
fn post(desk: &Desk, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let answer = desk.post(path, fields);
    (answer.status, answer.text)
}

/// Checks the archive for the verdict.
fn measure(desk: &Desk) -> String {
    desk.does("/ready/measure", &[]);
    desk.wait_for("/ready", "class=\"verdict bad\"")
}

/// Returns an archive with these titles of listed articles, none of which it holds.
fn listed(titles: &[&str]) -> Run {
    let run = Run::new();
    let mut csv = "title,url,time,like_num,read_num,share_num,comment_count\n".to_owned();
    for (index, title) in titles.iter().enumerate() {
        let title = title.replace('"', "\"\"");
        let url = format!(
            "http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid={}&idx=1&sn=fa{index:04x}",
            2_650_000_000 + index
        );
        writeln!(csv, "\"{title}\",{url},2024-03-29 08:35:31,1,2,3,4").unwrap();
    }
    let input = run.folder().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("export.csv"), csv).unwrap();
    let run = run.input(input);
    run.backup(&[]);
    assert!(run.archive().join("SHA256SUMS").is_file());
    run
}

/// Returns the value of a hidden field.
fn field(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn what_the_desk_shows_is_the_json_of_the_command_line() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let cli = |command: &str| run.program(&[command, "archive", "--json"]).stdout;
    assert_eq!(desk.page("/gaps.json"), cli("gaps"));
    assert!(desk.page("/gaps.json").len() > 100);
    let early = desk.get("/ready.json");
    assert_eq!(early.status, 409, "{}", early.text);
    measure(&desk);
    assert_eq!(desk.page("/ready.json"), cli("ready"));
    let csv = run.program(&["gaps", "archive", "--format", "csv"]).stdout;
    assert_eq!(desk.page("/gaps/gaps.csv").lines().count(), csv.lines().count());
    let page = desk.page("/gaps/gaps.html");
    assert!(page.contains("rel=\"noreferrer\"") && !page.contains("liudi backup"), "{page}");
}

#[test]
fn a_verdict_of_an_older_state_is_not_shown_as_todays() {
    let run = listed(&["one"]);
    let desk = Desk::open(&run);
    assert!(!desk.page("/ready").contains("verdict bad"));
    measure(&desk);
    let more = run.folder().join("more");
    fs::create_dir(&more).unwrap();
    let csv = fs::read_to_string(run.folder().join("in/export.csv")).unwrap().replace("2650000000", "2650000099");
    fs::write(more.join("export.csv"), csv.replace("fa0000", "fb0000").replace("one", "two")).unwrap();
    run.program(&["backup", "more", "-o", "archive"]);
    let page = desk.page("/ready");
    assert!(page.contains("has changed since") && !page.contains("verdict bad"), "{page}");
    assert_eq!(desk.get("/ready.json").status, 409);
    measure(&desk);
    assert!(desk.page("/gaps").contains("two"));
}

#[test]
fn a_thing_is_given_up_with_a_reason_only() {
    let run = listed(&["one", "two"]);
    let desk = Desk::open(&run);
    let group = field(&desk.page("/gaps"), "group");
    let (status, refused) = post(&desk, "/gaps/waive", &[("group", &group), ("reason", "  ")]);
    assert_eq!(status, 400);
    assert!(refused.contains("no reason is given") && !refused.contains("--reason"), "{refused}");
    desk.does("/gaps/waive", &[("group", &group), ("reason", "no copy & <none> left")]);
    let page = desk.page("/gaps");
    assert!(page.contains("1 given up") && !page.contains(&format!("value=\"{group}\"")), "{page}");
    let apart = desk.page("/gaps?given-up=");
    assert!(apart.contains("given up</span>") && !apart.contains("name=\"reason\""), "{apart}");
    let waivers = fs::read_to_string(run.archive().join("private/data/readiness/waivers.json")).unwrap();
    assert!(waivers.contains("no copy & <none> left") && waivers.contains("\"Mei\""), "{waivers}");
    desk.does("/gaps/take-back", &[("group", &group)]);
    let page = desk.page("/gaps");
    assert!(page.contains("Taken back") && !page.contains("given up<") && page.contains(&group), "{page}");
    assert_eq!(post(&desk, "/gaps/take-back", &[("group", &group)]).0, 400);
    desk.does("/gaps/waive", &[("group", &group), ("reason", "again")]);
    measure(&desk);
    let second = field(&desk.page("/gaps"), "group");
    let rule = "content.articles.count";
    let (status, page) = post(&desk, "/ready/waive", &[("rule", rule), ("item", &second), ("reason", "")]);
    assert!(status == 400 && page.contains("no reason is given") && page.contains("verdict bad"), "{page}");
    desk.does("/ready/waive", &[("rule", rule), ("item", &second), ("reason", "lost")]);
    assert!(desk.page("/ready").contains("Recorded.") && !desk.page("/gaps").contains("name=\"group\""));
    let records = desk.page("/ready?part=records");
    assert!(records.contains("<strong>two</strong>") && records.contains("lost"), "{records}");
    desk.does("/ready/take-back", &[("rule", rule), ("item", &second)]);
    let records = desk.page("/ready?part=records");
    assert!(!records.contains("<strong>two</strong>") && records.contains("again"), "{records}");
    let (status, refused) = post(&desk, "/ready/take-back", &[("rule", rule), ("item", &second)]);
    assert!(status == 400 && refused.contains("was not given up") && !refused.contains("--item"), "{refused}");
    desk.does("/ready/waive", &[("rule", rule), ("item", &second), ("reason", "lost")]);
    // The list itself still names it.
    assert_eq!(desk.page("/gaps.json"), run.program(&["gaps", "archive", "--json"]).stdout);
    let (status, gone) = post(&desk, "/gaps/waive", &[("group", "nothing"), ("reason", "x")]);
    assert!(status == 400 && gone.contains("no longer in the list"), "{gone}");
}

/// Returns a run with the inputs of a merchant: the bills of the days `held`.
fn billed(held: &[&str]) -> Run {
    let run = Run::new();
    let input = run.folder().join("in");
    fs::create_dir(&input).unwrap();
    for day in held {
        let bill = fixture("bill-trade/all-27").join("1900000000All2026-05-01.csv");
        let bill = fs::read_to_string(bill).unwrap().replace("2026-05-01", day);
        fs::write(input.join(format!("1900000000All{day}.csv")), bill).unwrap();
    }
    run.input(input)
}

/// Returns a run with the archive of a merchant who holds the bill of `held` and traded from `first` to `last`.
fn merchant(held: &str, first: &str, last: &str) -> Run {
    let run = billed(&[held]);
    run.backup(&[]);
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号", "entity=企业"]).succeeds();
    for (event, day) in [("first_trade", first), ("last_trade", last)] {
        run.program(&["event", "-C", "archive", "add", event, day]).succeeds();
    }
    run
}

#[test]
fn a_merchants_missing_days_are_named_and_given_up_together() {
    // Nobody was asked whether the merchant number takes payments.
    let run = merchant("2025-05-01", "2025-04-01", "2025-05-02");
    let desk = Desk::open(&run);
    desk.does("/ready/answer", &[("key", "first_trade"), ("value", "2025-05-02")]);
    let doubted = desk.page("/ready?part=questions");
    assert!(doubted.contains("holds a bill of 2025-05-01"), "{doubted}");
    desk.does("/ready/answer", &[("key", "first_trade"), ("value", "2025-04-01")]);
    let bills = desk.page("/bills");
    // On a narrow page each cell names its column.
    assert!(bills.matches("data-label=\"").count() > 3, "{bills}");
    assert_eq!(bills.matches("<td").count(), bills.matches("<td data-label=\"").count(), "{bills}");
    // Of the fund bills none is held, and all of them are due.
    assert_eq!(bills.matches("Days without a bill").count(), 4, "{bills}");
    for range in ["2025-04-01 – 2025-04-30", "<span class=\"range\">2025-05-02</span>"] {
        assert!(bills.contains(range), "{range} in {bills}");
    }
    assert!(desk.page("/gaps").contains("127 daily bills of the merchant number"));
    let page = measure(&desk);
    assert!(page.contains("id=\"rule-bills.coverage\"") && page.contains("id=\"rule-money.balance\""), "{page}");
    let report: serde_json::Value = serde_json::from_str(&desk.page("/ready.json")).unwrap();
    let open = |report: &serde_json::Value| {
        let all = report["difference"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["rule"] == "bills.coverage").map(|one| one["items"].as_array().unwrap().len())
    };
    assert_eq!(open(&report), Some(31));
    let whole = desk.page("/ready?rule=bills.coverage&all=");
    // Of a day that is lost there may have been no trade, too.
    for (page, days) in [(&page, 12), (&whole, 31)] {
        assert_eq!(page.matches("wxpay_trade_bill:2025-").count(), 2 * days, "{page}");
    }
    assert!(page.contains("/ready?rule=bills.coverage&amp;all=#rule-bills.coverage"), "{page}");
    let fields = [("rule", "bills.coverage"), ("lost", "1")];
    let (status, page) = post(&desk, "/ready/waive", &fields);
    assert!(status == 400 && page.contains("no reason is given"), "{page}");
    desk.does("/ready/waive", &[fields.as_slice(), &[("reason", "too late")]].concat());
    let report: serde_json::Value = serde_json::from_str(&desk.page("/ready.json")).unwrap();
    assert_eq!(open(&report), None);
    assert!(desk.page("/gaps").contains("96 daily bills of the merchant number"), "the fund bills");
    assert_eq!(desk.page("/bills").matches("Days without a bill").count(), 3, "given up, they are no longer listed");
    let records = desk.page("/ready?part=records");
    assert!(records.contains("Take back all 31") && !records.contains("<strong>wxpay"), "{records}");
    // Each of them can be taken back by itself.
    let item = "name=\"item\" value=\"wxpay_trade_bill:2025-";
    assert_eq!(records.matches(item).count(), 12, "{records}");
    assert!(
        records.contains("all=bills%2Ecoverage#given-up-bills.coverage") && records.contains("and 19 more"),
        "{records}"
    );
    let records = desk.page("/ready?part=records&all=bills.coverage");
    assert_eq!(records.matches(item).count(), 31, "{records}");
    assert!(records.contains("id=\"given-up-bills.coverage\"") && !records.contains(" more</a>"), "{records}");
    let (status, page) = post(&desk, "/ready/waive", &[fields.as_slice(), &[("reason", "again")]].concat());
    assert!(status == 400 && page.contains("is beyond obtaining"), "{page}");
    desk.does("/ready/take-back", &[("rule", "bills.coverage"), ("all", "1")]);
    let report: serde_json::Value = serde_json::from_str(&desk.page("/ready.json")).unwrap();
    assert_eq!(open(&report), Some(31));
}

#[test]
fn a_day_without_trade_is_no_day_given_up() {
    let run = merchant("2025-11-10", "2025-11-07", "2025-11-12");
    run.program(&["gaps", "archive"]).succeeds().says("23 daily bills of the merchant number are missing");
    let desk = Desk::open(&run);
    measure(&desk);
    let missing = || {
        let report: serde_json::Value = serde_json::from_str(&desk.page("/ready.json")).unwrap();
        let all = report["difference"].as_array().unwrap().clone();
        let of = all.into_iter().find(|one| one["rule"] == "bills.coverage");
        let is_open = |item: &&serde_json::Value| item.get("waiver").is_none();
        of.map_or(0, |one| one["items"].as_array().unwrap().iter().filter(is_open).count())
    };
    let before = missing();
    assert_eq!(before, 5);
    let page = desk.page("/ready?rule=bills.coverage");
    for action in ["no-bill", "waive"] {
        let form = format!(
            "action=\"/ready/{action}\" class=\"row\"><input type=\"hidden\" name=\"rule\" value=\"bills.coverage\">"
        );
        assert_eq!(page.matches(&form).count(), 5, "{action}: {page}");
    }
    let item = |day: &str| format!("wxpay_trade_bill:{day}");
    let (none, given_up) = (item("2025-11-08"), item("2025-11-09"));
    let (status, page) = post(&desk, "/ready/no-bill", &[("item", &none)]);
    assert!(status == 400 && page.contains("no reason is given"), "{page}");
    for wrong in ["wxpay_trade_bill:yesterday", "article:2025-11-08", ""] {
        assert_eq!(post(&desk, "/ready/no-bill", &[("item", wrong), ("known", "x")]).0, 400, "{wrong}");
    }
    let (status, page) = post(&desk, "/ready/no-bill", &[("item", &item("2025-11-07")), ("known", "x")]);
    assert!(status == 400 && page.contains("a day with a trade has a bill"), "{page}");
    desk.does("/ready/no-bill", &[("item", &none), ("known", "the platform says so")]);
    desk.does("/ready/waive", &[("rule", "bills.coverage"), ("item", &given_up), ("reason", "too late")]);
    assert_eq!(missing(), before - 2);
    let records = desk.page("/ready?part=records");
    assert!(
        records.contains("Days recorded as having no bill") && records.contains("2025-11-08</strong>"),
        "{records}"
    );
    let bills = desk.page("/bills");
    assert!(bills.contains("Days known to have no bill:") && bills.contains("Days given up:"), "{bills}");
    // What was given up is taken back; that there was no trade stays.
    desk.does("/ready/take-back", &[("rule", "bills.coverage"), ("all", "1")]);
    assert_eq!(missing(), before - 1);
    desk.does("/ready/no-bill", &[("part", "records"), ("item", &none), ("withdraw", "1")]);
    assert_eq!(missing(), before);
    run.program(&["evidence", "-C", "archive", "add", &format!("no_bill:{none}"), "yes"]).succeeds();
    assert_eq!(missing(), before - 1);
    desk.does("/ready/no-bill", &[("part", "records"), ("all", "1")]);
    assert_eq!(missing(), before);
    for month in 1..=13 {
        let (year, month) = (2023 + month / 13, (month - 1) % 12 + 1);
        let range = item(&format!("{year}-{month:02}-01..{year}-{month:02}-20"));
        desk.does("/ready/no-bill", &[("item", &range), ("known", "the platform says so")]);
    }
    let of = "name=\"item\" value=\"wxpay_trade_bill:202";
    let records = desk.page("/ready?part=records");
    assert!(records.contains("all=no-bills#no-bills") && records.contains("Withdraw all 13"), "{records}");
    assert_eq!(records.matches(of).count(), 12, "{records}");
    assert_eq!(desk.page("/ready?part=records&all=no-bills").matches(of).count(), 13);
    desk.does("/ready/no-bill", &[("part", "records"), ("all", "1")]);
    assert!(!desk.page("/ready?part=records").contains("Days recorded as having no bill"));
}

#[test]
fn a_locked_file_was_not_read_until_it_is_opened_or_given_up() {
    let run = Run::new().fixture("demo");
    run.backup(&[]).succeeds();
    let desk = Desk::open(&run);
    measure(&desk);
    let locked = || {
        let report: serde_json::Value = serde_json::from_str(&desk.page("/ready.json")).unwrap();
        let all = report["difference"].as_array().unwrap().clone();
        let items = all.into_iter().find(|one| one["rule"] == "health.inputs").map(|one| one["items"].clone());
        items.map(|items| (items[0]["key"].as_str().unwrap().to_owned(), items[0]["reason"].clone()))
    };
    let (key, reason) = locked().unwrap();
    assert_eq!(reason, "password_needed");
    assert!(desk.page("/gaps?kind=input").contains("action=\"/gaps/waive\""));
    // Bills come packed with a password: their page says that one was not read, and where to enter it.
    let bills = |says: &str| {
        let page = desk.page("/bills");
        assert_eq!(page.contains("1 packed file has a password"), says == "locked", "{page}");
        assert_eq!(page.contains("href=\"/gaps?kind=input#list\""), says == "locked", "{page}");
    };
    bills("locked");
    desk.does("/gaps/waive", &[("group", &key), ("reason", "nobody knows the password")]);
    assert_eq!(locked(), None);
    bills("given up");
    desk.does("/gaps/take-back", &[("group", &key)]);
    assert!(locked().is_some());
    bills("locked");
    let run = run.env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    let page = measure(&desk);
    assert!(locked().is_none(), "{page}");
    bills("read");
}

#[test]
fn an_event_is_of_an_account_that_it_can_happen_to() {
    let run = listed(&["one"]);
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号", "entity=personal"]).succeeds();
    let desk = Desk::open(&run);
    for event in ["application_passed", "first_trade", "personal_first_trade"] {
        let fields = [("event", event), ("account", "oa.subscription"), ("date", "2025-10-02")];
        let (status, page) = post(&desk, "/ready/event", &fields);
        assert!(status == 400 && page.contains("there is no “"), "{event}: {page}");
    }
    let page = desk.page("/ready?part=records");
    assert!(!page.contains("2025-10-02"), "{page}");
    desk.does("/ready/event", &[("event", "first_trade"), ("account", ""), ("date", "2025-10-02")]);
    desk.does("/ready/event", &[("event", "personal_first_trade"), ("account", ""), ("date", "2025-10-03")]);
    // A day that was mistyped no longer counts, so it is not listed; withdrawing takes the event back altogether.
    desk.does("/ready/event", &[("event", "trade_end"), ("account", "mch"), ("date", "2025-10-05")]);
    desk.does("/ready/event", &[("event", "trade_end"), ("account", "mch"), ("date", "2025-10-06")]);
    // An answer may name another day than the event: the one that counts is said.
    desk.does("/ready/answer", &[("key", "first_trade"), ("value", "2025-10-01")]);
    let page = desk.page("/ready?part=records");
    assert!(page.contains("counted as 2025-10-01"), "{page}");
    assert!(page.contains("2025-10-06") && !page.contains("2025-10-05"), "{page}");
    let events = fs::read_to_string(run.archive().join("private/data/readiness/events.json")).unwrap();
    let events: serde_json::Value = serde_json::from_str(&events).unwrap();
    let account = |at: usize| events["events"][at]["account"].as_str().map(str::to_owned);
    assert_eq!((account(0).as_deref(), account(1)), (Some("mch"), None));
    let of = |event, date| [("event", event), ("account", "oa.subscription"), date];
    desk.does("/ready/event", &of("submitted", ("date", "2025-10-08")));
    desk.does("/ready/event", &of("frozen", ("date", "2025-10-09")));
    assert!(measure(&desk).contains("Until when it can be taken back"));
    let (status, page) = post(&desk, "/ready/event", &of("submitted", ("withdraw", "1")));
    assert!(status == 400 && page.contains("cannot be withdrawn while"), "{page}");
    for event in ["frozen", "submitted"] {
        desk.does("/ready/event", &of(event, ("withdraw", "1")));
    }
    assert!(!desk.page("/ready?part=records").contains("2025-10-08"));
}

#[test]
fn questions_come_one_at_a_time_and_every_answer_is_kept_at_once() {
    let run = listed(&["one"]);
    let desk = Desk::open(&run);
    let ask = |desk: &Desk| field(&desk.page("/ready?part=questions"), "key");
    let answer = |desk: &Desk, key: &str, values: &[&str]| {
        let fields: Vec<(&str, &str)> = [("part", "questions"), ("key", key)]
            .into_iter()
            .chain(values.iter().map(|value| ("value", *value)))
            .collect();
        post(desk, "/ready/answer", &fields)
    };
    assert_eq!(ask(&desk), "kinds");
    assert_eq!(answer(&desk, "kinds", &[]).0, 400);
    assert_eq!(answer(&desk, "kinds", &["oa.subscription", "channels"]).0, 303);
    assert_eq!(ask(&desk), "entity");
    assert_eq!(answer(&desk, "entity", &["personal"]).0, 303);
    assert_eq!(ask(&desk), "followers");
    let (status, page) = answer(&desk, "followers", &["many <b>"]);
    assert_eq!(status, 400);
    assert!(page.contains("value=\"many &lt;b&gt;\"") && page.contains("Such as 30000"), "{page}");
    desk.does("/ready/answer", &[("key", "followers"), ("skip", "1")]);
    let (next, page) = (ask(&desk), desk.page("/ready?part=questions"));
    assert!(next == "certified" && page.contains("Question 4 of "), "{page}");
    assert!(page.contains("ask=followers#question"), "the way back: {page}");
    assert_eq!(answer(&desk, "certified", &["no"]).0, 303);
    // A day of the evidence, and that it is not known.
    assert_eq!(answer(&desk, "registered", &["tomorrowish"]).0, 400);
    assert_eq!(answer(&desk, "registered", &["2019-03-04"]).0, 303);
    desk.does("/ready/answer", &[("key", "comment_total"), ("value", ""), ("answer", "unknown")]);
    let menu = run.folder().join("menu, old.png");
    fs::write(&menu, "menu").unwrap();
    assert_eq!(answer(&desk, "menu", &[menu.to_str().unwrap()]).0, 303);
    assert_eq!(answer(&desk, "menu", &["/no/such/file"]).0, 400);
    let (status, page) = answer(&desk, "no_such_question", &["1"]);
    assert!(status == 400 && page.contains("no such question"), "{page}");
    drop(desk);
    let profile = run.program(&["account", "-C", "archive", "--json"]).stdout;
    for kept in ["oa.subscription", "channels", "personal", "\"certified\": false"] {
        assert!(profile.contains(kept), "{profile}");
    }
    let records = run.program(&["evidence", "-C", "archive", "--json"]).stdout;
    assert!(
        records.contains("2019-03-04") && records.contains("\"unknown\"") && records.contains("\"Mei\""),
        "{records}"
    );
    assert!(records.contains("menu, old.png"), "{records}");
    let desk = Desk::open(&run);
    assert_eq!(ask(&desk), "followers", "what was skipped is asked again");
    let page = desk.page("/ready?part=questions&ask=registered");
    assert!(page.contains("value=\"2019-03-04\""), "{page}");
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn nothing_is_recorded_while_a_run_is_in_progress() {
    let run = listed(&["one"]);
    let desk = Desk::open(&run);
    let group = field(&desk.page("/gaps"), "group");
    let locked = fixture("demo").display().to_string();
    // The run waits for a password.
    desk.does("/gaps/put", &[("path", &locked)]);
    desk.wait_for("/progress", "class=\"work\"");
    let busy = [
        ("/ready/answer", vec![("key", "kinds"), ("value", "channels")]),
        ("/ready/measure", vec![]),
        ("/ready/event", vec![("event", "submitted"), ("date", "2025-11-01")]),
        ("/ready/facts", vec![("name", "x")]),
        ("/ready/letters", vec![]),
        ("/gaps/waive", vec![("group", group.as_str()), ("reason", "x")]),
        ("/gaps/put", vec![("path", locked.as_str())]),
    ];
    for (path, fields) in busy {
        let (status, page) = post(&desk, path, &fields);
        assert!(status == 409 && page.contains("liudi is busy"), "{path}: {status} {page}");
    }
    desk.does("/run/stop", &[]);
}

#[test]
fn titles_of_others_are_text_and_only_pages_of_the_web_are_links() {
    let hostile =
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "javascript:alert(3)", "{{ 7 * 7 }}"];
    let run = listed(&hostile);
    let desk = Desk::open(&run);
    measure(&desk);
    let pick = desk.page("/gaps?pick=MzA0MDAwMDAwMA%3D%3D_2650000000_1");
    for page in [desk.page("/gaps"), desk.page("/ready"), desk.page("/gaps/gaps.html"), pick] {
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
        for markup in ["<script>alert", "<img src=x", "href=\"javascript:"] {
            assert!(!page.contains(markup), "{markup} in {page}");
        }
    }
    let page = desk.page("/gaps");
    assert!(page.contains("{{ 7 * 7 }}"));
    assert!(page.contains("target=\"_blank\" rel=\"noreferrer noopener\""));
    for path in ["/ready?part=questions&ask=\"><script>alert(4)</script>", "/gaps?kind=\"><script>"] {
        let page = desk.page(&path.replace('<', "%3C").replace('>', "%3E").replace('"', "%22"));
        assert!(!page.contains("<script>"), "{page}");
    }
}

#[test]
fn thousands_of_gaps_are_shown_page_by_page() {
    let titles: Vec<String> = (0..250).map(|number| format!("article number {number:03}")).collect();
    let run = listed(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    let desk = Desk::open(&run);
    let cards = |page: &str| page.matches("<li class=\"card\">").count();
    let (first, last) = (desk.page("/gaps"), desk.page("/gaps?page=3&kind=article"));
    assert_eq!((cards(&first), cards(&last)), (100, 50));
    assert!(first.contains("rel=\"next\"") && !first.contains("rel=\"prev\"") && last.contains("rel=\"prev\""));
    assert_eq!(cards(&desk.page("/gaps?page=99")), 50, "a page that is not there is the last");
    assert_eq!(cards(&desk.page("/gaps?kind=bill")), 0);
    let fetch = desk.page("/gaps?fetch=");
    assert!(fetch.contains("250 article pages") && fetch.contains("minutes."), "{fetch}");
}

#[test]
fn dates_letters_and_events_are_those_of_the_command_line() {
    let run = listed(&["one"]);
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号", "entity=personal"]);
    let desk = Desk::open(&run);
    assert!(desk.page("/ready?part=dates").contains("class=\"month\""));
    run.program(&["plan", "archive", "--ics", "cli.ics"]);
    assert_eq!(desk.page("/ready/liudi.ics"), fs::read_to_string(run.folder().join("cli.ics")).unwrap());
    let (status, page) =
        post(&desk, "/ready/event", &[("part", "records"), ("event", "submitted"), ("date", "2025-11-01")]);
    assert!(status == 400 && page.contains("Choose an account"), "{page}");
    desk.does("/ready/event", &[("event", "submitted"), ("account", "mch"), ("date", "2025-11-01")]);
    assert!(desk.page("/ready?part=records").contains("2025-11-01"));
    desk.does("/ready/event", &[("event", "submitted"), ("account", "mch"), ("withdraw", "1")]);
    assert!(!desk.page("/ready?part=records").contains("2025-11-01"));
    desk.does("/ready/facts", &[("name", "小镇<食记>"), ("contact", "a@b.example"), ("no_such", "x")]);
    desk.does("/ready/letters", &[]);
    let notice = run.archive().join("letters/announcement.zh.txt");
    let draft = fs::read_to_string(&notice).unwrap();
    assert!(draft.contains("小镇<食记>"), "{draft}");
    assert!(desk.page("/ready?part=letters").contains("小镇&lt;食记&gt;"));
    assert!(!desk.page("/ready?part=letters").contains("no longer right"));
    desk.does("/ready/facts", &[("name", "小镇")]);
    let letters = desk.page("/ready?part=letters");
    assert!(letters.contains("no longer right") && letters.contains("小镇&lt;食记&gt;"), "{letters}");
    desk.does("/ready/letters", &[]);
    assert!(!desk.page("/ready?part=letters").contains("no longer right"));
    desk.does("/ready/facts", &[("name", "小镇<食记>")]);
    fs::write(&notice, "my own words").unwrap();
    desk.does("/ready/letters", &[]);
    assert_eq!(fs::read_to_string(&notice).unwrap(), "my own words");
    assert!(desk.page("/ready?part=letters").contains("my own words"));
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn the_views_name_no_command_and_no_flag() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号、视频号", "entity=enterprise"]);
    let desk = Desk::open(&run);
    measure(&desk);
    desk.does("/ready/letters", &[]);
    for language in ["en", "zh-CN"] {
        desk.does("/language", &[("language", language)]);
        for path in [
            "/gaps",
            "/gaps?fetch=",
            "/ready",
            "/ready?part=questions",
            "/ready?part=dates",
            "/ready?part=letters",
            "/ready?part=records",
        ] {
            let page = desk.page(path);
            let main = page.split("<main").nth(1).unwrap();
            for word in [
                "liudi -",
                "liudi backup",
                "liudi ready",
                "liudi waive",
                "liudi event",
                " --",
                "[desk-",
                "[ready-",
                "[plan-",
            ] {
                let at = main.find(word).map(|at| main[at..].chars().take(80).collect::<String>());
                assert_eq!(at, None, "{path}");
            }
        }
    }
}

#[test]
fn a_stated_total_reaches_the_tables_and_is_doubted_if_more_is_held() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let answer = |value: &str| desk.does("/ready/answer", &[("key", "published_total"), ("value", value)]);
    answer("3");
    assert!(desk.page("/ready?part=questions").contains("the archive holds"), "said on the next page");
    answer("23");
    for page in ["/archive", "/gaps"] {
        let page = desk.page(page);
        assert!(page.contains(">23<"), "{page}");
    }
    let refused = desk.post("/ready/answer", &[("key", "first_trade"), ("value", "2050-01-01")]);
    assert!(refused.status == 400 && refused.text.contains("2050-01-01"), "{}", refused.text);
}

#[test]
fn a_day_that_is_none_is_said_beside_the_dates_from_today_on() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    run.program(&["-C", "archive", "account", "set", "kinds=oa.subscription"]).succeeds();
    run.program(&["-C", "archive", "event", "add", "submitted", "2025-11-20"]).succeeds();
    let desk = Desk::open(&run);
    let page = desk.page("/ready?part=dates&on=2026-02-30");
    assert!(page.contains("role=\"alert\"") && page.contains("2026-02-30"), "{page}");
    assert!(page.contains("closure submitted") && !page.contains("earliest day to submit"), "{page}");
    let page = desk.page("/ready?part=questions&ask=first_trade");
    assert!(page.contains("min=\"2011-01-21\" max=\"2025-11-25\""), "{page}");
}

#[test]
fn a_second_copy_is_read_as_a_run_and_answers_with_its_place() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    let (desk, other) = (Desk::open(&run), run.folder().join("other disk"));
    copy(&run.archive(), &other);
    let answers = |folder: &std::path::Path| {
        let folder = folder.to_string_lossy().into_owned();
        desk.does("/ready/answer", &[("key", "second_copy_digest"), ("value", &folder)]);
        desk.wait();
        desk.page("/ready?part=questions&ask=second_copy_digest")
    };
    let page = answers(run.folder());
    assert!(page.contains("There is no archive in this folder") && page.contains("not the one around it"), "{page}");
    assert!(!page.contains("Recorded so far") && !page.contains("The second copy was read"), "{page}");
    // Whoever was shown all questions before hears of it too.
    desk.does("/ready/answer", &[("key", "second_copy_digest"), ("value", &run.folder().to_string_lossy())]);
    desk.wait();
    let page = desk.page("/ready?part=questions");
    assert!(page.contains("There is no archive in this folder"), "{page}");
    let page = answers(&other);
    assert!(page.contains("The second copy was read: every file is there and unchanged"), "{page}");
    assert!(
        !page.contains("There is no archive") && page.contains("other disk") && !page.contains("sha256:"),
        "{page}"
    );
    let records = desk.page("/ready?part=records");
    assert!(records.contains("other disk"), "{records}");
    // A picture that was recorded since is not in it.
    let menu = run.folder().join("menu.png");
    fs::write(&menu, "a picture").unwrap();
    desk.does("/ready/answer", &[("key", "menu"), ("value", &menu.to_string_lossy())]);
    let page = answers(&other);
    assert!(page.contains("not of the archive as it is now"), "{page}");
}

#[test]
fn holes_between_bills_are_told_before_anybody_names_the_account() {
    let run = billed(&["2025-11-10", "2025-11-13"]);
    let done = run.backup(&[]);
    assert!(done.stdout.contains("2 daily bills of the merchant number are missing"), "{}", done.stdout);
    assert!(!done.stdout.contains("Nothing is known to be missing"), "{}", done.stdout);
    let listed = run.program(&["gaps", "archive", "--format", "json"]);
    assert!(
        listed.stdout.trim() == "[]" && listed.stderr.contains("2 daily bills"),
        "{}{}",
        listed.stdout,
        listed.stderr
    );
    let ready = run.program(&["ready", "archive"]);
    assert!(ready.stdout.contains("2025-11-11") && ready.stdout.contains("2025-11-12"), "{}", ready.stdout);
    let desk = Desk::open(&run);
    let page = measure(&desk);
    assert!(page.contains("wxpay_trade_bill:2025-11-11") && page.contains("wxpay_trade_bill:2025-11-12"), "{page}");
}

#[test]
fn a_file_that_is_not_what_was_missing_is_told() {
    let run = listed(&["Rain on the roof"]);
    let desk = Desk::open(&run);
    let group = field(&desk.page("/gaps"), "group");
    let other = run.folder().join("note.txt");
    fs::write(&other, "nothing of it").unwrap();
    desk.does("/gaps/put", &[("path", &other.to_string_lossy()), ("pick", &group)]);
    // A note is shown once, on the next page.
    desk.wait_for("/progress", "“Rain on the roof” is still missing");
    desk.wait();
}
