//! What is held, what is missing, and whether the account may be closed now. Everything here is a value computed from
//! values: the clock is an argument, and only [`fill`] and the small load and save functions touch the disk, reading.
//!
//! The questions and their owners: who is the account ([`profile`]) · by which rules ([`rules`]) · what did the
//! owner record ([`evidence`], [`events`], [`waivers`]) · what was measured ([`facts`], filled by [`fill`]) · which
//! dates follow ([`calendar`]) · and the answer ([`engine`]).

pub mod advice;
pub mod after;
pub mod calendar;
pub mod check;
mod coded;
pub mod dates;
pub mod documents;
pub mod engine;
pub mod events;
pub mod evidence;
pub mod facts;
pub mod fill;
pub mod first;
pub mod forms;
pub mod guide;
pub mod ics;
pub mod letters;
pub mod plan;
pub mod profile;
pub mod questions;
pub mod report;
pub mod rules;
pub mod trades;
pub mod values;
pub mod waivers;
pub mod words;
