// The table of requests, honest and hostile, and what is to be answered.
import assert from 'node:assert/strict';
import cloudinary from 'cloudinary';
import { form, header } from './client.mjs';
import { API_SECRET, SESSION_KEY, seconds, session, token } from './token.mjs';

export const conf = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; signature_algorithm = "sha256"; };
session = { format = "jwt"; algorithm = "HS256"; cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); bearer = true; };
origins = [ "https://www.example.com", "capacitor://localhost" ];
policies = {
  avatar = { action = "upload";
    set = { resource_type = "image"; public_id = "users/{user}/{random}"; overwrite = false; tags = "user_{user}"; allowed_formats = "jpg,png"; };
    allow = { context = { caption = "text 200"; }; }; };
  widget = { action = "upload"; reusable = true; set = { upload_preset = "site_signed"; folder = "users/{user}"; source = "uw"; }; };
  tagged = { action = "upload"; reusable = true; shared_tags = true; allow = { tags = "text 20 x3"; faces = "bool"; quality_override = "int 1..9"; }; };
  remove = { action = "destroy"; limit = "1000000/minute"; set = { invalidate = true; }; allow = { public_id = "users/{user}/**"; }; };
  bobs   = { action = "destroy"; limit = "1000000/minute"; users = [ "bob" ]; allow = { public_id = "users/{user}/**"; }; };
  edit   = { action = "destroy"; limit = "1000000/minute"; require = ( { claim = "role"; is = [ "editor" ]; } ); allow = { public_id = "users/{user}/**"; }; };
  there  = { action = "destroy"; limit = "1000000/minute"; addresses = [ "192.0.2.0/24" ]; allow = { public_id = "users/{user}/**"; }; };
};
`;

export const alice = session('alice');
const cookie = ['Cookie', `session=${alice}`];
const JSON_TYPE = ['Content-Type', 'application/json'];
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'];
const LISTED = ['Origin', 'https://www.example.com'];
const HEX = '0123456789abcdef'.repeat(2);

const get = (query, ...headers) => ({ path: `/api/sign${query}`, headers: [cookie, ...headers] });
const bare = (query, ...headers) => ({ path: `/api/sign${query}`, headers });
const post = (query, body, ...headers) => ({ method: 'POST', path: `/api/sign${query}`, headers: [cookie, ...headers], body });
const postForm = (query, pairs) => post(query, typeof pairs === 'string' ? pairs : form(pairs), FORM_TYPE);
const postJson = (query, value) => post(query, typeof value === 'string' ? value : JSON.stringify(value), JSON_TYPE);
const other = (method) => ({ method, path: '/api/sign', headers: [cookie] });
const withToken = (text, query = '?policy=avatar') => bare(query, ['Cookie', `session=${text}`]);

const widget = () => ({ timestamp: seconds(), upload_preset: 'site_signed', folder: 'users/alice', source: 'uw' });
const sdk = (fields) => cloudinary.utils.api_sign_request(fields, API_SECRET, 'sha256');

// What a grant in the plain contract looks like.
export function granted(action, expected = {}) {
  return (json) => {
    const { api_key: key, signature, ...fields } = json.fields;
    assert.equal(json.url, `https://api.cloudinary.com/v1_1/demo/image/${action}`);
    assert.equal(signature, sdk(fields));
    assert.equal(json.signature, signature);
    assert.equal(key, '874837483274837');
    assert.equal(json.api_key, key);
    assert.equal(json.cloud_name, 'demo');
    assert.equal(String(json.timestamp), fields.timestamp);
    assert.equal(json.public_id, fields.public_id);
    assert.equal(json.folder, fields.folder);
    const now = seconds();
    assert.ok(json.expires_at > now && json.expires_at <= now + 3600);
    for (const [name, value] of Object.entries(expected)) {
      if (value instanceof RegExp) assert.match(fields[name], value);
      else assert.equal(fields[name], value);
    }
  };
}
const avatar = granted('upload', { public_id: /^users\/alice\/[0-9a-f]{32}$/, overwrite: 'false', tags: 'user_alice' });
export const captioned = (caption) => granted('upload', { context: `caption=${caption}` });

