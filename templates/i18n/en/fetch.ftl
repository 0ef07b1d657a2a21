# Fetching from the network (--online).

error-fetch-url-refused = This address is not one that may be fetched, so nothing was sent: { $url }
hint-fetch-url-refused = liudi asks only hosts of the WeChat platform, over HTTPS. Save other pages yourself and give them as files.
error-fetch-address-refused = The host's name leads into a private network, so nothing was sent: { $url }
hint-fetch-address-refused = Look at this machine's DNS, hosts file or proxy: something rewrites WeChat's names.
error-fetch-host-map-invalid = The stand-in for { $host } is not usable: { $base }
hint-fetch-host-map-invalid = Stand-ins are for tests: a host of the platform on the left, this machine on the right, such as `http://127.0.0.1:8080`.
error-fetch-client-failed = No safe connection is possible: the system's root certificates were not found
hint-fetch-client-failed = Install them (Debian, Ubuntu: `apt install ca-certificates`). Everything that needs no network still works.
error-fetch-connect-failed = No connection to the server: { $url }
hint-fetch-connect-failed = Check the network and run the same command again later; it goes on where it stopped.
error-fetch-timeout =
    { $stage ->
        [connect] The connection took too long: { $url }
        [headers] The server's answer took too long: { $url }
        [total] The download as a whole took too long: { $url }
       *[body] The download stood still for too long: { $url }
    }
error-fetch-too-slow = The download was too slow and was given up: { $url }
error-fetch-status = The server answered with status { $status }: { $url }
error-fetch-rate-limited = The server asks for fewer requests (status { $status }): { $url }
hint-fetch-rate-limited = Run again after a while; nothing is downloaded twice.
error-fetch-challenge = WeChat asks for a person (“环境异常”), so this host is left alone: { $url }
hint-fetch-challenge = Open the link in a browser, pass the check and save the page; or run again in a few hours. Articles not fetched are in the list of gaps.
error-fetch-host-stopped =
    { $why ->
        [challenge] { $host } asks for a person and is left alone in this run: { $url }
        [limited] { $host } keeps asking for fewer requests and is left alone in this run: { $url }
       *[unreachable] { $host } does not answer and is left alone in this run: { $url }
    }
error-fetch-redirect-loop = Too many redirects: { $url }
error-fetch-header-too-large = The response's headers exceed { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}: { $url }
error-fetch-encoding-refused = Unsupported content encoding ({ $encoding }): { $url }
error-fetch-too-large = Larger than the limit of { $limit ->
    [one] one byte
   *[other] { $limit } bytes
}: { $url }
hint-fetch-too-large = The limit can be raised under `[network]` in `liudi.toml`.
error-fetch-length-mismatch = { $length ->
    [one] One byte
   *[other] { $length } bytes
} came, which is not the length the server promised: { $url }
error-fetch-body-broken = The content did not come whole: { $url }
error-fetch-empty = The server sent nothing: { $url }
error-fetch-range-refused = The download could not go on where it stopped and begins again: { $url }
error-fetch-not-media =
    { $found ->
        [empty] The file is empty: { $url }
        [json] An error message came in place of the file: { $url }
        [html] A web page came in place of the file: { $url }
        [text] Text came in place of the file: { $url }
        [unknown] The file is of no known type: { $url }
       *[other] The file is of the wrong type ({ $found }): { $url }
    }
error-fetch-placeholder = A placeholder (“未经允许不可引用”) came in place of the picture: { $url }
error-fetch-size-differs = The file has { $bytes ->
    [one] one byte
   *[other] { $bytes } bytes
}, the page says { $declared }: { $url }
error-fetch-no-url = There is no address to fetch it from: { $key }
error-fetch-partial-failed = A temporary file of a download could not be written: { $path }
hint-fetch-partial-failed = Check free space and the permissions of the folder.
error-fetch-write-failed = What was downloaded could not be written to disk: { $path }
hint-fetch-write-failed = Check free space and the permissions of the folder.
