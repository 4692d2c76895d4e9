// make run: the lines that it prints work when pasted, and it leaves nothing.
// (What its page does: demo.test.mjs.)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { Place, alive, freePort, root, run, stop, until, within } from './site.mjs';

// README's line with another port, as on a terminal: a process group of its own,
// which Ctrl-C reaches whole.
function makeRun(place, port, more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(MAKE|MFLAGS|CLOUDINARY)/.test(name));
  const env = { ...Object.fromEntries(own), TMPDIR: place.path, ...more };
  const [, command] = /`(PORT=8081 make run)` takes another port/.exec(readFileSync(join(root, 'README.md'), 'utf8').replaceAll('\n', ' '));
  return place.start('sh', ['-c', `exec env ${command.replace('8081', port)}`], { cwd: root, detached: true, env });
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

function checkGranted(json, api, cloud, action, secret) {
  const { api_key: key, signature, ...fields } = json.fields;
  assert.equal(json.url, `${api}/v1_1/${cloud}/image/${action}`);
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

async function interrupt({ place, child, folder }, standin = true) {
  assert.equal(processesOf(folder).length, standin ? 4 : 3, 'lighttpd, its two workers, and the stand-in');
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
  const api = `http://127.0.0.1:${site.port}`;
  const printed = site.place.log.split('\n');
  const address = printed.findIndex((line) => line.includes(`Open ${api} in a browser`));
  assert.ok(address >= 0 && address < printed.findIndex((line) => line.startsWith('curl ')), 'the address comes first');
  assert.match(await (await fetch(api)).text(), /<title>signpost/);
  const { fields } = checkGranted(upload, api, 'demo', 'upload', secret);
  assert.match(fields.public_id, /^users\/alice\/[0-9a-f]{32}$/);
  assert.equal(fields.context, 'caption=Hello');
  assert.equal(checkGranted(remove, api, 'demo', 'destroy', secret).fields.public_id, 'users/alice/cat');
  assert.equal(refused.status, 403);
  assert.equal(refused.param, 'public_id');
  assert.match(refused.detail, /public_id/);
  assert.ok(!site.place.log.includes(secret));

  // What was signed is taken.
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', new Blob([Buffer.from('89504e470d0a1a0a', 'hex')]), 'a.png');
  const sent = await (await fetch(upload.url, { method: 'POST', body: form })).json();
  assert.equal(sent.public_id, fields.public_id);
  assert.equal(readdirSync(join(site.folder, 'files')).length, 1);
  await interrupt(site);
});

test('make run with the account in CLOUDINARY_URL', async (t) => {
  const secret = 'test-account-secret-that-protects-nothing';
  const site = await start(t, { CLOUDINARY_URL: `cloudinary://1234567890:${secret}@test-cloud` });
  const [who, upload, remove] = site.lines.map(paste);
  const api = 'https://api.cloudinary.com';
  assert.equal(who.cloud_name, 'test-cloud');
  assert.equal(checkGranted(upload, api, 'test-cloud', 'upload', secret).key, '1234567890');
  checkGranted(remove, api, 'test-cloud', 'destroy', secret);
  assert.ok(!site.place.log.includes(secret));
  await interrupt(site, false);
});

// npm's part, when it is not there, has no network, or brings something else.
const npms = {
  'no npm': null,
  'an npm without a network': 'exit 1',
  'an npm that brings another package': 'mkdir -p package/dist; echo bad >package/dist/uppy.min.mjs; cp package/dist/uppy.min.mjs package/dist/uppy.min.css; ' +
    'cp package/dist/uppy.min.mjs package/LICENSE; tar -czf uppy-6.0.1.tgz package',
};
for (const [what, npm] of Object.entries(npms)) test(`make run with ${what}: the page, but not Uppy`, async (t) => {
  const place = new Place(t);
  for (const name of ['bin', 'tmp', 'tree/tests']) mkdirSync(join(place.path, name), { recursive: true });
  for (const name of ['sh', 'sed', 'curl', 'lighttpd', 'openssl', 'mktemp', 'mkdir', 'mv', 'rm', 'setsid', 'sleep', 'timeout', 'tar', 'gzip', 'dirname', 'cat', 'cp'])
    symlinkSync(run(['-c', `command -v ${name}`], { program: 'sh' }).out.trim(), join(place.path, 'bin', name));
  symlinkSync('/usr/bin/python3', join(place.path, 'bin/python3'));
  if (npm !== null) place.write('bin/npm', `#!/bin/sh\n${npm}\n`, 0o755);
  for (const name of ['cgi-bin', 'etc', 'tests/tools', 'tests/standin']) symlinkSync(join(root, name), join(place.path, 'tree', name));
  const port = await freePort();
  const child = place.start('/bin/sh', [join(place.path, 'tree/tests/tools/try.sh')],
    { env: { PATH: join(place.path, 'bin'), PORT: String(port), TMPDIR: join(place.path, 'tmp') } });
  await until('the lines are printed', () => {
    assert.equal(child.exitCode, null, place.log);
    return place.log.includes('somebody else');
  }, 30000);
  assert.doesNotMatch(place.log, /not found/);
  assert.equal(/could not be fetched; everything else works/.test(place.log), npm !== null, place.log);
  const site = `http://127.0.0.1:${port}`;
  assert.equal((await fetch(site)).status, 200);
  assert.equal((await fetch(`${site}/uppy/uppy.min.mjs`)).status, 404);
  await stop(child);
  assert.deepEqual(readdirSync(join(place.path, 'tmp')), []);
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
