#!/usr/bin/env python3
"""Makes the files of a release; needs nothing but Python 3.8. See packaging/README.md.

  release.py bundle TARGET PROGRAM OUT     packs a program with licence, READMEs and what its system wants; prints the path
  release.py app PROGRAM                   the same for macOS on a Mac: liudi.app beside PROGRAM, to be signed before `bundle`
  release.py sums OUT                      writes OUT/SHA256SUMS of the packages in OUT
  release.py notes VERSION                 prints the section of CHANGELOG.md for VERSION
  release.py manifests SUMS ADDRESS        writes version, address and checksums into the manifests of winget, scoop and Homebrew;
                                           ADDRESS is that of the folder of downloads: https://…/releases/download
  release.py version [TAG]                 prints the version in Cargo.toml; fails if TAG is not `v` and the version
"""
import gzip
import hashlib
import io
import os
import pathlib
import re
import shutil
import sys
import tarfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARGEST = 30_000_000
# What people call the systems; any other target is named as Rust names it.
NAMES = {
    "x86_64-pc-windows-msvc": "windows-x86_64",
    "universal-apple-darwin": "macos",
    "x86_64-unknown-linux-musl": "linux-x86_64",
    "aarch64-unknown-linux-musl": "linux-aarch64",
}
MANIFESTS = sorted(path for folder in ("winget", "scoop", "homebrew") for path in (ROOT / "packaging" / folder).iterdir())
# Of every package: equal bytes from equal programs.
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1764000000"))


def version():
    return re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text("utf-8"), re.M).group(1)


def common():
    return {name: ROOT / name for name in ("LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md")}


def app(program):
    """Writes liudi.app beside `program` and returns its folder."""
    folder = pathlib.Path(program).resolve().parent / "liudi.app"
    shutil.rmtree(folder, ignore_errors=True)
    inside = folder / "Contents"
    (inside / "MacOS").mkdir(parents=True)
    (inside / "Resources").mkdir()
    plist = (ROOT / "packaging/macos/Info.plist").read_text("utf-8").replace("VERSION", version())
    (inside / "Info.plist").write_text(plist, "utf-8")
    shutil.copy(ROOT / "packaging/icon/liudi.icns", inside / "Resources/liudi.icns")
    for name, source in (("liudi", program), ("liudi-desk", ROOT / "packaging/macos/liudi-desk")):
        shutil.copy(source, inside / "MacOS" / name)
        (inside / "MacOS" / name).chmod(0o755)
    return folder


def bundle(target, program, out):
    program, out = pathlib.Path(program), pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    name = f"liudi-{version()}-{NAMES.get(target, target)}"
    members, executable = common(), {"liudi", "install", "liudi.exe"}
    if "windows" in target:
        members["liudi.exe"] = program
    elif "apple" in target:
        # Made before if it had to be signed.
        folder = program.resolve().parent / "liudi.app"
        folder = folder if folder.is_dir() else app(program)
        inside = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        members.update({f"liudi.app/{path.relative_to(folder).as_posix()}": path for path in inside})
        executable |= {"liudi.app/Contents/MacOS/liudi", "liudi.app/Contents/MacOS/liudi-desk"}
    else:
        members["liudi"] = program
        members["liudi.svg"] = ROOT / "packaging/icon/liudi.svg"
        members.update({path.name: path for path in (ROOT / "packaging/linux").iterdir()})
    modes = {name: 0o755 if name in executable else 0o644 for name in members}
    path = zipped(out / f"{name}.zip", members, modes) if "linux" not in target else tarred(out / f"{name}.tar.gz", name, members, modes)
    largest = [("the package", path.stat().st_size)]
    if "universal" not in target:
        largest.append(("the program", program.stat().st_size))
    for what, size in largest:
        print(f"{what}: {size / 1e6:.1f} MB", file=sys.stderr)
        if size > LARGEST:
            path.unlink()
            sys.exit(f"{what} has {size} bytes, more than {LARGEST}")
    print(path)


def zipped(path, members, modes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, source in sorted(members.items()):
            entry = zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6])
            entry.create_system = 3
            entry.external_attr = (0o100000 | modes[name]) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, source.read_bytes())
    return path


def tarred(path, folder, members, modes):
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, EPOCH) as packed, tarfile.open(fileobj=packed, mode="w") as package:
        for name, source in sorted(members.items()):
            content = source.read_bytes()
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mode, entry.mtime = len(content), modes[name], EPOCH
            package.addfile(entry, io.BytesIO(content))
    return path


def sums(out):
    packages = sorted(path for path in pathlib.Path(out).iterdir() if path.name.endswith((".zip", ".tar.gz")))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in packages]
    (pathlib.Path(out) / "SHA256SUMS").write_text("".join(lines), "utf-8", newline="\n")


def notes(wanted):
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    parts = re.split(r"^## \[(.+?)\].*$", text, flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    if not sections.get(wanted, "").strip():
        sys.exit(f"CHANGELOG.md has no section [{wanted}]: rename [Unreleased]")
    print(sections[wanted].strip())


def manifests(list_of_sums, address):
    known = dict(reversed(line.split()) for line in pathlib.Path(list_of_sums).read_text("utf-8").splitlines())
    for path in MANIFESTS:
        lines, package = [], None
        for line in path.read_text("utf-8").splitlines():
            line = re.sub(r'(PackageVersion: |"version": "|^  version ")[0-9][^"\s]*', rf"\g<1>{version()}", line)
            found = re.search(r'https?://[^"\s]+/v[^/"\s]+/liudi-[0-9][^-/"\s]*-([^/"\s]+?(?:\.zip|\.tar\.gz))', line)
            if found:
                package = f"liudi-{version()}-{found.group(1)}"
                line = line.replace(found.group(0), f"{address.rstrip('/')}/v{version()}/{package}")
            elif package and re.search(r"\b[0-9a-fA-F]{64}\b", line):
                line = re.sub(r"\b[0-9a-fA-F]{64}\b", known[package], line)
                package = None
            line = re.sub(r"https://placeholder\.invalid(?=\"|$)", re.sub(r"/releases/download/?$", "", address), line)
            lines.append(line + "\n")
        path.write_text("".join(lines), "utf-8", newline="\n")


def main(arguments):
    commands = {"bundle": (bundle, 3), "app": (app, 1), "sums": (sums, 1), "notes": (notes, 1), "manifests": (manifests, 2)}
    if arguments[:1] == ["version"] and len(arguments) <= 2:
        if arguments[1:] and arguments[1] != f"v{version()}":
            sys.exit(f"the tag is {arguments[1]}, but Cargo.toml says {version()}")
        return print(version())
    command, count = commands.get(arguments[0] if arguments else "", (None, 0))
    if command is None or len(arguments) != count + 1:
        sys.exit(__doc__)
    command(*arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
