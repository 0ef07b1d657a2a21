//! The small parts of a document: what it refers to, its lists, its properties.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::xml::allowed;
use crate::model::Time;

pub(super) const STYLES: &str = include_str!("../../../templates/docx/styles.xml");

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/><Default Extension=\"gif\" ContentType=\"image/gif\"/><Default Extension=\"bmp\" ContentType=\"image/bmp\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/><Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/><Override PartName=\"/word/numbering.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml\"/><Override PartName=\"/word/settings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/><Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>\n";

pub(super) const RELATIONSHIPS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>\n";

/// Without a mode, Word opens the file as one of 2007, with fewer functions.
pub(super) const SETTINGS: &str = "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat></w:settings>\n";

pub(super) const DOCUMENT: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>\n";

/// A4 with margins of one inch.
pub(super) const END: &str = "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>\n";

/// Width of the text in twips.
pub(super) const WIDTH: u32 = 11906 - 2 * 1440;

/// Height of the text in twips.
pub(super) const HEIGHT: u32 = 16838 - 2 * 1440;

/// Returns a text as XML, for content and values.
pub(super) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(allowed(text).as_ref()).into_owned()
}

/// Returns a text in one line.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The addresses that a document links to, each once.
#[derive(Default)]
pub(super) struct Links {
    numbers: HashMap<String, usize>,
    urls: Vec<String>,
}

impl Links {
    /// Returns the number of an address. `None` for one that Word takes for damage of the whole file.
    pub(super) fn number(&mut self, url: &str) -> Option<usize> {
        if let Some(number) = self.numbers.get(url) {
            return Some(*number);
        }
        let parsed = url::Url::parse(url).ok()?;
        self.urls.push(parsed.into());
        self.numbers.insert(url.to_owned(), self.urls.len());
        Some(self.urls.len())
    }
}

/// Returns the relationships of the document.
pub(super) fn relationships(links: &Links, pictures: &[String]) -> String {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out =
        format!("{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
    for (number, part) in ["styles", "numbering", "settings"].iter().enumerate() {
        let _ = write!(out, "<Relationship Id=\"rId{}\" Type=\"{kind}/{part}\" Target=\"{part}.xml\"/>", number + 1);
    }
    for (number, name) in pictures.iter().enumerate() {
        let _ =
            write!(out, "\n<Relationship Id=\"rIdP{}\" Type=\"{kind}/image\" Target=\"media/{name}\"/>", number + 1);
    }
    for (number, url) in links.urls.iter().enumerate() {
        let (number, url) = (number + 1, escaped(url));
        let _ = write!(
            out,
            "\n<Relationship Id=\"rIdL{number}\" Type=\"{kind}/hyperlink\" Target=\"{url}\" TargetMode=\"External\"/>"
        );
    }
    out + "</Relationships>\n"
}

/// Number of the list of all bullets.
pub(super) const BULLETS: u32 = 1;

/// Indent of a level of lists, in twips.
pub(super) const INDENT: u32 = 420;

/// The last level that Word has.
pub(super) const DEEPEST: u32 = 8;

/// Formats of numbers, by the value of `list-style-type`. The first is that of all others.
const FORMATS: &[(&[&str], &str)] = &[
    (&["decimal"], "decimal"),
    (&["lower-alpha", "lower-latin"], "lowerLetter"),
    (&["upper-alpha", "upper-latin"], "upperLetter"),
    (&["lower-roman"], "lowerRoman"),
    (&["upper-roman"], "upperRoman"),
    (&["cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal"], "chineseCounting"),
];

/// Returns the number of the format that the style of a list asks for.
pub(super) fn number_format(style: &str) -> usize {
    let values = style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .filter(|(property, _)| matches!(*property, "list-style" | "list-style-type"))
        .flat_map(|(_, value)| value.split_whitespace());
    let mut formats = values.filter_map(|value| FORMATS.iter().position(|(names, _)| names.contains(&value)));
    formats.next_back().unwrap_or(0)
}

/// An ordered list.
struct Ordered {
    level: u32,
    start: i64,
    format: usize,
}

/// The ordered lists of a document.
#[derive(Default)]
pub(super) struct Numbering(Vec<Ordered>);

impl Numbering {
    /// Adds a list of a level that begins with `start`, and returns its number.
    pub(super) fn add(&mut self, level: u32, start: i64, format: usize) -> u32 {
        // Word has neither negative numbers nor larger ones.
        self.0.push(Ordered { level, start: start.clamp(0, 32767), format });
        BULLETS + u32::try_from(self.0.len()).unwrap_or(0)
    }

    pub(super) fn xml(&self) -> String {
        let mut out =
            format!("{HEAD}<w:numbering xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\n");
        let formats = std::iter::once(None).chain(FORMATS.iter().map(|(_, format)| Some(*format)));
        for (id, format) in formats.enumerate() {
            let _ = write!(out, "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"multilevel\"/>");
            for level in 0..=DEEPEST {
                let mark = ["•", "◦", "▪"][level as usize % 3];
                let (format, text) = match format {
                    Some("chineseCounting") => ("chineseCounting", format!("%{}、", level + 1)),
                    Some(format) => (format, format!("%{}.", level + 1)),
                    None => ("bullet", mark.to_owned()),
                };
                let left = (level + 1) * INDENT;
                let _ = write!(
                    out,
                    "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{left}\" w:hanging=\"{INDENT}\"/></w:pPr></w:lvl>"
                );
            }
            out.push_str("</w:abstractNum>\n");
        }
        let _ = write!(out, "<w:num w:numId=\"{BULLETS}\"><w:abstractNumId w:val=\"0\"/></w:num>");
        for (number, Ordered { level, start, format }) in (BULLETS + 1..).zip(&self.0) {
            let format = format + 1;
            let _ = write!(
                out,
                "\n<w:num w:numId=\"{number}\"><w:abstractNumId w:val=\"{format}\"/><w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/></w:lvlOverride></w:num>"
            );
        }
        out + "</w:numbering>\n"
    }
}

/// Returns the properties of the document.
pub(super) fn core(title: &str, creator: &str, created: Option<Time>, modified: Option<Time>) -> String {
    let mut out = format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>",
        escaped(title),
        escaped(creator)
    );
    for (name, time) in [("created", created), ("modified", modified)] {
        if let Some(time) = time {
            let time = time.zoned().timestamp();
            let _ = write!(out, "<dcterms:{name} xsi:type=\"dcterms:W3CDTF\">{time}</dcterms:{name}>");
        }
    }
    out + "</cp:coreProperties>\n"
}
