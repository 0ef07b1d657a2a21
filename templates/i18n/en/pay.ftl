# WeChat Pay API v3: signing and checking signatures.

error-pay-key-unreadable = The merchant's private key cannot be read
hint-pay-key-unreadable = Use `apiclient_key.pem` from the merchant platform (it begins with `-----BEGIN PRIVATE KEY-----`), not the certificate `apiclient_cert.pem`.
error-pay-public-key-unreadable = The WeChat Pay public key cannot be read
hint-pay-public-key-unreadable = Download `pub_key.pem` again from the merchant platform: 账户中心 → API 安全 → 微信支付公钥.
error-pay-certificate-unreadable = The platform certificate of WeChat Pay cannot be read
hint-pay-certificate-unreadable = Use the platform certificate in PEM (it begins with `-----BEGIN CERTIFICATE-----`), or the WeChat Pay public key instead.
error-pay-sign-failed = The request could not be signed
error-pay-answer-unsigned = WeChat Pay's answer is not signed, so it was not believed: { $url }
error-pay-answer-stale = WeChat Pay's answer is of { $time }, more than five minutes off this machine's time, so it was not believed
hint-pay-answer-stale = Set this machine's clock and run again.
error-pay-answer-key-unknown = WeChat Pay signs with the key { $serial }, which the settings do not have
hint-pay-answer-key-unknown = Download the public key or platform certificate of that number (账户中心 → API 安全) and name it in `liudi.toml`.
error-pay-answer-probe = WeChat Pay sent a signature that is wrong on purpose (to see whether merchants check), so it was not believed
error-pay-answer-signature-wrong = The signature of WeChat Pay's answer is wrong, so it was not believed
hint-pay-answer-signature-wrong = If it keeps happening, see whether public key and its ID belong together, and whether a proxy on this machine rewrites content.
error-pay-envelope-closed =
    { $what ->
        [key] The key of a sub-merchant's bill does not open; the file was kept as it came
        [nonce] The nonce of a sub-merchant's bill is of no known length; the file was kept as it came
       *[file] A sub-merchant's bill does not open; the file was kept as it came
    }
hint-pay-envelope-closed = See that the private key in `liudi.toml` is the one of the certificate the bill was asked for with.
