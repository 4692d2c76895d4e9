// Each kind of signature is the one that Cloudinary's own SDK makes: random
// requests through the real program behind a real server, and among them what
// must be refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { checkAnswer } from './answer.mjs';
import { askAll, form } from './client.mjs';
import { generator, seed } from './random.mjs';
import { lighttpdFastcgi } from './site.mjs';
import { API_SECRET, OTHER_SECRET, seconds, session } from './token.mjs';

const CASES = 2200;
const TOKEN_KEY = '00112233445566778899aabbccddeeff00112233';
const OLD_SECRET = 'test-old-secret-that-protects-nothing';
const { utils } = cloudinary;

const clouds = {
  main: { cloud_name: 'demo', api_key: '1234567890', api_secret: API_SECRET, signature_algorithm: 'sha256', options: {} },
  other: { cloud_name: 'demo-2', api_key: '9876543210', api_secret: OTHER_SECRET, signature_algorithm: 'sha1',
    options: { private_cdn: true, secure_distribution: 'images.example.com' } },
  old: { cloud_name: 'demo-3', api_key: '1122334455', api_secret: OLD_SECRET, signature_algorithm: 'sha1',
    options: { secure: false, cname: 'img.example.org', long_url_signature: true } },
};

const own = '"users/{user}/**"';
const allowed = ['w_200,c_fill', 'e_blur:400/r_max', '$w_200/w_$w', 'l_text:Arial_20:Hi!', 'ar_16:9,c_fill,g_auto'];
const policies = (cloud) => `
  ${cloud}_explicit = { action = "explicit"; cloud = "${cloud}"; limit = "1000000/minute";
    allow = { public_id = ${own}; type = [ "upload", "private" ]; context = { alt = "text 60"; }; tags = [ "user_{user}" ];
              eager = [ "w_100|h_2" ]; invalidate = "bool"; }; };
  ${cloud}_rename = { action = "rename"; cloud = "${cloud}"; limit = "1000000/minute"; lifetime = 600;
    allow = { from_public_id = ${own}; to_public_id = ${own}; overwrite = "bool"; to_type = [ "private" ]; }; };
  ${cloud}_tags = { action = "tags"; cloud = "${cloud}"; limit = "1000000/minute";
    allow = { public_ids = ${own}; tag = "text 40"; command = [ "add", "remove", "replace", "remove_all" ]; }; };
  ${cloud}_context = { action = "context"; cloud = "${cloud}"; limit = "1000000/minute"; set = { command = "add"; };
    allow = { public_ids = ${own}; context = { alt = "text 60"; }; }; };
  ${cloud}_metadata = { action = "metadata"; cloud = "${cloud}"; limit = "1000000/minute";
    allow = { public_ids = ${own}; metadata = { colour = "text 60"; }; clear_invalid = "bool"; }; };
  ${cloud}_archive = { action = "archive"; cloud = "${cloud}"; limit = "1000000/minute"; lifetime = 3600;
    allow = { mode = [ "create", "download" ]; public_ids = ${own}; prefixes = [ "users/{user}/", "users/{user}/**/" ];
              fully_qualified_public_ids = "image/upload/users/{user}/**"; tags = [ "user_{user}" ];
              target_public_id = ${own}; target_tags = "text 20 x3"; target_format = [ "zip" ]; flatten_folders = "bool"; }; };
  ${cloud}_download = { action = "download"; cloud = "${cloud}"; limit = "1000000/minute";
    allow = { public_id = ${own}; format = [ "jpg", "pdf" ]; type = [ "private" ]; attachment = "bool"; resource_type = [ "raw", "video" ]; }; };
  ${cloud}_deliver = { action = "deliver"; cloud = "${cloud}";
    allow = { public_id = ${own}; transformation = [ ${[...allowed, ''].map((t) => `"${t}"`).join(', ')} ]; format = [ "png" ];
              type = [ "upload", "private", "authenticated" ]; version = "int 1..9999999999"; resource_type = [ "image", "video", "raw" ]; }; };
  ${cloud}_brief = { action = "deliver"; cloud = "${cloud}";
    allow = { public_id = ${own}; transformation = [ ${allowed.map((t) => `"${t}"`).join(', ')} ]; duration = "int 1..600"; }; };
  ${cloud}_token = { action = "token"; cloud = "${cloud}"; set = { ip = "{ip}"; };
    allow = { acl = [ "/image/upload/users/{user}/*", "/image/private/v1/users/{user}/*" ]; duration = "int 1..600";
              start_time = "int 1..9999999999"; expiration = "int 1..9999999999"; }; };
  ${cloud}_url = { action = "token"; cloud = "${cloud}"; set = { duration = 300; }; allow = { url = "/image/private/users/{user}/**"; }; };
  ${cloud}_verify = { action = "verify"; cloud = "${cloud}"; allow = { public_id = ${own}; }; };
  ${cloud}_webhook = { action = "verify"; cloud = "${cloud}"; addresses = [ "127.0.0.1" ]; };`;

