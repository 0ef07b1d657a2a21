# 能不能注销：判定、记录、提示。

error-account-file-invalid = 读不懂账号资料 account.toml
error-account-file-not-written = 账号资料 account.toml 没有写成
error-account-kind-unknown = 不认识的账号类型“{ $value }”
hint-account-kind-unknown = 可以填：公众号、服务号、小程序、小游戏、门店小程序、视频号、微信号、企业微信、商户号、小店（或 { $known }）
error-entity-unknown = 不认识的主体类型“{ $value }”
hint-entity-unknown = 可以填：个人、企业、个体工商户、政府机关、媒体、其他组织、境外主体、主体已注销（或 { $known }）
error-account-key-unknown = 账号资料里没有“{ $key }”这一项
hint-account-key-unknown = 可用的有：{ $known }
error-yes-or-no-wanted = 这里要填“是”或“否”，而不是“{ $value }”
hint-yes-or-no-wanted = 填“是”或“否”（yes、no 也行），不清楚就填“不知道”
error-value-amount-wanted = 要填金额，而不是“{ $value }”
hint-value-amount-wanted = 例如 0、12.5、1,234.50 元、没有；不清楚就填“不知道”
error-value-count-wanted = 要填一个整数，而不是“{ $value }”
hint-value-count-wanted = 例如 17、17篇、1,234、1.2万；不清楚就填“不知道”
error-value-day-wanted = 要填日期，而不是“{ $value }”
hint-value-day-wanted = 年月日都要写，例如 2026-03-01、2026年3月1日、20260301、昨天；不清楚就填“不知道”
error-value-digest-wanted = 要填第二份存档的文件夹，或它的摘要，而不是“{ $value }”
hint-value-digest-wanted = 例如 "E:\备份\liudi-archive"（第二份存档的文件夹，带引号）
error-value-file-wanted = 要给一个文件，或填“没有”，而不是“{ $value }”
hint-value-file-wanted = 写上文件的路径（有空格就加引号）：--file "菜单.png"；没有这一项就填“没有”
error-value-text-wanted = 要填几个字，而不是“{ $value }”
hint-value-text-wanted = 写几个字，带引号；不清楚就填“不知道”
error-value-url-wanted = 要填网址，而不是“{ $value }”
hint-value-url-wanted = 以 https:// 开头，带引号，例如 "https://mp.weixin.qq.com/s/…"
error-value-missing = 没有写要登记什么（{ $event }）
hint-value-missing = 在后面写上{ $form ->
    [amount] 金额，例如 0、12.5
    [count] 数目，例如 17、17篇
    [day] 日期，例如 2026-03-01、昨天
    [digest] 第二份存档的文件夹
    [file] --file 和文件，没有就写“没有”
    [text] 几个字
    [url] 网址，带引号
   *[yes-no] “是”或“否”
}
answer-yes = 是
answer-no = 否
answer-unknown = 不清楚
error-original-id-wanted = 原始 ID 以 gh_ 开头，后面是字母和数字，而不是“{ $value }”
hint-original-id-wanted = 公众号在 mp.weixin.qq.com 的“设置与开发 → 公众号设置 → 账号详情”里，小程序在“设置 → 基本设置”里，写着“原始 ID”。查不到就先空着。
error-followers-number-wanted = 粉丝数要填数字，而不是“{ $value }”
hint-followers-number-wanted = 例如 30000、3万，或 "<=100000"、">100000"（带引号）
error-rules-invalid = 读不懂规则文件
error-rules-inconsistent = 规则文件前后不一：{ $at } 处的“{ $name }”（{ $what }）
error-evidence-file-invalid = 读不懂已登记的凭证 evidence.json
error-events-file-invalid = 读不懂已登记的事件 events.json
error-waivers-file-invalid = 读不懂已登记的放弃项 waivers.json
error-event-unknown = 不认识的事件“{ $value }”
hint-event-unknown = 可以填：提交注销、主体核验通过、冻结期满、注销完成、最后一笔交易……（或 { $known }）
error-event-in-future = “{ $event }”的日期 { $date } 还没有到
hint-event-in-future = 请核对年份和月份，再登记一次
error-event-too-early = “{ $event }”的日期 { $date } 太早：{ $since } 才有这类账号
hint-event-too-early = { hint-event-in-future }
error-event-out-of-order = 还没有登记“{ $needs }”，不能先登记“{ $event }”（{ $account }）
hint-event-out-of-order = 先运行 `{ $liudi } event add { $needs } 【日期】`
error-second-copy-is-this = 这就是正在用的这一份存档，不算第二份：{ $path }
hint-second-copy-is-this = 把整个存档文件夹复制到另一块硬盘或网盘，再选复制出来的那一份
error-no-bill-of-trade = { $date } 登记着“{ $event }”，那天就有交易，不会没有账单
hint-no-bill-of-trade = 日子填错了，就先改“{ $event }”
error-record-file-empty = 这个文件是空的，没有记下：{ $path }
hint-record-file-empty = 重新截图或导出，打开看看里面有内容，再选它
error-second-copy-none = 这个文件夹里没有存档：{ $path }
hint-second-copy-none = 选复制出来的那个存档文件夹本身（里面有 public 和 private 两个文件夹），不是它外面的那一层
error-second-copy-differs = 那一份和现在的存档不一样（复制之后存档又变了，或者那是别的存档）：{ $path }
hint-second-copy-differs = 把现在的存档文件夹重新复制一份，再选它
error-second-copy-damaged = 那一份不完好，有 { $count } 处不对（缺了、变了或多出来），第一处是 { $first }：{ $path }
hint-second-copy-damaged = 对那个文件夹运行 liudi verify，会列出哪里不对：别人放进去的就删掉。不行就用 liudi copy 复制到一个新文件夹
error-event-still-needed = 后面还登记着“{ $later }”，不能先撤回“{ $event }”（{ $account }）
hint-event-still-needed = 先运行 `{ $liudi } event add { $later } unknown` 撤回它
error-event-before-its-cause = “{ $event }”（{ $date }）早于已登记的“{ $needs }”（{ $other }），先后反了
error-event-after-its-effect = “{ $event }”（{ $date }）晚于已登记的“{ $needs }”（{ $other }），先后反了
error-event-too-soon = { $account }的“{ $event }”（{ $date }）不会和已登记的“{ $needs }”（{ $other }）在同一天
error-event-not-of-account = { $account }没有“{ $event }”这件事
hint-event-not-of-account = 换成有这件事的那个账号再登记；收款的事是商户号的，自己微信里的收付款是个人微信的。
error-event-after-the-end = { $account } 已登记为注销完成，不能再登记“{ $event }”
error-waiver-needs-reason-and-name = 放弃 { $rule } 要写明理由和是谁决定的
hint-waiver-needs-reason-and-name = 加上 `--reason "理由"`；是谁决定的可以用 `--by "姓名"` 写明
error-rule-severity-unknown = 不认识的规则级别“{ $value }”
error-rule-confidence-unknown = 不认识的可信程度“{ $value }”
error-rule-phase-unknown = 不认识的阶段“{ $value }”
error-rule-window-kind-unknown = 不认识的期限种类“{ $value }”
error-rule-unit-unknown = 不认识的时间单位“{ $value }”
error-rule-expiry-unknown = 不认识的到期结果“{ $value }”
error-rule-source-kind-unknown = 不认识的来源种类“{ $value }”
error-rule-stance-unknown = 不认识的来源立场“{ $value }”
error-stage-unknown = 不认识的进度“{ $value }”
error-state-unknown = 不认识的状态“{ $value }”
error-verdict-unknown = 不认识的结论“{ $value }”

# 印出的命令里要填的地方。
blank-amount = 【金额】
blank-count = 【数目】
blank-day = 【日期】
blank-digest = "【第二份存档的文件夹】"
blank-file = --file "【文件】"
blank-text = "【几个字】"
blank-url = "【网址】"
blank-yes-no = 【是或否】
blank-published-total = 【篇数】
blank-comment-total = 【条数】
blank-follower-total = 【人数】
error-blank-left = 命令里的“{ $blank }”还没有换成你自己的内容
hint-blank-left = 把“{ $blank }”连同括号换成自己的内容再运行；路径和有空格的内容放在英文引号里
