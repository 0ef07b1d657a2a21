# Bills.
error-bill-amount-missing = This row has no amount: the column “{ $column }” is empty, or holds a formula without a result
hint-bill-amount-missing = This row is not in the sums. Download the original bill again; do not re-save it in a spreadsheet.
error-bill-amount-unreadable = The amount cannot be read: column “{ $column }” says “{ $cell }”
hint-bill-amount-unreadable = This row's amount is not in the sums. Download the original bill again; do not re-save it in a spreadsheet.
error-bill-cells-moved = { $count ->
    [one] One row has a name with unquoted commas or quotes; its
   *[other] { $count } rows have names with unquoted commas or quotes; their
} cells were lined up by time, direction and amount
hint-bill-cells-moved = Compare these rows with the original, which is kept whole.
error-bill-columns-missing = The bill lacks these columns: { $columns }; the others were taken, what is missing cannot be known
hint-bill-columns-missing = If you still have the file as WeChat Pay exported it, add it.
error-bill-columns-unknown = The table of this bill lacks a column it cannot be read without (time, amount in whole units of the currency), so none of it was read. Its columns are: { $columns }
hint-bill-columns-unknown = Use the original file as WeChat Pay exported it; if you no longer have it, request the bill for this period again in WeChat.
error-bill-currency-differs = The currency column says “{ $column }”, the amount says “{ $cell }”; the column counts
hint-bill-currency-differs = Open the original and check this row.
error-bill-direction-unreadable = Unreadable direction: the column “{ $column }” says “{ $cell }”; taken as neutral for now
hint-bill-direction-unreadable = Open the original and check whether this row is income or expense.
error-bill-empty = This bill has no transactions; the days it declares count as covered
hint-bill-empty = If there were transactions in these days, request this bill again.
error-bill-header-missing = No header of a bill was found in { $path }
hint-bill-header-missing = Use the original file as WeChat Pay exports it.
error-bill-more-problems = The same problem stands in { $count ->
    [one] one more place
   *[other] { $count } more places
} ({ $code })
error-bill-no-totals = The bill declares no totals ({ $rows ->
    [one] one row
   *[other] { $rows } rows
}): it may not be downloaded completely
hint-bill-no-totals = Download this bill again and run once more.
error-bill-numbers-destroyed = A spreadsheet destroyed the transaction { $count ->
    [one] number of one row
   *[other] numbers of { $count } rows
}; line { $line } says “{ $cell }” in the column “{ $column }”. { $count ->
    [one] This row is
   *[other] These rows are
} told apart by time, amount and counterparty
hint-bill-numbers-destroyed = Add the file as WeChat Pay exported it (not saved again by Excel or WPS) and run again: the numbers are filled in and nothing counts twice.
error-bill-row-behind-summary = Something stands behind the summary; it was not counted
error-bill-row-of-totals = this row is a line of totals that somebody added; it is not counted as a transaction
error-bill-row-shifted = This row has { $cells ->
    [one] one cell
   *[other] { $cells } cells
} instead of { $expected }, and which of them is the amount cannot be told; it was not counted
hint-bill-row-shifted = The bill itself is kept whole. Check this row in it, or use the xlsx file that WeChat Pay exports.
error-bill-row-unreadable = This row is no transaction; it was not counted
hint-bill-row-unreadable = The bill itself is kept whole. Open it and look at this row.
error-bill-row-width = This row has { $cells ->
    [one] one cell
   *[other] { $cells } cells
} instead of { $expected }
hint-bill-row-width = Download the original bill again; do not re-save it in a spreadsheet.
error-bill-sharing-row-width = This row has { $cells ->
    [one] one cell where { $expected } were expected; it was kept as it stands
   *[other] { $cells } cells where { $expected } were expected; they were kept as they stand
}
error-bill-table-missing = This bill has its heading only; the table is not there
hint-bill-table-missing = Request the bill for this period again in WeChat, then run again.
error-bill-text-damaged = This row holds broken characters
error-bill-time-unreadable = The time cannot be read: column “{ $column }” says “{ $cell }”
error-bill-total-differs = The bill does not add up: “{ $total }” says { $declared }, the rows give { $computed }
hint-bill-total-differs = The bill may not be downloaded completely, or was changed. Download it again and run once more.
error-bill-total-unreadable = The declared total “{ $total }” is no number: { $declared }
hint-bill-total-unreadable = The rows were taken but cannot be checked. Download this bill again and run again.
error-bill-unknown-columns = The bill has unknown columns, kept as they are: { $columns }
error-bill-without-rows = This bill has a header and no rows, and does not say that there were no transactions
hint-bill-without-rows = Its days do not count as covered. Request the bill for this period again in WeChat, then run again.
error-ledger-describe-failed = The description of the ledger cannot be written
error-ledger-more-differ = { $count ->
    [one] One more transaction differs
   *[other] { $count } more transactions differ
} between bills
error-ledger-more-moved = { $count ->
    [one] One more transaction was
   *[other] { $count } more transactions were
} updated from the later bill
hint-ledger-more-moved = Nothing to do: the later bill counts, and both originals are kept.
error-ledger-numbers-destroyed = { $count ->
    [one] the number of one transaction was
   *[other] the numbers of { $count } transactions were
} destroyed by a spreadsheet program, and no other bill has them
hint-ledger-numbers-destroyed = Add the original file that WeChat Pay exported (not opened and saved again by Excel or WPS) and run again: the numbers are filled in, nothing is counted twice.
error-ledger-open-failed = The ledger's working folder { $path } cannot be opened
error-ledger-row-moved-on = Transaction { $key } changed between two exports ({ $columns }); the later bill counts, { $first }
hint-ledger-row-moved-on = Nothing to do: the later bill counts, and both originals are kept.
error-ledger-row-too-long = Row { $line } is too long for the ledger
error-ledger-rows-differ = One transaction, { $key }, differs between two bills ({ $columns }); the other one stands at { $first }; both are in the ledger
hint-ledger-rows-differ = One of them may have been edited. Compare the two bills.
error-ledger-run-broken = An intermediate file of the ledger, { $path }, is broken
hint-ledger-run-broken = Import the bills again.
error-ledger-write-failed = The ledger cannot be written: { $path }
hint-ledger-write-failed = Check the disk's free space and your permissions.
error-table-row-too-long = Line { $line } of { $path } is too long for a table
error-mail-broken = The mail { $path } is incomplete; it was read up to where it breaks off
hint-mail-broken = Save the mail again, or save its attachment by itself, and give that.
error-mail-without-attachment = The mail { $path } has no attachment and no link to an article
hint-mail-without-attachment = If the mail holds only a download link, download the bill while the link is valid and give that file.
error-unread-empty = { $path } is empty
hint-unread-empty = Download it again and run once more.
error-unread-layout = { $path } is named as a bill or a table of statistics, but no header in it is known; it was kept as it is and nothing of it is in the ledger
hint-unread-layout = Give the original file as WeChat Pay or the back end exported it. If you rearranged the table, keep its header row, save it as .xlsx or .csv and give that.
error-unread-mail = { $path } is a mail of which no attachment could be read; the mail was kept as it is
hint-unread-mail = Open the mail, save its attachment (a ZIP or a table) and give that.
error-unread-numbers = { $path } is a Numbers document and cannot be read; it was kept as it is
hint-unread-numbers = In Numbers choose File → Export To → Excel and give the .xlsx file.
error-unread-packed = { $path } is a packed file, and only ZIP is opened here; it was kept as it is
hint-unread-packed = Unpack it first and give the files in it (or a ZIP of them).
error-unread-pdf = { $path } is a PDF: it was kept as it is, and nothing of it is in the ledger
hint-unread-pdf = In WeChat, request the bill as a table (我 → 服务 → 钱包 → 账单 → 常见问题 → 下载账单 → 用于个人对账) and give the ZIP or table you receive. Keep the PDF too: it bears the electronic seal.
error-unread-pdf-locked = { $path } is a PDF under a password; it is kept as it is, and its rows are not in the ledger
hint-unread-pdf-locked = Keep its password. For the rows, request the bill as a table in WeChat (我 → 服务 → 钱包 → 账单 → 常见问题 → 下载账单 → 用于个人对账) and give the ZIP or table you receive.
error-unread-type = { $path } is named as a bill or a table of statistics but is no table that can be read; it was kept as it is
hint-unread-type = Save it as .xlsx with a program that opens it and give that; if none does, download it again.
error-unread-web = { $path } is named as a bill but holds a web page: the link has probably expired; it was kept as it is
hint-unread-web = Request the bill again, download it while the link is valid, and give the new file.
error-unread-workbook = The workbook { $path } cannot be opened and may be broken; it was kept as it is
hint-unread-workbook = Open it in Excel or WPS, save it as .xlsx and give that; if it does not open, download it again.
error-workbook-encrypted = The workbook { $path } has a password to open and cannot be read
hint-workbook-encrypted = Open it with the password, save it again as .xlsx without one, and give the new file.
error-xlsx-open-failed = The workbook { $path } cannot be opened; it may be broken
hint-xlsx-open-failed = Download it again. If it has a password to open, remove it first.
error-xlsx-row-broken = The workbook { $path } is broken from row { $line } on
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
