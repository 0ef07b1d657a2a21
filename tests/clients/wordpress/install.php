<?php
// Installs WordPress into the database that wp-config.php names.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = 'wordpress.test';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('test', 'admin', 'admin@wordpress.test', false, '', 'unused');
update_option('timezone_string', 'Asia/Shanghai');
update_option('permalink_structure', '/%postname%/');
