//! Tells what a user gives apart: links to articles, and paths.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::Problem;
use crate::model::article_url::ArticleUrl;

/// What a user gave to be read.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Files and folders.
    pub roots: Vec<PathBuf>,
    /// Links, one per line.
    pub links: String,
}

impl Given {
    /// Adds a path or a link.
    ///
    /// # Errors
    /// `input-not-article` for the address of a page that is no article.
    pub fn add(&mut self, input: &str) -> Result<()> {
        if ArticleUrl::parse(input).is_some() && !Path::new(input).exists() {
            self.links.push_str(input);
            self.links.push('\n');
        } else if is_address(input) && !Path::new(input).exists() {
            return Err(Error::usage("input-not-article").with("path", input));
        } else {
            self.roots.push(PathBuf::from(input));
        }
        Ok(())
    }

    /// Returns the problem of the lines that are no links to articles, if there are any.
    pub fn left_out(&self) -> Option<Problem> {
        let lines = self.links.lines().map(str::trim).filter(|line| !line.is_empty());
        let foreign: Vec<&str> = lines.filter(|line| !line.contains("mp.weixin.qq.com")).collect();
        let first = foreign.first()?;
        Some(Problem::remark("links-left-out", "").with("count", foreign.len()).with("text", first))
    }
}

/// Reports whether an input is the address of a page rather than a file's name.
fn is_address(input: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| input.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}
