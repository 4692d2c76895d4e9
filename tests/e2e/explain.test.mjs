// signpost explain: mistakes made on purpose, with the official SDK where it
// can make them. A stand-in refuses each as Cloudinary does, and what it says
// is piped into the program, which must name that one.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { Place, run } from './site.mjs';
import { standin } from './standin.mjs';
import { API_SECRET, OTHER_SECRET, seconds } from './token.mjs';

const KEY = '874837483274837';
const SECRETS = [API_SECRET, OTHER_SECRET];
const account = { cloud: 'demo', key: KEY, secret: 'test-secret-that-is-at-cloudinary' };

const conf = (algorithm, more = '') => `
cloudinary = { cloud_name = "demo"; api_key = "${KEY}"; api_secret_file = "cloudinary.secret"; signature_algorithm = "${algorithm}"; ${more} };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = { avatar = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; }; };
`;
const clouds = `
clouds = {
  one = { cloud_name = "demo"; api_key = "${KEY}"; api_secret_file = "cloudinary.secret"; };
  two = { cloud_name = "second"; api_key = "123456789012345"; api_secret_file = "other.secret"; };
};
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = { avatar = { action = "upload"; cloud = "one"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; }; };
`;

const now = seconds();
const sent = {
  context: 'caption=Tom & Jerry', overwrite: 'true', public_id: 'users/alice/größe 1', source: 'uw', tags: 'b,a,c',
  timestamp: String(now), upload_preset: 'site_signed',
};
const but = (...names) => Object.fromEntries(Object.entries(sent).filter(([name]) => !names.includes(name)));

// The official SDK, and what people write by hand.
const sdk = (params, { secret = API_SECRET, algorithm = 'sha256', version = 2 } = {}) =>
  cloudinary.utils.api_sign_request(params, secret, algorithm, version);
const string = (params) => Object.keys(params).sort().map((name) => `${name}=${params[name]}`.replaceAll('&', '%26')).join('&');
const hash = (text, algorithm = 'sha256', form = 'hex') => createHash(algorithm).update(text).digest(form);
const hmac = (text, algorithm = 'sha256') => createHmac(algorithm, API_SECRET).update(text).digest('hex');
const latin1 = (text) => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(API_SECRET)]);

