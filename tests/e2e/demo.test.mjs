// The page that make run serves, in a real browser: everything that it offers,
// by mouse and by keyboard, wide and narrow, light and dark.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import cloudinary from 'cloudinary';
import { GIF, LISTS, ids, launch, makeRun, picture, png, sample, sha256, shot, shown, tabTo, violations, visit as visitor } from './demo.mjs';
import { until } from './site.mjs';

const SECRET = 'test-account-secret-that-protects-nothing';

let browser;
let site;
const cleaners = [];
// A page of a new visitor of the site, or of another one.
const visit = (t, { at = site, ...options } = {}) => visitor(t, { browser, base: at.base }, options);
const suite = { after: (undo) => cleaners.push(undo) };
before(async () => {
  browser = await launch();
  site = await makeRun(suite);
});
after(async () => {
  await browser?.close();
  for (const undo of cleaners.reverse()) await undo();
});

function checkString({ string, signature }, pattern) {
  assert.match(string, pattern);
  assert.equal(signature, sha256(string + site.secret()).toString('hex'));
}

test('a newcomer logs in, uploads, sees it, and what was signed', async (t) => {
  const page = await visit(t, { expected: ['401 /api/sign', '403 /api/sign', ...LISTS] });
  assert.match(await page.textContent('#logins'), /alice.*bob/s);
  await page.getByRole('link', { name: 'Log in as alice' }).click();
  await page.waitForSelector('#own-none:not([hidden])');
  await shot(page, 'empty');
  await page.fill('#caption', 'Hills & a lake');
  await page.click('#sample');
  await page.waitForSelector('.upload.failed');
  assert.match(await page.textContent('.upload.failed'), /context.*&|&.*context/s, 'the refusal names the parameter');

  await page.fill('#caption', 'Hills, and a lake');
  await page.locator('.upload.failed').getByRole('button', { name: 'Try again' }).click();
  await page.waitForSelector('.upload.done');
  await page.waitForFunction(() => document.querySelector('#own img')?.naturalWidth > 0);
  assert.equal(await page.textContent('#own-title'), 'Your pictures (1)');
  assert.match(await page.textContent('#own'), /Hills, and a lake/);
  const [id] = await ids(page, '#own');
  assert.match(id, /^users\/alice\/[0-9a-f]{32}$/);

  const asked = await shown(page, 'sign: avatar');
  checkString(asked, new RegExp(`^allowed_formats=jpg,png,webp&context=caption=Hills, and a lake&moderation=manual&overwrite=false&public_id=${id}&tags=user_alice&timestamp=\\d+$`));
  assert.equal(await asked.entry.locator('details').getAttribute('open'), '', 'it is open by itself');
  checkString(await shown(page, 'send: image/upload'), /^allowed_formats=/);
  const link = await shown(page, 'sign: thumb');
  assert.equal(link.string, `w_200,c_fill/${id}.png`);
  assert.match(link.all, new RegExp(`/s--${sha256(link.string + site.secret()).toString('base64url').slice(0, 8)}--/`));
  assert.match((await shown(page, 'who am I?')).all, /only says who is asking/);
  assert.ok(!(await page.content()).includes(site.secret()));
  await shot(page, 'desktop-light');
});

test('progress, several at once, and one that is cancelled', async (t) => {
  const page = await visit(t, { user: 'alice', expected: LISTS });
  const before = (await ids(page, '#own')).length;
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  // So slow that a busy machine, too, cancels the second one before its end.
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 12000 });
  await page.evaluate(() => {
    window.parts = [];
    new MutationObserver((changes) => changes.forEach(({ target }) => target.ariaLabel.includes('first.png') && window.parts.push(target.value)))
      .observe(document.body, { subtree: true, attributes: true, attributeFilter: ['value'] });
  });
  await page.setInputFiles('#files', [picture('first.png', 200), picture('second.png', 200)]);
  const first = page.locator('.upload', { hasText: 'first.png' });
  const seen = new Set();
  await until('there is some progress', async () => {
    for (const part of await page.evaluate(() => window.parts)) seen.add(part);
    return seen.size > 3;
  });
  assert.ok([...seen].every((part) => part >= 0 && part <= 1));
  await shot(page, 'uploading');
  const second = page.locator('.upload', { hasText: 'second.png' });
  await second.getByRole('button', { name: 'Cancel second.png' }).click();
  await second.getByText('Cancelled').waitFor();
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.waitForSelector('.upload.done');
  assert.match(await first.textContent(), /Done/);
  assert.equal((await ids(page, '#own')).length, before + 1, 'only one arrived');
  assert.match((await shown(page, 'send: image/upload')).all, /first|second/);

  await second.getByRole('button', { name: 'Try again second.png' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.upload.done').length === 2);
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 2);
});

