//! Rules for servers about old links and about headers that a page cannot set itself: `redirects.csv` for the user and
//! other tools, `_redirects` and `_headers` for hosts that read them, `redirects.nginx.conf` for the user's own server.

use std::io::Write;
use std::sync::Arc;

use super::old_links::location;
use super::site::Site;
use crate::error::{Error, Result};
use crate::export::mirror::{MEDIA, MEDIA_POLICY};
use crate::export::old_addresses::{self, OldNames, Rules, WriteRules};
use crate::export::{Content, OutPath, Output, options};
use crate::model::{Hasher, Sha256};

/// Adds the files.
pub(super) fn outputs<'v>(
    site: &Arc<Site<'v>>,
    names: &Arc<OldNames<'v>>,
    outputs: &mut Vec<Output<'v>>,
) -> Result<()> {
    let mut hasher = Hasher::new();
    hasher.update(site.key.as_bytes());
    for (name, target) in names.iter() {
        // The newest posts come first, and hosts take only so many.
        hasher.update(format!("\n{name} {} {target:?}", location(site, *target)).as_bytes());
    }
    let key = hasher.finish();
    let files: [(&str, WriteRules); 3] =
        [("redirects.csv", old_addresses::csv), ("_redirects", old_addresses::hosts), ("redirects.nginx.conf", nginx)];
    for (path, write) in files {
        let (site, names) = (Arc::clone(site), Arc::clone(names));
        let content = Content::Stream(Box::new(move |out, _| {
            let page = |target| Some(location(&site, target));
            write(&Rules { options: site.options, names: &names, page: &page }, out)
        }));
        outputs.push(Output { path: OutPath::new(path)?, key, content });
    }
    // Without `.nojekyll` GitHub Pages would omit every folder whose name begins with `_`, as short links may.
    let top = site.options.base_url.as_deref().map_or_else(|| "/".to_owned(), options::path);
    let headers = format!("{HEADERS}{top}{MEDIA}/*\n  Content-Security-Policy: {MEDIA_POLICY}\n");
    let texts = [("_headers", headers), (".nojekyll", String::new())];
    for (path, text) in texts {
        let key = Sha256::of(text.as_bytes());
        let content = Content::Render(Box::new(move |_| Ok(text.as_bytes().to_vec())));
        outputs.push(Output { path: OutPath::new(path)?, key, content });
    }
    Ok(())
}

/// Headers for what a `meta` element cannot express: no frames, no type sniffing.
const HEADERS: &str = "/*
  Content-Security-Policy: frame-ancestors 'none'
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
";

fn nginx(rules: &Rules<'_>, out: &mut dyn Write) -> Result<()> {
    old_addresses::nginx(rules, NGINX_HEAD, out)?;
    let frames = "frame-ancestors 'none'";
    let policy = format!(
        "\nmap $uri $liudi_policy {{\n    default \"{frames}\";\n    \"~/{MEDIA}/[0-9a-f][0-9a-f]/\" \"{MEDIA_POLICY}\";\n}}\n"
    );
    out.write_all(policy.as_bytes()).map_err(|error| Error::other("redirects-write-failed").because(error))
}

/// Head of the nginx file, with the instructions for using the maps.
const NGINX_HEAD: &str = "# Old links of the account, for nginx. In http { } :
#     map_hash_bucket_size 512; map_hash_max_size 262144;
#     include /path/to/redirects.nginx.conf;
# In server { } :
#     if ($liudi_short) { return 301 $liudi_short; }
#     location = /s {
#         if ($liudi_long) { return 301 $liudi_long; }
#         if ($liudi_sn) { return 301 $liudi_sn; }
#         try_files /s/index.html =404;
#     }
#     location = /mp/appmsg/show { if ($liudi_long) { return 301 $liudi_long; } }
#     location = /mp/appmsgalbum { if ($liudi_album) { return 301 $liudi_album; } }
#     error_page 404 /404.html;
#     add_header X-Content-Type-Options nosniff;
#     add_header Content-Security-Policy $liudi_policy;
";
