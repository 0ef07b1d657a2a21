//! Names what is missing, with a reason. The codes are frozen once released.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Sha256, Time};

/// Why something that is known to exist is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GapReason {
    /// Closure of the whole account.
    AccountClosed,
    /// Block by the platform (violation, account blocked).
    BlockedByPlatform,
    /// Unreadable input that should hold it.
    BrokenInput,
    /// Removal after a complaint.
    Complaint,
    /// Deletion by the author.
    DeletedByAuthor,
    /// Failed download; a retry may succeed.
    DownloadFailed,
    /// Expiry of the time in which it was available.
    ExpiredWindow,
    /// Verification demanded or rate limited by the platform; a retry may succeed.
    FetchBlocked,
    /// Received content that does not match its digest or size.
    HashMismatch,
    /// Migration of the account without it.
    Migrated,
    /// No bill of the platform for that day.
    NoBill,
    /// Listed, but held by no input and never fetched.
    NotHeld,
    /// Counted in a total but in no list.
    NotListed,
    /// No permission for this kind of account.
    NotPermitted,
    /// Input not read because the run was stopped.
    NotRead,
    /// Paid article of which only the free part is held.
    PartialPaid,
    /// Encrypted input that no given password opens.
    PasswordNeeded,
    /// Placeholder received instead.
    Placeholder,
    /// File that is still encrypted.
    StillEncrypted,
    /// Text only, from an exporter's list: no markup, no pictures.
    TextOnly,
    /// Size beyond the configured limit.
    TooLarge,
    /// Kind of thing that this version cannot archive.
    UnsupportedType,
}

impl GapReason {
    /// All reasons, in the order of their codes.
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

    /// Returns the frozen code used in CSV and JSON.
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

    /// Reports whether the platform removed it: by a block, after a complaint, with the account.
    pub fn is_removed_by_platform(self) -> bool {
        matches!(self, Self::AccountClosed | Self::BlockedByPlatform | Self::Complaint)
    }

    /// Reports whether its author or the platform withdrew it. An archive keeps what it holds of it private.
    pub fn is_withdrawn(self) -> bool {
        self == Self::DeletedByAuthor || self.is_removed_by_platform()
    }

    /// Reports whether the platform no longer counts it among the published.
    pub fn is_unpublished(self) -> bool {
        self == Self::Migrated || self.is_withdrawn()
    }

    /// Reports whether the platform no longer provides it to anybody.
    pub fn is_unavailable(self) -> bool {
        self == Self::ExpiredWindow || self.is_unpublished()
    }

    /// Reports whether only the owner is to read that it is missing: it was withdrawn, or sold.
    pub fn is_private(self) -> bool {
        self == Self::PartialPaid || self.is_withdrawn()
    }

    /// Reports whether a retry or another input may still provide it.
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

/// Kind of a missing thing.
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
    /// Data of one endpoint of the official API.
    Endpoint,
    /// An input file that could not be used.
    Input,
    /// An image, audio or video file.
    Media,
    /// A message to the followers that is not an article.
    Note,
    /// Rows of a private table.
    Rows,
    /// A work of a 视频号, or a live replay.
    Video,
}

impl SubjectKind {
    /// Returns the code used in CSV and JSON.
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

/// A missing thing. It is identified by (`kind`, `key`): a later reason replaces an earlier one, and the gap is removed
/// once the thing is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Kind of the thing.
    pub kind: SubjectKind,
    /// Id of the thing: an article id, a media key, `input:<digest>`, a bill day …
    pub key: String,
    /// Reason.
    pub reason: GapReason,
    /// Account of the thing, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Title or file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Time of publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// Original URL, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Article to which a medium or comment belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Further details, in the platform's own words or numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Gap {
    /// Prefix of [`Gap::detail`] for a picture that stays missing because several files next to the page could be it;
    /// the file names follow.
    pub const UNCLEAR: &str = "unclear: ";
    /// [`Gap::detail`] of the account's avatar, which has no title.
    pub const AVATAR: &str = "avatar";
    /// Key of the gap of an unfinished commit.
    pub const UNFINISHED: &'static str = "unfinished";

    /// Reports whether this gap takes precedence over `other`, reported for the same thing by another input, whatever
    /// the order of the two: deletion or blocking takes precedence over a mere failure.
    pub fn stands_against(&self, other: &Self) -> bool {
        let order = |gap: &Self| {
            let told = (gap.reason.code(), gap.title.clone(), gap.detail.clone(), gap.url.clone(), gap.of.clone());
            (gap.reason.can_be_filled(), told)
        };
        order(self) <= order(other)
    }

    /// Reports whether it is the account's avatar that is missing.
    pub fn is_avatar(&self) -> bool {
        self.kind == SubjectKind::Media && self.title.is_none() && self.detail.as_deref() == Some(Self::AVATAR)
    }

