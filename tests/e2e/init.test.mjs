// `signpost init`: what it makes passes the check at once and signs; all or
// nothing; and nothing secret is shown.
import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import cloudinary from 'cloudinary';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { doctor, faults } from './doctor.mjs';
import { Place, alive, freePort, lighttpd, command, run, serve, until } from './site.mjs';
import { API_SECRET, SESSION_KEY, seconds, session } from './token.mjs';

const root = process.getuid() === 0;
const me = root ? ['--user', 'root'] : [];
const full = (place, ...more) => ['init', '--dir', join(place.path, 'own/signpost'), '--cloud-name', 'demo', '--api-key', '874837483274837',
  '--api-secret-file', place.write('s', `${API_SECRET}\n`), ...me, ...more];
const mode = (path) => (lstatSync(path).mode & 0o7777).toString(8);

test('from options alone: modes, the check, the doctor, and a signature', async (t) => {
  const place = new Place(t);
  const made = run(full(place, '--yes', '--server', 'lighttpd', '--session-key-file', place.write('k', `${SESSION_KEY}\n`),
    '--origin', 'https://www.example.com', '--origin', 'capacitor://localhost'));
  assert.equal(made.code, 0, made.err);
  const own = join(place.path, 'own/signpost');
  const conf = join(own, 'signpost.conf');
  assert.deepEqual(readdirSync(own).sort(), ['cloudinary.secret', 'counters', 'session.key', 'signpost.conf']);
  assert.deepEqual(['', 'counters', 'cloudinary.secret', 'session.key', 'signpost.conf'].map((name) => mode(join(own, name))),
    ['700', '700', '600', '600', '600']);
  assert.equal(readFileSync(join(own, 'cloudinary.secret'), 'utf8'), `${API_SECRET}\n`);
  assert.ok(!`${made.out}${made.err}`.includes(API_SECRET) && !`${made.out}${made.err}`.includes(SESSION_KEY));
  assert.ok(!readFileSync(conf, 'utf8').includes(API_SECRET));
  const checked = run(['check', conf]);
  assert.equal(checked.code, 0, checked.err);
  for (const policy of ['avatar: a logged-in user may upload one image into', 'widget: a logged-in user may upload', 'remove: a logged-in user may delete', 'thumb: a logged-in user may get'])
    assert.match(checked.out, new RegExp(`^Policy ${policy} `, 'm'));
  assert.deepEqual(faults(doctor([conf])), []);

  // The lines that it prints are lighttpd's configuration.
  const lines = /For lighttpd:\n\n([^]*?)\n\nThen:/.exec(made.out)[1];
  assert.ok(!/\/usr\/local\/lib|\/etc\/signpost/.test(lines), lines);
  const port = await freePort();
  mkdirSync(join(place.path, 'www'));
  place.write('lighttpd.conf', `${lines.replace('/run/lighttpd/', `${place.path}/`)}
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${place.path}/www"
`);
  await serve(place, 'lighttpd', ['-D', '-f', join(place.path, 'lighttpd.conf')], port);
  const cookie = ['Cookie', `session=${session('alice')}`];
  const answer = checkAnswer(await ask(port, { path: '/api/sign?policy=avatar', headers: [cookie] }));
  assert.match(answer.public_id, /^users\/alice\/[0-9a-f]{32}$/);
  const removed = await ask(port, { path: '/api/sign?policy=remove&public_id=users/bob/cat', headers: [cookie] });
  assert.equal(removed.status, 403);

  // A second time nothing is written over, and nothing changes.
  const before = readFileSync(conf, 'utf8');
  const again = run(full(place, '--yes'));
  assert.equal(again.code, 1);
  assert.match(again.err, /signpost\.conf: this is there already/);
  assert.equal(readFileSync(conf, 'utf8'), before);
});

// A signature for a guest, made as Cloudinary's own SDK makes it.
function checkGuest({ fields, signature }, folder = 'guests') {
  const { api_key: key, signature: own, ...params } = fields;
  assert.equal(key, '874837483274837');
  assert.deepEqual(Object.keys(params).sort(), ['allowed_formats', 'overwrite', 'public_id', 'timestamp']);
  assert.match(params.public_id, new RegExp(`^${folder}/[0-9a-f]{32}$`));
  assert.equal(params.overwrite, 'false');
  assert.equal(own, cloudinary.utils.api_sign_request(params, API_SECRET, 'sha256'));
  assert.equal(signature, own);
}

