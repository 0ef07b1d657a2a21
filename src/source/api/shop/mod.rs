//! The collectors of a 微信小店.

pub mod basic;
pub mod funds;
pub mod orders;
pub(crate) mod windows;
pub mod withdrawals;
