//! Knows the files and folders that operating systems and office programs leave behind: nobody's own.

/// Names of files and folders that operating systems leave behind; never inputs. The second line are those of a whole drive:
/// waste baskets, search indexes, and what nobody may read.
const LEFT_ABOUT: &[&str] = &[
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    ".Spotlight-V100",
    ".Trashes",
    ".fseventsd",
];

/// Reports whether a name is that of a file left behind by an operating system or an office program, including resource
/// forks of a Mac (`._a.csv`) and locks of open workbooks (`~$a.xlsx`, `.~lock.a.ods#`).
pub fn is_left_about(name: &str) -> bool {
    let is_office = name.rsplit_once('.').is_some_and(|(_, end)| {
        ["doc", "docm", "docx", "ppt", "pptm", "pptx", "xls", "xlsb", "xlsm", "xlsx"]
            .iter()
            .any(|known| end.eq_ignore_ascii_case(known))
    });
    LEFT_ABOUT.iter().any(|known| name.eq_ignore_ascii_case(known))
        || name.starts_with(".Trash-")
        || name.starts_with("._")
        || name.starts_with("~$") && is_office
        || name.starts_with(".~lock.") && name.ends_with('#')
}
