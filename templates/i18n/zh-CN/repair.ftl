# 第二份拷贝与修复
cli-copy = 复制一份存档并核对
cli-copy-archive-dir = 存档文件夹
cli-copy-target = 放拷贝的文件夹（新的、空的，或以前的拷贝；里面有别的东西时，在它下面另建一个）
cli-value-dest = 拷贝
cli-repair = 修好存档里缺失或变了的文件
cli-repair-from = 另一份拷贝，或可能有这些文件的文件夹、文件；可以给多个
cli-value-path = 路径
task-copy = 正在复制

copy-copied = 复制了 { $files } 个文件（{ $bytes }），另有 { $kept } 个本来就在：{ $folder }
copy-checked = 拷贝已逐字节从磁盘读回核对，完整无误。
copy-checked-cached = 拷贝已逐字节读回核对，完整无误。（这个系统上，刚写的内容可能还在内存里：拔下再插上这块盘之后，用 liudi verify 再核对一次更稳妥。）
copy-recorded = 已登记为第二份拷贝：判断能否注销时会算上它。
copy-not-recorded = 原来的那份存档不能写入，所以没有登记为第二份拷贝。
copy-unfinished = 原来的存档有 { $count } 个文件已经损坏，没有复制；其余的都在拷贝里，但这份拷贝还不算数。请先用 liudi repair 修好原来的存档，再运行一次同样的命令。
error-copy-failed = 无法写入拷贝（{ $path }）
hint-copy-failed = 看看那块盘有没有满、能不能写、有没有拔掉，再运行一次同样的命令：已经复制好的不会重来。原来的存档没有变。
error-copy-no-room = { $path } 所在的盘放不下：还需要 { $bytes } 字节
hint-copy-no-room = 腾出空间或换一块更大的盘，再运行一次同样的命令。
error-copy-target-taken = { $path } 不是空文件夹，也不是这份存档的拷贝，所以什么都没有写
hint-copy-target-taken = 换一个新的或空的文件夹。
error-copy-into-itself = { $path } 在存档自己里面
hint-copy-into-itself = 第二份拷贝要放在别处，最好是另一块盘。

repair-from-lists = 按存档自己的清单
repair-from-copy = 取自 { $file }
repair-from-evidence = 按存档里保留的原件重新生成
repair-nothing = 没有要修的：{ $files } 个文件都在，每个字节都对。
repair-planned = 这只是计划，什么都没有写：能修好 { $count } 个文件，还有 { $left } 处修不了。
repair-done = 修好了 { $count } 个文件，存档现在完整无误。
repair-in-part = 修好了 { $count } 个文件，还有 { $left } 处没有修好，见上面。
error-restore-failed = { $path } 放不回原处
hint-restore-failed = { advice-disk }
error-repair-from-itself = { $path } 就是要修的这份存档
hint-repair-from-itself = --from 后面写另一份拷贝，或当初的文件。
error-archive-damaged-alone = 存档损坏（{ $path }），而能用来修它的工作文件夹 .liudi 不在，所以没有写入任何内容
hint-archive-damaged-alone = 运行 liudi repair 会列出所有损坏的文件；加上 --from 就能从另一份拷贝、或有同样文件的文件夹里取回。都没有的话，把当初的文件备份到一个新文件夹。
