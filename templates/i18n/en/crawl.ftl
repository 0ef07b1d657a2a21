# The download queue and its progress.

error-queue-failed = The download queue cannot be read or written ({ $action })
hint-queue-failed = Check free disk space and try again; it continues where it stopped.

error-discover-needs-online = `--discover` needs `--online`
hint-discover-needs-online = Finding more articles uses the network; run again with `--online`.
error-crawl-folder-failed = A file being downloaded cannot be read or written: { $path }
hint-crawl-folder-failed = Check free disk space and the permissions of the folder.
error-crawl-start-failed = Downloading could not be started
error-crawl-task-failed = A download ended unexpectedly
error-crawl-job-invalid = An entry of the download queue cannot be understood
hint-crawl-job-invalid = The next run creates the entry again.
error-album-list-refused = The platform refused this list (code { $ret }): { $path }
error-album-list-invalid = The list of articles cannot be understood: { $path }

summary-fetched-pages = Articles: { $fetched } fetched, { $missing } not available
summary-fetched-media = Images and other files: { $fetched } fetched, { $missing } not available
summary-fetched-videos = 视频号 videos: { $fetched } fetched, { $missing } not available
summary-discovered = New articles found through albums and links: { $count }
summary-host-stopped =
    { $why ->
        [challenge] { $host } asks for a human check, so no more requests were sent to it; run again in a few hours to continue
        [limited] { $host } asks for fewer requests, so no more were sent to it; run again later to continue
       *[unreachable] { $host } does not respond, so no more requests were sent to it; check the network and run again to continue
    }
