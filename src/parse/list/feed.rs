//! Reads feeds of articles: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed. Elements are matched by local name, so that a
//! generator may omit a namespace or add its own elements (`<id>` with the platform's numbers in RSS). A library that
//! models only the standards drops these, and with them the identity of an article.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::html::{escape_text, write_attribute};
use crate::parse::list;
use crate::parse::page::scan;

/// A feed of articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// The feed's title.
    pub title: Option<String>,
    /// The feed's ids and addresses, unchanged.
    pub names: Vec<String>,
    /// The feed's entries, in order.
    pub entries: Vec<Entry>,
    /// Whether the feed is truncated or malformed.
    pub broken: bool,
}

/// An entry of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Ids and addresses, the most likely address first.
    pub names: Vec<String>,
    /// The entry's title.
    pub title: Option<String>,
    /// Times of publication, unparsed, the most likely first.
    pub times: Vec<String>,
    /// The author.
    pub author: Option<String>,
    /// The summary as plain text.
    pub summary: Option<String>,
    /// The original summary with its links.
    pub summary_markup: Option<String>,
    /// The text: HTML or plain.
    pub text: Option<String>,
    /// A picture of the entry.
    pub image: Option<String>,
}

/// Returns the name of the first element of an XML text in lower case; empty if there is none.
pub fn root_name(head: &[u8]) -> String {
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    loop {
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', ..] => b">",
            [b'<', name @ ..] => {
                let end = name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
                return String::from_utf8_lossy(&name[..end.unwrap_or(name.len())]).to_ascii_lowercase();
            }
            _ => return String::new(),
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return String::new() };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
}

/// Reports whether the first element is that of a feed.
pub fn is_feed(head: &[u8]) -> bool {
    let root = root_name(head);
    matches!(root.rsplit(':').next(), Some("rss" | "feed" | "rdf"))
}

/// Reads an XML feed.
pub fn of_xml(text: &str) -> Feed {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let config = reader.config_mut();
    (config.allow_dangling_amp, config.allow_unmatched_ends, config.check_end_names) = (true, true, false);
    let mut walk = Walk::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => walk.open(&tag, false),
            Ok(Event::Empty(tag)) => walk.open(&tag, true),
            Ok(Event::End(tag)) => walk.close(&local(tag.local_name().as_ref())),
            Ok(Event::Text(text)) => walk.text(&text, true),
            Ok(Event::CData(text)) => walk.text(&text, false),
            Ok(Event::GeneralRef(name)) => walk.text(&scan::decode(&format!("&{};", &*name)), true),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                walk.feed.broken = true;
                break;
            }
        }
    }
    // The part of an entry before the damage counts.
    walk.end_entry();
    walk.feed.broken |= !walk.stack.is_empty();
    walk.feed
}

