# The plan.
plan-title = Closing plan
plan-calendar-name = liudi: closing dates
plan-ics-submit = { $account }: earliest day to submit
plan-ics-day = { $account }: { $what }
plan-ics-after = after this day: { $expiry }
plan-ics-submitted = { $account }: closure submitted
plan-alternatives = Consider the alternatives first
plan-fuses = What disappears first
plan-steps = In this order
plan-papers = Documents to prepare
plan-destroys = What it destroys
plan-notices = Tell people first
plan-inaction = If you do nothing after submitting
plan-path = Where
plan-dates = Dates
plan-submit = earliest day to submit the closure, if the verdict allows it
plan-unconfirmed = The days to confirm have passed, and no end of the closing is recorded. If it was confirmed, record the day on which the account was closed; if not, the closing has lapsed and must be submitted again, and the dates below do not hold
plan-past = { $when } (past)
plan-submitted = submitted
plan-planned = planned
plan-from = counted from { $date }
plan-not-before = from { $date }
plan-act-by = by { $date }
plan-range = { $from } to { $until }
plan-disputed = mentioned by only one article, no official support found
plan-trust-backend = dates follow the most cautious source; what the backend shows takes precedence

plan-instead-pause = Stop posting, without closing
plan-instead-pause-keeps = account, followers and articles
plan-instead-pause-costs = free; an unverified 公众号 without a login or API call for 210 days is closed by the system
plan-instead-pause-destroys = nothing, but nothing is safe for good either: archive anyway
plan-instead-hide = Hide the posts
plan-instead-hide-keeps = data and followers, hidden from others
plan-instead-hide-costs = time: each post is set to private one by one
plan-instead-hide-destroys = nothing
plan-instead-change-admin = Change the administrator
plan-instead-change-admin-keeps = everything; only the administrator changes
plan-instead-change-admin-costs = the old administrator must scan a QR code; one article says at most five times a month
plan-instead-change-admin-destroys = nothing
plan-instead-migrate = Migrate to another account
plan-instead-migrate-keeps = original-content and comment features and violation records always move; followers, articles and WeChat ID move if chosen
plan-instead-migrate-costs = notary and review fees, one or two weeks; the target must be a verified organisation account with at most 1,000 followers
plan-instead-migrate-destroys = the old account is reclaimed; avatar, introduction, menu and auto-replies cannot be moved
plan-instead-complain = Misused or impersonated: file a complaint
plan-instead-complain-keeps = the platform acts; you do not close anything
plan-instead-complain-costs = documents; one article says about thirty working days
plan-instead-complain-destroys = the other account may be blocked, and its content lost
plan-instead-downgrade = "Downgrade to a personal account"
plan-instead-downgrade-keeps = not known
plan-instead-downgrade-costs = not known
plan-instead-downgrade-destroys = not known; do not rely on it

plan-fuse-bill-day = download the bill for { $item }: it may not be available afterwards
plan-fuse-run = {"  "}… (the bills of { $count ->
    [one] one day
   *[other] { $count } days
} in between expire one day at a time)
plan-fuse-idle = { $item }: log in once, or the system closes it
plan-fuse-openid = { $item }: convert openids; this is not possible afterwards
plan-fuse-live-replay = live replays must be generated before they can be downloaded: start now
plan-fuse-api = collect everything from the APIs: after submission they may return nothing
plan-fuse-statistics = statistics can be exported for at most three months at a time: export them in parts

plan-destroys-articles = the articles that are still on the platform, and their links
plan-destroys-followers = all followers
plan-destroys-comments = comments, likes and read counts
plan-destroys-menu = menu, auto-replies, introduction
plan-destroys-originality = the original-content mark
plan-destroys-name = the name (after the protection period others may take it)
plan-destroys-service = the service and its users' data
plan-destroys-cloud = everything in the cloud environment that was not exported
plan-destroys-works = the posts that are still on the platform
plan-destroys-replays = live replays
plan-destroys-chats = chats
plan-destroys-contacts = friends, groups and Moments
plan-destroys-logins = login with WeChat to other apps
plan-destroys-wallet = access to wallet and bills
plan-destroys-directory = contacts directory and approvals
plan-destroys-customers = customer data
plan-destroys-drive = files in 微盘 (WeDrive)
plan-destroys-collecting = taking payments
plan-destroys-console-bills = the bills in the backend
plan-destroys-goods = goods and shop pages
plan-destroys-orders = order and after-sales records in the backend

