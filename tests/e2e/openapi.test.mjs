// etc/openapi.yaml says what the program really answers, and no more: every
// answer to the table of requests, and one of each kind.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import cloudinary from 'cloudinary';
import { parse } from 'yaml';
import { ask, form, header } from './client.mjs';
import { conf as rowsConf, rows } from './requests.mjs';
import { lighttpdFastcgi, root, until } from './site.mjs';
import { API_SECRET, seconds, session } from './token.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const description = () => parse(read('etc/openapi.yaml'));

// What can be checked of an answer: by its status and type, or as one kind.
class Described {
  constructor(api = description()) {
    this.api = api;
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    this.ajv.addSchema(api, 'api');
    this.compiled = new Map();
  }

  at(pointer) {
    if (!this.compiled.has(pointer)) this.compiled.set(pointer, this.ajv.compile({ $ref: `api#${pointer}` }));
    return this.compiled.get(pointer);
  }

  fits(pointer, value) {
    const check = this.at(pointer);
    assert.ok(check(value), `${pointer}: ${this.ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`);
  }

  // The object that a $ref names, and where it is.
  follow(pointer) {
    const found = pointer.split('/').slice(1).reduce((o, name) => o[name.replaceAll('~1', '/')], this.api);
    return found?.$ref ? this.follow(found.$ref.slice(1)) : [found, pointer];
  }

  checkHeaders(answer, [described, pointer]) {
    const own = ['content-type', 'content-length', 'connection', 'date', 'server', 'transfer-encoding', 'keep-alive', 'accept-ranges'];
    const left = new Set([...answer.headers.keys()].filter((name) => !own.includes(name)));
    for (const name of Object.keys(described.headers)) {
      const [{ required }, at] = this.follow(`${pointer}/headers/${name}`);
      const value = header(answer, name.toLowerCase());
      left.delete(name.toLowerCase());
      if (required) assert.notEqual(value, undefined, `${pointer} says that there is ${name}`);
      // lighttpd joins what it adds to without a space.
      if (value !== undefined) this.fits(`${at}/schema`, value.replace(/,(?! )/g, ', '));
    }
    assert.deepEqual([...left], [], `${pointer} does not say these`);
  }

  // Every answer. Methods that have no operation are answered as GET's 405.
  check(request, answer) {
    const method = (request.method ?? 'GET').toLowerCase();
    const known = this.api.paths['/api/sign'][method] !== undefined;
    const found = this.follow(`/paths/~1api~1sign/${known ? method : 'get'}/responses/${answer.status}`);
    assert.ok(found[0], `no ${answer.status} of ${method}`);
    if (!known) assert.equal(answer.status, 405);
    this.checkHeaders(answer, found);
    const type = header(answer, 'content-type')?.split(';')[0];
    if (found[0].content === undefined) return assert.equal(answer.body, '');
    assert.ok(type in found[0].content, `${answer.status} of ${type}`);
    if (method === 'head') return assert.equal(answer.body, '');
    const at = `${found[1]}/content/${type.replaceAll('/', '~1')}/schema`;
    this.fits(at, type === 'text/plain' ? answer.body : JSON.parse(answer.body));
  }

  // What was granted was asked as is described.
  checkRequest(request, answer) {
    if (answer.status !== 200 || !request.body) return;
    const type = request.headers.find(([name]) => name === 'Content-Type')?.[1] ?? 'text/plain';
    const kind = type.split(';')[0];
    const at = `/paths/~1api~1sign/post/requestBody/content/${kind.replaceAll('/', '~1')}/schema`;
    if (kind === 'application/json') this.fits(at, JSON.parse(request.body));
    else if (kind === 'text/plain') this.fits(`${at}/contentSchema`, JSON.parse(request.body));
    else this.fits(at, Object.fromEntries(new URLSearchParams(request.body)));
  }
}

