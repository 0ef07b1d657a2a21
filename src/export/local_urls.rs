//! The targets of an export's media and links as functions, and the few words in bodies that are not the author's.

use crate::html::body_urls::{BodyUrls, Word};
use crate::text::Texts;

/// URLs and words of one file of an export.
pub struct LocalUrls<'a> {
    /// Function that returns the URL of a medium by its path in the bag; `None` if the export does not hold it.
    pub media: &'a dyn Fn(&str) -> Option<String>,
    /// Function that returns the URL for a link; `None` leaves its text without a link.
    pub link: &'a dyn Fn(&str) -> Option<String>,
    /// Texts in the export's language.
    pub texts: &'a Texts,
}

impl BodyUrls for LocalUrls<'_> {
    fn media(&self, path: &str) -> Option<String> {
        (self.media)(path)
    }

    fn link(&self, href: &str) -> Option<String> {
        (self.link)(href)
    }

    fn word(&self, word: Word) -> String {
        word_of(self.texts, word)
    }
}

/// Returns a word in the export's language.
pub fn word_of(texts: &Texts, word: Word) -> String {
    let id = match word {
        Word::Audio => "mirror-form-audio",
        Word::Image => "export-picture",
        Word::MissingAudio => "mirror-missing-audio",
        Word::MissingImage => "mirror-missing-image",
        Word::MissingVideo => "mirror-missing-video",
        Word::Video => "mirror-form-video",
    };
    texts.get(id, &[])
}

/// Returns a link as it is if a browser can follow it from anywhere.
pub fn outside(href: &str) -> Option<String> {
    ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)).then(|| href.to_owned())
}
