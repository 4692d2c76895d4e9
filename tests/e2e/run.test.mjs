// make run: the lines that it prints work when pasted, and it leaves nothing.
// (What its page does: demo.test.mjs.)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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
  });
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
  await until('nothing is left', () => processesOf(folder).length === 0);
  await within(child.ended, 'make to end');
  assert.deepEqual(readdirSync(place.path), []);
}

test('make run with an account that is made up', async (t) => {
  const site = await start(t, { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' });
  const [who, upload, remove, refused] = site.lines.map(paste);
  const secret = readFileSync(join(site.folder, 'cloudinary.secret'), 'utf8').trimEnd();

  assert.equal(who.user, 'alice');
  assert.deepEqual(who.policies, ['avatar', 'widget', 'remove', 'thumb']);
  const api = `http://127.0.0.1:${site.port}`;
  const printed = site.place.log.split('\n');
  const address = printed.findIndex((line) => line.includes(`Open ${api} in a browser`));
  assert.ok(address >= 0 && address < printed.findIndex((line) => line.startsWith('curl ')), 'the address comes first');
  assert.deepEqual(printed.slice(0, address).filter((line) => line.length > 78 || /warning/.test(line)), [], 'nothing that startles');
  assert.match(await (await fetch(api)).text(), /<title>signpost/);
  const { fields } = checkGranted(upload, api, 'demo', 'upload', secret);
  assert.match(fields.public_id, /^users\/alice\/[0-9a-f]{32}$/);
  assert.equal(fields.context, 'caption=Hello');
  assert.equal(checkGranted(remove, api, 'demo', 'destroy', secret).fields.public_id, 'users/alice/cat');
  assert.equal(refused.status, 403);
  assert.equal(refused.param, 'public_id');
  assert.match(refused.detail, /public_id/);
  for (const text of [site.place.log, readFileSync(join(site.folder, 'log'), 'utf8')]) assert.ok(!text.includes(secret));

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
  for (const text of [site.place.log, readFileSync(join(site.folder, 'log'), 'utf8')]) assert.ok(!text.includes(secret));
  const all = processesOf(site.folder);
  assert.ok(all.length >= 3);
  for (const pid of all) {
    for (const name of ['environ', 'cmdline']) assert.ok(!readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(secret), name);
  }
  for (const name of readdirSync(site.folder)) {
    const it = lstatSync(join(site.folder, name));
    assert.ok(it.isSymbolicLink() || (it.mode & 0o077) === 0, name);
  }
  await interrupt(site, false);
});

test('make run with what can’t be: says what would be right, no secret, and leaves nothing', async (t) => {
  const secret = 'test-account-secret-that-protects-nothing';
  const refuses = async (more, pattern) => {
    const place = new Place(t);
    const child = place.start(join(root, 'tests/tools/try.sh'), [], { env: { PATH: process.env.PATH, PORT: String(await freePort()), TMPDIR: place.path, ...more } });
    const { code } = await within(child.ended, 'it to end');
    assert.equal(code, 1, place.log);
    assert.match(place.log, pattern);
    assert.ok(!place.log.includes(secret), 'the secret is not said');
    assert.deepEqual(readdirSync(place.path).filter((name) => name.startsWith('signpost-run')), []);
  };
  for (const PORT of ['junk', '0', '080', '65536', '123456', '80 81', '-1', '8080"'])
    await refuses({ PORT }, /^PORT must be a number from 1 to 65535, as in: PORT=8081 make run\n$/);
  for (const url of [secret, `https://1:${secret}@x`, `cloudinary://1234567890:${secret}@`, `cloudinary://1234567890:${secret}`, `CLOUDINARY_URL=cloudinary://1234567890:${secret}@x`, `cloudinary://1234567890:${secret}@x\nmore`])
    await refuses({ CLOUDINARY_URL: url }, /what CLOUDINARY_URL says: cloudinary:\/\/KEY:SECRET@CLOUD is right/);
  const place = new Place(t);
  mkdirSync(join(place.path, 'with "quotes"'));
  await refuses({ TMPDIR: join(place.path, 'with "quotes"') }, /^TMPDIR must be/);
  assert.deepEqual(readdirSync(join(place.path, 'with "quotes"')), []);
});

// Pressed again while it cleans up, as people do, and wherever it is just then.
test('Ctrl-C, again and again, at any moment', async (t) => {
  const port = await freePort();
  for (const ms of [0, 3, 5, 6, 7, 8, 9, 10, 11, 12, 15, 25, 50, 80, 110, 140, 180, 250, 400, 700]) {
    const place = new Place(t);
    const own = Object.entries(process.env).filter(([name]) => name !== 'CLOUDINARY_URL');
    const child = place.start(join(root, 'tests/tools/try.sh'), [], { detached: true, env: { ...Object.fromEntries(own), PORT: String(port), TMPDIR: place.path } });
    await sleep(ms);
    for (let i = 0; i < 4 && child.exitCode === null && child.signalCode === null; i++) {
      process.kill(-child.pid, i % 2 === 0 ? 'SIGINT' : 'SIGTERM');
      await sleep(4);
    }
    await within(child.ended, 'it to end');
    await until(`nothing runs after ${ms} ms`, () => processesOf(place.path).length === 0);
    assert.deepEqual(readdirSync(place.path), [], `after ${ms} ms`);
  }
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
  for (const name of ['bin', 'tmp', 'a tree/tests', 'a tree/build']) mkdirSync(join(place.path, name), { recursive: true });
  for (const name of ['sh', 'sed', 'curl', 'lighttpd', 'openssl', 'mktemp', 'mkdir', 'mv', 'rm', 'ln', 'setsid', 'sleep', 'timeout', 'tar', 'gzip', 'dirname', 'cat', 'cp'])
    symlinkSync(run(['-c', `command -v ${name}`], { program: 'sh' }).out.trim(), join(place.path, 'bin', name));
  symlinkSync('/usr/bin/python3', join(place.path, 'bin/python3'));
  if (npm !== null) place.write('bin/npm', `#!/bin/sh\n${npm}\n`, 0o755);
  for (const name of ['cgi-bin', 'build/signpost', 'etc', 'tests/tools', 'tests/standin']) symlinkSync(join(root, name), join(place.path, 'a tree', name));
  const port = await freePort();
  const child = place.start('/bin/sh', [join(place.path, 'a tree/tests/tools/try.sh')],
    { env: { PATH: join(place.path, 'bin'), PORT: String(port), TMPDIR: join(place.path, 'tmp') } });
  await until('the lines are printed', () => {
    assert.equal(child.exitCode, null, place.log);
    return place.log.includes('somebody else');
  });
  assert.doesNotMatch(place.log, /not found/);
  assert.equal(/could not be fetched; everything else works/.test(place.log), npm !== null, place.log);
  const site = `http://127.0.0.1:${port}`;
  assert.equal((await fetch(site)).status, 200);
  assert.equal((await fetch(`${site}/uppy/uppy.min.mjs`)).status, 404);
  await stop(child);
  assert.deepEqual(readdirSync(join(place.path, 'tmp')), []);
});

test('kill -9: what it started ends all the same', async (t) => {
  const place = new Place(t);
  const own = Object.entries(process.env).filter(([name]) => name !== 'CLOUDINARY_URL');
  const child = place.start(join(root, 'tests/tools/try.sh'), [], { env: { ...Object.fromEntries(own), PORT: String(await freePort()), TMPDIR: place.path } });
  place.undo.push(() => {
    for (const pid of processesOf(place.path)) process.kill(pid, 'SIGTERM');
  });
  await until('the lines are printed', () => place.log.includes('somebody else'));
  child.kill('SIGKILL');
  await until('nothing is left', () => processesOf(place.path).length === 0 && readdirSync(place.path).length === 0);
});

// A user who can't install anything, on a machine with next to nothing: without
// sudo, and with one that refuses.
for (const [what, sudo] of [['no sudo', null], ['a sudo that refuses', 'echo "sudo: not allowed" >&2; exit 1'], ['a sudo', 'echo "$*" >>"${0%/*}/ran"']])
  test(`what is missing, without root and with ${what}`, (t) => {
    const place = new Place(t);
    mkdirSync(join(place.path, 'bin'));
    for (const name of ['sh', 'grep', 'cat', 'tee', 'chmod', 'rm']) symlinkSync(run(['-c', `command -v ${name}`], { program: 'sh' }).out.trim(), join(place.path, 'bin', name));
    place.write('bin/id', '#!/bin/sh\necho 1000\n', 0o755);
    place.write('bin/apt-get', '#!/bin/sh\nexit 1\n', 0o755);
    if (sudo !== null) place.write('bin/sudo', `#!/bin/sh\n${sudo}\n`, 0o755);
    const { code, out, err } = run([join(root, 'tests/tools/packages.sh'), 'build', 'serve'], { program: '/bin/sh', env: { PATH: join(place.path, 'bin') } });
    const names = 'gcc libc6-dev libssl-dev libconfig-dev zlib1g-dev libhiredis-dev (lighttpd )?curl python3';
    if (what === 'a sudo') {
      assert.equal(code, 0, err);
      const ran = readFileSync(join(place.path, 'bin/ran'), 'utf8');
      assert.match(ran, new RegExp(`^apt-get update -q$[^]*^apt-get install -q -y --no-install-recommends ${names}$`, 'm'));
      return;
    }
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, new RegExp(`^(sudo: not allowed\n)?packages: [^\n]*as root:\n  apt-get update && apt-get install --no-install-recommends ${names}\npackages: then try again\n$`));
  });

test('make says each file in one line, and with V=1 the whole command; a warning is seen', (t) => {
  const place = new Place(t);
  const { path } = place;
  const file = `${path}/base/span.o`;
  const make = (...more) => run(['--no-print-directory', '-C', root, '-W', 'src/base/span.c', `BUILD=${path}`, file, ...more], { program: 'make' });
  assert.deepEqual(make(), { code: 0, out: `  CC   ${file}\n`, err: '' });
  assert.deepEqual(make('-s'), { code: 0, out: '', err: '' });
  const { out } = make('V=1');
  assert.ok(out.startsWith('gcc ') && out.includes(' -Wall ') && out.endsWith(` -o ${file} src/base/span.c\n`), out);
  const warned = `CC=gcc -include ${place.write('unused.h', 'static int unused;\n')}`;
  for (const [more, code] of [['', 0], ['-Werror', 2]]) {
    const done = make(warned, `WERROR=${more}`);
    assert.equal(done.code, code, done.err);
    assert.match(done.err, /unused/);
  }
});

test('it is built in a folder whose name has blanks', (t) => {
  const place = new Place(t);
  const tree = join(place.path, 'a tree');
  mkdirSync(tree);
  for (const name of ['Makefile', 'src', 'etc', 'tests']) symlinkSync(join(root, name), join(tree, name));
  const { code, err } = run(['-C', tree, 'build/release/base/span.o'], { program: 'make' });
  assert.equal(code, 0, err);
  assert.ok(existsSync(join(tree, 'build/release/base/span.o')));
});

test('Ctrl-C while npm hangs', async (t) => {
  const place = new Place(t);
  for (const name of ['tree/tests', 'tree/build', 'tmp']) mkdirSync(join(place.path, name), { recursive: true });
  place.write('bin/npm', '#!/bin/sh\nsleep 20\n: >"$0.waited"\n', 0o755);
  for (const name of ['cgi-bin', 'build/signpost', 'etc', 'tests/tools', 'tests/standin']) symlinkSync(join(root, name), join(place.path, 'tree', name));
  const child = place.start(join(place.path, 'tree/tests/tools/try.sh'), [], { detached: true,
    env: { PATH: `${place.path}/bin:${process.env.PATH}`, PORT: String(await freePort()), TMPDIR: join(place.path, 'tmp') } });
  await until('it fetches', () => processesOf(`${place.path}/bin/npm`).length > 0);
  process.kill(-child.pid, 'SIGINT');
  await within(child.ended, 'it to end');
  assert.ok(!existsSync(join(place.path, 'bin/npm.waited')), 'npm is not waited for');
  assert.deepEqual(readdirSync(join(place.path, 'tmp')), []);
});

test('make run on a port that is taken: says so, and ends', async (t) => {
  const site = await start(t);
  const second = new Place(t);
  const { code } = await within(makeRun(second, site.port).ended, 'the second to end');
  assert.notEqual(code, 0);
  assert.match(second.log, /PORT=/);
  assert.doesNotMatch(second.log, /^curl /m);
  assert.deepEqual(readdirSync(second.path), []);
  await interrupt(site);
});
