# The desk: keeping the archive safe. Second copy, repair, packs, timestamp.
desk-view-keeping = Keep safe
desk-keeping-empty = The archive holds nothing yet, so there is nothing to keep safe. Put files in first.
desk-keeping-parts = Parts of this step
desk-keeping-part-copy = Second copy
desk-keeping-part-repair = Repair
desk-keeping-later = liudi is busy with something else; this can begin when that is done.

# The second copy
desk-run-second-copy = Making the second copy
desk-did-second-copy = The second copy
desk-second-lead = A single copy is lost with its disk. Keep a second one on another disk: an external drive, a USB stick, or the folder of a cloud drive.
desk-second-is = The recorded second copy is in this folder (checked on { $at }):
desk-second-current = When it was checked, it was the same as the archive is now.
desk-second-outdated = The archive has changed since: bring the second copy up to date, so that “May I close it?” counts it.
desk-second-away = This folder is not found now: its disk may not be connected. Connect it and open this page again.
desk-second-update = Bring it up to date
desk-second-check = Check it again
desk-second-none = No second copy is recorded yet.
desk-second-where = Where to copy it
desk-second-another = Copy it elsewhere
desk-second-folder = Folder
desk-second-help = Such as D:\Backup. If there is anything else in it, “{ $name }” is made inside it; other files are left alone.
desk-second-go = Copy
desk-second-again = Go on copying
desk-second-here = Copy to this place
desk-second-goes-to = It will be in:
desk-second-going-on = Everything is copied, then read back and checked; the result appears here. You can stop at any time: what was copied is not copied again.
desk-second-stopped = The copy was stopped before its end. Press once more to go on; what was copied is not copied again. An unfinished copy does not count yet.
desk-second-to-verdict = See whether you may close the account
desk-answer-make-copy = No second copy yet? Make one
desk-do-copy = Make the second copy
desk-copy-copied = Copied { $files ->
    [one] one file
   *[other] { $files } files
} ({ $bytes }){ $kept ->
    [0] {""}
    [one] ; one file was there already
   *[other] ; { $kept } files were there already
}: { $folder }
desk-copy-checked-cached = Every byte of the copy was read back: it is complete and right. (On this computer what was just written may still be in memory: to be sure, unplug the disk, plug it in again and press “Check it again” here.)
desk-copy-recorded = It is recorded as the second copy, and “May I close it?” counts it.
desk-copy-unfinished = { $count ->
    [one] One file of the original is damaged and was
   *[other] { $count } files of the original are damaged and were
} not copied. Everything else is in the copy, but it does not count yet. Mend the original first, then copy once more.
desk-hint-copy-failed = Check that the disk is not full, can be written to and is still plugged in, then copy once more: what was copied is not copied again. The original has not changed.
desk-hint-copy-no-room = Make room or take a larger disk, then copy once more.
error-desk-path-in-part = This is only a part of a place: { $path }
hint-desk-path-in-part = Begin with the drive, such as D:\Backup; or press “Choose a folder” and choose it in the list.

# Repair
desk-run-repair-plan = Checking the archive
desk-did-repair-plan = The check
desk-run-repair = Mending the archive
desk-did-repair = The repair
desk-ended-in-part = { $what }: done, but not all of it succeeded.
desk-damage-repair = Mend it
desk-to-repair = Check for damage
desk-repair-lead = Every file of the archive is read, to see whether any is damaged or gone. You first see how each would be mended; nothing is written before you agree, and what is right is never touched.
desk-repair-plan = Check it and plan the repair
desk-repair-plan-again = Check it again
desk-repair-plan-note = Only reads; a large archive takes some minutes.
desk-repair-planning = Every file is being read; the plan appears here.
desk-repair-mending = The archive is being mended; the result appears here.
desk-repair-stopped-repair-plan = The check was stopped before its end.
desk-repair-stopped-repair = The repair was stopped: what was mended is mended. Check again to go on.
desk-repair-can = { $count ->
    [one] Can be mended: one file
   *[other] Can be mended: { $count } files
}
desk-repair-mended = { $count ->
    [one] Mended: one file
   *[other] Mended: { $count } files
}
desk-repair-go = { $count ->
    [one] Mend this file
   *[other] Mend these { $count } files
}
desk-repair-go-note = Only what is damaged or gone is written, and compared once more before that.
desk-repair-lists-first = A list of files is damaged: which other files are, shows only once it is mended. The repair then goes on with those, and names them at its end.
desk-repair-left = Cannot be mended now
desk-repair-still = Still to be mended
desk-repair-left-advice = If you have another copy, or the original files, add their folder below; the plan is then made anew. If you have neither, put the original files in once more under “Put in”: what they hold is mended.
desk-repair-sources = Where to take it from
desk-repair-sources-note = What the archive can make again by itself needs no other place. The rest is looked for here: only files with exactly the same content are taken, and they are not changed.
desk-repair-second = second copy
desk-repair-away = not found now; it may not be connected
desk-repair-add = Another copy, or the folder of the original files
desk-repair-add-go = Add it and check
desk-repair-this = Add this folder and check
desk-repair-planned = This is only a plan, and nothing was written: { $count ->
    [0] nothing
    [one] one file
   *[other] { $count } files
} can be mended{ $left ->
    [0] , and nothing is left over.
    [one] , one fault cannot.
   *[other] , { $left } faults cannot.
}
desk-repair-in-part = Mended { $count ->
    [one] one file
   *[other] { $count } files
}; { $left ->
    [one] one fault is
   *[other] { $left } faults are
} left.
desk-hint-restore-failed = Check that the disk of the archive is not full and can be written to, then mend it again.
desk-hint-repair-from-itself = Add another copy, or the original files.
desk-hint-second-copy-is-this = Under “Keep safe”, “Second copy”, copy it to another disk; it is then recorded by itself.
desk-hint-copy-of-more = It is a copy of a later state, or of another archive. Under “Repair” you can take back from it what this archive lacks. Otherwise choose another folder.
desk-hint-second-copy-differs = Under “Keep safe”, “Second copy”, copy to the same place: what has changed is brought up to date, and the copy is recorded.
desk-hint-second-copy-damaged = Under “Keep safe”, “Second copy”, copy to the same place: what is damaged is replaced.

