//! Renders a page of its own from a template: one file without scripts or requests.

use minijinja::value::Kwargs;
use minijinja::{Environment, Value};

use crate::error::{Error, Result};
use crate::text::{Texts, id};

/// Renders `template`, which is called `name` and takes its words by `t(…)` from `texts`.
///
/// # Errors
/// `report-not-rendered`.
pub(crate) fn render(name: &str, template: &str, texts: Texts, context: Value) -> Result<String> {
    let mut environment = Environment::new();
    let failed = |error: minijinja::Error| Error::other("report-not-rendered").because(error);
    let syntax = environment.syntax().to_builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
    environment.set_syntax(syntax);
    environment.add_function("t", move |name: String, arguments: Kwargs| -> Result<String, minijinja::Error> {
        let mut values: Vec<(&str, String)> = Vec::new();
        for key in arguments.args() {
            values.push((key, arguments.get::<Value>(key)?.to_string()));
        }
        let borrowed: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Ok(texts.get(&id(&name), &borrowed))
    });
    environment.add_template(name, template).map_err(failed)?;
    environment.get_template(name).map_err(failed)?.render(context).map_err(failed)
}