// name, the cause, the signature, and what else is sent or configured.
const mistakes = [
  // Another string.
  ['source=uw is left out', 'source_uw', () => sdk(but('source'))],
  ['a parameter is sent but not signed', 'not_signed', () => sdk(but('upload_preset')), { name: 'upload_preset' }],
  ['two are sent but not signed', 'not_signed', () => sdk(but('tags', 'context')), { name: 'context, tags' }],
  ['only the timestamp is signed', 'not_signed', () => sdk({ timestamp: now }), { name: 'context, overwrite, public_id, source, tags, upload_preset' }],
  ['signed but not sent', 'not_sent', () => sdk({ ...sent, folder: 'x' }), { ours: string({ ...sent, folder: 'x' }), name: 'folder' }],
  ['signed but not sent, and nobody says so', 'not_sent', () => sdk({ ...sent, invalidate: true }), { name: 'invalidate' }],
  ['another value', 'other_value', () => sdk({ ...sent, upload_preset: 'old' }), { ours: string({ ...sent, upload_preset: 'old' }), name: 'upload_preset' }],
  ['an empty value is signed', 'empty_signed', () => hash(`${string(sent).replace('&overwrite', '&folder=&overwrite')}${API_SECRET}`), { name: 'folder' }],
  ['undefined is signed', 'null_text', () => sdk({ ...sent, folder: 'undefined' }), { name: 'folder' }],
  ['null is sent', 'null_text', () => sdk({ ...sent, folder: null }), { sent: { ...sent, folder: 'null' }, name: 'folder' }],
  ['1 is signed for true', 'boolean', () => sdk({ ...sent, overwrite: 1 }), { name: 'overwrite' }],
  ['True is signed for true', 'boolean', () => sdk({ ...sent, overwrite: 'True' }), { name: 'overwrite' }],
  ['a list in another order', 'list_order', () => sdk({ ...sent, tags: ['a', 'b', 'c'] }), { name: 'tags' }],
  ['a list with blanks between', 'list_join', () => sdk({ ...sent, tags: 'b, a, c' }), { name: 'tags' }],
  ['a list as JSON', 'list_join', () => sdk({ ...sent, tags: JSON.stringify(['b', 'a', 'c']) }), { name: 'tags' }],
  ['names in the order of the form', 'name_order', () => hash(`timestamp=${now}&public_id=x&folder=y${API_SECRET}`),
    { sent: { timestamp: now, public_id: 'x', folder: 'y' } }],
  ['URL-encoded before it is signed', 'percent_encoded', () => hash(new URLSearchParams(sent).toString() + API_SECRET)],
  ['encodeURIComponent before it is signed', 'percent_encoded', () => sdk({ ...sent, public_id: encodeURIComponent(sent.public_id) }), { name: 'public_id' }],
  ['encoded twice when it is sent', 'percent_decoded', () => sdk(sent), { sent: { ...sent, public_id: encodeURIComponent(sent.public_id) }, name: 'public_id' }],
  ['plus for a blank', 'plus', () => sdk({ ...sent, public_id: 'users/alice/größe+1' }), { name: 'public_id' }],
  ['HTML escapes', 'html_escaped', () => sdk({ ...sent, context: 'caption=Tom &amp; Jerry' }), { name: 'context' }],
  ['Latin-1', 'latin1', () => hash(latin1(string(sent))), { name: 'public_id' }],
  ['UTF-8 twice', 'double_utf8', () => sdk({ ...sent, public_id: Buffer.from(sent.public_id).toString('latin1') }), { name: 'public_id' }],
  ['UTF-8 twice when it is sent', 'double_utf8', () => sdk(sent), { sent: { ...sent, public_id: Buffer.from(sent.public_id).toString('latin1') }, name: 'public_id' }],
  ['decomposed', 'normal_form', () => sdk({ ...sent, public_id: sent.public_id.normalize('NFD') }), { name: 'public_id' }],
  ['a newline behind the string', 'line_end', () => hash(`${string(sent)}\n${API_SECRET}`)],
  ['CRLF behind a value', 'line_end', () => sdk({ ...sent, tags: 'b,a,c\r\n' }), { name: 'tags' }],
  ['a blank behind a value', 'blank', () => sdk({ ...sent, tags: 'b,a,c ' }), { name: 'tags' }],
  ['signature_version 1', 'version_1', () => sdk(sent, { version: 1 }), { name: 'context' }],
  ['camelCase names', 'camel_case', () => sdk({ publicId: 'x', timestamp: now, uploadPreset: 'y' }), { sent: { public_id: 'x', timestamp: now, upload_preset: 'y' } }],
  ['no & between', 'separator', () => hash(string(but('context')).replaceAll('&', '') + API_SECRET), { sent: but('context') }],
  ['JSON is signed', 'json', () => hash(JSON.stringify({ public_id: 'x', timestamp: now }) + API_SECRET), { sent: { public_id: 'x', timestamp: now } }],
  ['milliseconds are signed', 'timestamp_unit', () => sdk({ ...sent, timestamp: now * 1000 })],
  ['another time is signed', 'timestamp_other', () => sdk({ ...sent, timestamp: now - 7 })],
  ['api_key is signed', 'excluded_signed', () => sdk({ ...sent, api_key: KEY }), { name: 'api_key' }],
  ['resource_type is signed', 'excluded_signed', () => sdk({ ...sent, resource_type: 'image' }), { name: 'resource_type' }],
  ['cloud_name is signed', 'excluded_signed', () => sdk({ ...sent, cloud_name: 'demo' }), { name: 'cloud_name' }],
  ['a file object is signed', 'excluded_signed', () => sdk({ ...sent, file: '[object File]' }), { name: 'file' }],
  // Another hash, or another secret.
  ['SHA-1 where the configuration says SHA-256', 'algorithm', () => sdk(sent, { algorithm: 'sha1' })],
  ['SHA-256 where the configuration says SHA-1', 'algorithm', () => sdk(sent), { algorithm: 'sha1' }],
  ['HMAC-SHA256', 'hmac', () => hmac(string(sent))],
  ['HMAC-SHA1', 'hmac', () => hmac(string(sent), 'sha1'), { algorithm: 'sha1' }],
  ['the secret first', 'secret_first', () => hash(API_SECRET + string(sent))],
  ['& before the secret', 'secret_joined', () => hash(`${string(sent)}&${API_SECRET}`)],
  ['api_secret= before the secret', 'secret_joined', () => hash(`${string(sent)}&api_secret=${API_SECRET}`)],
  ['the API key for the secret', 'api_key', () => sdk(sent, { secret: KEY })],
  ['another account\'s secret', 'other_cloud', () => sdk(sent, { secret: OTHER_SECRET }), { conf: clouds, args: ['--cloud', 'demo'] }],
  ['a replaced secret', 'old_secret', () => sdk(sent, { secret: OTHER_SECRET }), { more: 'verify_secret_files = [ "other.secret" ];' }],
  ['a secret in double quotes', 'secret_quoted', () => sdk(sent, { secret: `"${API_SECRET}"` })],
  ['a secret in single quotes', 'secret_quoted', () => sdk(sent, { secret: `'${API_SECRET}'` })],
  ['a newline behind the secret', 'secret_line_end', () => sdk(sent, { secret: `${API_SECRET}\n` })],
  ['a CR behind the secret', 'secret_line_end', () => sdk(sent, { secret: `${API_SECRET}\r` })],
  ['a blank behind the secret', 'secret_blank', () => sdk(sent, { secret: `${API_SECRET} ` })],
  ['a secret without its last letter', 'secret_cut', () => sdk(sent, { secret: API_SECRET.slice(0, -1) })],
  ['a secret without its first two', 'secret_cut', () => sdk(sent, { secret: API_SECRET.slice(2) })],
  ['a secret without two at each end', 'secret_cut', () => sdk(sent, { secret: API_SECRET.slice(2, -2) })],
  ['a secret in capitals', 'secret_case', () => sdk(sent, { secret: API_SECRET.toUpperCase() })],
  ['CLOUDINARY_URL as the secret', 'secret_url', () => sdk(sent, { secret: `cloudinary://${KEY}:${API_SECRET}@demo` })],
  ['an empty secret', 'no_secret', () => hash(string(sent))],
  ['an undefined secret', 'no_secret', () => hash(`${string(sent)}${undefined}`)],
  // The signature written in another way.
  ['base64', 'base64', () => hash(string(sent) + API_SECRET, 'sha256', 'base64')],
  ['capital hex', 'upper_hex', () => sdk(sent).toUpperCase()],
  ['the whole answer', 'signature_json', () => JSON.stringify({ signature: sdk(sent), timestamp: now })],
  ['quotes around it', 'signature_padded', () => JSON.stringify(sdk(sent))],
  ['undefined', 'signature_missing', () => String(undefined)],
  ['a promise', 'signature_missing', () => String(Promise.resolve(sdk(sent)))],
  ['MD5', 'signature_md5', () => hash(string(sent) + API_SECRET, 'md5')],
  ['a cut signature', 'signature_length', () => sdk(sent).slice(0, 30)],
  // Both at once.
  ['source=uw left out, with SHA-1', 'source_uw', () => sdk(but('source'), { algorithm: 'sha1' }), { also: ['algorithm'] }],
  ['source=uw left out, with a newline behind the secret', 'source_uw', () => sdk(but('source'), { secret: `${API_SECRET}\n` }), { also: ['secret_line_end'] }],
  ['a boolean, with HMAC', 'boolean', () => hmac(string({ ...sent, overwrite: 1 })), { also: ['hmac'] }],
  ['HMAC, in base64', 'hmac', () => createHmac('sha256', API_SECRET).update(string(sent)).digest('base64'), { also: ['base64'] }],
];

