//! Defines the names of files and folders on disk (design: "What stands on disk"). No other place spells them.

use std::path::{Path, PathBuf};

use super::{Class, Sha256};

/// Working state next to the bags; not part of the archive.
pub const WORK: &str = ".liudi";
/// The mirror, unless it is written elsewhere.
pub const SITE: &str = "site";
/// Payload folder of a bag.
pub const DATA: &str = "data";
/// Manifest of a bag.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Tag manifest of a bag.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// Digests of `README.txt` and of both tag manifests, on which all verification rests.
pub const SHA256SUMS: &str = "SHA256SUMS";
/// Signature over [`SHA256SUMS`] in the format of minisign, if the archive was signed.
pub const SIGNATURE: &str = "SHA256SUMS.minisig";
/// Marker at the root while a commit is being applied.
pub const COMMITTING: &str = "COMMITTING.txt";

/// Instructions for reading and checking the archive without liudi.
pub const README: &str = "README.txt";
/// Declaration of a bag.
pub const BAGIT: &str = "bagit.txt";
/// Description of a bag.
pub const BAG_INFO: &str = "bag-info.txt";
/// The catalog, inside [`WORK`].
pub const CATALOG: &str = "catalog.sqlite";
/// Archives unpacked as the source of a repair, inside [`WORK`].
pub const UNPACKED: &str = "unpacked";
/// New files waiting for a commit, inside [`WORK`].
pub const STAGE: &str = "stage";
/// Half-written files, inside [`WORK`].
pub const TEMPORARY: &str = "tmp";
/// Large responses of the official APIs that no collector has read yet, inside [`WORK`].
pub const ANSWERS: &str = "answers";
/// Fetched content that is not in the catalog yet, inside [`WORK`].
pub const FETCHED: &str = "fetched";
/// Copies of files that were put in through the desk and are not archived yet, inside [`WORK`].
pub const INBOX: &str = "inbox";
/// Lock of the process that works on the archive, inside [`WORK`].
pub const LOCK: &str = "lock";
/// Holder of [`LOCK`], inside [`WORK`]: a separate file, since on Windows other processes cannot read a locked file.
pub const LOCK_HOLDER: &str = "lock-holder";
/// Lock shared by readers of the bags, and exclusive to a commit while it moves files, inside [`WORK`].
pub const BAGS_LOCK: &str = "bags-lock";
/// A commit being applied: its list of moves and the new tag files, inside [`WORK`].
pub const COMMIT: &str = "commit";

/// Requests for timestamps that were not answered yet, each with the lists it is for, inside [`WORK`].
pub const ASKED: &str = "timestamps";
/// The request for a timestamp, at the root until it is answered.
pub const REQUEST: &str = "SHA256SUMS.tsq";

/// Returns the folder name of a bag.
pub fn bag_name(class: Class) -> &'static str {
    match class {
        Class::Public => "public",
        Class::Private => "private",
    }
}

/// Returns the name of the note at the root of an archive that was unpacked without its other bag.
pub fn only(class: Class) -> &'static str {
    match class {
        Class::Public => "PUBLIC-ONLY.txt",
        Class::Private => "PRIVATE-ONLY.txt",
    }
}

/// Returns the folder of a bag.
pub fn bag(root: &Path, class: Class) -> PathBuf {
    root.join(bag_name(class))
}

/// Returns the path of a medium inside a bag's `data/`: `media/sha256/b1/b1ff….png`.
pub fn media_path(digest: &Sha256, extension: &str) -> String {
    let hex = digest.hex();
    format!("media/sha256/{}/{hex}.{extension}", &hex[..2])
}

/// Returns the path of an evidence pack inside a private bag's `data/`.
pub fn evidence_pack_path(name: &str) -> String {
    format!("evidence/packs/{name}")
}

/// Returns the path of a separate leaf (too large for a pack, or already compressed) inside a private bag's `data/`.
pub fn evidence_leaf_path(digest: &Sha256) -> String {
    let hex = digest.hex();
    format!("evidence/leaves/{}/{hex}.bin", &hex[..2])
}

