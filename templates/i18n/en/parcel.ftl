# Packing, unpacking, signing.

cli-pack = Pack an archive into a few files, for a cloud drive or a disk
cli-pack-output = Folder for the packs
cli-pack-bag = Which part to pack
cli-pack-split-size = Largest size of a file, such as 4GB; what is larger is cut into pieces
cli-pack-encrypt-to = Encrypt the private part so that only the owner of this age public key (age1…) opens it; may be repeated
cli-pack-passphrase = Encrypt the private part with a passphrase (from LIUDI_PASSPHRASE; otherwise you are asked)
cli-pack-passphrase-file = The passphrase is in this file, readable only by you
cli-pack-sign = Sign the archive first: file of a minisign secret key
cli-unpack = Restore an archive from its packs, checking everything
cli-unpack-files = The packs, or the folder they are in; if one is in pieces, any of them
cli-unpack-output = New folder for the archive
cli-unpack-identity = File of age secret keys, readable only by you
cli-unpack-passphrase-file = The passphrase is in this file, readable only by you
cli-sign = Sign an archive with your own key
cli-sign-key = File of a minisign secret key (made by minisign -G)
cli-verify-signature = Check the signature, with --public-key (default: SHA256SUMS.minisig in the archive)
cli-verify-public-key = The public key that must have signed: a minisign public key file, or the key itself
cli-value-bag = PART
cli-value-size = SIZE
cli-value-recipient = RECIPIENT
cli-value-keyfile = KEYFILE

ask-passphrase = Passphrase:
ask-passphrase-new = Choose a passphrase (12 characters or more; best are six or more unrelated words):
ask-passphrase-again = Once more:
ask-signing-password = Password of the key { $path }:

pack-public = Public part: { $count ->
    [one] one file
   *[other] { $count } files
} in { $name } ({ $bytes })
pack-public-parts = Public part: { $count ->
    [one] one file
   *[other] { $count } files
} in { $parts ->
    [one] one piece
   *[other] { $parts } pieces
}, beginning with { $name } ({ $bytes } together)
pack-private = Private part: { $count ->
    [one] one file
   *[other] { $count } files
} in { $name } ({ $bytes })
pack-private-parts = Private part: { $count ->
    [one] one file
   *[other] { $count } files
} in { $parts ->
    [one] one piece
   *[other] { $parts } pieces
}, beginning with { $name } ({ $bytes } together)
pack-beside = There are two small files as well: { $anchor } (checksums, needed to restore) and { $guide } (how to open). Keep all of them together.
pack-folder = They are in { $path }. Every byte was compared with the lists of the archive.
pack-check = To check at any time: { $command }
pack-readable = Note: the private part is not encrypted. Whoever gets these files can read the bills and comments. To encrypt it, use --passphrase or --encrypt-to.
pack-passphrase-only = Note: the private part is encrypted. Without the passphrase nobody can ever open it, nor can liudi. Write it down on paper and keep it with your bank documents.
pack-keys-only = Note: the private part is encrypted. Only the secret keys of the public keys below open it. If they are lost, nobody can ever open it, nor can liudi.
pack-recipient = Can be opened by the key of: { $key }
pack-signature-valid = The signature travels along (key { $key }).
pack-signature-unchecked = The signature travels along (key { $key }, not checked: liudi verify --public-key checks it).
pack-signature-invalid = A signature travels along, but it is not valid (key { $key }).
pack-signature-outdated = Note: the archive has changed since it was signed; the signature that travels along is of an earlier state. Sign it again with liudi sign before you pack it.

unpack-done = Restored { $count ->
    [one] one file
   *[other] { $count } files
} ({ $bytes }) in { $path }. Every byte is right.
unpack-public-only = This is only the public part: the pack of the private part was not given. PUBLIC-ONLY.txt in the folder says so.
unpack-private-only = This is only the private part: the pack of the public part was not given. PRIVATE-ONLY.txt in the folder says so.

sign-done = Signed (key { $key }). The signature is in SHA256SUMS.minisig in the archive.
sign-meaning = It means that the owner of this key stands for every byte of the archive as it is now; it does not mean that its content is true. If the archive changes, sign it again.

