// The Debian package: its contents, what lintian says, and its life on a machine
// of its own, from dpkg -i to the purge.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { boot } from './machine.mjs';
import { brokenBelow } from './pages.mjs';
import { Place, root, run, until, within } from './site.mjs';
import { API_SECRET, SESSION_KEY, session } from './token.mjs';

const skip = existsSync('/usr/bin/dpkg-shlibdeps') && existsSync('/usr/bin/lintian') ? false : 'not a Debian with lintian';
const SOCKET = '/run/signpost/signpost.sock';

function build(env = {}) {
  const done = run(['--no-print-directory', '-C', root, 'deb'], { program: 'make', env });
  assert.equal(done.code, 0, done.out + done.err);
  return join(root, done.out.trim().split('\n').pop());
}

// mode, owner and name of each thing in it.
function contents(file) {
  const { out } = run(['-c', file], { program: 'dpkg-deb' });
  return out.trim().split('\n').map((line) => {
    const [mode, owner, , , , name] = line.split(/\s+/);
    return `${mode} ${owner} ${name}`;
  });
}

test('the same each time, whole, and lintian finds no error', { skip }, (t) => {
  const file = build({ SOURCE_DATE_EPOCH: '1767225600' });
  const bytes = readFileSync(file);
  assert.match(file, /\/signpost_\d+\.\d+\.\d+_[a-z0-9]+\.deb$/);
  assert.ok(bytes.equals(readFileSync(build({ SOURCE_DATE_EPOCH: '1767225600' }))), 'two packages of the same differ');
  assert.ok(!bytes.equals(readFileSync(build({ SOURCE_DATE_EPOCH: '1767225601' }))), 'the date is nowhere in it');

  const list = contents(file);
  for (const line of ['-rwxr-xr-x root/root ./usr/lib/signpost/signpost', '-rwxr-xr-x root/root ./usr/lib/signpost/sign.cgi',
    '-rw-r--r-- root/root ./etc/signpost/signpost.conf', '-rw-r--r-- root/root ./etc/apache2/conf-available/signpost.conf',
    '-rw-r--r-- root/root ./etc/lighttpd/conf-available/50-signpost.conf', '-rw-r--r-- root/root ./lib/systemd/system/signpost.socket',
    '-rw-r--r-- root/root ./lib/systemd/system/signpost@.service', '-rw-r--r-- root/root ./usr/share/doc/signpost/README.Debian',
    '-rw-r--r-- root/root ./usr/share/doc/signpost/copyright', '-rw-r--r-- root/root ./usr/share/doc/signpost/examples/nginx.conf',
    '-rw-r--r-- root/root ./usr/share/doc/signpost/examples/Caddyfile'])
    assert.ok(list.includes(line), `${line} is not in\n${list.join('\n')}`);
  for (const line of list.filter((text) => !text.startsWith('l'))) assert.match(line, /^[-d]rw.r-.r-. root\/root /);
  const pages = readdirSync(join(root, 'src')).filter((name) => /\.[1-9]$/.test(name));
  for (const page of pages) assert.ok(list.includes(`-rw-r--r-- root/root ./usr/share/man/man${page.at(-1)}/${page}.gz`), page);

  const fields = run(['-f', file], { program: 'dpkg-deb' }).out;
  assert.match(fields, /^Depends: .*libconfig9.*libssl3/m);
  assert.doesNotMatch(fields, /@[A-Z]+@/);

  // No path of make install's is left, and what it unpacks to is what it says.
  const place = new Place(t);
  assert.equal(run(['-R', file, place.path], { program: 'dpkg-deb' }).code, 0);
  const grep = run(['-rlI', '/usr/local/lib', join(place.path, 'etc'), join(place.path, 'lib'), join(place.path, 'usr/lib'),
    join(place.path, 'usr/share/doc/signpost/examples')], { program: 'grep' });
  assert.equal(grep.out, '');
  assert.deepEqual(brokenBelow(join(place.path, 'usr/share/doc/signpost')), []);
  const sums = run(['-c', '--quiet', 'DEBIAN/md5sums'], { program: 'md5sum', cwd: place.path });
  assert.deepEqual(sums, { code: 0, out: '', err: '' });
  assert.match(run(['--version'], { program: join(place.path, 'usr/bin/signpost') }).out, /^signpost \d/);

  const said = run(['--allow-root', '--fail-on', 'error', file], { program: 'lintian' });
  assert.equal(said.code, 0, said.out + said.err);
  const warnings = said.out.split('\n').filter((line) => /^[EW]:/.test(line));
  assert.deepEqual(warnings.filter((line) => pages.length > 0 || !line.includes('no-manual-page')), []);
});

