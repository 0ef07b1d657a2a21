//! The flags of `pack`, `unpack` and `sign`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The bags to pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum BagChoice {
    /// The public part
    Public,
    /// The private part
    Private,
    /// Both parts
    #[default]
    Both,
}

#[derive(Clone, Debug, Args)]
pub(super) struct PackFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Folder of the packs
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// Which part
    #[arg(long, value_enum, default_value_t)]
    pub(super) bag: BagChoice,
    /// Largest size of a file, for example 4GB; what is larger becomes several
    #[arg(long, value_name = "SIZE")]
    pub(super) split_size: Option<String>,
    /// Encrypt the private part for the owner of this public key of age (may be repeated)
    #[arg(long, value_name = "RECIPIENT", conflicts_with_all = ["passphrase", "passphrase_file"])]
    pub(super) encrypt_to: Vec<String>,
    /// Encrypt the private part with a passphrase, from LIUDI_PASSPHRASE or asked for
    #[arg(long)]
    pub(super) passphrase: bool,
    /// Encrypt the private part with the passphrase in this file, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
    /// Also write recovery files of this share of the size, by which damaged packs can be mended (needs the program par2)
    #[arg(long, value_name = "PERCENT")]
    pub(super) parity: Option<String>,
    /// Sign the archive first, with this secret key of minisign
    #[arg(long, value_name = "KEYFILE")]
    pub(super) sign: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct UnpackFlags {
    /// The packs, or the folder they are in; of several parts any one
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Folder of the new archive
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// A file of secret keys of age, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) identity: Option<PathBuf>,
    /// The passphrase is in this file, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(super) struct SignFlags {
    /// The archive
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// File of the secret key of minisign
    #[arg(long, value_name = "KEYFILE")]
    pub(super) key: PathBuf,
}
