# The archive on disk: lock, stage, packs, commit.
error-archive-locked = Another liudi is at work on this archive ({ $path }): process { $pid } on { $host }, since { $since }
hint-archive-locked = Wait until it is done, or end that process, then run the command again.
error-lock-failed = Cannot lock the archive at { $path }
error-stage-open-failed = Cannot open the working folder { $path }
error-stage-write-failed = Cannot write { $path }
hint-stage-write-failed = Check that the disk is not full and that you may write there. Run the command again afterwards: nothing is done twice.
error-stage-read-failed = The input could not be read to its end
error-stage-length-differs = { $expected } bytes were announced and { $bytes } came
error-stage-sync-failed = The disk did not confirm that { $path } is written
hint-stage-sync-failed = The disk may be failing or full. Nothing half-written is used; run the command again, on another disk if it happens again.
error-stage-read-back-failed = { $path } does not hold what was written to it
hint-stage-read-back-failed = The disk may be failing. Copy the archive to another disk and run the command again.
error-stage-sweep-failed = Cannot clear the working folder { $path }
error-pack-write-failed = Cannot write an evidence pack
error-pack-unreadable = The evidence pack { $path } cannot be read
error-payload-path-refused = “{ $path }” cannot be a file name in the archive
