"""Packs to begin from: pack_seeds.py LIUDI FIXTURES CORPUS. A small account, archived and packed, whole and in one part."""

import os, pathlib, subprocess, sys, tempfile

liudi, fixtures, corpus = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
for inputs in ["page/type0-complete", "bill-personal/csv", "counts"]:
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([liudi, "backup", fixtures / inputs, "-o", "a", "--no-mirror", "--quiet"], cwd=work, capture_output=True)
        subprocess.run([liudi, "pack", "a", "-o", "packs", "--quiet"], cwd=work, check=True)
        packs = [pathlib.Path(work, "packs", f"a-{name}.zip").read_bytes() for name in ["anchor", "public", "private"]]
        for count in (2, 3):
            seed = b"".join(len(pack).to_bytes(4, "little") + pack for pack in packs[:count])
            (corpus / f"{inputs.replace('/', '-')}-{count}").write_bytes(seed)
