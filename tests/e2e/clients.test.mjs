// Every client that asks a server for signatures, as it is or as its makers
// show it: what it gets from here, Cloudinary takes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { generateSignatureCallback } from '@cloudinary-util/url-loader';
import { showComponent } from './nextjs.mjs';
import { Widget, jqueryParam, makePage } from './page.mjs';
import { lighttpdFastcgi } from './site.mjs';
import { makeUpload } from './upload.mjs';
import { seconds, session } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  avatar  = { action = "upload"; limit = "1000/hour";
    set = { public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg,png"; };
    allow = { context = { alt = "text 80"; }; }; };
  widget  = { action = "upload"; reusable = true; limit = "1000/hour";
    set = { upload_preset = "site_signed"; folder = "users/{user}"; source = "uw"; };
    allow = { custom_coordinates = "text 60"; context = { alt = "text 80"; }; allowed_formats = [ "jpg", "png" ]; }; };
  prepare = { action = "upload"; limit = "1000/hour";
    set = { public_id = "users/{user}/{random}"; overwrite = false; upload_preset = "site_signed"; source = "uw"; };
    allow = { context = { alt = "text 80"; }; }; };
  sample  = { action = "upload"; reusable = true; limit = "1000/hour";
    set = { folder = "users/{user}"; eager = "c_pad,h_300,w_400|c_crop,h_200,w_260"; }; };
  mobile  = { action = "upload"; reusable = true; limit = "1000/hour";
    set = { folder = "users/{user}"; upload_preset = "site_signed"; };
    allow = { context = { alt = "text 80"; }; faces = "bool"; }; };
};
`;

const KEY = '874837483274837';
const FILE_URL = 'https://api.cloudinary.com/v1_1/demo';
const COOKIE = () => `session=${session('alice')}`;
const CROPPED = { custom_coordinates: '10,20,300,400', context: 'alt=Käse + Brot 100%' };
const options = { folder: 'users/alice' };
const settings = { cloudName: 'demo', apiKey: KEY, uploadPreset: 'site_signed', folder: 'users/alice' };

// The site, a page of it, and an API that is none of Cloudinary's.
async function start(t) {
  const { port } = await lighttpdFastcgi(t, conf);
  const upload = await makeUpload(t);
  return { port, upload, page: makePage(port, COOKIE()) };
}

const accepted = (answer) => assert.equal(answer.status, 200, JSON.stringify(answer));
const rejected = (answer) => assert.equal(answer.status, 401, JSON.stringify(answer));

// Refused, in a way that holds no signature of any kind.
function checkRefused(page, status, code) {
  const { status: was, body } = page.asked.at(-1);
  assert.equal(was, status, body);
  assert.equal(JSON.parse(body).code, code);
  assert.doesNotMatch(body, /"signature":|[0-9a-f]{40}/);
}

// What a widget's asker may want that is not granted.
const wrongs = [
  ['another folder', { more: { folder: 'users/bob' } }, 403, 'value_fixed'],
  ['another preset', { more: { upload_preset: 'site_unsigned' } }, 403, 'value_fixed'],
  ['a parameter that is not allowed', { more: { notification_url: 'https://evil.example/' } }, 403, 'parameter_not_allowed'],
  ['a parameter that nobody knows', { more: { surprise: '1' } }, 403, 'parameter_unknown'],
  ['a format that is not allowed', { more: { allowed_formats: 'svg' } }, 403, 'value_not_allowed'],
  ['a clock that is wrong', { more: { timestamp: seconds() - 900 } }, 403, 'timestamp_stale'],
  ['no cookie', { cookie: null }, 401, 'no_session'],
  ['a page of another site', { from: { origin: 'https://evil.example', site: 'cross-site' } }, 403, 'origin_not_listed'],
  ['another policy', { endpoint: '/api/sign?policy=avatar' }, 403, 'parameter_not_allowed'],
];

const components = [
  ['next-cloudinary', 'CldUploadWidget', 'application/json'],
  ['next-cloudinary', 'CldUploadButton', 'application/json'],
  ['next-cloudinary-5', 'CldUploadWidget', 'text/plain;charset=UTF-8'],
  ['next-cloudinary-5', 'CldUploadButton', 'text/plain;charset=UTF-8'],
];

for (const [packageName, name, type] of components) {
  const { version } = createRequire(import.meta.url)(`${packageName}/package.json`);
  test(`next-cloudinary ${version}, ${name}`, async (t) => {
    const { port, upload, page } = await start(t);
    const show = (t2, from, endpoint = '/api/sign?policy=widget') => showComponent(t2, packageName, name,
      { signatureEndpoint: endpoint, uploadPreset: 'site_signed', options, children: null }, from, upload);

    await t.test('a file that the user has cropped', async (t2) => {
      const { widget, root } = await show(t2, page);
      if (name === 'CldUploadButton') {
        root.findByType('button').props.onClick({ preventDefault() {} });
        assert.ok(widget.opened);
      }
      assert.equal(widget.options.apiKey, KEY);
      accepted(await widget.choose(CROPPED));
      assert.match(widget.called[0][0], /^[0-9a-f]{64}$/);
      assert.equal(page.asked.at(-1).type, type);
      assert.equal(page.asked.length, 1);
    });

    for (const [what, { more = {}, cookie = COOKIE(), from = {}, endpoint }, status, code] of wrongs)
      await t.test(`${what}: no signature`, async (t2) => {
        const asking = makePage(port, cookie, from);
        const { widget } = await show(t2, asking, endpoint);
        rejected(await widget.choose(more));
        assert.deepEqual(widget.called, [[undefined]]);
        checkRefused(asking, status, code);
      });
  });
}

test('cloudinary-util: generateSignatureCallback', async (t) => {
  const { port, upload, page } = await start(t);
  const make = (from) => new Widget({ ...settings, uploadSignature: generateSignatureCallback({
    signatureEndpoint: '/api/sign?policy=widget', fetch: from.fetch }) }, upload);
  accepted(await make(page).choose(CROPPED));
  const own = makePage(port, null);
  const widget = make(own);
  rejected(await widget.choose());
  assert.deepEqual(widget.called, [[undefined]]);
  checkRefused(own, 401, 'no_session');
});

// The widget's documentation: uploadSignature with jQuery's $.ajax().
const samples = {
  'data: {data: paramsToSign}': (page, paramsToSign) =>
    page.fetch(`/api/sign?policy=widget&contract=text&${jqueryParam({ data: paramsToSign })}`),
  'data: paramsToSign': (page, paramsToSign) =>
    page.fetch(`/api/sign?policy=widget&contract=text&${jqueryParam(paramsToSign)}`),
  'type: "POST"': (page, paramsToSign) =>
    page.fetch('/api/sign?policy=widget&contract=text', { method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }, body: jqueryParam({ data: paramsToSign }) }),
};

test('the Upload Widget, uploadSignature with jQuery', async (t) => {
  const { port, upload, page } = await start(t);
  for (const [name, request] of Object.entries(samples)) {
    const make = (from) => new Widget({ ...settings,
      uploadSignature: async (callback, paramsToSign) => {
        const answer = await request(from, paramsToSign);
        callback(answer.ok ? await answer.text() : undefined);
      } }, upload);
    await t.test(name, async () => {
      const widget = make(page);
      accepted(await widget.choose(CROPPED));
      assert.match(widget.called[0][0], /^[0-9a-f]{64}$/);
      assert.equal(page.asked.at(-1).headers.get('Content-Type'), 'text/plain; charset=utf-8');
      assert.equal(page.asked.at(-1).body, widget.called[0][0]);
    });
    for (const [what, { more = {}, cookie = COOKIE(), from = {}, endpoint }, status, code] of wrongs) {
      if (endpoint !== undefined) continue;
      await t.test(`${name}, ${what}: no signature`, async () => {
        const asking = makePage(port, cookie, from);
        rejected(await make(asking).choose(more));
        checkRefused(asking, status, code);
      });
    }
  }
});

const asJson = (value) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

// prepareUploadParams hands on whatever the page got: an object or a list.
function prepared(page, upload) {
  return new Widget({ ...settings,
    prepareUploadParams: async (callback, params) => {
      const answer = await page.fetch('/api/sign?policy=prepare', asJson({ prepareUploadParams: params }));
      callback(await answer.json());
    } }, upload);
}

const left = (page) => Number(/r=(\d+)/.exec(page.asked.at(-1).headers.get('RateLimit'))[1]);

test('the Upload Widget, prepareUploadParams', async (t) => {
  const { port, upload, page } = await start(t);

  await t.test('one file', async () => {
    const [answer] = await prepared(page, upload).chooseBatch({ context: 'alt=one' });
    accepted(answer);
    const json = JSON.parse(page.asked.at(-1).body);
    assert.deepEqual(Object.keys(json).sort(), ['apiKey', 'context', 'overwrite', 'publicId', 'resourceType', 'signature',
      'uploadPreset', 'uploadSignatureTimestamp']);
    assert.match(json.publicId, /^users\/alice\/[0-9a-f]{32}$/);
  });

  await t.test('a list of one, and of twenty, under names of their own', async () => {
    for (const n of [1, 20]) {
      const before = left(page);
      const answers = await prepared(page, upload).chooseBatch(Array.from({ length: n }, (_, i) => ({ context: { alt: `file ${i}` } })));
      assert.equal(answers.length, n);
      answers.forEach(accepted);
      const json = JSON.parse(page.asked.at(-1).body);
      assert.equal(new Set(json.map((item) => item.publicId)).size, n);
      assert.deepEqual(json.map((item) => item.context), json.map((_, i) => `alt=file ${i}`));
      assert.equal(left(page), before - n);
    }
  });

  await t.test('refused items are cancelled, and count nothing', async () => {
    const before = left(page);
    const answers = await prepared(page, upload).chooseBatch([{}, { publicId: 'users/bob/cat' }, { source: 'uw' }, { eval: 'x' }]);
    accepted(answers[0]);
    accepted(answers[2]);
    for (const [i, code, param] of [[1, 'value_fixed', 'public_id'], [3, 'parameter_not_allowed', 'eval']]) {
      const { cancel, error, ...rest } = answers[i].canceled;
      assert.equal(cancel, true);
      assert.ok(error.length > 10);
      assert.deepEqual(rest, { code, param });
    }
    assert.equal(left(page), before - 2);
  });

  await t.test('all refused: nothing is counted', async () => {
    await prepared(page, upload).chooseBatch([{}]);
    const before = left(page);
    for (const asked of [{ folder: 'users/bob' }, [{ folder: 'users/bob' }]]) {
      const [answer] = await prepared(page, upload).chooseBatch(asked);
      assert.equal(answer.canceled.cancel, true);
      assert.doesNotMatch(page.asked.at(-1).body, /"signature":|[0-9a-f]{40}/);
    }
    await prepared(page, upload).chooseBatch([{}]);
    assert.equal(left(page), before - 1);
  });

  await t.test('twenty-one, none, no cookie', async () => {
    for (const params of [Array.from({ length: 21 }, () => ({})), []]) {
      const answer = await page.fetch('/api/sign?policy=prepare', asJson({ prepareUploadParams: params }));
      assert.equal(answer.status, 400);
    }
    const nobody = makePage(port, null);
    await nobody.fetch('/api/sign?policy=prepare', asJson({ prepareUploadParams: {} }));
    checkRefused(nobody, 401, 'no_session');
  });
});

// The sample server of cld-signed-upload-examples: its page asks without any
// parameter, and appends what it also has in its own form.
test('the classic sample page', async (t) => {
  const { upload, page } = await start(t);
  const signed = await (await page.fetch('/api/sign?policy=sample&contract=classic')).json();
  const form = { api_key: signed.apikey, timestamp: signed.timestamp, signature: signed.signature,
    eager: 'c_pad,h_300,w_400|c_crop,h_200,w_260', folder: 'users/alice' };
  const url = `https://api.cloudinary.com/v1_1/${signed.cloudname}/auto/upload`;
  accepted(await upload(url, form));
  rejected(await upload(url, { ...form, folder: 'users/bob' }));
  const { eager, ...less } = form;
  rejected(await upload(url, less));
});

