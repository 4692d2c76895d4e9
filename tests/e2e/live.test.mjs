// The probe of a real account, against a stand-in: this only shows that it
// runs. And one signature for all parts of a large file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ask } from './client.mjs';
import { PATIENCE, lighttpdFastcgi, root } from './site.mjs';
import { standin } from './standin.mjs';
import { API_SECRET, session } from './token.mjs';

const account = { cloud: 'demo', key: '874837483274837', secret: API_SECRET };

// Not spawnSync: the stand-in answers in this process.
function probe(url) {
  const child = spawn(join(root, 'tests/live/probe'), { env: { PATH: process.env.PATH, CLOUDINARY_URL: url }, timeout: PATIENCE });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (out += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

test('the probe runs, and leaves nothing', async (t) => {
  const { prefix, assets } = await standin(t, account);
  const { code, out } = await probe(`cloudinary://${account.key}:${account.secret}@demo?upload_prefix=${prefix}`);
  assert.equal(code, 0, out);
  const rows = out.split('\n').filter((line) => /^\| .* \| (yes|no) \| \d{3}: /.test(line));
  assert.equal(rows.length, 19, out);
  assert.match(out, /\| is a timestamp of 61 minutes ago taken \| no \| 400: Stale request/);
  assert.match(out, /\| is a version 1 signature still taken .* \| no \| 401: Invalid Signature \*\*\*\*/);
  assert.match(out, /\| is SHA-256 taken \| yes \|/);
  assert.equal(assets.size, 0);
  assert.ok(!out.includes(account.secret));
  assert.doesNotMatch(out, /[0-9a-f]{40}/);
});

test('the probe of a wrong account says so, and no secret', async (t) => {
  const { prefix } = await standin(t, account);
  const { code, out } = await probe(`cloudinary://${account.key}:another-secret-of-no-account@demo?upload_prefix=${prefix}`);
  assert.equal(code, 0, out);
  assert.doesNotMatch(out, /\| yes \| 200: ok/);
  assert.ok(!out.includes('another-secret'));
});

test('without an account it says what it takes', async () => {
  for (const url of ['', 'cloudinary://x', 'cloudinary://1:s@demo?upload_prefix=http://evil.example']) {
    const { code, out } = await probe(url);
    assert.equal(code, 2);
    assert.match(out, /usage: CLOUDINARY_URL=/);
  }
});

test('one signature serves all parts of a large file', async (t) => {
  const { prefix, assets, parts } = await standin(t, account);
  const { port } = await lighttpdFastcgi(t, `
cloudinary = { cloud_name = "demo"; api_key = "${account.key}"; api_secret_file = "cloudinary.secret"; upload_prefix = "${prefix}"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = { film = { action = "upload"; limit = "9/hour"; set = { resource_type = "video"; public_id = "users/{user}/{random}"; overwrite = false; }; }; };
`);
  const answer = await ask(port, { path: '/api/sign?policy=film', headers: [['Cookie', `session=${session('alice')}`]] });
  const { url, fields } = JSON.parse(answer.body);
  const send = async (range) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['x'.repeat(10)]), 'film.mp4');
    const sent = await fetch(url, { method: 'POST', body: form, headers: { 'X-Unique-Upload-Id': 'one-film', 'Content-Range': `bytes ${range}` } });
    return { status: sent.status, json: await sent.json() };
  };
  assert.deepEqual(await send('0-9/30'), { status: 200, json: { done: false } });
  assert.deepEqual(await send('10-19/30'), { status: 200, json: { done: false } });
  const last = await send('20-29/30');
  assert.equal(last.json.public_id, fields.public_id);
  assert.ok(assets.has(`video/${fields.public_id}`));
  assert.deepEqual(parts, [['one-film', fields.signature], ['one-film', fields.signature]]);
  // The negative twin: a field that is changed on the way.
  fields.public_id = fields.public_id.replace('alice', 'bob');
  assert.equal((await send('0-9/10')).status, 401);
});
