# The commands around a closing.
cli-account = Show or set whose account it is
cli-account-set = Set values: kinds=oa.subscription entity=personal uses.pay=no
cli-account-set-values = NAME=VALUE; an empty value forgets it
cli-event = Record what happened: submitted, frozen, closed …
cli-event-add = Record an event and its day
cli-event-add-name = Which: submitted, subject_verified, freeze_end, deregistered …
cli-event-add-date = The day, such as 2026-12-01 or yesterday; asked for if left out
cli-event-add-account-kind = Which account, where there are several
cli-evidence = Record numbers, answers and files that only you have
cli-evidence-add = Record one; a file is kept with its digest in the private part
cli-evidence-add-key = Which one (see what `liudi ready` says)
cli-evidence-add-value = The number, date, answer or text; asked for if left out
cli-evidence-add-file = A screenshot or export to keep with it
cli-any-by = Who says so (default: the user of this computer)
cli-any-note = Your own words
cli-guide = Where each file is obtained, the most perishable first
cli-guide-account-kind = The kind of account (default: those of the profile)
cli-plan = Lay out the closing: order, dates, papers, what each step destroys
cli-plan-on = The day to begin
cli-plan-ics = Also write the dates as a calendar file (.ics)
cli-plan-letters = Also write drafts of announcement, auto-reply and application into this folder
cli-any-rules = Another rule file
cli-probe = See whether the links are dead (with --online)
cli-probe-count = How many addresses to look at
cli-purge = Remove other people's data that is no longer needed
cli-purge-what = What: followers
cli-purge-apply = Do it; without this it is only said what would go
cli-ready = May this account be closed now? Checks every rule and writes the report
cli-ready-ask = First ask what is not known yet
cli-ready-after = List what is still to do after the closing
cli-ready-reread = Read every byte again, even if that was done today
cli-ready-site = Where the mirror stands (default: DIR/site)
cli-waive = Give something up, by name and with a reason
cli-waive-rule = The rule: its id or its title
cli-waive-items = What: the name as the report prints it; may be repeated
cli-waive-reason = Why; asked for if left out

# What is said.
account-saved = The profile is saved
evidence-saved = Recorded: { $question } → { $value } ({ $key })
event-withdrawn = { $count ->
    [0] “{ $event }” was not on record: nothing to take back
    [one] Took back one record of “{ $event }”
   *[other] Took back { $count } records of “{ $event }”
}
event-saved = Recorded: { $date } { $event }
waiver-saved = Given up: { $count } of { $rule }
waiver-names-wanted = The reason is recorded for { $rule }; { $count ->
    [one] one thing is
   *[other] { $count } things are
} missing there and given up by name only: { $liudi } waive { $id } --item "NAME" (names: { $liudi } ready)
evidence-ask = { $question }
event-ask-date = On which day: { $event }? (such as 2026-12-01, yesterday)
waive-ask-reason = Why is "{ $rule }" given up?
plan-ics-written = Calendar file: { $path }
plan-letters-written = Drafts of the letters are in { $path }:
plan-letter-new = {"  "}{ $name }: written, { $blanks ->
    [0] nothing to fill in
    [one] one blank to fill in
   *[other] { $blanks } blanks to fill in
}
plan-letter-updated = {"  "}{ $name }: rewritten with what is known now, { $blanks ->
    [0] nothing to fill in
    [one] one blank to fill in
   *[other] { $blanks } blanks to fill in
}
plan-letter-same = {"  "}{ $place }: unchanged
plan-letter-yours = {"  "}{ $name }: you changed it, so it was left alone
plan-letter-beside = {"  "}{ $name }: you changed it, so it was left alone; the new one is { $place }
plan-letters-blanks = { $blanks ->
    [0] Read them through once more before you send them.
   *[other] Blanks are marked 【请填写：…】 or 【to fill in: …】. Rather than filling in each letter, record the answer once; drafts you have not changed follow when this runs again:
    { $liudi } account set "contact=【CONTACT】" "reason=【REASON】" "mailbox=【MAILBOX】" "operator=【OPERATOR】" "elsewhere=【ELSEWHERE】"
}
purge-planned = { $count ->
    [one] One file; to remove it
   *[other] { $count } files; to remove them
} add --apply
purge-done = { $count ->
    [one] One file
   *[other] { $count } files
} removed, and the day recorded
probe-gone = dead
ready-report-written = Report: { $path }

# Names of events.
event-application-passed = the merchant application passed
event-cancelled = the closing was cancelled
event-cleared = the data are cleared
event-deregistered = closed
event-first-trade = first trade
event-freeze-end = the freeze is over
event-frozen = frozen
event-last-login-or-api-call = last login or API call
event-last-trade = last trade
event-personal-first-trade = the person's first trade
event-personal-last-trade = the person's last trade
event-migration-review-passed = the migration passed its review
event-notice-published = notice published
event-registered = registered
event-released = name released
event-subject-verified = subject verified
event-submitted = submitted
event-trade-end = trading ended
event-transfer-shown = the transfer was asked for

# Errors.
error-readiness-unreadable = Cannot read { $path }
error-readiness-unwritable = Cannot write { $path }
error-report-not-kept = The report cannot be written: { $path }
error-plan-write-failed = Cannot write { $path }
error-mirror-scan-failed = The mirror could not be looked at
error-account-value-wanted = NAME=VALUE is wanted, not "{ $value }"
error-evidence-key-unknown = There is no "{ $key }" to record
hint-evidence-key-unknown = Nearest are: { $known }. `{ $liudi } ready` says what to record
error-event-which-account = Several accounts: say whose "{ $event }" it is
hint-event-which-account = Add `--kind`; known are: { $known }
error-waiver-rule-unknown = There is no rule "{ $rule }"
hint-waiver-rule-unknown = Nearest are: { $known }
error-waiver-item-unknown = "{ $item }" is nothing that is open in { $rule }
hint-waiver-item-unknown = Open there are: { $known }
error-waiver-nothing-open = Nothing is open in { $rule }: there is no "{ $item }" to give up
hint-waiver-nothing-open = `{ $liudi } ready` names what is open
error-purge-what-unknown = Cannot purge "{ $what }"; known: followers
error-probe-needs-online = This asks the platform: add --online
error-probe-failed = The platform could not be asked

# What a kept document is.
document-auto-reply = auto-reply
document-contract = contract
document-document = document
document-invoice = invoice
document-menu = menu
document-orders = orders
document-profile = profile
document-screenshot = screenshot
document-statement = statement