// cloudinary_npm's docs/sign-browser-upload.md: the server chooses.
test('the npm SDK\'s page', async (t) => {
  const { upload, page } = await start(t);
  const { signature, timestamp, folder, api_key: key, cloud_name: cloud } =
    await (await page.fetch('/api/sign?policy=sample')).json();
  const form = { api_key: key, timestamp, signature, folder, eager: 'c_pad,h_300,w_400|c_crop,h_200,w_260' };
  accepted(await upload(`https://api.cloudinary.com/v1_1/${cloud}/image/upload`, form));
  rejected(await upload(`https://api.cloudinary.com/v1_1/${cloud}/image/upload`, { ...form, timestamp: timestamp + 1 }));
});

// What agents are told to write: the key first, by a POST of nothing.
test('the skills\' page', async (t) => {
  const { port, upload, page } = await start(t);
  const first = await (await page.fetch('/api/sign?policy=widget', { method: 'POST' })).json();
  assert.deepEqual(first, { ...await (await page.fetch('/api/sign', { method: 'POST' })).json(), server_time: first.server_time });
  assert.equal(first.api_key, KEY);
  assert.equal(first.cloud_name, 'demo');
  const make = (from) => new Widget({ ...settings, cloudName: first.cloud_name, apiKey: first.api_key,
    uploadSignature: async (callback, paramsToSign) => {
      const answer = await from.fetch('/api/sign?policy=widget', asJson({ params_to_sign: paramsToSign }));
      const { signature, timestamp, api_key: key } = await answer.json();
      callback(answer.ok ? { signature, timestamp, api_key: key } : undefined);
    } }, upload);
  const widget = make(page);
  accepted(await widget.choose(CROPPED));
  const { signature, ...rest } = widget.called[0][0];
  assert.equal(rest.api_key, KEY);
  assert.equal(typeof rest.timestamp, 'number');
  const bobs = makePage(port, `session=${session('bob')}`);
  rejected(await make(bobs).choose());
  checkRefused(bobs, 403, 'value_fixed');
});

