//! The view `ready`.

use std::sync::Arc;

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, View};
use crate::error::Result;

/// The view.
pub(in crate::desk) struct Ready;

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept {}

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {}
}

impl View for Ready {
    fn info(&self) -> &'static Info {
        &Info { slug: "ready", of_archive: true, in_steps: true }
    }

    fn values(&self, _: &Arc<Desk>, _: &Form) -> Result<Value> {
        Ok(context! {})
    }
}
