//! `liudi keep FILE --as KIND`: any document, bit-exact, in the private part.
use super::arguments::KeepOptions;
use super::context::Context;
use crate::error::Result;
/// stub
pub(super) fn run(_: &Context<'_>, _: &KeepOptions) -> Result<u8> {
    Ok(0)
}
