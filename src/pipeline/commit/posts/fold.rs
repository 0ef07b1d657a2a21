//! Folds the observations of a note or a video into its merged record, its class and its media.

use super::join::{self, Known};
use super::matching::{How, Wanted};
use super::{Folded, reported_gap};
use crate::error::Result;
use crate::model::article::Provenance;
use crate::model::class::{ShortPostStanding, of_short_post};
use crate::model::fold::{Merged, fold};
use crate::model::post::VideoSource;
use crate::model::{Form, Kind, MediaKey, MediaRef, MediaRole, SavedFile, Sha256, ShortPostFields, SubjectKind, Time};
use crate::pipeline::archive::ownership::Owner;
use crate::store::Catalog;

/// The content specific to a note or a video.
#[derive(Debug)]
pub(crate) struct ShortPostContent {
    /// The merged fields.
    pub(crate) fields: ShortPostFields,
    /// Sources of the fields.
    pub(crate) provenance: Provenance,
    /// What the lists declare of its video.
    pub(crate) wanted: Wanted,
    /// Addresses of its video.
    pub(crate) sources: Vec<VideoSource>,
    /// File matched as its video, and how it was matched.
    pub(crate) video: Option<(SavedFile, How)>,
}

/// A note or a video after the fold. Until it is matched it counts as not held, and its gap is the reported one.
pub(crate) type FoldedShortPost = Folded<ShortPostContent>;

/// The accounts whose posts are own.
pub(crate) struct Ownership<'a> {
    /// The 公众号.
    pub(crate) own: Option<&'a Owner>,
    /// The 视频号 that the owner's backend or the user named.
    pub(crate) finders: Vec<String>,
}

impl Ownership<'_> {
    fn has(&self, kind: Kind, fields: &ShortPostFields) -> bool {
        if kind == Kind::Video {
            let named = fields.account.as_ref().is_some_and(|account| self.finders.contains(account));
            return fields.from_owner == Some(true) || named;
        }
        self.own.is_some_and(|own| own.has(&fields.account, &fields.account_user_name, &fields.account_name))
    }
}

/// Folds all notes and videos.
pub(crate) fn all(catalog: &Catalog, own: Option<&Owner>) -> Result<Vec<FoldedShortPost>> {
    let mut whose = Ownership { own, finders: finders(catalog)? };
    whose.finders.extend(own.and_then(|own| own.finder.clone()));
    let mut known: Vec<(Kind, Known, Merged, ShortPostFields)> = Vec::new();
    for kind in [Kind::Note, Kind::Video] {
        for one in join::all(catalog, kind)? {
            let mut merged = fold(one.observations.clone());
            let fields = join::decode(std::mem::take(&mut merged.fields))?;
            // A work that the owner's backend lists and that names its account identifies that account as the owner's.
            whose.finders.extend(fields.account.clone().filter(|_| fields.from_owner == Some(true)));
            known.push((kind, one, merged, fields));
        }
    }
    known.into_iter().map(|(kind, one, merged, fields)| folded(catalog, kind, one, merged, fields, &whose)).collect()
}

/// Returns the accounts that the owner's backend showed as the owner's.
fn finders(catalog: &Catalog) -> Result<Vec<String>> {
    let mut finders = Vec::new();
    for entity in catalog.entities(Kind::Account, false)? {
        let names = catalog.names(entity)?;
        finders.extend(names.iter().filter_map(|name| name.strip_prefix("finder:")).map(str::to_owned));
    }
    Ok(finders)
}

fn folded(
    catalog: &Catalog,
    kind: Kind,
    known: Known,
    merged: Merged,
    mut fields: ShortPostFields,
    whose: &Ownership<'_>,
) -> Result<FoldedShortPost> {
    let subject = if kind == Kind::Video { SubjectKind::Video } else { SubjectKind::Note };
    let reported = reported_gap(catalog, subject, &known.names, |_| true)?;
    fields.published = fields.published.or_else(|| fields.day.as_deref().and_then(Time::from_wall));
    fields.day = None;
    let own = whose.has(kind, &fields);
    let form = fields.form.unwrap_or(Form::Other);
    let withdrawn = fields.deleted == Some(true)
        || fields.blocked == Some(true)
        || reported.as_ref().is_some_and(|gap| gap.reason.is_withdrawn());
    let class = of_short_post(ShortPostStanding {
        own,
        withdrawn,
        restricted: fields.restricted == Some(true),
        live: form == Form::Live,
    });
    let id = canonical_id(&known.names);
    let (wanted, sources) = wanted(&known, &fields);
    Ok(Folded {
        entity: known.entity,
        kind,
        id,
        names: known.names,
        form,
        title: title_of(&fields),
        published: fields.published,
        account: fields.account.clone(),
        own,
        foreign: !own && fields.account.is_some(),
        class,
        held: false,
        listed: true,
        gap: reported,
        content: ShortPostContent { fields, provenance: merged.provenance, wanted, sources, video: None },
    })
}

