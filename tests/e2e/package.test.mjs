// What is put into place: the static program, the archive for shared hosting,
// and what make install leaves behind.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { brokenBelow } from './pages.mjs';
import { shared } from './servers.mjs';
import { Place, root, run } from './site.mjs';
import { API_SECRET, SESSION_KEY, session } from './token.mjs';

const make = (...args) => {
  const done = run(['--no-print-directory', '-C', root, ...args], { program: 'make' });
  assert.equal(done.code, 0, done.out + done.err);
  return done;
};

// Every file below, with its mode and without its place.
function tree(path, under = '') {
  return readdirSync(path).sort().flatMap((name) => {
    const st = lstatSync(join(path, name));
    const line = `${(st.mode & 0o7777).toString(8)} ${under}${name}`;
    return st.isDirectory() ? [line, ...tree(join(path, name), `${under}${name}/`)] : [line];
  });
}

test('the static program needs no other file', (t) => {
  assert.equal(make('static').err, '');
  const file = join(root, 'build/static/signpost');
  const { out } = run(['-ldW', file], { program: 'readelf' });
  assert.match(out, /GNU_RELRO/);
  assert.doesNotMatch(out, /INTERP|NEEDED/);

  const place = new Place(t);
  mkdirSync(join(place.path, 'private'), { mode: 0o700 });
  mkdirSync(join(place.path, 'private/bin'), { mode: 0o700 });
  mkdirSync(join(place.path, 'private/etc'), { mode: 0o700 });
  copyFileSync(file, join(place.path, 'private/bin/signpost'));
  place.write('private/etc/cloudinary.secret', `${API_SECRET}\n`);
  place.write('private/etc/session.key', `${SESSION_KEY}\n`);
  copyFileSync(join(root, 'etc/signpost.conf'), join(place.path, 'private/etc/signpost.conf'));
  // Nothing else is there: no /proc, no /dev, no library, no time zone.
  const enter = process.getuid() === 0 ? ['chroot'] : ['unshare', '-r', 'chroot'];
  const cgi = (query, more = {}) => run([...enter.slice(1), join(place.path, 'private'), '/bin/signpost'], { program: enter[0],
    env: { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: query, REMOTE_ADDR: '192.0.2.1',
      SIGNPOST_CONFIG: '/etc/signpost.conf', ...more } });
  assert.match(cgi('health').out, /^Status: 200 OK\r\n/);
  const signed = cgi('policy=avatar', { HTTP_COOKIE: `session=${session('alice')}` });
  assert.match(signed.out, /^Status: 200 OK\r\n[^]*"signature":"[0-9a-f]{64}"/, signed.err);
  assert.match(cgi('policy=avatar').out, /^Status: 401 /);
});

test('the archive: the same each time, with the modes that suEXEC wants, and it works', async (t) => {
  const archive = join(root, make('dist').out.trim().split('\n').pop());
  const bytes = readFileSync(archive);
  make('dist');
  assert.ok(bytes.equals(readFileSync(archive)), 'two archives of the same differ');
  assert.match(archive, /\/signpost-\d+\.\d+\.\d+-linux-[a-z0-9_]+\.tar\.gz$/);

  const place = new Place(t);
  assert.equal(run(['xpzf', archive, '-C', place.path, '--strip-components=1', '--no-same-owner'], { program: 'tar' }).code, 0);
  const files = tree(place.path);
  for (const line of ['700 private', '700 private/signpost', '700 private/signpost/signpost', '700 private/signpost/bin/signpost', '600 private/signpost/signpost.conf',
    '755 public_html', '755 public_html/api', '755 public_html/api/sign.cgi', '644 public_html/api/.htaccess', '644 STEPS.txt'])
    assert.ok(files.includes(line), `${line} is not in\n${files.join('\n')}`);
  for (const line of files) assert.equal(parseInt(line, 8) & 0o022, 0, line);
  assert.deepEqual(brokenBelow(place.path), []);

  // As STEPS.txt says: two secrets, one's own home, and what one's account is.
  const steps = readFileSync(join(place.path, 'STEPS.txt'), 'utf8');
  place.write('private/signpost/cloudinary.secret', `${API_SECRET}\n`, 0o644);
  place.write('private/signpost/session.key', `${SESSION_KEY}\n`, 0o644);
  const control = join(place.path, 'public_html/api/sign.cgi');
  const line = readFileSync(control, 'utf8');
  assert.equal(line.split('/home/YOU').length, 3);
  writeFileSync(control, line.replaceAll('/home/YOU', place.path));
  // Its 4, and 5: an FTP program may leave other modes.
  const modes = [...steps.matchAll(/^ {5}((?:private|public_html)\S*) +([0-7]{3})$/gm)].map(([, name, mode]) => [name, parseInt(mode, 8)]);
  assert.deepEqual(modes.map(([name]) => name), ['private', 'private/signpost', ...['signpost', 'signpost.conf', 'cloudinary.secret', 'session.key']
    .map((name) => `private/signpost/${name}`), 'public_html/api', 'public_html/api/sign.cgi', 'public_html/api/.htaccess']);
  const setModes = () => modes.forEach(([name, mode]) => chmodSync(join(place.path, name), mode));
  setModes();
  const { port } = await shared(place);
  const healthy = async (status, start) => {
    const answer = await ask(port, { path: '/api/sign?health' });
    assert.equal(answer.status, status);
    assert.ok(answer.body.startsWith(start) && steps.includes(`     ${start},...}`), answer.body);
  };
  await healthy(200, '{"status":"ok"');
  for (const [name, mode] of modes) if (mode === 0o600) chmodSync(join(place.path, name), 0o644);
  await healthy(503, '{"status":"out of order"');
  setModes();
  await healthy(200, '{"status":"ok"');
  const cookie = ['Cookie', `session=${session('alice')}`];
  for (const path of ['/api/sign?policy=remove&public_id=users/alice/cat', '/api/sign.cgi?policy=remove&public_id=users/alice/cat'])
    assert.equal(checkAnswer(await ask(port, { path, headers: [cookie] })).public_id, 'users/alice/cat');
  // What init, editors and people leave beside what they change is not published, wherever it lies.
  const names = ['signpost.conf', 'signpost.conf.old', 'signpost.conf.2', 'cloudinary.secret', 'cloudinary.secret.txt', 'session.key~',
    'denied.users', 'signpost.log', 'signpost.log.1', 'sign.php.orig', 'sign.php.save', 'sign.php.bak', 'sign.php.new'];
  for (const name of [...names, 'monkey.txt', 'old.html']) place.write(`public_html/api/${name}`, 'text', 0o644);
  for (const name of ['.htaccess', ...names]) assert.equal((await ask(port, { path: `/api/${name}` })).status, 403, name);
  for (const name of ['monkey.txt', 'old.html']) assert.equal((await ask(port, { path: `/api/${name}` })).status, 200, name);
  // Group-writable, as an FTP program may leave it: our own rule refuses it.
  chmodSync(join(place.path, 'private/signpost/session.key'), 0o664);
  assert.equal((await ask(port, { path: '/api/sign?health' })).status, 503);
});

