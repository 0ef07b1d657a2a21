"""Takes WordPress eXtended RSS into Hexo with hexo-migrator-wordpress, and compares titles, days and categories with the
archive's records. CLIENTS_NODE is the folder of node_modules (default: target/ci/node)."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "wxr"
node = pathlib.Path(os.environ.get("CLIENTS_NODE", "target/ci/node")).resolve() / "node_modules"
known = archive.posts(root)
with tempfile.TemporaryDirectory() as folder:
    site = pathlib.Path(folder)
    packages = {name: json.loads((node / name / "package.json").read_text())["version"] for name in ("hexo", "hexo-migrator-wordpress")}
    (site / "package.json").write_text(json.dumps({"name": "site", "private": True, "hexo": {"version": packages["hexo"]}, "dependencies": packages}))
    (site / "_config.yml").write_text("url: https://example.org\ntimezone: Asia/Shanghai\n")
    (site / "source/_posts").mkdir(parents=True)
    (site / "node_modules").symlink_to(node)
    for file in sorted(out.glob("wordpress*.xml")):
        # The process does not end by itself: `timeout` does it if the last line never comes.
        command = ["timeout", "120", "node", node / "hexo/bin/hexo", "migrate", "wordpress", file.resolve()]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(command, cwd=site, env=os.environ | {"TZ": "Asia/Shanghai"}, **streams) as migrate:
            said = []
            for line in migrate.stdout:
                said.append(line)
                if "posts migrated" in line:
                    migrate.terminate()
        assert said and "posts migrated" in "".join(said), "".join(said)[-2000:]
    read = []
    for path in sorted((site / "source").rglob("*.md")):
        head = yaml.safe_load(re.match(r"---\n(.*?)\n---\n", path.read_text("utf-8"), re.S).group(1))
        read.append((str(head["title"]), str(head.get("date"))[:19], [name for names in head.get("categories") or [] for name in names if name != "uncategorized"], path.parent.name))
assert len(read) == archive.count(root), (len(read), archive.count(root))
drafts = 0
for post in known.values():
    title = " ".join(post.title.split())
    if not title:
        continue
    if not post.published:
        drafts += 1
        continue
    date = post.published[:19].replace("T", " ")
    found = [one for one in read if one[1] == date and title.startswith(one[0].rstrip("…"))]
    assert found, (title, date, [one for one in read if one[1][:10] == date[:10]])
    assert any(sorted(one[2]) == sorted(set(post.albums)) and one[3] == "_posts" for one in found), (found, post.albums)
print(f"wxr_hexo: {len(read)} posts, {drafts} drafts")
