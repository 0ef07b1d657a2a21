# Archives as inputs (ZIP, gzip).
error-gzip-broken = The compressed file { $path } is damaged and cannot be read to its end
hint-gzip-broken = Download or export the file again, then run again.
error-gzip-ratio = { $path } would unpack to an abnormal size; it was not read
hint-gzip-ratio = Bills and pages never do. If you trust the file, unpack it yourself and add the result, or raise `ratio-limit` under `[containers]` in `liudi.toml`.
error-zip-duplicate-names = { $count ->
    [one] One file in the ZIP has
   *[other] { $count } files in the ZIP have
} the same name as another (such as “{ $member }”); all were read, with numbers added
error-zip-member-broken = A file in the ZIP is damaged: { $path }
hint-zip-member-broken = Download or pack the ZIP again, then run again.
error-zip-member-link = “{ $member }” in the ZIP is a link, not a file; it was not read
hint-zip-member-link = Unpack the ZIP and add the file the link points to.
error-zip-member-longer = A file in the ZIP is larger than the ZIP declares: { $path }
hint-zip-member-longer = The ZIP was tampered with or is damaged; download it again.
error-zip-member-shorter = A file in the ZIP is smaller than the ZIP declares: { $path }
hint-zip-member-shorter = The ZIP may not have been downloaded completely; download it again.
error-zip-member-window = A file in the ZIP needs more than { $limit } MB of memory to unpack; it was not read: { $path }
hint-zip-member-window = Unpack it yourself and add the files.
error-zip-members-too-large = { $count ->
    [one] One file in the ZIP { $path } was not read (“{ $member }”), the others were
   *[other] { $count } files in the ZIP { $path } were not read (such as “{ $member }”), the others were
}: one run unpacks at most { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}
hint-zip-members-too-large = Raise `byte-limit` under `[containers]` in `liudi.toml` and run again: files already in the archive are not read again. Or unpack the ZIP yourself, in portions.
error-zip-method-unsupported = “{ $member }” in the ZIP uses an unsupported compression method ({ $method })
hint-zip-method-unsupported = Unpack it with a common tool and add the files.
error-zip-open-failed = { $path } is damaged or is not a ZIP
hint-zip-open-failed = Download or pack it again, then run again.
error-zip-unlisted = The ZIP { $path } holds files that its directory does not name: it was cut off, or two of them were joined. Only what the directory names was read
hint-zip-unlisted = Download or pack it again, then run again.
error-zip-overlap = The contents of the ZIP { $path } overlap: it is forged and was not read
error-zip-ratio = { $count ->
    [one] One file in the ZIP would unpack to an abnormal size (“{ $member }”, larger by a factor of more than { $limit }) and was not read
   *[other] { $count } files in the ZIP would unpack to an abnormal size (such as “{ $member }”, larger by a factor of more than { $limit }) and were not read
}
hint-zip-ratio = Bills and pages never do. If you trust the file, unpack it yourself and add the result, or raise `ratio-limit` under `[containers]` in `liudi.toml`.
error-zip-too-deep = The ZIP { $path } is nested too deeply in other files (at most { $limit ->
    [one] one level
   *[other] { $limit } levels
}); it was not read
hint-zip-too-deep = Take the innermost ZIP out and add it, or raise `nesting-limit` under `[containers]` in `liudi.toml`.
error-zip-too-large = The ZIP { $path } unpacks to more than the limit ({ $limit ->
    [one] one byte
   *[other] { $limit } bytes
}); it was not read
hint-zip-too-large = Add it in portions, unpack it yourself to a disk with enough space, or raise `byte-limit` under `[containers]` in `liudi.toml`.
error-zip-too-many-members = { $count ->
    [one] One file in the ZIP { $path } was not read (“{ $member }”), the others were
   *[other] { $count } files in the ZIP { $path } were not read (such as “{ $member }”), the others were
}: one run reads at most { $limit ->
    [one] one file
   *[other] { $limit } files
} from compressed files
hint-zip-too-many-members = Raise `member-limit` under `[containers]` in `liudi.toml` and run again: files already in the archive are not read again. Or unpack the ZIP yourself.
