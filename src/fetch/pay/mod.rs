//! 微信支付 API v3 on the wire: requests are signed with the merchant's key ([`Signer`]), answers are believed only when
//! the platform signed them ([`PlatformKeys`]), and files for which the platform made a key are opened with the
//! merchant's ([`envelope`]).
//!
//! * Nothing here sends anything, and nothing here has a clock: seconds and nonces are given.
//! * Keys, nonces and signatures are secret: they have no `Display`, and their `Debug` is empty.

pub mod envelope;
pub mod key;
pub mod sign;
pub mod verify;

pub use key::MerchantKey;
pub use sign::Signer;
pub use verify::{Answer, PlatformKeys};
