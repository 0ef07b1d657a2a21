//! 微信支付 API v3 on the wire: requests are signed with the merchant's key ([`Signer`]), answers are believed only when
//! the platform signed them ([`PlatformKeys`]), and files for which the platform made a key are opened with the
//! merchant's ([`envelope`]). [`PayApi`] puts them together.
//!
//! * Nothing here has a clock: seconds are given, or come from a clock that is.
//! * Keys, nonces and signatures are secret: they have no `Display`, and their `Debug` is empty.

pub mod api;
pub mod envelope;
pub mod key;
pub mod offer;
pub mod seal;
pub mod sign;
pub mod verify;

pub use api::{NO_STATEMENT, PayApi};
pub use key::MerchantKey;
pub use offer::{Declared, FileFacts, Form};
pub use seal::Seal;
pub use sign::Signer;
pub use verify::{PlatformKeys, SignatureHeaders};
