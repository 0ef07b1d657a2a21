//! Lists the posts that an archive publishes, latest first: `cargo run --example list_posts -- ARCHIVE`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::path::PathBuf;

use liudi::{Publication, Result, Time, View};

fn main() -> Result<()> {
    let root = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("liudi-archive"), PathBuf::from);
    let view = View::open(&root)?;
    let publication = Publication::new(&view)?;
    for post in publication.newest_first() {
        let post = publication.post(post);
        let day = post.published.map(Time::date).unwrap_or_default();
        println!("{day:10}  {}", publication.title(post).unwrap_or_default());
    }
    Ok(())
}