const quiet = ({ out, err }) => {
  for (const text of [out, err]) {
    for (const secret of SECRETS) assert.ok(!text.includes(secret) && !text.includes(secret.slice(2, -2)));
    assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
  }
};

async function refusal(server, fields, signature) {
  const body = new URLSearchParams({ ...fields, api_key: KEY, signature, file: 'https://example.com/x.png' });
  const answer = await fetch(`${server.prefix}/v1_1/demo/image/upload`, { method: 'POST', body });
  assert.ok(answer.status === 401 || answer.status === 400);
  return { text: await answer.text(), header: answer.headers.get('x-cld-error'), status: answer.status };
}

const explain = (config, input, ...args) => {
  const found = run(['explain', '--json', ...args, config], { input });
  quiet(found);
  const people = run(['explain', ...args, config], { input });
  quiet(people);
  assert.match(people.out, /^[ -~\n]*$/);
  assert.equal(people.code, found.code);
  return { code: found.code, people: people.out, err: found.err, ...(found.out === '' ? {} : JSON.parse(found.out)) };
};

const place = (t, text) => new Place(t).configure(text);

test('each mistake is named', async (t) => {
  const server = await standin(t, account);
  const places = new Map();
  for (const [name, cause, make, more = {}] of mistakes) {
    const text = more.conf ?? conf(more.algorithm ?? 'sha256', more.more);
    if (!places.has(text)) places.set(text, place(t, text));
    await t.test(name, async () => {
      const { text: json } = await refusal(server, more.sent ?? sent, make());
      const args = [...(more.ours ? ['--ours', more.ours] : []), ...(more.args ?? [])];
      const found = explain(places.get(text), json, ...args);
      assert.equal(found.cause, cause, `${found.people}${found.err}`);
      assert.equal(found.code, 0);
      assert.deepEqual(found.also, more.also ?? []);
      if (more.name) assert.equal(found.name, more.name);
      assert.match(found.people, new RegExp(`\\(${cause}\\): `));
      assert.equal(found.proved, !/^signature_(missing|md5|length)$/.test(cause));
    });
  }
});

