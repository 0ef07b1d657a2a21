# The desk: bills.
desk-bills-lead = Bills are for you alone: they are in the private part of the archive and never on the site.
desk-bills-none = The archive holds no bills yet. Put in the ZIP or the tables of WeChat Pay, and their sums are shown here.
desk-bills-locked = { $count ->
    [one] 1 packed file has a password. It was put in and is not read: if it holds bills, they are not counted here
   *[other] { $count } packed files have passwords. They were put in and are not read: if they hold bills, those are not counted here
}
desk-bills-locked-help = The password is in a message of the account 微信支付, a different one for each bill. Start again under “Put in”, and you are asked for it; or press “Enter the password” under “What is missing”.
desk-bills-problems = What does not agree, and what to do
desk-bills-more = { $count ->
    [one] One more is not listed.
   *[other] { $count } more are not listed.
}
desk-bills-agree = The rows of every bill add up to the totals it declares.
desk-bills-picture = Monthly amounts of the { $kind } ({ $currency }) as bars; the numbers are in the table beside them
desk-bills-apart = Each kind of bill has its own sums: a trade bill and a fund-flow bill describe the same money, and are not to be added to each other.
desk-bills-days = Days that the bills cover
desk-bills-covered = With a bill:
desk-bills-holes = Days without a bill:
desk-bills-holes-help = If there were transactions on these days, request the bill for them in WeChat and put it in.
desk-bills-holes-help-merchant = Those of the last three months: download them at pay.weixin.qq.com, day by day, and put them in. Earlier ones are no longer offered: if you have none, give them up under “May I close it?”. Of days for which the platform says 无账单, record there that there was no trade.
desk-bills-ends = Personal bills do not say whether there were earlier or later transactions. Answer when the first and the last transaction of your own WeChat account was:
desk-bills-statements = Every bill
desk-bills-days-of = Days
desk-bills-check = Check
desk-bills-adds-up = adds up
desk-bills-differs = does not add up
desk-bills-no-totals = no totals
desk-bills-ledger = The ledger
desk-bills-ledger-what = Every transaction of all bills, one per row, each counted once:
desk-bills-excel = It is a table as text (CSV), which Excel and WPS read correctly; but opened by double-click, they change long transaction numbers. For Excel, export the “Excel workbook of the bills” below.
desk-bills-packed = There are many transactions, so the file is compressed and does not open by itself. Export the “Excel workbook of the bills” or “All transactions” below.
desk-bills-exports = Open in Excel or bookkeeping programs
desk-currency-cny = CNY
desk-to-bills = See what does not add up
desk-bills-nothing = Days known to have no bill:
desk-bills-given-up = Days given up:
