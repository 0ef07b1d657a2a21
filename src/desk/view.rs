//! A view of the desk: what it shows and what can be done there. A new view is one file in `views`, one template and
//! one line in its registry.

use std::sync::Arc;

use minijinja::Value;

use super::form::Form;
use super::state::Desk;
use super::views;
use crate::error::{Error, Result};

/// The facts about a view.
#[derive(Debug)]
pub(super) struct Info {
    /// Name in addresses, of the template and of the texts `desk-view-<slug>`.
    pub(super) slug: &'static str,
    /// Whether it can be shown only once an archive is chosen.
    pub(super) of_archive: bool,
    /// Whether it is one of the steps at the top of every page.
    pub(super) in_steps: bool,
}

/// A view.
pub(super) trait View: Sync {
    /// Returns the facts about it.
    fn info(&self) -> &'static Info;

    /// Returns the values of its template.
    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value>;

    /// Returns what it shows as data: the same as the command line's `--json`.
    fn json(&self, _: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Returns a file to download.
    fn file(&self, _: &Arc<Desk>, _: &str, _: &Form) -> Result<Option<Download>> {
        Ok(None)
    }

    /// Carries out the action of a form; `None` if there is no such action.
    fn act(&self, _: &Arc<Desk>, _: &str, _: &Form) -> Result<Option<Then>> {
        Ok(None)
    }
}

/// A file to download.
#[derive(Debug)]
pub(super) struct Download {
    /// Name.
    pub(super) name: String,
    /// Media type.
    pub(super) media_type: &'static str,
    /// Content.
    pub(super) bytes: Vec<u8>,
    /// Whether the browser shows it, as a page without any script, instead of saving it.
    pub(super) shown: bool,
}

/// What is shown after an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The page at this address.
    Show(String),
    /// The page at this address, and this text.
    Say(String, &'static str),
}

/// What views keep between requests.
#[derive(Default)]
pub(super) struct ViewState {
    pub(super) bills: views::bills::Kept,
    pub(super) inputs: views::inputs::Kept,
    pub(super) keeping: views::keeping::Kept,
    pub(super) ready: views::ready::Kept,
    pub(super) site: views::site::Kept,
}

impl ViewState {
    /// Forgets everything about the archive, because another one was chosen.
    pub(super) fn forget(&self) {
        self.bills.forget();
        self.inputs.forget();
        self.keeping.forget();
        self.ready.forget();
        self.site.forget();
    }
}

/// Returns data as the command line's `--json` writes it.
pub(super) fn json(data: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(data).map_err(|error| Error::other("output-failed").because(error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Returns data as a value for a template.
pub(super) fn value(data: impl serde::Serialize) -> Value {
    Value::from(minijinja::value::Serde(data))
}
