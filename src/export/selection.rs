//! The selection of what is republished, shared by all exporters. The archive keeps everything; an export shows what
//! the user selected.
//!
//! Rules of the same kind are alternatives (`--only album:甲 --only album:乙` selects both albums), rules of different
//! kinds must all match; `--except` and the hide list always win.

use std::sync::atomic::{AtomicBool, Ordering};

use super::form::{self, FORMS};
use crate::archive::PostEntry;
use crate::error::{Error, Result};
use crate::model::{AlbumFields, ArticleUrl};

/// A condition on a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Membership of this album, given by id or title.
    Album(String),
    /// Publication in a range of days. Each end may be shortened to a year, or a year and month, or left empty.
    Date(String, String),
    /// Identity by any of these aliases.
    Id(Vec<String>),
    /// Form of the post, one of [`FORMS`].
    Type(String),
}

impl Rule {
    /// Parses `album:…`, `date:2020..2022-03`, `date:2021`, `type:picture` or `id:…`, or a bare link or id.
    ///
    /// # Errors
    /// `selection-invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let invalid = || Error::usage("selection-invalid").with("rule", text);
        if let Some(url) = ArticleUrl::parse(text) {
            let aliases = url.aliases();
            return if aliases.is_empty() { Err(invalid()) } else { Ok(Self::Id(aliases)) };
        }
        let (kind, value) = text.split_once(':').unwrap_or(("id", text));
        let value = value.trim();
        match kind.trim() {
            _ if value.is_empty() => Err(invalid()),
            "album" => Ok(Self::Album(value.to_owned())),
            "date" => {
                let (from, to) = value.split_once("..").unwrap_or((value, value));
                let good = |day: &str| day.is_empty() || is_day(day);
                let ends = from.len().min(to.len());
                let is_range = !(from.is_empty() && to.is_empty()) && from[..ends] <= to[..ends];
                if good(from) && good(to) && is_range {
                    Ok(Self::Date(from.to_owned(), to.to_owned()))
                } else {
                    Err(invalid())
                }
            }
            "id" => match ArticleUrl::parse(value) {
                Some(url) => Ok(Self::Id(url.aliases())),
                None => Ok(Self::Id(vec![value.to_owned()])),
            },
            "short" | "sn" | "sha256" | "note" | "object" | "live" | "export" => Ok(Self::Id(vec![text.to_owned()])),
            "type" if FORMS.contains(&value) => Ok(Self::Type(value.to_owned())),
            _ => Err(invalid()),
        }
    }

    fn meets(&self, post: &PostEntry, albums: &[AlbumFields]) -> bool {
        let known_as = |alias: &String| post.names().any(|name| name == alias);
        match self {
            Self::Album(name) => {
                post.albums.iter().any(|album| album.id == *name || album.title == *name)
                    || albums
                        .iter()
                        .filter(|album| album.id.as_ref() == Some(name) || album.title.as_ref() == Some(name))
                        .any(|album| album.articles.iter().any(known_as))
            }
            // Comparing only the digits given makes a shortened end cover its whole year or month.
            Self::Date(from, to) => post.published.is_some_and(|time| {
                let day = time.date();
                let (after, before) = (day.get(..from.len()), day.get(..to.len()));
                after.is_some_and(|day| day >= from.as_str()) && before.is_some_and(|day| day <= to.as_str())
            }),
            Self::Id(aliases) => aliases.iter().any(known_as),
            Self::Type(name) => form::is(post, name),
        }
    }
}

/// Reports whether `text` has the form `2021`, `2021-03` or `2021-03-05`.
fn is_day(text: &str) -> bool {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    let in_year =
        |part: &str, last: u8| digits(part, 2) && part.parse().is_ok_and(|number| (1..=last).contains(&number));
    match parts[..] {
        [year] => digits(year, 4),
        [year, month] => digits(year, 4) && in_year(month, 12),
        // Days that a month does not have are no error: people write date:2023-02-31 for its end.
        [year, month, day] => digits(year, 4) && in_year(month, 12) && in_year(day, 31),
        _ => false,
    }
}

/// The rules of a run, each with the text that the user gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    only: Vec<(String, Rule)>,
    /// Of `--except` and of the hide list.
    except: Vec<(String, Rule)>,
}

impl Selection {
    /// Parses the rules of the command line.
    pub fn new<T: AsRef<str>>(only: &[T], except: &[T]) -> Result<Self> {
        let parse = |rules: &[T], option: &str| {
            let parsed = rules.iter().map(T::as_ref).map(|rule| Ok((format!("{option} {rule}"), Rule::parse(rule)?)));
            parsed.collect::<Result<Vec<_>>>()
        };
        Ok(Self { only: parse(only, "--only")?, except: parse(except, "--except")? })
    }

