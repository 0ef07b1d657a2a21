//! Parses the URL forms of an article into one identity (facts: short `/s/<id>`; long `/s?__biz=&mid=&idx=&sn=`, where
//! `appmsgid`, `itemidx` and `sign` are older names; temporary `src,timestamp,ver,signature`, which expires).
//! Everything else in the query is tracking or a secret and is dropped.

use url::Url;

/// URL of an article, reduced to its identifying parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArticleUrl {
    /// `/s/<id>`.
    pub short: Option<String>,
    /// `__biz`.
    pub biz: Option<String>,
    /// `mid`.
    pub mid: Option<String>,
    /// `idx`.
    pub idx: Option<String>,
    /// `sn`.
    pub sn: Option<String>,
    /// Link of a search engine or a preview, which expires and does not identify the article.
    pub temporary: bool,
}

/// Host of articles.
const HOST: &str = "mp.weixin.qq.com";

impl ArticleUrl {
    /// Parses any form, also with `&amp;`, `\x26amp;`, `http:\/\/`, no scheme, surrounding white space. `None` if it is
    /// not an article's.
    pub fn parse(text: &str) -> Option<Self> {
        let text = decode(text);
        let text = text.as_str();
        let with_scheme = if text.starts_with("//") {
            format!("https:{text}")
        } else if text.starts_with(HOST) {
            format!("https://{text}")
        } else {
            text.to_owned()
        };
        let url = Url::parse(&with_scheme).ok()?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str() != Some(HOST) {
            return None;
        }
        let path = url.path().trim_end_matches('/');
        let mut found = Self::default();
        if let Some(id) = path.strip_prefix("/s/") {
            if id.is_empty()
                || id.contains('/')
                || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            {
                return None;
            }
            found.short = Some(id.to_owned());
        } else if path != "/s" && path != "/mp/appmsg/show" && path != "/mp/appmsgread" {
            return None;
        }
        for (name, value) in url.query_pairs() {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let slot = match name.as_ref() {
                "__biz" => &mut found.biz,
                "mid" | "appmsgid" => &mut found.mid,
                "idx" | "itemidx" => &mut found.idx,
                "sn" | "sign" => &mut found.sn,
                // From a search engine, or a preview given to the author.
                "signature" | "tempkey" => {
                    found.temporary = true;
                    continue;
                }
                _ => continue,
            };
            slot.get_or_insert_with(|| value.to_owned());
        }
        // Form decoding turns a `+` of base64 into a space.
        found.biz = found.biz.map(|biz| biz.replace(' ', "+"));
        for number in [&mut found.mid, &mut found.idx] {
            if number.as_ref().is_some_and(|value| !value.bytes().all(|b| b.is_ascii_digit())) {
                *number = None;
            }
        }
        if found.mid.is_some() && found.idx.is_none() {
            found.idx = Some("1".to_owned());
        }
        (found.short.is_some() || found.mid.is_some() || found.sn.is_some() || found.temporary).then_some(found)
    }

    /// Returns the aliases of this identity, best first: `<__biz>_<mid>_<idx>`, `short:<id>`, `sn:<sn>`.
    pub fn aliases(&self) -> Vec<String> {
        let mut aliases = Vec::new();
        if let (Some(biz), Some(mid), Some(idx)) = (&self.biz, &self.mid, &self.idx) {
            aliases.push(article_alias(biz, mid, idx));
        }
        if let Some(short) = &self.short {
            aliases.push(format!("short:{short}"));
        }
        if let Some(sn) = &self.sn {
            aliases.push(format!("sn:{sn}"));
        }
        aliases
    }

    /// Reports whether both have numbers and these differ: two articles, even if an export gave both the same `sn`.
    pub fn has_other_numbers(&self, other: &Self) -> bool {
        let differs =
            |left: &Option<String>, right: &Option<String>| left.is_some() && right.is_some() && left != right;
        differs(&self.mid, &other.mid) || differs(&self.idx, &other.idx)
    }

