<?php
// The job of bench.conf's one policy, as a careful site would write it in plain
// PHP: the session's token, the policy, the signature, JSON. No framework.

// The files lie beside this one, outside of what is published.
const FILES = __DIR__;
const LIFETIME = 3600;

function refuse(int $status, string $detail): never
{
    http_response_code($status);
    header('Content-Type: application/problem+json');
    header('Cache-Control: no-store');
    echo json_encode(['type' => 'about:blank', 'status' => $status, 'detail' => $detail]);
    exit;
}

function secret(string $name): string
{
    return rtrim(file_get_contents(FILES . '/' . $name), "\n");
}

function decode(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    return $bytes === false ? '' : $bytes;
}

// The token's user, or nobody.
function user(string $token): ?string
{
    $parts = explode('.', $token);
    if (count($parts) !== 3) {
        return null;
    }
    $header = json_decode(decode($parts[0]), true, 8);
    if (!is_array($header) || ($header['alg'] ?? '') !== 'HS256') {
        return null;
    }
    $mac = hash_hmac('sha256', "$parts[0].$parts[1]", secret('session.key'), true);
    if (!hash_equals($mac, decode($parts[2]))) {
        return null;
    }
    $claims = json_decode(decode($parts[1]), true, 32);
    if (!is_array($claims) || !is_int($claims['exp'] ?? null) || $claims['exp'] <= time()
        || !is_string($claims['sub'] ?? null) || !preg_match('/^[A-Za-z0-9_-]{1,64}$/D', $claims['sub'])) {
        return null;
    }
    return $claims['sub'];
}

// What the policy makes of what was asked for.
function decide(array $asked, string $user): array
{
    $set = ['folder' => "users/$user", 'upload_preset' => 'site', 'source' => 'uw', 'overwrite' => 'false'];
    foreach ($asked as $name => $value) {
        $good = is_string($value) && match ($name) {
            'public_id' => strlen($value) <= 255 && preg_match("~^users/$user/[^/&?#%<>\\x00-\\x20]+$~D", $value),
            'async', 'invalidate' => in_array($value, ['true', 'false'], true),
            'context' => context($value),
            default => array_key_exists($name, $set) && $value === $set[$name],
        };
        if (!$good) {
            refuse(403, "The parameter \"$name\" may not be signed like this.");
        }
    }
    return $set + $asked;
}

function context(string $value): bool
{
    foreach (explode('|', $value) as $pair) {
        [$name, $text] = explode('=', $pair, 2) + [1 => ''];
        if (!in_array($name, ['caption', 'alt'], true) || !is_text($text) || preg_match('/[&=\x00-\x1f\x7f]/', $text)) {
            return false;
        }
    }
    return true;
}

function is_text(string $text): bool
{
    return preg_match('/^.{0,100}$/suD', $text) === 1;
}

if (!in_array($_SERVER['REQUEST_METHOD'], ['GET', 'POST'], true)) {
    refuse(405, 'GET and POST are served.');
}
if (($_SERVER['HTTP_SEC_FETCH_SITE'] ?? 'same-origin') !== 'same-origin') {
    refuse(403, 'Only this site may ask.');
}
$user = user($_COOKIE['session'] ?? '');
if ($user === null) {
    refuse(401, 'No session.');
}
$asked = $_SERVER['REQUEST_METHOD'] === 'GET' ? $_GET : $_POST;
if (($asked['policy'] ?? '') !== 'bench') {
    refuse(404, 'There is no such policy.');
}
unset($asked['policy']);
$fields = decide($asked, $user);
$fields['timestamp'] = (string) time();
ksort($fields, SORT_STRING);
$pairs = [];
foreach ($fields as $name => $value) {
    $pairs[] = "$name=$value";
}
$signature = hash('sha1', implode('&', $pairs) . secret('cloudinary.secret'));
header('Content-Type: application/json');
header('Cache-Control: no-store');
header('X-Content-Type-Options: nosniff');
header('Vary: Origin, Cookie');
echo json_encode([
    'url' => 'https://api.cloudinary.com/v1_1/demo/image/upload',
    'fields' => ['api_key' => '874837483274837', 'signature' => $signature] + $fields,
    'signature' => $signature, 'api_key' => '874837483274837', 'cloud_name' => 'demo',
    'timestamp' => (int) $fields['timestamp'], 'public_id' => $fields['public_id'] ?? null,
    'folder' => $fields['folder'], 'expires_at' => time() + LIFETIME,
], JSON_UNESCAPED_SLASHES);
