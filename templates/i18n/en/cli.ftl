# What the command line says.

cli-liudi = liudi (留底): before a WeChat account is closed, keep its articles, images and bills, name what is missing, and build a site to read them offline.
cli-backup = Make a verified archive and a site from files, folders, ZIPs and links
cli-collect = Add to an archive, without building the site
cli-completions = Print the completions of a shell
cli-exporters = List what an archive can be turned into
cli-gaps = List what is missing, by name
cli-keep = Keep any document, bit-exact, in the private part
cli-man = Print the manual page
cli-mirror = Build the static site
cli-sources = List the kinds of input that are understood
cli-verify = Check every byte of an archive against its digest

cli-any-archive = The archive (default: the current folder if it is one, else ./liudi-archive)
cli-any-archive-dir = The archive
cli-any-online = Fetch what is listed and not held; without it nothing is sent anywhere
cli-any-offline = Send nothing anywhere (the default)
cli-any-jobs = How many threads to use
cli-any-dry-run = Say what would be done and do nothing
cli-any-json = Answer in JSON
cli-any-lang = Language: zh-CN or en
cli-any-quiet = Say only what went wrong
cli-any-config = Configuration file (default: liudi.toml in the current folder, if there is one)
cli-any-inputs = Files, folders, ZIPs or article links; - reads links from standard input
cli-any-site = Where the site goes (default: ARCHIVE/site)
cli-any-account = The account this archive is of: name, gh_… or __biz
cli-any-keep-other = Keep files nobody recognises as documents
cli-any-password-file = A file with one ZIP password a line, readable by its owner only
cli-any-discover = When online, also follow albums, neighbours and links in articles
cli-any-watch = Watch a folder and import each page as it is saved
cli-any-no-mirror = Do not build the site
cli-any-shell = The shell
cli-any-format = The form of the answer
cli-any-files = The files to keep
cli-any-kind = What they are: invoice, contract, screenshot, statement …
cli-any-templates = A folder of templates that stand in for the built-in ones
cli-any-base-url = The address the site will have
cli-any-read = Read only a part of the bytes, such as 10%
cli-any-deep = Also unpack the evidence and check what is in it
cli-backup-output = Where the archive goes
cli-collect-output = Where the archive goes
cli-mirror-output = Where the site goes (default: ARCHIVE/site)

label-error = error: { $text }
label-cause = caused by: { $text }
label-hint = hint: { $text }
label-problem = problem in { $locator }: { $text }
label-remark = note on { $locator }: { $text }

task-collect = Reading
task-commit = Writing the archive
task-export = Building the site
task-fetch-media = Fetching images
task-fetch-pages = Fetching articles
task-scan = Looking for files
task-statement = Reading a bill
task-verify = Checking

ask-welcome = liudi keeps an account before it is closed. Three questions, then it starts (Ctrl-C leaves).
ask-where = 1/3 Where are your files? (drag the folder here, or type its path)
ask-online = 2/3 May missing articles and images be fetched from the network? (yes / no, default no)
ask-target = 3/3 Where should the archive go? (Enter: ./liudi-archive)
ask-zip-password =
    { $count ->
        [one] One encrypted ZIP cannot be opened.
       *[other] { $count } encrypted ZIPs cannot be opened.
    } Password (WeChat Pay sends it as a message; Enter skips):

watch-started = Watching { $path }: each page is imported as it is saved. Ctrl-C ends.
watch-imported = Imported { $read } files; { $held } articles are held now.

summary-interrupted = Stopped on the way. What was kept is safe; the same command goes on from here.
summary-inputs = Looked at { $count } files, read { $read } of them this time.
summary-companions = { $count } further files belong to saved pages and were read with them.
summary-account = Account: { $account }
summary-articles = Articles: { $held } held of { $listed } known.
summary-notes = Texts, pictures, recordings and films sent to followers: { $held } held of { $listed } known.
summary-videos = Videos of the 视频号: { $held } held of { $listed } known.
summary-lives = Live broadcasts: replays of { $held } held, { $listed } known.
summary-media = Images, audio, video: { $count } held.
summary-statement = Bill: { $kind }, { $rows } rows, { $from } to { $to }.
summary-other-account = { $count } articles are of another account, { $account }: kept in the private part, never in the site.
summary-unrecognised = { $count } files were not recognised and are not in the archive (--keep-other keeps them as they are):
summary-item = {"  "}{ $text }
summary-more = {"  "}… and { $count } more
summary-more-problems = … and { $count } more problems; --json shows all.
summary-no-gaps = Nothing is known to be missing.
summary-gaps = { $count } things are missing:
summary-gap = {"  "}{ $reason }: { $count }
summary-archive = Archive: { $path }
summary-site = Site: open { $path } in a browser
next-online = Next: run again with --online to try to fetch what is missing; or open and save it in a browser and import that.
next-password = Next: set LIUDI_ZIP_PASSWORD and run again to open the encrypted bill.
next-gaps = See what is missing, item by item: liudi gaps { $path }
next-not-ready = Not to be closed yet: { $count } conditions are not met or not checked. One by one: liudi ready { $path }
next-ready = May the account be closed now: liudi ready { $path }
next-verify = Check the archive at any time: liudi verify { $path }

