// The signature is the one that Cloudinary's own SDK makes: random parameter
// sets through the real program behind a real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { checkAnswer } from './answer.mjs';
import { askAll, form } from './client.mjs';
import { generator, seed } from './random.mjs';
import { lighttpdFastcgi } from './site.mjs';
import { API_SECRET, OTHER_SECRET, seconds, session } from './token.mjs';

const SETS = 6000;

const allow = `
      public_id = [ "users/{user}/**", "shared/{user}/*/raw" ];
      folder = "users/{user}/**";
      asset_folder = "users/{user}/**";
      tags = "text 40 x6";
      context = { alt = "text 80"; caption = "text 200"; rank = "int -5..999"; kind = [ "a b", "c+d" ]; };
      metadata = { colour = "text 40"; };
      display_name = "text 60";
      batch_id = "text 60";
      custom_coordinates = "text 60";
      regions = "text 90";
      quality_override = "int 1..100";
      async = "bool"; backup = "bool"; colors = "bool"; faces = "bool"; phash = "bool";
      return_delete_token = "bool"; unique_display_name = "bool"; discard_original_filename = "bool";
      transformation = [ "w_200,h_100,c_fill", "e_sepia/l_text:Arial_20:a%20b", "$x_!a!" ];
      allowed_formats = [ "jpg", "png", "webp" ];
      eager = ( "w_1|h_2", "c_fill,w_300" );
      type = [ "upload", "private" ];`;

const conf = `
clouds = {
  main  = { cloud_name = "demo"; api_key = "1234567890"; api_secret_file = "cloudinary.secret"; signature_algorithm = "sha256"; };
  other = { cloud_name = "demo-2"; api_key = "9876543210"; api_secret_file = "other.secret"; signature_algorithm = "sha1"; };
};
session = { format = "jwt"; algorithm = "HS256"; cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  main_free = { action = "upload"; cloud = "main"; reusable = true; shared_tags = true; allow = {${allow} }; };
  other_free = { action = "upload"; cloud = "other"; reusable = true; shared_tags = true;
    set = { invalidate = true; source = "e2e +=%'\\"äöü{}"; tags = ( "site", "user_{user}" ); context = { owner = "{user} = me|you"; }; };
    allow = {${allow} }; };
  main_remove = { action = "destroy"; limit = "1000000/minute"; cloud = "main"; lifetime = 3600; allow = { public_id = "users/{user}/**"; invalidate = "bool"; }; };
  other_remove = { action = "destroy"; limit = "1000000/minute"; cloud = "other"; allow = { public_id = "users/{user}/**"; invalidate = "bool"; }; };
};
`;

const clouds = {
  main: { secret: API_SECRET, algorithm: 'sha256', key: '1234567890', name: 'demo' },
  other: { secret: OTHER_SECRET, algorithm: 'sha1', key: '9876543210', name: 'demo-2' },
};

const characters = [...'aZ09 +=%"\'<>#?/:;,|!*()[]{}~^`@$._-', ...'äßéñЖ中日本語क🙂🦊\u0301\u00a0\u200b\ufeff'];
const segment = [...'abcXYZ019_-'];

function text(r, most, without = '') {
  const n = 1 + r.below(Math.min(most, r.chance(0.1) ? most : 24));
  let made = '';
  while ([...made].length < n) {
    const c = r.pick(characters);
    if (!without.includes(c)) made += c;
  }
  return made.replaceAll('%26', '%2_');
}

function id(r, most) {
  const parts = Array.from({ length: 1 + r.below(most) }, () =>
    Array.from({ length: 1 + r.below(12) }, () => r.pick(segment)).join(''));
  return parts.join('/');
}

const flag = (r) => r.pick([true, false, 'true', 'false', '1', '0']);
const distinct = (r, most, make) => [...new Set(Array.from({ length: 1 + r.below(most) }, make))];

// A list or a group as a client would write it: each has several notations.
function group(r, make) {
  const pairs = r.shuffle(make());
  return r.chance(0.5) ? pairs.map(([k, v]) => `${k}=${v}`).join('|') : Object.fromEntries(pairs);
}

