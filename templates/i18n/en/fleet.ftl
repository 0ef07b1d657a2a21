# Many accounts
cli-fleet = Look after many accounts at once
cli-fleet-add = Add accounts to fleet.toml
cli-fleet-add-paths = A liudi.toml, the folder it is in, a folder whose folders have a liudi.toml each, or a folder of files
cli-fleet-add-name = Name of the account (default: the name of its folder)
cli-fleet-add-inputs = Files or folders of the account; can be given several times
cli-fleet-run = Do what is due for every account
cli-fleet-run-workers = Number of accounts worked on at the same time
cli-fleet-run-wait = When a quota is used up, wait for the next day, until everything is done
cli-fleet-run-stay = Keep running: begin a new round every day
cli-fleet-run-again = Do again what was already done today
cli-fleet-run-metrics = Serve metrics for Prometheus at this address, such as 127.0.0.1:9464
cli-fleet-run-log = Form of the messages
cli-fleet-status = List how each account stands, the worst first
cli-fleet-retry = Try again what failed or was given up
cli-fleet-retry-accounts = Only these accounts (default: all)
cli-fleet-report = Write a page about all accounts, the worst first
cli-fleet-report-output = The file to write (default: fleet-report.html beside fleet.toml)
cli-any-fleet = The list of accounts: fleet.toml, the folder it is in, or a folder whose folders have a liudi.toml each (default: the current folder)
cli-value-fleet = FLEET
cli-value-address = ADDRESS

fleet-phase-bills = bills
fleet-phase-files = files at hand
fleet-phase-api = official APIs
fleet-phase-pages = pages and images
fleet-phase-site = site
fleet-phase-check = verdict

fleet-state-ready = to be done
fleet-state-running = in progress
fleet-state-waiting = waits for its quota
fleet-state-retrying = failed, will be tried again
fleet-state-done = done
fleet-state-given-up = given up

fleet-standing-given-up = Stuck
fleet-standing-urgent = A bill is about to be lost
fleet-standing-failing = Failing, will be tried again
fleet-standing-problems = Has problems
fleet-standing-unknown = Not judged yet
fleet-standing-not-ready = Not ready to be closed
fleet-standing-warnings = Ready, with warnings
fleet-standing-ready = Ready to be closed

desk-view-fleet = All accounts
desk-fleet-all = How all accounts stand
desk-fleet-choose = Open the archive of this account
cli-desk-fleet = Show the accounts of this list first (default: the fleet.toml in the current folder, if there is one)
fleet-title = All accounts
fleet-as-of = As of { $time } (Beijing time), the worst first.
fleet-col-account = Account
fleet-col-standing = Standing
fleet-col-next = Next date
fleet-col-articles = Articles (held / known)
fleet-col-missing = Missing
fleet-col-work = At work on
fleet-link-report = Report on closing
fleet-link-site = Site
fleet-name = { $account } ({ $name })
fleet-gaps = { $count ->
    [one] 1 gap
   *[other] { $count } gaps
}
fleet-missing-bills = { $count ->
    [one] 1 day of bills
   *[other] { $count } days of bills
}
fleet-not-begun = not begun
fleet-all-done = this round is done
fleet-phase-state = { $phase }: { $state }
fleet-until = { $what }, goes on at { $time }
fleet-problems-more = { $count ->
    [one] 1 more problem: see the account's own report
   *[other] { $count } more problems: see the account's own report
}
fleet-totals = { $count ->
    [one] 1 account: { $text }
   *[other] { $count } accounts: { $text }
}

fleet-added = { $count ->
    [one] Added 1 account
   *[other] Added { $count } accounts
}; the list now has { $all }: { $path }
fleet-added-next = To begin collecting: liudi fleet run --fleet { $fleet }
fleet-metrics-at = Metrics are at { $url }
fleet-run-done = { $accounts ->
    [one] 1 account
   *[other] { $accounts } accounts
}, { $done ->
    [one] 1 job done
   *[other] { $done } jobs done
}.
fleet-run-waits = { $count ->
    [one] 1 job is waiting
   *[other] { $count } jobs are waiting
} for a quota, the first until { $time }: run the same command again then, or add --wait to let it wait.
fleet-run-problem = { $account }: { $text }
fleet-run-retry = { $count ->
    [one] 1 account
   *[other] { $count } accounts
} did not succeed. When that is put right: liudi fleet retry --fleet { $fleet }, then the same command again.
fleet-run-stopped = Stopped; { $count ->
    [one] 1 job is left
   *[other] { $count } jobs are left
}. Nothing is lost: run the same command again to go on.
fleet-add-left-out = Not added, for want of a liudi.toml: { $names }. To add { $count ->
    [one] it
   *[other] them
} as { $count ->
    [one] a folder
   *[other] folders
} of files, name each of them.
fleet-add-config-only = Accounts with a liudi.toml are collected from its APIs only; give their files with --inputs, or with inputs in fleet.toml.
fleet-retried = { $count ->
    [one] 1 job
   *[other] { $count } jobs
} will be tried again by the next liudi fleet run.
fleet-report-written = The overview is in { $path }

