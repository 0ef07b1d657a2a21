//! Writes inline content: bold, italic and struck-out text, links, code, pictures. Places the delimiters so that they
//! work next to Chinese punctuation, where CommonMark reads `第**加粗，**后文` as literal asterisks.

use std::sync::LazyLock;

use regex::Regex;

use super::code::code_span;
use super::escape;

/// Style of a piece of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) link: Option<String>,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
    /// Whether line breaks of the text are shown.
    pub(super) breaks: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    /// Unescaped text; white space is collapsed later.
    Text(String),
    /// Unescaped code.
    Code(String),
    /// Finished Markdown: code, a picture, raw markup.
    Ready(String),
    /// A hard line break.
    Break,
}

/// Line break in the cell of a table.
pub(super) const CELL: &str = "<br>";

/// A line under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Vec<(Style, Inline)>);

impl Line {
    pub(super) fn push(&mut self, look: &Style, piece: Inline) {
        if let Some((last, before)) = self.0.last_mut()
            && last == look
        {
            match (&piece, before) {
                // Two pieces of code would make one span with backticks inside.
                (Inline::Text(text), Inline::Text(before)) | (Inline::Code(text), Inline::Code(before)) => {
                    before.push_str(text);
                    return;
                }
                _ => {}
            }
        }
        self.0.push((look.clone(), piece));
    }

    /// Ends a line that holds anything.
    pub(super) fn end(&mut self, look: &Style) {
        if !matches!(self.0.last(), None | Some((_, Inline::Break))) {
            self.push(look, Inline::Break);
        }
    }

    /// Adds text with its line breaks if they are shown.
    pub(super) fn text(&mut self, look: &Style, text: &str) {
        for (number, line) in text.split(|c| c == '\n' && look.breaks).enumerate() {
            if number > 0 {
                self.push(look, Inline::Break);
            }
            self.push(look, Inline::Text(line.to_owned()));
        }
    }

    /// Removes bold if the whole line is bold: in a heading it has no meaning.
    pub(super) fn lighten(&mut self) {
        if self.0.iter().all(|(look, piece)| look.bold || *piece == Inline::Break) {
            self.0.iter_mut().for_each(|(look, _)| look.bold = false);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.0.iter().any(|(_, piece)| match piece {
            Inline::Text(text) => text.chars().any(is_seen),
            Inline::Ready(text) | Inline::Code(text) => !text.is_empty(),
            Inline::Break => false,
        })
    }

    /// Takes the line as Markdown; `newline` is written for a hard line break.
    pub(super) fn take(&mut self, newline: &str) -> String {
        let mut pieces = std::mem::take(&mut self.0);
        for (_, piece) in &mut pieces {
            if let Inline::Code(code) = piece {
                *piece = Inline::Ready(code_span(code, newline == CELL));
            }
        }
        collapse(&mut pieces);
        let mut out = String::new();
        links(&pieces, newline, &mut out);
        out
    }
}

fn is_seen(c: char) -> bool {
    !(c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}'))
}

/// Collapses white space across pieces, and removes it at both ends and around hard line breaks.
fn collapse(pieces: &mut Vec<(Style, Inline)>) {
    let is_blank = |c: char| matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}');
    let mut spaced = true;
    for (_, piece) in pieces.iter_mut() {
        match piece {
            Inline::Break => spaced = true,
            Inline::Ready(_) | Inline::Code(_) => spaced = false,
            Inline::Text(text) => {
                let mut plain = String::with_capacity(text.len());
                for c in text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')) {
                    // A non-breaking space looks like a space; in a text file it only misleads.
                    let blank = is_blank(c) || c == '\u{a0}';
                    if !blank {
                        plain.push(c);
                    } else if !spaced {
                        plain.push(' ');
                    }
                    spaced = blank;
                }
                *text = plain;
            }
        }
    }
    let mut ends = true;
    for (_, piece) in pieces.iter_mut().rev() {
        match piece {
            Inline::Break => ends = true,
            Inline::Text(text) if ends => {
                text.truncate(text.trim_end_matches(' ').len());
                ends = text.is_empty();
            }
            _ => ends = false,
        }
    }
    pieces.retain(|(_, piece)| !matches!(piece, Inline::Text(text) if text.is_empty()));
    // A link without words is none, but its space separates words.
    for at in 0..pieces.len() {
        let is_alone = |other: Option<&(Style, Inline)>| other.is_none_or(|(look, _)| look.link != pieces[at].0.link);
        if matches!(&pieces[at].1, Inline::Text(text) if text == " ")
            && is_alone(at.checked_sub(1).map(|before| &pieces[before]))
            && is_alone(pieces.get(at + 1))
        {
            pieces[at].0.link = None;
        }
    }
    while matches!(pieces.last(), Some((_, Inline::Break))) {
        pieces.pop();
    }
    let lead = pieces.iter().take_while(|(_, piece)| *piece == Inline::Break).count();
    pieces.drain(..lead);
}

