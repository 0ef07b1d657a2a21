# The evidence sheet: a page for a notary or a lawyer.

cli-evidence-sheet = Write an evidence sheet to print for a notary or a lawyer
cli-evidence-sheet-output = Where to write it (default: ARCHIVE/evidence-sheet.html)

sheet-written = Wrote the evidence sheet to { $path } (open it in a browser to print it).
sheet-written-anchor = The checksum on it: { $digest }
sheet-written-unstamped = The archive has no timestamp yet. Get one first, so that the sheet has a time that an authority vouches for: { $liudi } timestamp

error-sheet-archive-damaged = the archive is damaged in { $count ->
    [one] one place
   *[other] { $count } places
}; no evidence sheet was written
hint-sheet-archive-damaged = run liudi verify to see which files are affected, and restore them first
error-sheet-unwritable = the evidence sheet cannot be written to { $path }
hint-sheet-unwritable = write it elsewhere with -o
error-sheet-in-the-way = { $path } exists and is no evidence sheet; it was not overwritten
hint-sheet-in-the-way = choose another name with -o

sheet-title = Archive of a WeChat account · evidence sheet
sheet-what = This page says what an archive of a WeChat account is, when and from what it was made, and how to check it without the program that made it. It contains nothing of the archive's content.
sheet-account = Account
sheet-original-id = Original id
sheet-at = Time of this page
sheet-tool = Made with
sheet-claim = This page states one thing only: the archive is unchanged since a certain time.
sheet-claim-limits = It does not prove that the content is true, nor that nobody changed it before it was kept: the owner of the account gave the files to the program, which kept them as they were and recorded their checksums.
sheet-advice = Have important pages certified by a notary or an evidence service while they are still online: once the account is closed, nobody can compare them with the original any more.
sheet-anchor-title = 1. The checksum
sheet-anchor = The SHA-256 of the file SHA256SUMS in the folder of the archive is below. If it is the same, and all checks of section 5 agree, no byte of the archive has changed.
sheet-anchor-lines = The content of that file is:
sheet-part = Part
sheet-files = Files
sheet-bytes = Bytes
sheet-bag-public = public (may be published)
sheet-bag-private = private (bills, original evidence and more; not for publication)
sheet-read = Before this page was written, the program read every file; all of them agreed with the lists.
sheet-runs-title = 2. When and from what it was made
sheet-runs = The times are those of the clock of the computer in use; no third party vouches for them.
sheet-no-runs = No run has added anything so far.
sheet-run = Run
sheet-time = Time
sheet-pieces = Original files
sheet-media = Images, audio, video
sheet-unknown = not recorded
sheet-sources = The original files by kind:
sheet-source = Kind
sheet-blanked = Blanked places
sheet-articles = Of { $listed ->
    [one] the one article
   *[other] the { $listed } articles
} that lists name, the archive has { $held }.
sheet-source-other = other ({ $name })
sheet-blanked-title = 3. What was blanked, and why
sheet-blanked-some = { $places ->
    [one] One place
   *[other] { $places } places
} in { $pieces ->
    [one] one original file was
   *[other] { $pieces } original files were
} overwritten with letters of the same length.
sheet-blanked-why = Only passwords, session keys and the identifiers of the person who saved a page were blanked: anyone who gets the archive could misuse them. Nothing of articles, pictures and bills was blanked. The number of places in each file is in the column blanked of private/data/evidence/index.csv.
sheet-blanked-none = Nothing was blanked.
sheet-stamps-title = 4. Timestamps and signatures
sheet-stamp-signer = Timestamp authority
sheet-stamp-serial = Number
sheet-stamp-sums = Checksum it is for
sheet-stamp-state = Today
sheet-stamp-unchanged = { $files ->
    [one] the one file of then is unchanged
   *[other] all { $files } files of then are unchanged
}
sheet-stamp-earlier = it is for an earlier state: of its { $files ->
    [one] one file
   *[other] { $files } files
}, { $unchanged ->
    [one] one is unchanged
   *[other] { $unchanged } are unchanged
}
sheet-stamps-note = Keeping a timestamp changes SHA256SUMS, so its checksum differs from that in section 1; step 3 of section 5 leads from it to every single file. The signature was checked with the certificate of the authority. Whether the certificate is that authority's is checked with the root certificate from its website (section 5, step 3).
sheet-stamps-none = There is no timestamp yet: the times above are only those of the computer that made the archive.
sheet-signatures = These signatures are beside SHA256SUMS (they were not checked here):
sheet-check-title = 5. How to check it
sheet-check = The program that made it is not needed. Open a terminal in the folder of the archive, which contains SHA256SUMS:
sheet-check-anchor = Compute the checksum of SHA256SUMS and compare it with section 1 (any one of the three)
sheet-check-files = Check every file
sheet-check-silent = The commands with --quiet and those of Windows print nothing if all agree; those of macOS print OK after every file.
sheet-check-stamps = Check the timestamps (root.pem is the root certificate from the authority's website: first put it into the folder of the archive, beside SHA256SUMS; not inside private, where it would be a file that no list names)
sheet-check-stamps-note = The last two lines name the files that were changed after the timestamp; if they print nothing, none was. Files that were added later are not covered.
sheet-sign-title = 6. Signatures by hand
sheet-sign-keeper = Kept by
sheet-sign-witness = Witness
sheet-sign-date = Date
