# Timestamps: proof that an archive already was as it is at a certain time.

cli-timestamp = Have a timestamp authority prove that the archive already was as it is now
cli-timestamp-output = Where to write the request (default: ARCHIVE/SHA256SUMS.tsq)
cli-timestamp-answer = Keep the answer of a timestamp authority
cli-timestamp-tsa = With --online: ask the authority at this address
cli-any-tsa-ca = Root certificate of the timestamp authority (PEM or DER), to judge whether it is the one that signed
cli-value-reply = FILE

timestamp-asked = The request for a timestamp is in { $path }. It contains a digest of the archive's checksums and a number, and no content.
timestamp-asked-digest = It asks for a timestamp of SHA256SUMS, whose SHA-256 is: { $digest }
timestamp-asked-next = What to do next:
timestamp-asked-send = 1. Send this file to a timestamp authority: upload it where there is a page for it, or to an address like this:
timestamp-asked-take = 2. Keep the file that it answers (.tsr): { $liudi } timestamp --answer "FILE.tsr"
timestamp-asked-lost = The archive cannot be written to, so its lists of today were not put aside: do not change it before you have kept the answer.
timestamp-kept = Kept the timestamp in { $place }.
timestamp-already = This timestamp was kept before: { $place }.
timestamp-without-nonce = The answer lacks the number of the request: it was not made from the request file, but for the same checksum of this archive, and is as good.

stamp-unchanged = Unchanged since { $time }, by the clock of “{ $signer }”: { $files ->
    [one] the one file of then is there, and as it was.
   *[other] all { $files } files of then are there, and as they were.
}
stamp-newer = { $newer ->
    [one] One file was added later and is not covered.
   *[other] { $newer } files were added later and are not covered.
}
stamp-earlier = The timestamp of { $time } by “{ $signer }” is for an earlier state of the archive: of its { $files ->
    [one] one file
   *[other] { $files } files
} { $unchanged ->
    [one] one is unchanged since
   *[other] { $unchanged } are unchanged since
}; { $changed ->
    [one] one was changed
   *[other] { $changed } were changed
} and { $gone ->
    [one] one removed
   *[other] { $gone } removed
} later, such as { $first }.
stamp-damaged = The files listed above as damaged are no longer what the timestamp is for.
stamp-sampled = Only a part was read: of the other files only the lists were compared.
stamp-not-judged = The signature is right. Whether the signer really is “{ $signer }” was not judged: get the root certificate from this authority's website and add --tsa-ca "FILE".
stamp-trusted = The signature is right, and the signer's certificate comes from the root certificate you named (revocation was not checked).
stamp-refused = The signature is right, but the signer's certificate does not come from the root certificate you named.
stamp-command = To check this without liudi (root.pem is the root certificate from this authority's website, in the folder of the archive beside SHA256SUMS):
stamp-claim = A timestamp proves that nothing changed since, not that the content is true.

error-timestamp-archive-damaged = the archive { $path } is damaged (`{ $first }`); no request for a timestamp was written
hint-timestamp-archive-damaged = mend it with liudi repair first, then ask for a timestamp
error-timestamp-address-refused = this is no address to ask for a timestamp: { $url }
hint-timestamp-address-refused = give the address that the timestamp authority publishes: it begins with http:// or https://, has a name instead of an IP address, and does not lead to this computer or a local network
error-timestamp-algorithm-unknown = the timestamp uses an algorithm that cannot be checked here or is no longer reliable ({ $algorithm })
hint-timestamp-algorithm-unknown = ask an authority that uses SHA-256 or longer and signs with RSA or ECDSA; a timestamp signed with SM2 can be kept with liudi keep and checked with the authority's own tool
error-timestamp-ask-failed = the timestamp authority gave no answer: { $url }
hint-timestamp-ask-failed = check the address and the network, and try again later; or send the request file yourself and keep the answer with --answer
error-timestamp-authorities-unreadable = no certificate can be read in { $path }
hint-timestamp-authorities-unreadable = use a root certificate as PEM (it begins with -----BEGIN CERTIFICATE-----) or DER
error-timestamp-certificate-expired = the time of the timestamp, { $time }, is outside the validity of the certificate of “{ $name }” ({ $first } to { $last })
hint-timestamp-certificate-expired = this timestamp proves nothing: ask again
error-timestamp-certificate-missing = the answer lacks the signer's certificate, without which its signature cannot be checked
hint-timestamp-certificate-missing = ask again for an answer with the certificate (the request file of liudi does); or name a file that contains it with --tsa-ca
error-timestamp-certificate-purpose = the certificate of “{ $name }” is not for timestamps
hint-timestamp-certificate-purpose = this is no proper timestamp: ask another authority
error-timestamp-nonce-differs = this answers another request: its number differs
hint-timestamp-nonce-differs = give the answer to this request, or send the request again
error-timestamp-not-read = { $path } is not the answer of a timestamp authority (RFC 3161)
hint-timestamp-not-read = an answer usually ends in .tsr or .tst and has a few KB; a web page, the request (.tsq) and a PDF certificate are none. A PDF can be kept with liudi keep
error-timestamp-not-trusted = the certificate of “{ $name }” does not come from the root certificate you named; nothing was kept
hint-timestamp-not-trusted = name the root certificate of this authority; or leave out --tsa-ca to keep the timestamp now and judge it later
error-timestamp-of-other = { $path } is a timestamp of something else, not of this archive
hint-timestamp-of-other = this also happens if the archive changed after the request and the lists of then are gone. Ask again: liudi timestamp
error-timestamp-refused = the timestamp authority refused (status { $status }): { $text }
hint-timestamp-refused = do what it says, or ask another authority; the request file can be used again
error-timestamp-request-in-the-way = { $path } exists and is no request for a timestamp; it was not overwritten
hint-timestamp-request-in-the-way = choose another name with -o
error-timestamp-signature-wrong = the signature of the timestamp is wrong: { $path }
hint-timestamp-signature-wrong = the file was damaged on its way, or is forged: download it again, or ask again
error-timestamp-too-large = { $path } is too large for a timestamp (the limit is { $limit } KB)
hint-timestamp-too-large = an answer has a few KB: is this another file
error-timestamp-truncated = { $path } is incomplete: its end is missing
hint-timestamp-truncated = download the answer again
error-timestamp-unwritable = the request for a timestamp cannot be written to { $path }
hint-timestamp-unwritable = write it to another folder with -o
error-timestamp-tsa-offline = asking an authority needs the network, and --online is missing
hint-timestamp-tsa-offline = add --online; or leave out --tsa and send the request file yourself
error-timestamp-online-without-tsa = no timestamp authority was named to ask online
hint-timestamp-online-without-tsa = add --tsa with the address of an authority; liudi does not choose one for you