test('files that are dropped, and one that is gone elsewhere', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '404 /demo/image/upload/s--'] });
  const before = (await ids(page, '#own')).length;
  await page.locator('#drop').evaluate((drop, bytes) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(bytes)], 'dropped.png', { type: 'image/png' }));
    drop.dispatchEvent(new DragEvent('dragover', { dataTransfer, cancelable: true }));
    drop.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  }, [...picture('dropped.png').buffer]);
  await page.locator('.upload.done', { hasText: 'dropped.png' }).waitFor();
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 1);

  const elsewhere = await visit(t, { user: 'alice', expected: LISTS });
  await elsewhere.locator('#own button').first().click();
  await elsewhere.locator('#own button').first().click();
  await elsewhere.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before);
  await page.reload();
  await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before);
});

test('what Cloudinary refuses is said', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '400 /v1_1/demo/image/upload'] });
  await page.setInputFiles('#files', { name: 'moving.gif', mimeType: 'image/gif', buffer: GIF });
  await page.waitForSelector('.upload.failed');
  assert.match(await page.textContent('.upload.failed'), /Image file format gif not allowed/);
});

test('one deletes what is one’s own, and nothing of somebody else’s', async (t) => {
  const bob = await visit(t, { user: 'bob', expected: LISTS });
  await sample(bob);
  await until('his picture is listed', async () => (await ids(bob, '#own')).length > 0);
  const his = await ids(bob, '#own');

  const page = await visit(t, { user: 'alice', expected: [...LISTS, '403 /api/sign'] });
  await sample(page);
  await page.waitForSelector('#own > li');
  const before = await ids(page, '#own');
  const button = page.locator('#own > li').first().getByRole('button');
  await button.click();
  assert.match(await button.textContent(), /Really delete\?/);
  await page.focus('#caption');
  assert.match(await button.textContent(), /^Delete/, 'who goes away keeps it');
  await button.click();
  await button.click();
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before.length - 1);
  assert.deepEqual(await ids(page, '#own'), before.slice(1));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'own-title');
  checkString(await shown(page, 'sign: remove'), new RegExp(`^invalidate=true&public_id=${before[0]}&timestamp=\\d+$`));

  assert.deepEqual(await ids(page, '#other'), his);
  await page.locator('#other > li').first().getByRole('button', { name: /Try to delete/ }).click();
  await page.waitForSelector('#refusal h3');
  const said = await page.textContent('#refusal');
  for (const part of ['403', 'value_not_allowed', 'users/{user}/**', 'alice', his[0]]) assert.ok(said.includes(part), part);
  const refused = await shown(page, 'sign: remove');
  assert.equal(refused.status, '403');
  assert.equal(refused.string, null);
  assert.match(refused.all, /Nothing was signed/);
  await shot(page, 'refusal');
  await bob.reload();
  await bob.waitForSelector('#own > li');
  assert.deepEqual(await ids(bob, '#own'), his);
});

