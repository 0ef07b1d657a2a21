//! Where things stand on disk (design: "What stands on disk"). The one place that spells these names.

use std::path::{Path, PathBuf};

use super::{Class, Sha256};

/// Working state beside the bags; not part of the archive.
pub const WORK: &str = ".liudi";
/// The mirror, unless it is written elsewhere.
pub const SITE: &str = "site";
/// Payload folder of a bag.
pub const DATA: &str = "data";
/// Manifest of a bag.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Tag manifest of a bag.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The anchor of everything: digests of `README.txt` and of both tag manifests.
pub const SHA256SUMS: &str = "SHA256SUMS";
/// Stands at the root while a commit is being applied.
pub const COMMITTING: &str = "COMMITTING.txt";

/// How to read and check the archive without liudi.
pub const README: &str = "README.txt";
/// Declaration of a bag.
pub const BAGIT: &str = "bagit.txt";
/// Description of a bag.
pub const BAG_INFO: &str = "bag-info.txt";
/// The catalog, inside [`WORK`].
pub const CATALOG: &str = "catalog.sqlite";
/// Where new files wait for a commit, inside [`WORK`].
pub const STAGE: &str = "stage";
/// Half-written files, inside [`WORK`].
pub const TEMPORARY: &str = "tmp";
/// Large answers of the official APIs that no collector has read yet, inside [`WORK`].
pub const ANSWERS: &str = "answers";
/// What is being fetched and is not yet in the catalog, inside [`WORK`].
pub const FETCHED: &str = "fetched";
/// Held by the process that works on the archive, inside [`WORK`].
pub const LOCK: &str = "lock";
/// Who holds [`LOCK`], inside [`WORK`]: a file of its own, since on Windows nobody else can read a locked file.
pub const LOCK_HOLDER: &str = "lock-holder";
/// Held by readers of the bags together, and by a commit alone while it moves files, inside [`WORK`].
pub const BAGS_LOCK: &str = "bags-lock";
/// A commit that is being applied: its list of moves and the new tag files, inside [`WORK`].
pub const COMMIT: &str = "commit";

/// The folder name of a bag.
pub fn bag_name(class: Class) -> &'static str {
    match class {
        Class::Public => "public",
        Class::Private => "private",
    }
}

/// The folder of a bag.
pub fn bag(root: &Path, class: Class) -> PathBuf {
    root.join(bag_name(class))
}

/// Path of a medium inside a bag's `data/`: `media/sha256/b1/b1ff….png`.
pub fn media_path(digest: &Sha256, extension: &str) -> String {
    let hex = digest.hex();
    format!("media/sha256/{}/{hex}.{extension}", &hex[..2])
}

/// Path of an evidence pack inside a private bag's `data/`.
pub fn evidence_pack_path(name: &str) -> String {
    format!("evidence/packs/{name}")
}

/// Path of a leaf that stands alone (too large for a pack, or compressed already) inside a private bag's `data/`.
pub fn evidence_leaf_path(digest: &Sha256) -> String {
    let hex = digest.hex();
    format!("evidence/leaves/{}/{hex}.bin", &hex[..2])
}

/// Rows of all statements in one form, inside a private bag's `data/`.
pub const LEDGER: &str = "billing/ledger.csv";
/// The same, compressed with zstd, where they are too many for a spreadsheet.
pub const LARGE_LEDGER: &str = "billing/ledger.csv.zst";
/// What describes them.
pub const LEDGER_PACKAGE: &str = "billing/datapackage.json";
/// What every bill covers, declares and adds up to ([`super::statement::Held`]), inside a private bag's `data/`.
pub const STATEMENTS: &str = "billing/statements.json";
/// How many rows the platform says that private tables have, inside a private bag's `data/`.
pub const TOTALS: &str = "provenance/totals.csv";
/// Which collectors of the official APIs were run, inside a private bag's `data/`.
pub const COLLECTORS: &str = "provenance/collectors.csv";
/// Which lists were read, and whether each leaves nothing out, inside a private bag's `data/`.
pub const LISTS: &str = "provenance/lists.csv";
/// Digests of the archives that a password opened, inside a private bag's `data/`.
pub const OPENED: &str = "provenance/opened.csv";
/// The index of the evidence inside a private bag's `data/`.
pub const EVIDENCE_INDEX: &str = "evidence/index.csv";

/// Where something is noted of an export of the archive at `root` into `folder`, in the working state: one note of that
/// name for each folder.
pub fn export_note(root: &Path, folder: &Path, name: &str) -> PathBuf {
    // By its place inside the archive, where it is there: an archive that was moved still knows it.
    let digest = Sha256::of(site_key(root, folder).as_bytes()).hex();
    root.join(WORK).join("exports").join(format!("{name}-{}.json", &digest[..16]))
}

/// What the owner does not republish, by site, inside a private bag's `data/`.
pub const WITHHELD: &str = "readiness/withheld.json";
/// Digests of the drafts of letters as they were written, one a line, inside a private bag's `data/`.
pub const LETTERS: &str = "readiness/letters.txt";
/// What archived addresses showed when they were last looked at, inside a private bag's `data/`.
pub const PROBES: &str = "readiness/probes.json";

/// How the site in the folder `site` is called in the archive at `root`: by its path inside it, so that a copy of the
/// archive finds it too, else by its whole path.
pub fn site_key(root: &Path, site: &Path) -> String {
    let full = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (root, site) = (full(root), full(site));
    let inside = site.strip_prefix(&root).unwrap_or(&site);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
