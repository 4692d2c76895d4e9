// The layout of etc/openbsd-httpd.conf, as far as Linux has the like: a chroot
// with nothing in it but what the file says, plain CGI with what slowcgi hands
// on, and spawn-fcgi's workers inside.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { Place, alive, listens, root, run, until, within } from './site.mjs';
import { API_SECRET, SESSION_KEY, session } from './token.mjs';

const skip = process.getuid() === 0 ? false : 'only root can chroot to another user';
const text = readFileSync(join(root, 'etc/openbsd-httpd.conf'), 'utf8');
const CONFIG = '/conf/signpost/signpost.conf';
const ids = (user) => ['-u', '-g'].map((flag) => Number(run([flag, user], { program: 'id' }).out));

// As its `install` lines say, with Debian's www-data for OpenBSD's www.
function layOut(t) {
  const place = new Place(t);
  assert.equal(run(['--no-print-directory', '-s', '-C', root, 'static'], { program: 'make' }).code, 0);
  const [user, group] = ids('www-data');
  const folder = (name, mode, owner = 0, of = 0) => {
    mkdirSync(join(place.path, name), { recursive: true });
    chmodSync(join(place.path, name), mode);
    chownSync(join(place.path, name), owner, of);
  };
  const file = (name, content, mode, of = 0) => chownSync(place.write(name, content, mode), 0, of);
  chmodSync(place.path, 0o755);
  for (const name of ['cgi-bin', 'conf', 'run', 'htdocs']) folder(name, 0o755);
  copyFileSync(join(root, 'build/static/signpost'), join(place.path, 'cgi-bin/sign'));
  chmodSync(join(place.path, 'cgi-bin/sign'), 0o755);
  folder('conf/signpost', 0o750, 0, group);
  const conf = readFileSync(join(root, 'etc/signpost.conf'), 'utf8');
  const store = /^# {3}(store = .*;)$/m.exec(text)[1];
  file('conf/signpost/signpost.conf', conf.replace('# store = "counters"; ', `log = "/signpost/log"; ${store} # `), 0o644);
  file('conf/signpost/cloudinary.secret', `${API_SECRET}\n`, 0o640, group);
  file('conf/signpost/session.key', `${SESSION_KEY}\n`, 0o640, group);
  folder('signpost', 0o700, user, group);
  return place;
}

const variables = (more) => ({ GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'policy=avatar',
  REMOTE_ADDR: '192.0.2.1', SCRIPT_NAME: '/cgi-bin/sign', SCRIPT_FILENAME: '/cgi-bin/sign', DOCUMENT_ROOT: '/htdocs',
  HTTP_COOKIE: `session=${session('alice')}`, ...more });
const SIGNED = /^Status: 200 OK\r\n[^]*"signature":"[0-9a-f]{64}"/;

test('plain CGI in the chroot', { skip }, (t) => {
  const place = layOut(t);
  assert.ok(text.includes(`param SIGNPOST_CONFIG "${CONFIG}"`));
  const cgi = (env) => {
    const done = run([`--userspec=${ids('www-data').join(':')}`, place.path, '/cgi-bin/sign'], { program: 'chroot', env });
    return done.out || done.err;
  };
  assert.match(cgi(variables({ SIGNPOST_CONFIG: CONFIG })), SIGNED);
  assert.match(cgi(variables({ SIGNPOST_CONFIG: CONFIG, HTTP_COOKIE: '' })), /^Status: 401 /);
  assert.match(cgi(variables()), /^Status: 503 /); // nothing says where it is
  assert.match(readFileSync(join(place.path, 'signpost/log'), 'utf8'), /decision=granted .*user=alice/);
  assert.equal(statSync(join(place.path, 'signpost/counters')).uid, ids('www-data')[0]);
});

test('workers in the chroot', { skip }, async (t) => {
  const place = layOut(t);
  // The very command of the file.
  const lines = /^# {3}(spawn-fcgi [^]*?)\n#\n/m.exec(text)[1].replace(/\\\n# +/g, '');
  const pids = join(place.path, 'pids');
  const words = lines.split(/\s+/).map((word) => (word === 'www' ? 'www-data' : word))
    .map((word) => ({ '/var/www': place.path, '/var/run/signpost.pids': pids })[word] ?? word);
  // No pipes: the workers would hold them open.
  assert.equal(run(words.slice(1), { program: 'spawn-fcgi', stdio: 'ignore' }).code, 0);
  const workers = readFileSync(pids, 'utf8').trim().split(/\s+/).map(Number);
  place.undo.push(async () => {
    for (const pid of workers) if (alive(pid)) process.kill(pid, 'SIGTERM');
    await until('the workers have ended', () => !workers.some(alive));
  });
  assert.equal(workers.length, 2);
  const socket = join(place.path, 'run/signpost.sock');
  await until('they listen', () => listens(socket));
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  const ask = async (more) => {
    const connection = new FastcgiConnection(socket);
    connection.write(fastcgiRequest(variables(more)));
    const answer = await within(connection.answer(), 'an answer');
    connection.close();
    return answer;
  };
  assert.match(await ask(), SIGNED);
  assert.match(await ask({ HTTP_COOKIE: '' }), /^Status: 401 /);
});
