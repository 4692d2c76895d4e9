// The pages in etc/doc: each fenced block is run, or checked, as it stands;
// and no page of the project has a link that leads nowhere.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import cloudinary from 'cloudinary';
import { showComponent } from './nextjs.mjs';
import { API, Widget, browser, makePage, runScript } from './page.mjs';
import { blocksOf as blocksOfPage, broken, brokenBelow, checkRight } from './pages.mjs';
import { Place, lighttpdFastcgi, nginx, command, root, run, spawnFcgi } from './site.mjs';
import { makeUpload } from './upload.mjs';
import { API_SECRET, seconds, session } from './token.mjs';

const folder = join(root, 'etc/doc');
const COOKIE = `session=${session('alice')}`;

const blocksOf = (name, expected) => blocksOfPage(`etc/doc/${name}`, expected);

const FILE = () => new Blob(['a picture']);
const sent = ({ forms }) => forms.at(-1);

test('from an unsigned preset', async (t) => {
  const [conf, before, after, widgetBefore, widgetAfter] = blocksOf('from-unsigned-preset.md', [
    ['libconfig', '2. The configuration'], ['js', 'Before'], ['js', 'After'], ['js', 'Before: the widget'], ['js', 'After: the widget']]);
  checkRight(t, conf);
  const { port } = await lighttpdFastcgi(t, conf);
  const upload = await makeUpload(t);
  const as = (cookie) => browser(makePage(port, cookie), upload);

  await t.test('before: nobody is asked, and anything is sent', async () => {
    const own = as(null);
    const page = await runScript(before, own, ['upload']);
    await page.upload(FILE());
    assert.deepEqual(sent(own), { address: `${API}v1_1/demo/image/upload`, file: true, fields: { upload_preset: 'site_unsigned' } });
  });

  await t.test('after: a signed form', async () => {
    const own = as(COOKIE);
    const page = await runScript(after, own, ['upload']);
    const answer = await page.upload(FILE());
    assert.match(answer.public_id, /^users\/alice\/[0-9a-f]{32}$/);
    assert.equal(sent(own).fields.upload_preset, 'site_signed');
    const guest = await page.upload(FILE(), 'guest');
    assert.match(guest.public_id, /^guests\/[0-9a-f]{32}$/);
    assert.equal(sent(own).file, true);
  });

  await t.test('after: guests upload as guests alone', async () => {
    const own = as(null);
    const page = await runScript(after, own, ['upload']);
    assert.match((await page.upload(FILE(), 'guest')).public_id, /^guests\//);
    await assert.rejects(page.upload(FILE()), /session/);
    assert.equal(own.forms.length, 1);
  });

  await t.test('after: where nobody logs in, with what init has made', async (t) => {
    const place = new Place(t);
    const dir = join(place.path, 'own');
    const made = run(['init', '--dir', dir, ...(process.getuid() === 0 ? ['--user', 'root'] : []), '--cloud-name', 'demo',
      '--api-key', '874837483274837', '--api-secret-file', place.write('s', `${API_SECRET}\n`), '--format', 'none', '--yes']);
    assert.equal(made.code, 0, made.err);
    const page = readFileSync(join(folder, 'from-unsigned-preset.md'), 'utf8');
    const [, line] = /Where nobody logs in[^]*? put `(.*)` in the place\nof `allowed_formats`/.exec(page);
    const own = readFileSync(join(dir, 'signpost.conf'), 'utf8').replace(/allowed_formats = .*/, line);
    assert.match(checkRight(t, own).out, /, with 0 warnings\n$/);
    const guests = browser(makePage((await lighttpdFastcgi(t, own)).port, null), upload);
    const { upload: send } = await runScript(after, guests, ['upload']);
    assert.match((await send(FILE(), 'guest')).public_id, /^guests\/[0-9a-f]{32}$/);
    assert.equal(sent(guests).fields.upload_preset, 'site_signed');
    await assert.rejects(send(FILE()), /session/);
  });

  const show = async (text, cookie, later) => {
    let widget;
    const own = as(cookie);
    const shown = { createUploadWidget: (options) => (widget = new Widget(options, upload)) };
    await runScript(text, { fetch: (...asked) => (widget && later ? later : own).fetch(...asked) }, [], { cloudinary: shown });
    assert.ok(widget.opened);
    return widget;
  };

  await t.test('the widget', async () => {
    const { options } = await show(widgetBefore, null);
    assert.equal(options.uploadPreset, 'site_unsigned');
    assert.equal(options.uploadSignature, undefined);
    const widget = await show(widgetAfter, COOKIE);
    assert.equal((await widget.choose()).status, 200);
    assert.match(widget.called[0][0], /^[0-9a-f]{64}$/);
    await assert.rejects(show(widgetAfter, null), /session/);
    // The page stays open, and the session ends.
    const late = await show(widgetAfter, COOKIE, as(null));
    await assert.rejects(late.options.uploadSignature(assert.fail, { timestamp: seconds(), source: 'uw' }), /session/);
  });
});

test('from next-cloudinary', async (t) => {
  const [route, conf, component, server] = blocksOf('from-next-cloudinary.md', [
    ['js', 'The route that goes away'], ['libconfig', 'The configuration'], ['jsx', 'The component that stays'], ['nginx', 'In front of both']]);
  checkRight(t, conf);

  await t.test('the route signs anything for anybody', async (t2) => {
    const place = new Place(t2);
    symlinkSync(join(dirname(createRequire(import.meta.url).resolve('cloudinary/package.json')), '..'), join(place.path, 'node_modules'));
    process.env.CLOUDINARY_API_SECRET = API_SECRET;
    t2.after(() => delete process.env.CLOUDINARY_API_SECRET);
    const { POST } = await import(pathToFileURL(place.write('route.mjs', route)));
    const paramsToSign = { public_id: 'users/bob/cat', overwrite: true, notification_url: 'https://evil.example/', timestamp: seconds() };
    const answer = await POST(new Request('http://site.example/', { method: 'POST', body: JSON.stringify({ paramsToSign }) }));
    assert.equal((await answer.json()).signature, cloudinary.utils.api_sign_request(paramsToSign, API_SECRET, 'sha1'));
  });

  // Next.js, as far as nginx is concerned.
  const next = http.createServer({ keepAliveTimeout: 0 }, (request, response) => response.end(`page ${request.url} of ${request.headers.host}`));
  await new Promise((resolve) => next.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => {
    next.close(resolve);
    next.closeAllConnections();
  }));
  const place = new Place(t);
  const fcgi = await spawnFcgi(place, place.configure(conf));
  const [upstream, ...locations] = server
    .replace('/run/signpost/signpost.sock', fcgi.socket)
    .replace('include fastcgi_params;', 'include /etc/nginx/fastcgi_params;')
    .replace('127.0.0.1:3000', `127.0.0.1:${next.address().port}`).split('\n\n');
  const { port } = await nginx(place, upstream, locations.join('\n'));
  assert.match(await (await fetch(`http://127.0.0.1:${port}/page`)).text(), /^page \/page of 127\.0\.0\.1/);

  // The properties as React is given them.
  const texts = [...component.matchAll(/^ {2}(\w+)="([^"]*)"$/gm)].map((match) => [match[1], match[2]]);
  const [, written] = /^ {2}options=\{(\{.*\})\}$/m.exec(component);
  const properties = (user) => ({ ...Object.fromEntries(texts), options: new Function('user', `return (${written});`)(user), children: null });
  assert.deepEqual(Object.keys(properties({ id: 'alice' })), ['signatureEndpoint', 'uploadPreset', 'options', 'children']);
  const [, name] = /^<(\w+)$/m.exec(component);
  const upload = await makeUpload(t);
  const show = (t2, user, cookie) => showComponent(t2, 'next-cloudinary', name, properties({ id: user }), makePage(port, cookie), upload);

  await t.test('the component stays', async (t2) => {
    const { widget } = await show(t2, 'alice', COOKIE);
    assert.equal((await widget.choose()).status, 200);
    assert.equal((await widget.choose({ custom_coordinates: '1,2,30,40' })).status, 200);
  });
  for (const [what, user, cookie] of [['another user\'s folder', 'bob', COOKIE], ['no cookie', 'alice', null]])
    await t.test(`${what}: no signature`, async (t2) => {
      const { widget } = await show(t2, user, cookie);
      assert.equal((await widget.choose()).status, 401);
      assert.deepEqual(widget.called, [[undefined]]);
    });
});

