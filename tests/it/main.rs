//! One integration binary, modules by subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod ready;
