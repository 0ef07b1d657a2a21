//! `liudi keep FILE --as KIND`: keeps any document, bit-exact, in the private part.

use serde_json::json;

use super::arguments::KeepOptions;
use super::context::Context;
use super::host::Terminal;
use crate::error::Result;
use crate::pipeline::closing::keep;

/// Keeps the files.
pub(super) fn run(context: &Context<'_>, options: &KeepOptions) -> Result<u8> {
    let root = context.archive(None);
    let kept = keep::keep(&root, &options.files, &options.kind, &Terminal::new(context))?;
    let output = context.output;
    if output.json {
        let paths: Vec<&str> = kept.iter().map(|kept| kept.path.as_str()).collect();
        output.answer(&json!({ "archive": root, "kept": paths }))?;
        return Ok(0);
    }
    let kind = keep::kind_name(output.texts(), &options.kind);
    let count = kept.iter().filter(|kept| kept.other_kind.is_none() && !kept.was_read).count();
    if count > 0 {
        output.tell("keep-done", &[("count", &count.to_string()), ("kind", &kind)]);
    }
    for (file, kept) in options.files.iter().zip(&kept) {
        let file = file.display().to_string();
        if let Some(counts) = &kept.other_kind {
            output.tell("keep-stays", &[("file", &file), ("kind", counts), ("other", &options.kind)]);
        } else if kept.was_read {
            output.tell("keep-was-read", &[("file", &file), ("kind", &kind)]);
        }
    }
    for kept in &kept {
        output.tell("summary-item", &[("text", &kept.place)]);
    }
    Ok(0)
}
