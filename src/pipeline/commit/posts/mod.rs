//! Posts in a commit: folded from what evidence says of them, classed, and written as a record each. Articles are folded one
//! by one; notes and videos together (they are few, and what one is can depend on the others).

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
pub(crate) use self::short_posts::{rehearse, saved_alone, settle};
pub(crate) use self::table::{SAVED, SAVED_COLUMNS, TABLES, restore_saved, saved_row, write_row};

/// A post after the fold; `C` is what its kind has besides.
#[derive(Debug)]
pub(crate) struct Folded<C> {
    /// The thing.
    pub(crate) entity: i64,
    /// What kind.
    pub(crate) kind: Kind,
    /// Its canonical id.
    pub(crate) id: String,
    /// Every name, sorted.
    pub(crate) names: Vec<String>,
    /// What it is.
    pub(crate) form: Form,
    /// Its title; of a note or a video without one, how its words begin.
    pub(crate) title: Option<String>,
    /// When it was published.
    pub(crate) published: Option<Time>,
    /// Its account.
    pub(crate) account: Option<String>,
    /// It is the archive's own account's.
    pub(crate) own: bool,
    /// Another account's for certain, not merely unknown.
    pub(crate) foreign: bool,
    /// Its class.
    pub(crate) class: Class,
    /// Its content is held.
    pub(crate) held: bool,
    /// Some list names it.
    pub(crate) listed: bool,
    /// Why it is not held, or what is missing of it.
    pub(crate) gap: Option<Gap>,
    /// What only its kind has.
    pub(crate) content: C,
}

impl<C> Folded<C> {
    /// Returns the catalog's row for it.
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
            // What another account's list says is missing is not missing here.
            gap: self.gap.clone().filter(|_| !self.foreign),
        }
    }

    /// Returns the names besides its id.
    fn aliases(&self) -> Vec<String> {
        self.names.iter().filter(|name| **name != self.id).cloned().collect()
    }

    /// Names the post in one of its gaps; what it does not know of itself the gap may.
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
    /// Which bag it belongs to.
    pub(crate) class: Class,
    /// Its path.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// The files that posts have now.
#[derive(Default)]
pub(crate) struct Written(BTreeSet<(Class, String)>);

impl Written {
    /// Writes a file.
    pub(crate) fn put(&mut self, plan: &mut CommitPlan<'_>, file: PostFile) -> Result<()> {
        plan.put(file.class, &file.path, &file.bytes)?;
        self.0.insert((file.class, file.path));
        Ok(())
    }

    /// Removes from both bags whatever else lies below `folder`: what changed its class or place, lost its content or its
    /// older versions leaves nothing behind.
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
