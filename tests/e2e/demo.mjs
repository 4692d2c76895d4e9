// What the tests of make run's page need: the page as a visitor's real browser
// has it, and pictures.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { PATIENCE, Place, freePort, root, until } from './site.mjs';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const SHOTS = join(root, 'build/screenshots');

export function launch(...more) {
  mkdirSync(SHOTS, { recursive: true });
  return chromium.launch({ executablePath: BROWSER, args: [...ARGS, ...more], timeout: PATIENCE });
}

// What make run starts, on a port of its own, until the test ends.
export async function makeRun(t, more = {}) {
  const place = new Place(t);
  const port = await freePort();
  const own = Object.entries(process.env).filter(([name]) => name !== 'CLOUDINARY_URL');
  const env = { ...Object.fromEntries(own), PORT: String(port), TMPDIR: place.path, ...more };
  const child = place.start(join(root, 'tests/tools/try.sh'), [], { cwd: root, env });
  await until('the page is there', () => {
    assert.equal(child.exitCode, null, place.log);
    return place.log.includes('somebody else');
  });
  const folder = join(place.path, readdirSync(place.path).find((name) => name.startsWith('signpost-run.')));
  const secret = () => readFileSync(join(folder, 'cloudinary.secret'), 'utf8').trim();
  return { base: `http://127.0.0.1:${port}`, place, secret };
}

/*
 * A page of a new visitor. Whatever it complains about fails the test, but for
 * the statuses that the test expects ("401 /api/sign"), and what Uppy says
 * ("[Uppy]"): a refusal goes to the console too.
 */
export async function visit(t, { browser, base }, { user, expected = [], routes = {}, scripts = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const status = /status of (\d+)/.exec(message.text())?.[1];
    const path = message.location().url.replace(base, '').replace(/\?.*/, '');
    const known = (one) => `${status} ${path}`.startsWith(one) || message.text().startsWith(one);
    if (!expected.some(known)) complaints.push(`${message.text()} ${message.location().url}`);
  });
  await page.exposeFunction('violated', (what) => complaints.push(`CSP: ${what}`));
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
    (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`)));
  for (const [script, value] of scripts) await page.addInitScript(script, value);
  for (const [pattern, handler] of Object.entries(routes)) await page.route(pattern, handler);
  const waiting = new Set();
  page.on('request', (request) => waiting.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => waiting.delete(request));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(user ? `${base}/login/${user}` : base);
  try {
    if (user) await page.waitForSelector('#own[aria-busy=false]', { state: 'attached' });
    else await page.waitForSelector('#welcome:not([hidden])');
  } catch (error) {
    const urls = [...waiting].map((request) => `${request.method()} ${request.url()}`);
    throw new Error(`${error.message}; not answered: ${urls.join(', ')}; complaints: ${complaints.join(', ')}`);
  }
  return page;
}

export const LISTS = ['404 /demo/image/list/user_alice.json', '404 /demo/image/list/user_bob.json'];

export function png(width, height, noise) {
  const chunk = (type, data) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length);
    out.write(type, 4, 'latin1');
    data.copy(out, 8);
    out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height);
  let state = noise;
  for (let i = 0; i < rows.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    rows[i] = i % (width * 3 + 1) === 0 ? 0 : state >>> 24;
  }
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

export const picture = (name, side = 16) => ({ name, mimeType: 'image/png', buffer: png(side, side, name.length) });
export const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

// Uploads the sample picture, and waits until it is listed.
export async function sample(page) {
  const before = await page.locator('#own > li').count();
  await page.click('#sample');
  await page.waitForFunction((n) => document.querySelectorAll('#own > li').length > n, before);
  assert.ok(await page.locator('.upload.done').count() > 0);
}

export const ids = (page, list) => page.locator(`${list} code`).allTextContents();
export const shot = (page, name, more = {}) => page.screenshot({ path: join(SHOTS, `${name}.png`), ...more });

// What the panel says of the newest request with this title.
export async function shown(page, title) {
  const entry = page.locator('#panel-list > li').filter({ has: page.locator('summary', { hasText: title }) }).first();
  await entry.waitFor();
  const text = (selector) => entry.locator(selector).first().evaluate((one) => one.textContent);
  const signed = (await entry.locator('pre.signed').count()) > 0;
  return { entry, status: await text('.status'), all: await entry.evaluate((one) => one.textContent),
    string: signed ? (await text('pre.signed')).replace(/API secret$/, '') : null,
    signature: (await entry.locator('.signature').count()) > 0 ? await text('.signature') : null };
}

export const sha256 = (text) => createHash('sha256').update(text).digest();


export async function violations(page) {
  if (!await page.evaluate('typeof axe === "object"')) await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

// Presses a key until the element that has the focus is the one.
export async function tabTo(page, selector, key = 'Tab', times = 80) {
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    const found = await page.evaluate((wanted) => {
      const one = document.activeElement;
      if (!one?.matches(wanted)) return null;
      const ring = one.type === 'file' && one.id === 'files' ? one.nextElementSibling.querySelector('.button') : one;
      return getComputedStyle(ring).outlineStyle;
    }, selector);
    if (found !== null) {
      assert.notEqual(found, 'none', `${selector} shows that it has the focus`);
      return;
    }
  }
  assert.fail(`${selector} is not reached`);
}
