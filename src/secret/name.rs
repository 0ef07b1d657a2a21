//! Blanks secrets in file names: browsers save a page under its address, including the visitor's session secrets.

use std::borrow::Cow;

use super::text::{cover, fits_word, is_blank, is_token};
use super::{Meaning, meaning};

/// File extensions, which are not part of an address.
const EXTENSIONS: &[&str] = &[
    "7z",
    "bin",
    "bmp",
    "crdownload",
    "css",
    "csv",
    "doc",
    "docx",
    "download",
    "eml",
    "gif",
    "gz",
    "har",
    "htm",
    "html",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonl",
    "log",
    "m4a",
    "md",
    "mht",
    "mhtml",
    "mp3",
    "mp4",
    "ods",
    "part",
    "pdf",
    "php",
    "png",
    "rar",
    "saz",
    "svg",
    "tar",
    "tmp",
    "tsv",
    "txt",
    "wacz",
    "warc",
    "webarchive",
    "webp",
    "xhtml",
    "xls",
    "xlsx",
    "xml",
    "zip",
    "zst",
];

/// Returns the name or path with the values of secret names blanked at equal length: `s__biz=…&key=xxxx.html`. Path
/// parts are handled separately, so that a page and its `…_files` folder keep matching names.
pub fn without_secrets(path: &str) -> Cow<'_, str> {
    if !(path.contains('=') || path.contains("%3D") || path.contains("%3d")) {
        return Cow::Borrowed(path);
    }
    let mut bytes = path.as_bytes().to_vec();
    let mut start = 0;
    for part in path.split('/') {
        blank_part(&mut bytes[start..start + stem_length(part)]);
        start += part.len() + 1;
    }
    // Whole ASCII values were overwritten with ASCII.
    String::from_utf8(bytes)
        .map_or(Cow::Borrowed(path), |text| if text == path { Cow::Borrowed(path) } else { text.into() })
}

/// Returns the length of a name without its extensions and the suffixes that browsers append.
fn stem_length(name: &str) -> usize {
    let mut stem = name;
    for tail in ["_files", ".files", "_file"] {
        stem = stem.strip_suffix(tail).unwrap_or(stem);
    }
    while let Some((rest, extension)) = stem.rsplit_once('.') {
        if !EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()) {
            break;
        }
        stem = rest;
    }
    stem.len()
}

fn blank_part(name: &mut [u8]) {
    let mut at = 0;
    while at < name.len() {
        let sign = match &name[at..] {
            [b'=', ..] => 1,
            [b'%', b'3', b'D' | b'd', ..] => 3,
            [b'%', b'2', b'5', b'3', b'D' | b'd', ..] => 5,
            _ => 0,
        };
        let Some(meaning) = (sign > 0).then(|| meaning_before(&name[..at])).flatten() else {
            at += sign.max(1);
            continue;
        };
        let start = at + sign;
        let ends = |at: &usize| {
            let rest = &name[*at..];
            matches!(rest[0], b'&' | b';' | b'#' | b' ' | b'(' | b')')
                || !rest[0].is_ascii()
                || ["%26", "%2526", "%23"].iter().any(|it| rest.starts_with(it.as_bytes()))
        };
        let end = (start..name.len()).find(ends).unwrap_or(name.len());
        let value = &mut name[start..end];
        let plausible = if meaning == Meaning::Word { fits_word(value) } else { value.len() >= 4 && is_token(value) };
        if plausible && !is_blank(value) {
            cover(value);
        }
        at = end;
    }
}

/// Returns the meaning of the name that ends here. Systems that do not allow `?` in names replace it by `_` or `-`.
fn meaning_before(before: &[u8]) -> Option<Meaning> {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = before.iter().rev().take_while(is_name).count();
    let run = &before[before.len() - length..];
    // The digits of an escape such as `%26` precede the name.
    let run = if before[..before.len() - length].ends_with(b"%") { run.get(2..).unwrap_or(run) } else { run };
    meaning(run).or_else(|| {
        let mut starts = (1..run.len()).filter(|at| matches!(run[at - 1], b'_' | b'-'));
        starts.find_map(|at| meaning(&run[at..]).filter(|found| *found == Meaning::Session || at <= 2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_addresses_lose_their_secrets() {
        for (name, kept) in [
            (
                "in/s__biz=MzA0&mid=1&key=cd34cd34cd34cd34&pass_ticket=QQzQk8Ls0v.html",
                "in/s__biz=MzA0&mid=1&key=xxxxxxxxxxxxxxxx&pass_ticket=xxxxxxxxxx.html",
            ),
            ("s?mid=1&uin=MjM4NDcyMDAy_files/0.png", "s?mid=1&uin=xxxxxxxxxxxx_files/0.png"),
            ("s_key=cd34cd34cd34cd34&x=1.mhtml", "s_key=xxxxxxxxxxxxxxxx&x=1.mhtml"),
            ("s%3Fmid%3D1%26pass_ticket%3DQQzQk8Ls0v%26x.html", "s%3Fmid%3D1%26pass_ticket%3Dxxxxxxxxxx%26x.html"),
            ("a.zip!/s？wxtoken=99887766 (1).html", "a.zip!/s？wxtoken=10000000 (1).html"),
            ("y&appmsg_token=1234_aBcDeFgHiJ%2Fc.zip", "y&appmsg_token=xxxxxxxxxxxxxxxxxxx.zip"),
            (
                "x.har!/https://a.b/?OpenId=oD3M0Qs_5xYkQ2mZ7tWbN4cR1qwE",
                "x.har!/https://a.b/?OpenId=xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            ),
        ] {
            assert_eq!(without_secrets(name), kept);
            assert_eq!(without_secrets(kept), kept, "twice is once");
        }
        for name in [
            "账单=2024.csv",
            "token=花钱.html",
            "monkey=12345678901234567.html",
            "a/mid=2650000001.html",
            "x.html",
            "my_key=20240301.csv",
        ] {
            assert_eq!(without_secrets(name), name);
        }
    }
}
