# Files that hold other files: MHTML, HAR, WARC.
error-har-bodies-missing = { $count } recorded answers have no content, so they could not be read: { $path }
hint-har-bodies-missing = When exporting, choose "Save all as HAR with content"; open the developer tools before recording and tick "Preserve log".
error-har-broken = The HAR file is malformed from byte { $at } on; the { $count } entries before that were read: { $path }
hint-har-broken = Export it from the browser again.
error-har-cut-off = The HAR file is cut off; its { $count } whole entries were read: { $path }
hint-har-cut-off = Export it from the browser again; a full disk interrupts an export.
error-har-empty = The HAR file holds no recorded requests: { $path }
hint-har-empty = Open the "Network" panel of the developer tools first, reload the page, then export.
error-input-parts-unread = { $count } parts inside are not recognised (text among them is kept as evidence): { $path }
error-mhtml-broken = Not a valid MHTML file: { $path }
hint-mhtml-broken = Save the page again as "Web page, single file".
error-mhtml-cut-off = The MHTML file is cut off; what is whole in it was read: { $path }
hint-mhtml-cut-off = Open the article again, wait for its images, and save it once more.
error-mhtml-without-page = There is no page in the MHTML file: { $path }
hint-mhtml-without-page = Save the page again as "Web page, single file".
error-scratch-write-failed = A temporary file could not be written: { $path }
hint-scratch-write-failed = See whether the disk is full.
