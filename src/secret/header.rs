//! Finds secrets in headers of recorded requests and responses, whose structure names them, so that no search is
//! needed.

use super::is_secret_name;
use super::scan::worth_looking_for;

/// Cookies that identify the account, which is public.
const PUBLIC_COOKIES: &[&str] = &["bizuin", "data_bizuin", "mm_lang", "slave_bizuin", "slave_user"];

/// Returns the secrets in a header of a request or response, for [`super::SecretSet::new`]: all cookie values, and the
/// values of headers that identify the client.
pub fn secrets_in_header(name: &str, value: &str) -> Vec<Vec<u8>> {
    let is_set_cookie = name.eq_ignore_ascii_case("set-cookie");
    let values: Vec<&str> = if is_set_cookie || name.eq_ignore_ascii_case("cookie") {
        // The pairs after the first one of `Set-Cookie` are its attributes.
        let pairs = value.split(';').take(if is_set_cookie { 1 } else { usize::MAX });
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs.filter(|(name, _)| !PUBLIC_COOKIES.contains(&name.trim())).map(|(_, value)| value.trim()).collect()
    } else if is_secret_name(name) {
        value.split(' ').collect()
    } else {
        Vec::new()
    };
    values.into_iter().filter_map(|value| worth_looking_for(value.trim_matches('"').as_bytes())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_open_something_are_learned() {
        let learned = |name: &str, value: &str| -> Vec<String> {
            secrets_in_header(name, value).into_iter().map(|value| String::from_utf8(value).unwrap()).collect()
        };
        let cookies =
            "wxuin=2384000017; slave_user=gh_0d3m0acc0001; bizuin=3012345678; mm_lang=zh_CN; a=b; t=aB3%2Bxyz%3D1";
        assert_eq!(learned("Cookie", cookies), ["2384000017", "aB3+xyz=1"]);
        assert_eq!(
            learned("Set-Cookie", "slave_sid=Zt9xQk2LmN; Expires=Wed, 01 May 2024; Path=/12345678"),
            ["Zt9xQk2LmN"]
        );
        assert_eq!(learned("Authorization", "Bearer abcdef123456"), ["abcdef123456"]);
        assert_eq!(learned("Date", "Wed, 01 May 2024 08:10:00 GMT"), Vec::<String>::new());
    }
}