fleet-log-round = { $count ->
    [one] 1 job is new
   *[other] { $count } jobs are new
} in this round
fleet-log-begun = { $account } · { $phase }: begins
fleet-log-done = { $account } · { $phase }: done ({ $seconds } s)
fleet-log-held = { $account } · { $phase }: done, articles { $articles } ({ $seconds } s)
fleet-log-waits = { $account } · { $phase }: the quota is used up, goes on at { $time }
fleet-log-failed = { $account } · { $phase }: failed, tried again after { $rest } s. { $text }
fleet-log-given-up = { $account } · { $phase }: given up. { $text }
fleet-log-released = { $account } · { $phase }: stopped, goes on next time
fleet-log-lost = { $account } · { $phase }: was silent for too long, and another process took over

error-fleet-not-found = There is no list of accounts in { $path }
hint-fleet-not-found = Make a fleet.toml with liudi fleet add and the folders of the accounts, or say with --fleet where it is.
error-fleet-account-name = “{ $account }” cannot be the name of an account
hint-fleet-account-name = It is the name of a folder too: not empty, at most 120 bytes (40 Chinese characters), no name of a device of Windows (CON, NUL …), without < > : " / \ | ? *, without a dot or a space at its beginning or end. Choose another with --name, or in fleet.toml.
error-fleet-account-twice = The list has two accounts whose names are the same on some systems: “{ $other }” and “{ $account }”
hint-fleet-account-twice = Give one of them another name (--name, or name in fleet.toml).
error-fleet-archive-twice = The archives of { $account } and { $other } are the same folder: { $path }
hint-fleet-archive-twice = Each account needs an archive of its own: change the archive of one of them in fleet.toml.
error-fleet-account-unknown = The list has no account called “{ $account }”
hint-fleet-account-unknown = liudi fleet status lists all accounts.
error-fleet-account-not-here = The list on this machine has no account “{ $account }”
hint-fleet-account-not-here = All machines must use the same fleet.toml.
error-fleet-add-one = --name and --inputs are for one account, and these are { $count }
hint-fleet-add-one = Give one path at a time, or leave these options out.
error-fleet-account-empty = { $account } has neither official APIs nor files: there is nothing to collect
hint-fleet-account-empty = Give it config (official APIs) or inputs (files) in fleet.toml.
error-fleet-archive-gone = The archive that was in { $path } is not there any more
hint-fleet-archive-gone = Put it back, or say with archives or archive in fleet.toml where it is now. If it was deleted, liudi fleet run --again collects anew what can still be had.
error-fleet-list-not-written = The list of accounts cannot be written ({ $path })
hint-fleet-list-not-written = Check that the folder can be written to, and try again.
error-fleet-folder-unreadable = This folder cannot be read ({ $path })
hint-fleet-folder-unreadable = Check that it is there and that you may read it, and try again.
error-fleet-queue-failed = The queue of jobs cannot be used ({ $place })
hint-fleet-queue-failed = Check that the disk is not full and can be written to, or that the database is running; the next run goes on. If the queue file is broken, delete the folder .fleet: the archives are not in it, and the next run looks at everything again.
error-fleet-queue-address-invalid = The address of the PostgreSQL database cannot be read
hint-fleet-queue-address-invalid = It is one line in the file that postgres-file names, such as postgresql://user:password@host/database?sslmode=require; special characters in the password are written as %40 and the like.
error-fleet-postgres-not-built = This program was built without the PostgreSQL queue ({ $path })
hint-fleet-postgres-not-built = Build it with cargo build --release --features postgres, or take postgres-file out of fleet.toml to use the queue on this machine.
error-fleet-needs-network = fleet run needs the network and cannot be used with --offline
hint-fleet-needs-network = Leave out --offline. To read files only, write online = false in fleet.toml and give the accounts no config.
error-fleet-pages-missing = Some pages or images could not be fetched; the gap list names them
hint-fleet-pages-missing = They are tried again later. To see which: liudi gaps and the archive.
error-fleet-file-damaged = { $path } in the archive is missing or has changed
hint-fleet-file-damaged = Put the archive right with liudi repair.
error-fleet-file-locked = { $path } needs a password
hint-fleet-file-locked = Write the password into a file that only you can read, and name that file with password-file of this account in fleet.toml.
error-fleet-file-unknown = { $path } was not recognised and is not in the archive
hint-fleet-file-unknown = liudi sources lists what is recognised; to keep it as it is: liudi keep.
error-fleet-owner-undecided = The files have articles of { $count ->
    [one] another account
   *[other] { $count } accounts
}, and it is not known whose archive this is; for now everything is kept private
hint-fleet-owner-undecided = Say which one with account of this account in fleet.toml.
error-fleet-job-panicked = The program failed internally at { $account }, { $phase }
hint-fleet-job-panicked = It is tried again. If it goes on, please report the messages to us.
error-fleet-worker-lost = Every process that did this job ended in the middle of it
hint-fleet-worker-lost = Check whether there is enough memory, then: liudi fleet retry.
error-fleet-metrics-failed = Metrics cannot be served at { $address }
hint-fleet-metrics-failed = Choose a port that is not in use.
error-fleet-report-not-written = The overview cannot be written ({ $path })
hint-fleet-report-not-written = Choose another place with -o.
error-fleet-copy-set-aside = This machine had an archive that was never brought into the store, and another machine has gone on meanwhile; it was set aside: { $path }
hint-fleet-copy-set-aside = What it held was collected again. If it has files that were put in by hand, give them to the account as inputs; then the folder can be deleted.
error-fleet-not-one-archive = -C names one archive, but a fleet has one for each account: { $path }
hint-fleet-not-one-archive = Leave out -C, and name the list of accounts with --fleet.