// A final contract's answer has no fields: what was sent is what was signed.
function signedAsSent(row, json) {
  const { sent, body } = row.request;
  const { paramsToSign, params_to_sign: snake } = sent ? { paramsToSign: sent } : JSON.parse(body);
  assert.equal(json.signature, sdk(paramsToSign ?? snake));
  assert.deepEqual(Object.keys(json).sort(), ['api_key', 'cloud_name', 'signature', 'timestamp']);
}

const information = (json) => {
  assert.equal(json.user, 'alice');
  assert.equal(json.cloud_name, 'demo');
  assert.deepEqual(json.policies, ['avatar', 'widget', 'tagged', 'remove']);
  assert.ok(Math.abs(json.server_time - seconds()) < 60);
};

// Of one text for every reason: nobody learns what a token lacks.
const noSession = (json) => assert.equal(json.detail, 'There is no valid session; log in and try again.');
const about = (param, words) => (json) => {
  assert.equal(json.param, param);
  if (words) assert.match(json.detail, words);
};
const says = (words) => (json) => assert.match(json.detail, words);

const cors = (json, answer) => {
  assert.equal(header(answer, 'access-control-allow-origin'), 'https://www.example.com');
  assert.equal(header(answer, 'access-control-allow-credentials'), 'true');
};
const noCors = (json, answer) =>
  assert.deepEqual([...answer.headers.keys()].filter((name) => name.startsWith('access-control')), []);

// name, request, status, code (null: granted), check(json, answer)
export const honest = [
  ['information by GET', get(''), 200, null, information],
  ['information by an empty POST', post('', ''), 200, null, information],
  ['information by an empty POST of JSON', post('', '', JSON_TYPE), 200, null, information],
  ['an upload', get('?policy=avatar'), 200, null, avatar],
  ['an upload with a caption', get('?policy=avatar&context=caption%3DHello+you'), 200, null, captioned('Hello you')],
  ['UTF-8 in a query', get('?policy=avatar&context=caption=%F0%9F%99%82%C3%A9'), 200, null, captioned('🙂é')],
  ['the same value as the server', get('?policy=avatar&overwrite=false&tags=user_alice'), 200, null, avatar],
  ['false and 0 are the same', get('?policy=avatar&overwrite=0'), 200, null, avatar],
  ['POST of a form', postForm('?policy=avatar', [['context', 'caption=a + b']]), 200, null, captioned('a + b')],
  ['POST of a form with the policy in it', postForm('', [['policy', 'avatar']]), 200, null, avatar],
  ['POST of a form with a charset', post('', 'policy=avatar', ['Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8']), 200, null, avatar],
  ['POST of JSON', postJson('?policy=avatar', { context: { caption: 'a "b"' } }), 200, null, captioned('a "b"')],
  ['POST of JSON with the policy in it', postJson('', { policy: 'avatar', overwrite: false }), 200, null, avatar],
  ['POST of JSON with escapes', postJson('', '{"policy":"avatar","context":{"caption":"\\ud83d\\ude42\\u00e9"}}'), 200, null, captioned('🙂é')],
  ['a list in a query', get('?policy=tagged&tags=a,b'), 200, null, granted('upload', { tags: 'a,b' })],
  ['a list of names with []', get('?policy=tagged&tags[]=a&tags%5B%5D=b'), 200, null, granted('upload', { tags: 'a,b' })],
  ['a list, a boolean and a number in JSON', postJson('?policy=tagged', { tags: ['a', 'b'], faces: true, quality_override: 7 }), 200, null,
    granted('upload', { tags: 'a,b', faces: 'true', quality_override: '7' })],
  ['an empty value is absent', get('?policy=tagged&tags=&faces=true'), 200, null, granted('upload', { tags: undefined, faces: 'true' })],
  ['destroy', get('?policy=remove&public_id=users/alice/cat'), 200, null, granted('destroy', { public_id: 'users/alice/cat', invalidate: 'true' })],
  ['destroy in a folder', get('?policy=remove&public_id=users%2falice%2Fa/b/cat.jpg'), 200, null, granted('destroy', { public_id: 'users/alice/a/b/cat.jpg' })],
  ['another cookie beside it', bare('?policy=avatar', ['Cookie', `a=b; session=${alice}; c=d`]), 200, null, avatar],
  ['the same origin', get('?policy=avatar', ['Sec-Fetch-Site', 'same-origin'], ['Origin', 'http://elsewhere.example']), 200, null, avatar],
  ['a listed Origin', get('?policy=avatar', LISTED, ['Sec-Fetch-Site', 'cross-site']), 200, null, cors],
  ['an app\'s Origin', get('?policy=avatar', ['Origin', 'capacitor://localhost']), 200, null,
    (json, answer) => assert.equal(header(answer, 'access-control-allow-origin'), 'capacitor://localhost')],
  ['no Origin', get('?policy=avatar'), 200, null, noCors],
  ['a preflight of a listed Origin', { method: 'OPTIONS', headers: [LISTED, ['Access-Control-Request-Method', 'POST']] }, 204, null, (json, answer) => {
    cors(json, answer);
    assert.equal(header(answer, 'access-control-allow-methods'), 'GET, POST, OPTIONS');
    assert.equal(header(answer, 'access-control-allow-headers'), 'Content-Type, Authorization');
    assert.equal(header(answer, 'access-control-max-age'), '600');
  }],
  ['a preflight of another Origin', { method: 'OPTIONS', headers: [['Origin', 'https://evil.example']] }, 204, null, noCors],
  ['OPTIONS without an Origin', { method: 'OPTIONS' }, 204, null, noCors],
  ['bearer', bare('?policy=avatar', ['Authorization', `Bearer ${alice}`]), 200, null, avatar],
  ['bearer from another site', bare('?policy=avatar', ['Authorization', `Bearer ${alice}`], ['Origin', 'https://evil.example'], ['Sec-Fetch-Site', 'cross-site']), 200, null, noCors],
  ['a policy that asks for a claim', withToken(session('alice', { role: 'editor' }), '?policy=edit&public_id=users/alice/cat'), 200, null, granted('destroy')],
];

