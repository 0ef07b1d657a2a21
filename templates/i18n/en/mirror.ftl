# Words on the site.
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
mirror-footer = An archive of the WeChat account “{ $account }”. It can be read offline and loads nothing from other websites.
mirror-footer-media = An archive of the WeChat account “{ $account }”. Its images, audio and video are at { $host }; it loads nothing from other websites.
mirror-about = About this archive
mirror-about-what = This is a copy of the WeChat account “{ $account }”, made by liudi from its archive.
mirror-about-here = Text, images, audio and video are all kept in this folder.
mirror-about-media = The text is kept in this folder; images, audio and video are at { $host }.
mirror-about-counts = { $articles ->
        [one] one article
       *[other] { $articles } articles
    }, { $media ->
        [one] one media file
       *[other] { $media } media files
    }
mirror-about-local = No page here loads anything from another website.
mirror-about-outside = Links to other sites open only when you click them.
mirror-about-manifest = SHA-256 of the manifest
mirror-about-held = Contents
mirror-about-span = Published
mirror-about-gaps =
    { $count ->
        [0] nothing is known to be missing
        [one] one item, listed in the archive’s gaps.csv
       *[other] { $count } items, each listed in the archive’s gaps.csv
    }
mirror-about-date = Archived
mirror-about-copyright = Copyright
mirror-about-licence = Licence
mirror-about-no-licence = Not stated by the author: ask before you republish
mirror-about-follow = The author is now at
mirror-lookup = Find by old link
mirror-lookup-what = Paste an old link from this account to open its page here. Long links, short links and album links all work.
mirror-lookup-link = Old link
mirror-lookup-go = Open
mirror-lookup-wait = Looking for this old link…
mirror-lookup-none = This link’s content is not here.
mirror-lookup-bad = This does not look like an article or album link.
mirror-lookup-no-script = Finding a page by its old link needs JavaScript. You can also browse the archive by year and month.
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
mirror-reshare = Reposted from “{ $account }”
mirror-reshare-original = Read the original
mirror-picture = Picture { $number }
mirror-form-picture = Pictures
mirror-form-text = Note
mirror-form-video = Video
mirror-form-audio = Audio
mirror-form-reshare = Repost
mirror-videos-count =
    { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
mirror-channel = 视频号
mirror-note = Message to followers
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
        [one] One picture in this article was not archived
       *[other] { $count } pictures in this article were not archived
    }
mirror-lost-here = [Picture { $number } was not archived]
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
mirror-id = ID
mirror-archived = Page saved on
mirror-evidence = SHA-256 of the original page
mirror-digest = SHA-256 of the text
mirror-more-of = More from “{ $album }”
mirror-all-of = { $count ->
    [one] The only article
   *[other] All { $count } articles
}
mirror-previous = Previous
mirror-next = Next
mirror-comments = Comments
mirror-comments-own = Only the author's own replies are shown.
mirror-comments-pseudonymous = Readers’ names are replaced by codes.
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
mirror-activity = Articles per month, from { $from } to { $to }
mirror-activity-month = { $month }: { $count }
mirror-done = The site is ready: { $path }
mirror-search-words = Words, a phrase or a single character
mirror-search-no-script = Search needs JavaScript. You can also browse the archive by year and month, or look at the articles below.
mirror-search-none = Nothing found. Try a shorter word, or see the articles below.
mirror-search-near = No exact match. The closest results:
mirror-search-some = { $count } found
mirror-search-about = About { $count } found
mirror-search-wait = Searching…
mirror-search-more = Show more
error-search-index-failed = The search index could not be created
error-view-no-archive = There is no archive in { $path }
hint-view-no-archive = Make one with `liudi backup`, or give its folder with `-C`.
error-view-unreadable = { $path } cannot be read
error-view-record-broken = A record in the archive is damaged: { $path }
hint-view-record-broken = { advice-report }
error-template-broken = Template { $file }, line { $line }: { $detail }
error-templates-none = No template is in { $path }
hint-templates-none = Check the path. The folder must hold at least one of these files: { $known }
error-template-unreadable = The template { $path } cannot be read
error-export-write-failed = { $path } cannot be written
error-export-thread-failed = Internal error while building the site
error-export-duplicate-path = Two output files have the same name: { $path }
