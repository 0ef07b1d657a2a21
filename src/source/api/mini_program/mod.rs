//! The collectors of a 小程序.

pub mod analysis;
pub(crate) mod analysis_rows;
pub mod basic;
pub mod cloud;
pub(crate) mod cloud_rows;
pub mod finder_live;
