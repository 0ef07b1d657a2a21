//! Implements the wire protocol of 微信支付 API v3: requests are signed with the merchant's key ([`Signer`]), responses are
//! accepted only with the platform's signature ([`PlatformKeys`]), and files encrypted for the merchant are decrypted
//! with its key ([`envelope`]). [`PayApi`] combines them.
//!
//! * Nothing here reads a clock: seconds are passed in, or come from a clock that is.
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
