# Pages of articles and lists of articles

error-cloud-documents-unread = { $count ->
    [one] One entry
   *[other] { $count } entries
} of { $path } cannot be read, the first in line { $line }; the file itself is kept in full
hint-cloud-documents-unread = The export was probably interrupted. Export the collection again and add it.
error-cloud-ids-repeated = { $count ->
    [one] One record of { $path } has the same _id as an earlier one but different content ({ $id }); both are kept, the later one as "_id#2"
   *[other] { $count } records of { $path } have the same _id as an earlier one but different content (first: { $id }); all are kept, the later ones as "_id#2"
}
hint-cloud-ids-repeated = Check in the original which one is right; both are in the archive.
error-page-not-an-article = Not the page of a 公众号 article: { $path }
error-page-cut-off = The page was not saved completely, its end is missing: { $path }
hint-page-cut-off = Open the article in a browser again, wait for its images, and save it again
error-page-without-body = The page contains no article body: { $path }
error-page-values-skipped = { $count ->
    [one] One value in the page's data has an unknown form and was
   *[other] { $count } values in the page's data have an unknown form and were
} skipped (the page itself is kept): { $path }
error-page-unknown-element = The page has { $count ->
    [one] one element of the platform that this version does not know ({ $element }); its
   *[other] { $count } elements of the platform that this version does not know ({ $element }); their
} text was kept
error-page-file-not-a-medium = This file should be an image, audio or video file, but its content is not
error-page-garbled = { $count ->
    [one] One place
   *[other] { $count } places
} in the page cannot be decoded as { $encoding }, so the text is garbled there. The article is kept in the private part and is not published: { $path }
hint-page-garbled = Open the article in a browser again and save it again as UTF-8; once imported, it replaces this copy
error-page-repaired = The text of the page had been saved as if it were Latin-1; it was restored exactly (the file itself is kept): { $path }
hint-page-repaired = Nothing to do; if a word still looks wrong, save the page in the browser again
error-page-date-unclear = The page gives its date as “{ $date }”, but it is not clear which day that is; the article has no date for now: { $path }
hint-page-date-unclear = Add a list that contains this article (publish record, exported table): it provides the date
error-page-left-out = { $count ->
    [one] One image or link of the platform is
   *[other] { $count } images or links of the platform are
} not shown in the body (in { $attribute } of { $element }, such as { $url }); images are listed as missing, and the page itself is kept
hint-page-left-out = Run again with --online to fetch these images; liudi gaps lists those still missing
error-page-pictures-unclear = { $count ->
    [one] Next to the page there is a picture file ({ $name }), but it is not clear which picture of the article it is; it is not put into the article but kept under its own name in the private part: { $path }
   *[other] Next to the page there are { $count } picture files (such as { $name }), but it is not clear which pictures of the article they are; they are not put into the article but kept under their own names in the private part: { $path }
}
hint-page-pictures-unclear = Put the page and its pictures in a folder with no other pictures, and number them in the order of the article (1.jpg, 2.jpg …); or save the article in a browser as "Web page, complete"
error-page-pictures-wait = { $count ->
    [one] One picture in the folder of this page waits
   *[other] { $count } pictures in the folder of this page wait
} until the page can be read: { $path }
hint-page-pictures-wait = Make the page readable and run again; the pictures are then read with it.
desk-hint-page-pictures-wait = Make the page readable and try again; the pictures are then read with it.
error-page-files-unread = { $count ->
    [one] One file in the folder of this page is not in the archive, since it is no part of the page or the page itself is not recognised
   *[other] { $count } files in the folder of this page are not in the archive, since they are no part of the page or the page itself is not recognised
}: { $path }
hint-page-files-unread = Run again with --keep-other to keep these files as they are.
desk-hint-page-files-unread = To keep these files, press “Keep as they are”.
error-clip-without-link = The clipper's note contains no link to an article: { $path }
hint-clip-without-link = Put the note in the same folder as the clipped page and import both
error-text-repaired = { $count ->
    [one] One text in the file had been saved as if it
   *[other] { $count } texts in the file had been saved as if they
} were Latin-1; this was reversed exactly (the file itself is kept): { $path }
hint-text-repaired = Nothing to do; if a word still looks wrong, export the file again
error-text-garbled = { $count ->
    [one] One text in the file is
   *[other] { $count } texts in the file are
} garbled and cannot be restored exactly (the file itself is kept): { $path }
hint-text-garbled = Export the file again and save it as UTF-8
error-list-refused =
    { $code ->
        [200013] The platform limited the request rate and returned no list (200013): { $path }
        [200003] The login had expired, so the platform returned no list (200003): { $path }
        [200040] The login had expired, so the platform returned no list (200040): { $path }
        [-3] The login had expired, so the platform returned no list (-3): { $path }
        [-6] The platform suspended viewing for this WeChat account and returned no list (-6): { $path }
        [48001] This account has no permission for this API (48001): { $path }
       *[other] This file is an error response of the platform, not a list ({ $code }, { $words }): { $path }
    }
