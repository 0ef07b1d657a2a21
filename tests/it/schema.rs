//! `article.schema.json` against every article.json that the demo account and all page fixtures give, and
//! `statements.schema.json` against what is noted of their bills. The checker knows
//! the keywords that the schema uses and no others, so that nothing in it is passed over.

use serde_json::Value;

use super::support::{Run, fixture, tree};

struct Schema {
    root: Value,
    wrong: Vec<String>,
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        other => panic!("type {other} is not checked"),
    }
}

impl Schema {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let rules = schema.as_object().unwrap();
        for (keyword, rule) in rules {
            let fits = match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => true,
                "format" => match rule.as_str().unwrap() {
                    "date-time" => value.as_str().unwrap_or_default().parse::<liudi::model::Time>().is_ok(),
                    "uri" => value.as_str().is_some_and(|text| text.starts_with("http")),
                    other => panic!("format {other} is not checked"),
                },
                "$ref" => {
                    let path = rule.as_str().unwrap().trim_start_matches('#');
                    let target = self.root.pointer(path).unwrap_or_else(|| panic!("no {path}")).clone();
                    self.check(&target, value, at);
                    true
                }
                "additionalProperties" => {
                    let named = rules.get("properties").and_then(Value::as_object);
                    for (name, member) in value.as_object().into_iter().flatten() {
                        if named.is_none_or(|named| !named.contains_key(name)) {
                            self.check(rule, member, &format!("{at}/{name}"));
                        }
                    }
                    true
                }
                "const" => rule == value,
                "enum" => rule.as_array().unwrap().contains(value),
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}/{index}"));
                    }
                    true
                }
                "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
                "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
                "pattern" => {
                    let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                    value.as_str().is_none_or(|text| pattern.is_match(text))
                }
                "properties" => {
                    for (name, rule) in rule.as_object().unwrap() {
                        if let Some(member) = value.get(name) {
                            self.check(rule, member, &format!("{at}/{name}"));
                        }
                    }
                    true
                }
                "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
                "type" => match rule.as_array() {
                    Some(several) => several.iter().any(|one| is_of(value, one.as_str().unwrap())),
                    None => is_of(value, rule.as_str().unwrap()),
                },
                other => panic!("keyword {other} is not checked"),
            };
            if !fits {
                self.wrong.push(format!("{at}: {keyword} {rule} against {value}"));
            }
        }
    }

    /// Members that the schema does not name: allowed for readers, but we document what we write.
    fn unnamed(&mut self, value: &Value) {
        let named = self.root["properties"].as_object().unwrap().clone();
        let unnamed = value.as_object().unwrap().keys().filter(|name| !named.contains_key(*name));
        self.wrong.extend(unnamed.map(|name| format!("{name} is not in the schema")));
    }
}

#[test]
fn every_statement_keeps_to_the_schema() {
    let text = std::fs::read_to_string(fixture("../docs/schema/statements.schema.json")).unwrap();
    let mut schema = Schema { root: serde_json::from_str(&text).unwrap(), wrong: Vec::new() };
    let root = schema.root.clone();
    let mut statements = 0;
    for name in ["demo", "bill-trade", "bill-fund-flow", "bill-personal"] {
        let run = Run::new().fixture(name).env("LIUDI_ZIP_PASSWORD", "liudi-demo");
        run.backup(&["--no-mirror"]);
        let held: Value = serde_json::from_str(&run.read("private/data/billing/statements.json")).unwrap();
        schema.check(&root, &held, "");
        schema.unnamed(&held);
        let files = run.tree();
        for statement in held["statements"].as_array().unwrap() {
            let path = format!("private/data/{}", statement["file"].as_str().unwrap());
            let (_, bytes) = files.iter().find(|(name, _)| *name == path).unwrap();
            assert_eq!(statement["sha256"], liudi::model::Sha256::of(bytes).to_string(), "{path}");
            statements += 1;
        }
    }
    assert!(schema.wrong.is_empty(), "{}", schema.wrong.join("\n"));
    assert!(statements > 6, "only {statements} statements");
}

#[test]
fn every_article_keeps_to_the_schema() {
    let text = std::fs::read_to_string(fixture("../docs/schema/article.schema.json")).unwrap();
    let mut schema = Schema { root: serde_json::from_str(&text).unwrap(), wrong: Vec::new() };
    let root = schema.root.clone();
    let runs = [
        Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo"),
        Run::new().fixture("page").fixture("getmsg/answer").fixture("wae-json/array"),
    ];
    let mut articles = 0;
    for run in runs {
        // What some fixtures lack is a failure of the input, by intent.
        run.backup(&[]);
        for (name, bytes) in tree(&run.archive()).into_iter().filter(|(name, _)| name.ends_with("/article.json")) {
            let article: Value = serde_json::from_slice(&bytes).unwrap();
            schema.check(&root, &article, "");
            schema.unnamed(&article);
            for wrong in &mut schema.wrong {
                if !wrong.starts_with("in ") {
                    *wrong = format!("in {name}: {wrong}");
                }
            }
            articles += 1;
        }
    }
    assert!(schema.wrong.is_empty(), "{}", schema.wrong.join("\n"));
    assert!(articles > 40, "only {articles} articles");
}

#[test]
fn the_check_finds_what_is_wrong() {
    let text = std::fs::read_to_string(fixture("../docs/schema/article.schema.json")).unwrap();
    let root: Value = serde_json::from_str(&text).unwrap();
    for broken in [
        serde_json::json!({"schema": "liudi/article/v0", "id": "x", "class": "public", "body": false, "provenance": {}}),
        serde_json::json!({"schema": "liudi/article/v1", "id": "x", "class": "public", "body": false}),
        serde_json::json!({"schema": "liudi/article/v1", "id": "x", "class": "public", "body": false, "provenance": {}, "mid": "a"}),
        serde_json::json!({"schema": "liudi/article/v1", "id": "x", "class": "public", "body": false, "provenance": {}, "versions": [{"number": 0}]}),
    ] {
        let mut schema = Schema { root: root.clone(), wrong: Vec::new() };
        schema.check(&root, &broken, "");
        assert_eq!(schema.wrong.len(), 1, "{broken}: {:?}", schema.wrong);
    }
}
