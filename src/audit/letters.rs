//! Drafts letters the owner can edit: the announcement, the auto-reply, the name mark, and the application for each
//! entity, filled from the profile, the plan and the archive. An unknown value becomes a visible placeholder, in one
//! form per language. Where the platform has its own form, that form counts.

use std::collections::BTreeSet;

use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use super::engine::Facts;
use super::events::EventName;
use super::plan::{Plan, Step};
use super::profile::{AccountKind, Entity};
use crate::error::{Error, Result};
use crate::text::{Language, Texts};

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// File name.
    pub name: &'static str,
    /// Text of the draft.
    pub text: String,
}

impl Letter {
    /// Returns the number of placeholders left for the owner to fill in.
    pub fn blanks(&self) -> usize {
        self.text.matches("【请填写：").count() + self.text.matches("【to fill in: ").count()
    }
}

/// Details from the command line that the archive does not hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// URL of the public mirror.
    pub site: Option<&'a str>,
    /// Whether the owner chose the first day of the plan.
    pub day_chosen: bool,
}

/// The file name, language and template of a draft.
type Draft = (&'static str, Language, &'static str);

const DRAFTS: &[Draft] = &[
    ("announcement.zh.txt", Language::Chinese, include_str!("../../templates/letters/announcement.zh.txt.j2")),
    ("announcement.en.txt", Language::English, include_str!("../../templates/letters/announcement.en.txt.j2")),
    ("auto-reply.txt", Language::Chinese, include_str!("../../templates/letters/auto-reply.txt.j2")),
    ("name-mark.txt", Language::Chinese, include_str!("../../templates/letters/name-mark.txt.j2")),
];

/// Returns the application for `entity`; an individual verifies by scanning a code and writes none.
fn application(entity: Entity) -> Option<Draft> {
    let text = match entity {
        Entity::Personal => return None,
        Entity::Enterprise | Entity::Media | Entity::Org => {
            include_str!("../../templates/letters/application-enterprise.txt.j2")
        }
        Entity::Sole => include_str!("../../templates/letters/application-sole.txt.j2"),
        Entity::Government => include_str!("../../templates/letters/application-government.txt.j2"),
        Entity::Dissolved => include_str!("../../templates/letters/application-dissolved.txt.j2"),
        Entity::Overseas => include_str!("../../templates/letters/application-overseas.txt.j2"),
    };
    Some(("application.txt", Language::Chinese, text))
}

/// Returns the placeholder for `what` in a letter of `language`.
fn blank(language: Language, what: &str) -> String {
    match language {
        Language::Chinese => format!("【请填写：{what}】"),
        Language::English => format!("【to fill in: {what}】"),
    }
}

/// Formats `day` as letters write it: 2026年3月1日, 1 March 2026.
fn written(language: Language, day: Date) -> String {
    day.strftime(if language == Language::Chinese { "%Y年%-m月%-d日" } else { "%-d %B %Y" }).to_string()
}

/// The held articles, formatted for a letter.
#[derive(Serialize)]
struct Span {
    count: u64,
    first: String,
    last: String,
}

/// Returns every draft for this account.
pub fn drafts(scene: &Facts<'_>, plan: &Plan, given: Given<'_>) -> Result<Vec<Letter>> {
    let chosen = scene.profile.entity.and_then(application);
    let all = DRAFTS.iter().copied().chain(chosen);
    all.map(|draft| Ok(Letter { name: draft.0, text: render(scene, plan, given, draft)? })).collect()
}

