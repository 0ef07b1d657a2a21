//! Known hosts and their limits. Limits change, so each is recorded with the page that states it. Reports compare this
//! table with the files of the site; the host is never queried.

use crate::model::NameMap;

/// A host and its limits; `None` if it states none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Name in `--host`.
    pub name: &'static str,
    /// Maximum size of the site, in bytes.
    pub site_bytes: Option<u64>,
    /// Maximum size of one file, in bytes.
    pub file_bytes: Option<u64>,
    /// Maximum number of files in the site.
    pub files: Option<u64>,
    /// Maximum number of files in one folder.
    pub folder_files: Option<u64>,
    /// Maximum number of rules in `_redirects`; `Some(0)` if the host does not read that file.
    pub redirects: Option<u64>,
    /// Set if `_redirects` may match query parameters.
    pub query_redirects: bool,
    /// Ids of texts with further advice.
    pub remarks: &'static [&'static str],
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

const NONE: Host = Host {
    name: "",
    site_bytes: None,
    file_bytes: None,
    files: None,
    folder_files: None,
    redirects: Some(0),
    query_redirects: false,
    remarks: &[],
};

/// All hosts, by name.
pub const HOSTS: &[Host] = &[
    // developers.cloudflare.com/pages/platform/limits: 20,000 files on the free plan (100,000 on paid ones since
    // 2026-01-23), 25 MiB a file; …/pages/configuration/redirects: 2,000 static rules, followed even if a file exists.
    Host {
        name: "cloudflare",
        file_bytes: Some(25 * MIB),
        files: Some(20_000),
        redirects: Some(2_000),
        remarks: &["host-remark-cloudflare"],
        ..NONE
    },
    // tencentcloud.com/document/product/436/57456: buckets made since 2024 serve every file as a download under the
    // default domains, including static website domains; a custom domain shows them. Objects up to 48.82 TB in parts.
    Host { name: "cos", remarks: &["host-remark-own-domain"], ..NONE },
    // Gridea-Pro/gridea-pro issue 106 (2026-05): Gitee has shut its Pages down; the repository can still hold the files.
    Host { name: "gitee", remarks: &["host-remark-gitee"], ..NONE },
    // docs.github.com/pages/getting-started-with-github-pages/github-pages-limits: 1 GB a site, 100 GB traffic a month
    // (soft); docs.github.com/repositories/…/about-large-files-on-github: 100 MiB a file.
    Host {
        name: "github-pages",
        site_bytes: Some(1_000_000_000),
        file_bytes: Some(100 * MIB),
        remarks: &["host-remark-github"],
        ..NONE
    },
    // docs.netlify.com/site-deploys/overview: 54,000 files a folder, no limit for the whole;
    // docs.netlify.com/routing/redirects: with 10,000 rules or more a deploy may fail.
    Host {
        name: "netlify",
        folder_files: Some(54_000),
        redirects: Some(10_000),
        query_redirects: true,
        remarks: &["host-remark-netlify"],
        ..NONE
    },
    // The user's own server is limited only by its disk. Its rules are in `redirects.nginx.conf`.
    Host { name: "nginx", remarks: &["host-remark-nginx"], ..NONE },
    // help.aliyun.com/document_detail/31902: default domains force downloads, a custom domain (ICP-filed in mainland
    // China) shows pages; objects uploaded in one piece up to 5 GB.
    Host { name: "oss", file_bytes: Some(5 * GIB), remarks: &["host-remark-own-domain"], ..NONE },
    // vercel.com/docs/limits: 100 MB of static file uploads on Hobby (1 GB on Pro), 15,000 source files.
    Host {
        name: "vercel",
        site_bytes: Some(100_000_000),
        files: Some(15_000),
        remarks: &["host-remark-vercel"],
        ..NONE
    },
];

/// Returns the host with this name.
pub fn find(name: &str) -> Option<&'static Host> {
    HOSTS.iter().find(|host| host.name == name)
}

