//! The closing as a library runs it: values in, values out, and nothing printed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use liudi::fetch::{Fetcher, Settings};
use liudi::pipeline::archive::gap_list::GapList;
use liudi::pipeline::archive::verify::{VerifyOptions, verify};
use liudi::pipeline::clock::Clock;
use liudi::pipeline::closing::event::{EventDraft, EventRecorded};
use liudi::pipeline::closing::evidence::{self, NewRecord};
use liudi::pipeline::closing::letters::LetterOutcome;
use liudi::pipeline::closing::plan::{ClosingPlan, PlanOptions};
use liudi::pipeline::closing::purge::FollowerFiles;
use liudi::pipeline::closing::readiness::{Assessment, ReadyOptions};
use liudi::pipeline::closing::records::RecordBook;
use liudi::pipeline::closing::waive::WaivedRule;
use liudi::pipeline::closing::{AccountKind, Form, Verdict, account, guide, keep, probe};
use liudi::pipeline::registries;
use liudi::pipeline::serve::Server;
use liudi::{BackupOptions, Environment, GapReason, Job, Language, Texts, Time, Unattended};

use super::support::fixture;

const MISSING: &str = "content.articles.count";

/// The demo's archive.
struct Desk {
    folder: tempfile::TempDir,
    host: Unattended,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), host: Unattended::default() };
        let options = BackupOptions { roots: vec![fixture("demo")], ..BackupOptions::default() };
        Job { root: desk.root(), options, ..Job::default() }.run(&desk.host).unwrap();
        desk
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn records(&self) -> RecordBook {
        RecordBook::open(&self.root(), &self.host).unwrap()
    }

    fn profile(&self, values: &[&str]) {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        account::set(self.records(), &values, &self.host).unwrap();
    }

    fn measured(&self) -> Assessment {
        Assessment::measure(&ReadyOptions { root: self.root(), ..ReadyOptions::default() }, &self.host).unwrap()
    }

    /// Keys of what is open in `rule`.
    fn open_in(&self, rule: &str) -> Vec<String> {
        let assessment = self.measured();
        let open = assessment.judge().unwrap().open(&Texts::new(Language::English), "liudi", |_| usize::MAX);
        let rules = open.groups.into_iter().flat_map(|group| group.rules);
        let items = rules.filter(|open| open.id == rule).flat_map(|open| open.to_do.items);
        items.map(|item| item.key.unwrap_or(item.name)).collect()
    }
}

/// A clock that stands ten minutes before the end of a day in Beijing.
struct LateEvening;

impl Clock for LateEvening {
    fn now(&self) -> liudi::Result<Time> {
        Ok(Time::from_wall("2025-11-24 23:50").unwrap())
    }

    fn signing_second(&self) -> i64 {
        0
    }
}

