# The desk: liudi in the browser.
desk-name = liudi
desk-steps = Steps
desk-skip = Skip to the content
desk-view-archive = Archive
desk-view-inputs = Put in
desk-view-progress = Progress
desk-view-gaps = What is missing
desk-view-ready = May I close it?
desk-view-bills = Bills
desk-view-site = Site
desk-view-broken = Something went wrong
desk-end = End the program
desk-stopped = The program does not answer; it may have ended. Double-click liudi to open it again. Everything that was saved is still there.
desk-request-failed = This did not reach the program; it may have ended. Double-click liudi to open it again, and try once more.
desk-locked-title = Please open this from liudi
desk-locked = This address works only in the browser that it was opened in. Double-click liudi again; it opens a new page.
desk-ended-title = liudi has ended
desk-ended = Everything that was saved is on your computer. You can close this page; to go on, double-click liudi again.
desk-welcome = Keep a copy on this computer before you close the account. Your content and your bills are sent nowhere.
desk-to-archive = Back to the archive
desk-to-inputs = Put files in
desk-open-folder = Open the folder
desk-folder-not-opened = This folder cannot be opened: { $path }
desk-free = { $bytes } are free on this disk.
desk-recent = Archives you used before
desk-recent-gone = { $path } (not found now; it may be on a disk that is not connected)
desk-archive-account = Account: { $account }.
desk-archive-days = The articles kept are from { $first } to { $last }.
desk-archive-new = This archive is still empty. Next: put files in.
desk-archive-unfinished = { $count ->
    [one] The first run stopped before its end, after 1 file.
   *[other] The first run stopped before its end, after { $count } files.
} Nothing is damaged: put the same files in again and it goes on; what was read is not read again.
desk-unfinished = The last run was not finished (stopped, power cut, or the program was closed). Numbers and lists here are of before it; what was archived is there.
desk-unfinished-running = The archive is being written: until that is done, numbers and lists here are of before.
desk-go-on = Go on and finish
desk-archive-read-only = This folder cannot be written to: you can look, check and preview, but nothing can be put in, recorded or reported. Copy it to a disk that can be written to.
desk-free-little = That is little: make room first, or keep the archive on another disk.
desk-note-close = Close this note
desk-archive-nothing = No articles, pictures or videos can be counted for this account yet. Bills are under “Bills”; if articles of several accounts are mixed, put one of the files in again, and you are asked which account it is.
desk-archive-other = Use another archive
desk-archive-choose = Choose an archive or make one
desk-archive-choose-hint = An archive is a folder on your computer with the originals, the pictures and the bills. Put it where there is room and nothing is cleaned up by itself.
desk-archive-use = Use this archive
desk-archive-make = Make one here
desk-archive-name = Name of the archive
desk-folder = Folder:
desk-folder-above = ↑ One level up
desk-folder-empty = This folder is empty.
desk-folder-without-folders = There are no folders in this one.
desk-archive-in-empty = You can put the archive right here, make a new folder for it in here, or go one level up and choose another.
desk-archive-here = Use this empty folder
desk-folder-more = { $count ->
    [one] One more entry is not listed.
   *[other] { $count } more entries are not listed.
}
desk-is-archive = archive
desk-place-home = Home folder
desk-place-desktop = Desktop
desk-place-documents = Documents
desk-place-downloads = Downloads
desk-place-drive = Drive { $name }
desk-numbers-kind = Content
desk-numbers-total = Platform says
desk-numbers-listed = Listed
desk-numbers-held = Kept
desk-numbers-missing = Missing
desk-numbers-given-up = Given up
desk-numbers-more-listed = More are listed than the platform counts: some of those listed may have been deleted there.
desk-numbers-note = “?” means that there is no reliable number: not listed does not mean none.
desk-run-backup = Archiving
desk-run-site = Building the site
desk-run-export = Exporting
desk-run-ready = Checking the archive
desk-run-copy = Reading the second copy
desk-run-asks = There is a question for you
desk-run-stopping = Stopping; what is being written is finished first.
desk-run-paused = Paused
desk-left = { $minutes ->
    [0] { $seconds ->
        [one] about a second left
       *[other] about { $seconds } seconds left
    }
    [one] about a minute left
   *[other] about { $minutes } minutes left
}
error-desk-busy = liudi is busy with something else.
hint-desk-busy = Look at “Progress”: wait until it is done, or stop it first.
error-desk-no-archive = No archive is chosen yet.
hint-desk-no-archive = First choose a folder under “Archive”.
error-desk-name-empty = The archive has no name yet.
hint-desk-name-empty = Type a name, such as liudi-archive, and make it then.
error-desk-no-folder = No folder is chosen.
hint-desk-no-folder = First open a folder in the list.
error-desk-name-invalid = “{ $name }” cannot be the name of a folder.
hint-desk-name-invalid = Leave out the signs / \ : * ? " < > | in the name, a dot or a space at its end, and names that Windows keeps for itself (CON, NUL): an archive may move to another computer.
error-desk-folder-unreadable = Cannot open the folder { $path }
hint-desk-folder-unreadable = It may have moved, be on a disk that is not connected, or not be yours to read. Choose another folder.
error-desk-no-page = There is no such page.
hint-desk-no-page = Use the steps above to go back.
error-desk-form-too-large = This is too long.
hint-desk-form-too-large = Enter it in parts, or save it as a file and put that in.
error-desk-port-taken = Port { $port } is in use by another program.
hint-desk-port-taken = Use another port, or name none.
error-desk-failed = The desk cannot be opened.
hint-desk-failed = Try again; if that does not help, { $liudi } backup does the same in a terminal.
error-desk-no-random = The system gives no random numbers, without which the page cannot be opened safely.
hint-desk-no-random = Restart the computer and try again.
error-desk-run-panicked = The program failed, and this was not finished.
hint-desk-run-panicked = What was written before is not damaged. Try again; if it happens again, please report the file.
desk-open-in = Open in your browser:
desk-keep-window = liudi is running. Closing this window ends the program.
window-closes = Press Enter to close this window.
desk-already = liudi is running already; its page is opened.
cli-desk = Open the desk: everything in the browser, without a terminal
cli-desk-no-open = Print the address instead of opening the browser
cli-desk-idle = Minutes without an open page after which the program ends
cli-value-minutes = MINUTES
desk-archive-default = Make an archive in “{ $place }”
desk-archive-elsewhere = Put it elsewhere, or open an archive you have
desk-view-guide = Where to get each file
desk-guide-lead = What disappears first stands first. Once you have a file, hand it to liudi under “Put in”.
desk-to-guide = No files yet? See where to get each of them
error-desk-archive-gone = The folder of the archive is not there now: { $path }
hint-desk-archive-gone = It may have been renamed or moved, or be on a disk that is not connected. Connect the disk and open this page again; if it moved, choose its new place on the page “Archive”.
desk-root-gone = This folder or file is not there now and was not read: { $path }. It stays in the list; remove it if you do not want it.
desk-leftover-part = { $count ->
    [one] Not all of it was kept: one case
   *[other] Not all of it was kept: { $count } cases
}
desk-leftover-hint-part = Look at what is said above: if you want the part that was left out, keep the original elsewhere; if you are sure that you do not, remove it from the list.
desk-leftover-beside = { $count ->
    [one] Beside a page whose article does not show it: one picture
   *[other] Beside pages whose articles do not show them: { $count } pictures
}
desk-leftover-hint-beside = Mostly they are portraits and icons of the page. If one is yours, take it out of that folder and put it in by itself; if you are sure that you do not want them, remove them from the list.
error-desk-folder-exists = This folder is there already, and empty: { $path }
hint-desk-folder-exists = To put the archive into it, press “Use this folder”; otherwise choose another name.
error-desk-archive-exists = There is an archive already: { $path }
hint-desk-archive-exists = To open it, press “Use this folder”; for a new one, choose another name.
desk-archive-there = Use this folder
