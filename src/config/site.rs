//! Reads `site.toml`: the owner's decisions about the site, so that every later run applies them. It is read from the
//! archive's folder or the current one; the command line takes precedence over it. Unknown keys are errors: a misspelt
//! `hide` must not publish what should be hidden.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::site::{CommentChoice, Follow, Identity};

/// Default file name.
pub const FILE_NAME: &str = "site.toml";

/// Content of `site.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SiteConfig {
    /// See [`Identity::title`].
    pub title: Option<String>,
    /// See [`Identity::copyright`].
    pub copyright: Option<String>,
    /// See [`Identity::licence`].
    pub licence: Option<String>,
    /// See [`Identity::licence_url`].
    pub licence_url: Option<String>,
    /// See [`Identity::icp`].
    pub icp: Option<String>,
    /// See [`Identity::notice`].
    pub notice: Option<String>,
    /// See [`Identity::follow`].
    pub follow: Vec<Follow>,
    /// Public URL of the site.
    pub base_url: Option<String>,
    /// Public URL of the site's media.
    pub media_base: Option<String>,
    /// Name of the hosting service.
    pub host: Option<String>,
    /// Comments to show.
    pub comments: CommentChoice,
    /// Whether to ask search engines not to index the site.
    pub noindex: bool,
    /// Whether to omit the pages for short old links.
    pub no_short_links: bool,
    /// Conditions an article must meet.
    pub only: Vec<String>,
    /// Conditions an article must not meet.
    pub except: Vec<String>,
    /// Articles that are not republished: links, ids, conditions.
    pub hide: Vec<String>,
    /// File with more of them, one per line.
    pub hide_list: Option<PathBuf>,
    /// Folder with the owner's templates.
    pub templates: Option<PathBuf>,
}

impl SiteConfig {
    /// Reads the file at `path`; paths in it are relative to its folder.
    ///
    /// # Errors
    /// `config-unreadable`, `config-invalid` with the parser's message, which names line and key, `config-link-invalid`
    /// for an address that a page must not link to.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::usage("config-unreadable").with("path", path.display()).because(error))?;
        Ok(Self::parse(&text, path)?.in_folder(path))
    }

    /// Parses the text of the file at `path`; paths in it are left as they are written.
    ///
    /// # Errors
    /// As [`SiteConfig::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let config: Self = toml::from_str(text)
            .map_err(|error| Error::usage("config-invalid").with("path", path.display()).because(error))?;
        if let Some((key, url)) = config.identity().bad_link() {
            return Err(Error::usage("config-link-invalid")
                .with("path", path.display())
                .with("key", key)
                .with("url", url));
        }
        Ok(config)
    }

    /// Makes its paths relative to the folder of the file at `path`.
    #[must_use]
    pub fn in_folder(mut self, path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new(""));
        for inside in [&mut self.hide_list, &mut self.templates].into_iter().flatten() {
            *inside = folder.join(&inside);
        }
        self
    }

    /// Returns the default file of the archive at `root`, else that of the current folder, if there is one.
    pub fn usual(root: &Path) -> Option<PathBuf> {
        [root.join(FILE_NAME), PathBuf::from(FILE_NAME)].into_iter().find(|path| path.is_file())
    }

    /// Reads the file named by the user, else the default one of the archive at `root`, else that of the current
    /// folder; empty if there is none.
    pub fn find(named: Option<&Path>, root: &Path) -> Result<Self> {
        if let Some(path) = named {
            return Self::read(path);
        }
        Self::usual(root).map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }

    /// Returns the site's texts about itself.
    pub fn identity(&self) -> Identity {
        Identity {
            title: self.title.clone(),
            copyright: self.copyright.clone(),
            licence: self.licence.clone(),
            licence_url: self.licence_url.clone(),
            icp: self.icp.clone(),
            notice: self.notice.clone(),
            follow: self.follow.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_documentation_is_one() {
        let docs = include_str!("../../docs/site.md");
        let example = docs.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
        let config: SiteConfig = toml::from_str(example).unwrap();
        assert_eq!((config.follow.len(), config.only.len(), config.comments), (1, 1, CommentChoice::None));
    }

    #[test]
    fn the_archives_file_is_found_and_a_misspelt_key_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        assert_eq!(SiteConfig::find(None, folder.path()).unwrap(), SiteConfig::default());
        std::fs::write(
            &path,
            "title = \"山间\"\nhide = [\"short:A\"]\nhide-list = \"hide.txt\"\n[[follow]]\nname = \"新号\"\n",
        )
        .unwrap();
        let found = SiteConfig::find(None, folder.path()).unwrap();
        assert_eq!(found.identity().follow, [Follow { name: "新号".into(), url: None }]);
        assert_eq!(found.hide_list, Some(folder.path().join("hide.txt")));
        for bad in ["licence-url = \"javascript:alert(1)\"", "[[follow]]\nname = \"a\"\nurl = \"javascript:alert(1)\""]
        {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(SiteConfig::find(None, folder.path()).unwrap_err().code(), "config-link-invalid", "{bad}");
        }
        std::fs::write(&path, "hidden = [\"short:A\"]\n").unwrap();
        assert_eq!(SiteConfig::find(None, folder.path()).unwrap_err().code(), "config-invalid");
    }
}
