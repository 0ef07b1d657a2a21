# The queue of downloads and its progress.

error-queue-failed = The queue of downloads cannot be read or written ({ $action })
hint-queue-failed = Check free space; the same command goes on where it stopped.

error-discover-needs-online = `--discover` goes with `--online`
hint-discover-needs-online = Finding more articles needs the network; run again with `--online`.
error-crawl-folder-failed = A file being downloaded cannot be read or written: { $path }
hint-crawl-folder-failed = Check free space and the permissions of the folder.
error-crawl-start-failed = Downloading could not be started
error-crawl-task-failed = A download ended unexpectedly
error-crawl-job-invalid = An entry in the queue of downloads is not understood
hint-crawl-job-invalid = The next run makes it anew.
error-album-list-refused = The platform refused this list (code { $ret }): { $path }
error-album-list-invalid = The list of articles is not understood: { $path }

summary-fetched-pages = Articles fetched: { $fetched }; not to be had: { $missing }
summary-fetched-media = Images and other files fetched: { $fetched }; not to be had: { $missing }
summary-fetched-videos = Videos of the 视频号 fetched: { $fetched }; not to be had: { $missing }
summary-discovered = Articles found by following albums and links: { $count }
summary-host-stopped =
    { $why ->
        [challenge] { $host } asks for a person and was left alone; run again in a few hours to go on from here
        [limited] { $host } asks for fewer requests and was left alone; run again after a while to go on from here
       *[unreachable] { $host } does not answer and was left alone; check the network and run again to go on from here
    }
