//! The form for `site.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::{Value, context};

use crate::config::site::SiteConfig;
use crate::config::site_file::SiteFile;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::value;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::site::{CommentChoice, Follow};
use crate::pipeline::export::request::{SiteRequest, known_hosts};

/// Field that shows that the form was submitted; its value is the digest of the file that it was made from.
const SEEN: &str = "seen";
/// Fields of one condition a line.
const LISTS: [&str; 3] = ["only", "except", "hide"];
/// Most characters of a line.
const LINE: usize = 1000;
/// Most characters of a list.
const LIST: usize = 200_000;
/// Empty lines for further places to follow the author.
const MORE_PLACES: usize = 1;

/// Returns the values of the form: of the file, or as they were typed.
pub(super) fn values(desk: &Desk, root: &Path, typed: &Form) -> Result<Value> {
    let file = SiteFile::of(root)?;
    let path = file.path.display().to_string();
    let submitted = typed.has(SEEN);
    let config = match file.config() {
        Ok(_) if submitted => read(typed),
        Ok(config) => config,
        Err(error) => return Ok(context! { path, broken => value(desk.phrases().error(&error)) }),
    };
    let wrong = submitted.then(|| sensible(typed).and_then(|()| check(root, &file, &config, desk).map(drop)).err());
    let wrong = wrong.flatten();
    let field = wrong.as_ref().and_then(|error| field_of(error, &config));
    let follow: Vec<Value> = config
        .follow
        .iter()
        .map(|place| context! { name => place.name.clone(), url => place.url.clone() })
        .chain((0..MORE_PLACES).map(|_| context! { name => "", url => "" }))
        .collect();
    let file_name = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields: BTreeMap<&str, String> = [
        ("title", text(&config.title)),
        ("copyright", text(&config.copyright)),
        ("licence", text(&config.licence)),
        ("licence-url", text(&config.licence_url)),
        ("icp", text(&config.icp)),
        ("notice", text(&config.notice)),
        ("base-url", text(&config.base_url)),
        ("media-base", text(&config.media_base)),
        ("host", text(&config.host)),
        ("hide-list", text(&file_name(&config.hide_list))),
        ("templates", text(&file_name(&config.templates))),
        ("only", config.only.join("\n")),
        ("except", config.except.join("\n")),
        ("hide", config.hide.join("\n")),
    ]
    .into_iter()
    .collect();
    Ok(context! {
        path,
        exists => file.path.is_file(),
        seen => seen(&file),
        fields,
        comments => config.comments.code(),
        comment_choices => CommentChoice::CODES,
        hosts => known_hosts().collect::<Vec<_>>(),
        noindex => config.noindex,
        no_short_links => config.no_short_links,
        follow,
        wrong_field => field,
        wrong_text => wrong.map(|error| desk.phrases().error(&error).text),
    })
}

/// Writes what was typed into the file.
///
/// # Errors
/// What the site would fail with, before anything is written; `desk-site-changed` if the file is not the one that the
/// form was made from.
pub(super) fn save(desk: &Desk, root: &Path, typed: &Form) -> Result<()> {
    let file = SiteFile::of(root)?;
    if typed.raw(SEEN) != Some(seen(&file).as_str()) {
        return Err(Error::usage("desk-site-changed").with("path", file.path.display()));
    }
    sensible(typed)?;
    let edited = check(root, &file, &read(typed), desk)?;
    if edited == file { Ok(()) } else { edited.write() }
}

fn seen(file: &SiteFile) -> String {
    Sha256::of(file.text.as_bytes()).hex()
}

/// Returns the file with what was typed, if a site can be built by it.
fn check(root: &Path, file: &SiteFile, config: &SiteConfig, desk: &Desk) -> Result<SiteFile> {
    let edited = file.with(config).map_err(|error| match error.code() {
        // The words for the file name its keys, which the form does not show.
        "config-link-invalid" => {
            let of = |name: &str| error.arguments().find(|(other, _)| *other == name).map(|(_, value)| value);
            let (key, url) = (of("key").unwrap_or_default(), of("url").unwrap_or_default());
            Error::usage("desk-site-link-invalid").with("key", key).with("url", url)
        }
        _ => error,
    })?;
    let job = SiteRequest::default().settle_by(edited.settled()?, root, desk.language())?;
    job.check_templates()?;
    Ok(edited)
}

