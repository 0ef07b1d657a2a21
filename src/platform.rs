//! Wraps the calls that differ between systems: cloning a file, making files and folders durable, renaming and removing
//! files that are in use, private modes, free space, the desktop. All durability code is here: Windows opens no folder as
//! a file and flushes no read-only handle, and tests on Linux cannot show it.
#![expect(clippy::disallowed_methods, reason = "the one place where files are opened, synced, renamed and removed")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

mod desktop;
mod paths;
mod stubborn;

pub use paths::{long, name_of, path_of, plain, plain_prefix, shown, slashed, text_of};
pub use stubborn::{is_in_use, remove_file, remove_folder, rename};

pub use desktop::{
    Place, PlaceKind, ends_with_window, open_folder, open_in_browser, places, state_folder, was_double_clicked,
};

/// Makes the entries of `folder` durable (new names, renames). Does nothing where folders cannot be synced (Windows).
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Opens the regular file at `path`, or the one that a link leads to, for reading. Anything else is refused at once: Windows
/// opens no folder this way, and a named pipe would keep the program waiting for a writer that never comes.
pub fn open_file(path: impl AsRef<Path>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if kind.is_file() { Ok(file) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")) }
}

/// Opens what the user named to be read once, from its beginning: a file, or a pipe that a shell made (`<(pass show archive)`).
pub fn open_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Reads the regular file at `path`, or the one that a link leads to; see [`open_file`].
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut file = open_file(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len()).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Does what [`read`] does for text.
pub fn read_text(path: impl AsRef<Path>) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Reads a file that the user named for its few lines: at most `most` bytes.
pub fn read_whole(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Makes the content and the length of the file at `path` durable.
pub fn sync_file(path: &Path) -> io::Result<()> {
    // Opened for writing: Windows flushes no other handle.
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Makes the content and the length of `file`, which is open for writing, durable.
pub fn sync_open_file(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Makes the content of `file`, which is open for writing, durable; its times may be lost.
pub fn sync_open_data(file: &File) -> io::Result<()> {
    file.sync_data()
}

/// Creates a folder and its parents, readable only by the owner.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a new file for writing; fails if it exists. `private` makes it readable only by the owner.
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

/// Writes a small file in the place of another one, whatever that is: what a link there leads to stays as it is, and a named
/// pipe is not waited for. Not for what has to be durable.
pub fn write_anew(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    match remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    io::Write::write_all(&mut create_new(&new, false)?, bytes)?;
    rename(&new, path)
}

/// A folder whose file system can be synced as a whole, where the system has such a call.
#[derive(Debug)]
pub struct FileSystem {
    #[cfg(target_os = "linux")]
    folder: File,
}

impl FileSystem {
    /// Opens the file system of `folder`. Must be opened before the writes, so that their errors are reported.
    pub fn of(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        return Ok(Self { folder: File::open(folder)? });
        #[cfg(not(target_os = "linux"))]
        return folder.metadata().map(|_| Self {});
    }

    /// Makes everything written so far durable in one call; false if there is no such call and each file has to be
    /// synced separately.
    pub fn sync(&self) -> io::Result<bool> {
        #[cfg(target_os = "linux")]
        return rustix::fs::syncfs(&self.folder).map(|()| true).map_err(io::Error::from);
        #[cfg(not(target_os = "linux"))]
        return Ok(false);
    }
}

/// Set once a file system has refused to change modes.
static MODES_REFUSED: AtomicBool = AtomicBool::new(false);

/// Reports whether a file system refused to make private files private in this process (FAT, network shares, FUSE).
pub fn were_modes_refused() -> bool {
    MODES_REFUSED.load(Ordering::Relaxed)
}

/// Reports whether this is the error of a file system without modes when a mode is changed.
#[cfg(unix)]
fn is_without_modes(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let known = [Errno::PERM, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL, Errno::ROFS];
    error.raw_os_error().is_some_and(|code| known.iter().any(|errno| errno.raw_os_error() == code))
}

/// Makes a file (0644) or folder (0755) readable for everybody, or only for its owner (0600, 0700); a file system without
/// modes is recorded ([`were_modes_refused`]) and is no error. Windows has lists of rights instead, which a file takes from
/// its folder: inside the user's own folder they keep everybody else out, elsewhere this is recorded too.
pub fn set_private(path: &Path, private: bool) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::metadata(path)?;
        if metadata.permissions().mode() & 0o777 == mode(metadata.is_dir(), private) {
            return Ok(());
        }
        set_mode(path, mode(metadata.is_dir(), private), private)
    }
    #[cfg(not(unix))]
    {
        if private && !were_modes_refused() && !paths::is_in_own_folder(path) {
            MODES_REFUSED.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Does the same as [`set_private`] for a known file.
pub fn set_file_private(file: &Path, private: bool) -> io::Result<()> {
    #[cfg(unix)]
    return set_mode(file, mode(false, private), private);
    #[cfg(not(unix))]
    set_private(file, private)
}

#[cfg(unix)]
fn mode(folder: bool, private: bool) -> u32 {
    match (folder, private) {
        (true, true) => 0o700,
        (true, false) => 0o755,
        (false, true) => 0o600,
        (false, false) => 0o644,
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32, private: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        Err(error) if is_without_modes(&error) => {
            // Only files that should be private are affected.
            MODES_REFUSED.fetch_or(private, Ordering::Relaxed);
            Ok(())
        }
        set => set,
    }
}

/// Reports whether `error` means that writing is impossible: a read-only medium, or no permission.
pub fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// Returns the hint code for the reason of a refused write; `None` for any other error.
pub fn refusal_to_write(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        _ if is_in_use(error) => Some("disk-in-use"),
        io::ErrorKind::StorageFull => Some("disk-full"),
        io::ErrorKind::QuotaExceeded => Some("disk-quota"),
        io::ErrorKind::FileTooLarge => Some("disk-file-too-large"),
        io::ErrorKind::ReadOnlyFilesystem => Some("disk-read-only"),
        io::ErrorKind::PermissionDenied => Some("disk-no-right"),
        _ => None,
    }
}

/// Tells the system that `file` will be read sequentially, once.
pub fn will_read_in_order(file: &File) {
    #[cfg(target_os = "linux")]
    // Only advice: a failure changes nothing.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::Sequential);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Whether [`forget_cached`] works here, so that what is read after it comes from the disk.
pub const READS_FROM_DISK: bool = cfg!(target_os = "linux");

/// Makes the system forget what it holds of a file in memory, so that it is read from the disk again. Only what is
/// durable is forgotten.
pub fn forget_cached(file: &File) {
    #[cfg(target_os = "linux")]
    // Only advice: a failure changes nothing.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Makes the new file `to` a copy of `from` that shares its blocks; false, without a new file, if that is impossible.
pub fn share_blocks(from: &Path, to: &Path) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    {
        let source = File::open(from)?;
        let target = OpenOptions::new().write(true).create_new(true).open(to)?;
        if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
            return Ok(true);
        }
        drop(target);
        fs::remove_file(to).map(|()| false)
    }
    #[cfg(target_os = "macos")]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if to.symlink_metadata().is_ok() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        // There the system's own copy shares blocks, and says nothing about it. It keeps the mode of the original, which
        // may be read-only.
        fs::copy(from, to)?;
        fs::set_permissions(to, fs::Permissions::from_mode(0o644)).map(|()| true)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = (from, to);
        Ok(false)
    }
}

/// Copies `from` to the new file `to`, sharing blocks if the file system can.
pub fn clone_file(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "macos")]
    if share_blocks(from, to)? {
        return Ok(());
    }
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new().write(true).create_new(true).open(to)?;
    #[cfg(target_os = "linux")]
    if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
        return Ok(());
    }
    // Not by the system's own copy: that of Windows takes along the read-only attribute and where a browser got it from.
    io::copy(&mut source, &mut target).map(drop)
}

