//! The importers, in the order in which they are asked. One line adds one.

use super::Importer;

/// All importers. `identify` decides by content; the order only matters between two that are [`super::Match::Likely`].
pub const IMPORTERS: &[&dyn Importer] = &[
    &super::personal::Personal,
    &super::media::Media,
    &super::har::Har,
    &super::mhtml::Mhtml,
    &super::webarchive::Webarchive,
    &super::enex::Enex,
    &super::mail::Mail,
    &super::warc::Warc,
    &super::page::Page,
    &super::getmsg::Getmsg,
    &super::publish_page::PublishPage,
    &super::album::Album,
    &super::channels::Channels,
    &super::channels_csv::ChannelsCsv,
    &super::channels_record::ChannelsRecord,
    &super::appmsg_list::AppmsgList,
    &super::wae_json::WaeJson,
    &super::wechatdownload_csv::WechatDownloadCsv,
    &super::wae_xlsx::WaeXlsx,
    &super::comments::Comments,
    &super::counts::ArticleCounts,
    &super::http_message::HttpMessage,
    &super::wae_accounts::WaeAccounts,
    &super::refusal::RefusalBody,
    &super::bill_fund_flow::BillFundFlow,
    &super::bill_personal::BillPersonal,
    &super::bill_sharing::BillSharing,
    &super::bill_trade::BillTrade,
    &super::datacube::Datacube,
    &super::shop_json::ShopJson,
    &super::cloud::Cloud,
    &super::chats::Chats,
    &super::backend_statistics::BackendStatistics,
    &super::shop_table::ShopTable,
    &super::feed::Feed,
    &super::sqlite::Sqlite,
    &super::sql_dump::SqlDump,
    &super::news_answers::NewsAnswers,
    &super::article_rows::ArticleRows,
    &super::clip::Clip,
    &super::clipping::Clippings,
    &super::links::LinkFile,
    &super::exporter_document::ExporterDocument,
    &super::saved_file::Saved,
    // What nobody could read: only what is left.
    &super::unread_bill::UnreadBill,
];

/// Those whose inputs hold other inputs.
pub const CONTAINERS: &[&dyn Importer] =
    &[&super::har::Har, &super::mail::Mail, &super::mhtml::Mhtml, &super::warc::Warc];
