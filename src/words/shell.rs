//! Formats commands for users to paste into sh, PowerShell or cmd: one command with the absolute path of the archive in
//! double quotes, so that it works from any folder.

use std::path::Path;

use crate::platform;

/// Returns `liudi -C "<archive>"`, to which a printed command appends its arguments.
pub fn liudi(archive: &Path) -> String {
    format!("liudi -C {}", quoted(&std::path::absolute(archive).unwrap_or_else(|_| archive.to_owned())))
}

/// Returns `path` in double quotes, as the shell of this system reads them.
pub fn quoted(path: &Path) -> String {
    let text = platform::plain(path).display().to_string();
    // The path `.` becomes `/a/.`, whose ending is only noise.
    let text = text.strip_suffix("/.").filter(|rest| !rest.is_empty()).unwrap_or(&text);
    if cfg!(windows) {
        // No path on Windows contains a quote; a backslash before the closing quote would escape it.
        return format!("\"{}\"", text.strip_suffix('\\').map_or(text.to_owned(), |rest| format!("{rest}\\\\")));
    }
    let mut all = String::from("\"");
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '$' | '`') {
            all.push('\\');
        }
        all.push(character);
    }
    all + "\""
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(liudi(Path::new("/家/我的 存档")), "liudi -C \"/家/我的 存档\"");
        assert_eq!(quoted(Path::new("/a/$x`y\"z")), "\"/a/\\$x\\`y\\\"z\"");
        assert!(!liudi(Path::new(".")).contains("/.\""));
    }
}
