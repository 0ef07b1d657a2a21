//! The collectors of a merchant number (微信支付).

pub mod balance;
pub mod bill;
pub mod bills;
pub(crate) mod days;
