// etc/www/signpost.js: each function against the real program behind a real
// server, and against the stand-in for api.cloudinary.com, with all that can
// go wrong on the way to both.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, freePort, lighttpdFastcgi, nginxFastcgi, root, run, stop, until, within } from './site.mjs';
import { standin } from './standin.mjs';
import { API_SECRET, OTHER_SECRET, session } from './token.mjs';

// A browser is told that it is a module; node 18 goes by the name alone.
const source = readFileSync(join(root, 'etc/www/signpost.js'));
const { default: signpost, SignpostError, destroy, sign, upload, url } = await import(`data:text/javascript;base64,${source.toString('base64')}`);

const account = { cloud: 'demo', key: '874837483274837', secret: API_SECRET };
const MIB = 1 << 20;

const conf = (prefix) => `
cloudinary = { cloud_name = "demo"; api_key = "${account.key}"; api_secret_file = "cloudinary.secret"; upload_prefix = "${prefix}"; token_key_file = "token.key"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); bearer = true; };
policies = {
  avatar = { action = "upload"; set = { resource_type = "image"; public_id = "users/{user}/{random}"; overwrite = false; };
             allow = { context = { caption = "text 200"; alt = "text 99"; }; faces = "bool"; quality_override = "int 1..9"; }; };
  tagged = { action = "upload"; reusable = true; shared_tags = true; allow = { tags = "text 20 x3"; display_name = "text 60"; }; };
  once   = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; limit = "1/day"; };
  remove = { action = "destroy"; limit = "1000/hour"; set = { invalidate = true; }; allow = { public_id = "users/{user}/**"; type = [ "upload", "private" ]; }; };
  label  = { action = "tags"; limit = "60/hour"; allow = { public_ids = "users/{user}/**"; tag = "text 40"; command = [ "add" ]; }; };
  thumb  = { action = "deliver"; set = { type = "upload"; }; allow = { public_id = "users/{user}/**"; transformation = [ "w_200,c_fill", "" ]; version = "int 1..9999999999"; }; };
  album  = { action = "token"; set = { acl = [ "/image/authenticated/users/{user}/*" ]; duration = 600; }; };
  inbox  = { action = "upload"; anonymous = true; set = { public_id = "inbox/{random}"; overwrite = false; allowed_formats = "jpg"; }; limit = "9/minute"; limit_total = "9/minute"; };
};
`;
const files = { 'token.key': '00112233445566778899aabbccddeeff\n' };

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const formOf = (request, body) => new Response(body, { headers: { 'Content-Type': request.headers['content-type'] } }).formData();

// A server between the client and another one: notes what came, and answers
// the next requests by `script`: undefined hands on, 'reset' cuts the
// connection, 'hang' never answers, else { status, body, headers }.
async function between(t, target, pages = {}) {
  const seen = [];
  const script = [];
  const server = http.createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    // Any page may ask Cloudinary, which says so to each.
    if (request.headers.origin !== undefined) response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '');
      return response.end();
    }
    const body = await read(request).catch(() => null);
    if (body === null) return;
    const fault = pages[request.url] ?? script.shift();
    const form = /^multipart/.test(request.headers['content-type'] ?? '') ? await formOf(request, body) : null;
    seen.push({ method: request.method, path: request.url, headers: request.headers, form, body: form ? null : body.toString(),
      size: form?.get('file')?.size, name: form?.get('file')?.name, range: request.headers['content-range'], id: request.headers['x-unique-upload-id'] });
    if (fault === 'hang') return;
    if (fault === 'reset') return request.socket.destroy();
    if (fault !== undefined) return response.writeHead(fault.status, fault.headers).end(fault.body);
    const on = http.request(target + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    on.on('error', () => request.socket.destroy());
    on.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  return { seen, script, address: `http://127.0.0.1:${server.address().port}` };
}

