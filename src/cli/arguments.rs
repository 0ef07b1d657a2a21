//! The tree of commands and flags. The help texts here are English; `cli.ftl` replaces them when shown, so that help
//! exists in both languages. No flag takes a secret as its value.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use super::closing_arguments::{
    AccountOptions, EventOptions, EvidenceOptions, GuideOptions, PlanOptions, ProbeOptions, PurgeOptions, ReadyOptions,
    WaiveOptions,
};
use super::desk::DeskFlags;
use super::fleet::FleetFlags;
use super::parcel_arguments::{PackFlags, SignFlags, UnpackFlags};
use super::site_arguments::{ExportFlags, MirrorOptions, ServeOptions};
use crate::text::Texts;

/// The parsed command line.
#[derive(Debug, Parser)]
#[command(name = "liudi", version, disable_help_subcommand = true)]
pub(super) struct Parsed {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Flags that all commands share.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Global {
    /// The archive (default: the current folder if it is one, else ./liudi-archive)
    #[arg(short = 'C', long = "archive", global = true, value_name = "DIR")]
    pub(super) archive: Option<PathBuf>,
    /// Fetch what is listed but not held; without this flag nothing is sent over the network
    #[arg(long, global = true, conflicts_with = "offline")]
    pub(super) online: bool,
    /// Send nothing over the network (the default)
    #[arg(long, global = true)]
    pub(super) offline: bool,
    /// Number of threads
    #[arg(long, global = true, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Print what would be done without doing it
    #[arg(long, global = true)]
    pub(super) dry_run: bool,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Language: zh-CN or en
    #[arg(long, global = true, value_name = "TAG")]
    pub(super) lang: Option<String>,
    /// Print problems only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Configuration file (default: liudi.toml in the current folder, if there is one)
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show or set the profile of the account
    Account(AccountOptions),
    /// Make a verified archive and a site from files, folders, ZIPs and links
    Backup(BackupOptions),
    /// Add to an archive without building the site or verifying
    Collect(BackupOptions),
    /// Print the completions of a shell
    Completions(CompletionOptions),
    /// Make a second copy of an archive, and check it
    Copy(CopyFlags),
    /// Open the desk: everything in the browser, without a terminal
    Desk(DeskFlags),
    /// Record a dated event
    Event(EventOptions),
    /// Record numbers, answers and files that only the owner has
    Evidence(EvidenceOptions),
    /// Export an archive for other programs: Markdown, a Hugo site …
    Export(ExportFlags),
    /// List the formats that an archive can be exported to
    Exporters,
    /// Work on many accounts
    Fleet(FleetFlags),
    /// List what is missing, by name
    Gaps(GapOptions),
    /// Show where each file can be obtained, the most perishable first
    Guide(GuideOptions),
    /// Keep any document in the private part
    Keep(KeepOptions),
    /// Print the manual page of a command, or write all of them into a folder
    Man(ManOptions),
    /// Build the static site
    Mirror(MirrorOptions),
    /// Pack an archive into single files for cloud drives and disks
    Pack(PackFlags),
    /// Plan the closing: order, dates, papers, what each step destroys
    Plan(PlanOptions),
    /// Check whether archived addresses are dead (with --online)
    Probe(ProbeOptions),
    /// Remove other people's data that is no longer needed
    Purge(PurgeOptions),
    /// Judge whether this account may be closed now
    Ready(ReadyOptions),
    /// Put right what is missing from an archive or has changed in it
    Repair(RepairFlags),
    /// Serve a site to the browser as a host would
    Serve(ServeOptions),
    /// Sign an archive with your own key
    Sign(SignFlags),
    /// List the supported kinds of input
    Sources,
    /// Have a timestamp authority prove that the archive already was as it is now
    Timestamp(TimestampOptions),
    /// Make an archive of its packs
    Unpack(UnpackFlags),
    /// Check every byte of an archive against its digest
    Verify(VerifyOptions),
    /// Give something up, by name and with a reason
    Waive(WaiveOptions),
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct BackupOptions {
    /// Files, folders, ZIPs or article links; `-` reads links from standard input
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<String>,
    /// Folder of the archive
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Folder of the site (default: DIR/site)
    #[arg(long, value_name = "DIR")]
    pub(super) site: Option<PathBuf>,
    /// The account this archive is of: name, gh_… or __biz
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) account: Option<String>,
    /// Keep unrecognised inputs as documents
    #[arg(long)]
    pub(super) keep_other: bool,
    /// A file with one ZIP password per line, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// With --online: also follow albums, neighbours and links until nothing new is found
    #[arg(long)]
    pub(super) discover: bool,
    /// Query the official APIs of the account configured in liudi.toml
    #[arg(long)]
    pub(super) api: bool,
    /// With --api: print what is available and how many calls and days it takes, then stop
    #[arg(long, requires = "api")]
    pub(super) plan: bool,
    /// With --api: query the APIs only, without fetching pages and images
    #[arg(long, requires = "api", conflicts_with = "online")]
    pub(super) api_only: bool,
    /// With --api: wait for the next day's quota instead of ending
    #[arg(long, requires = "api")]
    pub(super) wait: bool,
    /// With --api: also keep the list of followers in the private part
    #[arg(long, requires = "api")]
    pub(super) followers: bool,
    /// Watch a folder and import each page as it is saved
    #[arg(long, value_name = "FOLDER")]
    pub(super) watch: Option<PathBuf>,
    /// Do not build the site
    #[arg(long)]
    pub(super) no_mirror: bool,
    /// Keep the archive in a cloud store too: s3://BUCKET/PATH, oss://… or cos://…; go on with what is there
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["plan", "watch", "dry_run"])]
    pub(super) store: Option<String>,
    /// Export at the end, each into DIR/exports/NAME: markdown, docx … (all: liudi exporters)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) also: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ManOptions {
    /// The command (default: the program as a whole)
    #[arg(value_name = "COMMAND")]
    pub(super) of: Option<String>,
    /// Write the pages of every command into this folder
    #[arg(short, long, value_name = "DIR", conflicts_with = "of")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CompletionOptions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum GapFormat {
    /// A table for reading
    #[default]
    Table,
    /// CSV
    Csv,
    /// JSON
    Json,
    /// URLs only, one a line
    Urls,
    /// A page of links to open and save
    Html,
}