/// Returns the browsers that can print to PDF without a window and are installed, the likeliest first: Chromium, Chrome,
/// Edge, Brave.
pub fn printing_browsers() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    if cfg!(windows) {
        let places = ["ProgramFiles(x86)", "ProgramFiles", "LocalAppData"].map(std::env::var_os);
        for program in [
            r"Microsoft\Edge\Application\msedge.exe",
            r"Google\Chrome\Application\chrome.exe",
            r"Chromium\Application\chrome.exe",
            r"BraveSoftware\Brave-Browser\Application\brave.exe",
        ] {
            found.extend(places.iter().flatten().map(|place| Path::new(place).join(program)));
        }
    } else if cfg!(target_os = "macos") {
        for program in ["Google Chrome", "Microsoft Edge", "Chromium", "Brave Browser"] {
            let inside = format!("Applications/{program}.app/Contents/MacOS/{program}");
            let homes = [Some(PathBuf::from("/")), std::env::home_dir()];
            found.extend(homes.into_iter().flatten().map(|home| home.join(&inside)));
        }
    }
    found.retain(|path| path.is_file());
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "microsoft-edge-stable",
        "brave-browser",
    ];
    found.extend(names.into_iter().filter_map(installed_program));
    found
}

/// Returns the program of this name that lies beside ours, or on the path.
pub fn installed_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
    let on_path = std::env::var_os("PATH");
    let folders = beside.into_iter().chain(on_path.iter().flat_map(std::env::split_paths));
    folders.map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// Reports whether the program runs as the system's administrator, for whom Chromium does not start in its sandbox.
pub fn is_root() -> bool {
    #[cfg(unix)]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Returns the options of a member of a ZIP that tells neither when nor on which system it was written, so that the same
/// content is the same bytes everywhere. Its day is the first that the format knows.
pub fn zip_member() -> zip::write::SimpleFileOptions {
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    options.unix_permissions(0o644).system(zip::System::Unix)
}

/// Returns the name of this computer, for messages; `?` if it has none.
pub fn host_name() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").ok();
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "?".to_owned())
}

/// Returns the bytes that this user may still write on the file system of the folder `path`; `None` if they are unknown.
pub fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(path).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(windows)]
    {
        let mut free = 0;
        winsafe::GetDiskFreeSpaceEx(path.to_str(), Some(&mut free), None, None).ok()?;
        Some(free)
    }
}

/// Reports whether only the owner can read or write `file`. Always true on systems without such modes.
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
/// Returns a name that the system allows for a file: characters that it refuses or interprets become `_`.
pub fn allowed_name(name: &str) -> String {
    let refused = |c: char| c == '\\' || c.is_control() || (cfg!(windows) && "<>:\"|?*".contains(c));
    let name: String = name.chars().map(|c| if refused(c) { '_' } else { c }).collect();
    // Windows drops them silently.
    if cfg!(windows) { name.trim_end_matches(['.', ' ']).to_owned() } else { name }
}
