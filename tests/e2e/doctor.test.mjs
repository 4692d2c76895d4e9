// `signpost doctor`: every fault is made, found, mended by pasting the command
// that it prints, and gone.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync,
  symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { about, command, doctor, faults, mend, paste, program } from './doctor.mjs';
import { Place, freePort, lighttpdSample, run, serve, startRedis, stop, until } from './site.mjs';
import { API_SECRET, OTHER_SECRET, SESSION_KEY } from './token.mjs';
import { ask } from './client.mjs';

const root = process.getuid() === 0;
const conf = (more = '') => `
cloudinary = { cloud_name = "demo"; api_key = "1234"; api_secret_file = "cloudinary.secret"; };
session = { format = "jwt"; cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); };
${more}
policies = { remove = { action = "destroy"; allow = { public_id = "users/{user}/**"; }; limit = "60/hour"; }; };
`;

const site = (t, more, files) => {
  const place = new Place(t);
  place.conf = place.configure(conf(more), files);
  place.file = (name) => join(place.path, name);
  place.look = () => doctor([place.conf]);
  return place;
};

// All that is there, to the nanosecond.
const tree = (path) => readdirSync(path).sort().flatMap((name) => {
  const st = lstatSync(join(path, name), { bigint: true });
  return [`${name} ${st.mode} ${st.uid} ${st.size} ${st.ctimeNs}`, ...(st.isDirectory() ? tree(join(path, name)) : [])];
});

test('nothing that bites: exit 0, no secret is said, and nothing is changed', (t) => {
  const place = site(t);
  const before = tree(place.path);
  const report = place.look();
  assert.equal(report.code, 0, JSON.stringify(faults(report)));
  assert.deepEqual(tree(place.path), before);
  for (const [what, group] of [[place.conf, 'configuration'], [place.conf, 'files'], [place.file('cloudinary.secret'), 'files'],
    [place.file('session.key'), 'files'], ['libcrypto', 'libraries'], ['locks', 'kernel']])
    assert.ok(report.findings.some((f) => f.what === what && f.group === group && f.state === 'ok'), `${group} ${what}`);
  const text = run(['doctor', place.conf]);
  assert.equal(text.code, 0);
  assert.match(text.out, /curl 'http:\/\/localhost\/api\/sign\?health'/);
  assert.match(text.out, /^0 faults, \d+ warnings?$/m);
  for (const secret of [API_SECRET, SESSION_KEY, OTHER_SECRET]) assert.ok(!`${text.out}${report.out}`.includes(secret));
  // A pasted curl line has a cookie that the configuration takes.
  const minted = /\$\((.* mint .*)\)/.exec(report.try[1])[1];
  assert.match(paste(minted).out, /^session=/);
  // From another folder, by a relative name, the commands are still absolute.
  assert.equal(doctor(['signpost.conf'], { cwd: place.path }).findings.find((f) => f.group === 'files').what, place.conf);
});