// What sign.php answers to this query, run by PHP itself.
function php(file, query) {
  const { code, out, err } = run([], { program: 'php-cgi', env: { REDIRECT_STATUS: '1', GATEWAY_INTERFACE: 'CGI/1.1',
    REQUEST_METHOD: 'GET', QUERY_STRING: query, SCRIPT_FILENAME: file, CLOUDINARY_API_SECRET: API_SECRET } });
  assert.equal(code, 0, err);
  assert.match(out, /^Content-type: application\/json/mi);
  return JSON.parse(out.slice(out.indexOf('\r\n\r\n')));
}

test('from a PHP script', async (t) => {
  const [script, before, conf, after] = blocksOf('from-php-snippet.md', [
    ['php', 'Before'], ['js', 'The page, before'], ['libconfig', 'The configuration'], ['js', 'The page, after']]);
  const upload = await makeUpload(t);
  const KEPT = '/var/lib/php/sessions';
  const SESSIONS = { 'sessions/none': '' };
  const own = conf.replace(`"${KEPT}"`, '"sessions"');
  assert.notEqual(own, conf);
  checkRight(t, own, SESSIONS);

  await t.test('before: a signature for anybody, and anything', async (t2) => {
    const file = new Place(t2).write('sign.php', script);
    const answer = php(file, 'folder=users/bob&public_id=cat&overwrite=true');
    const { signature, api_key: key, cloud_name: cloud, ...params } = answer;
    assert.equal(signature, cloudinary.utils.api_sign_request(params, API_SECRET, 'sha1'));
    assert.deepEqual([key, cloud, params.overwrite], ['874837483274837', 'demo', 'true']);
    const asking = { fetch: async (address) => {
      const url = new URL(address, 'http://site.example/');
      assert.equal(url.pathname, '/sign.php');
      return new Response(JSON.stringify(php(file, url.search.slice(1))));
    } };
    const page = await runScript(before, browser(asking, upload), ['upload']);
    assert.deepEqual(await page.upload(FILE()), { public_id: null });
  });

  const { port, place } = await lighttpdFastcgi(t, own, 2, SESSIONS);
  const minted = run(['mint', '--user', 'alice', join(place.path, 'signpost.conf')]);
  assert.equal(minted.code, 0, minted.err);
  const as = (cookie) => browser(makePage(port, cookie), upload);

  await t.test('the page with another address', async () => {
    const [, to, from] = /^Write `([^`]+)` for `([^`]+)`\./m.exec(readFileSync(join(folder, 'from-php-snippet.md'), 'utf8'));
    assert.equal(before.split(from).length, 2);
    const changed = before.replace(from, to);
    const mine = as(minted.out.trim());
    const page = await runScript(changed, mine, ['upload']);
    assert.deepEqual(await page.upload(FILE()), { public_id: null });
    assert.equal(sent(mine).fields.folder, 'users/alice');
    const nobody = await runScript(changed, as(null), ['upload']);
    assert.deepEqual(Object.keys(await nobody.upload(FILE())), ['error']);
  });

  await t.test('after', async () => {
    const mine = as(minted.out.trim());
    const page = await runScript(after, mine, ['upload', 'remove']);
    const { public_id: id } = await page.upload(FILE());
    assert.match(id, /^users\/alice\/[0-9a-f]{32}$/);
    assert.equal(sent(mine).fields.allowed_formats, 'jpg,png,webp');
    assert.deepEqual(await page.remove(id), { public_id: id });
    assert.deepEqual([sent(mine).file, sent(mine).address], [false, `${API}v1_1/demo/image/destroy`]);
    await assert.rejects(page.remove('users/bob/cat'), /users\/\{user\}/);
    const nobody = await runScript(after, as(null), ['upload']);
    await assert.rejects(nobody.upload(FILE()), /session/);
  });
});

