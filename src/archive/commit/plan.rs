//! Plans a commit: what becomes of each path of each bag, without the changes that change nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::count::count;
use super::pinned::{TAKEN_OVER, check_bag_lists, check_is_new};
use super::{BOTH, Changes};
use crate::archive::bagit::{Oxum, payload_path, read_manifest};
use crate::error::{Error, Result};
use crate::model::names::{check_payload_path, collision_key};
use crate::model::{Class, Sha256, layout};
use crate::store::Staged;

/// The change of one path of a bag.
pub(super) enum Fate {
    Put(Staged),
    Arrive { from: String, sha256: Sha256 },
    Leave,
}

pub(super) struct BagPlan {
    pub(super) class: Class,
    /// Changes by path under the bag (`data/…`).
    pub(super) fates: BTreeMap<String, Fate>,
    /// Digests in the old manifest of the paths in `fates`.
    pub(super) old: HashMap<String, Sha256>,
    pub(super) oxum: Oxum,
    pub(super) fresh: bool,
    /// Whether sizes are counted from the files instead of from what the bag states.
    pub(super) recount: bool,
}

impl BagPlan {
    pub(super) fn is_unchanged(&self) -> bool {
        self.fates.is_empty() && !self.fresh && !self.recount
    }
}

/// Groups the changes by bag, drops those without effect, checks names and sums sizes.
pub(super) fn plan(root: &Path, changes: Changes) -> Result<Vec<BagPlan>> {
    let (recount, sizes) = (changes.recount, changes.sizes);
    let mut fates: BTreeMap<(Class, String), Fate> = BTreeMap::new();
    for (class, path) in changes.remove {
        fates.insert((class, payload_path(&path)), Fate::Leave);
    }
    for (from, path, to, new_path) in changes.relocate {
        if (from, &path) == (to, &new_path) {
            continue;
        }
        let source = payload_path(&path);
        let origin = format!("{}/{source}", layout::bag_name(from));
        check_payload_path(&new_path)?;
        fates.insert((to, payload_path(&new_path)), Fate::Arrive { from: origin, sha256: Sha256::from([0; 32]) });
        fates.entry((from, source)).or_insert(Fate::Leave);
    }
    for (class, path, staged) in changes.put {
        check_payload_path(&path)?;
        fates.insert((class, payload_path(&path)), Fate::Put(staged));
    }
    let mut bags: Vec<BagPlan> = BOTH
        .map(|class| BagPlan {
            class,
            fates: BTreeMap::new(),
            old: HashMap::new(),
            oxum: Oxum::default(),
            fresh: false,
            recount,
        })
        .into();
    for ((class, path), fate) in fates {
        if let Some(bag) = bags.iter_mut().find(|bag| bag.class == class) {
            bag.fates.insert(path, fate);
        }
    }
    let sources: HashSet<String> = bags
        .iter()
        .flat_map(|bag| bag.fates.values())
        .filter_map(|fate| match fate {
            Fate::Arrive { from, .. } => Some(from.clone()),
            _ => None,
        })
        .collect();
    let mut digests: HashMap<String, Sha256> = HashMap::new();
    for bag in &mut bags {
        look_up(root, bag, &sources, &mut digests)?;
    }
    for bag in &mut bags {
        for fate in bag.fates.values_mut() {
            if let Fate::Arrive { from, sha256 } = fate {
                *sha256 =
                    *digests.get(from).ok_or_else(|| Error::other("commit-source-missing").with("path", &*from))?;
            }
        }
        let old = std::mem::take(&mut bag.old);
        bag.fates.retain(|path, fate| match fate {
            Fate::Put(staged) => old.get(path) != Some(&staged.sha256),
            Fate::Arrive { .. } => true,
            Fate::Leave => old.contains_key(path),
        });
        bag.old = old;
        if !bag.is_unchanged() {
            if bag.fresh {
                check_is_new(root, bag.class)?;
            } else {
                // What is counted anew is not taken over.
                let taken = if bag.recount { &TAKEN_OVER[..1] } else { TAKEN_OVER };
                check_bag_lists(root, bag.class, taken)?;
            }
            count(root, bag, &sizes)?;
        }
    }
    Ok(bags)
}

/// Reads a bag's manifest once: collects the digests of the affected paths and finds names that collide with new ones.
fn look_up(
    root: &Path,
    bag: &mut BagPlan,
    sources: &HashSet<String>,
    digests: &mut HashMap<String, Sha256>,
) -> Result<()> {
    let folder = layout::bag(root, bag.class);
    let manifest = folder.join(layout::MANIFEST);
    bag.fresh = !folder.join(layout::TAG_MANIFEST).exists();
    if bag.fates.is_empty() && sources.is_empty() {
        return Ok(());
    }
    let mut keys: HashMap<String, &str> = HashMap::new();
    let leaves = |path: &str| matches!(bag.fates.get(path), Some(Fate::Leave));
    for (path, fate) in &bag.fates {
        if !matches!(fate, Fate::Leave)
            && let Some(other) = keys.insert(collision_key(path), path)
        {
            return Err(Error::other("payload-path-collides").with("path", path).with("other", other));
        }
    }
    let name = layout::bag_name(bag.class);
    let mut collisions = CollisionKeys::default();
    read_manifest(&manifest, |path, sha256| {
        let known = bag.fates.contains_key(path);
        if known {
            bag.old.insert(path.to_owned(), sha256);
        }
        if !sources.is_empty() {
            let full = format!("{name}/{path}");
            if sources.contains(&full) {
                digests.insert(full, sha256);
            }
        }
        if let Some(new) = keys.get(collisions.of(path))
            && *new != path
            && !leaves(path)
        {
            return Err(Error::other("payload-path-collides").with("path", new).with("other", path));
        }
        Ok(())
    })
}

/// A generator of collision keys for paths in order; the key of a folder is reused for the next path in it.
#[derive(Default)]
struct CollisionKeys {
    folder: String,
    /// Key of the folder, then of the path.
    key: String,
    folder_key: usize,
}

impl CollisionKeys {
    fn of(&mut self, path: &str) -> &str {
        // Every path has at least the folder `data/`.
        let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            self.key = collision_key(folder);
            self.folder_key = self.key.len();
        }
        self.key.truncate(self.folder_key);
        self.key.push_str(&collision_key(name));
        &self.key
    }
}
