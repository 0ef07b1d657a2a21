# What the command line says.

cli-liudi = liudi (留底): before a WeChat account is closed, keep its articles, images and bills, name what is missing, and build a site to read them offline.
cli-backup = Make a verified archive and a site from files, folders, ZIPs and links
cli-collect = Add to an archive, without building the site
cli-completions = Print the completions of a shell
cli-exporters = List what an archive can be turned into
cli-gaps = List what is missing, by name
cli-keep = Keep any document, bit-exact, in the private part
cli-man = Print the manual page of a command, or write all into a folder
cli-man-of = The command (default: the program as a whole)
cli-man-output = Write the pages of every command into this folder
man-written = The manual pages are in { $path }
error-man-not-written = The manual pages cannot be written to { $path }
hint-man-not-written = name another folder that can be written to: -o "【DIR】"
error-man-command-unknown = There is no command "{ $command }"
hint-man-command-unknown = liudi --help lists the commands
cli-mirror = Build the static site
cli-sources = List the kinds of input that are understood
cli-verify = Check every byte of an archive against its digest

cli-any-archive = The archive (default: the current folder if it is one, else ./liudi-archive)
cli-any-archive-dir = The archive
cli-any-online = Fetch what is listed and not held; without it nothing is sent anywhere
cli-any-offline = Send nothing anywhere (the default)
cli-any-jobs = How many threads to use
cli-any-help = Show this help
cli-any-version = Show the version
cli-heading-usage = Usage:{" "}
cli-heading-commands = Commands
cli-heading-command = COMMAND
cli-heading-arguments = Arguments
cli-heading-options = Options
cli-usage-options = [OPTIONS]
cli-possible = {" "}({ $values })
cli-default = {" "}(default: { $value })
cli-any-global = Options of every command (-C ARCHIVE, --online, --json, --dry-run, -q …): liudi --help
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
usage-value-missing = { $argument } wants a value
usage-value-invalid = { $argument } cannot be { $value }
usage-too-many = { $value } after { $argument } is one too many
usage-missing = Still wanted: { $argument }
usage-no-command = A command is wanted
usage-twice = { $argument } may be given once
usage-conflict = { $argument } and { $other } do not go together
usage-wrong = This cannot be understood
usage-possible = Possible: { $values }
usage-near = Perhaps: { $name }
usage-help = All commands and options: liudi --help
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
cli-any-api = Ask the official APIs of the account in liudi.toml
cli-any-plan = With --api: only say what can be had and how many calls and days it takes
cli-any-api-only = With --api: ask the interfaces alone, fetch no pages and no images
cli-any-wait = With --api: wait for the next day's quota instead of ending
cli-any-followers = With --api: also keep the list of followers, in the private part
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
label-problem-alone = problem: { $text }
label-remark-alone = note: { $text }
label-remark = note on { $locator }: { $text }

task-api = Asking the API
task-collect = Reading
task-commit = Writing the archive
task-export = Building the site
task-fetch-media = Fetching images
task-fetch-pages = Fetching articles
task-readers = Waiting for other liudi commands that read this archive
task-rebuild = Rebuilding what it knows from the archive
task-scan = Looking for files
task-statement = Reading a bill
task-verify = Checking
task-wait = Waiting for the next day's quota

ask-welcome = liudi keeps an account before it is closed. Three questions, then it starts (Ctrl-C leaves).
ask-where = 1/3 Where are your files? (drag the folder here, or type its path)
ask-online = 2/3 May missing articles and images be fetched from the network? (yes / no, default no)
ask-target = 3/3 Where should the archive go? (Enter: ./liudi-archive)
ask-zip-password =
    { $count ->
        [one] An encrypted ZIP cannot be opened: { $names }.
       *[other] { $count } encrypted ZIPs cannot be opened: { $names }.
    } Password (WeChat Pay sends it as a message; Enter skips):

watch-started = Watching { $path }: each page is imported as it is saved. Ctrl-C ends.
watch-imported = Imported { $read ->
    [one] one file
   *[other] { $read } files
}; { $held ->
    [one] one article is
   *[other] { $held } articles are
} held now.

