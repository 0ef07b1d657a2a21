//! Defines the types an archive is made of, in the field's own terms. Serde types only; no disk, no network, no clock.
//!
//! Rules: ids are strings (never through `f64`), money is exact ([`money`]), times carry an offset ([`time::Time`]),
//! unknown input is kept in `extra` and counted.

pub mod account;
pub mod album;
pub mod article;
pub mod article_url;
pub mod body;
pub mod cell;
pub mod class;
pub mod container_limits;
pub mod dataset;
pub mod days;
pub mod digest;
pub mod fold;
pub mod gap;
pub mod layout;
pub mod left_about;
pub mod listing;
pub mod media;
pub mod money;
pub mod name_set;
pub mod names;
pub mod post;
pub mod problem;
pub mod record;
pub mod saved;
pub mod site;
pub mod sniff;
pub mod statement;
pub mod store_address;
pub mod time;
pub mod version;
pub mod wrapped;

pub use account::AccountFields;
pub use album::AlbumFields;
pub use article::{Article, ArticleFields};
pub use article_url::ArticleUrl;
pub use body::Body;
pub use class::Class;
pub use container_limits::ContainerLimits;
pub use dataset::{DataRow, DataTotal, Dataset};
pub use digest::{Hasher, PIECE, Sha256};
pub use gap::{Gap, GapReason, SubjectKind};
pub use left_about::is_left_about;
pub use listing::ListingFields;
pub use media::{MediaHeld, MediaKey, MediaRef, MediaRole, MediaUse};
pub use name_set::{NameMap, NameSet};
pub use post::{Form, Post, ShortPost, ShortPostFields};
pub use problem::Problem;
pub use record::{Kind, Rank, Record};
pub use saved::SavedFile;
pub use store_address::StoreAddress;
pub use time::Time;
