# Runs on archives that exist: other accounts, passwords, damage, disks that cannot be written.

state-damaged = The working folder .liudi was damaged and has been rebuilt from the archive, which has not changed.
state-outdated = The working folder .liudi did not belong to this state of the archive (copied or restored) and has been rebuilt from it.
error-catalog-damaged = the database of the working folder is damaged{ $action ->
    [none] .
   *[other] {" "}({ $action })
}
hint-catalog-damaged = it holds nothing that the archive does not: delete the .liudi folder in the archive and run again
error-catalog-disk-full = the working folder cannot grow: the disk is full ({ $action })
ready-report-not-written = { $path } cannot be written to: the report was not saved as a file (the verdict stands).

summary-only-others = Note: none of the articles read in this run is of `{ $account }`. They are of:
summary-only-others-hint = They are kept in the private part and never published. If this is the wrong archive, make another one for that account with -o.
summary-undecided = These files are of { $count ->
    [one] one account
   *[other] { $count } accounts
}, and which of them the archive is of cannot be told. No site was made; everything is kept in the private part for now:
summary-undecided-one = {"  "}`{ $account }`: { $count ->
    [one] 1 article
   *[other] { $count } articles
}
summary-undecided-hint = Say which one; nothing is read twice: liudi backup … --account "{ $account }"
ask-account-several = These files are of { $count ->
    [one] one account
   *[other] { $count } accounts
}. Which one is the archive of?
ask-account-one = {"  "}{ $number }. { $account } ({ $count ->
    [one] 1 article
   *[other] { $count } articles
})
ask-account = Number (Enter: not now):
ask-account-again = Please type a number from 1 to { $count }, or the account's name.

error-zip-password-wrong = wrong password: this ZIP does not open
hint-zip-password-wrong = WeChat Pay sends the password as a message, another one for each bill. Several passwords: environment variables LIUDI_ZIP_PASSWORD, LIUDI_ZIP_PASSWORD_2 … LIUDI_ZIP_PASSWORD_9, or a file with one a line, named by --password-file
zip-password-refused = Wrong password for: { $names }
summary-locked = ZIPs that need a password: { $names }

error-archive-file-missing = damaged archive: a file that should be there is missing or has another size
hint-archive-file-missing = give the original files to liudi backup once more: what they hold is put back; or take it from a second copy. liudi verify lists everything
summary-mended = { $count ->
    [one] A media file
   *[other] { $count } media files
} missing in the archive { $count ->
    [one] was
   *[other] were
} put back from the files given.

error-site-folder-taken = `{ $path }` holds other things and is no site made by liudi; nothing was written
hint-site-folder-taken = choose an empty folder or a new name for the site
error-site-folder-unsafe = the site cannot go to `{ $path }`: that is the archive, the files being backed up or your home folder; nothing was written
hint-site-folder-unsafe = choose another folder for the site; without one it goes to DIR/site

hint-disk-full = the disk is full: make room, or put the archive on another disk with -o, and run the same command again; what was kept stays
hint-disk-quota = your quota on this disk is used up: remove files or ask for more, and run the same command again; what was kept stays
hint-disk-file-too-large = this file system holds no file of that size (FAT32: 4 GB; or a ulimit): put the archive on exFAT, NTFS, APFS or ext4
hint-disk-read-only = nothing can be written here (a disc, a locked stick, a disk that failed): choose another place with -o
hint-disk-no-right = you may not write here: see whose folder it is and whether another program holds the file, or choose another place with -o
summary-modes-refused = Note: this disk (a stick, a cloud or network folder) knows no file modes: the private part cannot be closed off from others on this machine. Use a local disk if that matters.
dry-run-could-fetch = Offline. With --online it could fetch { $pages ->
    [one] one article
   *[other] { $pages } articles
} and { $media ->
    [one] one image or other file
   *[other] { $media } images and other files
}.
source-container = archive of files
source-document = file kept as it is
keep-stays = `{ $file }` was kept as `{ $kind }` before, and a file is kept once: `{ $kind }` counts, not `{ $other }`.
error-input-ended = no answer; nothing was done
hint-input-ended = run it again and answer, or give the answers as arguments (liudi backup --help)
evidence-replaced = It was `{ $before }` before: `{ $value }` counts from now on; the older record stays.
error-job-thread-failed = The system lets no more threads be started
error-interrupted = Stopped before it was done: nothing half-made is left behind
