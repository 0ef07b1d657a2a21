//! 还缺什么: what is missing, by article, each with the one step that helps.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{Value, context};

use super::ready::minute;
use crate::config::Config;
use crate::desk::chooser;
use crate::desk::errands::{self, Request};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Download, Info, Then, View, value};
use crate::error::{Error, Kind, Result};
use crate::model::{Gap, SubjectKind};
use crate::pipeline::archive::gap_inputs;
use crate::pipeline::archive::gap_list::{GapList, Group};
use crate::pipeline::archive::state::holds_anything;
use crate::pipeline::backup::BackupOptions;
use crate::pipeline::closing::fixity::known_damage;
use crate::pipeline::closing::readiness::{Assessment, overview};
use crate::pipeline::closing::waive::{WaivedRule, take_back_items};
use crate::pipeline::closing::{avatar, keep};
use crate::pipeline::crawl::CrawlOptions;
use crate::pipeline::host::{Host as _, Unattended};
use crate::pipeline::inbox::{Inbox, List};
use crate::pipeline::job::Job;
use crate::words::Phrases;
use crate::words::gaps::is_link;
use crate::words::records::person;

/// Number of groups on a page.
const PER_PAGE: usize = 100;
/// Number of lines about one group.
const NAMED: usize = 12;

/// Values of the parameter that shows only what may still be found, or only what can no longer be obtained.
const FOUND: &str = "found";
const LOST: &str = "lost";

/// The view.
pub(in crate::desk) struct Gaps;

