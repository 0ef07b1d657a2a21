# 在已有的存档上再运行：别人的账号、密码、损坏、写不了的磁盘。

state-damaged = 工作文件夹 .liudi 损坏了，已经从存档重新建立；存档本身没有变。
lists-mended = 存档的一份清单损坏了，已经按其余的清单修好；别的都没有变。
state-outdated = 工作文件夹 .liudi 与存档对不上（存档是从别处拷来的，或恢复过），已经从存档重新建立。
error-catalog-damaged = 工作文件夹的数据库损坏了{ $action ->
    [none] 。
   *[other] （{ $action }）
}
hint-catalog-damaged = 把存档里的 .liudi 文件夹改名再运行，会从存档重新建立
error-catalog-disk-full = 工作文件夹写不下了：磁盘已满（{ $action }）
ready-report-not-written = { $path } 不能写入，报告没有存成文件（上面的结论不受影响）。

summary-only-others = 请留意：这次读到的文章没有一篇是「{ $account }」的，而是：
summary-only-others-hint = 都已存在私密部分，不进网站。如果放错了存档，请用 -o 给那个账号另建一份。
summary-undecided = 这些文件来自 { $count } 个账号，看不出存档属于哪一个，所以没有生成网站，内容全部先存在私密部分：
summary-undecided-one = 　「{ $account }」：{ $count } 篇文章
summary-undecided-hint = 说明是哪一个就行，读过的不会重读：{ $liudi } backup --account { $quoted }
ask-account-several = 这些文件来自 { $count } 个账号。这份存档是哪一个的？
ask-account-one = 　{ $number }. { $account }（{ $count } 篇文章）
ask-account = 输入序号（直接回车：先不定）：
ask-account-again = 请输入 1 到 { $count } 的序号，或账号名称。

error-zip-password-wrong = 密码不对，打不开这个 ZIP
hint-zip-password-wrong = 微信支付的解压密码在「微信支付」公众号的消息里，每份账单各不相同。几个密码：环境变量 LIUDI_ZIP_PASSWORD、LIUDI_ZIP_PASSWORD_2 … LIUDI_ZIP_PASSWORD_9，或写进一个文件，一行一个，用 --password-file 指定
zip-password-refused = 密码不对，打不开：{ $names }
summary-locked = 还没有密码、打不开的 ZIP：{ $names }

error-archive-file-missing = 存档损坏：应有的文件不见了、读不出来，或者内容不是当初存的
hint-archive-file-missing = { advice-damaged }
summary-mended = 存档里缺了或变了的 { $count } 个文件已经修好：按保留的原件重新生成，或从这次给的文件里补回来。

error-site-folder-taken = { $path } 里有别的东西，不是 liudi 生成的网站；什么都没有写入
hint-site-folder-taken = 给网站换一个空文件夹，或新的名字
error-site-folder-unsafe = 网站不能放在 { $path }：那里是存档、要备份的文件或你的个人文件夹；什么都没有写入
hint-site-folder-unsafe = 给网站另选一个文件夹；不指定时放在 存档/site

hint-disk-full = 磁盘满了：腾出空间，或换一个别的磁盘，再运行同样的命令；已经存好的都在
hint-disk-quota = 这个磁盘给你的额度用完了：清理一些文件或申请更多额度，再运行同样的命令；已经存好的都在
hint-disk-file-too-large = 这个文件系统放不下这么大的文件（FAT32 上限 4 GB，或有 ulimit 限制）：把存档放到 exFAT、NTFS、APFS 或 ext4 的磁盘上
hint-disk-read-only = 这里是只读的（光盘、写保护的 U 盘、出错后变成只读的磁盘）：换一个能写的地方
hint-disk-in-use = 别的程序正开着这个文件（Excel、网盘同步、杀毒软件等）：关掉它，再运行一次
hint-disk-no-right = 没有写的权限：检查文件夹是谁的、有没有被别的程序占用，或换一个地方
summary-modes-refused = 请留意：放在这里（U 盘、网盘、共享文件夹，或者 Windows 上自己的用户文件夹以外），私密部分没法只让你一个人看，这台电脑上的其他用户也能打开。要紧的话，放到自己的用户文件夹里。
dry-run-could-fetch = 这次不联网。加上 --online 可以去抓取：文章 { $pages } 篇、图片等 { $media } 个。
source-container = 压缩包
source-document = 原样保存的文件
keep-was-read = 「{ $file }」早已在存档里，一个字节都不少，是收进来读过的文件。同一份文件只存一次，所以没有再存为「{ $kind }」。
keep-stays = 「{ $file }」早已存为「{ $kind }」，同一份文件只存一次：类别仍是「{ $kind }」，没有改成「{ $other }」。
error-input-ended = 没有回答，什么都没有做
hint-input-ended = 再运行一次并回答；或把要回答的写成参数（liudi backup --help）
evidence-replaced = 原来登记的是「{ $before }」，现在改为「{ $value }」；旧的一条留作记录。
error-job-thread-failed = 系统不允许再启动线程
error-interrupted = 还没做完就停下了；做了一半的不会当成做完了