const signedQuery = (write, sent = widget()) => ({ ...get(`?policy=widget&${write(sent)}`), sent });
const toSign = () => [
  ['paramsToSign', postJson('?policy=widget', { paramsToSign: widget() })],
  ['params_to_sign', postJson('?policy=widget', { params_to_sign: widget() })],
  ['paramsToSign as text/plain', post('?policy=widget', JSON.stringify({ paramsToSign: widget() }), ['Content-Type', 'text/plain;charset=UTF-8'])],
  ['paramsToSign without a content type', post('?policy=widget', JSON.stringify({ paramsToSign: widget() }))],
  ['paramsToSign with its policy', postJson('', { policy: 'widget', paramsToSign: widget() })],
  ['paramsToSign with a timestamp as text', postJson('?policy=widget', { paramsToSign: { ...widget(), timestamp: String(seconds() - 200) } })],
  ['params_to_sign as a JSON object in a query', signedQuery((sent) => `params_to_sign=${encodeURIComponent(JSON.stringify(sent))}`)],
  ['params_to_sign[NAME] in a query', signedQuery((sent) => Object.entries(sent).map(([name, value]) => `params_to_sign[${name}]=${value}`).join('&'))],
  ['paramsToSign with a public_id of the server\'s form', postJson('?policy=avatar', { paramsToSign: {
    timestamp: seconds(), public_id: `users/alice/${HEX}`, overwrite: false, tags: 'user_alice', allowed_formats: 'jpg,png', context: 'caption=x' } })],
];

const final = (changes) => postJson('?policy=widget', { paramsToSign: { ...widget(), ...changes } });

