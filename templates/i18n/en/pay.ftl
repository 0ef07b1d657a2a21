# WeChat Pay API v3: signing and checking signatures.

error-pay-key-unreadable = The merchant's private key cannot be read
hint-pay-key-unreadable = Use `apiclient_key.pem` from the merchant platform (it begins with `-----BEGIN PRIVATE KEY-----`), not the certificate `apiclient_cert.pem`.
error-pay-public-key-unreadable = The WeChat Pay public key cannot be read
hint-pay-public-key-unreadable = Download `pub_key.pem` again from the merchant platform: 账户中心 → API 安全 → 微信支付公钥.
error-pay-certificate-unreadable = The WeChat Pay platform certificate cannot be read
hint-pay-certificate-unreadable = Use the platform certificate in PEM form (it begins with `-----BEGIN CERTIFICATE-----`), or the WeChat Pay public key instead.
error-pay-sign-failed = The request could not be signed
error-pay-answer-unsigned = WeChat Pay's response is not signed, so it was rejected: { $url }
error-pay-answer-stale = WeChat Pay's response is dated { $time }, more than five minutes from this computer's time, so it was rejected
hint-pay-answer-stale = Set this computer's clock and run again.
error-pay-answer-key-unknown = WeChat Pay signs with the key { $serial }, which is not in your settings
hint-pay-answer-key-unknown = Download the public key or platform certificate with that number (账户中心 → API 安全) and add it to `liudi.toml`.
error-pay-answer-probe = WeChat Pay sent a deliberately wrong signature (to test whether merchants check it), so the response was rejected
error-pay-answer-signature-wrong = The signature of WeChat Pay's response is wrong, so it was rejected
hint-pay-answer-signature-wrong = If this keeps happening, check whether the public key and its ID belong together, and whether a proxy on this computer rewrites content.
error-pay-envelope-closed =
    { $what ->
        [key] The key of a sub-merchant's bill cannot be decrypted; the file was kept as downloaded
        [nonce] The nonce of a sub-merchant's bill has an unknown length; the file was kept as downloaded
       *[file] A sub-merchant's bill cannot be decrypted; the file was kept as downloaded
    }
hint-pay-envelope-closed = Make sure that the private key in `liudi.toml` belongs to the certificate used to request the bill.
error-pay-offer-empty = WeChat Pay returned no download address for the bill: { $url }
error-pay-address-over = The bill's download address has expired, and so has each new one ({ $words }): { $url }
error-pay-digest-differs = The downloaded bill does not match WeChat Pay's digest, so it was not used: { $url }
hint-pay-digest-differs = The same command downloads it again. If this keeps happening, check the proxies on this computer, or download that day's bill by hand.
error-pay-bill-too-large = The bill is larger than liudi can handle: { $url }
hint-pay-bill-too-large = Download that day's bill from the merchant platform by hand and add the file.
error-pay-credentials-refused = WeChat Pay does not accept this merchant's signature ({ $code }: { $words })
hint-pay-credentials-refused = Make sure that the merchant number, serial number and private key in `liudi.toml` belong to the same certificate, and that this computer's clock is right.
error-merchant-incomplete = { $key } is missing from [merchant] in `liudi.toml`
hint-merchant-incomplete = [merchant] needs mchid, serial (of the merchant's certificate), key-file (apiclient_key.pem), and public-key-id with public-key-file (or platform-certificate-file).
error-cloud-export-broken = { $count ->
    [one] One line
   *[other] { $count } lines
} of the cloud database export cannot be read
