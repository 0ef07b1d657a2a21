//! Lists of public albums (`getalbum`) fetched by the crawler page by page, which knows the album it requested. Saved
//! responses are read by [`super::album`], which also reads these when the catalog is rebuilt.

use crate::error::Result;
use crate::model::article::AlbumRef;
use crate::model::article_url::article_alias;
use crate::model::{AlbumFields, ArticleFields, Kind, Rank, Record};
use crate::parse::list::album_list::{AlbumEntry, AlbumList};
use crate::source::{EvidenceId, EvidenceMeta, Item, Out};

/// The album of a list, as far as the requester knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlbumName {
    /// Id of the album.
    pub id: Option<String>,
    /// `__biz` of the album's account.
    pub biz: Option<String>,
}

/// Returns the metadata of a kept response.
pub fn meta(locator: String) -> EvidenceMeta {
    EvidenceMeta {
        source: super::album::NAME,
        locator,
        template: "list",
        mime: "application/json",
        time: None,
        fetch: None,
    }
}

/// Emits the articles of a list and the album.
pub fn emit(list: &AlbumList, name: &AlbumName, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    // The response does not name its account; the links of its articles do.
    let biz = name.biz.clone().or_else(|| list.entries.iter().find_map(|entry| entry.url.as_ref()?.biz.clone()));
    let mut articles = Vec::new();
    for entry in &list.entries {
        let record = article(entry, list, name, biz.as_deref());
        articles.extend(record.aliases.first().cloned());
        if !record.aliases.is_empty() {
            out.item(Item::Record(record, evidence))?;
        }
    }
    let Some(id) = &name.id else { return Ok(()) };
    let fields = AlbumFields {
        id: Some(id.clone()),
        title: list.title.clone(),
        description: list.description.clone(),
        cover: list.cover.clone(),
        declared_count: list.declared_count,
        articles,
        ..AlbumFields::default()
    };
    let record = Record::new(Kind::Album, Rank::List, vec![format!("album:{id}")], &fields).of_account(biz);
    out.item(Item::Record(record, evidence))
}

fn article(entry: &AlbumEntry, list: &AlbumList, name: &AlbumName, biz: Option<&str>) -> Record {
    let mut aliases = entry.url.as_ref().map(crate::model::ArticleUrl::aliases).unwrap_or_default();
    if let Some(biz) = biz {
        let alias = article_alias(biz, &entry.msgid, &entry.itemidx);
        if !aliases.contains(&alias) {
            aliases.insert(0, alias);
        }
    }
    let album = name.id.clone().map(|id| AlbumRef { id, title: list.title.clone().unwrap_or_default(), url: None });
    let fields = ArticleFields {
        biz: biz.map(str::to_owned),
        mid: Some(entry.msgid.clone()),
        idx: Some(entry.itemidx.clone()),
        sn: entry.url.as_ref().and_then(|url| url.sn.clone()),
        url: entry.url.as_ref().and_then(crate::model::ArticleUrl::canonical),
        title: entry.title.clone(),
        account_name: list.account_name.clone(),
        account_user_name: list.account_user_name.clone(),
        published: entry.published,
        item_show_type: entry.item_show_type,
        albums: album.into_iter().collect(),
        ..ArticleFields::default()
    };
    Record::new(Kind::Article, Rank::List, aliases, &fields).of_account(biz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::list::album_list::parse;

    #[test]
    fn a_list_names_its_articles_and_its_album() {
        let body = br#"{"base_resp":{"ret":0},"getalbum_resp":{"article_list":{"msgid":"2650000001","itemidx":"1",
            "title":"t","url":"http://mp.weixin.qq.com/s?__biz=MzA=&amp;mid=2650000001&amp;idx=1&amp;sn=s"},
            "base_info":{"title":"a","article_count":"3"},"continue_flag":"0"}}"#;
        let list = parse(body).unwrap();
        let mut items: Vec<Item> = Vec::new();
        let name = AlbumName { id: Some("99".to_owned()), biz: None };
        emit(&list, &name, crate::model::Sha256::of(body), &mut items).unwrap();
        let records: Vec<&Record> = items
            .iter()
            .filter_map(|item| if let Item::Record(record, _) = item { Some(record) } else { None })
            .collect();
        assert_eq!(records[0].aliases, ["MzA=_2650000001_1", "sn:s"]);
        assert_eq!(records[0].rank, Rank::List);
        assert_eq!(records[1].aliases, ["album:99"]);
        assert_eq!(records[1].fields["articles"], serde_json::json!(["MzA=_2650000001_1"]));
        assert_eq!(records[1].account.as_deref(), Some("MzA="));
    }
}
