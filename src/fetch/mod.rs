//! Accesses the network: one client, rate-limited per host, resumable, never connecting to private addresses.
//!
//! * No request is made without a [`Fetcher`], and a `Fetcher` opens no client before its first request: reading files
//!   must work on a machine without certificates.
//! * Every URL is checked before every hop ([`address`]): HTTPS, a host of the platform, no IP address instead of a
//!   name; and the host's name must resolve to a public address.
//! * Redirects are followed here, not in the client, so that each hop is checked and recorded ([`evidence`]).
//! * A [`host_limiter`] (account, host) has a pace, a width and a backoff: it slows down when the host asks for it and
//!   stops for the rest of the run when the host demands human verification.
//! * A body is accepted only when complete: lengths are compared, one layer of encoding is undone, limits are counted
//!   after decoding. Media are streamed to disk and resumed where they stopped ([`partial`]).
//! * Responses are judged by content ([`classify`]): an error message is no image, a challenge is no article.
//! * An API response has its own status: `200` with an error code in the body is an error, and one table
//!   ([`answer_code`]) maps it to its consequence for the call, the day or the account.
//!
//! This module must not know what an article is, nor where the archive stores things.

pub mod address;
pub mod answer_code;
pub mod api_client;
pub mod body;
pub mod call;
pub mod classify;
pub mod evidence;
pub mod failure;
pub mod fetcher;
pub mod host_limiter;
pub mod media;
pub mod oversight;
pub mod page;
pub mod partial;
pub mod pay;
pub mod resolve;
pub mod retry;
pub mod settings;
pub mod spool;
pub mod timestamp;
pub mod wechat_api;

mod transport;

pub use address::PlatformUrl;
pub use api_client::{ApiClient, NoAnswer};
pub use call::{CallRequest, Called, Expect};
pub use evidence::Exchange;
pub use failure::Failure;
pub use fetcher::Fetcher;
pub use media::{FetchedFile, MediaRequest};
pub use oversight::{Counted, Heard, Oversight};
pub use page::FetchedPage;
pub use settings::{Pace, Settings};
pub use spool::{Spooled, SpooledFile};
pub use wechat_api::WechatApi;

pub use crate::model::sniff;