impl View for Gaps {
    fn info(&self) -> &'static Info {
        &Info { slug: "gaps", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.root()?;
        if !holds_anything(&root) {
            return Ok(context! { empty => true, live => true });
        }
        let (list, phrases) = (GapList::read(&root)?, desk.phrases());
        let (groups, given_up) = (list.groups()?, list.given_up_groups()?);
        let (kind, apart) = (query.get("kind"), query.has("given-up"));
        let (of, counts) = if apart { (&given_up, list.given_up_counts()) } else { (&groups, list.counts()) };
        let still = query.get("still").filter(|still| !apart && [FOUND, LOST].contains(still));
        let of_state = |group: &&Group<'_>| still.is_none_or(|still| has_state(group, still == LOST));
        let shown: Vec<&Group<'_>> = of.iter().filter(|group| of_kind(group, kind)).filter(of_state).collect();
        let pages = shown.len().div_ceil(PER_PAGE).max(1);
        let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, pages);
        let of_page = shown.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE);
        let entries: Vec<Value> = of_page.map(|group| entry(&phrases, group, apart)).collect();
        let kinds: Vec<Value> = counts
            .into_iter()
            .map(|(of, count)| context! { code => of.code(), count, current => kind == Some(of.code()) })
            .collect();
        let picked = query.get("pick").and_then(|key| groups.iter().find(|group| key_of(group) == key));
        let picked = picked.map(|group| {
            context! {
                key => key_of(group),
                name => name(&phrases, group),
                keeps => step(group) == Step::Keep,
                avatar => group.gaps.iter().any(|gap| gap.is_avatar()),
                listing => chooser::asked(&phrases, query, true),
                places => value(chooser::places()),
            }
        });
        let fetch = query.has("fetch").then(|| estimate(desk)).transpose()?;
        let knows_own = list.knows_own()?;
        let numbers = overview(&root, &Unattended::default())?.assets;
        // Without an owner nothing is counted as the owner's, and nothing can be given up as such.
        let several = numbers.is_empty() && list.open().any(|gap| gap.kind == SubjectKind::Article);
        let covered: Vec<String> = list.covered().iter().map(|(first, last)| format!("{first} – {last}")).collect();
        Ok(context! {
            numbers => value(numbers),
            heading => phrases.gap_heading(&list),
            entries, kinds, kind, still, page, pages, apart, knows_own, several,
            found => list.open_of(false).count(),
            lost => list.open_of(true).count(),
            damage => damage(&root)?,
            total => list.gaps.len(),
            open => list.open().count(),
            given_up => list.given_up().count(),
            picked,
            fetchable => list.open().any(is_fetchable),
            fetch,
            covered => desk.texts().list(&covered),
            missing_bills => list.missing_bills(Unattended::default().environment().today()?)?,
            ask_ends => !covered.is_empty() && !list.knows_ends(),
            typed => query.get("reason"),
            of => query.get("group"),
            live => true,
        })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let list = GapList::read(&desk.root()?)?;
        let mut bytes =
            serde_json::to_vec_pretty(&list.listed()).map_err(|error| Error::other("output-failed").because(error))?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }

    fn file(&self, desk: &Arc<Desk>, name: &str, _: &Form) -> Result<Option<Download>> {
        let list = GapList::read(&desk.root()?)?;
        Ok(Some(match name {
            "gaps.csv" => {
                let bytes = desk.phrases().gap_table(&list)?;
                Download { name: name.to_owned(), media_type: "text/csv; charset=utf-8", bytes, shown: false }
            }
            "gaps.html" => {
                let page = desk.phrases().gap_page(&list, &list.groups()?, "desk-");
                Download {
                    name: name.to_owned(),
                    media_type: "text/html; charset=utf-8",
                    bytes: page.into_bytes(),
                    shown: false,
                }
            }
            _ => return Ok(None),
        }))
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        let root = desk.root()?;
        match action {
            "waive" => {
                waive(desk, &root, form)?;
                return Ok(Some(Then::Say(back(form), "desk-gaps-given-up-done")));
            }
            "take-back" => {
                take_back(desk, &root, form)?;
                // After the last one its list is empty.
                let is_last = GapList::read(&root)?.given_up().next().is_none();
                let path = if is_last { "/gaps#list" } else { "/gaps?given-up=#list" };
                return Ok(Some(Then::Say(path.to_owned(), "desk-gaps-taken-back")));
            }
            "put" => {
                let path = form.get("path").ok_or_else(|| Error::usage("desk-gaps-no-file"))?;
                let list = List { roots: vec![PathBuf::from(path)], ..List::default() };
                let gap = form.get("pick").map(str::to_owned);
                errands::backup(desk, Request { list, gap, ..Request::default() })?;
            }
            "keep" => {
                let path = form.get("path").ok_or_else(|| Error::usage("desk-gaps-no-file"))?;
                free(desk)?;
                let is_avatar = |group: &Group<'_>| group.gaps.iter().any(|gap| gap.is_avatar());
                if with_group(&root, form.get("pick").unwrap_or_default(), false, is_avatar).unwrap_or(false) {
                    avatar::put(&root, Path::new(path), &Unattended::default())?;
                    desk.changed();
                    return Ok(Some(Then::Say("/gaps".to_owned(), "desk-gaps-avatar-held")));
                }
                let kind = desk.texts().get("document-document", &[]);
                keep::keep(&root, &[PathBuf::from(path)], &kind, &Unattended::default())?;
                desk.changed();
                return Ok(Some(Then::Say("/gaps".to_owned(), "desk-gaps-kept")));
            }
            // Reads the inputs again: the run asks for the password, or goes on where it was stopped.
            "again" => {
                let key = form.get("group").unwrap_or_default();
                if key == Gap::UNFINISHED {
                    // Whatever waits is read too; without anything to read the commit goes on all the same.
                    backup(desk, Inbox::of(&root).list().roots, false)?;
                    return Ok(Some(Then::Show("/progress".to_owned())));
                }
                let keys: Vec<String> =
                    with_group(&root, key, false, |group| group.gaps.iter().map(|gap| gap.key.clone()).collect())?;
                let inputs = gap_inputs::inputs(&root, &keys)?;
                if inputs.is_empty() {
                    let pick = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
                    return Ok(Some(Then::Say(format!("/gaps?pick={pick}#pick"), "desk-gaps-input-gone")));
                }
                backup(desk, inputs, false)?;
            }
            "fetch" => backup(desk, Vec::new(), true)?,
            // A run without inputs asks whose archive it is.
            "account" => backup(desk, Vec::new(), false)?,
            _ => return Ok(None),
        }
        Ok(Some(Then::Show("/progress".to_owned())))
    }
}

/// The step that closes a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The inputs are read again.
    Again,
    /// A file is chosen and read.
    Choose,
    /// A file is chosen and kept unchanged.
    Keep,
    /// The original is opened and saved.
    Open,
    /// A password is entered.
    Password,
    /// It is given up.
    Waive,
}

impl Step {
    const fn code(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Choose => "choose",
            Self::Keep => "keep",
            Self::Open => "open",
            Self::Password => "password",
            Self::Waive => "waive",
        }
    }
}

/// Returns the one step that helps, by the advice for the group.
fn step(group: &Group<'_>) -> Step {
    match group.advice().map(|advice| advice.code) {
        Some("gaps-do-page" | "gaps-do-media" | "gaps-do-paid") if link(group).is_some() => Step::Open,
        Some("gaps-do-waive") => Step::Waive,
        Some("gaps-do-password") => Step::Password,
        Some("gaps-do-again" | "gaps-do-finish") => Step::Again,
        Some("gaps-do-avatar" | "gaps-do-keep") => Step::Keep,
        _ => Step::Choose,
    }
}

/// Returns the address of the original that may be opened by a click.
fn link<'g>(group: &'g Group<'_>) -> Option<&'g str> {
    let of_article = group.article.as_ref().and_then(|article| article.url.as_deref());
    of_article.or_else(|| group.gaps.first()?.url.as_deref()).filter(|url| is_link(url))
}

