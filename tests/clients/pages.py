"""Reads self-contained HTML files: every picture of the archive is inside, and nothing is loaded from anywhere."""

import base64
import collections
import pathlib
import sys

from bs4 import BeautifulSoup

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2])
known = archive.posts(root)
texts = sorted((out / "txt").glob("*.txt"))
pages = sorted((out / "html").glob("*.html"))
assert len(pages) == len(texts) >= len(known), (len(pages), len(texts), len(known))
inside = collections.Counter()
for path, text in zip(pages, texts):
    assert path.stem == text.stem, (path, text)
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    title = page.h1.get_text()
    assert text.read_text("utf-8").splitlines()[0].strip() == " ".join(title.splitlines()).strip(), path
    for tag in page.find_all(["img", "audio", "video", "script", "link", "iframe"]):
        assert tag.name not in ("script", "link", "iframe"), (path, tag)
        source = tag.get("src", "")
        if source.startswith("data:"):
            inside[archive.digest(base64.b64decode(source.split(",", 1)[1]))] += 1
        else:
            assert (path.parent / source).is_file(), (path, source)
for post in known.values():
    for image in post.images:
        digest = archive.digest(archive.bytes_of(root, image))
        assert inside[digest] > 0, (post.id, image)
print(f"html and txt: {len(pages)} posts, {sum(inside.values())} pictures inside")
