// The stand-in that make run has in Cloudinary's place takes what the official
// SDK signs, and nothing else. (Both were written apart from src/.)
import assert from 'node:assert/strict';
import http from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { Place, root, until } from './site.mjs';
import { seconds } from './token.mjs';

const { uploader } = cloudinary.v2;
const SECRET = 'test-account-secret-that-protects-nothing';
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const URI = `data:image/png;base64,${PNG.toString('base64')}`;
const MiB = 1 << 20;
// A picture by its first bytes; the rest is anything.
const large = (size) => Buffer.concat([PNG, Buffer.alloc(size - PNG.length, 'x')]);

async function start(t) {
  const place = new Place(t);
  const secret = place.write('secret', `${SECRET}\n`);
  const child = place.start('python3', ['-B', join(root, 'tests/standin/standin.py'), '--listen', '0',
    '--folder', join(place.path, 'files'), '--cloud', 'demo', '--key', '1234567890', '--secret-file', secret]);
  await until('it says its port', () => {
    assert.equal(child.exitCode, null, place.log);
    return /^\d+\n/.test(place.log);
  });
  const base = `http://127.0.0.1:${place.log.trim()}`;
  // The SDK speaks https alone, unless its agent does not.
  const options = { cloud_name: 'demo', api_key: '1234567890', api_secret: SECRET, upload_prefix: base, agent: new http.Agent() };
  const files = () => readdirSync(join(place.path, 'files'));
  return { base, options, files, place, port: Number(place.log.trim()) };
}

// A form with these fields, signed by the SDK unless they hold a signature.
async function post({ base }, action, fields, { file, headers = {}, type = 'image' } = {}) {
  const all = { timestamp: String(seconds()), api_key: '1234567890', ...fields };
  const { api_key: key, ...signed } = all;
  all.signature ??= cloudinary.utils.api_sign_request(signed, SECRET, 'sha256');
  const form = new FormData();
  for (const [name, value] of Object.entries(all)) form.append(name, value);
  if (file) form.append('file', new Blob([file]), 'a.png');
  const answer = await fetch(`${base}/v1_1/demo/${type}/${action}`, { method: 'POST', body: form, headers });
  return { status: answer.status, header: answer.headers.get('X-Cld-Error'), ...await answer.json() };
}

