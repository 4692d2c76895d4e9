// call: one request as a web server would make it, beside a real one's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { ask } from './client.mjs';
import { Place, lighttpdFastcgi, command, run } from './site.mjs';
import { API_SECRET, SESSION_KEY, seconds, session } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "1234567890"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); bearer = true; };
origins = [ "https://www.example.com" ];
policies = {
  avatar = { action = "upload"; limit = "1000/day"; set = { public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg"; };
             allow = { context = { caption = "text 200"; }; }; };
  widget = { action = "upload"; reusable = true; limit = "1000/day"; set = { upload_preset = "p"; folder = "users/{user}"; source = "uw"; }; };
  few    = { action = "destroy"; limit = "2/day"; allow = { public_id = "users/{user}/**"; }; };
  hook   = { action = "verify"; addresses = [ "127.0.0.1" ]; };
};
`;

const still = (text) => text.replace(/\b[0-9a-f]{64}\b/g, 'DIGEST').replace(/\b[0-9a-f]{32}\b/g, 'RANDOM')
  .replace(/\b[0-9a-f]{16}\b/g, 'REQUEST').replace(/\b1[0-9]{9}\b/g, 'TIME').replace(/;r=\d+;t=\d+/g, ';r=N;t=N');

// What the server adds, or may spell in its own way.
const own = new Set(['connection', 'date', 'server', 'keep-alive', 'accept-ranges']);

test('call answers what the program behind a web server answers, headers and all', async (t) => {
  const { place, port } = await lighttpdFastcgi(t, conf, 1);
  const config = `${place.path}/signpost.conf`;
  const alice = session('alice');
  const cookie = ['Cookie', `session=${alice}`];
  const json = ['Content-Type', 'application/json'];
  const form = ['Content-Type', 'application/x-www-form-urlencoded'];
  const sent = { timestamp: seconds(), upload_preset: 'p', folder: 'users/alice', source: 'uw' };
  const hook = JSON.stringify({ public_id: 'a', note: 'é' });
  const hookTime = String(seconds());
  const hookSign = cloudinary.utils.webhook_signature(hook, hookTime, { api_secret: API_SECRET, signature_algorithm: 'sha256' });
  const rows = [
    [200, '', {}, [cookie]],
    [200, 'policy=avatar', {}, [cookie]],
    [200, 'policy=avatar&context=caption%3DHello+you', {}, [cookie]],
    [401, 'policy=avatar', {}, []],
    [401, 'policy=avatar', {}, [['Cookie', 'session=x']]],
    [200, 'policy=avatar', {}, [['Authorization', `Bearer ${alice}`]]],
    [200, 'policy=avatar', {}, [cookie, ['Origin', 'https://www.example.com']]],
    [403, 'policy=avatar', {}, [cookie, ['Origin', 'https://evil.example']]],
    [403, 'policy=avatar', {}, [cookie, ['Sec-Fetch-Site', 'cross-site']]],
    [204, '', { method: 'OPTIONS' }, [['Origin', 'https://www.example.com']]],
    [405, 'policy=avatar', { method: 'DELETE' }, [cookie]],
    [200, '', { method: 'POST', body: 'policy=avatar' }, [cookie, form]],
    [200, '', { method: 'POST', body: '{"policy":"avatar"}' }, [cookie, json]],
    [200, 'policy=widget', { method: 'POST', body: JSON.stringify({ paramsToSign: sent }) }, [cookie, json]],
    [400, '', { method: 'POST', body: '{"policy":' }, [cookie, json]],
    [415, '', { method: 'POST', body: '<a/>' }, [cookie, ['Content-Type', 'text/xml']]],
    [413, '', { method: 'POST', body: `policy=avatar&x=${'y'.repeat(16384)}` }, [cookie, form]],
    [413, '', { method: 'POST', body: 'y'.repeat(131073) }, [cookie, form]],
    [404, 'policy=nosuch', {}, [cookie]],
    [200, 'policy=hook', { method: 'POST', body: hook }, [json, ['X-Cld-Timestamp', hookTime], ['X-Cld-Signature', hookSign]]],
    [403, 'policy=hook', { method: 'POST', body: `${hook} ` }, [json, ['X-Cld-Timestamp', hookTime], ['X-Cld-Signature', hookSign]]],
  ];
  for (const [status, query, request, headers] of rows) {
    const what = `${request.method ?? 'GET'} ${query} ${JSON.stringify(headers)}`.slice(0, 150);
    const there = await ask(port, { path: `/api/sign?${query}`, headers, ...request });
    assert.equal(there.status, status, `${what} ${there.body}`);
    const args = headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    if (request.method) args.push('--method', request.method);
    if (request.body !== undefined) args.push('--body=-');
    const here = run(['call', '--json', `--config=${config}`, ...args, query], { input: request.body ?? '' });
    assert.equal(here.code, status < 300 ? 0 : 1, `${what} ${here.err}`);
    const answer = JSON.parse(here.out);
    assert.equal(answer.status, status, what);
    assert.equal(still(answer.body), still(there.body), what);
    const theirs = [...there.headers].filter(([name]) => !own.has(name)).map(([n, v]) => `${n}: ${still(v.join(', '))}`).sort();
    const ours = Object.entries(answer.headers).map(([n, v]) => `${n.toLowerCase()}: ${still(v)}`);
    assert.deepEqual(ours.sort(), theirs, what);
    assert.match(here.err, new RegExp(`^time=\\S+ request_id=[0-9a-f]{16} decision=\\w+ status=${status} [^\\n]*\\n$`), what);
    for (const secret of [API_SECRET, SESSION_KEY, alice]) assert.ok(!(here.out + here.err).includes(secret));
  }
});

test('call counts, beside the program that serves', async (t) => {
  const { place, port } = await lighttpdFastcgi(t, conf, 1);
  const call = (user, ...more) => run(['call', '--user', user, `--config=${place.path}/signpost.conf`, ...more, `policy=few&public_id=users/${user}/cat`]);
  const there = (user) => ask(port, { path: `/api/sign?policy=few&public_id=users/${user}/cat`, headers: [['Cookie', `session=${session(user)}`]] });
  assert.equal((await there('alice')).status, 200);
  const second = call('alice');
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, /\nRateLimit: "day";r=0;t=\d+\n/);
  assert.equal((await there('alice')).status, 429);
  const fourth = call('alice', '--json');
  assert.equal(fourth.code, 1);
  const { status, headers, body } = JSON.parse(fourth.out);
  assert.equal(status, 429);
  assert.match(headers['Retry-After'], /^\d+$/);
  assert.equal(JSON.parse(body).code, 'limit_reached');
  assert.equal((await there('bob')).status, 200);
});

test('call for people: status, headers, an empty line, the body', (t) => {
  const place = new Place(t);
  const config = place.configure(conf);
  const { code, out } = run(['call', '--user=alice', `--config=${config}`, 'policy=avatar']);
  assert.equal(code, 0);
  const [head, body] = out.split('\n\n');
  assert.match(head, /^200 OK\nContent-Type: application\/json\nContent-Length: \d+\n/);
  assert.ok(!out.includes('\x1b') && !out.includes('\r'));
  const { signature, api_key: key, ...fields } = JSON.parse(body).fields;
  assert.equal(key, '1234567890');
  assert.equal(signature, cloudinary.utils.api_sign_request(fields, API_SECRET, 'sha256'));
});

// script(1) makes a terminal: what is coloured and indented there alone.
test('call and sign on a terminal', (t) => {
  const place = new Place(t);
  const config = place.configure(conf);
  const term = (args, env) => run(['-qec', [command, ...args].map((one) => `'${one}'`).join(' '), '/dev/null'], { program: 'script', env: { TERM: 'xterm', ...env } }).out;
  const called = term(['call', '--user=alice', `--config=${config}`, 'policy=avatar']);
  assert.match(called, /\x1b\[32m200 OK\x1b\[0m\r\n/);
  assert.match(called, /\r\n\{\r\n {2}"url": "https:/);
  assert.match(term(['call', `--config=${config}`, 'policy=avatar']), /\x1b\[31m401 Unauthorized\x1b\[0m/);
  assert.match(term(['sign', '--policy=avatar', '--user=alice', config]), /\x1b\[32m200 OK\x1b\[0m/);
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
    assert.ok(!term(['call', '--user=alice', `--config=${config}`, 'policy=avatar'], env).includes('\x1b'));
});

test('call: too long a name of a configuration is no other configuration', (t) => {
  const place = new Place(t);
  const env = { SIGNPOST_CONFIG: place.configure(conf) };
  assert.equal(run(['call', '--user', 'alice'], { env }).code, 0);
  for (const n of [4096, 4110, 5000]) assert.notEqual(run(['call', '--user', 'alice', '--config', `/${'a'.repeat(n)}`], { env }).code, 0, `${n}`);
});

test('call: mistakes in its words', (t) => {
  const place = new Place(t);
  const config = place.configure(conf);
  for (const args of [['a', 'b'], ['--header', 'a'], ['--header', 'a\n: b'], ['--header', 'A: b\nC: d'], ['--header', 'A: b\r'],
    ['--header', 'Content-Length: 1'], ['--content-type=a', '--header=Content-Type: b'], ['--cookie', 'a\nb'], ['a\nb'],
    ['--method', ''], ['--method', 'A B'], ['--address', 'localhost'], ['--address', ''], ['--user', ''], ['--user', 'x'.repeat(256)],
    ['--claim', 'a=b'], ['--body', '@/no/such/file'], ['--nosuch'], ['--json=1'], ['--user'], ['--body=a', '--body=b']]) {
    const { code, out, err } = run(['call', `--config=${config}`, ...args]);
    assert.equal(code, 2, `${args.join(' ')} ${err}`);
    assert.equal(out, '');
    assert.match(err, /^signpost: [\s\S]*usage: signpost call/);
  }
  const missing = run(['call', `--config=${place.path}/nosuch.conf`, '--user=alice', 'policy=avatar']);
  assert.equal(missing.code, 1);
  assert.match(missing.out, /^503 Service Unavailable\n/);
  assert.match(missing.err, /event=config severity=error file=\S+nosuch\.conf/);
  for (const long of [`policy=avatar&x=${'y'.repeat(9000)}`, `x=${'y'.repeat(120000)}`])
    assert.match(run(['call', `--config=${config}`, '--user=alice', long]).out, /^413 /);
});
