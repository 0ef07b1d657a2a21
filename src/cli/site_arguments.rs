//! Flags of the commands that make and show the site.

use std::path::PathBuf;

use clap::Args;

use crate::model::site::CommentChoice;
use crate::pipeline::export::Include;

/// What is republished, and what the owner decided of it: the same for the site and every export.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ChoiceOptions {
    /// The file of decisions (default: site.toml of the archive or the current folder)
    #[arg(long, value_name = "FILE")]
    pub(super) site_config: Option<PathBuf>,
    /// The address the site will have
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Republish only what meets this: date:2020..2022, album:TITLE, type:picture, a link or an id
    #[arg(long, value_name = "RULE")]
    pub(super) only: Vec<String>,
    /// Do not republish what meets this
    #[arg(long, value_name = "RULE")]
    pub(super) except: Vec<String>,
    /// A file of links, ids or rules that are not republished, one a line
    #[arg(long, value_name = "FILE")]
    pub(super) hide: Option<PathBuf>,
    /// Which comments are shown (default: none)
    #[arg(long, value_name = "WHOSE", value_parser = CommentChoice::CODES)]
    pub(super) comments: Option<String>,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct ExportFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// What to write; may be given several times: markdown, hugo … (all: liudi exporters)
    #[arg(long, value_name = "NAME", required = true, value_delimiter = ',')]
    pub(super) to: Vec<String>,
    /// Where it goes (default: DIR/exports/NAME; of several each in a folder of its name)
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
    /// A setting of an exporter: KEY=VALUE, or NAME.KEY=VALUE where several are written
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Private things that are exported too (bills); such exports are for your eyes only
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = Include::CODES)]
    pub(super) include: Vec<String>,
    /// The file of settings (default: export.toml of the archive or the current folder)
    #[arg(long, value_name = "FILE")]
    pub(super) export_config: Option<PathBuf>,
    #[command(flatten)]
    pub(super) choice: ChoiceOptions,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct MirrorOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Where the site goes (default: DIR/site)
    #[arg(short, long, value_name = "SITE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) choice: ChoiceOptions,
    /// A folder of templates that stand in for the embedded ones
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// The address the media will have, if not with the site
    #[arg(long, value_name = "URL")]
    pub(super) media_base: Option<String>,
    /// Where those media are written, to be put at that address (default: SITE-media)
    #[arg(long, value_name = "DIR", requires = "media_base")]
    pub(super) media_output: Option<PathBuf>,
    /// Check against the limits of this host: cloudflare, github-pages, netlify …
    #[arg(long, value_name = "NAME")]
    pub(super) host: Option<String>,
    /// Ask search engines to stay away
    #[arg(long)]
    pub(super) noindex: bool,
    /// Leave out the page of each short old link, where a host counts files
    #[arg(long)]
    pub(super) no_short_links: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ServeOptions {
    /// The site (default: the archive's)
    #[arg(value_name = "SITE")]
    pub(super) served: Option<PathBuf>,
    /// The port (default: one that is free)
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(super) port: u16,
    /// Open it in the browser
    #[arg(long)]
    pub(super) open: bool,
}
