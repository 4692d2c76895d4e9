// The page that make run serves, with what people and others do to it: texts
// that try to be markup, files that are none, sessions that change, a server
// that answers nonsense.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LISTS, ids, launch, makeRun, picture, png, sample, shot, visit as visitor } from './demo.mjs';
import { until } from './site.mjs';

let browser;
let site;
const cleaners = [];
const visit = (t, options) => visitor(t, { browser, base: site.base }, options);
before(async () => {
  browser = await launch();
  site = await makeRun({ after: (undo) => cleaners.push(undo) });
});
after(async () => {
  await browser?.close();
  for (const undo of cleaners.reverse()) await undo();
});

const EVIL = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
const RTL = '\u202Egnp.exe';
const json = (status, value) => ({ status, contentType: 'application/json', body: JSON.stringify(value) });
// A session of somebody whose name is this: what GET /api/sign says to the page.
const named = (user) => [(name) => {
  const real = window.fetch;
  window.fetch = async (url, options = {}) => {
    const answer = await real(url, options);
    if (url !== '/api/sign' || options.method === 'POST' || !answer.ok) return answer;
    return Response.json({ ...await answer.json(), user: name });
  };
}, user];
const unharmed = async (page) => assert.deepEqual(await page.evaluate(() =>
  [window.ran, document.querySelectorAll('main script, aside script, [onerror], main img[src=x], aside img').length]), [undefined, 0]);

test('texts from outside are texts', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '400 /v1_1/', '404 /demo/image'], scripts: [named(EVIL)], routes: {
    '**/api/sign': (route) => (route.request().method() === 'GET' ? route.continue()
      : route.fulfill(json(200, { url: `${site.base}/v1_1/demo/image/upload`, fields: { [EVIL]: EVIL, 'list[]': [EVIL] }, signature: EVIL }))),
    '**/demo.json': (route) => route.fulfill(json(200, { users: ['alice', EVIL, RTL], standin: true })),
    '**/image/list/**': (route) => route.fulfill(json(200, { resources: [
      { public_id: `users/alice/${EVIL}`, version: 1, format: EVIL, context: { custom: { caption: EVIL } } },
      { public_id: 'users/alice/two', version: 1, format: 'png', context: { custom: { caption: { an: 'object' } } } },
      { public_id: 'users/alice/three', version: 1, format: 'png', context: null },
      { public_id: 7, version: 1, format: 'png' }, null, 'text', { version: '<b>' }] })),
    '**/v1_1/**': (route) => route.fulfill(json(400, { error: { message: `${EVIL}${'x'.repeat(2000)}` } })),
  } });
  assert.match(await page.textContent('#account'), /<script>/);
  assert.equal(await page.locator('#own > li').count(), 3, 'what is no picture is none');
  await page.setInputFiles('#files', [picture(`${EVIL.replaceAll('/', '')}.png`), picture(`${'W'.repeat(1000)}.png`)]);
  await page.waitForFunction(() => document.querySelectorAll('.upload.failed').length === 2);
  assert.match(await page.textContent('.upload.failed .upload-state'), /<script>/);
  await page.click('#tab-widget');
  await page.click('#tab-plain');
  await unharmed(page);
  assert.deepEqual(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 150))), [], 'nothing sticks out');
  assert.ok(await page.locator('.upload').first().evaluate((row) => row.offsetHeight < 900));
  await shot(page, 'hostile', { fullPage: true });
});

test('a name that reads from right to left turns no other text', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '400 /v1_1/'] });
  await page.setInputFiles('#files', picture(`${RTL}.png`));
  await page.waitForSelector('.upload.done');
  const [name, size] = await page.locator('.upload').evaluate((row) => ['.upload-name', '.quiet'].map((one) => row.querySelector(one).getBoundingClientRect().left));
  assert.ok(name < size, 'the size stands behind the name');
  assert.equal(await page.locator('.upload-name').evaluate((one) => getComputedStyle(one).unicodeBidi), 'isolate');
});