    /// Creates the gap of an input that was not read, or only in part, by its name.
    pub fn of_input(locator: &str, reason: GapReason, detail: Option<&str>) -> Self {
        let mut gap = Self::new(SubjectKind::Input, input_key(locator), reason);
        gap.title = Some(locator.to_owned());
        gap.detail = detail.map(str::to_owned);
        gap
    }

    /// Reports whether it is the gap of an input that only its name tells from others.
    pub fn is_named_by_title(&self) -> bool {
        self.kind == SubjectKind::Input && self.title.as_deref().is_some_and(|title| self.key == input_key(title))
    }

    /// Returns the gap of an input with what else tells the input from others of its name; nothing, and its key stays.
    pub fn marked(mut self, mark: &str) -> Self {
        if let Some(title) = self.title.as_deref().filter(|_| !mark.is_empty()) {
            self.key = short_key(&format!("{title}\n{mark}"));
        }
        self
    }

    /// Returns the key that the gap of an input had when only the name told inputs apart. What was given up by it stays
    /// given up.
    pub fn former_key(&self) -> Option<String> {
        let of_name = self.kind == SubjectKind::Input && self.key.len() == input_key("").len();
        self.title.as_deref().filter(|_| of_name).map(input_key).filter(|former| *former != self.key)
    }

    /// Returns the key, and the one that it had.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.key.clone()).chain(self.former_key())
    }

    /// Reports whether the gap is one of those with these keys, by the key that it has or had.
    pub fn is_among(&self, keys: &BTreeSet<String>) -> bool {
        self.keys().any(|key| keys.contains(&key))
    }

    /// Creates the gap of an archive whose last commit has not ended: what was put in is not all in the tables yet.
    pub fn of_unfinished() -> Self {
        Self::new(SubjectKind::Input, Self::UNFINISHED, GapReason::NotRead)
    }

    /// Reports whether it is an input that was given and not read: broken, locked, too large, or left by a stopped run.
    /// What is of no known type is kept and told apart.
    pub fn is_unread_input(&self) -> bool {
        use GapReason::{BrokenInput, NotRead, PasswordNeeded, StillEncrypted, TooLarge};
        let unread = matches!(self.reason, BrokenInput | NotRead | PasswordNeeded | StillEncrypted | TooLarge);
        self.kind == SubjectKind::Input && unread
    }

    /// Reports whether it is missing for good, as far as anybody knows: no retry and no other input is likely to have it.
    pub fn is_lost(&self) -> bool {
        !self.reason.can_be_filled()
    }

    /// Reports whether the gap is [`Gap::of_unfinished`].
    pub fn is_of_unfinished(&self) -> bool {
        self.kind == SubjectKind::Input && self.key == Self::UNFINISHED
    }

    /// Creates a gap with only the required fields.
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

/// Returns the gap key of an input by its name alone.
pub fn input_key(locator: &str) -> String {
    short_key(locator)
}

fn short_key(text: &str) -> String {
    format!("input:{}", &Sha256::of(text.as_bytes()).hex()[..16])
}

/// Returns the name of an input among several of that name.
pub fn numbered(title: &str, number: usize) -> String {
    format!("{title} ({number})")
}

/// Numbers the inputs that lists name alike, by their keys: a person has to tell them apart.
pub fn numbers<'g>(gaps: impl Iterator<Item = &'g Gap>) -> BTreeMap<&'g str, usize> {
    let mut alike: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for gap in gaps.filter(|gap| gap.kind == SubjectKind::Input) {
        if let Some(title) = &gap.title {
            alike.entry(title).or_default().insert(&gap.key);
        }
    }
    let several = alike.into_values().filter(|keys| keys.len() > 1);
    several.flat_map(|keys| keys.into_iter().enumerate().map(|(at, key)| (key, at + 1))).collect()
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

    #[test]
    fn a_reason_means_the_same_to_everyone_who_asks() {
        let codes = |asked: fn(GapReason) -> bool| {
            let all = GapReason::ALL.into_iter().filter(|reason| asked(*reason));
            all.map(GapReason::code).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(codes(GapReason::is_removed_by_platform), "account_closed blocked_by_platform complaint");
        let withdrawn = "account_closed blocked_by_platform complaint deleted_by_author";
        assert_eq!(codes(GapReason::is_withdrawn), withdrawn);
        assert_eq!(codes(GapReason::is_unpublished), format!("{withdrawn} migrated"));
        assert_eq!(codes(GapReason::is_unavailable), format!("{withdrawn} expired_window migrated"));
        assert_eq!(codes(GapReason::is_private), format!("{withdrawn} partial_paid"));
        // Nothing that was withdrawn is asked for again.
        assert!(GapReason::ALL.into_iter().all(|reason| !(reason.is_withdrawn() && reason.can_be_filled())));
    }
}
