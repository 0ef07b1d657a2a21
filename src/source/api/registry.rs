//! The collectors, in the order in which they run: first data whose window closes soonest, then the list of articles,
//! then requests for each article. Adding a collector takes one line.

use super::collector::{DynCollector, Scope, Service};

/// All collectors.
pub const COLLECTORS: &[&dyn DynCollector] = &[
    &super::merchant::bills::OWN,
    &super::merchant::bills::SHARING,
    &super::merchant::bills::SUB_MERCHANTS,
    &super::merchant::bills::PLATFORM,
    &super::merchant::balance::PayBalance,
    &super::account::freepublish::Freepublish,
    &super::account::datacube::TOTAL_DETAIL,
    &super::account::settings::AccountSettings,
    &super::account::material::Materials,
    &super::account::draft::Drafts,
    &super::account::comment::Comments,
    &super::account::publisher::Publisher,
    &super::account::datacube::ARTICLE_READ,
    &super::account::datacube::ARTICLE_SHARE,
    &super::account::datacube::BIZ_SUMMARY,
    &super::account::datacube::USER_SUMMARY,
    &super::account::datacube::USER_CUMULATE,
    &super::account::datacube::UPSTREAM,
    &super::account::datacube::UPSTREAM_SPREAD,
    &super::account::datacube::UPSTREAM_WEEKS,
    &super::account::datacube::UPSTREAM_MONTHS,
    &super::account::datacube::UPSTREAM_SPREAD_WEEKS,
    &super::account::datacube::UPSTREAM_SPREAD_MONTHS,
    &super::account::customer_service::CustomerService,
    &super::account::tag::Tags,
    &super::account::follower::Followers,
    &super::account::datacube::UPSTREAM_HOURS,
    &super::mini_program::basic::MiniBasic,
    &super::mini_program::finder_live::FinderLive,
    &super::mini_program::cloud::MiniCloud,
    &super::mini_program::analysis::MiniAnalysis,
    &super::shop::basic::ShopBasic,
    &super::shop::funds::ShopFunds,
    &super::shop::withdrawals::WITHDRAWALS,
    &super::shop::orders::ORDERS,
];

/// Returns the collector of this name.
pub fn named(name: &str) -> Option<&'static dyn DynCollector> {
    COLLECTORS.iter().copied().find(|collector| collector.info().name == name)
}

/// Returns the collectors of a service that the user selected.
pub fn wanted(service: Service, scope: &Scope) -> impl Iterator<Item = &'static dyn DynCollector> {
    let named = |list: &[String], name: &str| list.iter().any(|one| one == name);
    let chosen = move |name: &str| (scope.only.is_empty() || named(&scope.only, name)) && !named(&scope.without, name);
    let all = COLLECTORS.iter().copied().filter(move |one| one.service() == service);
    all.filter(move |one| one.is_wanted(scope) && chosen(one.info().name))
}
