//! The importers, in the order in which they are asked. One line adds one.

use super::Importer;

/// All importers. `identify` decides by content; the order only matters between two that are [`super::Match::Likely`].
pub const IMPORTERS: &[&dyn Importer] = &[
    &super::media::Media,
    &super::page::Page,
    &super::getmsg::Getmsg,
    &super::publish_page::PublishPage,
    &super::album::Album,
    &super::channels::Channels,
    &super::channels_csv::ChannelsCsv,
    &super::appmsg_list::AppmsgList,
    &super::wae_json::WaeJson,
    &super::wechatdownload_csv::WechatDownloadCsv,
    &super::wae_xlsx::WaeXlsx,
    &super::refusal::RefusalBody,
    &super::bill_fund_flow::BillFundFlow,
    &super::bill_personal::BillPersonal,
    &super::bill_sharing::BillSharing,
    &super::bill_trade::BillTrade,
    &super::links::LinkFile,
    &super::saved_file::Saved,
];
