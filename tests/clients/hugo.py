"""Builds the exported site by Hugo, Debian's and the newest, and compares each page with the archive's records."""

import os
import pathlib
import subprocess

import built


# A Hugo that Python starts would find this file in place of its own package.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def build(source):
    for number, hugo in enumerate(os.environ.get("HUGO", "hugo").split(":")):
        public = pathlib.Path(f"{source}-public-{number}")
        done = subprocess.run([hugo, "-s", source, "-d", public.resolve(), "--panicOnWarning"], capture_output=True, text=True, env=ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        yield public


built.judge("hugo", "id", build)