test('Uppy, from npm: its own dashboard with signed fields', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '400 /v1_1/demo/image/upload', '[Uppy]'] });
  const before = (await ids(page, '#own')).length;
  await page.click('#tab-uppy');
  const input = page.locator('.uppy-Dashboard-input').first();
  await input.waitFor({ state: 'attached' });
  await input.setInputFiles([picture('one.png'), picture('two.png', 17)]);
  await page.click('.uppy-StatusBar-actionBtn--upload');
  await page.waitForSelector('.uppy-StatusBar.is-complete');
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 2);
  checkString(await shown(page, 'sign: avatar'), /public_id=users\/alice\/[0-9a-f]{32}&tags=user_alice/);
  await shot(page, 'uppy');
  await page.click('.uppy-StatusBar-actionBtn--done');
  await input.setInputFiles({ name: 'says-png.png', mimeType: 'image/png', buffer: GIF });
  await page.click('.uppy-StatusBar-actionBtn--upload');
  await page.waitForSelector('.uppy-Informer :text("Image file format gif not allowed")');
});

test('Uppy that is not there: one sentence', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '404 /uppy/uppy.min.css', '404 /uppy/uppy.min.mjs'],
    routes: { '**/uppy/*': (route) => route.fulfill({ status: 404, body: '' }) } });
  await page.click('#tab-uppy');
  await page.waitForSelector('#uppy-said:not([hidden])');
  assert.match(await page.textContent('#uppy-said'), /make run.*npm/);
});

test('the Upload Widget’s two contracts', async (t) => {
  const page = await visit(t, { user: 'bob', expected: [...LISTS, '403 /api/sign'] });
  await page.click('#tab-widget');
  await page.click('#widget-form button');
  assert.match(await page.textContent('#widget-said'), /Choose a picture/);
  await page.setInputFiles('#widget-file', picture('widget.png'));
  for (const contract of ['uploadSignature', 'prepareUploadParams']) {
    await page.check(`[value=${contract}]`);
    await page.click('#widget-form button');
    await page.waitForFunction(() => document.querySelector('#widget-said .good'));
    const asked = await shown(page, 'sign: widget');
    checkString(asked, /^folder=users\/bob&source=uw&timestamp=\d+&upload_preset=site_signed$/);
    assert.match(asked.all, contract === 'uploadSignature' ? /"paramsToSign"/ : /"prepareUploadParams"/);
    const id = await page.textContent('#widget-said code');
    await page.waitForFunction((one) => [...document.querySelectorAll('#own code')].some((code) => code.textContent === one), id);
    const code = await page.textContent('#widget-code');
    assert.match(code, new RegExp(`folder: "users/bob".*${contract}: async \\(callback`, 's'));
    // What is shown works where the widget is, as it would call it.
    const call = (params) => page.evaluate(`new Promise((resolve) => {
      const cloudinary = { createUploadWidget: (options) => ({ open: () => options.${contract}(resolve, ${JSON.stringify(params)}) }) };
      ${code}
    })`);
    const params = { folder: 'users/bob', source: 'uw' };
    if (contract === 'uploadSignature') {
      assert.match(await call({ ...params, timestamp: Math.floor(Date.now() / 1000), upload_preset: 'site_signed' }), /^[0-9a-f]{64}$/);
    } else {
      assert.match((await call(params)).signature, /^[0-9a-f]{64}$/);
      assert.equal((await call({ ...params, folder: 'users/alice' })).cancel, true);
    }
    await page.evaluate(() => document.querySelector('#widget-said').replaceChildren());
  }
  await shot(page, 'widget', { fullPage: true });
});

