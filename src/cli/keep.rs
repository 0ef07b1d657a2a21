//! `liudi keep FILE --as KIND`: any document, bit-exact, in the private part.

use serde_json::json;

use super::arguments::KeepOptions;
use super::context::Context;
use crate::archive;
use crate::audit::documents;
use crate::error::Result;
use crate::model::Class;
use crate::pipeline::closing::keep;

/// Keeps the files.
pub(super) fn run(context: &Context<'_>, options: &KeepOptions) -> Result<u8> {
    let root = context.archive(None);
    let session = context.session(&root)?;
    let places = keep::keep(&session, &options.files, &options.kind, context.progress().as_ref())?;
    if context.output.json {
        context.output.answer(&json!({ "archive": root, "kept": places }))?;
    } else {
        let count = places.len().to_string();
        context
            .output
            .tell("keep-done", &[("count", &count), ("kind", &documents::name(context.output.texts(), &options.kind))]);
        for (file, place) in options.files.iter().zip(&places) {
            // A file is kept once: the kind it was given first is the one that counts.
            let same =
                |other: &str| documents::kind(other).is_some_and(|code| documents::kind(&options.kind) == Some(code));
            if let Some(counts) = keep::other_kind(place, &options.kind).filter(|other| !same(other)) {
                let file = file.display().to_string();
                context.output.tell("keep-stays", &[("file", &file), ("kind", counts), ("other", &options.kind)]);
            }
        }
        for place in &places {
            context.output.tell("summary-item", &[("text", &archive::place(Class::Private, place))]);
        }
    }
    Ok(0)
}
