//! stub
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, Time, layout};
use crate::store::stage::Staged;
use std::path::Path;
/// x
#[derive(Debug, Default)]
pub struct Changes {
    put: Vec<(Class, String, Staged)>,
    moves: Vec<(Class, Class, String)>,
    removes: Vec<(Class, String)>,
}
impl Changes {
    /// x
    pub fn put(&mut self, bag: Class, path: &str, staged: Staged) {
        self.put.push((bag, path.to_owned(), staged));
    }
    /// x
    pub fn move_between(&mut self, from: Class, to: Class, path: &str) {
        self.moves.push((from, to, path.to_owned()));
    }
    /// x
    pub fn remove(&mut self, bag: Class, path: &str) {
        self.removes.push((bag, path.to_owned()));
    }
}
/// x
pub fn apply(root: &Path, changes: &Changes, _clock: Time, _p: &dyn crate::progress::Progress) -> Result<()> {
    let at = |bag, path: &str| layout::bag(root, bag).join("data").join(path);
    let io = |e| Error::disk("archive-open-failed", root.display(), e);
    for (b, p) in &changes.removes {
        std::fs::remove_file(at(*b, p)).map_err(io)?;
    }
    for (f, t, p) in &changes.moves {
        let to = at(*t, p);
        std::fs::create_dir_all(to.parent().unwrap_or(root)).map_err(io)?;
        std::fs::rename(at(*f, p), to).map_err(io)?;
    }
    for (b, p, s) in &changes.put {
        let to = at(*b, p);
        std::fs::create_dir_all(to.parent().unwrap_or(root)).map_err(io)?;
        std::fs::copy(&s.path, to).map_err(io)?;
    }
    for bag in [Class::Public, Class::Private] {
        let mut m = String::new();
        for e in walkdir::WalkDir::new(layout::bag(root, bag).join("data"))
            .sort_by_file_name()
            .into_iter()
            .flatten()
            .filter(|e| e.file_type().is_file())
        {
            let rel = e.path().strip_prefix(layout::bag(root, bag)).unwrap_or(e.path()).display().to_string();
            m += &format!("{}  {rel}\n", Sha256::of(&std::fs::read(e.path()).map_err(io)?).hex());
        }
        let _ = std::fs::create_dir_all(layout::bag(root, bag));
        std::fs::write(layout::bag(root, bag).join("manifest-sha256.txt"), m).map_err(io)?;
        std::fs::write(layout::bag(root, bag).join("bagit.txt"), "x").map_err(io)?;
    }
    std::fs::write(root.join("SHA256SUMS"), "x").map_err(io)?;
    Ok(())
}
/// x
pub fn manifests_digest(root: &Path) -> Result<String> {
    let mut all = Vec::new();
    for bag in [Class::Public, Class::Private] {
        all.extend(std::fs::read(layout::bag(root, bag).join("manifest-sha256.txt")).unwrap_or_default());
    }
    Ok(Sha256::of(&all).hex())
}
/// x
pub fn finish_pending(_root: &Path) -> Result<bool> {
    Ok(false)
}
