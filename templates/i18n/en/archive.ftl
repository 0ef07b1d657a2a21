# The archive on disk: lock, stage, packs, commit.
error-archive-unfinished = The first run of { $path } has not finished{ $count ->
    [0] {""}
    [one] , and has read 1 file so far
   *[other] , and has read { $count } files so far
}: there is nothing to look at or to check yet
hint-archive-unfinished = Nothing is damaged. Add the same files again to go on; what was read is not read again: { $liudi } backup "【FOLDER】"
error-archive-locked = Another liudi is working on this archive ({ $path }): process { $pid } on { $host }, since { $since }
hint-archive-locked = Wait until it has finished, or stop it, then try again. It may be the page of liudi in your browser (archiving, or watching a folder).
error-archive-in-use = Other liudi commands have been reading this archive ({ $path }) for a quarter of an hour, so it could not be written
hint-archive-in-use = Wait until they have finished, or stop them, then try again: nothing that was read is lost.
error-archive-changed = Another program changed this archive ({ $path }) while liudi was working on it: nothing was written
hint-archive-changed = Try again: it starts from the archive as it is now and reads the inputs again.
error-lock-failed = The archive at { $path } cannot be locked
error-stage-open-failed = The working folder { $path } cannot be opened
error-stage-write-failed = { $path } cannot be written
hint-stage-write-failed = Check that the disk is not full and that you have permission to write there. Then try again: nothing is done twice.
error-stage-read-failed = The input could not be read to its end
error-stage-length-differs = { $expected ->
    [one] one byte was
   *[other] { $expected } bytes were
} announced, but { $bytes } were received
error-stage-sync-failed = The disk did not confirm that { $path } has been written
hint-stage-sync-failed = The disk may be failing or full. No half-written file is used; try again, and on another disk if the error returns.
error-stage-read-back-failed = Reading { $path } back gives something other than what was written
hint-stage-read-back-failed = The disk may be failing. Copy the archive to another disk and try again.
error-stage-sweep-failed = The working folder { $path } cannot be cleared
error-pack-write-failed = An evidence pack cannot be written
error-pack-unreadable = The evidence pack { $path } cannot be read
error-payload-path-refused = “{ $path }” cannot be used as a file name in the archive
error-commit-failed = The archive could not be written ({ $path })
hint-commit-failed = Nothing is lost. Make sure that the disk has free space and can be written to, then try again: it finishes this write first.
error-commit-journal-broken = The journal of an interrupted write is damaged ({ $path })
hint-commit-journal-broken = Run “liudi verify” to see what is affected. Copy the whole folder before you do anything else.
error-archive-half-copied = This archive ({ $path }) was copied or moved during a write, without its hidden folder .liudi, so some of its files were left behind
hint-archive-half-copied = If it was being made by liudi copy, run the same command again. Otherwise copy it again from the original place, including the folder .liudi; or run “liudi backup” with all inputs into a new folder. “liudi verify” lists what is affected.
error-commit-source-missing = { $path }, which is to be moved, is not in the archive
error-archive-damaged = The archive is damaged ({ $path }), so nothing was written to it
hint-archive-damaged = { advice-damaged }
error-payload-path-collides = “{ $path }” and “{ $other }” are the same file name on some systems
error-manifest-line-malformed = Line { $line } of the manifest { $path } cannot be understood
error-commit-blocked = A folder stands in the place of the file { $path }, so nothing was written to the archive
hint-commit-blocked = move the folder out of the archive, then try again
error-working-folder-displaced = { $path } is a link or something else that liudi never makes there, so nothing was written
hint-working-folder-displaced = move it away, then try again; what a link leads to stays
error-export-folder-linked = { $path } is a link, and what is written there would be somewhere else, so nothing more was written
hint-export-folder-linked = move the link away, then try again; what it leads to stays
error-archive-folder-displaced = { $path } should be a folder, but is a link or something else, so nothing was written
hint-archive-folder-displaced = { advice-displaced }
error-manifest-unreadable = The manifest { $path } cannot be read
error-manifest-write-failed = The manifest { $path } cannot be written

# Verification: printed after the file name; a cause follows in brackets.
error-anchor-malformed = a line cannot be understood
error-anchor-mismatch = does not match SHA256SUMS
error-anchor-missing = does not name { $file }
error-bag-declaration = not a valid bag declaration
error-bag-has-fetch = lists files stored elsewhere; they are looked for here and never downloaded
error-evidence-corrupt = evidence in it is damaged ({ $leaf })
error-evidence-missing = evidence listed in the index is missing
error-evidence-unlisted = contains evidence that the index does not list ({ $leaf })
error-file-unlisted = not a file of the archive: it is not checked, copied or packed
error-folder-displaced = should be a folder, but is a link or something else
error-folder-in-place = a folder stands in the place of this file
error-manifest-algorithm = uses { $algorithm }, which cannot be checked
error-manifest-duplicate = lists a file twice
error-manifest-malformed = line { $line } cannot be understood
error-manifest-missing = there is no payload manifest
error-manifest-path = line { $line } names a file that does not belong there
error-manifest-relative = writes the name of { $file } in an unusual way
error-manifest-starred = made with md5sum; its file names begin with an asterisk
error-media-misnamed = its name does not match the digest of its content
error-oxum-malformed = its Payload-Oxum cannot be read
error-oxum-mismatch = says { $stated } (bytes.files), but there are { $actual }
error-payload-corrupt = changed or damaged
error-payload-extra = not in any manifest
error-payload-missing = missing
error-payload-renamed = is now called { $to }
error-payload-special = a link or a device, not a file
error-payload-system-file = a file created by the operating system
error-payload-unlisted = not in every manifest
error-payload-unreadable = cannot be read
error-tag-corrupt = tag file changed or damaged
error-tag-encoding = not in the encoding { $encoding }
error-tag-missing = tag file missing
error-tag-unreadable = tag file cannot be read
