# 桌面「进度」：正在做什么，问题，做完以后的话。以 desk-summary、desk-next、desk-hint 开头的，代替终端里提到命令的话；「-」表示由按钮代替。
desk-pause = 暂停
desk-resume = 继续
desk-stop = 停下
desk-watch-stop = 不盯了
desk-run-note = 关掉这个页面不会停下；停下以后，存好的都在，随时可以接着做。
desk-watching = 正在盯着 { $path }：存一页，收一页。不盯了以后会生成网站。
desk-end-sure = 还没有做完，要结束程序吗？
desk-end-sure-note = 会先停在安全的地方，存好的都在，下次可以接着做。
desk-end-now = 结束程序
desk-end-not = 不，继续做
desk-password = 需要密码
desk-password-wrong = 密码不对，下面 { $count } 个没有打开：
desk-password-trying = 正在试这个密码……
desk-meanwhile = 不用现在就答：别的照样在收。
desk-watch-gone = 找不到这个文件夹，可能改了名或拔掉了：{ $path }。它回来就接着收。
desk-password-for = 有 { $count } 个压缩包要密码：
desk-password-note = 微信支付的解压密码在「微信支付」公众号的消息里，每份账单各不相同；一次输一个，能打开几个是几个。密码不会写进存档。
desk-password-label = 密码
desk-password-open = 打开
desk-password-skip = 先跳过，以后再说
desk-account = 这些文件来自 { $count } 个账号。这份存档是哪一个的？
desk-account-note = 选中的会做成网站；其余的文章也都存下，只放在私密部分。
desk-account-count = { $count } 篇文章
desk-account-skip = 先不定
desk-ended-done = { $what }做完了。
desk-ended-stopped = { $what }停下了：是你按的停。已经存好的都在。
desk-ended-interrupted = { $what }没有做完就断了。已经存好的都在。
desk-ended-failed = { $what }没有做成：
desk-did-backup = 存档
desk-did-watch = 盯文件夹
desk-did-look = 先看看
desk-did-site = 网站
desk-did-export = 导出
desk-did-ready = 检查
desk-did-copy = 读第二份存档
desk-again = 接着做
desk-again-password = 再输一次密码
desk-again-account = 说明是哪个账号
desk-to-gaps = 看看还缺什么
desk-to-site = 看网站
desk-more-files = 再放进一些
desk-summary = 这次做了什么
desk-nothing-running = 现在没有在做的事。
desk-run-receiving = { $names } 还在放进来，没有存。放完了再开始一次。
desk-run-lost = 有 { $count } 样没有存：没有放完就断了，或者现在找不到。再放一次：
desk-waiting = 有放进来、还没有存的文件。去开始或接着存：
desk-summary-interrupted = 中途停下了。已经存好的都在；按「接着做」继续。
desk-summary-ask-trades = 从账单看不出更早或更晚还有没有交易。第一笔和最后一笔交易是哪一天，请在「可以注销了吗」里回答。
desk-summary-missing-bills = 商户号有 { $count } 份按天的账单没有；是哪些天，看「账单」。
desk-summary-ledger = 账单明细在「账单」里看，也可以用 Excel 打开。
desk-summary-unrecognised = 有 { $count } 个文件不认识，没有收进存档（在「放进来」里可以原样保存）：
desk-summary-only-others-hint = 都已存在私密部分，不进网站。如果放错了存档，请在「存档」里为那个账号另建一份。
desk-summary-undecided-hint = 说明是哪一个就行，读过的不会重读：按「说明是哪个账号」。
desk-summary-archive = -
desk-summary-site = 网站已经生成，在「网站」里看。
desk-next-online = 还没有的内容，可以到「还缺什么」里联网取回；或在浏览器里打开、保存后再放进来。
desk-next-expired-videos = 有的视频地址已经过期：在视频号助手里重新保存作品列表，放进来，再到「还缺什么」里联网取回。
desk-next-password-earlier = 以前放进来的加密账单，还有没打开的：见「还缺什么」。
desk-next-password = 还有加密的账单没有打开：按「再输一次密码」。
desk-next-gaps = -
desk-next-not-ready = 现在还不能注销：有 { $count } 项要求还没有满足或没有核对，见「可以注销了吗」。
desk-next-ready = 现在可以注销了吗：看「可以注销了吗」。
desk-next-verify = -
desk-hint-disk-quota = 这个磁盘给你的额度用完了：清理一些文件，再按「接着做」；已经存好的都在。
desk-summary-inputs = { $read ->
    [0] { $count ->
        [0] 没有放进新的文件。
       *[other] 看了 { $count } 个文件，{ $which ->
            [unchanged] 没有新读的：以前读过、没有变的，不用再读。
           *[others] 这次一个也没有读成。
        }
    }
   *[other] 看了 { $count } 个文件，这次读了 { $read } 个。
}
desk-summary-unmatched = 另有 { $count } 个单独的视频、录音或图片对不上任何作品，只存在私密部分，不进网站。
