//! Defines what body writers need from an exporter: the targets of media and links, and the few words that are not the
//! author's.

/// Word that a writer adds to a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Label of an audio recording.
    Audio,
    /// Label of a picture, where only text is written.
    Image,
    /// Notice for an audio recording that is not held.
    MissingAudio,
    /// Notice for a picture that is not held.
    MissingImage,
    /// Notice for a video that is not held.
    MissingVideo,
    /// Label of a video.
    Video,
}

/// URLs and words of an export.
pub trait BodyUrls {
    /// Returns the URL of a medium, by its path in the bag (`media/sha256/…`); `None` if this export does not hold it.
    fn media(&self, path: &str) -> Option<String>;

    /// Returns the URL for a link; `None` leaves its text without a link.
    fn link(&self, href: &str) -> Option<String>;

    /// Returns a word in the export's language.
    fn word(&self, word: Word) -> String;
}

/// Returns the bag path of a medium named in `content.html` (`../../../media/sha256/…`); `None` if it is not held.
pub fn bag_path(src: &str) -> Option<&str> {
    let (up, path) = src.split_at(src.find("media/sha256/")?);
    up.split('/').all(|part| part.is_empty() || part == "..").then_some(path)
}

/// Returns the addresses of the pictures in a style, as the sanitiser writes them; not the patterns of a drawing.
pub fn style_pictures(style: &str) -> impl Iterator<Item = &str> {
    let addresses = style.split("url(").skip(1).filter_map(|after| after.split(')').next());
    addresses.map(|address| address.trim_matches(['"', '\''])).filter(|address| !address.starts_with('#'))
}
