// The examples of the README and of signatures.md, run as they stand: each
// configuration is right, and each signature is one that Cloudinary takes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { blocks, blocksOf, check, whole } from './pages.mjs';
import { lighttpdFastcgi, root, run } from './site.mjs';
import { makeUpload } from './upload.mjs';
import { API_SECRET, seconds, session } from './token.mjs';

const KEY = '874837483274837';
const TOKEN_KEY = '00112233445566778899aabbccddeeff';
const CAT = 'users/alice/cat';
const API = 'https://api.cloudinary.com/v1_1/demo/image';
const FILES = { 'token.key': `${TOKEN_KEY}\n` };

const [readme, signatures, operation] = ['README.md', 'etc/doc/signatures.md', 'etc/doc/operation.md']
  .map((name) => readFileSync(join(root, name), 'utf8'));

// [name, line] of each curl line, which has its name in the comment above it.
function examplesIn(text) {
  return blocks(text, 'sh').flatMap((block) => {
    const lines = block.split('\n');
    return lines.flatMap((line, i) => {
      if (!/\bcurl /.test(line)) return [];
      const name = /^# ([A-Za-z_]+): ./.exec(lines[i - 1] ?? '');
      assert.ok(line.startsWith('curl ') && name !== null, `"# NAME: what comes" must stand above: ${line}`);
      return [[name[1], line]];
    });
  });
}

const sdkSign = (fields) => cloudinary.utils.api_sign_request(fields, API_SECRET, 'sha256');

// A form that Cloudinary takes at this address, with these fields among others.
function call(path, expected) {
  return async ({ json, upload }) => {
    assert.equal(json.url, `${API}/${path}`);
    const { api_key: key, signature, ...fields } = json.fields;
    assert.equal(key, KEY);
    const unlisted = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/\[\]$/, ''), value]));
    assert.equal(signature, sdkSign(unlisted));
    assert.equal(json.signature, signature);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(fields[name], value, name);
    assert.equal((await upload(json.url, json.fields)).status, 200);
  };
}

// A link with the signature in its query, as the SDK makes it.
function link(path, expected) {
  return ({ json }) => {
    const url = new URL(json.url);
    assert.equal(url.origin + url.pathname, `${API}/${path}`);
    const { api_key: key, signature, ...params } = Object.fromEntries(
      [...new Set(url.searchParams.keys())].map((name) => {
        const values = url.searchParams.getAll(name);
        return name.endsWith('[]') ? [name.slice(0, -2), values] : [name, values[0]];
      }));
    assert.equal(key, KEY);
    assert.equal(signature, sdkSign(params));
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(params[name], value, name);
    assert.equal(params.expires_at, String(json.expires_at));
    assert.ok(json.expires_at > seconds() && json.expires_at <= seconds() + 3600);
  };
}

function checkDelivery({ json }) {
  assert.deepEqual(json, { url: cloudinary.url(`${CAT}.jpg`, { cloud_name: 'demo', api_secret: API_SECRET, sign_url: true,
    secure: true, signature_algorithm: 'sha256', raw_transformation: 'w_200,c_fill', urlAnalytics: false }) });
}

function checkToken({ json, headers }) {
  const start = Number(/~?st=(\d+)/.exec(json.token)[1]);
  assert.ok(Math.abs(start - seconds()) < 60);
  assert.ok(json.expires_at <= start + 3600);
  assert.equal(json.token, cloudinary.utils.generate_auth_token({ key: TOKEN_KEY, start_time: start, expiration: json.expires_at,
    acl: ['/image/authenticated/users/alice/*', '/image/authenticated/v1/users/alice/*'] }));
  const [cookie, ...attributes] = headers.get('set-cookie').split('; ');
  assert.equal(cookie, json.token);
  for (const name of ['Domain=example.com', 'Path=/', 'Secure']) assert.ok(attributes.includes(name), name);
}

const checkValid = ({ json }) => assert.deepEqual(json, { valid: true });