// What the policy does not permit.
const forbidden = () => [
  ['an unknown parameter', get('?policy=avatar&contxt=a'), 403, 'parameter_unknown', about('contxt', /did you mean "context"/)],
  ['a parameter like no other', get('?policy=avatar&zzzzzzzz=a'), 403, 'parameter_unknown', about('zzzzzzzz', /takes: context/)],
  ['a parameter of no action', get('?policy=avatar&version=1'), 403, 'parameter_reserved', about('version')],
  ['a parameter that runs code', get('?policy=avatar&eval=x'), 403, 'parameter_not_allowed', about('eval', /takes: context/)],
  ['a parameter that the policy does not allow', get('?policy=avatar&folder=users/alice'), 403, 'parameter_not_allowed', about('folder')],
  ['another value than the server\'s', get('?policy=avatar&overwrite=true'), 403, 'value_fixed', about('overwrite', /"false"/)],
  ['a value that is made anew', get('?policy=avatar&public_id=users/alice/x'), 403, 'value_fixed', about('public_id')],
  ['another resource type', get('?policy=avatar&resource_type=raw'), 403, 'value_fixed', about('resource_type')],
  ['a tag beside the server\'s', get('?policy=avatar&tags=user_bob'), 403, 'parameter_not_allowed', about('tags')],
  ['a client\'s timestamp', get('?policy=avatar&timestamp=1'), 403, 'timestamp_not_taken', about('timestamp')],
  ['a client\'s signature', get('?policy=avatar&signature=1'), 403, 'parameter_reserved', about('signature')],
  ['too long a text', get(`?policy=avatar&context=caption=${'x'.repeat(201)}`), 403, 'value_not_allowed', about('context', /at most 200 characters/)],
  ['the longest text', get(`?policy=avatar&context=caption=${'x'.repeat(200)}`), 200, null, captioned('x'.repeat(200))],
  ['another key of a group', get('?policy=avatar&context=alt=x'), 403, 'value_not_allowed', about('context', /caption/)],
  ['one element too many', get('?policy=tagged&tags=a,b,c,d'), 403, 'value_not_allowed', about('tags', /at most 3/)],
  ['one element twice', get('?policy=tagged&tags=a,a'), 403, 'element_twice', about('tags')],
  ['a number out of range', get('?policy=tagged&quality_override=10'), 403, 'value_not_allowed', about('quality_override', /1 to 9/)],
  ['a number with a leading zero', get('?policy=tagged&quality_override=07'), 403, 'value_not_allowed', about('quality_override')],
  ['no boolean', get('?policy=tagged&faces=yes'), 403, 'value_not_allowed', about('faces', /true or false/)],
  ['& in a value', get('?policy=avatar&context=caption=a%26overwrite=true'), 403, 'value_not_allowed', about('context', /&/)],
  ['%26 in a value', get('?policy=avatar&context=caption=a%2526b'), 403, 'value_not_allowed', about('context', /%26/)],
  ['somebody else\'s picture', get('?policy=remove&public_id=users/bob/cat'), 403, 'value_not_allowed', about('public_id', /users\/\{user\}\/\*\*/)],
  ['.. in an id', get('?policy=remove&public_id=users/alice/../bob/cat'), 403, 'value_not_allowed', about('public_id')],
  ['an empty segment', get('?policy=remove&public_id=users/alice//cat'), 403, 'value_not_allowed', about('public_id')],
  ['the folder itself', get('?policy=remove&public_id=users/alice'), 403, 'value_not_allowed', about('public_id')],
  ['a beginning of the user\'s name', get('?policy=remove&public_id=users/alice2/cat'), 403, 'value_not_allowed', about('public_id')],
  ['a list where one text is', get('?policy=remove&public_id[]=users/alice/cat'), 403, 'wrong_form', about('public_id')],
  ['destroy without an id', get('?policy=remove'), 400, 'parameter_missing', about('public_id')],
  ['a policy of others', get('?policy=bobs&public_id=users/alice/cat'), 403, 'user_not_allowed'],
  ['a policy that asks for a claim', get('?policy=edit&public_id=users/alice/cat'), 403, 'claim_required', says(/role/)],
  ['a policy for other addresses', get('?policy=there&public_id=users/alice/cat'), 403, 'address_not_allowed'],
  ['an address that a client makes up', get('?policy=there&public_id=users/alice/cat', ['X-Forwarded-For', '192.0.2.1'], ['X-Real-IP', '192.0.2.1']), 403, 'address_not_allowed'],
  ['an unknown policy', get('?policy=nosuch'), 404, 'policy_unknown', says(/"nosuch"/)],
  ['parameters without a policy', get('?context=caption=x'), 400, 'policy_missing'],
  ['paramsToSign without what the server sets', final({ upload_preset: undefined }), 403, 'parameter_missing', about('upload_preset', /preset/)],
  ['paramsToSign with another value', final({ folder: 'users/bob' }), 403, 'value_fixed', about('folder')],
  ['paramsToSign with more', final({ public_id: 'users/alice/cat' }), 403, 'parameter_not_allowed', about('public_id')],
  ['paramsToSign without a timestamp', final({ timestamp: undefined }), 403, 'timestamp_malformed', about('timestamp')],
  ['paramsToSign with an old timestamp', final({ timestamp: seconds() - 400 }), 403, 'timestamp_stale',
    (json) => assert.ok(Math.abs(json.server_time - seconds()) < 60)],
  ['paramsToSign with an odd timestamp', final({ timestamp: '1e9' }), 403, 'timestamp_malformed', about('timestamp')],
  ['paramsToSign where signatures are short-lived', postJson('?policy=remove', { paramsToSign: { public_id: 'users/alice/cat', invalidate: true, timestamp: seconds() } }), 403, 'contract_not_served'],
];