#[test]
fn measurements_hold_until_the_end_of_their_day() {
    let mut desk = Desk::new();
    let environment = Environment { clock: Arc::new(LateEvening), ..Environment::default() };
    desk.host = Unattended { environment, ..Unattended::default() };
    let assessment = desk.measured();
    assert_eq!(assessment.day_ends(), Time::from_wall("2025-11-25 00:00"));
    assert!(assessment.is_current(&desk.host).unwrap());
    assert!(!assessment.is_current(&Unattended::default()).unwrap());
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn an_archive_is_judged_asked_about_and_judged_again() {
    let desk = Desk::new();
    let assessment = desk.measured();
    let readiness = assessment.judge().unwrap();
    assert_eq!((readiness.verdict(), readiness.profile_unknown()), (Verdict::NotReady, &["kinds", "entity"][..]));
    assert!(readiness.fixity().is_some_and(|fixity| fixity.missing.is_empty() && fixity.failed.is_empty()));
    for language in Language::ALL {
        assert_eq!(
            readiness.first(&Texts::new(language), "liudi -C a")[0]
                .command
                .as_deref()
                .map(|command| command.contains("liudi -C a")),
            Some(true)
        );
    }
    let page = readiness.write_report(Language::Chinese).unwrap();
    let mut report = Vec::new();
    readiness.write_json(&mut report).unwrap();
    assert_eq!(std::fs::read(desk.root().join("readiness.json")).unwrap(), report);
    assert!(page.unwrap().is_file());

    let mut interview = assessment.interview(&desk.host).unwrap();
    let first = interview.next().unwrap();
    assert_eq!((first.question.key.as_str(), first.number), ("kinds", 1));
    let error = interview.answer(&first.question, "bicycle", None, &desk.host).unwrap_err();
    assert_eq!(error.kind().exit_bit(), 2, "{error}");
    assert_eq!(interview.next().unwrap(), first, "a bad answer is asked for again");
    interview.answer(&first.question, "公众号", None, &desk.host).unwrap();
    let second = interview.next().unwrap();
    assert_eq!((second.question.key.as_str(), second.number), ("entity", 2));
    interview.answer(&second.question, "", None, &desk.host).unwrap();
    let third = interview.next().unwrap();
    assert_eq!(third.number, 3, "what was passed over is not asked again");
    assert!(desk.records().profile().kinds.is_empty(), "nothing is committed before the end");
    assert!(interview.finish(&desk.host).unwrap() > 0);
    assert!(desk.records().profile().kinds.contains(&AccountKind::OaSubscription));
    assert_eq!(assessment.judge().unwrap().profile_unknown(), ["entity"]);
    assert!(assessment.after().unwrap().is_empty());
}

#[test]
fn records_events_and_waivers_are_added_and_replaced() {
    let desk = Desk::new();
    desk.profile(&["kinds=oa.subscription", "entity=personal"]);
    assert_eq!(evidence::form("published_total").unwrap(), Form::Count);
    assert_eq!(evidence::form("published_totl").unwrap_err().code(), "evidence-key-unknown");
    let add = |value: &str| {
        let new = NewRecord { key: "published_total".into(), value: value.into(), ..NewRecord::default() };
        evidence::add(desk.records(), &new, &desk.host)
    };
    assert_eq!(add("17 篇").unwrap(), evidence::Recorded { value: "17".into(), before: None, remark: None });
    assert_eq!(add("18").unwrap().before.as_deref(), Some("17"));
    assert_eq!(add("many").unwrap_err().code(), "value-count-wanted");
    assert_eq!(desk.records().evidence().evidence.len(), 2);

    let event = |date: &str| {
        let draft = EventDraft::begin(desk.records(), "提交注销", None).unwrap();
        assert_eq!((draft.code(), draft.missing().code()), ("submitted", "value-missing"));
        draft.record(date, None, &desk.host)
    };
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(event("2026-03-01").unwrap(), EventRecorded::On { date: day("2026-03-01"), before: None, remark: None });
    let moved = EventRecorded::On { date: day("2026-03-02"), before: Some(day("2026-03-01")), remark: None };
    assert_eq!(event("2026年3月2日").unwrap(), moved);
    assert!(matches!(event("不知道").unwrap(), EventRecorded::Withdrawn(count) if count > 0));
    assert!(desk.records().events().events.is_empty());

    let before = desk.open_in(MISSING);
    let rule = WaivedRule::find(None, MISSING, Language::English).unwrap();
    assert_eq!(WaivedRule::find(None, rule.title(), Language::English).unwrap().id(), MISSING);
    let unnamed = rule.draft(&desk.root(), &[], &desk.host).unwrap();
    assert!(unnamed.record("", "me", &desk.host).is_err(), "a reason is wanted");
    let item = before.iter().find(|item| item.starts_with("MzA5")).unwrap().clone();
    let draft = rule.draft(&desk.root(), std::slice::from_ref(&item), &desk.host).unwrap();
    let waived = draft.record("gone for good", "me", &desk.host).unwrap();
    assert_eq!((waived.count, waived.unnamed_things), (1, 0));
    assert!(!desk.open_in(MISSING).contains(&item));
    assert!(GapList::read(&desk.root()).unwrap().given_up().any(|gap| gap.key == item));
    let unknown = rule.draft(&desk.root(), &["no such thing".to_owned()], &desk.host);
    assert_eq!(unknown.unwrap_err().code(), "waiver-item-unknown");
}

#[test]
fn a_plan_writes_its_calendar_and_never_over_a_changed_letter() {
    let desk = Desk::new();
    desk.profile(&["kinds=oa.subscription", "entity=enterprise"]);
    let options = PlanOptions { root: desk.root(), on: Some("2027-03-01".into()), ..PlanOptions::default() };
    let plan = ClosingPlan::make(&options, &desk.host).unwrap();
    let texts = Texts::new(Language::English);
    assert_eq!(plan.plan.steps[0].account, AccountKind::OaSubscription);
    assert!(!plan.plan.steps[0].lines(&texts, plan.plan.at.zoned().date()).is_empty());
    plan.write_calendar(&desk.path("plan.ics"), &texts).unwrap();
    assert!(std::fs::read_to_string(desk.path("plan.ics")).unwrap().starts_with("BEGIN:VCALENDAR"));

    let folder = desk.path("letters");
    let outcomes = |site: &str| {
        let letters = plan.write_letters(&folder, Some(site), &desk.host).unwrap();
        assert!(letters.blanks() > 0);
        letters.drafts.into_iter().map(|draft| (draft.name, draft.outcome)).collect::<Vec<_>>()
    };
    let first = outcomes("https://a.example");
    assert!(first.iter().all(|(_, outcome)| *outcome == LetterOutcome::New), "{first:?}");
    assert_eq!(files(&folder), first.len());
    assert!(outcomes("https://a.example").iter().all(|(_, outcome)| *outcome == LetterOutcome::Same));
    std::fs::write(folder.join("announcement.zh.txt"), "mine").unwrap();
    let then = outcomes("https://b.example");
    assert_eq!(then[0], ("announcement.zh.txt", LetterOutcome::Beside));
    assert!(then.iter().any(|(_, outcome)| *outcome == LetterOutcome::Updated), "{then:?}");
    assert_eq!(std::fs::read_to_string(folder.join("announcement.zh.txt")).unwrap(), "mine");
    let wrong = PlanOptions { on: Some("soon".into()), ..options };
    assert_eq!(ClosingPlan::make(&wrong, &desk.host).unwrap_err().code(), "value-day-wanted");
}

#[test]
fn what_is_missing_comes_in_groups_with_one_thing_to_do() {
    let desk = Desk::new();
    let list = GapList::read(&desk.root()).unwrap();
    let groups = list.groups().unwrap();
    let in_groups: usize = groups.iter().map(|group| group.gaps.len()).sum();
    assert_eq!(in_groups as u64, list.counts().values().sum::<u64>());
    assert_eq!(in_groups, list.gaps.iter().filter(|gap| gap.reason != GapReason::NoBill).count());
    assert!(list.knows_own().unwrap());
    for language in Language::ALL {
        let texts = Texts::new(language);
        for group in &groups {
            let advice = group.advice().unwrap();
            let known = texts.find(advice.code, &[("rule", advice.rule), ("key", advice.key), ("liudi", "liudi")]);
            assert!(known.is_some(), "{}", advice.code);
        }
    }
    let table = String::from_utf8(list.csv().unwrap()).unwrap();
    assert!(table.lines().count() > list.gaps.len());
}

#[test]
fn documents_are_kept_once_and_lists_of_people_go() {
    let desk = Desk::new();
    let file = desk.path("menu.png");
    std::fs::write(&file, "a picture").unwrap();
    let keep = |kind: &str| keep::keep(&desk.root(), std::slice::from_ref(&file), kind, &desk.host).unwrap().remove(0);
    let kept = keep("菜单");
    assert!(kept.other_kind.is_none() && desk.root().join(&kept.place).is_file(), "{kept:?}");
    let again = keep("合影");
    assert_eq!((again.path, again.other_kind.as_deref()), (kept.path, Some("菜单")));

    let followers = FollowerFiles::list(&desk.root()).unwrap();
    followers.remove(&desk.root(), Some("me".into()), &desk.host).unwrap();
    assert!(FollowerFiles::list(&desk.root()).unwrap().files.is_empty());
    assert_eq!(desk.records().evidence().newest("followers_purged_at").unwrap().by.as_deref(), Some("me"));
    assert!(verify(&desk.root(), &VerifyOptions::default(), &desk.host).unwrap().is_valid());
}

#[test]
fn guides_and_registries_are_lists() {
    let all = guide::entries(None, None).unwrap();
    let one = guide::entries(None, Some("视频号")).unwrap();
    assert!(!one.is_empty() && one.len() < all.len());
    assert!(registries::importers().count() > 20 && registries::exporters().any(|known| known.name == "mirror"));
}

#[test]
fn what_needs_a_runtime_of_its_own_may_be_called_inside_of_one() {
    let mut desk = Desk::new();
    // A port that nobody listens on: what does not answer is a probe too.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    desk.host.environment.fetcher = Arc::new(move |settings, time| {
        counted.fetch_add(1, Ordering::SeqCst);
        let hosts = [("mp.weixin.qq.com".to_owned(), format!("http://{nobody}/").parse().unwrap())].into();
        Fetcher::new(Settings { hosts, retries: 0, ..settings }, time)
    });
    let site = desk.path("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("index.html"), "").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let probed = probe::probe(&desk.root(), 1, &desk.host).unwrap();
        assert!(probed.len() == 1 && !probed[0].gone, "{probed:?}");
        let stop = tokio_util::sync::CancellationToken::new();
        stop.cancel();
        Server::bind(&site, 0).unwrap().run(&stop).unwrap();
    });
    assert_eq!(made.load(Ordering::SeqCst), 1, "the host's own fetcher is asked");
}