test('before you go live', async (t) => {
  const blocks = blocksOf('threats.md', Array.from({ length: 4 }, () => ['sh', 'Before you go live']));
  const { port, place } = await lighttpdFastcgi(t, readFileSync(join(root, 'etc/signpost.conf'), 'utf8'));
  mkdirSync(join(place.path, 'bin'), { mode: 0o700 });
  symlinkSync(command, join(place.path, 'bin/signpost'));
  // As it would be on the machine and the site of whoever reads it.
  const told = (text) => run(['-c', text.replaceAll('https://www.example.com', `http://127.0.0.1:${port}`)
    .replaceAll('/etc/signpost/', `${place.path}/`).replaceAll('/var/www', `${place.path}/www`)],
  { program: '/bin/sh', env: { PATH: `${place.path}/bin:${process.env.PATH}`, cookie: COOKIE } });
  const [check, nobody, others, secret] = blocks;
  assert.match(told(check).out, /: right, with \d+ warnings?\n$/);
  assert.equal(told(nobody).out, '401\n401\n');
  assert.equal(told(others).out, '403\n');
  assert.equal(told(others.replace('users/bob', 'users/alice')).out, '200\n');
  const [grep, curl] = secret.trim().split('\n');
  assert.equal(told(grep).code, 0);
  assert.equal(told(curl).out, '404\n');
  // Both would notice.
  place.write('www/config.js', `const secret = "${API_SECRET}";`, 0o644);
  assert.equal(told(grep).code, 1);
  place.write('www/cloudinary.secret', API_SECRET, 0o644);
  assert.equal(told(curl).out, '200\n');
});

