//! The little of JavaScript in which WeChat's pages state their data: literals, `'…' * 1`, `a || b`, `c ? a : b`,
//! `JsDecode('…')`, `htmlDecode("…")`, `"…".html(false)`. A reader of that grammar, not an engine: whatever else stands in
//! a script is skipped, nothing is ever run, and no input makes it panic, recurse deeply or loop.
//!
//! What a JavaScript engine gives is given here, but for integers beyond 2^53, which stay exact.

use serde_json::{Map, Number, Value};

/// Deepest nesting of brackets and conditions that is followed.
const DEPTH: u32 = 64;

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Js {
    /// A value JSON can hold; `NaN` is null.
    Value(Value),
    /// A name that nothing here defines (`window.a_value_which_never_exists`): falsy.
    Undefined,
    /// Something this grammar does not reach (a call, a regular expression).
    Unknown,
}

impl Js {
    fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Value(Value::Null) => false,
            Self::Value(Value::Bool(value)) => *value,
            Self::Value(Value::Number(number)) => number.as_f64() != Some(0.0),
            Self::Value(Value::String(text)) => !text.is_empty(),
            Self::Unknown | Self::Value(Value::Array(_) | Value::Object(_)) => true,
        }
    }

    /// The value, where there is one.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined | Self::Unknown => None,
        }
    }
}

/// Reads expressions from the bytes of a script.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    /// Values that had to be skipped, because this grammar does not reach them.
    pub skipped: usize,
    /// The input ended inside of something.
    pub truncated: bool,
}