const conf = `
clouds = {
  main  = { cloud_name = "demo"; api_key = "1234567890"; api_secret_file = "cloudinary.secret"; token_key_file = "token.key"; };
  other = { cloud_name = "demo-2"; api_key = "9876543210"; api_secret_file = "other.secret"; token_key_file = "token-2.key";
            signature_algorithm = "sha1"; private_cdn = true; secure_distribution = "images.example.com"; };
  old   = { cloud_name = "demo-3"; api_key = "1122334455"; api_secret_file = "old.secret"; token_key_file = "token-3.key";
            signature_algorithm = "sha1"; secure = false; cname = "img.example.org"; long_url_signature = true; };
};
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {${policies('main')}${policies('other')}${policies('old')}
};
`;
const keys = { main: TOKEN_KEY, other: `${TOKEN_KEY}ff`, old: `${TOKEN_KEY}ee` };
const files = { 'token.key': `${keys.main}\n`, 'token-2.key': `${keys.other}\n`, 'token-3.key': `${keys.old}\n`, 'old.secret': `${OLD_SECRET}\n` };

const letters = [...'abcXYZ019_-'];
const word = (r) => Array.from({ length: 1 + r.below(10) }, () => r.pick(letters)).join('');
const id = (r) => `users/alice/${Array.from({ length: 1 + r.below(3) }, () => word(r)).join('/')}${r.chance(0.3) ? '.jpg' : ''}`;
const ids = (r) => [...new Set(Array.from({ length: 1 + r.below(5) }, () => id(r)))];
const prefix = (r) => `users/alice/${r.chance(0.3) ? '' : `${word(r)}/`}`;
const text = (r) => Array.from({ length: 1 + r.below(20) }, () => r.pick([...'aZ09 +%"\'<>#?/:;!*()[]{}~^`@$._-äß日🦊'])).join('').replaceAll('%26', '_');
const flag = (r) => r.pick(['true', 'false', '1', '0']);
const some = (r, object) => Object.fromEntries(Object.entries(object).filter(([name]) => !name.startsWith('?') || r.chance(0.5))
  .map(([name, value]) => [name.replace('?', ''), value]));

// What the form or the link holds, as the SDK signs it: a list by its name.
function signedBy(sent, cloud) {
  const params = {};
  for (const [name, value] of Object.entries(sent))
    if (!['api_key', 'signature'].includes(name)) params[name.replace('[]', '')] = value;
  return utils.api_sign_request(params, cloud.api_secret, cloud.signature_algorithm);
}

function checkForm(json, cloud, action, sent) {
  assert.equal(json.signature, signedBy(json.fields, cloud));
  assert.equal(json.fields.signature, json.signature);
  assert.equal(json.url, `https://api.cloudinary.com/v1_1/${cloud.cloud_name}/image/${action}`);
  for (const [name, value] of Object.entries(sent))
    assert.deepEqual(json.fields[name] ?? json.fields[`${name}[]`], value, name);
  assert.equal(json.expires_at, json.timestamp + 3600);
}

// A link against the SDK's own, made of the same parameters.
function checkLink(json, cloud, theirs) {
  const ours = new URL(json.url);
  const query = {};
  for (const [name, value] of ours.searchParams)
    query[name] = name.endsWith('[]') ? [...(query[name] ?? []), value] : value;
  assert.equal(query.signature, signedBy(query, cloud));
  assert.equal(Number(query.expires_at), json.expires_at);
  const expected = new URL(theirs(query));
  assert.equal(ours.pathname, expected.pathname);
  assert.deepEqual([...ours.searchParams].sort(), [...expected.searchParams].map(([name, value]) =>
    [name.replace(/\[\d*\]$/, '[]'), value]).sort());
}

const account = (cloud) => ({ cloud_name: cloud.cloud_name, api_key: cloud.api_key, api_secret: cloud.api_secret,
  signature_algorithm: cloud.signature_algorithm });

const formKind = (action, make) => ({ make, check: (json, sent, cloud) => checkForm(json, cloud, action, sent) });