/// Returns the key by which a group is named in an address.
fn key_of<'g>(group: &Group<'g>) -> &'g str {
    group.gaps.first().map(|gap| gap.key.as_str()).unwrap_or_default()
}

fn has_state(group: &Group<'_>, lost: bool) -> bool {
    group.gaps.iter().any(|gap| gap.is_lost() == lost)
}

/// Returns the damaged files that the last check of the archive found, for the template.
pub(super) fn damage(root: &Path) -> Result<Option<Value>> {
    let Some(damage) = known_damage(root)? else { return Ok(None) };
    let named: Vec<Value> = damage.files().take(NAMED).map(|(file, missing)| context! { file, missing }).collect();
    let more = damage.count().saturating_sub(NAMED);
    Ok(Some(context! { count => damage.count(), at => minute(damage.at), named, more }))
}

fn of_kind(group: &Group<'_>, kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| group.gaps.iter().any(|gap| gap.kind.code() == kind))
}

fn is_fetchable(gap: &Gap) -> bool {
    matches!(gap.kind, SubjectKind::Article | SubjectKind::Media | SubjectKind::Video)
        && gap.reason.can_be_filled()
        && gap.url.as_deref().is_some_and(is_link)
}

fn name(phrases: &Phrases<'_>, group: &Group<'_>) -> String {
    let title = group.article.as_ref().and_then(|article| article.title.clone());
    match (group.gaps.first(), title) {
        (_, Some(title)) => title,
        (Some(gap), None) if group.article.is_none() => phrases.gap_name(gap, group.number),
        _ => link(group).unwrap_or_else(|| key_of(group)).to_owned(),
    }
}

/// Returns a group for the template.
fn entry(phrases: &Phrases<'_>, group: &Group<'_>, given_up: bool) -> Value {
    // What an article lacks is counted: the addresses of its pictures say nothing to a reader.
    let mut lines: Vec<(String, String, Option<String>, usize)> = Vec::new();
    for gap in &group.gaps {
        let ((kind, reason), note) = (phrases.gap(gap), phrases.gap_unclear(gap));
        match lines.iter_mut().find(|line| (&line.0, &line.1, &line.2) == (&kind, &reason, &note)) {
            Some(line) => line.3 += 1,
            None => lines.push((kind, reason, note, 1)),
        }
    }
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    let lines = lines.into_iter().map(|(kind, reason, note, count)| context! { kind, reason, note, count });
    let date = match &group.article {
        Some(article) => article.date.clone(),
        None => group.gaps.first().and_then(|gap| Some(gap.date?.date())),
    };
    let advice = group.advice();
    let rule = advice.map(|advice| advice.rule).filter(|rule| !rule.is_empty() && !given_up);
    context! {
        key => key_of(group),
        name => name(phrases, group),
        date,
        link => link(group),
        lines => lines.collect::<Vec<_>>(),
        more,
        advice => phrases.gap_advice_of(group, "desk-"),
        step => (!given_up).then(|| step(group).code()),
        given_up,
        rule,
    }
}

/// Returns the name of the gap with this key if it is still to be filled. A list that cannot be read now says nothing.
pub(in crate::desk) fn still_open(desk: &Desk, root: &Path, key: &str) -> Option<String> {
    with_group(root, key, false, |group| name(&desk.phrases(), group)).ok()
}

