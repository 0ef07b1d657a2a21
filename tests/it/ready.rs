//! `liudi ready`: profile, evidence and date in, verdict and dates out.

mod by_api;
mod cases;
mod days;
pub(crate) mod demo;
mod letters;
mod lists;
mod pages;
mod properties;
mod sources;
mod typed;
mod world;
