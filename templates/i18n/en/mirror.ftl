# Words in the mirror.
mirror-skip = Skip to content
mirror-nav = Main navigation
mirror-home = Home
mirror-archive = Archive
mirror-albums = Albums
mirror-videos = Videos
mirror-tags = Topics
mirror-search = Search
mirror-display = Display
mirror-colours = Colours
mirror-colours-auto = System
mirror-colours-light = Light
mirror-colours-dark = Dark
mirror-layout = Layout
mirror-layout-original = As published
mirror-layout-plain = Plain
mirror-footer = An archive of the WeChat account “{ $account }”. It can be read offline and asks no other website for anything.
mirror-footer-media = An archive of the WeChat account “{ $account }”. Its pictures, sounds and videos are at { $host }; no other website is asked for anything.
mirror-about = About this archive
mirror-about-what = This is a mirror of the WeChat account “{ $account }”, made by liudi from its archive.
mirror-about-here = Text, images, audio and video are all kept in this folder.
mirror-about-media = The text is kept in this folder; images, audio and video are at { $host }.
mirror-about-counts = { $articles ->
        [one] one article
       *[other] { $articles } articles
    }, { $media ->
        [one] one media file
       *[other] { $media } media files
    }
mirror-about-local = No page here asks another website for anything.
mirror-about-outside = Links to other sites open only when you click them.
mirror-about-manifest = SHA-256 of the manifest
mirror-about-held = Holds
mirror-about-span = Published
mirror-about-gaps =
    { $count ->
        [0] nothing is known to be missing
        [one] one item, named in the archive’s gaps.csv
       *[other] { $count } items, each named in the archive’s gaps.csv
    }
mirror-about-date = Archived
mirror-about-copyright = Copyright
mirror-about-licence = Licence
mirror-about-no-licence = The author has named none: ask before you republish
mirror-about-follow = The author is now at
mirror-lookup = Find by old link
mirror-lookup-what = Paste an old link of this account to open its page here. Long and short links work, and links of albums.
mirror-lookup-link = Old link
mirror-lookup-go = Open
mirror-lookup-wait = Looking for this old link…
mirror-lookup-none = What this link led to is not here.
mirror-lookup-bad = This does not look like a link of an article or album.
mirror-lookup-no-script = Finding a page by its old link needs scripts. The archive by year and month works without.
mirror-follow = The author is now at{" "}
mirror-follow-and = ,{" "}
mirror-404 = This page was not found. It may not have been archived, or it may have moved.
mirror-404-title = Page not found
mirror-latest = Latest
mirror-years = By year
mirror-by-date = By date
mirror-wechat-id = WeChat ID { $id }
mirror-span = { $from } to { $to }
mirror-date = { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
mirror-month = { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
mirror-month-short = { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
mirror-year = { $year }
mirror-undated = Undated
mirror-untitled = Untitled
mirror-reading = { $minutes } min read
mirror-contents = Contents
mirror-original = Original
mirror-place = from { $place }
mirror-modified = edited { $date }
mirror-edited = edited
mirror-reshare = Shared from “{ $account }”
mirror-reshare-original = Read the original
mirror-picture = Picture { $number }
mirror-form-picture = Pictures
mirror-form-text = Note
mirror-form-video = Video
mirror-form-audio = Audio
mirror-form-reshare = Shared
mirror-videos-count =
    { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
mirror-channel = 视频号
mirror-note = Note to followers
mirror-length = { $length }
mirror-video-digest = SHA-256 of the video
mirror-count-favourite = { $count ->
    [one] 1 favourite
   *[other] { $count } favourites
}
mirror-count-recommend = { $count ->
    [one] 1 recommendation
   *[other] { $count } recommendations
}
mirror-form-message = Message
mirror-missing-note = The content of this message was not archived
mirror-missing-image = This image was not archived
mirror-lost =
    { $count ->
        [one] One picture of this article is not archived
       *[other] { $count } pictures of this article are not archived
    }
mirror-lost-here = [Picture { $number } is not archived]
mirror-missing-video = This video was not archived
mirror-missing-audio = This recording was not archived
mirror-missing = Missing
mirror-missing-count = { $count ->
        [one] { $count } item was not archived
       *[other] { $count } items were not archived
    }
mirror-no-body = The text of this article was not archived.
mirror-link-not-archived = This article is not in the archive; the link goes to its old address
mirror-paid = This is a paid article; only the free part is here.
mirror-source = Read the source
mirror-record = Archive record
mirror-old-url = Old address
mirror-id = Number
mirror-archived = Page taken on
mirror-evidence = SHA-256 of the page as received
mirror-digest = SHA-256 of the text
mirror-more-of = More from “{ $album }”
mirror-all-of = { $count ->
    [one] The one article
   *[other] All { $count } articles
}
mirror-previous = Previous
mirror-next = Next
mirror-comments = Comments
mirror-comments-own = Only the author's own replies are shown.
mirror-comments-pseudonymous = The names of those who wrote are replaced by codes.
mirror-comment-reader = Reader { $code }
mirror-comment-unnamed = A reader
mirror-count-read = { $count ->
    [one] 1 read
   *[other] { $count } reads
}
mirror-count-like = { $count ->
    [one] 1 like
   *[other] { $count } likes
}
mirror-count-looking = { $count ->
    [one] 1 wow
   *[other] { $count } wows
}
mirror-count-share = { $count ->
    [one] 1 share
   *[other] { $count } shares
}
mirror-count-comment = { $count ->
    [one] 1 comment
   *[other] { $count } comments
}
mirror-activity = Articles a month, from { $from } to { $to }
mirror-activity-month = { $month }: { $count }
mirror-done = The site is ready: { $path }
mirror-search-words = Words, a phrase or one character
mirror-search-no-script = Searching needs scripts. Without them the archive lists everything by year and month.
mirror-search-none = Nothing was found. Try a shorter word, or one of the articles below.
mirror-search-near = Nothing was found word for word. These come closest:
mirror-search-some = { $count } found
mirror-search-about = About { $count }
mirror-search-wait = Searching…
mirror-search-more = Show more
error-search-index-failed = The search index could not be made
error-view-no-archive = There is no archive in { $path }
hint-view-no-archive = Make one with `liudi backup`, or name its folder with `-C`.
error-view-unreadable = Cannot read { $path }
error-view-record-broken = A record of the archive is broken: { $path }
hint-view-record-broken = Run `liudi verify` to see whether the archive is whole.
error-template-broken = Template { $file }, line { $line }: { $detail }
error-template-unreadable = Cannot read the template { $path }
error-export-write-failed = Cannot write { $path }
error-export-thread-failed = Internal error while making the site
error-export-duplicate-path = Two outputs have the same name: { $path }
