# 桌面：保管。第二份、修复、打包、时间戳与证据。
desk-view-keeping = 保管
desk-keeping-empty = 存档里还没有内容，没有要保管的。先放进文件。
desk-keeping-parts = 这一步分几块
desk-keeping-part-copy = 第二份
desk-keeping-part-repair = 修复
desk-keeping-later = 留底正在做别的事，做完就可以开始。

# 第二份
desk-run-second-copy = 正在复制第二份
desk-did-second-copy = 复制第二份
desk-second-lead = 只有一份，盘坏了或丢了就什么都没有了。再存一份到另一块盘上：移动硬盘、U 盘，或者网盘的文件夹。
desk-second-is = 登记的第二份在下面这个文件夹（{ $at } 核对过）：
desk-second-current = 核对的时候，它和现在的存档一致。
desk-second-outdated = 那以后存档变了：把第二份也更新一下，「可以注销了吗」才会算上它。
desk-second-away = 现在找不到这个文件夹：可能是那块盘没有接上。接好以后再打开这一页。
desk-second-update = 更新这一份
desk-second-check = 再核对一遍
desk-second-none = 还没有登记第二份。
desk-second-where = 复制到哪里
desk-second-another = 复制到别处
desk-second-folder = 文件夹
desk-second-help = 例如 D:\备份。里面已经有别的东西，就在它里面新建「{ $name }」，别的文件不会动。
desk-second-go = 开始复制
desk-second-again = 接着复制
desk-second-here = 复制到这里
desk-second-goes-to = 会放在：
desk-second-going-on = 正在复制，再逐个读回来核对，做完会显示在这里。可以随时停下：已经复制好的，下次不会重来。
desk-second-stopped = 复制停下了，没有做完。再按一次就接着做，已经复制好的不会重来；没有做完的拷贝还不算数。
desk-second-to-verdict = 看看可以注销了吗
desk-answer-make-copy = 还没有第二份？去做一份
desk-do-copy = 去做第二份
desk-copy-copied = 复制了 { $files } 个文件（{ $bytes }）{ $kept ->
    [0] {""}
   *[other] ，另有 { $kept } 个本来就在
}：{ $folder }
desk-copy-checked-cached = 拷贝已逐字节读回核对，完整无误。（在这台电脑上，刚写的内容可能还在内存里：拔下这块盘再插上，回到这里按「再核对一遍」，更稳妥。）
desk-copy-recorded = 已登记为第二份拷贝：「可以注销了吗」会算上它。
desk-copy-unfinished = 原来的存档有 { $count } 个文件已经损坏，没有复制；其余的都在拷贝里，但这份拷贝还不算数。先修好原来的存档，再复制一次。
desk-hint-copy-failed = 看看那块盘有没有满、能不能写、有没有拔掉，再复制一次：已经复制好的不会重来。原来的存档没有变。
desk-hint-copy-no-room = 腾出空间或换一块更大的盘，再复制一次。
error-desk-path-in-part = 这个位置没有写全：{ $path }
hint-desk-path-in-part = 从盘符写起，例如 D:\备份；或者点「选文件夹」，在列表里选。

# 修复
desk-run-repair-plan = 正在检查存档
desk-did-repair-plan = 检查
desk-run-repair = 正在修复
desk-did-repair = 修复
desk-ended-in-part = { $what }做完了，但还有没做成的：
desk-damage-repair = 去修复
desk-to-repair = 检查有没有损坏
desk-repair-lead = 把存档里的每个文件读一遍，看有没有坏的、不见的；先列出怎么修，你同意了再动手。完好的文件不会碰。
desk-repair-plan = 检查一遍，看怎么修
desk-repair-plan-again = 再检查一遍
desk-repair-plan-note = 只读不写，大的存档要几分钟。
desk-repair-planning = 正在读每一个文件，读完会列在这里。
desk-repair-mending = 正在修复，做完会显示在这里。
desk-repair-stopped-repair-plan = 检查停下了，没有读完。
desk-repair-stopped-repair = 修复停下了：修好的都已经修好，再检查一遍就能接着修。
desk-repair-can = 能修好的（{ $count } 个）
desk-repair-mended = 修好的（{ $count } 个）
desk-repair-go = 修好这 { $count } 个文件
desk-repair-go-note = 只写坏了的和不见的；写之前会再核对一次。
desk-repair-lists-first = 有一份文件清单坏了：要先修好它，才看得出还有哪些文件坏了。修的时候会接着查、接着修，做完会列出来。
desk-repair-left = 现在还修不了的
desk-repair-still = 还没有修好的
desk-repair-left-advice = 有别的拷贝，或者当初的文件，就在下面加上它所在的文件夹，会重新列一次怎么修。都没有，就到「放进来」把当初的文件再放一次，能补的会补上。
desk-repair-sources = 从哪里取回
desk-repair-sources-note = 存档自己能重新做出来的，不用别处。其余的从下面这些地方找：只取内容一字不差的文件，不会改动它们。
desk-repair-second = 第二份
desk-repair-away = 现在找不到，可能没有接上
desk-repair-add = 另一份拷贝，或者放着当初文件的文件夹
desk-repair-add-go = 加上，再检查
desk-repair-this = 加上这个文件夹，再检查
desk-repair-planned = 这还只是计划，什么都没有写：{ $count ->
    [0] 没有能修好的
   *[other] 能修好 { $count } 个文件
}{ $left ->
    [0] 。
   *[other] ，还有 { $left } 处修不了。
}
desk-repair-in-part = 修好了 { $count } 个文件，还有 { $left } 处没有修好。
desk-hint-restore-failed = 看看放存档的磁盘有没有满、能不能写，再修一次。
desk-hint-repair-from-itself = 加上另一份拷贝，或者当初的文件。
desk-hint-second-copy-is-this = 到「保管」的「第二份」复制一份到另一块盘，复制好就会登记。
desk-hint-second-copy-differs = 到「保管」的「第二份」复制到同一个地方：变了的会更新，复制好就会登记。
desk-hint-second-copy-damaged = 到「保管」的「第二份」再复制到同一个地方：坏了的会换成好的。

