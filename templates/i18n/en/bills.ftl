# Bills.
error-bill-amount-missing = This row has no amount: the column “{ $column }” is empty, or contains a formula without a result
hint-bill-amount-missing = This row is not included in the sums. Download the original bill again; do not save it from a spreadsheet program.
error-bill-amount-unreadable = The amount cannot be read: column “{ $column }” says “{ $cell }”
hint-bill-amount-unreadable = This row's amount is not included in the sums. Download the original bill again; do not save it from a spreadsheet program.
error-bill-cells-moved = { $count ->
    [one] One row has a name with unquoted commas or quotes; its
   *[other] { $count } rows have names with unquoted commas or quotes; their
} cells were aligned by time, direction and amount
hint-bill-cells-moved = Compare these rows with the original, which is kept in full.
error-bill-columns-missing = The bill lacks these columns: { $columns }; the other columns were read, and what is missing cannot be known
hint-bill-columns-missing = If you still have the file as WeChat Pay exported it, add it too.
error-bill-columns-unknown = The table of this bill lacks a required column (time, or amount in the main unit of the currency), so none of it was read. Its columns are: { $columns }
hint-bill-columns-unknown = Use the original file as WeChat Pay exported it; if you no longer have it, request the bill for this period again in WeChat.
error-bill-currency-differs = The currency column says “{ $column }”, but the amount says “{ $cell }”; the currency column is used
hint-bill-currency-differs = Open the original and check this row.
error-bill-direction-unreadable = The direction cannot be read: column “{ $column }” says “{ $cell }”; treated as neutral for now
hint-bill-direction-unreadable = Open the original and check whether this row is income or expense.
error-bill-empty = This bill contains no transactions; the days it declares count as covered
hint-bill-empty = If there were transactions on these days, request this bill again.
error-bill-header-missing = No bill header was found in { $path }
hint-bill-header-missing = Use the original file as WeChat Pay exported it.
error-bill-more-problems = The same problem occurs in { $count ->
    [one] one more place
   *[other] { $count } more places
} ({ $code })
error-bill-no-totals = The bill declares no totals ({ $rows ->
    [one] one row
   *[other] { $rows } rows
}): it may not have been downloaded completely
hint-bill-no-totals = Download this bill again, then run again.
error-bill-numbers-destroyed = A spreadsheet program destroyed the transaction { $count ->
    [one] number of one row
   *[other] numbers of { $count } rows
}; line { $line } says “{ $cell }” in the column “{ $column }”. { $count ->
    [one] This row is
   *[other] These rows are
} identified by time, amount and counterparty instead
hint-bill-numbers-destroyed = Add the file as WeChat Pay exported it (not saved again by Excel or WPS) and run again: the numbers are filled in and nothing is counted twice.
error-bill-row-behind-summary = There are more rows after the summary; they were not counted
error-bill-row-of-totals = this row is a total that somebody added; it is not counted as a transaction
error-bill-row-shifted = This row has { $cells ->
    [one] one cell
   *[other] { $cells } cells
} instead of { $expected }, and it is not clear which one is the amount; the row was not counted
hint-bill-row-shifted = The bill itself is kept in full. Check this row in it, or use the xlsx file that WeChat Pay exports.
error-bill-row-unreadable = This row is not a transaction; it was not counted
hint-bill-row-unreadable = The bill itself is kept in full. Open it and look at this row.
error-bill-row-width = This row has { $cells ->
    [one] one cell
   *[other] { $cells } cells
} instead of { $expected }
hint-bill-row-width = Download the original bill again; do not save it from a spreadsheet program.
error-bill-sharing-row-width = This row has { $cells ->
    [one] one cell where { $expected } were expected; it was kept unchanged
   *[other] { $cells } cells where { $expected } were expected; they were kept unchanged
}
error-bill-table-missing = This bill contains only its introduction; the table of transactions is missing
hint-bill-table-missing = Request the bill for this period again in WeChat, then run again.
error-bill-text-damaged = This row contains garbled characters
error-bill-time-unreadable = The time cannot be read: column “{ $column }” says “{ $cell }”
error-bill-total-differs = The bill does not add up: “{ $total }” says { $declared }, the rows give { $computed }
hint-bill-total-differs = The bill may have been changed or not completely downloaded. Download it again, then run again.
error-bill-total-unreadable = The declared total “{ $total }” is not a number: { $declared }
hint-bill-total-unreadable = The rows were read but cannot be checked. Download this bill again, then run again.
error-bill-unknown-columns = The bill has unknown columns, which are kept unchanged: { $columns }
error-bill-without-rows = This bill has a header but no rows, and does not say that there were no transactions
hint-bill-without-rows = Its days do not count as covered. Request the bill for this period again in WeChat, then run again.
error-ledger-describe-failed = The ledger's description file cannot be written
error-ledger-more-differ = { $count ->
    [one] One more transaction differs
   *[other] { $count } more transactions differ
} between bills
error-ledger-more-moved = { $count ->
    [one] One more transaction was
   *[other] { $count } more transactions were
} updated from the later bill
hint-ledger-more-moved = Nothing to do: the later bill is used, and both originals are kept.
error-ledger-numbers-destroyed = { $count ->
    [one] the number of one transaction was
   *[other] the numbers of { $count } transactions were
} destroyed by a spreadsheet program, and no other bill has them
hint-ledger-numbers-destroyed = Add the original file that WeChat Pay exported (not opened and saved again by Excel or WPS) and run again: the numbers are filled in, and nothing is counted twice.
error-ledger-open-failed = The ledger's working folder { $path } cannot be opened
error-ledger-row-moved-on = Transaction { $key } changed between two exports ({ $columns }); the later bill is used, { $first }
hint-ledger-row-moved-on = Nothing to do: the later bill is used, and both originals are kept.
error-ledger-row-too-long = Row { $line } is too long for the ledger
error-ledger-rows-differ = The transaction { $key } is different in two bills ({ $columns }); the other version is at { $first }; both are in the ledger
hint-ledger-rows-differ = One of them may have been edited. Compare the two bills.
error-ledger-run-broken = A temporary file of the ledger, { $path }, is damaged
hint-ledger-run-broken = Import the bills again.
error-ledger-write-failed = The ledger cannot be written: { $path }
hint-ledger-write-failed = Check the free disk space and your permissions.
error-table-row-too-long = Line { $line } of { $path } is too long for a table
error-mail-broken = The mail { $path } is incomplete; it was read up to the point where it breaks off
hint-mail-broken = Save the mail again, or save its attachment separately, and add that.
error-mail-without-attachment = The mail { $path } has no attachment and no article link
hint-mail-without-attachment = If the mail contains only a download link, download the bill while the link is valid and add that file.
error-unread-empty = { $path } is empty
hint-unread-empty = Download it again, then run again.
error-unread-layout = { $path } is named like a bill or a table of statistics, but its header is unknown; it is kept unchanged and is not in the ledger
hint-unread-layout = Add the original file that WeChat Pay or the backend exported. If you rearranged the table, keep its header row, save it as .xlsx or .csv and add that.
error-unread-mail = { $path } is a mail whose attachments could not be read; the mail is kept unchanged
hint-unread-mail = Open the mail, save its attachment (a ZIP or a table) and add that.
error-unread-numbers = { $path } is a Numbers document and cannot be read; it is kept unchanged
hint-unread-numbers = In Numbers choose File → Export To → Excel and add the .xlsx file.
error-packed-left = { $locator } is packed in a form that liudi does not open (rar, 7z, tar …); it is not in the archive
hint-packed-left = Unpack it first and add the files inside (or a ZIP of them).
error-unread-packed = { $path } is a compressed file, and liudi opens only ZIP; it is kept unchanged
hint-unread-packed = Unpack it first and add the files inside (or a ZIP of them).
error-unread-pdf = { $path } is a PDF: it is kept unchanged, and its rows are not in the ledger
hint-unread-pdf = In WeChat, request the bill as a table (我 → 服务 → 钱包 → 账单 → 常见问题 → 下载账单 → 用于个人对账) and add the ZIP or table you receive. Keep the PDF too: it carries the electronic seal.
error-unread-pdf-locked = { $path } is a password-protected PDF: it is kept unchanged, and its rows are not in the ledger
hint-unread-pdf-locked = Keep its password safe. To get the rows, request the bill as a table in WeChat (我 → 服务 → 钱包 → 账单 → 常见问题 → 下载账单 → 用于个人对账) and add the ZIP or table you receive.
error-unread-type = { $path } is named like a bill or a table of statistics but is not a readable table; it is kept unchanged
hint-unread-type = Save it as .xlsx with a program that opens it and add that; if no program opens it, download it again.
error-unread-web = { $path } is named like a bill but contains a web page: the link has probably expired; it is kept unchanged
hint-unread-web = Request the bill again, download it while the link is valid, and add the new file.
error-unread-workbook = The workbook { $path } cannot be opened and may be damaged; it is kept unchanged
hint-unread-workbook = Open it in Excel or WPS, save it as .xlsx and add that; if it does not open, download it again.
error-workbook-encrypted = The workbook { $path } is password-protected and cannot be read
hint-workbook-encrypted = Open it with the password, save it as .xlsx without a password, and add the new file.
error-xlsx-open-failed = The workbook { $path } cannot be opened; it may be damaged
hint-xlsx-open-failed = Download it again. If it is password-protected, remove the password first.
error-xlsx-row-broken = The workbook { $path } is damaged from row { $line } on
hint-xlsx-row-broken = Download this file again.
error-xlsx-sheet-broken = The sheet “{ $sheet }” of the workbook { $path } cannot be read
error-xlsx-too-large = The workbook { $path } is too large; it was not read
hint-xlsx-too-large = Unpack it first, or export it in parts.

