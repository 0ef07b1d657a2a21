//! Lists the gaps of an archive, grouped so that one action closes each group.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use super::bill_days::BillDays;
use super::bills;
use super::gaps;
pub use super::gaps::Named;
use super::state;
use crate::archive::Archive;
use crate::audit::fill;
use crate::error::Result;
use crate::model::gap::{numbered, numbers};
use crate::model::{Gap, GapReason, SubjectKind, Time};
use crate::pipeline::commit::tables::{GAP_COLUMNS, Table, gap_row};

/// The gaps of an archive. Keeps the archive open for reading.
#[derive(Debug)]
pub struct GapList {
    /// Every gap.
    pub gaps: Vec<Gap>,
    archive: Archive,
    days: BillDays,
    /// Keys of the items that the owner gave up.
    waived: BTreeSet<String>,
    /// Numbers of the inputs that have one name, by key.
    numbers: BTreeMap<String, usize>,
}

impl GapList {
    /// Reads the gaps of the archive at `root`.
    ///
    /// # Errors
    /// `archive-unfinished`, `gaps-unreadable`, and the errors of opening the archive.
    pub fn read(root: &Path) -> Result<Self> {
        state::check_finished(root)?;
        Self::of_archive(Archive::open(root)?)
    }

    /// Reads the gaps of an open archive.
    ///
    /// # Errors
    /// `gaps-unreadable`.
    pub fn of_archive(archive: Archive) -> Result<Self> {
        let days = BillDays::read(&archive)?;
        let gaps = gaps::all(&archive, &days)?;
        let waived = fill::records(&archive)?.waivers.items();
        let numbers = numbers(gaps.iter()).into_iter().map(|(key, number)| (key.to_owned(), number)).collect();
        Ok(Self { gaps, archive, days, waived, numbers })
    }

    /// Returns every gap, with a sign on those that the owner gave up.
    pub fn listed(&self) -> Vec<Listed<'_>> {
        self.gaps.iter().map(|gap| self.of_list(gap)).collect()
    }

    fn of_list<'g>(&'g self, gap: &'g Gap) -> Listed<'g> {
        Listed { gap, given_up: gap.is_among(&self.waived), number: self.numbers.get(&gap.key).copied() }
    }

    /// Returns every gap as a table, with a column for those that the owner gave up.
    ///
    /// # Errors
    /// The errors of writing CSV.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut table = Table::new(&[GAP_COLUMNS, &["given_up"]].concat())?;
        for Listed { gap, given_up, number } in self.listed() {
            let sign = if given_up { "yes" } else { "" };
            let title = gap.title.as_deref().zip(number).map(|(title, number)| numbered(title, number));
            let row = gap_row(&Gap { title: title.or_else(|| gap.title.clone()), ..gap.clone() });
            table.row_for_people(row.into_iter().chain([sign.to_owned()]))?;
        }
        table.finish()
    }

    /// Returns the addresses of what is still to be filled.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.open().filter_map(|gap| gap.url.as_deref())
    }

    /// Returns the gaps that are still to be filled. On days of which the platform declares that there is no bill
    /// nothing is missing.
    pub fn open(&self) -> impl Iterator<Item = &Gap> {
        self.of(false)
    }

    /// Returns the gaps that the owner gave up.
    pub fn given_up(&self) -> impl Iterator<Item = &Gap> {
        self.of(true)
    }

    /// Returns those of the gaps still to be filled that can no longer be obtained, or the others.
    pub fn open_of(&self, lost: bool) -> impl Iterator<Item = &Gap> {
        self.open().filter(move |gap| gap.is_lost() == lost)
    }

    fn of(&self, given_up: bool) -> impl Iterator<Item = &Gap> {
        let missing = self.gaps.iter().filter(|gap| gap.reason != GapReason::NoBill);
        missing.filter(move |gap| gap.is_among(&self.waived) == given_up)
    }

    /// Returns what is still to be filled in groups: missing articles first, then incomplete articles, then the rest.
    ///
    /// # Errors
    /// `gaps-unreadable`.
    pub fn groups(&self) -> Result<Vec<Group<'_>>> {
        Ok(grouped(self.open(), &gaps::titles(&self.archive)?, &self.numbers))
    }

    /// Returns what was given up in groups, in the same order.
    ///
    /// # Errors
    /// `gaps-unreadable`.
    pub fn given_up_groups(&self) -> Result<Vec<Group<'_>>> {
        Ok(grouped(self.given_up(), &gaps::titles(&self.archive)?, &self.numbers))
    }

    /// Counts what is still to be filled by kind.
    pub fn counts(&self) -> BTreeMap<SubjectKind, u64> {
        by_kind(self.open())
    }

    /// Counts what was given up by kind.
    pub fn given_up_counts(&self) -> BTreeMap<SubjectKind, u64> {
        by_kind(self.given_up())
    }

    /// Returns true if the archive holds or lists anything of its own account; otherwise it is unknown what is missing.
    ///
    /// # Errors
    /// `gaps-unreadable`.
    pub fn knows_own(&self) -> Result<bool> {
        gaps::knows_own(&self.archive)
    }

    /// Returns the ranges of days that the owner's bills cover.
    pub fn covered(&self) -> &[(Date, Date)] {
        self.days.covered.ranges()
    }

    /// Counts the bills of merchants' days before `today` that are missing and were not given up. They are no gaps: whether there
    /// was a trade on them is not known.
    ///
    /// # Errors
    /// Those of reading the bills.
    pub fn missing_bills(&self, today: Date) -> Result<usize> {
        bills::missing_bills(&self.archive, today)
    }

    /// Returns true if the owner recorded the first and the last trade; otherwise it is unknown what lies outside the
    /// bills.
    pub fn knows_ends(&self) -> bool {
        self.days.knows_ends
    }
}

