# 文章网页与文章列表

error-page-not-an-article = 不是公众号文章的网页：{ $path }
error-page-cut-off = 网页没有存完整，后半部分缺失：{ $path }
hint-page-cut-off = 请在浏览器中重新打开这篇文章，等图片加载完，再另存一次
error-page-without-body = 网页里没有找到正文：{ $path }
error-page-values-skipped = 网页数据中有 { $count } 处写法无法识别，已跳过（原网页已留存）：{ $path }
error-page-file-not-a-medium = 这个文件应当是图片、音频或视频，但内容不是
