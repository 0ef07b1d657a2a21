//! Defines the form of the value of each recordable fact in one table, shared by `evidence`, the questions of
//! `ready --ask` and the checks.

use jiff::civil::Date;
use serde::Serialize;

use super::{bill_series, values};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::text::Texts;

/// The form of a fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// An amount in yuan.
    Amount,
    /// A whole number.
    Count,
    /// A date.
    Day,
    /// The digest of an archive, or the path of its directory.
    Digest,
    /// A file to keep, or the statement that there is none.
    File,
    /// Free text.
    Text,
    /// A URL.
    Url,
    /// Yes or no.
    YesNo,
    /// Yes or no, or the place where something is kept.
    YesNoOrPlace,
}

/// Form of every key that can be recorded.
const FORMS: &[(&str, Form)] = &[
    ("accounts_and_third_party_logins_moved", Form::YesNo),
    ("ad_account_zero", Form::Amount),
    ("ad_settlement_statements", Form::YesNoOrPlace),
    ("ad_unsettled_zero", Form::Amount),
    ("admin_can_scan_and_receive_notice", Form::YesNo),
    ("aftersale_open_zero", Form::Count),
    ("alternatives_considered", Form::YesNo),
    ("application_passed", Form::Day),
    ("auto_reply", Form::File),
    ("autopay_ended", Form::YesNo),
    ("cancelled", Form::Day),
    ("cards_unbound", Form::YesNo),
    ("channels_balance_zero", Form::Amount),
    ("channels_links_removed_and_nothing_in_review", Form::YesNo),
    ("channels_video_total", Form::Count),
    ("chat_backup", Form::YesNoOrPlace),
    ("cleared", Form::Day),
    ("cloud_db_export", Form::File),
    ("cloud_storage_export", Form::File),
    ("comment_total", Form::Count),
    ("contracts_ended_or_performed", Form::YesNo),
    ("corporate_account_ready", Form::YesNo),
    ("deposit_zero", Form::Amount),
    ("deregistered", Form::Day),
    ("dissolution_papers", Form::YesNoOrPlace),
    ("draft_total", Form::Count),
    ("first_order", Form::Day),
    ("first_trade", Form::Day),
    ("follower_total", Form::Count),
    ("followers_purged_at", Form::Day),
    ("freeze_end", Form::Day),
    ("frozen", Form::Day),
    ("gov_papers", Form::YesNoOrPlace),
    ("icp_filing_decided", Form::YesNo),
    ("keys_revoked", Form::YesNo),
    ("last_login_or_api_call", Form::Day),
    ("last_order", Form::Day),
    ("last_trade", Form::Day),
    ("live_total", Form::Count),
    ("mailbox_free", Form::YesNo),
    ("material_image_total", Form::Count),
    ("material_news_total", Form::Count),
    ("material_video_total", Form::Count),
    ("material_voice_total", Form::Count),
    ("mch_balance_zero", Form::Amount),
    ("mch_validate_cancel_result", Form::Text),
    ("menu", Form::File),
    ("migration_review_passed", Form::Day),
    ("miniprograms_unlinked_or_moved", Form::YesNo),
    ("moments_backup", Form::YesNoOrPlace),
    ("mp_service_suspended_and_plugin_withdrawn", Form::YesNo),
    ("no_open_complaint_violation_or_lawsuit", Form::YesNo),
    ("notice_date", Form::Day),
    ("notice_published", Form::Day),
    ("notice_url", Form::Url),
    ("openid_list_saved_at", Form::Day),
    ("orders_open_zero", Form::Count),
    ("personal_data_plan_and_date", Form::YesNo),
    ("personal_first_trade", Form::Day),
    ("personal_last_trade", Form::Day),
    ("profile", Form::File),
    ("publish_record_export", Form::File),
    ("published_total", Form::Count),
    ("registered", Form::Day),
    ("registrant_can_scan_and_face_check", Form::YesNo),
    ("registrations_updated", Form::YesNo),
    ("released", Form::Day),
    ("second_copy_digest", Form::Digest),
    ("sole_route_papers", Form::YesNoOrPlace),
    ("subject_change_announced", Form::YesNo),
    ("subject_verified", Form::Day),
    ("submitted", Form::Day),
    ("third_party_authorisations_revoked", Form::YesNo),
    ("trade_end", Form::Day),
    ("transfer_shown", Form::Day),
    ("wallet_zero", Form::Amount),
    ("wecom_admin_moved", Form::YesNo),
    ("wecom_export", Form::YesNoOrPlace),
];

/// Key of the number of followers, which the profile has too.
pub const FOLLOWERS: &str = "follower_total";

/// Start of the keys of days without a bill: `no_bill:wxpay_trade_bill:2026-03-01`.
const NO_BILL: &str = "no_bill:";

/// Returns the key of the fact that the platform has no bill of a merchant for `item`, a series with a day or a range.
pub fn no_bill(item: &str) -> String {
    format!("{NO_BILL}{item}")
}

/// Returns the series and the first and last day of which `key` says that there is no bill.
pub fn days_without_bill(key: &str) -> Option<(&str, (Date, Date))> {
    bill_series::days(key.strip_prefix(NO_BILL)?)
}

