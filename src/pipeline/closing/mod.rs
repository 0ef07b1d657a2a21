//! The owner's records of the closing, and documents they keep beside it.

pub mod keep;
pub mod readiness;
