//! What exporters read: the committed public bag, nothing else. Since a View cannot see the private bag, nothing
//! private can reach an export.

/// A readable public bag.
pub struct View {}