test('nobody logs in: a guest may upload, that alone, and so often', async (t) => {
  const place = new Place(t);
  const made = run(full(place, '--yes', '--format', 'none', '--server', 'lighttpd'));
  assert.equal(made.code, 0, made.err);
  const own = join(place.path, 'own/signpost');
  const conf = join(own, 'signpost.conf');
  assert.match(readFileSync(conf, 'utf8'), /^# Nobody logs in: .*key that nobody uses/m);
  assert.match(made.out, /session\.key +a key that nobody uses\n/);
  assert.match(readFileSync(join(own, 'session.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
  const checked = run(['check', conf]);
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, /^Policy guest: anybody may upload one image into guests\/, 5 an hour from each address, and 500 a day for all/m);
  assert.match(checked.out, /: right, with 0 warnings\n$/);
  const report = doctor([conf]);
  assert.deepEqual(faults(report), []);
  assert.deepEqual(report.try, ["curl 'http://localhost/api/sign?health'", "curl 'http://localhost/api/sign?policy=guest'"]);

  // Its last lines work as they stand, but for the port, and need no cookie.
  const lines = /For lighttpd:\n\n([^]*?)\n\nThen:\n\n([^]*)$/.exec(made.out);
  mkdirSync(join(place.path, 'www'));
  const { port } = await lighttpd(place, `${lines[1].replace('/run/lighttpd/', `${place.path}/`)}\n`);
  const then = lines[2].trim().split('\n').map((line) => line.replace('localhost', `localhost:${port}`));
  assert.deepEqual(then.filter((line) => /mint|curl -b/.test(line)), []);
  if (3600 - (seconds() % 3600) < 60) await sleep(61000); // not over the end of a window
  const shown = then.map((line) => run(['-c', line], { program: '/bin/sh' }));
  for (const [i, { code, out, err }] of shown.entries()) assert.equal(code, 0, `${then[i]}\n${out}${err}`);
  assert.equal(JSON.parse(shown[2].out).status, 'ok');
  checkGuest(JSON.parse(shown[3].out));

  // What a guest may not send is refused, and counts nothing.
  const answerTo = async (query, headers = []) => checkAnswer(await ask(port, { path: `/api/sign?${query}`, headers }));
  for (const [name, value] of [['folder', 'users'], ['public_id', 'guests/mine'], ['overwrite', 'true'], ['allowed_formats', 'svg'], ['eager', 'w_1']]) {
    const refused = await answerTo(`policy=guest&${name}=${value}`);
    assert.deepEqual([refused.status, refused.param, refused.signature], [403, name, undefined], name);
  }
  for (const query of ['', 'policy=avatar', 'policy=remove&public_id=guests/a']) assert.equal((await answerTo(query)).status, 401, query);

  // Five in an hour for this address, with whatever cookie, and one for another.
  for (let k = 1; k < 5; k++) checkGuest(await answerTo('policy=guest', k % 2 ? [] : [['Cookie', `session=${session(`user${k}`)}`]]));
  const over = await answerTo('policy=guest');
  assert.deepEqual([over.status, over.code, over.signature], [429, 'limit_reached', undefined]);
  assert.ok(over.retry_after > 0 && over.retry_after <= 3600);
  const other = run(['-s', '--interface', '127.0.0.2', `http://127.0.0.1:${port}/api/sign?policy=guest`], { program: 'curl' });
  checkGuest(JSON.parse(other.out));
});

test('nobody logs in: what there is to answer', (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'x');
  const { seen, code } = talk(['init', '--dir', dir, ...me], [
    ['1\\. Your Cloudinary account.*: ', `CLOUDINARY_URL=cloudinary://1234:${API_SECRET}@demo`],
    ['none +nobody logs in: guests may upload(?s:.*)Format or cookie \\[jwt\\]: ', 'none'],
    ["3\\. Where do guests' pictures go \\[guests\\]: ", 'form/in'],
    ['4\\. Other sites.*\\[none\\]: ', 'https://app.example.com'],
    ['Which one \\[.*\\]: ', 'lighttpd'],
  ]);
  assert.equal(code, 0, seen);
  assert.doesNotMatch(seen, /That key|The cookie's name/);
  assert.match(readFileSync(join(dir, 'signpost.conf'), 'utf8'), /origins = \[ "https:\/\/app\.example\.com" \][^]*"form\/in\/\{random\}"/);
  // Each of these is for a login.
  for (const [option, value, says] of [['--cookie', 'a', /takes no --cookie: none/], ['--user-path', 'a', /takes no --user-path: none/],
    ['--session-key-file', '/dev/null', /takes no --session-key-file: none/], ['--folder', 'users/{user}', /guests have no name/]]) {
    const done = run(full(place, '--yes', '--format', 'none', option, value));
    assert.equal(done.code, 2, option);
    assert.match(done.err, says);
  }
  assert.ok(!existsSync(join(place.path, 'own')));
});

// Only the socket's owner and the web server may connect; Caddy's user is here
// neither the owner nor in the owner's group.
const as = (user, ...words) => run(['-u', user, '--', ...words], { program: 'runuser' });
const strangers = !root ? 'root alone starts others' : ['caddy', 'nobody'].some((user) => as(user, 'test', '-x', command).code !== 0)
  && 'caddy or nobody is not here, or may not run the program';

test('the processes that it prints for Caddy: Caddy may connect', { skip: strangers }, async (t) => {
  const place = new Place(t);
  run(['755', place.path], { program: 'chmod' });
  const words = full(place, '--yes', '--format', 'none', '--server', 'caddy').filter((w, i, all) => w !== '--user' && all[i - 1] !== '--user');
  const made = run([...words, '--user', 'nobody']);
  assert.equal(made.code, 0, made.err);
  const [, processes, site] = /starts them:\n\n([^]*?)\n\nFor caddy:\n\n([^]*?)\n\nThen:/.exec(made.out.replaceAll('/run/signpost', `${place.path}/run`));
  const started = run(['-ec', processes.replace('spawn-fcgi ', `spawn-fcgi -P ${place.path}/pids `)], { program: '/bin/sh' });
  assert.equal(started.code, 0, started.out + started.err);
  const pids = readFileSync(join(place.path, 'pids'), 'utf8').trim().split(/\s+/).map(Number);
  place.undo.push(async () => {
    for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGTERM');
    await until('the processes have ended', () => !pids.some(alive));
  });
  const socket = join(place.path, 'run/signpost.sock');
  assert.equal(as('www-data', 'curl', '-s', '-m', '1', '--unix-socket', socket, 'http://x/').code, 7); // could not connect

  const port = await freePort();
  const home = join(place.path, 'home');
  mkdirSync(home);
  run(['caddy', home], { program: 'chown' });
  const file = place.write('Caddyfile', `{
	admin off
	auto_https off
}
http://:${port} {
	bind 127.0.0.1
${site}
}
`, 0o644);
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  await serve(place, 'setpriv', ['--reuid=caddy', '--regid=caddy', '--init-groups', 'caddy', 'run', '--config', file, '--adapter', 'caddyfile'], port, { env });
  checkGuest(checkAnswer(await ask(port, { path: '/api/sign?policy=guest' })));
});

test('a secret comes out of a pipe', (t) => {
  const place = new Place(t);
  const words = full(place, '--yes').map((w, i, all) => (all[i - 1] === '--api-secret-file' ? '/dev/stdin' : w));
  const done = run(['-c', `(sleep 0.2; echo ${API_SECRET}) | "$0" "$@"`, command, ...words], { program: '/bin/sh' });
  assert.equal(done.code, 0, done.err);
  assert.equal(readFileSync(join(place.path, 'own/signpost/cloudinary.secret'), 'utf8'), `${API_SECRET}\n`);
});

test('every format and every server', (t) => {
  const formats = run(['init', '--yes', '--cloud-name', 'a', '--format', 'no-such']);
  assert.equal(formats.code, 2);
  const more = { simplejwt: ['--cookie', 'a'], play: ['--user-path', 'id'], starlette: ['--user-path', 'id'],
    supabase: ['--cookie', 'sb-x-auth-token'], 'django-cookie': ['--cookie', 'u'], itsdangerous: ['--cookie', 'u', '--user-path', 'id'],
    koa: ['--user-path', 'id'], 'cookie-signature': ['--cookie', 'u', '--user-path', 'id'], php: ['--user-path', 'id'] };
  const names = ['jwt', 'flask-jwt-extended', 'fastapi-users', 'simplejwt', 'payload', 'play', 'better-auth', 'supabase', 'flask',
    'starlette', 'django', 'django-cookie', 'itsdangerous', 'express', 'koa', 'cookie-signature', 'remote_user', 'php'];
  const servers = ['apache', 'apache-proxy', 'htaccess', 'lighttpd', 'lighttpd-cgi', 'nginx', 'nginx-fcgiwrap', 'caddy', 'h2o'];
  for (const [i, format] of names.entries()) {
    const place = new Place(t);
    const server = servers[i % servers.length];
    const made = run(full(place, '--yes', '--format', format, '--server', server, '--folder', i % 2 ? 'u/{user_hash}/in' : 'users/{user}',
      ...(more[format] ?? [])), { env: { HOME: place.path } });
    assert.equal(made.code, 0, `${format}: ${made.err}`);
    const own = join(place.path, 'own/signpost');
    assert.equal(run(['check', join(own, 'signpost.conf')]).code, 0, format);
    assert.equal(existsSync(join(own, 'session.key')), !['remote_user', 'php'].includes(format), format);
    assert.ok(made.out.includes(`For ${server}:`));
    assert.doesNotMatch(made.out, /\/usr\/local\/lib\/signpost|\/etc\/signpost\/signpost\.conf/);
    if (/\.key/.test(readdirSync(own).join()))
      assert.match(readFileSync(join(own, 'session.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
  }
});

test('a failure half-way leaves nothing', (t) => {
  const cases = {
    'a secret that is too short': (place) => full(place, '--yes').map((w, i, all) => (all[i - 1] === '--api-secret-file' ? place.write('s', 'short\n') : w)),
    'a cloud name that is none': (place) => full(place, '--yes').map((w) => (w === 'demo' ? 'Not A Cloud"' : w)),
    'a cookie that is none': (place) => full(place, '--yes', '--cookie', 'a b'),
    'a path that is none': (place) => full(place, '--yes', '--user-path', 'a..b'),
    'no room on the disk': (place) => ['-c', `ulimit -f 0; exec "$0" "$@"`, command, ...full(place, '--yes')],
  };
  for (const [name, args] of Object.entries(cases)) {
    const place = new Place(t);
    const done = run(args(place), /room/.test(name) ? { program: '/bin/sh' } : {});
    assert.equal(done.code, 1, `${name}: ${done.err}`);
    assert.match(done.err, /nothing was made/);
    assert.deepEqual(readdirSync(place.path), ['s'], name);
  }
  // What was there before stays.
  const place = new Place(t);
  mkdirSync(join(place.path, 'own/signpost'), { recursive: true });
  place.write('own/signpost/session.key', 'mine\n');
  const done = run(full(place, '--yes'));
  assert.equal(done.code, 1);
  assert.match(done.err, /session\.key: this is there already/);
  assert.deepEqual(readdirSync(join(place.path, 'own/signpost')), ['session.key']);
  rmSync(join(place.path, 'own/signpost/session.key'));
  writeFileSync(join(place.path, 'own/signpost/counters'), '');
  assert.equal(run(full(place, '--yes')).code, 1);
  assert.deepEqual(readdirSync(join(place.path, 'own/signpost')), ['counters']);
});

test('nobody to ask: the option that is needed is named', (t) => {
  const place = new Place(t);
  const dir = ['--dir', join(place.path, 'x'), ...me];
  const secret = place.write('s', `${API_SECRET}\n`);
  const cases = [
    [[], /--cloud-name is needed/],
    [['--yes'], /--cloud-name is needed/],
    [['--cloud-name', 'a'], /--api-key is needed/],
    [['--cloud-name', 'a', '--api-key', '1'], /--api-secret-file is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret], /--format is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret, '--format', 'jwt'], /--cookie is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret, '--format', 'play', '--yes'], /--user-path is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret, '--format', 'flask'], /--folder is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret, '--format', 'flask', '--folder', 'u/{user}'], /--origin is needed/],
    [['--cloud-name', 'a', '--api-key', '1', '--api-secret-file', secret, '--format', 'flask', '--folder', 'u/{user}', '--origin', 'https://a.b'],
      /--server is needed/],
  ];
  for (const [args, says] of cases) {
    const done = run(['init', ...dir, ...args]);
    assert.equal(done.code, 2, args.join(' '));
    assert.match(done.err, says);
  }
  const wrong = [['--format', 'flaks', /did you mean flask/], ['--folder', 'users', /begins with a word/], ['--folder', '{user}/a', /begins with/],
    ['--origin', 'https://A.b/', /is no origin/], ['--server', 'ngins', /did you mean nginx/], ['--dir', '/a b', /neither blanks/],
    ['--user', 'no-such-user', /there is no user/], ['--api-secret-file', '/nonexistent', /can't be read/]];
  for (const [option, value, says] of wrong) {
    const args = full(place, '--yes').filter((w, i, all) => w !== option && all[i - 1] !== option);
    const done = run([...args, option, value]);
    assert.equal(done.code, 2, `${option} ${value}`);
    assert.match(done.err, says);
  }
  assert.ok(!existsSync(join(place.path, 'x')) && !existsSync(join(place.path, 'own')));
});

test('CLOUDINARY_URL is taken with --yes', (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'x');
  const env = { CLOUDINARY_URL: `cloudinary://1234:${API_SECRET}@cloud-7` };
  const made = run(['init', '--dir', dir, ...me, '--yes'], { env });
  assert.equal(made.code, 0, made.err);
  assert.match(readFileSync(join(dir, 'signpost.conf'), 'utf8'), /"cloud-7"[^]*"1234"/);
  assert.equal(readFileSync(join(dir, 'cloudinary.secret'), 'utf8'), `${API_SECRET}\n`);
  assert.ok(!`${made.out}${made.err}`.includes(API_SECRET));
  const bad = run(['init', '--dir', `${dir}2`, ...me, '--yes'], { env: { CLOUDINARY_URL: `http://${API_SECRET}` } });
  assert.equal(bad.code, 2);
  assert.ok(!bad.err.includes(API_SECRET));
});

// On a terminal.
function talk(args, steps, env = {}) {
  const done = run([fileURLToPath(new URL('terminal.py', import.meta.url)), JSON.stringify([command, ...args]), JSON.stringify(steps)],
    { program: 'python3', env: { TERM: 'dumb', ...env } });
  assert.equal(done.code, 0, done.err);
  return JSON.parse(done.out);
}

test('five questions, with a URL and a cookie that are pasted', (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'x');
  const { seen, code } = talk(['init', '--dir', dir, ...me], [
    ['1\\. Your Cloudinary account.*: ', `CLOUDINARY_URL=cloudinary://1234:${API_SECRET}@demo`],
    ['Format or cookie \\[jwt\\]: ', `sid=${session('alice')}`],
    ['That key \\(it is not shown\\): ', SESSION_KEY],
    ['3\\. Where.*\\[users/\\{user\\}\\]: ', ''],
    ['4\\. Other sites.*\\[none\\]: ', 'https://app.example.com  https://www.example.com'],
    ['Which one \\[.*\\]: ', 'nginx'],
  ]);
  assert.equal(code, 0, seen);
  assert.ok(!seen.includes(API_SECRET) && !seen.includes(SESSION_KEY), 'a secret was shown');
  assert.match(seen, /That looks like a JSON Web Token/);
  assert.match(seen, /spawn-fcgi -s/);
  const conf = readFileSync(join(dir, 'signpost.conf'), 'utf8');
  assert.match(conf, /cookie = "sid";\n {2}user = "sub";/);
  assert.match(conf, /origins = \[ "https:\/\/app\.example\.com", "https:\/\/www\.example\.com" \]/);
  assert.equal(readFileSync(join(dir, 'session.key'), 'utf8'), `${SESSION_KEY}\n`);
  // The cookie that was pasted is taken.
  const inspected = run(['inspect', '-', join(dir, 'signpost.conf')], { input: `sid=${session('alice')}` });
  assert.equal(inspected.code, 0, inspected.out + inspected.err);
  assert.match(inspected.out, /alice/);
});

test('one by one, a new key, and the environment declined', (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'x');
  const { seen, code } = talk(['init', '--dir', dir, ...me, '--server', 'caddy', '--folder', 'u/{user_hash}'], [
    ['Is it that one\\? \\[yes\\]: ', 'no'],
    ['1\\. Your Cloudinary account.*: ', 'my-cloud'],
    ['The API key: ', '4321'],
    ['The API secret \\(it is not shown\\): ', API_SECRET],
    ['Format or cookie \\[jwt\\]: ', 'starlette'],
    ['Where in the session.*: ', 'id'],
    ['That key \\(it is not shown\\): ', ''],
    ['4\\. Other sites.*\\[none\\]: ', ''],
  ], { CLOUDINARY_URL: 'cloudinary://1:0123456789abcdefghij@other' });
  assert.equal(code, 0, seen);
  assert.ok(!seen.includes(API_SECRET));
  const conf = readFileSync(join(dir, 'signpost.conf'), 'utf8');
  assert.match(conf, /"my-cloud"[^]*"4321"[^]*"starlette"[^]*user = "id"[^]*u\/\{user_hash\}\/\{random\}/);
  assert.match(readFileSync(join(dir, 'session.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
  assert.match(seen, /The session key is new\. Cookies are signed with SessionMiddleware's secret_key/);
});

test('Ctrl-C at a secret: nothing is made, and the terminal echoes again', (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'x');
  const script = `"$0" init --dir ${dir} ${me.join(' ')}; echo "code $?"; stty -a | grep -o -- '-\\?\\<echo\\>'`;
  const done = run([fileURLToPath(new URL('terminal.py', import.meta.url)),
    JSON.stringify(['/bin/sh', '-c', `trap : INT; ${script}`, command]), JSON.stringify([['not shown\\): ', null]])], { program: 'python3' });
  assert.equal(done.code, 0, done.err);
  const { seen } = JSON.parse(done.out);
  assert.match(seen, /code 2\necho\n/);
  assert.ok(!existsSync(dir));
});

test('as root, for the web server\'s user', { skip: !root && 'root alone makes files for others' }, (t) => {
  const place = new Place(t);
  const dir = join(place.path, 'own/signpost');
  const made = run(full(place, '--yes').filter((w, i, all) => w !== '--user' && all[i - 1] !== '--user').concat('--user', 'nobody'));
  // Nobody can get into a folder of root's above it: so nothing is made.
  assert.equal(made.code, 1);
  assert.deepEqual(readdirSync(place.path), ['s']);
  run(['755', place.path], { program: 'chmod' });
  const again = run(full(place, '--yes').filter((w, i, all) => w !== '--user' && all[i - 1] !== '--user').concat('--user', 'nobody'));
  assert.equal(again.code, 0, again.err);
  const st = (name) => {
    const { uid, gid } = lstatSync(join(dir, name));
    return `${uid === 0 ? 'root' : uid}:${gid} ${mode(join(dir, name))}`;
  };
  const group = lstatSync(join(dir, 'counters')).gid;
  assert.equal(st('.'), `root:${group} 750`);
  for (const name of ['signpost.conf', 'cloudinary.secret', 'session.key']) assert.equal(st(name), `root:${group} 640`);
  assert.match(st('counters'), /^65534:\d+ 700$/);
  const report = doctor(['--user', 'nobody', join(dir, 'signpost.conf')]);
  assert.deepEqual(faults(report), []);
  assert.ok(again.out.includes('runuser -u nobody -- '));
});