test('what the official SDK uploads, lists, fetches and deletes', async (t) => {
  const site = await start(t);
  for (const signature_algorithm of ['sha1', 'sha256']) {
    const id = `users/alice/${signature_algorithm}`;
    const made = await uploader.upload(URI, { ...site.options, signature_algorithm, public_id: id, tags: ['user_alice', 'a&b'],
      context: { caption: 'a=b|c & d' }, moderation: 'manual', allowed_formats: ['png', 'jpg'], upload_preset: 'site_signed' });
    assert.equal(made.public_id, id);
    assert.equal(made.format, 'png');
    assert.equal(made.bytes, PNG.length);
    assert.deepEqual(made.tags, ['user_alice', 'a&b']);
    assert.deepEqual(made.context, { custom: { caption: 'a=b|c & d' } });
    assert.deepEqual(made.moderation, [{ status: 'pending', kind: 'manual' }]);
    assert.match(made.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    cloudinary.config({ api_secret: SECRET, signature_algorithm: 'sha1' });
    assert.ok(cloudinary.utils.verify_api_response_signature(id, made.version, made.signature));
    assert.deepEqual(Buffer.from(await (await fetch(made.secure_url)).arrayBuffer()), PNG);
  }
  const list = await (await fetch(`${site.base}/demo/image/list/user_alice.json`)).json();
  assert.deepEqual(list.resources.map((one) => one.public_id), ['users/alice/sha256', 'users/alice/sha1'], 'the newest first');
  assert.equal((await fetch(`${site.base}/demo/image/list/user_bob.json`)).status, 404);

  assert.deepEqual(await uploader.destroy('users/alice/sha1', site.options), { result: 'ok' });
  assert.deepEqual(await uploader.destroy('users/alice/sha1', site.options), { result: 'not found' });
  assert.equal(site.files().length, 1);
});

test('signed delivery: right, wrong, and of something else', async (t) => {
  const site = await start(t);
  await uploader.upload(URI, { ...site.options, public_id: 'users/alice/cat' });
  for (const more of [{}, { signature_algorithm: 'sha256' }, { long_url_signature: true }]) {
    const url = cloudinary.url('users/alice/cat.png', { cloud_name: 'demo', api_secret: SECRET, sign_url: true, version: 5,
      transformation: [{ width: 200, crop: 'fill' }, { effect: 'sepia' }], ...more }).replace(/^https?:\/\/res\.cloudinary\.com/, site.base);
    const answer = await fetch(url);
    assert.equal(answer.status, 200, url);
    assert.equal(answer.headers.get('Content-Type'), 'image/png');
    for (const wrong of [url.replace('w_200', 'w_201'), url.replace('/s--', '/s--A').replace(/.--\//, '--/')])
      assert.equal((await fetch(wrong)).status, 401, wrong);
    assert.equal((await fetch(url.replace('cat', 'dog'))).status, 404);
  }
  for (const path of ['/demo/image/upload/../../secret', '/demo/image/upload/%2e%2e/%2e%2e/secret', '/demo/image/upload/', '/secret', '/demo/image/upload/1.png'])
    assert.equal((await fetch(site.base + path)).status, 404, path);
});

test('a signature over anything else: refused, with the string that it should be over', async (t) => {
  const site = await start(t);
  const upload = (more) => uploader.upload(URI, { ...site.options, timestamp: 1, ...more }).then(() => assert.fail('taken'), (error) => error);
  const now = seconds();
  const other = await upload({ timestamp: now, api_secret: 'another-secret', public_id: 'a&b', tags: ['x', 'y'] });
  assert.equal(other.http_code, 401);
  const signature = cloudinary.utils.api_sign_request({ public_id: 'a&b', tags: 'x,y', timestamp: now }, 'another-secret', 'sha1');
  assert.equal(other.message, `Invalid Signature ${signature}. String to sign - 'public_id=a%26b&tags=x,y&timestamp=${now}'.`);

  const signed = { public_id: 'a', timestamp: String(now) };
  const right = cloudinary.utils.api_sign_request(signed, SECRET, 'sha256');
  assert.equal((await post(site, 'upload', { ...signed, signature: right }, { file: PNG })).status, 200);
  const cases = { added: { ...signed, tags: 'x', signature: right }, changed: { ...signed, public_id: 'b', signature: right },
    short: { ...signed, signature: right.slice(1) }, 'upper case': { ...signed, signature: right.toUpperCase() }, none: { ...signed, signature: '' } };
  for (const [what, fields] of Object.entries(cases)) {
    const answer = await post(site, 'upload', fields, { file: PNG });
    assert.equal(answer.status, 401, what);
    assert.match(answer.error.message, /^Invalid Signature .*String to sign - 'public_id=[ab](&tags=x)?&timestamp=\d+'\.$/);
    assert.equal(answer.header, answer.error.message);
  }
  assert.equal((await post(site, 'upload', { api_key: '99' }, { file: PNG })).error.message, 'Unknown API key 99');
  assert.equal((await post(site, 'upload', { timestamp: String(now - 3500) }, { file: PNG })).status, 200);
  const stale = await post(site, 'upload', { timestamp: String(now - 3700) }, { file: PNG });
  assert.match(stale.error.message, /^Stale request - reported time is \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 which is more than 1 hour ago$/);
  assert.equal((await post(site, 'upload', { timestamp: 'x' }, { file: PNG })).status, 400);
});

test('parameters that it obeys', async (t) => {
  const site = await start(t);
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  assert.equal((await post(site, 'upload', { allowed_formats: 'jpg,png,webp' }, { file: gif })).error.message, 'Image file format gif not allowed');
  assert.equal((await post(site, 'upload', { allowed_formats: 'gif' }, { file: gif })).format, 'gif');
  assert.equal((await post(site, 'upload', {}, { file: Buffer.from('<svg/>') })).error.message, 'Invalid image file');
  assert.equal((await post(site, 'upload', {})).error.message, 'Missing required parameter - file');
  assert.match((await post(site, 'upload', { file: 'http://127.0.0.1/' })).error.message, /fetches nothing/);
  assert.equal((await post(site, 'upload', { upload_preset: 'x' }, { file: PNG })).error.message, 'Upload preset not found');
  assert.match((await post(site, 'upload', { folder: 'users/bob' }, { file: PNG })).public_id, /^users\/bob\/\w+$/);
  const first = await post(site, 'upload', { public_id: 'one', overwrite: 'false' }, { file: PNG });
  const second = await post(site, 'upload', { public_id: 'one', overwrite: 'false' }, { file: gif });
  assert.equal(second.existing, true);
  assert.equal(second.etag, first.etag);
  assert.equal((await post(site, 'upload', { public_id: 'one' }, { file: gif })).format, 'gif', 'else it is replaced');
  assert.equal((await post(site, 'rename', { public_id: 'one' })).status, 404);
  assert.equal((await post(site, 'destroy', {})).error.message, 'Missing required parameter - public_id');
  const twice = new FormData();
  for (const value of ['a', 'b']) twice.append('public_id', value);
  assert.equal((await fetch(`${site.base}/v1_1/demo/image/upload`, { method: 'POST', body: twice })).status, 400);
  assert.equal((await fetch(`${site.base}/v1_1/other/image/upload`, { method: 'POST', body: new FormData() })).status, 404);
  assert.equal((await fetch(`${site.base}/v1_1/demo/image/upload`, { method: 'POST', body: 'x' })).status, 400);
});

test('in parts, as the SDK sends them, and out of order', async (t) => {
  const site = await start(t);
  const file = large(7 * MiB);
  const made = await new Promise((resolve, reject) => {
    const stream = cloudinary.v2.uploader.upload_chunked_stream({ ...site.options, public_id: 'large', chunk_size: 5 * MiB },
      (error, result) => (error ? reject(error) : resolve(result)));
    stream.end(file);
  });
  assert.equal(made.bytes, file.length);
  assert.deepEqual(Buffer.from(await (await fetch(made.secure_url)).arrayBuffer()), file);

  const part = (id, from, to, total) => post(site, 'upload', { public_id: id }, { file: file.subarray(from, to),
    headers: { 'X-Unique-Upload-Id': id, 'Content-Range': `bytes ${from}-${to - 1}/${total}` } });
  assert.equal((await part('p', 100, 300, 300)).done, false);
  assert.equal((await part('q', 0, 100, 100)).bytes, 100, 'another one between');
  assert.equal((await part('p', 0, 100, 300)).bytes, 300);
  assert.equal((await part('r', 0, 100, 50)).status, 400);
});

test('names and addresses that reach outside, or are none', async (t) => {
  const site = await start(t);
  for (const [i, id] of ['../../../etc/x', '/etc/x', 'a\0b', 'a\r\nX-Evil: 1', '..', '%2e%2e/x', 'ä'].entries()) {
    const made = await post(site, 'upload', { public_id: id }, { file: PNG });
    assert.equal(made.public_id, id);
    assert.deepEqual(site.files().sort()[i], `${i + 1}.png`);
    assert.equal(made.header, null);
  }
  const raw = (path, method = 'GET') => new Promise((resolve, reject) => {
    http.request({ host: '127.0.0.1', port: site.port, path, method }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode))).on('error', reject).end();
  });
  for (const path of ['http://[/x', '//[', '/demo/image/upload/%00', '/demo/image/upload/..%2f..%2fsecret', '/demo/image/list/..%2fsecret.json', '/demo/image/upload/%ff'])
    assert.equal(await raw(path), 404, path);
  assert.equal(await raw('http://[/x', 'POST'), 404);
  assert.doesNotMatch(site.place.log, /Traceback/);
});

test('it has bounds', async (t) => {
  const site = await start(t);
  assert.equal((await post(site, 'upload', { public_id: 'most' }, { file: large(10 * MiB) })).bytes, 10 * MiB);
  assert.match((await post(site, 'upload', { public_id: 'more' }, { file: large(10 * MiB + 1) })).error.message, /^File size too large\. Got 10485761\. Maximum is 10485760\.$/);
  assert.match((await post(site, 'upload', { public_id: 'more' }, { file: large(11 * MiB) })).error.message, /^File size too large/);
  for (let i = 1; i < 200; i++) assert.equal((await post(site, 'upload', { public_id: `n${i}` }, { file: PNG })).status, 200);
  assert.equal((await post(site, 'upload', { public_id: 'n200' }, { file: PNG })).status, 420);
  assert.equal((await post(site, 'destroy', { public_id: 'n1' })).result, 'ok');
  assert.equal((await post(site, 'upload', { public_id: 'n200' }, { file: PNG })).status, 200);
  assert.equal(site.files().length, 200);
});