/// Record of the account, inside a public bag's `data/`.
pub const ACCOUNT: &str = "account.json";
/// Rows of all statements in one format, inside a private bag's `data/`.
pub const LEDGER: &str = "billing/ledger.csv";
/// [`LEDGER`] compressed with zstd, used if it has too many rows for a spreadsheet.
pub const LARGE_LEDGER: &str = "billing/ledger.csv.zst";
/// Data package that describes the ledger.
pub const LEDGER_PACKAGE: &str = "billing/datapackage.json";
/// Coverage, declared totals and sums of every bill ([`super::statement::Held`]), inside a private bag's `data/`.
pub const STATEMENTS: &str = "billing/statements.json";
/// Row counts of private tables according to the platform, inside a private bag's `data/`.
pub const TOTALS: &str = "provenance/totals.csv";
/// Collectors of the official APIs that were run, inside a private bag's `data/`.
pub const COLLECTORS: &str = "provenance/collectors.csv";
/// Lists that were read, and whether each is complete, inside a private bag's `data/`.
pub const LISTS: &str = "provenance/lists.csv";
/// Digests of the archives opened with a password, inside a private bag's `data/`.
pub const OPENED: &str = "provenance/opened.csv";
/// Timestamps, each with the lists it is for, inside a private bag's `data/`.
pub const TIMESTAMPS: &str = "provenance/timestamps";
/// Index of the evidence, inside a private bag's `data/`.
pub const EVIDENCE_INDEX: &str = "evidence/index.csv";
/// Sign that a commit in several rounds has not ended, inside a private bag's `data/`: articles may be there that the tables,
/// the gaps and the account's numbers do not know yet.
pub const UNFINISHED: &str = "provenance/unfinished.json";

/// Returns the path of a note about an export of the archive at `root` into `folder`, in the working state: one note of
/// each name per folder.
pub fn export_note(root: &Path, folder: &Path, name: &str) -> PathBuf {
    exports(root).join(format!("{name}-{}.json", folder_key(root, folder)))
}

/// Returns the path of the lock for exports of the archive at `root` into `folder`, in the working state: one lock for
/// all exporters.
pub fn export_lock(root: &Path, folder: &Path) -> PathBuf {
    exports(root).join(format!("{}.lock", folder_key(root, folder)))
}

fn exports(root: &Path) -> PathBuf {
    root.join(WORK).join("exports")
}

/// Returns the key of a folder that exports are written to: by its path inside the archive, if it is there, so that notes
/// about it survive moving the archive.
fn folder_key(root: &Path, folder: &Path) -> String {
    let mut digest = Sha256::of(site_key(root, folder).as_bytes()).hex();
    digest.truncate(16);
    digest
}

/// Articles the owner does not republish, by site, inside a private bag's `data/`.
pub const WITHHELD: &str = "readiness/withheld.json";
/// Digests of the letter drafts as written, one per line, inside a private bag's `data/`.
pub const LETTERS: &str = "readiness/letters.txt";
/// Results of the last check of archived addresses, inside a private bag's `data/`.
pub const PROBES: &str = "readiness/probes.json";

/// Folders of a private bag's `data/` whose files were given by somebody or recorded by the owner.
const GIVEN: &[&str] = &[
    "media/",
    "evidence/packs/",
    "evidence/leaves/",
    "billing/raw/",
    "documents/",
    READINESS,
    "provenance/timestamps/",
];
const READINESS: &str = "readiness/";

/// Reports whether the file at `path` in a bag's `data/` is not made from others: it was given, recorded by the owner, or is a
/// timestamp.
pub fn is_given(class: Class, path: &str) -> bool {
    match class {
        Class::Public => path.starts_with("media/"),
        Class::Private => GIVEN.iter().any(|folder| path.starts_with(folder)),
    }
}

/// Reports whether the file at `path` in a private bag's `data/` is a record that is written anew, not a file kept with it.
pub fn is_record(path: &str) -> bool {
    path.strip_prefix(READINESS).is_some_and(|inside| !inside.contains('/'))
}

/// Returns the key of the site in the folder `site` for the archive at `root`: its path inside the archive, so that a
/// copy of the archive finds it too, otherwise its whole path.
pub fn site_key(root: &Path, site: &Path) -> String {
    let full = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (root, site) = (full(root), full(site));
    let inside = site.strip_prefix(&root).unwrap_or(&site);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