/// A gap as it is listed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Listed<'g> {
    /// The gap.
    #[serde(flatten)]
    pub gap: &'g Gap,
    /// Whether the owner gave it up.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// Number of the input among those of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
}

/// A group of gaps that one action closes: those of one article, or a single gap without an article.
#[derive(Clone, Debug)]
pub struct Group<'g> {
    /// Article; `None` for a gap without one.
    pub article: Option<Named>,
    /// Gaps of the group.
    pub gaps: Vec<&'g Gap>,
    /// Number of the input among those of its name.
    pub number: Option<usize>,
}

fn by_kind<'g>(gaps: impl Iterator<Item = &'g Gap>) -> BTreeMap<SubjectKind, u64> {
    let mut kinds: BTreeMap<SubjectKind, u64> = BTreeMap::new();
    gaps.for_each(|gap| *kinds.entry(gap.kind).or_default() += 1);
    kinds
}

/// Groups the gaps: missing articles first, then incomplete articles, then the rest.
fn grouped<'g>(
    gaps: impl Iterator<Item = &'g Gap>,
    titles: &BTreeMap<String, Named>,
    numbers: &BTreeMap<String, usize>,
) -> Vec<Group<'g>> {
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'g>> = Vec::new();
    let rank = |gap: &Gap| (gap.kind != SubjectKind::Article, gap.of.is_none());
    let mut sorted: Vec<&Gap> = gaps.collect();
    sorted.sort_by_key(|gap| rank(gap));
    for gap in sorted {
        let parent = gap.of.as_deref().or_else(|| (gap.kind == SubjectKind::Article).then_some(&gap.key));
        match parent {
            None => {
                groups.push(Group { article: None, gaps: vec![gap], number: numbers.get(&gap.key).copied() });
            }
            Some(parent) => {
                let at = *of.entry(parent).or_insert_with(|| {
                    let known = titles.get(parent).cloned().unwrap_or_else(|| Named {
                        title: gap.title.clone(),
                        url: gap.url.clone().filter(|_| gap.kind == SubjectKind::Article),
                        date: gap.date.map(Time::date),
                    });
                    groups.push(Group { article: Some(known), gaps: Vec::new(), number: None });
                    groups.len() - 1
                });
                groups[at].gaps.push(gap);
            }
        }
    }
    groups
}

/// Advice for a group; the text is `code`, with the rule and the key as arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice<'g> {
    /// Id of the text.
    pub code: &'static str,
    /// Rule by which the gap can be waived; empty if there is none.
    pub rule: &'static str,
    /// Key of the first gap.
    pub key: &'g str,
}

/// Codes of inputs that exceed a configurable limit.
const LIMITS: &[&str] = &[
    "gzip-ratio",
    "input-too-deep",
    "zip-members-too-large",
    "zip-ratio",
    "zip-too-deep",
    "zip-too-large",
    "zip-too-many-members",
];

