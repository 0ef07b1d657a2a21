//! Archives in a cloud store, in a form of their own below one prefix of a bucket:
//!
//! ```text
//! blobs/sha256/ab/ab12…    content, each object named by its SHA-256 and never changed
//! trees/<64 hex>           a listing of every file of one state of the archive, named by its SHA-256
//! head.json                which tree is the archive now: the one object that is replaced
//! heads/0000000007.json    only where a store cannot replace an object on a condition: who may be the seventh head
//! README.txt               how to put the archive together without liudi
//! ```
//!
//! A writer puts the missing blobs, reads them back, puts the tree and at the very end replaces the head. A reader that
//! begins at the head therefore always sees a whole archive, whenever a writer is killed or two of them meet.

mod bags;
mod blobs;
mod connection;
mod head;
mod object;
mod send;
mod tree;

pub use bags::Cloud;
pub use connection::{connect, connect_to, disconnect};
pub use head::{Head, claim_epoch, head};
pub use send::{Sent, send};

/// Checks that the bucket of a store is there and can be listed.
///
/// # Errors
/// `store-not-found`, and those of the connection.
pub fn check(address: &crate::model::StoreAddress) -> crate::error::Result<()> {
    blobs::Blobs::list(&*connection::Connection::of(address)?).map(drop)
}

/// Folder of the content.
const BLOBS: &str = "blobs/sha256/";
/// Folder of the listings.
const TREES: &str = "trees/";

/// Returns the name of the object with this content.
fn blob(digest: &crate::model::Sha256) -> String {
    let hex = digest.hex();
    format!("{BLOBS}{}/{hex}", &hex[..2])
}