# Packs
desk-keeping-part-packs = Packs
desk-run-pack = Packing
desk-did-pack = Packing
desk-packs-lead = Packs the archive into a few files for a cloud drive or a disk. The public and the private part are packed apart; the private one (bills, comments, originals) is encrypted with a passphrase.
desk-packs-bags = What to pack
desk-packs-bags-both = Both parts
desk-packs-bags-only-public = Only the public part
desk-packs-bags-only-private = Only the private part
desk-packs-passphrase-title = Passphrase of the private part
desk-packs-passphrase-help = 12 characters or more; best are six or more unrelated words. It is stored nowhere, and without it nobody can ever open the pack: write it down on paper and keep it with your bank documents.
desk-packs-passphrase = Passphrase
desk-packs-again = Once more
desk-packs-plain = Do not encrypt: whoever gets these files can read the bills and comments
desk-packs-split = Largest size of a file
desk-packs-whole = One file for each part
desk-packs-split-help = Cloud drives and older USB sticks limit the size of a file, mostly to 4 GB. What is larger is cut into pieces; to restore it, all pieces must be together.
desk-packs-folder = Folder for the packs
desk-packs-folder-help = A new one beside the archive, unless you name another; it must not be inside the archive.
desk-packs-choosing = Open the folder that is to have them; the place above follows.
desk-packs-go = Pack
desk-packs-going-on = Everything is packed and compared with the lists of the archive; the result appears here.
desk-packs-stopped = Packing was stopped, and nothing half-done was left behind. The passphrase was not kept: to pack again, type it once more.
desk-packs-done = The archive is packed; the files are in this folder:
desk-pack-folder = Every byte was compared with the lists of the archive.
desk-pack-check = -
desk-pack-readable = Note: the private part is not encrypted. Whoever gets these files can read the bills and comments.
desk-pack-passphrase-only = The private part is encrypted. Without the passphrase nobody can ever open it, nor can liudi: write it down on paper now, and keep it with your bank documents.
desk-pack-signature-unchecked = The signature travels along (key { $key }, not checked).
desk-pack-signature-outdated = Note: the archive has changed since it was signed; the signature that travels along is of an earlier state.
error-desk-passphrase-wanted = There is no passphrase yet.
hint-desk-passphrase-wanted = Choose one for the private part and type it twice; if you really want no encryption, tick “Do not encrypt”.
error-desk-passphrase-and-plain = There is a passphrase, and “Do not encrypt” is ticked.
hint-desk-passphrase-and-plain = To encrypt, take the tick away; not to encrypt, leave the passphrase empty.
error-desk-passphrase-gone = The passphrase was not kept, so packing cannot go on.
hint-desk-passphrase-gone = Type it again under “Keep safe”, “Packs”, and begin anew.
desk-hint-passphrase-differs = Type it twice again; nothing was written yet.
desk-hint-split-size-invalid = Choose a size in the list.
desk-hint-pack-nothing-to-encrypt = The public part is not encrypted: leave the passphrase empty.
desk-hint-pack-bag-missing = This folder has only one part of the archive: choose that part, or use the whole archive.
desk-hint-pack-folder-inside = Choose a folder outside of the archive.
desk-hint-pack-archive-damaged = { desk-advice-damaged }
desk-hint-pack-file-damaged = { desk-advice-damaged }
desk-hint-pack-exists = Choose another folder, or move the old packs away first.
desk-hint-packing-failed = Check that the disk is not full, can be written to and is still plugged in, then pack again.
desk-hint-pack-too-many-parts = Choose larger files.
desk-hint-pack-in-use = Wait until it is done, or choose another folder.

