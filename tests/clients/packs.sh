#!/usr/bin/env bash
# Judges packs and signatures by the programs that people have: sha256sum, unzip, 7-Zip, bsdtar, age, minisign, bagit.py, par2.
# Usage: tests/clients/packs.sh LIUDI ARCHIVE FOLDER; the programs must be installed. Nothing here reads anything with liudi
# that another program can read.
set -euo pipefail
liudi="$(realpath "$1")" archive="$(realpath "$2")" folder="$3"
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
export LIUDI_LANG=en
sevenzip="$(type -P 7zz || type -P 7z)"
name="$(basename "$archive")"
original=(--exclude=.liudi --exclude=site --exclude=exports --exclude=report --exclude='READY*')

echo "-- a pair of keys by minisign, with a password, and a signature that it checks"
cp -r "$archive" signed
printf 'secret of minisign\nsecret of minisign\n' | minisign -G -p mine.pub -s mine.key >/dev/null 2>&1
LIUDI_SIGNING_PASSWORD='secret of minisign' "$liudi" sign signed --key mine.key >/dev/null
minisign -V -q -p mine.pub -m signed/SHA256SUMS
"$liudi" verify signed --public-key mine.pub | grep -q "signature is valid"
LIUDI_SIGNING_PASSWORD='another' "$liudi" sign signed --key mine.key 2>/dev/null && { echo "a wrong password signs"; exit 1; }
printf 'secret of minisign\n' | minisign -S -s mine.key -m signed/SHA256SUMS -x theirs.minisig >/dev/null 2>&1
"$liudi" verify signed --public-key mine.pub --signature=theirs.minisig | grep -q "signature is valid"
printf 'x' >> signed/SHA256SUMS
! minisign -V -q -p mine.pub -m signed/SHA256SUMS 2>/dev/null || { echo "minisign accepts another file"; exit 1; }

echo "-- packs as they are: sha256sum, unzip, 7-Zip, bsdtar, bagit.py"
"$liudi" pack "$archive" -o plain >/dev/null
(cd plain && for list in *.sha256; do sha256sum --strict --quiet -c "$list"; done)
mkdir restored streamed
for pack in anchor public private; do
  unzip -tq "plain/$name-$pack.zip" >/dev/null
  "$sevenzip" t "plain/$name-$pack.zip" >/dev/null
  unzip -q "plain/$name-$pack.zip" -d restored
  # From its beginning on, without looking at the directory.
  bsdtar -xf - -C streamed < "plain/$name-$pack.zip"
done
diff -r restored streamed
for bag in public private; do
  [ "$(unzip -Z1 "plain/$name-$bag.zip" | cut -d/ -f1 | sort -u)" = "$bag" ] || { echo "more than one top folder"; exit 1; }
  bagit.py --quiet --validate "restored/$bag"
done
diff -r "${original[@]}" "$archive" restored
[ "$(stat -c %a "restored/private/bag-info.txt")" = 600 ]

echo "-- pieces, joined by cat and opened by 7-Zip"
"$liudi" pack "$archive" -o pieces --split-size 100kB >/dev/null
[ -f "pieces/$name-public.zip.003" ]
(cd pieces && for list in *.sha256; do sha256sum --strict --quiet -c "$list"; done)
cat "pieces/$name-public.zip".0* | cmp - "plain/$name-public.zip"
"$sevenzip" t "pieces/$name-public.zip.001" >/dev/null

echo "-- encrypted to a key, and by a passphrase: age"
age-keygen -o mine.age 2>/dev/null && chmod 600 mine.age
"$liudi" pack "$archive" -o keyed --encrypt-to "$(age-keygen -y mine.age)" >/dev/null
age -d -i mine.age "keyed/$name-private.zip.age" | cmp - "plain/$name-private.zip"
export LIUDI_PASSPHRASE='many words that are easy to keep'
"$liudi" pack "$archive" -o worded --passphrase >/dev/null
# age asks at a terminal only.
python3 - "$LIUDI_PASSPHRASE" "worded/$name-private.zip.age" opened.zip <<'PYTHON'
import os, pty, sys
passphrase, sealed, opened = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("age", ["age", "-d", "-o", opened, sealed])
said = b""
while b"passphrase" not in said:
    said += os.read(terminal, 1024)
os.write(terminal, passphrase.encode() + b"\n")
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
cmp opened.zip "plain/$name-private.zip"
# What age encrypted, liudi unpacks.
mkdir theirs && cp plain/*-anchor.zip plain/*-public.zip theirs/
age -r "$(age-keygen -y mine.age)" -o "theirs/$name-private.zip.age" "plain/$name-private.zip"
"$liudi" unpack theirs -o again --identity mine.age >/dev/null
diff -r "${original[@]}" "$archive" again
"$liudi" verify again >/dev/null

echo "-- recovery files: par2 knows them, and they mend lost and altered pieces"
"$liudi" pack "$archive" -o recoverable --parity 20% --split-size 100kB --encrypt-to "$(age-keygen -y mine.age)" >/dev/null
for index in "$name-public.zip.par2" "$name-private.zip.age.par2"; do (cd recoverable && par2 verify -q -q "$index"); done
(cd recoverable && sha256sum * > ../recoverable.sums)
printf '%4096s' '' | dd of="recoverable/$name-public.zip.002" bs=1 seek=5000 conv=notrunc 2>/dev/null
rm "recoverable/$name-anchor.zip" "recoverable/$name-private.zip.age.sha256"
"$liudi" repair recoverable --dry-run | grep -c "can be mended" | grep -qx 2
"$liudi" repair recoverable | grep -q "They are mended"
(cd recoverable && sha256sum --strict --quiet -c ../recoverable.sums)
[ "$(ls recoverable | wc -l)" = "$(wc -l < recoverable.sums)" ] || { echo "something is left over"; exit 1; }
"$liudi" repair recoverable | grep -c "nothing is wrong" | grep -qx 2
"$liudi" unpack recoverable -o recovered --identity mine.age >/dev/null
diff -r "${original[@]}" "$archive" recovered
# By the larger recovery file where the smaller is lost; and what both packs need, by the recovery files of either.
# The lost one is named each time.
cp -r recoverable lacking
lacks() { local status=0; "$liudi" repair lacking "$@" || status=$?; [ $status = 64 ]; }
rm "lacking/$name-private.zip.age.par2"
private="$(find lacking -name "$name-private.zip.age" -o -name "$name-private.zip.age.001")"
printf X | dd of="$private" bs=1 seek=3000 conv=notrunc 2>/dev/null
lacks --dry-run | grep -q "private.*can be mended"
lacks | grep -q "private.*They are mended"
(cd lacking && sha256sum --strict --quiet -c ./*.sha256)
rm "lacking/$name-anchor.zip"
lacks --dry-run | grep -c "can be mended" | grep -qx 2
lacks | grep -q "They are mended"
echo damaged > "lacking/$name-public.zip.sha256"
lacks | grep -q "public.*They are mended"
(cd lacking && sha256sum --strict --quiet -c ./*.sha256)
rm lacking/*.par2
"$liudi" repair lacking | grep -c "nothing is wrong" | grep -qx 2
rm "recoverable/$name-public.zip.00"[12]
set +e; "$liudi" repair recoverable > beyond.txt; status=$?; set -e
grep -q "more damaged than" beyond.txt && [ $status = 64 ] || { echo "exit status $status for what cannot be mended"; exit 1; }
echo "packs and signatures: all agree"
