//! Checks whether a folder may become a site: an empty folder, or a site that liudi made. Nothing is written into any
//! other folder.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Class, StoreAddress, is_left_about, layout};
use crate::pipeline::archive::store;
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::ExportLock;

/// Text that every page of a site contains, in all versions of liudi.
const MARK: &str = "<meta name=\"generator\" content=\"liudi";

/// Checks that the site of the archive at `root` may be written to `site`; nothing is written. `inputs` are the files
/// and folders being backed up.
///
/// # Errors
/// `site-folder-taken`, `site-folder-unsafe` ([`crate::error::Kind::Usage`]).
pub(crate) fn check(root: &Path, site: &Path, note: &Path, inputs: &[PathBuf]) -> Result<()> {
    if is_ours(site) {
        return check_place(root, site, inputs);
    }
    check_free(root, site, note, inputs)
}

/// Checks the folder of an export, which is never written over a site.
///
/// # Errors
/// `export-folder-taken`, `export-folder-unsafe` ([`crate::error::Kind::Usage`]).
pub(crate) fn check_export(root: &Path, folder: &Path, note: &Path) -> Result<()> {
    check_free(root, folder, note, &[]).map_err(|error| {
        let code = if error.code() == "site-folder-taken" { "export-folder-taken" } else { "export-folder-unsafe" };
        Error::usage(code).with("path", folder.display())
    })
}

fn check_free(root: &Path, folder: &Path, note: &Path, inputs: &[PathBuf]) -> Result<()> {
    check_place(root, folder, inputs)?;
    match fs::symlink_metadata(folder) {
        Err(_) => Ok(()),
        Ok(_) if is_free(folder) || note.is_file() => Ok(()),
        Ok(_) => Err(Error::usage("site-folder-taken").with("path", folder.display())),
    }
}

/// Files at the root of a website, or of the sources of a site generator or host; in lower case.
const WEBSITE: &[&str] = &[
    ".nojekyll",
    "_config.yml",
    "_headers",
    "_redirects",
    "cname",
    "config.toml",
    "default.html",
    "hugo.json",
    "hugo.toml",
    "hugo.yaml",
    "index.htm",
    "index.html",
    "index.php",
    "mkdocs.yml",
    "netlify.toml",
    "vercel.json",
    "wrangler.toml",
];

fn is_website(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else { return false };
    entries.any(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name().to_string_lossy().to_lowercase();
            WEBSITE.contains(&name.as_str()) && entry.path().is_file()
        })
    })
}

/// Checks that private files may go into `folder`: neither it nor a folder above it is published. Published folders are
/// those with a website, and those into which this archive has written its site, the site's media or a public export,
/// according to the notes named `public`.
///
/// # Errors
/// `export-private-in-site` ([`crate::error::Kind::Usage`]).
pub(crate) fn check_private(root: &Path, folder: &Path, public: &[&str]) -> Result<()> {
    let folder = real(folder);
    // A note may outlive its folder.
    let is_noted = |above: &Path| above.is_dir() && public.iter().any(|name| note(root, above, name).is_file());
    let is_published = |above: &Path| is_noted(above) || is_website(above);
    if folder.ancestors().any(is_published) || folder.starts_with(real(&root.join(layout::SITE))) {
        return Err(Error::usage("export-private-in-site").with("path", folder.display()));
    }
    Ok(())
}

fn check_place(root: &Path, site: &Path, inputs: &[PathBuf]) -> Result<()> {
    if StoreAddress::is_meant(site) {
        // That of an archive in a store, or below it, unless another one was asked for.
        return Err(Error::usage("store-output-missing").with("path", site.display()));
    }
    let (site_full, root_full) = (real(site), real(root));
    let inside_archive = site_full.strip_prefix(&root_full).ok();
    let in_part = inside_archive.is_some_and(|inside| {
        let first = inside.components().next().map(|part| part.as_os_str().to_owned());
        first.is_none_or(|first| {
            [layout::WORK, layout::bag_name(Class::Public), layout::bag_name(Class::Private)]
                .iter()
                .any(|part| first == *part)
        })
    });
    let holds = |path: &Path| real(path).starts_with(&site_full);
    let home = std::env::home_dir().is_some_and(|home| holds(&home));
    if in_part || root_full.starts_with(&site_full) || home || inputs.iter().any(|input| holds(input)) {
        return Err(Error::usage("site-folder-unsafe").with("path", site.display()));
    }
    Ok(())
}

