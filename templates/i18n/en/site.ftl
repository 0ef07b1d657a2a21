# Options of the site, its report, and the preview.
cli-serve = Preview a site in the browser, as a web host would serve it
cli-any-site-config = The site's settings file (default: site.toml in the archive or the current folder)
cli-any-media-base = The address of the media, if they are hosted separately
cli-any-media-output = Where to write those media for upload (default: SITE-media)
cli-any-only = Publish only what matches: date:2020..2022, album:TITLE, type:picture, a link or an id; may be repeated
cli-any-except = Do not publish what matches; may be repeated
cli-any-hide = A file of links, ids or rules to leave out, one per line
cli-any-host = Check against the limits of a web host: cloudflare, cos, gitee, github-pages, netlify, nginx, oss, vercel
cli-any-comments = Which comments to show: none (default), own (your replies), pseudonymous (names replaced by codes), all
cli-any-noindex = Ask search engines not to index the site
cli-any-include = Private data to export too (bills; evidence: pages as received); keep such exports to yourself
cli-any-no-short-links = Do not write a page for each old short link (for hosts that limit the number of files)
cli-any-served = The site's folder (default: the archive's site)
cli-any-port = The port (default: any free port)
cli-any-open = Also open the browser
error-site-address-invalid = { $url } cannot be used as the site's address
hint-site-address-invalid = Write the full address, beginning with https:// or http://, without ? and #, such as https://example.com/blog
error-config-link-invalid = The address of { $key } in { $path } cannot be used: { $url }
hint-config-link-invalid = Write the full address, beginning with https:// or http://, or mailto: and an e-mail address. If there is no address (the name of a 公众号, for example), write only name and leave out url.
error-selection-invalid = The condition { $rule } cannot be understood
hint-selection-invalid = Write date:2020..2022-03, album:TITLE, type:article (or picture, text, video, audio, reshare, note), an article link, or the id of an article, a message or a video.
error-hide-list-invalid = { $path } is no hide list: line { $line } is no link and no condition
hint-hide-list-invalid = The list is a text file (UTF-8) with one link or condition per line. Check the path, or mend this line.
error-hide-list-unreadable = The hide list cannot be read: { $path }
hint-hide-list-unreadable = Check the path; the list is a text file (UTF-8) with one link or condition per line
error-feed-write-failed = A feed cannot be written
error-redirects-write-failed = The table of old links cannot be written
error-comments-unreadable = The comments in { $path } cannot be read
error-comments-key-failed = The key for pseudonyms cannot be prepared: { $path }
error-host-unknown = Unknown web host { $name }
hint-host-unknown = Possible values: { $known }
error-serve-no-site = There is no site in { $path } (no index.html)
hint-serve-no-site = Build the site first: `{ $liudi } mirror`. If it is elsewhere, give its folder.
error-serve-port-taken = Port { $port } cannot be used
hint-serve-port-taken = Leave out --port to use any free port.
error-serve-failed = The preview failed
error-browser-open-failed = The browser cannot be opened
hint-browser-open-failed = Copy the address above into the browser.

