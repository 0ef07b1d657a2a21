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
error-avatar-not-a-picture = This file is no picture and cannot be the avatar: { $path }
hint-avatar-not-a-picture = Choose a PNG, JPG, GIF or WebP picture.
cause-not-found = there is no such file or folder
cause-not-permitted = the system does not permit it
cause-exists = a file or folder of this name exists
cause-disk-full = the disk is full
cause-too-large = the file is too large
cause-read-only = the disk is read-only
cause-is-folder = this is a folder, not a file
cause-no-folder = this is not a folder
cause-no-file = not a file but a link or a device
cause-not-empty = the folder is not empty
cause-name = the system does not accept this name
cause-busy = another program is using it
cause-timed-out = no answer in time
cause-refused = the connection was refused
cause-cut-off = the connection was cut off
cause-no-network = the network cannot be reached
cause-address-in-use = another program uses this address
cause-disk-fails = reading or writing the disk failed: it may be full or faulty
cause-broken-zip = the archive is not complete: its directory is not there
cause-broken-table = a row of the table is not as it should be: the file was changed or damaged
cause-address-partial = the address is not whole: it begins with https://
cause-address-no-host = the address names no website
cause-address-host = the name of the website in the address is not written as it should be
cause-address-port = the port number in the address is not written as it should be
cause-numbered = { $cause } (os error { $number })
cause-other = { $words }