test('a validator takes it, and would refuse a wrong one', async () => {
  const good = await new Validator().validate(description());
  assert.ok(good.valid, JSON.stringify(good.errors));
  for (const spoil of [(api) => delete api.info.title, (api) => (api.paths['/api/sign'].get.responses['200'].description = 1),
    (api) => (api.components.securitySchemes.cookie.in = 'body'), (api) => (api.paths['/api/sign'].get.parameters[3].style = 'matrix')]) {
    const wrong = description();
    spoil(wrong);
    assert.equal((await new Validator().validate(wrong)).valid, false, String(spoil));
  }
  // Every $ref names something, and every part is named.
  const text = read('etc/openapi.yaml');
  const described = new Described();
  const named = new Set([...text.matchAll(/\$ref: '#(\/[^']+)'/g)].map(([, pointer]) => pointer));
  for (const pointer of named) assert.ok(described.follow(pointer)[0] !== undefined, pointer);
  for (const [kind, parts] of Object.entries(description().components))
    for (const name of Object.keys(parts))
      if (kind !== 'securitySchemes') assert.ok([...named].some((pointer) => `${pointer}/`.startsWith(`/components/${kind}/${name}/`)), `${name} is not used`);
  assert.doesNotMatch(text, /<<:/);
});

test('its codes and its version are the sources\'', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.c')).map((name) => read(`src/${name}`)).join('\n');
  const pairs = new Set([...sources.matchAll(/\b([45]\d\d),\s*"([a-z_]+)"/g)].map(([, status, code]) => `${status} ${code}`));
  const api = description();
  const said = Object.entries(api.components.schemas).filter(([name]) => /^Problem\d/.test(name))
    .flatMap(([, { properties: { status, code } }]) => code.enum.map((word) => `${status.const} ${word}`));
  assert.ok(pairs.size > 40, `${pairs.size} found`);
  assert.deepEqual([...said].sort(), [...pairs].sort());
  assert.match(read('src/base/version.h'), new RegExp(`"${api.info.version.replaceAll('.', '\\.')}"`));
  // The same codes stand in the page's table.
  const table = read('etc/doc/refusals.md').split('\n').filter((line) => /^\| [45]\d\d[^|]*\|/.test(line)).map((line) => line.split('|')[2]).join(' ');
  const listed = new Set([...table.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code));
  assert.deepEqual([...listed].sort(), [...new Set(said.map((pair) => pair.split(' ')[1]))].sort());
});

