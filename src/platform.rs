//! The few calls that differ between systems: cloning a file, making a folder durable, private modes, free space.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes the entries of `folder` durable (new names, renames). A no-op where folders cannot be synced (Windows).
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Creates a folder and those above it, readable by its owner only.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a new file for writing; fails if it exists. `private`: readable by its owner only.
pub fn create_new(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    options.open(path)
}

/// Makes everything written so far to the file system of `folder` durable in one call; `false` where there is no such
/// call and each file has to be synced for itself. `folder` should have been open since before the writes, so that
/// their errors are seen.
pub fn sync_file_system(folder: &File) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    {
        rustix::fs::syncfs(folder)?;
        Ok(true)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        Ok(false)
    }
}

/// Gives a file (0644) or folder (0755) to all readers, or (0600, 0700) to its owner only. A no-op on Windows.
pub fn set_private(path: &Path, private: bool) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::metadata(path)?;
        let mode = match (metadata.is_dir(), private) {
            (true, true) => 0o700,
            (true, false) => 0o755,
            (false, true) => 0o600,
            (false, false) => 0o644,
        };
        if metadata.permissions().mode() & 0o777 == mode {
            return Ok(());
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, private);
        Ok(())
    }
}

/// Tells the system that `file` will be read once from front to back.
pub fn will_read_in_order(file: &File) {
    #[cfg(target_os = "linux")]
    // Advice only: a refusal changes nothing.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::Sequential);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Copies `from` to the new file `to`, sharing the blocks where the file system can.
pub fn clone_file(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let source = File::open(from)?;
        let target = OpenOptions::new().write(true).create_new(true).open(to)?;
        if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
            return Ok(());
        }
        let mut source = source;
        let mut target = target;
        io::copy(&mut source, &mut target).map(drop)
    }
    #[cfg(not(target_os = "linux"))]
    {
        if to.exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        fs::copy(from, to).map(drop)
    }
}

/// Opens `url` in the person's browser, and does not wait for it.
pub fn open_in_browser(url: &str) -> io::Result<()> {
    use std::process::{Command, Stdio};
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}

/// Bytes free to us on the file system of `path`; `None` where that cannot be told.
pub fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(path).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether nobody but its owner can read or write `file`. Where there are no such modes, everything is.
pub fn is_owner_only(file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = file.metadata()?.permissions().mode() & 0o077;
        Ok(open == 0)
    }
    #[cfg(not(unix))]
    {
        file.metadata().map(|_| true)
    }
}
