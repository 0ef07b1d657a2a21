//! Commits the catalog to the bags: folds the dirty entities, renders the files that changed and commits them in
//! journalled rounds. A commit that changes nothing writes nothing.

pub(crate) mod changes;
pub mod datasets;
pub(crate) mod describe;
pub(crate) mod posts;
pub mod tables;

use std::collections::BTreeSet;

use self::changes::{CommitPlan, Target};
use self::posts::{ClassOf, FoldedArticle, PostWriter, Written, fold_article};
use super::archive::ownership::{self, Owner};
use crate::archive::{self, Archive};
use crate::error::Result;
use crate::model::{Class, Kind, MediaKey, MediaRef, MediaRole, Sha256, Time, layout};
use crate::progress::Task;
use crate::store::batch::BlobRow;
use crate::store::ledger::LedgerStore;
use crate::store::posts::PostRow;
use crate::store::stage::{Stage, Staged};
use crate::store::{Catalog, Run};
use crate::work::Work;

/// The inputs of a commit.
pub struct Commit<'a> {
    /// The archive.
    pub archive: &'a Archive,
    /// The catalog.
    pub catalog: &'a Catalog,
    /// Stage for new files.
    pub stage: &'a Stage,
    /// Rows of the statements.
    pub ledger: &'a LedgerStore,
    /// The run.
    pub run: Run,
    /// Owner of the archive.
    pub own: Option<&'a Owner>,
    /// Progress, cancellation and threads. A cancelled commit ends between two rounds with both bags valid, and the
    /// next run continues.
    pub work: Work<'a>,
}

/// Key of the catalog's `meta` for the account that everything was folded for.
const FOLDED_FOR: &str = "folded_for";

