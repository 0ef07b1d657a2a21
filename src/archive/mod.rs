//! The archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity.