// What a widget sent itself, and gets only the signature of.
const widgetFields = ({ now }) => ({ timestamp: now, source: 'uw', folder: 'users/alice', upload_preset: 'site_signed' });

async function checkFinal(told, signature) {
  const fields = widgetFields(told);
  assert.equal(signature, sdkSign(fields));
  assert.equal((await told.upload(`${API}/upload`, { ...fields, api_key: KEY, signature })).status, 200);
}

async function checkParamsToSign(told) {
  const { signature, ...rest } = told.json;
  assert.deepEqual(rest, { timestamp: Number(told.now), api_key: KEY, cloud_name: 'demo' });
  await checkFinal(told, signature);
}

async function checkText(told) {
  assert.match(told.headers.get('content-type'), /^text\/plain\b/);
  assert.match(told.body, /^[0-9a-f]{64}$/);
  await checkFinal(told, told.body);
}

async function checkClassic(told) {
  assert.equal(told.json.cloudname, 'demo');
  assert.equal(told.json.apikey, KEY);
  await avatar(told);
}

async function checkPrepare({ json, upload }) {
  assert.equal(json.length, 2);
  for (const { signature, apiKey, uploadSignatureTimestamp, publicId, uploadPreset, resourceType, ...rest } of json) {
    assert.deepEqual(rest, {});
    assert.match(publicId, /^users\/alice\/[0-9a-f]{32}$/);
    const fields = { public_id: publicId, upload_preset: uploadPreset, source: 'uw', timestamp: uploadSignatureTimestamp };
    assert.equal(signature, sdkSign(fields));
    assert.equal((await upload(`${API}/upload`, { ...fields, api_key: apiKey, signature })).status, 200);
    assert.equal(resourceType, 'image');
  }
  assert.notEqual(json[0].publicId, json[1].publicId);
}

const avatar = call('upload', { overwrite: 'false', allowed_formats: 'jpg,png,webp' });

// Every example has its check, and every check its example.
const checks = {
  upload: avatar,
  explicit: call('explicit', { public_id: CAT, type: 'upload', eager: 'w_200,c_fill' }),
  destroy: call('destroy', { public_id: CAT, invalidate: 'true' }),
  rename: call('rename', { from_public_id: CAT, to_public_id: 'users/alice/tom' }),
  tags: call('tags', { 'public_ids[]': [CAT, 'users/alice/dog'], command: 'add', tag: 'pets' }),
  context: call('context', { 'public_ids[]': [CAT], command: 'add', context: 'alt=My cat' }),
  metadata: call('metadata', { 'public_ids[]': [CAT], metadata: 'colour=red' }),
  archive: link('generate_archive', { prefixes: ['users/alice/'], target_format: 'zip', mode: 'download' }),
  download: link('download', { public_id: CAT, type: 'private', format: 'jpg', attachment: 'true' }),
  deliver: checkDelivery,
  token: checkToken,
  verify: checkValid,
  webhook: checkValid,
  paramsToSign: checkParamsToSign,
  params_to_sign: checkParamsToSign,
  text: checkText,
  classic: checkClassic,
  prepareUploadParams: checkPrepare,
};

const digest = (text) => createHash('sha256').update(text + API_SECRET).digest('hex');

// What the lines name as $cookie and so on.
function variables() {
  const now = String(seconds());
  const body = '{"notification_type":"upload","public_id":"users/alice/cat"}';
  return { cookie: `session=${session('alice')}`, now, at: now, body, sent: digest(body + now),
    answered: digest(`public_id=${CAT}&version=1767225600`) };
}

// Runs a line as a reader would, but with the answer's head.
function runLine(line, port, env) {
  assert.ok(line.includes('http://127.0.0.1/'), line);
  const told = line.replace(/^curl /, 'curl -sS -i --max-time 60 ').replaceAll('http://127.0.0.1/', `http://127.0.0.1:${port}/`);
  const { code, out, err } = run(['-c', told], { program: '/bin/sh', env });
  assert.equal(code, 0, err);
  const at = out.indexOf('\r\n\r\n');
  const [first, ...lines] = out.slice(0, at).split('\r\n');
  const headers = new Map(lines.map((text) => [text.split(': ')[0].toLowerCase(), text.slice(text.indexOf(': ') + 2)]));
  const body = out.slice(at + 4);
  const isJson = /json/.test(headers.get('content-type'));
  return { status: Number(first.split(' ')[1]), headers, body, json: isJson ? JSON.parse(body) : null };
}