signature-valid = The signature is valid: made by the key { $key }, and no byte has changed since ({ $time }).
signature-unchecked = The archive is signed (key { $key }); the signature was not checked: --public-key KEY checks it.

error-signature-outdated = the archive has changed since it was signed: the signature is of an earlier state (key { $key })
hint-signature-outdated = if you have run backup since, or made a copy to a new place, which is recorded, sign it again with liudi sign; if nothing should have changed, compare with the copy that was signed
error-signature-invalid = the signature was not made by this key, or not over the present content (it names the key { $key })
hint-signature-invalid = check that this is the right public key; if it is, the signature or SHA256SUMS was changed: compare with a second copy
error-signature-missing = the archive is not signed
hint-signature-missing = the signature is called SHA256SUMS.minisig and is at the top of the archive; or name one with --signature=FILE. liudi sign makes one
error-signature-unreadable = this is not a minisign signature
hint-signature-unreadable = restore the signature from a second copy, or sign the archive again with liudi sign
error-public-key-invalid = `{ $value }` is neither a minisign public key nor a file with one
hint-public-key-invalid = a public key is the file minisign.pub that minisign -G makes, or its second line (56 characters that begin with RW)
error-signing-key-invalid = this is not a minisign secret key
hint-signing-key-invalid = make a pair with minisign -G: minisign.key is the secret key (--key), minisign.pub the public key that others check with
error-signing-key-unreadable = the key file `{ $path }` cannot be read
hint-signing-key-unreadable = { advice-rights }
error-signing-password-wrong = wrong password for this key
hint-signing-password-wrong = it is the password that was set when minisign -G made the key; it may also be in the environment variable LIUDI_SIGNING_PASSWORD
error-sign-archive-damaged = the archive `{ $path }` is damaged ({ $first }); it was not signed
hint-sign-archive-damaged = run liudi verify to see which files are affected, and sign it once they are restored
error-sign-failed = the signature cannot be written to `{ $path }`
hint-sign-failed = { advice-disk }

error-archive-one-bag = `{ $path }` has only one part of an archive and cannot be written to
hint-archive-one-bag = restore both parts into a new folder with liudi unpack, and use that one

error-secret-needed = there is nobody here to type a passphrase or password
hint-secret-needed = set the environment variable { $name }, or run this in a terminal
error-passphrase-short = the passphrase is too short: fewer than { $count ->
    [one] one character
   *[other] { $count } characters
}
hint-passphrase-short = a pack may lie around for many years: six or more unrelated words are easy to remember and hard to guess
error-passphrase-differs = the two passphrases differ
hint-passphrase-differs = try again; nothing was written
error-passphrase-file-empty = the passphrase file `{ $path }` is empty
hint-passphrase-file-empty = write the passphrase on its first line
error-key-file-open-to-others = other users can read the key file `{ $path }`
hint-key-file-open-to-others = run `chmod 600 "{ $path }"` first
error-identity-unreadable = the key file `{ $path }` cannot be read
hint-identity-unreadable = { advice-rights }
error-identity-invalid = `{ $path }` has no age key that can be used
hint-identity-invalid = it must be a file made by age-keygen (with a line that begins with AGE-SECRET-KEY-1); for SSH keys and encrypted key files, decrypt with the program age
error-recipient-invalid = `{ $key }` is not an age public key
hint-recipient-invalid = a public key begins with age1 and is made by age-keygen; do not give the secret key that begins with AGE-SECRET-KEY
error-recipient-unsupported = packs cannot be encrypted to this kind of key: `{ $key }`
hint-recipient-unsupported = only public keys made by age-keygen are supported (age1…); for SSH keys or plugins, pack without encryption and encrypt with the program age

