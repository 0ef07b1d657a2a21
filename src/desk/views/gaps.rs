//! The view `gaps`.

use std::sync::Arc;

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, View};
use crate::error::Result;

/// The view.
pub(in crate::desk) struct Gaps;

impl View for Gaps {
    fn info(&self) -> &'static Info {
        &Info { slug: "gaps", of_archive: true, in_steps: true }
    }

    fn values(&self, _: &Arc<Desk>, _: &Form) -> Result<Value> {
        Ok(context! {})
    }
}
