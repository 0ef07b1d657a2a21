"""Reads a ZIP file for Ghost by the fields that Ghost documents for its import, renders the bodies with Ghost's own renderer,
and compares posts, times, tags and images with the archive's records. CLIENTS_NODE is the folder of node_modules (default:
target/ci/node)."""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "ghost"
known = archive.posts(root)
TEXT, MAYBE = str, (str, type(None))
FIELDS = {
    "posts": {
        "id": TEXT, "title": TEXT, "slug": TEXT, "lexical": TEXT, "status": TEXT, "type": TEXT, "visibility": TEXT,
        "featured": bool, "feature_image": MAYBE, "custom_excerpt": MAYBE, "canonical_url": MAYBE, "created_at": MAYBE,
        "updated_at": MAYBE, "published_at": MAYBE,
    },
    "tags": {"id": TEXT, "name": TEXT, "slug": TEXT, "description": MAYBE, "visibility": TEXT},
    "users": {"id": TEXT, "name": TEXT, "slug": TEXT, "email": TEXT},
    "posts_tags": {"post_id": TEXT, "tag_id": TEXT, "sort_order": int},
    "posts_authors": {"post_id": TEXT, "author_id": TEXT, "sort_order": int},
}
LIMITS = {"title": 255, "slug": 191, "name": 191, "email": 191, "custom_excerpt": 300, "description": 500}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z"

file = zipfile.ZipFile(out / "ghost.zip")
assert file.testzip() is None
names = file.namelist()
assert len(names) == len(set(names)) and all(one.date_time == (1980, 1, 1, 0, 0, 0) for one in file.infolist())
for name in names:
    assert name == "ghost.json" or re.fullmatch(r"content/(images|media|files)/(\d{4}/\d\d|undated)/[a-z0-9.-]+", name), name
document = json.loads(file.read("ghost.json"))
(database,) = document["db"]
assert isinstance(database["meta"]["exported_on"], int) and database["meta"]["version"].startswith("5.")
data = database["data"]
assert set(data) == set(FIELDS), set(data)
for table, fields in FIELDS.items():
    for row in data[table]:
        assert set(row) == set(fields), (table, set(row) ^ set(fields))
        for name, kind in fields.items():
            assert isinstance(row[name], kind), (table, name, row[name])
            assert len(str(row[name] or "")) <= LIMITS.get(name, 1 << 30), (table, name)
    for unique in ("id", "slug", "email"):
        values = [row[unique] for row in data[table] if unique in row]
        assert len(values) == len(set(values)), (table, unique)
    assert all(re.fullmatch(r"[0-9a-f]{24}", row["id"]) for row in data[table] if "id" in row), table
    assert all(re.fullmatch(r"[a-z0-9-]+", row["slug"]) for row in data[table] if "slug" in row), table

posts = {row["id"]: row for row in data["posts"]}
tags = {row["id"]: row["name"] for row in data["tags"]}
users = {row["id"]: row for row in data["users"]}
assert not any(name.startswith("#") for name in tags.values())
tagged = {}
for row in sorted(data["posts_tags"], key=lambda row: row["sort_order"]):
    tagged.setdefault(row["post_id"], []).append(tags[row["tag_id"]])
assert sorted(row["post_id"] for row in data["posts_authors"]) == sorted(posts)
assert all(row["author_id"] in users for row in data["posts_authors"]) and set(tagged) <= set(posts)
assert len(posts) == archive.count(root), (len(posts), archive.count(root))

pages = {row["slug"] for row in data["posts"]}
by_time = {}
images = 0
for row in posts.values():
    assert (row["status"], row["visibility"], row["type"]) in {("published", "public", "post"), ("draft", "public", "post")}
    for name in ("created_at", "updated_at", "published_at"):
        assert row[name] is None or re.fullmatch(TIME, row[name]), row[name]
    children = json.loads(row["lexical"])["root"]["children"]
    assert len(children) == 1 and children[0]["type"] in ("html", "paragraph"), children
    row["html"] = children[0].get("html", "")
    assert "<script" not in row["html"] and "liudi-media:" not in row["html"], row["slug"]
    for address in re.findall(r"__GHOST_URL__/([^\"')\s]+)", row["html"] + " " + (row["feature_image"] or "")):
        assert address in names or address.strip("/").removeprefix("tag/") in pages | {tag["slug"] for tag in data["tags"]}, address
    by_time.setdefault((row["published_at"], row["title"]), []).append(row)
node = pathlib.Path(os.environ.get("CLIENTS_NODE", "target/ci/node")).resolve() / "node_modules"
command = ["node", pathlib.Path(__file__).parent / "ghost/render.mjs", node]
rendered = subprocess.run(command, input=json.dumps([row["lexical"] for row in posts.values()]), capture_output=True, text=True)
assert rendered.returncode == 0, rendered.stderr[-2000:]
for row, shown in zip(posts.values(), json.loads(rendered.stdout), strict=True):
    shown = re.sub(r"\n?<!--kg-card-(begin|end): html-->\n?", "", shown)
    assert shown == row["html"] or not row["html"], (row["title"], shown)
for post in known.values():
    if not post.published or not post.title:
        continue
    time = datetime.datetime.fromisoformat(post.published).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    title = " ".join(post.title.split())
    cut = [row for (at, shown), rows in by_time.items() for row in rows if at == time and title.startswith(shown.rstrip("…"))]
    assert cut, (time, title)
    wanted = {name.lstrip("# ") for name in post.albums} | {tag.strip().strip("#") for tag in post.record.get("tags") or []} - {""}
    assert any(set(tagged.get(row["id"], [])) == wanted for row in cut), (title, wanted)
    for image in (image for image in post.images if not image.endswith(".svg")):
        shown = [re.findall(r'<img[^>]* src="__GHOST_URL__/([^"]+)"', row["html"]) for row in cut]
        assert archive.bytes_of(root, image) in [file.read(name) for names_of in shown for name in names_of], (title, image)
        images += 1
print(f"ghost: {len(posts)} posts, {len(tags)} tags, {len(users)} authors, {len(names) - 1} media, {images} images of bodies")