test('the name of an emoji, of one letter and of a hundred', async (t) => {
  for (const user of ['😀', 'x', 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3)]) {
    const page = await visit(t, { user: 'alice', expected: ['404 /demo/image/list/'], viewport: { width: 360, height: 700 }, scripts: [named(user)], routes: { '**/image/list/**': (route) => route.fulfill(json(404, {})) } });
    assert.equal(await page.textContent('#account .face'), [...user][0].toUpperCase());
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, user);
    await shot(page, `name-${[...user].length}`);
  }
});

test('what the code to paste says of a name cannot leave its quotes', async (t) => {
  const user = 'x",f:alert(1),g:"';
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '404 /demo/image/list/'], scripts: [named(user)] });
  const folder = await page.evaluate(`(() => {
    const cloudinary = { createUploadWidget: (options) => ({ open: () => (window.options = options) }) };
    ${await page.evaluate(() => document.getElementById('widget-code').textContent)}
    return window.options.folder;
  })()`);
  assert.equal(folder, `users/${user}`);
});

test('what another page left in localStorage', async (t) => {
  const routes = { '**/image/list/**': (route) => route.fulfill({ status: 401, body: '' }) };
  const page = await visit(t, { user: 'alice', routes, expected: ['401 /demo/image/list/'] });
  const good = { public_id: 'users/alice/good', version: 1, format: 'png', caption: EVIL };
  for (const [text, count] of [['7', 0], ['null', 0], ['{"a":1}', 0], ['"text"', 0], ['{', 0], ['[null,7,"x",{},{"public_id":7}]', 0],
    ['[{"public_id":"a","version":"<b>","format":"png"}]', 0], [JSON.stringify([good, null]), 1], [JSON.stringify(Array(5000).fill(good)), 1]]) {
    await page.evaluate((value) => localStorage.setItem('signpost:demo:alice', value), text);
    await page.route('**/demo/image/upload/**', (route) => route.fulfill({ contentType: 'image/png', body: png(4, 4, 1) }));
    await page.reload();
    await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
    assert.equal(await page.locator('#trouble:visible').count(), 0, text.slice(0, 60));
    assert.equal(await page.locator('#own > li').count(), count, text.slice(0, 60));
  }
  await unharmed(page);
});

test('pictures, fonts and links to the address count nothing', async (t) => {
  const markup = ['<img src="URL">', '<img crossorigin="use-credentials" src="URL">', '<iframe src="URL"></iframe>',
    '<script src="URL"></script>', '<script type=module src="URL"></script>',
    '<video src="URL" preload=auto></video>', '<style>@font-face { font-family: n; src: url(URL) } b { font-family: n }</style><b>n</b>'];
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '403 /api/sign', '403 chrome-error:', 'Framing', 'Refused to execute'], routes: {
    '**/strangers.html': (route) => route.fulfill({ contentType: 'text/html',
      body: `<!doctype html>${markup.map((text, i) => text.replace('URL', `/api/sign?policy=avatar&context=caption=${i}`)).join('\n')}` }),
  } });
  const left = () => page.evaluate(async () =>
    [...(await fetch('/api/sign?policy=avatar')).headers.get('RateLimit').matchAll(/;r=(\d+)/g)].map(([, n]) => Number(n)));
  const before = await left();
  const statuses = new Map();
  page.on('response', (answer) => {
    const { searchParams } = new URL(answer.url());
    if (searchParams.has('context')) statuses.set(searchParams.get('context'), answer.status());
  });
  await page.goto(`${site.base}/strangers.html`);
  await until('each was refused', () => statuses.size === markup.length);
  assert.deepEqual([...new Set(statuses.values())], [403]);
  assert.deepEqual(await left(), before.map((n) => n - 1));
});

test('files that are none: said before a signature is asked for', async (t) => {
  const page = await visit(t, { user: 'alice', expected: LISTS });
  const asked = [];
  page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
  await page.setInputFiles('#files', { name: 'nothing.png', mimeType: 'image/png', buffer: Buffer.alloc(0) });
  await page.waitForSelector('.upload.failed');
  assert.match(await page.textContent('.upload.failed'), /The file is empty/);
  assert.deepEqual(asked, []);
});

