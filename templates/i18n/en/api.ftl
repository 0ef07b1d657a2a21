# The official APIs (--api).

api-plan-resumed = An earlier run was interrupted; this one continues where it stopped.
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
api-plan-uncounted = {"  "}{ $name }: the number of calls is known only once it is requested
api-plan-goes-on = {"  "}{ $name }: continues where the last run stopped
api-plan-waits = {"  "}{ $name }: today's quota is used up; continues tomorrow
api-plan-not-permitted = {"  "}{ $name }: not available to this kind of account ({ $code }); this is normal
api-plan-unknown = {"  "}{ $name }: the platform's response was unclear ({ $code }); it will be tried
api-plan-total =
    In total about { $calls } { $calls ->
        [1] call
       *[other] calls
    } over { $days } { $days ->
        [1] day
       *[other] days
    }.
api-plan-total-at-least =
    In total { $calls } { $calls ->
        [1] call
       *[other] calls
    } over { $days } { $days ->
        [1] day
       *[other] days
    }, plus those that cannot be counted in advance.

api-done =
    { $name }: { $calls ->
        [0] nothing to request so far
        [1] complete (1 call)
       *[other] complete ({ $calls } calls)
    }
api-failed =
    { $name }: failed; the next run continues from there ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-interrupted =
    { $name }: stopped before it was done; the next run continues from there ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-not-permitted = { $name }: not available to this kind of account; added to the list of gaps
api-waits =
    { $name }: today's quota is used up, or the platform is not ready yet; everything received is saved ({ $calls } { $calls ->
        [1] call
       *[other] calls
    })
api-until = Run the same command again after { $time }, or use `--wait`; nothing is requested twice.

api-name-account-settings = Menu, automatic replies, account information
api-name-account-statistics = Daily statistics of the account
api-name-article-reads = Daily reads of articles
api-name-article-shares = Daily shares of articles
api-name-article-statistics = Statistics of each article (and the list of articles sent out since November 2025)
api-name-comments = Comments and replies
api-name-customer-service = Daily numbers of customer-service messages
api-name-drafts = Drafts
api-name-finder-live = Live broadcasts of the 视频号
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
api-name-mini-analysis = Visits of the mini program
api-name-mini-basic = Basic information of the mini program
api-name-mini-cloud = Cloud database and files
api-name-publisher = Advertising income and settlements
api-name-shop-basic = Basic information of the shop
api-name-shop-funds = Fund flow of the shop
api-name-shop-orders = Orders of the shop
api-name-shop-withdrawals = Withdrawals of the shop
api-name-tags = Tags
api-name-wxpay-balances = Day-end balances
api-name-wxpay-bills = Trade bills and fund-flow bills
api-name-wxpay-platform-bills = Bills of e-commerce platforms and service providers
api-name-wxpay-sharing-bills = Profit-sharing bills
api-name-wxpay-sub-merchant-bills = Fund-flow bills of sub-merchants

error-api-answer-lost = A large API response cannot be written to, or read from, { $path }
hint-api-answer-lost = Check free disk space and try again; it continues where it stopped.
error-calls-failed = The record of API calls cannot be read or written ({ $action })
hint-calls-failed = Check free disk space and try again; it continues where it stopped.
error-api-not-configured = No account is configured
hint-api-not-configured = Write `[account]` with `appid = "wx…"` and `secret-file = "…"` in `liudi.toml`; use `[merchant]` for a merchant, `[mini-program]` for a mini-program, `[shop]` for a shop. The AppID and AppSecret are in the WeChat developer platform (developers.weixin.qq.com).
error-api-needs-network = `--api` and `--offline` cannot be used together
error-secret-missing = The AppSecret is missing
hint-secret-missing = Put it in the environment variable { $variable }, or in a file that only you can read, and name that file with `secret-file` in `liudi.toml`.
error-secret-invalid = This does not look like an AppSecret
hint-secret-invalid = An AppSecret is 32 letters and digits, shown once in the backend; the file must contain nothing else.
error-secret-file-unreadable = The file with the secret cannot be read: { $path }
error-secret-file-open-to-others = Other users of this computer can read the file with the secret: { $path }
hint-secret-file-open-to-others = Make it readable only by you (`chmod 600 "{ $path }"`), then run again.
error-api-token-missing = The platform returned no access token
error-api-busy = The platform keeps answering that it is busy ({ $code }): { $path }
hint-api-busy = Run the same command again later; it continues where it stopped.
error-api-account-frozen = The platform has frozen or restricted this account ({ $code }: { $words }), so its APIs are not called any more
hint-api-account-frozen = Everything received before is saved. Check the notices in the account's backend; from now on you can only add files you save yourself.
error-api-address-not-allowed = The platform does not allow calls from this address: { $ip }
hint-api-address-not-allowed = Add { $ip } to the IP allow-list (IP白名单) in the developer platform, wait a few minutes and run again.
error-api-secret-frozen = The AppSecret has been frozen in the backend ({ $code })
hint-api-secret-frozen = Unfreeze it in the developer platform, then run again.
error-api-needs-confirmation = The platform is waiting for the administrator's confirmation ({ $code }: { $words })
hint-api-needs-confirmation = The administrator receives a message in WeChat; run again after it has been confirmed.
error-api-credentials-refused = The platform does not accept this AppID and AppSecret ({ $code }: { $words })
hint-api-credentials-refused = Compare both with the developer platform. After a reset the old AppSecret is no longer valid.
error-api-refused = The platform refused the call ({ $code }: { $words })
error-api-answer-invalid = A saved API response cannot be understood
error-api-cursor-invalid = The progress of an API collector cannot be saved
error-fetch-not-json = The server returned something other than the JSON that was requested: { $url }
error-fetch-length-unknown = The connection closed without confirming that the response was complete: { $url }
error-fetch-header-invalid = The request cannot be sent: { $name } contains characters that are not allowed

# Pages in addition to the APIs.
api-fetches-pages = After the API calls, pages and pictures that the APIs list but the archive lacks are also fetched. If you do not want this, press Ctrl-C and run again with --api-only.
api-ask-pages = After the API calls, also fetch pages and pictures that the APIs list but the archive lacks? (yes / no, Enter for yes)
error-collector-unknown = "{ $value }" in { $key } is not something the APIs offer
hint-collector-unknown = write it as `liudi backup --api --plan` prints it, such as "Hourly numbers of messages"; or use one of: { $known }