test('each fault of the own user, and the command that mends it', async (t) => {
  const cases = {
    'a secret that all can read': ['cloudinary.secret', (p) => chmodSync(p.file('cloudinary.secret'), 0o644), /everybody has rights/],
    'a secret that the group can write': ['session.key', (p) => chmodSync(p.file('session.key'), 0o660), /others than its owner can write/],
    'a configuration that all can write': ['signpost.conf', (p) => chmodSync(p.conf, 0o666), /others than its owner can write/],
    'a link for a secret': ['session.key', (p) => {
      renameSync(p.file('session.key'), p.file('real.key'));
      symlinkSync('real.key', p.file('session.key'));
    }, /symbolic link/],
    'a missing secret': ['cloudinary.secret', (p) => rmSync(p.file('cloudinary.secret')), /no such file/, { input: `${API_SECRET}\n` }],
    'a folder that all can write': ['signpost.conf', (p) => chmodSync(p.path, 0o777), /everybody can write to its folder/],
    'a list that all can write': ['denied.users', (p) => chmodSync(p.file('denied.users'), 0o666), /others than its owner can write/],
    'a log that all can write': ['signpost.log', (p) => p.write('signpost.log', '', 0o666), /everybody can write to it/],
    'a configuration of tomorrow': ['signpost.conf', (p) => utimesSync(p.conf, Date.now() / 1000, Date.now() / 1000 + 86400), /after now/, { date: true }],
  };
  const files = { 'denied.users': 'mallory\n' };
  for (const [name, [file, make, says, options = {}]] of Object.entries(cases)) {
    await t.test(name, (t) => {
      const place = site(t, 'log = "signpost.log";', files);
      writeFileSync(place.conf, readFileSync(place.conf, 'utf8').replace('keys =', 'deny_users_file = "denied.users"; keys ='));
      assert.deepEqual(about(place.look(), place.file(file)), [], 'before');
      make(place);
      const found = about(place.look(), place.file(file)).map((f) => f.says).join('\n');
      assert.match(found, says);
      if (options.date) {
        // The command touches it where the clock is right, as it is here.
        const [{ mend: command }] = about(place.look(), place.file(file), 'clock');
        paste(command.replace(/^date -u; # where that is right: /, ''));
      } else {
        mend(place.look, place.file(file), { input: '', ...options, group: /log/.test(file) ? 'log' : 'files' });
      }
      const after = place.look();
      assert.deepEqual(faults(after), [], name);
      assert.deepEqual(about(after, place.file(file)), []);
    });
  }
});

test('a name with blanks and quotes is one word of the command', (t) => {
  const place = new Place(t);
  const odd = "it's a $(touch x) \"key\".secret";
  place.configure(conf().replace('cloudinary.secret', odd.replaceAll('"', '\\"')), { [odd]: `${API_SECRET}\n` });
  const file = join(place.path, odd);
  const look = () => doctor([join(place.path, 'signpost.conf')]);
  assert.deepEqual(about(look(), file), []);
  chmodSync(file, 0o644);
  mend(look, file, { cwd: place.path });
  assert.equal(lstatSync(file).mode & 0o777, 0o640);
  assert.ok(!existsSync(join(place.path, 'x')));
});

test('mistakes in the configuration, and where it was found', (t) => {
  const place = site(t);
  writeFileSync(place.conf, conf('origin = [ ];'));
  const [found] = about(place.look(), place.conf, 'configuration');
  assert.match(found.says, /^1 mistake, .*line 4: .*origins.*as it was named/);
  assert.match(run(['-c', found.mend], { program: '/bin/sh' }).err, /signpost\.conf:4: error/);
  const by = run(['doctor', '--json'], { env: { SIGNPOST_CONFIG: place.conf } });
  assert.match(by.out, /found by SIGNPOST_CONFIG/);
  assert.match(run(['doctor', '--json', join(place.path, 'none.conf')]).out, /no such file/);
  for (const wrong of [['a', 'b'], ['--user', 'no-such-user-here'], ['--user'], ['--suexec'], ['--json=1']])
    assert.equal(run(['doctor', ...wrong]).code, 2, wrong.join(' '));
  assert.match(run(['doctor', '--help']).out, /^usage: signpost doctor/);
});

test('what lies below the document root is published', (t) => {
  const place = site(t);
  assert.deepEqual(about(doctor(['--document-root', place.file('www'), place.conf]), place.conf), []);
  mkdirSync(place.file('www/api'));
  for (const name of ['signpost.conf', 'cloudinary.secret', 'session.key']) renameSync(place.file(name), place.file(`www/api/${name}`));
  const look = () => doctor(['--document-root', place.file('www'), place.file('www/api/signpost.conf')]);
  const report = look();
  assert.equal(report.code, 1);
  for (const name of ['signpost.conf', 'cloudinary.secret', 'session.key']) {
    const [found] = about(report, place.file(`www/api/${name}`), 'published');
    assert.match(found.says, /is published/);
    paste(found.mend);
  }
  const after = doctor(['--document-root', place.file('www'), place.file('private/signpost.conf')]);
  assert.deepEqual(faults(after), []);
});

test('another user, seen by root', { skip: !root && 'root alone can be somebody else' }, async (t) => {
  const cases = {
    'everything is root\'s': () => {},
    'a folder of a stranger\'s': (p) => chownSync(p.path, 12345, 12345),
    'a secret of a stranger\'s': (p) => chownSync(p.file('session.key'), 12345, 12345),
    'a folder that a strange group can write': (p) => {
      chownSync(p.path, 0, 12345);
      chmodSync(p.path, 0o775);
    },
    'a configuration that only root reads': (p) => chmodSync(p.path, 0o755),
    'counters of root\'s': (p) => mkdirSync(p.file('counters')),
    'a log of root\'s': (p) => p.write('signpost.log', ''),
  };
  for (const [name, make] of Object.entries(cases)) {
    await t.test(name, (t) => {
      const place = site(t, 'log = "signpost.log";');
      make(place);
      const look = () => doctor(['--user', 'nobody', place.conf]);
      assert.equal(look().code, 1);
      for (let i = 0; i < 12; i++) {
        const [first] = look().findings.filter((f) => f.state !== 'ok' && f.mend && ['files', 'log', 'store'].includes(f.group));
        if (!first) break;
        paste(first.mend);
      }
      const after = look();
      assert.deepEqual(faults(after), []);
      assert.deepEqual(after.findings.filter((f) => f.state !== 'ok' && f.group === 'log'), []);
      // What the doctor calls healthy, the program takes: a request as that user.
      const asked = run(['-u', 'nobody', '--', 'env', 'GATEWAY_INTERFACE=CGI/1.1', 'REQUEST_METHOD=GET', 'QUERY_STRING=health',
        'SERVER_NAME=a', `SIGNPOST_CONFIG=${place.conf}`, copyOf(place)], { program: 'runuser' });
      assert.match(asked.out, /^Status: 200 /, asked.out + asked.err);
    });
  }
});

// The program where everybody can execute it.
function copyOf(place) {
  mkdirSync(place.file('bin'), { recursive: true });
  chmodSync(place.file('bin'), 0o755);
  copyFileSync(program, place.file('bin/signpost'));
  chmodSync(place.file('bin/signpost'), 0o755);
  return place.file('bin/signpost');
}

test('Redis that is not there, and is', async (t) => {
  const redis = await startRedis(t);
  const place = site(t, `store = "unix:${redis.socket}";`);
  const bites = () => place.look().findings.filter((f) => f.group === 'store' && f.state === 'fault');
  assert.deepEqual(bites(), []);
  const set = (bytes) => paste(`redis-cli -s ${redis.socket} config set maxmemory ${bytes}`);
  set(1);
  assert.match(bites()[0].says, /memory/);
  set(0);
  assert.deepEqual(bites(), []);
  await stop(redis.child);
  assert.match(bites()[0].says, /redis/);
  await redis.restart();
  assert.deepEqual(bites(), []);
});

test('the control file', (t) => {
  const place = site(t);
  const control = place.write('www/sign.cgi', `#!${program} --config=${place.conf}\n`, 0o755);
  const look = () => doctor(['--control', control, place.conf]);
  assert.deepEqual(about(look(), control, 'control'), []);
  const wrong = {
    'Windows line end': [`#!${program} --config=${place.conf}\r\n`, /Windows/],
    'no option': [`#!${program} ${place.conf}\n`, /first line is not/],
    'no program': [`#!/nowhere/signpost --config=${place.conf}\n`, /which is not there/],
    'the command line': [`#!${command} --config=${place.conf}\n`, /names the command line/],
    'another configuration': [`#!${program} --config=/etc/other.conf\n`, /another configuration/],
  };
  for (const [name, [text, says]] of Object.entries(wrong)) {
    writeFileSync(control, text);
    const found = about(look(), control, 'control');
    assert.match(found.map((f) => f.says).join('\n'), says, name);
    if (/Windows/.test(name)) {
      mend(look, control, { group: 'control' });
      assert.equal(readFileSync(control, 'utf8'), `#!${program} --config=${place.conf}\n`);
    }
  }
  writeFileSync(control, `#!${program} --config=${place.conf}\n`);
  chmodSync(control, 0o777);
  assert.ok(about(look(), control, 'control').length > 0);
  mend(look, control, { group: 'control' });
  assert.equal(lstatSync(control).mode & 0o777, 0o755);
  assert.match(about(doctor(['--control', place.file('none.cgi'), place.conf]), place.file('none.cgi'))[0].says, /no such file/);
});

test('a web server that runs: what it publishes, its processes and its socket', async (t) => {
  const place = site(t);
  const copy = copyOf(place);
  place.write('www/api/session.key', `${OTHER_SECRET}\n`);
  const port = await freePort();
  const sample = lighttpdSample(place, place.conf, 1).replaceAll(program, copy);
  place.write('lighttpd.conf', `${sample}
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${place.path}/www"
`);
  await serve(place, 'lighttpd', ['-D', '-f', place.file('lighttpd.conf')], port);
  assert.equal((await ask(port, { path: '/api/sign?health' })).status, 200);

  const ours = () => doctor([place.conf]).findings.filter((f) => f.group === 'processes' &&
    (f.says.includes(place.path) || f.what.includes(place.path) || f.state === 'warning'));
  const running = ours().find((f) => f.says.includes(place.conf));
  assert.match(running.what, /^process \d+$/);
  assert.equal(running.state, 'ok');
  assert.equal(doctor([place.conf]).findings.find((f) => f.what === `${place.path}/www`).state, 'ok');

  // Its own file says which folder is published.
  writeFileSync(place.conf, conf().replace('session.key', 'www/api/session.key'));
  const [published] = about(doctor([place.conf]), place.file('www/api/session.key'), 'published');
  assert.equal(published.state, 'fault');
  assert.match(published.says, /a guess/);
  paste(published.mend);
  writeFileSync(place.conf, conf().replace('session.key', 'private/session.key'));
  assert.deepEqual(faults(doctor([place.conf])), []);

  if (root) {
    const socket = `${place.path}/signpost.sock-0`;
    const found = () => about(doctor([place.conf]), socket);
    assert.deepEqual(found(), []);
    chmodSync(socket, 0o777);
    assert.match(found()[0].says, /everybody/);
    mend(() => doctor([place.conf]), socket);
  }

  // A new program is moved into its place: the old one runs on.
  const pid = running.what.split(' ')[1];
  const old = () => ours().find((f) => f.what === `process ${pid}` && /replaced/.test(f.says));
  assert.equal(old(), undefined);
  await new Promise((resolve) => setTimeout(resolve, 2100)); // a start is known to the second
  copyFileSync(copy, `${copy}.new`);
  chmodSync(`${copy}.new`, 0o755);
  renameSync(`${copy}.new`, copy);
  assert.equal(old().mend, `kill -TERM ${pid}`);
  paste(old().mend);
  await until('lighttpd starts another', async () => (await ask(port, { path: '/api/sign?health' })).status === 200);
  await until('the old one is gone', () => old() === undefined);
});

test('a published secret moves to where the web server\'s user can read it', { skip: !root && 'root alone can be somebody else' }, (t) => {
  const place = site(t);
  chmodSync(place.path, 0o755);
  mkdirSync(place.file('www/own'));
  for (const name of ['signpost.conf', 'cloudinary.secret', 'session.key']) renameSync(place.file(name), place.file(`www/own/${name}`));
  const look = (conf) => doctor(['--user', 'nobody', '--document-root', place.file('www'), conf]);
  for (const file of ['signpost.conf', 'cloudinary.secret', 'session.key']) mend(() => look(place.file('www/own/signpost.conf')), place.file(`www/own/${file}`), { group: 'files' });
  const moves = look(place.file('www/own/signpost.conf')).findings.filter((f) => f.group === 'published' && f.state === 'fault');
  assert.equal(moves.length, 3);
  for (const { mend: command } of moves) paste(command);
  // The folder for counts is a new one, and what is left says so.
  mend(() => look(place.file('private/signpost.conf')), place.file('private/counters'), { group: 'store' });
  assert.deepEqual(faults(look(place.file('private/signpost.conf'))), []);
});
