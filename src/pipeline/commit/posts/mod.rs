//! Folds, classifies and writes the posts of a commit, one record each. Articles are folded individually; notes and
//! videos together (they are few, and one may depend on the others).

mod article;
mod files;
mod fold;
mod join;
mod matching;
mod opening;
mod short_posts;
mod table;

use std::collections::BTreeSet;

use super::Commit;
use super::changes::CommitPlan;
use crate::error::Result;
use crate::model::{Class, Form, Gap, Kind, SubjectKind, Time};
use crate::store::Catalog;
use crate::store::posts::PostRow;

pub(crate) use self::article::{FoldedArticle, fold_article};
pub(crate) use self::files::{ClassOf, PostWriter};
pub(crate) use self::opening::OpenedReader;
pub(crate) use self::short_posts::{each_saved_alone, rehearse, settle};
pub(crate) use self::table::{SAVED, SAVED_COLUMNS, TABLES, restore_saved, saved_row, write_row};

/// A post after the fold; `C` is the content specific to its kind.
#[derive(Debug)]
pub(crate) struct Folded<C> {
    /// Entity in the catalog.
    pub(crate) entity: i64,
    /// Kind of post.
    pub(crate) kind: Kind,
    /// Canonical id.
    pub(crate) id: String,
    /// All names, sorted.
    pub(crate) names: Vec<String>,
    /// Form of the post.
    pub(crate) form: Form,
    /// Title; for a note or a video without one, the beginning of its text.
    pub(crate) title: Option<String>,
    /// Time of publication.
    pub(crate) published: Option<Time>,
    /// Account that published it.
    pub(crate) account: Option<String>,
    /// Whether it belongs to the archive's own account.
    pub(crate) own: bool,
    /// Whether it certainly belongs to another account, rather than an unknown one.
    pub(crate) foreign: bool,
    /// Class.
    pub(crate) class: Class,
    /// Whether its content is held.
    pub(crate) held: bool,
    /// Whether some list names it.
    pub(crate) listed: bool,
    /// Reason it is not held, or what is missing of it.
    pub(crate) gap: Option<Gap>,
    /// Content specific to its kind.
    pub(crate) content: C,
}

impl<C> Folded<C> {
    /// Returns the post's row for the catalog.
    fn row_at(&self, place: Option<String>) -> PostRow {
        PostRow {
            entity: self.entity,
            kind: self.kind,
            id: self.id.clone(),
            place,
            class: self.class,
            own: self.own,
            held: self.held,
            listed: self.listed,
            form: self.form,
            title: self.title.clone(),
            published: self.published,
            url: None,
            account: self.account.clone(),
            item_show_type: None,
            video: None,
            // A gap reported by another account's list is not a gap of this archive.
            gap: self.gap.clone().filter(|_| !self.foreign),
        }
    }

    /// Returns the names other than its id.
    fn aliases(&self) -> Vec<String> {
        self.names.iter().filter(|name| **name != self.id).cloned().collect()
    }

    /// Identifies the post in one of its gaps, keeping the gap's title and date if the post has none.
    fn described(&self, gap: Gap) -> Gap {
        Gap { key: self.id.clone(), title: self.title.clone().or(gap.title), date: self.published.or(gap.date), ..gap }
    }
}

/// Returns the first gap reported under one of `names` that `counts`.
fn reported_gap(
    catalog: &Catalog,
    kind: SubjectKind,
    names: &[String],
    counts: impl Fn(&Gap) -> bool,
) -> Result<Option<Gap>> {
    for name in names {
        if let Some(gap) = catalog.gap_seen(kind, name)?.filter(&counts) {
            return Ok(Some(gap));
        }
    }
    Ok(None)
}

/// A file of a post, inside the bag's `data/`.
pub(crate) struct PostFile {
    /// Bag the file belongs to.
    pub(crate) class: Class,
    /// Path inside the bag.
    pub(crate) path: String,
    /// Contents.
    pub(crate) bytes: Vec<u8>,
}

/// The files that posts have after this commit.
#[derive(Default)]
pub(crate) struct Written(BTreeSet<(Class, String)>);

impl Written {
    /// Writes a file.
    pub(crate) fn put(&mut self, plan: &mut CommitPlan<'_>, file: PostFile) -> Result<()> {
        plan.put(file.class, &file.path, &file.bytes)?;
        self.0.insert((file.class, file.path));
        Ok(())
    }

    /// Removes all other files below `folder` from both bags, such as those of a former class or path, of lost content
    /// or of former versions.
    pub(crate) fn remove_others(&self, commit: &Commit<'_>, plan: &mut CommitPlan<'_>, folder: &str) -> Result<()> {
        for class in [Class::Public, Class::Private] {
            for path in commit.catalog.payload_under(class, folder)? {
                if !self.0.contains(&(class, path.clone())) {
                    plan.remove(class, &path);
                }
            }
        }
        Ok(())
    }
}