mirror-part = { $count ->
    [one] Note: the last backup was stopped, { $count } file has not been read yet, and the site is incomplete. Run the backup again to read the rest.
   *[other] Note: the last backup was stopped, { $count } files have not been read yet, and the site is incomplete. Run the backup again to read the rest.
}
mirror-withheld = { $count ->
    [one] As you chose, { $count } item is not on the site; it is still in the archive.
   *[other] As you chose, { $count } items are not on the site; they are still in the archive.
}
export-rule-unused = Note: the condition “{ $line }” matches nothing. Is it misspelt?
mirror-media-elsewhere = Images, audio and video are not in the site's folder: upload everything in { $path } to { $url }
host-measures = Checked for { $host }: the site has { $files ->
    [one] one file
   *[other] { $files } files
}, { $bytes }.
host-fits = The site is within the limits of { $host }.
host-excess-site-bytes = Over the limit: a site can have at most { $allowed }, this one has { $actual }. Host the media separately with --media-base, or publish less with --only and --except.
host-excess-file-bytes = Over the limit: a file can have at most { $allowed }, but { $item } has { $actual }. Host the media separately with --media-base.
host-excess-files = Over the limit: at most { $allowed ->
    [one] one file is
   *[other] { $allowed } files are
} allowed, this site has { $actual }. Add --no-short-links (redirect rules then handle the short old links), or host the media separately with --media-base.
host-excess-folder-files = Over the limit: a folder can have at most { $allowed ->
    [one] one file
   *[other] { $allowed } files
}, but { $item } has { $actual }. Add --no-short-links, or make several sites with --only and --except.
host-excess-redirects = Over the limit: at most { $allowed ->
    [one] one redirect rule is
   *[other] { $allowed } redirect rules are
} allowed, this site has { $actual }. Without --no-short-links each short old link has its own page and needs no rule.
host-remark-cloudflare = Cloudflare Pages: audio and video files larger than 25 MiB must be hosted elsewhere (--media-base); paid plans allow 100,000 files.
host-remark-github = GitHub Pages: traffic should stay below 100 GB a month; a file in a repository cannot be larger than 100 MiB.
host-remark-gitee = Gitee Pages has been shut down. A Gitee repository can store these files but does not serve them as a site: choose another host.
host-remark-own-domain = Object storage makes browsers download pages under its default domain instead of showing them, so bind your own domain (in mainland China it also needs an ICP filing). Turn on static website hosting with index.html, 404.html and index pages for subfolders.
host-remark-netlify = Netlify: long old links are in _redirects too, and the host redirects them.
host-remark-nginx = nginx: the redirects of old links are in redirects.nginx.conf on the site; its first lines say how to use it.
host-remark-vercel = Vercel: the free plan allows 100 MB of static files, Pro 1 GB. Vercel does not read _redirects; pages on the site redirect the short old links.
serve-started = Serving { $path }, for this computer only. Ctrl-C stops it.

# Exports.
cli-export = Export an archive for use elsewhere: Markdown, a Hugo site …
cli-export-to = What to export to; may be repeated: markdown, hugo … (list: liudi exporters)
cli-export-output = Where to put it (default: ARCHIVE/exports/NAME; several exports each get a folder named after them)
cli-export-set = A setting of an exporter: KEY=VALUE, or NAME.KEY=VALUE for several exporters
cli-any-also = Export at the end, each into ARCHIVE/exports/NAME: markdown, docx … (list: liudi exporters)
cli-export-layout = One folder per post (dir), or all texts in one folder (flat); for exporters with this setting
cli-export-volume = One volume per year or album, or one file per article; for exporters with this setting
cli-export-media-base = Address at which images, audio and video will be reachable; for exporters with this setting
cli-export-split-mb = Split into files of at most this many MB; for exporters with this setting
cli-export-hard-link = Make images, audio and video hard links instead of copies: saves space, but changing one changes both
cli-value-layout = LAYOUT
cli-value-mb = MB
cli-value-volume = VOLUME
cli-export-export-config = The settings file (default: export.toml in the archive or the current folder)
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
    }, { $unchanged } unchanged). These files are private: keep them to yourself and off the web.
export-withheld = { $count ->
    [one] As you chose, 1 item was not exported; it is still in the archive.
   *[other] As you chose, { $count } items were not exported; they are still in the archive.
}
export-picture = picture
export-empty = The archive holds no post that may be published yet. If the backup asked which account the archive belongs to, back up again with --account.
export-edited = { $count ->
    [one] One file that you have changed stays as it is: { $files }
   *[other] { $count } files that you have changed stay as they are: { $files }
}
export-edited-aside = { $count ->
    [one] One file of yours was renamed, and the new one written under its old name: { $files }
   *[other] { $count } files of yours were renamed, and the new ones written under their old names: { $files }
}
export-removed = { $count ->
    [one] One file of an earlier export is no longer needed and was removed.
   *[other] { $count } files of an earlier export are no longer needed and were removed.
 }