test('every page has its test', () => {
  const tested = ['console.md', 'flow.svg', 'from-next-cloudinary.md', 'from-php-snippet.md', 'from-unsigned-preset.md', 'minting.md',
    'operation.md', 'refusals.md', 'signatures.md', 'threats.md'];
  assert.deepEqual(readdirSync(folder).sort(), tested);
  blocksOf('console.md', []);
  blocksOf('refusals.md', []);
  // signatures.md and operation.md, and README: readme.test.mjs.
  // minting.md: minting.test.mjs.
});

test('the picture is one: drawn, with a title, and it asks nobody for anything', (t) => {
  const text = readFileSync(join(folder, 'flow.svg'), 'utf8');
  const place = new Place(t);
  const { code, err } = run(['--width=960', join(folder, 'flow.svg'), '-o', join(place.path, 'flow.png')], { program: 'rsvg-convert' });
  assert.equal(code, 0, err);
  // A drawing does not come out as one colour.
  assert.ok(statSync(join(place.path, 'flow.png')).size > 20000);
  assert.match(text, /<title[^>]*>[^<]+<\/title>\s*<desc[^>]*>[^<]{50,}<\/desc>/);
  assert.doesNotMatch(text, /<script|<image|href="(?!#)|@import|url\((?!#)/);
});

test('no page says that an upload preset bounds the size of a file: Cloudinary has no such setting', () => {
  const names = ['README.md', 'SECURITY.md', 'src/signpost.conf.5', 'etc/signpost.conf', ...readdirSync(folder).filter((name) => name.endsWith('.md')).map((name) => `etc/doc/${name}`)];
  for (const name of names) {
    const parts = readFileSync(join(root, name), 'utf8').split(/\n(?=\n|- |\||\.)/);
    for (const one of parts) if (/\bsize\b|largest/i.test(one) && /preset/i.test(one)) assert.match(one, /\bno\s+upload\s+preset/, name);
  }
});

test('no local link leads nowhere', () => {
  assert.deepEqual(brokenBelow(root), []);
  const page = join(folder, 'threats.md');
  assert.deepEqual(broken(page, '[a](nosuch.md) [b](console.md) [c](console.md#api-keys) [d](console.md#nosuch) [e](#before-you-go-live)'),
    ['nosuch.md', 'console.md#nosuch']);
});