// The variable of each line that must be right, and without which nothing comes.
const proofs = { verify: ['cookie', 'answered'], webhook: ['sent', 'at', 'body'] };

function checkTwins(name, line, port, env) {
  for (const proof of proofs[name] ?? ['cookie']) {
    const last = env[proof].at(-1);
    const wrong = env[proof].slice(0, -1) + (proof === 'body' ? ' }' : last === '0' ? '1' : '0');
    // The last letter of a token's signature has bits that mean nothing.
    const spoiled = proof === 'cookie' ? `${env.cookie}00` : wrong;
    const { status, body } = runLine(line, port, { ...env, [proof]: spoiled });
    assert.ok([401, 403].includes(status), `${proof}: ${status} ${body}`);
    assert.doesNotMatch(body, /"(signature|valid|token|url)":|[0-9a-f]{40}/);
  }
}

test('every signature: each example of its page', async (t) => {
  const confs = blocks(signatures, 'libconfig').filter(whole);
  assert.equal(confs.length, 1, 'one whole configuration in the page');
  const examples = examplesIn(signatures);
  assert.deepEqual(examples.map(([name]) => name).sort(), Object.keys(checks).sort());

  const { port } = await lighttpdFastcgi(t, confs[0], 2, FILES);
  const upload = await makeUpload(t);
  for (const [name, line] of examples)
    await t.test(name, async () => {
      const env = variables();
      const answer = runLine(line, port, env);
      assert.equal(answer.status, 200, answer.body);
      await checks[name]({ ...answer, upload, now: env.now });
      checkTwins(name, line, port, env);
    });
});

test('the blocks of the pages, and no others', () => {
  blocksOf('README.md', [
    // readme_machine.test.mjs
    ['sh', 'Five minutes to a first signature'], ['sh', 'lighttpd'], ['sh', 'Apache'], ['sh', 'nginx'], ['sh', 'Ask it'],
    ['sh', 'When something does not work'],
    ['libconfig', 'The configuration'],
    // readme_page.test.mjs
    ['js', 'Calling it from a page'], ['js', 'Calling it from a page'], ['js', 'Upload Widget and next-cloudinary']]);
  blocksOf('etc/doc/signatures.md', [['libconfig', 'Every signature'], ['sh', 'Every signature'], ['sh', 'Every signature']]);
  blocksOf('etc/doc/operation.md', [['libconfig', 'Without a login']]);
  for (const name of ['SECURITY.md', 'CHANGES.md']) blocksOf(name, []);
});

// What a reader would put into a file is right, as it stands.
const place = (t, text) => check(t, text, FILES);

test('the configurations of the three pages', async (t) => {
  const all = [readme, signatures, operation].flatMap((text) => blocks(text, 'libconfig'));
  const confs = all.filter(whole);
  assert.ok(confs.length >= 2);
  for (const [i, text] of confs.entries())
    await t.test(`configuration ${i + 1}`, () => {
      const found = place(t, text);
      assert.equal(found.code, 0, found.out + found.err);
    });
  await t.test('the first has the warnings that are told', () => {
    assert.match(readme, /this configuration has two\)/);
    assert.match(place(t, confs[0]).out, /: right, with 2 warnings\n$/);
  });
  for (const [i, text] of all.filter((block) => !whole(block)).entries())
    await t.test(`policy ${i + 1}`, () => {
      const found = place(t, confs[0].replace(/^policies = \{/m, (start) => `${start}\n${text}`));
      assert.equal(found.code, 0, found.out + found.err);
    });
});