/// Returns the title, or the beginning of the text, for lists.
fn title_of(fields: &ShortPostFields) -> Option<String> {
    let text = fields.title.as_deref().or(fields.text.as_deref())?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect())
}

/// Merges what all lists declare of the video: one may know its digest, another its key.
fn wanted(known: &Known, fields: &ShortPostFields) -> (Wanted, Vec<VideoSource>) {
    let text = fields.text.clone().unwrap_or_default();
    let mut wanted = Wanted { names: known.names.clone(), text, ..Wanted::default() };
    let mut sources: Vec<VideoSource> = Vec::new();
    let mut observations: Vec<_> = known.observations.iter().collect();
    observations.sort_by_key(|one| (one.rank, std::cmp::Reverse(one.as_of), one.evidence, one.ordinal));
    for one in observations {
        let text = |name: &str| one.fields.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let number = |name: &str| one.fields.get(name).and_then(serde_json::Value::as_u64);
        wanted.md5.extend(text("md5"));
        wanted.bytes.extend(number("bytes"));
        wanted.durations.extend(number("duration_ms"));
        let video = one.fields.get("film").and_then(|video| serde_json::from_value::<VideoSource>(video.clone()).ok());
        if let Some(video) = video.filter(|video| !sources.contains(video)) {
            wanted.keys.extend(video.key);
            sources.push(video);
        }
    }
    for list in [&mut wanted.bytes, &mut wanted.durations, &mut wanted.keys] {
        list.sort_unstable();
        list.dedup();
    }
    wanted.md5.sort();
    wanted.md5.dedup();
    (wanted, sources)
}

/// Returns the canonical id: the number of the note or the work if there is one, the id of an export last.
pub(crate) fn canonical_id(names: &[String]) -> String {
    let starting = |prefix: &'static str| names.iter().find(move |name| name.starts_with(prefix));
    ["note:", "object:", "live:", "export:"]
        .into_iter()
        .find_map(starting)
        .or_else(|| names.first())
        .cloned()
        .unwrap_or_default()
}

impl FoldedShortPost {
    /// Reports whether its content is a video of a 视频号.
    pub(crate) fn is_video(&self) -> bool {
        self.kind == Kind::Video && self.form != Form::Picture
    }

    /// Returns the key of its video.
    pub(crate) fn video_key(&self) -> MediaKey {
        MediaKey::of_video(&format!("finder:{}", self.id))
    }

    /// Returns every medium it uses, cover first.
    pub(crate) fn media(&self) -> Vec<MediaRef> {
        let video = self.is_video().then(|| MediaRef {
            key: self.video_key(),
            role: MediaRole::Video,
            urls: Vec::new(),
            local: None,
            width: self.content.fields.width,
            height: self.content.fields.height,
            md5: self.content.fields.md5.clone(),
            bytes: self.content.fields.bytes,
        });
        self.content.fields.cover.iter().chain(&self.content.fields.attachments).cloned().chain(video).collect()
    }

    /// Returns the path of its record inside the bag's `data/`. It depends only on the post itself, not on the order in
    /// which its lists were imported.
    pub(crate) fn path(&self) -> String {
        let folder = if self.kind == Kind::Video { "videos" } else { "notes" };
        let year = self.published.map_or_else(|| "undated".to_owned(), |time| time.year().to_string());
        let number = match self.kind {
            Kind::Video => self.id.strip_prefix("object:"),
            _ => self.id.rsplit_once('_').map(|(_, number)| number).filter(|_| self.own),
        };
        let plain = |text: &&str| (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let name =
            number.filter(plain).map_or_else(|| Sha256::of(self.id.as_bytes()).hex()[..16].to_owned(), str::to_owned);
        format!("{folder}/{year}/{name}.json")
    }
}
