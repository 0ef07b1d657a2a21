# The report.
error-report-not-rendered = The page of the report was not made
error-guide-invalid = The guide cannot be read
error-letter-not-rendered = The draft of a letter was not made
report-disclaimer = This is no statement by Tencent and no legal advice. It says what was checked and what was not, at the time, by the rules and on the evidence named here. What the platform's own backend shows always counts.
report-title = Before closing: the report
report-skip = Skip to what is open
report-as-of = As of
report-valid-until = Valid until
report-valid-note = balances, comments and orders change every day; look again after this time
report-open = What is still open
report-open-none = Nothing is open
report-open-count = { $blockers ->
    [one] 1 must
   *[other] { $blockers } musts
}, { $warnings ->
    [one] 1 warning
   *[other] { $warnings } warnings
}
report-profile-unknown = The profile is incomplete; fill in first:{" "}
report-profile-kinds = which accounts these are (公众号, 视频号, 小程序 …)
report-profile-entity = who the account belongs to (a person, a company …)
report-numbers = The three numbers
report-numbers-note = What the platform says there is, what is known one by one, what is really held. Only when they agree is it complete.
report-number-platform = platform
report-number-listed = listed
report-number-held = held
report-number-unknown = unknown
report-source = number from { $source }
report-gaps = { $count } missing
report-gaps-title = What is missing, by name
report-gap-name = name
report-gap-date = date
report-gap-reason = reason
report-gaps-more = { $count } more in readiness.json
report-timeline = Windows
report-timeline-alt = The windows of each closing on a line of time; the table below says the same
report-today = today
report-window = what is to be done, or happens
report-account = account
report-from = from
report-date = date
report-expiry = at its end
report-inaction = If you do nothing
report-rules = Every rule
report-measured = measured
report-evidence = recorded
report-sources = rests on
report-not-applicable = { $count ->
    [one] One more rule does
   *[other] { $count } more rules do
} not concern this account
report-waivers = Given up
report-waivers-none = nothing
report-waiver-by = { $by }, { $at }
report-archive = The archive
report-files = Files of the archive
ready-line = { $name }: { $text }
report-content = Content
report-content-open = not all kept, or not checked yet: see what is missing
ready-content-open = not all kept, or not checked yet: named below
report-content-whole = nothing is known to be missing
report-first = First
report-first-ask = answer { $count ->
    [one] one question
   *[other] { $count } questions
} (kind of account, numbers, dates: only you know)
report-first-profile = answer a few questions: which accounts, whose, what they were used for (the rules that concern you follow from that)
report-first-gaps = fetch { $count ->
    [one] the one thing that is
   *[other] the { $count } things that are
} missing: `{ $liudi } gaps`
report-first-lost = { $count ->
    [one] one thing
   *[other] { $count } things
} can no longer be had: add a copy, or give it up by name
report-first-rule = { $rule }
report-first-command = `{ $liudi } ready --ask`
report-not-yet = { $count ->
    [one] one more rule
   *[other] { $count } more rules
} may concern you: that depends on answers about the account
report-commands-note = Run the commands in a terminal in the folder of the archive.
report-details = Each rule with its text, grounds and quotations (open)
report-complete = every listed file is there
report-incomplete = files are missing
report-valid = every file is what its checksum says
report-invalid = files differ from their checksums
report-not-read = not read back in full
report-archive-digest = archive digest (SHA-256 over both manifests, without the owner's records)
report-rules-digest = SHA-256 of the rule file { $version }
report-json-digest = SHA-256 of readiness.json (to sign, sign readiness.sha256)
report-snapshot = evidence taken
report-tool = made by { $name } { $version }
report-followers = { $count ->
    [one] 1 follower
   *[other] { $count } followers
}
report-disputed-note = where sources differ, the most cautious is used
report-lost = lost for good
