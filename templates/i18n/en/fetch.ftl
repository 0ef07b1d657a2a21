# Fetching from the network (--online).

error-fetch-url-refused = liudi may not fetch this address, so no request was sent: { $url }
hint-fetch-url-refused = liudi only connects to hosts of the WeChat platform, over HTTPS. Save other pages yourself and add them as files.
error-fetch-address-refused = The host name resolves to an address in a private network, so no request was sent: { $url }
hint-fetch-address-refused = Check this computer's DNS, hosts file or proxy: one of them may be rewriting WeChat's host names.
error-fetch-host-map-invalid = The substitute address for { $host } is not valid: { $base }
hint-fetch-host-map-invalid = Substitute addresses are for tests: a host of the platform on the left, this computer on the right, such as `http://127.0.0.1:8080`.
error-fetch-client-failed = A secure connection is not possible: the system's root certificates were not found
hint-fetch-client-failed = Install them (Debian, Ubuntu: `apt install ca-certificates`). Everything that does not use the network still works.
error-fetch-connect-failed = The server could not be reached: { $url }
hint-fetch-connect-failed = Check the network and try again later; it continues where it stopped.
error-fetch-timeout =
    { $stage ->
        [connect] Connecting took too long: { $url }
        [headers] The server took too long to respond: { $url }
        [total] The whole download took too long: { $url }
       *[body] The download stalled: { $url }
    }
error-fetch-too-slow = The download was too slow and was abandoned: { $url }
error-fetch-status = The server responded with status { $status }: { $url }
error-fetch-rate-limited = The server asks for fewer requests (status { $status }): { $url }
hint-fetch-rate-limited = Run again later; nothing is downloaded twice.
error-fetch-challenge = WeChat asks for a human check (“环境异常”), so no more requests are sent to this host: { $url }
hint-fetch-challenge = Open the link in a browser, pass the check and save the page; or run again in a few hours. Articles not fetched are in the list of gaps.
error-fetch-host-stopped =
    { $why ->
        [challenge] { $host } asks for a human check, so this run sends it no more requests: { $url }
        [limited] { $host } keeps asking for fewer requests, so this run sends it no more: { $url }
       *[unreachable] { $host } does not respond, so this run sends it no more requests: { $url }
    }
error-fetch-redirect-loop = Too many redirects: { $url }
error-fetch-header-too-large = The response's headers exceed { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}: { $url }
error-fetch-encoding-refused = Unsupported content encoding ({ $encoding }): { $url }
error-fetch-too-large = The content is larger than the limit of { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}: { $url }
hint-fetch-too-large = You can raise the limit under `[network]` in `liudi.toml`.
error-fetch-length-mismatch = { $length ->
    [one] One byte was
   *[other] { $length } bytes were
} received, which is not the length the server declared: { $url }
error-fetch-body-broken = The content was not received in full: { $url }
error-fetch-empty = The server returned no content: { $url }
error-fetch-range-refused = The download could not be resumed and starts again: { $url }
error-fetch-not-media =
    { $found ->
        [empty] The file is empty: { $url }
        [json] The server returned an error message instead of the file: { $url }
        [html] The server returned a web page instead of the file: { $url }
        [text] The server returned text instead of the file: { $url }
        [unknown] The type of the file is unknown: { $url }
       *[other] The file has the wrong type ({ $found }): { $url }
    }
error-fetch-placeholder = The server returned a placeholder (“未经允许不可引用”) instead of the picture: { $url }
error-fetch-size-differs = The file has { $bytes ->
    [one] one byte
   *[other] { $bytes } bytes
}, but the page says { $declared }: { $url }
error-fetch-no-url = There is no address to download it from: { $key }
error-fetch-partial-failed = The temporary file of a download could not be written: { $path }
hint-fetch-partial-failed = Check free disk space and the permissions of the folder.
error-fetch-write-failed = The downloaded content could not be written to disk: { $path }
hint-fetch-write-failed = Check free disk space and the permissions of the folder.
