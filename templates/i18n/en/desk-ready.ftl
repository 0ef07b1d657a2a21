# The desk: may the account be closed?
desk-ready-empty = The archive holds nothing yet. Put files in first, then see whether you may close the account.
desk-ready-parts = Parts of this step
desk-ready-part-verdict = Verdict
desk-ready-part-questions = Questions
desk-ready-part-dates = Dates
desk-ready-part-letters = Drafts of letters
desk-ready-part-records = Records
desk-ready-not-known = It is not known yet whether you may close the account
desk-ready-unmeasured = The archive has to be checked first; then every requirement is looked at.
desk-ready-outdated = The last check was at { $at }. The archive has changed since. Please check again.
desk-ready-expired = The last check was at { $at } and no longer holds. Please check again.
desk-ready-failed = The last check did not finish: { $text }
desk-ready-measuring = Checking; the result will appear here.
desk-ready-measure = Check now
desk-ready-measure-again = Check again
desk-ready-measure-hint = Every file of the archive is read, which takes minutes if it is large; another check within a day is quick.
desk-ready-to-questions = Answer the questions first
desk-verdict-not-ready = Do not close the account yet
desk-verdict-ready-with-warnings = You may close the account, but mind a few things
desk-verdict-ready = You may close the account
desk-ready-means-not-ready = Something that must be done is still open. If you close the account now, some things can never be got back.
desk-ready-means-ready-with-warnings = Everything that must be done is done. Read the reminders below and decide.
desk-ready-means-ready = Everything that must be done is done, and there is nothing to remind you of. Look at “Dates” once more before you submit.
desk-ready-valid = Checked at { $at }; the verdict holds until { $until }. Balances, comments and orders change every day, so check again after that.
desk-ready-files = { $there ->
    [yes] All files of the archive are there
   *[no] Files of the archive are missing
}{ $sound ->
    [yes] , and none is damaged.
   *[no] , and the content of some has changed.
}
desk-first-ask = { $count ->
    [one] Answer 1 question
   *[other] Answer { $count } questions
} about accounts, numbers and dates that only you know
desk-first-profile = Answer a few questions first: which accounts, who owns them, what you used. The answers decide what concerns you
desk-first-days = { $count ->
    [one] Get the one bill or statistic of a day that is
   *[other] Get the { $count } bills and statistics of single days that are
} still missing: the platform gives them for a limited time
desk-first-gaps = { $count ->
    [one] Get the 1 thing that is missing
   *[other] Get the { $count } things that are missing
}
desk-first-lost-days = { $count ->
    [one] One bill or statistic of a day is no longer given out by the platform: put in your own copy, or give it up with a reason
   *[other] { $count } bills and statistics of single days are no longer given out by the platform: put in your own copies, or give them up with a reason
}
desk-first-lost = { $count ->
    [one] 1 thing can never be fetched again: put in your own copy, or give it up with a reason
   *[other] { $count } things can never be fetched again: put in your own copies, or give them up with a reason
}
desk-first-go-ask = Answer
desk-first-go-profile = Answer
desk-first-go-days = See which days
desk-first-go-gaps = See what is missing
desk-first-go-lost-days = See which days
desk-first-go-lost = See which
desk-first-go-rule = See this
desk-do-record = Answer
desk-do-number = Count it on the platform and enter it
desk-do-profile = Answer
desk-do-refresh = Check it again and enter it
desk-do-settle = Settle this first, then enter it
desk-do-event = Enter the day
desk-do-add = Put files in
desk-do-collect = See what is missing
desk-do-password = Enter the password
desk-do-waive = Give it up
desk-do-look = I have looked; record it
desk-do-verify = Check again
desk-do-wait = Wait until { $date }
desk-do-act-now = By { $date } at the latest, the administrator must confirm in WeChat
desk-do-rule = Settle the requirements it depends on, and this one is met
desk-reason-bills-unnoted = written by an older version that did not note which days these bills cover: put any file in once more, and it is added
desk-ready-lost = Give up everything here that can no longer be obtained ({ $count })
desk-ready-no-trade = There was no trade then
desk-ready-reason-no-trade = How do you know?
desk-ready-no-trade-reason = The platform says that there is no bill
desk-ready-reason-waive = Why do you give it up?
desk-ready-reason-look = Your note
desk-ready-record = Record
desk-ready-recorded = Recorded.
desk-ready-report = The full report
desk-ready-report-hint = Every requirement with its grounds, to print and keep. It is written into the archive's folder.
desk-ready-report-write = Write the report
desk-ready-report-get = Download the report
desk-ready-report-written = The report is written: readiness.html.
desk-ready-report-not-written = The archive's folder cannot be written to; the report was not kept.
error-desk-ready-not-measured = the archive has not been checked as it is now
hint-desk-ready-not-measured = Press “Check now” at “May I close it?”.
error-desk-question-gone = there is no such question
hint-desk-question-gone = Go back to “Questions” and go on with the next one.
error-desk-answer-empty = nothing is entered
hint-desk-answer-empty = Enter something and save it; if you do not know, press “I do not know” or skip it.
desk-questions-number = Question { $number } of { $all }
desk-questions-progress = Questions answered
desk-questions-none = There is nothing left to ask.
desk-questions-left = { $count ->
    [one] That was the last one. 1 was skipped or not known.
   *[other] That was the last one. { $count } were skipped or not known.
}
desk-questions-again = Ask those again
desk-questions-to-verdict = See the verdict
desk-answer-understood = “{ $typed }” was recorded as { $understood }; if that is wrong, change it under “Records”.
desk-questions-recorded = Recorded so far: { $value }
desk-questions-saved = Every answer is saved at once; close the page whenever you like and go on later. Some answers add questions or remove some.
desk-answer-yes = Yes
desk-answer-no = No
desk-answer-unknown = I do not know
desk-answer-save = Save
desk-answer-skip = Skip it
desk-answer-back = Previous question
desk-answer-choose = Choose a file
desk-answer-choose-folder = Choose a folder
desk-answer-this-folder = This is the folder
desk-answer-there-is-none = There is none
desk-answer-place = Or write where it is kept
desk-ask-kinds = Which accounts are to be closed? You may choose several.
desk-ask-entity = Who owns the account?
desk-ask-menu = Screenshot or export of the custom menu
desk-ask-auto-reply = Screenshot or export of the automatic replies
desk-ask-second-copy-digest = Where is the second copy of the archive?
desk-ask-hint-yes-no = Choose one. If you do not know, skip it.
desk-ask-hint-place = Choose one; if it is saved, you may also write where.
desk-ask-hint-count = A number, such as 17 or 1,234. If there are none, enter 0.
desk-ask-hint-amount = An amount in yuan, such as 0 or 12.5. If there is none, enter 0.
desk-ask-hint-day = Choose a day.
desk-ask-hint-file = Choose a file, such as a screenshot or an exported table; it is kept in the private part of the archive.
desk-ask-hint-digest = Choose the folder of the second copy. Every file in it is read.
desk-copy-accepted = The second copy was read: every file is there and unchanged. It is recorded: { $path }
desk-copy-reading = Every file in it is read, to see that all are there and unchanged. The questions go on by themselves afterwards.
desk-ask-hint-url = A web address that begins with https://.
desk-ask-hint-text = A few words.
desk-hint-value-amount-wanted = Such as 0, 12.5 or 1,234.50; if you do not know, press “I do not know”.
desk-hint-value-count-wanted = Such as 17 or 1,234; if you do not know, press “I do not know”.
desk-dates-on-hint = Year, month and day, for example 2026-03-01.
desk-hint-value-day-wanted = With year, month and day, such as 2026-03-01; if you do not know, press “I do not know”.
desk-hint-value-digest-wanted = Press “Choose a folder” and find the second copy of the archive.
desk-hint-value-file-wanted = Press “Choose a file”; if there is none, press “There is none”.
desk-hint-value-text-wanted = A few words; if you do not know, skip it.
desk-hint-value-url-wanted = It begins with https://, such as https://mp.weixin.qq.com/s/…
desk-hint-value-missing = Enter it first, then save it.
desk-hint-followers-number-wanted = Such as 30000.
desk-hint-yes-or-no-wanted = Press yes or no; if you do not know, skip it.
desk-hint-evidence-key-unknown = Go back to “Questions” and go on with the next one.
desk-hint-event-which-account = Choose an account.
desk-hint-event-still-needed = Withdraw what comes after it first.
desk-hint-event-out-of-order = Record what has to come before it first.
desk-hint-waiver-needs-reason-and-name = Write one sentence as a reason, then record it.
desk-hint-waiver-item-unknown = It may just have been filled in. Look at the new list.
desk-hint-waiver-nothing-open = Look at the new list.
desk-hint-waiver-not-recorded = It may just have been taken back. Look at the newest list.
desk-hint-waiver-none-recorded = { desk-hint-waiver-not-recorded }
desk-dates-intro = Decide first whether to close at all; then go in this order. The dates are reckoned; what the platform's console shows counts.
desk-dates-on = Day to begin
desk-dates-reckon = Reckon again
desk-dates-ics = Put the dates into a calendar (.ics)
desk-dates-ics-hint = Open it with the calendar of your phone or computer; downloading it again moves the old entries.
desk-dates-no-kinds = Which accounts are to be closed is not known yet, so there are no dates.
desk-dates-calendar = Calendar
desk-month = { $name } { $year }
desk-month-1 = January
desk-month-2 = February
desk-month-3 = March
desk-month-4 = April
desk-month-5 = May
desk-month-6 = June
desk-month-7 = July
desk-month-8 = August
desk-month-9 = September
desk-month-10 = October
desk-month-11 = November
desk-month-12 = December
desk-weekday-1 = Monday
desk-weekday-2 = Tuesday
desk-weekday-3 = Wednesday
desk-weekday-4 = Thursday
desk-weekday-5 = Friday
desk-weekday-6 = Saturday
desk-weekday-7 = Sunday
desk-weekday-short-1 = Mo
desk-weekday-short-2 = Tu
desk-weekday-short-3 = We
desk-weekday-short-4 = Th
desk-weekday-short-5 = Fr
desk-weekday-short-6 = Sa
desk-weekday-short-7 = Su
desk-after-check-gone = Open a few of the old articles and see that none can be opened any more
desk-after-purge-followers = Delete other people's personal data that you hold: followers, commenters, buyers
desk-letters-intro = Drafts of the notice, the automatic reply and the application, from what you entered. Put them into your own words; what you edited is never overwritten.
desk-letters-write = Write the drafts
desk-letters-write-again = Write them again from what is known now
desk-letters-written = The drafts are written, in the folder “letters” of the archive.
desk-letters-to-facts = Enter the names and contacts they use
desk-letters-blanks = { $count ->
    [one] 1 place is for you to fill in: look for “【”
   *[other] { $count } places are for you to fill in: look for “【”
}
desk-letter-announcement-zh = Notice (Chinese)
desk-letter-announcement-en = Notice (English)
desk-letter-auto-reply = Automatic reply
desk-letter-name-mark = Mark on the picture or the name
desk-letter-application = Application to close
desk-copy = Copy
desk-copied = Copied
desk-records-events = What has happened
desk-records-events-hint = Submitted, frozen, closed: record the day of each. liudi never submits anything for you.
desk-records-event = Event
desk-records-account = Account
desk-records-account-any = as the event says
desk-records-day = Day
desk-records-withdraw = Withdraw
desk-records-facts = For the letters
desk-records-facts-hint = Used in the drafts and the report only; it stays on this computer.
desk-records-profile = About the account:
desk-records-kinds = which accounts
desk-records-entity = who owns them
desk-records-followers = followers
desk-records-certified = verified or not
desk-records-answers = Questions you answered
desk-records-change = Change
desk-records-change-of = Change: { $question }
desk-dates-past = That day has passed; the dates below are counted from today.
desk-records-withdrawn = Withdrawn.
desk-letters-outdated = What is recorded, or a day, has changed since: the drafts marked below are no longer right. Write them again; a draft that you edited stays.
desk-letter-outdated = no longer right
desk-ready-under-way = { $account }: { $stage }. Until when it can be taken back, see
desk-records-counts = (another record differs: counted as { $date })
desk-records-no-bills = Days recorded as having no bill
desk-records-no-bills-all = Withdraw all { $count }
desk-records-take-back-all = Take back all { $count }