const kinds = {
  explicit: formKind('explicit', (r) => some(r, { public_id: id(r), type: r.pick(['upload', 'private']),
    '?context': `alt=${text(r).replaceAll(/[=|\\]/g, '')}x`, '?tags': 'user_alice', '?eager': 'w_100|h_2', '?invalidate': flag(r) })),
  rename: formKind('rename', (r) => some(r, { from_public_id: id(r), to_public_id: id(r), '?overwrite': flag(r), '?to_type': 'private' })),
  tags: formKind('tags', (r) => ({ public_ids: ids(r), command: r.pick(['add', 'remove', 'replace', 'remove_all']), tag: text(r).replaceAll(/[,\\]/g, '') + 'x' })),
  context: formKind('context', (r) => ({ public_ids: ids(r), context: `alt=${text(r).replaceAll(/[=|\\]/g, '')}x` })),
  metadata: formKind('metadata', (r) => some(r, { public_ids: ids(r), metadata: `colour=${text(r).replaceAll(/[=|\\]/g, '')}x`, '?clear_invalid': flag(r) })),
  create: { ...formKind('generate_archive', (r) => some(r, { mode: 'create', prefixes: [prefix(r)], '?public_ids': ids(r),
    '?fully_qualified_public_ids': [`image/upload/${id(r)}`], '?tags': ['user_alice'], '?target_public_id': id(r),
    '?target_tags': ['a', 'b c'], '?flatten_folders': flag(r) })), policy: 'archive' },
  archive: { make: (r) => some(r, { prefixes: [prefix(r)], '?public_ids': ids(r), '?fully_qualified_public_ids': [`image/upload/${id(r)}`],
    '?tags': ['user_alice'], '?target_format': 'zip', '?mode': 'download' }),
    check: (json, sent, cloud) => checkLink(json, cloud, (query) => utils.download_archive_url({ ...account(cloud), ...sent,
      timestamp: query.timestamp, expires_at: query.expires_at })) },
  download: { make: (r) => some(r, { public_id: id(r), '?format': r.pick(['jpg', 'pdf']), '?type': 'private', '?attachment': 'true',
    '?resource_type': r.pick(['raw', 'video']) }),
    check: (json, sent, cloud) => checkLink(json, cloud, (query) => utils.private_download_url(sent.public_id, sent.format, {
      ...account(cloud), ...sent, timestamp: query.timestamp, expires_at: query.expires_at })) },
  deliver: { make: (r) => some(r, { public_id: id(r), transformation: r.chance(0.2) ? '' : r.pick(allowed), '?format': 'png',
    '?type': r.pick(['upload', 'private', 'authenticated']), '?version': String(1 + r.below(2000000000)), '?resource_type': r.pick(['image', 'video', 'raw']) }),
    check: (json, { public_id, transformation, ...sent }, cloud) => assert.equal(json.url, cloudinary.url(public_id, {
      ...account(cloud), secure: true, ...cloud.options, ...sent, raw_transformation: transformation, sign_url: true, urlAnalytics: false })) },
  brief: { make: (r) => ({ public_id: id(r), transformation: r.pick(allowed), duration: String(1 + r.below(600)) }),
    check: (json, sent, cloud, name) => {
      const start = Number(/st=(\d+)/.exec(json.url)[1]);
      assert.equal(json.expires_at, start + Number(sent.duration));
      assert.equal(json.url, cloudinary.url(sent.public_id, { ...account(cloud), secure: true, ...cloud.options, type: 'upload',
        raw_transformation: sent.transformation, sign_url: true, urlAnalytics: false,
        auth_token: { key: keys[name], start_time: start, duration: Number(sent.duration) } }));
    } },
  token: { make: (r) => {
    const now = seconds();
    const acl = r.shuffle(['/image/upload/users/alice/*', '/image/private/v1/users/alice/*']).slice(0, 1 + r.below(2));
    return some(r, { acl, duration: String(60 + r.below(540)), '?start_time': String(now - r.below(1)), '?expiration': String(now + 60 + r.below(600)) });
  },
    check: (json, sent, cloud, name) => {
      const start = Number(/st=(\d+)/.exec(json.token)[1]);
      if (sent.start_time) assert.equal(start, Number(sent.start_time));
      assert.equal(json.expires_at, Number(sent.expiration ?? start + Number(sent.duration)));
      assert.equal(json.token, utils.generate_auth_token({ key: keys[name], acl: sent.acl, ip: '127.0.0.1', start_time: start, expiration: json.expires_at }));
    } },
  url: { make: (r) => ({ url: `/image/private/${id(r)}` }),
    check: (json, sent, cloud, name) => {
      const start = Number(/st=(\d+)/.exec(json.token)[1]);
      const token = utils.generate_auth_token({ key: keys[name], url: sent.url, start_time: start, duration: 300 });
      assert.equal(json.token, token);
      assert.equal(new URL(json.url).search, `?${token}`);
      assert.equal(new URL(json.url).pathname, sent.url);
    } },
  verify: { make: (r, cloud) => {
    const sent = { public_id: id(r), version: String(1 + r.below(2000000000)) };
    return { ...sent, signature: utils.api_sign_request(sent, cloud.api_secret, r.pick(['sha1', 'sha256'])) };
  },
    check: (json) => assert.deepEqual(json, { valid: true }) },
};

