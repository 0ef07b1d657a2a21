//! A list of any length, read twice instead of being held: for what it says as a whole, then article by article.

use crate::error::Result;
use crate::parse::list::{List, Listed};
use crate::source::{EvidenceId, Out};

/// Reads a list into an empty one, and calls `took` after each entry.
pub(super) type Reads<'r> = dyn Fn(&mut List, &mut dyn FnMut(&mut List) -> Result<()>) -> Result<()> + 'r;

/// What a list says as a whole.
pub(super) struct Whole {
    /// The list, without its articles.
    pub(super) list: List,
    /// How many articles it has.
    pub(super) articles: u64,
    /// Whether it has entries with articles, named or not.
    pub(super) any: bool,
}

/// Sums up articles that come and go.
#[derive(Default)]
struct Sum {
    all: usize,
    /// Those that something names, without and with the list's account.
    named: [usize; 2],
    /// The first account, and whether there is another.
    biz: Option<String>,
    mixed: bool,
}

impl Sum {
    fn add(&mut self, articles: Vec<Listed>) {
        for mut listed in articles {
            self.all += 1;
            match (&self.biz, &listed.link.biz) {
                (Some(known), Some(biz)) => self.mixed |= known != biz,
                (None, Some(biz)) => self.biz = Some(biz.clone()),
                (_, None) => {}
            }
            self.named[0] += usize::from(!listed.link.aliases().is_empty());
            listed.link.biz.get_or_insert_with(|| "-".to_owned());
            self.named[1] += usize::from(!listed.link.aliases().is_empty());
        }
    }
}

impl Whole {
    /// Reads the list once.
    pub(super) fn read(empty: &List, reads: &Reads<'_>) -> Result<Self> {
        let (mut list, mut sum) = (empty.clone(), Sum::default());
        reads(&mut list, &mut |list| {
            sum.add(list.take_settled());
            Ok(())
        })?;
        sum.add(std::mem::take(&mut list.articles));
        list.biz = list.biz.or(sum.biz.filter(|_| !sum.mixed));
        let named = sum.named[usize::from(list.biz.is_some())];
        list.unread += sum.all - named;
        Ok(Self { list: list.finish(), articles: named as u64, any: sum.all > 0 })
    }

    /// Reads it once more, and emits it.
    pub(super) fn emit(
        &self,
        empty: &List,
        reads: &Reads<'_>,
        evidence: EvidenceId,
        locator: &str,
        out: &mut dyn Out,
    ) -> Result<()> {
        super::beginning(&self.list, self.articles, evidence, out)?;
        let mut list = empty.clone();
        let mut emit = |articles: Vec<Listed>| {
            articles.into_iter().try_for_each(|mut listed| {
                listed.belongs_to(self.list.biz.as_ref());
                super::article(&listed, evidence, out)
            })
        };
        reads(&mut list, &mut |list| emit(list.take_settled()))?;
        emit(list.articles)?;
        super::rest(&self.list, self.articles, evidence, locator, out)
    }
}
