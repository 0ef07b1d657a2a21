//! Every private file is the owner's alone, whatever writes it and under whatever mask.

use liudi::export::Scoped;
use liudi::export::registry::EXPORTERS;
use liudi::model::{Class, layout};

use super::exports::export;
use super::support::{Run, include, tree};

/// Gives everybody, and another user by name, everything that is created in `folder` from now on: with such a list the mask
/// of the process no longer counts. False if the file system has no lists.
fn give_to_all(folder: &std::path::Path) -> bool {
    const USER: u16 = 1;
    const NAMED: u16 = 2;
    const GROUP: u16 = 4;
    const MASK: u16 = 16;
    const OTHER: u16 = 32;
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, id) in [(USER, u32::MAX), (NAMED, 65534), (GROUP, u32::MAX), (MASK, u32::MAX), (OTHER, u32::MAX)] {
        list.extend(tag.to_le_bytes().into_iter().chain(7_u16.to_le_bytes()).chain(id.to_le_bytes()));
    }
    rustix::fs::setxattr(folder, "system.posix_acl_default", &list, rustix::fs::XattrFlags::empty()).is_ok()
}

/// Everything private that any command writes, under a mask that takes nothing away, with an access control list that gives
/// everything away, and under the usual mask. The group's bits of a file with a list are the most that the list can give.
#[test]
fn everything_private_is_the_owners_alone_whatever_the_mask() {
    use std::os::unix::fs::PermissionsExt as _;
    for mask in ["000", "022"] {
        let run = Run::new().mask(mask).fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
        if mask == "000" && cfg!(target_os = "linux") && give_to_all(run.folder()) {
            std::fs::write(run.folder().join("probe"), "").unwrap();
            let given = std::fs::metadata(run.folder().join("probe")).unwrap().permissions().mode();
            assert_eq!(given & 0o777, 0o666, "the list is in force");
        }
        run.backup(&["--quiet"]).succeeds();
        // A commit on top of one, with what was there.
        super::support::more_pages(&run.folder().join("more"), 2);
        run.program(&["backup", "more", "-o", "archive", "--quiet"]);
        for exporter in EXPORTERS.iter().filter(|exporter| matches!(exporter, Scoped::Private(_))) {
            let name = exporter.info().name;
            export(&run, &[&["--to", name, "-o", &format!("private-{name}")], include(name)].concat()).succeeds();
        }
        run.program(&["copy", "archive", "copy"]).succeeds();
        run.program(&["pack", "archive", "-o", "packs"]).succeeds();
        run.program(&["unpack", "packs", "-o", "again"]).succeeds();
        let lost = tree(&layout::bag(&run.archive(), Class::Private))
            .into_iter()
            .find(|(name, _)| name.starts_with("data/billing/raw/"))
            .map(|(name, _)| layout::bag(&run.archive(), Class::Private).join(name))
            .unwrap();
        std::fs::write(&lost, "spoilt").unwrap();
        let repaired = run.program(&["repair", "archive"]);
        assert!((0..128).contains(&repaired.code), "{}", repaired.said());
        run.program(&["ready", "archive"]);
        run.program(&["ready", "archive", "--after"]);
        run.program(&["plan", "archive"]);
        let mut wrong = Vec::new();
        for entry in walkdir::WalkDir::new(run.folder()) {
            let entry = entry.unwrap();
            let place = entry.path().strip_prefix(run.folder()).unwrap().display().to_string();
            let first = place.split('/').next().unwrap();
            let inside =
                |part: &str| place == format!("{first}/{part}") || place.starts_with(&format!("{first}/{part}/"));
            // The working state lies in a folder that is closed.
            let private = match first {
                "archive" | "copy" | "again" => inside("private") || place.ends_with(".liudi"),
                "packs" => place.contains("private") && !place.ends_with(".sha256"),
                _ => first.starts_with("private-"),
            };
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            if private && mode & 0o077 != 0 {
                wrong.push(format!("{mode:o} {place}"));
            }
            // What others may read they may not change.
            if mode & 0o022 != 0 && mask == "022" {
                wrong.push(format!("{mode:o} {place}"));
            }
        }
        assert!(wrong.is_empty(), "under {mask}: {} paths\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    }
}
