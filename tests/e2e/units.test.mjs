// The systemd units in etc: by systemd's own checks, with its socket activation,
// and as they stand on a machine of their own, under a real systemd.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { boot } from './machine.mjs';
import { Place, command, listens, program, root, run, until, within } from './site.mjs';
import { API_SECRET, OTHER_SECRET, SESSION_KEY, seconds, token } from './token.mjs';

const unit = (name) => readFileSync(join(root, 'etc', name), 'utf8');
const INSTALLED = '/usr/local/lib/signpost/signpost';
const COMMAND = '/usr/local/bin/signpost';
const SOCKET = '/run/signpost/signpost.sock';
const CREDENTIALS = '/run/credentials/signpost@1.service';

// As the sample says it, with counters where the service may write.
const CONF = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } );
            deny_users_file = "/etc/signpost/denied.users"; };
store = "/var/lib/signpost";
policies = {
  avatar = { action = "upload"; limit = "50/day"; set = { public_id = "users/{user}/{random}"; overwrite = false;
             allowed_formats = "jpg"; }; };
};
`;

// One request over a connection of its own, without a user or with a session.
async function ask(socket, query, user, key = SESSION_KEY) {
  const variables = { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: query, REMOTE_ADDR: '192.0.2.1' };
  if (user) variables.HTTP_COOKIE = `session=${token({ sub: user, exp: seconds() + 3600 }, { key })}`;
  const connection = new FastcgiConnection(socket);
  connection.write(fastcgiRequest(variables));
  const answer = await within(connection.answer(), `an answer to ${query}`);
  connection.close();
  return answer;
}

const skip = existsSync('/usr/bin/systemd-analyze') ? false : 'no systemd here';

test("systemd's own checks find nothing", { skip }, (t) => {
  const place = new Place(t);
  place.write('signpost.socket', unit('signpost.socket'), 0o644);
  const service = unit('signpost@.service');
  assert.ok(service.includes(`\nExecStart=${INSTALLED} `));
  // verify looks for the program.
  place.write('signpost@1.service', service.replace(INSTALLED, program), 0o644);
  place.write('signpost@2.service', service.replace(INSTALLED, program), 0o644);
  const all = ['signpost.socket', 'signpost@1.service', 'signpost@2.service'].map((name) => join(place.path, name));
  const analyze = (...args) => run(args, { program: 'systemd-analyze' });
  const found = analyze('verify', '--man=no', ...all);
  assert.deepEqual(found, { code: 0, out: '', err: '' });
  // In tenths; 100 is no protection at all.
  const secure = (path) => analyze('security', '--offline=yes', '--no-pager', '--threshold=6', path);
  assert.equal(secure(all[1]).code, 0, secure(all[1]).out);

  // Both notice what they are there for.
  place.write('signpost@1.service', service.replace(INSTALLED, program).replace('PrivateNetwork=yes', 'PrivateNetwork=no'), 0o644);
  assert.notEqual(secure(all[1]).code, 0);
  place.write('signpost@1.service', service.replace(INSTALLED, program).replace('NoNewPrivileges', 'NoNewPrivilege'), 0o644);
  assert.match(analyze('verify', '--man=no', ...all).err, /NoNewPrivilege/);
});

test('a socket on descriptor 3', { skip }, async (t) => {
  const place = new Place(t);
  const config = place.configure(CONF.replace('/var/lib/signpost', 'counters').replace('/etc/signpost/', ''), { 'denied.users': 'mallory\n' });
  const socket = join(place.path, 'socket');
  const activate = (...listen) => place.start('systemd-socket-activate',
    [...listen.flatMap((path) => ['-l', path]), program, `--config=${config}`]);
  activate(socket);
  await until('the socket listens', () => listens(socket));
  assert.match(await ask(socket, 'health'), /^Status: 200 /);
  assert.match(await ask(socket, 'policy=avatar', 'alice'), /^Status: 200 [^]*"signature":"[0-9a-f]{64}"/);
  assert.match(await ask(socket, 'policy=avatar'), /^Status: 401 /);

  const two = activate(join(place.path, 'one'), join(place.path, 'two'));
  await until('a connection has started it', async () => {
    await listens(join(place.path, 'one'));
    return two.exitCode !== null;
  });
  assert.equal(two.exitCode, 1);
  assert.match(place.log, /signpost: LISTEN_FDS: exactly one listening socket is taken/);
});

test('the service for Caddy and its guests, as init prints it', { skip }, async (t) => {
  const place = new Place(t);
  const machine = await boot(place);
  if (typeof machine === 'string') return t.skip(`no machine: ${machine}`);
  if (machine.run('id', 'caddy').code !== 0) return t.skip('no Caddy here');
  const good = (done) => assert.equal(done.code, 0, done.out + done.err) ?? done.out;
  for (const name of ['signpost.socket', 'signpost@.service']) machine.write(`/etc/systemd/system/${name}`, unit(name));
  for (const [path, file] of [[INSTALLED, program], [COMMAND, command]]) {
    machine.write(path, '');
    copyFileSync(file, machine.path(path));
    chmodSync(machine.path(path), 0o755);
  }
  machine.write('/root/secret', `${API_SECRET}\n`, 0o600);
  const curl = (user) => machine.run('runuser', '-u', user, '--', 'curl', '-s', '-m', '1', '--unix-socket', SOCKET, 'http://x/').code;
  const start = async (group) => {
    const made = good(machine.run(COMMAND, 'init', '--cloud-name', 'demo', '--api-key', '874837483274837', '--api-secret-file', '/root/secret',
      '--format', 'none', '--server', 'caddy', '--yes'));
    const [, processes] = /\nThe processes:\n\n([^]*?)\n\nFor caddy:/.exec(made);
    good(machine.run('sh', '-ec', processes));
    assert.equal(good(machine.run('stat', '-c', '%a %U %G', SOCKET)), `660 root ${group}\n`);
    assert.ok([52, 56].includes(curl('caddy'))); // connected, and it is no HTTP
    assert.match(await ask(machine.path(SOCKET), 'policy=guest'), /^Status: 200 [^]*"public_id":"guests\/[0-9a-f]{32}"/);
    assert.match(await ask(machine.path(SOCKET), 'policy=avatar'), /^Status: 401 /);
    return processes;
  };

  // Debian's package makes Caddy's user a member of www-data.
  good(machine.run('usermod', '-aG', 'www-data', 'caddy'));
  assert.doesNotMatch(await start('www-data'), /SocketGroup/);
  // Where that is not so, the socket must be Caddy's.
  good(machine.run('sh', '-ec', 'systemctl stop "signpost*"; rm -r /etc/signpost; gpasswd -d caddy www-data'));
  assert.match(await start('caddy'), /SocketGroup=caddy/);
  assert.equal(curl('www-data'), 7); // could not connect
});

test('the service, under systemd', { skip }, async (t) => {
  const place = new Place(t);
  const machine = await boot(place);
  if (typeof machine === 'string') return t.skip(`no machine: ${machine}`);
  const systemctl = (...args) => machine.run('systemctl', ...args);
  const good = (done) => assert.equal(done.code, 0, done.out + done.err) ?? done.out;
  const journal = () => good(machine.run('journalctl', '--no-pager', '-o', 'cat', '-u', 'signpost@*'));
  const pidOf = (name) => Number(good(systemctl('show', '-P', 'MainPID', name)));

  // As the unit's first lines say.
  for (const name of ['signpost.socket', 'signpost@.service']) machine.write(`/etc/systemd/system/${name}`, unit(name));
  machine.write('/etc/signpost/signpost.conf', CONF);
  machine.write('/etc/signpost/denied.users', 'mallory\n');
  machine.write('/etc/signpost/session.key', `${SESSION_KEY}\n`, 0o600);
  for (const [path, file] of [[INSTALLED, program], [COMMAND, command]]) {
    machine.write(path, '');
    copyFileSync(file, machine.path(path));
    chmodSync(machine.path(path), 0o755);
  }
  good(systemctl('daemon-reload'));

  // A secret is missing: that is said, and it may come later.
  assert.notEqual(systemctl('enable', '--now', 'signpost@1', 'signpost@2').code, 0);
  assert.match(systemctl('status', '--no-pager', 'signpost@1').out, /CREDENTIALS/);
  machine.write('/etc/signpost/cloudinary.secret', `${API_SECRET}\n`, 0o600);
  await until('both workers are there', () => systemctl('is-active', 'signpost@1', 'signpost@2').code === 0);
  const socket = machine.path(SOCKET);
  assert.equal(good(machine.run('stat', '-c', '%a %U %G', SOCKET)), '660 root www-data\n');
  const curl = (user) => machine.run('runuser', '-u', user, '--', 'curl', '-s', '-m', '1', '--unix-socket', SOCKET, 'http://x/').code;
  assert.equal(curl('nobody'), 7); // could not connect
  assert.ok([52, 56].includes(curl('www-data'))); // connected, and it is no HTTP

  assert.match(await ask(socket, 'health'), /^Status: 200 [^]*"store":"ok"/);
  assert.match(await ask(socket, 'policy=avatar', 'mallory'), /^Status: 403 [^]*"user_denied"/);
  // Both workers, and one count for both.
  const left = [];
  for (let i = 0; i < 20; i++) {
    const answers = await Promise.all([ask(socket, 'policy=avatar', 'alice'), ask(socket, 'policy=avatar', 'alice')]);
    for (const answer of answers) left.push(Number(/^RateLimit: "day";r=(\d+);/m.exec(answer)?.[1] ?? assert.fail(answer)));
  }
  assert.deepEqual(left.sort((a, b) => b - a), Array.from({ length: 40 }, (_, i) => 49 - i));
  assert.equal(good(machine.run('stat', '-c', '%a', '/var/lib/private', '/var/lib/signpost/counters')), '700\n600\n');

  // Behind which doors they stand.
  const pids = ['signpost@1', 'signpost@2'].map(pidOf);
  const status = pids.map((pid) => Object.fromEntries(readFileSync(machine.path(`/proc/${pid}/status`), 'utf8')
    .trim().split('\n').map((line) => line.split(/:\s+/))));
  for (const now of status) {
    const uid = Number(now.Uid.split('\t')[0]);
    assert.ok(uid >= 61184 && uid <= 65519, now.Uid);
    assert.deepEqual([now.Uid, now.NoNewPrivs, now.Seccomp, now.CapEff, now.CapBnd, now.CoreDumping],
      [status[0].Uid, '1', '2', '0000000000000000', '0000000000000000', '0']);
    assert.ok(parseInt(now.VmLck, 10) >= 20, now.VmLck);
  }
  for (const secret of ['signpost.conf', 'cloudinary.secret', 'session.key'])
    assert.notEqual(machine.run('runuser', '-u', 'www-data', '--', 'cat', `${CREDENTIALS}/${secret}`).code, 0);
  assert.equal(good(machine.run('nsenter', '-t', String(pids[0]), '-n', 'ls', '/sys/class/net')).includes('eth'), false);
  const log = journal();
  assert.match(log, /decision=granted[^\n]* policy=avatar/);
  assert.doesNotMatch(log, /event=(start|config|counters|log)/);
  assert.ok(!log.includes(API_SECRET) && !log.includes(SESSION_KEY));

  // A worker that is killed comes back.
  good(systemctl('kill', '-s', 'KILL', 'signpost@2'));
  await until('there is another second worker', () => ![0, pids[1]].includes(pidOf('signpost@2')));

  // New secrets, and restarts under way of which no request notices.
  machine.write('/etc/signpost/cloudinary.secret', `${OTHER_SECRET}\n`, 0o600);
  machine.write('/etc/signpost/session.key', `${SESSION_KEY}-2\n`, 0o600);
  const restart = async () => {
    let over = false;
    const asking = (async () => {
      const found = [];
      for (; !over; await sleep(1)) found.push(/^Status: (\d+)/.exec(await ask(socket, 'health'))?.[1]);
      return found;
    })();
    for (let i = 0; i < 3; i++) assert.equal(await machine.meanwhile('systemctl', 'restart', 'signpost@*'), 0);
    over = true;
    const statuses = await asking;
    assert.deepEqual([...new Set(statuses)], ['200']);
    assert.ok(statuses.length > 10, String(statuses.length));
  };
  await restart();
  assert.match(await ask(socket, 'policy=avatar', 'alice', `${SESSION_KEY}-2`), /^Status: 200 /);
  assert.match(await ask(socket, 'policy=avatar', 'alice'), /^Status: 401 /);
  // The same where the socket comes as descriptor 0.
  machine.write('/etc/systemd/system/signpost@.service.d/zero.conf', '[Service]\nNonBlocking=no\nStandardInput=socket\n');
  good(systemctl('daemon-reload'));
  await restart();
  assert.doesNotMatch(good(machine.run('journalctl', '--no-pager', '-o', 'cat')), /timed out/);

  // Stopped by name, the socket alone starts one worker with the first request.
  good(systemctl('disable', '--now', 'signpost@1', 'signpost@2'));
  good(systemctl('stop', 'signpost.socket'));
  assert.equal(await listens(socket), false);
  good(systemctl('enable', '--now', 'signpost.socket'));
  assert.equal(pidOf('signpost@1'), 0);
  assert.match(await ask(socket, 'policy=avatar', 'alice', `${SESSION_KEY}-2`), /^Status: 200 /);
  assert.notEqual(pidOf('signpost@1'), 0);
  assert.equal(pidOf('signpost@2'), 0);

  // Redis on its socket, as the unit says.
  if (!existsSync('/usr/bin/redis-server')) return;
  good(machine.run('install', '-d', '-m', '750', '-o', 'redis', '-g', 'redis', '/run/redis'));
  good(machine.run('systemd-run', '-q', '--uid=redis', '--gid=redis', 'redis-server', '--port', '0', '--save', '',
    '--unixsocket', '/run/redis/redis-server.sock', '--unixsocketperm', '770', '--dir', '/run/redis'));
  await until('redis listens', () => listens(machine.path('/run/redis/redis-server.sock')));
  machine.write('/etc/signpost/signpost.conf', CONF.replace('/var/lib/signpost', 'unix:/run/redis/redis-server.sock'));
  const withRedis = async (answer) => {
    good(systemctl('daemon-reload'));
    good(systemctl('restart', 'signpost@1'));
    assert.match(await ask(socket, 'policy=avatar', 'alice', `${SESSION_KEY}-2`), answer);
  };
  await withRedis(/^Status: 503 [^]*"counters_unavailable"/);
  assert.match(unit('signpost@.service'), /^# .*SupplementaryGroups=redis/m);
  machine.write('/etc/systemd/system/signpost@.service.d/redis.conf', '[Service]\nSupplementaryGroups=redis\n');
  await withRedis(/^Status: 200 [^]*RateLimit: "day";r=49;/);
});
