//! `liudi sources`, `liudi exporters`: list the registries.

use serde_json::{Value, json};

use super::context::Context;
use crate::error::Result;
use crate::pipeline::registries::{self, Registered};

/// Lists the supported kinds of input.
pub(super) fn sources(context: &Context<'_>) -> Result<u8> {
    list(context, registries::importers())
}

/// Lists the formats that an archive can be exported to.
pub(super) fn exporters(context: &Context<'_>) -> Result<u8> {
    list(context, registries::exporters())
}

fn list(context: &Context<'_>, entries: impl Iterator<Item = Registered>) -> Result<u8> {
    let output = context.output;
    if output.json {
        let list: Vec<Value> = entries
            .map(|entry| {
                let summary = json!({ "zh-CN": entry.summary_zh, "en": entry.summary_en });
                let settings: Vec<Value> = entry
                    .settings
                    .iter()
                    .map(|setting| {
                        let summary = json!({ "zh-CN": setting.summary_zh, "en": setting.summary_en });
                        json!({ "name": setting.name, "values": setting.values.words(), "summary": summary })
                    })
                    .collect();
                json!({ "name": entry.name, "summary": summary, "patterns": entry.patterns, "settings": settings })
            })
            .collect();
        output.answer(&list)?;
        return Ok(0);
    }
    for entry in entries {
        let summary = entry.summary(output.texts().language());
        output.data(format!("{:<22} {summary}  {}", entry.name, entry.patterns.join(" ")).trim_end())?;
        for setting in entry.settings {
            let (values, summary) = (setting.values.placeholder(), setting.summary(output.texts().language()));
            output.data(&format!("{:<22}   --set {}={values}  {summary}", "", setting.name))?;
        }
    }
    Ok(0)
}
