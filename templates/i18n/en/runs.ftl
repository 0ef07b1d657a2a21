# Runs on existing archives: other accounts, passwords, damage, disks that cannot be written.

state-damaged = The working folder .liudi was damaged and has been rebuilt from the archive; the archive itself is unchanged.
lists-mended = A list of the archive was damaged and has been put right from what the others say; everything else is unchanged.
state-outdated = The working folder .liudi did not match the archive (the archive was copied or restored) and has been rebuilt from it.
error-catalog-damaged = the database in the working folder is damaged{ $action ->
    [none] .
   *[other] {" "}({ $action })
}
hint-catalog-damaged = rename the .liudi folder in the archive and run again: it is rebuilt from the archive
error-catalog-disk-full = the working folder cannot be written: the disk is full ({ $action })
ready-report-not-written = { $path } cannot be written, so the report was not saved as a file (the verdict is not affected).

summary-only-others = Note: none of the articles read in this run belongs to `{ $account }`. They belong to:
summary-only-others-hint = They are kept in the private part and never published. If this is the wrong archive, use -o to make another one for that account.
summary-undecided = These files come from { $count ->
    [one] one account
   *[other] { $count } accounts
}, and it is not clear which one the archive is for. No site was made; everything is kept in the private part for now:
summary-undecided-one = {"  "}`{ $account }`: { $count ->
    [one] 1 article
   *[other] { $count } articles
}
summary-undecided-hint = Say which one (nothing is read twice): { $liudi } backup --account { $quoted }
ask-account-several = These files come from { $count ->
    [one] one account
   *[other] { $count } accounts
}. Which one is this archive for?
ask-account-one = {"  "}{ $number }. { $account } ({ $count ->
    [one] 1 article
   *[other] { $count } articles
})
ask-account = Number (Enter: not now):
ask-account-again = Please type a number from 1 to { $count }, or the account's name.

error-zip-password-wrong = wrong password: this ZIP cannot be opened
hint-zip-password-wrong = WeChat Pay sends the password in a message, a different one for each bill. For several passwords use the environment variables LIUDI_ZIP_PASSWORD, LIUDI_ZIP_PASSWORD_2 … LIUDI_ZIP_PASSWORD_9, or a file with one per line, named by --password-file
zip-password-refused = Wrong password for: { $names }
summary-locked = ZIPs that need a password: { $names }

error-archive-file-missing = damaged archive: a file that should be there is missing, cannot be read or is not as it was archived
hint-archive-file-missing = { advice-damaged }
summary-mended = { $count ->
    [one] One file that was missing from the archive or had changed was
   *[other] { $count } files that were missing from the archive or had changed were
} put right: made again from the evidence, or taken from the files given.

error-site-folder-taken = `{ $path }` contains other files and is not a site made by liudi; nothing was written
hint-site-folder-taken = choose an empty folder or a new name for the site
error-site-folder-unsafe = the site cannot be put in `{ $path }`: that is the archive, the files being backed up, or your home folder; nothing was written
hint-site-folder-unsafe = choose another folder for the site; by default it is DIR/site

hint-disk-full = the disk is full: free some space, or use another disk, and run the same command again; everything saved so far is safe
hint-disk-quota = your quota on this disk is used up: delete files or ask for more, and run the same command again; everything saved so far is safe
hint-disk-file-too-large = this file system cannot hold a file of that size (FAT32: 4 GB; or a ulimit applies): put the archive on exFAT, NTFS, APFS or ext4
hint-disk-read-only = this place is read-only (a disc, a locked USB stick, a disk that failed): choose another one
hint-disk-in-use = another program has this file open (Excel, a synced folder, a virus scanner): close it and try again
hint-disk-no-right = you have no permission to write here: check who owns the folder and whether another program is using the file, or choose another place
summary-modes-refused = Note: in this place (a USB stick, a cloud or network folder, or on Windows anything outside your own user folder) files cannot be hidden from other users of this computer: they can open the private part. If that matters, use a place inside your own user folder.
dry-run-could-fetch = Offline. With --online it could fetch { $pages ->
    [one] one article
   *[other] { $pages } articles
} and { $media ->
    [one] one image or other file
   *[other] { $media } images and other files
}.
source-container = archive of files
source-document = document kept unchanged
keep-was-read = `{ $file }` is in the archive already, byte for byte, as a file that was read. A file is kept only once, so it was not kept again as `{ $kind }`.
keep-stays = `{ $file }` is already kept as `{ $kind }`, and a file is kept only once: it stays `{ $kind }`, not `{ $other }`.
error-input-ended = no answer was given; nothing was done
hint-input-ended = run again and answer, or give the answers as arguments (liudi backup --help)
evidence-replaced = The previous record was `{ $before }`: from now on `{ $value }` applies; the older record is kept.
error-job-thread-failed = The system does not allow more threads to be started
error-interrupted = Stopped before it was done; what is half-done does not count as done