test('a file that is too large, and one that is no picture', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '400 /v1_1/'] });
  await page.setInputFiles('#files', [{ name: 'large.png', mimeType: 'image/png', buffer: Buffer.concat([png(1, 1, 1), Buffer.alloc(11 << 20)]) },
    { name: 'text.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="window.ran=1"/>') }]);
  await page.waitForFunction(() => document.querySelectorAll('.upload.failed').length === 2);
  assert.match(await page.locator('.upload', { hasText: 'large.png' }).textContent(), /File size too large\. Got \d+\. Maximum is 10485760\./);
  assert.match(await page.locator('.upload', { hasText: 'text.png' }).textContent(), /Invalid image file/);
  await unharmed(page);
});

test('sixty at once: a few at a time, each can be called off, and no memory stays', async (t) => {
  // None arrives before the last one is called off, however slow that is.
  let calledOff;
  const gate = new Promise((resolve) => (calledOff = resolve));
  const page = await visit(t, { user: 'bob', expected: [...LISTS, '429 /api/sign'], routes: {
    '**/v1_1/**': (route) => gate.then(() => route.continue()),
  } });
  await page.evaluate(() => {
    window.open60 = 0;
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (one) => (window.open60++, createObjectURL.call(URL, one));
    URL.revokeObjectURL = (one) => (window.open60--, revokeObjectURL.call(URL, one));
  });
  let now = 0;
  let most = 0;
  page.on('request', (request) => request.url().includes('/v1_1/') && (most = Math.max(most, ++now)));
  page.on('requestfinished', (request) => request.url().includes('/v1_1/') && now--);
  await page.setInputFiles('#files', Array.from({ length: 60 }, (_, i) => picture(`p${i}.png`)));
  await page.locator('.upload', { hasText: 'p59.png' }).getByRole('button').click();
  assert.match(await page.locator('.upload', { hasText: 'p59.png' }).textContent(), /Cancelled/);
  calledOff();
  await page.waitForFunction(() => document.querySelectorAll('.upload:is(.done, .failed, .cancelled)').length === 60);
  assert.ok(most >= 1 && most <= 3, `${most} at a time`);
  assert.equal(await page.locator('.upload.done').count(), 20, 'the limit of the policy');
  assert.equal(await page.locator('.upload.cancelled').count(), 1);
  await page.waitForFunction(() => window.open60 === 0);
  await page.waitForFunction(() => /^Your pictures \(20\)$/.test(document.getElementById('own-title').textContent));
});

test('a drop beside the field does not take the page away', async (t) => {
  const page = await visit(t, { user: 'alice', expected: LISTS });
  const taken = await page.evaluate(() => ['file', 'text'].flatMap((kind) => ['dragover', 'drop'].map((name) => {
    const dataTransfer = new DataTransfer();
    if (kind === 'file') dataTransfer.items.add(new File(['x'], 'x.png'));
    else dataTransfer.setData('text/plain', 'a caption');
    const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer });
    document.getElementById('caption').closest('.field').dispatchEvent(event);
    return event.defaultPrevented;
  })));
  assert.deepEqual(taken, [true, true, false, false], 'files, but not text for a field');
});

test('a delete that fails asks anew before the next', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '503 /api/sign'] });
  await sample(page);
  const before = (await ids(page, '#own')).length;
  const button = page.locator('#own button').first();
  let asked = 0;
  await page.route('**/api/sign', (route) => (asked++, route.fulfill(json(503, { code: 'configuration', detail: 'x', error: { message: 'The server is out of order.' } }))));
  await button.click();
  await button.click();
  await page.waitForSelector('#own-said:not([hidden])');
  assert.match(await page.textContent('#own-said'), /out of order/);
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim().slice(0, 6)), 'Delete', 'the focus stays');
  assert.equal(asked, 1);
  await button.click();
  assert.match(await button.textContent(), /Really delete\?/);
  assert.equal(asked, 1, 'one press deletes nothing');
  assert.equal((await ids(page, '#own')).length, before);
});

