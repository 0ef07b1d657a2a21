//! Renders the pages from the templates under `templates/desk`.

use std::sync::Arc;

use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::state::Desk;
use super::view::value;
use super::views::VIEWS;
use crate::error::{Error, Result};
use crate::pipeline::archive::state::is_unfinished;
use crate::text::{Language, Texts};
use crate::words::plain;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/desk");

/// The templates, once for each language.
pub(super) struct Pages {
    environments: Vec<(Language, Environment<'static>)>,
}

impl Pages {
    pub(super) fn new(texts: &[Arc<Texts>]) -> Result<Self> {
        let broken = |error| Error::other("desk-failed").because(error);
        let mut environments = Vec::new();
        for texts in texts {
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Lenient);
            let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(broken)?;
            environment.set_syntax(syntax);
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            let words = Arc::clone(texts);
            environment.add_function("t", move |id: &str, arguments: Kwargs| text(&words, id, &arguments));
            let words = Arc::clone(texts);
            environment.add_function("code", move |prefix: &str, code: &str| words.code(prefix, code));
            environment.add_filter("bytes", |count: u64| plain::size(count));
            environment.add_filter("grouped", grouped);
            environment.add_filter("query", |text: String| {
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string()
            });
            for (name, source) in sources() {
                environment.add_template_owned(name, source).map_err(broken)?;
            }
            environments.push((texts.language(), environment));
        }
        Ok(Self { environments })
    }

    /// Returns the page of a view, or its main part.
    pub(super) fn view(
        &self,
        desk: &Arc<Desk>,
        slug: &str,
        values: Value,
        error: Option<&Error>,
        part: bool,
    ) -> String {
        let phrases = desk.phrases();
        let archive = desk.archive();
        let views: Vec<Value> = VIEWS
            .iter()
            .map(|view| view.info())
            .filter(|info| info.in_steps)
            .map(|info| {
                let disabled = info.of_archive && archive.is_none();
                context! { slug => info.slug, current => info.slug == slug, disabled }
            })
            .collect();
        let notes: Vec<String> = desk
            .take_notes()
            .iter()
            .map(|(id, arguments)| {
                let arguments: Vec<(&str, &str)> =
                    arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                phrases.line(id, &arguments)
            })
            .collect();
        let globals = context! {
            slug, part, views, notes,
            language => desk.language().tag(),
            archive => archive.as_ref().map(|root| context! {
                path => root.display().to_string(),
                name => root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned()),
            }),
            error => error.map(|error| value(phrases.error(error))),
            half_written => archive.as_deref().is_some_and(is_unfinished),
            running => desk.workshop.now().map(|now| now.code),
            work => Value::from_safe_string(work(desk)),
        };
        self.render(desk, &format!("{slug}.html.j2"), context! { ..globals, ..values })
    }

    /// Returns the page for a browser that was not admitted.
    pub(super) fn locked(&self, desk: &Desk) -> String {
        self.render(desk, "locked.html.j2", context! { language => desk.language().tag() })
    }

    /// Returns the page that remains when the desk has ended.
    pub(super) fn ended(&self, desk: &Desk) -> String {
        self.render(desk, "ended.html.j2", context! { language => desk.language().tag() })
    }

    fn render(&self, desk: &Desk, name: &str, values: Value) -> String {
        let language = desk.language();
        let environment = self.environments.iter().find(|(of, _)| *of == language).map(|(_, environment)| environment);
        let page = environment.map(|environment| environment.get_template(name).and_then(|page| page.render(values)));
        // A test renders every template: what remains is a fault of the program.
        page.unwrap_or_else(|| Ok(String::new())).unwrap_or_else(|error| format!("<p>{name}: {error}</p>"))
    }
}

/// Returns the progress of the run as markup; empty if there is none.
pub(super) fn work(desk: &Desk) -> String {
    let Some(now) = desk.workshop.now() else { return String::new() };
    let values = context! {
        code => now.code,
        tasks => value(now.board.tasks()),
        paused => now.board.is_paused(),
        stopping => now.stop.is_cancelled(),
        question => !now.questions().is_empty(),
        gone => now.watched().is_some_and(|watched| watched.gone),
    };
    desk.pages.render(desk, "work.html.j2", values)
}

/// Returns the media type and the bytes of a script or style sheet.
pub(super) fn asset(name: &str) -> Option<(&'static str, Vec<u8>)> {
    let media_type = match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => return None,
    };
    Some((media_type, FILES.get_file(name)?.contents().to_vec()))
}

fn sources() -> impl Iterator<Item = (String, String)> {
    let templates = FILES.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "j2"));
    templates.filter_map(|file| Some((file.path().to_string_lossy().into_owned(), file.contents_utf8()?.to_owned())))
}

/// Returns the text `id` with its arguments.
fn text(texts: &Texts, id: &str, arguments: &Kwargs) -> std::result::Result<String, minijinja::Error> {
    let named = arguments.args().map(|name| Ok((name, arguments.get::<Value>(name)?.to_string())));
    let named = named.collect::<std::result::Result<Vec<(&str, String)>, minijinja::Error>>()?;
    let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(texts.get(id, &named))
}

/// Groups the digits of a number by thousands.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
