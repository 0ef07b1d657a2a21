# 生成网站时的选项、报告，以及本机预览。
cli-serve = 在浏览器里预览网站，就像放在主机上一样
cli-any-site-config = 网站的设定文件（默认：存档或当前文件夹里的 site.toml）
cli-any-media-base = 图片、音视频另放一处时的网址
cli-any-media-output = 另放的图片、音视频写到哪个文件夹（默认：网站文件夹名加 -media）
cli-any-only = 只放符合条件的：date:2020..2022、album:合集名、type:picture、文章链接或编号；可以写多次
cli-any-except = 不放符合条件的；可以写多次
cli-any-hide = 隐藏名单：一行一个链接、编号或条件，不放进网站
cli-any-host = 按这个主机的限制核对：cloudflare、cos、gitee、github-pages、netlify、nginx、oss、vercel
cli-any-comments = 显示哪些留言：none 不显示（默认）、own 只有自己的回复、pseudonymous 名字换成代号、all 原样
cli-any-noindex = 请搜索引擎不要收录
cli-any-no-short-links = 不为每个旧短链接单独放一页（主机限制文件数时用）
cli-any-served = 网站文件夹（默认：存档里的网站）
cli-any-port = 端口（默认：自动选一个空闲的）
cli-any-open = 同时打开浏览器
error-site-address-invalid = 网址 { $url } 不能用作网站地址
hint-site-address-invalid = 请写完整的网址，以 https:// 或 http:// 开头，不带 ? 和 #，例如 https://example.com/blog
error-config-link-invalid = 文件 { $path } 里 { $key } 的网址不能用：{ $url }
hint-config-link-invalid = 请写完整的网址，以 https:// 或 http:// 开头，或者 mailto: 加邮箱地址；没有网址的（如公众号名）只写 name，不写 url。
error-selection-invalid = 看不懂的筛选条件：{ $rule }
hint-selection-invalid = 可以写 date:2020..2022-03、album:合集名、type:article（或 picture、text、video、audio、reshare、note）、文章链接，或者文章、群发消息、视频的编号。
error-feed-write-failed = 无法写入订阅文件
error-redirects-write-failed = 无法写入旧链接对照表
error-comments-unreadable = 无法读取留言 { $path }
error-comments-key-failed = 无法准备代号用的密钥 { $path }
error-host-unknown = 不认识的主机 { $name }
hint-host-unknown = 可以写：{ $known }
error-serve-no-site = { $path } 里没有网站（没有 index.html）
hint-serve-no-site = 请先运行 `liudi mirror`，或指明网站所在的文件夹。
error-serve-port-taken = 端口 { $port } 用不了
hint-serve-port-taken = 不写 --port 就会自动选一个空闲端口。
error-serve-failed = 本机预览出错
error-browser-open-failed = 无法打开浏览器
hint-browser-open-failed = 请把上面的网址复制到浏览器里。

mirror-part = 请留意：上次备份中途停下，还有 { $count } 个文件没有读到，网站里只是一部分。再运行一次备份，就会读完。
mirror-withheld = 按您的选择，有 { $count } 项内容没有放进网站，存档里都在。
mirror-hide-unused = 请留意：隐藏名单里的“{ $line }”没有对应任何内容，请检查是否写错。
mirror-media-elsewhere = 图片、音视频没有放进网站，请把 { $path } 里的全部内容上传到 { $url }
host-measures = 按 { $host } 核对：网站共 { $files } 个文件，{ $bytes }。
host-fits = 没有超出 { $host } 的限制。
host-excess-site-bytes = 超出限制：整站最多 { $allowed }，现在 { $actual }。可以用 --media-base 把图片、音视频放到别处，或用 --only、--except 少放一些。
host-excess-file-bytes = 超出限制：单个文件最多 { $allowed }，而 { $item } 有 { $actual }。可以用 --media-base 把图片、音视频放到别处。
host-excess-files = 超出限制：最多 { $allowed } 个文件，现在 { $actual } 个。可以加 --no-short-links（改由跳转规则照顾旧的短链接），或用 --media-base 把图片、音视频放到别处。
host-excess-folder-files = 超出限制：一个文件夹里最多 { $allowed } 个文件，而 { $item } 里有 { $actual } 个。可以加 --no-short-links，或用 --only、--except 分成几个网站。
host-excess-redirects = 超出限制：跳转规则最多 { $allowed } 条，现在 { $actual } 条。去掉 --no-short-links，每个旧短链接就有自己的页面，不再靠规则。
host-remark-cloudflare = Cloudflare Pages：25 MiB 以上的音视频要放到别处（--media-base）；付费套餐可以放 100,000 个文件。
host-remark-github = GitHub Pages：每月流量建议不超过 100 GB；仓库里的单个文件不能超过 100 MiB。
host-remark-gitee = Gitee Pages 已经停止服务。Gitee 仓库可以保存这些文件，但不能当网站打开，请换一个主机。
host-remark-own-domain = 对象存储的默认域名打开网页会变成下载，必须绑定自己的域名；中国内地的存储桶还要求域名已备案。请打开“静态网站”，默认首页填 index.html，404 页填 404.html，并打开子目录首页。
host-remark-netlify = Netlify：旧的长链接也写进了 _redirects，由主机直接跳转。
host-remark-nginx = nginx：旧链接的跳转规则在网站的 redirects.nginx.conf 里，用法写在文件开头。
host-remark-vercel = Vercel：免费套餐上传的静态文件合计最多 100 MB，Pro 套餐 1 GB。Vercel 不读 _redirects，旧的短链接靠网站里的页面跳转。
serve-started = 正在展示 { $path }，只有这台电脑能看到。按 Ctrl-C 结束。

# 导出。
cli-export = 把存档转换成别处能用的文件：Markdown、Hugo 网站等
cli-export-to = 导出成什么，可以写多次：markdown、hugo……（全部见 liudi exporters）
cli-export-output = 放在哪里（默认：存档/exports/名称；导出多种时各放一个同名文件夹）
cli-export-set = 某种导出的设置：KEY=VALUE；同时导出多种时写 NAME.KEY=VALUE
cli-export-export-config = 设置文件（默认：存档或当前文件夹里的 export.toml）
cli-value-out = 文件夹
cli-value-key-value = KEY=VALUE
export-done = { $name }：{ $posts } 篇，在 { $path }（写入 { $written } 个文件，{ $unchanged } 个没有变化）
export-withheld = 按您的选择，有 { $count } 项内容没有导出，存档里都在。
error-exporter-unknown = 没有名为 { $name } 的导出
hint-exporter-unknown = 可以写：{ $known }
error-export-setting-unknown = { $exporter } 没有名为 { $name } 的设置
hint-export-setting-unknown = 可以写：{ $known }
error-export-setting-invalid = { $exporter }.{ $name } 不能是 { $value }
hint-export-setting-invalid = 可以写：{ $known }
error-export-set-invalid = 看不懂 --set { $text }
hint-export-set-invalid = 写成 --set KEY=VALUE；同时导出多种时写 --set NAME.KEY=VALUE
