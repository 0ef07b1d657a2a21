//! Prints pages to PDF with an installed Chromium, Chrome or Edge, without a window and without the network.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::export::{Losses, Print};
use crate::model::Sha256;
use crate::pipeline::child;
use crate::platform;
use crate::work::Work;

/// Longest time that a browser may take for one file. A year of articles with pictures takes a minute or two.
const LONGEST: Duration = Duration::from_mins(15);

/// Prints the page to `target` and returns what the page could not express. The page and its pictures are written to a
/// temporary folder beside `target`.
///
/// # Errors
/// `print-no-browser`, `print-failed`, `interrupted`, and those of writing.
pub(super) fn print(print: &Print<'_>, target: &Path, work: &Work<'_>) -> Result<Losses> {
    let browser = browser(print)?;
    let disk = |error| Error::disk("export-write-failed", target.display(), error);
    let folder = PagesFolder::create(target).map_err(disk)?;
    for (name, file) in &print.files {
        let path = folder.path().join(name);
        if file.link_to(&path).is_err() {
            // The page names a file that the archive has lost instead of showing it.
            file.copy_to(&path).map_err(disk)?;
        }
    }
    let page = folder.path().join("index.html");
    let mut lost = Losses::default();
    let mut out = std::io::BufWriter::new(fs::File::create(&page).map_err(disk)?);
    (print.page)(&mut out, &mut lost)?;
    out.flush().map_err(disk)?;
    drop(out);
    let printed = folder.path().join("printed.pdf");
    let failed = || Error::other("print-failed").with("path", target.display()).with("browser", browser.display());
    let address = url::Url::from_file_path(&page).map_err(|()| failed())?;
    let child =
        command(&browser, folder.path(), &address, &printed).spawn().map_err(|error| failed().because(error))?;
    // Without a printed file the failure is reported below.
    child::wait(child, Some(LONGEST), work)?;
    let mut bytes = fs::read(&printed).map_err(|error| failed().because(error))?;
    if !bytes.starts_with(b"%PDF-") {
        return Err(failed());
    }
    print.settle(&mut bytes);
    fs::write(target, &bytes).map_err(disk)?;
    Ok(lost)
}

/// Returns the temporary folder for the file that is printed to `target`. Its name follows from that of the file, so that
/// it is found and removed after a kill; it is short and in ASCII for the sake of the browser.
pub(super) fn pages_folder(target: &Path) -> PathBuf {
    let name = Sha256::of(target.file_name().unwrap_or_default().as_encoded_bytes()).hex();
    target.with_file_name(format!(".print-{}", &name[..16]))
}

/// The temporary folder, removed when it is dropped.
struct PagesFolder(PathBuf);

impl PagesFolder {
    fn create(target: &Path) -> std::io::Result<Self> {
        // The browser is given addresses, which are never relative.
        let path = std::path::absolute(pages_folder(target))?;
        let _ = platform::remove_folder(&path);
        fs::create_dir(&path).map(|()| Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PagesFolder {
    fn drop(&mut self) {
        let _ = platform::remove_folder(&self.0);
    }
}

/// Returns the browser that the user named, or the first that is installed.
fn browser(print: &Print<'_>) -> Result<PathBuf> {
    let named = print.browser.as_ref().map(PathBuf::from);
    match named {
        Some(path) if !path.is_file() => Err(Error::usage("print-browser-missing").with("path", path.display())),
        Some(path) => Ok(path),
        None => platform::printing_browsers().into_iter().next().ok_or_else(|| Error::usage("print-no-browser")),
    }
}

fn command(browser: &Path, folder: &Path, address: &url::Url, printed: &Path) -> Command {
    let mut command = Command::new(browser);
    let profile = folder.join("profile");
    command
        .args(["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-default-apps"])
        .args(["--no-pdf-header-footer", "--generate-pdf-document-outline"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--print-to-pdf={}", printed.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if platform::is_root() {
        command.arg("--no-sandbox");
    }
    command.arg(address.as_str());
    command
}
