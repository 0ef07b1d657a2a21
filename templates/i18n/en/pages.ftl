# Pages of articles and lists of articles

error-cloud-documents-unread = { $count ->
    [one] One entry
   *[other] { $count } entries
} of { $path } cannot be read, the first in line { $line }; the file itself is kept whole
hint-cloud-documents-unread = The export probably broke off. Export the collection again and give that.
error-cloud-ids-repeated = { $count ->
    [one] One record of { $path } has the _id of an earlier one and says something else ({ $id }); both are kept, the later one as "_id#2"
   *[other] { $count } records of { $path } have the _id of an earlier one and say something else (first: { $id }); all are kept, the later ones as "_id#2"
}
hint-cloud-ids-repeated = Look in the original which of them is right; both are in the archive.
error-page-not-an-article = Not a page of an article: { $path }
error-page-cut-off = The page was not saved whole, its end is missing: { $path }
hint-page-cut-off = Open the article in a browser again, wait for its images, and save it once more
error-page-without-body = No body found in the page: { $path }
error-page-values-skipped = { $count ->
    [one] One value in the page's data has an unknown form and was
   *[other] { $count } values in the page's data have an unknown form and were
} passed over (the page itself is kept): { $path }
error-page-unknown-element = { $count ->
    [one] One element of the platform that this version does not know ({ $element }); its
   *[other] { $count } elements of the platform that this version does not know ({ $element }); their
} words were kept
error-page-file-not-a-medium = This file should be an image, sound or video, but its content is not
error-page-garbled = { $count ->
    [one] One place
   *[other] { $count } places
} of the page cannot be decoded as { $encoding }: its text is damaged. The article is kept in the private part and is not published: { $path }
hint-page-garbled = Open the article in a browser again and save it once more as UTF-8; imported again, it takes the place of this copy
error-page-repaired = The text of the page had been saved as if it were Latin-1; this was undone exactly (the file itself is kept): { $path }
hint-page-repaired = Nothing needs to be done; if a word still looks wrong, save the page in the browser again
error-page-date-unclear = The page prints its date as “{ $date }”, which does not say which day; the article is undated for now: { $path }
hint-page-date-unclear = Give a list that has this article (records of publications, an exported table): the date comes from there
error-page-left-out = { $count ->
    [one] One image or link of the platform is
   *[other] { $count } images or links of the platform are
} not shown in the body (in { $attribute } of { $element }, such as { $url }); images are listed, the page itself is kept
hint-page-left-out = Run again with --online to try to fetch these images; liudi gaps names those still missing
error-page-pictures-unclear = { $count ->
    [one] Beside the page lies a picture file ({ $name }) of which it cannot be told which picture of the article it is; it is not put into the article but kept by name in the private part: { $path }
   *[other] Beside the page lie { $count } picture files (such as { $name }) of which it cannot be told which picture of the article each is; they are not put into the article but kept by name in the private part: { $path }
}
hint-page-pictures-unclear = Put the page and its pictures alone into a folder, with the pictures numbered in the order of the article (1.jpg, 2.jpg …) and no others among them; or save the article in a browser as "Web page, complete"
error-clip-without-link = The clipper's note has no link to an article: { $path }
hint-clip-without-link = Put the note into the folder of the clipped page and import both
error-text-repaired = { $count ->
    [one] One text of the file had been saved as if it
   *[other] { $count } texts of the file had been saved as if they
} were Latin-1; this was undone exactly (the file itself is kept): { $path }
hint-text-repaired = Nothing needs to be done; if a word still looks wrong, export the file again
error-text-garbled = { $count ->
    [one] One text of the file is
   *[other] { $count } texts of the file are
} garbled and cannot be restored exactly (the file itself is kept): { $path }
hint-text-garbled = Export the file again and save it as UTF-8
error-list-refused =
    { $code ->
        [200013] The platform limited the rate and gave no list (200013): { $path }
        [200003] The session had expired, the platform gave no list (200003): { $path }
        [200040] The session had expired, the platform gave no list (200040): { $path }
        [-3] The session had expired, the platform gave no list (-3): { $path }
        [-6] The platform suspended this WeChat account's viewing and gave no list (-6): { $path }
        [48001] The account may not use this interface (48001): { $path }
       *[other] This file is an error of the platform, not a list ({ $code }, { $words }): { $path }
    }
