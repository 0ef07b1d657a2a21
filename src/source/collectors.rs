//! The collectors, in the order in which they are run: what leaves its window first comes first, then what fills the
//! list of articles, then what is asked of each article. One line adds one.

use super::collector::{Collector, Service, Wishes};

/// All collectors.
pub const COLLECTORS: &[&dyn Collector] = &[
    &super::pay_bills::OWN,
    &super::pay_bills::SHARING,
    &super::pay_bills::SUB_MERCHANTS,
    &super::pay_bills::PLATFORM,
    &super::pay_balance::PayBalance,
    &super::freepublish::Freepublish,
    &super::datacube_api::TOTAL_DETAIL,
    &super::account_settings::AccountSettings,
    &super::material::Materials,
    &super::draft::Drafts,
    &super::comment::Comments,
    &super::publisher::Publisher,
    &super::datacube_api::ARTICLE_READ,
    &super::datacube_api::ARTICLE_SHARE,
    &super::datacube_api::BIZ_SUMMARY,
    &super::datacube_api::USER_SUMMARY,
    &super::datacube_api::USER_CUMULATE,
    &super::datacube_api::UPSTREAM,
    &super::datacube_api::UPSTREAM_SPREAD,
    &super::datacube_api::UPSTREAM_WEEKS,
    &super::datacube_api::UPSTREAM_MONTHS,
    &super::datacube_api::UPSTREAM_SPREAD_WEEKS,
    &super::datacube_api::UPSTREAM_SPREAD_MONTHS,
    &super::customer_service::CustomerService,
    &super::tag::Tags,
    &super::follower::Followers,
    &super::datacube_api::UPSTREAM_HOURS,
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

/// The collectors of a service that a person wants.
pub fn wanted(service: Service, wishes: &Wishes) -> impl Iterator<Item = &'static dyn Collector> {
    let named = |list: &[String], name: &str| list.iter().any(|one| one == name);
    let chosen =
        move |name: &str| (wishes.only.is_empty() || named(&wishes.only, name)) && !named(&wishes.without, name);
    let all = COLLECTORS.iter().copied().filter(move |one| one.service() == service);
    all.filter(move |one| one.is_wanted(wishes) && chosen(one.info().name))
}
