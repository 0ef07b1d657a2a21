# May the account be closed: verdict, records, hints.

error-account-file-invalid = The account profile account.toml cannot be read
error-account-file-not-written = The account profile account.toml was not written
error-account-kind-unknown = Unknown account kind "{ $value }"
hint-account-kind-unknown = Known are: { $known }; the Chinese names (公众号, 服务号 …) are understood, too
error-entity-unknown = Unknown entity "{ $value }"
hint-entity-unknown = Known are: { $known }; the Chinese names (个人, 企业 …) are understood, too
error-account-key-unknown = The account profile has no entry "{ $key }"
hint-account-key-unknown = Known are: { $known }
error-yes-or-no-wanted = Yes or no is wanted here, not "{ $value }"
hint-yes-or-no-wanted = Write yes or no, or unknown
error-value-amount-wanted = An amount is wanted, not "{ $value }"
hint-value-amount-wanted = Such as 0, 12.5 or 1,234.50; unknown if you do not know
error-value-count-wanted = A whole number is wanted, not "{ $value }"
hint-value-count-wanted = Such as 17 or 1,234; unknown if you do not know
error-value-day-wanted = A day is wanted, not "{ $value }"
hint-value-day-wanted = With its year: 2026-03-01, 2026/3/1, 20260301, yesterday; unknown if you do not know
error-value-digest-wanted = The folder of the second copy or its digest is wanted, not "{ $value }"
hint-value-digest-wanted = Such as "E:\backup\liudi-archive", the folder of the second copy, in quotes
error-value-file-wanted = A file is wanted, or no, not "{ $value }"
hint-value-file-wanted = Name the file: --file "menu.png"; write no if there is none
error-value-text-wanted = Some words are wanted, not "{ $value }"
hint-value-text-wanted = Write some words, in quotes; unknown if you do not know
error-value-url-wanted = An address is wanted, not "{ $value }"
hint-value-url-wanted = It begins with https:// and stands in quotes: "https://mp.weixin.qq.com/s/…"
error-value-missing = What to record for `{ $key }` was not given
hint-value-missing = Add { $form ->
    [amount] the amount, such as 0 or 12.5
    [count] the number, such as 17
    [day] the day, such as 2026-03-01 or yesterday
    [digest] the folder of the second copy
    [file] --file and the file, or no
    [text] some words
    [url] the address, in quotes
   *[yes-no] yes or no
}
answer-yes = yes
answer-no = no
answer-unknown = not known
error-followers-number-wanted = The number of followers must be a number, not "{ $value }"
hint-followers-number-wanted = Such as 30000, or "<=100000" and ">100000", in quotes
error-rules-invalid = The rule file cannot be read
error-rules-inconsistent = The rule file contradicts itself: "{ $name }" at { $at } ({ $what })
error-evidence-file-invalid = The recorded evidence evidence.json cannot be read
error-events-file-invalid = The recorded events events.json cannot be read
error-waivers-file-invalid = The recorded waivers waivers.json cannot be read
error-event-unknown = Unknown event "{ $value }"
hint-event-unknown = Known are: { $known }
error-event-in-future = The date of "{ $event }", { $date }, has not come yet
hint-event-in-future = Check the year and the month, then record it again.
error-event-out-of-order = "{ $event }" cannot come before "{ $needs }" ({ $account })
hint-event-out-of-order = Run `{ $liudi } event add { $needs } 【DATE】` first
error-event-before-its-cause = "{ $event }" ({ $date }) lies before "{ $needs }" ({ $other })
error-event-after-the-end = { $account } is recorded as closed; "{ $event }" cannot follow
error-waiver-needs-reason-and-name = A waiver of { $rule } needs a reason and a name
hint-waiver-needs-reason-and-name = Add `--reason "WHY"`; `--by "NAME"` says who decides
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

# Blanks in printed commands.
blank-amount = 【AMOUNT】
blank-count = 【NUMBER】
blank-day = 【DATE】
blank-digest = "【FOLDER OF THE SECOND COPY】"
blank-file = --file "【FILE】"
blank-text = "【WORDS】"
blank-url = "【ADDRESS】"
blank-yes-no = 【YES OR NO】
blank-published-total = 【NUMBER】
blank-comment-total = 【NUMBER】
blank-follower-total = 【NUMBER】
error-blank-left = The { $blank } of the command was not replaced
hint-blank-left = put your own value in the place of { $blank }, brackets included; a path, or a value with spaces, goes in quotes