impl Commit<'_> {
    /// Runs the commit; `true` if the archive changed.
    pub fn run(&self) -> Result<bool> {
        let owner = self.own.map(Owner::identity).unwrap_or_default();
        let same_owner = self.catalog.meta(FOLDED_FOR)?.is_some_and(|folded| folded == owner);
        let nothing_lost = self.catalog.lost().is_empty();
        if same_owner && nothing_lost && !self.catalog.is_uncommitted()? && !self.lists_moved()? {
            return Ok(false);
        }
        self.catalog.transaction(|_| {
            if !same_owner {
                // Every fold depends on the owner, because an article's class depends on its ownership.
                self.catalog.touch_all(Kind::Article)?;
                self.catalog.touch_short_posts()?;
                self.catalog.set_meta(FOLDED_FOR, &owner)?;
            }
            let target =
                Target { archive: self.archive, description: description(self.own, self.run.clock), work: self.work };
            let mut plan = CommitPlan::new(self.catalog, self.stage, target);
            // Evidence first: everything else can be rebuilt from it if the working state is lost between two rounds.
            self.evidence(&mut plan)?;
            self.articles(&mut plan)?;
            describe::Describe { commit: self }.all(&mut plan)?;
            if let Some(own) = self.own {
                ownership::remember(self.catalog, own)?;
            }
            if plan.will_hold(Class::Private, layout::UNFINISHED)? {
                plan.remove(Class::Private, layout::UNFINISHED);
            }
            let changed = plan.finish()?;
            self.catalog.set_committed()?;
            Ok(changed)
        })
    }

    /// Commits a round if enough files were put; the first round includes the files the catalog is rebuilt from.
    pub(super) fn round(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        if !plan.is_full() {
            return Ok(());
        }
        if plan.is_first() {
            describe::Describe { commit: self }.sources(plan)?;
        }
        plan.round()
    }

    /// Reports whether a side list changed although nothing new was kept.
    fn lists_moved(&self) -> Result<bool> {
        for (path, bytes) in describe::side_lists(self.catalog)? {
            let digest = bytes.map(|bytes| Sha256::of(&bytes));
            if digest.is_some() && self.catalog.payload(Class::Private, path)? != digest {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Settles and renders articles and media. A public article needs public media only and is rendered at once; a
    /// private one may use media of either bag and waits until they are placed.
    fn articles(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let dirty = self.catalog.entities(Kind::Article, true)?;
        let step = self.work.progress.start(Task::Commit, Some(dirty.len() as u64));
        let mut later: BTreeSet<i64> = BTreeSet::new();
        for entity in dirty {
            self.work.check()?;
            let folded = fold_article(self.catalog, entity, self.own)?;
            let row = self.settle(entity, &folded)?;
            if folded.is_public_throughout() {
                self.render(folded, &row, plan, &|_, _| Ok(Class::Public))?;
            } else {
                // It stays dirty until it is rendered.
                self.catalog.touch(entity)?;
                later.insert(entity);
            }
            self.round(plan)?;
            step.advance(1);
        }
        self.account_avatar()?;
        let mut short_posts = posts::settle(self, plan)?;
        if self.media(plan, &mut later)? && short_posts.is_none() {
            self.catalog.touch_short_posts()?;
            short_posts = posts::settle(self, plan)?;
        }
        for entity in later {
            self.work.check()?;
            let folded = fold_article(self.catalog, entity, self.own)?;
            let row = self.settle(entity, &folded)?;
            self.render(folded, &row, plan, &|held, key| self.class_of_medium(&held.digest, key))?;
            self.round(plan)?;
        }
        let class_of = |held: &BlobRow, key: &MediaKey| self.class_of_medium(&held.digest, key);
        short_posts.map_or(Ok(()), |short_posts| short_posts.render(self, plan, &class_of))
    }

    /// Marks the own account's avatar as used publicly.
    fn account_avatar(&self) -> Result<()> {
        let Some((biz, url)) = self.own.and_then(|own| own.biz.as_ref().zip(own.fields.avatar.as_ref())) else {
            return Ok(());
        };
        let Some(entity) = self.catalog.entity_named(Kind::Account, &format!("biz:{biz}"))? else { return Ok(()) };
        self.catalog.put_uses(entity, &[(&MediaRef::at(url, MediaRole::Avatar), Class::Public)])
    }

    /// Writes the article's row.
    fn settle(&self, entity: i64, folded: &FoldedArticle) -> Result<PostRow> {
        let folder = match self.catalog.post_place(entity)? {
            Some(folder) => Some(folder),
            None if folded.held => Some(self.free_folder(folded.new_folder(), &folded.id)?),
            None => None,
        };
        let row = folded.row(folder);
        self.catalog.put_post(&row, &folded.media())?;
        self.catalog.set_folded(entity)?;
        Ok(row)
    }

    /// Returns a folder name that no other article has on any file system.
    fn free_folder(&self, wanted: String, id: &str) -> Result<String> {
        let digest = Sha256::of(id.as_bytes()).hex();
        Ok(if self.catalog.folder_is_taken(&wanted)? { format!("{wanted}-{}", &digest[..8]) } else { wanted })
    }

    /// Writes the files of an article and removes those it no longer has.
    fn render(
        &self,
        folded: FoldedArticle,
        row: &PostRow,
        plan: &mut CommitPlan<'_>,
        class_of: ClassOf<'_>,
    ) -> Result<()> {
        let Some(folder) = &row.place else { return Ok(()) };
        let mut written = Written::default();
        if row.held {
            let files = PostWriter { catalog: self.catalog, class_of }.article(folded, folder)?;
            files.into_iter().try_for_each(|file| written.put(plan, file))?;
        }
        written.remove_others(self, plan, &format!("articles/{folder}/"))
    }

    /// Returns the bag of a medium's file: the public one as soon as anything public uses it.
    fn class_of_medium(&self, digest: &Sha256, key: &MediaKey) -> Result<Class> {
        if self.catalog.is_used_publicly(key)? {
            return Ok(Class::Public);
        }
        for key in self.catalog.keys_of(digest)? {
            let best = self.catalog.held(&key)?.is_some_and(|held| held.digest == *digest);
            if best && self.catalog.is_used_publicly(&key)? {
                return Ok(Class::Public);
            }
        }
        Ok(Class::Private)
    }

    /// Puts every held file into the bag its use requires and marks the users of a moved file for rendering; `true` if
    /// a note or a video is among them.
    fn media(&self, plan: &mut CommitPlan<'_>, later: &mut BTreeSet<i64>) -> Result<bool> {
        let mut short_posts = false;
        self.catalog.each_blob(|digest, held| {
            let keys = self.catalog.keys_of(&digest)?;
            let mut class = Class::Private;
            for key in &keys {
                let best = self.catalog.held(key)?.is_some_and(|held| held.digest == digest);
                if best && self.catalog.is_used_publicly(key)? {
                    class = Class::Public;
                    break;
                }
            }
            let path = layout::media_path(&digest, &held.extension);
            let other = if class == Class::Public { Class::Private } else { Class::Public };
            if self.catalog.payload(class, &path)?.is_some() {
                return Ok(());
            }
            if self.catalog.payload(other, &path)?.is_some() {
                plan.move_file(other, class, &path, digest);
                // Public users are not affected: their media are public in any case.
                for user in keys.iter().map(|key| self.catalog.private_users(key)).collect::<Result<Vec<_>>>()?.concat()
                {
                    if self.catalog.is_short_post(user)? {
                        short_posts = true;
                        self.catalog.touch_short_posts()?;
                    } else {
                        later.insert(user);
                        self.catalog.touch(user)?;
                    }
                }
            } else {
                let staged = Staged { path: self.stage.path_of(&digest), sha256: digest, bytes: held.bytes };
                plan.put_staged(class, &path, staged);
            }
            self.round(plan)
        })?;
        Ok(short_posts)
    }

    /// Puts packs, single leaves, bills and documents that no bag holds yet.
    fn evidence(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let places = self.catalog.evidence_places()?;
        // A lost pack whose leaves were all read again is replaced by those that hold them now.
        for (bag, place) in self.catalog.lost() {
            let is_pack = bag == Class::Private && place.starts_with("evidence/packs/");
            if is_pack && places.binary_search_by(|(known, _)| known.as_str().cmp(&place)).is_err() {
                plan.remove(bag, &place);
            }
        }
        for (place, digest) in places {
            self.work.check()?;
            if self.catalog.payload(Class::Private, &place)?.is_some() {
                continue;
            }
            let file = staged_digest(&place, digest);
            let path = self.stage.path_of(&file);
            let bytes = std::fs::metadata(&path)
                .map_err(|error| crate::Error::disk("stage-read-back-failed", path.display(), error))?
                .len();
            plan.put_staged(Class::Private, &place, Staged { path, sha256: file, bytes });
            self.round(plan)?;
        }
        Ok(())
    }
}

/// Returns the contents of the bags' `bag-info.txt`.
pub(super) fn description(own: Option<&Owner>, clock: Time) -> archive::BagDescription {
    let own = own.cloned().unwrap_or_default();
    archive::BagDescription {
        date: clock.date(),
        source_organization: own.name.unwrap_or_default(),
        external_description: "WeChat account archive made with liudi / 微信账号留底".to_owned(),
        group_identifier: own.user_name.or(own.biz).unwrap_or_else(|| "liudi".to_owned()),
    }
}

/// Returns the digest under which the file of `place` is staged: for a pack the one in its name, otherwise the
/// evidence's.
pub(super) fn staged_digest(place: &str, evidence: Sha256) -> Sha256 {
    place.strip_prefix("evidence/packs/").and_then(digest_of_pack).unwrap_or(evidence)
}

/// Returns the digest in `<date>-<64 hex>.tar.zst`.
fn digest_of_pack(name: &str) -> Option<Sha256> {
    name.strip_suffix(".tar.zst")?.rsplit_once('-')?.1.parse().ok()
}
