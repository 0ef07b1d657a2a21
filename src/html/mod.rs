//! HTML: the one allow-list DOM pass that makes a canonical body, and what is done with such bodies afterwards. Pure
//! functions; no disk, no network.