// The whole way: client, web server, program; client, `cloud`, stand-in.
async function site(t, { secret = API_SECRET, user = 'alice' } = {}) {
  const api = await standin(t, { ...account, secret });
  const cloud = await between(t, api.prefix);
  const { port, place } = await lighttpdFastcgi(t, conf(cloud.address), 1, files);
  const web = await between(t, `http://127.0.0.1:${port}`);
  const endpoint = `${web.address}/api/sign`;
  const init = { headers: { Cookie: `session=${session(user)}` } };
  return { api, cloud, web, port, place, endpoint, init, client: signpost(endpoint, init) };
}

const named = (bytes, name) => Object.assign(new Blob([bytes], { type: 'image/jpeg' }), { name });
const large = (size, name = 'film.mp4') => named(new Uint8Array(size).fill(7), name);
const html = (status) => ({ status, headers: { 'Content-Type': 'text/html' }, body: '<html><h1>nginx</h1></html>' });
const stale = { status: 400, headers: { 'Content-Type': 'application/json' },
  body: '{"error":{"message":"Stale request - reported time is 2026-11-28 00:00:00 +0000 which is more than 1 hour ago"}}' };

async function refusal(promise, expected) {
  const error = await promise.then((value) => assert.fail(JSON.stringify(value)), (e) => e);
  assert.ok(error instanceof SignpostError && error instanceof Error, String(error));
  assert.equal(error.name, 'SignpostError');
  assert.ok(error.message.length > 10, error.message);
  for (const [name, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert.match(String(error[name]), value);
    else assert.equal(error[name], value, `${name}: ${error.message}`);
  }
  return error;
}

test('it is at most 3072 bytes, and needs nothing', () => {
  assert.ok(source.length <= 3072, `${source.length} bytes`);
  assert.doesNotMatch(source.toString(), /\bimport\b|\brequire\b|eval|[^\n -~]/);
  for (const line of source.toString().split('\n')) assert.ok(line.length <= 120, line);
});

test('its types are what a page needs, and no looser', (t) => {
  const tsc = join(root, 'tests/e2e/node_modules/typescript/bin/tsc');
  const check = (path) => run([tsc, '--noEmit', '--strict', '-p', path], { program: process.execPath });
  const right = check(join(root, 'tests/e2e/types'));
  assert.equal(right.code, 0, right.out);

  // The twin: where a file could be anything, a mistake is no error any more.
  const place = new Place(t);
  const from = (path) => readFileSync(join(root, path), 'utf8');
  place.write('etc/www/signpost.d.ts', from('etc/www/signpost.d.ts').replace('file: Blob', 'file: any'));
  for (const name of ['usage.ts', 'tsconfig.json']) place.write(`tests/e2e/types/${name}`, from(`tests/e2e/types/${name}`));
  const loose = check(join(place.path, 'tests/e2e/types'));
  assert.notEqual(loose.code, 0);
  assert.match(loose.out, /TS2578: Unused '@ts-expect-error'/);
});

test('sign: each shape of a parameter, and the account', async (t) => {
  const { client, web } = await site(t);
  const signed = await client.sign('avatar', { context: { caption: 'Ä, 猫', alt: 'ü' }, faces: true, quality_override: 7 });
  assert.equal(signed.fields.faces, 'true');
  assert.equal(signed.fields.quality_override, '7');
  assert.deepEqual(signed.fields.context.split('|').sort(), ['alt=ü', 'caption=Ä, 猫']);
  assert.equal((await client.sign('tagged', { tags: ['a', 'b'], display_name: undefined })).fields.tags, 'a,b');
  assert.deepEqual((await client.sign('label', { public_ids: ['users/alice/a', 'users/alice/b'], tag: 'x', command: 'add' })).fields['public_ids[]'],
    ['users/alice/a', 'users/alice/b']);
  assert.match((await client.sign('album')).token, /^__cld_token__=/);
  assert.deepEqual((await client.sign()).policies, ['avatar', 'tagged', 'once', 'remove', 'label', 'thumb', 'album', 'inbox']);
  for (const { method, headers, path } of web.seen) {
    assert.equal(method, 'POST');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(path, '/api/sign');
  }
});

test('upload, url, destroy: names of every kind, an empty file, progress', async (t) => {
  const { client, cloud, api } = await site(t);
  for (const [blob, name] of [[named('a picture', 'Größe 猫 🐈 "1".jpg'), /^Größe 猫 🐈 ("|%22)1("|%22)\.jpg$/], [named('', 'empty.jpg'), /^empty\.jpg$/], [new Blob(['x']), /^file$/]]) {
    const told = [];
    const made = await client.upload('avatar', blob, { params: { context: { caption: 'Katze 猫' } }, onprogress: (p) => told.push(p) });
    assert.match(made.public_id, /^users\/alice\/[0-9a-f]{32}$/);
    assert.ok(api.assets.has(`image/${made.public_id}`));
    const { name: sent, size, range, id, headers } = cloud.seen.pop();
    assert.match(sent, name);
    assert.equal(size, blob.size);
    assert.equal(range ?? id, undefined);
    assert.equal(headers.cookie, undefined);
    assert.deepEqual(told.at(-1), { loaded: blob.size, total: blob.size });

    const address = await client.url('thumb', made.public_id, 'w_200,c_fill', { version: made.version });
    assert.match(address, new RegExp(`^https://res.cloudinary.com/demo/image/upload/s--[\\w-]{8}--/w_200,c_fill/v${made.version}/${made.public_id}$`));
    assert.match(await client.url('thumb', made.public_id), /s--[\w-]{8}--\/v1\/users/);

    assert.deepEqual(await client.destroy('remove', made.public_id, { type: 'upload' }), { result: 'ok' });
    assert.equal(cloud.seen.at(-1).form.get('type'), 'upload');
    assert.equal(cloud.seen.at(-1).form.get('invalidate'), 'true');
    assert.deepEqual(await client.destroy('remove', made.public_id), { result: 'not found' });
  }
  assert.equal(api.assets.size, 0);
});

test('the functions as they are imported ask /api/sign of the page', async (t) => {
  const { port, init } = await site(t);
  const network = globalThis.fetch;
  t.after(() => (globalThis.fetch = network));
  // A page's own address and its cookie, which node has not.
  globalThis.fetch = (address, options) => address.startsWith('/')
    ? network(`http://127.0.0.1:${port}${address}`, { ...options, headers: { ...options.headers, ...init.headers } }) : network(address, options);
  const made = await upload('avatar', named('x', 'x.jpg'));
  assert.match(await url('thumb', made.public_id), /^https:/);
  assert.deepEqual(await destroy('remove', made.public_id), { result: 'ok' });
  assert.equal((await sign()).user, 'alice');
});

test('init is what fetch() takes, read each time; a bearer token, and none', async (t) => {
  const { endpoint, web } = await site(t);
  const init = { headers: new Headers({ Authorization: `Bearer ${session('bob')}` }) };
  const client = signpost(endpoint, init);
  assert.equal((await client.sign()).user, 'bob');
  init.headers.set('Authorization', `Bearer ${session('carol')}`);
  assert.equal((await client.sign()).user, 'carol');
  init.headers.delete('Authorization');
  await refusal(client.sign('avatar'), { status: 401, code: 'no_session' });
  assert.match((await client.upload('inbox', named('x', 'x.jpg'))).public_id, /^inbox\/[0-9a-f]{32}$/);
  assert.equal(web.seen.at(-1).headers.authorization, undefined);
  assert.equal((await signpost(`${endpoint}?contract=classic`, { headers: { Authorization: `Bearer ${session('bob')}` } }).sign('avatar')).cloudname, 'demo');
});

test('what the program refuses', async (t) => {
  const { client, endpoint, web, place } = await site(t);
  await refusal(signpost(endpoint).upload('avatar', named('x', 'x')), { status: 401, code: 'no_session', request_id: /^[0-9a-f]{16}$/ });
  const error = await refusal(client.destroy('remove', 'users/bob/cat'), { status: 403, code: 'value_not_allowed', param: 'public_id', policy: 'remove', retry_after: undefined });
  assert.equal(error.message, 'public_id takes users/{user}/**.');
  await refusal(client.url('thumb', 'users/alice/cat', 'w_1'), { status: 403, param: 'transformation' });
  await refusal(client.sign('avatar', { colour: 1 }), { status: 403, code: 'parameter_unknown', param: 'colour' });
  await refusal(client.sign('nobody'), { status: 404, code: 'policy_unknown' });
  await refusal(client.sign('avatar', { context: 'x'.repeat(20000) }), { status: 413, code: 'too_large' });
  await client.upload('once', named('x', 'x'));
  const limited = await refusal(client.upload('once', named('x', 'x')), { status: 429, code: 'limit_reached', policy: 'once' });
  assert.ok(limited.retry_after > 0 && limited.retry_after <= 86400);

  // The web server's own answers.
  for (const answer of [html(502), html(503), html(404), html(200), { status: 200, body: '' }, { status: 500, body: 'null' }]) {
    web.script.push(answer);
    await refusal(client.upload('avatar', named('x', 'x')), { status: answer.status, code: 'no_answer', message: new RegExp(`^No JSON from http://.*/api/sign \\(status ${answer.status}\\)$`) });
  }
  web.script.push('reset');
  await refusal(client.sign('avatar'), { status: 0, code: 'no_answer' });
  unlinkSync(join(place.path, 'signpost.conf'));
  await until('the configuration is gone', () => client.sign().then(() => false, (e) => e.status === 503));
  await refusal(client.sign('avatar'), { status: 503, code: 'configuration' });
  await refusal(signpost(`http://127.0.0.1:${await freePort()}/api/sign`).sign('avatar'), { status: 0, code: 'no_answer' });
});

test('a real web server whose program is gone', async (t) => {
  const { port, fcgi } = await nginxFastcgi(t, conf('https://api.cloudinary.com').replace('token_key_file = "token.key"; ', '').replace(/ {2}album.*\n/, ''), 1);
  const client = signpost(`http://127.0.0.1:${port}/api/sign`, { headers: { Cookie: `session=${session('alice')}` } });
  await client.sign('avatar');
  await stop(fcgi.child);
  await refusal(client.sign('avatar'), { status: 502, code: 'no_answer', message: /^No JSON from .* \(status 502\)$/ });
});

test('what Cloudinary refuses', async (t) => {
  const wrong = await site(t, { secret: OTHER_SECRET });
  await refusal(wrong.client.upload('avatar', named('x', 'x')), { status: 401, code: 'cloudinary', message: /^Invalid Signature [0-9a-f]{64}\. String to sign - / });
  const { client, cloud } = await site(t);
  cloud.script.push({ status: 400, headers: { 'X-Cld-Error': 'Invalid image file' }, body: '' });
  await refusal(client.upload('avatar', named('x', 'x')), { status: 400, code: 'cloudinary', message: 'Invalid image file' });
  cloud.script.push({ status: 420, body: '{"error":{"message":"Rate Limit Exceeded"}}' });
  await refusal(client.destroy('remove', 'users/alice/x'), { status: 420, code: 'cloudinary', message: 'Rate Limit Exceeded' });
  for (const fault of [html(502), 'reset']) {
    cloud.seen.length = 0;
    cloud.script.push(fault);
    await refusal(client.upload('avatar', named('x', 'x')), { status: fault.status ?? 0, code: 'no_answer' });
    assert.equal(cloud.seen.length, 1, 'a small file may have come through, and is not sent again');
  }
});

test('a list goes as its elements', async (t) => {
  const { client, cloud } = await site(t);
  const ids = ['users/alice/b', 'users/alice/a'];
  const label = () => client.upload('label', null, { params: { public_ids: ids, tag: 'new', command: 'add' } });
  assert.deepEqual(await label(), { public_ids: [] });
  assert.deepEqual(cloud.seen[0].form.getAll('public_ids[]'), ids);
  assert.equal(cloud.seen[0].form.has('file'), false);
});

test('answers with names that objects have by themselves', async (t) => {
  const { client, cloud, web } = await site(t);
  const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"error":{"message":"Refused, with __proto__"}}';
  cloud.script.push({ status: 400, body: hostile });
  const error = await refusal(client.upload('avatar', named('x', 'x')), { status: 400, code: 'cloudinary', message: 'Refused, with __proto__' });
  assert.equal(Object.getPrototypeOf(error), SignpostError.prototype);
  assert.equal({}.polluted ?? error.polluted, undefined);
  web.script.push({ status: 200, body: `{"url":"${cloud.address}/v1_1/demo/image/upload","fields":{"__proto__":"a","constructor":"b","toString":"c"}}` });
  cloud.script.push({ status: 200, body: '{"taken":true}' });
  await client.upload('avatar', named('x', 'x'));
  assert.deepEqual([...cloud.seen.at(-1).form.keys()], ['__proto__', 'constructor', 'toString', 'file']);
  for (const body of ['[]', '"text"', '7', 'true', 'null', '{"error":null}', '{"error":"text"}']) {
    cloud.script.push({ status: 400, body });
    await refusal(client.upload('avatar', named('x', 'x')), { status: 400, code: 'no_answer' });
  }
});