test('each answer to the table of requests', async (t) => {
  const described = new Described();
  const { port } = await lighttpdFastcgi(t, rowsConf);
  let servers = 0;
  const titles = rows().map(([title]) => title);
  for (const [i, name] of titles.entries()) {
    const [, request] = rows()[i];
    const answer = await ask(port, request);
    // What the web server refuses by itself.
    if (answer.status === 400 && (header(answer, 'content-type') ?? '').startsWith('text/html')) {
      servers++;
      continue;
    }
    try {
      described.check(request, answer);
      described.checkRequest(request, answer);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
  assert.ok(titles.length > 150 && servers < 10, `${servers} of ${titles.length}`);
});

const cookie = ['Cookie', `session=${session('alice')}`];
const JSON_TYPE = ['Content-Type', 'application/json'];
const get = (query) => ({ path: `/api/sign${query}`, headers: [cookie] });
const post = (query, value) => ({ method: 'POST', path: `/api/sign${query}`, headers: [cookie, JSON_TYPE], body: JSON.stringify(value) });
const own = '"users/{user}/**"';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; token_key_file = "token.key"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
origins = [ "https://www.example.com" ];
policies = {
  avatar = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; limit = [ "900/hour", "9000/day" ]; limit_total = "9000/day"; };
  folder = { action = "upload"; reusable = true; set = { folder = "users/{user}"; resource_type = "auto"; }; };
  widget = { action = "upload"; reusable = true; set = { upload_preset = "site_signed"; folder = "users/{user}"; source = "uw"; }; };
  prepare = { action = "upload"; set = { public_id = "users/{user}/{random}"; upload_preset = "site_signed"; source = "uw"; };
              allow = { tags = [ "user_{user}" ]; context = { alt = "text 9"; }; metadata = { colour = "text 9"; }; invalidate = "bool"; quality_analysis = [ true ]; }; };
  again = { action = "explicit"; limit = "60/hour"; set = { type = "upload"; }; allow = { public_id = ${own}; }; };
  remove = { action = "destroy"; limit = "60/hour"; allow = { public_id = ${own}; }; };
  move = { action = "rename"; limit = "60/hour"; allow = { from_public_id = ${own}; to_public_id = ${own}; }; };
  label = { action = "tags"; limit = "60/hour"; allow = { public_ids = ${own}; tag = "text 40"; command = [ "add" ]; }; };
  describe = { action = "context"; limit = "60/hour"; set = { command = "add"; }; allow = { public_ids = ${own}; context = { alt = "text 9"; }; }; };
  measure = { action = "metadata"; limit = "60/hour"; allow = { public_ids = ${own}; metadata = { colour = "text 9"; }; }; };
  zip = { action = "archive"; limit = "60/hour"; set = { prefixes = "users/{user}/"; }; allow = { mode = [ "create", "download" ]; resource_type = [ "all" ]; }; };
  original = { action = "download"; limit = "60/hour"; allow = { public_id = ${own}; format = [ "jpg" ]; }; };
  thumb = { action = "deliver"; allow = { public_id = ${own}; transformation = [ "w_200", "" ]; }; };
  brief = { action = "deliver"; set = { duration = 300; }; allow = { public_id = ${own}; transformation = [ "w_200" ]; }; };
  album = { action = "token"; cookie_domain = "example.com"; set = { acl = [ "/image/authenticated/users/{user}/*" ]; duration = 600; }; };
  path = { action = "token"; set = { duration = 300; }; allow = { url = "/image/private/users/{user}/**"; }; };
  uploaded = { action = "verify"; allow = { public_id = ${own}; }; };
  notified = { action = "verify"; addresses = [ "127.0.0.1" ]; };
  inbox = { action = "upload"; anonymous = true; set = { public_id = "inbox/{random}"; overwrite = false; allowed_formats = "jpg"; }; limit = "9/minute"; limit_total = "99/day"; };
  once = { action = "destroy"; limit = "1/day"; allow = { public_id = ${own}; }; };
};
`;

const id = 'public_id=users/alice/cat';
const toSign = () => ({ timestamp: seconds(), upload_preset: 'site_signed', folder: 'users/alice', source: 'uw' });

function verified() {
  const asset = { public_id: 'users/alice/cat', version: '1767225600' };
  return form(Object.entries({ ...asset, signature: cloudinary.utils.api_sign_request(asset, API_SECRET, 'sha1') }));
}

function webhook() {
  const body = '{"notification_type":"upload","public_id":"users/alice/cat"}';
  const at = String(seconds());
  const signature = cloudinary.utils.webhook_signature(body, at, { api_secret: API_SECRET, signature_algorithm: 'sha256' });
  return { method: 'POST', path: '/api/sign?policy=notified', body, headers: [JSON_TYPE, ['X-Cld-Timestamp', at], ['X-Cld-Signature', signature]] };
}

// The kind, the request, a header that must be there.
const kinds = () => [
  ['SignedCall', get('?policy=avatar'), 'ratelimit'],
  ['SignedCall', get('?policy=folder')],
  ['SignedCall', { path: '/api/sign?policy=inbox' }, 'ratelimit-policy'],
  ['SignedCall', { ...get('?policy=avatar'), headers: [cookie, ['Origin', 'https://www.example.com']] }, 'access-control-allow-origin'],
  ...[`again&${id}`, `remove&${id}`, 'move&from_public_id=users/alice/a&to_public_id=users/alice/b', 'label&public_ids=users/alice/a,users/alice/b&command=add&tag=x',
    'describe&public_ids=users/alice/a&context=alt%3Dx', 'measure&public_ids=users/alice/a&metadata=colour%3Dred', 'zip&mode=create&resource_type=all']
    .map((query) => ['SignedCall', get(`?policy=${query}`)]),
  ['ClassicCall', get('?policy=avatar&contract=classic')],
  ['SignedParams', post('?policy=widget', { paramsToSign: toSign() })],
  ['SignedParams', post('', { policy: 'widget', params_to_sign: toSign() })],
  ['SignedParams', get(`?policy=widget&params_to_sign=${encodeURIComponent(JSON.stringify(toSign()))}`)],
  ['Signature', { ...get(`?policy=widget&contract=text&${form(Object.entries(toSign()).map(([name, value]) => [`data[${name}]`, value]))}`) }],
  ['PreparedUpload', post('?policy=prepare', { prepareUploadParams: { tags: ['user_alice'], context: { alt: 'x' }, metadata: { colour: 'red' }, invalidate: true, qualityAnalysis: true } })],
  ['CancelledUpload', post('?policy=prepare', { prepareUploadParams: { eval: 'x' } })],
  ['PreparedUploads', post('?policy=prepare', { prepareUploadParams: [{}, { publicId: 'x' }, { source: 'uw' }] })],
  ['SignedLink', get('?policy=zip')],
  ['SignedLink', get(`?policy=original&${id}&format=jpg`)],
  ['SignedLink', get(`?policy=thumb&${id}&transformation=w_200`)],
  ['SignedLink', get(`?policy=brief&${id}&transformation=w_200`)],
  ['SignedToken', get('?policy=album'), 'set-cookie'],
  ['SignedToken', get('?policy=path&url=/image/private/users/alice/cat.jpg')],
  ['Verified', get(`?policy=uploaded&${verified()}`)],
  ['Verified', webhook()],
  ['Information', get('')],
  ['Information', post('', {})],
  ['Health', { path: '/api/sign?health' }],
];

// What not every answer of a kind has.
const prepared = ['publicId', 'tags', 'context', 'metadata', 'invalidate', 'qualityAnalysis', 'uploadPreset'];
const optional = { SignedCall: ['public_id', 'folder'], ClassicCall: ['public_id', 'folder'], SignedLink: ['expires_at'], SignedToken: ['url'],
  PreparedUpload: prepared, PreparedUploads: prepared, CancelledUpload: ['param'] };

test('each kind of answer, and what is no longer one', async (t) => {
  const described = new Described();
  const { port, place } = await lighttpdFastcgi(t, conf, 1, { 'token.key': '00112233445566778899aabbccddeeff\n' });
  const all = kinds();
  const answers = [];
  for (const [kind, request, named] of all) {
    const answer = await ask(port, request);
    try {
      assert.equal(answer.status, 200);
      described.check(request, answer);
      described.checkRequest(request, answer);
      const value = kind === 'Signature' ? answer.body : JSON.parse(answer.body);
      described.fits(`/components/schemas/${kind}`, value);
      if (named) assert.notEqual(header(answer, named), undefined, named);
      answers.push([kind, value, answer, request]);
    } catch (error) {
      error.message = `${kind} of ${JSON.stringify(request)}: ${error.message}\n${answer.body}`;
      throw error;
    }
  }
  // Each kind that is offered was there.
  const offered = described.api.components.responses.Answer.content['application/json'].schema.oneOf.map(({ $ref }) => $ref.split('/').pop());
  assert.deepEqual([...new Set(all.map(([kind]) => kind))].filter((kind) => kind !== 'Signature').sort(), offered.sort());

  await t.test('a changed answer is none', () => {
    let changed = 0;
    const refuses = (request, answer, body) => {
      assert.throws(() => described.check(request, { ...answer, body: typeof body === 'string' ? body : JSON.stringify(body) }), `${JSON.stringify(body)} was taken`);
      changed++;
    };
    for (const [kind, value, answer, request] of answers) {
      if (kind === 'Signature') {
        for (const body of [value.slice(1), `${value}0`, value.toUpperCase(), `"${value}"`]) refuses(request, answer, body);
        continue;
      }
      const items = Array.isArray(value) ? value : [value];
      const again = (item) => (Array.isArray(value) ? [item, ...items.slice(1)] : item);
      const [first] = items;
      refuses(request, answer, again({ ...first, secret: 'x' }));
      for (const name of Object.keys(first)) {
        refuses(request, answer, again({ ...first, [name]: null }));
        const { [name]: _, ...rest } = first;
        const without = () => described.fits(`/components/schemas/${kind}`, again(rest));
        if (optional[kind]?.includes(name)) without();
        else assert.throws(without, `${kind} without ${name}`);
      }
      for (const name of Object.keys(first.fields ?? {})) refuses(request, answer, { ...first, fields: { ...first.fields, [name]: [[]] } });
      const headers = new Map(answer.headers);
      headers.delete('cache-control');
      assert.throws(() => described.check(request, { ...answer, headers }), /Cache-Control/);
      assert.throws(() => described.check(request, { ...answer, headers: new Map(answer.headers).set('x-secret', ['1']) }), /does not say/);
      assert.throws(() => described.check(request, { ...answer, headers: new Map(answer.headers).set('vary', ['*']) }), /Vary/);
    }
    assert.ok(changed > 150, `${changed}`);
  });

  await t.test('refusals: a limit, a server out of order, and changed ones', async () => {
    await ask(port, get(`?policy=once&${id}`));
    const limited = await ask(port, get(`?policy=once&${id}`));
    assert.equal(limited.status, 429);
    described.check(get(''), limited);
    const problem = JSON.parse(limited.body);
    for (const change of [{ code: 'no_session' }, { status: 403 }, { retry_after: 0 }, { retry_after: undefined }, { signature: 'x' }, { request_id: 'x' }, { title: 'Forbidden' },
      { type: 'x' }, { detail: '' }, { error: { message: 'x', code: 'x' } }, { error: undefined }])
      assert.throws(() => described.check(get(''), { ...limited, body: JSON.stringify({ ...problem, ...change }) }), JSON.stringify(change));
    const headers = new Map(limited.headers);
    headers.delete('retry-after');
    assert.throws(() => described.check(get(''), { ...limited, headers }), /Retry-After/);

    // Its counters, then its configuration.
    rmSync(join(place.path, 'counters'), { recursive: true });
    writeFileSync(join(place.path, 'counters'), '');
    const uncounted = await until('the counters are gone', async () => {
      const answer = await ask(port, get(`?policy=remove&${id}`));
      return answer.status === 503 && answer;
    });
    described.check(get(''), uncounted);
    const health = { path: '/api/sign?health' };
    const ill = await ask(port, health);
    assert.equal(ill.status, 503);
    described.check(health, ill);
    assert.equal(JSON.parse(ill.body).store, 'out of order');
    unlinkSync(join(place.path, 'signpost.conf'));
    const gone = await until('the configuration is gone', async () => {
      const answer = await ask(port, get(''));
      return answer.status === 503 && answer;
    });
    described.check(get(''), gone);
    assert.equal(JSON.parse(gone.body).code, 'configuration');
    described.check(health, await ask(port, health));
  });
});
