"""Reads the books with bean-check, hledger and Beancount's own loader, and the workbook with openpyxl, and compares their
sums with those of the archive's ledger."""

import collections
import csv
import decimal
import io
import json
import pathlib
import re
import subprocess
import sys

import openpyxl
from beancount import loader
from beancount.core import data

root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
Decimal = decimal.Decimal
decimal.getcontext().prec = 60
billing = root / "private" / "data" / "billing"
rows = list(csv.DictReader(io.StringIO((billing / "ledger.csv").read_text("utf-8-sig"), newline="")))
assert rows
AMOUNT = re.compile(r"-?\d+(\.\d+)?")
readable = [row for row in rows if AMOUNT.fullmatch(row["amount"]) and re.match(r"\d{4}-\d\d-\d\d", row["time"])]

# Beancount.
file = out / "beancount" / "ledger.beancount"
subprocess.run(["bean-check", file], check=True)
entries, errors, _ = loader.load_file(str(file))
assert not errors, errors
booked = {entry.meta["id"]: entry for entry in entries if isinstance(entry, data.Transaction)}
text = file.read_text("utf-8")
comments = [line for line in text.splitlines() if re.match(r"; (未入账|Not booked)", line)]
assert len(booked) + len(comments) == len(rows), (len(booked), len(comments), len(rows))
balances = collections.Counter()
for row in rows:
    entry = booked.get(row["key"])
    if entry is None:
        assert any(row["key"] in line for line in comments), row
        continue
    sums = collections.Counter()
    for posting in entry.postings:
        assert posting.units.currency == (row["currency"] or "CNY")
        sums[posting.units.currency] += posting.units.number
        balances[posting.account, posting.units.currency] += posting.units.number
    assert not any(sums.values()), row
    moved = max((abs(posting.units.number) for posting in entry.postings), default=0)
    if row["direction"] == "in" and row["kind"] != "fund_flow":
        assert moved == Decimal(row["amount"]), row
    assert str(entry.date) == row["time"][:10], row

# hledger, with the same balances.
journal = out / "hledger" / "ledger.journal"
subprocess.run(["hledger", "-f", journal, "check", "--strict"], check=True)
shown = subprocess.run(["hledger", "-f", journal, "balance", "--flat", "-E", "-N", "-O", "json"], check=True, capture_output=True)
for account, _, _, amounts in json.loads(shown.stdout)[0]:
    for amount in amounts:
        quantity = amount["aquantity"]
        exact = Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
        assert balances[account, amount["acommodity"]] == exact, (account, exact)

# The workbook, with the sums of the ledger.
book = openpyxl.load_workbook(out / "bills-xlsx" / "bills.xlsx")
summary, *months = book.worksheets
names = {"账单种类": "kind", "编号": "key", "金额": "amount", "金额（分）": "amount_fen", "微信支付单号": "transaction_no"}
read = []
for sheet in months:
    head, *lines = sheet.iter_rows(values_only=True)
    head = [names.get(name, name) for name in head]
    read += [dict(zip(head, line)) | {"sheet": sheet.title} for line in lines]
assert len(read) == len(rows), (len(read), len(rows))
by_key = {(row["kind"], row["key"]): row for row in read}
for row in rows:
    found = by_key[row["kind"], row["key"]]
    assert (found["amount_fen"] or "") == row["amount_fen"], row
    assert found["transaction_no"] is None or isinstance(found["transaction_no"], str), row
    assert (found["transaction_no"] or "") == row["transaction_no"], row
    if row in readable:
        assert Decimal(repr(found["amount"])) == Decimal(row["amount"]), row
        assert found["sheet"].startswith(row["time"][:7]), row
head, *lines = summary.iter_rows(values_only=True)
lines = [line for line in lines if line[3] is not None]
PARTS = range(10, 16)
sums = collections.defaultdict(lambda: [0] * 6)
for line in lines:
    for part in PARTS:
        assert Decimal(repr(line[part - 6])) * 100 == Decimal(line[part]), line
    months_of = [other for other in lines if other[:2] == line[:2] and re.match(r"\d{4}-", other[2])]
    if not re.match(r"\d{4}-", line[2]):
        for part in PARTS:
            assert sum(Decimal(other[part]) for other in months_of) == Decimal(line[part]), line
        assert sum(other[3] for other in months_of) == line[3], line
fen = sum((Decimal(line[part]) for line in lines if re.match(r"\d{4}-", line[2]) for part in PARTS if part != 13), Decimal(0))
charged = [row for row in readable if not (row["kind"] == "fund_flow" and "手续费" in row["type"])]
assert fen == sum(Decimal(row["amount"]) * 100 for row in charged), fen
assert sum(line[3] for line in lines if re.match(r"\d{4}-", line[2])) == len(readable)

# The page, whose totals are those of the workbook.
page = (out / "billing" / "billing.html").read_text("utf-8")
assert "<script" not in page and page.count("<svg") == page.count("<table>")
cells = set(re.findall(r"<td>(-?\d+\.\d+)</td>", page))
for line in lines:
    assert all(f"{Decimal(line[part]) / 100:.2f}" in cells for part in PARTS if Decimal(line[part]) and Decimal(line[part]) % 1 == 0), line
print(f"ledgers: {len(booked)} of {len(rows)} rows booked, {len(comments)} in comments; bean-check and hledger agree; {len(months)} months in the workbook add up")
