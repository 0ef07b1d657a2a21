//! What a site says of itself and of its owner.

use serde::Deserialize;

/// The owner's words for every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its title, instead of the account's name.
    pub title: Option<String>,
    /// A line of copyright.
    pub copyright: Option<String>,
    /// The licence in words (`CC BY-NC 4.0`).
    pub licence: Option<String>,
    /// Where the licence is explained.
    pub licence_url: Option<String>,
    /// ICP 备案号, which sites in mainland China must show.
    pub icp: Option<String>,
    /// A line at the top of every page.
    pub notice: Option<String>,
    /// Where the author can be followed now.
    pub follow: Vec<Follow>,
}

/// Which comments a site shows. They are other people's words: none, unless the owner decides otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentChoice {
    /// All, by name.
    All,
    /// None.
    #[default]
    None,
    /// The account's own replies.
    Own,
    /// All, under names that tell nothing.
    Pseudonymous,
}

impl CommentChoice {
    /// As the command line and `site.toml` name them.
    pub const CODES: [&str; 4] = ["none", "own", "pseudonymous", "all"];

    /// The choice of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "all" => Some(Self::All),
            "none" => Some(Self::None),
            "own" => Some(Self::Own),
            "pseudonymous" => Some(Self::Pseudonymous),
            _ => None,
        }
    }
}

/// A place where the author writes now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// What it is called.
    pub name: String,
    /// Its address, if it has one (a name to search for has none).
    #[serde(default)]
    pub url: Option<String>,
}
