//! Turns the path that a browser gives for a dropped file into a path inside a batch.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::names::is_reserved;
use crate::platform;

/// Largest number of folders in a path.
const DEPTH: usize = 100;
/// Largest length of a name in bytes: what common file systems allow.
const NAME_BYTES: usize = 255;

/// Returns the path for a file that the browser names `given` (`folder/page.html`).
///
/// # Errors
/// `upload-name-refused` for a path that leads elsewhere, `upload-name-too-long`.
pub(super) fn clean(given: &str) -> Result<PathBuf> {
    let refused = || Error::input("upload-name-refused").with("name", given);
    let too_long = || Error::input("upload-name-too-long").with("name", given);
    let mut path = PathBuf::new();
    for (depth, part) in given.split('/').enumerate() {
        if depth >= DEPTH {
            return Err(too_long());
        }
        let mut name = platform::allowed_name(part);
        if is_reserved(&name) {
            name.insert(0, '_');
        }
        if name.len() > NAME_BYTES {
            return Err(too_long());
        }
        let mut parts = Path::new(&name).components();
        match (parts.next(), parts.next()) {
            (Some(Component::Normal(only)), None) if only == name.as_str() => path.push(&name),
            _ => return Err(refused()),
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_stay_as_they_are() {
        for path in ["页面.html", "文章/页面_files/a b.png", "a/.hidden/x", "标题：副标题.html", "a/…/b"]
        {
            assert_eq!(clean(path).unwrap(), Path::new(path));
        }
    }

    #[test]
    fn no_path_leads_out_of_the_batch() {
        let hostile = ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "./x", "a/.", "a/..", "a/"];
        for path in hostile {
            assert_eq!(clean(path).unwrap_err().code(), "upload-name-refused", "{path}");
        }
        for (path, becomes) in [
            ("..\\..\\x", ".._.._x"),
            ("a/..\\x", "a/.._x"),
            ("\\\\server\\share\\x", "__server_share_x"),
            ("a\u{0}b", "a_b"),
            ("a\nb", "a_b"),
            ("CON", "_CON"),
            ("a/nul.txt", "a/_nul.txt"),
        ] {
            assert_eq!(clean(path).unwrap(), Path::new(becomes), "{path:?}");
        }
    }

    #[test]
    fn long_names_and_deep_paths_are_refused() {
        assert!(clean(&"a".repeat(NAME_BYTES)).is_ok());
        assert_eq!(clean(&"a".repeat(NAME_BYTES + 1)).unwrap_err().code(), "upload-name-too-long");
        assert_eq!(clean(&vec!["a"; DEPTH + 1].join("/")).unwrap_err().code(), "upload-name-too-long");
    }
}