const deep = (n) => `${'{"context":'.repeat(n)}1${'}'.repeat(n)}`;
const members = (n) => JSON.stringify(Object.fromEntries(Array.from({ length: n }, (_, i) => [`p_${i}`, 'x'])));

// What is not even read. Some servers refuse it themselves: 'tidy'; or make
// %25zz of %zz, and it is no broken escape any more: 'repaired'.
const malformed = [
  ['a name twice', get('?policy=avatar&tags=a&tags=b'), 400, 'duplicate', about('tags')],
  ['the policy twice', get('?policy=avatar&policy=remove'), 400, 'duplicate', about('policy')],
  ['a name with and without []', get('?policy=tagged&tags=a&tags[]=b'), 400, 'duplicate', about('tags')],
  ['a name without and with []', get('?policy=tagged&tags[]=a&tags=b'), 400, 'duplicate', about('tags')],
  ['no =', get('?policy=avatar&tags'), 400, 'malformed'],
  ['an empty pair', get('?policy=avatar&&tags=a'), 400, 'malformed'],
  ['an empty policy', get('?policy='), 400, 'malformed', about('policy')],
  ['a name of other letters', get('?policy=avatar&Tags=a'), 400, 'bad_name'],
  ['a broken escape', get('?policy=avatar&context=caption=%zz'), 400, 'malformed', about('context'), 'repaired'],
  ['half an escape', get('?policy=avatar&context=caption=%4'), 400, 'malformed', about('context'), 'repaired'],
  ['NUL', get('?policy=avatar&context=caption=a%00b'), 400, 'malformed', about('context'), 'tidy'],
  ['a line feed', get('?policy=avatar&context=caption=a%0ab'), 400, 'malformed', about('context', /control/), 'tidy'],
  ['DEL', get('?policy=avatar&context=caption=%7f'), 400, 'malformed', about('context', /control/), 'tidy'],
  ['NUL in a form', postForm('?policy=avatar', 'context=caption=a%00b'), 400, 'malformed', about('context')],
  ['a line feed in a form', postForm('?policy=avatar', 'context=caption=a%0Ab'), 400, 'malformed', about('context')],
  ['a broken escape in a form', postForm('?policy=avatar', 'context=caption=%zz'), 400, 'malformed', about('context')],
  ['invalid UTF-8', get('?policy=avatar&context=caption=%ff'), 400, 'malformed', about('context', /UTF-8/), 'tidy'],
  ['overlong UTF-8', get('?policy=avatar&context=caption=%c0%af'), 400, 'malformed', about('context'), 'tidy'],
  ['a surrogate', postForm('?policy=avatar', 'context=caption=%ed%a0%80'), 400, 'malformed', about('context')],
  ['a parameter in the query of a POST', postForm('?policy=avatar&tags=a', ''), 400, 'malformed', about('tags')],
  ['the policy in the query and in the body', postForm('?policy=avatar', 'policy=avatar'), 400, 'duplicate', about('policy')],
  ['a contract that is none', get('?policy=avatar&contract=nosuch'), 400, 'contract_unknown', about('contract')],
  ['too many parameters', postJson('?policy=avatar', Object.fromEntries(Array.from({ length: 65 }, (_, i) =>
    [`p${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}`, 'x']))), 400, 'too_many'],
  ['a body of 20 KiB', postForm('?policy=avatar', `context=caption=${'x'.repeat(20480)}`), 413, 'too_large'],
  ['a body of 1 MiB', postForm('?policy=avatar', `context=caption=${'x'.repeat(1048500)}`), 413, 'too_large'],
  ['a body of one byte too many', postForm('?policy=avatar', `context=caption=${'x'.repeat(16385 - 16)}`), 413, 'too_large'],
  ['the longest body', postForm('?policy=avatar', `context=caption=${'x'.repeat(16384 - 16)}`), 403, 'value_not_allowed', about('context')],
  ['a body of another type', post('?policy=avatar', '<a/>', ['Content-Type', 'text/xml']), 415, 'media_type'],
  ['a multipart body', post('?policy=avatar', '--x\r\n', ['Content-Type', 'multipart/form-data; boundary=x']), 415, 'media_type'],
  ['JSON that says it is text', post('?policy=avatar', '{"context":{}}', ['Content-Type', 'text/plain']), 415, 'media_type'],
  ['JSON in another charset', post('?policy=avatar', '{}', ['Content-Type', 'application/json; charset=utf-16']), 415, 'media_type'],
  ['broken JSON', postJson('?policy=avatar', '{"context":'), 400, 'malformed'],
  ['JSON and more', postJson('?policy=avatar', '{} {}'), 400, 'malformed'],
  ['no object', postJson('?policy=avatar', '[]'), 400, 'malformed'],
  ['JSON with a name twice', postJson('?policy=avatar', '{"tags":"a","tags":"b"}'), 400, 'duplicate'],
  ['JSON with a name twice, once escaped', postJson('?policy=avatar', '{"tags":"a","t\\u0061gs":"b"}'), 400, 'duplicate'],
  ['JSON with a key twice', postJson('?policy=avatar', '{"context":{"caption":"a","caption":"b"}}'), 400, 'duplicate'],
  ['both paramsToSign', postJson('?policy=widget', { paramsToSign: widget(), params_to_sign: widget() }), 400, 'duplicate'],
  ['deep JSON', postJson('?policy=avatar', deep(9)), 400, 'malformed', says(/nested/)],
  ['very deep JSON', postJson('?policy=avatar', '['.repeat(16000)), 400, 'malformed', says(/nested/)],
  ['JSON of many names', postJson('?policy=avatar', members(1200)), 400, 'too_many'],
  ['a float', postJson('?policy=tagged', '{"quality_override":7.0}'), 400, 'malformed', about('quality_override')],
  ['a float in a timestamp', postJson('?policy=widget', `{"paramsToSign":{"timestamp":${seconds()}.5}}`), 400, 'malformed', about('timestamp')],
  ['null', postJson('?policy=tagged', '{"tags":null}'), 400, 'malformed', about('tags')],
  ['a list with a number', postJson('?policy=tagged', '{"tags":["a",1]}'), 400, 'malformed', about('tags')],
  ['a list in a list', postJson('?policy=tagged', '{"tags":[["a"]]}'), 400, 'malformed', about('tags')],
  ['an object where none is', postJson('?policy=tagged', '{"tags":{"a":"b"}}'), 400, 'malformed', about('tags')],
  ['NUL in JSON', postJson('?policy=avatar', '{"context":{"caption":"a\\u0000b"}}'), 400, 'malformed'],
  ['a line feed in JSON', postJson('?policy=avatar', '{"context":{"caption":"a\\nb"}}'), 400, 'malformed', about('context')],
  ['PUT', other('PUT'), 405, 'method', (json, answer) => assert.equal(header(answer, 'allow'), 'GET, POST, OPTIONS')],
  ['DELETE', other('DELETE'), 405, 'method'],
  ['PATCH', other('PATCH'), 405, 'method'],
  ['HEAD', other('HEAD'), 405, null],
];

