//! The posts of each file of an export that is read like a book: one file a post, or one a year.

use super::publication::Publication;
use super::{ExportOptions, names};
use crate::model::names::safe_name;

/// The posts of one file.
pub(super) struct Volume {
    /// Name of the file, without its extension.
    pub(super) name: String,
    /// Title on the first page, for a file of several posts.
    pub(super) title: Option<String>,
    /// Posts, oldest first.
    pub(super) posts: Vec<usize>,
}

/// Lists the files as the setting `volume` asks.
pub(super) fn volumes(publication: &Publication<'_>, options: &ExportOptions) -> Vec<Volume> {
    if options.settings.get("volume") == "year" {
        return years(publication, options);
    }
    let names = names::of_posts(publication, names::day_and_title);
    names.into_iter().enumerate().map(|(place, name)| Volume { name, title: None, posts: vec![place] }).collect()
}

fn years(publication: &Publication<'_>, options: &ExportOptions) -> Vec<Volume> {
    let account = publication.view().account();
    let name = options.identity.title.as_ref().or(account.name.as_ref()).map_or("", String::as_str).trim();
    let mut names = names::Names::default();
    let years = publication.years().iter().map(|(year, posts)| (year.to_string(), posts.clone()));
    let undated = Some(("undated".to_owned(), publication.undated().to_vec())).filter(|(_, posts)| !posts.is_empty());
    let volumes = years.chain(undated).map(|(year, posts)| {
        let title = [name, &year].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        Volume { name: names.give(&safe_name(&title)), title: Some(title), posts }
    });
    volumes.collect()
}
