//! A checked relative path inside an export. Its type makes a path traversal impossible: parts are separated by `/`,
//! and neither `..` nor any character that a file system could interpret is accepted.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::names::is_portable;

/// A checked relative path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutPath(String);

impl OutPath {
    /// Checks `path`.
    ///
    /// # Errors
    /// `out-path-refused` for absolute paths and for parts that some system cannot have ([`is_portable`]).
    pub fn new(path: impl Into<String>) -> Result<Self> {
        let path = path.into();
        if !path.split('/').all(is_portable) {
            return Err(Error::other("out-path-refused").with("path", path));
        }
        Ok(Self(path))
    }

    /// Returns the path with `/` between the parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path below `folder`.
    pub fn inside(&self, folder: &Path) -> PathBuf {
        let mut path = folder.to_owned();
        path.extend(self.0.split('/'));
        path
    }

    /// Returns the relative URL from this file to `other`: `../../media/x.png`.
    pub fn relative_to(&self, other: &Self) -> String {
        let from: Vec<&str> = self.0.split('/').collect();
        let to: Vec<&str> = other.0.split('/').collect();
        let shared = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
        let mut parts: Vec<&str> = vec![".."; from.len() - 1 - shared];
        parts.extend(&to[shared..]);
        parts.join("/")
    }
}

impl fmt::Display for OutPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traversal_cannot_be_written() {
        for bad in [
            "",
            "/etc/passwd",
            "a//b",
            "../a",
            "a/../b",
            "a/./b",
            "a\\b",
            "C:x",
            "a\nb",
            "con./x ",
            "a/NUL",
            "con.html/x",
            "a /b",
        ] {
            assert_eq!(OutPath::new(bad).unwrap_err().code(), "out-path-refused", "{bad:?}");
        }
    }

    #[test]
    fn relative_urls() {
        let path = |text: &str| OutPath::new(text).unwrap();
        assert_eq!(path("a/2024/x/index.html").relative_to(&path("a/2024/y/index.html")), "../y/index.html");
        assert_eq!(path("index.html").relative_to(&path("media/b1/x.png")), "media/b1/x.png");
        assert_eq!(path("a/b/c.html").relative_to(&path("index.html")), "../../index.html");
    }
}
