// What surrounds a command: closed and full descriptors, folders and files
// that other users made, and names that are no text.
import assert from 'node:assert/strict';
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
