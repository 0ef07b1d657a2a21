"""Reads publishing kits as Wechatsync's command line does: `title:` in the front matter, pictures by an undecoded path."""

import pathlib
import re
import sys

import yaml

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "kit"
known = archive.posts(root)
titles = {post.title: post for post in known.values() if post.title}
read = pictures = 0
for path in sorted(out.glob("*/article.md")):
    text = path.read_text("utf-8")
    head, body = re.match(r"---\n(.*?)\n---\n\n?(.*)", text, re.S).groups()
    fields = yaml.safe_load(head)
    assert fields["title"].strip(), path
    read += 1
    for source in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", body):
        assert re.fullmatch(r"[A-Za-z0-9._-]+\.(png|jpe?g|gif|webp|svg|bmp)", source), (path, source)
        assert (path.parent / source).is_file(), (path, source)
        pictures += 1
    post = titles.get(fields["title"])
    if post:
        wanted = [archive.bytes_of(root, image) for image in post.images]
        found = [(path.parent / source).read_bytes() for source in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", body)]
        assert all(one in found for one in wanted), path
assert read >= len(known), (read, len(known))
print(f"kit: {read} articles, {pictures} pictures")
