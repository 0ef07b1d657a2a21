//! The canonical form of `readiness.json`: keys sorted, two spaces, one final newline, so that its digest is
//! reproducible. It is written as a stream, one item at a time: a report can name a hundred thousand.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Writes `value`, whose own fields are in the order of their names.
pub(super) fn write(value: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

/// Serializes a value of any type with its keys sorted.
pub(super) fn sorted<S: Serializer>(value: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
    sort(serde_json::to_value(value).map_err(S::Error::custom)?).serialize(serializer)
}

/// Serializes the items of a list one at a time, each with its keys sorted.
pub(super) fn each<T: Serialize, S: Serializer>(
    list: &(impl AsRef<[T]> + ?Sized),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.as_ref().iter().map(Sorted))
}

/// An item with its keys sorted.
struct Sorted<'a, T>(&'a T);

impl<T: Serialize> Serialize for Sorted<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        sorted(self.0, serializer)
    }
}

fn sort(value: Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(sort).collect()),
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sort(value))).collect();
            Value::Object(Map::from_iter(ordered))
        }
        other => other,
    }
}
