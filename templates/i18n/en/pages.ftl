# Pages of articles and lists of articles

error-page-not-an-article = Not a page of an article: { $path }
error-page-cut-off = The page was not saved whole, its end is missing: { $path }
hint-page-cut-off = Open the article in a browser again, wait for its images, and save it once more
error-page-without-body = No body found in the page: { $path }
error-page-values-skipped = { $count } values in the page's data have an unknown form and were passed over (the page itself is kept): { $path }
error-page-file-not-a-medium = This file should be an image, sound or film, but its content is not