// Whatever names an asset, a time or a proof: another user's, or none.
const spoilers = [
  (value) => value.replace('alice', 'bob'),
  (value) => value.replace('alice', 'alice2'),
  (value) => value.replace('users', '../users'),
  (value) => value.replace('alice/', 'alice//'),
  (value) => value.replace('alice/', 'alice/%2e'),
];

function spoil(r, sent) {
  const named = Object.keys(sent).filter((name) => /users\/alice/.test(String(sent[name])));
  const name = r.pick(named);
  const change = r.pick(spoilers);
  return { ...sent, [name]: Array.isArray(sent[name]) ? [change(sent[name][0]), ...sent[name].slice(1)] : change(sent[name]) };
}

const pairs = (sent) => Object.entries(sent).flatMap(([name, value]) =>
  Array.isArray(value) ? value.map((element) => [`${name}[]`, element]) : [[name, value]]);

function requestOf(r, policy, sent, cookie) {
  const headers = [['Cookie', cookie]];
  if (r.chance(0.4)) return { path: `/api/sign?${form([['policy', policy], ...pairs(sent)])}`, headers };
  if (r.chance(0.5))
    return { method: 'POST', path: `/api/sign?policy=${policy}`, headers: [...headers, ['Content-Type', 'application/json']], body: JSON.stringify(sent) };
  return { method: 'POST', path: `/api/sign?policy=${policy}`, headers: [...headers, ['Content-Type', 'application/x-www-form-urlencoded']], body: form(pairs(sent)) };
}

async function judge(t, port, cases, check) {
  let granted = 0;
  await askAll(port, cases.map((made) => made.request), (answer, i) => {
    const made = cases[i];
    try {
      if (made.spoiled) {
        assert.ok(answer.status >= 400 && answer.status < 500, 'granted what must be refused');
        assert.doesNotMatch(answer.body, /"(signature|url|token|valid)":/);
        return;
      }
      assert.equal(answer.status, 200);
      check(checkAnswer(answer), made);
      granted++;
    } catch (error) {
      error.message += `\nSEED=${seed} case ${i}: ${JSON.stringify(made.request)}\n${answer.status} ${answer.body}`;
      throw error;
    }
  });
  const refused = cases.filter((made) => made.spoiled).length;
  assert.equal(granted + refused, cases.length);
  assert.ok(granted >= 2000, `${granted} granted`);
  assert.ok(refused > 50, `${refused} refused`);
  t.diagnostic(`${granted} granted, ${refused} refused`);
}

test(`every kind of signature, SEED=${seed}`, async (t) => {
  const { port } = await lighttpdFastcgi(t, conf, 2, files);
  const cookie = `session=${session('alice')}`;
  const r = generator(seed);
  for (const [kind, { policy = kind, make, check }] of Object.entries(kinds))
    await t.test(kind, async (t) => {
      const cases = Array.from({ length: CASES }, () => {
        const name = r.pick(Object.keys(clouds));
        const sent = make(r, clouds[name]);
        const spoiled = r.chance(0.05);
        return { name, sent, spoiled, request: requestOf(r, `${name}_${policy}`, spoiled ? spoil(r, sent) : sent, cookie) };
      });
      await judge(t, port, cases, (json, made) => check(json, made.sent, clouds[made.name], made.name));
    });
  await t.test('webhook', async (t) => {
    const cases = Array.from({ length: CASES }, () => {
      const name = r.pick(Object.keys(clouds));
      const spoiled = r.chance(0.05);
      const body = JSON.stringify({ public_id: id(r), context: text(r) });
      const at = String(seconds() - r.below(7000));
      const signature = utils.webhook_signature(body, at, { api_secret: clouds[name].api_secret, signature_algorithm: r.pick(['sha1', 'sha256']) });
      return { spoiled, request: { method: 'POST', path: `/api/sign?policy=${name}_webhook`, body: spoiled && r.chance(0.5) ? body.replace('alice', 'bob') : body,
        headers: [['X-Cld-Timestamp', spoiled ? String(Number(at) + 1) : at], ['X-Cld-Signature', signature]] } };
    });
    await judge(t, port, cases, (json) => assert.deepEqual(json, { valid: true }));
  });
});
