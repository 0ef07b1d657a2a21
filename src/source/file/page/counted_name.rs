//! Recognises file names that consist of a counter (`640.jpg`, `640(1).jpg`, `图片2.png`), as people and browsers name
//! pictures.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization as _;

/// Reports whether a file name consists of a counter.
pub(crate) fn is_counted(name: &str) -> bool {
    Name::of(name).is_some()
}

/// Reports whether a name is that of a document: files next to several documents belong to none of them in particular.
pub(crate) fn is_document(name: &str) -> bool {
    const DOCUMENTS: [&str; 9] = ["html", "htm", "xhtml", "mht", "mhtml", "webarchive", "md", "pdf", "maff"];
    let Some((_, end)) = name.rsplit_once('.') else { return false };
    DOCUMENTS.iter().any(|known| end.eq_ignore_ascii_case(known))
}

/// Words that mean only "picture", or how it was saved.
const WORDS: &[&str] = &[
    "appmsg",
    "cn",
    "com",
    "copy",
    "download",
    "fmt",
    "from",
    "gif",
    "image",
    "images",
    "img",
    "imgs",
    "jpeg",
    "jpg",
    "lazy",
    "mmbiz",
    "mmexport",
    "of",
    "other",
    "photo",
    "photos",
    "pic",
    "pics",
    "picture",
    "pictures",
    "png",
    "qpic",
    "tp",
    "unnamed",
    "usp",
    "webp",
    "wx",
    "wxfrom",
    "下载",
    "副本",
    "图",
    "图像",
    "图片",
    "张",
    "微信图片",
    "插图",
    "未命名",
    "照片",
    "第",
    "配图",
];

/// Extensions of pictures.
const EXTENSIONS: &[&str] = &["jpg", "jpeg", "jfif", "png", "gif", "webp", "bmp", "svg", "avif", "heic"];

/// A file name that consists of a counter, ordered as people and programs count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) parts: Vec<Part>,
    pub(crate) extension: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Digits without leading zeros.
    Number(String),
    Word(String),
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => one.len().cmp(&two.len()).then_with(|| one.cmp(two)),
            (Self::Word(one), Self::Word(two)) => one.cmp(two),
            (Self::Number(_), Self::Word(_)) => Ordering::Less,
            (Self::Word(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Name {
    /// Parses `name`, if it consists of a counter.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.nfkc().collect::<String>().to_lowercase();
        let mut stem = name.as_str();
        let mut extension = "";
        while let Some((rest, end)) = stem.rsplit_once('.').filter(|(_, end)| EXTENSIONS.contains(end)) {
            (stem, extension) = (rest, if extension.is_empty() { end } else { extension });
        }
        let mut parts = Vec::new();
        let mut rest = stem;
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let is_word = first.is_alphabetic();
            let same = |c: char| if is_digit { c.is_ascii_digit() } else { is_word && c.is_alphabetic() };
            let end = if is_digit || is_word { rest.find(|c| !same(c)) } else { Some(first.len_utf8()) };
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            if is_digit {
                let digits = part.trim_start_matches('0');
                parts.push(Part::Number(if digits.is_empty() { "0" } else { digits }.to_owned()));
            } else if is_word {
                WORDS.contains(&part).then(|| parts.push(Part::Word(part.to_owned())))?;
            } else if !" ()[]{}【】-_.=&?,#+~、".contains(first) {
                return None;
            }
        }
        // A name without extension must contain a number and no dot: a document's name may be a number too.
        let counts = parts.iter().any(|part| matches!(part, Part::Number(_)));
        let named = if extension.is_empty() { counts && !stem.contains('.') } else { !parts.is_empty() };
        named.then(|| Self { parts, extension: extension.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_count_are_told_from_titles() {
        for name in [
            "640.jpg",
            "640(1).jpg",
            "640 (2).JPG",
            "640（3）.png",
            "640[1].webp",
            "0.png",
            "12.webp",
            "640",
            "图片1.png",
            "图片 (2).png",
            "image1.jpeg",
            "img_001.jpg",
            "下载.png",
            "第3张.jpg",
            "640.webp.jpg",
            "640_wx_fmt=png.png",
            "微信图片_20240101120000.jpg",
            "mmexport1704500000000.jpg",
        ] {
            assert!(is_counted(name), "{name}");
        }
        for name in
            ["春茶.jpg", "cover.jpg", "a1.png", "1.html", "1.txt", ".jpg", "logo.svg", "封面.jpg", "图片.txt", "下载"]
        {
            assert!(!is_counted(name), "{name}");
        }
        let mut names = ["640(10).jpg", "640.jpg", "640(2).jpg", "640(1).jpg"].map(|name| Name::of(name).unwrap());
        names.sort();
        assert_eq!(names, ["640.jpg", "640(1).jpg", "640(2).jpg", "640(10).jpg"].map(|name| Name::of(name).unwrap()));
    }
}
