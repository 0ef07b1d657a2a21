use super::*;
use serde_json::Value;

/// A reader that returns a few bytes per read.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.len().min(self.1).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn value<R: Read>(stream: &mut JsonStream<R>) -> Step<Value> {
    Ok(match stream.peek()? {
        Next::String => stream.text(usize::MAX)?.into(),
        Next::Number => stream.whole()?.map_or(Value::Null, Value::from),
        Next::Literal => {
            stream.skip()?;
            Value::Null
        }
        Next::Array => {
            stream.enter()?;
            let (mut first, mut array) = (true, Vec::new());
            while stream.element(&mut first)? {
                array.push(value(stream)?);
            }
            array.into()
        }
        Next::Object => {
            stream.enter()?;
            let (mut first, mut name, mut object) = (true, String::new(), serde_json::Map::new());
            while stream.member(&mut first, &mut name)? {
                object.insert(name.clone(), value(stream)?);
            }
            object.into()
        }
    })
}

#[test]
fn values_are_read_whatever_the_buffer_cuts() {
    let text = r#"
        {"a": "\u957f\u5bff \ud83c\udf75 \"\\\/\b\f\n\r\t \ud83c x", "b": [1, -2, [], {}, ["x"]], "c": {"d": {}}, "长": "寿"}"#;
    let mut wanted: Value = serde_json::from_str(&text.replace(r"\ud83c x", r"\ufffd x")).unwrap();
    wanted["b"][0] = 1.into();
    for size in [1, 2, 3, 5, 7, 1000] {
        assert_eq!(value(&mut JsonStream::new(Drops(text.as_bytes(), size))).unwrap(), wanted, "{size}");
        let mut stream = JsonStream::new(Drops(text.as_bytes(), size));
        stream.skip().unwrap();
        assert!(matches!(stream.peek(), Err(StreamError::Ended)));
        assert_eq!(stream.position(), text.len() as u64);
    }
    assert_eq!(value(&mut JsonStream::new(&b"\xef\xbb\xbf \"x\""[..])).unwrap(), "x");
}

#[test]
fn what_is_cut_or_wrong_is_said() {
    let text = r#"{"a": ["\u957f", 12, {"b": "c"}]}"#;
    for cut in 0..text.len() {
        assert!(value(&mut JsonStream::new(&text.as_bytes()[..cut])).is_err(), "{cut}");
        assert!(JsonStream::new(&text.as_bytes()[..cut]).skip().is_err(), "{cut}");
    }
    for wrong in ["}", "{\"a\" 1}", "{1:2}", "[1 2]", "\"\\x\"", "\"\\u12g4\"", "{,}", "?"] {
        assert!(matches!(value(&mut JsonStream::new(wrong.as_bytes())), Err(StreamError::Malformed(_))), "{wrong}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_comes_back(text in "\\PC{0,60}", size in 1_usize..9) {
        let json = serde_json::to_string(&text).unwrap();
        let read = JsonStream::new(Drops(json.as_bytes(), size)).text(usize::MAX).unwrap();
        proptest::prop_assert_eq!(read, text);
    }

    #[test]
    fn anything_is_read_without_harm(parts in proptest::collection::vec(
        proptest::sample::select(vec!["{", "}", "[", "]", "\"", "\\", "\\u", "d83c", ":", ",", "1", "-", "null", " ", "\u{feff}"]), 0..40,
    )) {
        let text = parts.concat();
        let _ = value(&mut JsonStream::new(text.as_bytes()));
        let _ = JsonStream::new(text.as_bytes()).skip();
    }
}
