// make run: the lines that it prints work when pasted, and it leaves nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { Place, alive, freePort, root, until, within } from './site.mjs';

// As on a terminal: a process group of its own, which Ctrl-C reaches whole.
function makeRun(place, port, more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(MAKE|MFLAGS|CLOUDINARY)/.test(name));
  const env = { ...Object.fromEntries(own), PORT: String(port), TMPDIR: place.path, ...more };
  return place.start('make', ['run'], { cwd: root, detached: true, env });
}

async function start(t, more) {
  const place = new Place(t);
  const port = await freePort();
  const child = makeRun(place, port, more);
  place.undo.push(() => {
    for (const pid of processesOf(place.path)) process.kill(pid, 'SIGTERM');
  });
  const printed = await until('the lines are printed', () => {
    assert.equal(child.exitCode, null, place.log);
    const lines = place.log.split('\n').slice(0, -1).filter((line) => line.startsWith('curl '));
    return lines.length === 4 && lines;
  }, 120000);
  const folder = join(place.path, readdirSync(place.path).find((name) => name.startsWith('signpost-run.')));
  return { place, child, port, folder, lines: printed };
}

function paste(line) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function checkGranted(json, cloud, action, secret) {
  const { api_key: key, signature, ...fields } = json.fields;
  assert.equal(json.url, `https://api.cloudinary.com/v1_1/${cloud}/image/${action}`);
  assert.equal(signature, cloudinary.utils.api_sign_request(fields, secret, 'sha256'));
  return { key, fields };
}

// Whoever has the folder on its command line: also one that was left behind.
function processesOf(folder) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return alive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}

async function interrupt({ place, child, folder }) {
  assert.equal(processesOf(folder).length, 3, 'lighttpd and its two workers');
  process.kill(-child.pid, 'SIGINT');
  await until('nothing is left', () => processesOf(folder).length === 0, 5000);
  await within(5000, child.ended, 'make to end');
  assert.deepEqual(readdirSync(place.path), []);
}

test('make run with an account that is made up', async (t) => {
  const site = await start(t);
  const [who, upload, remove, refused] = site.lines.map(paste);
  const secret = readFileSync(join(site.folder, 'cloudinary.secret'), 'utf8').trimEnd();

  assert.equal(who.user, 'alice');
  assert.deepEqual(who.policies, ['avatar', 'widget', 'remove', 'thumb']);
  const { fields } = checkGranted(upload, 'demo', 'upload', secret);
  assert.match(fields.public_id, /^users\/alice\/[0-9a-f]{32}$/);
  assert.equal(fields.context, 'caption=Hello');
  assert.equal(checkGranted(remove, 'demo', 'destroy', secret).fields.public_id, 'users/alice/cat');
  assert.equal(refused.status, 403);
  assert.equal(refused.param, 'public_id');
  assert.match(refused.detail, /public_id/);
  assert.ok(!site.place.log.includes(secret));
  await interrupt(site);
});

test('make run with the account in CLOUDINARY_URL', async (t) => {
  const secret = 'test-account-secret-that-protects-nothing';
  const site = await start(t, { CLOUDINARY_URL: `cloudinary://1234567890:${secret}@test-cloud` });
  const [who, upload, remove] = site.lines.map(paste);
  assert.equal(who.cloud_name, 'test-cloud');
  assert.equal(checkGranted(upload, 'test-cloud', 'upload', secret).key, '1234567890');
  checkGranted(remove, 'test-cloud', 'destroy', secret);
  assert.ok(!site.place.log.includes(secret));
  await interrupt(site);
});

test('make run on a port that is taken: says so, and ends', async (t) => {
  const site = await start(t);
  const second = new Place(t);
  const { code } = await within(30000, makeRun(second, site.port).ended, 'the second to end');
  assert.notEqual(code, 0);
  assert.match(second.log, /PORT=/);
  assert.doesNotMatch(second.log, /^curl /m);
  assert.deepEqual(readdirSync(second.path), []);
  await interrupt(site);
});
