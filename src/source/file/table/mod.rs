//! Tables and documents of back ends and databases that are kept as private tables.

pub mod backend_statistics;
pub mod chats;
pub mod cloud;
pub(crate) mod data_table;
pub mod datacube;
pub mod personal;
pub(crate) mod row_links;
pub mod shop_json;
pub mod shop_table;
pub(crate) mod tables;
