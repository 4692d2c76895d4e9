// What surrounds a command: closed and full descriptors, folders and files
// that other users made, and names that are no text.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, command as cli, run, until } from './site.mjs';
import { doctor } from './doctor.mjs';
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

const sh = (script, args, options = {}) => run(['-c', script, cli, ...args], { program: '/bin/sh', ...options });

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

// What root pastes goes by names, too: whose folder it is can put a link there.
test('doctor: no command gives away what another user\'s link leads to', rootAlone, async (t) => {
  const nobody = 65534;
  const cases = {
    'a secret is a link': (p) => {
      mkdirSync(join(p, 'site/own'));
      renameSync(join(p, 'site/session.key'), join(p, 'site/own/session.key'));
      rmSync(join(p, 'site/own/session.key'));
      symlinkSync(join(p, 'shadow'), join(p, 'site/own/session.key'));
      chownSync(join(p, 'site/own'), nobody, nobody);
    },
    'the folder for counts is a link': (p) => symlinkSync(join(p, 'private-of-root'), join(p, 'site/own/counters')),
    'the control file is a link': (p) => symlinkSync(join(p, 'shadow'), join(p, 'home/api/sign.cgi')),
    'the control file is another name of a file': (p) => writeFileSync(join(p, 'home/api/sign.cgi'), `#!${join(p, 'shadow')} --config=/x\n`),
    'what would be made to move a secret to is a link': (p) => {
      mkdirSync(join(p, 'home/www'));
      writeFileSync(join(p, 'home/www/session.key'), 'a-session-key-for-testing-only\n', { mode: 0o600 });
      symlinkSync(join(p, 'private-of-root'), join(p, 'home/private'));
    },
  };
  const keys = { 'a secret is a link': 'own/session.key', 'what would be made to move a secret to is a link': '../home/www/session.key' };
  for (const [name, make] of Object.entries(cases)) {
    const place = new Place(t);
    const p = place.path;
    chmodSync(p, 0o755);
    for (const folder of ['site', 'site/own', 'home', 'home/api', 'private-of-root']) mkdirSync(join(p, folder));
    chmodSync(join(p, 'private-of-root'), 0o700);
    writeFileSync(join(p, 'shadow'), 'for root alone\n', { mode: 0o600 });
    writeFileSync(join(p, 'site/cloudinary.secret'), 'a-secret-for-testing\n', { mode: 0o640 });
    writeFileSync(join(p, 'site/session.key'), 'a-session-key-for-testing-only\n', { mode: 0o640 });
    for (const file of ['cloudinary.secret', 'session.key']) chownSync(join(p, 'site', file), 0, nobody);
    writeFileSync(join(p, 'site/signpost.conf'), `store = "own/counters";${conf}`.replace('session.key', keys[name] ?? 'session.key'));
    if (name === 'a secret is a link') rmSync(join(p, 'site/own'), { recursive: true });
    make(p);
    run(['-hR', '65534:65534', join(p, 'home'), join(p, 'site/own')], { program: 'chown' });
    const kept = () => ['shadow', 'private-of-root'].map((file) => {
      const st = lstatSync(join(p, file));
      return `${st.mode} ${st.uid} ${st.gid}`;
    });
    const before = kept();
    const report = doctor(['--user', 'nobody', '--document-root', join(p, 'home/www'), '--control', join(p, 'home/api/sign.cgi'), join(p, 'site/signpost.conf')]);
    assert.ok(report.faults > 0, name);
    for (const { mend } of report.findings.filter((f) => f.mend?.includes(p))) {
      assert.doesNotMatch(mend, /\bch(own|grp) (?!-h )/, mend);
      sh(mend, [], { input: '' });
    }
    assert.deepEqual(kept(), before, name);
    const found = run(['-u', 'nobody', '--', 'grep', '-rl', 'for root alone', p], { program: 'runuser' });
    assert.equal(found.out, '', name);
  }
});