layout-fund-flow = merchant fund-flow bill
layout-personal-csv = personal bill (CSV)
layout-personal-xlsx-2025 = personal bill (Excel)
layout-personal-xlsx-2026 = personal bill (Excel)
layout-trade = merchant trade bill
layout-trade-20 = merchant trade bill (payments)
layout-trade-24 = merchant trade bill (older layout)
layout-trade-27 = merchant trade bill (all)
layout-trade-29 = merchant trade bill (refunds)
books-head = Made by liudi from bills held in the archive. Private: keep it to yourself.
books-head-fees = Fees are part of the amounts: of 100.00 with a fee of 0.10 the receiver keeps 99.90.
books-head-rows = { $kind }, rows: { $booked } booked, { $twice } left out (the other bill books the same order), { $not } not booked (comments below)
books-kind-personal = personal bill
books-kind-trade = trade bill
books-kind-fund-flow = fund-flow bill
books-not = Not booked, { $why }: { $row }
books-not-amount = its amount cannot be read
books-not-time = its time cannot be read
books-not-currency = its currency cannot be read
books-not-kind = its kind is not known
books-not-neutral = the bill does not say between which accounts
books-not-undone = no money moved
books-not-twice = the other bill books the same order
lost-bill-amount = row without a readable amount
lost-bill-time = row without a readable time
lost-bill-currency = row without a readable currency
lost-bill-kind = row of an unknown kind
lost-bill-neutral = row that does not say between which accounts money moved
error-books-rules-unreadable = cannot read the rules in { $path }
hint-books-rules-unreadable = Check the path given with --set rules=FILE
error-books-rules-invalid = the rules in { $path } are not right: { $why }
hint-books-rules-invalid = Write accounts below [accounts] (sales = "Income:Tea"), and rules as [[payee]] with contains and account
error-books-account-invalid = { $path }: { $account } is not an account
hint-books-account-invalid = Begin with Assets, Liabilities, Equity, Income or Expenses, and each part after a colon with a capital letter, a digit or a Chinese character
billing-title = Bills by month
billing-intro = Made by liudi from the bills held in the archive; private. Each kind of bill has its own sums: a trade bill and a fund-flow bill describe the same money, and are not to be added to each other.
billing-summary = Summary
billing-kind = Bill
billing-currency = Currency
billing-month = Month
billing-rows = Rows
billing-total = Total
billing-no-time = No time
billing-income = Income
billing-spent = Spent
billing-refunds = Refunds
billing-fees = Fees
billing-moved = Moved between own accounts
billing-undone = Not carried out
billing-in-fen = { $what } (fen)
billing-left-out = { $kind }: rows without a readable amount, time or currency, not in these sums: { $count }
lost-bill-cell = cell with more text than a spreadsheet holds
