# May the account be closed: verdict, records, hints.

error-account-file-invalid = The account profile account.toml cannot be read
error-account-file-not-written = The account profile account.toml was not written
error-account-kind-unknown = Unknown account kind "{ $value }"
hint-account-kind-unknown = Known are: { $known }
error-entity-unknown = Unknown entity "{ $value }"
hint-entity-unknown = Known are: { $known }
error-account-key-unknown = The account profile has no entry "{ $key }"
hint-account-key-unknown = Known are: { $known }
error-yes-or-no-wanted = Yes or no is wanted here, not "{ $value }"
error-followers-number-wanted = The number of followers must be a number, not "{ $value }"
hint-followers-number-wanted = For example 30000, or <=100000, >100000
error-rules-invalid = The rule file cannot be read
error-rules-inconsistent = The rule file contradicts itself: "{ $name }" at { $at } ({ $what })
error-evidence-file-invalid = The recorded evidence evidence.json cannot be read
error-events-file-invalid = The recorded events events.json cannot be read
error-waivers-file-invalid = The recorded waivers waivers.json cannot be read
error-event-unknown = Unknown event "{ $value }"
hint-event-unknown = Known are: { $known }
error-event-out-of-order = "{ $event }" cannot come before "{ $needs }" ({ $account })
hint-event-out-of-order = Run `liudi event add { $needs } DATE` first
error-event-before-its-cause = "{ $event }" ({ $date }) lies before "{ $needs }" ({ $other })
error-event-after-the-end = { $account } is recorded as closed; "{ $event }" cannot follow
error-waiver-needs-reason-and-name = A waiver of { $rule } needs a reason and a name
hint-waiver-needs-reason-and-name = Add `--reason REASON` and `--by NAME`
error-rule-severity-unknown = Unknown severity "{ $value }"
error-rule-confidence-unknown = Unknown confidence "{ $value }"
error-rule-phase-unknown = Unknown phase "{ $value }"
error-rule-window-kind-unknown = Unknown kind of window "{ $value }"
error-rule-unit-unknown = Unknown unit of time "{ $value }"
error-rule-expiry-unknown = Unknown result of expiry "{ $value }"
error-rule-source-kind-unknown = Unknown kind of source "{ $value }"
error-rule-stance-unknown = Unknown stance "{ $value }"
error-stage-unknown = Unknown stage "{ $value }"
error-state-unknown = Unknown state "{ $value }"
error-verdict-unknown = Unknown verdict "{ $value }"
