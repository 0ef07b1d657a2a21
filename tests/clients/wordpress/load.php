<?php
// Loads WXR files as WordPress' own importer does, without downloads, and prints the posts as WordPress shows them.
// Usage: load.php WORDPRESS FILE...
$_SERVER['HTTP_HOST'] = 'wordpress.test';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';
wp_set_current_user(1);
const WP = 'http://wordpress.org/export/1.2/';

$loaded = [];
$thumbnails = [];
foreach (array_slice($argv, 2) as $file) {
    $channel = simplexml_load_file($file, 'SimpleXMLElement', LIBXML_NOCDATA | LIBXML_PARSEHUGE)->channel;
    $users = [];
    foreach ($channel->children(WP)->author as $author) {
        $login = (string) $author->author_login;
        $user = get_user_by('login', $login);
        $users[$login] = $user ? $user->ID : wp_insert_user([
            'user_login' => $login, 'user_pass' => wp_generate_password(), 'user_email' => (string) $author->author_email,
            'display_name' => (string) $author->author_display_name, 'role' => 'author',
        ]);
        if (is_wp_error($users[$login])) { fwrite(STDERR, $login . ': ' . $users[$login]->get_error_message()); exit(1); }
    }
    $terms = [];
    foreach ([['category', 'category_nicename', 'cat_name'], ['tag', 'tag_slug', 'tag_name']] as [$element, $slug, $name]) {
        $taxonomy = $element === 'tag' ? 'post_tag' : 'category';
        foreach ($channel->children(WP)->$element as $term) {
            $known = term_exists((string) $term->$slug, $taxonomy);
            $made = $known ?: wp_insert_term(wp_slash((string) $term->$name), $taxonomy, ['slug' => (string) $term->$slug]);
            if (is_wp_error($made)) { fwrite(STDERR, $term->$slug . ': ' . $made->get_error_message()); exit(1); }
            $terms[$taxonomy . ' ' . $term->$slug] = (int) $made['term_id'];
        }
    }
    foreach ($channel->item as $item) {
        $wp = $item->children(WP);
        $number = (string) $wp->post_id;
        if (isset($loaded[$number])) continue;
        $data = [
            'import_id' => (int) $number, 'post_author' => $users[(string) $item->children('http://purl.org/dc/elements/1.1/')->creator],
            'post_title' => (string) $item->title, 'post_name' => (string) $wp->post_name, 'guid' => (string) $item->guid,
            'post_content' => (string) $item->children('http://purl.org/rss/1.0/modules/content/')->encoded,
            'post_excerpt' => (string) $item->children('http://wordpress.org/export/1.2/excerpt/')->encoded,
            'post_date' => (string) $wp->post_date, 'post_date_gmt' => (string) $wp->post_date_gmt,
            'post_status' => (string) $wp->status, 'post_type' => (string) $wp->post_type,
            'comment_status' => (string) $wp->comment_status, 'post_parent' => (int) $wp->post_parent,
        ];
        $post = $data['post_type'] === 'attachment'
            ? wp_insert_attachment(wp_slash($data), false, 0, true)
            : wp_insert_post(wp_slash($data), true);
        if (is_wp_error($post)) { fwrite(STDERR, $number . ': ' . $post->get_error_message()); exit(1); }
        $loaded[$number] = $post;
        $given = [];
        foreach ($item->category as $category) {
            $given[(string) $category['domain']][] = $terms[$category['domain'] . ' ' . $category['nicename']];
        }
        foreach ($given as $taxonomy => $ids) wp_set_post_terms($post, $ids, $taxonomy);
        foreach ($wp->postmeta as $meta) update_post_meta($post, (string) $meta->meta_key, wp_slash((string) $meta->meta_value));
        $thumbnails[$post] = get_post_meta($post, '_thumbnail_id', true);
        $inserted = [];
        foreach ($wp->comment as $comment) {
            $inserted[(string) $comment->comment_id] = wp_insert_comment(wp_slash([
                'comment_post_ID' => $post, 'comment_author' => (string) $comment->comment_author,
                'comment_date' => (string) $comment->comment_date, 'comment_date_gmt' => (string) $comment->comment_date_gmt,
                'comment_content' => (string) $comment->comment_content, 'comment_approved' => (string) $comment->comment_approved,
                'comment_parent' => $inserted[(string) $comment->comment_parent] ?? 0,
            ]));
        }
    }
}
// A number that the site has used already is another one now.
foreach (array_filter($thumbnails) as $post => $number) update_post_meta($post, '_thumbnail_id', $loaded[$number]);
foreach (get_posts(['numberposts' => -1, 'post_status' => 'any', 'post_type' => 'post', 'meta_key' => '_liudi_id']) as $post) {
    setup_postdata($GLOBALS['post'] = $post);
    $thumbnail = get_post_thumbnail_id($post);
    echo json_encode([
        'id' => get_post_meta($post->ID, '_liudi_id', true), 'source' => get_post_meta($post->ID, '_liudi_source', true),
        'title' => $post->post_title, 'name' => $post->post_name, 'date' => $post->post_date, 'date_gmt' => $post->post_date_gmt,
        'status' => $post->post_status, 'stored' => $post->post_content, 'shown' => apply_filters('the_content', $post->post_content),
        'author' => get_the_author_meta('display_name', $post->post_author),
        'categories' => wp_get_post_terms($post->ID, 'category', ['fields' => 'names']),
        'tags' => wp_get_post_terms($post->ID, 'post_tag', ['fields' => 'names']),
        'thumbnail' => $thumbnail ? get_post_meta($thumbnail, '_wp_attached_file', true) : null,
        'link' => get_permalink($post), 'comments' => (int) $post->comment_count,
    ], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES) . "\n";
}
