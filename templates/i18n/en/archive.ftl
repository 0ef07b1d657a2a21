# The archive on disk: lock, stage, packs, commit.
error-archive-locked = Another liudi is at work on this archive ({ $path }): process { $pid } on { $host }, since { $since }
hint-archive-locked = Wait until it is done, or end that process, then run the command again.
error-archive-in-use = Other liudi commands have been reading this archive ({ $path }) for a quarter of an hour: it was not written
hint-archive-in-use = Wait until they are done, or end them, then run the command again: nothing that was read is lost.
error-archive-changed = Another program changed this archive ({ $path }) while it was being worked on: nothing was written
hint-archive-changed = Run the command again: it begins with the archive as it is now. What was read is read again.
error-lock-failed = Cannot lock the archive at { $path }
error-stage-open-failed = Cannot open the working folder { $path }
error-stage-write-failed = Cannot write { $path }
hint-stage-write-failed = Check that the disk is not full and that you may write there. Run the command again afterwards: nothing is done twice.
error-stage-read-failed = The input could not be read to its end
error-stage-length-differs = { $expected ->
    [one] one byte was
   *[other] { $expected } bytes were
} announced and { $bytes } came
error-stage-sync-failed = The disk did not confirm that { $path } is written
hint-stage-sync-failed = The disk may be failing or full. Nothing half-written is used; run the command again, on another disk if it happens again.
error-stage-read-back-failed = { $path } does not hold what was written to it
hint-stage-read-back-failed = The disk may be failing. Copy the archive to another disk and run the command again.
error-stage-sweep-failed = Cannot clear the working folder { $path }
error-pack-write-failed = Cannot write an evidence pack
error-pack-unreadable = The evidence pack { $path } cannot be read
error-payload-path-refused = “{ $path }” cannot be a file name in the archive
error-commit-failed = The archive could not be written ({ $path })
hint-commit-failed = Nothing is lost. Make sure that the disk has room and may be written to, then run the command again: it finishes this write first.
error-commit-journal-broken = The list of an interrupted write is damaged ({ $path })
hint-commit-journal-broken = Run “liudi verify” to see what is affected. Keep a copy of the whole folder before you do anything else.
error-archive-half-copied = This archive ({ $path }) was copied or moved in the middle of a write, without its hidden folder .liudi: part of its files stayed behind
hint-archive-half-copied = Copy it again from where it was, the folder .liudi included; or run “liudi backup” with all inputs into a new folder. “liudi verify” names what is affected.
error-commit-source-missing = { $path } is to be moved but is not in the archive
error-archive-damaged = The archive is damaged ({ $path }), so nothing was written to it
hint-archive-damaged = Run “liudi verify” to see what is affected.
error-payload-path-collides = “{ $path }” and “{ $other }” are the same name on some systems
error-manifest-malformed = Line { $line } of the manifest { $path } cannot be understood
error-manifest-unreadable = The manifest { $path } cannot be read
error-manifest-write-failed = The manifest { $path } cannot be written

# Verification: what stands after the file's name. A cause follows in brackets.
error-anchor-mismatch = not what SHA256SUMS says
error-anchor-missing = does not name { $file }
error-bag-declaration = no valid declaration of a bag
error-bag-has-fetch = names files elsewhere; they are looked for here and never downloaded
error-evidence-corrupt = a leaf of evidence in it is damaged ({ $leaf })
error-evidence-missing = evidence that the index names is not there
error-evidence-unlisted = holds evidence that the index does not name ({ $leaf })
error-manifest-algorithm = made with { $algorithm }, which cannot be checked
error-manifest-duplicate = names a file twice
error-manifest-missing = there is no payload manifest
error-manifest-path = line { $line } names a file that does not belong there
error-manifest-relative = names { $file } in an unusual way
error-manifest-starred = made with md5sum; its names begin with an asterisk
error-media-misnamed = its name is not the digest of its content
error-oxum-malformed = its Payload-Oxum cannot be read
error-oxum-mismatch = says { $stated } (bytes.files), there are { $actual }
error-payload-corrupt = changed or damaged
error-payload-extra = in no manifest
error-payload-missing = missing
error-payload-renamed = is now called { $to }
error-payload-special = a link or a device, not a file
error-payload-system-file = a system's own file
error-payload-unlisted = not in every manifest
error-payload-unreadable = cannot be read
error-tag-corrupt = tag file changed or damaged
error-tag-encoding = not in the encoding { $encoding }
error-tag-missing = tag file missing
error-tag-unreadable = tag file cannot be read