/// Checks what the file could not say: a choice that is none, and a text that is no title and no address.
fn sensible(typed: &Form) -> Result<()> {
    if let Some(name) = typed.all("comments").find(|name| CommentChoice::from_code(name).is_none()) {
        let known = CommentChoice::CODES.join(", ");
        return Err(Error::usage("desk-site-choice-unknown").with("name", shortened(name)).with("known", known));
    }
    for (name, text) in typed.fields() {
        let of_lines = LISTS.contains(&name);
        let (most, longest) =
            if of_lines { (LIST, text.lines().map(|line| line.chars().count()).max()) } else { (LINE, None) };
        if text.chars().count() > most || longest.is_some_and(|longest| longest > LINE) {
            return Err(Error::usage("desk-site-too-long").with("field", name).with("limit", LINE));
        }
        if text
            .chars()
            .any(|character| character.is_control() && !(of_lines && matches!(character, '\n' | '\r' | '\t')))
        {
            return Err(Error::usage("desk-site-not-text").with("field", name));
        }
    }
    Ok(())
}

/// Returns the beginning of a text of any length, for a message.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Returns what was typed.
fn read(typed: &Form) -> SiteConfig {
    let text = |name: &str| typed.get(name).map(str::to_owned);
    let lines = |name: &str| -> Vec<String> {
        let lines = typed.raw(name).unwrap_or_default().lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let every =
        |name: &'static str| typed.fields().filter(move |(other, _)| *other == name).map(|(_, value)| value.trim());
    let follow =
        every("follow-name").zip(every("follow-url")).filter(|(name, url)| !name.is_empty() || !url.is_empty());
    SiteConfig {
        title: text("title"),
        copyright: text("copyright"),
        licence: text("licence"),
        licence_url: text("licence-url"),
        icp: text("icp"),
        notice: text("notice"),
        follow: follow
            .map(|(name, url)| Follow {
                // An address alone is its own name.
                name: if name.is_empty() { url } else { name }.to_owned(),
                url: (!url.is_empty()).then(|| url.to_owned()),
            })
            .collect(),
        base_url: text("base-url"),
        media_base: text("media-base"),
        host: text("host"),
        comments: typed.get("comments").and_then(CommentChoice::from_code).unwrap_or_default(),
        noindex: typed.has("noindex"),
        no_short_links: typed.has("no-short-links"),
        only: lines("only"),
        except: lines("except"),
        hide: lines("hide"),
        hide_list: text("hide-list").map(PathBuf::from),
        templates: text("templates").map(PathBuf::from),
    }
}

/// Fields of one text or list.
const FIELDS: [&str; 14] = [
    "title",
    "copyright",
    "licence",
    "licence-url",
    "icp",
    "notice",
    "base-url",
    "media-base",
    "host",
    "hide-list",
    "templates",
    "only",
    "except",
    "hide",
];

/// Returns the field that an error is about.
fn field_of(error: &Error, config: &SiteConfig) -> Option<&'static str> {
    let argument = |name: &str| error.arguments().find(|(other, _)| *other == name).map(|(_, value)| value);
    let has = |list: &[String], text: &str| list.iter().any(|line| line.trim() == text);
    Some(match error.code() {
        "desk-site-link-invalid" if argument("key") == Some("licence-url") => "licence-url",
        "desk-site-link-invalid" => "follow",
        "site-address-invalid" if argument("url") == config.base_url.as_deref() => "base-url",
        "site-address-invalid" => "media-base",
        "host-unknown" => "host",
        "hide-list-unreadable" | "hide-list-invalid" => "hide-list",
        "template-broken" | "template-unreadable" | "templates-none" => "templates",
        "desk-site-choice-unknown" => "comments",
        "desk-site-too-long" | "desk-site-not-text" => match argument("field")? {
            "follow-name" | "follow-url" => "follow",
            field => FIELDS.iter().find(|known| **known == field)?,
        },
        "selection-invalid" => match argument("rule")? {
            rule if has(&config.only, rule) => "only",
            rule if has(&config.except, rule) => "except",
            rule if config.hide.iter().any(|line| line.contains(rule)) => "hide",
            _ => "hide-list",
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Texts};

    #[test]
    fn every_host_has_a_name_by_which_people_know_it() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for host in known_hosts() {
                assert!(texts.find_code("desk-host-name", host).is_some(), "{host}");
            }
        }
    }
}
