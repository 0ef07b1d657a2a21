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
cause-not-found = there is no such file or folder (os error { $number })
cause-not-permitted = the system does not permit it (os error { $number })
cause-exists = a file or folder of this name exists (os error { $number })
cause-disk-full = the disk is full (os error { $number })
cause-too-large = the file is too large (os error { $number })
cause-read-only = the disk is read-only (os error { $number })
cause-is-folder = this is a folder, not a file (os error { $number })
cause-no-folder = this is not a folder (os error { $number })
cause-not-empty = the folder is not empty (os error { $number })
cause-name = the system does not accept this name (os error { $number })
cause-busy = another program is using it (os error { $number })
cause-timed-out = no answer in time (os error { $number })
cause-refused = the connection was refused (os error { $number })
cause-cut-off = the connection was cut off (os error { $number })
cause-no-network = the network cannot be reached (os error { $number })
cause-address-in-use = another program uses this address (os error { $number })
