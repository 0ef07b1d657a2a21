# The official APIs (--api).

api-plan-resumed = An earlier run was interrupted; it goes on where it stood.
api-plan-account =
    { $service ->
        [merchant] Merchant { $account }:
        [mini-program] Mini program { $account }:
        [shop] WeChat shop { $account }:
       *[official-account] Account { $account }:
    }
api-plan-open =
    {"  "}{ $name }: about { $calls } { $calls ->
        [1] call
       *[other] calls
    }, { $days } { $days ->
        [1] day
       *[other] days
    }
api-plan-uncounted = {"  "}{ $name }: the number of calls shows only while it is asked for
api-plan-goes-on = {"  "}{ $name }: goes on where the last run stood
api-plan-waits = {"  "}{ $name }: today's calls are used up; goes on tomorrow
api-plan-not-permitted = {"  "}{ $name }: not open to this kind of account ({ $code }); this is normal
api-plan-unknown = {"  "}{ $name }: the platform's answer was not clear ({ $code }); it will be tried
api-plan-total =
    In all about { $calls } { $calls ->
        [1] call
       *[other] calls
    } over { $days } { $days ->
        [1] day
       *[other] days
    }.
api-plan-total-at-least =
    In all { $calls } { $calls ->
        [1] call
       *[other] calls
    } over { $days } { $days ->
        [1] day
       *[other] days
    }, and those that cannot be counted before.

api-done =
    { $name }: { $calls ->
        [0] nothing to ask for so far
        [1] complete (1 call)
       *[other] complete ({ $calls } calls)
    }
api-failed =
    { $name }: did not come through; the next run goes on from there ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-interrupted =
    { $name }: stopped on the way; the next run goes on from there ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-not-permitted = { $name }: not open to this kind of account; noted in the list of gaps
api-waits =
    { $name }: today's calls are used up, or the platform is not ready yet; what came is kept ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-until = Run the same command again after { $time }, or let it wait with `--wait`; nothing is asked twice.

api-name-account-settings = Menu, automatic replies, account information
api-name-account-statistics = Daily statistics of the account
api-name-article-reads = Daily reads of articles
api-name-article-shares = Daily shares of articles
api-name-article-statistics = Statistics of each article (and the list of articles sent out since November 2025)
api-name-comments = Comments and replies
api-name-customer-service = Daily numbers of customer-service messages
api-name-drafts = Drafts
api-name-finder-live = live broadcasts of the 视频号
api-name-follower-changes = Daily new and lost followers
api-name-follower-totals = Daily totals of followers
api-name-followers = List of followers and blacklist
api-name-freepublish = Published articles
api-name-materials = Permanent material
api-name-message-counts = Daily numbers of messages
api-name-message-spread = Daily spread of messages
api-name-message-weeks = Weekly numbers of messages
api-name-message-months = Monthly numbers of messages
api-name-message-spread-weeks = Weekly spread of messages
api-name-message-spread-months = Monthly spread of messages
api-name-message-hours = Hourly numbers of messages
api-name-mini-analysis = visits of the mini program
api-name-mini-basic = basic information of the mini program
api-name-mini-cloud = cloud database and files
api-name-publisher = Advertising income and settlements
api-name-shop-basic = basic information of the shop
api-name-shop-funds = fund flow of the shop
api-name-shop-orders = orders of the shop
api-name-shop-withdrawals = withdrawals of the shop
api-name-tags = Tags
api-name-wxpay-balances = day-end balances
api-name-wxpay-bills = trade bills and fund-flow bills
api-name-wxpay-platform-bills = bills of e-commerce platforms and service providers
api-name-wxpay-sharing-bills = profit-sharing bills
api-name-wxpay-sub-merchant-bills = fund-flow bills of sub-merchants

error-api-answer-lost = A large answer of the API cannot be kept in, or read from, { $path }
hint-api-answer-lost = Check free space; the same command goes on where it stopped.
error-calls-failed = The list of API calls cannot be read or written ({ $action })
hint-calls-failed = Check free space; the same command goes on where it stopped.
error-api-not-configured = No account is configured
hint-api-not-configured = Write `[account]` with `appid = "wx…"` and `secret-file = "…"` into `liudi.toml`; a merchant goes into `[merchant]`, a mini program into `[mini-program]`, a shop into `[shop]`. AppID and AppSecret stand in the WeChat developer platform (developers.weixin.qq.com).
error-api-needs-network = `--api` and `--offline` exclude each other
error-secret-missing = The AppSecret is missing
hint-secret-missing = Put it into the environment variable { $variable }, or into a file that only you can read, named by `secret-file` in `liudi.toml`.
error-secret-invalid = The AppSecret does not look like one
hint-secret-invalid = It is the string of 32 letters and digits that the console shows once; nothing else may stand in the file.
error-secret-file-unreadable = The file with the secret cannot be read: { $path }
error-secret-file-open-to-others = Others on this machine can read the file with the secret: { $path }
hint-secret-file-open-to-others = Make it yours alone (`chmod 600 FILE`), then run again.
error-api-token-missing = The platform sent no access token
error-api-busy = The platform stays busy ({ $code }): { $path }
hint-api-busy = Run the same command again after a while; it goes on where it stopped.
error-api-account-frozen = The platform has frozen or restricted this account ({ $code }: { $words }); nothing more is asked of it
hint-api-account-frozen = What came before is kept. Look at the notices in the account's console; only files you save yourself can be added now.
error-api-address-not-allowed = The platform does not allow calls from this address: { $ip }
hint-api-address-not-allowed = Add { $ip } to the IP allow-list (IP白名单) in the developer platform, wait a few minutes and run again.
error-api-secret-frozen = The AppSecret is frozen in the console ({ $code })
hint-api-secret-frozen = Unfreeze it in the developer platform, then run again.
error-api-needs-confirmation = The platform waits for the administrator's confirmation ({ $code }: { $words })
hint-api-needs-confirmation = The administrator has received a message in WeChat; after confirming, run again.
error-api-credentials-refused = The platform does not accept AppID and AppSecret ({ $code }: { $words })
hint-api-credentials-refused = Compare both with the developer platform. A reset secret makes the old one void.
error-api-refused = The platform refused the call ({ $code }: { $words })
error-api-answer-invalid = A kept answer of the API is not understood
error-api-cursor-invalid = The place where a collector stood cannot be written down
error-fetch-not-json = What came is not the JSON that was asked for: { $url }
error-fetch-length-unknown = The connection closed without saying whether everything had come: { $url }
error-fetch-header-invalid = A request cannot be sent: { $name } holds characters that it must not

# Pages beside the interfaces.
api-fetches-pages = Once the interfaces have answered, the pages and pictures they list and the archive lacks are fetched. If you do not want that: Ctrl-C, then run again with --api-only.
api-ask-pages = Once the interfaces have answered, shall the pages and pictures they list and the archive lacks be fetched too? (yes / no, Enter for yes)
error-collector-unknown = "{ $value }" in { $key } is nothing that the interfaces are asked for
hint-collector-unknown = write it as `liudi backup --api --plan` prints it, such as "Hourly numbers of messages"; or one of: { $known }