export-nothing = No post matches --only, --except and the hide list; the export is empty.
export-lost = What { $name } cannot express (all of it is in the archive and on the site):
export-lost-kind = · { $what }: { $count } in { $posts } { $posts ->
    [one] post
   *[other] posts
 }: { $titles }
export-lost-kind-more = · { $what }: { $count }, in { $posts } of the posts: { $titles } and { $more } more (--json lists more of them)
export-lacking = What the archive itself lacks, so that { $name } can only name it:
export-lost-rows = Rows that { $name } does not hold as they are (all of them are in the ledger):
export-lost-evidence = What { $name } does not hold (all that the archive holds stays in it):
export-lost-item = · { $what }: { $count }: { $titles }
export-lost-item-more = · { $what }: { $count }: { $titles } and { $more } more (--json lists more of them)
wacz-text = { $title } (as archived)
wacz-title = Web archive of a WeChat account
wacz-title-of = { $name }: web archive
wacz-description = Pages as they were received, with their images, audio and video, exported from an archive made by liudi. Passwords, session keys and identifiers of whoever saved a page were overwritten with letters of equal length before it was archived (here { $blanked ->
        [one] in 1 place
       *[other] in { $blanked } places
    }). Requests, cookies and response headers other than those that describe the content were never kept. There may be articles in it that are not public, and comments and names of readers: look through it before you give it to anyone.