test('make install and uninstall', (t) => {
  const place = new Place(t);
  const to = `DESTDIR=${place.path}`;
  make('install', to);
  const installed = tree(place.path);
  for (const line of ['755 usr/local/lib/signpost/signpost', '644 etc/signpost/signpost.conf', '644 usr/local/share/doc/signpost/README.md',
    '755 usr/local/lib/signpost/sign.cgi', '644 usr/local/lib/systemd/system/signpost@.service',
    '644 usr/local/share/doc/signpost/examples/doc/minting.md'])
    assert.ok(installed.includes(line), installed.join('\n'));
  assert.deepEqual(brokenBelow(join(place.path, 'usr/local/share/doc/signpost')), []);
  // Every ready file, and every man page there is.
  const ready = readdirSync(join(root, 'etc'), { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of ready) assert.ok(installed.includes(`644 usr/local/share/doc/signpost/examples/${name}`), name);
  assert.ok(ready.some(({ name }) => name === 'Caddyfile') && ready.some(({ name }) => name === 'signpost@.service'));
  const pages = readdirSync(join(root, 'src')).filter((name) => /\.[1-9]$/.test(name));
  for (const name of pages) assert.ok(installed.includes(`644 usr/local/share/man/man${name.at(-1)}/${name}`), name);
  assert.ok(installed.includes('755 usr/local/bin/signpost'));
  assert.match(run(['--version'], { program: join(place.path, 'usr/local/bin/signpost') }).out, /^signpost \d/);
  // The site's own configuration stays, through a second install too.
  writeFileSync(join(place.path, 'etc/signpost/signpost.conf'), 'mine');
  make('install', to);
  assert.deepEqual(tree(place.path), installed);
  make('uninstall', to);
  assert.equal(readFileSync(join(place.path, 'etc/signpost/signpost.conf'), 'utf8'), 'mine');
  assert.ok(!existsSync(join(place.path, 'usr/local/lib/signpost')));
  assert.deepEqual(tree(join(place.path, 'usr')).filter((name) => /signpost/.test(name)), []);

  // Elsewhere: the control file, the unit and the ready files name what is there.
  make('install', to, 'PREFIX=/opt', 'SYSCONFDIR=/opt/etc');
  const text = (name) => readFileSync(join(place.path, 'opt/lib', name), 'utf8');
  const example = (name) => readFileSync(join(place.path, 'opt/share/doc/signpost/examples', name), 'utf8');
  assert.match(example('apache.conf'), /^ScriptAlias "\/api\/sign" "\/opt\/lib\/signpost\/sign\.cgi"$/m);
  assert.match(example('lighttpd.conf'), /"\/opt\/lib\/signpost\/signpost --config=\/opt\/etc\/signpost\/signpost\.conf"/);
  assert.equal(text('signpost/sign.cgi'), '#!/opt/lib/signpost/signpost --config=/opt/etc/signpost/signpost.conf\n');
  assert.match(text('systemd/system/signpost@.service'), /^ExecStart=\/opt\/lib\/signpost\/signpost /m);
  assert.match(text('systemd/system/signpost@.service'), /^LoadCredential=session\.key:\/opt\/etc\/signpost\/session\.key$/m);
});
