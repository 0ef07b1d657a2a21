# The desk: what is missing.
desk-gaps-empty = The archive holds nothing yet, so what is missing is not known. Put files in first.
desk-gaps-nothing-own = Nothing here is known to belong to this account yet, so what is missing is not known.
desk-gaps-none-but-days = Apart from the days without a bill below, nothing is known to be missing.
desk-gaps-none = Nothing is known to be missing.
desk-gaps-onward = Next: see whether you may close the account
desk-gaps-still-open = “{ $name }” is still missing: the file chosen may be of something else.
desk-gaps-of-several = It is not known yet whose archive this is, so this is what several accounts lack together, and nothing of it can be given up yet. Say first which account it is.
desk-gaps-none-of-these = There are none of these.
desk-gaps-how = How do I save an article?
desk-gaps-how-save = Press “Open the original”, scroll to the end and wait until all pictures are shown. Press Ctrl+S (⌘S on a Mac) and save it as “Webpage, complete”. Then come back, press “I have the file” and choose what you saved. Do not choose “HTML only”: that has no pictures.
desk-gaps-filter = Show one kind
desk-gaps-all-kinds = All
desk-gaps-show-found = { $count } may still be found
desk-gaps-show-lost = { $count } can never be fetched again
desk-gaps-show-given-up = { $count ->
    [one] 1 given up
   *[other] { $count } given up
}
desk-gaps-show-open = { $count ->
    [one] Back to the 1 still missing
   *[other] Back to the { $count } still missing
}
desk-gaps-given-up = given up
desk-gaps-given-up-done = Recorded: nobody has to look for this any more.
desk-gaps-take-back = Take back
desk-gaps-taken-back = Taken back: it counts as missing again.
desk-gaps-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
}
desk-gaps-count = { $count ->
    [one] (1)
   *[other] ({ $count })
}
desk-gaps-open = Open the original
desk-gaps-choose = Choose the file
desk-gaps-choose-saved = I have the file
desk-gaps-password = Enter the password
desk-gaps-again = Read it again
desk-gaps-waive = Give it up
desk-gaps-reason = Why do you give it up?
desk-gaps-waive-go = Record it and stop looking
desk-gaps-previous = Previous page
desk-gaps-next = Next page
desk-gaps-page = Page { $page } of { $pages }
desk-gaps-pages = Pages
desk-gaps-cancel = Not now
desk-gaps-pick = Choose a file
desk-gaps-pick-for = To fill in “{ $name }”.
desk-gaps-pick-hint = Click a file and reading begins; pages, archives and tables will do. The file stays where it is and is not changed.
desk-gaps-pick-avatar = Click a picture; it becomes the avatar of the account, and the site shows it too.
desk-gaps-pick-keep = Click a file; it is put into the private part of the archive as it is.
desk-gaps-put-folder = Use this whole folder
desk-gaps-to-inputs = To “Put in”, where files can be dropped
desk-gaps-no-file = No file is chosen yet.
desk-gaps-kept = The file is now in the archive, unchanged.
desk-gaps-input-gone = The original file is not found: it may have been moved, or be on a disk that is not connected. Please choose it.
desk-gaps-fetch = Fetch everything that can be fetched
desk-gaps-fetch-asks = You are told first how much it is and how long it takes.
desk-gaps-fetch-title = Fetch from the web
desk-gaps-fetch-what = { $pages ->
    [0] No article page is
    [one] 1 article page is
   *[other] { $pages } article pages are
} fetched from WeChat's site, and { $media ->
    [0] no known picture, sound or video
    [one] 1 known picture, sound or video
   *[other] { $media } known pictures, sounds and videos
}; pictures in pages that are new are fetched as well.
desk-gaps-fetch-pace = { $seconds ->
    [one] It goes slowly, like a person reading, about one page a second, so that WeChat asks for no verification.
   *[other] It goes slowly, like a person reading, about one page in { $seconds } seconds, so that WeChat asks for no verification.
}
desk-gaps-fetch-soon = It takes about a minute.
desk-gaps-fetch-minutes = { $count ->
    [one] It takes about 1 minute.
   *[other] It takes about { $count } minutes.
}
desk-gaps-fetch-hours = { $count ->
    [one] It takes about 1 hour; you can leave it alone, stop it at any time and go on later.
   *[other] It takes about { $count } hours; you can leave it alone, stop it at any time and go on later.
}
desk-gaps-fetch-note = Only public pages are fetched. Nobody logs in, and nothing of yours is sent.
desk-gaps-fetch-go = Begin
desk-gaps-fetch-none = Nothing can be fetched: what is missing is no longer on the web, or can be seen only after a login.
desk-gaps-ask-trades = Whether money moved on days outside the bills can be known only from the days of the first and the last payment.
desk-damage = { $count ->
    [one] One file of the archive is
   *[other] { $count } files of the archive are
} damaged or gone (checked { $at })
desk-damage-missing = gone
desk-damage-changed = not as recorded
desk-damage-advice = First see how they would be mended: the archive makes again what it can, and takes the rest from a second copy or from the original files.
desk-damage-check = Check again
desk-gaps-as-file = The whole list:
desk-gaps-csv = table (CSV)
desk-gaps-html = a page of links (HTML)
desk-to-questions = Answer
desk-gaps-do-page = Open the original, save it as a web page and choose it here.
desk-gaps-do-media = Open this article, wait until all pictures are shown, save the whole page once more and choose it here.
desk-gaps-avatar-held = The avatar is held. The site shows it once it is made again.
desk-gaps-do-avatar = Try to fetch it first. If that fails, open the account's picture in WeChat, save it, and choose the picture.
desk-gaps-do-waive = This can no longer be fetched. If you have another copy, choose it; if not, give it up with a reason.
desk-gaps-do-lost = This can no longer be fetched. If you have another copy, choose it.
desk-gaps-do-password = This archive file has a password: press the button and enter it when you are asked.
desk-gaps-do-paid = Open it with the WeChat account that paid for it, save the page once the whole text is shown, and choose it here.
desk-gaps-do-limit = This archive file is too large or too deeply nested. Unpack it yourself and choose the unpacked folder.
desk-gaps-do-again = It was not reached last time; read it again.
desk-gaps-do-finish = Go on with it: then numbers and lists are new. What is done is not done again.
desk-gaps-do-input = This file is broken or too large. Find a good copy and choose it.
desk-gaps-do-whole-bill = This bill was read, but it is not whole or does not add up to its own totals. Download it again and choose it.
desk-gaps-do-keep = Export it or take a screenshot in the platform's console, and choose that; it is kept as it is.
desk-gaps-do-bill = Ask for the bills of these days (a person: in WeChat “Me → Services → Wallet → Transactions → FAQ → Download bill → For reconciliation”; a merchant: the merchant platform's bill download), and choose them here.
desk-gaps-do-export = Export or save a more complete copy and choose it here.
desk-next-encrypted = This file is still encrypted. Export an unencrypted copy with the program it comes from, and choose that.
desk-gaps-page-hint = Open each link, wait until everything is shown, save it as “Webpage, complete”, and choose it in liudi. This page itself contacts no site.
error-desk-gaps-no-file = no file is chosen
hint-desk-gaps-no-file = Click a file in the list.
error-desk-gaps-group-gone = this is no longer in the list
hint-desk-gaps-group-gone = It may just have been filled in. Look at the new list.
error-desk-reason-wanted = no reason is given
hint-desk-reason-wanted = One sentence is enough, such as “deleted by its author, and I have no copy”. Whoever opens the archive later will see it.
desk-gaps-missing-bills = { $count ->
    [one] One daily bill of the merchant number is missing. Of which day:
   *[other] { $count } daily bills of the merchant number are missing. Of which days:
}
