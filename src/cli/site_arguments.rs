//! Flags of the commands that build, export and serve the site.

use std::path::PathBuf;

use clap::Args;

use crate::model::site::CommentChoice;
use crate::pipeline::export::Include;

/// The choice of what is republished, shared by the site and all exports.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ChoiceOptions {
    /// File with the owner's decisions (default: site.toml of the archive or the current folder)
    #[arg(long, value_name = "FILE")]
    pub(super) site_config: Option<PathBuf>,
    /// Address of the published site
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Republish only posts that match: date:2020..2022, album:TITLE, type:picture, a link or an id
    #[arg(long, value_name = "RULE")]
    pub(super) only: Vec<String>,
    /// Do not republish posts that match
    #[arg(long, value_name = "RULE")]
    pub(super) except: Vec<String>,
    /// A file of links, ids or rules that are not republished, one per line
    #[arg(long, value_name = "FILE")]
    pub(super) hide: Option<PathBuf>,
    /// Comments to show (default: none)
    #[arg(long, value_name = "WHOSE", value_parser = CommentChoice::CODES)]
    pub(super) comments: Option<String>,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct ExportFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Exporter to run; may be repeated: markdown, hugo … (all: liudi exporters)
    #[arg(long, value_name = "NAME", required = true, value_delimiter = ',')]
    pub(super) to: Vec<String>,
    /// Folder of the export (default: DIR/exports/NAME; with several exporters, one folder per name)
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
    /// A setting of an exporter: KEY=VALUE, or NAME.KEY=VALUE with several exporters
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// One folder per post, or all texts in one folder (exporters with this setting)
    #[arg(long, value_name = "LAYOUT")]
    pub(super) layout: Option<String>,
    /// One file per year, album or article (exporters with this setting)
    #[arg(long, value_name = "VOLUME")]
    pub(super) volume: Option<String>,
    /// Address under which the media will be reachable (exporters with this setting)
    #[arg(long, value_name = "URL")]
    pub(super) media_base: Option<String>,
    /// Split into files of at most so many megabytes (exporters with this setting)
    #[arg(long, value_name = "MB")]
    pub(super) split_mb: Option<String>,
    /// Make media hard links to the archive's files instead of copies: saves space, but what changes one changes both
    #[arg(long)]
    pub(super) hard_link: bool,
    /// Private data to export too (bills); such exports are for the owner only
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = Include::CODES)]
    pub(super) include: Vec<String>,
    /// File with settings (default: export.toml of the archive or the current folder)
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
    /// Folder of the site (default: DIR/site)
    #[arg(short, long, value_name = "SITE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) choice: ChoiceOptions,
    /// A folder of templates that replace the embedded ones
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// Address of the media, if they are not served with the site
    #[arg(long, value_name = "URL")]
    pub(super) media_base: Option<String>,
    /// Folder for these media, to be uploaded to that address (default: SITE-media)
    #[arg(long, value_name = "DIR", requires = "media_base")]
    pub(super) media_output: Option<PathBuf>,
    /// Check against the limits of this host: cloudflare, github-pages, netlify …
    #[arg(long, value_name = "NAME")]
    pub(super) host: Option<String>,
    /// Ask search engines not to index the site
    #[arg(long)]
    pub(super) noindex: bool,
    /// Leave out the page of each short old link, for hosts that limit the number of files
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
    /// Open the site in the browser
    #[arg(long)]
    pub(super) open: bool,
}
