# 抓取队列与过程。

error-queue-failed = 无法读写下载队列（{ $action }）
hint-queue-failed = 请检查磁盘空间；再做一次会从中断处继续。

error-discover-needs-online = `--discover` 要和 `--online` 一起用
hint-discover-needs-online = 查找新文章需要联网；加上 `--online` 再运行。
error-crawl-folder-failed = 无法读写下载中的文件：{ $path }
hint-crawl-folder-failed = 请检查磁盘空间和文件夹的写入权限。
error-crawl-start-failed = 无法启动下载
error-crawl-task-failed = 下载任务意外中断
error-crawl-job-invalid = 下载队列里的一条记录无法识别
hint-crawl-job-invalid = 这条记录会在下次运行时重新生成。
error-album-list-refused = 平台拒绝了这个列表请求（返回码 { $ret }）：{ $path }
error-album-list-invalid = 文章列表的内容无法识别：{ $path }

summary-fetched-pages = 抓取文章：成功 { $fetched } 篇，没有取到 { $missing } 篇
summary-fetched-media = 抓取图片等文件：成功 { $fetched } 个，没有取到 { $missing } 个
summary-fetched-videos = 抓取视频号视频：成功 { $fetched } 个，没有取到 { $missing } 个
summary-discovered = 顺着合集和链接新发现 { $count } 篇文章
summary-host-stopped =
    { $why ->
        [challenge] { $host } 要求人工验证，这次没有继续访问；过几个小时再运行，会从这里接着来
        [limited] { $host } 要求放慢速度，这次没有继续访问；过一段时间再运行，会从这里接着来
       *[unreachable] 连不上 { $host }，这次没有继续访问；检查网络后再运行，会从这里接着来
    }