    /// Returns the URL with only its identifying parts; `None` for a temporary link.
    pub fn canonical(&self) -> Option<String> {
        if let Some(short) = &self.short {
            return Some(format!("https://{HOST}/s/{short}"));
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("__biz", &self.biz), ("mid", &self.mid), ("idx", &self.idx), ("sn", &self.sn)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        // The platform writes the `==` of `__biz` unescaped, and so do users who search for it.
        let query = query.finish().replace("%3D", "=");
        (self.mid.is_some() || self.sn.is_some()).then(|| format!("https://{HOST}/s?{query}"))
    }
}

/// Returns the id of an article: `<__biz>_<mid>_<idx>`.
pub fn article_alias(biz: &str, mid: &str, idx: &str) -> String {
    format!("{biz}_{mid}_{idx}")
}

/// Escapes of URL characters in JavaScript and JSON.
const ESCAPES: &[(&[&str], &str)] = &[
    (&["\\x26", "\\u0026"], "&"),
    (&["\\x2f", "\\x2F", "\\u002f", "\\u002F"], "/"),
    (&["\\x3d", "\\x3D", "\\u003d", "\\u003D"], "="),
    (&["\\x3f", "\\x3F", "\\u003f", "\\u003F"], "?"),
    (&["\\x23", "\\u0023"], "#"),
];

/// Undoes the escapes of URLs in pages and lists: `http:\/\/`, `\x26amp;`, `\u0026`, `&amp;` (also twice), `&#38;`.
pub fn decode(text: &str) -> String {
    let mut text = text.trim().replace("\\/", "/");
    if text.contains('\\') {
        for (escapes, character) in ESCAPES {
            for escape in *escapes {
                text = text.replace(escape, character);
            }
        }
    }
    for _ in 0..4 {
        let next = text.replace("&amp;", "&").replace("&#38;", "&").replace("&#x26;", "&");
        if next == text {
            break;
        }
        text = next;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_in_the_account_id_survives_every_spelling() {
        for biz in ["MzA0+DAwMDAwMA==", "MzA0%2BDAwMDAwMA==", "MzA0%2BDAwMDAwMA%3D%3D", "MzA0%2bDAwMDAwMA%3d%3d"] {
            let url = ArticleUrl::parse(&format!("https://mp.weixin.qq.com/s?__biz={biz}&mid=1&idx=2&sn=a")).unwrap();
            assert_eq!(url.aliases()[0], "MzA0+DAwMDAwMA==_1_2", "{biz}");
            // The canonical address must parse to the same identity.
            assert_eq!(ArticleUrl::parse(&url.canonical().unwrap()).unwrap(), url, "{biz}");
        }
    }

    #[test]
    fn every_article_of_one_sending_has_its_own_identity() {
        for (name, index) in [("idx", "1"), ("idx", "2"), ("itemidx", "2"), ("itemidx", "8")] {
            let url = format!("https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=7&{name}={index}&sn=a");
            assert_eq!(ArticleUrl::parse(&url).unwrap().aliases()[0], format!("MzA0MDAwMDAwMA==_7_{index}"), "{url}");
        }
    }

    #[test]
    fn only_web_addresses_lead_to_articles() {
        for scheme in ["ftp", "file", "javascript", "data", "ws"] {
            assert_eq!(ArticleUrl::parse(&format!("{scheme}://mp.weixin.qq.com/s/abc")), None, "{scheme}");
        }
    }

    #[test]
    fn every_form_of_one_article_has_one_identity() {
        let long = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc123&chksm=84&scene=27#wechat_redirect";
        let forms = [
            long.to_owned(),
            long.replace('&', "&amp;"),
            long.replace('&', "&amp;amp;"),
            long.replace('&', "\\x26amp;"),
            long.replace("https:", "http:"),
            long.replace('/', "\\/"),
            long.replace("https://", ""),
            "http://mp.weixin.qq.com/mp/appmsg/show?__biz=MzA0MDAwMDAwMA==&appmsgid=2650000001&itemidx=1&sign=abc123"
                .to_owned(),
        ];
        for form in forms {
            let url = ArticleUrl::parse(&form).unwrap_or_else(|| panic!("{form}"));
            assert_eq!(url.aliases(), ["MzA0MDAwMDAwMA==_2650000001_1", "sn:abc123"], "{form}");
            assert_eq!(
                url.canonical().unwrap(),
                "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc123"
            );
        }
        let short = ArticleUrl::parse("https://mp.weixin.qq.com/s/KDWh_qGpFN5Vu1TR9t30Mw?poc_token=x#rd").unwrap();
        assert_eq!(short.canonical().unwrap(), "https://mp.weixin.qq.com/s/KDWh_qGpFN5Vu1TR9t30Mw");
        assert!(
            ArticleUrl::parse("https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=xx").unwrap().temporary
        );
        for other in [
            "https://example.com/s/abc",
            "https://mp.weixin.qq.com/mp/profile_ext?action=home",
            "javascript:void(0)",
            "",
        ] {
            assert_eq!(ArticleUrl::parse(other), None, "{other}");
        }
    }
}