# 打包
desk-keeping-part-packs = 打包
desk-run-pack = 正在打包
desk-did-pack = 打包
desk-packs-lead = 把存档打包成几个文件，放进网盘或移动硬盘。公开的和不公开的分开打包；不公开的部分（账单、留言、原件）用口令加密。
desk-packs-bags = 打包哪一部分
desk-packs-bags-both = 两部分都要
desk-packs-bags-only-public = 只要公开的部分
desk-packs-bags-only-private = 只要不公开的部分
desk-packs-passphrase-title = 不公开部分的口令
desk-packs-passphrase-help = 至少 12 个字符，最好是六个以上不相干的词。口令不会存在任何地方，忘了就再也打不开：请写在纸上，和存折放在一起。
desk-packs-passphrase = 口令
desk-packs-again = 再输入一遍
desk-packs-plain = 不加密：谁拿到这些文件，都能看里面的账单和留言
desk-packs-split = 单个文件最大多少
desk-packs-whole = 不切，每一部分一个文件
desk-packs-split-help = 网盘和旧的 U 盘对单个文件的大小有限制，多数是 4 GB；超过的会切成几段，还原时各段要放在一起。
desk-packs-folder = 放在哪个文件夹
desk-packs-folder-help = 默认在存档旁边新建一个；要在存档外面。
desk-packs-choosing = 点开要放的文件夹，上面的位置会跟着变。
desk-packs-go = 开始打包
desk-packs-going-on = 正在打包，每个字节都和存档的清单核对，做完会显示在这里。
desk-packs-stopped = 打包停下了，没有留下做了一半的文件。口令没有存下：要再打包，请再输一次。
desk-packs-done = 打包好了，都在这个文件夹里：
desk-pack-folder = 每个字节都和存档的清单对过。
desk-pack-check = -
desk-pack-readable = 注意：不公开的部分没有加密，谁拿到这些文件都能看账单和留言。
desk-pack-passphrase-only = 不公开的部分加了密。忘了口令就再也打不开，留底也没有办法：请现在就把口令写在纸上，和存折放在一起。
desk-pack-signature-unchecked = 签名也带上了（密钥 { $key }，没有核对）。
desk-pack-signature-outdated = 请留意：存档签名之后又变过，带上的签名是以前的。
error-desk-passphrase-wanted = 还没有设口令。
hint-desk-passphrase-wanted = 给不公开的部分设一个口令，输入两遍；确实不要加密，就勾上「不加密」。
error-desk-passphrase-and-plain = 输入了口令，又勾了「不加密」。
hint-desk-passphrase-and-plain = 要加密就去掉那个勾；不要加密就把口令留空。
error-desk-passphrase-gone = 口令没有存下，不能接着打包。
hint-desk-passphrase-gone = 到「保管」的「打包」再输一次口令，重新开始。
desk-hint-passphrase-differs = 再输入两遍；还什么都没有写。
desk-hint-split-size-invalid = 在列表里选一个大小。
desk-hint-pack-nothing-to-encrypt = 公开的部分不加密：把口令留空。
desk-hint-pack-bag-missing = 这个文件夹只有存档的一部分：选有的那一部分，或者换成整份存档。
desk-hint-pack-folder-inside = 换一个存档以外的文件夹。
desk-hint-pack-archive-damaged = { desk-advice-damaged }
desk-hint-pack-file-damaged = { desk-advice-damaged }
desk-hint-pack-exists = 换一个文件夹，或者先把旧的打包文件移走。
desk-hint-packing-failed = 看看那块盘有没有满、能不能写、有没有拔掉，再打包一次。
desk-hint-pack-too-many-parts = 选大一些的文件。
desk-hint-pack-in-use = 等它做完，或者换一个文件夹。