type Pieces<'a> = &'a [(Style, Inline)];

/// Writes pieces, grouping those of one link.
fn links(pieces: Pieces<'_>, newline: &str, out: &mut String) {
    let mut at = 0;
    for run in pieces.chunk_by(|a, b| a.0.link == b.0.link) {
        at += run.len();
        let Some(url) = &run[0].0.link else {
            let after = first(pieces.get(at), false, &MARKS);
            Run { newline, linked: false, has_tags: false }.marked(run, &MARKS, after, out);
            continue;
        };
        let mut inner = String::new();
        Run { newline, linked: true, has_tags: false }.marked(run, &MARKS, Some(']'), &mut inner);
        let words = inner.trim();
        if !words.is_empty() {
            bracket(out);
            out.push('[');
            out.push_str(words);
            // pandoc takes the text that directly follows an address to be part of it, and loses its marks.
            let is_apart = match pieces.get(at) {
                None | Some((_, Inline::Break)) => true,
                Some((_, Inline::Text(text))) => text.starts_with(' '),
                Some(_) => false,
            };
            let url = escape::url(url);
            if is_apart || !url.contains(':') {
                out.extend(["](", &url, ")"]);
            } else {
                out.extend(["](<", &url, ">)"]);
            }
        }
    }
}

/// Escapes a preceding exclamation mark, which would turn a following bracket into a picture.
fn bracket(out: &mut String) {
    if out.ends_with('!') && !out.ends_with("\\!") {
        out.pop();
        out.push_str("\\!");
    }
}

/// Returns the first character that a piece will be written with inside of other marks than `marks`; `linked` means
/// inside the piece's own link.
fn first(piece: Option<&(Style, Inline)>, linked: bool, marks: &[Mark]) -> Option<char> {
    let (look, _) = piece?;
    if look.link.is_some() && !linked {
        return Some('[');
    }
    if let Some((delimiter, _)) = marks.iter().find(|(_, has)| has(look)) {
        return delimiter.chars().next();
    }
    match piece? {
        (_, Inline::Text(text)) => text.chars().next(),
        (_, Inline::Ready(ready) | Inline::Code(ready)) => ready.chars().next(),
        (_, Inline::Break) => None,
    }
}

/// Kind of emphasis: its delimiter, and the test whether a style has it.
type Mark = (&'static str, fn(&Style) -> bool);

const BOLD: &str = "**";
const ITALIC: &str = "*";

const MARKS: [Mark; 3] = [(BOLD, |look| look.bold), (ITALIC, |look| look.italic), ("~~", |look| look.struck)];

/// Context of a run of pieces being written.
#[derive(Clone, Copy)]
struct Run<'n> {
    /// Markdown of a hard line break.
    newline: &'n str,
    /// Whether the run is inside a link.
    linked: bool,
    /// Whether italic text is written between tags.
    has_tags: bool,
}

/// Reports whether programs pair the asterisks of a bold text differently: one of which a part is italic, unless it is
/// one part of plain letters.
fn is_mixed(mut bold: Pieces<'_>) -> bool {
    // Punctuation at the ends is not emphasised.
    let is_stop = |(look, piece): &(Style, Inline)| {
        let is_stop = |c| c == ' ' || STOPS.contains(&c);
        !look.italic && !look.struck && matches!(piece, Inline::Text(text) if text.chars().all(is_stop))
    };
    let whole = bold.len();
    while let Some((_, rest)) = bold.split_first().filter(|(first, _)| is_stop(first)) {
        bold = rest;
    }
    while let Some((_, rest)) = bold.split_last().filter(|(last, _)| is_stop(last)) {
        bold = rest;
    }
    let is_plain = |(look, piece): &(Style, Inline)| {
        !look.struck && matches!(piece, Inline::Text(text) if text.chars().all(|c| c.is_alphanumeric() || c == ' '))
    };
    let parts: Vec<bool> = bold.chunk_by(|a, b| a.0.italic == b.0.italic).map(|part| part[0].0.italic).collect();
    let italic = parts.iter().filter(|is_italic| **is_italic).count();
    let is_struck = bold.len() < whole && italic > 0 && bold.iter().any(|(look, _)| look.struck);
    is_struck || parts.len() > 1 && (italic > 1 || !bold.iter().all(is_plain))
}