test('a session that ends, and a server that goes, in the middle', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '401 /api/sign', '502 /api/sign', 'Failed to load resource'] });
  await page.context().clearCookies();
  await page.click('#sample');
  await page.waitForSelector('.upload.failed');
  assert.match(await page.textContent('.upload.failed'), /session has ended\. Log in again/);
  for (const [answer, text] of [[{ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }, /status 502/], [null, /does not answer/]]) {
    await page.route('**/api/sign**', (route) => (answer ? route.fulfill(answer) : route.abort()));
    await page.locator('.upload.failed button').first().click();
    await page.locator('.upload.failed', { hasText: text }).waitFor();
    await page.click('#tab-widget');
    await page.setInputFiles('#widget-file', picture('w.png'));
    await page.click('#widget-form button');
    await page.waitForSelector('#widget-said .bad');
    assert.doesNotMatch(await page.textContent('#widget-said'), /JSON|fetch|undefined|token/i);
    await page.click('#tab-plain');
  }
});

test('somebody else logs in meanwhile, or “back” shows an old page', async (t) => {
  const page = await visit(t, { user: 'alice', expected: [...LISTS, '401 /api/sign'] });
  const back = () => page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await back();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const other = await page.context().newPage();
  await other.goto(`${site.base}/login/bob`);
  await other.close();
  assert.equal(await page.locator('#trouble:visible').count(), 0);
  await back();
  await page.waitForSelector('#trouble:not([hidden])');
  assert.match(await page.textContent('#trouble'), /now logged in as bob/);
  assert.ok(await page.evaluate(() => document.getElementById('work').inert), 'nothing is uploaded as another');
  await page.click('#trouble a');
  await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
  assert.match(await page.textContent('#account'), /bob/);
  await page.context().clearCookies();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.waitForSelector('#trouble:not([hidden])');
  assert.match(await page.textContent('#trouble'), /Nobody is logged in/);
});

test('called off when all is sent: it may have arrived, and the page says so', async (t) => {
  const page = await visit(t, { user: 'alice', expected: LISTS });
  // A server that takes all, and does not answer.
  await page.evaluate(() => {
    XMLHttpRequest.prototype.send = function () { this.upload.onprogress({ loaded: 1e9 }); };
    XMLHttpRequest.prototype.abort = function () { this.onabort(); };
  });
  await page.click('#sample');
  await page.getByText('Sent; waiting for the answer').waitFor();
  await page.locator('.upload button').click();
  assert.match(await page.textContent('.upload.cancelled'), /Cancelled, but all was sent: it may have arrived/);
});

test('without JavaScript one sentence, and nothing that waits for ever', async (t) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(site.base);
  assert.match(await page.locator('body').innerText(), /JavaScript, which is switched off/);
  assert.doesNotMatch(await page.locator('body').innerText(), /Asking who you are/);
});

test('a demo.json that is none, and a site that answers everything with its page', async (t) => {
  for (const body of ['{}', '[]', '{"users":7}', 'null', '<!doctype html>']) {
    const page = await visit(t, { expected: ['401 /api/sign'], routes: { '**/demo.json': (route) => route.fulfill({ contentType: 'application/json', body }) } });
    assert.match(await page.textContent('#logins'), /Nobody is logged in/);
  }
});

test('forced colours, twice and four times the size', async (t) => {
  const forced = await visit(t, { user: 'alice', expected: LISTS, forcedColors: 'active' });
  const tab = (id) => forced.locator(id).evaluate((one) => getComputedStyle(one).borderBottomColor);
  assert.notEqual(await tab('#tab-plain'), await tab('#tab-uppy'));
  const page = forced.locator('html');
  assert.equal(await tab('#tab-uppy'), await page.evaluate((one) => getComputedStyle(one).backgroundColor));
  await shot(forced, 'forced', { fullPage: true });
  for (const width of [640, 320]) {
    const zoomed = await visit(t, { user: 'alice', expected: LISTS, viewport: { width, height: 450 * width / 640 } });
    await sample(zoomed);
    assert.equal(await zoomed.evaluate(() => document.documentElement.scrollWidth), width);
    await shot(zoomed, `zoom-${width}`, { fullPage: true });
  }
});

test('many pictures: how many there are', async (t) => {
  const all = Array.from({ length: 30 }, (_, i) => ({ public_id: `users/alice/p${i}`, version: 1, format: 'png' }));
  const page = await visit(t, { user: 'alice', expected: ['404 /demo/image'], routes: { '**/image/list/**': (route) => route.fulfill(json(200, { resources: all })) } });
  await until('it says so', async () => await page.textContent('#own-title') === 'Your pictures (24 of 30)');
});
