# Archives as inputs (ZIP, gzip).
error-gzip-broken = The compressed file { $path } is broken and cannot be read to its end
hint-gzip-broken = Download or export the file again and run once more.
error-gzip-ratio = { $path } would become abnormally large; it was not read
hint-gzip-ratio = Bills and pages are not like that. If you trust the file, unpack it yourself and give the result, or raise `ratio-limit` under `[containers]` in `liudi.toml`.
error-zip-duplicate-names = { $count ->
    [one] One file in the ZIP shares its
   *[other] { $count } files in the ZIP share a
} name with another (such as “{ $member }”); all were read, with numbers added
error-zip-member-broken = A file in the ZIP is broken: { $path }
hint-zip-member-broken = Download or pack it again and run once more.
error-zip-member-link = “{ $member }” in the ZIP is a link, not a file; it was not read
hint-zip-member-link = Unpack the ZIP and give the file the link leads to.
error-zip-member-longer = A file in the ZIP is larger than it says: { $path }
hint-zip-member-longer = The ZIP was tampered with or is broken; download it again.
error-zip-member-shorter = A file in the ZIP is smaller than it says: { $path }
hint-zip-member-shorter = The ZIP may not be downloaded completely; download it again.
error-zip-member-window = A file in the ZIP needs more than { $limit } MB of memory to unpack; it was not read: { $path }
hint-zip-member-window = Unpack it yourself and give the files themselves.
error-zip-members-too-large = { $count ->
    [one] One file in the ZIP { $path } was not read (“{ $member }”), the others were
   *[other] { $count } files in the ZIP { $path } were not read (such as “{ $member }”), the others were
}: a run takes at most { $limit ->
    [one] one byte
   *[other] { $limit } bytes
} out of archives
hint-zip-members-too-large = Raise `byte-limit` under `[containers]` in `liudi.toml` and run once more: what is held is not read again. Or unpack it yourself, in portions.
error-zip-method-unsupported = “{ $member }” in the ZIP is packed by a method that is not supported ({ $method })
hint-zip-method-unsupported = Unpack it with a common tool and give the files themselves.
error-zip-open-failed = The ZIP { $path } is broken, or no ZIP at all
hint-zip-open-failed = Download or pack it again and run once more.
error-zip-overlap = The contents of the ZIP { $path } overlap: it is a forgery and was not read
error-zip-ratio = { $count ->
    [one] One file in the ZIP would become abnormally large (“{ $member }”, more than { $limit }-fold) and was not read
   *[other] { $count } files in the ZIP would become abnormally large (such as “{ $member }”, more than { $limit }-fold) and were not read
}
hint-zip-ratio = Bills and pages are not like that. If you trust the file, unpack it yourself and give the result, or raise `ratio-limit` under `[containers]` in `liudi.toml`.
error-zip-too-deep = The ZIP { $path } lies too deep in others (at most { $limit ->
    [one] one level
   *[other] { $limit } levels
}); it was not read
hint-zip-too-deep = Take the innermost ZIP out and give that, or raise `nesting-limit` under `[containers]` in `liudi.toml`.
error-zip-too-large = The ZIP { $path } unpacks to more than allowed ({ $limit ->
    [one] one byte
   *[other] { $limit } bytes
}); it was not read
hint-zip-too-large = Work in portions, unpack it yourself onto a disk with room, or raise `byte-limit` under `[containers]` in `liudi.toml`.
error-zip-too-many-members = { $count ->
    [one] One file in the ZIP { $path } was not read (“{ $member }”), the others were
   *[other] { $count } files in the ZIP { $path } were not read (such as “{ $member }”), the others were
}: a run reads at most { $limit ->
    [one] one file
   *[other] { $limit } files
} in archives
hint-zip-too-many-members = Raise `member-limit` under `[containers]` in `liudi.toml` and run once more: what is held is not read again. Or unpack it yourself.