test('a right signature is not blamed, and a random one fits nothing', async (t) => {
  const server = await standin(t, account);
  const config = place(t, conf('sha256'));
  const right = explain(config, (await refusal(server, sent, sdk(sent))).text);
  assert.deepEqual([right.code, right.cause, right.also, right.proved], [0, 'right', [], true]);
  assert.match(right.people, /Cloudinary's secret is another one/);
  for (const random of [hash('random'), hash('random', 'sha1')]) {
    const none = explain(config, (await refusal(server, sent, random)).text);
    assert.deepEqual([none.code, none.cause, none.also, none.proved], [1, 'none', [], false]);
    assert.match(none.people, /None fits.*\n.*none of the configured ones/s);
    assert.match(none.people, /--ours/);
  }
  const same = explain(config, (await refusal(server, sent, hash('random'))).text, '--ours', string(sent));
  assert.deepEqual([same.code, same.cause], [1, 'none']);
  assert.match(same.people, /ours +the same/);
});

test('which account was asked', async (t) => {
  const server = await standin(t, account);
  const config = place(t, clouds);
  const { text } = await refusal(server, sent, sdk(sent, { secret: OTHER_SECRET }));
  assert.equal(explain(config, text).cause, 'right');
  assert.equal(explain(config, text, '--cloud=two').cause, 'right');
  assert.equal(explain(config, text, '--cloud=one').cause, 'other_cloud');
  assert.equal(explain(config, text, '--ours', JSON.stringify({ fields: { ...sent, api_key: KEY } })).cause, 'other_cloud');
  assert.equal(explain(config, text, '--ours', JSON.stringify({ fields: { ...sent, api_key: '999' } })).cause, 'unknown_api_key');
  assert.equal(run(['explain', '--cloud=three', config], { input: text }).code, 2);
});

test('however it is pasted', async (t) => {
  const server = await standin(t, account);
  const config = place(t, conf('sha256'));
  const fields = { ...but('context', 'public_id'), context: 'caption=it\'s "so" <b>' };
  const { source, ...signed } = fields;
  const { text, header } = await refusal(server, fields, sdk(signed));
  const { message } = JSON.parse(text).error;
  const html = (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\'', '&#39;');
  assert.equal(source, 'uw');
  const forms = {
    message,
    'with words around it': `Error: ${message}\n    at Object.<anonymous> (/srv/app.js:1:2)\n`,
    'JSON': text,
    'JSON with escapes': text.replaceAll('&', '\\u0026').replaceAll('\'', '\\u0027').replaceAll('<', '\\u003c').replace('sign - \\u0027', 'sign - \''),
    'JSON in JSON': JSON.stringify({ level: 'error', body: text }),
    'JSON in JSON in JSON': JSON.stringify({ log: JSON.stringify({ body: text }) }),
    'a header': `X-Cld-Error: ${header}\r\n`,
    'curl -i': `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nX-Cld-Error: ${header}\r\n\r\n${text}`,
    'HTML': `<p>${html(message)}</p>`,
    'HTML with hex': html(message).replaceAll('&#39;', '&#x27;'),
    'console.log': `{ message: ${JSON.stringify(message)}, http_code: 401 }`,
  };
  for (const [name, input] of Object.entries(forms)) {
    const found = explain(config, input);
    assert.equal(found.cause, 'source_uw', `${name}: ${found.people}${found.err}`);
    assert.equal(found.theirs, string(fields), name);
  }
  const lines = `${string(signed)}\n${string(fields)}\n${sdk(signed)}\n`;
  assert.equal(explain(config, lines).cause, 'source_uw');
  assert.equal(explain(config, `signature: ${sdk(signed)}\ntheirs: ${string(fields)}\n`).cause, 'source_uw');
  const form = new URLSearchParams({ ...signed, api_key: KEY, signature: sdk(signed) });
  assert.equal(explain(config, `${string(fields)}\n`, '--ours', form.toString()).cause, 'source_uw');
  assert.equal(explain(config, `${JSON.stringify({ fields: { ...signed, signature: sdk(signed) } })}\n${string(fields)}\n`).cause, 'source_uw');
});

test('without a configuration the strings are compared', async (t) => {
  const server = await standin(t, account);
  const { text } = await refusal(server, sent, sdk(but('source')));
  const bare = (...args) => run(['explain', ...args], { input: text, env: { SIGNPOST_CONFIG: '/no/such' } });
  const alone = bare();
  assert.equal(alone.code, 1);
  assert.match(alone.err, /only the strings are compared/);
  assert.match(alone.out, /No configuration was read, so no secret was tried/);
  const compared = bare('--ours', string(but('source')));
  assert.equal(compared.code, 0);
  assert.match(compared.out, /Likely cause \(source_uw\)/);
  const [theirs, ours, caret] = compared.out.split('\n');
  assert.equal(theirs[caret.indexOf('^')], 's');
  assert.equal(ours[caret.indexOf('^')], 't');
  const several = bare('--ours', string({ ...but('source'), tags: 'a,c,b', folder: 'x' }));
  for (const cause of ['source_uw', 'list_order', 'not_sent']) assert.match(several.out, new RegExp(`\\(${cause}\\)`));
});

test('a secret in what is given is not shown', async (t) => {
  const server = await standin(t, account);
  const config = place(t, conf('sha256', 'verify_secret_files = [ "other.secret" ];'));
  const { text } = await refusal(server, sent, sdk(but('source')));
  const logged = explain(config, text, '--ours', string(but('source')) + API_SECRET);
  assert.deepEqual([logged.cause, logged.also, logged.ours], ['source_uw', ['secret_exposed'], string(but('source'))]);
  for (const secret of SECRETS) {
    const both = { ...sent, api_secret: secret };
    const found = explain(config, (await refusal(server, both, sdk(sent))).text, '--ours', `${string(both)}&x=${secret}`);
    assert.deepEqual([found.cause, found.name, found.also], ['not_signed', 'api_secret', ['secret_exposed']]);
    assert.match(found.people, /replace the secret in the Console/);
    assert.match(found.theirs, /api_secret=\*+&/);
  }
});

test('a stale request', async (t) => {
  const server = await standin(t, { ...account, secret: API_SECRET });
  const config = place(t, conf('sha256'));
  const old = { public_id: 'x', timestamp: String(now - 3 * 3600) };
  const { text } = await refusal(server, old, sdk(old));
  const found = explain(config, text);
  assert.deepEqual([found.code, found.cause], [0, 'timestamp_old']);
  assert.match(found.clock, /is 3 hours.* before this machine's clock .*whole hours/);
  const stale = (time) => explain(config, `Stale request - reported time is ${time} which is more than 1 hour ago`);
  assert.equal(stale('2021-03-10 05:47:16 +0000').cause, 'timestamp_old');
  assert.equal(stale(now - 600).cause, 'clock_slow');
  assert.equal(stale(now * 1000).cause, 'timestamp_milliseconds');
  assert.equal(stale('yesterday').cause, 'timestamp_text');
});

test('the timestamp is looked at beside the signature', async (t) => {
  const server = await standin(t, account);
  const config = place(t, conf('sha256'));
  for (const [timestamp, cause] of [[now - 4000, 'timestamp_old'], [now * 1000, 'timestamp_milliseconds'],
    [now + 4000, 'timestamp_future'], ['2026-01-01', 'timestamp_text'], ['', 'timestamp_missing']]) {
    const fields = { public_id: 'x', ...(timestamp === '' ? {} : { timestamp: String(timestamp) }) };
    const found = explain(config, (await refusal(server, fields, hash('random'))).text);
    assert.deepEqual([found.code, found.cause, found.also], [1, 'none', [cause]]);
  }
});

test('nothing that can be read, and hostile text', (t) => {
  const config = place(t, conf('sha256'));
  for (const input of ['', '\n', 'hello', 'Invalid Signature', 'Invalid Signature x. String to sign - ', 'a=1&timestamp=2', 'x'.repeat(70000), 'a=1\nb=2\nc=3\n'])
    assert.equal(run(['explain', config], { input }).code, 2, input.slice(0, 40));
  assert.equal(run(['explain', '/no/such'], { input: 'a=1' }).code, 2);
  const evil = 'Invalid Signature \x1b[2J. String to sign - \'a=\x1b]0;x\x07\x9b\u202e&timestamp=1\'.';
  const found = explain(config, evil);
  assert.equal(found.code, 0);
  assert.equal(found.cause, 'signature_length');
  assert.match(found.people, /a=\\x1b\]0;x\\x07/);
  assert.match(run(['explain', '--help']).out, /Paste\nwhat it said/);
});

test('a long string is tried in a bounded time', (t) => {
  const config = place(t, conf('sha256'));
  const long = Array.from({ length: 60 }, (_, i) => `p_${String.fromCharCode(97 + (i % 26))}${i < 26 ? '' : i < 52 ? 'x' : 'y'}=${'v,'.repeat(130)}`).join('&');
  const found = explain(config, `Invalid Signature ${hash('random')}. String to sign - '${long}&timestamp=${now}'.`);
  assert.equal(found.code, 1);
  assert.match(found.people, /not all that is known was tried/);
});
