"""Compares a site that a generator built from an export with the archive's records."""

import datetime
import html
import pathlib
import re
import urllib.parse

import yaml

import archive
import rendered


def front_matter(path):
    return yaml.load(path.read_text("utf-8").split("---\n", 2)[1], yaml.BaseLoader)


def plain(text):
    return rendered.UNSEEN.sub("", text)


def resolve(public, page, src):
    """Returns the file that a source in a page leads to."""
    src = urllib.parse.unquote(src)
    return public / src.lstrip("/") if src.startswith("/") else page.parent / src


def check(root, source, public, key):
    """Checks every page; `key` is the name of the post's id in the front matter. Returns counts and faults."""
    known = archive.posts(root)
    texts = [path for path in source.rglob("*.md") if key in (front_matter(path) if path.read_text("utf-8").startswith("---\n") else {})]
    pages = [page for page in public.glob("posts/*/index.html")]
    assert len(texts) == len(pages) == archive.count(root), (len(texts), len(pages), archive.count(root))
    page_of = {}
    for page in pages:
        found = re.search("<article>(.*)</article>", page.read_text("utf-8"), re.S)
        assert found, page
        page_of[page.parent.name] = (page, found[1])
    faults, compared, redirects = [], 0, 0
    for text in texts:
        matter = front_matter(text)
        # The page is found by the name of the text: the folder, or the end of the file's name.
        name = text.parent.name if text.name == "index.md" else re.sub(r"^(\d{4})-(\d\d)-(\d\d)-", r"\1\2\3-", text.stem)
        page, inner = page_of[name]
        post = known.get(matter[key])
        if post is None:
            continue
        title = plain(html.unescape(re.sub("<[^>]*>", "", re.search("<h1>(.*?)</h1>", inner, re.S)[1])))
        assert title == plain(matter["title"]), (title, matter["title"])
        assert not post.title or title == plain(post.title) or plain(post.title).startswith(title.rstrip("…")), (title, post.title)
        shown = re.search('<time datetime="([^"]+)"', inner.split("<div>")[0])
        if post.published:
            was, now = [datetime.datetime.fromisoformat(one.replace("Z", "+00:00").replace(".000", "")) for one in (post.published, html.unescape(shown[1]))]
            assert was == now, (post.title, post.published, shown[1])
        else:
            assert shown is None, (post.title, shown)
        owned = {archive.digest(archive.bytes_of(root, path)) for path in post.media}
        images = [one for one in rendered.read(inner).images if not one.startswith("data:")]
        digests = [archive.digest(resolve(public, page, one).read_bytes()) for one in images]
        assert set(digests) <= owned, page
        rest = iter(digests)
        assert all(pathlib.PurePath(one).stem in rest for one in post.images), (page, "pictures of the text, in order")
        for link in re.findall(r'href="(\.\./[^"]+)"', inner):
            target = resolve(public, page, link)
            assert target.is_file() or (target / "index.html").is_file(), (page, link)
        for alias in post.record.get("aliases") or []:
            if alias.startswith("short:"):
                old = public / "s" / alias.removeprefix("short:") / "index.html"
                assert f"/posts/{name}/" in old.read_text("utf-8"), old
                redirects += 1
        if re.search("<(audio|video|svg)|liudi-card", post.body) or post.record.get("reshare") or not post.body:
            continue
        compared += 1
        if fault := rendered.differs(post.body, inner, "div"):
            faults.append(f"{page}: {fault}")
    return {"pages": len(pages), "compared": compared, "redirects": redirects, "faults": faults}


def judge(name, key, build):
    """Judges the export given on the command line, and one of pages that are hard to express."""
    import sys
    import tempfile

    import hostile

    results = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = hostile.archive(folder)
        for root, source in [(sys.argv[1], pathlib.Path(sys.argv[2]) / name), (made, hostile.export(made, name, folder / name))]:
            for public in build(source):
                results.append(check(root, source, public, key))
        faults = [fault for result in results for fault in result["faults"]]
        assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:40])
    total = lambda what: sum(result[what] for result in results)
    print(f"{name}: {total('pages')} pages with their titles, times and images, {total('redirects')} old links, {total('compared')} texts compared")
