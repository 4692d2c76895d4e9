// `signpost doctor` under systemd: what the units do not hand on is a fault, the
// service does answer 503, and after the printed commands neither is so.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { boot } from './machine.mjs';
import { Place, command, program, root, within } from './site.mjs';
import { API_SECRET, OTHER_SECRET, SESSION_KEY } from './token.mjs';

const INSTALLED = '/usr/local/lib/signpost/signpost';
const COMMAND = '/usr/local/bin/signpost';
const SOCKET = '/run/signpost/signpost.sock';
const CONF = '/etc/signpost/signpost.conf';

const conf = ({ keys = '', session = '', more = '', store = '/var/lib/signpost' } = {}) => `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; ${more} };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; }${keys} ); ${session} };
${store && `store = "${store}";`}
policies = {
  avatar = { action = "upload"; limit = "50/day"; set = { public_id = "users/{user}/{random}"; overwrite = false;
             allowed_formats = "jpg"; }; };
};
`;
const second = (file) => ({ keys: `, { id = "2"; file = "${file}"; }` });
const denied = (file) => ({ session: `deny_users_file = "${file}";` });

async function health(socket) {
  const connection = new FastcgiConnection(socket);
  connection.write(fastcgiRequest({ GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'health', REMOTE_ADDR: '192.0.2.1' }));
  const answer = await within(connection.answer(), 'an answer');
  connection.close();
  return Number(/^Status: (\d+)/.exec(answer)?.[1]);
}

