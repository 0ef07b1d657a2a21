//! Flags of the commands around a closing: ready, plan, guide, account, evidence, event, waive, purge, probe.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The flag for a rule file.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RuleFlag {
    /// A rule file that replaces the embedded one
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
    /// First ask for the values that are not known yet
    #[arg(long)]
    pub(super) ask: bool,
    /// List the tasks left after the closing
    #[arg(long)]
    pub(super) after: bool,
    /// Read every byte again, even if this was done today
    #[arg(long)]
    pub(super) reread: bool,
    /// Folder of the mirror (default: DIR/site)
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
    /// First day of the plan
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<String>,
    /// Also write the dates as an iCalendar file
    #[arg(long, value_name = "FILE")]
    pub(super) ics: Option<PathBuf>,
    /// Also write drafts of the announcement, auto-reply and application into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) letters: Option<PathBuf>,
    /// Address of the published mirror, for the announcement
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct GuideOptions {
    /// Kind of account (default: those of the profile)
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
        /// NAME=VALUE; an empty value removes the entry
        #[arg(value_name = "NAME=VALUE", required = true)]
        values: Vec<String>,
    },
    /// List the values
    List,
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
        /// Key of the record
        key: String,
        /// The number, date, answer or text; asked for in a terminal if omitted
        #[arg(allow_negative_numbers = true)]
        value: Option<String>,
        /// A screenshot or export to keep with the record
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Name of the source (default: the user of this computer)
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// A note in the owner's words
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// List what was recorded
    List,
    /// Write an evidence sheet to print for a notary or a lawyer
    Sheet {
        /// The archive
        #[arg(value_name = "DIR")]
        archive_dir: Option<PathBuf>,
        /// Where to write it (default: DIR/evidence-sheet.html)
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct EventOptions {
    #[command(subcommand)]
    pub(super) command: Option<EventCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum EventCommand {
    /// Record a dated event
    Add {
        /// Name of the event: submitted, subject_verified, freeze_end, deregistered …
        name: String,
        /// The day; asked for in a terminal if omitted
        date: Option<String>,
        /// Kind of account, if there are several
        #[arg(long = "kind", value_name = "KIND")]
        account_kind: Option<String>,
        /// A note in the owner's words
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// List the events
    List,
}

#[derive(Clone, Debug, Args)]
pub(super) struct WaiveOptions {
    /// Id or title of the rule
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// Item to give up, by the name that the report prints; may be repeated
    #[arg(long = "item", value_name = "NAME")]
    pub(super) items: Vec<String>,
    /// Reason; asked for in a terminal if omitted
    #[arg(long, value_name = "TEXT", conflicts_with = "take_back")]
    pub(super) reason: Option<String>,
    /// Take back what was given up
    #[arg(long)]
    pub(super) take_back: bool,
    /// Name of the person who decides (default: the user of this computer)
    #[arg(long, value_name = "NAME")]
    pub(super) by: Option<String>,
    #[command(flatten)]
    pub(super) rules: RuleFlag,
}

#[derive(Clone, Debug, Args)]
pub(super) struct PurgeOptions {
    /// Data to remove: followers
    #[arg(value_name = "WHAT")]
    pub(super) what: String,
    /// Remove the data; without this flag it is only listed
    #[arg(long)]
    pub(super) apply: bool,
}

#[derive(Clone, Debug, Args)]
pub(super) struct ProbeOptions {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Number of addresses to check
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) count: usize,
}
