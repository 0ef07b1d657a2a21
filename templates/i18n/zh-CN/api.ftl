# 官方接口（--api）。

api-plan-resumed = 上次中途停下了，从停下的地方接着做。
api-plan-account =
    { $service ->
        [merchant] 商户号 { $account }：
        [mini-program] 小程序 { $account }：
        [shop] 微信小店 { $account }：
       *[official-account] 账号 { $account }：
    }
api-plan-open = 　{ $name }：大约 { $calls } 次调用，{ $days } 天
api-plan-uncounted = 　{ $name }：要调用多少次，取的时候才知道
api-plan-goes-on = 　{ $name }：从上次停下的地方接着做
api-plan-waits = 　{ $name }：今天的调用次数用完了，明天接着做
api-plan-not-permitted = 　{ $name }：这类账号没有这个接口的权限（{ $code }），属于正常情况
api-plan-unknown = 　{ $name }：平台没有明确答复（{ $code }），会试一试
api-plan-total = 合计大约 { $calls } 次调用，{ $days } 天做完。
api-plan-total-at-least = 能事先数出的是 { $calls } 次调用，{ $days } 天；其余的取的时候才知道。

api-done =
    { $name }：{ $calls ->
        [0] 目前没有要取的
       *[other] 已取完（{ $calls } 次调用）
    }
api-failed = { $name }：没有取成，下次运行从这里接着做（{ $calls } 次调用）
api-interrupted = { $name }：中途停下了，下次运行从这里接着做（{ $calls } 次调用）
api-not-permitted = { $name }：这类账号没有权限，已记入缺失清单
api-waits = { $name }：今天的调用次数用完了，或平台还没有准备好；已取到的都存下了（{ $calls } 次调用）
api-until = { $time } 之后再运行一次同样的命令，或加 --wait 让它自己等；已取过的不会重复取。

api-name-account-settings = 菜单、自动回复、账号信息
api-name-account-statistics = 每日账号概况
api-name-article-reads = 每日图文阅读
api-name-article-shares = 每日图文分享
api-name-article-statistics = 单篇图文统计（也列出 2025 年 11 月以来群发的文章）
api-name-comments = 留言和回复
api-name-customer-service = 每日客服消息条数
api-name-drafts = 草稿
api-name-finder-live = 视频号的直播数据
api-name-follower-changes = 每日新增和取消关注
api-name-follower-totals = 每日累计关注
api-name-followers = 关注者名单和黑名单
api-name-freepublish = 已发布的文章
api-name-materials = 素材库
api-name-message-counts = 每日消息数
api-name-message-spread = 每日发消息人数分布
api-name-message-weeks = 每周消息数
api-name-message-months = 每月消息数
api-name-message-spread-weeks = 每周发消息人数分布
api-name-message-spread-months = 每月发消息人数分布
api-name-message-hours = 每小时消息数
api-name-mini-analysis = 小程序的访问数据
api-name-mini-basic = 小程序的基本信息
api-name-mini-cloud = 云开发的数据库和文件
api-name-publisher = 流量主收入和结算
api-name-shop-basic = 小店的基本信息
api-name-shop-funds = 小店的资金流水
api-name-shop-orders = 小店的订单
api-name-shop-withdrawals = 小店的提现记录
api-name-tags = 用户标签
api-name-wxpay-balances = 日终余额
api-name-wxpay-bills = 交易账单和资金账单
api-name-wxpay-platform-bills = 电商平台、服务商的账单
api-name-wxpay-sharing-bills = 分账账单
api-name-wxpay-sub-merchant-bills = 特约商户的资金账单

error-api-answer-lost = 接口返回的大文件存不进（或读不出）{ $path }
hint-api-answer-lost = 请检查磁盘剩余空间；再做一次会接着做。
error-calls-failed = 接口调用记录读写失败（{ $action }）
hint-calls-failed = 请检查磁盘空间；再做一次会从停下的地方接着做。
error-api-not-configured = 还没有配置账号
hint-api-not-configured = 在 liudi.toml 里写上 [account]，其中 appid = "wx…"、secret-file = "…"；商户写 [merchant]，小程序写 [mini-program]，微信小店写 [shop]。AppID 和 AppSecret 在微信开发者平台（developers.weixin.qq.com）查看。
error-api-needs-network = --api 和 --offline 不能一起用
error-secret-missing = 缺少 AppSecret
hint-secret-missing = 放进环境变量 { $variable }，或放进只有本人能读的文件，并在 liudi.toml 里用 secret-file 写明它的位置。
error-secret-invalid = AppSecret 的样子不对
hint-secret-invalid = 它是后台只显示一次的 32 位字母和数字；文件里不要有别的内容。
error-secret-file-unreadable = 存放密钥的文件读不出来：{ $path }
error-secret-file-open-to-others = 这台电脑上的其他用户也能读到密钥文件：{ $path }
hint-secret-file-open-to-others = 请改成只有本人可读（chmod 600 "{ $path }"），再运行一次。
error-api-token-missing = 平台没有给出访问凭证
error-api-busy = 平台一直繁忙（{ $code }）：{ $path }
hint-api-busy = 过一会儿再运行同样的命令，会从停下的地方接着做。
error-api-account-frozen = 平台已冻结或限制这个账号（{ $code }：{ $words }），不再调用它的接口
hint-api-account-frozen = 之前取到的都存下了。请查看账号后台的通知；现在只能补充自己保存的文件。
error-api-address-not-allowed = 平台不允许从这个地址调用：{ $ip }
hint-api-address-not-allowed = 请在开发者平台的“IP白名单”里加上 { $ip }，等几分钟再运行。
error-api-secret-frozen = AppSecret 已在后台被冻结（{ $code }）
hint-api-secret-frozen = 请在开发者平台解冻，再运行一次。
error-api-needs-confirmation = 平台在等管理员确认（{ $code }：{ $words }）
hint-api-needs-confirmation = 管理员的微信会收到一条消息，确认后再运行一次。
error-api-credentials-refused = 平台不认这组 AppID 和 AppSecret（{ $code }：{ $words }）
hint-api-credentials-refused = 请与开发者平台核对；密钥重置后旧的就失效了。
error-api-refused = 平台拒绝了这次调用（{ $code }：{ $words }）
error-api-answer-invalid = 存下的一条接口返回无法识别
error-api-cursor-invalid = 无法保存接口采集的进度
error-fetch-not-json = 收到的不是所要的 JSON：{ $url }
error-fetch-length-unknown = 连接断开时没有说明内容是否完整：{ $url }
error-fetch-header-invalid = 请求发不出去：{ $name } 里有不允许的字符

# 接口之外的网页。
api-fetches-pages = 调用完接口，还会联网抓取接口列出、手里没有的文章网页和图片。不要就按 Ctrl-C 停下，加 --api-only 再运行。
api-ask-pages = 调用完接口，还要联网抓取接口列出、手里没有的文章网页和图片吗？（是 / 否，直接回车就是“是”）
error-collector-unknown = { $key } 里的“{ $value }”不是接口能取的内容
hint-collector-unknown = 照 `liudi backup --api --plan` 列出的名字写，例如“每小时消息数”；或写：{ $known }
