"""Validates every table and every JSON file of an archive: `tables.py ARCHIVE`.

Tables with a `datapackage.json` are validated against it by Frictionless, values included; the others for what every reader of CSV
relies on: encoding, equal rows, distinct labels. JSON files are validated against the schemas that the archive brings along.
"""
import json, pathlib, re, sys

from frictionless import Dialect, Package, Resource, formats, system
from jsonschema import Draft202012Validator

root = pathlib.Path(sys.argv[1])
# Which schema describes which file, by the end of its path.
SCHEMAS = {
    "public/data/account.json": "account",
    "public/data/albums.json": "albums",
    "/article.json": "article",
    "billing/statements.json": "statements",
    "provenance/events.jsonl": "event",
}
# Files that the owner gave, kept as they are.
ORIGINALS = re.compile("/data/(billing/raw|documents|readiness/files)/")
# Described by others: Frictionless and the RO-Crate validator read these, and the schemas are schemas.
OTHERS = ("/datapackage.json", "/ro-crate-metadata.json", ".schema.json", ".profile.json")


def schema_of(path):
    if "/notes/" in path or "/videos/" in path:
        return "short-post"
    return next((name for end, name in SCHEMAS.items() if path.endswith(end)), None)


described, seen, documents, without = set(), 0, 0, []
for package in sorted(root.glob("p*/data/**/datapackage.json")):
    opened = Package(str(package))
    for table in opened.resources:
        # Lines of JSON name their members: one without a value is left out, and the order means nothing.
        table.detector.schema_sync = table.format == "jsonl"
    report = opened.validate()
    assert report.valid, (package, report.flatten(["rowNumber", "fieldName", "note"]))
    tables = json.loads(package.read_text(encoding="utf-8"))["resources"]
    described |= {package.parent / table["path"] for table in tables}
    seen += len(tables)
plain = [path for path in sorted(root.glob("p*/data/**/*.csv")) if path not in described and not ORIGINALS.search(path.as_posix())]
for path in plain:
    dialect = Dialect(controls=[formats.CsvControl()])
    with system.use_context(trusted=True):
        report = Resource(path=str(path), encoding="utf-8-sig", dialect=dialect).validate()
    assert report.valid, (path, report.flatten(["rowNumber", "fieldName", "note"]))
for path in sorted([*root.glob("p*/data/**/*.json"), *root.glob("p*/data/**/*.jsonl")]):
    shown = path.relative_to(root).as_posix()
    if shown.endswith(OTHERS) or path in described or ORIGINALS.search("/" + shown):
        continue
    name = schema_of(shown)
    if name is None:
        without.append(shown)
        continue
    schema = json.loads((root / f"public/data/schema/{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    text = path.read_text(encoding="utf-8")
    for value in map(json.loads, text.splitlines()) if path.suffix == ".jsonl" else [json.loads(text)]:
        wrong = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)]
        assert not wrong, (shown, wrong)
        documents += 1
print(f"{seen} described tables, {len(plain)} other tables and {documents} JSON documents are valid")
if without:
    print("without a schema: " + ", ".join(without))
