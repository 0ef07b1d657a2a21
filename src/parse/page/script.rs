//! Parses the subset of JavaScript in which WeChat's pages state their data: literals, `'…' * 1`, `a || b`, `c ? a :
//! b`, `JsDecode('…')`, `htmlDecode("…")`, `"…".html(false)`. It is a reader of this grammar, not an engine: other code
//! is skipped, nothing is executed, and no input causes a panic, deep recursion or an endless loop.
//!
//! Results match those of a JavaScript engine, except that integers beyond 2^53 stay exact.

mod functions;
mod literals;

use serde_json::Value;

use functions::{html_decode, html_false, multiply};
pub use functions::{js_decode, number};

/// Maximum nesting of brackets and conditions.
const DEPTH: u32 = 64;

/// The result of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Js {
    /// A value that JSON can hold; `NaN` is null.
    Value(Value),
    /// An undefined name (`window.a_value_which_never_exists`): falsy.
    Undefined,
    /// An expression outside this grammar (a call, a regular expression).
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

    /// Returns the value, if there is one.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined | Self::Unknown => None,
        }
    }
}

/// A reader of expressions from the bytes of a script.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    /// The number of values skipped because they are outside this grammar.
    pub skipped: usize,
    /// Whether the input ended within a value.
    pub truncated: bool,
}

impl<'a> Reader<'a> {
    /// Creates a reader of `bytes` that starts at `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()), depth: 0, skipped: 0, truncated: false }
    }

    /// Returns the current offset.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Reads one expression: up to `,` `;` `)` `]` `}` or anything that cannot continue it. Returns `None` if there is
    /// no expression or its form is unknown.
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
            // Loose equality of different types is not implemented: the pages only compare strings with strings.
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
        // A sequence of signs is applied from the inside out, without recursion.
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
            // `"…"\n.html(false)` does not occur; a line break ends the statement.
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

    /// Reads an identifier.
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

    /// Skips whitespace and comments.
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
