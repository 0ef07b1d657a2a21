"""Reads a year's PDF: one top entry of the outline per article, every link leads somewhere, titles as in the archive."""

import pathlib
import sys

import pikepdf

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "pdf"
titles = sorted(post.title for post in archive.posts(root).values())
found, links, pictures = [], 0, 0
for path in sorted(out.glob("*.pdf")):
    with pikepdf.open(path) as pdf:
        with pdf.open_outline() as outline:
            found += [item.title.strip() for item in outline.root]
        names = set()
        if "/Dests" in pdf.Root:
            names = {str(key).lstrip("/") for key in pdf.Root.Dests.keys()}
        for page in pdf.pages:
            pictures += len(page.images)
            for note in page.get("/Annots", []):
                if note.get("/Subtype") != "/Link":
                    continue
                links += 1
                if "/Dest" in note:
                    dest = note.Dest
                    assert not isinstance(dest, (pikepdf.Name, pikepdf.String)) or str(dest).lstrip("/") in names, (path, dest)
                else:
                    assert str(note.A.URI).startswith(("https:", "http:", "mailto:")), (path, note.A)
squeezed = ["".join(title.split()) for title in titles]
read = sorted("".join(title.split()) for title in found)
missing = [title for title in squeezed if title and title not in read]
assert len(missing) <= len([title for title in titles if len(title) > 40]), (missing, read)
assert len(found) >= len(titles), (len(found), len(titles))
assert pictures > 0
print(f"pdf: {len(found)} outline entries, {links} links, {pictures} pictures")
