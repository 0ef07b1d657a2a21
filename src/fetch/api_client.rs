//! What all APIs have in common: a call goes out with the account's credentials and comes back as an answer or as a no.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer_code::{Meaning, Said};
use super::call::{Called, Expect};
use super::failure::Failure;
use crate::error::Error;

/// A call as the client sees it. Credentials are the client's own affair.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// `/path?query`, or a whole URL that the platform gave.
    pub target: &'a str,
    /// The JSON to send; `None` is a GET.
    pub body: Option<&'a Value>,
    /// What kind of answer.
    pub expect: Expect,
    /// Bytes of the answer, decoded.
    pub limit: u64,
}

/// The API of one account.
pub trait ApiClient: Send + Sync {
    /// AppID or merchant number.
    fn account(&self) -> &str;

    /// Makes one call.
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Called, NoAnswer>>;

    /// Every secret value used so far: none of them may be found in what is kept.
    fn secrets(&self) -> Vec<Vec<u8>>;
}

/// Why a call brought nothing.
#[derive(Debug)]
pub enum NoAnswer {
    /// Nothing works for this account: credentials, address, freeze.
    Account(Error),
    /// The network, or this machine.
    Failed(Failure),
    /// The run was asked to stop.
    Interrupted,
    /// The platform says no to this call; what came is proof of it.
    Said(Said, Option<Box<Called>>),
}

impl NoAnswer {
    /// The platform's code, where it gave one.
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Said(said, _) => Some(said.code),
            Self::Account(_) | Self::Failed(_) | Self::Interrupted => None,
        }
    }

    /// What the platform's code means, where it gave one.
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