/// The measured sizes of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Measures {
    /// Number of files.
    pub files: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Path and bytes of the largest file.
    pub largest: Option<(String, u64)>,
    /// Folder with the most files, and their number.
    pub fullest: Option<(String, u64)>,
    /// Number of rules in `_redirects`.
    pub redirects: u64,
}

impl Measures {
    /// Measures the files that `each` passes by path and bytes, every time it is called.
    pub fn of(each: impl Fn(&mut dyn FnMut(&str, u64))) -> Self {
        let mut measures = Self::default();
        let mut folders = NameMap::<u64>::default();
        each(&mut |path, bytes| {
            measures.files += 1;
            measures.bytes += bytes;
            *folders.get_or_put(folder_of(path), 0) += 1;
            let first = |(name, most): &(String, u64)| bytes > *most || bytes == *most && path < name.as_str();
            if measures.largest.as_ref().is_none_or(first) {
                measures.largest = Some((path.to_owned(), bytes));
            }
        });
        let most = folders.values().copied().max().unwrap_or_default();
        each(&mut |path, _| {
            let folder = folder_of(path);
            let last = measures.fullest.as_ref().is_none_or(|(known, _)| folder > known.as_str());
            if last && folders.get(folder) == Some(&most) {
                measures.fullest = Some((folder.to_owned(), most));
            }
        });
        measures
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A limit of a host that a site exceeds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Excess {
    /// Name of the limit: `site-bytes`, `file-bytes`, `files`, `folder-files`, `redirects`.
    pub limit: &'static str,
    /// Value that the host allows.
    pub allowed: u64,
    /// Value of the site.
    pub actual: u64,
    /// The file or folder concerned, if the limit applies to one.
    pub item: Option<String>,
}

impl Host {
    /// Returns the limits of this host that `measures` exceed.
    pub fn excesses(&self, measures: &Measures) -> Vec<Excess> {
        let (largest, largest_bytes) = measures.largest.clone().unzip();
        let (fullest, fullest_files) = measures.fullest.clone().unzip();
        // To a host that does not read it, `_redirects` is a file like any other.
        let redirects = self.redirects.filter(|most| *most > 0);
        [
            ("site-bytes", self.site_bytes, measures.bytes, None),
            ("file-bytes", self.file_bytes, largest_bytes.unwrap_or_default(), largest),
            ("files", self.files, measures.files, None),
            ("folder-files", self.folder_files, fullest_files.unwrap_or_default(), fullest),
            ("redirects", redirects, measures.redirects, None),
        ]
        .into_iter()
        .filter_map(|(limit, allowed, actual, item)| {
            let allowed = allowed.filter(|allowed| actual > *allowed)?;
            Some(Excess { limit, allowed, actual, item })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_does_not_allow_is_named() {
        assert!(HOSTS.is_sorted_by_key(|host| host.name));
        let files = [("index.html", 10), ("media/a.mp4", 30 * MIB), ("media/b.png", 5), ("a/b/c.html", 1)];
        let measures = Measures::of(|visit| files.iter().for_each(|(path, bytes)| visit(path, *bytes)));
        assert_eq!((measures.files, measures.bytes), (4, 30 * MIB + 16));
        assert_eq!(measures.fullest, Some(("media".to_owned(), 2)));
        let cloudflare = find("cloudflare").unwrap().excesses(&measures);
        assert_eq!(cloudflare.len(), 1);
        assert_eq!((cloudflare[0].limit, cloudflare[0].item.as_deref()), ("file-bytes", Some("media/a.mp4")));
        assert!(find("nginx").unwrap().excesses(&measures).is_empty());
        let many = Measures { files: 20_001, redirects: 2_001, ..Measures::default() };
        let limits = |host: &str| find(host).unwrap().excesses(&many).iter().map(|it| it.limit).collect::<Vec<_>>();
        assert_eq!(limits("cloudflare"), ["files", "redirects"]);
        assert_eq!(limits("vercel"), ["files"]);
        assert_eq!(limits("github-pages"), [""; 0]);
    }
}
