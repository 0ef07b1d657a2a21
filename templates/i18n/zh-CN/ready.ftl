# 能不能注销：判定、记录、提示。

error-account-file-invalid = 读不懂账号资料 account.toml
error-account-file-not-written = 账号资料 account.toml 没有写成
error-account-kind-unknown = 不认识的账号类型“{ $value }”
hint-account-kind-unknown = 可用的有：{ $known }
error-entity-unknown = 不认识的主体类型“{ $value }”
hint-entity-unknown = 可用的有：{ $known }
error-account-key-unknown = 账号资料里没有“{ $key }”这一项
hint-account-key-unknown = 可用的有：{ $known }
error-yes-or-no-wanted = 这里要填“是”或“否”，而不是“{ $value }”
error-followers-number-wanted = 粉丝数要填数字，而不是“{ $value }”
hint-followers-number-wanted = 例如 30000，或 <=100000、>100000
error-rules-invalid = 读不懂规则文件
error-rules-inconsistent = 规则文件前后不一：{ $at } 处的“{ $name }”（{ $what }）
error-evidence-file-invalid = 读不懂已登记的凭证 evidence.json
error-events-file-invalid = 读不懂已登记的事件 events.json
error-waivers-file-invalid = 读不懂已登记的放弃项 waivers.json
error-event-unknown = 不认识的事件“{ $value }”
hint-event-unknown = 可用的有：{ $known }
error-event-out-of-order = 还没有登记“{ $needs }”，不能先登记“{ $event }”（{ $account }）
hint-event-out-of-order = 先运行 `liudi event add { $needs } 日期`
error-event-before-its-cause = “{ $event }”（{ $date }）早于它之前该有的“{ $needs }”（{ $other }）
error-event-after-the-end = { $account } 已登记为注销完成，不能再登记“{ $event }”
error-waiver-needs-reason-and-name = 放弃 { $rule } 要写明理由和是谁决定的
hint-waiver-needs-reason-and-name = 加上 `--reason 理由` 和 `--by 姓名`
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
