//! What differs between systems for people who never open a terminal: the file manager, the folders they know by name,
//! where the program keeps its own state, and whether it was started by a double-click.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder that people know by name and start from when they look for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the folder is for.
    pub kind: PlaceKind,
    /// Where it is.
    pub path: PathBuf,
}

/// The kinds of [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// The user's own folder.
    Home,
    /// What lies on the desktop.
    Desktop,
    /// The user's documents.
    Documents,
    /// Where browsers put what they download.
    Downloads,
    /// A disk, a stick, a card or a folder of the network.
    Drive,
}

impl PlaceKind {
    /// Returns the code of the kind.
    pub fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Desktop => "desktop",
            Self::Documents => "documents",
            Self::Downloads => "downloads",
            Self::Drive => "drive",
        }
    }
}

/// Returns the user's own folders that exist, wherever they were moved to (OneDrive, another drive, another language),
/// then the drives. A drive of Windows is not touched: one without a medium, or out of reach, is listed all the same.
pub fn places() -> Vec<Place> {
    let home = dirs::home_dir();
    // A Linux without a desktop's settings knows only the home, but browsers use the usual names all the same.
    let usual = |known: Option<PathBuf>, name: &str| known.or_else(|| Some(home.as_ref()?.join(name)));
    let known = [
        (PlaceKind::Home, home.clone()),
        (PlaceKind::Desktop, usual(dirs::desktop_dir(), "Desktop")),
        (PlaceKind::Documents, usual(dirs::document_dir(), "Documents")),
        (PlaceKind::Downloads, usual(dirs::download_dir(), "Downloads")),
    ];
    // Systems without such a folder name the home in its stead.
    let known = known.into_iter().filter_map(|(kind, path)| Some(Place { kind, path: path? }));
    let known = known.filter(|place| place.kind == PlaceKind::Home || home.as_ref() != Some(&place.path));
    let known = known.filter(|place| place.path.is_dir());
    known.chain(drives().into_iter().map(|path| Place { kind: PlaceKind::Drive, path })).collect()
}

#[cfg(windows)]
fn drives() -> Vec<PathBuf> {
    use winsafe::{GetDriveType, GetLogicalDriveStrings, co::DRIVE};
    let letters = GetLogicalDriveStrings().unwrap_or_default();
    let there = |letter: &String| !matches!(GetDriveType(Some(letter)), DRIVE::UNKNOWN | DRIVE::NO_ROOT_DIR);
    letters.into_iter().filter(there).map(PathBuf::from).collect()
}

#[cfg(target_os = "macos")]
fn drives() -> Vec<PathBuf> {
    let volumes = std::fs::read_dir("/Volumes").into_iter().flatten().flatten();
    let mut volumes: Vec<PathBuf> = volumes.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    volumes.sort();
    volumes
}

#[cfg(not(any(windows, target_os = "macos")))]
fn drives() -> Vec<PathBuf> {
    let mounts = std::fs::read("/proc/self/mounts").unwrap_or_default();
    let mut drives = vec![PathBuf::from("/")];
    drives.extend(removable(&mounts).into_iter().filter(|path| path.is_dir()));
    drives
}

/// Returns the mount points where desktops and people put sticks, cards and network folders, from a mount table of
/// Linux, sorted.
#[cfg(any(test, not(any(windows, target_os = "macos"))))]
fn removable(mounts: &[u8]) -> Vec<PathBuf> {
    let mut found = std::collections::BTreeSet::new();
    for line in mounts.split(|byte| *byte == b'\n') {
        let Some(field) = line.split(|byte| *byte == b' ').nth(1) else { continue };
        let path = PathBuf::from(String::from_utf8_lossy(&unescaped(field)).into_owned());
        if ["/media", "/run/media", "/mnt"].iter().any(|above| path.starts_with(above)) {
            found.insert(path);
        }
    }
    found.into_iter().collect()
}

/// Undoes the octal escapes of a mount table: a blank is written `\040`.
#[cfg(any(test, not(any(windows, target_os = "macos"))))]
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                plain.push(byte);
                rest = &after[3..];
            }
            _ => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    plain
}

/// Returns the folder of the program's own state for this user, which need not exist: `%LOCALAPPDATA%\liudi` on Windows,
/// `~/Library/Application Support/liudi` on macOS, `$XDG_STATE_HOME/liudi` or `~/.local/state/liudi` elsewhere. The
/// variable `LIUDI_STATE` names another. `None` for a user without a home.
pub fn state_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("LIUDI_STATE").filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    // Only Linux has a folder for state.
    Some(dirs::state_dir().or_else(dirs::data_local_dir)?.join("liudi"))
}

/// Opens `url` in the user's browser without waiting for it.
pub fn open_in_browser(url: &str) -> io::Result<()> {
    if cfg!(windows) {
        return start(Command::new("rundll32").arg("url.dll,FileProtocolHandler").arg(url));
    }
    start(Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" }).arg(url))
}

/// Shows the content of `folder` in the system's file manager without waiting for it. Fails if there is no such folder
/// or no such program; whether a window appeared is not known.
pub fn open_folder(folder: &Path) -> io::Result<()> {
    // A file would be run or opened by its program.
    if !folder.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    // The file managers know neither our current folder nor a name that looks like an option.
    let folder = std::path::absolute(folder)?;
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        // Explorer reads its command line itself: a comma ends a path unless it is quoted, and no quote is in a path.
        start(Command::new("explorer").raw_arg(format!("\"{}\"", dunce::simplified(&folder).display())))
    }
    #[cfg(target_os = "macos")]
    // By the Finder: a folder named like a program would be started.
    return start(Command::new("open").args(["-a", "Finder"]).arg(folder));
    #[cfg(not(any(windows, target_os = "macos")))]
    start(Command::new("xdg-open").arg(folder))
}

