//! Names of an export's files and folders, made from dates and titles: readable, safe on every system, unique whatever a
//! system takes for the same name, and the same in every run.

use super::publication::Publication;
use crate::archive::PostEntry;
use crate::model::names::{collision_key, safe_name};
use crate::model::{NameMap, NameSet, Sha256, Time};

/// Names given so far, by what a file system takes for the same name.
#[derive(Debug, Default)]
pub struct Names {
    taken: NameSet,
    /// Each name has its own counter, so that a thousand posts with one title do not take a thousand attempts each.
    numbers: NameMap<u32>,
}

impl Names {
    /// Returns `wanted`, with a number at its end if it is taken: `title`, `title-2` …
    pub fn give(&mut self, wanted: &str) -> String {
        let number = self.numbers.get_or_put(&collision_key(wanted), 0);
        loop {
            *number += 1;
            let name = if *number == 1 { wanted.to_owned() } else { format!("{wanted}-{number}") };
            if self.taken.insert(collision_key(&name)) {
                return name;
            }
        }
    }
}

/// Returns the name of each post by its index in the view, as `wanted` makes it.
pub fn of_posts(publication: &Publication<'_>, wanted: impl Fn(&Publication<'_>, &PostEntry) -> String) -> Vec<String> {
    let mut names = Names::default();
    publication.view().posts().iter().map(|post| names.give(&wanted(publication, post))).collect()
}

/// Returns a name made from the day and the title: `2024-05-06 谷雨前后`.
pub fn day_and_title(publication: &Publication<'_>, post: &PostEntry) -> String {
    let day = post.published.map(Time::date).unwrap_or_default();
    let title = safe_name(&publication.title(post).unwrap_or_default());
    let name = [day, title].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { code(post) } else { name }
}

/// Returns a short, stable name in ASCII: `20240506-2650000112-1`, or one with a digest if the platform's numbers are
/// not known.
pub fn code(post: &PostEntry) -> String {
    let day = post.published.map_or_else(|| "undated".to_owned(), |time| time.date().replace('-', ""));
    match numbers(post) {
        Some((mid, idx)) => format!("{day}-{mid}-{idx}"),
        None => format!("{day}-{}", &Sha256::of(post.id.as_bytes()).hex()[..12]),
    }
}

/// Returns the platform's numbers of a post, `mid` and `idx`, if they are known.
pub fn numbers(post: &PostEntry) -> Option<(&str, &str)> {
    let parts: Vec<&str> = post.id.rsplitn(3, '_').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts[..] {
        [idx, mid, _] if digits(&idx) && digits(&mid) => Some((mid, idx)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_are_the_same_on_any_system() {
        let mut names = Names::default();
        let given: Vec<String> = ["A", "a", "a-2", "A", "é", "e\u{301}"].iter().map(|name| names.give(name)).collect();
        assert_eq!(given, ["A", "a-2", "a-2-2", "A-3", "é", "e\u{301}-2"]);
    }
}