fn local(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[derive(Default)]
struct Walk {
    feed: Feed,
    stack: Vec<String>,
    /// The current entry and its depth.
    entry: Option<(usize, Entry)>,
    /// The current element, a child of an entry or of the feed.
    element: Option<Element>,
}

/// An element whose text is needed.
struct Element {
    /// The depth of the element itself.
    depth: usize,
    /// The name with its prefix, in lower case.
    name: String,
    text: String,
    /// Whether the text is literal markup (`type="xhtml"`).
    markup: bool,
    /// The text of a nested `name` (Atom's authors).
    nested_name: Option<String>,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) {
        let full = tag.name().as_ref().to_ascii_lowercase();
        let name = local(tag.local_name().as_ref());
        let attribute = |wanted: &str| {
            let found = tag.html_attributes().filter_map(Result::ok);
            found
                .filter(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(wanted))
                .map(|attribute| scan::decode(&attribute.value).into_owned())
                .next()
        };
        let depth = self.stack.len() + 1;
        if let Some(element) = &mut self.element {
            if element.markup {
                element.text.push('<');
                element.text.push_str(&name);
                for attribute in tag.html_attributes().filter_map(Result::ok) {
                    write_attribute(attribute.key.as_ref(), &scan::decode(&attribute.value), &mut element.text);
                }
                element.text.push('>');
            }
        } else if matches!(name.as_str(), "item" | "entry") && self.entry.is_none() {
            let mut entry = Entry::default();
            entry.names.extend(attribute("about"));
            entry.names.extend(attribute("rdf:about"));
            self.entry = Some((depth, entry));
        } else if self.entry.as_ref().is_some_and(|(entry, _)| depth == entry + 1) || self.entry.is_none() && depth <= 3
        {
            let markup = attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("xhtml"));
            let links = ["href", "url"].iter().find_map(|name| attribute(name));
            let relation = attribute("rel").unwrap_or_default();
            let kind = attribute("type").unwrap_or_default();
            match (&mut self.entry, name.as_str(), links) {
                (Some((_, entry)), "link", Some(link)) if matches!(relation.as_str(), "" | "alternate") => {
                    entry.names.insert(0, link);
                }
                (Some((_, entry)), "link" | "source", Some(link)) => entry.names.push(link),
                (Some((_, entry)), "enclosure" | "thumbnail" | "content" | "image", Some(link))
                    if kind.is_empty() || kind.starts_with("image") =>
                {
                    entry.image.get_or_insert(link);
                }
                (None, "link", Some(link)) => self.feed.names.push(link),
                _ => {}
            }
            // Containers of entries are entered, not read as elements.
            let container =
                self.entry.is_none() && matches!(name.as_str(), "rss" | "feed" | "rdf" | "channel" | "items" | "image");
            if !container && !empty {
                self.element = Some(Element { depth, name: full, text: String::new(), markup, nested_name: None });
            }
        }
        if !empty {
            self.stack.push(name);
        }
    }

    fn text(&mut self, text: &str, escaped: bool) {
        let nested = self.stack.len();
        let is_name = self.stack.last().is_some_and(|name| name == "name");
        let Some(element) = &mut self.element else { return };
        if nested > element.depth && is_name {
            element.nested_name.get_or_insert_default().push_str(text);
        }
        if element.markup && escaped {
            escape_text(text, &mut element.text);
        } else {
            element.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        // A closing tag without an opening one is ignored.
        let Some(place) = self.stack.iter().rposition(|open| open == name) else { return };
        let depth = place + 1;
        if let Some(element) = self.element.take_if(|element| depth <= element.depth) {
            self.take(element);
        } else if let Some(element) = self.element.as_mut().filter(|element| element.markup) {
            element.text.push_str("</");
            element.text.push_str(name);
            element.text.push('>');
        }
        self.stack.truncate(place);
        if self.entry.as_ref().is_some_and(|(entry, _)| depth <= *entry) {
            self.end_entry();
        }
    }

    fn take(&mut self, element: Element) {
        let Element { name, text, nested_name, .. } = element;
        let plain = text.trim().to_owned();
        if plain.is_empty() {
            return;
        }
        let short = name.rsplit(':').next().unwrap_or_default().to_owned();
        let Some((_, entry)) = &mut self.entry else {
            match short.as_str() {
                "title" => self.feed.title = self.feed.title.take().or_else(|| words(&plain)),
                "id" | "link" | "guid" => self.feed.names.push(plain),
                _ => {}
            }
            return;
        };
        match short.as_str() {
            "title" if !name.starts_with("media:") => entry.title = entry.title.take().or_else(|| words(&plain)),
            "link" | "origlink" => entry.names.insert(0, plain),
            "guid" | "id" | "identifier" | "comments" => entry.names.push(plain),
            "published" | "pubdate" | "issued" => entry.times.insert(0, plain),
            "date" | "updated" | "modified" | "created" => entry.times.push(plain),
            "author" | "creator" => {
                entry.author = entry.author.take().or_else(|| words(nested_name.as_deref().unwrap_or(&plain)));
            }
            // The longest text wins: some feeds have a plain copy in addition to the HTML.
            "encoded" | "content" | "full-text" | "fulltext" | "full_content" | "content_html" | "body"
                if entry.text.as_ref().is_none_or(|known| known.len() < text.len()) =>
            {
                entry.text = Some(text);
            }
            "description" | "summary" | "subtitle" => entry.summary = entry.summary.take().or(Some(text)),
            "image" | "cover" => {
                entry.image.get_or_insert(plain);
            }
            _ => {}
        }
    }

    fn end_entry(&mut self) {
        self.element = None;
        if let Some((_, entry)) = self.entry.take() {
            self.feed.entries.push(entry.finish());
        }
    }
}

impl Entry {
    /// Distinguishes a summary from a text in the summary's element.
    fn finish(mut self) -> Self {
        if let Some(summary) = self.summary.take() {
            let words = scan::text(summary.as_bytes());
            let marked_up = ["<p", "<img", "<section", "<div", "<br"].iter().any(|tag| summary.contains(tag));
            if self.text.is_none() && marked_up && (summary.contains("<img") || words.chars().count() > LONGEST_SUMMARY)
            {
                self.text = Some(summary);
            } else {
                self.summary = super::article_columns::summary(&words);
                self.summary_markup = Some(summary);
            }
        }
        self
    }
}

/// Maximum length of a summary with markup in characters.
const LONGEST_SUMMARY: usize = 140;

