//! Turns the user's request for a site or an export into options. Arguments take precedence over `site.toml` and
//! `export.toml`, and everything is checked before anything is written.

use std::path::{Path, PathBuf};

use super::{Exported, comments, media_folder};
use crate::config::export::ExportConfig;
use crate::config::site::SiteConfig;
use crate::error::{Error, Result};
use crate::export::hosts;
use crate::export::options::site_address;
use crate::export::registry::{self, EXPORTERS};
use crate::export::selection::Selection;
use crate::export::{ExportOptions, Include, Info, Scoped, Settings};
use crate::model::layout;
use crate::model::site::CommentChoice;
use crate::parse::encoding;
use crate::pipeline::host::Host;
use crate::pipeline::job::SiteJob;
use crate::platform;
use crate::text::{Language, Texts};

/// An exporter, the folder it writes to, and its options.
type Job = (Scoped, PathBuf, ExportOptions);

/// Default folder of exports, inside the archive's folder.
const FOLDER: &str = "exports";

/// The selection of what is republished, shared by the site and every export.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Path of `site.toml`, if not the usual one.
    pub site_config: Option<PathBuf>,
    /// Address of the site.
    pub base_url: Option<String>,
    /// Conditions a post must meet.
    pub only: Vec<String>,
    /// Conditions a post must not meet.
    pub except: Vec<String>,
    /// File of links, ids or conditions that are not republished, one per line.
    pub hide: Option<PathBuf>,
    /// Comments to show.
    pub comments: Option<CommentChoice>,
}

/// A request for a site.
#[derive(Clone, Debug, Default)]
pub struct SiteRequest {
    /// Selection of what is republished.
    pub choice: Choice,
    /// Folder of the site, if not the usual one.
    pub folder: Option<PathBuf>,
    /// Folder of templates that replace the embedded ones.
    pub templates: Option<PathBuf>,
    /// Address of the media, if published separately.
    pub media_base: Option<String>,
    /// Folder of those media, if not next to the site.
    pub media_folder: Option<PathBuf>,
    /// Name of the host whose limits the site is checked against.
    pub host: Option<String>,
    /// Whether search engines are asked not to index the site.
    pub noindex: bool,
    /// Whether to omit the pages of short old links.
    pub no_short_links: bool,
}

/// Most bytes of a hide list.
const HIDE_LIST: u64 = 16 << 20;

/// A request for exports.
#[derive(Clone, Debug, Default)]
pub struct ExportRequest {
    /// Selection of what is republished.
    pub choice: Choice,
    /// Names of the exporters.
    pub to: Vec<String>,
    /// Folder of the export; with several exports each gets a subfolder with its name.
    pub folder: Option<PathBuf>,
    /// Settings of exporters: `KEY=VALUE`, or `NAME.KEY=VALUE` with several exporters.
    pub set: Vec<String>,
    /// Settings for every exporter that has them.
    pub common: Vec<(&'static str, String)>,
    /// Codes of the private data to export too.
    pub include: Vec<String>,
    /// Whether media are hard links to the archive's files instead of copies.
    pub hard_link: bool,
    /// Path of `export.toml`, if not the usual one.
    pub export_config: Option<PathBuf>,
}

impl Choice {
    /// Resolves the choice for the archive at `root`.
    fn settle(&self, root: &Path, language: Language) -> Result<(SiteConfig, CommentChoice, ExportOptions)> {
        self.apply(SiteConfig::find(self.site_config.as_deref(), root)?, language)
    }

