//! The importers, in the order in which they are asked. One line adds one.

use super::Importer;

/// All importers. `identify` decides by content; the order only matters between two that are [`super::Match::Likely`].
pub const IMPORTERS: &[&dyn Importer] = &[
    &super::media::Media,
    &super::page::Page,
    &super::getmsg::Getmsg,
    &super::publish_page::PublishPage,
    &super::appmsg_list::AppmsgList,
    &super::album_list::AlbumAnswer,
    &super::wae_json::WaeJson,
    &super::refusal::RefusalBody,
    &super::bill_fund_flow::BillFundFlow,
    &super::bill_personal::BillPersonal,
    &super::bill_trade::BillTrade,
];
