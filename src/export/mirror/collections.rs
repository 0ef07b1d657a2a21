//! Albums and tags: what belongs to them and in which order.

use std::collections::BTreeMap;

use crate::archive::View;
use crate::error::Result;
use crate::export::OutPath;
use crate::model::{AlbumFields, Sha256};

/// An album or a tag.
pub(super) struct Collection {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) page: OutPath,
    pub(super) members: Vec<usize>,
}

/// The id in the URL of an album's public page.
pub(super) fn album_id(href: &str) -> Option<String> {
    let url = url::Url::parse(&crate::model::article_url::decode(href)).ok()?;
    let album = url.host_str() == Some("mp.weixin.qq.com") && url.path() == "/mp/appmsgalbum";
    album.then(|| url.query_pairs().find(|(name, _)| name == "album_id").map(|(_, id)| id.into_owned())).flatten()
}

/// A name of a page that an id of whatever form gives.
fn file_name(id: &str) -> String {
    let plain = !id.is_empty() && id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if plain { id.to_owned() } else { Sha256::of(id.as_bytes()).hex()[..12].to_owned() }
}

/// The number of an album; one whose list does not say it is known by its title.
fn id_of(album: &AlbumFields) -> String {
    let named = || {
        let title = album.title.as_deref().unwrap_or_default();
        format!("title-{}", &Sha256::of(title.as_bytes()).hex()[..12])
    };
    album.id.clone().unwrap_or_else(named)
}

/// The albums: each in the order of its own list.
pub(super) fn albums(view: &View) -> Result<Vec<Collection>> {
    let mut found: BTreeMap<String, Collection> = BTreeMap::new();
    let mut add = |id: &str, title: &str, member: Option<usize>| -> Result<()> {
        if id.is_empty() {
            return Ok(());
        }
        if !found.contains_key(id) {
            let page = OutPath::new(format!("albums/{}.html", file_name(id)))?;
            let album =
                Collection { id: id.to_owned(), title: String::new(), description: None, page, members: Vec::new() };
            found.insert(id.to_owned(), album);
        }
        if let Some(album) = found.get_mut(id) {
            if !title.is_empty() {
                title.clone_into(&mut album.title);
            }
            if let Some(member) = member.filter(|member| !album.members.contains(member)) {
                album.members.push(member);
            }
        }
        Ok(())
    };
    // The album's own order first, then what only the articles say, by date.
    for album in view.albums() {
        let id = id_of(album);
        add(&id, album.title.as_deref().unwrap_or_default(), None)?;
        for alias in &album.articles {
            add(&id, "", view.find(alias))?;
        }
    }
    for (index, entry) in view.entries().iter().enumerate() {
        for album in &entry.albums {
            add(&album.id, &album.title, Some(index))?;
        }
    }
    for album in view.albums() {
        if let Some(known) = found.get_mut(&id_of(album)) {
            known.description.clone_from(&album.description);
        }
    }
    Ok(found.into_values().filter(|album| !album.members.is_empty() && !album.title.is_empty()).collect())
}

/// The tags of the articles.
pub(super) fn tags(view: &View) -> Result<Vec<Collection>> {
    let mut found: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, entry) in view.entries().iter().enumerate() {
        for tag in entry.tags.iter().map(|tag| tag.trim().trim_matches('#')).filter(|tag| !tag.is_empty()) {
            let members = found.entry(tag).or_default();
            if members.last() != Some(&index) {
                members.push(index);
            }
        }
    }
    found
        .into_iter()
        .map(|(tag, members)| {
            let page = OutPath::new(format!("tags/{}.html", &Sha256::of(tag.as_bytes()).hex()[..12]))?;
            Ok(Collection { id: tag.to_owned(), title: tag.to_owned(), description: None, page, members })
        })
        .collect()
}