    /// Applies the choice to what `site.toml` says.
    fn apply(&self, config: SiteConfig, language: Language) -> Result<(SiteConfig, CommentChoice, ExportOptions)> {
        let mut selection = Selection::new(
            &[config.only.as_slice(), &self.only].concat(),
            &[config.except.as_slice(), &self.except].concat(),
        )?;
        selection.hide(&config.hide.join("\n"))?;
        for list in [&config.hide_list, &self.hide].into_iter().flatten() {
            let bytes = platform::read_whole(list, HIDE_LIST).map_err(|error| {
                let unreadable = Error::usage("hide-list-unreadable").with("path", list.display());
                // What the system did not say has no words of its own.
                if error.raw_os_error().is_some() { unreadable.because(error) } else { unreadable }
            })?;
            // An editor may have saved it in any encoding. If it is another file, its text is not repeated.
            selection
                .hide_file(&encoding::decode(&bytes, None).text())
                .map_err(|line| Error::usage("hide-list-invalid").with("path", list.display()).with("line", line))?;
        }
        let shown = self.comments.unwrap_or(config.comments);
        let base_url = self.base_url.as_ref().or(config.base_url.as_ref());
        let options = ExportOptions {
            language,
            base_url: base_url.map(|address| site_address(address)).transpose()?,
            identity: config.identity(),
            selection,
            ..ExportOptions::default()
        };
        Ok((config, shown, options))
    }
}

impl SiteRequest {
    /// Resolves the request for the archive at `root`.
    ///
    /// # Errors
    /// `config-…` for a broken `site.toml`, `host-unknown`, `site-address-invalid`, and the errors of the conditions.
    pub fn settle(&self, root: &Path, language: Language) -> Result<SiteJob> {
        let config = SiteConfig::find(self.choice.site_config.as_deref(), root)?;
        self.settle_by(config, root, language)
    }

    /// Resolves the request by what `site.toml` says or would say.
    ///
    /// # Errors
    /// As [`SiteRequest::settle`].
    pub fn settle_by(&self, config: SiteConfig, root: &Path, language: Language) -> Result<SiteJob> {
        let folder = self.folder.clone().unwrap_or_else(|| root.join(layout::SITE));
        let media = self.media_folder.clone().unwrap_or_else(|| media_folder(&folder));
        let (config, comments, options) = self.choice.apply(config, language)?;
        let media_base = self.media_base.as_ref().or(config.media_base.as_ref());
        let host = self.host.as_ref().or(config.host.as_ref()).map(|name| {
            let names = || known_hosts().collect::<Vec<_>>().join(", ");
            hosts::find(name).ok_or_else(|| Error::usage("host-unknown").with("name", name).with("known", names()))
        });
        let options = ExportOptions {
            templates: self.templates.clone().or(config.templates),
            media_base: media_base.map(|address| site_address(address)).transpose()?,
            noindex: self.noindex || config.noindex,
            without_short_links: self.no_short_links || config.no_short_links,
            host: host.transpose()?,
            ..options
        };
        Ok(SiteJob { folder, media, comments, options })
    }
}

impl ExportRequest {
    /// Writes every export of the archive at `root`.
    ///
    /// # Errors
    /// `exporter-unknown`, `export-set…`, `config-…` before anything is written, and the errors of [`super::export`].
    pub fn run(&self, root: &Path, language: Language, host: &dyn Host) -> Result<Vec<Exported>> {
        let (shown, jobs) = self.settle(root, language)?;
        let comments = comments::open(root, shown, &Texts::new(language))?;
        let write = |(exporter, folder, options): Job| {
            let options = ExportOptions { comments: comments.clone(), ..options };
            super::export(exporter, root, &folder, &options, host)
        };
        jobs.into_iter().map(write).collect()
    }

    /// Checks everything that can be checked before the archive is written.
    ///
    /// # Errors
    /// As [`Self::run`] before anything is written.
    pub fn check(&self, root: &Path, language: Language) -> Result<()> {
        let (_, jobs) = self.settle(root, language)?;
        jobs.iter().try_for_each(|(exporter, folder, _)| super::check_export_folder(*exporter, root, folder))
    }