hint-list-refused = This does not mean that there are no articles. Save the list again once it opens normally
error-list-broken = The list breaks off at line { $line }; everything before was read: { $path }
hint-list-broken = Export or download the file again
error-list-not-found = The page contains no list: { $path }
error-list-empty = The list is empty, but this does not prove that the account has no articles: { $path }
error-list-entries-unread = { $count ->
    [one] One entry
   *[other] { $count } entries
} of the list could not be understood: { $path }
error-list-table-broken = The table could not be read to its end; the rows before the error were read: { $path }
error-links-none = The file contains no recognisable article link: { $path }
error-links-temporary = { $count ->
    [one] One temporary link is
   *[other] { $count } temporary links are
} not listed: { $path }. Search-engine and preview links (with tempkey or signature) expire and do not show which article they belong to
hint-links-temporary = open the article in WeChat, copy its permanent link with "…" → "Copy Link", and put that in the list
error-feed-broken = the feed breaks off; the { $count ->
    [one] one entry before that was
   *[other] { $count } entries before that were
} read: { $path }
hint-feed-broken = download this feed again
error-sqlite-broken = the database cannot be read to its end (damaged, or copied while a program was writing to it); { $count ->
    [one] one article was
   *[other] { $count } articles were
} read: { $path }
hint-sqlite-broken = quit the program that uses it and copy the database again, together with its -wal file
error-sqlite-too-costly = the database has an unusual structure and takes too long to read; reading was stopped: { $path }
hint-sqlite-too-costly = export the articles as JSON or CSV with the original program, and put that file in the folder
error-sqlite-journal = there is an unfinished journal next to the database, so the latest changes may be missing: { $path }
hint-sqlite-journal = open the database once with the original program, quit, and copy it again
error-sqlite-without-articles = the database contains no table of articles: { $path }
hint-sqlite-without-articles = if it does contain articles, export them as JSON or CSV with the original program, and put that file in the folder
error-webarchive-broken = the Safari web archive cannot be read: { $path }
hint-webarchive-broken = open the article in Safari again and save it with "File → Save As → Web Archive"
error-enex-broken = the note export breaks off; the { $count ->
    [one] one note before that was
   *[other] { $count } notes before that were
} read: { $path }
hint-enex-broken = export these notes again
error-enex-encrypted = { $count ->
    [one] One note is
   *[other] { $count } notes are
} encrypted and cannot be read: { $path }
hint-enex-encrypted = save them as HTML in Evernote, or export them with a version that writes unencrypted .enex
error-enex-other-notes = { $count ->
    [one] One other note is not a 公众号 article and is
   *[other] { $count } other notes are not 公众号 articles and are
} not in the archive: { $path }
hint-enex-other-notes = the archive does not hold them: to keep them, keep the original file elsewhere; if one of them is a clipped article, put its link in the note's source URL and export again
error-album-continues = The album list is incomplete: the album has { $declared ->
    [one] one article
   *[other] { $declared } articles
}, this file has { $held }: { $path }

error-chat-refused = chats are not archived: { $path }. They contain other people's words; liudi only keeps what you published and earned. To back up chats, use WeChat's own "Migrate & Back Up"
error-table-sheet-unread = the header of sheet "{ $sheet }" in { $path } is unknown; only the file itself is kept
error-table-garbled = { $count ->
    [one] One row of { $path } contains
   *[other] { $count } rows of { $path } contain
} characters that cannot be decoded and are garbled; the file itself is kept
hint-table-garbled = Export the table again, save it as UTF-8, and add it.
error-json-mojibake-repaired = { $count ->
    [one] One text had been saved garbled (UTF-8 read as Latin-1) and was
   *[other] { $count } texts had been saved garbled (UTF-8 read as Latin-1) and were
} restored: { $path }
hint-json-mojibake-repaired = nothing to do; check that titles and texts are right, and save API responses as UTF-8 from now on
error-answer-items-missing = the response declares { $count ->
    [one] one more item
   *[other] { $count } more items
} than it contains: { $path }
hint-answer-items-missing = call this API again, save the whole response, put it in the folder and run again
error-answer-drafts-or-material = it is not clear whether { $count ->
    [one] one item is a draft or material; it is kept as a draft
   *[other] { $count } items are drafts or materials; they are kept as drafts
}, in the private part: { $path }
hint-answer-drafts-or-material = if they are articles from the material library, rename the file to something like material_1.json and run again
error-answer-without-article = { $path } does not say which article it belongs to: kept in the private part, not linked to an article
error-comments-unread = { $path } looks like comments but cannot be read
error-http-body-unreadable = the response in { $path } cannot be decoded (unknown compression, or incomplete)
