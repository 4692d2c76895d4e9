// tests/tools/packages.sh: what it says before it fetches, and what comes of a
// package that can't be had. apt-get is a stand-in here.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, root, run } from './site.mjs';

const skip = process.getuid() === 0 ? false : 'only root installs';

// A machine without these commands. Its apt-get says what Debian's says, notes
// what it installs, and has no package of the last name.
function machine(t, without, none = '') {
  const place = new Place(t);
  mkdirSync(join(place.path, 'bin'));
  for (const folder of ['/usr/sbin', '/usr/bin', '/sbin', '/bin'])
    for (const name of readdirSync(folder))
      if (![...without, 'apt-get'].includes(name) && !existsSync(join(place.path, 'bin', name)))
        try {
          symlinkSync(join(folder, name), join(place.path, 'bin', name));
        } catch { /* a link that leads nowhere */ }
  place.write('bin/apt-get', `#!/bin/sh
case "$*" in
update*) exit 0 ;;
*--assume-no*) echo '0 upgraded, 7 newly installed, 0 to remove and 3 not upgraded.'; echo 'Need to get 4,321 kB of archives.'; exit 1 ;;
*${none || 'none-of-them'}*) echo 'E: Unable to locate package ${none}' >&2; exit 100 ;;
esac
echo "$*" >>'${place.path}/installed'
`, 0o755);
  // With commands alone: headers and modules are looked for by programs that take their time.
  const inside = place.write('packages.sh', readFileSync(join(root, 'tests/tools/packages.sh'), 'utf8')
    .replace(/^PATH=.*/m, `PATH=${place.path}/bin`).replace(/^[a-z]+ +[hp]:.*\n/gm, ''));
  return {
    packages: (args, env = {}) => run([inside, ...args], { program: 'sh', env }),
    installed: () => run([join(place.path, 'installed')], { program: 'cat' }).out,
  };
}

test('it says how much it fetches before it does', { skip }, (t) => {
  const { packages, installed } = machine(t, ['mandoc', 'lighttpd']);
  const { code, out } = packages(['build', 'check']);
  assert.equal(code, 0, out);
  assert.match(out, /^packages: missing here: lighttpd mandoc\npackages: fetching 7 packages, 4,321 kB\n/);
  assert.equal(installed(), 'install -q -y --no-install-recommends lighttpd mandoc\n');
});

test('nothing is fetched where nothing is missing', { skip }, (t) => {
  const { packages, installed } = machine(t, []);
  assert.deepEqual(packages(['build', 'quick']), { code: 0, out: '', err: '' });
  assert.equal(installed(), '');
});

test('what only some tests need may be missing, and they are named', { skip }, (t) => {
  const { packages, installed } = machine(t, ['mandoc', 'lintian', 'lighttpd'], 'mandoc');
  const { code, out } = packages(['build', 'check']);
  assert.equal(code, 0, out);
  assert.match(out, /^packages: mandoc can't be had$/m);
  assert.deepEqual(installed().split('\n').map((line) => line.split(' ').pop()), ['lighttpd', 'lintian', '']);
  assert.equal(packages(['lacks', 'check']).out, 'deb lintian\nman mandoc\n');
});

test('but not where everything must be tested, nor what all need', { skip }, (t) => {
  const some = machine(t, ['mandoc'], 'mandoc');
  assert.notEqual(some.packages(['build', 'check'], { CI: 'true' }).code, 0);
  const all = machine(t, ['lighttpd'], 'lighttpd');
  assert.notEqual(all.packages(['build', 'check']).code, 0);
  assert.equal(all.installed(), '');
});
