//! Suggests names for a misspelt one.

/// Returns at most ten of `names`, the most similar to `text` first.
pub(super) fn nearest(text: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let text = text.to_lowercase();
    let mut names: Vec<(f64, String)> = names
        .map(|name| {
            let lower = name.to_lowercase();
            let held = if lower.contains(&text) || text.contains(&lower) { 1.0 } else { 0.0 };
            (held + strsim::jaro_winkler(&lower, &text), name)
        })
        .collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    names.into_iter().take(10).map(|(_, name)| name).collect()
}
