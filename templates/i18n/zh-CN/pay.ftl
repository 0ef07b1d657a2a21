# 微信支付 API v3：签名与验签。

error-pay-key-unreadable = 商户私钥读不出来
hint-pay-key-unreadable = 请使用商户平台生成的 `apiclient_key.pem`（以 `-----BEGIN PRIVATE KEY-----` 开头），不要用证书文件 `apiclient_cert.pem`。
error-pay-public-key-unreadable = 微信支付公钥读不出来
hint-pay-public-key-unreadable = 请在商户平台“账户中心 → API 安全 → 微信支付公钥”重新下载 `pub_key.pem`。
error-pay-certificate-unreadable = 微信支付平台证书读不出来
hint-pay-certificate-unreadable = 请使用 PEM 格式的平台证书（以 `-----BEGIN CERTIFICATE-----` 开头），或改用微信支付公钥。
error-pay-sign-failed = 请求签名没有做成
error-pay-answer-unsigned = 微信支付的回应没有签名，没有采信：{ $url }
error-pay-answer-stale = 微信支付的回应时间（{ $time }）与本机时间相差超过 5 分钟，没有采信
hint-pay-answer-stale = 请校准本机的时间后再运行。
error-pay-answer-key-unknown = 微信支付用编号 { $serial } 的密钥签名，而配置里没有这把公钥
hint-pay-answer-key-unknown = 请在商户平台“账户中心 → API 安全”下载编号相同的微信支付公钥或平台证书，写进 `liudi.toml`。
error-pay-answer-probe = 微信支付发来一个故意做错的签名（用来检查商户是否验签），没有采信
error-pay-answer-signature-wrong = 微信支付回应的签名不对，没有采信
hint-pay-answer-signature-wrong = 若一再出现，请检查微信支付公钥与公钥 ID 是否配套，以及本机的代理软件是否改写了内容。
error-pay-envelope-closed =
    { $what ->
        [key] 特约商户账单的密钥解不开，原文件已保存
        [nonce] 特约商户账单的随机串长度不认识，原文件已保存
       *[file] 特约商户账单解不开，原文件已保存
    }
hint-pay-envelope-closed = 请确认 `liudi.toml` 里的私钥就是申请账单时所用证书的私钥。
error-pay-offer-empty = 微信支付没有给出账单的下载地址：{ $url }
error-pay-address-over = 账单的下载地址已失效，重新申请后仍然如此（{ $words }）：{ $url }
error-pay-digest-differs = 下载的账单与微信支付给出的摘要不符，没有采用：{ $url }
hint-pay-digest-differs = 再运行同样的命令会重新下载。若一再出现，请检查本机的代理软件，或到商户平台手工下载这一天的账单。
error-pay-bill-too-large = 账单超过了本程序能处理的大小：{ $url }
hint-pay-bill-too-large = 请到商户平台手工下载这一天的账单，再作为文件导入。
error-pay-credentials-refused = 微信支付不认这个商户的签名（{ $code }：{ $words }）
hint-pay-credentials-refused = 请核对 `liudi.toml` 里的商户号、证书序列号与私钥是否属于同一张证书，以及本机时间是否准确。
error-merchant-incomplete = `liudi.toml` 的 [merchant] 里还缺 { $key }
hint-merchant-incomplete = 需要 mchid、serial（商户证书序列号）、key-file（apiclient_key.pem），以及 public-key-id 和 public-key-file（或 platform-certificate-file）。
error-cloud-export-broken = 云开发数据库的导出里有 { $count } 行读不出来
