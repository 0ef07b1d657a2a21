//! Every private file is the owner's alone, whatever writes it and under whatever mask.

use liudi::export::Scoped;
use liudi::export::registry::EXPORTERS;
use liudi::model::{Class, layout};

use super::exports::export;
use super::support::{Run, include, tree};

/// Everything private that any command writes, under a mask that takes nothing away and under the usual one.
#[test]
fn everything_private_is_the_owners_alone_whatever_the_mask() {
    use std::os::unix::fs::PermissionsExt as _;
    for mask in ["000", "022"] {
        let run = Run::new().mask(mask).fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
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