const past = seconds() - 10;
const flipped = alice.slice(0, -1) + (alice.endsWith('A') ? 'B' : 'A');
const [head, , mac] = alice.split('.');
const forged = Buffer.from(JSON.stringify({ sub: 'bob', exp: seconds() + 3600 })).toString('base64url');
const claims = { sub: 'alice', exp: seconds() + 3600 };

// Who is asking, and from where.
const strangers = [
  ['no cookie', bare('?policy=avatar'), 401, 'no_session', noSession],
  ['no cookie and an unknown policy', bare('?policy=nosuch'), 401, 'no_session', noSession],
  ['no cookie and no policy', bare(''), 401, 'no_session', noSession],
  ['an empty cookie', withToken(''), 401, 'no_session', noSession],
  ['a tampered cookie', withToken(flipped), 401, 'no_session', noSession],
  ['another payload under the same signature', withToken(`${head}.${forged}.${mac}`), 401, 'no_session', noSession],
  ['a cookie in quotes', withToken(`"${alice}"`), 200, null, avatar],
  ['an expired cookie', withToken(token({ sub: 'alice', exp: past })), 401, 'no_session', noSession],
  ['a cookie for ever', withToken(token({ sub: 'alice', exp: seconds() + 500 * 86400 })), 401, 'no_session', noSession],
  ['a cookie without an end', withToken(token({ sub: 'alice' })), 401, 'no_session', noSession],
  ['a cookie that is not valid yet', withToken(token({ ...claims, nbf: seconds() + 600 })), 401, 'no_session', noSession],
  ['a cookie for another audience', withToken(token({ ...claims, aud: 'other' })), 401, 'no_session', noSession],
  ['a cookie of nobody', withToken(token({ exp: claims.exp })), 401, 'no_session', noSession],
  ['alg none', withToken(token(claims, { header: { alg: 'none' } })), 401, 'no_session', noSession],
  ['alg none and no signature', withToken(`${token(claims, { header: { alg: 'none' } }).split('.').slice(0, 2).join('.')}.`), 401, 'no_session', noSession],
  ['another alg', withToken(token(claims, { header: { alg: 'HS512' } })), 401, 'no_session', noSession],
  ['another key', withToken(token(claims, { key: `${SESSION_KEY}x` })), 401, 'no_session', noSession],
  ['an empty key', withToken(token(claims, { key: '' })), 401, 'no_session', noSession],
  ['two cookies of the name', bare('?policy=avatar', ['Cookie', `session=${alice}; session=${alice}`]), 401, 'no_session', noSession],
  ['two Cookie headers', bare('?policy=avatar', cookie, cookie), [400, 401], ['duplicate_variable', 'no_session']],
  ['bearer that is wrong beside a right cookie', get('?policy=avatar', ['Authorization', `Bearer ${flipped}`]), 401, 'no_session', noSession],
  ['bearer without a token', get('?policy=avatar', ['Authorization', 'Bearer']), 401, 'no_session', noSession],
  ['another scheme beside a right cookie', get('?policy=avatar', ['Authorization', 'Basic YTpi']), 200, null, avatar],
  ['from another site', get('?policy=avatar', ['Sec-Fetch-Site', 'cross-site']), 403, 'cross_site', says(/fetch\(\)/)],
  ['from a sister site', get('?policy=avatar', ['Sec-Fetch-Site', 'same-site']), 403, 'cross_site'],
  ['from the address bar', get('?policy=avatar', ['Sec-Fetch-Site', 'none']), 403, 'cross_site'],
  ['another Origin', get('?policy=avatar', ['Origin', 'https://evil.example']), 403, 'origin_not_listed', noCors],
  ['another scheme of a listed Origin', get('?policy=avatar', ['Origin', 'http://www.example.com']), 403, 'origin_not_listed', noCors],
  ['a listed Origin and more', get('?policy=avatar', ['Origin', 'https://www.example.com.evil.example']), 403, 'origin_not_listed', noCors],
  ['the Origin null', get('?policy=avatar', ['Origin', 'null']), 403, 'origin_not_listed', noCors],
  ['no cookie, another Origin', bare('?policy=avatar', ['Origin', 'https://evil.example']), 403, 'origin_not_listed', noCors],
  ['a refusal to a listed Origin', get('?policy=nosuch', LISTED), 404, 'policy_unknown', cors],
  ['no session, a listed Origin', bare('?policy=avatar', LISTED), 401, 'no_session', cors],
];

// The order of the checks: what comes first is what is said.
const order = [
  ['the method before the size', { ...postForm('', 'x'.repeat(20480)), method: 'PUT' }, 405, 'method'],
  ['the size before the site', { ...bare('', FORM_TYPE, ['Origin', 'https://evil.example']), method: 'POST', body: 'x'.repeat(20480) }, 413, 'too_large'],
  ['the decoding before the site', bare('?policy=a&policy=b', ['Origin', 'https://evil.example']), 400, 'duplicate'],
  ['the user before the parameters', get('?policy=bobs&eval=x'), 403, 'user_not_allowed'],
];

// Made anew for each request: its timestamps may be old on a busy machine.
export const rows = () => [
  ...honest,
  ...toSign().map(([name, request]) => [name, request, 200, null, (json) => signedAsSent({ request }, json)]),
  ...forbidden(), ...malformed, ...strangers, ...order,
];
