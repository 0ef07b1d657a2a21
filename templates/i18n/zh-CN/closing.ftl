# 注销前后的命令。
cli-account = 查看或填写账号资料
cli-account-set = 填写资料，如 kinds=公众号 entity=个人 uses.pay=否
cli-account-set-values = 名称=值；值留空就清除这一项
cli-account-list = 列出已经填写的
cli-event-list = 列出已经登记的
cli-evidence-list = 列出已经登记的
records-none = 还没有登记任何内容。
cli-event = 登记发生了什么：提交、冻结、注销完成……
cli-event-add = 登记一件事和它的日期
cli-event-add-name = 哪件事：提交注销、主体核验通过、冻结期满、注销完成……
cli-event-add-date = 哪一天，如 2026-12-01、2026年12月1日、昨天；不写就问
cli-event-add-account-kind = 有几个账号时，指明是哪一个
cli-evidence = 登记只有你知道的数字、答案和文件
cli-evidence-add = 登记一条；截图或导出文件会连同摘要存进私密部分
cli-evidence-add-key = 登记哪一项（见 `liudi ready` 的提示）
cli-evidence-add-value = 数字、日期、答案或文字；不写就问
cli-evidence-add-file = 一起保存的截图或导出文件
cli-any-by = 谁确认的（默认：这台电脑的用户名）
cli-any-note = 自己的备注
cli-guide = 每样东西去哪里拿、怎么拿，最容易消失的排在最前
cli-guide-account-kind = 账号类型（默认：账号资料里填的）
cli-plan = 排出注销的次序、日期、材料，以及每一步会毁掉什么
cli-plan-on = 从哪一天开始
cli-plan-ics = 把日期另存为日历文件（.ics）
cli-plan-letters = 把公告、自动回复、申请函的草稿写到这个文件夹
cli-any-rules = 用另一份规则文件
cli-probe = 看看原链接是否已经失效（要加 --online）
cli-probe-count = 看几个链接
cli-purge = 删除存档里不再需要的他人信息
cli-purge-what = 删什么：followers
cli-purge-apply = 真的删除；不加只说会删什么
cli-ready = 现在可以注销了吗？逐条核对并写出报告
cli-ready-ask = 先把还不清楚的一个个问清楚
cli-ready-after = 列出注销之后还要做的事
cli-ready-reread = 今天读过也重新逐字节读一遍
cli-ready-site = 网站在哪里（默认：存档/site）
cli-waive = 声明放弃某一项，写明理由
cli-waive-rule = 哪一条：编号或标题，照报告里写
cli-waive-items = 放弃什么：照报告里的名字写，可以写多次
cli-waive-reason = 为什么；不写就问
cli-waive-take-back = 撤回：不放弃了，又算作还缺

# 结果。
account-saved = 账号资料已保存
evidence-saved = 已登记：{ $question } → { $value }（{ $key }）
event-withdrawn = { $count ->
    [0] 没有登记过“{ $event }”，没有可以撤回的
   *[other] 已撤回“{ $event }”的 { $count } 条登记
}
event-saved = 已登记：{ $date } { $event }
waiver-saved = 已声明放弃：{ $rule }，{ $count } 项
waiver-taken-back = 已撤回放弃：{ $rule }，{ $count } 项，又算作还缺
waiver-names-wanted = 已记下“{ $rule }”的理由；但还缺 { $count } 样东西，要逐个写出名字才算放弃：{ $liudi } waive { $id } --item "名字"（名字见 { $liudi } ready）
evidence-ask = { $question }
event-ask-date = 哪一天{ $event }？（例如 2026-12-01、昨天）
waive-ask-reason = 为什么放弃“{ $rule }”？
plan-ics-written = 日历文件：{ $path }
plan-letters-written = 信函草稿在 { $path }：
plan-letter-new = 　{ $name }：已写好，{ $blanks ->
    [0] 没有要填的
   *[other] 还有 { $blanks } 处要填
}
plan-letter-updated = 　{ $name }：按新知道的情况重写了，{ $blanks ->
    [0] 没有要填的
   *[other] 还有 { $blanks } 处要填
}
plan-letter-same = 　{ $place }：没有变化
plan-letter-yours = 　{ $name }：你改过，没有动它
plan-letter-beside = 　{ $name }：你改过，没有动它；新的一份另存为 { $place }
plan-letters-blanks = { $blanks ->
    [0] 交出前再通读一遍。
   *[other] 要填的地方写作【请填写：……】。不想每封信都填一遍，就先登记一次，没有改过的草稿再运行时会跟着更新：
    { $liudi } account set "contact=【联系方式】" "reason=【注销原因】" "mailbox=【登录邮箱】" "operator=【经办人】" "elsewhere=【今后在哪里找你】"
}
purge-nothing = 没有这样的文件
purge-planned = 共 { $count } 个文件；要真的删除，加 --apply
purge-done = 已删除 { $count } 个文件，并登记了日期
probe-gone = 已失效
ready-report-written = 报告：{ $path }

