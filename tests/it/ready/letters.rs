//! The drafts of letters: filled with what is known, a visible blank for what is not, never over the owner's own words.

use liudi::audit::events::{Event, EventName};
use liudi::audit::facts::{Known, Published};
use liudi::audit::letters::{self, Given, Letter};
use liudi::audit::profile::{AccountKind, Entity};
use liudi::model::Class;

use super::demo::{demo, liudi};
use super::world::{World, day};
use crate::archive::change;

const NAME: &str = "山间来信";
const SITE: &str = "https://example.org/mountain";

/// An account of `entity` with `kinds`, of which as much is known as `known` says: 0 nothing, 1 what the archive knows, 2
/// what the profile knows too, 3 the days as well.
fn world(entity: Entity, kinds: &[AccountKind], known: u8) -> World {
    let mut world = World::whole(kinds, entity);
    world.forget("notice_published");
    world.forget("notice_date");
    world.flag("uses.pay", None);
    if known == 0 {
        world.profile.kinds.clear();
    } else {
        world.measured.known = Known {
            name: Some(NAME.to_owned()),
            original_id: Some("gh_1a2b3c4d5e6f".to_owned()),
            wechat_id: Some("shanjianlaixin".to_owned()),
            articles: Some(Published { count: 14, first: day("2023-03-18"), last: day("2025-04-12") }),
            ..Known::default()
        };
    }
    if known >= 2 {
        let some = |text: &str| Some(text.to_owned());
        world.profile.subject = some("山间文化有限公司");
        world.profile.mailbox = some("post@example.org");
        world.profile.operator = some("李小满");
        world.profile.contact = some("010-5555 0100");
        world.profile.elsewhere = some("https://example.com/@mountain");
        world.profile.reason = some("人手不够，无力继续更新");
    }
    if known >= 3 {
        world.event(EventName::NoticePublished, "2026-11-25");
    }
    world
}

fn drafts(world: &World, known: u8) -> Vec<Letter> {
    let plan = world.scene().plan(day(if known >= 3 { "2026-12-01" } else { "2026-11-22" }));
    let site = (known >= 2).then_some(SITE);
    letters::drafts(&world.scene(), &plan, Given { site, day_chosen: known >= 3 }).unwrap()
}

/// Every set of kinds that a person may close.
fn sets() -> Vec<Vec<AccountKind>> {
    let mut sets: Vec<Vec<AccountKind>> = AccountKind::ALL.iter().map(|kind| vec![*kind]).collect();
    sets.push(vec![AccountKind::OaSubscription, AccountKind::Mch, AccountKind::Wechat]);
    sets.push(AccountKind::ALL.to_vec());
    sets
}

#[test]
fn letters_read_well_however_little_is_known() {
    let odd = regex::Regex::new(concat!(
        r"（\s*[），、]|\(\s*[),]|[「“【]\s*[」”】]|\{\{|\{%|%\}|\}\}|(?i)\b(none|null|undefined|some)\b",
        r"|[，。、：；！？]\s?[，。、：；]|\.\.|, ,|,\.|: \.| {3,}|\n{4,}|\[[a-z-]+\]|<|>",
        r"|[\u4e00-\u9fff][,:;!?(]|[,:;!?)][\u4e00-\u9fff]",
    ));
    let odd = odd.unwrap();
    for entity in Entity::ALL {
        for kinds in sets() {
            for known in 0..4 {
                let drafts = drafts(&world(*entity, &kinds, known), known);
                assert_eq!(drafts.len(), if *entity == Entity::Personal { 4 } else { 5 }, "{entity}");
                for letter in drafts {
                    let text = &letter.text;
                    if let Some(found) = odd.find(text) {
                        panic!("{entity} {kinds:?} {known} {}: {:?} in\n{text}", letter.name, found.as_str());
                    }
                    assert!(
                        text.ends_with('\n') && text.trim_end().len() + 1 == text.len(),
                        "{}: {text:?}",
                        letter.name
                    );
                    // One form of blank, and nothing else in its brackets.
                    let brackets = text.matches('【').count();
                    assert_eq!((letter.blanks(), text.matches('】').count()), (brackets, brackets), "{}", letter.name);
                    if letter.name == "announcement.en.txt" {
                        let foreign = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
                        let own = text.replace(NAME, "").replace("人手不够，无力继续更新", "");
                        assert_eq!(own.chars().find(foreign), None, "{own}");
                    }
                }
            }
        }
    }
}

