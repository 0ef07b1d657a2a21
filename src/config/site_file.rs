//! Edits `site.toml` in its place: only the keys that change are written, and everything else of the file, comments and
//! order among it, stays as the owner wrote it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::site::{FILE_NAME, SiteConfig};
use crate::error::{Error, Result};
use crate::model::site::Follow;
use crate::platform;

/// Mark at the beginning of a file in UTF-8.
const MARK: char = '\u{feff}';

/// The text of `site.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Path of the file, which need not exist yet.
    pub path: PathBuf,
    /// Its text, empty if there is no file.
    pub text: String,
}

impl SiteFile {
    /// Reads the file that the site of the archive at `root` is built by, or that it will be.
    ///
    /// # Errors
    /// `config-unreadable`.
    pub fn of(root: &Path) -> Result<Self> {
        let path = SiteConfig::usual(root).unwrap_or_else(|| root.join(FILE_NAME));
        let text = match platform::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Error::usage("config-unreadable").with("path", path.display()).because(error));
            }
        };
        Ok(Self { path, text })
    }

    /// Returns what the file says, with the paths as they are written.
    ///
    /// # Errors
    /// As [`SiteConfig::read`].
    pub fn config(&self) -> Result<SiteConfig> {
        SiteConfig::parse(&self.text, &self.path)
    }

    /// Returns what the file says, with paths that are relative to its folder made absolute.
    ///
    /// # Errors
    /// As [`SiteConfig::read`].
    pub fn settled(&self) -> Result<SiteConfig> {
        Ok(self.config()?.in_folder(&self.path))
    }

    /// Returns the file with what `new` says.
    ///
    /// # Errors
    /// As [`SiteConfig::read`], for the file as it is and as it would be.
    pub fn with(&self, new: &SiteConfig) -> Result<Self> {
        let old = self.config()?;
        let invalid = |error| Error::usage("config-invalid").with("path", self.path.display()).because(error);
        let mut document: DocumentMut = self.text.parse().map_err(invalid)?;
        let table = document.as_table_mut();
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        for (key, old, new) in [
            ("title", &old.title, &new.title),
            ("copyright", &old.copyright, &new.copyright),
            ("licence", &old.licence, &new.licence),
            ("licence-url", &old.licence_url, &new.licence_url),
            ("icp", &old.icp, &new.icp),
            ("notice", &old.notice, &new.notice),
            ("base-url", &old.base_url, &new.base_url),
            ("media-base", &old.media_base, &new.media_base),
            ("host", &old.host, &new.host),
            ("hide-list", &path(&old.hide_list), &path(&new.hide_list)),
            ("templates", &path(&old.templates), &path(&new.templates)),
        ] {
            if old != new {
                set(table, key, new.as_ref().map(|text| text.as_str().into()));
            }
        }
        if old.comments != new.comments {
            set(table, "comments", Some(new.comments.code().into()));
        }
        for (key, old, new) in
            [("noindex", old.noindex, new.noindex), ("no-short-links", old.no_short_links, new.no_short_links)]
        {
            if old != new {
                set(table, key, Some(new.into()));
            }
        }
        for (key, old, new) in
            [("only", &old.only, &new.only), ("except", &old.except, &new.except), ("hide", &old.hide, &new.hide)]
        {
            if old != new {
                set_list(table, key, new);
            }
        }
        if old.follow != new.follow {
            set_follow(table, &new.follow);
        }
        let mut text = document.to_string();
        // The parser drops this mark of editors, and ends lines in one way only.
        if self.text.starts_with(MARK) {
            text.insert(0, MARK);
        }
        if self.text.contains("\r\n") {
            text = text.replace('\n', "\r\n");
        }
        let edited = Self { path: self.path.clone(), text };
        edited.config()?;
        Ok(edited)
    }

    /// Writes the file, or leaves the old one as it was.
    ///
    /// # Errors
    /// `config-write-failed`.
    pub fn write(&self) -> Result<()> {
        let failed = |error| Error::disk("config-write-failed", self.path.display(), error);
        // A link leads to the file that is meant.
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut file = tempfile::Builder::new().prefix(".site-").tempfile_in(folder).map_err(failed)?;
        file.write_all(self.text.as_bytes()).and_then(|()| platform::sync_open_file(file.as_file())).map_err(failed)?;
        if let Ok(before) = std::fs::metadata(&path) {
            let _ = std::fs::set_permissions(file.path(), before.permissions());
        }
        let (_, written) = file.keep().map_err(|error| failed(error.error))?;
        platform::rename(&written, &path).map_err(|error| {
            let _ = platform::remove_file(&written);
            failed(error)
        })
    }
}