# Timestamp and evidence
desk-keeping-part-stamps = Timestamp and evidence
desk-run-timestamp = Working on the timestamp
desk-did-timestamp = The timestamp
desk-run-sheet = Writing the evidence sheet
desk-did-sheet = The evidence sheet
desk-stamps-lead = A timestamp is signed by an authority outside. It proves that the archive already was as it is at that moment; whether any file changed since, anybody can check.
desk-stamps-limits = It does not prove that the content is true, nor that nobody changed it before it was kept. When more is put in, an earlier timestamp stays valid, but does not cover what is new.
desk-stamps-going-on-timestamp = The lists are being checked; the result appears here.
desk-stamps-going-on-sheet = Every file is being read before the evidence sheet is written.
desk-stamps-stopped = This was stopped before its end. Press once more to do it again.
desk-stamps-kept = The timestamp is kept in the archive.
desk-stamps-already = This timestamp was kept before.
desk-stamps-have = Timestamps kept
desk-stamps-ask-title = Ask for a timestamp
desk-stamps-ask-what = First write a request (SHA256SUMS.tsq). It contains a checksum and a number, and no content: it can safely be sent.
desk-stamps-ask = Write the request
desk-stamps-ask-again = Write one of the archive as it is now
desk-stamps-asked = The request is written; download it.
desk-stamps-get = Download the request
desk-stamps-step-send = Send it to a timestamp authority (one that supports RFC 3161): upload it on its website, or ask a notary or an evidence service for help.
desk-stamps-step-take = The authority answers with a file of a few KB (.tsr or .tst); hand it in below.
desk-stamps-online = Do you have the address of an authority? Ask it from here
desk-stamps-address = Address of the timestamp authority
desk-stamps-online-go = Ask online
desk-stamps-online-note = This goes online and sends only the request to this address; the answer is kept by itself. Which authority to ask is up to you.
desk-stamps-answer-title = Hand in the answer
desk-stamps-answer-what = It is checked that the answer is for this archive and that its signature is right; then it is kept in the archive together with the lists of then.
desk-stamps-answer-choose = Choose the answer
desk-stamps-answer-list = Choose it in a list
desk-sheet-title = Evidence sheet
desk-sheet-what = A page to print for a notary or a lawyer: what the archive is, when and from what it was made, and how to check it without liudi. It contains nothing of the archive's content.
desk-sheet-unstamped = There is no timestamp yet: the times on it are only those of this computer. It is of more use with a timestamp.
desk-sheet-write-zh = Write it in Chinese
desk-sheet-write-en = Write it in English
desk-sheet-written = The evidence sheet is written.
desk-sheet-show = Open it, to print
desk-sheet-get = Download
desk-sheet-note = Every file of the archive is read before; if any is damaged, nothing is written. It is in the folder of the archive: evidence-sheet.html.
desk-stamp-not-judged = The signature is right. Whether the signer really is “{ $signer }” was not judged: that is checked with the root certificate from this authority's website, as the evidence sheet says.
desk-hint-timestamp-archive-damaged = Mend it under “Repair” first, then ask for a timestamp.
desk-hint-timestamp-ask-failed = Check the address and the network, and try again later; or download the request and send it yourself.
desk-hint-timestamp-algorithm-unknown = Ask an authority that uses SHA-256 or longer and signs with RSA or ECDSA; a timestamp signed with SM2 can be checked with the authority's own tool.
desk-hint-timestamp-certificate-missing = Ask again for an answer with the certificate; the request says so.
desk-hint-timestamp-not-read = An answer usually ends in .tsr or .tst and has a few KB; a web page, the request (.tsq) and a PDF certificate are none.
desk-hint-timestamp-of-other = This also happens if the archive changed after the request and the lists of then are gone. Write a new request.
desk-hint-timestamp-request-in-the-way = Move this file out of the folder of the archive, and write the request again.
desk-hint-timestamp-unwritable = Check that the disk of the archive is not full and can be written to, then try again.
desk-hint-sheet-archive-damaged = Mend it under “Repair” first, then write the evidence sheet.
desk-hint-sheet-unwritable = Check that the disk of the archive is not full and can be written to, then write it again.
desk-hint-sheet-in-the-way = Move this file out of the folder of the archive, and write the sheet again.