plan-inaction-cancelled = if the administrator does not confirm within seven days after the freeze, the whole closure is cancelled and must start over
plan-inaction-deleted = if you do nothing, the account is deleted for good; to change your mind, log in and undo it in time
plan-inaction-withdrawn = if it is not confirmed within thirty days, the application is withdrawn (platform sub-merchants)
plan-inaction-follows = it is closed together with its 公众号 and cannot be closed alone
plan-inaction-nothing = not documented; follow what the page says

plan-path-oa-subscription = mp.weixin.qq.com → 公众号设置 → 原始ID → 注销帐号
plan-path-oa-service = mp.weixin.qq.com → 公众号设置 → 原始ID → 注销帐号
plan-path-mp = mp.weixin.qq.com → 设置 → 基本设置 → 注销帐号 (suspend the service first)
plan-path-mp-game = mp.weixin.qq.com → 设置 → 基本设置 → 注销帐号
plan-path-mp-store = closed together with its 公众号; to release only its name, apply by mail
plan-path-channels = WeChat on the phone → 我 → 视频号 → 设置 → 注销视频号
plan-path-wechat = 微信 → 我 → 设置 → 账号与安全 → 微信安全中心 → 注销账号
plan-path-wecom = 企业微信 backend → 我的企业 → 企业信息 → 注销
plan-path-mch = pay.weixin.qq.com → 账户中心 → 注销商户号
plan-path-shop = shop backend → close the shop (ask first whether a merchant number opened through the shop can be closed separately)

plan-paper-id-card = identity card
plan-paper-phone = the linked phone
plan-paper-registrant-scan = the registrant's own QR-code scan
plan-paper-face = the registrant's face check
plan-paper-sms = the text-message code sent to the linked phone
plan-paper-pay-password = the payment password
plan-paper-mailbox = a working mailbox (may be needed on iOS)
plan-paper-mch-super-admin = the merchant number's super administrator
plan-paper-licence = business licence
plan-paper-legal-id = the legal representative's ID, both sides
plan-paper-corporate-account = corporate bank account in the owner's name (small verification transfer within ten days)
plan-paper-corporate-account-or-face = small verification transfer; without a bank account, the legal representative's face check
plan-paper-corporate-account-or-ticket = small verification transfer; without a bank account, a support ticket
plan-paper-authorisation = letter of authorisation
plan-paper-seal = official seal
plan-paper-original-id = original ID or linked mailbox
plan-paper-application = written application (sealed; without a seal, signed by the legal representative)
plan-paper-subject-certificate = certificate of the registered owner
plan-paper-sealed-letter = sealed application letter
plan-paper-renamed-red-document = after a rename: the official document on it
plan-paper-renamed-statement = after a rename: a statement (new seal)
plan-paper-renamed-certificate = after a rename: the new certificate
plan-paper-renamed-letter = after a rename: the application letter (new seal)
plan-paper-dissolution-proof = proof of dissolution
plan-paper-liquidation-report-if-there = liquidation report (have it ready if there is one; the document list does not mention it)
plan-paper-overseas-mini-program = overseas: a mini-program cannot be closed online yet; submit a support ticket
plan-paper-overseas-papers-or-transfer = overseas: documents or transfer, as the backend says
plan-paper-admin-scan = the administrator's WeChat can scan QR codes and receive notices

plan-notice-article = an article: why, when, and where to find you
plan-notice-auto-reply = an auto-reply for the keyword 注销说明
plan-notice-mark = "discontinued" on the avatar or in the name
plan-notice-post = a post that says where you can be found
plan-notice-shop-thirty-days = a prominent notice on the home page for thirty days
plan-notice-contacts = tell your contacts where to reach you

# After the closure.
after-title = What is left to do
after-none = no closure is recorded yet: `{ $liudi } event add deregistered 【DATE】`
after-check-gone = check a few original links to confirm that they are dead: `{ $liudi } probe --online`
after-publish-mirror = announce the site's address once the original links are dead
after-name-free = the old name's protection ends
after-identity-free = ID and phone number can be registered again by this day
after-mailbox-free = try whether the login mailbox can be used again; if not, submit a support ticket with your proof
after-keys-revoked = revoke the AppSecret, tokens and third-party authorisations
after-icp-filing = decide whether to cancel the mini-program's ICP filing (cannot be undone)
after-bills-last-call = last chance: for a while after the closure, bills may still be downloadable
after-keep-books = keep bills and orders yourself, as accounting and tax rules require
after-phone-free = the phone number is no longer tied to Tencent products
after-purge-followers = delete other people's data that you hold: `{ $liudi } purge followers`
after-registrations = update company, trademark and authority registrations

