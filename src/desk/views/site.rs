//! The view `site`.

use std::sync::Arc;

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, View};
use crate::error::Result;

/// The view.
pub(in crate::desk) struct Site;

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept {}

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {}

    /// Returns the origin that the preview of the site is served from, while it is.
    pub(in crate::desk) fn preview_origin(&self) -> Option<String> {
        None
    }
}

impl View for Site {
    fn info(&self) -> &'static Info {
        &Info { slug: "site", of_archive: true, in_steps: true }
    }

    fn values(&self, _: &Arc<Desk>, _: &Form) -> Result<Value> {
        Ok(context! {})
    }
}
