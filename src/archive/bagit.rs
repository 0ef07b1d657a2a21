//! stub
use crate::error::Result;
use crate::model::Sha256;
use std::path::Path;
/// x
pub fn each_payload(bag: &Path, mut visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
    let text = std::fs::read_to_string(bag.join("manifest-sha256.txt")).unwrap_or_default();
    for line in text.lines() {
        if let Some((d, p)) = line.split_once("  ")
            && let Ok(d) = d.parse()
        {
            visit(p.strip_prefix("data/").unwrap_or(p), d)?;
        }
    }
    Ok(())
}
