# What the command line says.

cli-liudi = liudi (留底) keeps a WeChat account's articles, images and bills before the account is closed, lists what is missing, and builds a site to read them offline.
cli-backup = Make a verified archive and a site from files, folders, ZIPs and links
cli-collect = Add to an archive without building the site
cli-completions = Print shell completions
cli-exporters = List the formats an archive can be exported to
cli-gaps = List everything that is missing
cli-keep = Keep any document, bit for bit, in the private part
cli-man = Print a command's manual page, or write all pages to a folder
cli-man-of = The command (default: the whole program)
cli-man-output = Write every command's page to this folder
man-written = The manual pages are in { $path }
error-man-not-written = The manual pages cannot be written to { $path }
hint-man-not-written = choose another folder that you can write to: -o "【DIR】"
error-man-command-unknown = There is no command "{ $command }"
hint-man-command-unknown = liudi --help lists all commands
cli-mirror = Build the static site
cli-sources = List the kinds of input liudi can read
cli-verify = Check every byte of an archive against its checksums

cli-any-archive = The archive (default: the current folder if it is an archive, else ./liudi-archive)
cli-any-archive-dir = The archive
cli-any-online = Fetch what is listed but not in the archive; without it, nothing is sent anywhere
cli-any-offline = Do not use the network (the default)
cli-any-jobs = Number of threads
cli-any-help = Show help
cli-any-version = Show the version
cli-heading-usage = Usage:{" "}
cli-heading-commands = Commands
cli-heading-command = COMMAND
cli-heading-arguments = Arguments
cli-heading-options = Options
cli-usage-options = [OPTIONS]
cli-possible = {" "}({ $values })
cli-default = {" "}(default: { $value })
cli-any-global = Options of every command (-C ARCHIVE, --online, --json, -q …): liudi --help
cli-value-account = ACCOUNT
cli-value-command = COMMAND
cli-value-dir = DIR
cli-value-file = FILE
cli-value-folder = FOLDER
cli-value-input = INPUT
cli-value-kind = KIND
cli-value-n = N
cli-value-name = NAME
cli-value-name-value = NAME=VALUE
cli-value-site = SITE
cli-value-whose = WHOSE
cli-value-port = PORT
cli-value-percent = PERCENT
cli-value-rule = RULE
cli-value-tag = TAG
cli-value-text = TEXT
cli-value-url = URL
cli-value-date = DATE
cli-value-what = WHAT
cli-value-key = KEY
cli-value-value = VALUE
cli-value-shell = SHELL
cli-value-format = FORMAT
usage-unknown-argument = There is no option { $argument } here
usage-unknown-command = There is no command { $command }
usage-value-missing = { $argument } needs a value
usage-value-invalid = { $argument } cannot be { $value }
usage-too-many = Unexpected { $value } after { $argument }
usage-missing = Missing: { $argument }
usage-no-command = A command is missing
usage-twice = { $argument } can be given only once
usage-conflict = { $argument } and { $other } cannot be used together
usage-wrong = The command line is wrong
usage-possible = Possible values: { $values }
usage-near = Did you mean: { $name }
usage-help = All commands and options: liudi --help
cli-any-dry-run = Show what would be done, without doing it
cli-any-json = Print the results as JSON
cli-any-lang = Language: zh-CN or en
cli-any-quiet = Print only errors
cli-any-config = Configuration file (default: liudi.toml in the current folder, if there is one)
cli-any-inputs = Files, folders, ZIPs or article links; - reads links from standard input
cli-any-site = Where to put the site (default: ARCHIVE/site)
cli-any-account = The account this archive belongs to: its name, gh_… or __biz
cli-any-keep-other = Keep unrecognised files as documents
cli-any-password-file = A file of ZIP passwords, one per line, readable only by you
cli-any-discover = With --online: also follow albums, previous and next articles, and links in articles
cli-any-api = Call the official APIs for the account in liudi.toml
cli-any-plan = With --api: only show what is available and how many calls and days it takes
cli-any-api-only = With --api: call the APIs only; fetch no pages or images
cli-any-wait = With --api: when the day's quota is used up, wait for the next day
cli-any-followers = With --api: also save the list of followers, in the private part
cli-any-watch = Watch a folder and import each page as it is saved
cli-any-no-mirror = Do not build the site
cli-any-store = Keep the archive in a cloud store too (s3://BUCKET/PATH, oss://… or cos://…), and go on with what is there
cli-any-shell = The shell
cli-any-format = Output format
cli-any-files = The files to keep
cli-any-kind = What they are: invoice, contract, screenshot, statement …
cli-any-templates = A folder of your own templates; a file replaces the built-in one of the same name
cli-any-base-url = The site's future address
cli-any-read = Read only part of the bytes, such as 10%
cli-any-deep = Also check each file inside the evidence packs
cli-backup-output = Where to put the archive
cli-collect-output = Where to put the archive
cli-mirror-output = Where to put the site (default: ARCHIVE/site)

label-error = error: { $text }
label-cause = caused by: { $text }
label-hint = hint: { $text }
label-problem = problem in { $locator }: { $text }
label-problem-alone = problem: { $text }
label-remark-alone = note: { $text }
label-remark = note on { $locator }: { $text }

task-api = Calling the APIs
task-collect = Reading
task-commit = Writing the archive
task-export = Building the site
task-fetch-media = Fetching images
task-fetch-pages = Fetching articles
task-pack = Packing
task-parity = Computing recovery files
task-readers = Waiting for other liudi commands that are reading this archive
task-rebuild = Rebuilding the working state from the archive
task-scan = Looking for files
task-statement = Reading a bill
task-unpack = Unpacking
task-verify = Checking
task-wait = Waiting for the next day's quota

ask-welcome = liudi saves an account before it is closed. Answer three questions and it starts (Ctrl-C quits).
ask-where = 1/3 Where are your files? (drag the folder here, or type its path)
ask-online = 2/3 May liudi fetch missing articles and images from the network? (yes / no, default no)
ask-target = 3/3 Where should the archive go? (Enter: ./liudi-archive)
ask-zip-password =
    { $count ->
        [one] One encrypted ZIP cannot be opened: { $names }.
       *[other] { $count } encrypted ZIPs cannot be opened: { $names }.
    } Password (WeChat Pay sends it in a message; Enter skips):

watch-started = Watching { $path }: each page is imported as you save it. Ctrl-C stops.
watch-gone = Cannot find this folder; it may have been renamed or unplugged: { $path }. Importing goes on when it is back.
watch-back = The folder is there again, importing goes on: { $path }
watch-locked = Locked, not opened: { $names }. Stop, set LIUDI_ZIP_PASSWORD (or use --password-file) and run again.
watch-imported = Imported { $read ->
    [one] one file
   *[other] { $read } files
}; the archive now has { $held ->
    [one] one article
   *[other] { $held } articles
}.

summary-interrupted = Stopped before it was done. Everything saved so far is safe; run the same command to continue.
summary-unread = Stopped before all files were read: { $count ->
    [one] the one file was
   *[other] { $read } of { $count } files were
} read, { $unread } not yet.
summary-unreadable = { $count ->
    [one] One file could not be read, or only in part; the next run tries it again.
   *[other] { $count } files could not be read, or only in part; the next run tries them again.
}
summary-inputs = Found { $count ->
    [one] one file
   *[other] { $count } files
}; read in this run: { $read }.
summary-seen-in-part = Stopped before all folders were searched, so there may be more files. The next run searches from the start, but does not read again what it has read.
summary-passed-over = { $count ->
    [one] One system file or folder (Thumbs.db, .DS_Store, desktop.ini …) was skipped; it contains nothing of yours.
   *[other] { $count } system files and folders (Thumbs.db, .DS_Store, desktop.ini …) were skipped; they contain nothing of yours.
}
summary-undated = { $count ->
    [one] One of them has no publication date in the files given, and is kept without a date for now. Add the backend's publish record to fill in the date.
   *[other] { $count } of them have no publication date in the files given, and are kept without a date for now. Add the backend's publish record to fill in the dates.
}
summary-private = In the private part only and not on the site: { $count } ({ $reshared ->
    [0] deleted, blocked, paid or garbled
   *[other] { $others ->
        [0] reposts of another account's text
       *[other] reposts of another account's text: { $reshared }; deleted, blocked, paid or garbled: { $others }
    }
}).
summary-unclaimed-articles = { $count ->
    [one] One more article was saved, but the files do not say which account it belongs to: it is in the private part only and not on the site. Save the original in a browser, or add the backend's publish record, to identify its account.
   *[other] { $count } more articles were saved, but the files do not say which account they belong to: they are in the private part only and not on the site. Save the originals in a browser, or add the backend's publish record, to identify their account.
}
summary-unclaimed-posts = { $count ->
    [one] One more 视频号 post or message was recorded, but the files do not say which account it belongs to: it is in the private part only and not on the site. Add the list of posts from 视频号助手 (or the backend's publish record) to identify its account.
   *[other] { $count } more 视频号 posts or messages were recorded, but the files do not say which account they belong to: they are in the private part only and not on the site. Add the list of posts from 视频号助手 (or the backend's publish record) to identify their account.
}
summary-companions = { $count ->
    [one] One more file lies in the folder of a saved page: if the page shows it, it was read with the page, otherwise by itself.
   *[other] { $count } more files lie in the folders of saved pages: what the pages show was read with them, anything else by itself.
}
summary-account = Account: { $account }
summary-articles = Articles: { $held } saved of { $listed } known.
summary-notes = Texts, pictures, recordings and videos sent to followers: { $held } saved of { $listed } known.
summary-videos = 视频号 posts: { $held } saved of { $listed } known.
summary-covered = Days covered by personal bills: { $days }.
summary-ask-trades = The bills do not show whether there were earlier or later transactions. Record the days of the first and the last transaction (dates are written 2019-01-31):
    { $liudi } event add personal_first_trade 【DATE】
    { $liudi } event add personal_last_trade 【DATE】
summary-lives = Live broadcasts: replays of { $held } saved, { $listed } known.
summary-unmatched = { $count ->
    [one] One more video, recording or picture matches
   *[other] { $count } more videos, recordings or pictures match
} no listed post: kept in the private part only and listed in private/data/tables/saved-files.csv.
summary-media-of-others = { $count ->
    [one] One more belongs to articles of other accounts and is
   *[other] { $count } more belong to articles of other accounts and are
} kept in the private part only.
summary-media = Images, audio, video: { $count } saved.
summary-no-bill = { $count ->
    [one] For one requested bill, the platform says there is none that day
   *[other] For { $count } requested bills, the platform says there is none that day
}: recorded; nothing is missing.
summary-statements = Bills: { $count } × { $kind }, { $rows ->
    [one] one row
   *[other] { $rows } rows
} in total, { $from } to { $to }.
summary-statement = Bill: { $kind }, { $rows ->
    [one] one row
   *[other] { $rows } rows
}, { $from } to { $to }.
summary-ledger = All bill rows: { $path } (UTF-8; in Excel use Data → From Text/CSV and set the columns of transaction numbers to Text, or long numbers are changed)
summary-dataset = { $dataset }: { $rows ->
    [one] one row
   *[other] { $rows } rows
}, in the private part only.
summary-older-numbers = { $count ->
    [one] 1 of them has
   *[other] { $count } of them have
} different figures in different downloads; the newest figures are used. All downloaded files are kept.
summary-older-versions = { $count ->
    [one] 1 of them has an older version, kept
   *[other] { $count } of them have older versions, kept
} in the same row under versions.
dataset-account = Account settings (menu, automatic replies, basic information)
dataset-cloud = Mini-program cloud database
dataset-comments = Comments and replies
dataset-drafts = Drafts
dataset-followers = Followers
dataset-funds = Settlements and fund flow
dataset-live = Live broadcasts
dataset-materials = Permanent materials
dataset-orders = Shop orders
dataset-personal = Personal information from WeChat
dataset-published = Publish record (freepublish)
dataset-statistics = Statistics
summary-other-account = { $count ->
    [one] One article belongs to another account, { $account }: kept in the private part, never on the site.
   *[other] { $count } articles belong to another account, { $account }: kept in the private part, never on the site.
}
summary-unrecognised = { $count ->
    [one] One file was not recognised and is not in the archive (add --keep-other to keep it unchanged):
   *[other] { $count } files were not recognised and are not in the archive (add --keep-other to keep them unchanged):
}
summary-gone-unrecognised = { $count ->
    [one] One file that was not recognised earlier is no longer where it was and is not in the archive; it will not be named again:
   *[other] { $count } files that were not recognised earlier are no longer where they were and are not in the archive; they will not be named again:
}
summary-item = {"  "}{ $text }
summary-more = {"  "}… and { $count } more
summary-more-problems = { $count ->
    [one] … and one more problem; --json shows all.
   *[other] … and { $count } more problems; --json shows all.
}
summary-no-gaps-inside = Nothing is known to be missing from the files given and the days the bills cover; for other days it cannot be known.
summary-no-gaps = Nothing is known to be missing.
summary-nothing-known = Nothing from this account was found, so it is not known what is missing.
summary-nothing-own = Nothing is known to belong to this account yet (what was saved is listed above and is in the private part only), so it is not known what is missing.
summary-unfinished = Not everything has been requested yet; what is missing will be known once it has.
summary-gaps = { $count ->
    [one] 1 item is missing:
   *[other] { $count } items are missing:
}
summary-all-given-up = Nothing is missing any more; { $count ->
    [one] 1 item was given up.
   *[other] { $count } items were given up.
}
summary-given-up = { $count ->
    [one] 1 item was given up
   *[other] { $count } items were given up
}, no need to look any further.
summary-gap-bill-days = days without a bill
summary-gap = {"  "}{ $reason }: { $count }
summary-archive = Archive: { $path }
summary-site = Site: open { $path } in a browser
next-online = Next: run again with --online to fetch what is missing, or open it in a browser, save it and import the file.
next-expired-videos = The addresses of some videos have expired: save the list of posts in 视频号助手 again, then run again with --online.
next-encrypted = Some videos are still encrypted: add the post data with their decodeKey (JSON or HAR from the web page or the PC program) to decrypt them.
next-password-earlier = Next: encrypted bills given earlier are still closed: set LIUDI_ZIP_PASSWORD (or use --password-file) and run again with their ZIP.
next-password = Next: set LIUDI_ZIP_PASSWORD (more passwords in LIUDI_ZIP_PASSWORD_2 … _9, or one per line in a file named by --password-file) and run again to open the encrypted bills.
next-bill-days = Days without a bill: in WeChat open “Me → Services → Wallet → Transactions → FAQ → Download bill → for personal reconciliation”, request those days and add the file.
next-gaps = List what is missing: { $liudi } gaps
next-not-ready = The account cannot be closed yet: { $count ->
    [one] one requirement is
   *[other] { $count } requirements are
} not met or not checked. Start with a few questions: { $liudi } ready --ask
next-ready = Check whether the account can be closed now: { $liudi } ready
next-verify = Check the archive at any time: { $liudi } verify

dry-run-recognised = { $source }: { $count }
dry-run-unrecognised = not recognised: { $count }
dry-run-locked = password needed, none given opens it: { $count }
dry-run-unchanged = unchanged since the last run: { $count }
dry-run-bytes = { $bytes } to read, { $free } free on the disk.
dry-run-fetch = Would fetch { $pages ->
    [one] one article
   *[other] { $pages } articles
} and { $media ->
    [one] one media file
   *[other] { $media } media files
}.
dry-run-interrupted = The dry run was stopped; the list above is incomplete. Nothing was written.
dry-run-done = This was a dry run; nothing was written.

keep-done = Kept { $count ->
    [one] one file
   *[other] { $count } files
} as { $kind }.

verify-read = Read { $files } of { $all ->
    [one] one file
   *[other] { $all } files
}, { $bytes }.
verify-leaves = Also checked { $count ->
    [one] one file
   *[other] { $count } files
} inside the evidence packs.
verify-valid = The archive is complete and valid: every file is there, there are no extra files, and every byte is right.
verify-valid-beside = The archive is complete and valid: every file of it is there, and every byte is right. There are also files in its folders that do not belong to it; see the list above.
verify-pending = The last command was ended while it moved files into place. What it had not moved yet is read from where it waits; the next command that writes moves it. Until then other programs do not find the archive complete.
verify-valid-public = Only the public part of the archive is here. It is complete and valid: every byte is right. The private part is not here and was not checked.
verify-valid-private = Only the private part of the archive is here. It is complete and valid: every byte is right. The public part is not here and was not checked.
verify-sampled = No file is missing, and the part that was read is intact. (Only a part was read: this was not a full check.)
verify-unreadable = No file is missing, but some files cannot be read, so whether they are right is not known; see the list above.
verify-corrupt = No file is missing, but the content of some files has changed; see the list above.
verify-incomplete = The archive is incomplete: files are missing, or there are extra files; see the list above.
verify-incomplete-corrupt = The archive is incomplete, and the content of some files has changed; see the list above.

gaps-title = { $count ->
    [one] 1 item is missing
   *[other] { $count } items are missing
}
gaps-title-and-given-up = { $count ->
    [one] 1 item is missing
   *[other] { $count } items are missing
}; { $given_up ->
    [one] 1 more was given up
   *[other] { $given_up } more were given up
}
gaps-title-given-up = Nothing is missing any more; { $given_up ->
    [one] 1 item was given up
   *[other] { $given_up } items were given up
}
gaps-unclear = There are picture files next to the page, and it is not clear whether this is one of them: { $names }
gaps-avatar = The account’s avatar
gaps-column-kind = Kind
gaps-column-name = Name
gaps-column-date = Date
gaps-column-reason = Reason
gaps-column-url = Original link
gaps-column-given-up = Given up
gaps-column-key = Id
archive-commit-unfinished = Note: the last run was not finished; numbers and lists are of before it. Finish it: { $liudi } backup "【THE SAME FILES】"
gaps-unfinished = The last run was not finished
gaps-waived = given up, no need to look for it; still listed because it is not in the archive
gaps-nothing-own = Nothing is known to belong to this account yet, so it is not known what is missing.
gaps-header = { $title } ({ $kinds })
gaps-kind-count = { $kind }: { $count }
list-separator = {", "}
gaps-do-page = open it in a browser, save it as “web page, complete” and add it: { $liudi } backup "【FOLDER】"; or fetch it: { $liudi } backup --online
gaps-do-media = open the article above, wait until its pictures appear, save the page again and add it: { $liudi } backup "【FOLDER】"; or fetch them: { $liudi } backup --online
gaps-do-avatar = fetch it: { $liudi } backup --online; if that fails, open the account's picture in WeChat, save it and keep it as it is: { $liudi } keep "【PICTURE】" --as profile
gaps-do-waive = no longer available. If you have no other copy, give it up by name: { $liudi } waive { $rule } --item "{ $key }" --reason "【REASON】"
summary-missing-bills = { gaps-missing-bills }
gaps-missing-bills = { $count ->
    [one] One daily bill of the merchant number is missing; of which day: { $liudi } ready
   *[other] { $count } daily bills of the merchant number are missing; of which days: { $liudi } ready
}
gaps-do-lost = no longer available. If you have another copy, add it: { $liudi } backup "【COPY】"
gaps-do-password = add it again and type the password: { $liudi } backup "【ZIP】"
gaps-do-paid = open it with the WeChat account that paid for it, save the whole page and add it: { $liudi } backup "【FOLDER】"
gaps-do-limit = it exceeds a limit for compressed files. Raise the limit under [containers] in liudi.toml and run again; or unpack it yourself and add the folder: { $liudi } backup "【FOLDER】"
gaps-do-again = run again: { $liudi } backup "【THE SAME FILES】"
gaps-do-finish = finish it: { $liudi } backup "【THE SAME FILES】"
gaps-do-input = add an intact copy: { $liudi } backup "【FILE】"; or keep it unchanged: { $liudi } keep "【FILE】" --as document
gaps-do-whole-bill = this bill is not whole or does not add up: download it again and add it: { $liudi } backup "【FILE】"; or keep it unchanged: { $liudi } keep "【FILE】" --as document
gaps-do-keep = export it or take a screenshot of it in the backend, and keep that: { $liudi } keep "【FILE】" --as document
gaps-do-bill = request the bill for these days (personal: in WeChat, Me → Services → Wallet → Transactions → FAQ → Download bill; merchant: bill downloads in the merchant platform) and add it: { $liudi } backup "【BILL】"
gaps-do-export = export or save it again, more completely, and add it: { $liudi } backup "【FILE】"
gaps-page-hint = Open each link, wait until everything appears, save it in the browser as “web page, complete”, and import it with liudi backup. This page itself loads nothing from other sites.

kind-account = account
kind-album = album
kind-article = article
kind-bill = bill
kind-comment = comments
kind-endpoint = API
kind-input = file
kind-media = media
kind-note = message
kind-rows = data
kind-video = 视频号 post

gap-account-closed = account closed
gap-blocked-by-platform = blocked by the platform
gap-broken-input = the file cannot be read, or only in part
gap-complaint = taken down after a complaint
gap-deleted-by-author = deleted by the author
gap-download-failed = download failed; you can try again
gap-expired-window = no longer available: the time limit has passed
gap-fetch-blocked = the platform asked for verification; try again later
gap-hash-mismatch = content does not match its declared checksum
gap-migrated = not carried over when the account was migrated
gap-bill-in-part = the bill is not whole, or does not add up to its own totals
gap-bill-days = no bill covers these days
gap-no-bill = no bill for that day
gap-not-held = listed, but not in the archive
gap-not-listed = counted in a total, but in no list
gap-not-permitted = not permitted for this kind of account
gap-not-read = not read yet: the run was stopped
gap-unfinished = stopped in the middle; numbers and lists are of before it
gap-partial-paid = paid article, only the preview was saved
gap-password-needed = password needed
gap-placeholder = only a placeholder
gap-still-encrypted = still encrypted
gap-text-only = text only (from an exported table), without layout and pictures
gap-too-large = over the size limit
gap-unsupported-type = a type this version cannot save

error-account-unknown = no account in these files is called `{ $account }`
hint-account-unknown = give its name, its original ID (gh_…) or its __biz
error-archive-not-empty = `{ $path }` contains other files, so nothing was written to it
hint-archive-not-empty = choose an empty folder or a new name
error-archive-no-folder = { $path } is a file; an archive is a folder
hint-archive-no-folder = give an empty folder or a new name
error-archive-not-found = `{ $path }` is not an archive
hint-archive-not-found = give the path of the archive, or make one with `liudi backup`
error-archive-open-failed = the archive `{ $path }` cannot be opened
error-archive-other-account = this archive belongs to `{ $archive }`, but --account says `{ $brought }`; nothing was written
hint-archive-other-account = leave out --account to add the files (other accounts' articles stay private), or make another archive for `{ $brought }` with -o
error-article-encode-failed = an article cannot be written as JSON
error-catalog-decode-failed = a record in the working folder cannot be read
hint-catalog-decode-failed = rename the folder `.liudi` in the archive and run again; it is rebuilt from the archive
error-catalog-encode-failed = a record cannot be written to the working folder
error-catalog-evidence-unknown = a record refers to evidence { $digest }, which is not in the archive (this is a bug; please report it)
error-catalog-failed = the database in the working folder failed ({ $action })
error-catalog-newer = `{ $path }` was made by a newer version of liudi ({ $version })
hint-catalog-newer = update liudi, or rename the .liudi folder in the archive and run again: it is rebuilt from the archive
error-catalog-open-failed = the database in the working folder cannot be opened: `{ $path }`
error-clock-invalid = SOURCE_DATE_EPOCH is not a valid number of seconds: { $value }
error-description-encode-failed = a description file cannot be written
error-evidence-index-failed = the evidence index cannot be read or written
error-gaps-unreadable = the list of gaps cannot be read: `{ $path }`
error-input-ambiguous = two formats claim this file: { $first } and { $second } (this is a bug; please report it)
error-input-changed = the file became shorter while it was being read, so it was not read in full
hint-input-changed = Wait until it is completely saved or downloaded, then run again.
error-bill-damaged = the bill is damaged: part of it is zero bytes; it is kept unchanged, but its rows are not in the ledger
hint-bill-damaged = Download or request this bill again, then run again.
error-input-damaged = the file is damaged: part of it is zero bytes; only the rest was read
hint-input-damaged = The disk may be failing, or the file was not completely copied or downloaded: use an intact copy and run again.
error-input-folder-unreadable = this folder cannot be opened; the files in it were not read
hint-input-folder-unreadable = Give yourself permission to read it, or copy the folder to your own disk, then run again.
error-input-link-dangling = the file this link points to does not exist
hint-input-link-dangling = Restore the file or delete the link, then run again.
error-input-link-outside = this link points outside the inputs given; it was not followed
hint-input-link-outside = Give the file or folder it points to as an input too.
error-input-none = no files were given
error-language-unknown = The language { $language } is not available
hint-language-unknown = Possible values: zh-CN, en (--lang, or the environment variable LIUDI_LANG)
error-input-not-found = `{ $path }` does not exist
hint-input-not-found = check the spelling; put a path with spaces in quotes
error-keep-folder = { $path } is a folder; keep takes one or more files
hint-keep-folder = List the files to keep one by one; for a folder of articles and bills use backup.
error-input-open-failed = the file cannot be opened
hint-input-open-failed = Check that the file still exists and that you have permission to read it; download it first if it is in cloud storage. The next run tries it again.
error-input-path-too-long = the path is too long for the system to open
hint-input-path-too-long = Move the innermost folder to a higher level and run again.
error-input-prompt-failed = your answer could not be read
error-input-read-failed = reading failed partway through
hint-input-read-failed = The disk, USB stick or network may be failing: copy the whole file elsewhere and run again. The next run tries it again.
error-input-root-gone = { $path } disappeared while it was being read; { $count ->
    [one] one file was
   *[other] { $count } files were
} not read
hint-input-root-gone = Reconnect the USB stick or network drive and run the same command: it continues with the files not read yet.
error-input-archive = this folder is an archive of liudi; nothing in it was read
error-input-waste-basket = this is a waste basket; nothing in it was read
error-input-special-file = not a regular file (a link or a device); not read
error-input-too-deep = nested too deeply; not read any further
error-input-too-large = larger than the limit of { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}
error-leaf-unsearchable = Its content was read, but the file itself cannot be searched for secrets, so it is not kept as evidence
hint-leaf-unsearchable = to keep it unchanged: liudi keep
error-keep-kind-empty = the kind `{ $kind }` cannot be used as a folder name
error-out-path-refused = the output path is not safe: `{ $path }`
error-output-failed = the result cannot be written
error-password-file-open-to-others = other users can read the password file `{ $path }`
hint-password-file-open-to-others = run `chmod 600 "{ $path }"` first
error-password-file-unreadable = the password file `{ $path }` cannot be read
error-rebuild-failed = the working state cannot be rebuilt from the archive
error-verify-read-invalid = `{ $value }` is not a valid share
hint-verify-read-invalid = give a value from 0.1% to 100%, such as --read 10%
error-table-write-failed = a table cannot be written
error-dry-run-not-here = This command cannot show beforehand what it would write; nothing was done
hint-dry-run-not-here = --dry-run works with backup, collect, purge and repair only
error-links-left-out = { $count ->
    [one] One line of standard input contains no link to an article and was
   *[other] { $count } lines of standard input contain no link to an article and were
} left out (for example "{ $text }").
hint-links-left-out = Give one link to an article on each line. Lines that were never meant as links need nothing.
error-input-not-article = This is not a link to an article: { $path }
hint-input-not-article = Only links to articles can be given directly (https://mp.weixin.qq.com/s…). Save other pages in the browser and give the saved files.
