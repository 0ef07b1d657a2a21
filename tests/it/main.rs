//! One integration binary, modules by subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod albums;
mod api;
mod archive;
mod backup;
mod bills;
mod bills_field;
mod containers;
mod crawl;
mod datasets;
mod editions;
mod exporters;
mod faults;
mod fetch;
mod foreign;
mod foreign_bags;
mod golden;
mod harmless;
mod hostile;
mod html;
mod kill;
mod layers;
mod mini;
mod mirror;
mod mirror_choice;
mod mirror_comments;
mod mirror_feeds;
mod mirror_links;
mod mirror_looks;
mod mirror_media;
mod mirror_pieces;
mod mirror_private;
mod ownership;
mod pages;
mod passwords;
mod pay;
mod pieces;
#[path = "../platform/mod.rs"]
mod platform;
mod readme;
mod ready;
mod schema;
mod secret;
mod secrets_in_links;
mod serve;
mod site_folder;
mod sources;
mod state;
mod support;
mod tables;
mod terminal;
mod themes;
mod usage;
mod verify;

use support::samples;
