//! The collectors, in the order in which they are run: what leaves its window first comes first, then what fills the
//! list of articles, then what is asked of each article. One line adds one.

use super::collector::Collector;

/// All collectors.
pub const COLLECTORS: &[&dyn Collector] = &[
    &super::pay_bills::PayBills,
    &super::pay_sharing::PaySharing,
    &super::pay_sub_merchants::PaySubMerchants,
    &super::freepublish::Freepublish,
    &super::mini_basic::MiniBasic,
    &super::finder_live::FinderLive,
    &super::mini_cloud::MiniCloud,
    &super::mini_analysis::MiniAnalysis,
    &super::shop_basic::ShopBasic,
    &super::shop_funds::ShopFunds,
    &super::shop_withdrawals::ShopWithdrawals,
    &super::shop_orders::ShopOrders,
];

/// The collector of this name.
pub fn named(name: &str) -> Option<&'static dyn Collector> {
    COLLECTORS.iter().copied().find(|collector| collector.info().name == name)
}
