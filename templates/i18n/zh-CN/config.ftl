# 配置文件 liudi.toml。

error-config-unreadable = 读不了配置文件：{ $path }
error-config-invalid = 配置文件有错误：{ $path }
hint-config-invalid = 请检查拼写；不认识的设置项会被当作错误。
error-config-value-invalid = 配置项 { $key } 的值无效：{ $value }
hint-config-value-invalid = 时间写作 `3s`、`500ms`、`2m`，数量要大于 0。
