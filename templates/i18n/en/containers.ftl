# Files that hold other files: MHTML, HAR, WARC.
error-har-bodies-missing = { $count ->
    [one] One recorded response has no content, so it
   *[other] { $count } recorded responses have no content, so they
} could not be read: { $path }
hint-har-bodies-missing = When exporting, choose "Save all as HAR with content"; before recording, open the developer tools and tick "Preserve log".
error-har-broken = The HAR file is malformed from byte { $at } on; the { $count ->
    [one] one entry before it was
   *[other] { $count } entries before it were
} read: { $path }
hint-har-broken = Export it from the browser again.
error-har-cut-off = The HAR file is cut off; its { $count ->
    [one] one complete entry was
   *[other] { $count } complete entries were
} read: { $path }
hint-har-cut-off = Export it from the browser again; a full disk can interrupt an export.
error-har-empty = The HAR file contains no recorded requests: { $path }
hint-har-empty = First open the "Network" panel of the developer tools, then reload the page and export.
error-input-files-unread = { $count ->
    [one] One file in it is not recognised and is
   *[other] { $count } files in it are not recognised and are
} not in the archive: { $path }
hint-input-files-unread = Run again with --keep-other to keep what is inside as it is.
desk-hint-input-files-unread = To keep what is inside, press “Keep as they are”.
error-input-parts-unread = { $count ->
    [one] One part of the file is
   *[other] { $count } parts of the file are
} not recognised: { $path }
error-mhtml-broken = Not a valid MHTML file: { $path }
hint-mhtml-broken = Save the page again as "Web page, single file".
error-mhtml-cut-off = The MHTML file is cut off; its complete parts were read: { $path }
hint-mhtml-cut-off = Open the article again, wait for its images, and save it again.
error-mhtml-without-page = The MHTML file contains no page: { $path }
hint-mhtml-without-page = Save the page again as "Web page, single file".
error-scratch-write-failed = A temporary file could not be written: { $path }
hint-scratch-write-failed = Check whether the disk is full.
error-warc-broken = The web archive is malformed after record { $count }; the records before it were read: { $path }
hint-warc-broken = Create it again with the tool that made it.
error-warc-cut-off = The web archive is cut off; its { $count ->
    [one] one complete record was
   *[other] { $count } complete records were
} read: { $path }
hint-warc-cut-off = Download or create the file again.
error-warc-ratio = The web archive unpacks to an abnormal size; it was not read to its end: { $path }
error-warc-records-unreadable = { $count ->
    [one] One record
   *[other] { $count } records
} of the web archive cannot be unpacked: { $path }
error-recorded-in-pieces = A file was recorded in pieces, and only { $held } of { $all ->
    [one] one byte
   *[other] { $all } bytes
} are there; it cannot be put together: { $path }
hint-recorded-in-pieces = Play it to the end while recording, or save the file separately.
error-recorded-pieces-unread = { $count ->
    [one] One piece of a recorded file does not say which part of the file it is, and was
   *[other] { $count } pieces of recorded files do not say which part of their file they are, and were
} not put together: { $path }
hint-recorded-pieces-unread = Save those files separately.
error-warc-revisits-unresolved = { $count ->
    [one] One record of the web archive refers
   *[other] { $count } records of the web archive refer
} to an earlier one that is not in it: { $path }
hint-warc-revisits-unresolved = Add the web archives that were recorded earlier, too.