// A process of anybody's can call itself what it likes, and say what it likes.
test('doctor: what other users\' processes say', rootAlone, async (t) => {
  const place = new Place(t);
  const p = place.path;
  chmodSync(p, 0o755);
  const config = place.configure(conf);
  mkdirSync(join(p, 'eve'));
  chownSync(join(p, 'eve'), EVE, EVE);
  copyFileSync('/bin/sleep', join(p, 'signpost'));
  chmodSync(join(p, 'signpost'), 0o755);
  const listen = (path) => `
import ctypes, os, socket
s = socket.socket(socket.AF_UNIX); s.bind(${JSON.stringify(path)}); s.listen(); os.chmod(${JSON.stringify(path)}, 0o777)
`;
  // One of root's own.
  place.start('python3', ['-c', `${listen(join(p, 'ours.sock'))}os.chmod('${join(p, 'ours.sock')}', 0o600)
os.dup2(s.fileno(), 0)
print('socket', os.fstat(0).st_ino, flush=True)
os.execv(${JSON.stringify(join(p, 'signpost'))}, ['signpost', '600'])
`]);
  const ours = await until('it listens', () => /socket (\d+)/.exec(place.log)?.[1]);
  // Everybody's on purpose; eve's own socket is a link to it when it is looked at.
  run(['-c', listen(join(p, 'everybody.sock'))], { program: 'python3' });
  place.start('python3', ['-c', `${listen(join(p, 'eve/s'))}import shutil, time
os.chdir(${JSON.stringify(p)})
libc = ctypes.CDLL(None)
os.setgroups([]); os.setuid(${EVE})
# A line of its own in the kernel's list, for the socket of root's.
os.chdir('eve')
name = 'x\\n0: 0 0 0 0 0 %d ${join(p, 'everybody.sock')}' % ${ours}
os.makedirs(os.path.dirname(name))
liar = socket.socket(socket.AF_UNIX); liar.bind(name); liar.listen()
os.chdir('..')
os.unlink('eve/s'); os.symlink('../everybody.sock', 'eve/s')
os.mkfifo('eve/fifo')
with open('eve/nginx.conf', 'w') as conf:
    for i in range(40):
        os.mkdir('eve/%d' % i)
        conf.write('root %s/eve/%d;\\n' % (os.getcwd(), i))
def start(words, name=None):
    if os.fork() == 0:
        libc.prctl(1, 9, 0, 0, 0) # ends with its parent
        os.dup2(s.fileno(), 0)
        os.execv('eve/nginx' if name else './signpost', words)
shutil.copy('/bin/sh', 'eve/nginx')
for file in ('fifo', 'nginx.conf'):
    start(['nginx', '-c', 'read x; : "$0" "$@"', 'x', '-c', '%s/eve/%s' % (os.getcwd(), file)], 'nginx')
for i in range(300):
    start(['signpost\\x1b[2J\\n' + 'x' * 8000, '600'])
print('there', flush=True)
time.sleep(600)
`]);
  await until('they run', () => /there/.test(place.log)).catch((error) => assert.fail(`${error.message}: ${place.log}`));
  const report = doctor(['--user', 'nobody', config]);
  const seen = report.findings.filter((f) => /^process \d+$/.test(f.what));
  assert.ok(seen.length > 0 && seen.length < 50, `${seen.length} are shown`);
  assert.ok(report.findings.some((f) => /\d+ more/.test(f.says)), 'and the others counted');
  assert.ok(report.findings.every((f) => !f.mend?.includes('eve')), 'whose socket it is is nobody\'s business');
  assert.ok(report.findings.every((f) => f.group !== 'published' || !f.what.includes('eve/')), 'and so is what they publish');
});

// The user whose eyes it borrows can stop whatever looks with them.
test('doctor ends, whatever the user does to it', rootAlone, async (t) => {
  const place = new Place(t);
  chmodSync(place.path, 0o755);
  const config = place.configure(`log = "fifo";${conf}`);
  run([join(place.path, 'fifo')], { program: 'mkfifo' });
  place.start('python3', ['-c', `
import os, signal, time
os.setgroups([]); os.setuid(${EVE})
print('there', flush=True)
end = time.time() + 600
while time.time() < end:
    for pid in os.listdir('/proc'):
        try:
            if pid.isdigit() and int(pid) != os.getpid(): os.kill(int(pid), signal.SIGSTOP)
        except OSError: pass
`]);
  await until('it runs', () => /there/.test(place.log)).catch((error) => assert.fail(`${error.message}: ${place.log}`));
  const done = run(['doctor', '--json', '--user', String(EVE), config]);
  assert.ok(done.code === 0 || done.code === 1, `${done.code}`);
  JSON.parse(done.out);
});