#[derive(Clone, Debug, Args)]
pub(super) struct GapOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: GapFormat,
}

#[derive(Clone, Debug, Args)]
pub(super) struct KeepOptions {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Kind of document: invoice, contract, screenshot, statement …
    #[arg(long = "as", value_name = "KIND")]
    pub(super) kind: String,
}

#[derive(Clone, Debug, Args)]
pub(super) struct CopyFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: PathBuf,
    /// Folder of the copy, or one in which it is made
    #[arg(value_name = "DEST")]
    pub(super) target: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(super) struct RepairFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Another copy of the archive, its packs, or a folder or file that may hold what is lost; can be given several times
    #[arg(long, value_name = "PATH")]
    pub(super) from: Vec<PathBuf>,
    /// A file of secret keys of age for packs, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) identity: Option<PathBuf>,
    /// The passphrase of packs is in this file, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct VerifyOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Read only a part of the bytes, for example 10%
    #[arg(long, value_name = "PERCENT")]
    pub(super) read: Option<String>,
    /// Also unpack the evidence
    #[arg(long)]
    pub(super) deep: bool,
    /// Root certificate of the timestamp authority, to judge who signed
    #[arg(long, value_name = "FILE")]
    pub(super) tsa_ca: Option<PathBuf>,
    /// Check the signature, with --public-key (default: SHA256SUMS.minisig in the archive)
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "", requires = "public_key")]
    pub(super) signature: Option<String>,
    /// The public key that the signature must be of: a file of minisign, or the key itself
    #[arg(long, value_name = "KEY")]
    pub(super) public_key: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct TimestampOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Where to write the request (default: DIR/SHA256SUMS.tsq)
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["answer", "tsa"])]
    pub(super) output: Option<PathBuf>,
    /// Keep the answer of a timestamp authority
    #[arg(long, value_name = "FILE", conflicts_with = "tsa")]
    pub(super) answer: Option<PathBuf>,
    /// With --online: ask the authority at this address
    #[arg(long, value_name = "URL")]
    pub(super) tsa: Option<String>,
    /// Root certificate of the timestamp authority, to judge who signed
    #[arg(long, value_name = "FILE")]
    pub(super) tsa_ca: Option<PathBuf>,
}