    /// Adds a hide list with one link, id or rule per line. Empty lines are ignored, and so is everything after a `#`
    /// that begins a line or follows a space.
    pub fn hide(&mut self, list: &str) -> Result<()> {
        self.hide_lines(list).map_err(|(_, error)| error)
    }

    /// As [`Self::hide`] for the text of a file. Fails with the number of the first line that is no condition.
    pub fn hide_file(&mut self, list: &str) -> std::result::Result<(), usize> {
        self.hide_lines(list).map_err(|(line, _)| line)
    }

    fn hide_lines(&mut self, list: &str) -> std::result::Result<(), (usize, Error)> {
        for (at, line) in list.trim_start_matches('\u{feff}').lines().enumerate() {
            let rule = line.split(" #").next().unwrap_or_default().trim();
            if rule.is_empty() || rule.starts_with('#') {
                continue;
            }
            let parsed = Rule::parse(rule).map_err(|error| (at + 1, error))?;
            self.except.push((rule.to_owned(), parsed));
        }
        Ok(())
    }

    /// Reports whether everything is selected.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.except.is_empty()
    }

    /// Returns a chooser that applies these rules.
    pub fn chooser(&self) -> Chooser<'_> {
        let unused = |rules: &[(String, Rule)]| rules.iter().map(|_| AtomicBool::new(false)).collect();
        Chooser { selection: self, used_only: unused(&self.only), used_except: unused(&self.except) }
    }
}

/// A selection in use, which records which of its rules matched.
#[derive(Debug)]
pub struct Chooser<'a> {
    selection: &'a Selection,
    used_only: Vec<AtomicBool>,
    used_except: Vec<AtomicBool>,
}

impl Chooser<'_> {
    /// Reports whether `post` is republished.
    pub fn takes(&self, post: &PostEntry, albums: &[AlbumFields]) -> bool {
        // Every rule is tested, so that none is reported as unused because an earlier one matched.
        let matching = |rules: &[(String, Rule)], used: &[AtomicBool]| {
            let meets = rules.iter().zip(used).map(|((_, rule), used)| {
                let meets = rule.meets(post, albums);
                if meets {
                    used.store(true, Ordering::Relaxed);
                }
                meets
            });
            meets.collect::<Vec<bool>>()
        };
        let only = matching(&self.selection.only, &self.used_only);
        if matching(&self.selection.except, &self.used_except).contains(&true) {
            return false;
        }
        let kinds = [
            |rule: &Rule| matches!(rule, Rule::Album(_)),
            |rule: &Rule| matches!(rule, Rule::Date(..)),
            |rule: &Rule| matches!(rule, Rule::Id(_)),
            |rule: &Rule| matches!(rule, Rule::Type(_)),
        ];
        kinds.iter().all(|of_kind| {
            let rules = self.selection.only.iter().zip(&only).filter(|((_, rule), _)| of_kind(rule));
            let mut meets = rules.map(|(_, meets)| *meets).peekable();
            meets.peek().is_none() || meets.any(|meets| meets)
        })
    }

    /// Returns the rules that matched nothing. Such a rule may be misspelt, so that something is shown that should be
    /// hidden.
    pub fn unused(&self) -> Vec<String> {
        let unused = |rules: &[(String, Rule)], used: &[AtomicBool]| {
            let unused = rules.iter().zip(used).filter(|(_, used)| !used.load(Ordering::Relaxed));
            unused.map(|((text, _), _)| text.clone()).collect::<Vec<_>>()
        };
        let only = unused(&self.selection.only, &self.used_only);
        [only, unused(&self.selection.except, &self.used_except)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_in_every_form() {
        let id = |alias: &str| Rule::Id(vec![alias.to_owned()]);
        assert_eq!(Rule::parse("https://mp.weixin.qq.com/s/AbC?scene=1#rd").unwrap(), id("short:AbC"));
        assert_eq!(Rule::parse("short:AbC").unwrap(), id("short:AbC"));
        assert_eq!(Rule::parse("id:MzA=_265_1").unwrap(), id("MzA=_265_1"));
        assert_eq!(Rule::parse("MzA=_265_1").unwrap(), id("MzA=_265_1"));
        assert_eq!(Rule::parse("date:2020..").unwrap(), Rule::Date("2020".into(), String::new()));
        assert_eq!(Rule::parse("date:2020-03..2020").unwrap(), Rule::Date("2020-03".into(), "2020".into()));
        assert_eq!(Rule::parse("date:2020-03").unwrap(), Rule::Date("2020-03".into(), "2020-03".into()));
        for bad in [
            "",
            "date:..",
            "date:20",
            "date:2020-3",
            "date:2022..2020",
            "date:2023-13",
            "date:2023-00-01",
            "date:2023-01-32",
            "date:2020-03..2020-02-01",
            "type:novel",
            "colour:red",
            "album:",
        ] {
            assert_eq!(Rule::parse(bad).unwrap_err().code(), "selection-invalid", "{bad}");
        }
    }
}
