"""Reads WordPress eXtended RSS with libxml2, pelican-import and `nikola import_wordpress`, and compares the posts, times,
categories, tags and images with the archive's records."""

import collections
import datetime
import pathlib
import re
import subprocess
import sys
import tempfile

from lxml import etree

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "wxr"
NAMES = {
    "wp": "http://wordpress.org/export/1.2/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
known = archive.posts(root)


def text(node, path):
    found = node.find(path, NAMES)
    assert found is not None, (path, etree.tostring(node, encoding="unicode")[:300])
    return found.text or ""


def metas(item):
    return {text(meta, "wp:meta_key"): text(meta, "wp:meta_value") for meta in item.findall("wp:postmeta", NAMES)}


def same_title(shown, title):
    title = " ".join(title.split())
    return shown == title or not title or title.startswith(shown.rstrip("…"))


def local(post):
    return post.published[:19].replace("T", " ")


Read = collections.namedtuple("Read", "title date categories")
read, uploads, images = {}, {}, 0
files = sorted(out.glob("wordpress*.xml"))
assert files, out
for file in files:
    channel = etree.parse(str(file), etree.XMLParser(no_network=True, huge_tree=True)).getroot().find("channel")
    assert text(channel, "wp:wxr_version") == "1.2"
    authors = {text(author, "wp:author_login") for author in channel.findall("wp:author", NAMES)}
    emails = [text(author, "wp:author_email") for author in channel.findall("wp:author", NAMES)]
    assert len(set(emails)) == len(authors) and all("@" in email for email in emails), emails
    terms = [term.text for kind in ("wp:category", "wp:tag") for term in channel.findall(f"{kind}/wp:term_id", NAMES)]
    assert len(terms) == len(set(terms)), terms
    slugs = {"category": set(), "post_tag": set()}
    slugs["category"] |= {text(one, "wp:category_nicename") for one in channel.findall("wp:category", NAMES)}
    slugs["post_tag"] |= {text(one, "wp:tag_slug") for one in channel.findall("wp:tag", NAMES)}
    items = {text(item, "wp:post_id"): item for item in channel.findall("item")}
    assert len(items) == len(channel.findall("item")), "a number is used twice"
    attached = {}
    for number, item in items.items():
        assert text(item, "dc:creator") in authors
        if text(item, "wp:post_type") == "attachment":
            place = metas(item)["_wp_attached_file"]
            attached[number] = text(item, "wp:attachment_url")
            assert attached[number].endswith("/" + place), place
            assert items[text(item, "wp:post_parent")] is not None or len(files) > 1
            uploads[attached[number]] = (out / "uploads" / place).read_bytes()
    for item in (item for item in items.values() if text(item, "wp:post_type") == "post"):
        meta, slug = metas(item), text(item, "wp:post_name")
        assert re.fullmatch(r"[a-z0-9-]+", slug) and slug not in read, slug
        for category in item.findall("category"):
            assert category.get("nicename") in slugs[category.get("domain")], category.get("nicename")
        if "_thumbnail_id" in meta:
            assert meta["_thumbnail_id"] in attached, slug
        of = {domain: [one.text for one in item.findall("category") if one.get("domain") == domain] for domain in slugs}
        read[slug] = Read(text(item, "title"), text(item, "wp:post_date"), of["category"])
        body = text(item, "content:encoded")
        assert "<script" not in body and "liudi-media:" not in body, slug
        for source in re.findall(r'<(?:img|video|audio)[^>]* src="([^"]+)"', body):
            assert source in uploads or source.startswith("data:"), (slug, source)
        post = known.get(meta["_liudi_id"])
        if post is None:
            continue
        assert same_title(read[slug].title, post.title), (read[slug].title, post.title)
        assert sorted(of["category"]) == sorted(set(post.albums)), (slug, of, post.albums)
        assert set(of["post_tag"]) == {tag.strip().strip("#") for tag in post.record.get("tags") or []} - {""}
        if post.published:
            assert text(item, "wp:post_date") == local(post) and text(item, "wp:status") == "publish", slug
            gmt = datetime.datetime.fromisoformat(post.published).astimezone(datetime.timezone.utc)
            assert text(item, "wp:post_date_gmt") == gmt.strftime("%Y-%m-%d %H:%M:%S"), slug
        sources = re.findall(r'<img[^>]* src="([^"]+)"', body)
        shown = [uploads.get(source) for source in sources]
        for image in (image for image in post.images if not image.endswith(".svg")):
            assert archive.bytes_of(root, image) in shown, (slug, image)
            images += 1
assert len(read) == archive.count(root), (len(read), archive.count(root))

with tempfile.TemporaryDirectory() as folder:
    bin_ = pathlib.Path(sys.executable).parent
    pelican, nikola = {}, {}
    for number, file in enumerate(files):
        to = pathlib.Path(folder) / f"pelican-{number}"
        subprocess.run([bin_ / "pelican-import", "--wpfile", "-m", "markdown", "-o", to, file], check=True, capture_output=True)
        for path in to.rglob("*.md"):
            head = dict(re.findall(r"^(\w+): (.*)$", path.read_text("utf-8").split("\n\n")[0], re.M))
            pelican[head["Slug"]] = (head["Title"], head.get("Date"), head.get("Category"))
        to = pathlib.Path(folder) / f"nikola-{number}"
        command = [bin_ / "nikola", "import_wordpress", "--no-downloads", "-o", to, file]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        for path in to.rglob("posts/**/*.meta"):
            head = dict(re.findall(r"^\.\. ([\w-]+): (.*)$", path.read_text("utf-8"), re.M))
            nikola[head["slug"]] = (head["title"], head["date"])
for slug, post in read.items():
    title, date, category = pelican[slug]
    assert title == post.title and (post.date[:4] == "0000" or date == post.date[:16]), (slug, pelican[slug], post)
    assert not post.categories or category in post.categories, (slug, category, post)
    title, date = nikola[slug]
    assert title == post.title and (post.date[:4] == "0000" or date.startswith(post.date)), (slug, nikola[slug], post)
assert len(pelican) == len(nikola) == len(read), (len(pelican), len(nikola), len(read))
print(f"wxr: {len(read)} posts in {len(files)} file(s), {len(uploads)} media, {images} images of bodies; pelican and nikola agree")