test('all of it by the keyboard alone', async (t) => {
  const page = await visit(t, { expected: ['401 /api/sign', '403 /api/sign', ...LISTS] });
  page.on('filechooser', (chooser) => chooser.setFiles(picture('keys.png')));
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await tabTo(page, 'a[href="/login/alice"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
  const before = (await ids(page, '#own')).length;

  await tabTo(page, '#tab-plain');
  for (const [key, panel] of [['ArrowRight', 'uppy'], ['ArrowRight', 'widget'], ['ArrowRight', 'plain'], ['End', 'widget'], ['Home', 'plain'], ['ArrowLeft', 'widget']]) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${panel}`);
    assert.deepEqual(await page.locator('[role=tabpanel]:visible').evaluateAll((all) => all.map((one) => one.id)), [panel]);
  }
  await tabTo(page, '[name=contract]');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.locator('[name=contract]:checked').inputValue(), 'prepareUploadParams');
  await tabTo(page, '#tab-widget', 'Shift+Tab');
  await page.keyboard.press('Home');

  await tabTo(page, '#caption');
  await page.keyboard.type('Typed');
  await tabTo(page, '#files');
  await page.keyboard.press('Space');
  await page.waitForSelector('.upload.done');
  await tabTo(page, '#sample');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.upload.done').length === 2);
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 2);
  assert.match(await page.textContent('#said'), /done/);
  await tabTo(page, '#uploads button');
  await page.keyboard.press('Space');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'files', 'the focus is not lost');

  await tabTo(page, '#own button');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('#said'), /again/);
  await page.evaluate(() => document.getElementById('sample').click());
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 3);
  assert.equal(await page.evaluate(() => document.activeElement.firstChild.data), 'Really delete?', 'the list that grows takes no focus');
  await page.keyboard.press('Enter');
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length === n, before + 2);
  assert.match(await page.textContent('#said'), /Deleted/);
  await tabTo(page, '#other button');
  await page.keyboard.press('Space');
  await page.waitForSelector('#refusal h3');
  await tabTo(page, '#panel summary');
  await page.keyboard.press('Enter');
  await tabTo(page, 'a[href="/logout"]', 'Shift+Tab', 120);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#welcome:not([hidden])');
});

test('nothing that hinders people, on any tab, light and dark', async (t) => {
  for (const colorScheme of ['light', 'dark']) {
    const nobody = await visit(t, { colorScheme, expected: ['401 /api/sign'] });
    assert.deepEqual(await violations(nobody), [], `welcome, ${colorScheme}`);
    await shot(nobody, `welcome-${colorScheme}`);
    const page = await visit(t, { user: 'alice', colorScheme, expected: [...LISTS, '403 /api/sign'], reducedMotion: 'reduce' });
    await sample(page);
    await page.locator('#other button').first().click();
    await page.waitForSelector('#refusal h3');
    assert.deepEqual(await violations(page), [], `plain, ${colorScheme}`);
    for (const name of ['widget', 'uppy']) {
      await page.click(`#tab-${name}`);
      if (name === 'uppy') await page.waitForSelector('.uppy-Dashboard-browse');
      assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
    }
    await page.locator('#own img').first().evaluate((image) => image.removeAttribute('alt'));
    assert.match((await violations(page)).join(), /^image-alt: /, 'it would be found');
    await page.click('#tab-plain');
    await shot(page, `desktop-${colorScheme}-full`, { fullPage: true });
    const back = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = back.match(/\d+/g).map(Number).reduce((a, b) => a + b) / 3 > 128;
    assert.equal(light, colorScheme === 'light', back);
  }
});

// How wide the page is laid out and what it holds, what sticks out of it, and
// what no finger finds.
const onPhone = (page) => page.evaluate(() => {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => !one.closest('.uppy-Root') && one.offsetParent !== null && !one.matches('.skip'));
  const named = (all) => all.map((one) => one.outerHTML.slice(0, 100));
  return {
    wide: [innerWidth, document.documentElement.scrollWidth],
    outside: named(shown('body *').filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest('#widget-code'))),
    small: named(shown('button, a, summary, label:has(input), input[type=text], input#widget-file')
      .filter((one) => one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().width < 44)),
  };
});