/// Sets a key, keeping the comment behind its old value, or removes it.
fn set(table: &mut Table, key: &str, new: Option<Value>) {
    match (new, table.get_mut(key).and_then(Item::as_value_mut)) {
        (None, _) => drop(table.remove(key)),
        (Some(mut new), Some(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        (Some(new), None) => drop(table.insert(key, value(new))),
    }
}

/// Changes a list to hold these texts, in the order of the file; comments in it stay.
fn set_list(table: &mut Table, key: &str, new: &[String]) {
    let Some(list) = table.get_mut(key).and_then(Item::as_array_mut) else {
        return set(table, key, Some(new.iter().collect::<Array>().into()));
    };
    let held: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    for index in (0..list.len()).rev() {
        if !list.get(index).and_then(Value::as_str).is_some_and(|text| new.iter().any(|other| other == text)) {
            remove(list, index);
        }
    }
    let indent = list.iter().last().map(|last| indent(last.decor().prefix().and_then(|prefix| prefix.as_str())));
    for text in new.iter().filter(|text| !held.contains(text)) {
        list.push(text.as_str());
        if let (Some(indent), Some(last)) = (&indent, list.iter_mut().last()) {
            last.decor_mut().set_prefix(indent);
        }
    }
}

/// Returns the white space in front of an element that comes after one with this `prefix`.
fn indent(prefix: Option<&str>) -> String {
    let prefix = prefix.unwrap_or_default();
    match prefix.rsplit_once('\n') {
        Some((_, space)) => format!("\n{space}"),
        None => " ".to_owned(),
    }
}

/// Removes an element; a comment in front of it moves to the next one, or to the end of the list.
fn remove(list: &mut Array, index: usize) {
    let removed = list.remove(index);
    let prefix = removed.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
    if !prefix.contains('#') {
        return;
    }
    let joined = |after: Option<&str>| format!("{prefix}{}", after.unwrap_or_default().trim_start_matches([' ', '\t']));
    if let Some(next) = list.get_mut(index) {
        let joined = joined(next.decor().prefix().and_then(|prefix| prefix.as_str()));
        next.decor_mut().set_prefix(joined);
    } else {
        let joined = joined(list.trailing().as_str());
        list.set_trailing(joined);
    }
}

/// Sets the places to follow the author, each in its table.
fn set_follow(table: &mut Table, new: &[Follow]) {
    const KEY: &str = "follow";
    if let Some(list) = table.get_mut(KEY).and_then(Item::as_array_mut) {
        let decor = list.decor().clone();
        let mut places = Array::new();
        for place in new {
            let mut one = InlineTable::new();
            one.insert("name", place.name.as_str().into());
            if let Some(url) = &place.url {
                one.insert("url", url.as_str().into());
            }
            places.push(one);
        }
        *places.decor_mut() = decor;
        table.insert(KEY, value(places));
        return;
    }
    let mut places = table.get(KEY).and_then(Item::as_array_of_tables).cloned().unwrap_or_default();
    while places.len() > new.len() {
        places.remove(places.len() - 1);
    }
    for (index, place) in new.iter().enumerate() {
        if index == places.len() {
            places.push(Table::new());
        }
        let Some(one) = places.get_mut(index) else { continue };
        if one.get("name").and_then(Item::as_str) != Some(place.name.as_str()) {
            set(one, "name", Some(place.name.as_str().into()));
        }
        if one.get("url").and_then(Item::as_str) != place.url.as_deref() {
            set(one, "url", place.url.as_deref().map(Into::into));
        }
    }
    put_tables(table, KEY, places);
}

fn put_tables(table: &mut Table, key: &str, tables: ArrayOfTables) {
    if tables.is_empty() {
        table.remove(key);
    } else {
        table.insert(key, Item::ArrayOfTables(tables));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::site::CommentChoice;

    const OWN: &str = "\
# 我的网站
title = \"山间\" # 原来的名字
comments = \"none\"

# 不想放的
hide = [
    \"short:A\", # 早年的
    # 家里人
    \"short:B\",
]
noindex = true

[[follow]] # 博客
name = \"旧博客\"
url = \"https://a.example\" # 还在
";

    fn file(text: &str) -> SiteFile {
        SiteFile { path: PathBuf::from("site.toml"), text: text.to_owned() }
    }

    #[test]
    fn saving_without_a_change_changes_no_byte() {
        let (lines, marked) = (OWN.replace('\n', "\r\n"), format!("\u{feff}{OWN}"));
        for text in ["", OWN, &lines, &marked, "follow = [{ name = \"x\" }] # y\n", include_str!("../../docs/site.md")]
        {
            let text = text.split("```toml\n").last().unwrap().split("```").next().unwrap();
            let file = file(text);
            assert_eq!(file.with(&file.config().unwrap()).unwrap().text, text);
        }
    }

    #[test]
    fn what_changes_is_written_and_comments_stay() {
        let old = file(OWN);
        let mut config = old.config().unwrap();
        config.title = Some("山间来信".to_owned());
        config.notice = Some("a \"b\"\n# no comment".to_owned());
        config.noindex = false;
        config.comments = CommentChoice::Own;
        config.hide = vec!["short:B".to_owned(), "short:C".to_owned()];
        config.follow = vec![
            Follow { name: "新博客".to_owned(), url: Some("https://a.example".to_owned()) },
            Follow { name: "公众号".to_owned(), url: None },
        ];
        let new = old.with(&config).unwrap();
        assert_eq!(new.config().unwrap(), config);
        for kept in [
            "# 我的网站\n",
            "\"山间来信\" # 原来的名字\n",
            "# 早年的\n",
            "# 家里人\n",
            "# 不想放的\n",
            "# 博客\n",
            "# 还在\n",
        ] {
            assert!(new.text.contains(kept), "{kept} in {}", new.text);
        }
        config.hide.clear();
        config.follow.clear();
        config.title = None;
        let last = new.with(&config).unwrap();
        assert_eq!(last.config().unwrap(), config);
        assert!(last.text.contains("# 早年的\n") && last.text.contains("# 家里人\n"), "{}", last.text);
    }

    #[test]
    fn a_list_of_places_in_one_line_stays_one() {
        let old = file("follow = [{ name = \"x\" }] # y\n");
        let follow = vec![Follow { name: "z".to_owned(), url: Some("https://a.b".to_owned()) }];
        let new = old.with(&SiteConfig { follow, ..SiteConfig::default() }).unwrap();
        assert_eq!(new.text, "follow = [{ name = \"z\", url = \"https://a.b\" }] # y\n");
    }

    #[test]
    fn a_broken_file_is_not_touched_and_a_bad_value_makes_no_file() {
        assert_eq!(file("titel = \"x\"\n").with(&SiteConfig::default()).unwrap_err().code(), "config-invalid");
        let bad = SiteConfig { licence_url: Some("javascript:alert(1)".to_owned()), ..SiteConfig::default() };
        assert_eq!(file("").with(&bad).unwrap_err().code(), "config-link-invalid");
    }

    #[test]
    fn the_file_in_use_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = SiteFile::of(folder.path()).unwrap();
        assert_eq!((file.text.as_str(), file.path.as_path()), ("", &*folder.path().join("site.toml")));
        file.text = "title = \"x\"\n".to_owned();
        file.write().unwrap();
        assert_eq!(SiteFile::of(folder.path()).unwrap(), file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
