# May the account be closed: verdict, records, hints.

error-account-file-invalid = The account profile account.toml cannot be read
error-account-file-not-written = The account profile account.toml could not be written
error-account-kind-unknown = Unknown account kind "{ $value }"
hint-account-kind-unknown = Possible values: { $known }; the Chinese names (公众号, 服务号 …) work too
error-entity-unknown = Unknown kind of registered owner "{ $value }"
hint-entity-unknown = Possible values: { $known }; the Chinese names (个人, 企业 …) work too
error-account-key-unknown = The account profile has no entry "{ $key }"
hint-account-key-unknown = Possible entries: { $known }
error-yes-or-no-wanted = This must be yes or no, not "{ $value }"
hint-yes-or-no-wanted = Write yes or no, or unknown
error-value-amount-wanted = This must be an amount, not "{ $value }"
hint-value-amount-wanted = For example 0, 12.5 or 1,234.50; write unknown if you do not know
error-value-count-wanted = This must be a whole number, not "{ $value }"
hint-value-count-wanted = For example 17 or 1,234; write unknown if you do not know
error-value-day-wanted = This must be a date, not "{ $value }"
hint-value-day-wanted = Include the year: 2026-03-01, 2026/3/1, 20260301, yesterday; write unknown if you do not know
error-value-digest-wanted = This must be the folder of the second copy, or its digest, not "{ $value }"
hint-value-digest-wanted = For example "E:\backup\liudi-archive", the folder of the second copy, in quotes
error-value-file-wanted = This must be a file, or no, not "{ $value }"
hint-value-file-wanted = Give the file: --file "menu.png"; write no if there is none
error-value-text-wanted = This must be a few words, not "{ $value }"
hint-value-text-wanted = Write a few words, in quotes; write unknown if you do not know
error-value-url-wanted = This must be a web address, not "{ $value }"
hint-value-url-wanted = Begin with https:// and use quotes: "https://mp.weixin.qq.com/s/…"
error-value-missing = There is nothing to record for `{ $event }`
hint-value-missing = Add { $form ->
    [amount] the amount, such as 0 or 12.5
    [count] the number, such as 17
    [day] the date, such as 2026-03-01 or yesterday
    [digest] the folder of the second copy
    [file] --file and the file, or no
    [text] a few words
    [url] the web address, in quotes
   *[yes-no] yes or no
}
answer-yes = yes
answer-no = no
answer-unknown = unknown
error-original-id-wanted = An original id begins with gh_, with letters and digits after it, unlike "{ $value }"
hint-original-id-wanted = At mp.weixin.qq.com it is shown as 原始ID: of an Official Account under 设置与开发 → 公众号设置 → 账号详情, of a mini-program under 设置 → 基本设置. Leave it empty if you cannot find it.
error-followers-number-wanted = The number of followers must be a number, not "{ $value }"
hint-followers-number-wanted = For example 30000, or "<=100000" and ">100000", in quotes
error-rules-invalid = The rules file cannot be read
error-rules-inconsistent = The rules file contradicts itself: "{ $name }" at { $at } ({ $what })
error-evidence-file-invalid = The recorded evidence evidence.json cannot be read
error-events-file-invalid = The recorded events events.json cannot be read
error-waivers-file-invalid = The recorded waivers waivers.json cannot be read
error-event-unknown = Unknown event "{ $value }"
hint-event-unknown = Possible values: { $known }
error-event-in-future = The date of "{ $event }", { $date }, is in the future
hint-event-in-future = Check the year and month, then record it again.
error-event-too-early = The date of "{ $event }", { $date }, is too early: there were no such accounts before { $since }
hint-event-too-early = { hint-event-in-future }
error-event-out-of-order = "{ $event }" cannot be recorded before "{ $needs }" ({ $account })
hint-event-out-of-order = Run `{ $liudi } event add { $needs } 【DATE】` first
error-second-copy-is-this = This is the archive itself, not a second copy: { $path }
hint-second-copy-is-this = Copy the whole folder of the archive to another disk or to cloud storage, and choose the copy
error-no-bill-of-trade = "{ $event }" is recorded on { $date }: a day with a trade has a bill
hint-no-bill-of-trade = If that day is wrong, correct "{ $event }" first
error-record-file-empty = This file is empty, and was not recorded: { $path }
hint-record-file-empty = Take the picture or export the file again, see that there is something in it, and choose it
error-second-copy-none = There is no archive in this folder: { $path }
hint-second-copy-none = Choose the copied folder of the archive itself (with the folders public and private in it), not the one around it
error-second-copy-differs = The copy is not of the archive as it is now (the archive changed since, or it is another one): { $path }
hint-second-copy-differs = Copy the folder of the archive again, and choose the new copy
error-second-copy-damaged = The copy is not whole ({ $count ->
    [one] one fault
   *[other] { $count } faults
}, the first: { $first }): { $path }
hint-second-copy-damaged = liudi verify on that folder names what is wrong: delete what somebody put there. Otherwise copy the archive to a new folder with liudi copy
error-event-still-needed = "{ $event }" cannot be withdrawn while "{ $later }" is recorded, which comes after it ({ $account })
hint-event-still-needed = Withdraw that first: `{ $liudi } event add { $later } unknown`
error-event-before-its-cause = "{ $event }" ({ $date }) is earlier than the recorded "{ $needs }" ({ $other }), which must come first
error-event-after-its-effect = "{ $event }" ({ $date }) is later than the recorded "{ $needs }" ({ $other }), which cannot come first
error-event-too-soon = “{ $event }” ({ $date }) cannot be on the same day as the recorded “{ $needs }” ({ $other }) of { $account }
error-event-not-of-account = there is no “{ $event }” of { $account }
hint-event-not-of-account = Record it for the account that it happened to: payments that customers make are of the merchant number, your own are of the personal WeChat account.
error-event-after-the-end = { $account } is recorded as closed; "{ $event }" cannot be recorded after that
error-waiver-needs-reason-and-name = Giving up { $rule } needs a reason and the name of the person who decides
hint-waiver-needs-reason-and-name = Add `--reason "WHY"`; `--by "NAME"` says who decided
error-rule-severity-unknown = Unknown severity "{ $value }"
error-rule-confidence-unknown = Unknown confidence "{ $value }"
error-rule-phase-unknown = Unknown phase "{ $value }"
error-rule-window-kind-unknown = Unknown kind of time limit "{ $value }"
error-rule-unit-unknown = Unknown unit of time "{ $value }"
error-rule-expiry-unknown = Unknown outcome at the end of a time limit "{ $value }"
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
error-blank-left = You have not replaced { $blank } in the command yet
hint-blank-left = replace { $blank }, brackets included, with your own value; put paths and values with spaces in quotes
