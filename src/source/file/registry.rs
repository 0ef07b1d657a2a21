//! The importers, in the order in which they identify an input. Adding one takes one line.

use crate::source::{Holds, Importer};

/// All importers. `identify` decides by content; the order matters only if several report
/// [`crate::source::Match::Likely`].
pub const IMPORTERS: &[&dyn Importer] = &[
    &super::table::personal::Personal,
    &super::page::media::Media,
    &super::container::har::Har,
    &super::container::mhtml::Mhtml,
    &super::container::webarchive::Webarchive,
    &super::container::enex::Enex,
    &super::container::mail::Mail,
    &super::container::warc::Warc,
    &super::page::article::Page,
    &super::list::getmsg::Getmsg,
    &super::list::publish_page::PublishPage,
    &super::list::album::Album,
    &super::list::channels::Channels,
    &super::list::channels_table::STATISTICS,
    &super::list::channels_table::DOWNLOADS,
    &super::list::appmsg_list::AppmsgList,
    &super::list::wae_json::WaeJson,
    &super::list::list_table::WECHAT_DOWNLOAD,
    &super::list::list_table::ARTICLE_EXPORTER,
    &super::page::comments::Comments,
    &super::page::counts::ArticleCounts,
    &super::container::http_message::HttpMessage,
    &super::list::wae_accounts::WaeAccounts,
    &super::page::refusal::RefusalBody,
    &super::bill::FUND_FLOW,
    &super::bill::PERSONAL,
    &super::bill::profit_sharing::BillSharing,
    &super::bill::TRADE,
    &super::table::datacube::Datacube,
    &super::table::shop_json::ShopJson,
    &super::table::cloud::Cloud,
    &super::table::chats::Chats,
    &super::table::data_table::STATISTICS,
    &super::table::data_table::SHOP,
    &super::list::feed::Feed,
    &super::list::sqlite::Sqlite,
    &super::list::sql_dump::SqlDump,
    &super::list::news_answers::NewsAnswers,
    &super::list::article_rows::ArticleRows,
    &super::page::clip::Clip,
    &super::page::clipping::Clippings,
    &super::list::links::LinkFile,
    &super::page::exporter_document::ExporterDocument,
    &super::page::saved_file::Saved,
    // Last: takes only what no other importer identifies.
    &super::bill::unread::UnreadBill,
];

/// Returns the importers whose inputs contain other inputs.
pub fn containers() -> impl Iterator<Item = &'static dyn Importer> {
    IMPORTERS.iter().copied().filter(|importer| importer.holds() != Holds::Nothing)
}
