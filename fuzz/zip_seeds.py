"""ZIPs to begin from: zip_seeds.py FIXTURES CORPUS. Every small fixture is packed by every method that Python writes, and
ZIPs into ZIPs, so that what is found by chance lies behind the directory and not only in it."""

import hashlib, io, pathlib, sys, zipfile

fixtures, corpus = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def packed(members, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def keep(content):
    (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


small = [path for path in sorted(fixtures.rglob("*")) if path.is_file() and path.stat().st_size < 16384]
for number, path in enumerate(small):
    method = METHODS[number % len(METHODS)]
    inner = packed([(path.name, path.read_bytes())], method)
    keep(inner)
    if number % 8 == 0:
        keep(packed([("一/里面.zip", inner), ("b.txt", b"b")], METHODS[number // 8 % len(METHODS)]))
for method in METHODS:
    keep(packed([(f"{path.parent.name}/{path.name}", path.read_bytes()) for path in small[:12]], method))
