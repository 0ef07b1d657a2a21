# “Put in” on the desk: drop files, name folders, paste links, start, see what was recognised.
desk-inputs-lead = Pages, bills, exported tables, browser recordings, archives: put anything in. What is known is kept, and you are told about the rest.
desk-drop = Drop files or folders here
desk-drop-note = Once they are archived, the copies received here are deleted; your own files are not touched. Drop a page together with the “_files” folder beside it.
desk-drop-files = Choose files
desk-drop-folder = Choose a folder
desk-drop-looking = Looking into the folder, files so far: #count
desk-drop-sending = Putting in: #done / #count files
desk-drop-bytes = Putting in: #done / #count files, #sent / #all MB of this one
desk-drop-failed = The sending broke off: the program may have stopped. What was received is there; drop the rest again.
desk-drop-progress = Progress of putting in
desk-drop-cancel = Stop
desk-name-folder = Name folders or files of this computer (read in place, not copied)
desk-name-folder-note = Best for many or large files: nothing is sent and no room is used.
desk-name-this = Put in this whole folder
desk-links = Paste links to articles
desk-links-label = One per line, copied with “Copy link” in WeChat
desk-links-add = Put in
desk-links-left-out = { $count ->
    [one] One line is no link to an article and was left out: { $text }
   *[other] { $count } lines are no links to articles and were left out, for example: { $text }
}
desk-watch = Watch a folder: each page is archived as you save it
desk-watch-note = Use this while you save articles one by one in the browser. Only what is known is kept; nothing in the folder is changed.
desk-watch-downloads = Watch my Downloads folder
desk-watch-this = Watch { $path }
desk-watch-choose = First open the folder above, under “Name folders or files of this computer”.
desk-run-watch-gone = The watched folder is gone
desk-run-watch = Watching a folder
desk-look-failed = The look failed: { $text }
desk-run-look = Looking at what is known
desk-refused = { $count ->
    [one] One file was not accepted:
   *[other] { $count } files were not accepted:
}
desk-list = To be archived
desk-list-empty = Nothing was put in yet.
desk-list-batch = { $count ->
    [one] one file, { $bytes }
   *[other] { $count } files, { $bytes }
}
desk-list-and-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
desk-list-receiving = being received…
desk-list-unfinished = Broke off before the end; only what arrived whole is counted. Drop the rest again, or use what arrived.
desk-list-arrived = Use what arrived
desk-list-remove-unfinished = Take out and drop again
desk-list-in-place = read in place
desk-list-gone = not found now
desk-list-more-links = { $count ->
    [one] One more link
   *[other] { $count } more links
}
desk-list-remove = Take out
desk-list-remove-links = Take out all links
desk-keep-other = Keep files that are not recognised, too, as they are
desk-start = Start archiving
desk-start-later = liudi is busy with something else; you can start when it is done.
desk-look = First look at what is known
desk-look-note = “First look” writes nothing and only says what would be kept; with many files it takes about as long as archiving.
desk-left-over = Not archived
desk-left-over-note = These files were not read completely, so the copies received here stay and are tried again next time:
desk-leftover-unrecognised = { $count ->
    [one] Not recognised: one file
   *[other] Not recognised: { $count } files
}
desk-leftover-locked = { $count ->
    [one] Locked by a password: one file
   *[other] Locked by a password: { $count } files
}
desk-leftover-problem = { $count ->
    [one] Not read: one file
   *[other] Not read: { $count } files
}
desk-leftover-held = { $count ->
    [one] Kept in the archive as it is, but not read completely: one file
   *[other] Kept in the archive as they are, but not read completely: { $count } files
}
desk-leftover-hint-held = Download or export it again and put it in; that usually helps.
desk-leftover-drop-held = If you do not want to try again, take it out of the list above: the archive still has the original.
desk-leftover-unread = { $count ->
    [one] Not reached yet: one file
   *[other] Not reached yet: { $count } files
}
desk-leftover-hint-unrecognised = Press “Keep as they are”, or take them out of the list above. If it is a page: open it in a browser and save it as “Webpage, Complete”; that is usually recognised. If it is a .rar or .7z: unpack it first.
desk-leftover-hint-locked = Try again, and you are asked for the password. It is in a message of the account 微信支付.
desk-leftover-hint-problem = A file may be incomplete or damaged: download or export it again and put it in.
desk-leftover-drop-problem = If you do not want it, take it out of the list above.
desk-leftover-hint-unread = The last run did not get here: start again to go on.
desk-keep-as-is = Keep as they are
desk-try-again = Try again
desk-and-more = { $count ->
    [one] … and one more
   *[other] … and { $count } more
}
desk-seen = What was recognised last time
desk-seen-before = What would be recognised
desk-seen-before-note = This was only a look; nothing was kept.
desk-seen-part = Stopped before the end; this is not all.
desk-seen-kind = Content
desk-seen-count = Files
desk-seen-nothing = No new file was recognised.
desk-seen-unchanged = { $count ->
    [one] One file was read before and has not changed.
   *[other] { $count } files were read before and have not changed.
}
desk-seen-bytes = To read: { $bytes }. Free on the disk: { $free }.
desk-seen-accounts = These files are from several accounts; you are asked which one the archive is for:
desk-account-articles = { $count ->
    [one] “{ $name }”: one article
   *[other] “{ $name }”: { $count } articles
}
desk-seen-locked = { $count ->
    [one] Locked by a password: one file
   *[other] Locked by a password: { $count } files
}
desk-seen-locked-hint = You are asked for the password when archiving starts.
desk-seen-unrecognised = { $count ->
    [one] Not recognised: one file
   *[other] Not recognised: { $count } files
}
desk-seen-problems = Problems
error-desk-no-links = There is no link to an article in it.
hint-desk-no-links = Links to articles contain mp.weixin.qq.com: open the article in WeChat, then “…” and “Copy link”.
error-desk-still-receiving = Files are still being put in.
hint-desk-still-receiving = Start when all of them are there.
error-desk-nothing-to-read = Nothing was put in yet.
hint-desk-nothing-to-read = Drop files, name a folder or paste links first.
error-desk-input-is-archive = { $path } is the archive's own folder and need not be put in.
hint-desk-input-is-archive = Choose the folder with the original files.
error-upload-file-unread = The browser could not read this file: { $name }
hint-upload-file-unread = It may have moved, been deleted or be open elsewhere, or the folder may not be yours to read. Look where it is and drop it again.
error-upload-name-refused = This name cannot be accepted: { $name }
hint-upload-name-refused = Give the file an ordinary name and put it in again.
error-upload-name-too-long = The name or the path is too long: { $name }
hint-upload-name-too-long = Shorten the names, or name the folder so that it is read in place.
error-upload-cut-off = It broke off before the end.
hint-upload-cut-off = The files that arrived whole are there; drop the rest again.
error-upload-damaged = What was sent is not complete.
hint-upload-damaged = Load the page again and drop the files once more.
error-upload-failed = A file that was received cannot be written: { $path }
hint-upload-failed = Check whether the disk is full, or name the folder so that it is read in place.
error-upload-no-room = There is no room on the disk: the files need { $needed } MB, { $reserve } MB must stay free for the system, and { $free } MB are free.
hint-upload-no-room = Make room, or name the folder so that it is read in place; the archive itself needs about as much.
error-upload-batch-gone = These files were taken out already.
hint-upload-batch-gone = Drop them again.