# 事件的名字。
event-application-passed = 商户号注销申请通过
event-cancelled = 注销已取消
event-cleared = 数据已清除
event-deregistered = 注销完成
event-first-trade = 第一笔交易
event-freeze-end = 冻结期满
event-frozen = 进入冻结期
event-last-login-or-api-call = 最近一次登录或调接口
event-last-trade = 最后一笔交易
event-personal-first-trade = 个人的第一笔交易
event-personal-last-trade = 个人的最后一笔交易
event-migration-review-passed = 迁移审核通过
event-notice-published = 公告已发布
event-registered = 注册
event-released = 名称已释放
event-subject-verified = 主体核验通过
event-submitted = 提交注销
event-trade-end = 停止收款
event-transfer-shown = 收到打款要求

# 出错。
error-readiness-unreadable = 读不出 { $path }
error-readiness-unwritable = 写不了 { $path }
error-report-not-kept = 报告写不了：{ $path }
error-plan-write-failed = 写不了 { $path }
error-mirror-scan-failed = 检查网站时出错
error-account-value-wanted = 要写成 名称=值，而不是“{ $value }”
error-evidence-key-unknown = 没有“{ $key }”这一项可以登记
hint-evidence-key-unknown = 最接近的有：{ $known }。要登记什么，`{ $liudi } ready` 里写着
error-event-which-account = 有几个账号，要指明“{ $event }”是哪一个的
hint-event-which-account = 加上 `--kind`，可用的有：{ $known }
error-waiver-rule-unknown = 没有“{ $rule }”这条规则
hint-waiver-rule-unknown = 最接近的有：{ $known }
error-waiver-item-unknown = “{ $item }”不是这一条（{ $rule }）里缺的东西
hint-waiver-item-unknown = 这一条里还缺的有：{ $known }
error-waiver-nothing-lost = “{ $rule }”里没有取不到的东西
hint-waiver-nothing-lost = 请看最新的清单。
error-waiver-nothing-open = 这一条（{ $rule }）里没有缺什么，不用放弃“{ $item }”
hint-waiver-nothing-open = 还缺的都在 `{ $liudi } ready` 里，照那里的名字写
error-waiver-not-recorded = 这一条（{ $rule }）里没有登记过放弃“{ $item }”
error-waiver-none-recorded = 这一条（{ $rule }）没有整条登记过放弃
hint-waiver-none-recorded = { hint-waiver-not-recorded }
hint-waiver-not-recorded = 已放弃的列在 `{ $liudi } gaps` 的末尾和 `{ $liudi } ready` 的报告里，照那里的名字写；逐项放弃的要写 `--item "名字"`
error-purge-what-unknown = 不知道怎么删除“{ $what }”；可用的有：followers
error-probe-needs-online = 这要联网查看，请加 --online
error-probe-failed = 没能连上平台

# 保存的文件是什么。
document-auto-reply = 自动回复
document-contract = 合同
document-document = 资料
document-invoice = 发票
document-menu = 菜单
document-orders = 订单
document-profile = 账号资料
document-screenshot = 截图
document-statement = 对账单

# 存档与刚登记的对不上；登记照样算数。
remark-fewer-than-held = 登记的是 { $recorded }，存档里却有 { $held }。多出来的如果是已删除的，就没有问题；不然请再数一遍，改过来。
remark-bill-before = 登记的第一天是 { $recorded }，可存档里有 { $held } 的账单，比它早。那一天要是收过款，请把第一天改早；账单按更早的那天算起。
remark-bill-after = 登记的最后一天是 { $recorded }，可存档里有 { $held } 的账单，比它晚。那一天要是收过款或退过款，请改过来；账单算到更晚的那天。
remark-article-before = 登记的注册日期是 { $recorded }，可存档里有 { $held } 的文章，比它早。账号迁移来的文章可以更早；不然请核对。
