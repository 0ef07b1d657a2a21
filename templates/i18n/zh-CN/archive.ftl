# 磁盘上的留底档案：锁、暂存、证据包、写入。
error-archive-locked = 另一个 liudi 正在处理这份留底（{ $path }）：{ $host } 上的进程 { $pid }，开始于 { $since }
hint-archive-locked = 等它结束，或结束那个进程，然后再运行一次。
error-lock-failed = 无法锁定 { $path } 处的留底
error-stage-open-failed = 打不开工作文件夹 { $path }
error-stage-write-failed = 无法写入 { $path }
hint-stage-write-failed = 请检查磁盘是否已满、是否有写入权限。之后再运行一次即可，已完成的不会重做。
error-stage-read-failed = 输入没能读完
error-stage-length-differs = 声明有 { $expected } 字节，实际收到 { $bytes } 字节
error-stage-sync-failed = 磁盘没有确认 { $path } 已写好
hint-stage-sync-failed = 磁盘可能已满或出现故障。没写完的内容不会被使用；请再运行一次，若再次出现请换一块磁盘。
error-stage-read-back-failed = { $path } 读回的内容与写入的不一致
hint-stage-read-back-failed = 磁盘可能有故障。请把留底复制到另一块磁盘后再运行一次。
error-stage-sweep-failed = 无法清理工作文件夹 { $path }
error-pack-write-failed = 无法写入证据包
error-pack-unreadable = 证据包 { $path } 无法读取
error-payload-path-refused = “{ $path }”不能用作留底里的文件名
