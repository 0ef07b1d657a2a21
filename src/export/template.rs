//! The template engine: minijinja over the embedded files, each of which a file of the same name in the user's folder
//! replaces.
//!
//! Templates decide the look only. They receive paths, escaped URLs and texts ready-made (`t(id, name=value)` returns a
//! text).

use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::platform;
use crate::text::Texts;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/mirror");

/// Limit of the work for one page, so that an endless loop in a user's template ends with an error.
const FUEL: u64 = 200_000_000;

/// The templates and assets of a site.
pub struct Templates {
    environment: Environment<'static>,
    assets: Vec<(String, Vec<u8>)>,
    digest: Sha256,
}

impl Templates {
    /// Loads the embedded files, replacing each by the file of the same name in `folder`.
    ///
    /// # Errors
    /// `template-broken` with file and line; `template-unreadable`; `templates-none` if the folder holds none.
    pub fn load(folder: Option<&Path>, texts: &Arc<Texts>) -> Result<Self> {
        let mut files: Vec<(String, Vec<u8>)> =
            FILES.files().map(|file| (file.path().to_string_lossy().into_owned(), file.contents().to_vec())).collect();
        if let Some(folder) = folder {
            let mut any = false;
            for (name, bytes) in &mut files {
                let path = folder.join(&*name);
                match platform::read(&path) {
                    Ok(own) => (any, *bytes) = (true, own),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => return Err(Error::disk("template-unreadable", path.display(), error)),
                }
            }
            // A misspelt folder would build a site that looks as if no templates had been given.
            if !any {
                let known = files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(Error::usage("templates-none").with("path", folder.display()).with("known", known));
            }
        }
        files.sort();
        let mut everything = Vec::new();
        for (name, bytes) in &files {
            everything.extend_from_slice(name.as_bytes());
            everything.extend_from_slice(&Sha256::of(bytes).as_bytes()[..]);
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Lenient);
        environment.set_fuel(Some(FUEL));
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(|error| broken("syntax", error))?,
        );
        environment.set_auto_escape_callback(|name| {
            let kind = name.trim_end_matches(".j2");
            let markup = [".html", ".xml"].iter().any(|end| kind.ends_with(end));
            if markup { AutoEscape::Html } else { AutoEscape::None }
        });
        // The escaping of minijinja turns every `/` of a path into a character reference.
        environment.set_formatter(|out, state, value| {
            if value.is_undefined() || value.is_none() {
                return Ok(());
            }
            if value.is_safe() || matches!(state.auto_escape(), AutoEscape::None) {
                return write!(out, "{value}").map_err(minijinja::Error::from);
            }
            let mut escaped = String::new();
            crate::html::escape_attribute(&value.to_string(), &mut escaped);
            out.write_str(&escaped).map_err(minijinja::Error::from)
        });
        let words = Arc::clone(texts);
        environment.add_function("t", move |id: String, arguments: Kwargs| {
            let mut values = Vec::new();
            for name in arguments.args() {
                let value: Value = arguments.get(name)?;
                values.push((name.to_owned(), value.to_string()));
            }
            let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            Ok(words.get(&id, &pairs))
        });
        let mut assets = Vec::new();
        for (name, bytes) in files {
            match name.strip_suffix(".j2") {
                Some(_) => {
                    let source = String::from_utf8_lossy(&bytes).into_owned();
                    environment.add_template_owned(name.clone(), source).map_err(|error| broken(&name, error))?;
                }
                None => assets.push((name, bytes)),
            }
        }
        Ok(Self { environment, assets, digest: Sha256::of(&everything) })
    }

    /// Returns a digest of all files, which is part of every output's key.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }

    /// Returns the files that are not templates (`style.css`, `site.js`), by name.
    pub fn assets(&self) -> &[(String, Vec<u8>)] {
        &self.assets
    }

    /// Renders `name` with `context`.
    pub fn render(&self, name: &str, context: Value) -> Result<String> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context))
            .map_err(|error| broken(name, error))
    }
}

fn broken(name: &str, error: minijinja::Error) -> Error {
    let line = error.line().unwrap_or_default();
    let file = error.name().unwrap_or(name).to_owned();
    Error::input("template-broken").with("file", file).with("line", line).with("detail", &error).because(error)
}

/// Returns the embedded files, as a starting point for the user's own.
pub fn embedded() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.files().filter_map(|file| Some((file.path().to_str()?, file.contents())))
}