#[test]
fn letters_are_filled_with_everything_that_is_known() {
    let all = |known: u8, entity: Entity| -> String {
        let world = world(entity, &[AccountKind::OaSubscription, AccountKind::Mch], known);
        drafts(&world, known).into_iter().map(|letter| letter.text).collect::<Vec<_>>().join("\n=====\n")
    };
    for entity in Entity::ALL {
        let archive = all(1, *entity);
        for word in [NAME, "shanjianlaixin", "14 篇文章", "2023年3月18日", "12 April 2025", "（公众号", "(公众号"]
        {
            let wanted = word != "(公众号";
            assert_eq!(archive.contains(word), wanted, "{entity}: {word}\n{archive}");
        }
        assert!(!archive.contains("微信支付商户号"), "readers know no merchant number: {archive}");
        if *entity != Entity::Personal {
            assert!(archive.contains("原始 ID：gh_1a2b3c4d5e6f") && archive.contains("账号类型：公众号"), "{archive}");
        }
        let profile = all(2, *entity);
        for word in [SITE, "010-5555 0100", "https://example.com/@mountain", "人手不够，无力继续更新"] {
            assert!(profile.contains(word), "{entity}: {word}\n{profile}");
        }
        if *entity != Entity::Personal {
            for word in ["山间文化有限公司", "post@example.org", "李小满"] {
                assert!(profile.contains(word), "{entity}: {word}\n{profile}");
            }
        }
        let days = all(3, *entity);
        assert!(days.contains("2026年11月25日") && days.contains("25 November 2026"), "{entity}: {days}");
        // What is left is written by hand on the day: dates of seals and signatures, the dissolution's day.
        let blanks: Vec<&str> = days.split("【").skip(1).map(|rest| rest.split('】').next().unwrap()).collect();
        let by_hand = |blank: &&&str| {
            blank.contains("日期") && (blank.contains("盖章") || blank.contains("签署") || blank.contains("主体注销"))
                || **blank == "to fill in: date of signing"
        };
        assert_eq!(blanks.iter().find(|blank| !by_hand(blank)), None, "{entity}: {days}");
    }
}

#[test]
fn the_day_is_a_blank_until_somebody_chose_it_or_the_plan_knows_it() {
    let announcement = |world: &World, start: &str, day_chosen: bool| {
        let plan = world.scene().plan(day(start));
        letters::drafts(&world.scene(), &plan, Given { site: None, day_chosen }).unwrap().remove(0).text
    };
    // Nothing binds a plain 公众号: today is the earliest day, and nobody chose it.
    let mut world = World::personal();
    let text = announcement(&world, "2026-11-22", false);
    assert!(text.contains("将于【请填写：提交注销的日期】起"), "{text}");
    assert!(text.lines().next().unwrap().ends_with("即将停止更新并注销"), "{text}");
    assert!(announcement(&world, "2026-11-22", true).contains("将于2026年11月22日起"));
    assert!(announcement(&world, "2026-12-24", false).contains("将于2026年12月24日起"));
    world.event(EventName::Submitted, "2026-11-20");
    // A day that is over is promised to nobody.
    let text = announcement(&world, "2026-11-22", false);
    assert!(text.contains("已于2026年11月20日提交注销") && text.contains("请尽快联系"), "{text}");
    assert!(!text.contains("将于") && !text.contains("日之前"), "{text}");
    assert!(text.lines().next().unwrap().ends_with("停止更新，已提交注销") && !text.contains("即将"), "{text}");
    // Of several accounts the readers' own counts, not the one that goes last.
    let world = self::world(Entity::Personal, &[AccountKind::OaSubscription, AccountKind::Wechat], 1);
    let text = announcement(&world, "2026-12-24", true);
    assert!(text.contains("将于2026年12月24日起") && text.contains("（公众号，微信号 shanjianlaixin）"), "{text}");
}

