# 装着别的文件的文件：MHTML、HAR、WARC。
error-har-bodies-missing = 有 { $count } 个网络记录没有带上内容，读不到：{ $path }
hint-har-bodies-missing = 导出时请选“保存全部为 HAR（含内容）”；录制前先打开开发者工具，并勾选“保留日志”。
error-har-broken = HAR 文件从第 { $at } 字节起写法不对，之前的 { $count } 条记录已读取：{ $path }
hint-har-broken = 请在浏览器里重新导出。
error-har-cut-off = HAR 文件没有存完整，已读取其中完整的 { $count } 条记录：{ $path }
hint-har-cut-off = 请在浏览器里重新导出；磁盘空间不足时导出会中断。
error-har-empty = HAR 文件里没有网络记录：{ $path }
hint-har-empty = 请先打开开发者工具的“网络”面板，再刷新要保存的网页，然后导出。
error-input-parts-unread = 里面有 { $count } 份内容无法识别（文字内容已留存为证据）：{ $path }
error-mhtml-broken = 不是有效的 MHTML 文件：{ $path }
hint-mhtml-broken = 请在浏览器中重新另存为“网页，单个文件”。
error-mhtml-cut-off = MHTML 文件没有存完整，已读取前面完整的部分：{ $path }
hint-mhtml-cut-off = 请在浏览器中重新打开这篇文章，等图片加载完，再另存一次。
error-mhtml-without-page = MHTML 文件里没有网页：{ $path }
hint-mhtml-without-page = 请在浏览器中重新另存为“网页，单个文件”。
error-scratch-write-failed = 临时文件写不进去：{ $path }
hint-scratch-write-failed = 请检查磁盘是否已满。
