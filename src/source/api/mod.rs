//! The official APIs as sources: one [`Collector`](collector::Collector) per file, grouped by the kind of account to
//! close. [`registry`] lists them all.

pub mod account;
pub mod answer;
pub mod collector;
pub(crate) mod file_answer;
pub mod merchant;
pub mod mini_program;
pub(crate) mod news;
pub(crate) mod paging;
pub mod registry;
pub mod shop;