/*
 * Android's SignatureProvider, iOS' CLDSignature and Kotlin's parameters: the
 * app has its options, and takes timestamp and signature from the server. It
 * is in no browser: no Origin, and the cookie is its own.
 */
function appAsks(port, query, init = {}) {
  return fetch(`http://127.0.0.1:${port}/api/sign?policy=${query}`, { ...init, headers: { Cookie: COOKIE(), ...init.headers } });
}

test('Android and Kotlin', async (t) => {
  const { port, upload } = await start(t);
  const has = { folder: 'users/alice', upload_preset: 'site_signed', faces: 'true', context: 'alt=from a phone' };
  const answer = await appAsks(port, 'mobile', { method: 'POST', body: new URLSearchParams(has) });
  const { signature, api_key: key, timestamp } = await answer.json();
  const form = { ...has, api_key: key, timestamp, signature };
  accepted(await upload(`${FILE_URL}/image/upload`, form));
  rejected(await upload(`${FILE_URL}/image/upload`, { ...form, faces: 'false' }));

  for (const wrong of [{ folder: 'users/bob' }, { notification_url: 'https://evil.example/' }, { timestamp: String(seconds()) }]) {
    const refused = await appAsks(port, 'mobile', { method: 'POST', body: new URLSearchParams({ ...has, ...wrong }) });
    assert.equal(refused.status, 403);
    assert.doesNotMatch(await refused.text(), /"signature":|[0-9a-f]{40}/);
  }
});

