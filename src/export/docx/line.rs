//! Writes the content of a paragraph as runs: text with its look, breaks, pictures, links.

use std::fmt::Write as _;

use super::parts::{Links, escaped};

/// Look of a piece of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Address, or `#` and the name of a bookmark.
    pub(super) link: Option<String>,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
    pub(super) underlined: bool,
    pub(super) code: bool,
    /// `superscript` or `subscript`.
    pub(super) raised: Option<&'static str>,
    /// Whether line breaks of the text are shown.
    pub(super) breaks: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text; white space is collapsed later.
    Text(String),
    /// Code, with its white space.
    Code(String),
    /// A finished run: a picture.
    Run(String),
    /// A line break.
    Break,
}

/// A line under construction.
#[derive(Debug, Default)]
pub(super) struct Line(Vec<(Look, Piece)>);

impl Line {
    pub(super) fn push(&mut self, look: &Look, piece: Piece) {
        self.0.push((look.clone(), piece));
    }

    /// Adds text with its line breaks if they are shown.
    pub(super) fn text(&mut self, look: &Look, text: &str) {
        for (number, line) in text.split(|c| c == '\n' && look.breaks).enumerate() {
            if number > 0 {
                self.push(look, Piece::Break);
            }
            self.push(look, Piece::Text(line.to_owned()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let is_seen = |c: char| {
            !(c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}'))
        };
        !self.0.iter().any(|(_, piece)| match piece {
            Piece::Text(text) => text.chars().any(is_seen),
            Piece::Code(text) => !text.is_empty(),
            Piece::Run(_) => true,
            Piece::Break => false,
        })
    }

    /// Takes the line as runs.
    pub(super) fn take(&mut self, links: &mut Links) -> String {
        let mut pieces = std::mem::take(&mut self.0);
        collapse(&mut pieces);
        let mut out = String::new();
        for run in pieces.chunk_by(|a, b| a.0.link == b.0.link) {
            let link = match run[0].0.link.as_deref() {
                Some(link) if link.starts_with('#') => Some(format!("w:anchor=\"{}\"", escaped(&link[1..]))),
                Some(link) => links.number(link).map(|number| format!("r:id=\"rIdL{number}\"")),
                None => None,
            };
            if let Some(link) = &link {
                let _ = write!(out, "<w:hyperlink {link} w:history=\"1\">");
            }
            for (look, piece) in run {
                write_piece(look, piece, link.is_some(), &mut out);
            }
            if link.is_some() {
                out.push_str("</w:hyperlink>");
            }
        }
        out
    }
}

/// Collapses white space across pieces, and removes it at both ends and around line breaks.
fn collapse(pieces: &mut Vec<(Look, Piece)>) {
    let mut spaced = true;
    for (_, piece) in pieces.iter_mut() {
        match piece {
            Piece::Break => spaced = true,
            Piece::Run(_) | Piece::Code(_) => spaced = false,
            Piece::Text(text) => {
                let mut plain = String::with_capacity(text.len());
                for c in text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')) {
                    let is_blank = matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}');
                    if !is_blank {
                        plain.push(c);
                    } else if !spaced {
                        plain.push(' ');
                    }
                    spaced = is_blank;
                }
                *text = plain;
            }
        }
    }
    let mut ends = true;
    for (_, piece) in pieces.iter_mut().rev() {
        match piece {
            Piece::Break => ends = true,
            Piece::Text(text) if ends => {
                text.truncate(text.trim_end_matches(' ').len());
                ends = text.is_empty();
            }
            _ => ends = false,
        }
    }
    pieces.retain(|(_, piece)| !matches!(piece, Piece::Text(text) if text.is_empty()));
    while matches!(pieces.last(), Some((_, Piece::Break))) {
        pieces.pop();
    }
    let lead = pieces.iter().take_while(|(_, piece)| *piece == Piece::Break).count();
    pieces.drain(..lead);
}

fn write_piece(look: &Look, piece: &Piece, linked: bool, out: &mut String) {
    let text = match piece {
        Piece::Run(run) => return out.push_str(run),
        Piece::Break => return out.push_str("<w:r><w:br/></w:r>"),
        Piece::Text(text) | Piece::Code(text) => text,
    };
    out.push_str("<w:r>");
    let mut form = String::new();
    // A run has one style; the face of code in a link is lost, the link is not.
    if linked {
        form.push_str("<w:rStyle w:val=\"Hyperlink\"/>");
    } else if look.code {
        form.push_str("<w:rStyle w:val=\"CodeChar\"/>");
    }
    for (is_set, tag) in [(look.bold, "<w:b/><w:bCs/>"), (look.italic, "<w:i/><w:iCs/>"), (look.struck, "<w:strike/>")]
    {
        if is_set {
            form.push_str(tag);
        }
    }
    if look.underlined && !linked {
        form.push_str("<w:u w:val=\"single\"/>");
    }
    if let Some(raised) = look.raised {
        let _ = write!(form, "<w:vertAlign w:val=\"{raised}\"/>");
    }
    if !form.is_empty() {
        let _ = write!(out, "<w:rPr>{form}</w:rPr>");
    }
    write_text(text, out);
    out.push_str("</w:r>");
}

/// Writes text as it is, with its tabs and line breaks.
pub(super) fn write_text(text: &str, out: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str("<w:br/>");
        }
        for (number, part) in line.trim_end_matches('\r').split('\t').enumerate() {
            if number > 0 {
                out.push_str("<w:tab/>");
            }
            if !part.is_empty() {
                let _ = write!(out, "<w:t xml:space=\"preserve\">{}</w:t>", escaped(part));
            }
        }
    }
}
