# The report.
error-report-not-rendered = The report page could not be created
error-guide-invalid = The guide cannot be read
error-letter-not-rendered = The draft of a letter could not be created
report-disclaimer = This is neither a statement by Tencent nor legal advice. It says what was checked and what was not, at the time, by the rules and on the evidence listed here. What the platform's backend shows always takes precedence.
report-title = Pre-closure report
report-skip = Skip to what is open
report-as-of = Checked
report-valid-until = Valid until
report-valid-note = balances, comments and orders change every day; check again after this time
report-open = What is still open
report-open-none = Nothing open
report-open-count = { $blockers ->
    [one] 1 requirement
   *[other] { $blockers } requirements
}, { $warnings ->
    [one] 1 warning
   *[other] { $warnings } warnings
}
report-profile-unknown = The profile is incomplete; first fill in:{" "}
report-unfinished = The last run was not finished: what follows is checked by the numbers and lists of before it. Finish it and check again.
report-profile-kinds = which accounts to close (公众号, 视频号, 小程序 …)
report-profile-entity = who the registered owner is (a person, a company …)
report-numbers = The three numbers
report-numbers-note = The platform's total, the items listed one by one, and the items in the archive. The content is complete only when all three agree.
report-number-platform = platform
report-number-listed = listed
report-number-held = archived
report-number-unknown = unknown
report-source = number from { $source }
report-gaps = { $count } missing
report-gaps-title = Missing items
report-gap-name = name
report-gap-date = date
report-gap-reason = reason
report-gaps-more = { $count } more in readiness.json
report-timeline = Time limits
report-timeline-alt = The time limits of each closure on a timeline; the table below says the same
report-today = today
report-window = what to do, or what happens
report-account = account
report-from = from
report-date = date
report-expiry = at its end
report-inaction = If you do nothing
report-rules = Every rule
report-measured = measured
report-evidence = recorded
report-sources = based on
report-not-applicable = { $count ->
    [one] One more rule does
   *[other] { $count } more rules do
} not apply to this account
report-waivers = Given up
report-waivers-none = none
report-waiver-by = { $by }, { $at }
report-archive = The archive
report-files = Files in the archive
ready-line = { $name }: { $text }
report-content = Content
report-content-open = not completely saved, or not checked yet: see “What is still open”
ready-content-open = not completely saved, or not checked yet: listed below
report-content-whole = nothing is known to be missing
report-first = Do these first
report-first-ask = answer { $count ->
    [one] one question
   *[other] { $count } questions
} (kind of account, numbers, dates: only you know them)
report-first-profile = answer a few questions: which accounts, who owns them, what they were used for (this decides which rules apply to you)
report-first-days = get the { $count ->
    [one] one bill or statistic of a day that is
   *[other] { $count } bills and statistics of single days that are
} still missing: the platform gives them for a limited time
report-first-gaps = get the { $count ->
    [one] one missing item
   *[other] { $count } missing items
}; list: `{ $liudi } gaps`
report-first-lost-days = { $count ->
    [one] one bill or statistic of a day is
   *[other] { $count } bills and statistics of single days are
} no longer given out by the platform: add your own copy if you have one, or give it up by name
report-first-lost = { $count ->
    [one] one item is
   *[other] { $count } items are
} no longer available: add a copy if you have one, or give it up by name
report-first-rule = { $rule }
report-first-command = `{ $liudi } ready --ask`
report-not-yet = { $count ->
    [one] one more rule
   *[other] { $count } more rules
} may apply to you, depending on your answers about the account
report-commands-note = Open liudi: in “May I close it?” each item has its button. If you use a terminal, run the commands in small print there, in the archive's folder.
report-details = Each rule with its explanation, sources and quotations (open)
report-complete = every listed file is there
report-incomplete = files are missing
report-valid = every file matches its checksum
report-invalid = some files do not match their checksums
report-not-read = not completely read back yet
report-archive-digest = archive digest (SHA-256 over both manifests, without the closure records)
report-rules-digest = SHA-256 of the rules file { $version }
report-json-digest = SHA-256 of readiness.json (to sign the report, sign readiness.sha256)
report-snapshot = evidence collected
report-tool = made by { $name } { $version }
report-followers = { $count ->
    [one] 1 follower
   *[other] { $count } followers
}
report-disputed-note = where sources differ, the most cautious one is used
report-lost = no longer available
report-in-terminal = In a terminal:
report-do-record = answer it in “May I close it?”, under “Questions”
report-do-profile = { report-do-record }
report-do-number = { desk-do-number }
report-do-event = { desk-do-event }
report-do-collect = for anything not in the archive yet: put the file in (the site is updated too); what can be fetched is fetched in “What is missing”
report-do-waive = no longer available. To give it up, record that with a reason
report-do-look = read the explanation, then record that you have
report-do-password = put it in and type the password
report-do-verify = check again to see which files changed. If files changed, restore them from an intact copy; without one, make a new archive from the same material. If only the site is outdated, make it again
report-source-evidence = your record
report-source-api = the platform's API
report-source-list = the lists put in
report-source-import = { report-source-list }
report-measured-list = List
report-measured-from = earliest
report-measured-to = latest
report-measured-held = held
report-measured-wanted = expected
report-measured-listed = listed
report-measured-platform-total = platform total
report-measured-platform-source = source of the number
report-measured-other = a number of another scope
report-measured-at = checked at
report-measured-by-hand = downloaded by hand