#[test]
fn an_account_that_was_submitted_does_not_speak_for_another() {
    const KINDS: [AccountKind; 2] = [AccountKind::OaSubscription, AccountKind::Channels];
    let mut world = world(Entity::Personal, &KINDS, 1);
    let submit = |world: &mut World, account, on: &str| {
        let (name, at) = (EventName::Submitted, world.now);
        world.events.events.push(Event { name, date: day(on), account: Some(account), at, note: None });
    };
    let letters = |world: &World| {
        let plan = world.scene().plan(day("2026-12-24"));
        let texts = letters::drafts(&world.scene(), &plan, Given { site: None, day_chosen: true }).unwrap();
        texts.into_iter().map(|letter| letter.text).collect::<Vec<_>>().join("\n")
    };
    submit(&mut world, KINDS[1], "2026-08-01");
    let text = letters(&world);
    assert!(text.contains("将于2026年12月24日起") && !text.contains("8月1日") && !text.contains("视频号"), "{text}");
    submit(&mut world, KINDS[0], "2026-11-02");
    let text = letters(&world);
    assert!(text.contains("（公众号，") && text.contains("已于2026年11月2日提交注销"), "{text}");
    assert!(text.contains(": closure applied for\n\nDear readers"), "{text}");
    assert!(text.contains("on 2 November 2026") && !text.contains("视频号") && !text.contains("8月1日"), "{text}");
    // What is still to come of another account does not stand in a letter about the articles.
    world.events.events.retain(|event| event.account != Some(KINDS[1]));
    assert_eq!(letters(&world), text);
    let mut world = self::world(Entity::Personal, &[KINDS[1], AccountKind::Mp], 1);
    submit(&mut world, KINDS[1], "2026-08-01");
    let text = letters(&world);
    assert!(text.contains("小程序") && !text.contains("视频号") && !text.contains("8月1日"), "{text}");
    submit(&mut world, AccountKind::Mp, "2026-08-02");
    assert!(letters(&world).contains("已于2026年8月1日、2026年8月2日提交注销"));
}

#[test]
fn the_application_fits_the_entity() {
    for entity in Entity::ALL {
        let drafts = drafts(&world(*entity, &[AccountKind::OaSubscription], 1), 1);
        let has = |word: &str| drafts.iter().any(|letter| letter.text.contains(word));
        assert_eq!(has("红头文件"), *entity == Entity::Government);
        assert_eq!(has("个体工商户"), *entity == Entity::Sole);
        assert_eq!(has("主体注销证明"), *entity == Entity::Dissolved);
        assert_eq!(has("Application to close an account"), *entity == Entity::Overseas);
    }
}

#[test]
fn drafts_follow_what_is_known_until_the_owner_changes_them() {
    let run = demo();
    let read = |name: &str| std::fs::read_to_string(run.folder().join("letters").join(name)).unwrap();
    let plan = |more: &[&str]| liudi(&run, &[&["plan", "--letters", "letters"], more].concat()).succeeds().stdout;
    assert!(plan(&[]).contains("announcement.zh.txt: written"));
    let first = read("announcement.zh.txt");
    assert!(first.contains("山间小记（公众号，微信号 shanjianxiaoji）") && first.contains("14 篇文章"), "{first}");
    assert!(plan(&[]).contains("announcement.zh.txt: unchanged"));
    // More is known: what is unchanged follows, what the owner changed does not.
    std::fs::write(run.folder().join("letters/auto-reply.txt"), "我自己写的\n").unwrap();
    assert!(plan(&[]).contains("auto-reply.txt: you edited it, so it was left unchanged\n"));
    let said = plan(&["--base-url", SITE]);
    assert!(said.contains("announcement.zh.txt: updated"), "{said}");
    assert!(said.contains("left unchanged; the new draft is auto-reply.new.txt"), "{said}");
    assert!(read("announcement.zh.txt").contains(SITE) && read("auto-reply.new.txt").contains(SITE));
    assert_eq!(read("auto-reply.txt"), "我自己写的\n");
    // The one beside is the owner's too once it is changed.
    std::fs::write(run.folder().join("letters/auto-reply.new.txt"), "也改过\n").unwrap();
    liudi(&run, &["account", "set", "contact=010-5555 0100"]).succeeds();
    assert!(plan(&["--base-url", SITE]).contains("the new draft is auto-reply.new-2.txt"));
    assert_eq!((read("auto-reply.txt").as_str(), read("auto-reply.new.txt").as_str()), ("我自己写的\n", "也改过\n"));
    assert!(read("auto-reply.new-2.txt").contains("010-5555 0100"));
    // That does not rest on the working folder.
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    assert!(plan(&["--base-url", SITE]).contains("announcement.zh.txt: unchanged"));
    run.program(&["verify", "archive"]).succeeds();
    // Without the record nothing is known to be unchanged, and nothing is written over.
    change(&run.archive(), &[], &[], &[(Class::Private, "readiness/letters.txt")]);
    let before = read("announcement.zh.txt");
    assert!(plan(&[]).contains("the new draft is announcement.zh.new.txt"));
    assert_eq!(read("announcement.zh.txt"), before);
}
