//! The collectors, in the order in which they are run: what leaves its window first comes first, then what fills the
//! list of articles, then what is asked of each article. One line adds one.

use super::collector::Collector;

/// All collectors.
pub const COLLECTORS: &[&dyn Collector] = &[&super::freepublish::Freepublish];

/// The collector of this name.
pub fn named(name: &str) -> Option<&'static dyn Collector> {
    COLLECTORS.iter().copied().find(|collector| collector.info().name == name)
}