export-lost-row = · { $what }: { $count }: { $titles }
export-lost-row-more = · { $what }: { $count }: { $titles } and { $more } more (--json lists more of them)
export-lost-title = “{ $title }”
wechat-paste-hint = Select all (Ctrl+A), copy, and paste into the editor of the 公众号; check that all images were uploaded. Enter title, author, digest and cover separately (see draft.json beside this page).
wechat-check-file = check.csv
wechat-check-title = title
wechat-check-what = problem
wechat-check-value = value
wechat-check-limit = limit of the platform
wechat-check-folder = folder
wechat-over-title = title too long (characters)
wechat-over-author = author too long (characters)
wechat-over-digest = digest too long (characters)
wechat-over-characters = text too long (characters, with tags)
wechat-over-bytes = text too large (bytes)
wechat-over-pictures = too many images in a picture post
wechat-over-format = image format not accepted, convert it first: { $file }
wechat-over-picture = image too large (bytes), shrink it first: { $file }
wechat-over-widget = to be inserted again in the editor: { $file }
wechat-over-links = links that the platform drops (to other sites, and to this account's own posts)
wechat-over-missing = images, audio or video that the archive lacks
wechat-over-cover = no cover; choose one
lost-link = link that the platform drops (its text is kept)
table-form-article = article
table-form-audio = audio
table-form-note = note
table-form-picture = picture post
table-form-reshare = reshare
table-form-text = text post
table-form-video = video
table-not-original = no
table-original = yes
epub-contents = Contents
export-no-album = Posts in no album
epub-other-format = image that e-books cannot hold (damaged, or of another format)
lost-format = image that e-books cannot hold: damaged, or of another format (named in the text)
lost-audio = audio (named or linked in the text)
lost-background = background picture behind text
lost-comment = comment (this export takes none)
lost-date = missing date of publication (the post becomes a draft)
lost-summary = summary over the limit of this system (cut)
lost-title = title over the limit of this system (cut)
lost-source = “read more” link to another page (this system has no field for it)
lost-twin = post with the title and time of another one (WordPress leaves it out; add it by hand)
lost-card = card of the platform, { $kind } (its text is kept)
export-body-lost = (The text of this post is missing: the archive has lost the file, or it is damaged.)
lost-body = text of a post that the archive has lost or that is damaged
lost-missing = image, audio or video that the archive lacks (named in the text)
lost-own-link = link to another post of this account (its new address is not known; the text is kept)
lost-medium = file that publishers do not take (audio, video …; it is in the folder)
lost-card-account = card of a 公众号 (its text is kept)
lost-card-mini-program = card of a mini program (its text is kept)
lost-card-channels = card of a Channels post (its text is kept)
lost-card-product = card of a product (its text is kept)
lost-card-music = card of a song (its text is kept)
lost-card-vote = poll (its text is kept)
lost-card-place = card of a place (its text is kept)
lost-card-red-packet = red-packet cover (its text is kept)
lost-card-charity = card of a charity (its text is kept)
lost-card-novel = card of a novel (its text is kept)
lost-card-voice = card of a voice message (its text is kept)
lost-card-video = card of a video (its title is kept)
lost-card-sticker = sticker (its picture is kept)
lost-card-frame = embedded page or file (its link is kept)
lost-picture = picture (only its place is marked)
lost-picture-format = picture of a format that the target does not show (named in the text)
lost-style = styled layout
lost-svg = drawing or animation in SVG (its pictures and text are kept)
lost-table = table with merged cells (written as HTML)
lost-table-columns = table with more columns than a document can have (its text is kept)
lost-page-address = page whose address is not known
lost-page-lost = page that the archive has lost or that is damaged
lost-medium-address = image, audio or video whose address is not known
lost-medium-missing = image, audio or video that the archive lacks
lost-undated = post without a date (a page of its own, outside the order of time)
lost-long-cell = text longer than a cell of Excel (cut)
lost-video = video (named or linked in the text)
error-export-folder-taken = { $path } contains other files, not an earlier export of this kind; nothing was written
hint-export-folder-taken = Give the export an empty folder or a new name with -o
error-export-folder-in-use = Another liudi is writing an export into { $path }: process { $pid } on { $host }, since { $since }; nothing was written
hint-export-folder-in-use = Wait until it has finished, or stop that process, then try again; or choose another folder with -o
error-export-folder-unsafe = The export cannot go into { $path }: that is the archive or your home folder; nothing was written
hint-export-folder-unsafe = Choose another folder with -o; without it, exports go into ARCHIVE/exports
error-export-setting-no-exporter = none of these exports has the setting --{ $name }
hint-export-setting-no-exporter = Leave it out; liudi exporters lists the settings of each
error-export-option-no-exporter = { $option } would have no effect on the chosen exports; nothing was written
hint-export-option-no-exporter = Leave it out, or add the export that it is meant for; liudi exporters lists them
error-print-no-browser = found no browser that can print to PDF
hint-print-no-browser = Install Chrome, Edge or Chromium; if one is installed, give its program with --set browser=PATH
error-print-browser-missing = there is no browser program { $path }
hint-print-browser-missing = Give the full path of the browser's program file, e.g. C:\Program Files\Google\Chrome\Application\chrome.exe
error-print-failed = { $browser } did not print { $path }
hint-print-failed = Close other programs and try again; if a year is too large, use --volume article; --set browser= names another browser
error-exporter-unknown = There is no exporter named { $name }
hint-exporter-unknown = Possible values: { $known }
error-export-include-missing = { $name } exports private data, and does so only if you ask for it explicitly
hint-export-include-missing = If you want it, add --include { $include }; keep the files to yourself
error-export-private-in-site = { $path } is inside a folder that will be published (a website, or an export that becomes one), so private data cannot be written there
hint-export-private-in-site = Choose another folder with -o, outside everything you upload
error-export-no-evidence = The archive contains no pages as they were received, so there are none to export
hint-export-no-evidence = Back up saved pages first: liudi backup FOLDER -o ARCHIVE
error-export-no-bills = The archive contains no bills, so there is no ledger to export
hint-export-no-bills = Back up the bills first: liudi backup BILLS.zip -o ARCHIVE
error-export-setting-unknown = { $exporter } has no setting named { $name }
hint-export-setting-unknown = Possible settings: { $known }
error-export-setting-invalid = { $name } of { $exporter } cannot be { $value }
hint-export-setting-invalid = Possible values: { $known }
error-export-set-invalid = `--set { $text }` cannot be understood
hint-export-set-invalid = Write --set KEY=VALUE, or --set NAME.KEY=VALUE for several exporters
