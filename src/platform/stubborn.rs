//! Renames and removals that outlast other programs. Windows refuses them while somebody has the file open without
//! sharing it: a virus scanner, the search index, a synced folder, Excel. That mostly ends within a second.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Pauses between attempts, 2.5 seconds together.
const PAUSES: [u64; 8] = [10, 20, 40, 80, 150, 300, 700, 1200];

/// Renames `from` to `to` in the same file system, replacing a file there. On Windows, waits for other programs that have
/// one of them open, and replaces a read-only file, as other systems do.
pub fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    let (from, to) = (from.as_ref(), to.as_ref());
    patiently(|| {
        let renamed = fs::rename(from, to);
        match renamed {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && make_writable(to) => fs::rename(from, to),
            renamed => renamed,
        }
    })
}

/// Removes the file at `path`. On Windows, waits for other programs that have it open, and removes a read-only file.
pub fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    patiently(|| match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && make_writable(path) => fs::remove_file(path),
        removed => removed,
    })
}

/// Removes the folder at `path` with everything in it. On Windows, waits for other programs that have some of it open.
pub fn remove_folder(path: impl AsRef<Path>) -> io::Result<()> {
    patiently(|| fs::remove_dir_all(path.as_ref()))
}

/// Clears the read-only attribute of the file at `path`; false if it had none. Only Windows lets it stand in the way.
fn make_writable(path: &Path) -> bool {
    #[cfg(windows)]
    {
        let Ok(metadata) = path.symlink_metadata() else { return false };
        let mut permissions = metadata.permissions();
        if !metadata.is_file() || !permissions.readonly() {
            return false;
        }
        #[expect(clippy::permissions_set_readonly_false, reason = "on Windows this is one attribute, for everybody")]
        permissions.set_readonly(false);
        fs::set_permissions(path, permissions).is_ok()
    }
    #[cfg(not(windows))]
    {
        let _ = path;
        false
    }
}

fn patiently(mut attempt: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    if cfg!(windows) { retry(attempt, thread::sleep) } else { attempt() }
}

fn retry(mut attempt: impl FnMut() -> io::Result<()>, sleep: impl Fn(Duration)) -> io::Result<()> {
    for pause in PAUSES {
        match attempt() {
            Err(error) if is_held(&error) => sleep(Duration::from_millis(pause)),
            done => return done,
        }
    }
    attempt()
}

/// Reports whether `error` is how Windows says that another program has the file open: access denied (5, also said of a
/// file whose removal is pending), sharing violation (32), lock violation (33), folder not empty while the removal of a
/// file in it is pending (145), removal pending (303), mapped into memory (1224).
fn is_held(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33 | 145 | 303 | 1224))
}

/// Reports whether `error` says that another program has the file open. Only Windows refuses anything for that.
pub fn is_in_use(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33 | 303 | 1224))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Tries what fails `times` with the system's error `code`; returns the result, the attempts and the wait.
    fn tried(times: usize, code: i32) -> (Option<i32>, usize, u64) {
        let (attempts, waited) = (Cell::new(0), Cell::new(Duration::ZERO));
        let attempt = || {
            attempts.set(attempts.get() + 1);
            if attempts.get() > times { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
        };
        let result = retry(attempt, |pause| waited.set(waited.get() + pause));
        let milliseconds = u64::try_from(waited.get().as_millis()).unwrap();
        (result.err().and_then(|error| error.raw_os_error()), attempts.get(), milliseconds)
    }

    #[test]
    fn a_file_that_is_let_go_is_renamed_after_all() {
        assert_eq!(tried(0, 32), (None, 1, 0));
        assert_eq!(tried(3, 32), (None, 4, 70));
        assert_eq!(tried(8, 5), (None, 9, 2500));
    }

    #[test]
    fn waiting_ends_and_other_errors_are_no_reason_to_wait() {
        assert_eq!(tried(9, 32), (Some(32), 9, 2500));
        assert_eq!(tried(9, 2), (Some(2), 1, 0));
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_another_program_holds_is_replaced_once_it_lets_go() {
        use std::os::windows::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
        fs::write(&old, "old").unwrap();
        fs::write(&new, "new").unwrap();
        let held = Cell::new(Some(fs::OpenOptions::new().read(true).share_mode(0).open(&old).unwrap()));
        assert!(is_held(&fs::rename(&new, &old).unwrap_err()));
        retry(|| fs::rename(&new, &old), |_| drop(held.take())).unwrap();
        assert_eq!(fs::read(&old).unwrap(), b"new");
    }

    #[test]
    fn read_only_files_are_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
        fs::write(&old, "old").unwrap();
        fs::write(&new, "new").unwrap();
        let mut permissions = fs::metadata(&old).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&old, permissions.clone()).unwrap();
        rename(&new, &old).unwrap();
        assert_eq!(fs::read(&old).unwrap(), b"new");
        fs::set_permissions(&old, permissions).unwrap();
        remove_file(&old).unwrap();
        assert!(!old.exists());
    }
}
