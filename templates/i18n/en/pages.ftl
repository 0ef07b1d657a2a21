# Pages of articles and lists of articles

error-page-not-an-article = Not a page of an article: { $path }
error-page-cut-off = The page was not saved whole, its end is missing: { $path }
hint-page-cut-off = Open the article in a browser again, wait for its images, and save it once more
error-page-without-body = No body found in the page: { $path }
error-page-values-skipped = { $count } values in the page's data have an unknown form and were passed over (the page itself is kept): { $path }
error-page-unknown-element = { $count } elements of the platform that this version does not know ({ $element }); their words were kept
error-page-file-not-a-medium = This file should be an image, sound or film, but its content is not
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
error-list-entries-unread = { $count } entries of the list could not be understood: { $path }
error-list-table-broken = The table broke off while it was read; the rows before were taken: { $path }
error-links-none = No recognisable link to an article in the file: { $path }
error-album-continues = The album's list is not whole: it says { $declared } articles, this file has { $held }: { $path }

error-chat-refused = chats are not kept: { $path }. They hold other people's words; liudi keeps what you published and earned. WeChat itself backs up chats: "Migrate & Back Up"
error-table-sheet-unread = the sheet "{ $sheet }" of { $path } has no header that is known; only the file itself is kept
error-answer-without-article = { $path } does not say which article it is of: kept in the private part, joined to no article
error-comments-unread = { $path } looks like comments and cannot be read
error-http-body-unreadable = the answer in { $path } cannot be decoded (unknown compression, or cut off)
