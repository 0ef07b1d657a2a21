# Options of the site, its report, and the preview.
cli-serve = Show a site in the browser as a host would
cli-any-site-config = The file of decisions (default: site.toml of the archive or the current folder)
cli-any-media-base = The address the media will have, if not with the site
cli-any-media-output = Where those media are written, to be put at that address (default: SITE-media)
cli-any-only = Republish only what meets this: date:2020..2022, album:TITLE, type:picture, a link or an id; may be given again
cli-any-except = Do not republish what meets this; may be given again
cli-any-hide = A file of links, ids or rules that are not republished, one a line
cli-any-host = Check against the limits of a host: cloudflare, cos, gitee, github-pages, netlify, nginx, oss, vercel
cli-any-comments = Which comments are shown: none (default), own (your replies), pseudonymous (names replaced by codes), all
cli-any-noindex = Ask search engines to stay away
cli-any-include = Private things that are exported too (bills); such exports are for your eyes only
cli-any-no-short-links = Leave out the page of each short old link, where a host counts files
cli-any-served = The site (default: the archive's)
cli-any-port = The port (default: one that is free)
cli-any-open = Open it in the browser
error-site-address-invalid = { $url } cannot be the address of a site
hint-site-address-invalid = Write the whole address, beginning with https:// or http://, without ? and #, such as https://example.com/blog
error-config-link-invalid = The address of { $key } in { $path } cannot be used: { $url }
hint-config-link-invalid = Write the whole address, beginning with https:// or http://, or mailto: and an e-mail address. What has no address, such as the name of an account, needs only its name.
error-selection-invalid = Cannot read the condition { $rule }
hint-selection-invalid = Write date:2020..2022-03, album:TITLE, type:article (or picture, text, video, audio, reshare, note), a link of an article, or the id of an article, a note or a video.
error-feed-write-failed = Cannot write a feed
error-redirects-write-failed = Cannot write the table of old links
error-comments-unreadable = Cannot read the comments { $path }
error-comments-key-failed = Cannot prepare the key of pseudonyms { $path }
error-host-unknown = No host is known by the name { $name }
hint-host-unknown = Known are: { $known }
error-serve-no-site = There is no site in { $path } (no index.html)
hint-serve-no-site = Run `liudi mirror` first, or name the folder of the site.
error-serve-port-taken = Port { $port } cannot be used
hint-serve-port-taken = Without --port a free one is chosen.
error-serve-failed = The preview failed
error-browser-open-failed = Cannot open the browser
hint-browser-open-failed = Copy the address above into the browser.

mirror-part = { $count ->
    [one] The last backup was stopped: { $count } file is not read yet, and the site shows a part. Run the backup once more to read the rest.
   *[other] The last backup was stopped: { $count } files are not read yet, and the site shows a part. Run the backup once more to read the rest.
}
mirror-withheld = { $count ->
    [one] As you chose, { $count } item is not in the site; the archive has it.
   *[other] As you chose, { $count } items are not in the site; the archive has them.
}
mirror-hide-unused = Note: “{ $line }” of the hide list hides nothing. Is it misspelt?
mirror-media-elsewhere = Pictures, sounds and videos are not in the site: upload everything in { $path } to { $url }
host-measures = Against { $host }: the site has { $files ->
    [one] one file
   *[other] { $files } files
}, { $bytes }.
host-fits = It is within the limits of { $host }.
host-excess-site-bytes = Over the limit: a site may have { $allowed }, this one has { $actual }. Put the media elsewhere with --media-base, or republish less with --only and --except.
host-excess-file-bytes = Over the limit: a file may have { $allowed }, but { $item } has { $actual }. Put the media elsewhere with --media-base.
host-excess-files = Over the limit: { $allowed ->
    [one] one file is
   *[other] { $allowed } files are
} allowed, this site has { $actual }. Add --no-short-links (redirect rules then serve the short old links), or put the media elsewhere with --media-base.
host-excess-folder-files = Over the limit: a folder may have { $allowed ->
    [one] one file
   *[other] { $allowed } files
}, but { $item } has { $actual }. Add --no-short-links, or make several sites with --only and --except.
host-excess-redirects = Over the limit: { $allowed ->
    [one] one redirect rule is
   *[other] { $allowed } redirect rules are
} allowed, this site has { $actual }. Without --no-short-links each short old link has a page of its own and needs no rule.
host-remark-cloudflare = Cloudflare Pages: videos and sounds of more than 25 MiB have to stand elsewhere (--media-base); paid plans take 100,000 files.
host-remark-github = GitHub Pages: traffic should stay below 100 GB a month; a file in a repository cannot be larger than 100 MiB.
host-remark-gitee = Gitee Pages has been shut down. A Gitee repository can hold these files, but does not show them as a site: choose another host.
host-remark-own-domain = Object storage offers pages for download under its default domain: bind a domain of your own (in mainland China one with an ICP filing). Turn on static website hosting with index.html, 404.html and index pages of folders.
host-remark-netlify = Netlify: long old links are in _redirects too and are redirected by the host.
host-remark-nginx = nginx: the redirects of old links are in redirects.nginx.conf of the site; its first lines say how to use it.
host-remark-vercel = Vercel: the free plan takes 100 MB of static files, Pro 1 GB. Vercel does not read _redirects; pages of the site redirect the short old links.
serve-started = Showing { $path } to this computer only. Ctrl-C ends it.

# Exports.
cli-export = Turn an archive into files for elsewhere: Markdown, a Hugo site …
cli-export-to = What to write; may be given several times: markdown, hugo … (all of them: liudi exporters)
cli-export-output = Where it goes (default: ARCHIVE/exports/NAME; of several, each into a folder of its name)
cli-export-set = A setting of an exporter: KEY=VALUE, or NAME.KEY=VALUE where several are written
cli-export-export-config = The file of settings (default: export.toml of the archive or the current folder)
cli-value-out = OUT
cli-value-key-value = KEY=VALUE
export-done = { $name }: { $posts ->
        [one] 1 post
       *[other] { $posts } posts
    } in { $path } ({ $written ->
        [one] 1 file written
       *[other] { $written } files written
    }, { $unchanged } unchanged)
export-done-private = { $name }: in { $path } ({ $written ->
        [one] 1 file written
       *[other] { $written } files written
    }, { $unchanged } unchanged). These are private: keep them to yourself and off the web.
export-withheld = { $count ->
    [one] 1 thing was left out, as you chose; it is in the archive.
   *[other] { $count } things were left out, as you chose; they are all in the archive.
}
error-exporter-unknown = There is no export named { $name }
hint-exporter-unknown = There are: { $known }
error-export-include-missing = { $name } holds private things and is written only when you ask for them
hint-export-include-missing = If you want it, add --include { $include }; the files are for your eyes only
error-export-private-in-site = { $path } is in a folder that gets published: a website, or an export that becomes one; private things do not go there
hint-export-private-in-site = Choose another folder with -o, outside of everything you upload
error-export-no-bills = The archive holds no bill, so there is no ledger to export
hint-export-no-bills = Back up the bills first: liudi backup BILLS.zip -o ARCHIVE
error-export-setting-unknown = { $exporter } has no setting named { $name }
hint-export-setting-unknown = It has: { $known }
error-export-setting-invalid = { $value } is no value of { $exporter }.{ $name }
hint-export-setting-invalid = It may be: { $known }
error-export-set-invalid = `--set { $text }` is not understood
hint-export-set-invalid = Write --set KEY=VALUE, or --set NAME.KEY=VALUE where several exports are written