const values = {
  public_id: (r) => (r.chance(0.2) ? `shared/alice/${id(r, 1)}/raw` : `users/alice/${id(r, 4)}${r.chance(0.3) ? '.jpg' : ''}`),
  folder: (r) => `users/alice/${id(r, 3)}`,
  asset_folder: (r) => `users/alice/${id(r, 3)}`,
  tags: (r) => {
    const list = distinct(r, 6, () => text(r, 40, ','));
    return r.chance(0.5) ? list : list.join(',');
  },
  context: (r) => group(r, () => r.shuffle([
    ['alt', text(r, 80, '=|')], ['caption', text(r, 200, '=|')],
    ['rank', String(r.below(1005) - 5)], ['kind', r.pick(['a b', 'c+d'])],
  ]).slice(0, 1 + r.below(4))),
  metadata: (r) => group(r, () => [['colour', text(r, 40, '=|')]]),
  display_name: (r) => text(r, 60, '/'),
  batch_id: (r) => text(r, 60),
  custom_coordinates: (r) => text(r, 60),
  regions: (r) => text(r, 90),
  quality_override: (r) => r.pick([1 + r.below(100), String(1 + r.below(100))]),
  transformation: (r) => r.pick(['w_200,h_100,c_fill', 'e_sepia/l_text:Arial_20:a%20b', '$x_!a!']),
  allowed_formats: (r) => {
    const list = r.shuffle(['jpg', 'png', 'webp']).slice(0, 1 + r.below(3));
    return r.chance(0.5) ? list : list.join(',');
  },
  eager: (r) => r.pick(['w_1|h_2', 'c_fill,w_300']),
  type: (r) => r.pick(['upload', 'private']),
};
for (const name of ['async', 'backup', 'colors', 'faces', 'phash', 'return_delete_token', 'unique_display_name', 'discard_original_filename'])
  values[name] = flag;

// What a server must refuse, put among things that it may grant.
const spoilers = [
  (r, sent) => { sent.batch_id = `${text(r, 9)}&overwrite=true`; },
  (r, sent) => { sent.batch_id = `a%26b${text(r, 9)}`; },
  (r, sent) => { sent.public_id = 'users/bob/cat'; },
  (r, sent) => { sent.eval = 'x'; },
  (r, sent) => { sent.quality_override = '101'; },
  (r, sent) => { sent.display_name = 'x'.repeat(61); },
  (r, sent) => { sent.tags = 'a,a'; },
];

function parameters(r, policy, final) {
  const sent = {};
  if (policy.endsWith('remove')) {
    sent.public_id = `users/alice/${id(r, 4)}`;
    if (r.chance(0.5)) sent.invalidate = flag(r);
  } else {
    const names = r.shuffle(Object.keys(values)).slice(0, r.below(12));
    for (const name of names) sent[name] = r.chance(0.05) ? '' : values[name](r);
  }
  const spoiled = r.chance(0.08);
  if (spoiled) r.pick(spoilers)(r, sent);
  if (final) {
    sent.timestamp = r.pick([String, Number])(seconds() + r.below(200) - 100);
    for (const name of ['context', 'metadata'])
      if (typeof sent[name] === 'object')
        sent[name] = Object.entries(sent[name]).map(([k, v]) => `${k}=${v}`).join('|');
  }
  return { sent: Object.fromEntries(r.shuffle(Object.entries(sent))), spoiled };
}

// The pairs of a form: a list as name[], a group as text.
function pairs(sent) {
  return Object.entries(sent).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((element) => [`${name}[]`, element]);
    if (typeof value === 'object') return [[name, Object.entries(value).map(([k, v]) => `${k}=${v}`).join('|')]];
    return [[name, String(value)]];
  });
}

// A list's own order counts, so that only the one pair moves.
function inserted(r, list, pair) {
  const at = r.below(list.length + 1);
  return [...list.slice(0, at), pair, ...list.slice(at)];
}

const JSON_TYPE = ['Content-Type', 'application/json'];
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'];