// Pieces that break terminals, JSON, UTF-8 and quoting, put together by chance;
// the same chance each time.
const pieces = ['\x1b[2J', '\x1b]0;x\x07', '\xc2\x9b31m', '\xc2\x85', '\x7f', '\r', '\n', '\xed\xa0\x80', '\xff\xfe', '\xc0\xaf', '\xf4\x90\x80\x80',
  '\xc3', '"', '\\', '\'', 'a', '=', '&', '%00', '\\u0000', '\\ud800', '\\u009b', '{"', '}', '<', '$(x)', '-'];

function chance(seed) {
  let state = seed;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return { pick: (list) => list[below(list.length)], odd: (n = 6) => Array.from({ length: 1 + below(n) }, () => pieces[below(pieces.length)]).join('') };
}

test('whatever it is given: no control byte, UTF-8, and JSON where that was asked', (t) => {
  const { place, path } = site(t);
  const { pick, odd } = chance(20260101);
  const b64 = (bytes) => Buffer.from(bytes, 'latin1').toString('base64url');
  const token = () => `${b64('{"alg":"HS256","typ":"JWT"}')}.${b64(`{"sub":"${odd()}","iss":"${pick(['\\u001b[2J', '\\u009b', '\\ud800', odd()])}"}`)}.${odd()}`;
  const name = () => odd(3).replaceAll('/', '');
  const rows = {
    explain: () => [['explain', ...pick([[], ['--ours', `x=${odd(4)}`], ['--signature', odd(4)]]), path],
      pick([(s) => `Invalid Signature ${'a'.repeat(40)}. String to sign - '${s}'.`, (s) => `{"error":{"message":"Invalid Signature ${s}. String to sign - '${s}'."}}`,
        (s) => `X-Cld-Error: Invalid Signature ${odd()}. String to sign - '${s}'`, (s) => `${s}\n${s}`])(`public_id=${odd(12)}&timestamp=${pick(['1767225600', odd()])}`)],
    inspect: () => [['inspect', '-', path], pick([() => `session=${token()}`, () => `${odd()}=${odd()}; a.sig=${odd()}`, () => `Set-Cookie: ${odd()}=${token()}`, () => `eyJ${odd(9)}`])()],
    call: () => [['call', '--user', pick(['alice', odd(3)]), '--config', path, ...pick([[], ['--header', `X-A: ${odd(3)}`], ['--header', odd(3)], ['--body', odd(5)],
      ['--cookie', odd(4)], ['--method', odd(2)], ['--content-type', odd(2)], ['--address', odd(2)]]), pick(['policy=avatar&', 'policy=']) + odd(5)]],
    sign: () => [['sign', '--policy', pick(['avatar', odd(3)]), '--user', pick(['alice', odd(2)]), '--config', path, `public_id=${odd(5)}`]],
    check: () => [['check', place.write('odd.conf', `session = { ${odd(3)} = "${odd(3)}"; };\npolicies = { ${odd(2)} = { action = "${odd(2)}"; }; };`)]],
    'check, by name': () => [['check', join(place.path, name())]],
    doctor: () => [['doctor', '--control', join(place.path, name()), '--document-root', `/${name()}`, join(place.path, name())]],
    'no command': () => [[pick([odd(3), 'mint', 'inspect', 'init', 'doctor', 'check']), pick(['', '--']) + odd(3)]],
  };
  for (let round = 0; round < 12; round++)
    for (const [what, make] of Object.entries(rows))
      for (const json of [[], ['--json']]) {
        const [[command, ...args], input = ''] = make();
        const words = [command, ...(what === 'no command' ? [] : json), ...args];
        // Bytes, not text: a shell takes them from printf, as a spawned process's words are UTF-8.
        const script = words.map((word) => `"$(printf '${[...Buffer.from(word, 'latin1')].map((c) => `\\${c.toString(8).padStart(3, '0')}`).join('')}.')"`);
        const done = run(['-c', `cut() { for w; do set -- "$@" "\${w%.}"; shift; done; exec "$cli" "$@"; }; cut ${script.join(' ')}`],
          { program: '/bin/sh', encoding: 'buffer', input: Buffer.from(input, 'latin1'), cwd: place.path, env: { cli } });
        const said = `${what} ${JSON.stringify(words)} ${JSON.stringify(input)}: ${done.out.toString('latin1')}${done.err.toString('latin1')}`;
        assert.ok([0, 1, 2].includes(done.code), `${done.code}: ${said}`);
        for (const bytes of [done.out, done.err]) {
          const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
          assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, said);
        }
        if (words.includes('--json') && done.out.length > 0) JSON.parse(done.out.toString());
      }
});
