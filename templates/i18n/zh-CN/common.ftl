# 各处共用的说法。
count-articles = { $count } 篇文章
count-items = { $count } 条内容
