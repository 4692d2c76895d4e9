// What surrounds a command: closed and full descriptors, folders and files
// that other users made, and names that are no text.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, program, run } from './site.mjs';
import { session } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "1234"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = { avatar = { action = "upload"; limit = "1000/day"; set = { public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg"; }; }; };
`;

const site = (t) => {
  const place = new Place(t);
  return { place, path: place.configure(conf) };
};

const sh = (script, args, options = {}) => run(['-c', script, program, ...args], { program: '/bin/sh', ...options });

const complaint = `{"error":{"message":"Invalid Signature ${'a'.repeat(40)}. String to sign - 'public_id=a&timestamp=1767225600'."}}`;

// Each prints more than nothing, and is content where its output is heard.
const commands = (path) => [
  [['--help']], [['--version']], [['check', '--help']], [['keygen']], [['check', path]], [['check', '--json', path]],
  [['doctor', path]], [['doctor', '--json', path]], [['mint', '--user', 'alice', path]],
  [['sign', '--policy', 'avatar', '--user', 'alice', path]], [['sign', '--json', '--policy', 'avatar', '--user', 'alice', path]],
  [['call', '--user', 'alice', '--config', path, 'policy=avatar']],
  [['call', '--json', '--user', 'alice', '--config', path, 'policy=avatar']],
  [['inspect', `session=${session('alice')}`, path]], [['inspect', '--json', `session=${session('alice')}`, path]],
  [['explain', '--ours', 'public_id=b&timestamp=1767225600', path], complaint],
  [['explain', '--json', '--ours', 'public_id=b&timestamp=1767225600', path], complaint],
];

test('an output that is full, closed or nobody\'s: no success, and nothing is written elsewhere', (t) => {
  const { path } = site(t);
  for (const [args, input = ''] of commands(path)) {
    const heard = sh('exec "$0" "$@"', args, { input });
    assert.equal(heard.code, 0, `${args}: ${heard.err}`);
    assert.equal(sh('exec "$0" "$@" >/dev/full', args, { input }).code, 1, `${args} >/dev/full`);
    assert.equal(sh('exec "$0" "$@" >&-', args, { input }).code, 1, `${args} >&-`);
    assert.equal(sh('exec "$0" "$@" 2>&-', args, { input }).code, 0, `${args} 2>&-`);
    assert.notEqual(sh('exec "$0" "$@" >&- 2>&- <&-', args).code, 0, `${args}, all closed`);
    // What it counted in is whole.
    const after = run(['call', '--user', 'alice', '--config', path, 'policy=avatar']);
    assert.equal(after.code, 0, `${args}: ${after.out}${after.err}`);
  }
});

const EVE = 12345;
const rootAlone = { skip: process.getuid() !== 0 && 'root alone has something to lose here' };

// Who can write where root makes something can put a link in its place, and
// root's chown, chmod and unlink follow it.
test('init makes nothing where another user could change it meanwhile', rootAlone, (t) => {
  const cases = {
    'a folder of a stranger\'s': (p) => mkdirSync(join(p, 'own')) ?? chownSync(join(p, 'own'), EVE, EVE),
    'a folder that all can write': (p) => mkdirSync(join(p, 'own')) ?? chmodSync(join(p, 'own'), 0o777),
    'a folder that a strange group can write': (p) =>
      mkdirSync(join(p, 'own')) ?? chownSync(join(p, 'own'), 0, EVE) ?? chmodSync(join(p, 'own'), 0o775),
    'a stranger\'s link to a folder of root\'s': (p) => {
      for (const name of ['eve', 'real']) mkdirSync(join(p, name));
      symlinkSync('../real', join(p, 'eve/own'));
      chownSync(join(p, 'eve'), EVE, EVE);
      return 'eve/own';
    },
    'a link to nowhere': (p) => symlinkSync('nowhere', join(p, 'own')),
    'the last folder itself': (p) => {
      mkdirSync(join(p, 'own/signpost'), { recursive: true });
      chownSync(join(p, 'own/signpost'), EVE, EVE);
    },
  };
  for (const [name, make] of Object.entries(cases)) {
    const place = new Place(t);
    const secret = place.write('s', 'a-secret-for-testing\n');
    const below = make(place.path) ?? 'own';
    const times = () => ['', 'own', 'own/signpost', 'eve', 'real'].map((part) =>
      lstatSync(join(place.path, part), { bigint: true, throwIfNoEntry: false })?.ctimeNs);
    const before = times();
    for (const more of [[], ['--replace']]) {
      const done = run(['init', '--dir', join(place.path, below, 'signpost'), '--cloud-name', 'demo', '--api-key', '1', '--api-secret-file',
        secret, '--user', 'nobody', '--yes', ...more]);
      assert.equal(done.code, 1, name);
      assert.match(done.err, /nothing was made/, name);
      assert.deepEqual(times(), before, `${name}: not for a moment`);
    }
  }
});
