//! Lets whoever runs many accounts see and space the requests of all of them: each account's fetcher knows only its own.

use std::fmt::Debug;
use std::time::Duration;

/// Sees every try of every request.
pub trait Oversight: Debug + Send + Sync {
    /// Takes the next turn of a request to `host`, on top of the fetcher's own pace of one an `interval`. Returns the time to
    /// wait until it.
    fn turn(&self, counted: Counted<'_>, host: &str, interval: Duration) -> Duration;

    /// Hears how a try ended.
    fn heard(&self, host: &str, ended: Heard);
}

/// By what the platform counts requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted<'a> {
    /// By AppID or merchant number, wherever they come from.
    ByAccount(&'a str),
    /// By the address that they come from, whatever account they are for.
    ByAddress,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// With a response of so many bytes, which may say that there is nothing.
    Answered(u64),
    /// Refused for its rate, or with a demand for human verification.
    Refused,
    /// Without a usable response.
    Failed,
}
