# Said in many places.
count-articles =
    { $count ->
        [one] { $count } article
       *[other] { $count } articles
    }