// Installed, used in both ways of README.Debian, installed once more, removed,
// purged.
test('from dpkg -i to the purge', { skip }, async (t) => {
  const place = new Place(t);
  const machine = await boot(place);
  if (typeof machine === 'string') return t.skip(`no machine: ${machine}`);
  const good = (...command) => {
    const done = machine.run(...command);
    assert.equal(done.code, 0, `${command.join(' ')}: ${done.out}${done.err}`);
    return done.out;
  };
  const there = (name) => machine.run('test', '-e', name).code === 0;
  machine.write('/tmp/signpost.deb', '');
  copyFileSync(build(), machine.path('/tmp/signpost.deb'));
  // Nothing of this machine's may be in the way, and dpkg need not wait for the disk.
  for (const name of ['/usr/sbin/policy-rc.d', '/etc/dpkg/dpkg.cfg.d', '/etc/signpost']) good('rm', '-rf', name);
  const install = () => good('dpkg', '--force-unsafe-io', '-i', '/tmp/signpost.deb');
  install();
  assert.equal(good('dpkg', '--verify', 'signpost'), '');
  assert.equal(machine.run('systemctl', 'is-enabled', 'signpost.socket').out, 'disabled\n');
  assert.equal(machine.run('systemctl', 'is-active', 'signpost.socket').code === 0, false);
  assert.ok(!there(SOCKET) && !there('/var/lib/signpost'));

  // README.Debian's first lines.
  good('signpost', 'keygen', '/etc/signpost/session.key');
  machine.write('/etc/signpost/session.key', `${SESSION_KEY}\n`, 0o600);
  machine.write('/etc/signpost/cloudinary.secret', `${API_SECRET}\n`, 0o600);
  good('signpost', 'check', '/etc/signpost/signpost.conf');

  // Whatever listens on port 80 of the machine.
  good('ip', 'link', 'set', 'lo', 'up');
  machine.run('systemd-tmpfiles', '--create', '--prefix=/run'); // as at a real start
  const answers = async () => {
    const curl = (...args) => machine.run('curl', '-s', '-i', '-m', '5', ...args, 'http://127.0.0.1/api/sign?policy=avatar').out;
    await until('the server answers', () => /^HTTP/.test(curl())).catch((error) => {
      throw new Error(`${error.message}\n${machine.run('journalctl', '--no-pager', '-n', '40', '-o', 'cat').out}`);
    });
    assert.match(curl(), /^HTTP\/1\.1 401 /);
    assert.match(curl('-b', `session=${session('alice')}`), /^HTTP\/1\.1 200 [^]*"signature":"[0-9a-f]{64}"/);
  };

  // As a service, behind Debian's own nginx and Apache.
  good('systemctl', 'enable', '--now', 'signpost@1', 'signpost@2');
  const signed = async () => {
    const connection = new FastcgiConnection(machine.path(SOCKET));
    connection.write(fastcgiRequest({ GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'policy=avatar',
      REMOTE_ADDR: '192.0.2.1', HTTP_COOKIE: `session=${session('alice')}` }));
    const answer = await within(connection.answer(), 'an answer');
    connection.close();
    return answer;
  };
  const SIGNED = /^Status: 200 [^]*"signature":"[0-9a-f]{64}"/;
  assert.match(await signed(), SIGNED);
  const pid = () => good('systemctl', 'show', '-P', 'MainPID', 'signpost@2');
  const before = pid();
  install(); // an upgrade: the workers go on as the new program
  assert.notEqual(pid(), before);
  assert.match(await signed(), SIGNED);

  const examples = '/usr/share/doc/signpost/examples';
  good('cp', `${examples}/nginx.conf`, '/etc/nginx/snippets/signpost.conf');
  good('rm', '-rf', '/etc/nginx/sites-enabled');
  machine.write('/etc/nginx/sites-enabled/site', 'server { listen 127.0.0.1:80; include snippets/signpost.conf; }\n');
  good('systemctl', 'start', 'nginx');
  await answers();
  good('systemctl', 'stop', 'nginx');
  good('rm', '/etc/nginx/snippets/signpost.conf', '/etc/nginx/sites-enabled/site');
  good('cp', `${examples}/apache-proxy.conf`, '/etc/apache2/conf-available/signpost-proxy.conf');
  good('a2enmod', '-q', 'proxy_fcgi');
  good('a2enconf', '-q', 'signpost-proxy');
  good('systemctl', 'start', 'apache2');
  await answers();
  good('a2disconf', '-q', 'signpost-proxy');
  good('systemctl', 'stop', 'apache2');
  good('rm', '/etc/apache2/conf-available/signpost-proxy.conf');

  // Started by Debian's own lighttpd and Apache.
  good('systemctl', 'disable', '--now', 'signpost.socket', 'signpost@1', 'signpost@2');
  good('rm', '-rf', '/var/lib/signpost', '/var/lib/private/signpost');
  good('chgrp', 'www-data', '/etc/signpost/session.key', '/etc/signpost/cloudinary.secret');
  good('chmod', '640', '/etc/signpost/session.key', '/etc/signpost/cloudinary.secret');
  good('install', '-d', '-m', '700', '-o', 'www-data', '-g', 'www-data', '/var/lib/signpost');
  good('runuser', '-u', 'www-data', '--', 'signpost', 'check', '/etc/signpost/signpost.conf');
  machine.run('lighty-enable-mod', 'signpost'); // 2 when fastcgi was enabled before
  good('systemctl', 'start', 'lighttpd');
  await answers();
  good('systemctl', 'stop', 'lighttpd');
  good('a2enmod', '-q', 'fcgid');
  good('a2enconf', '-q', 'signpost');
  good('systemctl', 'start', 'apache2');
  await answers();
  good('a2dismod', '-q', 'fcgid'); // the same as plain CGI
  good('a2enmod', '-q', 'cgid');
  good('systemctl', 'restart', 'apache2');
  await answers();
  good('systemctl', 'stop', 'apache2');

  // Away again: what was switched on is off, and the servers do without it.
  const others = () => {
    good('apache2ctl', '-t');
    good('lighttpd', '-tt', '-f', '/etc/lighttpd/lighttpd.conf');
    assert.equal(good('find', '/etc/apache2/conf-enabled', '/etc/lighttpd/conf-enabled', '-name', '*signpost*'), '');
  };
  good('rm', '-rf', '/var/lib/signpost');
  good('systemctl', 'enable', '--now', 'signpost@1');
  assert.match(await signed(), SIGNED);
  good('dpkg', '--force-unsafe-io', '-r', 'signpost');
  assert.ok(!there('/usr/bin/signpost') && !there(SOCKET));
  others();
  assert.ok(there('/etc/signpost/signpost.conf') && there('/var/lib/private/signpost/counters'));
  assert.equal(machine.run('systemctl', 'is-active', 'signpost@1').code === 0, false);
  good('dpkg', '--force-unsafe-io', '-P', 'signpost');
  others();
  assert.equal(good('find', '/etc', '/usr', '/var/lib', '/lib/systemd', '-xdev', '-name', '*signpost*', '-not', '-path', '/usr/local/*', '-not', '-path', '/var/lib/apache2/*'),
    '/etc/signpost\n');
  assert.equal(good('ls', '/etc/signpost'), 'cloudinary.secret\nsession.key\n');
});
