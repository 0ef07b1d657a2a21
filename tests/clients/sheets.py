"""Reads the lists of posts with openpyxl and csv, and the JSON lines with their schema."""

import csv
import json
import pathlib
import sys

import jsonschema
import openpyxl

import archive

root, out = sys.argv[1], pathlib.Path(sys.argv[2])
known = archive.posts(root)
with open(out / "csv" / "posts.csv", encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file))
sheet = openpyxl.load_workbook(out / "xlsx" / "posts.xlsx", read_only=True).active
cells = [list(row) for row in sheet.iter_rows(values_only=True)]
assert len(rows) == len(cells), (len(rows), len(cells))
for row, line in zip(rows, cells):
    for text, value in zip(row, line):
        assert text.lstrip("'") == ("" if value is None else str(value)).lstrip("'"), (text, value)
heads = rows[0]
listed = {row[-1]: dict(zip(heads, row)) for row in rows[1:]}
schema = json.loads((out / "jsonl" / "posts.schema.json").read_text("utf-8"))
validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
lines = {}
for line in (out / "jsonl" / "posts.jsonl").read_text("utf-8").splitlines():
    record = json.loads(line)
    validator.validate(record)
    lines[record["id"]] = record
assert set(lines) == set(listed) >= set(known), set(known) - set(lines)
for post in known.values():
    row, line, counts = listed[post.id], lines[post.id], post.record.get("counts") or {}
    assert line["published"] == post.published and row[heads[6]] == (post.published or ""), post.id
    assert line["html"].startswith(post.body[:20]) or post.body in line["html"], post.id
    assert line["albums"] == post.albums, (line["albums"], post.albums)
    if counts.get("read") is not None and not counts.get("capped"):
        assert row[heads[8]] == str(counts["read"]), (post.id, row)
    if counts.get("like") is not None:
        assert row[heads[9]] == str(counts["like"]), (post.id, row)
print(f"csv, xlsx and jsonl: {len(lines)} posts each")
