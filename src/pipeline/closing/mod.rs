//! The closing's use cases as values: each takes options and the host, returns what it did or found, and prints nothing.
//!
//! What is to be judged is measured once ([`readiness::Assessment`]); from it follow the questions that are open
//! ([`interview`]) and the verdict. The owner's records ([`records`]) are read, added to and committed as one value.

pub mod account;
pub mod event;
pub mod evidence;
mod fixity;
pub mod guide;
pub mod interview;
pub mod keep;
pub mod letters;
mod nearest;
pub mod plan;
pub(crate) mod private_files;
pub mod probe;
pub mod purge;
pub mod readiness;
pub mod records;
mod rule_file;
pub mod waive;

/// Values that results contain.
pub use crate::audit::{
    advice::ToDo,
    after::Task as TaskAfter,
    dates::Line as DateLine,
    engine::Verdict,
    events::Events,
    evidence::Evidence,
    facts::Fixity,
    first::First,
    forms::Form,
    guide::Entry as GuideEntry,
    plan::{Alternative, Fuse, Plan, Step},
    profile::{AccountKind, Profile},
    questions::{Question, Target},
    rules::Severity,
};
