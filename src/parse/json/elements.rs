//! JSON that is one long array: its elements one after the other, so that only one is held.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The values of a text, one after the other (a whole document, or a line each); of an array its elements.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'t>(&'t [u8]);

impl<'t> Elements<'t> {
    /// Finds out how much of a text can be read. What follows the first value that is broken is left out, and so is that
    /// value, even if it is an array with good elements.
    pub fn of(text: &'t [u8]) -> (Self, Option<serde_json::Error>) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Looked>();
        let mut end = 0;
        while let Some(value) = values.next() {
            match value {
                Ok(Looked) => end = values.byte_offset(),
                Err(error) => return (Self(&text[..end]), Some(error)),
            }
        }
        (Self(&text[..end]), None)
    }

    /// Calls `visit` with every element. Its first error ends it.
    pub fn each<E>(&self, mut visit: impl FnMut(&Value) -> Result<(), E>) -> Result<(), E> {
        let mut failed = None;
        let mut visit = |value: &Value| {
            failed = visit(value).err();
            failed.is_none()
        };
        for value in serde_json::Deserializer::from_slice(self.0).into_iter::<&RawValue>() {
            // It was read before.
            let Ok(value) = value else { break };
            let text = value.get();
            let read = if text.starts_with('[') {
                Deserializer::deserialize_seq(&mut serde_json::Deserializer::from_str(text), Each(&mut visit)).is_ok()
            } else {
                serde_json::from_str(text).is_ok_and(|value| visit(&value))
            };
            if !read {
                break;
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

/// A value that was read for no more than its faults.
struct Looked;

impl<'de> Deserialize<'de> for Looked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Each(&mut |_| true)).map(|()| Self)
    }
}

/// Shows elements until it is answered with `false`.
struct Each<'v>(&'v mut dyn FnMut(&Value) -> bool);

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while members.next_entry::<String, Value>()?.is_some() {}
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<Value>()? {
            if !(self.0)(&element) {
                return Err(A::Error::custom("not wanted"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (Vec<Value>, bool) {
        let (elements, broken) = Elements::of(text.as_bytes());
        let mut found = Vec::new();
        let mut take = |value: &Value| {
            found.push(value.clone());
            Ok::<_, ()>(())
        };
        elements.each(&mut take).unwrap();
        (found, broken.is_some())
    }

    #[test]
    fn an_array_is_read_by_its_elements_and_other_values_as_they_are() {
        assert_eq!(read("\u{feff} [1, {\"a\": [2]}, [3]] "), (vec![json!(1), json!({"a": [2]}), json!([3])], false));
        assert_eq!(read("{\"a\": 1}\n{\"a\": 2}\n"), (vec![json!({"a": 1}), json!({"a": 2})], false));
        assert_eq!(
            read("null \"x\" true -1 1.5"),
            (vec![json!(null), json!("x"), json!(true), json!(-1), json!(1.5)], false)
        );
        assert_eq!(read(""), (Vec::new(), false));
    }

    #[test]
    fn of_a_broken_value_nothing_is_read() {
        assert_eq!(read("[1] [2, 3"), (vec![json!(1)], true));
        assert_eq!(read("[1, \"\\ud800\"]"), (Vec::new(), true));
        assert_eq!(read("{\"a\": 1e999}"), (Vec::new(), true));
        assert_eq!(read("[1] x [2]"), (vec![json!(1)], true));
    }

    #[test]
    fn an_error_ends_it() {
        let (elements, _) = Elements::of(b"[1, 2] [3]");
        let mut seen = 0;
        let ended = elements.each(|_| {
            seen += 1;
            if seen == 2 { Err("enough") } else { Ok(()) }
        });
        assert_eq!((ended, seen), (Err("enough"), 2));
    }
}
