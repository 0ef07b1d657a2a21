# “Progress” on the desk. Texts that begin with desk-summary, desk-next and desk-hint replace those that name commands; “-” where a button says it.
desk-pause = Pause
desk-resume = Go on
desk-stop = Stop
desk-watch-stop = Stop watching
desk-run-note = Closing this page does not stop it. After a stop, what was saved is there, and you can go on at any time.
desk-watching = Watching { $path }: each page is archived as you save it. The site is built when you stop watching.
desk-end-sure = It is not done yet. End the program?
desk-end-sure-note = It stops at a safe point; what was saved is there, and you can go on next time.
desk-end-now = End the program
desk-end-not = No, go on
desk-password = A password is needed
desk-password-wrong = { $count ->
    [one] Wrong password. This archive is still closed:
   *[other] Wrong password. These { $count } archives are still closed:
}
desk-meanwhile = No need to answer now: everything else goes on being archived.
desk-password-trying = Trying the password …
desk-watch-gone = Cannot find this folder; it may have been renamed or unplugged: { $path }. Archiving goes on when it is back.
desk-password-for = { $count ->
    [one] This archive has a password:
   *[other] These { $count } archives have passwords:
}
desk-password-note = The password of a bill is in a message of the account 微信支付, a different one for each bill. Enter one at a time; it opens as many as it fits. Passwords are not written to the archive.
desk-password-label = Password
desk-password-open = Open
desk-password-skip = Skip for now
desk-account = { $count ->
    [one] These files are from one account. Is the archive for it?
   *[other] These files are from { $count } accounts. Which one is this archive for?
}
desk-account-note = The site is made of the one you choose; the articles of the others are kept, too, in the private part only.
desk-account-count = { $count ->
    [one] one article
   *[other] { $count } articles
}
desk-account-skip = Leave it open
desk-ended-done = { $what }: done.
desk-ended-stopped = { $what }: stopped by you. What was saved is there.
desk-ended-interrupted = { $what }: interrupted before the end. What was saved is there.
desk-ended-failed = { $what }: this failed.
desk-did-backup = Archiving
desk-did-watch = Watching
desk-did-look = First look
desk-did-site = Site
desk-did-export = Export
desk-did-ready = Check
desk-did-copy = Reading the second copy
desk-again = Go on
desk-again-password = Enter the password again
desk-again-account = Say which account
desk-to-gaps = See what is missing
desk-to-site = See the site
desk-more-files = Put in more
desk-summary = What was done
desk-nothing-running = Nothing is being done now.
desk-run-receiving = { $names }: still being put in, and not archived. Start again when it is there.
desk-run-lost = { $count ->
    [one] One thing was not archived: it broke off while it was put in, or cannot be found now. Put it in again:
   *[other] { $count } things were not archived: they broke off while they were put in, or cannot be found now. Put them in again:
}
desk-waiting = Files were put in and are not archived yet. Start or go on:
desk-summary-interrupted = Stopped before the end. What was saved is there; press “Go on” to continue.
desk-summary-ask-trades = The bills do not show whether there were earlier or later transactions. Give the days of the first and the last one under “May I close it?”.
desk-summary-missing-bills = { $count ->
    [one] One daily bill of the merchant number is missing; of which day: see “Bills”.
   *[other] { $count } daily bills of the merchant number are missing; of which days: see “Bills”.
}
desk-summary-ledger = The transactions are shown under “Bills” and can be opened in Excel.
desk-summary-unrecognised = { $count ->
    [one] One file was not recognised and is not in the archive (it can be kept as it is under “Put in”):
   *[other] { $count } files were not recognised and are not in the archive (they can be kept as they are under “Put in”):
}
desk-summary-only-others-hint = All of it is kept in the private part and not on the site. If this is the wrong archive, make another one for that account under “Archive”.
desk-summary-undecided-hint = Say which one, and nothing is read twice: press “Say which account”.
desk-summary-archive = -
desk-summary-site = The site was built; see “Site”.
desk-next-online = What is missing can be fetched under “What is missing”; or open it in a browser, save it and put it in.
desk-next-expired-videos = The addresses of some videos have expired: save the list of posts in 视频号助手 again, put it in, then fetch under “What is missing”.
desk-next-password-earlier = Encrypted bills put in earlier are still closed: see “What is missing”.
desk-next-password = Some encrypted bills were not opened: press “Enter the password again”.
desk-next-gaps = -
desk-next-not-ready = { $count ->
    [one] The account cannot be closed yet: one requirement is unmet or unchecked; see “May I close it?”.
   *[other] The account cannot be closed yet: { $count } requirements are unmet or unchecked; see “May I close it?”.
}
desk-next-ready = Whether the account can be closed now: see “May I close it?”.
desk-next-verify = -
desk-hint-disk-quota = Your quota on this disk is used up: remove some files and press “Go on”; what was saved is there.
desk-summary-inputs = { $count ->
    [0] Nothing new was put in.
    [one] Found one file; { $read ->
        [0] { $which ->
            [unchanged] it was not read in this run: what was read before and has not changed is not read again.
           *[others] it could not be read in this run.
        }
       *[other] read in this run: { $read }.
    }
   *[other] Found { $count } files; { $read ->
        [0] { $which ->
            [unchanged] none was read in this run: what was read before and has not changed is not read again.
           *[others] none was read in this run.
        }
       *[other] read in this run: { $read }.
    }
}
desk-summary-unmatched = { $count ->
    [one] One more video, recording or picture matches
   *[other] { $count } more videos, recordings or pictures match
} no listed post: kept in the private part only, not on the site.