impl<'g> Group<'g> {
    /// Returns the advice for this group.
    pub fn advice(&self) -> Option<Advice<'g>> {
        let first = *self.gaps.first()?;
        let page = self.article.as_ref().and_then(|article| article.url.as_deref()).or(first.url.as_deref());
        let rule = match first.kind {
            SubjectKind::Article => "content.articles.count",
            // No rule asks for the avatar, and so none can be waived.
            SubjectKind::Media if !first.is_avatar() => "content.articles.assets",
            SubjectKind::Input if first.is_unread_input() && !first.is_of_unfinished() => "health.inputs",
            _ => "",
        };
        let code = match first.reason {
            reason if reason.is_unavailable() => {
                if rule.is_empty() {
                    "gaps-do-lost"
                } else {
                    "gaps-do-waive"
                }
            }
            GapReason::PasswordNeeded => "gaps-do-password",
            GapReason::StillEncrypted => "next-encrypted",
            GapReason::PartialPaid => "gaps-do-paid",
            GapReason::BrokenInput if first.detail.as_deref().is_some_and(|code| LIMITS.contains(&code)) => {
                "gaps-do-limit"
            }
            GapReason::BrokenInput if is_of_bill(first) => "gaps-do-whole-bill",
            GapReason::BrokenInput | GapReason::TooLarge => "gaps-do-input",
            GapReason::NotRead if first.is_of_unfinished() => "gaps-do-finish",
            GapReason::NotRead => "gaps-do-again",
            GapReason::NotPermitted | GapReason::UnsupportedType => "gaps-do-keep",
            _ if first.kind == SubjectKind::Bill => "gaps-do-bill",
            _ if first.is_avatar() => "gaps-do-avatar",
            _ if matches!(first.kind, SubjectKind::Media) && self.article.is_some() && page.is_some() => {
                "gaps-do-media"
            }
            _ if page.is_some_and(|url| url.starts_with("http")) => "gaps-do-page",
            _ => "gaps-do-export",
        };
        Some(Advice { code, rule, key: &first.key })
    }
}

/// Returns the code of a gap's reason; the text is `gap-<code>`.
pub fn reason_code(gap: &Gap) -> &'static str {
    match (gap.kind, gap.reason) {
        // A bill's days are not named by any list.
        (SubjectKind::Bill, GapReason::NotHeld) => "bill-days",
        (_, GapReason::BrokenInput) if is_of_bill(gap) => "bill-in-part",
        _ if gap.is_of_unfinished() => "unfinished",
        _ => gap.reason.code(),
    }
}

/// Reports whether a broken input is a bill that was read, and whose own totals or table say that something is missing.
fn is_of_bill(gap: &Gap) -> bool {
    gap.detail.as_deref().is_some_and(|code| code.starts_with("bill-"))
}

/// The name of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapName<'g> {
    /// Title or key.
    Text(&'g str),
    /// First and last day of a range.
    Days(&'g str, &'g str),
    /// Code of a table, and how many of its rows are held.
    Rows(&'g str, Option<&'g str>),
    /// Avatar of the account.
    Avatar,
    /// Unfinished commit.
    Unfinished,
}

/// Returns the name of a gap.
pub fn name(gap: &Gap) -> GapName<'_> {
    if gap.kind == SubjectKind::Bill
        && let Some((first, last)) = gap.title.as_deref().and_then(|title| title.split_once(".."))
    {
        return GapName::Days(first, last);
    }
    if gap.is_of_unfinished() {
        return GapName::Unfinished;
    }
    let dataset = gap.key.strip_prefix("rows:").and_then(|rest| rest.split('/').next());
    match (gap.title.as_deref(), dataset, gap.detail.as_deref()) {
        (Some(title), ..) => GapName::Text(title),
        // More rows are declared than are held: names the table and both numbers.
        (None, Some(dataset), detail) => GapName::Rows(dataset, detail),
        (None, None, _) if gap.is_avatar() => GapName::Avatar,
        // A short link says no more than its address, which can be opened.
        (None, None, _) => {
            GapName::Text(gap.url.as_deref().filter(|_| gap.key.starts_with("short:")).unwrap_or(&gap.key))
        }
    }
}

/// Returns the names of files next to the page that may be the missing picture.
pub fn unclear(gap: &Gap) -> Option<&str> {
    gap.detail.as_deref()?.strip_prefix(Gap::UNCLEAR)
}