test('a stale signature is asked for anew, once', async (t) => {
  const { client, cloud, web } = await site(t);
  cloud.script.push(stale);
  const made = await client.upload('avatar', named('x', 'x'));
  const ids = cloud.seen.map(({ form }) => form.get('public_id'));
  assert.equal(new Set(ids).size, 2);
  assert.equal(made.public_id, ids[1]);
  assert.equal(web.seen.length, 2);

  cloud.script.push(stale, stale);
  await refusal(client.upload('avatar', named('x', 'x')), { status: 400, code: 'cloudinary', message: /^Stale request/ });
  assert.equal(cloud.seen.length, 4);
  assert.equal(web.seen.length, 4);
  cloud.script.push(stale);
  assert.deepEqual(await client.destroy('remove', made.public_id), { result: 'ok' });
});

test('a large file goes in parts, with one id and one signature', async (t) => {
  const { client, cloud, web, api } = await site(t);
  const told = [];
  const size = 11 * MIB + 3;
  const made = await client.upload('avatar', large(size), { chunk_size: 5 * MIB, onprogress: (p) => told.push(p) });
  assert.deepEqual(cloud.seen.map(({ range }) => range),
    [`bytes 0-${5 * MIB - 1}/${size}`, `bytes ${5 * MIB}-${10 * MIB - 1}/${size}`, `bytes ${10 * MIB}-${size - 1}/${size}`]);
  assert.deepEqual(cloud.seen.map((part) => part.size), [5 * MIB, 5 * MIB, MIB + 3]);
  assert.deepEqual([...new Set(cloud.seen.map(({ name }) => name))], ['film.mp4']);
  assert.equal(new Set(cloud.seen.map(({ id }) => id)).size, 1);
  assert.match(cloud.seen[0].id, /^0\.\d{6,}/);
  const fields = cloud.seen.map(({ form }) => JSON.stringify([...form].filter(([name]) => name !== 'file')));
  assert.equal(new Set(fields).size, 1);
  assert.equal(web.seen.length, 1);
  assert.equal(api.parts.length, 2);
  assert.equal(made.public_id, cloud.seen[0].form.get('public_id'));
  assert.deepEqual(told, [5 * MIB, 10 * MIB, size].map((loaded) => ({ loaded, total: size })));

  // The limit itself goes whole; a part is never smaller than Cloudinary takes; another file has another id.
  const first = cloud.seen[0].id;
  for (const [bytes, chunk, parts] of [[5 * MIB, 5 * MIB, 1], [5 * MIB + 1, 5 * MIB, 2], [5 * MIB + 1, 1, 2], [5 * MIB, 0, 1], [6 * MIB, undefined, 1],
    [10 * MIB, 5 * MIB, 2], [6 * MIB, Infinity, 1], [6 * MIB, -1, 2], [6 * MIB, NaN, 2], [9, NaN, 1], [9, 'all', 1], [6 * MIB, null, 2], [11 * MIB, 11 * MIB / 2.1, 3]]) {
    cloud.seen.length = 0;
    await client.upload('avatar', large(bytes), { chunk_size: chunk });
    assert.equal(cloud.seen.length, parts, `${bytes} in ${chunk}`);
    assert.equal(cloud.seen.reduce((sum, part) => sum + part.size, 0), bytes, `${bytes} in ${chunk}: all of it`);
    for (const { range } of parts > 1 ? cloud.seen : []) assert.match(range, /^bytes \d+-\d+\/\d+$/);
    assert.equal(cloud.seen[0].id !== undefined, parts > 1);
    assert.notEqual(cloud.seen[0].id, first);
  }
});

