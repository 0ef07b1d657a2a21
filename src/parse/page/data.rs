//! Locates the data of a page by scanning: the assignment of `window.cgiDataNew` and the older `var …` statements,
//! which [`super::script`] parses. Only the assignment and the one or two scripts with such statements are parsed.

use memchr::memmem;
use serde_json::{Map, Value};

use super::script::{Js, Reader};

/// The contents of an object in a script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageData {
    /// The values, in the page's order. Integers beyond 2^53 are exact, NaN is null.
    pub values: Map<String, Value>,
    /// The number of values of an unsupported form, which are null.
    pub skipped: usize,
    /// Whether the page ends within the object.
    pub truncated: bool,
}

/// Returns the value of `window.cgiDataNew`.
pub fn cgi_data_new(page: &[u8]) -> Option<PageData> {
    object_assigned(page, b"cgiDataNew")
}

/// Returns the object assigned to `name` (`window.name = {…}`, `name = {…}`): the first that is not empty, since the
/// name may first be set to `{}`.
pub fn object_assigned(page: &[u8], name: &[u8]) -> Option<PageData> {
    memmem::find_iter(page, name)
        .filter_map(|at| behind_equals(page, at + name.len()).filter(|value| page.get(*value) == Some(&b'{')))
        .take(CANDIDATES)
        .filter_map(|value| {
            let mut reader = Reader::new(page, value);
            let values = reader.object()?;
            Some(PageData { values, skipped: reader.skipped, truncated: reader.truncated })
        })
        .find(|data| !data.values.is_empty())
}

/// Returns the first non-empty string, object or list assigned to `name`.
pub fn value_assigned(page: &[u8], name: &[u8]) -> Option<Value> {
    memmem::find_iter(page, name)
        .filter(|at| *at == 0 || !is_name(page[at - 1]))
        .filter_map(|at| behind_equals(page, at + name.len()))
        .take(CANDIDATES)
        .find_map(|value| Reader::new(page, value).expression()?.value().filter(|value| !is_empty(value)))
}

/// Maximum number of assignments to one name that are tried: a real page has a few, a hostile one could have a million.
const CANDIDATES: usize = 64;

/// Returns the offset after the single `=` that follows `at`, skipping whitespace.
fn behind_equals(page: &[u8], at: usize) -> Option<usize> {
    let mut reader = Reader::new(page, at);
    reader.space();
    let at = reader.position();
    if page.get(at) != Some(&b'=') || matches!(page.get(at + 1), Some(b'=' | b'>')) {
        return None;
    }
    let mut reader = Reader::new(page, at + 1);
    reader.space();
    Some(reader.position())
}

/// Texts that occur only in scripts whose statements describe the article. One occurrence of each is used.
const ANCHORS: [&[u8]; 8] = [
    b"var biz = \"",
    b"var biz = '",
    b"var msg_title",
    b"var user_name",
    b"d.nick_name",
    b"window.msg_title",
    b"window.item_show_type",
    b"var publish_time",
];

/// Maximum size in bytes of a script that is searched for statements; data scripts have about 100 KB, code bundles
/// more.
const SCRIPT: usize = 512 * 1024;

/// Reads the statements of older pages: `var x = …`, `window.x = …`, `d.x = …`, `_g.x = …`, in the scripts that
/// describe the article. Returns the first non-empty value for each name.
pub fn statements(page: &[u8]) -> Map<String, Value> {
    let mut scripts: Vec<(usize, usize)> = Vec::new();
    for anchor in ANCHORS {
        if let Some(at) = memmem::find(page, anchor)
            && !scripts.iter().any(|(start, end)| (*start..*end).contains(&at))
        {
            scripts.push(script_around(page, at));
        }
    }
    scripts.sort_unstable();
    let mut values = Map::new();
    for (start, end) in scripts {
        read_statements(&page[start..end], &mut values);
    }
    values
}

/// Returns the range from the `<script …>` before `at` to its `</script`, limited in size.
fn script_around(page: &[u8], at: usize) -> (usize, usize) {
    let low = at.saturating_sub(SCRIPT);
    let high = page.len().min(at + SCRIPT);
    let start = memmem::rfind(&page[low..at], b"<script").map_or(low, |found| low + found);
    let end = memmem::find(&page[at..high], b"</script").map_or(high, |found| at + found);
    (start, end)
}

