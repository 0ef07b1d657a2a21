"""Takes WordPress eXtended RSS into Debian's WordPress and MariaDB, and compares what WordPress stores and shows with the
archive's records."""

import html
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "wxr"
here = pathlib.Path(__file__).parent / "wordpress"
known = archive.posts(root)
files = sorted(out.glob("wordpress*.xml"))
assert files, out


# WordPress shows quotation marks, dashes and dots that it takes for better ones.
TEXTURED = [("[“”„″]", '"'), ("[‘’′]", "'"), ("…", "..."), ("[–—]", "-"), ("-+", "-"), ("×", "x")]


def words(markup):
    """Returns the text of HTML without spaces."""
    markup = re.sub(r"<!--.*?-->", "", markup, flags=re.S)
    text = re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", markup)))
    for wanted, plain in TEXTURED:
        text = re.sub(wanted, plain, text)
    return text


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    data, socket, site = folder / "data", folder / "s", folder / "wordpress"
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
    user = ["--user=root"] if os.getuid() == 0 else []
    subprocess.run(install + user, check=True, capture_output=True)
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking", *user],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        client = ["mariadb", "--no-defaults", "-uroot", f"-S{socket}", "-e", "create database wordpress character set utf8mb4"]
        for _ in range(150):
            if subprocess.run(client, capture_output=True).returncode == 0:
                break
            time.sleep(0.2)
        else:
            raise AssertionError("the database does not start")
        shutil.copytree("/usr/share/wordpress", site, symlinks=False, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("languages"))
        if (out / "uploads").is_dir():
            shutil.copytree(out / "uploads", site / "wp-content/uploads", dirs_exist_ok=True)
        keys = "".join(f"define('{name}', '{secrets.token_hex(16)}');\n" for name in ("AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY", "AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT"))
        (site / "wp-config.php").write_text(f"""<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://wordpress.test'); define('WP_SITEURL', 'http://wordpress.test'); define('WP_HTTP_BLOCK_EXTERNAL', true);
{keys}$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
""")
        php = ["php", "-d", "memory_limit=512M", "-d", "display_errors=stderr"]
        subprocess.run([*php, here / "install.php", site], check=True, capture_output=True)
        done = subprocess.run([*php, here / "load.php", site, *[file.resolve() for file in files]], capture_output=True, text=True)
        assert done.returncode == 0, (done.stderr + done.stdout)[-2000:]
    finally:
        server.terminate()
        server.wait()
    posts = {post["id"]: post for post in map(json.loads, done.stdout.splitlines())}
    assert len(posts) == archive.count(root), (len(posts), archive.count(root))
    images = 0
    for id_, post in posts.items():
        # What WordPress shows is what the file holds: no shortcode ran, no paragraph was made, no text was lost.
        assert words(post["shown"]) == words(post["stored"]), (post["title"], post["shown"])
        assert post["shown"].count("<p") == post["stored"].count("<p"), post["title"]
        assert post["link"] == f"http://wordpress.test/{post['name']}/" or post["status"] == "draft", post["link"]
        of = known.get(id_)
        if of is None:
            continue
        title = " ".join(of.title.split())
        assert not title or title.startswith(post["title"].rstrip("…")), (post["title"], title)
        if of.published:
            assert post["date"] == of.published[:19].replace("T", " ") and post["status"] == "publish", post
        assert sorted(html.unescape(name) for name in post["categories"]) in (sorted(set(of.albums)), ["Uncategorized"]), post
        assert post["thumbnail"] is None or (site / "wp-content/uploads" / post["thumbnail"]).is_file(), post
        shown = [html.unescape(source).split("/wp-content/uploads/") for source in re.findall(r'<img[^>]* src="([^"]+)"', post["shown"])]
        held = [(site / "wp-content/uploads" / source[1]).read_bytes() for source in shown if len(source) == 2]
        for image in (image for image in of.images if not image.endswith(".svg")):
            assert archive.bytes_of(root, image) in held, (post["title"], image)
            images += 1
print(f"wordpress: {len(posts)} posts, {images} images of bodies, shown as they were")
