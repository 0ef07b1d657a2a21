# The commands around a closure.
cli-account = Show or edit the account's profile
cli-account-set = Set profile values: kinds=oa.subscription entity=personal uses.pay=no
cli-account-set-values = NAME=VALUE; an empty value clears it
cli-account-list = List what is filled in
cli-event-list = List what was recorded
cli-evidence-list = List what was recorded
records-none = Nothing has been recorded yet.
cli-event = Record what happened: submitted, frozen, closed …
cli-event-add = Record an event and its date
cli-event-add-name = Which event: submitted, subject_verified, freeze_end, deregistered …
cli-event-add-date = The date, such as 2026-12-01, or yesterday; liudi asks if you leave it out
cli-event-add-account-kind = Which account, if there are several
cli-evidence = Record numbers, answers and files that only you have
cli-evidence-add = Record one item; a screenshot or export is saved with its digest in the private part
cli-evidence-add-key = Which item (listed by `liudi ready`)
cli-evidence-add-value = The number, date, answer or text; liudi asks if you leave it out
cli-evidence-add-file = A screenshot or export to keep with it
cli-any-by = Who confirms this (default: the user name on this computer)
cli-any-note = A note of your own
cli-guide = Show where to get each file; what disappears first comes first
cli-guide-account-kind = The kind of account (default: the kinds in the profile)
cli-plan = Plan the closure: order, dates, documents, and what each step destroys
cli-plan-on = Start date
cli-plan-ics = Also save the dates as a calendar file (.ics)
cli-plan-letters = Also write drafts of the announcement, auto-reply and application to this folder
cli-any-rules = Use another rules file
cli-probe = Check whether the original links are dead (needs --online)
cli-probe-count = How many links to check
cli-purge = Delete other people's data that is no longer needed
cli-purge-what = What to delete: followers
cli-purge-apply = Really delete; without it, only show what would be deleted
cli-ready = Check whether the account can be closed now, rule by rule, and write a report
cli-ready-ask = First ask about everything that is not known yet
cli-ready-after = List what is still to be done after the closure
cli-ready-reread = Read every byte again, even if that was already done today
cli-ready-site = Where the site is (default: DIR/site)
cli-waive = Give up a missing item, with a reason
cli-waive-rule = Which rule: its id or title, as in the report
cli-waive-items = What to give up: the name as in the report; may be repeated
cli-waive-reason = The reason; liudi asks if you leave it out
cli-waive-take-back = Take back what was given up

# Results.
account-saved = Profile saved
evidence-saved = Recorded: { $question } → { $value } ({ $key })
event-withdrawn = { $count ->
    [0] “{ $event }” was not recorded, so there is nothing to withdraw
    [one] Withdrew one record of “{ $event }”
   *[other] Withdrew { $count } records of “{ $event }”
}
event-saved = Recorded: { $date } { $event }
waiver-saved = Given up: { $rule } ({ $count })
waiver-taken-back = { $count ->
        [one] Taken back: { $rule }, one item; it counts as missing again
       *[other] Taken back: { $rule }, { $count } items; they count as missing again
    }
waiver-names-wanted = The reason is recorded for { $rule }; but { $count ->
    [one] one item is
   *[other] { $count } items are
} missing there and must be given up by name: { $liudi } waive { $id } --item "NAME" (names: { $liudi } ready)
evidence-ask = { $question }
event-ask-date = On which day? { $event } (such as 2026-12-01, or yesterday)
waive-ask-reason = Why do you give up "{ $rule }"?
plan-ics-written = Calendar file: { $path }
plan-letters-written = Drafts of the letters, in { $path }:
plan-letter-new = {"  "}{ $name }: written, { $blanks ->
    [0] nothing to fill in
    [one] one blank to fill in
   *[other] { $blanks } blanks to fill in
}
plan-letter-updated = {"  "}{ $name }: updated with what is known now, { $blanks ->
    [0] nothing to fill in
    [one] one blank to fill in
   *[other] { $blanks } blanks to fill in
}
plan-letter-same = {"  "}{ $place }: unchanged
plan-letter-yours = {"  "}{ $name }: you edited it, so it was left unchanged
plan-letter-beside = {"  "}{ $name }: you edited it, so it was left unchanged; the new draft is { $place }
plan-letters-blanks = { $blanks ->
    [0] Read the letters through once more before you send them.
   *[other] Blanks are marked 【请填写：…】 or 【to fill in: …】. Instead of filling in each letter, record the answer once; drafts you have not edited are updated the next time you run this:
    { $liudi } account set "contact=【CONTACT】" "reason=【REASON】" "mailbox=【MAILBOX】" "operator=【OPERATOR】" "elsewhere=【ELSEWHERE】"
}
purge-nothing = There is no such file
purge-planned = { $count ->
    [one] One file; to delete it,
   *[other] { $count } files; to delete them,
} add --apply
purge-done = { $count ->
    [one] One file
   *[other] { $count } files
} deleted; the date was recorded
probe-gone = dead
ready-report-written = Report: { $path }

