//! Describes what a site states about itself and its owner.

use serde::Deserialize;

/// Texts of the owner for every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Title, instead of the account's name.
    pub title: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// Name of the licence (`CC BY-NC 4.0`).
    pub licence: Option<String>,
    /// URL that explains the licence.
    pub licence_url: Option<String>,
    /// ICP 备案号, which sites in mainland China must show.
    pub icp: Option<String>,
    /// Line at the top of every page.
    pub notice: Option<String>,
    /// Places to follow the author now.
    pub follow: Vec<Follow>,
}

/// Which comments a site shows. They are other people's words: none, unless the owner decides otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentChoice {
    /// All, with names.
    All,
    /// None.
    #[default]
    None,
    /// The account's own replies.
    Own,
    /// All, under pseudonyms.
    Pseudonymous,
}

impl CommentChoice {
    /// Names on the command line and in `site.toml`.
    pub const CODES: [&str; 4] = ["none", "own", "pseudonymous", "all"];

    /// Returns the choice of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "all" => Some(Self::All),
            "none" => Some(Self::None),
            "own" => Some(Self::Own),
            "pseudonymous" => Some(Self::Pseudonymous),
            _ => None,
        }
    }

    /// Returns the name of the choice.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::None => "none",
            Self::Own => "own",
            Self::Pseudonymous => "pseudonymous",
        }
    }
}

impl Identity {
    /// Finds an address that a page must not link to: only `http`, `https` and `mailto` lead somewhere without running
    /// code. Returns its key in the file, and the address.
    pub fn bad_link(&self) -> Option<(&'static str, &str)> {
        let licence = self.licence_url.as_deref().map(|url| ("licence-url", url));
        let follow = self.follow.iter().filter_map(|place| Some(("follow.url", place.url.as_deref()?)));
        licence.into_iter().chain(follow).find(|(_, url)| !is_link(url))
    }
}

/// Reports whether a page may link to `url`.
pub fn is_link(url: &str) -> bool {
    // Characters that a browser skips in an address could hide another scheme.
    let plain = !url.contains(|c: char| c.is_control()) && url.trim() == url;
    plain
        && url::Url::parse(url).is_ok_and(|url| match url.scheme() {
            "http" | "https" => url.host_str().is_some_and(|host| !host.is_empty()),
            "mailto" => !url.path().is_empty(),
            _ => false,
        })
}

/// A place where the author publishes now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// Display name.
    pub name: String,
    /// Address; none for a name to search for.
    #[serde(default)]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_site_lead_to_pages_and_letters() {
        for good in ["https://a.b/c?d#e", "http://例子.中国", "HTTPS://A.B", "mailto:me@a.b"] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://a.b",
            "blob:https://a.b/x",
            "weixin://x",
            "//a.b",
            "a.b",
            "",
            "https://",
            "mailto:",
            "https://a.b/\nx",
            "\u{1}javascript:alert(1)",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
    }
}
