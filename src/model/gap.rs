//! What is missing, by name and with a reason. The codes are frozen once released.

use serde::{Deserialize, Serialize};

use super::{Sha256, Time};

/// Why something that is known to exist is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GapReason {
    /// The whole account was closed.
    AccountClosed,
    /// The platform blocked it (violation, account blocked).
    BlockedByPlatform,
    /// The input that should hold it cannot be read.
    BrokenInput,
    /// Taken down after a complaint.
    Complaint,
    /// The author deleted it.
    DeletedByAuthor,
    /// The download failed; may be tried again.
    DownloadFailed,
    /// The time in which it could be had is over.
    ExpiredWindow,
    /// The platform asked for a verification or limited the rate; may be tried again.
    FetchBlocked,
    /// What came is not what its digest or size says.
    HashMismatch,
    /// The account moved and this did not move with it.
    Migrated,
    /// There is no bill for that day (a statement of the platform).
    NoBill,
    /// It is in a list and no input holds it, and nobody has tried to fetch it.
    NotHeld,
    /// Declared in a total but in no list.
    NotListed,
    /// This kind of account may not have it.
    NotPermitted,
    /// The run was stopped before this input was read.
    NotRead,
    /// Only the free part is held.
    PartialPaid,
    /// An input is encrypted and no password given opens it.
    PasswordNeeded,
    /// A placeholder stands in its place.
    Placeholder,
    /// The file is still encrypted.
    StillEncrypted,
    /// Only its words are held, out of an exporter's list: no form, no pictures.
    TextOnly,
    /// Larger than the limit set.
    TooLarge,
    /// A kind of thing this version cannot keep.
    UnsupportedType,
}

impl GapReason {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 22] = [
        Self::AccountClosed,
        Self::BlockedByPlatform,
        Self::BrokenInput,
        Self::Complaint,
        Self::DeletedByAuthor,
        Self::DownloadFailed,
        Self::ExpiredWindow,
        Self::FetchBlocked,
        Self::HashMismatch,
        Self::Migrated,
        Self::NoBill,
        Self::NotHeld,
        Self::NotListed,
        Self::NotPermitted,
        Self::NotRead,
        Self::PartialPaid,
        Self::PasswordNeeded,
        Self::Placeholder,
        Self::StillEncrypted,
        Self::TextOnly,
        Self::TooLarge,
        Self::UnsupportedType,
    ];

    /// The frozen code, as in CSV and JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::AccountClosed => "account_closed",
            Self::BlockedByPlatform => "blocked_by_platform",
            Self::BrokenInput => "broken_input",
            Self::Complaint => "complaint",
            Self::DeletedByAuthor => "deleted_by_author",
            Self::DownloadFailed => "download_failed",
            Self::ExpiredWindow => "expired_window",
            Self::FetchBlocked => "fetch_blocked",
            Self::HashMismatch => "hash_mismatch",
            Self::Migrated => "migrated",
            Self::NoBill => "no_bill",
            Self::NotHeld => "not_held",
            Self::NotListed => "not_listed",
            Self::NotPermitted => "not_permitted",
            Self::NotRead => "not_read",
            Self::PartialPaid => "partial_paid",
            Self::PasswordNeeded => "password_needed",
            Self::Placeholder => "placeholder",
            Self::StillEncrypted => "still_encrypted",
            Self::TextOnly => "text_only",
            Self::TooLarge => "too_large",
            Self::UnsupportedType => "unsupported_type",
        }
    }

    /// Whether the same thing may still be had by trying again or by another input.
    pub fn can_be_filled(self) -> bool {
        matches!(
            self,
            Self::BrokenInput
                | Self::DownloadFailed
                | Self::FetchBlocked
                | Self::HashMismatch
                | Self::NotHeld
                | Self::NotListed
                | Self::NotRead
                | Self::PartialPaid
                | Self::PasswordNeeded
                | Self::Placeholder
                | Self::StillEncrypted
                | Self::TextOnly
                | Self::TooLarge
        )
    }
}

/// What kind of thing is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SubjectKind {
    /// An album (合集).
    Album,
    /// An article.
    Article,
    /// A bill or a day of bills.
    Bill,
    /// Comments or replies of an article.
    Comment,
    /// What one endpoint of the official API would have given.
    Endpoint,
    /// A file that was given and could not be used.
    Input,
    /// An image, audio or video file.
    Media,
    /// Something sent to the followers that is no article.
    Note,
    /// Rows of a private table.
    Rows,
    /// A work of a 视频号, or a live replay.
    Video,
}

impl SubjectKind {
    /// As in CSV and JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Article => "article",
            Self::Bill => "bill",
            Self::Comment => "comment",
            Self::Endpoint => "endpoint",
            Self::Input => "input",
            Self::Media => "media",
            Self::Note => "note",
            Self::Rows => "rows",
            Self::Video => "video",
        }
    }
}

/// One missing thing. Identity is (`kind`, `key`): a later reason replaces an earlier one, and a thing that is
/// held after all has no gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id: an article id, a media key, `input:<digest>`, a bill day …
    pub key: String,
    /// Why.
    pub reason: GapReason,
    /// The account it belongs to, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its title or file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// Where it was, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The article it belongs to, for media and comments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What more is known, in the platform's own words or numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Gap {
    /// Begins the detail of a picture that stays missing because it cannot be told which file beside the page it is; the
    /// names of the files follow.
    pub const UNCLEAR: &str = "unclear: ";

    /// Whether it stands against `other`, told of the same thing by another input, whatever order the two came in: what
    /// the author or the platform did to a thing goes before what merely failed.
    pub fn stands_against(&self, other: &Self) -> bool {
        let order = |gap: &Self| {
            let told = (gap.reason.code(), gap.title.clone(), gap.detail.clone(), gap.url.clone(), gap.of.clone());
            (gap.reason.can_be_filled(), told)
        };
        order(self) <= order(other)
    }

    /// An input that was not read, or only in part, by its name.
    pub fn of_input(locator: &str, reason: GapReason, detail: Option<&str>) -> Self {
        let mut gap = Self::new(SubjectKind::Input, input_key(locator), reason);
        gap.title = Some(locator.to_owned());
        gap.detail = detail.map(str::to_owned);
        gap
    }

    /// A gap with nothing but what it must have.
    pub fn new(kind: SubjectKind, key: impl Into<String>, reason: GapReason) -> Self {
        Self {
            kind,
            key: key.into(),
            reason,
            account: None,
            title: None,
            date: None,
            url: None,
            of: None,
            detail: None,
        }
    }
}

/// The key of an input that could not be read, by its name.
pub fn input_key(locator: &str) -> String {
    format!("input:{}", &Sha256::of(locator.as_bytes()).hex()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_to_a_thing_goes_before_what_failed() {
        let gap = |reason| Gap::new(SubjectKind::Article, "a", reason);
        let (deleted, blocked) = (gap(GapReason::DeletedByAuthor), gap(GapReason::FetchBlocked));
        assert!(deleted.stands_against(&blocked) && !blocked.stands_against(&deleted));
        assert!(deleted.stands_against(&deleted));
        let named = Gap { title: Some("b".to_owned()), ..deleted.clone() };
        assert_ne!(named.stands_against(&deleted), deleted.stands_against(&named));
    }
}
