//! Maps the error codes in responses to their consequence for the call, the day's quota or the account.
//!
//! The official API returns errors with status 200 and `{"errcode":…,"errmsg":"… rid: …"}`; a successful response has
//! no `errcode`, or 0. Some endpoints use `base_resp.ret` instead, and the merchants' API uses words as codes.

use serde_json::Value;

/// Consequence of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Overload of the platform, or too many requests per minute: retry shortly.
    Busy,
    /// Problem with AppID, secret, IP address or confirmation: nothing works until the owner acts.
    Credentials,
    /// Used-up quota of the endpoint for the day.
    DayUsedUp,
    /// Frozen or restricted account: send no more requests for it.
    Frozen,
    /// Function not available to this kind of account, or not enabled by it. Not a fault.
    NotPermitted,
    /// Data still being prepared: retry later.
    NotYet,
    /// Problem specific to this one call.
    Other,
    /// Expired token: renew it once.
    Token,
}

/// Maps a numeric code (facts: error codes worth mapping).
pub fn meaning(code: i64) -> Meaning {
    match code {
        -1 | -1000 | 45_011 | 268_487_001 | 268_487_002 => Meaning::Busy,
        40_001 | 40_014 | 42_001 => Meaning::Token,
        40_002 | 40_013 | 40_125 | 40_164 | 40_243 | 41_002 | 41_004 | 50_004 | 89_501 | 89_503 | 89_506 | 89_507 => {
            Meaning::Credentials
        }
        45_009 => Meaning::DayUsedUp,
        48_001 | 48_004 | 76_022 | 88_000 => Meaning::NotPermitted,
        50_002 | 50_005 | 50_007 => Meaning::Frozen,
        _ => Meaning::Other,
    }
}

/// Maps a word of the merchants' API (facts: B2).
fn meaning_of_word(word: &str) -> Meaning {
    match word {
        "ACCOUNT_ERROR" | "MCH_FROZEN" => Meaning::Frozen,
        "NO_AUTH" => Meaning::NotPermitted,
        "SIGN_ERROR" => Meaning::Credentials,
        "STATEMENT_CREATING" => Meaning::NotYet,
        "SYSTEM_ERROR" | "FREQUENCY_LIMITED" | "RATELIMIT_EXCEED" => Meaning::Busy,
        _ => Meaning::Other,
    }
}

/// An error reported in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `40001`, `48001` …; for a merchant's response, the HTTP status.
    pub code: i64,
    /// A merchant's error word: `NO_AUTH`, `SIGN_ERROR` …
    pub name: Option<String>,
    /// Message of the platform, without the request id.
    pub words: String,
    /// Request id (`rid`) to quote when asking the platform about the error.
    pub rid: Option<String>,
}

impl Said {
    /// Reads the error of a response; `None` if it is a success.
    pub fn of(answer: &Value) -> Option<Self> {
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let base = &answer["base_resp"];
        let code =
            [&answer["errcode"], &base["ret"]].into_iter().find_map(|value| number(value).filter(|code| *code != 0))?;
        let words = [&answer["errmsg"], &base["err_msg"], &base["errmsg"]]
            .into_iter()
            .find_map(Value::as_str)
            .unwrap_or_default();
        let (words, rid) = match words.rsplit_once("rid:") {
            Some((words, rid)) => (words, Some(rid.trim().to_owned()).filter(|rid| !rid.is_empty())),
            None => (words, None),
        };
        Some(Self { code, name: None, words: words.trim().trim_end_matches(',').to_owned(), rid })
    }

    /// Returns the error's consequence.
    pub fn meaning(&self) -> Meaning {
        self.name.as_deref().map_or_else(|| meaning(self.code), meaning_of_word)
    }

    /// Returns the IP address that 40164 names: the one the owner must put on the allow-list.
    pub fn address(&self) -> Option<&str> {
        self.words.split(|c: char| c.is_whitespace() || c == ',').find(|word| word.parse::<std::net::IpAddr>().is_ok())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Covers every code of the facts: a code in the wrong row would query a frozen account again, or give up a busy
    /// one.
    #[test]
    fn the_table_code_by_code() {
        let rows: [(Meaning, &[i64]); 7] = [
            (Meaning::Busy, &[-1, -1000, 45_011, 268_487_001, 268_487_002]),
            (Meaning::Token, &[40_001, 40_014, 42_001]),
            (
                Meaning::Credentials,
                &[40_002, 40_013, 40_125, 40_164, 40_243, 41_002, 41_004, 50_004, 89_501, 89_503, 89_506, 89_507],
            ),
            (Meaning::DayUsedUp, &[45_009]),
            (Meaning::NotPermitted, &[48_001, 48_004, 76_022, 88_000]),
            (Meaning::Frozen, &[50_002, 50_005, 50_007]),
            (Meaning::Other, &[1, 40_003, 40_007, 45_008, 45_010, 50_001, 50_003, 50_006, 53_401, 89_502, i64::MAX]),
        ];
        for (expected, codes) in rows {
            for code in codes {
                assert_eq!(meaning(*code), expected, "{code}");
            }
        }
        let words = [
            (Meaning::Frozen, &["ACCOUNT_ERROR", "MCH_FROZEN"][..]),
            (Meaning::NotPermitted, &["NO_AUTH"]),
            (Meaning::Credentials, &["SIGN_ERROR"]),
            (Meaning::NotYet, &["STATEMENT_CREATING"]),
            (Meaning::Busy, &["SYSTEM_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEED"]),
            (Meaning::Other, &["NO_STATEMENT_EXIST", "PARAM_ERROR", "no_auth", ""]),
        ];
        for (expected, words) in words {
            for word in words {
                assert_eq!(meaning_of_word(word), expected, "{word}");
            }
        }
    }

    #[test]
    fn every_form_of_no_is_read() {
        let said =
            Said::of(&json!({"errcode": 40_001, "errmsg": "invalid credential rid: 6278fc12-0a0a8937-763b89f3"}));
        let said = said.unwrap();
        assert_eq!((said.code, said.meaning()), (40_001, Meaning::Token));
        assert_eq!(said.words, "invalid credential");
        assert_eq!(said.rid.as_deref(), Some("6278fc12-0a0a8937-763b89f3"));
        assert_eq!(Said::of(&json!({"errcode": "0", "errmsg": "ok"})), None);
        assert_eq!(Said::of(&json!({"list": []})), None);
        assert_eq!(Said::of(&json!({"base_resp": {"ret": 2009, "err_msg": "no permission"}})).unwrap().code, 2009);
        assert_eq!(Said::of(&json!({"errcode": "45009"})).unwrap().meaning(), Meaning::DayUsedUp);
    }

    #[test]
    fn the_address_to_allow_is_found() {
        let said = |words: &str| Said::of(&json!({"errcode": 40_164, "errmsg": words})).unwrap();
        let long = said("invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6278fc12-0a0a8937");
        assert_eq!(long.address(), Some("203.0.113.7"));
        assert_eq!(said("invalid ip, not in whitelist").address(), None);
    }
}
