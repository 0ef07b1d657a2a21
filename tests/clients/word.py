"""Opens Word documents with python-docx and mammoth, and compares titles, times, text, tables and pictures with the
archive's records."""

import collections
import datetime
import html
import html.parser
import pathlib
import re
import sys
import zipfile

import docx
import mammoth
from docx.oxml.ns import qn
from lxml import etree

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "docx"
known = archive.posts(root)
files = sorted(out.rglob("*.docx"))
assert files, out


def words(text):
    """Returns the letters and digits of a text, which no layout changes, without the notices for what is not shown."""
    return "".join(character for character in re.sub("［[^］]*］", "", text) if character.isalnum())


class Body(html.parser.HTMLParser):
    """The text, tables and pictures of a canonical body."""

    def __init__(self, body):
        super().__init__()
        self.text, self.tables, self.hidden = [], 0, 0
        self.feed(body)

    def handle_starttag(self, tag, attributes):
        self.tables += tag == "table"
        self.hidden += tag == "rp"

    def handle_endtag(self, tag):
        self.hidden -= tag == "rp"

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def parts_of(document):
    """Returns the text of all paragraphs, also those in cells, lists and links, in order."""
    return ["".join(node.text or "" for node in paragraph.iter(qn("w:t"))) for paragraph in document.element.iter(qn("w:p"))]


def check_package(path):
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None, path
        trees = {name: etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))}
        names = set(package.namelist())
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in package.infolist()), path
    relations = {one.get("Id"): one for one in trees["word/_rels/document.xml.rels"]}
    document = trees["word/document.xml"]
    for one in relations.values():
        assert one.get("TargetMode") == "External" or "word/" + one.get("Target") in names, one.attrib
    anchors = {one.get(qn("w:name")) for one in document.iter(qn("w:bookmarkStart"))}
    for link in document.iter(qn("w:hyperlink")):
        anchor = link.get(qn("w:anchor"))
        assert anchor in anchors if anchor else link.get(qn("r:id")) in relations, (path, link.attrib)
    numbers = {one.get(qn("w:numId")) for one in trees["word/numbering.xml"].iter(qn("w:num"))}
    assert {one.get(qn("w:val")) for one in document.iter(qn("w:numId"))} <= numbers, path
    styles = {one.get(qn("w:styleId")) for one in trees["word/styles.xml"].iter(qn("w:style"))}
    for kind in ("w:pStyle", "w:rStyle", "w:tblStyle"):
        assert {one.get(qn("w:val")) for one in document.iter(qn(kind))} <= styles, (path, kind)
    for cell in document.iter(qn("w:tc")):
        assert cell[-1].tag == qn("w:p"), path
    for table in document.iter(qn("w:tbl")):
        columns = len(table.find(qn("w:tblGrid")))
        for row in table.findall(qn("w:tr")):
            spans = [cell.find(qn("w:tcPr")).find(qn("w:gridSpan")) for cell in row.findall(qn("w:tc"))]
            assert sum(1 if span is None else int(span.get(qn("w:val"))) for span in spans) == columns, path


Read = collections.namedtuple("Read", "path document text")
read = []
for path in files:
    check_package(path)
    document = docx.Document(str(path))
    with path.open("rb") as file:
        result = mammoth.convert_to_html(file)
    errors = [message for message in result.messages if message.type == "error"]
    assert not errors, (path, errors)
    text = "".join(parts_of(document))
    assert words(text) and len(re.findall("<img ", result.value)) == len(document.inline_shapes), path
    shown = words(html.unescape(re.sub(r"<[^>]*>", "", result.value)))
    assert words(text) in shown or words(shown) == words(text), path
    read.append(Read(path, document, words(text)))

in_years = any(one.document.paragraphs[0].style.name == "Title" and re.search(r"post_2\b", one.document.element.xml) for one in read)
assert in_years or len(read) == archive.count(root), (len(read), archive.count(root))
tables = images = 0
for post in known.values():
    body, url = Body(post.body), post.record.get("url")
    holders = [one for one in read if words("".join(body.text)) in one.text and words(post.title) in one.text]
    assert holders, (post.id, post.title)
    if in_years:
        continue
    day = (post.published or "")[:10]
    holders = [one for one in holders if one.path.name.startswith(day) and (not url or words(url) in one.text)]
    assert len(holders) == 1, (post.id, post.title, [one.path for one in holders])
    document = holders[0].document
    if post.title:
        assert document.core_properties.title == post.title == document.paragraphs[0].text, (post.id, post.title)
    if post.published:
        time = datetime.datetime.fromisoformat(post.published).astimezone(datetime.timezone.utc)
        assert document.core_properties.created.replace(tzinfo=datetime.timezone.utc) == time, post.id
    if post.record.get("author"):
        assert document.core_properties.author == post.record["author"], post.id
    found = len(list(document.element.iter(qn("w:tbl"))))
    assert found == body.tables, (post.id, found, body.tables)
    tables += found
    held = [part.blob for part in document.part.package.iter_parts() if part.partname.startswith("/word/media/")]
    fit = [image for image in post.images if image.rsplit(".", 1)[-1] in ("png", "jpg", "jpeg", "gif", "bmp")]
    for image in fit:
        assert archive.bytes_of(root, image) in held, (post.id, image)
    assert len(document.inline_shapes) >= len(fit), (post.id, len(document.inline_shapes), len(fit))
    images += len(fit)
print(f"docx: {len(read)} documents, {len(known)} articles, {tables} tables, {images} images of bodies; python-docx and mammoth agree")
