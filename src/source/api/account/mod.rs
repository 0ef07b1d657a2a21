//! The collectors of a 公众号.

pub mod comment;
pub mod customer_service;
pub mod datacube;
pub mod draft;
pub mod follower;
pub mod freepublish;
pub mod material;
pub mod publisher;
pub mod settings;
pub mod tag;
