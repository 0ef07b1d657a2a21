//! Looks at which packs lie in a folder, and which of them ought to lie there too.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::path::Path;

use super::parts::numbered;
use super::read::SMALL;
use super::zip::Zip;
use super::{anchor_name, bag_pack, only_name};
use crate::archive::bagit::read_entries;
use crate::model::{Class, layout};
use crate::platform;

/// Returns the names of the files that are packs or parts of one; what lies beside packs is none.
pub fn packs_among(names: &BTreeSet<String>) -> BTreeSet<&str> {
    names.iter().map(String::as_str).filter(|name| named(name).is_some()).collect()
}

/// Returns the name of the archive that a file is a pack of, and of which bag; `None` for the pack of what pins it.
fn named(file: &str) -> Option<(&str, Option<Class>)> {
    let pack = numbered(file).map_or(file, |(pack, _)| pack);
    let plain = pack.strip_suffix(".age").unwrap_or(pack);
    let of_bag = |class| plain.strip_suffix(bag_pack("", class, false).as_str()).map(|name| (name, Some(class)));
    let anchor = || file.strip_suffix(anchor_name("").as_str()).map(|name| (name, None));
    [Class::Public, Class::Private].into_iter().find_map(of_bag).or_else(anchor).filter(|(name, _)| !name.is_empty())
}

/// Reports whether two packs are of one archive.
pub fn are_of_one(pack: &str, other: &str) -> bool {
    named(pack).zip(named(other)).is_some_and(|((archive, _), (other, _))| archive == other)
}

/// Returns the names of the packs that are missing altogether, also what lies beside them: the small pack by which the
/// others are unpacked, and those of the bags that it knows. A folder may be meant to have one bag only; a note says so.
pub fn missing_packs(folder: &Path, names: &BTreeSet<String>) -> Vec<String> {
    let archives: BTreeSet<&str> = names.iter().filter_map(|name| named(name)).map(|(archive, _)| archive).collect();
    let mut missing = Vec::new();
    for archive in archives {
        let anchor = anchor_name(archive);
        if !names.contains(&anchor) {
            missing.push(anchor);
            continue;
        }
        for class in bags_of(&folder.join(&anchor)).unwrap_or_default() {
            let pack = bag_pack(archive, class, false);
            let is_noted = |class| names.contains(&only_name(archive, class));
            let is_left_out = is_noted(other(class)) && !is_noted(class);
            // Of a pack with a list or recovery files these say what has become of it.
            let is_beside =
                |name: &str| name.starts_with(&pack) && [".sha256", ".par2"].into_iter().any(|end| name.ends_with(end));
            let is_of_it = |name: &String| named(name) == Some((archive, Some(class))) || is_beside(name);
            if !is_left_out && !names.iter().any(is_of_it) {
                missing.push(pack);
            }
        }
    }
    missing
}

fn other(class: Class) -> Class {
    match class {
        Class::Public => Class::Private,
        Class::Private => Class::Public,
    }
}

/// Returns the bags of the archive that a small pack pins; `None` if it cannot be read.
fn bags_of(anchor: &Path) -> Option<Vec<Class>> {
    let mut input = BufReader::new(platform::open_file(anchor).ok()?);
    let mut zip = Zip::new(&mut input, "");
    while let Some((name, member)) = zip.header().ok()?.filter(|(_, member)| member.size <= SMALL) {
        let content = zip.small(&name, member).ok()?;
        if name != layout::SHA256SUMS {
            continue;
        }
        let mut listed = BTreeSet::new();
        let read = read_entries(&*content, anchor, |path, _| {
            listed.insert(path.to_owned());
            Ok(())
        });
        let is_listed =
            |class: &Class| listed.contains(&format!("{}/{}", layout::bag_name(*class), layout::TAG_MANIFEST));
        return read.ok().map(|()| [Class::Public, Class::Private].into_iter().filter(is_listed).collect());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_told_from_what_lies_beside_them() {
        let packs = ["a-anchor.zip", "a-private.zip", "a-private.zip.age", "a-private.zip.age.001", "a-public.zip.002"];
        let others =
            ["a-public.zip.par2", "a-public.zip.sha256", "a-README.txt", "a-public.zip.1", "a.zip", "-public.zip"];
        let names = packs.iter().chain(&others).map(|name| (*name).to_owned()).collect();
        assert_eq!(packs_among(&names), BTreeSet::from(packs));
    }
}
