// README's scripts for a page, as they stand: the module in a real browser, and
// what it takes without it, against the real program and what Cloudinary takes;
// with the configuration in README, and with the one that `signpost init` makes.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from './demo.mjs';
import { showComponent } from './nextjs.mjs';
import { Widget, browser, makePage, runScript } from './page.mjs';
import { blocks } from './pages.mjs';
import { PATIENCE, Place, lighttpd, lighttpdFastcgi, lighttpdSample, root, run } from './site.mjs';
import { makeUpload } from './upload.mjs';
import { API_SECRET, seconds, session } from './token.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const confs = { "README's configuration": () => blocks(readme, 'libconfig')[0], "init's": made };
const [module, send, widget] = blocks(readme, 'js');
const COOKIE = `session=${session('alice')}`;
const API = 'https://api.cloudinary.com/v1_1/demo/image';
const FILE = () => new Blob(['a picture']);

// What init writes, each question answered with what it offers.
function made(t) {
  const place = new Place(t);
  const dir = join(place.path, 'own');
  const done = run(['init', '--dir', dir, ...(process.getuid() === 0 ? ['--user', 'root'] : []), '--cloud-name', 'demo',
    '--api-key', '874837483274837', '--api-secret-file', place.write('s', `${API_SECRET}\n`), '--yes']);
  assert.equal(done.code, 0, done.err);
  return readFileSync(join(dir, 'signpost.conf'), 'utf8');
}

// What a browser finds behind Cloudinary's name: the forms that came.
async function makeCloud(t, upload) {
  const place = new Place(t);
  const [key, cert] = [join(place.path, 'key'), join(place.path, 'cert')];
  assert.equal(run(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=api.cloudinary.com',
    '-days', '2', '-keyout', key, '-out', cert], { program: 'openssl' }).code, 0);
  const forms = [];
  const server = https.createServer({ keepAliveTimeout: 0, key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
    // XMLHttpRequest that tells how far it is asks before.
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'POST' });
      return response.end();
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = await new Response(Buffer.concat(chunks), { headers: { 'Content-Type': request.headers['content-type'] } }).formData();
    const { file, ...fields } = Object.fromEntries(form);
    const address = `https://${request.headers.host}${request.url}`;
    forms.push({ address, fields, file: await file?.text() });
    const { status, json } = await upload(address, fields);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
    return response.end(JSON.stringify(json));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  return { forms, port: server.address().port };
}