fn read_statements(script: &[u8], values: &mut Map<String, Value>) {
    let mut from = 0;
    // The number of bytes parsed without a value; a script with only false starts is abandoned.
    let mut wasted = 0;
    while let Some(found) = memchr::memchr(b'=', &script[from..]).filter(|_| wasted <= 4 * SCRIPT) {
        let equals = from + found;
        from = equals + 1;
        if matches!(script.get(from), Some(b'=' | b'>')) {
            from += 1;
            continue;
        }
        let Some(name) = assigned_name(&script[..equals]) else { continue };
        let mut reader = Reader::new(script, equals + 1);
        let Some(value) = reader.expression() else {
            wasted += reader.position() - equals;
            continue;
        };
        from = reader.position().max(from);
        if let Js::Value(value) = value
            && !is_empty(&value)
            && values.get(name).is_none_or(is_empty)
        {
            values.insert(name.to_owned(), value);
        }
    }
}

/// Returns the name before an `=`: `var x`, `window.x`, `d.x`, `_g.x`, `cgiData.x`, `, x` of a longer `var` — not
/// `a.b.x`.
fn assigned_name(before: &[u8]) -> Option<&str> {
    let before = before.trim_ascii_end();
    let start = before.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let name = std::str::from_utf8(&before[start..]).ok()?;
    if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let before = &before[..start];
    let owner = [&b"window."[..], b"d.", b"_g.", b"cgiData."].into_iter().find(|owner| before.ends_with(owner));
    let stated = if let Some(owner) = owner {
        let before = &before[..before.len() - owner.len()];
        // `window.cgiData.x` is an owner too; `word.x` is not `d.x`.
        before.ends_with(b"window.") || !before.last().is_some_and(|byte| is_name(*byte) || *byte == b'.')
    } else {
        let before = before.trim_ascii_end();
        before.ends_with(b"var") || before.ends_with(b"let") || before.ends_with(b"const")
    };
    stated.then_some(name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_assignment_is_found_and_not_its_namesakes() {
        let page = br"<script>if (window.cgiDataNew == null) x(window.cgiDataNew); window.cgiData = {appImg: 'a'};
            try { window.cgiDataNew = { mid: '7' * 1, sn: JsDecode('s'), } } catch (e) {}</script>";
        let data = cgi_data_new(page).unwrap();
        assert_eq!(Value::Object(data.values), json!({"mid": 7, "sn": "s"}));
        assert!(!data.truncated);
        assert_eq!(cgi_data_new(b"cgiDataNew"), None);
    }

    #[test]
    fn older_statements_are_read() {
        let page = br#"<script>var biz = null; function f(){ var title = 'no' }</script>
            <script nonce="1">
            var biz = "MzA0"||""; var sn = "" || ""|| ""; var mid = "" || ""|| "26";
            var msg_title = 'a &amp; b'.html(false);
            var msg_desc = htmlDecode("c &quot;d&quot;");
            var ct="1529491955"*1;
            window.item_show_type = '8' || '';
            window.ip_wording = { countryName: 'c', provinceName: 'p', };
            var comment_id = "867506937519276032" || "1" * 1;
            if (a == b) { x.y = 3 }
            </script><script>(function(_g){ var d = _g.cgiData;
              d.nick_name = "n"; d.title = xml ? getXmlValue('title.DATA') : 'share'; d.idx = "" || "" || "1"; word.x = "no";
            </script>"#;
        let values = statements(page);
        for (name, value) in [
            ("biz", json!("MzA0")),
            ("mid", json!("26")),
            ("msg_title", json!("a & b")),
            ("msg_desc", json!("c \"d\"")),
            ("ct", json!(1_529_491_955)),
            ("item_show_type", json!("8")),
            ("ip_wording", json!({"countryName": "c", "provinceName": "p"})),
            ("comment_id", json!("867506937519276032")),
            ("nick_name", json!("n")),
            ("title", json!("share")),
            ("idx", json!("1")),
        ] {
            assert_eq!(values.get(name), Some(&value), "{name}");
        }
        assert!(!values.contains_key("sn") && !values.contains_key("x") && !values.contains_key("y"));
        assert_eq!(
            value_assigned(b"var msgList = '{&quot;list&quot;:[]}';", b"msgList"),
            Some(json!("{&quot;list&quot;:[]}"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_truncation_panics(cut in 0_usize..400) {
            let page = br"<script>var biz = 'a' || ''; window.cgiDataNew = { a: JsDecode('x\x0a\'y'), b: [ { c: '1' * 1, }, ], d: { e: true ? 'f' : 'g' }, };</script>";
            let page = &page[..cut.min(page.len())];
            let _ = cgi_data_new(page);
            let _ = statements(page);
        }
    }
}
