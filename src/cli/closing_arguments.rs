//! Flags of the commands around a closing: ready, plan, guide, account, evidence, event, waive, purge, probe.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A rule file in the place of the embedded one.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RuleFlag {
    /// A rule file in the place of the embedded one
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReadyOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) rules: RuleFlag,
    /// First ask what is not known yet
    #[arg(long)]
    pub(super) ask: bool,
    /// List what is still to do after the closing
    #[arg(long)]
    pub(super) after: bool,
    /// Read every byte again, even if that was done today
    #[arg(long)]
    pub(super) reread: bool,
    /// Where the mirror stands (default: DIR/site)
    #[arg(long, value_name = "DIR")]
    pub(super) site: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub(super) struct PlanOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) rules: RuleFlag,
    /// The day to begin
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<String>,
    /// Also write the dates as an iCalendar file
    #[arg(long, value_name = "FILE")]
    pub(super) ics: Option<PathBuf>,
    /// Also write drafts of announcement, auto-reply and application into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) letters: Option<PathBuf>,
    /// Where the mirror can be read, for the announcement
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct GuideOptions {
    /// The kind of account (default: those of the profile)
    #[arg(value_name = "KIND")]
    pub(super) account_kind: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct AccountOptions {
    #[command(subcommand)]
    pub(super) command: Option<AccountCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Set values of the profile: kinds=oa.subscription entity=personal uses.pay=no
    Set {
        /// NAME=VALUE; an empty value forgets it
        #[arg(value_name = "NAME=VALUE", required = true)]
        values: Vec<String>,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct EvidenceOptions {
    #[command(subcommand)]
    pub(super) command: Option<EvidenceCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum EvidenceCommand {
    /// Record a dated number, answer or file
    Add {
        /// What it is about
        key: String,
        /// The number, date, answer or text; asked for in a terminal if it is left out
        #[arg(allow_negative_numbers = true)]
        value: Option<String>,
        /// A screenshot or export to keep with it
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Who says so (default: the user of this computer)
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Your own words
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct EventOptions {
    #[command(subcommand)]
    pub(super) command: Option<EventCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum EventCommand {
    /// Record what happened, by date
    Add {
        /// What happened: submitted, subject_verified, freeze_end, deregistered …
        name: String,
        /// The day; asked for in a terminal if it is left out
        date: Option<String>,
        /// Which account, where there are several
        #[arg(long = "kind", value_name = "KIND")]
        account_kind: Option<String>,
        /// Your own words
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct WaiveOptions {
    /// The rule
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// What is given up, by the name the report prints; may be repeated
    #[arg(long = "item", value_name = "NAME")]
    pub(super) items: Vec<String>,
    /// Why; asked for in a terminal if it is left out
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Who decides (default: the user of this computer)
    #[arg(long, value_name = "NAME")]
    pub(super) by: Option<String>,
    #[command(flatten)]
    pub(super) rules: RuleFlag,
}

#[derive(Clone, Debug, Args)]
pub(super) struct PurgeOptions {
    /// What: followers
    #[arg(value_name = "WHAT")]
    pub(super) what: String,
    /// Do it; without this it is only said what would go
    #[arg(long)]
    pub(super) apply: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ProbeOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// How many addresses to look at
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) count: usize,
}