/// Reads the gaps and calls `with` for the group that this key names: one of those that were given up, or of the others.
/// The archive is open meanwhile, so that nothing can be written into it.
fn with_group<T>(root: &Path, key: &str, given_up: bool, with: impl FnOnce(&Group<'_>) -> T) -> Result<T> {
    let list = GapList::read(root)?;
    let groups = if given_up { list.given_up_groups()? } else { list.groups()? };
    groups.iter().find(|group| key_of(group) == key).map(with).ok_or_else(|| Error::input("desk-gaps-group-gone"))
}

/// Gives up a group, with the reason that the user wrote.
fn waive(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<()> {
    free(desk)?;
    let (rule, names) = with_group(root, form.get("group").unwrap_or_default(), false, |group| {
        let first = group.gaps.first().map(|gap| gap.kind);
        let keys = group.gaps.iter().filter(|gap| Some(gap.kind) == first).map(|gap| gap.key.clone());
        (group.advice().map_or("", |advice| advice.rule), keys.collect::<Vec<_>>())
    })?;
    let rule = WaivedRule::find(None, rule, desk.language())?;
    let reason = form.get("reason").ok_or_else(|| Error::usage("desk-reason-wanted"))?;
    let host = Unattended::default();
    let draft = rule.draft_by(&Assessment::glance(root, &host)?, root, &names, &host)?;
    draft.record(reason, &person().unwrap_or_default(), &host)?;
    desk.changed();
    Ok(())
}

/// Takes back that a group was given up.
fn take_back(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<()> {
    free(desk)?;
    let key = form.get("group").unwrap_or_default();
    let keys: Vec<String> =
        with_group(root, key, true, |group| group.gaps.iter().flat_map(|gap| gap.keys()).collect())?;
    take_back_items(root, &keys, &Unattended::default())?;
    desk.changed();
    Ok(())
}

/// Returns what a fetch would do: how many pages and files, and about how long it takes.
fn estimate(desk: &Arc<Desk>) -> Result<Value> {
    let online = crawl_options(desk)?;
    let options = BackupOptions { online: Some(online.clone()), ..BackupOptions::default() };
    let rehearsal = Job { root: desk.root()?, options, ..Job::default() }.rehearse(&Unattended::default())?;
    let (pages, media) = (rehearsal.fetch_pages, rehearsal.fetch_media);
    let seconds = online.about(pages, media).as_secs();
    let pace = online.settings.gentle;
    Ok(context! {
        pages, media, seconds,
        minutes => seconds.div_ceil(60),
        hours => seconds.div_ceil(3600),
        every => (pace.interval + pace.jitter / 2).as_secs().max(1),
    })
}

/// Starts the main job, to read files or to fetch what is missing.
fn backup(desk: &Arc<Desk>, roots: Vec<PathBuf>, online: bool) -> Result<()> {
    let online = online.then(|| crawl_options(desk)).transpose()?;
    let list = List { roots, ..List::default() };
    errands::backup(desk, Request { list, online, ..Request::default() })
}

fn crawl_options(desk: &Desk) -> Result<CrawlOptions> {
    let config = Config::find(desk.options.config.as_deref())?;
    Ok(CrawlOptions { settings: config.network.settle()?, discover: false })
}

/// Checks that no run is in progress that holds the archive. A run that waits for files, or only looks, does not; if it
/// has just begun to write, the archive's lock says so.
pub(in crate::desk) fn free(desk: &Desk) -> Result<()> {
    match desk.workshop.now() {
        Some(now) if !matches!(now.code, "look" | "watch") => Err(Error::new(Kind::Lock, "desk-busy")),
        _ => Ok(()),
    }
}

/// Returns the page that the form was on.
fn back(form: &Form) -> String {
    let page = form.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
    let kind = form.get("kind").filter(|kind| kind.chars().all(|c| c.is_ascii_lowercase()));
    format!("/gaps?page={page}{}", kind.map(|kind| format!("&kind={kind}")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, GapReason};
    use crate::pipeline::archive::gap_list::Named;
    use crate::text::{Language, Texts};

    fn gap(kind: SubjectKind, reason: GapReason, url: Option<&str>) -> Gap {
        let json = serde_json::json!({ "kind": kind, "key": "k", "reason": reason, "url": url });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_gap_has_a_step_and_words_for_it_that_name_no_command() {
        let kinds = ["album", "article", "bill", "comment", "endpoint", "input", "media", "note", "rows", "video"];
        for language in Language::ALL {
            let texts = Texts::new(language);
            for kind in kinds.map(|kind| serde_json::from_value(serde_json::Value::from(kind)).unwrap()) {
                for reason in GapReason::ALL {
                    let gap = gap(kind, reason, Some("https://mp.weixin.qq.com/s/x"));
                    let group = Group { article: None, gaps: vec![&gap], number: None };
                    let id = format!("desk-{}", group.advice().unwrap().code);
                    let words = texts.find(&id, &[]).unwrap_or_else(|| panic!("{id}"));
                    assert!(!words.contains("liudi") && !words.contains("--"), "{words}");
                }
            }
        }
    }

    #[test]
    fn only_a_page_of_the_web_is_opened() {
        let article = |url: &str| Named { title: None, url: Some(url.to_owned()), date: None };
        let gap = gap(SubjectKind::Article, GapReason::NotHeld, None);
        let of = |url: &str| Group { article: Some(article(url)), gaps: vec![&gap], number: None };
        assert_eq!(step(&of("https://mp.weixin.qq.com/s/x")), Step::Open);
        for url in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "httpjavascript:x"] {
            assert_eq!((step(&of(url)), link(&of(url))), (Step::Choose, None), "{url}");
        }
    }

    #[test]
    fn an_action_leads_back_to_its_page() {
        let back = |text: &str| back(&Form::parse(text.as_bytes()));
        assert_eq!(back("page=3&kind=media"), "/gaps?page=3&kind=media");
        assert_eq!(back("page=x&kind=%22%3E%0d%0a"), "/gaps?page=1");
    }
}
