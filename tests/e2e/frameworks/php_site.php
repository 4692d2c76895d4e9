<?php
// PHP's own sessions: ?login=NAME, ?guest=1, ?logout=1. The settings are php.ini's.
session_start();
if (isset($_GET['login'])) {
    session_regenerate_id(true);
    $_SESSION['user_id'] = $_GET['login'];
    $_SESSION['cart'] = ['a|b' => [1, 2.5, null, true], 'when' => new DateTime('@0')];
} elseif (isset($_GET['guest'])) {
    $_SESSION['seen'] = 'user_id|s:5:"alice";';
} elseif (isset($_GET['logout'])) {
    session_destroy();
}
echo 'done';