/// Returns a title without markup: it may contain HTML.
pub(crate) fn words(text: &str) -> Option<String> {
    let text = if text.contains("</") || text.contains("&lt;") {
        scan::text(scan::decode(text).as_bytes())
    } else {
        text.to_owned()
    };
    list::words(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="x"><channel><title>号</title><link>https://a.example</link>
        <item><id>3040000000-2650000004_1</id><title>题 &amp; 目</title><description>摘要</description><guid>g</guid>
        <content:encoded><![CDATA[<p>全文</p>]]></content:encoded><link>https://mp.weixin.qq.com/s/a?x=1&amp;y=2</link>
        <dc:creator>小留</dc:creator><pubDate>Fri, 05 Jan 2024 10:00:00 +0800</pubDate><media:thumbnail url="https://a/c.jpg"/></item>
        <item><title>二</title><link>https://b</link></item></channel></rss>"#;

    #[test]
    fn rss_is_read_with_what_is_not_in_its_standard() {
        let feed = of_xml(RSS);
        assert_eq!((feed.title.as_deref(), feed.broken, feed.entries.len()), (Some("号"), false, 2));
        let entry = &feed.entries[0];
        assert_eq!(entry.names, ["https://mp.weixin.qq.com/s/a?x=1&y=2", "3040000000-2650000004_1", "g"]);
        assert_eq!((entry.title.as_deref(), entry.author.as_deref()), (Some("题 & 目"), Some("小留")));
        assert_eq!((entry.summary.as_deref(), entry.text.as_deref()), (Some("摘要"), Some("<p>全文</p>")));
        assert_eq!((entry.times.len(), entry.image.as_deref()), (1, Some("https://a/c.jpg")));
    }

    #[test]
    fn atom_is_read_with_html_and_xhtml() {
        let text = r#"<feed xmlns="http://www.w3.org/2005/Atom"><id>MP_WXS_3040000000</id><title>号</title>
            <entry><title type="html"><![CDATA[题]]></title><id>i</id><link href="https://c" rel="alternate"/><link rel="self" href="https://d"/>
            <author><name>留</name><email>a@b</email></author><updated>2024-01-06T00:00:00Z</updated><published>2024-01-05T02:00:00Z</published>
            <content type="xhtml"><div xmlns="h"><p class="a">1 &lt; 2<br/></p></div></content></entry></feed>"#;
        let feed = of_xml(text);
        let entry = &feed.entries[0];
        assert_eq!(feed.names, ["MP_WXS_3040000000"]);
        assert_eq!((entry.names.first().map(String::as_str), entry.author.as_deref()), (Some("https://c"), Some("留")));
        assert_eq!(entry.times, ["2024-01-05T02:00:00Z", "2024-01-06T00:00:00Z"]);
        assert_eq!(entry.text.as_deref(), Some("<div xmlns=\"h\"><p class=\"a\">1 &lt; 2<br></p></div>"));
    }

    #[test]
    fn elements_may_bear_a_prefix() {
        let text = r#"<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>号</a:title><a:entry><a:title>题</a:title>
            <a:link href="https://c"/><a:published>2024-01-05T02:00:00Z</a:published><a:content type="html">全文</a:content></a:entry></a:feed>"#;
        assert!(is_feed(text.as_bytes()) && !is_feed(b"<feedback>"));
        let feed = of_xml(text);
        let entry = &feed.entries[0];
        assert_eq!((entry.title.as_deref(), entry.text.as_deref()), (Some("题"), Some("全文")));
        assert_eq!((entry.times.len(), entry.names.as_slice()), (1, &["https://c".to_owned()][..]));
    }

    #[test]
    fn rdf_is_read() {
        let text = r#"<rdf:RDF><channel rdf:about="x"><title>号</title><items><rdf:Seq/></items></channel>
            <item rdf:about="https://mp.weixin.qq.com/s/a"><title>题</title><dc:date>2024-01-05T02:00:00Z</dc:date></item></rdf:RDF>"#;
        let feed = of_xml(text);
        assert_eq!(
            (feed.title.as_deref(), feed.entries[0].names[0].as_str()),
            (Some("号"), "https://mp.weixin.qq.com/s/a")
        );
        assert!(
            is_feed(text.as_bytes())
                && is_feed("\u{feff}<?xml version='1.0'?>\n<!-- a --><rss>".to_string().as_bytes())
        );
        assert!(!is_feed(b"<!DOCTYPE html><html>"));
    }

    #[test]
    fn a_description_that_is_the_whole_text_is_taken_as_it() {
        let feed = of_xml(
            "<rss><channel><item><description>&lt;p&gt;全文&lt;/p&gt;&lt;img src=\"a\"&gt;</description></item></channel></rss>",
        );
        assert_eq!(feed.entries[0].text.as_deref(), Some("<p>全文</p><img src=\"a\">"));
    }

    #[test]
    fn what_stands_before_the_damage_counts() {
        for cut in (0..RSS.len()).filter(|cut| RSS.is_char_boundary(*cut)) {
            let feed = of_xml(&RSS[..cut]);
            assert!(feed.entries.len() <= 2);
        }
        let cut = RSS.find("<item><title>二").unwrap();
        let feed = of_xml(&RSS[..cut]);
        assert_eq!((feed.entries.len(), feed.broken), (1, true));
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in r#"(<rss>|<channel>|<item>|</item>|<title>|</title>|<link/>|<content type="xhtml">|</content>|<p a="b">|</p>|&amp;|&|<!\[CDATA\[|\]\]>|文| ){0,40}"#) {
            let _ = of_xml(&text);
        }
    }
}