for (const [name, conf] of Object.entries(confs)) test(`signpost.js in a page, with ${name}`, async (t) => {
  const place = new Place(t);
  const config = place.configure(conf(t));
  const { port } = await lighttpd(place, `${lighttpdSample(place, config)}
mimetype.assign = ( ".html" => "text/html", ".js" => "text/javascript" )
`);
  const [, path] = /^Copy \[(etc\/www\/signpost\.js)\]/m.exec(readme);
  copyFileSync(join(root, path), join(place.path, 'www/signpost.js'));
  place.write('www/index.html', '<!DOCTYPE html><input type=file id=input><progress id=bar></progress>', 0o644);
  place.write('www/page.js', `${module}\nwindow.shown = { picture, url };\n`, 0o644);
  const cloud = await makeCloud(t, await makeUpload(t));
  const shown = await launch(`--host-resolver-rules=MAP api.cloudinary.com 127.0.0.1:${cloud.port}`);
  t.after(() => shown.close());

  const visit = async (cookie) => {
    const context = await shown.newContext({ ignoreHTTPSErrors: true });
    if (cookie) await context.addCookies([{ name: 'session', value: cookie, url: `http://127.0.0.1:${port}` }]);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const failed = new Promise((resolve) => page.on('pageerror', resolve));
    await page.goto(`http://127.0.0.1:${port}/index.html`);
    await page.setInputFiles('#input', { name: 'cat.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('a picture') });
    await page.addScriptTag({ type: 'module', url: '/page.js' });
    await Promise.race([page.waitForFunction(() => window.shown), failed.then((error) => Promise.reject(error))]);
    return page;
  };

  const page = await visit(session('alice'));
  const id = await page.evaluate(() => window.shown.picture.public_id);
  assert.match(id, /^users\/alice\/[0-9a-f]{32}$/);
  assert.equal(await page.evaluate(() => window.bar.value), 1);
  const [uploaded, destroyed, ...more] = cloud.forms;
  assert.deepEqual(more, []);
  assert.deepEqual([uploaded.address, uploaded.file], [`${API}/upload`, 'a picture']);
  assert.deepEqual([uploaded.fields.public_id, uploaded.fields.context], [id, 'caption=My cat']);
  assert.deepEqual([destroyed.address, destroyed.file, destroyed.fields.public_id], [`${API}/destroy`, undefined, id]);

  await assert.rejects(visit(null), /session/);
  assert.equal(cloud.forms.length, 2);
});

for (const [name, conf] of Object.entries(confs)) test(`without it, and the Upload Widget, with ${name}`, async (t) => {
  const { port } = await lighttpdFastcgi(t, conf(t));
  const upload = await makeUpload(t);
  const as = (cookie) => browser(makePage(port, cookie), upload);

  await t.test('send', async () => {
    const own = as(COOKIE);
    const script = await runScript(send, own, ['send']);
    const { public_id: id } = await script.send({ policy: 'avatar', context: 'caption=My cat' }, FILE());
    assert.match(id, /^users\/alice\/[0-9a-f]{32}$/);
    assert.deepEqual(await script.send({ policy: 'remove', public_id: id }), { public_id: id });
    assert.deepEqual(own.forms.map(({ address, file }) => [address, file]), [[`${API}/upload`, true], [`${API}/destroy`, false]]);
    await assert.rejects(script.send({ policy: 'remove', public_id: 'users/bob/cat' }), /users\/\{user\}/);
    const nobody = as(null);
    await assert.rejects((await runScript(send, nobody, ['send'])).send({ policy: 'avatar' }, FILE()), /session/);
    assert.equal(own.forms.length + nobody.forms.length, 2);
  });

  const show = async (cookie) => {
    let made;
    await runScript(widget, as(cookie), [], { cloudinary: { createUploadWidget: (options) => (made = new Widget(options, upload)) } });
    assert.ok(made.opened);
    return made;
  };
  const chosen = () => ({ timestamp: seconds(), source: 'uw', folder: 'users/alice', upload_preset: 'site_signed' });

  await t.test('the widget', async () => {
    const mine = await show(COOKIE);
    assert.equal((await mine.choose()).status, 200);
    assert.match(mine.called[0][0], /^[0-9a-f]{64}$/);
    await assert.rejects(mine.options.uploadSignature(assert.fail, { ...chosen(), folder: 'users/bob' }), /folder/);
    await assert.rejects((await show(`session=${session('bob')}`)).options.uploadSignature(assert.fail, chosen()), /folder/);
    await assert.rejects((await show(null)).options.uploadSignature(assert.fail, chosen()), /session/);
  });

  await t.test('next-cloudinary', async (t2) => {
    const [, signatureEndpoint, uploadPreset, options] =
      /^In next-cloudinary: `signatureEndpoint="(.*)"`, `uploadPreset="(.*)"`\s+and\s+`options=\{(\{.*\})\}`\./m.exec(readme);
    const properties = { signatureEndpoint, uploadPreset, options: new Function(`return (${options});`)(), children: null };
    const choose = async (cookie) => (await showComponent(t2, 'next-cloudinary', 'CldUploadWidget', properties, makePage(port, cookie), upload)).widget.choose();
    assert.equal((await choose(COOKIE)).status, 200);
    assert.equal((await choose(`session=${session('bob')}`)).status, 401);
  });
});