error-split-size-invalid = `{ $value }` is not a valid size
hint-split-size-invalid = write it like 4GB or 700MB, at least 64KiB; cloud drives often take files up to 4GB
error-pack-nothing-to-encrypt = the public part is not encrypted, and nothing else is packed
hint-pack-nothing-to-encrypt = leave out --bag public, or leave out the encryption
error-pack-bag-missing = `{ $path }` does not have the part that is to be packed
hint-pack-bag-missing = this folder has only one part of an archive: name that one with --bag, or use the whole archive
error-pack-folder-inside = `{ $path }` is inside the archive; packs cannot be there
hint-pack-folder-inside = choose a folder outside of the archive: -o "【DIR】"
error-pack-archive-damaged = the archive `{ $path }` has { $count ->
    [one] a fault
   *[other] { $count } faults, the first
} at { $first }; nothing was packed
hint-pack-archive-damaged = { advice-damaged }
error-pack-file-damaged = `{ $path }` differs from the list of the archive; nothing was packed
hint-pack-file-damaged = { advice-damaged }
error-pack-manifest-unsorted = `{ $path }` is not in order (`{ $file }`); nothing was packed
hint-pack-manifest-unsorted = another program has changed this list: pack a second copy instead
error-pack-exists = `{ $path }` exists with other content and was not replaced
hint-pack-exists = choose another folder, or move the old packs away first
error-pack-in-use = another liudi is writing there (`{ $path }`)
hint-pack-in-use = wait until it has finished, or choose another folder
error-packing-failed = the packs cannot be written to `{ $path }`
hint-packing-failed = { advice-disk }
error-pack-too-many-parts = there would be more than { $count ->
    [one] one piece
   *[other] { $count } pieces
}
hint-pack-too-many-parts = give a larger --split-size
error-archive-list-changed = `{ $path }` of the archive was changed after it was written, so what it says is not used
hint-archive-list-changed = { advice-damaged }
error-archive-file-unreadable = `{ $path }` of the archive cannot be read
hint-archive-file-unreadable = { advice-damaged }

error-unpack-target-taken = `{ $path }` exists; nothing was written to it
hint-unpack-target-taken = an archive is restored to a new folder: -o "【DIR】"
error-unpack-nothing = no pack was found (`{ $path }`)
hint-unpack-nothing = packs are called …-public.zip, …-private.zip or …-private.zip.age, perhaps with .001: give them, or the folder they are in
error-unpack-several = `{ $path }` has packs of several archives: { $names }
hint-unpack-several = one archive is restored at a time: give the files of that one
error-unpack-twice = `{ $path }` is the same part as another pack
hint-unpack-twice = give one pack of each part
error-unpack-anchor-missing = the small file with the checksums is missing: `{ $path }`
hint-unpack-anchor-missing = put it beside the other packs; if it is lost, decrypt and unzip with other programs: manifest-sha256.txt in each part still checks its files
error-unpack-other-archive = `{ $path }` does not belong to these checksums: it is of another archive, or was packed at another time
hint-unpack-other-archive = all packs must be from one run: check that none of another was mixed in
error-unpack-not-valid = what was unpacked is not a valid archive ({ $first }); nothing was left behind
hint-unpack-not-valid = these packs are not as liudi writes them: unzip them with another program and look at the folder with liudi verify
error-unpacking-failed = `{ $path }` cannot be written
hint-unpacking-failed = { advice-disk }
error-pack-missing = `{ $path }` does not exist
hint-pack-missing = check its name and place
error-packs-unreadable = `{ $path }` cannot be read
hint-packs-unreadable = { advice-rights }
error-pack-part-missing = a piece is missing: `{ $path }`
hint-pack-part-missing = all pieces must be in one folder, with their names unchanged
error-pack-truncated = `{ $path }` is incomplete: it ends too early
hint-pack-truncated = perhaps the download was cut off or the last pieces are missing: download it again and check it with sha256sum -c. If files that end in .par2 lie beside it, liudi repair on their folder mends it
error-pack-damaged = `{ $path }` is damaged and cannot be read on; nothing was left behind
hint-pack-damaged = sha256sum -c shows which file it is: download it again or use a second copy. If files that end in .par2 lie beside it, liudi repair on their folder mends it
error-pack-foreign = `{ $path }` is damaged or is not a pack of liudi; nothing was left behind
hint-pack-foreign = check it with sha256sum -c. A ZIP made by another program: unzip it and look at the folder with liudi verify
error-pack-name-refused = `{ $path }` has a file name that it may not have: `{ $file }`; nothing was left behind
hint-pack-name-refused = liudi never writes such a name: somebody may have tampered with this file; do not open it
error-pack-unexpected = `{ $path }` should have `{ $expected }` where it has `{ $file }`; nothing was left behind
hint-pack-unexpected = perhaps pieces are in the wrong order, or it was changed: check it with sha256sum -c and download it again
error-pack-content-wrong = the content of `{ $file }` in `{ $path }` has changed; nothing was left behind
hint-pack-content-wrong = sha256sum -c shows which file it is: download it again or use a second copy. If files that end in .par2 lie beside it, liudi repair on their folder mends it
error-pack-passphrase-wrong = wrong passphrase: `{ $path }` cannot be opened
hint-pack-passphrase-wrong = check upper and lower case and the keyboard, then try again
error-pack-key-wrong = none of these keys opens `{ $path }`
hint-pack-key-wrong = it was encrypted to another public key: give the file of its secret key with --identity
error-pack-key-needed = a key file is needed to open `{ $path }`
hint-pack-key-needed = give the secret key (the file that age-keygen made) with --identity
error-pack-too-much-work = opening `{ $path }` would take too much memory (2 to the power of { $work }); it was not opened
hint-pack-too-much-work = liudi never writes such packs: somebody may have tampered with it; if it is yours, decrypt it with the program age

