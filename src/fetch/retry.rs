//! Decides which responses are retried, and after which delay.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::model::GapReason;

use super::address::PlatformUrl;
use super::failure::Failure;
use super::resolve::is_private_address;
use super::settings::Settings;

/// Returns the delays between the tries of one request.
pub fn waits(settings: &Settings) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(settings.retry_delay)
        .with_max_delay(settings.retry_delay_limit)
        .with_max_times(settings.retries)
        .with_jitter()
        .build()
}

/// Converts a status that is neither success nor redirect into a failure.
pub fn of_status(url: &PlatformUrl, status: StatusCode, headers: &HeaderMap, settings: &Settings) -> Failure {
    let passing = || Failure { transient: true, ..Failure::blocked("fetch-rate-limited", url) };
    let failure = match status.as_u16() {
        // Too many requests: the standard status for it.
        429 => passing(),
        // Temporarily out of service; with `Retry-After` it is a request to slow down.
        503 if headers.contains_key(RETRY_AFTER) => passing(),
        408 | 425 | 500 | 502 | 503 | 504 => Failure::passing("fetch-status", url),
        // The platform's file hosts return 403 when a token in the URL has expired.
        401 | 403 => Failure { reason: GapReason::FetchBlocked, ..Failure::download("fetch-status", url) },
        404 | 410 => Failure { reason: GapReason::ExpiredWindow, ..Failure::download("fetch-status", url) },
        _ => Failure::download("fetch-status", url),
    };
    let failure = failure.with("status", status.as_u16());
    Failure { retry_after: retry_after(headers).map(|wait| wait.min(settings.retry_delay_limit)), ..failure }
}

/// Reads `Retry-After` in seconds. The platform does not use the date form, which would need a clock; it counts as
/// absent.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Converts a connection error into a failure.
pub fn of_transport(url: &PlatformUrl, error: reqwest::Error) -> Failure {
    // The client's error text may contain a URL with a token.
    let error = error.without_url();
    if error.is_timeout() {
        return Failure::passing("fetch-timeout", url).with("stage", "connect").because(error);
    }
    if is_private_address(&error) {
        return Failure::download("fetch-address-refused", url).because(error);
    }
    let code = if error.is_connect() { "fetch-connect-failed" } else { "fetch-body-broken" };
    Failure::passing(code, url).because(error)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn judge(status: u16, after: Option<&'static str>) -> Failure {
        let url = PlatformUrl::parse("https://mp.weixin.qq.com/s/abc").unwrap();
        let mut headers = HeaderMap::new();
        if let Some(after) = after {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(after));
        }
        of_status(&url, StatusCode::from_u16(status).unwrap(), &headers, &Settings::default())
    }

    #[test]
    fn the_table() {
        let rows = [
            (408, true, GapReason::DownloadFailed),
            (425, true, GapReason::DownloadFailed),
            (429, true, GapReason::FetchBlocked),
            (500, true, GapReason::DownloadFailed),
            (502, true, GapReason::DownloadFailed),
            (503, true, GapReason::DownloadFailed),
            (504, true, GapReason::DownloadFailed),
            (400, false, GapReason::DownloadFailed),
            (401, false, GapReason::FetchBlocked),
            (403, false, GapReason::FetchBlocked),
            (404, false, GapReason::ExpiredWindow),
            (410, false, GapReason::ExpiredWindow),
            (418, false, GapReason::DownloadFailed),
            (451, false, GapReason::DownloadFailed),
            (501, false, GapReason::DownloadFailed),
        ];
        for (status, transient, reason) in rows {
            let failure = judge(status, None);
            assert_eq!((failure.transient, failure.reason), (transient, reason), "{status}");
        }
    }

    #[test]
    fn the_host_is_heard_but_not_without_end() {
        assert_eq!(judge(429, Some("7")).retry_after, Some(Duration::from_secs(7)));
        assert_eq!(judge(503, Some("86400")).retry_after, Some(Duration::from_mins(1)));
        assert_eq!(judge(503, Some("7")).reason, GapReason::FetchBlocked);
        // The delay is honoured whatever the status, to the second.
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(judge(status, Some(" 59 ")).retry_after, Some(Duration::from_secs(59)), "{status}");
            assert_eq!(judge(status, Some("61")).retry_after, Some(Duration::from_mins(1)), "{status}");
            assert_eq!(judge(status, None).retry_after, None, "{status}");
        }
        assert_eq!(judge(429, Some("-1")).retry_after, None);
        assert_eq!(judge(429, Some("Wed, 21 Oct 2026 07:28:00 GMT")).retry_after, None);
    }

    #[test]
    fn waits_grow_and_end() {
        let settings = Settings { retry_delay: Duration::from_millis(100), retries: 3, ..Settings::default() };
        let waits: Vec<Duration> = waits(&settings).collect();
        assert_eq!(waits.len(), 3);
        assert!(waits[0] >= Duration::from_millis(100) && waits[2] >= Duration::from_millis(400), "{waits:?}");
    }
}