/// Returns the form of `key`; `None` if the key is unknown.
pub fn form(key: &str) -> Option<Form> {
    if days_without_bill(key).is_some() {
        return Some(Form::YesNo);
    }
    FORMS.iter().find(|(known, _)| *known == key).map(|(_, form)| *form)
}

/// Returns every key, in alphabetical order.
pub fn keys() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|(key, _)| *key)
}

/// Returns the placeholder for the value of `key` in a printed command: 【篇数】, 【日期】. No shell splits or expands it.
pub fn blank(texts: &Texts, key: &str) -> String {
    let own = texts.find_code("blank", key);
    own.unwrap_or_else(|| texts.get(&format!("blank-{}", form(key).unwrap_or(Form::Text).name()), &[]))
}

impl Form {
    /// Returns the form's name as used in text ids.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Count => "count",
            Self::Day => "day",
            Self::Digest => "digest",
            Self::File => "file",
            Self::Text => "text",
            Self::Url => "url",
            Self::YesNo | Self::YesNoOrPlace => "yes-no",
        }
    }

    /// Normalizes `text` to its recorded form: a date as `2026-03-01`, a number in plain digits, `yes` or `no`. "Don't
    /// know" is accepted for every form and recorded as `unknown`.
    ///
    /// # Errors
    /// `value-…-wanted` or `yes-or-no-wanted` if `text` is not of this form.
    pub fn read(self, text: &str, today: Date) -> Result<String> {
        let text = text.trim();
        if values::is_unknown(text) {
            return Ok("unknown".to_owned());
        }
        let yes_no = |yes| if yes { "yes" } else { "no" }.to_owned();
        let read = match self {
            Self::Amount => values::amount(text).map(|amount| amount.to_string()),
            Self::Count => values::count(text).map(|count| count.to_string()),
            Self::Day => values::day(text, Some(today)).map(|day| day.to_string()),
            Self::Digest => text.parse::<Sha256>().ok().map(|_| text.to_owned()),
            Self::Url => (text.starts_with("https://") || text.starts_with("http://")).then(|| text.to_owned()),
            Self::YesNo | Self::File => values::yes_or_no(text).map(yes_no),
            // A place answers the question as well as yes does.
            Self::YesNoOrPlace => Some(values::yes_or_no(text).map_or_else(|| text.to_owned(), yes_no)),
            Self::Text => Some(text.to_owned()),
        };
        read.ok_or_else(|| self.wanted().with("value", text))
    }

    /// Returns true if a file answers it: whatever a file, a yes or a place would answer.
    pub const fn is_answered_by_file(self) -> bool {
        matches!(self, Self::File | Self::YesNo | Self::YesNoOrPlace)
    }

    /// Returns the error for a fact `key` recorded without a value.
    pub fn missing(self, key: &str) -> Error {
        Error::usage("value-missing").with("event", key).with("form", self.name())
    }

    /// Returns the error that names this form.
    pub fn wanted(self) -> Error {
        match self {
            Self::Amount => Error::usage("value-amount-wanted"),
            Self::Count => Error::usage("value-count-wanted"),
            Self::Day => Error::usage("value-day-wanted"),
            Self::Digest => Error::usage("value-digest-wanted"),
            Self::File => Error::usage("value-file-wanted"),
            Self::Text => Error::usage("value-text-wanted"),
            Self::Url => Error::usage("value-url-wanted"),
            Self::YesNo | Self::YesNoOrPlace => Error::usage("yes-or-no-wanted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::events::EventName;
    use crate::audit::rules::Rules;

    #[test]
    fn every_key_has_one_form() {
        let mut known = Rules::embedded().unwrap().evidence_keys();
        known.extend(EventName::ALL.iter().map(|name| name.code().to_owned()));
        for key in &known {
            assert!(form(key).is_some(), "{key}");
        }
        let listed: Vec<&str> = keys().collect();
        assert!(listed.is_sorted_by(|a, b| a < b), "the table is sorted and holds each key once");
    }

    #[test]
    fn what_is_not_of_the_form_is_refused_by_name() {
        let today = "2026-03-02".parse().unwrap();
        let code = |key: &str, text: &str| form(key).unwrap().read(text, today).unwrap_err().code();
        assert_eq!(code("first_trade", "17篇"), "value-day-wanted");
        assert_eq!(code("published_total", "昨天"), "value-count-wanted");
        assert_eq!(code("mch_balance_zero", "yes"), "value-amount-wanted");
        assert_eq!(code("notice_url", "mp.weixin"), "value-url-wanted");
        assert_eq!(code("cards_unbound", "也许"), "yes-or-no-wanted");
        assert_eq!(code("menu", "在桌面上"), "value-file-wanted");
        let read = |key: &str, text: &str| form(key).unwrap().read(text, today).unwrap();
        assert_eq!(read("first_trade", "昨天"), "2026-03-01");
        assert_eq!(read("published_total", "17篇"), "17");
        assert_eq!(read("chat_backup", "在硬盘里"), "在硬盘里");
        assert_eq!(read("published_total", "不知道"), "unknown");
        assert_eq!(read("deposit_zero", "没有"), "0");
    }
}
