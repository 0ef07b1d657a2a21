//! Determines what is held, what is missing, and whether the account may be closed now. Everything here is computed
//! from values: the clock is an argument, and only [`fill`] and the small load and save functions access the disk, and
//! only to read.
//!
//! The inputs and their modules: the account ([`profile`]), the rules ([`rules`]), the owner's records ([`evidence`],
//! [`events`], [`waivers`]), the measurements ([`facts`], filled by [`fill`]), the dates ([`calendar`]). The verdict is
//! computed by [`engine`].

pub mod advice;
pub mod after;
pub mod bill_series;
pub mod calendar;
pub mod check;
pub mod chronology;
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
pub(crate) mod page;
pub mod plan;
pub mod profile;
pub mod questions;
pub mod report;
pub mod rules;
pub mod sheet;
pub mod trades;
pub mod values;
pub mod waivers;
pub mod words;
