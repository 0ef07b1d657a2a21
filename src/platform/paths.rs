//! Paths as Windows spells them: the prefix `\\?\` of resolved and of long paths, and `\` between their parts.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Removes the prefixes `\\?\` and `\\?\UNC\`, under which Windows names what a path leads to, from the beginning of
/// `text`: nobody can type them, and few programs take them. Does nothing to the paths of other systems.
pub fn plain_prefix(text: &str) -> Cow<'_, str> {
    let Some(rest) = text.strip_prefix(r"\\?\") else { return text.into() };
    if let Some(share) = rest.strip_prefix(r"UNC\") {
        return format!(r"\\{share}").into();
    }
    // Only a drive has another name; `\\?\Volume{…}` and `\\?\GLOBALROOT` have none.
    let is_drive = matches!(rest.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if is_drive { rest.into() } else { text.into() }
}

/// Returns `path` as people and other programs write it: see [`plain_prefix`], and with the system's own separator.
pub fn plain(path: &Path) -> PathBuf {
    let plain: Option<PathBuf> = path.to_str().map(|text| plain_prefix(text).into_owned().into());
    plain.as_deref().unwrap_or(path).components().collect()
}

/// Returns the path below a folder that archives and exports record: with `/` between its parts on every system.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// Returns `path` so that a library which passes it to the system itself opens it, even where it is longer than the 260
/// characters of Windows. The standard library needs no such help.
pub fn long(path: &Path) -> Cow<'_, Path> {
    /// Below it, also the names that SQLite makes of this one are short enough.
    const SHORT: usize = 240;
    if !cfg!(windows) {
        return path.into();
    }
    let Ok(full) = std::path::absolute(path) else { return path.into() };
    match full.to_str() {
        Some(text) if text.len() > SHORT => PathBuf::from(verbatim(text)).into(),
        _ => path.into(),
    }
}

/// Reports whether `path` is inside the folder of this user, which Windows shuts to all others but administrators.
#[cfg(windows)]
pub(super) fn is_in_own_folder(path: &Path) -> bool {
    use std::sync::OnceLock;
    static HOME: OnceLock<Option<PathBuf>> = OnceLock::new();
    let home = HOME.get_or_init(dirs::home_dir).as_deref().and_then(Path::to_str);
    let full = std::path::absolute(path).ok();
    home.zip(full.as_deref().and_then(Path::to_str)).is_some_and(|(home, path)| is_below(home, path))
}

/// Reports whether the absolute path of Windows `path` is `folder` or inside it.
#[cfg(any(windows, test))]
fn is_below(folder: &str, path: &str) -> bool {
    let [folder, path] = [folder, path].map(|text| plain_prefix(text).to_lowercase());
    let rest = path.strip_prefix(folder.trim_end_matches('\\'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

/// Adds what [`plain_prefix`] removes to an absolute path of Windows.
fn verbatim(text: &str) -> String {
    match text.strip_prefix(r"\\") {
        Some(rest) if rest.starts_with(r"?\") || rest.starts_with(r".\") => text.to_owned(),
        Some(share) => format!(r"\\?\UNC\{share}"),
        None => format!(r"\\?\{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_windows_are_removed_and_added() {
        for (long, short) in [
            (r"\\?\C:\家\我的 存档", r"C:\家\我的 存档"),
            (r"\\?\UNC\nas\留底\a", r"\\nas\留底\a"),
            (r"\\?\d:\", r"d:\"),
        ] {
            assert_eq!(plain_prefix(long), short);
            assert_eq!(verbatim(short), long);
            assert_eq!(verbatim(long), long);
            assert_eq!(plain(Path::new(long)), Path::new(short));
        }
    }

    #[test]
    fn only_the_own_folder_is_shut_to_others() {
        let home = r"C:\Users\张三";
        for path in [home, r"c:\users\张三\Documents\留底", r"\\?\C:\Users\张三\a"] {
            assert!(is_below(home, path), "{path}");
        }
        for path in [r"C:\Users\张三丰\a", r"C:\Users\Public", r"D:\留底", r"\\nas\张三"] {
            assert!(!is_below(home, path), "{path}");
        }
    }

    #[test]
    fn other_paths_stay() {
        for path in
            ["/home/a", "a/b", r"C:\a", r"\\nas\a", r"\\?\Volume{1}\a", r"\\?\GLOBALROOT\Device", r"\\.\COM1", ""]
        {
            assert_eq!(plain_prefix(path), path);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_backslash_is_part_of_a_name_where_it_may_be() {
        assert_eq!(slashed(Path::new(r"a\b/c")), r"a\b/c");
        assert_eq!(long(Path::new("a")), Path::new("a"));
    }

    #[cfg(windows)]
    #[test]
    fn windows_records_paths_like_everybody() {
        assert_eq!(slashed(Path::new(r"a\b/c")), "a/b/c");
        assert_eq!(long(Path::new("a")), Path::new("a"));
        let deep = PathBuf::from(r"C:\").join("x".repeat(120)).join("y".repeat(130));
        assert!(long(&deep).to_str().unwrap().starts_with(r"\\?\C:\"));
    }
}
