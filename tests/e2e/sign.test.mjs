// sign: the answer that a client would get, offline; beside the answer of the
// program behind a web server, and beside Cloudinary's own SDK.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { ask } from './client.mjs';
import { Place, command, lighttpd, lighttpdSample, program, run } from './site.mjs';
import { API_SECRET, SESSION_KEY, seconds, session } from './token.mjs';

const TOKEN_KEY = '00112233445566778899aabbccddeeff00112233';
const { utils } = cloudinary;

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "1234567890"; api_secret_file = "cloudinary.secret"; token_key_file = "token.key"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
origins = [ "https://www.example.com" ];
policies = {
  avatar  = { action = "upload"; limit = "1000/day"; set = { public_id = "users/{user}/{random}"; overwrite = false; tags = "user_{user}"; allowed_formats = "jpg"; };
              allow = { context = { caption = "text 200"; }; }; };
  tagged  = { action = "upload"; limit = "1000/day"; reusable = true; shared_tags = true; set = { upload_preset = "p"; }; allow = { tags = "text 40 x3"; }; };
  widget  = { action = "upload"; limit = "1000/day"; reusable = true; set = { upload_preset = "p"; folder = "users/{user}"; source = "uw"; }; };
  few     = { action = "destroy"; limit = "2/day"; allow = { public_id = "users/{user}/**"; }; };
  label   = { action = "tags"; limit = "1000/day"; set = { command = "add"; }; allow = { public_ids = "users/{user}/**"; tag = "text 40"; }; };
  zip     = { action = "archive"; limit = "1000/day"; set = { prefixes = "users/{user}/"; target_format = "zip"; }; };
  staff   = { action = "destroy"; limit = "1000/day"; require = ( { claim = "role"; is = [ "staff" ]; } ); allow = { public_id = "users/{user}/**"; }; };
  near    = { action = "destroy"; limit = "1000/day"; addresses = [ "127.0.0.1" ]; allow = { public_id = "users/{user}/**"; }; };
  thumb   = { action = "deliver"; set = { type = "upload"; }; allow = { public_id = "users/{user}/**"; transformation = [ "w_200,c_fill", "" ]; }; };
  album   = { action = "token"; cookie_domain = "example.com"; set = { acl = "/image/authenticated/users/{user}/*"; duration = 600; }; };
  form    = { action = "upload"; anonymous = true; limit = "1000/day"; limit_total = "1000/day"; set = { public_id = "form/{random}"; overwrite = false; allowed_formats = "jpg"; }; };
};
`;

async function behindLighttpd(t) {
  const place = new Place(t);
  const config = place.configure(conf, { 'token.key': `${TOKEN_KEY}\n` });
  return { config, ...(await lighttpd(place, lighttpdSample(place, config, 1))) };
}

// What differs from one request to the next.
function still(json) {
  const cut = (text) => text
    .replace(/\b[0-9a-f]{32}\b/g, 'RANDOM')
    .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replace(/\b[0-9a-f]{16}\b/g, 'REQUEST')
    .replace(/\b1[0-9]{9}\b/g, 'TIME');
  return cut(JSON.stringify(json));
}

const words = (pairs) => pairs.map(([name, value]) => `${name}=${value}`);
const encoded = (policy, pairs) => [['policy', policy], ...pairs].map(([n, v]) => `${n}=${encodeURIComponent(v)}`).join('&');

// policy, parameters, options: granted and refused.
const rows = [
  ['avatar', []],
  ['avatar', [['context', 'caption=Hello you']]],
  ['avatar', [['context', 'caption=50% + é 🙂 "?" #/;']]],
  ['avatar', [['context', 'caption=a&b']]],
  ['avatar', [['context', 'caption=a%26b']]],
  ['avatar', [['context', 'caption=a'], ['context', 'caption=b']]],
  ['avatar', [['overwrite', 'true']]],
  ['avatar', [['nosuch', '1']]],
  ['avatar', [['Bad-Name', '1']]],
  ['avatar', [['', 'x']]],
  ['avatar', [['timestamp', '1']]],
  ['tagged', [['tags', 'a,b']]],
  ['tagged', [['tags[]', 'a'], ['tags[]', 'b']]],
  ['tagged', [['tags', 'a'], ['tags[]', 'b']]],
  ['few', [['public_id', 'users/alice/cat']]],
  ['few', [['public_id', 'users/bob/cat']]],
  ['few', []],
  ['label', [['public_ids[]', 'users/alice/a'], ['public_ids[]', 'users/alice/b'], ['tag', 'x']]],
  ['zip', []],
  ['near', [['public_id', 'users/alice/cat']]],
  ['staff', [['public_id', 'users/alice/cat']]],
  ['thumb', [['public_id', 'users/alice/cat.jpg'], ['transformation', 'w_200,c_fill']]],
  ['thumb', [['public_id', 'users/alice/cat.jpg'], ['transformation', '']]],
  ['thumb', [['public_id', 'users/alice/cat.jpg'], ['transformation', 'w_9']]],
  ['album', []],
  ['form', []],
  ['nosuch', []],
  ['x'.repeat(300), []],
];

test('sign answers what the program behind a web server answers', async (t) => {
  const { config, port } = await behindLighttpd(t);
  const cookie = ['Cookie', `session=${session('alice')}`];
  let granted = 0;
  for (const [policy, pairs] of rows) {
    const there = await ask(port, { path: `/api/sign?${encoded(policy, pairs)}`, headers: [cookie] });
    const here = run(['sign', '--policy', policy, '--user=alice', '--json', config, ...words(pairs)]);
    const what = `${policy.slice(0, 20)} ${JSON.stringify(pairs)}`;
    assert.equal(here.code, there.status === 200 ? 0 : 1, `${what} ${here.out}${here.err}`);
    assert.equal(still(JSON.parse(here.out)), still(JSON.parse(there.body)), what);
    // The very same names in the very same order.
    assert.deepEqual(Object.keys(JSON.parse(here.out)), Object.keys(JSON.parse(there.body)), what);
    granted += there.status === 200;
  }
  assert.ok(granted >= 13 && granted < rows.length - 8, String(granted));
});

test('sign without a session, from elsewhere, and in other contracts', async (t) => {
  const { config, port } = await behindLighttpd(t);
  const cookie = ['Cookie', `session=${session('alice', { role: 'staff' })}`];
  const both = async (headers, query, args) => {
    const there = await ask(port, { path: `/api/sign?${query}`, headers });
    const here = run(['sign', '--json', config, ...args]);
    assert.equal(here.code, there.status === 200 ? 0 : 1, here.out + here.err);
    return [here.out, there.body, there.status];
  };
  const same = async (status, ...rest) => {
    const [here, there, got] = await both(...rest);
    assert.equal(got, status, there);
    assert.equal(still(JSON.parse(here)), still(JSON.parse(there)));
  };
  await same(401, [], 'policy=avatar', ['--policy=avatar']);
  await same(401, [], 'policy=nosuch', ['--policy=nosuch']);
  await same(200, [], 'policy=form', ['--policy=form']);
  const evil = ['Origin', 'https://evil.example'];
  await same(403, [cookie, evil], 'policy=avatar', ['--policy=avatar', '--user=alice', '--origin=https://evil.example']);
  const listed = ['Origin', 'https://www.example.com'];
  await same(200, [cookie, listed], 'policy=avatar', ['--policy=avatar', '--user=alice', '--origin', 'https://www.example.com']);
  await same(200, [cookie], 'policy=staff&public_id=users/alice/cat',
    ['--policy=staff', '--user=alice', '--claim=role=staff', 'public_id=users/alice/cat']);
  await same(200, [cookie], 'policy=avatar&contract=classic', ['--policy=avatar', '--user=alice', '--contract=classic']);
  await same(400, [cookie], 'policy=avatar&contract=nosuch', ['--policy=avatar', '--user=alice', '--contract=nosuch']);
  const refused = JSON.parse(run(['sign', '--json', config, '--policy=near', '--user=alice', '--address=192.0.2.1', 'public_id=users/alice/cat']).out);
  assert.equal(refused.code, 'address_not_allowed');
  const sent = { timestamp: seconds(), upload_preset: 'p', folder: 'users/alice', source: 'uw' };
  const [here, there] = await both([cookie], `policy=widget&contract=text&${new URLSearchParams(sent)}`,
    ['--policy=widget', '--user=alice', '--contract=text', ...words(Object.entries(sent))]);
  assert.equal(here, there);
  assert.equal(here, utils.api_sign_request(sent, API_SECRET, 'sha256'));
});

test('sign: signatures and the text to sign are the SDK\'s', (t) => {
  const place = new Place(t);
  const config = place.configure(conf, { 'token.key': `${TOKEN_KEY}\n` });
  for (const [policy, pairs] of [['avatar', [['context', 'caption=1 < 2 and more']]], ['tagged', [['tags', 'b,a']]],
    ['few', [['public_id', 'users/al-ice/cat']]]]) {
    const { code, out, err } = run(['sign', `--policy=${policy}`, '--user=al-ice', config, ...words(pairs)]);
    assert.equal(code, 0, err);
    const [head, rest] = out.split('\n\n');
    assert.ok(head.startsWith('200 OK\n{\n  "url": "https://'));
    const text = head.slice(head.indexOf('\n') + 1);
    const json = JSON.parse(text);
    const { signature, api_key: key, ...fields } = json.fields;
    assert.equal(key, '1234567890');
    assert.equal(signature, utils.api_sign_request(fields, API_SECRET, 'sha256'));
    const line = rest.split('\n')[1];
    assert.equal(createHash('sha256').update(line + API_SECRET).digest('hex'), signature);
    assert.equal(line, Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join('&'));
    for (const secret of [API_SECRET, SESSION_KEY, TOKEN_KEY]) assert.ok(!(out + err).includes(secret));
    // As JSON.stringify would indent it.
    const bytes = run(['sign', `--policy=${policy}`, '--user=al-ice', '--json', config, ...words(pairs)]).out;
    assert.ok(!bytes.includes('\n'));
    assert.equal(still(json), still(JSON.parse(bytes)));
    if (!text.includes('\\u')) assert.equal(text, JSON.stringify(json, null, 2));
  }
  const url = JSON.parse(run(['sign', '--policy=thumb', '--user=alice', '--json', config, 'public_id=users/alice/c.jpg', 'transformation=w_200,c_fill']).out).url;
  assert.equal(url, utils.url('users/alice/c.jpg', { cloud_name: 'demo', api_secret: API_SECRET, secure: true, sign_url: true, signature_algorithm: 'sha256',
    raw_transformation: 'w_200,c_fill', type: 'upload', urlAnalytics: false }));
  const album = run(['sign', '--policy=album', '--user=alice', config]);
  assert.match(album.out, /^200 OK\nSet-Cookie: __cld_token__=st=/);
});

test('sign counts nothing', (t) => {
  const place = new Place(t);
  const config = place.configure(conf, { 'token.key': `${TOKEN_KEY}\n` });
  const id = 'public_id=users/alice/cat';
  for (let i = 0; i < 4; i++) assert.equal(run(['sign', '--policy=few', '--user=alice', config, id]).code, 0);
  assert.ok(!existsSync(join(place.path, 'counters')));
  const call = (user) => run(['call', '--user', user, '--config', config, `policy=few&public_id=users/${user}/cat`]);
  assert.equal(call('alice').code, 0);
  assert.equal(call('alice').code, 0);
  assert.equal(run(['sign', '--policy=few', '--user=alice', config, id]).code, 0);
  const third = call('alice');
  assert.equal(third.code, 1);
  assert.match(third.out, /^429 Too Many Requests\n/);
  assert.match(third.err, /decision=refused status=429 code=limit_reached/);
  assert.equal(run(['sign', '--policy=few', '--user=alice', config, id]).code, 0);
  assert.equal(call('bob').code, 0);
});

test('sign as somebody whom a PHP session or the web server names', (t) => {
  const place = new Place(t);
  place.write('sessions/x', '');
  const session = (text) => conf.replace(/session = .*\n/, `${text}\n`);
  const config = place.configure(session(`session = { format = "php"; save_path = "${place.path}/sessions"; user = "login.id"; };`), { 'token.key': `${TOKEN_KEY}\n` });
  const sign = (file, ...more) => run(['sign', '--policy=avatar', '--json', file, ...more]);
  const php = sign(config, '--user=alice');
  assert.equal(php.code, 0, php.out + php.err);
  assert.match(JSON.parse(php.out).public_id, /^users\/alice\//);
  assert.deepEqual(readdirSync(join(place.path, 'sessions')), ['x']);
  assert.equal(sign(config).code, 1);
  const remote = place.write('remote.conf', session('session = { format = "remote_user"; variable = "SITE_USER"; };'));
  assert.match(JSON.parse(sign(remote, '--user=bob').out).public_id, /^users\/bob\//);
  assert.equal(sign(remote).code, 1);
  assert.equal(sign(remote, '--user=bob', '--claim=a=b').code, 1);
  const express = place.write('express.conf', session('session = { format = "express"; cookie = "s"; user = "u"; keys = ( { id = "1"; file = "session.key"; } ); };'));
  assert.match(JSON.parse(sign(express, '--user=carol').out).public_id, /^users\/carol\//);
});

test('sign: whom the site has shut out', (t) => {
  const place = new Place(t);
  const denied = conf.replace('keys = (', 'deny_users_file = "denied.users"; keys = (');
  const config = place.configure(denied, { 'denied.users': 'mallory\n', 'token.key': `${TOKEN_KEY}\n` });
  const code = (user) => JSON.parse(run(['sign', '--policy=avatar', '--json', `--user=${user}`, config]).out).code;
  assert.equal(code('mallory'), 'user_denied');
  assert.equal(code('alice'), undefined);
});

test('sign: hostile words', (t) => {
  const place = new Place(t);
  const config = place.configure(conf, { 'token.key': `${TOKEN_KEY}\n` });
  const sign = (...args) => run(['sign', '--policy=tagged', '--user=alice', '--json', config, ...args]);
  const codeOf = ({ code, out }) => {
    assert.equal(code, 1);
    return JSON.parse(out).code;
  };
  assert.equal(sign(...Array.from({ length: 10000 }, (_, i) => `tags[]=${i}`)).code, 2);
  assert.equal(codeOf(sign(...Array.from({ length: 8191 }, (_, i) => `tags[]=${i}`))), 'too_large');
  assert.equal(codeOf(sign(`tags=${'x'.repeat(20000)}`)), 'too_large');
  assert.equal(codeOf(sign(`tags=${'x'.repeat(130000)}`, `tags=${'é'.repeat(60000)}`)), 'too_large');
  assert.equal(codeOf(sign('tags=a\x1b[31mb')), codeOf(sign('tags=a\nb')));
  // Words that are no UTF-8, which node can't write.
  const shell = (option) => run(['-c', `exec "$0" sign --json --user=alice "$(printf -- '${option}')" "$1" "$2"`, command, config, '--policy=tagged'], { program: 'sh' });
  assert.equal(codeOf(shell('tags=a\\377')), codeOf(shell('tags=\\300\\200')));
  assert.equal(shell('--claim=a=\\377').code, 1);
  assert.equal(shell('--contract=\\377').code, 1);
  for (const args of [['--user=alice', config], ['--policy=avatar', config, 'b'], ['--policy=avatar', `--config=${config}`, config],
    ['--policy=avatar', '--user=', config], ['--policy=avatar', `--user=${'x'.repeat(256)}`, config], ['--policy=avatar', '--user=a\u0085', config],
    ['--policy=avatar', '--address=localhost', config], ['--policy=avatar', '--claim=a=b', config], ['--policy=avatar', '--json=1', config]]) {
    const { code, out, err } = run(['sign', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(err, /^signpost: [\s\S]*usage: signpost sign/);
  }
  for (const args of [['--policy', '', config, '--user=alice'], ['--policy', 'a&policy=avatar', '--user=alice', config]])
    assert.equal(run(['sign', ...args]).code, 1);
});
