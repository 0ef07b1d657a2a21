//! One integration binary, modules by subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod fetch;
mod platform;
mod ready;
mod secret;

/// A folder of real samples, if they are at hand: `LIUDI_SAMPLES`, else `../shared/samples`. Tests pass without them
/// and say so.
fn samples(part: &str) -> Option<std::path::PathBuf> {
    let root = std::env::var_os("LIUDI_SAMPLES").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples"),
        std::path::PathBuf::from,
    );
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("passed over: no samples at {}", path.display());
    None
}
