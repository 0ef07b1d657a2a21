//! `--api` against the stand-in: what each class of account gives, from nothing to an archive; quotas over days; runs
//! killed anywhere; a bad network; and no secret anywhere.

mod accounts;
mod disturbed;
mod documented;
mod quotas;
mod secrets;
pub(crate) mod world;