dry-run-recognised = { $source }: { $count }
dry-run-unrecognised = not recognised: { $count }
dry-run-locked = Locked, no password given opens it: { $count }
dry-run-unchanged = read before, unchanged: { $count }
dry-run-bytes = { $bytes } to read, { $free } free on the disk.
dry-run-fetch = Would fetch { $pages } articles and { $media } media files.
dry-run-done = This was a rehearsal; nothing was written.

keep-done = Kept { $count } files as { $kind }.

verify-read = Read { $files } of { $all } files, { $bytes }.
verify-leaves = Checked { $count } leaves inside the evidence packs too.
verify-valid = The archive is complete and valid: everything is there, nothing else is, every byte is right.
verify-sampled = Nothing is wrong with the part that was read, and no file is missing. (Only a part was read: this is no full check.)
verify-corrupt = No file is missing, but the content of some has changed; see the list above.
verify-incomplete = The archive is not complete: files are missing or do not belong; see the list above.
verify-incomplete-corrupt = The archive is not complete, and the content of some files has changed; see the list above.

gaps-title = { $count } things are missing
gaps-face = The account’s picture
gaps-page-hint = Open each, save it in the browser as “web page, complete”, and import it with liudi backup. This page itself loads nothing from anywhere.

kind-account = account
kind-album = album
kind-article = article
kind-bill = bill
kind-comment = comments
kind-input = file
kind-media = media
kind-note = note
kind-video = video

gap-account-closed = account closed
gap-blocked-by-platform = blocked by the platform
gap-broken-input = file cannot be read
gap-complaint = taken down after a complaint
gap-deleted-by-author = deleted by the author
gap-download-failed = download failed, can be tried again
gap-expired-window = the time in which it could be had is over
gap-fetch-blocked = the platform asked for a verification, try again later
gap-hash-mismatch = not what its digest says
gap-migrated = did not move with the account
gap-no-bill = no bill for that day
gap-not-held = listed, not held
gap-not-listed = in a total, in no list
gap-not-permitted = this kind of account may not have it
gap-partial-paid = paid article, only the preview is held
gap-password-needed = password needed
gap-placeholder = only a placeholder
gap-still-encrypted = still encrypted
gap-too-large = over the size limit
gap-unsupported-type = a type this version cannot keep

error-account-ambiguous = these files are of several accounts and none has the majority: { $accounts }
hint-account-ambiguous = name the account with --account and run again; nothing is read twice
error-account-unknown = no account in these files is called `{ $account }`
hint-account-unknown = give its name, its gh_… id or its __biz
error-archive-not-empty = `{ $path }` holds other things; nothing was written into it
hint-archive-not-empty = choose an empty folder or a new name
error-archive-not-found = `{ $path }` is no archive
hint-archive-not-found = name the archive, or make one with `liudi backup`
error-archive-open-failed = the archive `{ $path }` cannot be opened
error-archive-other-account = this archive is of `{ $archive }`, these files are of `{ $brought }`; nothing was written
hint-archive-other-account = give `{ $brought }` an archive of its own with -o
error-article-encode-failed = an article cannot be written as JSON
error-catalog-decode-failed = a record in the working folder cannot be read
hint-catalog-decode-failed = rename the folder `.liudi` in the archive and run again; it is rebuilt from the archive
error-catalog-encode-failed = a record cannot be written to the working folder
error-catalog-evidence-unknown = a record rests on evidence { $digest } that is not kept (a defect of the program; please report it)
error-catalog-failed = the working folder's database failed ({ $action })
error-catalog-newer = `{ $path }` was made by a newer version ({ $version })
hint-catalog-newer = update liudi
error-catalog-open-failed = the working folder's database `{ $path }` cannot be opened
error-clock-invalid = SOURCE_DATE_EPOCH is no valid number of seconds: { $value }
error-description-encode-failed = a description cannot be written
error-evidence-index-failed = the index of the evidence cannot be read or written
error-gaps-unreadable = the list of gaps cannot be read: `{ $path }`
error-input-ambiguous = two formats claim this file: { $first } and { $second } (a defect of the program; please report it)
error-input-none = no files were given
error-input-not-found = `{ $path }` does not exist
hint-input-not-found = check the spelling; a path with spaces needs quotes
error-input-open-failed = cannot be opened
error-input-prompt-failed = no answer could be read
error-input-read-failed = reading broke off
error-input-special-file = no ordinary file (a link, a device); not read
error-input-too-deep = nested too deep; not read further
error-input-too-large = larger than the limit of { $limit } bytes
error-input-unrecognised-inside = this part inside is not recognised and was not kept
error-keep-kind-empty = the kind `{ $kind }` cannot be a folder name
error-out-path-refused = the output path is not safe: `{ $path }`
error-output-failed = the answer cannot be written
error-password-file-open-to-others = others can read the password file `{ $path }`
hint-password-file-open-to-others = run `chmod 600` on it first
error-password-file-unreadable = the password file `{ $path }` cannot be read
error-rebuild-failed = the working folder cannot be rebuilt from the archive
error-verify-read-invalid = `{ $value }` is no valid part
hint-verify-read-invalid = give 0.1% to 100%, such as --read 10%
error-table-write-failed = a table cannot be written
