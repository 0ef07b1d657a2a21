"""Renders exported Markdown by markdown-it, marked and pandoc, and compares text, emphasis and images with the archive's
bodies; first the given archive, then pages that are hard to express, then real ones where they are at hand."""

import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

import yaml

import archive
import hostile
import rendered

HERE = pathlib.Path(__file__).parent


def check(root, folder):
    known = archive.posts(root)
    paths = sorted(folder.rglob("*.md"))
    assert len(paths) == archive.count(root), (len(paths), archive.count(root))
    posts, texts = [], []
    for path in paths:
        _, matter, text = path.read_text("utf-8").split("---\n", 2)
        matter = yaml.load(matter, yaml.BaseLoader)
        if matter["id"] in known:
            posts.append((known[matter["id"]], matter, path))
            texts.append(text)
    assert len(posts) == len(known), "each article is exported once"
    for post, matter, _ in posts:
        assert not post.title or matter["title"].rstrip("…") in post.title or post.title in matter["title"], post.title
        assert matter.get("date") == post.published, (post.title, matter.get("date"), post.published)
        assert matter.get("albums", []) == post.albums
    pages = json.loads(
        subprocess.run(["node", HERE / "markdown_text.mjs"], input=json.dumps(texts), capture_output=True, check=True, text=True).stdout
    )
    pandoc = lambda text: subprocess.run(
        ["pandoc", "-f", "gfm", "-t", "html", "--wrap=preserve"], input=text, capture_output=True, check=True, text=True
    ).stdout
    pages["pandoc"] = [pandoc(text) for text in texts]
    faults, compared = [], 0
    for program, shown in pages.items():
        for (post, matter, path), page in zip(posts, shown):
            assert "javascript:" not in page and "style=" not in page
            images = [one for one in rendered.read(page).images if not one.startswith("data:")]
            files = [path.parent / urllib.parse.unquote(one) for one in images]
            assert all(file.is_file() for file in files), (program, path)
            digests = [archive.digest(file.read_bytes()) for file in files]
            wanted = [pathlib.PurePath(one).stem for one in post.images]
            rest = iter(digests)
            assert all(one in rest for one in wanted), (program, path, "pictures of the text, in order")
            if not post.body or re.search("<(audio|video|svg)|liudi-card", post.body) or post.record.get("reshare"):
                continue
            compared += 1
            whole = rendered.differs(post.body, page)
            if whole and post.title == "强调":
                # Each paragraph on its own, to name all faults.
                parts = re.findall("<p>.*?</p>", post.body, re.S)
                lines = re.findall("<p>.*?</p>", page, re.S)
                assert len(parts) == len(lines), (program, len(parts), len(lines))
                faults += [f"{program}: {part} {fault}\n    {line}" for part, line in zip(parts, lines) if (fault := rendered.differs(part, line))]
            elif whole:
                faults.append(f"{program}: {path.name}: {whole}")
    return len(posts), compared, faults


results = [check(sys.argv[1], pathlib.Path(sys.argv[2]) / "markdown")]
with tempfile.TemporaryDirectory() as folder:
    made = hostile.archive(folder)
    for layout in ("dir", "flat"):
        exported = hostile.export(made, "markdown", pathlib.Path(folder) / layout, "--set", f"layout={layout}")
        results.append(check(made, exported))
samples = pathlib.Path(os.environ.get("LIUDI_SAMPLES", HERE / "../../../shared/samples")) / "pages"
if not samples.is_dir():
    print(f"markdown: passed over the real pages, for want of {samples}")
for page in sorted(samples.glob("*.html.gz")):
    # Each is of another account.
    with tempfile.TemporaryDirectory() as folder:
        made = hostile.archive_of(folder, [gzip.decompress(page.read_bytes())])
        if any((made / "public/data").rglob("article.json")):
            results.append(check(made, hostile.export(made, "markdown", pathlib.Path(folder) / "out")))
faults = [fault for result in results for fault in result[2]]
assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:60])
print(f"markdown: {sum(result[0] for result in results)} articles, {sum(result[1] for result in results)} comparisons with markdown-it, marked and pandoc")
