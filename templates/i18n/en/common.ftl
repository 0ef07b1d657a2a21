# Shared by several places.
count-articles =
    { $count ->
        [one] { $count } article
       *[other] { $count } articles
    }
count-items =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
