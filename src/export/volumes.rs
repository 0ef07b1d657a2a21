//! The posts of each file of an export that is read like a book: one file a post, a year or an album.

use super::publication::Publication;
use super::{ExportOptions, names};
use crate::model::names::safe_name;
use crate::text::Texts;

/// The posts of one file.
pub(super) struct Volume {
    /// Identifier among the account's volumes, which stays the same when posts are added; the name for a file of one post.
    pub(super) id: String,
    /// Name of the file, without its extension.
    pub(super) name: String,
    /// Title on the first page, for a file of several posts.
    pub(super) title: Option<String>,
    /// Posts: those of an album in its order, others oldest first.
    pub(super) posts: Vec<usize>,
}

/// Lists the files as the setting `volume` asks.
pub(super) fn volumes(publication: &Publication<'_>, options: &ExportOptions, texts: &Texts) -> Vec<Volume> {
    let groups = match options.settings.get("volume") {
        "year" => years(publication, texts),
        "album" => albums(publication, texts),
        _ => {
            let names = names::of_posts(publication, names::day_and_title).into_iter().enumerate();
            let one =
                |(place, name): (usize, String)| Volume { id: name.clone(), name, title: None, posts: vec![place] };
            return names.map(one).collect();
        }
    };
    let site = publication.site_title(options).trim();
    let mut names = names::Names::default();
    let volumes = groups.into_iter().map(|(id, title, posts)| {
        let title = [site, title.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let title = if title.is_empty() { id.clone() } else { title };
        Volume { name: names.give(&safe_name(&title)), title: Some(title), id, posts }
    });
    volumes.collect()
}

/// The identifier, the title and the posts of a volume.
type Group = (String, String, Vec<usize>);

fn years(publication: &Publication<'_>, texts: &Texts) -> Vec<Group> {
    let years =
        publication.years().iter().map(|(year, posts)| (format!("year {year}"), year.to_string(), posts.clone()));
    let undated = ("undated".to_owned(), texts.get("mirror-undated", &[]), publication.undated().to_vec());
    years.chain(Some(undated).filter(|(_, _, posts)| !posts.is_empty())).collect()
}

fn albums(publication: &Publication<'_>, texts: &Texts) -> Vec<Group> {
    let albums = publication.albums().iter();
    let albums = albums.map(|album| (format!("album {}", album.id), album.title.clone(), album.members.clone()));
    let dated = publication.years().iter().rev().flat_map(|(_, posts)| posts);
    let all = dated.chain(publication.undated()).copied();
    let rest: Vec<usize> = all.filter(|place| publication.albums_of(*place).is_empty()).collect();
    let rest = ("rest".to_owned(), texts.get("export-no-album", &[]), rest);
    albums.chain(Some(rest).filter(|(_, _, posts)| !posts.is_empty())).collect()
}
