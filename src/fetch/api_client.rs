//! Defines what all APIs share: a call is sent with the account's credentials and returns a response or a refusal.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer_code::{Meaning, Said};
use super::call::{Called, Expect};
use super::failure::Failure;
use crate::error::Error;

/// A call as the client sees it. The client adds the credentials itself.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// `/path?query`, or a whole URL that the platform returned.
    pub target: &'a str,
    /// JSON to send; `None` makes it a GET.
    pub body: Option<&'a Value>,
    /// Expected kind of response.
    pub expect: Expect,
    /// Limit of the decoded response, in bytes.
    pub limit: u64,
}

/// API of one account.
pub trait ApiClient: Send + Sync {
    /// Returns the AppID or merchant number.
    fn account(&self) -> &str;

    /// Makes one call.
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Called, NoAnswer>>;

    /// Returns every secret value used so far: none may appear in what is archived.
    fn secrets(&self) -> Vec<Vec<u8>>;
}

/// Why a call returned no data.
#[derive(Debug)]
pub enum NoAnswer {
    /// Failure of the whole account: credentials, IP address, freeze.
    Account(Error),
    /// Failure of the network or the local machine.
    Failed(Failure),
    /// Request to stop the run.
    Interrupted,
    /// Refusal of this call by the platform; the response is the evidence.
    Said(Said, Option<Box<Called>>),
}

impl NoAnswer {
    /// Returns the platform's error code, if it gave one.
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Said(said, _) => Some(said.code),
            Self::Account(_) | Self::Failed(_) | Self::Interrupted => None,
        }
    }

    /// Returns the consequence of the platform's error code, if it gave one.
    pub fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Said(said, _) => Some(said.meaning()),
            Self::Account(_) | Self::Failed(_) | Self::Interrupted => None,
        }
    }
}

impl From<Failure> for NoAnswer {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for NoAnswer {
    fn from(error: Error) -> Self {
        Self::Failed(Failure::from(error))
    }
}