test('iOS', async (t) => {
  const { port, upload } = await start(t);
  const { signature, timestamp } = await (await appAsks(port, 'mobile')).json();
  const form = { folder: 'users/alice', upload_preset: 'site_signed', api_key: KEY, signature, timestamp };
  accepted(await upload(`${FILE_URL}/auto/upload`, form));
  rejected(await upload(`${FILE_URL}/auto/upload`, { ...form, folder: 'users/alice2' }));
});

test('React Native: the server makes the name', async (t) => {
  const { port, upload } = await start(t);
  const { signature, timestamp, public_id: id, api_key: key } = await (await appAsks(port, 'avatar')).json();
  assert.match(id, /^users\/alice\/[0-9a-f]{32}$/);
  const form = { public_id: id, overwrite: 'false', allowed_formats: 'jpg,png', api_key: key, signature, timestamp };
  accepted(await upload(`${FILE_URL}/image/upload`, form));
  rejected(await upload(`${FILE_URL}/image/upload`, { ...form, public_id: `${id}0` }));
});

test('plain JavaScript: url and fields', async (t) => {
  const { upload, page } = await start(t);
  const signed = await (await page.fetch(`/api/sign?${new URLSearchParams({ policy: 'avatar', context: 'alt=ein Käse + Brot' })}`)).json();
  assert.equal(signed.fields.context, 'alt=ein Käse + Brot');
  accepted(await upload(signed.url, signed.fields));
  for (const name of Object.keys(signed.fields)) {
    const { [name]: left_out, ...less } = signed.fields;
    assert.notEqual((await upload(signed.url, less)).status, 200, name);
  }
});