summary-interrupted = Stopped on the way. What was kept is safe; the same command goes on from here.
summary-unread = Stopped before everything was read: { $count ->
    [one] the one file was
   *[other] { $read } of { $count } files were
} read, { $unread } not yet.
summary-unreadable = { $count ->
    [one] One file could not be read, wholly or in part; the next run tries it again.
   *[other] { $count } files could not be read, wholly or in part; the next run tries them again.
}
summary-inputs = Looked at { $count ->
    [one] one file
   *[other] { $count } files
}, read { $read } of them this time.
summary-seen-in-part = The run stopped before it had seen everything in the folders: how much more there is is not known. The next run looks again from the start and does not read again what was read.
summary-passed-over = { $count ->
    [one] One file of the system itself (Thumbs.db, .DS_Store, desktop.ini …) was passed over; it holds nothing of yours.
   *[other] { $count } files of the system itself (Thumbs.db, .DS_Store, desktop.ini …) were passed over; they hold nothing of yours.
}
summary-undated = { $count ->
    [one] Nothing given says when one of them was published; it is kept without a date for now. Add the backend's record of what was published, and the date will be filled in.
   *[other] Nothing given says when { $count } of them were published; they are kept without a date for now. Add the backend's record of what was published, and the dates will be filled in.
}
summary-private = Of these, { $count } are kept in the private part only and not on the site: { $reshared ->
    [0] deleted, blocked, paid or garbled.
   *[other] { $others ->
        [0] reshared with another account's text.
       *[other] { $reshared } reshared with another account's text, { $others } deleted, blocked, paid or garbled.
    }
}
summary-unclaimed-articles = { $count ->
    [one] One more article is held, but nothing says whose it is: it is kept in the private part only and not on the site. Save the original in a browser, or add the backend's record of what was published, and its account will be known.
   *[other] { $count } more articles are held, but nothing says whose they are: they are kept in the private part only and not on the site. Save the originals in a browser, or add the backend's record of what was published, and their account will be known.
}
summary-unclaimed-posts = { $count ->
    [one] One more work or message is on record, but nothing says whose it is: it is kept in the private part only and not on the site. Add the list of works of 视频号助手 (or the backend's record of what was published), and its account will be known.
   *[other] { $count } more works or messages are on record, but nothing says whose they are: they are kept in the private part only and not on the site. Add the list of works of 视频号助手 (or the backend's record of what was published), and their account will be known.
}
summary-companions = { $count ->
    [one] One further file belongs to a saved page and was read with it.
   *[other] { $count } further files belong to saved pages and were read with them.
}
summary-account = Account: { $account }
summary-articles = Articles: { $held } held of { $listed } known.
summary-notes = Texts, pictures, recordings and videos sent to followers: { $held } held of { $listed } known.
summary-videos = Videos of the 视频号: { $held } held of { $listed } known.
summary-covered = Days that personal bills cover: { $days }.
summary-ask-trades = Whether there were trades before or after, the bills do not say. On which days were the first and the last trade? Record them (a date is written 2019-01-31):
    { $liudi } event add personal_first_trade 【DATE】
    { $liudi } event add personal_last_trade 【DATE】
summary-lives = Live broadcasts: replays of { $held } held, { $listed } known.
summary-unmatched = { $count ->
    [one] One single video, recording or picture belongs
   *[other] { $count } single videos, recordings or pictures belong
} to nothing that is listed: kept in the private part only, named in private/data/tables/saved-files.csv.
summary-media = Images, audio, video: { $count } held.
summary-no-bill = { $count ->
    [one] For one day the platform says that there is no bill
   *[other] For { $count } days the platform says that there is no bill
}: on record, and nothing is missing.
summary-statements = Bills: { $kind }, { $count } of them, { $rows ->
    [one] one row
   *[other] { $rows } rows
} in all, { $from } to { $to }.
summary-statement = Bill: { $kind }, { $rows ->
    [one] one row
   *[other] { $rows } rows
}, { $from } to { $to }.
summary-ledger = The rows of the bills: { $path } (UTF-8; in Excel open it with Data → From Text/CSV and choose Text for the numbers of orders, or long ones are changed)
summary-dataset = { $dataset }: { $rows ->
    [one] one row
   *[other] { $rows } rows
}, in the private part only.
summary-older-numbers = { $count ->
    [one] 1 of them has
   *[other] { $count } of them have
} other numbers in another download; the newer ones count. The files as downloaded are all kept.
summary-older-versions = { $count ->
    [one] 1 older version is
   *[other] { $count } older versions are
 } kept beside them, under versions.
dataset-account = Account settings (menu, automatic replies, basic information)
dataset-cloud = Cloud database of the mini-program
dataset-comments = Comments and replies
dataset-drafts = Drafts
dataset-followers = Followers
dataset-funds = Settlements and fund flow
dataset-live = Live broadcasts
dataset-materials = Permanent material
dataset-orders = Orders of the shop
dataset-personal = Personal information from WeChat
dataset-published = Record of what was published (freepublish)
dataset-statistics = Statistics
summary-other-account = { $count ->
    [one] One article is of another account, { $account }: kept in the private part, never in the site.
   *[other] { $count } articles are of another account, { $account }: kept in the private part, never in the site.
}
summary-unrecognised = { $count ->
    [one] One file was not recognised and is not in the archive (--keep-other keeps it as it is):
   *[other] { $count } files were not recognised and are not in the archive (--keep-other keeps them as they are):
}
summary-item = {"  "}{ $text }
summary-more = {"  "}… and { $count } more
summary-more-problems = { $count ->
    [one] … and one more problem; --json shows all.
   *[other] … and { $count } more problems; --json shows all.
}
summary-no-gaps-inside = Within the material given and the days that the bills cover, nothing is known to be missing; of other days nothing is known.
summary-no-gaps = Nothing is known to be missing.
summary-nothing-known = Nothing of the account was found, so nothing can be said of what is missing.
summary-nothing-own = Nothing is known yet to be of this account (what is held is named above and kept in the private part only), so it cannot be said what is missing.
summary-unfinished = Not everything has been asked for yet: what is missing is known only when that is done.
summary-gaps = { $count ->
    [one] One thing is missing:
   *[other] { $count } things are missing:
}
summary-gap = {"  "}{ $reason }: { $count }
summary-archive = Archive: { $path }
summary-site = Site: open { $path } in a browser
next-online = Next: run again with --online to try to fetch what is missing; or open and save it in a browser and import that.
next-expired-videos = The addresses of some videos are over: save the list of works again in 视频号助手, then run with --online once more.
next-encrypted = Some videos are still encrypted: add the works' information that has their decodeKey (JSON or HAR of the web page or the PC program), and they open.
next-password = Next: set LIUDI_ZIP_PASSWORD (further passwords in LIUDI_ZIP_PASSWORD_2 … _9, or a file with one a line named by --password-file) and run again to open the encrypted bills.
next-bill-days = Days without a bill: in WeChat open “Me → Services → Wallet → Transactions → FAQ → Download bill → for personal reconciliation”, request those days and add the file.
next-gaps = See what is missing, item by item: { $liudi } gaps
next-not-ready = Not to be closed yet: { $count ->
    [one] one condition is
   *[other] { $count } conditions are
} not met or not checked. Begin with a few questions: { $liudi } ready --ask
next-ready = May the account be closed now: { $liudi } ready
next-verify = Check the archive at any time: { $liudi } verify

dry-run-recognised = { $source }: { $count }
dry-run-unrecognised = not recognised: { $count }
dry-run-locked = Locked, no password given opens it: { $count }
dry-run-unchanged = read before, unchanged: { $count }
dry-run-bytes = { $bytes } to read, { $free } free on the disk.
dry-run-fetch = Would fetch { $pages ->
    [one] one article
   *[other] { $pages } articles
} and { $media ->
    [one] one media file
   *[other] { $media } media files
}.
dry-run-interrupted = The rehearsal was stopped; the above is not everything. Nothing was written.
dry-run-done = This was a rehearsal; nothing was written.

keep-done = Kept { $count ->
    [one] one file
   *[other] { $count } files
} as { $kind }.

verify-read = Read { $files } of { $all ->
    [one] one file
   *[other] { $all } files
}, { $bytes }.
verify-leaves = Checked { $count ->
    [one] one leaf
   *[other] { $count } leaves
} inside the evidence packs too.
verify-valid = The archive is complete and valid: everything is there, nothing else is, every byte is right.
verify-sampled = Nothing is wrong with the part that was read, and no file is missing. (Only a part was read: this is no full check.)
verify-corrupt = No file is missing, but the content of some has changed; see the list above.
verify-incomplete = The archive is not complete: files are missing or do not belong; see the list above.
verify-incomplete-corrupt = The archive is not complete, and the content of some files has changed; see the list above.

gaps-title = { $count ->
    [one] One thing is missing
   *[other] { $count } things are missing
}
gaps-unclear = Picture files lie beside the page, and it cannot be told whether this is one of them: { $names }
gaps-avatar = The account’s picture
gaps-waived = given up by name; it stays listed because the archive does not hold it
gaps-nothing-own = Nothing is known yet to be of this account, so it cannot be said what is missing.
gaps-header = { $title } ({ $kinds })
gaps-kind-count = { $kind }: { $count }
list-separator = {", "}
gaps-do-page = open it in a browser, save it as “web page, complete” and add it: { $liudi } backup "【FOLDER】"; or fetch it: { $liudi } backup --online
gaps-do-media = open the article above, wait until its pictures show, save the page again and add it: { $liudi } backup "【FOLDER】"; or fetch them: { $liudi } backup --online
gaps-do-waive = it can no longer be had. Without another copy, give it up by name: { $liudi } waive { $rule } --item "{ $key }" --reason "【REASON】"
gaps-do-lost = it can no longer be had. If there is another copy, add it: { $liudi } backup "【COPY】"
gaps-do-password = add it again and type the password: { $liudi } backup "【ZIP】"
gaps-do-paid = open it with the account that paid, save the whole page and add it: { $liudi } backup "【FOLDER】"
gaps-do-limit = it is beyond a limit for archives. Raise it under [containers] in liudi.toml and run once more; or unpack it yourself and add that: { $liudi } backup "【FOLDER】"
gaps-do-again = run once more: { $liudi } backup "【THE SAME FILES】"
gaps-do-input = add a whole copy: { $liudi } backup "【FILE】"; or keep it as it is: { $liudi } keep "【FILE】" --as document
gaps-do-keep = export it or take a picture of it in the back end, and keep that: { $liudi } keep "【FILE】" --as document
gaps-do-bill = request the bill of these days (a person: in WeChat, Me → Services → Wallet → Bills → FAQ → download; a merchant: the download of bills in the merchant platform) and add it: { $liudi } backup "【BILL】"
gaps-do-export = export or save a fuller one and add it: { $liudi } backup "【FILE】"
gaps-page-hint = Open each, save it in the browser as “web page, complete”, and import it with liudi backup. This page itself loads nothing from anywhere.

kind-account = account
kind-album = album
kind-article = article
kind-bill = bill
kind-comment = comments
kind-endpoint = API
kind-input = file
kind-media = media
kind-note = note
kind-rows = data
kind-video = video

gap-account-closed = account closed
gap-blocked-by-platform = blocked by the platform
gap-broken-input = file cannot be read, or only in part
gap-complaint = taken down after a complaint
gap-deleted-by-author = deleted by the author
gap-download-failed = download failed, can be tried again
gap-expired-window = the time in which it could be had is over
gap-fetch-blocked = the platform asked for a verification, try again later
gap-hash-mismatch = not what its digest says
gap-migrated = did not move with the account
gap-bill-days = no bill covers these days
gap-no-bill = no bill for that day
gap-not-held = listed, not held
gap-not-listed = in a total, in no list
gap-not-permitted = this kind of account may not have it
gap-not-read = not read: the run was stopped
gap-partial-paid = paid article, only the preview is held
gap-password-needed = password needed
gap-placeholder = only a placeholder
gap-still-encrypted = still encrypted
gap-text-only = only the words are held (from an exporter's list), without form and pictures
gap-too-large = over the size limit
gap-unsupported-type = a type this version cannot keep

error-account-unknown = no account in these files is called `{ $account }`
hint-account-unknown = give its name, its gh_… id or its __biz
error-archive-not-empty = `{ $path }` holds other things; nothing was written into it
hint-archive-not-empty = choose an empty folder or a new name
error-archive-not-found = `{ $path }` is no archive
hint-archive-not-found = name the archive, or make one with `liudi backup`
error-archive-open-failed = the archive `{ $path }` cannot be opened
error-archive-other-account = this archive is of `{ $archive }`, but --account says `{ $brought }`; nothing was written
hint-archive-other-account = leave out --account to take the files in (other accounts' articles stay private), or make another archive for `{ $brought }` with -o
error-article-encode-failed = an article cannot be written as JSON
error-catalog-decode-failed = a record in the working folder cannot be read
hint-catalog-decode-failed = rename the folder `.liudi` in the archive and run again; it is rebuilt from the archive
error-catalog-encode-failed = a record cannot be written to the working folder
error-catalog-evidence-unknown = a record rests on evidence { $digest } that is not kept (a defect of the program; please report it)
error-catalog-failed = the working folder's database failed ({ $action })
error-catalog-newer = `{ $path }` was made by a newer version ({ $version })
hint-catalog-newer = update liudi, or delete the .liudi folder in the archive and run again: it is rebuilt from the archive
error-catalog-open-failed = the working folder's database `{ $path }` cannot be opened
error-clock-invalid = SOURCE_DATE_EPOCH is no valid number of seconds: { $value }
error-description-encode-failed = a description cannot be written
error-evidence-index-failed = the index of the evidence cannot be read or written
error-gaps-unreadable = the list of gaps cannot be read: `{ $path }`
error-input-ambiguous = two formats claim this file: { $first } and { $second } (a defect of the program; please report it)
error-input-changed = it became shorter while it was read
hint-input-changed = Wait until it is saved or downloaded completely and run once more.
error-bill-damaged = a damaged bill: part of it is zeros; it is kept as it is and is in no ledger
hint-bill-damaged = Download or apply for this bill again and run once more.
error-input-damaged = a damaged file: part of it is zeros; only the rest was read
hint-input-damaged = The disk may be failing, or it was not copied or downloaded completely: give a sound copy and run once more.
error-input-folder-unreadable = this folder cannot be looked into; the files in it were not read
hint-input-folder-unreadable = Give yourself the right to read it, or copy the folder to a disk of your own, and run once more.
error-input-link-dangling = the file this link leads to does not exist
hint-input-link-dangling = Bring the file back or delete the link, and run once more.
error-input-link-outside = a link that leads elsewhere; it was not followed
hint-input-link-outside = Give the file or folder it leads to as well.
error-input-none = no files were given
error-language-unknown = There are no words in the language { $language }
hint-language-unknown = Possible: zh-CN, en (--lang, or the environment variable LIUDI_LANG)
error-input-not-found = `{ $path }` does not exist
hint-input-not-found = check the spelling; a path with spaces needs quotes
error-keep-folder = { $path } is a folder; keep takes files, one or several
hint-keep-folder = Name the files to keep one by one; for a folder of articles and bills use backup.
error-input-open-failed = cannot be opened
hint-input-open-failed = Check that the file is still there and that you may read it; one in a cloud folder must be downloaded first. The next run tries it again.
error-input-path-too-long = the path is too long for the system
hint-input-path-too-long = Move the innermost folder further up and run once more.
error-input-prompt-failed = no answer could be read
error-input-read-failed = reading broke off
hint-input-read-failed = The disk, the stick or the network may be failing: copy the whole file elsewhere and run once more. The next run tries it again.
error-input-root-gone = { $path } disappeared while it was read; { $count ->
    [one] one file was
   *[other] { $count } files were
} not read
hint-input-root-gone = Connect the stick or share again and run the same command: it goes on with what was not read.
error-input-special-file = no ordinary file (a link, a device); not read
error-input-too-deep = nested too deep; not read further
error-input-too-large = larger than the limit of { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}
error-leaf-unsearchable = What it says was taken in; the file itself cannot be searched for secrets and is not kept as evidence
hint-leaf-unsearchable = to keep it as it is: liudi keep
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
error-dry-run-not-here = This command cannot say beforehand what it would write; nothing was done
hint-dry-run-not-here = --dry-run goes with backup, collect and purge