# Names of events.
event-application-passed = the merchant application was approved
event-cancelled = the closure was cancelled
event-cleared = data cleared
event-deregistered = closed
event-first-trade = first transaction
event-freeze-end = freeze ended
event-frozen = frozen
event-last-login-or-api-call = last login or API call
event-last-trade = last transaction
event-personal-first-trade = the owner's first personal transaction
event-personal-last-trade = the owner's last personal transaction
event-migration-review-passed = the migration passed review
event-notice-published = announcement published
event-registered = registered
event-released = name released
event-subject-verified = registered owner verified
event-submitted = submitted
event-trade-end = stopped taking payments
event-transfer-shown = verification transfer requested

# Errors.
error-readiness-unreadable = { $path } cannot be read
error-readiness-unwritable = { $path } cannot be written
error-report-not-kept = The report cannot be written: { $path }
error-plan-write-failed = { $path } cannot be written
error-mirror-scan-failed = The site could not be checked
error-account-value-wanted = This must be NAME=VALUE, not "{ $value }"
error-evidence-key-unknown = There is no item "{ $key }" to record
hint-evidence-key-unknown = Closest matches: { $known }. `{ $liudi } ready` lists what to record
error-event-which-account = There are several accounts: say which one "{ $event }" applies to
hint-event-which-account = Add `--kind`; possible values: { $known }
error-waiver-rule-unknown = There is no rule "{ $rule }"
hint-waiver-rule-unknown = Closest matches: { $known }
error-waiver-item-unknown = "{ $item }" is not among the open items of { $rule }
hint-waiver-item-unknown = Open items: { $known }
error-waiver-nothing-lost = nothing of "{ $rule }" is beyond obtaining
hint-waiver-nothing-lost = Look at the new list.
error-waiver-nothing-open = { $rule } has no open items, so "{ $item }" cannot be given up
hint-waiver-nothing-open = `{ $liudi } ready` lists the open items
error-waiver-not-recorded = “{ $item }” was not given up for “{ $rule }”
error-waiver-none-recorded = “{ $rule }” was not given up as a whole
hint-waiver-none-recorded = { hint-waiver-not-recorded }
hint-waiver-not-recorded = What was given up stands at the end of `{ $liudi } gaps` and in the report of `{ $liudi } ready`; write the name as it is there. Items are named with `--item "NAME"`
error-purge-what-unknown = "{ $what }" cannot be purged; possible values: followers
error-probe-needs-online = This connects to the platform: add --online
error-probe-failed = The platform could not be reached

# Kinds of kept documents.
document-auto-reply = auto-reply
document-contract = contract
document-document = document
document-invoice = invoice
document-menu = menu
document-orders = orders
document-profile = profile
document-screenshot = screenshot
document-statement = statement

# The archive does not agree with what was just recorded; the record counts all the same.
remark-fewer-than-held = You recorded { $recorded }, but the archive holds { $held }. If the others were deleted on the platform, that is right; otherwise count again and correct it.
remark-bill-before = You recorded { $recorded } as the first day, but the archive holds a bill of { $held }, which is earlier. If there was a trade on that day, correct the first day; bills are counted from the earlier one.
remark-bill-after = You recorded { $recorded } as the last day, but the archive holds a bill of { $held }, which is later. If there was a trade or refund on that day, correct it; bills are counted up to the later one.
remark-article-before = You recorded { $recorded } as the day of registration, but the archive holds an article of { $held }, which is earlier. Articles of a migrated account may be; otherwise check the date.
