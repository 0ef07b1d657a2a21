# Second copies and repair
cli-copy = Make a second copy of an archive, and check it
cli-copy-archive-dir = The archive
cli-copy-target = Folder of the copy (new, empty or an earlier copy; if it holds anything else, the copy gets a folder inside it)
cli-value-dest = COPY
cli-repair = Put right what is missing from an archive or has changed in it
cli-repair-from = Another copy of the archive, its packs, or a folder or file that may hold what is lost; can be given several times
cli-repair-identity = A file of secret keys of age for packs, readable by its owner only
cli-repair-passphrase-file = The passphrase of packs is in this file, readable by its owner only
cli-value-path = PATH
task-copy = Copying

copy-copied = Copied { $files ->
    [one] one file
   *[other] { $files } files
} ({ $bytes }); { $kept ->
    [one] one file was
   *[other] { $kept } files were
} there already: { $folder }
copy-checked = Every byte of the copy was read back from the disk: it is complete and right.
copy-checked-cached = Every byte of the copy was read back: it is complete and right. (On this system what was just written may still be in memory: to be sure, unplug the disk, plug it in again and run liudi verify on the copy.)
copy-recorded = It is recorded as the second copy, which counts when liudi judges whether the account may be closed.
copy-not-recorded = The original cannot be written to, so it is not recorded as the second copy.
copy-unfinished = { $count ->
    [one] One file of the original is damaged and was
   *[other] { $count } files of the original are damaged and were
} not copied. Everything else is in the copy, but it does not count yet. Mend the original with liudi repair, then run the same command again.
copy-broken-off = Note: this copy was broken off, so what it lacks is not damage. Run liudi copy with the original and this folder again: it goes on where it was.
error-copy-failed = The copy cannot be written ({ $path })
hint-copy-failed = Check that the disk is not full, can be written to and is still plugged in, then run the same command again: what was copied is not copied twice. The original has not changed.
error-copy-in-use = Another liudi is copying to this folder (`{ $path }`)
hint-copy-in-use = Wait until it has finished, or choose another folder.
error-copy-no-room = The disk of { $path } has no room: { $size } more is needed
hint-copy-no-room = Make room or take a larger disk, then run the same command again.
error-copy-of-more = { $path } holds { $count ->
    [one] one file
   *[other] { $count } files
} that this archive does not have (first: { $first }), so nothing was written to it
hint-copy-of-more = It is a copy of a later state, or of another archive. To take back what this archive lacks: liudi repair ARCHIVE --from that copy. Otherwise choose another folder.
error-copy-target-taken = { $path } is neither empty nor a copy of this archive, so nothing was written
hint-copy-target-taken = Choose a new or an empty folder.
error-copy-into-itself = { $path } is inside the archive itself
hint-copy-into-itself = A second copy belongs elsewhere, best on another disk.

repair-from-lists = from the archive's own lists
repair-from-copy = from { $file }
repair-from-evidence = made again from the originals in the archive
repair-nothing = Nothing to mend: { $files ->
    [one] the one file is
   *[other] all { $files } files are
} there, and every byte is right.
repair-planned = This is only a plan, and nothing was written: { $count ->
    [one] one file
   *[other] { $count } files
} can be mended, { $left ->
    [one] one fault
   *[other] { $left } faults
} cannot.
repair-done = Mended { $count ->
    [one] one file
   *[other] { $count } files
}; the archive is complete and right now.
repair-in-part = Mended { $count ->
    [one] one file
   *[other] { $count } files
}; { $left ->
    [one] one fault is
   *[other] { $left } faults are
} left, see above.
error-restore-failed = { $path } cannot be put back
hint-restore-failed = { advice-disk }
error-repair-from-itself = { $path } is the archive that is to be mended
hint-repair-from-itself = After --from write another copy, or the original files.
error-archive-damaged-alone = The archive is damaged ({ $path }), and its working folder .liudi, by which it could be mended, is not there: nothing was written to it
hint-archive-damaged-alone = liudi repair names every damaged file; with --from it takes them from another copy, or from a folder that holds the same files. Without any, back up the original files into a new folder.