/// Returns the path of the note about an export of the archive at `root` into `folder`, however the two are spelled.
pub(crate) fn note(root: &Path, folder: &Path, name: &str) -> PathBuf {
    layout::export_note(&working(root), &real(folder), name)
}

/// Takes the lock for writing an export of the archive at `root` into `folder`; `None` if the archive is read-only.
///
/// # Errors
/// `export-folder-in-use`.
pub(crate) fn lock(root: &Path, folder: &Path, host: &dyn Host) -> Result<Option<ExportLock>> {
    ExportLock::take(&working(root), &real(folder), host.environment().now()?)
}

/// Returns the folder that has the notes about the archive at `root`: its own, unless it is in a store.
fn working(root: &Path) -> PathBuf {
    store::notes_of(root).unwrap_or_else(|| real(root))
}

/// Returns the path without links and `..`; for a path that does not exist yet, the path it will have.
fn real(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let above = full.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, mut found)) = above else { return full };
    let mut went_up = false;
    for part in full.strip_prefix(above).into_iter().flat_map(Path::components) {
        if part == Component::ParentDir {
            found.pop();
            went_up = true;
        } else {
            found.push(part);
        }
    }
    // A sibling of a missing folder may exist and be a link.
    if went_up { real(&found) } else { found }
}

/// Reports whether a folder contains nothing but files of hosts and operating systems.
fn is_free(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else { return false };
    entries.all(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with('.') || name == "CNAME" || is_left_about(&name)
        })
    })
}

fn is_ours(folder: &Path) -> bool {
    platform::read(folder.join("index.html")).is_ok_and(|page| memchr::memmem::find(&page, MARK.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_free_folders_and_sites_of_ours_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).unwrap();
            path
        };
        let (root, input, note) = (folder.path().join("archive"), at("in"), folder.path().join("note.json"));
        let code = |site: &Path| {
            check(&root, site, &note, std::slice::from_ref(&input)).err().map(|error| error.code().to_owned())
        };
        let (mine, ours, repository, file) = (at("mine"), at("ours"), at("repository"), folder.path().join("file"));
        fs::write(mine.join("index.html"), "mine").unwrap();
        fs::write(ours.join("index.html"), "<head><meta name=\"generator\" content=\"liudi\">").unwrap();
        fs::create_dir(repository.join(".git")).unwrap();
        fs::write(repository.join("CNAME"), "a.example").unwrap();
        fs::write(&file, "x").unwrap();
        for free in [at("empty"), ours, repository, folder.path().join("new/site"), root.join("site")] {
            assert_eq!(code(&free), None, "{}", free.display());
        }
        assert_eq!(code(&mine).as_deref(), Some("site-folder-taken"));
        assert_eq!(code(&file).as_deref(), Some("site-folder-taken"));
        let unsafe_ones =
            [root.clone(), root.join("public"), root.join("private/x"), root.join(".liudi"), input.clone()];
        // On Windows, the root of this drive.
        let top = folder.path().ancestors().last().unwrap();
        for refused in unsafe_ones.iter().map(PathBuf::as_path).chain([folder.path(), top]) {
            assert_eq!(code(refused).as_deref(), Some("site-folder-unsafe"), "{}", refused.display());
        }
        fs::write(&note, "{}").unwrap();
        assert_eq!(code(&mine), None, "what an earlier run wrote there is known");
    }
}
