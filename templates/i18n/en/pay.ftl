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
error-pay-offer-empty = WeChat Pay gave no address for the bill: { $url }
error-pay-address-over = The address of the bill is over, and so was each new one ({ $words }): { $url }
error-pay-digest-differs = The bill that came is not the one of WeChat Pay's digest, so it was not used: { $url }
hint-pay-digest-differs = Running the same command again fetches it anew. If it keeps happening, look at proxies on this machine, or download that day's bill by hand.
error-pay-bill-too-large = The bill is larger than this program handles: { $url }
hint-pay-bill-too-large = Download that day's bill from the merchant platform by hand and give it as a file.
error-pay-credentials-refused = WeChat Pay does not accept this merchant's signature ({ $code }: { $words })
hint-pay-credentials-refused = See that merchant number, serial number and private key in `liudi.toml` belong to one certificate, and that this machine's clock is right.
error-merchant-incomplete = [merchant] in `liudi.toml` lacks { $key }
hint-merchant-incomplete = It needs mchid, serial (of the merchant's certificate), key-file (apiclient_key.pem), and public-key-id with public-key-file (or platform-certificate-file).
error-cloud-export-broken = { $count ->
    [one] One line
   *[other] { $count } lines
} of the cloud database's export cannot be read
