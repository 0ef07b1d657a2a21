//! 微信支付 API v3: signatures by the documents' vectors and by keys made here; a merchant from nothing to bills in the
//! ledger; runs killed anywhere; a bad network and a lying one; and no secret anywhere.

mod bills;
mod faults;
mod signatures;
pub(crate) mod world;