# 时间戳与证据
desk-keeping-part-stamps = 时间戳与证据
desk-run-timestamp = 正在办时间戳
desk-did-timestamp = 时间戳
desk-run-sheet = 正在写存证说明
desk-did-sheet = 存证说明
desk-stamps-lead = 时间戳由外面的机构签发，证明存档在那一刻已经是这个样子。以后每个文件有没有变过，谁都可以核对。
desk-stamps-limits = 它不证明内容属实，也不证明存进来之前没有人改过。存档放进新东西以后，旧的时间戳还有效，只是不包括新的。
desk-stamps-going-on-timestamp = 正在核对清单，做完会显示在这里。
desk-stamps-going-on-sheet = 正在读每一个文件，读完才写存证说明。
desk-stamps-stopped = 停下了，没有做完。再按一次就重新做。
desk-stamps-kept = 时间戳已经收下，存在存档里。
desk-stamps-already = 这个时间戳早就收下了。
desk-stamps-have = 已有的时间戳
desk-stamps-ask-title = 请求时间戳
desk-stamps-ask-what = 先写一个请求文件（SHA256SUMS.tsq）。里面只有一串校验值和一个编号，没有任何内容，可以放心发出去。
desk-stamps-ask = 写请求文件
desk-stamps-ask-again = 按现在的存档再写一个
desk-stamps-asked = 请求文件写好了，请下载。
desk-stamps-get = 下载请求文件
desk-stamps-step-send = 把请求文件发给一家时间戳机构（支持 RFC 3161 的）：在它的网站上传，或者请公证处、电子存证机构帮忙。
desk-stamps-step-take = 机构会回一个几 KB 的文件（.tsr 或 .tst），在下面交回来。
desk-stamps-online = 有机构的网址？直接在这里请求
desk-stamps-address = 时间戳机构的网址
desk-stamps-online-go = 联网请求
desk-stamps-online-note = 会联网，只把请求文件发到这个网址；回复自动收下。用哪一家由你决定。
desk-stamps-answer-title = 交回机构的回复
desk-stamps-answer-what = 会核对它是不是给这份存档的、签名对不对，然后和当时的清单一起存进存档。
desk-stamps-answer-choose = 选回复文件
desk-stamps-answer-list = 在列表里选
desk-sheet-title = 存证说明
desk-sheet-what = 一页可以打印的说明，给公证员或律师：存档是什么、什么时候由什么做成、怎样不靠留底来核对。里面没有存档的内容。
desk-sheet-unstamped = 还没有时间戳：说明上的时间只出自这台电脑。先办好时间戳更有用。
desk-sheet-write-zh = 写一份中文的
desk-sheet-write-en = 写一份英文的
desk-sheet-written = 存证说明写好了。
desk-sheet-show = 打开，可以打印
desk-sheet-get = 下载
desk-sheet-note = 写之前会读存档里的每一个文件，有损坏就不写。写在存档的文件夹里：evidence-sheet.html。
desk-stamp-not-judged = 签名有效，但没有判断签名的是不是“{ $signer }”本人：可以用这家机构网站上的根证书核对，做法写在存证说明里。
desk-hint-timestamp-archive-damaged = 先到「修复」修好，再请求时间戳。
desk-hint-timestamp-ask-failed = 检查网址和网络，过一会儿再试；或者下载请求文件，自己发给机构。
desk-hint-timestamp-algorithm-unknown = 换一家用 SHA-256 以上、RSA 或 ECDSA 签名的机构；国密签名的请用那家机构自己的工具核对。
desk-hint-timestamp-certificate-missing = 重新请求时，请机构附上它的证书（请求文件已经要求了）。
desk-hint-timestamp-not-read = 机构的回复文件通常以 .tsr 或 .tst 结尾，有几 KB；网页、请求文件（.tsq）和 PDF 证书都不是。
desk-hint-timestamp-of-other = 存档在请求之后变过、请求时的清单又不在了，也会这样。请重新写一个请求。
desk-hint-timestamp-request-in-the-way = 把存档文件夹里的这个文件移走，再写一次。
desk-hint-timestamp-unwritable = 看看放存档的磁盘有没有满、能不能写，再试一次。
desk-hint-sheet-archive-damaged = 先到「修复」修好，再写存证说明。
desk-hint-sheet-unwritable = 看看放存档的磁盘有没有满、能不能写，再写一次。
desk-hint-sheet-in-the-way = 把存档文件夹里的这个文件移走，再写一次。
