# 联网下载（--online）。

error-fetch-url-refused = 这个地址不在允许下载的范围内，没有访问：{ $url }
hint-fetch-url-refused = liudi 只通过 HTTPS 访问微信平台自己的域名。其他网站上的内容请自行保存后作为文件导入。
error-fetch-address-refused = 域名解析到了内网地址，没有访问：{ $url }
hint-fetch-address-refused = 请检查本机的 DNS、hosts 文件或代理软件，它们可能改写了微信的域名。
error-fetch-host-map-invalid = 配置里 { $host } 的替代地址无效：{ $base }
hint-fetch-host-map-invalid = 替代地址只用于测试：左边写微信平台的域名，右边写本机地址，例如 `http://127.0.0.1:8080`。
error-fetch-client-failed = 无法建立安全连接：没有找到系统的根证书
hint-fetch-client-failed = 请安装根证书（Debian、Ubuntu：`apt install ca-certificates`）后再试。不联网的功能不受影响。
error-fetch-connect-failed = 连不上服务器：{ $url }
hint-fetch-connect-failed = 请检查网络，稍后再做一次，会从中断处继续。
error-fetch-timeout =
    { $stage ->
        [connect] 连接超时：{ $url }
        [headers] 等待服务器回应超时：{ $url }
        [total] 下载总时间过长：{ $url }
       *[body] 下载中途停顿过久：{ $url }
    }
error-fetch-too-slow = 下载速度过慢，已放弃：{ $url }
error-fetch-status = 服务器返回状态 { $status }：{ $url }
error-fetch-rate-limited = 服务器要求放慢速度（状态 { $status }）：{ $url }
hint-fetch-rate-limited = 请过一段时间再运行，已下载的不会重复下载。
error-fetch-challenge = 微信要求人工验证（“环境异常”），已停止访问这个域名：{ $url }
hint-fetch-challenge = 可以在浏览器里打开这个链接完成验证并保存网页，或者过几个小时再运行。没有下载的文章已列入缺失清单。
error-fetch-host-stopped =
    { $why ->
        [challenge] { $host } 要求人工验证，本次不再访问：{ $url }
        [limited] { $host } 一再要求放慢速度，本次不再访问：{ $url }
       *[unreachable] { $host } 一直没有回应，本次不再访问：{ $url }
    }
error-fetch-redirect-loop = 跳转次数过多：{ $url }
error-fetch-header-too-large = 回应的头部超过 { $limit } 字节：{ $url }
error-fetch-encoding-refused = 不支持的内容编码（{ $encoding }）：{ $url }
error-fetch-too-large = 内容超过上限 { $limit } 字节：{ $url }
hint-fetch-too-large = 可以在 `liudi.toml` 的 `[network]` 里调高上限。
error-fetch-length-mismatch = 收到 { $length } 字节，与服务器声明的长度不符：{ $url }
error-fetch-body-broken = 内容没有传完整：{ $url }
error-fetch-empty = 服务器返回了空内容：{ $url }
error-fetch-range-refused = 无法从断点继续，将重新下载：{ $url }
error-fetch-not-media =
    { $found ->
        [empty] 文件是空的：{ $url }
        [json] 得到的是错误信息而不是文件：{ $url }
        [html] 得到的是网页而不是文件：{ $url }
        [text] 得到的是文字而不是文件：{ $url }
        [unknown] 无法识别的文件：{ $url }
       *[other] 得到的文件类型不对（{ $found }）：{ $url }
    }
error-fetch-placeholder = 得到的是“未经允许不可引用”一类的占位图：{ $url }
error-fetch-size-differs = 文件大小是 { $bytes } 字节，页面上写的是 { $declared } 字节：{ $url }
error-fetch-no-url = 没有可以下载的地址：{ $key }
error-fetch-partial-failed = 无法写入下载中的临时文件：{ $path }
hint-fetch-partial-failed = 请检查磁盘空间和文件夹的写入权限。
error-fetch-write-failed = 下载的内容写不到磁盘：{ $path }
hint-fetch-write-failed = 请检查磁盘空间和文件夹的写入权限。