impl Run<'_> {
    fn marked(self, pieces: Pieces<'_>, marks: &[Mark], after: Option<char>, out: &mut String) {
        let Some(((delimiter, has), inner_marks)) = marks.split_first() else {
            for (_, piece) in pieces {
                match piece {
                    Inline::Text(text) if self.linked => escape::words(text, out),
                    Inline::Text(text) => escape::text(text, out),
                    Inline::Ready(ready) | Inline::Code(ready) => {
                        if ready.starts_with('[') {
                            bracket(out);
                        }
                        if ready.starts_with('`') && out.ends_with('`') {
                            out.push_str(JOINT);
                        }
                        out.push_str(ready);
                    }
                    Inline::Break => out.push_str(self.newline),
                }
            }
            return;
        };
        let mut at = 0;
        for run in pieces.chunk_by(|a, b| has(&a.0) == has(&b.0)) {
            at += run.len();
            let after = first(pieces.get(at), self.linked, marks).or(if at == pieces.len() { after } else { None });
            if !has(&run[0].0) {
                self.marked(run, inner_marks, after, out);
                continue;
            }
            let mut inner = String::new();
            if *delimiter == ITALIC && self.has_tags {
                self.marked(run, inner_marks, Some('<'), &mut inner);
                out.extend(["<em>", &inner, "</em>"]);
                continue;
            }
            Run { has_tags: *delimiter == BOLD && is_mixed(run), ..self }.marked(
                run,
                inner_marks,
                Some('*'),
                &mut inner,
            );
            let is_text = |piece: Option<&(Style, Inline)>| matches!(piece, Some((_, Inline::Text(_))));
            emphasise(&inner, delimiter, [is_text(run.first()), is_text(run.last())], after, out);
        }
    }
}

/// Zero-width space, as an entity: invisible, but punctuation to CommonMark, which looks at the source. It lets a
/// delimiter work next to a character that would prevent it.
const JOINT: &str = "&#8203;";

/// Punctuation that looks the same outside the emphasis.
const STOPS: &[char] = &['，', '。', '！', '？', '；', '：', '、', '…', '—', ',', '.', '!', '?', ';', ':'];

/// Writes `inner` between delimiters that CommonMark recognizes. `texts` tells whether its first and last characters
/// are the author's text and not Markdown syntax.
fn emphasise(inner: &str, delimiter: &str, texts: [bool; 2], after: Option<char>, out: &mut String) {
    // Of an emoji some programs see only half, which is no punctuation, nor is `~` to some.
    let is_letter = |c: char| !is_punctuation(c) || c > '\u{ffff}' || c == '~';
    let beside = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && is_letter(c));
    let outside = |c: char| c.is_whitespace() || STOPS.contains(&c);
    // White space is never emphasised; punctuation is not if a letter follows or precedes it outside.
    let (mut start, mut end) = (inner.len() - inner.trim_start().len(), inner.trim_end().len());
    if texts[0] && start == 0 && beside(out.chars().next_back()) && inner.starts_with(STOPS) {
        start = inner.len() - inner.trim_start_matches(outside).len();
    }
    if texts[1] && end == inner.len() && beside(after) && inner.ends_with(STOPS) {
        let kept = inner.trim_end_matches(outside);
        // An escaped mark is inseparable from its backslash.
        if !kept.ends_with('\\') {
            end = kept.len();
        }
    }
    let Some(core) = inner.get(start..end).filter(|core| !core.is_empty()) else {
        out.push_str(inner);
        return;
    };
    let (lead, tail) = (&inner[..start], &inner[end..]);
    out.push_str(lead);
    let before = out.chars().next_back();
    if before == delimiter.chars().next() || (beside(before) && core.chars().next().is_some_and(is_punctuation)) {
        out.push_str(JOINT);
    }
    out.push_str(delimiter);
    // Marks that begin or end together pair up wrongly, unless both are the same text's: `***text***`.
    let is_split = delimiter == "**" && core.starts_with('*') && core.ends_with('*') && stars(core) > 2;
    if is_split {
        out.push_str(JOINT);
    }
    // An escaped mark directly before a delimiter is counted with it by some programs.
    match (delimiter, core.strip_suffix("\\~"), core.strip_suffix("\\*")) {
        ("~~", Some(kept), _) => out.extend([kept, "&#126;"]),
        ("*" | "**", _, Some(kept)) => out.extend([kept, "&#42;"]),
        _ => out.push_str(core),
    }
    if is_split {
        out.push_str(JOINT);
    }
    out.push_str(delimiter);
    let follows = tail.chars().next().or(after);
    if beside(follows) && core.chars().next_back().is_some_and(is_punctuation) {
        out.push_str(JOINT);
    }
    out.push_str(tail);
}

