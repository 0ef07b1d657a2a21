//! Puts the gaps of an archive into words: their names, reasons and advice, and a page of links.

use std::fmt::Write as _;

use super::Phrases;
use crate::error::Result;
use crate::model::gap::numbered;
use crate::model::{Gap, SubjectKind, Time};
use crate::pipeline::archive::gap_list::{self, Advice, GapList, GapName, Group, Listed};
use crate::pipeline::commit::tables::Table;

impl Phrases<'_> {
    /// Returns kind and reason of a gap.
    pub fn gap(&self, gap: &Gap) -> (String, String) {
        (self.texts.code("kind", gap.kind.code()), self.texts.code("gap", gap_list::reason_code(gap)))
    }

    /// Returns the name by which the user knows a gap.
    pub fn gap_title(&self, gap: &Gap) -> String {
        let texts = self.texts;
        match gap_list::name(gap) {
            GapName::Text(text) => text.to_owned(),
            GapName::Days(first, last) => texts.get("plan-range", &[("from", first), ("until", last)]),
            GapName::Avatar => texts.get("gaps-avatar", &[]),
            GapName::Unfinished => texts.get("gaps-unfinished", &[]),
            GapName::Rows(dataset, detail) => match (texts.find_code("dataset", dataset), detail) {
                (Some(name), Some(detail)) => {
                    texts.get("ready-reason-detail", &[("reason", &name), ("detail", detail)])
                }
                (Some(name), None) => name,
                (None, _) => gap.key.clone(),
            },
        }
    }

    /// Returns the name of a gap, with its number if it is one of several inputs of that name.
    pub fn gap_name(&self, gap: &Gap, number: Option<usize>) -> String {
        let title = self.gap_title(gap);
        number.map_or_else(|| title.clone(), |number| numbered(&title, number))
    }

    /// Returns a note if files next to the page may be the missing picture.
    pub fn gap_unclear(&self, gap: &Gap) -> Option<String> {
        gap_list::unclear(gap).map(|names| self.text("gaps-unclear", &[("names", names)]))
    }

    /// Returns the advice for a group, which names commands.
    pub fn gap_advice(&self, group: &Group<'_>) -> String {
        self.gap_advice_of(group, "")
    }

    /// Returns the advice for a group. `prefix` begins its id: empty for the words that name commands, `desk-` for those
    /// that name buttons. What a file needs that could not be read depends on why, which its problem says.
    pub fn gap_advice_of(&self, group: &Group<'_>, prefix: &str) -> String {
        if group.advice().is_some_and(|advice| advice.code == "gaps-do-input")
            && let Some(gap) = group.gaps.first()
            && let Some(hint) =
                gap.detail.as_deref().and_then(|code| self.hint(code, &[("path", &self.gap_title(gap))]))
        {
            return hint;
        }
        let words = |advice: Advice<'_>| {
            self.text(&format!("{prefix}{}", advice.code), &[("rule", advice.rule), ("key", advice.key)])
        };
        group.advice().map(words).unwrap_or_default()
    }

    /// Returns the number of gaps of each kind that are still to be filled: `文章 3 项、图片音视频 1 项`.
    pub fn gap_counts(&self, list: &GapList) -> String {
        let one = |(kind, count): (SubjectKind, u64)| {
            let kind = self.texts.code("kind", kind.code());
            self.texts.get("gaps-kind-count", &[("kind", &kind), ("count", &count.to_string())])
        };
        self.texts.list(&list.counts().into_iter().map(one).collect::<Vec<_>>())
    }

    /// Returns the gaps as a table for people: with words, in the order in which they are asked for.
    ///
    /// # Errors
    /// `table-write-failed`.
    pub fn gap_table(&self, list: &GapList) -> Result<Vec<u8>> {
        const COLUMNS: [&str; 7] = ["kind", "name", "date", "reason", "url", "given-up", "key"];
        let heading = COLUMNS.map(|column| self.texts.code("gaps-column", column));
        let mut table = Table::new(&heading.each_ref().map(String::as_str))?;
        for Listed { gap, given_up, number } in list.listed() {
            let (kind, reason) = self.gap(gap);
            let date = gap.date.map(Time::date).unwrap_or_default();
            let given_up = if given_up { self.texts.code("answer", "yes") } else { String::new() };
            let url = gap.url.clone().unwrap_or_default();
            table.row_for_people([kind, self.gap_name(gap, number), date, reason, url, given_up, gap.key.clone()])?;
        }
        table.finish()
    }

    /// Returns in words how many gaps are still to be filled, and how many were given up.
    pub fn gap_heading(&self, list: &GapList) -> String {
        let (open, given_up) = (list.open().count(), list.given_up().count());
        let id = match (open, given_up) {
            (_, 0) => "gaps-title",
            (0, _) => "gaps-title-given-up",
            _ => "gaps-title-and-given-up",
        };
        self.text(id, &[("count", &open.to_string()), ("given_up", &given_up.to_string())])
    }

    /// Returns a self-contained page of links that loads nothing by itself. `prefix` begins the ids of its advice:
    /// empty for the words that name commands, `desk-` for those that name buttons.
    pub fn gap_page(&self, list: &GapList, groups: &[Group<'_>], prefix: &str) -> String {
        const STYLE: &str = ":root{color-scheme:light dark}*{box-sizing:border-box}\
            body{font:1rem/1.7 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;overflow-wrap:anywhere}\
            h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.1rem;line-height:1.5;margin:0}\
            section{border-top:1px solid #8884;padding:.8rem 0}ul{margin:.3rem 0;padding-inline-start:1.2rem}\
            p{margin:.3rem 0}.soft{opacity:.75}code{font-size:.86em}a:visited{opacity:.55}\
            a.all{display:inline-block;padding:.2rem 0}";
        let mut sections = String::new();
        let link = |url: Option<&str>, name: &str| match url.filter(|url| is_link(url)) {
            Some(url) => {
                format!("<a href=\"{}\" rel=\"noreferrer\" target=\"_blank\">{}</a>", escape(url), escape(name))
            }
            None => escape(name),
        };
        for group in groups {
            let Some(first) = group.gaps.first() else { continue };
            let (name, url, date) = match &group.article {
                Some(article) => {
                    let name = article.title.clone().unwrap_or_else(|| first.key.clone());
                    (name, article.url.clone(), article.date.clone())
                }
                None => (self.gap_name(first, group.number), first.url.clone(), first.date.map(Time::date)),
            };
            let date = escape(&date.unwrap_or_default());
            let _ =
                write!(sections, "<section><h2>{}</h2><p class=\"soft\">{date}</p><ul>", link(url.as_deref(), &name));
            for gap in &group.gaps {
                let (kind, reason) = self.gap(gap);
                let note = self.gap_unclear(gap).map(|note| format!("<br>{}", escape(&note))).unwrap_or_default();
                let _ = write!(sections, "<li>{} · {}{note}</li>", escape(&kind), escape(&reason));
            }
            let _ = writeln!(sections, "</ul><p>→ {}</p></section>", escape(&self.gap_advice_of(group, prefix)));
        }
        let heading = escape(&self.gap_heading(list));
        let kinds = escape(&self.gap_counts(list));
        let hint = escape(&self.text(&format!("{prefix}gaps-page-hint"), &[]));
        format!(
            "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{heading}</title><style>{STYLE}</style></head>\n\
             <body><main><h1>{heading}</h1><p>{kinds}</p><p class=\"soft\">{hint}</p>\n{sections}</main></body></html>\n",
            self.texts.language().tag()
        )
    }
}

/// Reports whether an address may be opened by a click: `javascript:` and the like may not.
pub fn is_link(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_are_links() {
        assert!(is_link("https://mp.weixin.qq.com/s/x") && is_link("http://mp.weixin.qq.com/s/x"));
        for url in ["javascript:alert(1)", "data:text/html,x", "httpx://a", "file:///etc", "//a", ""] {
            assert!(!is_link(url), "{url}");
        }
    }
}