hint-list-refused = It does not mean that there are no articles. Save the list again when it opens normally
error-list-broken = The list breaks off at line { $line }; what stands before was read: { $path }
hint-list-broken = Export or download the file again
error-list-not-found = No list found in the page: { $path }
error-list-empty = The list is empty, which does not prove that the account has no articles: { $path }
error-list-entries-unread = { $count ->
    [one] One entry
   *[other] { $count } entries
} of the list could not be understood: { $path }
error-list-table-broken = The table broke off while it was read; the rows before were taken: { $path }
error-links-none = No recognisable link to an article in the file: { $path }
error-links-temporary = { $count ->
    [one] One temporary link is
   *[other] { $count } temporary links are
} not listed: { $path }. Links of search engines and previews (with tempkey or signature) expire and do not tell which article they are
hint-links-temporary = open the article in WeChat, take its permanent link by "…" → "Copy Link", and put that into the list
error-feed-broken = the feed breaks off; the { $count ->
    [one] one entry before that is
   *[other] { $count } entries before that are
} read: { $path }
hint-feed-broken = download this feed again
error-sqlite-broken = the database cannot be read to its end (damaged, or copied while a program wrote to it); { $count ->
    [one] one article is
   *[other] { $count } articles are
} read: { $path }
hint-sqlite-broken = quit the program that uses it and copy the database again, together with the -wal file beside it
error-sqlite-too-costly = the database is built in an unusual way and takes too long to read; stopped: { $path }
hint-sqlite-too-costly = export the articles as JSON or CSV with the program it belongs to, and put that into the folder
error-sqlite-journal = an unfinished journal lies beside the database; the latest changes may be missing: { $path }
hint-sqlite-journal = open it once with its program, quit, and copy the database again
error-sqlite-without-articles = no table of articles in the database: { $path }
hint-sqlite-without-articles = if articles are in it, export them as JSON or CSV with the program it belongs to, and put that into the folder
error-webarchive-broken = the Safari web archive cannot be read: { $path }
hint-webarchive-broken = open the article in Safari again and save it by "File → Save As → Web Archive"
error-enex-broken = the export of notes breaks off; the { $count ->
    [one] one note before that is
   *[other] { $count } notes before that are
} read: { $path }
hint-enex-broken = export these notes again
error-enex-encrypted = { $count ->
    [one] One note is
   *[other] { $count } notes are
} encrypted and cannot be read: { $path }
hint-enex-encrypted = save them as HTML in Evernote, or export with a version that writes plain .enex
error-enex-other-notes = { $count ->
    [one] One other note is no article and is
   *[other] { $count } other notes are no articles and are
} not taken: { $path }
hint-enex-other-notes = nothing to do; if a clipped article is among them, put its link into the note's source URL and export again
error-album-continues = The album's list is not whole: it says { $declared ->
    [one] one article
   *[other] { $declared } articles
}, this file has { $held }: { $path }

error-chat-refused = chats are not kept: { $path }. They hold other people's words; liudi keeps what you published and earned. WeChat itself backs up chats: "Migrate & Back Up"
error-table-sheet-unread = the sheet "{ $sheet }" of { $path } has no header that is known; only the file itself is kept
error-table-garbled = { $count ->
    [one] One row of { $path } holds
   *[other] { $count } rows of { $path } hold
} characters that cannot be decoded and are damaged; the file itself is kept
hint-table-garbled = Export the table again, save it as UTF-8, and add it.
error-json-mojibake-repaired = { $count ->
    [one] One text was stored garbled (UTF-8 read as Latin-1) and is read as it was
   *[other] { $count } texts were stored garbled (UTF-8 read as Latin-1) and are read as they were
} meant: { $path }
hint-json-mojibake-repaired = nothing to do; look whether titles and texts are right, and save answers of the API as UTF-8 from now on
error-answer-items-missing = the answer counts { $count ->
    [one] one more item
   *[other] { $count } more items
} than it holds: { $path }
hint-answer-items-missing = call this interface again, save the whole answer, put it into the folder and run once more
error-answer-drafts-or-material = nothing tells whether { $count ->
    [one] one item is draft or material; it is kept as a draft
   *[other] { $count } items are drafts or material; they are kept as drafts
}, in the private part: { $path }
hint-answer-drafts-or-material = if they are articles of the material library, rename the file to something like material_1.json and run again
error-answer-without-article = { $path } does not say which article it is of: kept in the private part, joined to no article
error-comments-unread = { $path } looks like comments and cannot be read
error-http-body-unreadable = the answer in { $path } cannot be decoded (unknown compression, or cut off)
