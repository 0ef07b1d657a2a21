//! Distinguishes a title from other text before a link: a JSON key, a tag, cells of a table, code, a label.

/// Maximum number of characters in a title: the platform allows 64.
const LONGEST: usize = 100;

/// Maximum run of ASCII letters and digits in a title. Longer ones are digests, tokens and base64.
const LONGEST_WORD: usize = 32;

/// Labels in lower case, which are not titles.
const LABELS: &[&str] = &[
    "url",
    "link",
    "href",
    "src",
    "target",
    "source",
    "title",
    "content",
    "guid",
    "permalink",
    "location",
    "id",
    "loc",
    "description",
    "digest",
    "http",
    "https",
    "链接",
    "链接地址",
    "原文链接",
    "文章链接",
    "阅读原文",
    "查看原文",
    "原文",
    "原文地址",
    "地址",
    "网址",
    "文章地址",
    "来源",
    "转自",
    "点击查看",
    "点击阅读",
    "点击链接",
    "标题",
    "复制链接",
];

/// Returns `text` as a title, without numbering, bullets and trailing punctuation; `None` if it does not read like one.
pub fn title_of(text: &str) -> Option<String> {
    if are_cells(text) {
        return None;
    }
    let text = text.trim().trim_start_matches(['-', '*', '#', '>', '•', '·', ' ']);
    let numbered = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let text = match numbered.strip_prefix(['.', '、', ')', '）']) {
        Some(rest) if numbered.len() < text.len() => rest,
        _ => text,
    };
    let text = text.trim().trim_end_matches([':', '：', '-', '—', '|', ',', '，', '(', '（', '<', ' ']).trim();
    let text = unquoted(text);
    reads_like_title(text).then(|| text.to_owned())
}

/// Removes the quotes around the whole text.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).map_or(text, str::trim)
}

/// Reports whether `text` reads like words written for people.
pub fn reads_like_title(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    letters >= 2
        && text.chars().count() <= LONGEST
        && !LABELS.contains(&text.to_lowercase().as_str())
        && !text.chars().any(|character| character.is_control() || character == '\u{fffd}')
        && !text.contains("://")
        && !text.to_ascii_lowercase().contains("mp.weixin.qq.com")
        && !is_marked_up(text)
        && !is_data(text)
        && !is_identifier(text)
        && text.split(|character: char| !character.is_ascii_alphanumeric()).all(|word| word.len() <= LONGEST_WORD)
}

/// Reports whether the text contains tags, entities or escapes.
fn is_marked_up(text: &str) -> bool {
    let bytes = text.as_bytes();
    let tag = memchr::memchr_iter(b'<', bytes).any(|at| {
        bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
    });
    let entity = ["&amp;", "&quot;", "&lt;", "&gt;", "&nbsp;", "&#"].iter().any(|entity| text.contains(entity));
    let percent = bytes.windows(3).any(|part| {
        part[0] == b'%' && part[1..].iter().all(u8::is_ascii_hexdigit) && part[1..].iter().any(u8::is_ascii_digit)
    });
    tag || entity || percent || text.contains(['{', '}', '\\', '`']) || text.contains("/>") || text.contains("](")
}

/// Reports whether the text is members or assignments rather than words.
fn is_data(text: &str) -> bool {
    let bytes = text.as_bytes();
    // `"title":`, `"a","b"`, `['a', 'b'`.
    let quoted = memchr::memchr2_iter(b'"', b'\'', bytes).any(|at| {
        let next = text[at + 1..].trim_start().as_bytes().first().copied().unwrap_or(b' ');
        let previous = text[..at].trim_end().as_bytes().last().copied().unwrap_or(b' ');
        matches!(next, b':' | b',') || matches!(previous, b':' | b'=' | b',' | b'[') || next == b'=' || next == b']'
    });
    // `href=`, `key=value`.
    let assigned = memchr::memchr_iter(b'=', bytes).any(|at| {
        let name = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
        name >= 2 && bytes[at - 1].is_ascii_alphabetic() && bytes.get(at + 1).is_none_or(|next| *next != b' ')
    });
    quoted || assigned || text.contains(';') && text.trim_end().ends_with(';')
}

/// Reports whether the text is cells of a table: commas, tabs, bars or semicolons not followed by a space as in a
/// sentence.
fn are_cells(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes.get(at + 1).is_none_or(|next| *next != b' ');
    bytes.iter().enumerate().filter(|(at, byte)| matches!(byte, b',' | b'|' | b';' | b'\t') && ends(*at)).count() >= 2
}

/// Reports whether the text is an identifier: `content_url`, `contentUrl`, `item.link`, `--input`.
fn is_identifier(text: &str) -> bool {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'-' | b'@'));
    let joined = text.bytes().any(|byte| matches!(byte, b'_' | b'$' | b'@')) || text.starts_with('-');
    let humps = text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let dotted = text.split('.').count() > 1 && !text.ends_with('.');
    plain && (joined || humps || dotted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_taken() {
        for (text, title) in [
            ("1. 第一篇文章：", "第一篇文章"),
            ("- 春茶", "春茶"),
            ("《示例》：三月 (", "《示例》：三月"),
            ("3、2024年度总结 | 我们走了多远 - ", "2024年度总结 | 我们走了多远"),
            ("\"一个带引号的题目\",", "一个带引号的题目"),
            ("他说\"你好\"的那一天", "他说\"你好\"的那一天"),
            ("Hello, world", "Hello, world"),
            ("1+1=2 是真的吗？", "1+1=2 是真的吗？"),
            ("C++ 与 Rust: A/B 测试", "C++ 与 Rust: A/B 测试"),
            ("涨了 5%，为什么", "涨了 5%，为什么"),
            ("iPhone 与 iPad", "iPhone 与 iPad"),
        ] {
            assert_eq!(title_of(text).as_deref(), Some(title), "{text}");
        }
    }

    #[test]
    fn json_html_tables_code_and_labels_are_no_titles() {
        for text in [
            r#"{"total_count": 1, "item": [{"title": "文章", "content": "<p>正文</p>", "url": "#,
            r#""url": ""#,
            r#""title":"文章","link":""#,
            r#"{"url":""#,
            "<a href=\"",
            "<item><title>订阅里的文章</title><guid>",
            "</p><p>",
            "留底示例号,表里的文章,",
            "\"文章\",\"2024-01-05\",",
            "文章\t2024-01-05\t小留\t",
            "var link = '",
            "link=",
            "文章 link=a",
            "content_url",
            "contentUrl:",
            "item.link",
            "链接：",
            "阅读原文",
            "URL:",
            "https://a.example/?u=",
            "&lt;标题&gt;",
            "标题%E6%96%87",
            "dGhpcyBpcyBhIHZlcnkgbG9uZyBiYXNlNjQgc3RyaW5n 文章",
            "2024-01-05",
            "['文章', '",
            "curl -o x \\",
            "文\u{fffd}\u{fffd}章",
        ] {
            assert_eq!(title_of(text), None, "{text}");
        }
        assert_eq!(title_of(&"长".repeat(101)), None);
    }

    proptest::proptest! {
        #[test]
        fn no_syntax_is_ever_a_title(text in r#"([{}<>="':,;\[\]&%\\/a-z_ 文章0-9]|"[a-z]{1,6}": ?|<[a-z]{1,4}>|https?://){0,30}"#) {
            if let Some(title) = title_of(&text) {
                proptest::prop_assert!(!title.contains(['{', '}', '\\']) && !title.contains("://") && !title.contains("\":"), "{}", title);
                proptest::prop_assert!(title.chars().count() <= LONGEST);
            }
        }
    }
}
