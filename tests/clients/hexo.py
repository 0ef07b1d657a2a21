"""Builds the exported site by Hexo, installed in the folder CLIENTS_NODE, and compares each page with the archive's
records."""

import os
import pathlib
import shutil
import subprocess

import built

MODULES = pathlib.Path(os.environ.get("CLIENTS_NODE", ".")) / "node_modules"


def build(source):
    site = pathlib.Path(f"{source}-site")
    shutil.copytree(source, site, dirs_exist_ok=True)
    (site / "node_modules").symlink_to(MODULES.resolve())
    done = subprocess.run(["node", MODULES / "hexo-cli/bin/hexo", "generate"], cwd=site, capture_output=True, text=True, env={**os.environ, "TZ": "America/New_York"})
    assert done.returncode == 0 and "ERROR" not in done.stdout + done.stderr, done.stdout + done.stderr
    yield site / "public"


built.judge("hexo", "post_id", build)