test('a part that fails is sent again, and not for ever', async (t) => {
  const { client, cloud, web } = await site(t);
  const told = [];
  cloud.script.push(undefined, 'reset', html(503));
  const made = await client.upload('avatar', large(6 * MIB), { chunk_size: 5 * MIB, onprogress: ({ loaded }) => told.push(loaded) });
  assert.match(made.public_id, /^users\/alice\//);
  const [one, ...others] = cloud.seen.map(({ range, id }) => `${id} ${range}`);
  assert.equal(others.length, 3);
  assert.equal(new Set(others).size, 1);
  assert.notEqual(one, others[0]);
  assert.deepEqual(told, [5 * MIB, 6 * MIB]);

  cloud.seen.length = 0;
  cloud.script.push(...Array(9).fill({ status: 500, body: '{"error":{"message":"Try again later"}}' }));
  const began = Date.now();
  await refusal(client.upload('avatar', large(6 * MIB), { chunk_size: 5 * MIB }), { status: 500, code: 'cloudinary', message: 'Try again later' });
  assert.equal(cloud.seen.length, 4);
  assert.ok(Date.now() - began >= 6900, 'it waits 1, 2 and 4 seconds');

  cloud.seen.length = cloud.script.length = 0;
  cloud.script.push(undefined, { status: 400, body: '{"error":{"message":"All parts except EOF-chunk must be larger than 5mb"}}' });
  await refusal(client.upload('avatar', large(6 * MIB), { chunk_size: 5 * MIB }), { status: 400, code: 'cloudinary' });
  assert.equal(cloud.seen.length, 2);
  assert.equal(web.seen.length, 3);
});

test('a signature that goes stale between parts: all again, once, with one id', async (t) => {
  const { client, cloud, web } = await site(t);
  cloud.script.push(undefined, stale);
  const made = await client.upload('avatar', large(6 * MIB), { chunk_size: 5 * MIB });
  const ids = cloud.seen.map(({ form }) => form.get('public_id'));
  assert.deepEqual(ids, [ids[0], ids[0], made.public_id, made.public_id]);
  assert.notEqual(ids[0], made.public_id);
  assert.deepEqual(cloud.seen.map(({ range }) => range.split('/')[0]),
    [`bytes 0-${5 * MIB - 1}`, `bytes ${5 * MIB}-${6 * MIB - 1}`, `bytes 0-${5 * MIB - 1}`, `bytes ${5 * MIB}-${6 * MIB - 1}`]);
  assert.equal(cloud.seen[0].id, cloud.seen[1].id);
  assert.notEqual(cloud.seen[1].id, cloud.seen[2].id);
  assert.equal(web.seen.length, 2);

  cloud.script.push(undefined, stale, undefined, stale);
  await refusal(client.upload('avatar', large(6 * MIB), { chunk_size: 5 * MIB }), { status: 400, message: /^Stale request/ });
  assert.equal(web.seen.length, 4);
});

// The same in a browser, where XMLHttpRequest sends. Each step's requests are
// answered by the script.
const page = `<!doctype html><title>test</title><script type="module">
import { SignpostError, upload, destroy, url } from './signpost.js';
const MIB = 1 << 20, results = {};
const progress = () => { const told = []; return { told, onprogress: (p) => told.push(p) }; };
const refused = (promise) => promise.then(() => 'went on', (e) => ({ own: e instanceof SignpostError, name: e.name, status: e.status, code: e.code, message: e.message }));
const steps = {
  async small() { const { told, onprogress } = progress(); const file = new File(['a picture'], 'Größe 猫.jpg');
    const made = await upload('avatar', file, { onprogress }); return { told, made, url: await url('thumb', made.public_id, 'w_200,c_fill') }; },
  async large() { const { told, onprogress } = progress();
    return { made: await upload('avatar', new File([new Uint8Array(11 * MIB + 3)], 'film.mp4'), { onprogress, chunk_size: 5 * MIB }), told }; },
  async again() { const { onprogress } = progress();
    return upload('avatar', new File([new Uint8Array(6 * MIB)], 'film.mp4'), { onprogress, chunk_size: 5 * MIB }); },
  async stale() { return upload('avatar', new File(['x'], 'x.jpg'), progress()); },
  async refused() { return refused(upload('avatar', new File(['x'], 'x.jpg'), progress())); },
  async html() { return refused(upload('avatar', new File(['x'], 'x.jpg'), progress())); },
  async forbidden() { return refused(destroy('remove', 'users/bob/cat')); },
  async gone() { return destroy('remove', 'users/alice/none'); },
  async aborted() { const controller = new AbortController(); // while the second part's answer is not there
    return refused(upload('avatar', new File([new Uint8Array(6 * MIB)], 'x.mp4'), { signal: controller.signal, chunk_size: 5 * MIB,
      onprogress: ({ loaded }) => loaded === 6 * MIB && setTimeout(() => controller.abort(), 500) })); },
  async inside() { const controller = new AbortController(); let last; // after the first part, before the second
    return refused(upload('avatar', new File([new Uint8Array(6 * MIB)], 'x.mp4'), { signal: controller.signal, chunk_size: 5 * MIB,
      onprogress: ({ loaded }) => { if (loaded === last) controller.abort(); last = loaded; } })); },
  async down() { return refused(upload('avatar', new File(['x'], 'x.jpg'), progress())); },
};
for (const [name, step] of Object.entries(steps)) results[name] = await step().catch((e) => ({ failed: String(e) }));
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
</script>`;

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

test('in a browser, with XMLHttpRequest', { skip: chromium === undefined && 'no chromium' }, async (t) => {
  const { web, cloud, place, api } = await site(t);
  cloud.script.push(undefined, undefined, undefined, undefined, undefined, html(503), undefined, stale, undefined,
    { status: 400, body: '{"error":{"message":"Invalid image file"}}' }, html(502), undefined, undefined, 'hang', undefined, ...Array(9).fill('reset'));
  const home = await between(t, web.address, {
    '/': { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Set-Cookie': `session=${session('alice')}; Path=/` }, body: page },
    '/signpost.js': { status: 200, headers: { 'Content-Type': 'text/javascript' }, body: source },
    '/results': { status: 204 },
  });
  place.start(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--no-proxy-server',
    '--disable-background-networking', `--user-data-dir=${place.path}/profile`, '--remote-debugging-port=0', `${home.address}/`]);
  await until('the page is through', () => home.seen.some(({ path }) => path === '/results')).catch((error) => {
    error.message += `\n${JSON.stringify(home.seen.map(({ path }) => path))} ${cloud.seen.length}\n${place.log}`;
    throw error;
  });
  const results = JSON.parse(home.seen.find(({ path }) => path === '/results').body);

  const grows = (told, size) => {
    assert.deepEqual(told.at(-1), { loaded: size, total: size });
    told.forEach(({ loaded, total }, i) => assert.ok(total === size && Number.isInteger(loaded) && loaded >= (told[i - 1]?.loaded ?? 0) && loaded <= size, JSON.stringify(told)));
  };
  assert.match(results.small.made?.public_id ?? '', /^users\/alice\//, JSON.stringify(results));
  assert.match(results.small.url, /^https:\/\/res\.cloudinary\.com\//);
  assert.equal(cloud.seen[0].name, 'Größe 猫.jpg');
  grows(results.small.told, 9);
  grows(results.large.told, 11 * MIB + 3);
  assert.ok(results.large.told.filter(({ loaded }) => loaded === 11 * MIB + 3).length > 1, 'XMLHttpRequest tells it by itself');
  assert.deepEqual(cloud.seen.slice(1, 4).map(({ range }) => range), [`bytes 0-${5 * MIB - 1}/${11 * MIB + 3}`, `bytes ${5 * MIB}-${10 * MIB - 1}/${11 * MIB + 3}`, `bytes ${10 * MIB}-${11 * MIB + 2}/${11 * MIB + 3}`]);
  assert.equal(new Set(cloud.seen.slice(1, 4).map(({ id }) => id)).size, 1);
  assert.deepEqual(cloud.seen.slice(4, 7).map(({ range }) => range.slice(0, 8)), ['bytes 0-', 'bytes 52', 'bytes 52']);
  for (const name of ['large', 'again', 'stale']) assert.ok(api.assets.has(`image/${(results[name].made ?? results[name]).public_id}`), name);
  assert.deepEqual(results.refused, { own: true, name: 'SignpostError', status: 400, code: 'cloudinary', message: 'Invalid image file' });
  assert.deepEqual([results.html.status, results.html.code], [502, 'no_answer']);
  assert.deepEqual([results.forbidden.status, results.forbidden.code], [403, 'value_not_allowed']);
  assert.deepEqual(results.gone, { result: 'not found' });
  assert.equal(results.aborted.name, 'AbortError');
  assert.equal(results.inside.name, 'AbortError');
  assert.equal(cloud.seen.filter(({ name }) => name === 'x.mp4').length, 3, 'nothing is sent after it');
  assert.deepEqual([results.down.own, results.down.status, results.down.code], [true, 0, 'no_answer']);
});

// Does a timer run in this process, as the client's does before it sends a part again?
const waits = () => process.getActiveResourcesInfo().includes('Timeout');

test('a signal ends it wherever it is', async (t) => {
  const { client, cloud, web } = await site(t);
  const why = new Error('changed my mind');
  const aborted = async (start, when, signal = new AbortController()) => {
    const going = start(signal.signal);
    const outcome = going.then(() => assert.fail('it went on'), (error) => error);
    await until('it has come so far', when);
    signal.abort(why);
    assert.equal(await within(outcome, 'its end'), why);
  };
  await assert.rejects(client.sign('avatar', {}, { signal: AbortSignal.abort(why) }), (error) => error === why);
  await assert.rejects(client.upload('avatar', named('x', 'x'), { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal(web.seen.length, 0);

  web.script.push('hang');
  await aborted((signal) => client.sign('avatar', {}, { signal }), () => web.seen.length === 1);
  cloud.script.push('hang');
  await aborted((signal) => client.upload('avatar', named('x', 'x'), { signal }), () => cloud.seen.length === 1);
  // Between two parts, and while it waits to send one again.
  cloud.script.push(undefined, 'hang');
  await aborted((signal) => client.upload('avatar', large(6 * MIB), { signal, chunk_size: 5 * MIB }), () => cloud.seen.length === 3);
  cloud.script.push(...Array(9).fill(html(500)));
  await aborted((signal) => client.upload('avatar', large(6 * MIB), { signal, chunk_size: 5 * MIB }),
    () => cloud.seen.length === 6 && waits());
  assert.ok(waits(), 'it ends before its timer does');
  await until('the timer is over', () => !waits());
  assert.equal(cloud.seen.length, 6, 'nothing is sent after it');
  cloud.script.length = 0;

  // From within its own progress.
  const controller = new AbortController();
  await assert.rejects(client.upload('avatar', large(6 * MIB), { signal: controller.signal, chunk_size: 5 * MIB, onprogress: () => controller.abort(why) }), (error) => error === why);
  assert.equal(cloud.seen.length, 7);
  await client.upload('avatar', named('x', 'x'), { signal: new AbortController().signal });
});
