//! 去哪里拿: where each file is obtained, the most perishable first. Reached from the other views.

use std::sync::Arc;

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, View, value};
use crate::error::{Error, Result};
use crate::pipeline::archive::state::holds_anything;
use crate::pipeline::closing::guide;

/// The view.
pub(in crate::desk) struct Guide;

impl View for Guide {
    fn info(&self) -> &'static Info {
        &Info { slug: "guide", of_archive: false, in_steps: false }
    }

    fn values(&self, desk: &Arc<Desk>, _: &Form) -> Result<Value> {
        let texts = desk.texts();
        let language = texts.language();
        let root = desk.archive().filter(|root| holds_anything(root));
        let entries: Vec<Value> = guide::entries(root.as_deref(), None)?
            .iter()
            .map(|entry| {
                let kinds = entry.accounts.iter().map(|kind| texts.code("ready-kind", kind.code()));
                context! {
                    title => entry.title(language),
                    perishes => entry.perishes(language),
                    steps => value(entry.steps(language)),
                    confidence => texts.code("ready-confidence", entry.confidence.code()),
                    kinds => texts.list(&kinds.collect::<Vec<_>>()),
                }
            })
            .collect();
        Ok(context! { entries })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let root = desk.archive().filter(|root| holds_anything(root));
        let entries = guide::entries(root.as_deref(), None)?;
        serde_json::to_vec_pretty(&entries).map(Some).map_err(|error| Error::other("output-failed").because(error))
    }
}
