"""Reads an archive's own records, with which each client's result is compared."""

import hashlib
import json
import pathlib
import re


class Post:
    """A published post: its record, and the canonical body of an article."""

    def __init__(self, folder, record):
        self.record = record
        body = folder / "content.html"
        self.body = body.read_text("utf-8") if body.exists() else ""
        self.id = record["id"]
        self.title = (record.get("title") or "").strip()
        self.published = record.get("published")
        self.albums = [album["title"] for album in record.get("albums") or []]
        self.media = [use["path"] for use in record.get("media") or [] if use.get("path") and use.get("bag") != "private"]

    @property
    def images(self):
        """Paths in the bag of the pictures of the text, in order."""
        return re.findall(r'<img[^>]* src="(?:\.\./)*(media/sha256/[^"]+)"', self.body)


def posts(archive):
    """Returns every article of the archive, by id."""
    data = pathlib.Path(archive) / "public" / "data"
    records = sorted(data.rglob("article.json"))
    found = [Post(path.parent, json.loads(path.read_text("utf-8"))) for path in records if "versions" not in path.parts]
    assert found, f"{data} holds no article"
    return {post.id: post for post in found}


def count(archive):
    """Returns the number of all posts: articles, and the posts of videos and notes."""
    data = pathlib.Path(archive) / "public" / "data"
    others = [path for name in ("videos", "notes") for path in (data / name).rglob("*.json") if (data / name).is_dir()]
    return len(posts(archive)) + len(others)


def bytes_of(archive, path):
    return (pathlib.Path(archive) / "public" / "data" / path).read_bytes()


def digest(data):
    return hashlib.sha256(data).hexdigest()