function makeCase(r, cookie) {
  const final = r.chance(0.3);
  const action = r.chance(0.8) ? 'free' : 'remove';
  const policy = `${final ? 'main' : r.pick(['main', 'other'])}_${action}`;
  const { sent, spoiled } = parameters(r, policy, final);
  const made = { policy, final, sent, spoiled, cloud: clouds[policy.split('_')[0]] };
  const headers = [['Cookie', cookie]];
  const path = `/api/sign?policy=${policy}`;
  const notation = final ? 'final' : r.pick(['query', 'form', 'json']);
  if (notation === 'query')
    made.request = { path: `/api/sign?${form(inserted(r, pairs(sent), ['policy', policy]))}`, headers };
  else if (notation === 'form')
    made.request = { method: 'POST', path, headers: [...headers, FORM_TYPE], body: form(pairs(sent)) };
  else
    made.request = { method: 'POST', path, headers: [...headers, JSON_TYPE],
      body: JSON.stringify(final ? { [r.pick(['paramsToSign', 'params_to_sign'])]: sent } : sent) };
  return made;
}

function sdkSignature(fields, cloud) {
  const { api_key: key, signature, ...rest } = fields;
  return cloudinary.utils.api_sign_request(rest, cloud.secret, cloud.algorithm);
}

// What the client asked for is in the fields, under the same name.
function checkFields(made, fields) {
  const own = made.policy === 'other_free' ? { tags: ['site', 'user_alice'], context: ['owner=alice \\= me\\|you'] } : {};
  for (const [name, value] of Object.entries(made.sent)) {
    const flat = typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).map(([k, v]) => `${k}=${v}`).join('|') : String(value);
    const between = name === 'context' ? '|' : ',';
    const whole = [...(own[name] ?? []), ...(flat === '' ? [] : [flat])].join(between);
    assert.equal(fields[name], whole === '' ? undefined : whole, name);
  }
  for (const name of Object.keys(fields))
    assert.ok(name in made.sent || ['api_key', 'signature', 'timestamp'].includes(name) ||
      (made.policy === 'other_free' && ['invalidate', 'source', 'tags', 'context'].includes(name)), name);
}

function checkGranted(made, json) {
  const fields = made.final ? made.sent : json.fields;
  assert.equal(json.signature, sdkSignature(fields, made.cloud), made.cloud.algorithm);
  assert.equal(json.api_key, made.cloud.key);
  assert.equal(json.cloud_name, made.cloud.name);
  assert.equal(json.timestamp, Number(fields.timestamp));
  if (!made.final) {
    assert.equal(fields.signature, json.signature);
    assert.equal(fields.api_key, made.cloud.key);
    checkFields(made, fields);
  }
  checkTwin(fields, json.signature, made.cloud);
}

// One bit more or less in any one value: another signature.
function checkTwin(fields, signature, cloud) {
  for (const name of Object.keys(fields)) {
    const value = String(fields[name]);
    if (['api_key', 'signature'].includes(name) || value === '') continue;
    const last = value.charCodeAt(value.length - 1);
    const changed = { ...fields, [name]: value.slice(0, -1) + String.fromCharCode(last ^ 1) };
    assert.notEqual(signature, sdkSignature(changed, cloud), name);
  }
}

test(`${SETS} random parameter sets, SEED=${seed}`, async (t) => {
  const { port } = await lighttpdFastcgi(t, conf);
  const r = generator(seed);
  const cookie = `session=${session('alice')}`;
  const cases = Array.from({ length: SETS }, () => makeCase(r, cookie));
  const granted = {};
  let refused = 0;

  await askAll(port, cases.map((made) => made.request), (answer, i) => {
    const made = cases[i];
    try {
      const json = checkAnswer(answer);
      if (answer.status === 200) {
        assert.ok(!made.spoiled, 'granted what must be refused');
        checkGranted(made, json);
        granted[made.policy] = (granted[made.policy] ?? 0) + 1;
      } else {
        assert.ok(made.spoiled, 'refused what must be granted');
        assert.doesNotMatch(answer.body, /"signature"/);
        refused++;
      }
    } catch (error) {
      error.message += `\nSEED=${seed} set ${i}: ${JSON.stringify(made.request)}\n${answer.status} ${answer.body}`;
      throw error;
    }
  });
  t.diagnostic(`granted ${JSON.stringify(granted)}, refused ${refused}`);
  const n = Object.values(granted).reduce((a, b) => a + b, 0);
  assert.equal(n + refused, SETS);
  assert.ok(n > SETS * 0.8, `${n} granted`);
  assert.ok(refused > SETS * 0.02, `${refused} refused`);
  assert.equal(Object.keys(granted).length, 4);
});
