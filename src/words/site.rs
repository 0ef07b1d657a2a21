//! Says what the user should know before publishing a site.

use super::plain;
use super::sentence::Sentence;
use crate::model::Problem;
use crate::pipeline::export::Excess;
use crate::pipeline::job::{Site, SiteJob};

/// Returns the sentences about a site that was built.
pub fn built(job: &SiteJob, built: &Site) -> Vec<Sentence> {
    let made = &built.made;
    let missing = made.summary.damaged.iter().map(|path| Problem::finding("archive-file-missing", path));
    let mut said: Vec<Sentence> = missing.map(Sentence::Problem).collect();
    if built.unread > 0 {
        said.push(Sentence::text("mirror-part", &[("count", &built.unread.to_string())]));
    }
    said.extend(made.unused_rules.iter().map(|line| Sentence::unused_rule(line)));
    if made.withheld > 0 {
        said.push(Sentence::text("mirror-withheld", &[("count", &made.withheld.to_string())]));
    }
    if let Some(address) = &job.options.media_base {
        let path = job.media.display().to_string();
        said.push(Sentence::text("mirror-media-elsewhere", &[("path", &path), ("url", address)]));
    }
    let Some(host) = job.options.host else { return said };
    let bytes = plain::size;
    let (files, size) = (made.measures.files.to_string(), bytes(made.measures.bytes));
    said.push(Sentence::text("host-measures", &[("host", host.name), ("files", &files), ("bytes", &size)]));
    for Excess { limit, allowed, actual, item } in &made.excesses {
        let number = |count: u64| if limit.ends_with("bytes") { bytes(count) } else { count.to_string() };
        let item = item.as_deref().unwrap_or_default();
        let arguments = [("allowed", &*number(*allowed)), ("actual", &*number(*actual)), ("item", item)];
        said.push(Sentence::text(format!("host-excess-{limit}"), &arguments));
    }
    if made.excesses.is_empty() {
        said.push(Sentence::text("host-fits", &[("host", host.name)]));
    }
    said.extend(host.remarks.iter().map(|remark| Sentence::text(*remark, &[])));
    said
}