for (const width of [320, 390]) test(`on a phone of ${width} pixels: nothing to scroll sideways, and fingers find it`, async (t) => {
  const phone = { viewport: { width, height: 740 }, hasTouch: true, isMobile: true };
  const fits = async (one, name) => {
    assert.deepEqual(await onPhone(one), { wide: [width, width], outside: [], small: [] }, name);
    await shot(one, `phone-${width}-${name}`, { fullPage: true });
  };
  const page = await visit(t, { ...phone, expected: ['401 /api/sign', '403 /api/sign', '503 /api/sign', '400 /v1_1/demo/image/upload', ...LISTS] });
  await fits(page, 'nobody');
  await page.getByRole('link', { name: 'Log in as alice' }).tap();
  await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
  await fits(page, 'new');
  await page.locator('#sample').tap();
  await page.waitForSelector('.upload.done');
  await page.setInputFiles('#files', { name: `${'moving'.repeat(20)}.gif`, mimeType: 'image/gif', buffer: GIF });
  await page.waitForSelector('.upload.failed');
  await page.locator('#other button').first().tap();
  await page.waitForSelector('#refusal h3');
  for (const name of ['plain', 'uppy', 'widget']) {
    await page.locator(`#tab-${name}`).tap();
    if (name === 'uppy') await page.waitForSelector('.uppy-Dashboard-browse');
    await fits(page, name);
  }
  await page.evaluate(() => document.querySelectorAll('#panel details').forEach((one) => (one.open = true)));
  await fits(page, 'panel');

  await page.route('**/api/sign', (route) => route.fulfill({ status: 503, contentType: 'text/html', body: `<h1>${'unavailable'.repeat(20)}</h1>` }));
  await page.reload();
  await page.waitForSelector('#trouble:not([hidden])');
  await fits(page, 'trouble');
});

test('the policy of the page holds', async (t) => {
  const headers = (await fetch(site.base)).headers;
  assert.match(headers.get('Content-Security-Policy'), /^default-src 'self'; img-src 'self' data: blob: https:\/\/res\.cloudinary\.com; connect-src 'self' https:\/\/api\.cloudinary\.com /);
  assert.doesNotMatch(headers.get('Content-Security-Policy'), /unsafe/);
  assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(site.base);
  const inline = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.head.append(script);
    const elsewhere = await fetch('https://signpost.invalid/').then(() => 'let out', () => 'stopped');
    return [window.ran ?? 'stopped', elsewhere];
  });
  assert.deepEqual(inline, ['stopped', 'stopped']);
  const elsewhere = await new Promise((resolve) => http.get(site.base, { headers: { Host: `localhost:${new URL(site.base).port}` } }, resolve));
  assert.deepEqual([elsewhere.statusCode, elsewhere.headers.location], [307, `${site.base}/`], 'one name for cookie and uploads');
  elsewhere.destroy();
  for (const Host of ['evil.example', `evil.example:${new URL(site.base).port}`, '127.0.0.1.evil.example', 'localhost.evil.example', '[::1]']) {
    for (const path of ['/', '/login/alice', '/api/sign']) {
      const foreign = await new Promise((resolve) => http.get(site.base + path, { headers: { Host } }, resolve));
      assert.equal(foreign.statusCode, 403, `${Host}${path}`);
      assert.equal(foreign.headers['set-cookie'], undefined);
      foreign.destroy();
    }
  }
  const login = await fetch(`${site.base}/login/alice`, { redirect: 'manual' });
  assert.equal(login.status, 303);
  assert.match(login.headers.get('Set-Cookie'), /^session=[\w.-]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/);
});