# Lines of the plan.
plan-source = ({ $source })
plan-before-submitting = before submitting
plan-step = { $number }. { $account } – { $stage }
plan-destroys-withdrawn = { $count ->
    [one] not counting 1 that was deleted before
   *[other] not counting { $count } that were deleted before
}
plan-destroys-count = { $what } ({ $count })
plan-alternative-disputed = { $name } ({ $note })
plan-alternative-keeps = keeps
plan-alternative-costs = costs
plan-alternative-destroys = loses

# What to do, or what happens, in each time limit.
plan-date-oa-freeze = freeze: the account cannot be used; if you change your mind, cancel the closure during this time
plan-date-oa-confirm = the administrator confirms the closure in WeChat. Without this, the whole closure is void and must start over
plan-date-oa-review = the platform reviews the documents; expect the result during this time
plan-date-oa-transfer-check = make the small verification transfer from the corporate bank account in the owner's name. If it is not made by the last day, you must submit again
plan-date-oa-idle = log in once, or the system closes the account
plan-date-oa-idle-send = log in once, or mass sending is frozen
plan-date-oa-idle-original = log in once, or the original-content mark is removed
plan-date-oa-name = the old name is no longer protected; others may use it
plan-date-mp-name = the old name is no longer protected; others may use it
plan-date-oa-identity = the ID documents can be used to register a new account
plan-date-oa-register-unverified = complete the verification during this time, or the registration fails
plan-date-oa-clear = the platform finishes clearing the account's data
plan-date-mp-freeze = freeze: the mini-program cannot be used; if you change your mind, cancel the closure during this time
plan-date-mp-freeze-game = freeze (published game): it cannot be used; if you change your mind, cancel the closure during this time
plan-date-channels-cooling = cooling-off: if you change your mind, log in during this time and cancel. If you do nothing, the 视频号 is deleted for good afterwards
plan-date-wechat-regret = time to change your mind: log in during this time and cancel. If you do nothing, the account is deleted for good afterwards
plan-date-wechat-final = the WeChat account is definitely closed and cannot be restored
plan-date-wechat-phone = the phone number is no longer tied to this WeChat account
plan-date-mch-bill-api = the last day's bill can still be downloaded; earlier bills expire earlier, and after that they are no longer available
plan-date-mch-bill-after = bills may still be downloadable after the closure; after that they are no longer available
plan-date-mch-bill-ready = the last day's bill can be downloaded
plan-date-mch-no-trade = no payment and no refund at all; only after this time can the merchant number be closed
plan-date-mch-confirm = confirm the closure of the merchant number. Without this, the application is void and must be made again
plan-date-pay-platform-keep = the payment institution is no longer required to keep the transaction records
plan-date-migrate-openid = convert the users' openids; this is not possible afterwards
plan-date-shop-notice = the closing notice is on the shop's home page; the next step is possible only after this time
plan-date-oa-stats-export = statistics can still be exported in the backend; after that they are no longer available

# A day of the calendar: what becomes possible, or has to be done by then.
plan-day-oa-freeze = the freeze is over
plan-day-oa-confirm = last day for the administrator to confirm the closure
plan-day-oa-review = earliest result of the document review
plan-day-oa-transfer-check = last day for the small verification transfer
plan-day-oa-idle = last day to log in, or the system closes the account
plan-day-oa-idle-send = last day to log in, or mass sending is frozen
plan-day-oa-idle-original = last day to log in, or the original-content mark is removed
plan-day-oa-name = others can use the old name from this day on
plan-day-mp-name = others can use the old name from this day on
plan-day-oa-identity = the ID documents can register a new account from this day on
plan-day-oa-register-unverified = last day to be verified
plan-day-oa-clear = earliest day by which the platform has cleared the data
plan-day-mp-freeze = the freeze is over
plan-day-mp-freeze-game = the freeze is over (published game)
plan-day-channels-cooling = the cooling-off is over, and the account is deleted
plan-day-wechat-regret = the time to change your mind is over
plan-day-wechat-final = the WeChat account is definitely closed
plan-day-wechat-phone = the phone number can be used for something else from this day on
plan-day-mch-bill-api = last day to download the bill of the day of the last trade
plan-day-mch-bill-after = last day to download bills after the closure
plan-day-mch-bill-ready = the bill of the day of the last trade can be downloaded
plan-day-mch-no-trade = the period without transactions is over: the closure of the merchant number can be requested
plan-day-mch-confirm = last day to confirm the closure of the merchant number
plan-day-pay-platform-keep = the payment institution no longer has to keep the records
plan-day-migrate-openid = last day to convert openids
plan-day-shop-notice = the public closing notice is over
plan-day-oa-stats-export = last day to export statistics
