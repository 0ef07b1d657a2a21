//! Implements the use cases of a closure. Each takes options and a host, returns a value and prints nothing.
//!
//! An archive is measured once ([`readiness::Assessment`]). The open questions ([`interview`]) and the verdict follow
//! from the measurements and the owner's records ([`records`]).

pub mod account;
pub mod avatar;
pub mod event;
pub mod evidence;
pub mod fixity;
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
pub mod remark;
mod report_files;
mod rule_file;
mod second_copy;
pub mod sheet;
pub mod waive;

/// Types that appear in results.
pub use crate::audit::bill_series;
/// A page of its own from a template.
pub(crate) use crate::audit::page::render as render_page;
pub use crate::audit::{
    advice::{ToDo, ToDos},
    after::Task as TaskAfter,
    dates::{Line as DateLine, item as date_item, submission},
    engine::Verdict,
    events::{EventName, Events},
    evidence::Evidence,
    facts::Fixity,
    first::First,
    forms::Form,
    guide::Entry as GuideEntry,
    plan::{Alternative, Fuse, Plan, Step},
    profile::{AccountKind, Entity, Profile},
    questions::{Question, Target},
    rules::Severity,
};