/// Starts `command` apart from our input and output, and waits for its end elsewhere, so that it leaves no zombie.
fn start(command: &mut Command) -> io::Result<()> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// Reports whether the program was started without a terminal of its own accord: by double-click, a menu or a link.
///
/// - On Windows, if input and output are a console and the starting program has none (Explorer, a browser, another file
///   manager) or has ended since. The console's window then closes with the program. It cannot know this of a program that
///   starts others with a console and none of its own on purpose (a scheduled task, an editor's button).
/// - Elsewhere, if input, output and errors are no terminal and, but for macOS, there is a screen: a scheduled task of a
///   user who has a session looks the same.
pub fn was_double_clicked() -> bool {
    let terminals = [io::stdin().is_terminal(), io::stdout().is_terminal(), io::stderr().is_terminal()];
    #[cfg(windows)]
    return terminals[0] && terminals[1] && !is_parent_of_console();
    #[cfg(not(windows))]
    {
        let screen = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| std::env::var_os(name).is_some());
        terminals == [false; 3] && (cfg!(target_os = "macos") || screen)
    }
}

/// Reports whether a window shows what the program says, and closes when it ends: on Windows, after a double-click or when
/// a file was dropped onto the program. Terminals of other systems stay open.
pub fn ends_with_window() -> bool {
    cfg!(windows) && was_double_clicked()
}

/// Reports whether the starting program still runs and is one of the console (a shell).
#[cfg(windows)]
fn is_parent_of_console() -> bool {
    use winsafe::{GetCurrentProcessId, HPROCESS, HPROCESSLIST, co};
    let Ok(mut processes) = HPROCESSLIST::CreateToolhelp32Snapshot(co::TH32CS::SNAPPROCESS, None) else { return true };
    let own = GetCurrentProcessId();
    let mut parent = None;
    for process in processes.iter_processes().map_while(Result::ok) {
        if process.th32ProcessID == own {
            parent = Some(process.th32ParentProcessID);
        }
    }
    // One that cannot be asked is taken for a shell: help in its window is what was always shown.
    let Some(parent) = parent else { return true };
    match HPROCESS::OpenProcess(co::PROCESS::QUERY_LIMITED_INFORMATION, false, parent) {
        Err(co::ERROR::INVALID_PARAMETER) => false,
        Err(_) => true,
        Ok(process) => {
            let image = process.QueryFullProcessImageName(co::PROCESS_NAME::WIN32);
            image.ok().and_then(|path| has_console(Path::new(&path)).ok()).unwrap_or(true)
        }
    }
}

/// Reports whether the program file of Windows at `path` asks for a console (its subsystem is 3, not 2).
/// <https://learn.microsoft.com/en-us/windows/win32/debug/pe-format>
#[cfg(any(windows, test))]
fn has_console(path: &Path) -> io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = super::open_file(path)?;
    let mut number = [0; 4];
    file.seek(SeekFrom::Start(0x3c))?;
    file.read_exact(&mut number)?;
    // Behind the signature (4 bytes) and the file header (20), at 68 of the optional header.
    file.seek(SeekFrom::Start(u64::from(u32::from_le_bytes(number)) + 4 + 20 + 68))?;
    let mut subsystem = [0; 2];
    file.read_exact(&mut subsystem)?;
    Ok(u16::from_le_bytes(subsystem) == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_of_sticks_and_cards_are_drives() {
        let mounts = b"/dev/vda / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/sdb1 /media/li/\\346\\226\\260\\040U vfat rw 0 0\n\
            C:\\134 /mnt/c 9p rw 0 0\n/dev/sdb1 /media/li/\\346\\226\\260\\040U vfat rw 0 0\n/dev/x /mntx ext4 rw 0 0\nbroken";
        assert_eq!(removable(mounts), [Path::new("/media/li/新 U"), Path::new("/mnt/c")]);
    }

    #[test]
    fn a_backslash_that_escapes_nothing_stays() {
        assert_eq!(unescaped(br"a\04"), br"a\04");
        assert_eq!(unescaped(br"a\999\134"), br"a\999\");
    }

    #[test]
    fn places_exist_and_end_with_a_drive() {
        let places = places();
        assert!(places.iter().all(|place| place.kind == PlaceKind::Drive || place.path.is_dir()));
        assert_eq!(places.last().map(|place| place.kind), Some(PlaceKind::Drive));
        let homes = places.iter().filter(|place| Some(&place.path) == dirs::home_dir().as_ref());
        assert!(homes.count() <= 1);
    }

    #[test]
    fn only_a_folder_is_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(open_folder(file.path()).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        let gone = file.path().with_extension("gone");
        assert_eq!(open_folder(&gone).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn state_has_a_folder_of_its_own() {
        if std::env::var_os("LIUDI_STATE").is_none() {
            assert!(state_folder().is_none_or(|folder| folder.is_absolute() && folder.ends_with("liudi")));
        }
    }

    #[test]
    fn programs_with_and_without_a_console_are_told_apart() {
        let program = |subsystem: u8| {
            let mut bytes = vec![0; 0x100];
            bytes[0x3c] = 0x80;
            bytes[0x80 + 4 + 20 + 68] = subsystem;
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            file
        };
        assert!(has_console(program(3).path()).unwrap());
        assert!(!has_console(program(2).path()).unwrap());
        let cut = tempfile::NamedTempFile::new().unwrap();
        assert!(has_console(cut.path()).is_err());
    }
}
