# 文章网页与文章列表

error-cloud-documents-unread = { $path } 里有 { $count } 条读不出来，第一处在第 { $line } 行；原文件完整保存了
hint-cloud-documents-unread = 多半是导出中断了。请重新导出这个集合，再放进来。
error-cloud-ids-repeated = { $path } 里有 { $count } 条记录与前面的 _id 相同、内容不同（第一个是 { $id }），都保存了，后面的改名为“_id#2”
hint-cloud-ids-repeated = 请对照原件看看哪一条是对的；两条都在存档里。
error-page-not-an-article = 不是公众号文章的网页：{ $path }
error-page-cut-off = 网页没有存完整，后半部分缺失：{ $path }
hint-page-cut-off = 请在浏览器中重新打开这篇文章，等图片加载完，再另存一次
error-page-without-body = 网页里没有找到正文：{ $path }
error-page-values-skipped = 网页数据中有 { $count } 处写法无法识别，已跳过（原网页已留存）：{ $path }
error-page-unknown-element = 网页里有 { $count } 个本版本不认识的平台组件（{ $element }），其中的文字已原样保留
error-page-file-not-a-medium = 这个文件应当是图片、音频或视频，但内容不是
error-page-garbled = 网页中有 { $count } 处文字无法按 { $encoding } 解码，正文里会出现乱码。这一篇只放在私密部分，不会公开：{ $path }
hint-page-garbled = 请在浏览器中重新打开这篇文章，以 UTF-8 编码再另存一次；存好后重新导入，就会替换掉这一份
error-page-repaired = 网页的文字曾被误当作 Latin-1 保存，已准确还原（原文件已留存）：{ $path }
hint-page-repaired = 不用处理；若个别字仍有不对，可在浏览器中重新另存这一页
error-page-date-unclear = 网页上写的日期是“{ $date }”，无法确定是哪一天，这一篇暂时没有日期：{ $path }
hint-page-date-unclear = 给出含有这篇文章的列表（发表记录、导出的表格），日期就会补上
error-page-left-out = 网页里有 { $count } 处平台图片或链接没有放进正文（在 { $element } 的 { $attribute } 里，例如 { $url }）；图片会列入清单，原网页已留存
hint-page-left-out = 加 --online 再运行一次可尝试取回这些图片；用 liudi gaps 查看仍缺的
error-page-pictures-unclear = 网页旁边有 { $count } 个图片文件（如 { $name }），分不清各是文章里的哪一张；没有放进文章，按原名另存在私密部分：{ $path }
hint-page-pictures-unclear = 请把这一篇的网页和它的图片单独放一个文件夹，图片按文章里的先后编号（1.jpg、2.jpg……），不混入别的图片；或在浏览器里把文章另存为「网页，全部」
error-page-pictures-wait = 网页读不了，它的附带文件夹里的 { $count } 张图片要等它能读了再一起读：{ $path }
hint-page-pictures-wait = 请先让网页能读，再运行一次，图片会一起收进来。
desk-hint-page-pictures-wait = 请先让网页能读，再试一次，图片会一起收进来。
error-page-files-unread = 网页的附带文件夹里有 { $count } 个文件没有收进存档：不是这篇网页的，也认不出；或者网页本身就认不出：{ $path }
hint-page-files-unread = 加 --keep-other 再运行一次，就会原样收下。
desk-hint-page-files-unread = 要留着它们，请按「原样保存这些文件」。
error-clip-without-link = 剪藏说明里没有文章链接：{ $path }
hint-clip-without-link = 请把这个文件和剪藏的网页放在同一个文件夹里再导入
error-text-repaired = 文件中有 { $count } 处文字曾被误当作 Latin-1 保存，已准确还原（原文件已留存）：{ $path }
hint-text-repaired = 不用处理；若个别字仍有不对，请重新导出这个文件
error-text-garbled = 文件中有 { $count } 处文字是乱码，无法准确还原（原文件已留存）：{ $path }
hint-text-garbled = 请重新导出这个文件，并以 UTF-8 编码保存
error-list-refused =
    { $code ->
        [200013] 平台提示访问太频繁，没有给出列表（200013）：{ $path }
        [200003] 登录已过期，平台没有给出列表（200003）：{ $path }
        [200040] 登录已过期，平台没有给出列表（200040）：{ $path }
        [-3] 登录已过期，平台没有给出列表（-3）：{ $path }
        [-6] 平台暂停了这个微信号的查看，没有给出列表（-6）：{ $path }
        [48001] 这个账号没有该接口的权限（48001）：{ $path }
       *[other] 这个文件是平台返回的错误，不是列表（{ $code }，{ $words }）：{ $path }
    }