impl<'a> Reader<'a> {
    /// A reader of `bytes` from `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()), depth: 0, skipped: 0, truncated: false }
    }

    /// Where it stands.
    pub fn position(&self) -> usize {
        self.at
    }

    /// One expression: everything up to `,` `;` `)` `]` `}` or what cannot continue it. `None` where none begins here or its form is unknown.
    pub fn expression(&mut self) -> Option<Js> {
        if self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let result = self.conditional();
        self.depth -= 1;
        result
    }

    fn conditional(&mut self) -> Option<Js> {
        let condition = self.either()?;
        self.space();
        if self.peek() != Some(b'?') {
            return Some(condition);
        }
        self.at += 1;
        let yes = self.expression()?;
        self.space();
        self.eat(b":")?;
        let no = self.expression()?;
        Some(if condition.truthy() { yes } else { no })
    }

    fn either(&mut self) -> Option<Js> {
        let mut left = self.equality()?;
        loop {
            self.space();
            if self.rest().starts_with(b"||") {
                self.at += 2;
                let right = self.equality()?;
                if !left.truthy() {
                    left = right;
                }
            } else if self.rest().starts_with(b"&&") {
                self.at += 2;
                let right = self.equality()?;
                if left.truthy() {
                    left = right;
                }
            } else {
                return Some(left);
            }
        }
    }

    fn equality(&mut self) -> Option<Js> {
        let mut left = self.product()?;
        loop {
            self.space();
            let rest = self.rest();
            let (length, negated) = if rest.starts_with(b"===") {
                (3, false)
            } else if rest.starts_with(b"!==") {
                (3, true)
            } else if rest.starts_with(b"==") {
                (2, false)
            } else if rest.starts_with(b"!=") {
                (2, true)
            } else {
                return Some(left);
            };
            self.at += length;
            let right = self.product()?;
            // Loose equality of different types is not decided here: the pages only compare strings with strings.
            let equal = match (&left, &right) {
                (Js::Unknown, _) | (_, Js::Unknown) => {
                    left = Js::Unknown;
                    continue;
                }
                (left, right) => left == right,
            };
            left = Js::Value(Value::Bool(equal != negated));
        }
    }

    fn product(&mut self) -> Option<Js> {
        let mut left = self.unary()?;
        loop {
            self.space();
            if self.peek() != Some(b'*') {
                return Some(left);
            }
            self.at += 1;
            let right = self.unary()?;
            left = multiply(left, right);
        }
    }

    fn unary(&mut self) -> Option<Js> {
        // A run of signs is applied from the inside out, without recursion.
        let mut signs = Vec::new();
        loop {
            self.space();
            match self.peek()? {
                sign @ (b'!' | b'+' | b'-') if signs.len() < 8 => {
                    signs.push(sign);
                    self.at += 1;
                }
                _ => break,
            }
        }
        let mut value = self.postfix()?;
        while let Some(sign) = signs.pop() {
            value = match (sign, value) {
                (_, Js::Unknown) => Js::Unknown,
                (b'!', value) => Js::Value(Value::Bool(!value.truthy())),
                (b'-', value) => multiply(value, Js::Value(Value::from(-1))),
                (_, value) => multiply(value, Js::Value(Value::from(1))),
            };
        }
        Some(value)
    }

    fn postfix(&mut self) -> Option<Js> {
        let mut value = self.primary()?;
        loop {
            // `"…"\n.html(false)` does not occur; a line end ends the statement.
            while matches!(self.peek(), Some(b' ' | b'\t')) {
                self.at += 1;
            }
            match self.peek() {
                Some(b'.') => {
                    self.at += 1;
                    let name = self.name()?;
                    let called = self.peek() == Some(b'(');
                    if called {
                        self.skip_balanced()?;
                    }
                    value = match (value, name, called) {
                        (Js::Value(Value::String(text)), "html", true) => Js::Value(Value::String(html_false(&text))),
                        (Js::Undefined, _, false) => Js::Undefined,
                        _ => Js::Unknown,
                    };
                }
                Some(b'[' | b'(') => {
                    self.skip_balanced()?;
                    value = Js::Unknown;
                }
                _ => return Some(value),
            }
        }
    }

    fn primary(&mut self) -> Option<Js> {
        self.space();
        match self.peek()? {
            b'\'' | b'"' => self.string().map(|text| Js::Value(Value::String(text))),
            b'{' => self.object().map(|map| Js::Value(Value::Object(map))),
            b'[' => self.array().map(|list| Js::Value(Value::Array(list))),
            b'(' => {
                self.at += 1;
                let value = self.expression()?;
                self.space();
                self.eat(b")")?;
                Some(value)
            }
            b'0'..=b'9' => {
                let start = self.at;
                while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'a'..=b'f' | b'A'..=b'F' | b'x' | b'X')) {
                    self.at += 1;
                }
                let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
                Some(Js::Value(number(text)))
            }
            _ => {
                let name = self.name()?;
                match name {
                    "true" => Some(Js::Value(Value::Bool(true))),
                    "false" => Some(Js::Value(Value::Bool(false))),
                    "null" => Some(Js::Value(Value::Null)),
                    "function" | "new" | "return" | "var" | "typeof" => None,
                    "JsDecode" | "htmlDecode" if self.peek() == Some(b'(') => {
                        self.at += 1;
                        let argument = self.expression()?;
                        self.space();
                        self.eat(b")")?;
                        Some(match argument {
                            Js::Value(Value::String(text)) if name == "JsDecode" => {
                                Js::Value(Value::String(js_decode(text)))
                            }
                            Js::Value(Value::String(text)) => Js::Value(Value::String(html_decode(&text))),
                            other => other,
                        })
                    }
                    _ if self.peek() == Some(b'(') => {
                        self.skip_balanced()?;
                        Some(Js::Unknown)
                    }
                    _ => Some(Js::Undefined),
                }
            }
        }
    }

    /// An object literal. A value of unknown form is null and counted; an object cut off by the end of the input is
    /// given as far as it goes.
    pub fn object(&mut self) -> Option<Map<String, Value>> {
        let mut map = Map::new();
        self.eat(b"{")?;
        loop {
            self.space();
            match self.peek() {
                // The end of the page, or the bracket of somebody else: this object was never closed.
                None | Some(b']' | b')') => {
                    self.truncated = true;
                    return Some(map);
                }
                Some(b'}') => {
                    self.at += 1;
                    return Some(map);
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let key = match self.peek() {
                Some(b'\'' | b'"') => self.string(),
                Some(b'0'..=b'9') => {
                    let start = self.at;
                    while matches!(self.peek(), Some(b'0'..=b'9')) {
                        self.at += 1;
                    }
                    Some(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned())
                }
                _ => self.name().map(str::to_owned),
            };
            self.space();
            let Some(key) = key.filter(|_| self.peek() == Some(b':')) else {
                // Not a `key: value` (a spread, a method, the end of a truncated page): over it.
                self.skipped += 1;
                self.skip_to_comma();
                continue;
            };
            self.at += 1;
            match self.element(b'}') {
                Js::Undefined => {}
                value => {
                    map.insert(key, value.value().unwrap_or(Value::Null));
                }
            }
        }
    }

    fn array(&mut self) -> Option<Vec<Value>> {
        let mut list = Vec::new();
        self.eat(b"[")?;
        loop {
            self.space();
            match self.peek() {
                None | Some(b'}' | b')') => {
                    self.truncated = true;
                    return Some(list);
                }
                Some(b']') => {
                    self.at += 1;
                    return Some(list);
                }
                Some(b',') => self.at += 1,
                _ => list.push(self.element(b']').value().unwrap_or(Value::Null)),
            }
        }
    }

    /// The value of a property or element, with recovery: afterwards the reader stands at `,`, `close` or the end.
    fn element(&mut self, close: u8) -> Js {
        let start = self.at;
        let value = self.expression();
        self.space();
        match (value, self.peek()) {
            (Some(value), Some(next)) if next == b',' || next == close => {
                if value == Js::Unknown {
                    self.skipped += 1;
                }
                value
            }
            (Some(value), None) if self.truncated => value,
            _ => {
                self.at = start;
                self.skipped += 1;
                self.skip_to_comma();
                Js::Unknown
            }
        }
    }

    /// To the next `,` or closing bracket of this level, over strings and brackets.
    fn skip_to_comma(&mut self) {
        let mut level = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' => {
                    if self.skip_string().is_none() {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' | b'(' => level += 1,
                b'}' | b']' | b')' if level == 0 => {
                    // A bracket that closes nothing of ours must not be met twice.
                    if byte == b')' {
                        self.at += 1;
                        continue;
                    }
                    return;
                }
                b'}' | b']' | b')' => level -= 1,
                b',' if level == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
        self.truncated = true;
    }

    /// Over a bracketed part, from its opening bracket.
    fn skip_balanced(&mut self) -> Option<()> {
        let mut level = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' | b'(' => level += 1,
                b'}' | b']' | b')' => {
                    level = level.saturating_sub(1);
                    if level == 0 {
                        self.at += 1;
                        return Some(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.truncated = true;
        None
    }

    /// Over a string, from its quote.
    fn skip_string(&mut self) -> Option<()> {
        let quote = self.peek()?;
        self.at += 1;
        loop {
            let Some(found) = memchr::memchr2(quote, b'\\', self.rest()) else {
                self.at = self.bytes.len();
                self.truncated = true;
                return None;
            };
            self.at += found + 1;
            if self.bytes[self.at - 1] == quote {
                return Some(());
            }
            self.at = (self.at + 1).min(self.bytes.len());
        }
    }

    /// A string literal, from its quote. `None` where it does not end.
    pub fn string(&mut self) -> Option<String> {
        let quote = self.peek()?;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let rest = self.rest();
            let Some(found) = memchr::memchr2(quote, b'\\', rest) else {
                self.at = self.bytes.len();
                self.truncated = true;
                return None;
            };
            text.extend_from_slice(&rest[..found]);
            self.at += found + 1;
            if rest[found] == quote {
                break;
            }
            self.escape(&mut text);
        }
        Some(String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// What follows a backslash.
    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'v' => text.push(11),
            b'0' if !matches!(self.peek(), Some(b'0'..=b'9')) => text.push(0),
            b'x' => match self.hex(2) {
                Some(code) => push_char(text, code),
                None => text.push(b'x'),
            },
            b'u' => {
                let code = if self.peek() == Some(b'{') {
                    let start = self.at + 1;
                    memchr::memchr(b'}', &self.bytes[start..]).filter(|length| *length <= 6).and_then(|length| {
                        let digits = std::str::from_utf8(&self.bytes[start..start + length]).ok()?;
                        let code = u32::from_str_radix(digits, 16).ok()?;
                        self.at = start + length + 1;
                        Some(code)
                    })
                } else {
                    self.hex(4)
                };
                match code {
                    Some(high @ 0xD800..=0xDBFF) if self.rest().starts_with(b"\\u") => {
                        let back = self.at;
                        self.at += 2;
                        if let Some(low @ 0xDC00..=0xDFFF) = self.hex(4) {
                            push_char(text, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                        } else {
                            self.at = back;
                            push_char(text, high);
                        }
                    }
                    Some(code) => push_char(text, code),
                    None => text.push(b'u'),
                }
            }
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = std::str::from_utf8(self.bytes.get(self.at..self.at + digits)?).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits;
        u32::from_str_radix(text, 16).ok()
    }

    /// An identifier.
    pub fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')))
            .unwrap_or(rest.len());
        if length == 0 || rest[0].is_ascii_digit() {
            return None;
        }
        self.at += length;
        std::str::from_utf8(&rest[..length]).ok()
    }

    /// Over white space and comments.
    pub fn space(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
            self.at += blank;
            let rest = self.rest();
            if rest.starts_with(b"//") {
                self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            } else if rest.starts_with(b"/*") {
                self.at += memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    fn eat(&mut self, token: &[u8]) -> Option<()> {
        if !self.rest().starts_with(token) {
            return None;
        }
        self.at += token.len();
        Some(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }
}

/// A code unit as UTF-8; a lone surrogate is the replacement character.
fn push_char(text: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// `left * right`: the pages only ever multiply by one, to make a number of a string.
fn multiply(left: Js, right: Js) -> Js {
    let (left, right) = match (left, right) {
        (Js::Unknown, _) | (_, Js::Unknown) => return Js::Unknown,
        (left, right) => (to_number(left), to_number(right)),
    };
    let one = Number::from(1);
    let product = match (left, right) {
        (Some(left), Some(right)) if right == one => Some(left),
        (Some(left), Some(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.checked_mul(right).map(Number::from),
            _ => left.as_f64().zip(right.as_f64()).and_then(|(left, right)| Number::from_f64(left * right)),
        },
        _ => None,
    };
    Js::Value(product.map_or(Value::Null, Value::Number))
}

/// JavaScript's `Number(…)`; `None` is NaN.
fn to_number(value: Js) -> Option<Number> {
    match value {
        Js::Value(Value::Number(number)) => Some(number),
        Js::Value(Value::Bool(value)) => Some(Number::from(u8::from(value))),
        Js::Value(Value::Null) => Some(Number::from(0)),
        Js::Value(Value::String(text)) => match number(&text) {
            Value::Number(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// The number a string is to JavaScript: `''` is 0; integers stay exact; null for what is none.
pub fn number(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::from(0);
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).map_or(Value::Null, Value::from);
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Value::from(whole);
    }
    // Rust also reads `inf` and `nan`, JavaScript does not.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return Value::Null;
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// The page's own `JsDecode`: eight *literal* escapes, one after the other, in this order.
pub fn js_decode(text: String) -> String {
    if memchr::memmem::find(text.as_bytes(), b"\\x").is_none() {
        return text;
    }
    let steps = [
        ("\\x5c", "\\"),
        ("\\x0d", "\r"),
        ("\\x22", "\""),
        ("\\x26", "&"),
        ("\\x27", "'"),
        ("\\x3c", "<"),
        ("\\x3e", ">"),
        ("\\x0a", "\n"),
    ];
    steps.into_iter().fold(text, |text, (from, to)| if text.contains(from) { text.replace(from, to) } else { text })
}

/// The pages' `htmlDecode`.
fn html_decode(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return text.to_owned();
    }
    let text = text.replace("&#39;", "'").replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n");
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&nbsp;", " ")
}

/// The pages' `String.prototype.html` with `false`: decodes.
fn html_false(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
        .replace("&yen;", "¥")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Option<Value> {
        Reader::new(text.as_bytes(), 0).expression().and_then(Js::value)
    }

    #[test]
    fn the_forms_of_the_pages_are_read() {
        assert_eq!(value("'' * 1"), Some(json!(0)));
        assert_eq!(value("'9007199254740993' * 1"), Some(json!(9_007_199_254_740_993_u64)));
        assert_eq!(value("'0.5' * 1 || 0"), Some(json!(0.5)));
        assert_eq!(value("'abc' * 1"), Some(Value::Null));
        assert_eq!(value(r#""" || "" || "MzA0=="; x"#), Some(json!("MzA0==")));
        assert_eq!(value("'a &amp; b'.html(false);"), Some(json!("a & b")));
        assert_eq!(value(r#"htmlDecode("a&quot;b<br/>")"#), Some(json!("a\"b\n")));
        assert_eq!(value("window.a_value_which_never_exists || '8'"), Some(json!("8")));
        assert_eq!(value("xml ? getXmlValue('title.DATA') : '题'"), Some(json!("题")));
        assert_eq!(value("'true' === 'true' ? 1 : 0"), Some(json!(1)));
        assert_eq!(value("'true' == 'false' ? true : false"), Some(json!(false)));
        assert_eq!(value(r"JsDecode('\x3cp\x3e\x5cx0a\x27\x5cx26amp;')"), Some(json!("<p>\n'&amp;")));
        assert_eq!(value(r"'\u4f60\ud83d\ude00\ud83d!'"), Some(json!("你😀\u{fffd}!")));
        assert_eq!(
            value("{ a: '1' * 1, 'b-c': [ {x: true,}, ], /* c */ d: JsDecode(''), // e\n 7: -1 }"),
            Some(json!({"a": 1, "b-c": [{"x": true}], "d": "", "7": -1}))
        );
    }

    #[test]
    fn what_is_out_of_reach_costs_only_itself() {
        let mut reader =
            Reader::new(br"{ a: 1, f: function(){ return ',}' }, r: x.match(/[0-9]{8,}/)[0], u: never, b: 2 }", 0);
        assert_eq!(reader.object(), json!({"a": 1, "f": null, "r": null, "b": 2}).as_object().cloned());
        assert_eq!(reader.skipped, 2);
        assert!(!reader.truncated);
    }

    #[test]
    fn a_cut_object_gives_what_it_had() {
        let mut reader = Reader::new(b"{ a: '1', b: { c: 'd', e: 'not end", 0);
        let map = reader.object().unwrap();
        assert_eq!(map["a"], "1");
        assert_eq!(map["b"]["c"], "d");
        assert!(reader.truncated);
    }

    #[test]
    fn depth_is_limited() {
        for bracket in ["[", "{a:", "(", "!", "a?", "a||", "-("] {
            let _ = value(&bracket.repeat(200_000));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = Reader::new(&bytes, 0).expression();
            let _ = Reader::new(&bytes, 0).object();
        }

        #[test]
        fn no_near_script_panics(text in r#"[\[{(:,'"a-c0-9*|?!.\\xu& \n]{0,200}[\]})]{0,8}"#) {
            let _ = Reader::new(text.as_bytes(), 0).expression();
            let _ = Reader::new(text.as_bytes(), 0).object();
        }
    }
}
