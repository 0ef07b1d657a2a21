//! Describes an archive to machines and to future readers: the format's own text, the schemas, Data Package descriptors
//! of its tables, an RO-Crate.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::model::{Sha256, Time};
use crate::store::Staged;

/// Files that are the same in every archive, inside `public/data/`.
pub const STATIC_FILES: &[(&str, &str)] = &[
    ("FORMAT.md", include_str!("../../docs/FORMAT.md")),
    ("schema/account.schema.json", include_str!("../../docs/schema/account.schema.json")),
    ("schema/albums.schema.json", include_str!("../../docs/schema/albums.schema.json")),
    ("schema/article.schema.json", include_str!("../../docs/schema/article.schema.json")),
    ("schema/event.schema.json", include_str!("../../docs/schema/event.schema.json")),
    ("schema/private-bag.profile.json", include_str!("../../docs/schema/private-bag.profile.json")),
    ("schema/public-bag.profile.json", include_str!("../../docs/schema/public-bag.profile.json")),
    ("schema/short-post.schema.json", include_str!("../../docs/schema/short-post.schema.json")),
    ("schema/statements.schema.json", include_str!("../../docs/schema/statements.schema.json")),
];

/// Files that earlier versions of the program wrote there and this one no longer does.
pub const RETIRED_FILES: &[&str] = &["schema/piece.schema.json"];

/// A table of a data package.
pub struct Resource<'a> {
    name: &'a str,
    path: String,
    /// Format and media type.
    form: (&'static str, &'static str),
    bytes: u64,
    digest: Sha256,
    columns: Vec<(&'a str, &'a str)>,
    rows: Option<u64>,
}

impl<'a> Resource<'a> {
    /// Creates a resource for a CSV table with its columns and their Frictionless types.
    pub fn csv(name: &'a str, path: impl Into<String>, file: &Staged, columns: &[(&'a str, &'a str)]) -> Self {
        Self {
            name,
            path: path.into(),
            form: ("csv", "text/csv"),
            bytes: file.bytes,
            digest: file.sha256,
            columns: columns.to_vec(),
            rows: None,
        }
    }

    /// Creates a resource for a table with known row count, as JSON Lines or CSV by its extension.
    pub fn written(name: &'a str, path: &'a str, file: &Staged, columns: Vec<(&'a str, &'a str)>, rows: u64) -> Self {
        let lines = path.ends_with(".jsonl");
        let form = if lines { ("jsonl", "application/x-ndjson") } else { ("csv", "text/csv") };
        let path = path.to_owned();
        Self { name, path, form, bytes: file.bytes, digest: file.sha256, columns, rows: Some(rows) }
    }

    fn describe(&self) -> Value {
        let fields: Vec<Value> =
            self.columns.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
        let (format, mediatype) = self.form;
        let mut described = json!({
            "name": machine_name(self.name), "path": self.path, "format": format, "mediatype": mediatype, "encoding": "utf-8",
            "bytes": self.bytes, "hash": self.digest.to_string(), "schema": { "fields": fields },
        });
        if described["name"] != self.name {
            described["title"] = json!(self.name);
        }
        if let Some(rows) = self.rows {
            described["rows"] = json!(rows);
        }
        described
    }
}

/// Returns a resource name for programs that accept those of Data Package 1 only: `name` if it is one, else a name from its
/// digest.
fn machine_name(name: &str) -> Cow<'_, str> {
    let is_one = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._/".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_one) {
        return name.into();
    }
    format!("table-{}", &Sha256::of(name.as_bytes()).hex()[..8]).into()
}

/// Builds a `datapackage.json` (Data Package 2.0).
pub fn datapackage(name: &str, resources: &[Resource<'_>]) -> Result<Vec<u8>> {
    pretty(&json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "resources": resources.iter().map(Resource::describe).collect::<Vec<_>>(),
    }))
}

/// Builds the `ro-crate-metadata.json` (RO-Crate 1.2) of the public part: folders only, since the manifest lists every
/// file.
pub fn crate_metadata(name: &str, since: Time, folders: &[(&str, &str)]) -> Result<Vec<u8>> {
    let parts: Vec<Value> = folders.iter().map(|(path, _)| json!({ "@id": path })).collect();
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json", "@type": "CreativeWork",
            "about": { "@id": "./" }, "conformsTo": { "@id": "https://w3id.org/ro/crate/1.2" },
        }),
        json!({
            "@id": "./", "@type": "Dataset", "name": name, "datePublished": since.date(),
            "description": "Articles and media of a WeChat Official Account, archived before the account was closed.",
            "license": { "@id": "#rights" }, "hasPart": parts,
        }),
        json!({
            "@id": "#rights", "@type": "CreativeWork", "name": "All rights reserved by the account's owner",
            "description": "The texts and pictures belong to the account's owner or to whom they name.",
        }),
    ];
    graph.extend(folders.iter().map(|(path, name)| {
        let kind = if path.ends_with('/') { "Dataset" } else { "File" };
        json!({ "@id": path, "@type": kind, "name": name })
    }));
    pretty(&json!({ "@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph }))
}

fn pretty(value: &Value) -> Result<Vec<u8>> {
    let mut bytes =
        serde_json::to_vec_pretty(value).map_err(|error| Error::other("description-encode-failed").because(error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Dataset;
    use crate::model::gap::GapReason;

    #[test]
    fn the_format_names_every_reason() {
        let (_, text) = STATIC_FILES[0];
        for reason in GapReason::ALL {
            assert!(text.contains(&format!("`{}`", reason.code())), "{}", reason.code());
        }
    }

    #[test]
    fn the_format_names_every_dataset() {
        let (_, text) = STATIC_FILES[0];
        for dataset in Dataset::ALL {
            assert!(text.contains(&format!("\n| `{}` | ", dataset.code())), "{}", dataset.code());
        }
    }

    #[test]
    fn a_table_of_any_name_has_one_for_programs() {
        let file = Staged { path: "a".into(), sha256: Sha256::of(b""), bytes: 0 };
        for (name, machine) in
            [("day_log", "day_log"), ("comments", "comments"), ("茶单", "table-"), ("Users", "table-")]
        {
            let described = Resource::csv(name, "a.csv", &file, &[]).describe();
            assert!(described["name"].as_str().unwrap().starts_with(machine), "{described}");
            assert_eq!(described.get("title").is_some(), machine != name, "{described}");
        }
    }

    #[test]
    fn a_table_is_described_with_its_digest() {
        let file = Staged { path: "a".into(), sha256: Sha256::of(b"x\r\n"), bytes: 3 };
        let package = datapackage("t", &[Resource::csv("a", "a.csv", &file, &[("x", "string")])]).unwrap();
        let package: Value = serde_json::from_slice(&package).unwrap();
        assert_eq!(package["resources"][0]["hash"], Sha256::of(b"x\r\n").to_string());
        assert_eq!(package["resources"][0]["schema"]["fields"][0]["name"], "x");
    }
}
