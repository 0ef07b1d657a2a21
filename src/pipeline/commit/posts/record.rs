//! The record of a note or a video as it stands in the archive.

use super::Settled;
use crate::error::{Error, Result};
use crate::model::piece::{NOTE_SCHEMA, Post, VIDEO_SCHEMA};
use crate::model::{Gap, Kind, MediaRef, PostFields, SubjectKind};
use crate::pipeline::commit::article_files::{ClassOf, media_use, without_empty};
use crate::secret::SafeUrl;
use crate::store::Catalog;

/// The bytes of the record.
pub(crate) fn render(catalog: &Catalog, settled: Settled, class_of: ClassOf<'_>) -> Result<Vec<u8>> {
    let Settled { folded, held, video, gap } = settled;
    let mut media = Vec::new();
    for medium in folded.media() {
        let mut one = media_use(catalog, &medium, class_of)?;
        one.url = one.url.map(|url| SafeUrl::new(&url).as_str().to_owned());
        if medium.key == folded.video_key() {
            // A video has no size before it is played; the file says it.
            let file = video.as_ref().map(|(file, _)| file);
            one.width = file.and_then(|file| file.width).or(one.width);
            one.height = file.and_then(|file| file.height).or(one.height);
            one.missing = gap.as_ref().map(|gap| gap.reason);
        }
        media.push(one);
    }
    let duration_ms = video.as_ref().and_then(|(file, _)| file.duration_ms).or(folded.fields.duration_ms);
    let missing = media.iter().filter(|one| held && one.missing.is_some()).filter_map(|one| {
        let mut gap = Gap::new(SubjectKind::Media, one.key.as_str(), one.missing?);
        gap.url.clone_from(&one.url);
        Some(gap)
    });
    let piece = Post {
        schema: if folded.kind == Kind::Video { VIDEO_SCHEMA } else { NOTE_SCHEMA }.to_owned(),
        aliases: folded.names.into_iter().filter(|name| *name != folded.id).collect(),
        class: folded.class,
        gaps: gap.into_iter().chain(missing).collect(),
        id: folded.id,
        fields: PostFields { duration_ms, form: Some(folded.form), ..for_everybody(folded.fields) },
        held,
        matched_by: video.map(|(_, how)| how.code().to_owned()),
        media,
        provenance: folded.merged.provenance,
    };
    let mut json = serde_json::to_value(&piece)
        .and_then(|value| serde_json::to_vec_pretty(&without_empty(value)))
        .map_err(|error| Error::other("article-encode-failed").because(error))?;
    json.push(b'\n');
    Ok(json)
}

/// The fields without what opens something and without what only the owner saw.
fn for_everybody(mut fields: PostFields) -> PostFields {
    let clean = |medium: &mut MediaRef| {
        medium.local = None;
        medium.urls = medium.urls.iter().map(|url| SafeUrl::new(url).as_str().to_owned()).collect();
    };
    fields.cover.iter_mut().chain(&mut fields.attachments).for_each(clean);
    fields.video = None;
    fields.statistics.clear();
    fields.from_owner = None;
    fields
}
