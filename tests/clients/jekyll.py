"""Builds the exported site by Jekyll and compares each page with the archive's records."""

import os
import pathlib
import subprocess

import built


def build(source):
    public = pathlib.Path(f"{source}-public")
    command = ["jekyll", "build", "--strict_front_matter", "-s", source, "-d", public.resolve(), "--disable-disk-cache"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TZ": "America/New_York", "LANG": "C.UTF-8"})
    assert done.returncode == 0 and "Warning" not in done.stdout + done.stderr, done.stdout + done.stderr
    yield public


built.judge("jekyll", "post_id", build)