test('what signpost@.service does not hand on', async (t) => {
  const place = new Place(t);
  const machine = await boot(place);
  if (typeof machine === 'string') return t.skip(`no machine: ${machine}`);
  const good = (done) => assert.equal(done.code, 0, done.out + done.err) ?? done.out;
  const systemctl = (...args) => machine.run('systemctl', ...args);
  const paste = (command) => good(machine.run('sh', '-c', command));
  const doctor = (...args) => JSON.parse(machine.run(COMMAND, 'doctor', '--json', ...args, CONF).out);
  const bites = (...args) => doctor(...args).findings.filter((f) => f.group === 'service' && f.state !== 'ok');
  const faults = () => doctor().findings.filter((f) => f.state === 'fault');
  const status = () => health(machine.path(SOCKET));

  for (const name of ['signpost.socket', 'signpost@.service'])
    machine.write(`/usr/lib/systemd/system/${name}`, readFileSync(join(root, 'etc', name), 'utf8'));
  machine.write('/etc/signpost/cloudinary.secret', `${API_SECRET}\n`, 0o600);
  machine.write('/etc/signpost/session.key', `${SESSION_KEY}\n`, 0o600);
  for (const name of ['two.key', 'odd % name.key']) machine.write(`/etc/signpost/${name}`, `${OTHER_SECRET}\n`, 0o600);
  machine.write('/etc/signpost/token.key', `${'00112233445566778899aabbccddeeff'.repeat(2)}\n`, 0o600);
  machine.write('/etc/signpost/denied.users', 'mallory\n');
  for (const [path, file] of [[INSTALLED, program], [COMMAND, command]]) {
    machine.write(path, '');
    copyFileSync(file, machine.path(path));
    chmodSync(machine.path(path), 0o755);
  }
  const configure = (options, dropin) => {
    machine.write(CONF, conf(options));
    machine.run('rm', '-rf', '/etc/systemd/system/signpost@.service.d');
    if (dropin) machine.write('/etc/systemd/system/signpost@.service.d/a.conf', `[Service]\n${dropin.join('\n')}`);
    good(systemctl('daemon-reload'));
    return systemctl('restart', 'signpost@*');
  };

  // Installed by a package, and not used: another user's view has no word of it.
  configure(second('two.key'));
  assert.deepEqual(bites('--user', 'www-data'), []);
  assert.deepEqual(bites().map((f) => f.state), ['warning']);
  configure();
  good(systemctl('enable', '--now', 'signpost@1'));
  assert.deepEqual(faults(), []);
  assert.ok(doctor().findings.some((f) => f.group === 'service' && f.state === 'ok' && f.what === '/usr/lib/systemd/system/signpost@.service'));
  assert.equal(await status(), 200);

  // Each with the command that mends it.
  const missing = {
    'a second key': [second('two.key'), ['two.key']],
    'an odd name': [second('odd % name.key'), ['odd % name.key']],
    'a list of denied users': [denied('denied.users'), ['denied.users']],
    'a token key and a second key': [{ ...second('./two.key'), more: 'token_key_file = "token.key";' }, ['token.key', 'two.key']],
    'a drop-in that drops all the rest': [second('two.key'), ['two.key'],
      ['LoadCredential=', ...['signpost.conf', 'cloudinary.secret', 'session.key'].map((name) => `LoadCredential=${name}:/etc/signpost/${name}`)]],
  };
  for (const [name, [options, files, dropin]] of Object.entries(missing)) {
    good(configure(options, dropin));
    assert.equal(await status(), 503, name);
    const found = bites();
    assert.deepEqual(found.map((f) => [f.state, f.what]), files.map((file) => ['fault', `/etc/signpost/${file}`]), name);
    for (const one of found) {
      assert.match(one.says, /signpost@\.service does not hand it on/);
      paste(one.mend);
    }
    assert.deepEqual(faults(), [], name);
    assert.equal(await status(), 200, name);
  }

  // A source that is gone, and a new key at once.
  assert.notEqual(configure(second('two.key'), ['LoadCredential=old.key:/etc/signpost/old.key']).code, 0);
  const found = bites();
  assert.deepEqual(found.map((f) => f.what), ['/etc/signpost/two.key', '/etc/signpost/old.key']);
  assert.match(found[1].says, /does not start/);
  machine.run('sh', '-c', found[0].mend); // it does not start yet
  paste(found[1].mend);
  assert.deepEqual(faults(), []);
  assert.equal(await status(), 200);

  // Absolute names, folders: what the service can't reach, and what it can.
  const reach = {
    'a secret by its whole path': [second('/etc/signpost/two.key'), 503, /absolute name/],
    'a list by its whole path': [denied('/etc/signpost/denied.users'), 200],
    'a list that root alone reads': [denied('/etc/signpost/root.users'), 503, /everybody may/],
    'a list at home': [denied('/home/denied.users'), 503, /does not see/],
    'a list in /var/tmp': [denied('/var/tmp/denied.users'), 503, /does not see/],
    'counters beside the configuration': [{ store: '' }, 503, /can't write/],
    'counters of another folder': [{ store: '/srv/counters' }, 503, /can't write/],
    'counters below the service\'s folder': [{ store: '/var/lib/signpost/more' }, 200],
    'a file in a folder': [second('more/two.key'), 503, /one folder/],
    'a folder that is handed on': [second('more_two.key'), 200, undefined, ['LoadCredential=more:/etc/signpost/more']],
    'a source that has a content': [{}, 200, undefined, ['LoadCredential=a:/etc/signpost/gone', 'SetCredential=a:b']],
  };
  machine.write('/etc/signpost/root.users', 'mallory\n', 0o600);
  for (const folder of ['/home', '/var/tmp']) machine.write(`${folder}/denied.users`, 'mallory\n');
  for (const name of ['more/two.key', 'more_two.key']) machine.write(`/etc/signpost/${name}`, `${OTHER_SECRET}\n`, 0o600);
  for (const [name, [options, answer, says, dropin]] of Object.entries(reach)) {
    good(configure(options, dropin));
    assert.equal(await status(), answer, name);
    const found = bites();
    assert.equal(found.length, says ? 1 : 0, `${name} ${JSON.stringify(found)}`);
    if (!says) continue;
    assert.equal(found[0].state, 'fault');
    assert.match(found[0].says, says, name);
    if (!found[0].mend) continue;
    paste(found[0].mend);
    good(systemctl('restart', 'signpost@*'));
    assert.deepEqual(faults(), [], name);
    assert.equal(await status(), 200, name);
  }

  // A log: it answers, and its lines go elsewhere.
  machine.run('mkdir', '/var/log/signpost');
  for (const [file, mended] of [['x.log', false], ['/var/log/x.log', false], ['/var/log/signpost/x.log', true]]) {
    configure();
    machine.write(CONF, `log = "${file}";${conf()}`);
    good(systemctl('restart', 'signpost@*'));
    assert.equal(await status(), 200);
    const [one, ...others] = bites();
    assert.deepEqual([one.state, others], ['warning', []]);
    assert.match(one.says, /journal/);
    assert.equal(Boolean(one.mend), mended);
    if (!mended) continue;
    paste(one.mend);
    assert.deepEqual(bites(), []);
    assert.equal(await status(), 200);
    assert.match(good(machine.run('cat', file)), /code=health/);
  }
});
