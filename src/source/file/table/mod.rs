//! Tables and documents of back ends and databases, kept as private tables.

pub mod chats;
pub mod cloud;
pub mod data_table;
pub mod datacube;
pub mod personal;
pub(crate) mod row_links;
pub mod shop_json;
pub(crate) mod tables;