hint-list-refused = 它不代表“没有文章”。请在能正常打开列表时重新保存一次
error-list-broken = 列表文件在第 { $line } 行处断开，之前的内容已读取：{ $path }
hint-list-broken = 请重新导出或重新下载这个文件
error-list-not-found = 网页里没有找到列表：{ $path }
error-list-empty = 列表是空的，但这不能说明账号没有文章：{ $path }
error-list-entries-unread = 列表中有 { $count } 条无法识别：{ $path }
error-list-table-broken = 表格读到一半出错，之前的行已读取：{ $path }
error-links-none = 文件里没有可以识别的公众号文章链接：{ $path }
error-links-temporary = 有 { $count } 个临时链接没有列入：{ $path }。搜索引擎给的链接和预览链接（带 tempkey、signature）很快失效，也看不出是哪篇文章
hint-links-temporary = 请在微信里打开文章，用右上角「…」→「复制链接」换成永久链接，再放进清单
error-feed-broken = 订阅文件读到一半断开，之前的 { $count } 条已读取：{ $path }
hint-feed-broken = 请重新下载这个订阅文件
error-sqlite-broken = 数据库读不完整（文件损坏，或复制时程序还在写），已读出 { $count } 篇：{ $path }
hint-sqlite-broken = 请先退出使用它的程序，把数据库连同旁边的 -wal 文件一起重新复制
error-sqlite-too-costly = 数据库的结构不寻常，读取太费时间，已停止：{ $path }
hint-sqlite-too-costly = 请用原来的程序把文章导出为 JSON 或 CSV，再放进文件夹
error-sqlite-journal = 数据库旁边还有没写完的日志，最近的改动可能不在其中：{ $path }
hint-sqlite-journal = 请用原来的程序打开一次再正常退出，然后重新复制数据库
error-sqlite-without-articles = 数据库里没有找到公众号文章的表：{ $path }
hint-sqlite-without-articles = 如果文章在里面，请用原来的程序导出为 JSON 或 CSV，再放进文件夹
error-webarchive-broken = Safari 网页归档读不出来：{ $path }
hint-webarchive-broken = 请在 Safari 里重新打开文章，用“文件 → 储存为 → 网页归档”再存一次
error-enex-broken = 笔记导出文件读到一半断开，之前的 { $count } 条已读取：{ $path }
hint-enex-broken = 请在印象笔记里重新导出这些笔记
error-enex-encrypted = 有 { $count } 条笔记是加密的，读不出来：{ $path }
hint-enex-encrypted = 请在印象笔记里把它们另存为 HTML，或换用能导出明文 .enex 的版本
error-enex-other-notes = 另有 { $count } 条笔记不是公众号文章，没有收进存档：{ $path }
hint-enex-other-notes = 存档里没有它们：要留着，请把原文件另外保存好；如果其中有剪藏的文章，请把它的原文链接填进笔记的“来源网址”再导出
error-album-continues = 合集列表没有存全：合集共 { $declared } 篇，这个文件里有 { $held } 篇：{ $path }

error-chat-refused = 聊天记录没有收进存档：{ $path }。聊天里有别人的话，留底只保存你自己发布的内容和收支；要留聊天记录，请用微信自带的「迁移与备份」
error-table-sheet-unread = { $path } 里的工作表「{ $sheet }」没有认出表头，只保存了原文件
error-table-garbled = { $path } 里有 { $count } 行含有无法解码的文字，这些地方成了乱码；原文件已留存
hint-table-garbled = 请重新导出这张表，并以 UTF-8 编码保存，再放进来。
error-json-mojibake-repaired = 有 { $count } 处文字存成了乱码（UTF-8 被当作 Latin-1 存下），已按原文读出：{ $path }
hint-json-mojibake-repaired = 不必处理；请看一眼标题和正文是否正确，以后保存接口返回时请按 UTF-8 存
error-answer-items-missing = 接口返回写明的条数比实际多 { $count } 条：{ $path }
hint-answer-items-missing = 请重新调用这个接口，把完整的返回存下来，放进文件夹再运行一次
error-answer-drafts-or-material = 有 { $count } 条分不清是草稿还是素材，按草稿只存进私密部分：{ $path }
hint-answer-drafts-or-material = 如果是素材库的图文，请把文件改名为 material_1.json 这样的名字再运行一次
error-answer-without-article = { $path } 没有写明是哪篇文章的：内容已存进私密部分，但没有对上文章
error-comments-unread = { $path } 像是留言，但读不出来
error-http-body-unreadable = { $path } 里的应答解不开（压缩方式不认识或文件不完整）
