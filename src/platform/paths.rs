//! Paths as Windows spells them: the prefix `\\?\` of resolved and of long paths, and `\` between their parts; and names
//! that are no Unicode.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;

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

/// Stands before each byte of a name that is no Unicode, in [`text_of`].
const FOREIGN: char = char::REPLACEMENT_CHARACTER;

/// Returns `path` as text, different for any two paths: a byte that is no Unicode is U+FFFD and two hexadecimal digits.
/// [`path_of`] returns the path again.
pub fn text_of(path: &Path) -> String {
    exact(path.as_os_str())
}

fn exact(name: &OsStr) -> String {
    if let Some(plain) = name.to_str().filter(|name| !name.contains(FOREIGN)) {
        return plain.to_owned();
    }
    let mut text = String::with_capacity(name.len());
    let escape = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            text.extend([FOREIGN, digit(byte >> 4), digit(byte & 15)]);
        }
    };
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for part in chunk.valid().split_inclusive(FOREIGN) {
            match part.strip_suffix(FOREIGN) {
                Some(before) => {
                    text.push_str(before);
                    escape(&mut text, FOREIGN.encode_utf8(&mut [0; 3]).as_bytes());
                }
                None => text.push_str(part),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap_or('0')
}

/// Returns the path that [`text_of`] returned `text` for.
pub fn path_of(text: &str) -> PathBuf {
    if !text.contains(FOREIGN) {
        return text.into();
    }
    let mut parts = text.split(FOREIGN);
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| Some((u8::from_str_radix(digits, 16).ok()?, &part[2..]))) {
            Some((byte, rest)) => {
                bytes.push(byte);
                bytes.extend(rest.as_bytes());
            }
            // Not written by `text_of`.
            None => bytes.extend([FOREIGN.encode_utf8(&mut [0; 3]).as_bytes(), part.as_bytes()].concat()),
        }
    }
    name_of_bytes(bytes).into()
}

#[cfg(unix)]
fn name_of_bytes(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// Half of a pair of UTF-16 without the other is three bytes in the encoding of the standard library.
#[cfg(windows)]
fn name_of_bytes(bytes: Vec<u8>) -> OsString {
    let mut units: Vec<u16> = Vec::new();
    let mut half: Vec<u8> = Vec::new();
    for chunk in bytes.utf8_chunks() {
        units.extend(chunk.valid().encode_utf16());
        half.extend(chunk.invalid());
        if let [first, second, third] = half[..] {
            let [first, second, third] = [first & 0x0f, second & 0x3f, third & 0x3f].map(u16::from);
            units.push(first << 12 | second << 6 | third);
            half.clear();
        }
    }
    std::os::windows::ffi::OsStringExt::from_wide(&units)
}

/// Returns a name as people read it. One that is no Unicode is read as GBK, in which a ZIP that was made on Chinese Windows
/// leaves the names of its files on Linux.
pub fn name_of(name: &OsStr) -> Cow<'_, str> {
    if let Some(name) = name.to_str() {
        return name.into();
    }
    let read = GB18030.decode_without_bom_handling_and_without_replacement(name.as_encoded_bytes());
    read.filter(|_| cfg!(unix)).map_or_else(|| exact(name).into(), |name| name.into_owned().into())
}

/// Returns a path inside a folder as people read it: see [`name_of`], with `/` between its parts on every system.
pub fn shown(path: &Path) -> String {
    path.components().map(|part| name_of(part.as_os_str())).collect::<Vec<_>>().join("/")
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
    fn names_in_any_encoding_are_told_apart_and_found_again() {
        use std::os::unix::ffi::OsStrExt as _;
        let gbk = |name: &str| GB18030.encode(name).0.into_owned();
        let names: Vec<Vec<u8>> = vec![
            gbk("中文.html"),
            gbk("测试.html"),
            "中文.html".into(),
            "\u{fffd}\u{fffd}.html".into(),
            "\u{fffd}d6.html".into(),
            b"\xd6.html".to_vec(),
            b"a\xff/\xff".to_vec(),
            b"a".to_vec(),
        ];
        let mut texts = std::collections::HashSet::new();
        for name in &names {
            let path = Path::new(OsStr::from_bytes(name));
            assert_eq!(path_of(&text_of(path)), path);
            assert!(texts.insert(text_of(path)), "{path:?}");
        }
        assert_eq!(name_of(OsStr::from_bytes(&names[0])), "中文.html");
        assert_eq!(shown(Path::new(OsStr::from_bytes(&names[6]))), "a\u{fffd}ff/\u{fffd}ff");
        for text in ["\u{fffd}", "\u{fffd}x", "a\u{fffd}é", "\u{fffd}\u{fffd}41"] {
            assert!(!path_of(text).as_os_str().is_empty());
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