# Recovery files
cli-pack-parity = Also write recovery files of this share of the size, by which damaged packs can be mended (needs the program par2)
pack-recovery = Recovery files ({ $bytes }) lie beside the packs: if a part of these is lost one day, liudi repair mends them (run it on { $folder }).
parity-whole = { $name }: nothing is wrong with these packs.
parity-whole-bare = { $name }: nothing is wrong with these packs. There are no recovery files for them.
parity-mendable = { $name }: these packs are damaged and can be mended. This is only a plan, and nothing was written.
parity-mended = { $name }: these packs were damaged. They are mended, and every byte is right.
parity-beyond = { $name }: these packs are more damaged than the recovery files can mend. Take them from another place, or pack the archive anew.
parity-unprotected = { $name }: of these packs some files are damaged or missing, and there are no recovery files for them. Take those files from another place (sha256sum -c says which), or pack the archive anew.
error-parity-file-damaged = this recovery file is damaged: if a pack goes bad, it may no longer be possible to mend it
hint-parity-file-damaged = take the recovery files from another copy of these packs, or make them anew: pack the archive into a new folder with liudi pack --parity (if only the packs are left, restore it from them with liudi unpack first)
error-parity-file-missing = this recovery file is missing: if a pack goes bad, it may no longer be possible to mend it
hint-parity-file-missing = take the recovery files from another copy of these packs, or make them anew: pack the archive into a new folder with liudi pack --parity (if only the packs are left, restore it from them with liudi unpack first)
error-packs-unlisted = no list of checksums names this pack, so it cannot be checked here
hint-packs-unlisted = restore the archive into a new folder with liudi unpack to see whether the pack is whole; or take the pack and its list (….sha256) from another copy of these packs
error-packs-absent = this pack is missing, and the archive cannot be restored completely without it (the name may also go on with .age or .001)
hint-packs-absent = take it from another copy of these packs, or pack the archive anew into a new folder with liudi pack; if you left this part out on purpose when you packed, nothing is lost
error-parity-invalid = `{ $value }` is not a share of the size
hint-parity-invalid = write a whole number from 1 to 100, like --parity 5%
error-parity-program-missing = recovery files need the program par2, and it is not installed; nothing was written
hint-parity-program-missing = install par2 (par2cmdline; on Debian and Ubuntu apt install par2, on macOS brew install par2, on Windows put par2.exe beside liudi.exe), or leave out --parity and make a second copy
error-parity-failed = the program { $program } could not do its work on `{ $path }`
hint-parity-failed = look whether the disk is full or can be written to, then try again; no pack was removed