/// Returns the clap command with its texts in the language of `texts`.
pub(super) fn command(texts: &Texts) -> clap::Command {
    let mut command = Parsed::command();
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    command = localise(command, "liudi", texts);
    for name in names {
        command = command.mut_subcommand(&name, |sub| localise(sub, &name, texts));
    }
    command.build();
    finish(command, texts, true)
}

/// Replaces clap's own wording of usage lines and values. Only `liudi --help` shows the options that all commands
/// share.
fn finish(mut command: clap::Command, texts: &Texts, top: bool) -> clap::Command {
    let usage = command.render_usage().to_string();
    let usage = usage.split_once(':').map_or(usage.as_str(), |(_, usage)| usage).trim();
    let usage = usage.replace("[OPTIONS]", &texts.get("cli-usage-options", &[]));
    command = command.override_usage(usage);
    if !top {
        command = command
            .mut_args(|argument| if argument.is_global_set() { argument.hide(true) } else { argument })
            .after_help(texts.get("cli-any-global", &[]));
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, |sub| finish(sub, texts, false)))
}

/// Names the values of `argument` in the user's language, and lists the possible ones.
fn valued(argument: Arg, texts: &Texts) -> Arg {
    if !argument.get_action().takes_values() && !argument.is_positional() {
        return argument;
    }
    let names: Vec<String> = argument.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let named = |name: &String| {
        let id: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        texts.find(&format!("cli-value-{id}"), &[]).unwrap_or_else(|| name.clone())
    };
    let possible: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    if !possible.is_empty() {
        help += &texts.get("cli-possible", &[("values", &possible.join(&texts.get("list-separator", &[])))]);
    }
    if let Some(default) = default.filter(|_| !argument.is_hide_default_value_set()) {
        help += &texts.get("cli-default", &[("value", &default)]);
    }
    let argument = argument.hide_possible_values(true).hide_default_value(true).help(help);
    if names.is_empty() { argument } else { argument.value_names(names.iter().map(named).collect::<Vec<_>>()) }
}

/// Sets the help texts: `cli-<command>` describes a command, `cli-<command>-<argument>` an argument,
/// `cli-any-<argument>` an argument that several commands share.
fn localise(command: clap::Command, name: &str, texts: &Texts) -> clap::Command {
    let command = match texts.find(&format!("cli-{name}"), &[]) {
        Some(about) => command.about(about),
        None => command,
    };
    let heading = |id: &str| texts.get(&format!("cli-heading-{id}"), &[]);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(texts.get("cli-any-help", &[]));
    let command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .subcommand_help_heading(heading("commands"))
        .subcommand_value_name(heading("command"))
        .help_template(format!("{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}", heading("usage")));
    let subs: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = match name {
        "liudi" => {
            let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
            command.disable_version_flag(true).arg(version.help(texts.get("cli-any-version", &[])))
        }
        _ => subs.into_iter().fold(command, |command, sub| {
            command.mut_subcommand(&sub, |inner| localise(inner, &format!("{name}-{sub}"), texts))
        }),
    };
    command.mut_args(|argument| {
        let place = if argument.is_positional() { "arguments" } else { "options" };
        let argument = argument.help_heading(heading(place));
        let id = argument.get_id().as_str().replace('_', "-");
        match texts.find(&format!("cli-{name}-{id}"), &[]).or_else(|| texts.find(&format!("cli-any-{id}"), &[])) {
            Some(help) => valued(argument.help(help), texts),
            None => valued(argument, texts),
        }
    })
}

/// Parses the arguments.
pub(super) fn parse(arguments: &[OsString], texts: &Texts) -> Result<Parsed, clap::Error> {
    // `liudi help verify` is equivalent to `liudi verify --help`.
    let arguments = match arguments {
        [program, help, rest @ ..] if help == "help" => {
            [std::slice::from_ref(program), rest, &[OsString::from("--help")]].concat()
        }
        _ => arguments.to_vec(),
    };
    let mut matches = command(texts).try_get_matches_from(arguments)?;
    Parsed::from_arg_matches_mut(&mut matches)
}