    fn settle(&self, root: &Path, language: Language) -> Result<(CommentChoice, Vec<Job>)> {
        let mut exporters: Vec<Scoped> = Vec::new();
        for name in &self.to {
            let exporter = find(name)?;
            // A name given twice is exported once.
            if !exporters.iter().any(|other| other.info().name == exporter.info().name) {
                exporters.push(exporter);
            }
        }
        let config = ExportConfig::find(self.export_config.as_deref(), root)?;
        config.exporters().try_for_each(|name| find(name).map(drop))?;
        self.check_effect(&exporters)?;
        let (_, shown, options) = self.choice.settle(root, language)?;
        let options = ExportOptions { hard_links: self.hard_link, ..options };
        for (name, _) in &self.common {
            let declared = |exporter: &Scoped| exporter.info().settings.iter().any(|setting| setting.name == *name);
            if !exporters.iter().any(declared) {
                return Err(Error::usage("export-setting-no-exporter").with("name", name));
            }
        }
        let jobs = exporters
            .iter()
            .map(|exporter| {
                let info = exporter.info();
                let settings = self.settings(info, &config)?;
                self.check_include(*exporter)?;
                Ok((*exporter, self.folder(root, info.name), ExportOptions { settings, ..options.clone() }))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok((shown, jobs))
    }

    /// Checks that every option changes at least one of the exports.
    fn check_effect(&self, exporters: &[Scoped]) -> Result<()> {
        let without_effect = |option: String| Err(Error::usage("export-option-no-exporter").with("option", option));
        let includes = |code: &String| exporters.iter().any(|one| one.include().map(Include::code) == Some(code));
        if let Some(code) = self.include.iter().find(|code| !includes(code)) {
            return without_effect(format!("--include {code}"));
        }
        let choice = &self.choice;
        let given = [
            ("--only", !choice.only.is_empty()),
            ("--except", !choice.except.is_empty()),
            ("--hide", choice.hide.is_some()),
            ("--comments", choice.comments.is_some()),
            ("--base-url", choice.base_url.is_some()),
        ];
        let posts = exporters.iter().any(|exporter| matches!(exporter, Scoped::Public(_)));
        match given.iter().find(|(_, given)| *given && !posts) {
            Some((option, _)) => without_effect((*option).to_owned()),
            None => Ok(()),
        }
    }

    /// Checks that the private data an exporter writes was requested.
    fn check_include(&self, exporter: Scoped) -> Result<()> {
        match exporter.include().map(Include::code) {
            Some(code) if !self.include.iter().any(|asked| asked == code) => {
                let name = exporter.info().name;
                Err(Error::usage("export-include-missing").with("name", name).with("include", code))
            }
            _ => Ok(()),
        }
    }

    /// Returns the settings of an exporter: those of the file, then the given ones.
    fn settings(&self, info: &Info, config: &ExportConfig) -> Result<Settings> {
        let mut given: Vec<(&str, &str)> = config.of(info.name).collect();
        let declared = |name: &str| info.settings.iter().any(|setting| setting.name == name);
        given
            .extend(self.common.iter().filter(|(name, _)| declared(name)).map(|(name, value)| (*name, value.as_str())));
        for text in &self.set {
            let invalid = || Error::usage("export-set-invalid").with("text", text);
            let (name, value) = text.split_once('=').ok_or_else(invalid)?;
            match name.split_once('.') {
                Some((of, name)) if of == info.name => given.push((name, value)),
                Some((of, _)) if self.to.iter().any(|other| other == of) => {}
                Some((of, name)) if EXPORTERS.iter().any(|other| other.info().name == of) => {
                    let option = format!("--set {of}.{name}");
                    return Err(Error::usage("export-option-no-exporter").with("option", option));
                }
                // With several exporters a setting must name its exporter.
                None if self.to.len() == 1 => given.push((name, value)),
                _ => return Err(invalid()),
            }
        }
        Settings::settle(info, given)
    }

    fn folder(&self, root: &Path, name: &str) -> PathBuf {
        match &self.folder {
            Some(folder) if self.to.len() == 1 => folder.clone(),
            Some(folder) => folder.join(name),
            None => usual_folder(root, name),
        }
    }
}

/// Returns the folder that the export `name` of the archive at `root` is written to unless another one is asked for.
pub fn usual_folder(root: &Path, name: &str) -> PathBuf {
    if name == "mirror" { root.join(layout::SITE) } else { root.join(FOLDER).join(name) }
}

/// Returns the names of the hosts that a site can be checked against.
pub fn known_hosts() -> impl Iterator<Item = &'static str> {
    hosts::HOSTS.iter().map(|host| host.name)
}

fn find(name: &str) -> Result<Scoped> {
    let known = || EXPORTERS.iter().map(|exporter| exporter.info().name).collect::<Vec<_>>().join(", ");
    registry::exporter(name).ok_or_else(|| Error::usage("exporter-unknown").with("name", name).with("known", known()))
}
