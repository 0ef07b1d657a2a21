//! What the writers of bodies ask of whoever exports: where media and links lead, and the few words that are not the
//! author's.

/// Words that a writer puts into a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The label of a recording.
    Audio,
    /// In the place of a recording that is not held.
    MissingAudio,
    /// In the place of a picture that is not held.
    MissingImage,
    /// In the place of a video that is not held.
    MissingVideo,
    /// The label of a video.
    Video,
}

/// Places and words of an export.
pub trait BodyUrls {
    /// The URL of a medium, by its path in the bag (`media/sha256/…`); `None` if this export does not hold it.
    fn media(&self, path: &str) -> Option<String>;

    /// The URL that a link leads to; `None` leaves its words without a link.
    fn link(&self, href: &str) -> Option<String>;

    /// A word in the export's language.
    fn word(&self, word: Word) -> String;
}

/// The path in the bag of a medium as `content.html` names it (`../../../media/sha256/…`); `None` for one that is not held.
pub fn bag_path(src: &str) -> Option<&str> {
    let (up, path) = src.split_at(src.find("media/sha256/")?);
    up.split('/').all(|part| part.is_empty() || part == "..").then_some(path)
}
