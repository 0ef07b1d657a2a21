//! Comments as the owner chose to show them. They are other people's words from the private bag, which an exporter cannot
//! see; whoever runs it hands over what was chosen, already without the rest.

use std::fmt::Debug;

use serde::Serialize;

use crate::error::Result;
use crate::model::{Sha256, Time};

/// A comment or a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Whose it is, as it may be shown.
    pub name: Option<String>,
    /// The owner's own words.
    pub own: bool,
    /// What it says.
    pub text: String,
    /// When.
    pub when: Option<Time>,
    /// Where from, as the platform shows it.
    pub place: Option<String>,
    /// How often it was liked.
    pub likes: u64,
    /// Replies to it.
    pub replies: Vec<Comment>,
}

/// Gives the comments of articles.
pub trait Comments: Debug + Send + Sync {
    /// Changes whenever those of the article known by these names would; `None` if it has none.
    fn digest(&self, names: &[&str]) -> Option<Sha256>;

    /// Those of the article known by these names.
    fn of(&self, names: &[&str]) -> Result<Vec<Comment>>;

    /// Id of the text that says what was done to them.
    fn remark(&self) -> Option<&'static str>;
}
