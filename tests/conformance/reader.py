#!/usr/bin/env python3
"""Reads an archive with the standard library alone, written from docs/FORMAT.md and docs/schema: `reader.py ARCHIVE`.

Prints the articles with their editions and media, the gaps, the runs and the totals of the ledger as JSON.
"""
import csv, decimal, hashlib, json, pathlib, re, subprocess, sys

csv.field_size_limit(sys.maxsize)


def sums(folder, listing):
    """Checks the files that a list names (`<SHA-256>  <path>` lines) and returns their paths."""
    paths = []
    for line in (folder / listing).read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ", 1)
        with open(folder / path, "rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
        if actual != digest:
            sys.exit(f"{folder / path} is damaged")
        paths.append(path)
    return paths


def bag(root, name):
    """Checks a bag and returns its payload paths; no file may be there that the manifest does not list."""
    folder = root / name
    sums(folder, "tagmanifest-sha256.txt")
    paths = sums(folder, "manifest-sha256.txt")
    there = {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if path.is_file()}
    if there != set(paths):
        sys.exit(f"{name}: {sorted(there ^ set(paths))} is listed or there, and not both")
    return paths


def table(path):
    """Rows of a table: UTF-8 with a byte order mark, RFC 4180; a missing table has none."""
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def articles(root, bags):
    """The newest edition of every article, from either bag; earlier ones are counted."""
    for name, paths in bags.items():
        for path in paths:
            parts = path.split("/")
            if parts[:2] != ["data", "articles"] or parts[4:] != ["article.json"]:
                continue
            folder = root / name / "/".join(parts[:4])
            article = json.loads((folder / "article.json").read_text(encoding="utf-8"))
            body = folder / "content.html"
            text = re.sub(r"<[^>]*>", "", body.read_text(encoding="utf-8")) if body.exists() else ""
            media = [medium for medium in article.get("media", []) if "path" in medium]
            for medium in media:  # `path` is inside the `data/` of the bag that `bag` names.
                assert f"data/{medium['path']}" in bags[medium["bag"]], medium
            yield {
                "id": article["id"], "bag": name, "title": article.get("title"), "published": article.get("published"),
                "letters": len("".join(text.split())), "media": len(media), "editions": 1 + len(article.get("versions", [])),
            }


def ledger(root):
    """Sums of the rows by kind, year, currency and direction, as exact decimals, and what `datapackage.json` says of them."""
    folder = root / "private/data/billing"
    rows = table(folder / "ledger.csv")
    if (folder / "ledger.csv.zst").exists():
        text = subprocess.run(["zstd", "-dc", folder / "ledger.csv.zst"], check=True, capture_output=True).stdout
        rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    totals = {}
    for row in rows:
        key = "/".join(str(row[name]) for name in ("kind", "currency", "direction")) + "/" + row["time"][:4]
        if row["amount"]:
            totals[key] = totals.get(key, decimal.Decimal(0)) + decimal.Decimal(row["amount"])
    return {"rows": len(rows), "totals": {key: f"{value:f}" for key, value in sorted(totals.items())}}


def main(root):
    assert sorted(sums(root, "SHA256SUMS")) == ["README.txt", "private/tagmanifest-sha256.txt", "public/tagmanifest-sha256.txt"]
    bags = {name: bag(root, name) for name in ("public", "private")}
    gaps = [gap | {"bag": name} for name in bags for gap in table(root / name / "data/provenance/gaps.csv")]
    listed = {row["id"]: row for name in bags for row in table(root / name / "data/tables/articles.csv")}
    events = (root / "private/data/provenance/events.jsonl").read_text(encoding="utf-8").splitlines()
    found = sorted(articles(root, bags), key=lambda article: article["id"])
    assert {article["id"] for article in found} == {id for id, row in listed.items() if row["held"] == "true"}
    result = {"articles": found, "listed": len(listed), "gaps": gaps, "runs": len(events), "ledger": ledger(root)}
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)


main(pathlib.Path(sys.argv[1]))
