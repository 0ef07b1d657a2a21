//! Decides whether a request is answered: it must name this address (another name that resolves to it is refused, as in
//! DNS rebinding), come from no other page, change state by POST only, and bear the session's cookie.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::door::Door;

/// Policy of every page and asset: only what this desk itself serves, no inline script or style. The preview of the
/// site is shown in a frame from the other host name.
pub(super) fn policy(preview: Option<&str>) -> String {
    let frames = preview.unwrap_or("'none'");
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; frame-src {frames}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Policy of a page that is shown by itself: an origin of its own, no script, its own styles.
pub(super) const SHOWN: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                                form-action 'none'; frame-ancestors 'none'";

/// Refuses a request, or returns `Ok(())`.
///
/// # Errors
/// The status to answer with.
pub(super) fn check(request: &Request, host: &str, door: &Door) -> Result<(), StatusCode> {
    address(request.headers(), host)?;
    origin(request.headers(), request.method(), host)?;
    if ![Method::GET, Method::HEAD, Method::POST].contains(request.method()) {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut cookies = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    if cookies.any(|cookies| door.knows(cookies)) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

/// Checks that the request names this address and no other.
pub(super) fn address(headers: &HeaderMap, host: &str) -> Result<(), StatusCode> {
    let mut named = headers.get_all(header::HOST).iter();
    match (named.next(), named.next()) {
        (Some(name), None) if name.as_bytes() == host.as_bytes() => Ok(()),
        _ => Err(StatusCode::FORBIDDEN),
    }
}

/// Checks that the request comes from a page of this desk, or from no page at all if it only reads.
pub(super) fn origin(headers: &HeaderMap, method: &Method, host: &str) -> Result<(), StatusCode> {
    let own = |value: &HeaderValue| value.to_str().ok().and_then(|value| value.strip_prefix("http://")) == Some(host);
    let origin = headers.get(header::ORIGIN);
    let fetch = headers.get(HeaderName::from_static("sec-fetch-site"));
    let fetched = fetch.is_none_or(|site| site == "same-origin" || site == "none");
    let sent = match origin {
        Some(origin) => own(origin),
        // Browsers name the page of every POST.
        None => method != Method::POST,
    };
    if sent && fetched { Ok(()) } else { Err(StatusCode::FORBIDDEN) }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const HOST: &str = "127.0.0.1:4321";

    fn asks(method: &str, headers: &[(&str, &str)]) -> Result<(), StatusCode> {
        let door = Door::new(4321).unwrap();
        let cookie = door.admit(&door.key().unwrap()).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut request = Request::builder().method(method).uri("/archive");
        for (name, value) in headers {
            request = request.header(*name, value.replace("COOKIE", &cookie));
        }
        check(&request.body(Body::empty()).unwrap(), HOST, &door)
    }

    #[test]
    fn only_the_admitted_browser_is_answered() {
        let good = [("host", HOST), ("cookie", "COOKIE")];
        assert_eq!(asks("GET", &good), Ok(()));
        assert_eq!(asks("GET", &[("host", HOST)]), Err(StatusCode::UNAUTHORIZED));
        assert_eq!(asks("GET", &[("host", HOST), ("cookie", "COOKIEx")]), Err(StatusCode::UNAUTHORIZED));
    }

    #[test]
    fn a_name_that_resolves_here_is_refused() {
        for host in ["localhost:4321", "evil.example", "evil.example:4321", "127.0.0.1", "127.0.0.1:432", ""] {
            assert_eq!(asks("GET", &[("host", host), ("cookie", "COOKIE")]), Err(StatusCode::FORBIDDEN), "{host}");
        }
        assert_eq!(asks("GET", &[("cookie", "COOKIE")]), Err(StatusCode::FORBIDDEN));
        let twice = [("host", HOST), ("host", "evil.example"), ("cookie", "COOKIE")];
        assert_eq!(asks("GET", &twice), Err(StatusCode::FORBIDDEN));
    }

    #[test]
    fn other_pages_are_refused_and_only_a_page_of_the_desk_may_post() {
        let with = |method: &str, name: &str, value: &str| {
            asks(method, &[("host", HOST), ("cookie", "COOKIE"), (name, value)])
        };
        for origin in ["http://evil.example", "null", "http://localhost:4321", "https://127.0.0.1:4321", ""] {
            assert_eq!(with("POST", "origin", origin), Err(StatusCode::FORBIDDEN), "{origin}");
            assert_eq!(with("GET", "origin", origin), Err(StatusCode::FORBIDDEN), "{origin}");
        }
        assert_eq!(with("POST", "origin", "http://127.0.0.1:4321"), Ok(()));
        assert_eq!(asks("POST", &[("host", HOST), ("cookie", "COOKIE")]), Err(StatusCode::FORBIDDEN));
        assert_eq!(with("GET", "sec-fetch-site", "cross-site"), Err(StatusCode::FORBIDDEN));
        assert_eq!(with("GET", "sec-fetch-site", "same-site"), Err(StatusCode::FORBIDDEN));
        assert_eq!(with("GET", "sec-fetch-site", "none"), Ok(()));
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            assert_eq!(
                with(method, "origin", "http://127.0.0.1:4321"),
                Err(StatusCode::METHOD_NOT_ALLOWED),
                "{method}"
            );
        }
    }
}
