"""Reads the web archive without liudi: the ZIP, the index, each record by the place that the index gives, the digests, the
list of pages. Then asks warcio, cdxj-indexer, wacz and gzip, and warcat where it is installed."""

import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import zipfile

import surt

root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
file = out / "wacz" / "pages.wacz"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(data):
    """Returns the fields and the block of a record that is one gzip member."""
    text = gzip.decompress(data)
    head, rest = text.split(b"\r\n\r\n", 1)
    version, *lines = head.decode("utf-8").split("\r\n")
    assert version == "WARC/1.1", version
    fields = dict(line.split(": ", 1) for line in lines)
    assert len(fields) == len(lines), lines
    length = int(fields["Content-Length"])
    assert rest[length:] == b"\r\n\r\n", fields
    return fields, rest[:length]


def payload(fields, block):
    return block.split(b"\r\n\r\n", 1)[1] if fields["WARC-Type"] == "response" else block


with zipfile.ZipFile(file) as package:
    assert package.testzip() is None
    members = {info.filename: info for info in package.infolist()}
    required = ["archive/data.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl", "datapackage.json", "datapackage-digest.json"]
    assert list(members) == required, list(members)
    for name in required[:2]:
        assert members[name].compress_type == zipfile.ZIP_STORED, name
    content = {name: package.read(name) for name in members}

# The chain of digests.
described = json.loads(content["datapackage.json"])
assert json.loads(content["datapackage-digest.json"]) == {"path": "datapackage.json", "hash": sha256(content["datapackage.json"])}
assert described["profile"] == "data-package" and described["wacz_version"] == "1.1.1"
assert {one["path"] for one in described["resources"]} == set(required[:4])
for one in described["resources"]:
    assert (one["hash"], one["bytes"]) == (sha256(content[one["path"]]), len(content[one["path"]])), one
assert "overwritten" in described["liudi"]["removed"]

# The index: sorted by bytes, each part where the list says.
packed = content["indexes/index.cdx.gz"]
lines = gzip.decompress(packed).splitlines(keepends=True)
assert lines == sorted(lines) and len(set(lines)) == len(lines)
meta, *parts = content["indexes/index.idx"].decode("utf-8").splitlines()
assert meta.startswith("!meta 0 ") and json.loads(meta[8:]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
again = []
for part in parts:
    key, at = part.split(" {", 1)
    at = json.loads("{" + at)
    data = packed[at["offset"]:at["offset"] + at["length"]]
    assert at["digest"] == sha256(data)
    block = gzip.decompress(data).splitlines(keepends=True)
    assert block[0].decode("utf-8").startswith(key + " {"), part
    again += block
assert again == lines

# Each record, and all of the file but the record that describes it.
warc = content["archive/data.warc.gz"]
found, covered, payloads, blanked = {}, 0, {}, 0
for line in lines:
    key, time, fields = line.decode("utf-8").split(" ", 2)
    fields = json.loads(fields)
    assert key == surt.surt(fields["url"]), (key, surt.surt(fields["url"]))
    assert fields["filename"] == "data.warc.gz"
    data = warc[int(fields["offset"]):][:int(fields["length"])]
    assert fields["recordDigest"] == sha256(data)
    head, block = record(data)
    assert head["WARC-Target-URI"] == fields["url"], head
    assert head["WARC-Date"].translate({ord(c): None for c in "-:TZ"}) == time
    assert head["WARC-Block-Digest"] == sha256(block) and head["WARC-Payload-Digest"] == fields["digest"]
    assert head["Liudi-Date-Source"] in ("received", "served", "saved", "page", "published", "archived")
    if head["WARC-Type"] == "revisit":
        assert (fields["mime"], block) == ("warc/revisit", b"")
    else:
        assert sha256(payload(head, block)) == fields["digest"]
        payloads[head["WARC-Record-ID"]] = (fields["digest"], head["WARC-Target-URI"], head["WARC-Date"])
    blanked += int(head.get("Liudi-Blanked", 0))
    found.setdefault(fields["url"], []).append((time, head, block))
    covered += len(data)
start = min(int(json.loads(line.split(b" ", 2)[2])["offset"]) for line in lines)
info, block = record(warc[:start])
assert info["WARC-Type"] == "warcinfo" and b"overwritten with letters of equal length" in block
assert covered + start == len(warc), (covered, start, len(warc))
assert blanked == described["liudi"]["blanked_places"]
for captures in found.values():
    for _, head, _ in captures:
        if head["WARC-Type"] == "revisit":
            original = payloads[head["WARC-Refers-To"]]
            assert original == (head["WARC-Payload-Digest"], head["WARC-Refers-To-Target-URI"], head["WARC-Refers-To-Date"])

# The pages, and what the archive's records say belongs to them.
header, *pages = [json.loads(line) for line in content["pages/pages.jsonl"].splitlines()]
assert header == {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}
titles = {}
for page in pages:
    time = page["ts"].translate({ord(c): None for c in "-:TZ"})
    assert any(capture[0] == time for capture in found[page["url"]]), page
    titles[page["url"]] = page.get("title")
assert len({page["id"] for page in pages}) == len(pages) == described["liudi"]["pages"] + described["liudi"]["texts"]
articles = [json.loads(path.read_text("utf-8")) for bag in ("public", "private") for path in (root / bag / "data").glob("articles/*/*/article.json")]
shown = [one for one in articles if one.get("url") in titles]
assert shown and all(one.get("title") == titles[one["url"]] for one in shown)
media = 0
for article in articles:
    for medium in article.get("media", []):
        if medium.get("path") and str(medium.get("url", "")).startswith("http"):
            data = (root / medium["bag"] / "data" / medium["path"]).read_bytes()
            assert any(head["WARC-Payload-Digest"] == sha256(data) for _, head, _ in found[medium["url"]]), medium
            media += 1
assert media > 0
kept = (root / "private/data/evidence/index.csv").read_text("utf-8-sig")
for captures in found.values():
    for _, head, _ in captures:
        if head["WARC-Type"] != "revisit" and head["Content-Type"].startswith("text/html"):
            if head["WARC-Target-URI"].startswith("https://archive.invalid/"):
                place = urllib.parse.unquote(head["WARC-Target-URI"].removeprefix("https://archive.invalid/"))
                assert sha256((root / place).read_bytes()) == head["WARC-Payload-Digest"], place
                continue
            assert head["WARC-Payload-Digest"].removeprefix("sha256:") in kept, head

# Other programs.
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "data.warc.gz"
    path.write_bytes(warc)
    subprocess.run(["gzip", "-t", path], check=True)
    subprocess.run(["warcio", "check", path], check=True)
    made = subprocess.run(["cdxj-indexer", "-s", path], check=True, capture_output=True).stdout.decode("utf-8").splitlines()
    fields = lambda line: (*line.split(" ", 2)[:2], {name: value for name, value in json.loads(line.split(" ", 2)[2]).items() if name != "recordDigest"})
    ours = [fields(line.decode("utf-8")) for line in lines]
    assert sorted(ours, key=str) == sorted(map(fields, made), key=str), [one for one in zip(ours, map(fields, made)) if one[0] != one[1]][:3]
    warcat = shutil.which("warcat") or os.environ.get("WARCAT")
    if warcat:
        subprocess.run([warcat, "verify", "--input", path], check=True)
    else:
        print("passed over: warcat (cargo install --locked warcat --version 0.3.4 --features bin)")
subprocess.run(["wacz", "validate", "-f", file], check=True, stdout=subprocess.DEVNULL)
print(f"wacz: {len(pages)} pages, {len(lines)} records, {media} uses of media{'' if not warcat else ', warcat too'}")