/// Returns the number of asterisks that are not escaped.
fn stars(text: &str) -> usize {
    let (mut count, mut is_escaped) = (0, false);
    for c in text.chars() {
        count += usize::from(c == '*' && !is_escaped);
        is_escaped = c == '\\' && !is_escaped;
    }
    count
}

/// Reports whether CommonMark counts a character as punctuation: Unicode categories P and S.
fn is_punctuation(c: char) -> bool {
    static PUNCTUATION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{P}\p{S}]$").ok());
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    PUNCTUATION.as_ref().is_some_and(|pattern| pattern.is_match(c.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(parts: &[(&str, &str)]) -> String {
        let mut line = Line::default();
        for (look, text) in parts {
            let look = Style {
                bold: look.contains('b'),
                italic: look.contains('i'),
                struck: look.contains('s'),
                breaks: false,
                link: look.contains('l').then(|| "https://e.org/a b".to_owned()),
            };
            line.push(&look, Inline::Text((*text).to_owned()));
        }
        line.take("  \n")
    }

    #[test]
    fn emphasis_works_beside_chinese_punctuation() {
        for (parts, expected) in [
            (&[("", "第"), ("b", "加粗，"), ("", "后文")][..], "第**加粗**，后文"),
            (&[("", "如"), ("b", "《李茶》"), ("", "已经")], "如&#8203;**《李茶》**&#8203;已经"),
            (&[("b", "《李茶》"), ("", "，已经")], "**《李茶》**，已经"),
            (&[("", "一"), ("b", " 二 "), ("", "三")], "一 **二** 三"),
            (&[("b", "甲"), ("i", "乙")], "**甲**&#8203;*乙*"),
            (&[("b", "甲"), ("bi", "乙"), ("b", "丙")], "**甲*乙*丙**"),
            (&[("bl", "链接"), ("", "后")], "[**链接**](<https://e.org/a%20b>)后"),
            (&[("bi", "甲"), ("b", "乙"), ("bi", "丙")], "**<em>甲</em>乙<em>丙</em>**"),
            (&[("", "甲"), ("l", " "), ("", "乙")], "甲 乙"),
            (&[("bi", "甲"), ("b", "，"), ("", "乙")], "***甲***，乙"),
            (&[("b", "《甲》"), ("bi", "乙"), ("b", "丙")], "**《甲》<em>乙</em>丙**"),
            (&[("b", "甲"), ("bis", "乙"), ("b", "丙")], "**甲<em>~~乙~~</em>丙**"),
            (&[("b", "《甲》"), ("s", "乙")], "**《甲》**&#8203;~~乙~~"),
            (&[("s", "旧价"), ("", "新价")], "~~旧价~~新价"),
            (&[("b", "　"), ("", "空")], "　空"),
            (&[("b", "完。")], "**完。**"),
            (&[("", "  a\u{a0} b \n c  ")], "a b c"),
            (&[("bl", "《书》"), ("l", "一文")], "[**《书》**&#8203;一文](https://e.org/a%20b)"),
            (&[("", "甲"), ("b", ", 乙"), ("", "丙")], "甲, **乙**丙"),
            (&[("", "甲"), ("b", "乙 。"), ("", "丙")], "甲**乙** 。丙"),
            (&[("s", "第~"), ("", "后")], "~~第&#126;~~&#8203;后"),
            (&[("", "😀"), ("b", "《李茶》"), ("", "。")], "😀&#8203;**《李茶》**。"),
            (&[("", "快来!"), ("l", "点")], "快来\\![点](https://e.org/a%20b)"),
        ] {
            assert_eq!(line(parts), expected);
        }
    }
}