fn render(scene: &Facts<'_>, plan: &Plan, given: Given<'_>, (_, language, template): Draft) -> Result<String> {
    let (profile, known) = (scene.profile, &scene.measured.known);
    let first = |values: &[&Option<String>]| values.iter().find_map(|value| tidy(value.as_deref()));
    let steps = steps(scene, plan);
    let about: Vec<AccountKind> =
        if steps.is_empty() { kinds(scene).collect() } else { steps.iter().map(|step| step.account).collect() };
    let accounts = |language| {
        let texts = Texts::new(language);
        let names = about.iter().map(|kind| {
            let name = texts.code("ready-kind", kind.code());
            // `公众号 (subscription account)`: a letter in English is for readers of English.
            let english = name.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
            english.map_or(name.clone(), str::to_owned)
        });
        Some(names.collect::<Vec<_>>().join(&texts.get("list-separator", &[]))).filter(|names| !names.is_empty())
    };
    let day = steps.iter().map(|step| (step.submit, step.planned)).min();
    // A letter must not promise a day that is already past; of a closure submitted before today it says so.
    let certain =
        day.filter(|(day, planned)| *day >= scene.today() && (!planned || given.day_chosen || *day > scene.today()));
    let submitted: BTreeSet<Date> =
        steps.iter().filter(|step| is_submitted(step, scene.today())).map(|step| step.submit).collect();
    let submitted = submitted.into_iter().map(|day| written(language, day)).collect::<Vec<_>>();
    let hint = if language == Language::Chinese { "提交注销的日期" } else { "the day of the application" };
    let span = known.articles.map(|held| Span {
        count: held.count,
        first: written(language, held.first),
        last: written(language, held.last),
    });
    let noticed = kinds(scene)
        .filter_map(|kind| scene.anchor(EventName::NoticePublished.code(), kind))
        .chain(scene.anchor("notice_date", AccountKind::OaSubscription))
        .max();
    let context = context! {
        name => first(&[&profile.name, &known.name]),
        subject => first(&[&profile.subject, &known.subject]),
        original_id => first(&[&profile.original_id, &known.original_id]),
        wechat_id => first(&[&profile.wechat_id, &known.wechat_id]),
        mailbox => first(&[&profile.mailbox]),
        operator => first(&[&profile.operator]),
        contact => first(&[&profile.contact]),
        elsewhere => first(&[&profile.elsewhere]),
        reason => first(&[&profile.reason]),
        accounts => accounts(language),
        accounts_en => accounts(Language::English),
        submit => certain.map(|(day, _)| written(language, day)),
        submit_hint => hint,
        submitted => (!submitted.is_empty()).then(|| Texts::new(language).list(&submitted)),
        noticed => noticed.map(|day| written(language, day)),
        span => Serde(span),
        site => tidy(given.site),
    };
    let failed = |error: minijinja::Error| Error::other("letter-not-rendered").because(error);
    let mut environment = Environment::new();
    let syntax =
        environment.syntax().to_builder().trim_blocks(true).keep_trailing_newline(true).build().map_err(failed)?;
    environment.set_syntax(syntax);
    environment.add_function("todo", move |what: String| blank(language, &what));
    environment.add_function("todo_en", |what: String| blank(Language::English, &what));
    environment.render_str(template, context).map_err(failed)
}

/// Returns the kinds known to readers, which excludes those that only collect money or log in unless there are no
/// others. Returns none if the owner named no kinds and the archive holds nothing.
fn kinds(scene: &Facts<'_>) -> impl Iterator<Item = AccountKind> {
    use AccountKind::{Mch, Wechat, Wecom};
    let known = !scene.profile.kinds.is_empty() || !scene.measured.kinds_seen.is_empty();
    let all = if known { scene.kinds() } else { Vec::new() };
    let readers = |kind: &AccountKind| !matches!(kind, Mch | Wechat | Wecom);
    let some = all.iter().any(readers);
    all.into_iter().filter(move |kind| !some || readers(kind))
}

/// Returns the steps of the accounts that the letters are about: all those known to readers until one of them is
/// submitted. Then each has its own day, and what is said is of the official account, whose articles it speaks of, or else
/// of those still to be submitted.
fn steps<'p>(scene: &Facts<'_>, plan: &'p Plan) -> Vec<&'p Step> {
    let kinds: Vec<AccountKind> = kinds(scene).collect();
    let all: Vec<&Step> = plan.steps.iter().filter(|step| kinds.contains(&step.account)).collect();
    let (submitted, ahead): (Vec<&Step>, Vec<&Step>) = all.iter().partition(|step| is_submitted(step, scene.today()));
    let official: Vec<&Step> = all.iter().copied().filter(|step| step.account.is_official_account()).collect();
    match (submitted.is_empty(), official.is_empty(), ahead.is_empty()) {
        (true, ..) => ahead,
        (_, false, _) => official,
        (_, _, false) => ahead,
        _ => submitted,
    }
}

/// Reports whether the closing of `step` was submitted before `today`.
fn is_submitted(step: &Step, today: Date) -> bool {
    !step.planned && step.submit < today
}

/// Collapses `text` into one line; returns `None` if it is empty.
fn tidy(text: Option<&str>) -> Option<String> {
    let text = text?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(text).filter(|text| !text.is_empty())
}
