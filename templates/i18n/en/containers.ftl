# Files that hold other files: MHTML, HAR, WARC.
error-har-bodies-missing = { $count ->
    [one] One recorded answer has no content, so it
   *[other] { $count } recorded answers have no content, so they
} could not be read: { $path }
hint-har-bodies-missing = When exporting, choose "Save all as HAR with content"; open the developer tools before recording and tick "Preserve log".
error-har-broken = The HAR file is malformed from byte { $at } on; the { $count ->
    [one] one entry before that was
   *[other] { $count } entries before that were
} read: { $path }
hint-har-broken = Export it from the browser again.
error-har-cut-off = The HAR file is cut off; its { $count ->
    [one] one whole entry was
   *[other] { $count } whole entries were
} read: { $path }
hint-har-cut-off = Export it from the browser again; a full disk interrupts an export.
error-har-empty = The HAR file holds no recorded requests: { $path }
hint-har-empty = Open the "Network" panel of the developer tools first, reload the page, then export.
error-input-parts-unread = { $count ->
    [one] One part inside is not recognised (text in it
   *[other] { $count } parts inside are not recognised (text among them
} is kept as evidence): { $path }
error-mhtml-broken = Not a valid MHTML file: { $path }
hint-mhtml-broken = Save the page again as "Web page, single file".
error-mhtml-cut-off = The MHTML file is cut off; what is whole in it was read: { $path }
hint-mhtml-cut-off = Open the article again, wait for its images, and save it once more.
error-mhtml-without-page = There is no page in the MHTML file: { $path }
hint-mhtml-without-page = Save the page again as "Web page, single file".
error-scratch-write-failed = A temporary file could not be written: { $path }
hint-scratch-write-failed = See whether the disk is full.
error-warc-broken = The web archive is malformed after record { $count }; what stands before was read: { $path }
hint-warc-broken = Make it again with the tool it came from.
error-warc-cut-off = The web archive is cut off; its { $count ->
    [one] one whole record was
   *[other] { $count } whole records were
} read: { $path }
hint-warc-cut-off = Download or make the file again.
error-warc-ratio = What comes out of the web archive is unreasonably large; it was not read to its end: { $path }
error-warc-records-unreadable = { $count ->
    [one] One record
   *[other] { $count } records
} of the web archive cannot be unpacked: { $path }
error-recorded-in-pieces = Of a file that was recorded in pieces { $held } of { $all ->
    [one] one byte
   *[other] { $all } bytes
} are there; it was not put together: { $path }
hint-recorded-in-pieces = Play it to its end while recording, or save it by itself.
error-recorded-pieces-unread = { $count ->
    [one] One piece of a recorded file does not say which part of its file it is, and was
   *[other] { $count } pieces of recorded files do not say which part of their file they are, and were
} not put together: { $path }
hint-recorded-pieces-unread = Save those files by themselves.
error-warc-revisits-unresolved = { $count ->
    [one] One record of the web archive refers
   *[other] { $count } records of the web archive refer
} to an earlier one that is not in it: { $path }
hint-warc-revisits-unresolved = Give the archives that were recorded before it, too.