test('as a site keeps it, without demo.json: no panel, no open login', async (t) => {
  const routes = { '**/demo.json': (route) => route.fulfill({ status: 404, body: '' }),
    // Without a demo the pictures come from Cloudinary's own address.
    'https://res.cloudinary.com/**': (route) => route.fulfill(route.request().url().endsWith('.json')
      ? { status: 401, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' }
      : { contentType: 'image/png', body: png(4, 4, 1) }) };
  const nobody = await visit(t, { routes, expected: ['404 /demo.json', '401 /api/sign'] });
  assert.match(await nobody.textContent('#logins'), /Nobody is logged in/);
  assert.equal(await nobody.locator('#logins a').count(), 0);
  const page = await visit(t, { user: 'alice', routes, expected: ['404 /demo.json', '401 https://res.cloudinary.com/demo/image/list/user_alice.json'] });
  assert.equal(await page.locator('#panel:visible, #account a, #other-section:visible, #where:visible').count(), 0);
  await sample(page);
  await page.waitForSelector('#own-said:not([hidden])');
  assert.match(await page.textContent('#own-said'), /Resource list/);
  const kept = await ids(page, '#own');
  assert.equal(kept.length, 1, 'what was uploaded here');
  await page.reload();
  await page.waitForSelector('#own > li');
  assert.deepEqual(await ids(page, '#own'), kept, 'this browser remembers it');
});

test('with an account in CLOUDINARY_URL everything goes to Cloudinary', async (t) => {
  const real = await makeRun(t, { CLOUDINARY_URL: `cloudinary://1234567890:${SECRET}@test-cloud` });
  assert.deepEqual(await (await fetch(`${real.base}/demo.json`)).json(), { users: ['alice', 'bob'], standin: false });
  const sent = [];
  const answer = { status: 200, headers: { 'Access-Control-Allow-Origin': '*' }, contentType: 'application/json' };
  const routes = {
    'https://api.cloudinary.com/**': (route) => {
      const text = route.request().postDataBuffer().toString('latin1');
      const fields = Object.fromEntries([...text.matchAll(/name="(\w+)"\r\n\r\n([^\r]*)/g)].map(([, name, value]) => [name, value]));
      sent.push([route.request().url(), fields]);
      return route.fulfill({ ...answer, body: JSON.stringify({ public_id: fields.public_id, version: 1, format: 'png' }) });
    },
    'https://res.cloudinary.com/**': (route) => route.fulfill(route.request().url().endsWith('.json')
      ? { ...answer, body: '{"resources":[]}' } : { contentType: 'image/png', body: png(4, 4, 1) }),
  };
  const page = await visit(t, { user: 'alice', at: real, routes });
  assert.match(await page.textContent('#where'), /test-cloud.*real/);
  await sample(page);
  await page.waitForSelector('#own > li');
  const [[url, fields]] = sent;
  assert.equal(url, 'https://api.cloudinary.com/v1_1/test-cloud/image/upload');
  const { api_key: key, signature, ...signed } = fields;
  assert.equal(key, '1234567890');
  const string = Object.keys(signed).sort().map((name) => `${name}=${signed[name]}`).join('&');
  assert.equal(signature, sha256(string + SECRET).toString('hex'));
  await page.waitForFunction(() => document.querySelector('#own img')?.src.startsWith('https://res.cloudinary.com/test-cloud/image/upload/s--'));
  assert.ok(!real.place.log.includes(SECRET));
  assert.equal((await fetch(`${real.base}/v1_1/test-cloud/image/upload`, { method: 'POST' })).status, 404);
});

test('the string of the panel is the official SDK’s', async (t) => {
  const page = await visit(t, { user: 'alice', expected: LISTS });
  const cases = [{ timestamp: '1', public_id: 'a/b' }, { timestamp: '1', notification_url: 'https://a.example/?b=1&c=2', tags: '' },
    { timestamp: '1', 'public_ids[]': ['b', 'a'], context: 'caption=ä|b=\\=', api_key: '1', signature: 'x', resource_type: 'image', cloud_name: 'demo', file: 'x' }];
  for (const fields of cases) {
    const string = await page.evaluate(async (given) => {
      const { signedPairs } = await import('/page_demo.js');
      return signedPairs(given).map((pair) => pair.join('=')).join('&');
    }, fields);
    const { 'public_ids[]': list, api_key: key, signature, resource_type: type, cloud_name: cloud, file, ...signed } = fields;
    const right = cloudinary.utils.api_sign_request(list ? { ...signed, public_ids: list } : signed, SECRET, 'sha256');
    assert.equal(sha256(string + SECRET).toString('hex'), right, string);
  }
});

// The last one: bob may not ask again for an hour.
test('a limit that is reached says for how long', async (t) => {
  const page = await visit(t, { user: 'bob', expected: [...LISTS, '429 /api/sign'] });
  let status = 200;
  for (let i = 0; i < 21 && status === 200; i++)
    status = await page.evaluate(async () => (await fetch('/api/sign?policy=avatar')).status);
  assert.equal(status, 429);
  await page.click('#sample');
  await page.waitForSelector('.upload.failed');
  assert.match(await page.textContent('.upload.failed'), /enough for now.*avatar.*try again in \d+ (minutes|seconds)/);
  await shot(page, 'limit');
});
