// README's "Five minutes to a first signature" and "When something does not
// work", block by block as they stand, on a machine that has never seen this
// program: from `make` to a signature, once for each web server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import cloudinary from 'cloudinary';
import { boot } from './machine.mjs';
import { fences } from './pages.mjs';
import { Place, root, run, until } from './site.mjs';
import { API_SECRET } from './token.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [INSTALL, LIGHTTPD, APACHE, NGINX, ASK, WRONG] = fences(readme).filter(({ language }) => language === 'sh').map(({ content }) => content);
const CONF = '/etc/signpost/signpost.conf', KEY = '/etc/signpost/session.key';
const SIGN = 'http://127.0.0.1/api/sign?policy=avatar';

// What README says in its text.
function said(pattern) {
  const found = pattern.exec(readme);
  assert.ok(found, `README does not say ${pattern}`);
  return found.slice(1);
}

const [INCLUDE, RELOAD] = said(/Put `(include [^`]*;)` into the `server` of your site, and `(systemctl reload nginx)`/);
const [RESTART] = said(/After each change of\s+the configuration: `(systemctl restart 'signpost@\*')`, which loses no request/);

test('these blocks, and no others', () => {
  assert.deepEqual(fences(readme).filter(({ language }) => language === 'sh').map(({ heading }) => heading),
    ['Five minutes to a first signature', 'lighttpd', 'Apache', 'nginx', 'Ask it', 'When something does not work']);
});

test("the packages are those that the tree's own list has for building, and curl to ask", () => {
  const [, ...names] = /^apt-get install (.*)$/m.exec(INSTALL)[0].split(' ').slice(1);
  const table = readFileSync(join(root, 'tests/tools/packages.sh'), 'utf8');
  assert.deepEqual(names.sort(), [...table.matchAll(/^build +\S+ +(\S+)/gm)].map(([, name]) => name)
    .concat('make', 'curl').sort());
});

const needed = ['/usr/sbin/lighttpd', '/usr/sbin/a2enmod', '/usr/sbin/nginx', '/usr/bin/script', '/usr/bin/curl',
  '/usr/lib/apache2/modules/mod_fcgid.so'].find((path) => !existsSync(path));
const skip = needed !== undefined && `no ${needed}`;

// A machine with Debian's own servers as they are installed, and nothing of ours.
async function fresh(t) {
  const machine = await boot(new Place(t));
  if (typeof machine === 'string') return machine;
  machine.shell = (text) => machine.run('env', 'HOME=/root', 'TERM=dumb', 'sh', '-c', text);
  machine.good = (text) => {
    const done = machine.shell(`set -e\n${text}`);
    assert.equal(done.code, 0, `${text}\n${done.out}${done.err}`);
    return done.out;
  };
  machine.good(`ip link set lo up
systemd-tmpfiles --create --prefix=/run 2>/dev/null || : # as at a real start
rm -rf /var/lib/apt/lists # no network: what is installed is the newest
rm -rf /etc/signpost /usr/local/bin/signpost /usr/local/lib/signpost /usr/local/share/doc/signpost
rm -f /etc/lighttpd/conf-*/*signpost* /etc/lighttpd/conf-enabled/*fastcgi* /etc/apache2/conf-*/*signpost*
a2dismod -q -f fcgid cgid cgi`);
  return machine;
}

// The first block on a terminal, with five answers typed.
function install(machine, server) {
  const argv = ['/usr/bin/nsenter', ...machine.enter(['env', 'HOME=/root', 'TERM=dumb', 'script', '-qec', `cd '${root}' && set -e\n${INSTALL}`, '/dev/null'])];
  const steps = [
    ['1\\. Your Cloudinary account.*: ', `CLOUDINARY_URL=cloudinary://874837483274837:${API_SECRET}@demo`],
    ['2\\. What proves[^]*Format or cookie \\[jwt\\]: ', ''],
    ['The cookie.s name \\[session\\]: ', ''],
    ['That key \\(it is not shown\\): ', ''],
    ['3\\. Where.*\\[users/\\{user\\}\\]: ', ''],
    ['4\\. Other sites.*\\[none\\]: ', ''],
    ['5\\. The web server[^]*Which one \\[.*\\]: ', server],
  ];
  // The same in Python's regular expressions.
  const asked = steps.map(([prompt, answer]) => [prompt.replace('[^]*', '(?s:.*)'), answer]);
  const done = run([fileURLToPath(new URL('terminal.py', import.meta.url)), JSON.stringify(argv), JSON.stringify(asked)],
    { program: 'python3' });
  assert.equal(done.code, 0, done.err);
  const { seen, code } = JSON.parse(done.out);
  assert.equal(code, 0, seen);
  assert.ok(!seen.includes(API_SECRET), 'the secret was shown');
  return seen.slice(seen.indexOf('Made, for '));
}

const commands = (text) => text.split('\n').map((line) => line.replace(/(^| +)#.*$/, '')).filter((line) => line !== '');

// What init printed last are README's own commands for this server, in order.
function checkPrinted(machine, printed, server) {
  const [, ...parts] = printed.split(/^([A-Z][^\n]*:)\n\n/m);
  const heads = parts.filter((_, i) => i % 2 === 0), bodies = parts.filter((_, i) => i % 2 === 1);
  assert.deepEqual(heads, [...(machine.service ? ['The processes:'] : []), `For ${server}:`, 'Then:']);
  const block = { lighttpd: LIGHTTPD, apache: APACHE, nginx: `${NGINX}${RELOAD}\n` }[server];
  assert.deepEqual(bodies.slice(0, -1).flatMap(commands), commands(block));
  const [then, last] = bodies.at(-1).split('\n\n');
  assert.equal(last !== undefined && last.includes(RESTART), machine.service);
  if (machine.service) assert.ok(printed.includes(INCLUDE));
  return then.trim().split('\n');
}

// A block's lines in one shell, as they stand: [line, code, what it printed].
function lines(machine, text) {
  const all = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const script = all.map((line) => `${line}\nprintf '\\036%s\\036' $?\n`).join('');
  const parts = machine.shell(`exec 2>&1\n${script}`).out.split('\x1e');
  assert.equal(parts.length, 2 * all.length + 1, parts.join(''));
  return all.map((line, i) => ({ line, code: Number(parts[2 * i + 1]), out: parts[2 * i] }));
}

function checkSigned({ fields, signature }) {
  const { api_key: key, signature: own, ...params } = fields;
  assert.equal(key, '874837483274837');
  assert.match(params.public_id, /^users\/alice\/[0-9a-f]{32}$/);
  assert.equal(own, cloudinary.utils.api_sign_request(params, API_SECRET, 'sha256'));
  assert.equal(signature, own);
}

const json = (text) => JSON.parse(/^\{.*\}$/m.exec(text)[0]);

// What README sets, with the comment's value where there is a service.
const [SERVICE] = said(/^as='runuser.* (as=)$/m);
const prelude = (service) => ASK.split('\n').slice(0, 2).join('\n').replace(/^as=.*$/m, service ? SERVICE : '$&');

// Both blocks of commands.
function checkAsking(machine) {
  const ask = ASK.replace(/^as=.*$/m, machine.service ? SERVICE : '$&');
  const [, mint, who, upload, check, doctor, inspect, sign, ...more] = lines(machine, ask + WRONG);
  assert.deepEqual(more, []);
  for (const { line, code, out } of [mint, who, upload, check, doctor, inspect, sign]) assert.equal(code, 0, `${line}\n${out}`);
  assert.deepEqual([json(who.out).user, json(who.out).policies], ['alice', ['avatar', 'widget', 'remove', 'thumb']]);
  checkSigned(json(upload.out));
  assert.match(check.out, /^Policy avatar: a logged-in user may upload one image[^]*: right, with 2 warnings\n$/m);
  // But for what check has said, and for a machine without a time server.
  assert.match(doctor.out, /^0 faults, \d+ warnings?\n$/m);
  const warnings = doctor.out.split('\n').filter((line) => line.startsWith('  warning'));
  assert.deepEqual(warnings.filter((line) => !/: it is right, with 2 warnings|nothing keeps it right/.test(line)), []);
  assert.match(inspect.out, /^Accepted: the user is alice, /m);
  const [, answer, string] = /^200 OK\n(\{[^]*\n\})\n\nSigned, .*:\n(.*)\n$/.exec(sign.out);
  checkSigned(JSON.parse(answer));
  assert.equal(JSON.parse(answer).signature, createHash('sha256').update(string + API_SECRET).digest('hex'));
  return { doctor: doctor.line, inspect: inspect.line };
}

// What the server answers, with a cookie or without.
function curl(machine, cookie, ...more) {
  return machine.run('curl', '-s', '-m', '5', ...more, ...(cookie ? ['-b', cookie] : []), SIGN).out;
}

const status = (machine, cookie) => curl(machine, cookie, '-o', '/dev/null', '-w', '%{http_code}');
const answers = (machine, expected, cookie) => until(`it answers ${expected}`, () => status(machine, cookie) === expected);

// Nobody, and somebody with a cookie that is wrong, of which a command says why.
function checkNobody(machine, { inspect }) {
  assert.equal(status(machine), '401');
  assert.equal(status(machine, `${machine.cookie}00`), '401');
  const { code, out } = machine.shell(`${prelude(machine.service)}\ncookie="\${cookie}00"\n${inspect}`);
  assert.equal(code, 1);
  assert.match(out, /^ {2}(form|signature) +NO: [^]*^Refused, with 401\./m);
}

// A secret that everybody may read: the doctor names it, and its command mends it.
async function checkOpenSecret(machine, { doctor }, { meanwhile, after }) {
  const [as] = prelude(machine.service).split('\n');
  const look = () => machine.shell(`${as}\n${doctor}`);
  machine.good(`chmod o+r ${KEY}`);
  await meanwhile();
  const found = look();
  assert.equal(found.code, 1);
  const [, command] = new RegExp(`^  fault +${KEY}: .*\n +(.*)$`, 'm').exec(found.out);
  machine.good(command);
  const again = look();
  assert.equal(again.code, 0, again.out);
  await after();
}

async function newcomer(t, server, service) {
  const machine = await fresh(t);
  if (typeof machine === 'string') {
    t.skip(`no machine: ${machine}`);
    return null;
  }
  const start = Date.now();
  const printed = install(machine, server);
  machine.service = service;
  machine.then = checkPrinted(machine, printed, server);
  machine.first = async () => {
    machine.cookie = machine.good(`${prelude(service)}\nprintf %s "$cookie"`);
    await answers(machine, '200', machine.cookie);
    t.diagnostic(`${server}: ${Date.now() - start} ms from make to the first signature`);
  };
  return machine;
}

// init's own last lines work as well.
function checkThen(machine) {
  const [check, doctor, health, sign, ...more] = machine.then.map((line) => machine.shell(line));
  assert.deepEqual(more, []);
  for (const { code, out, err } of [check, doctor, health, sign]) assert.equal(code, 0, out + err);
  assert.equal(JSON.parse(health.out).status, 'ok');
  checkSigned(JSON.parse(sign.out));
}

// Gives a policy another name.
const rename = (machine) => machine.good(`sed -i 's/^  thumb = {/  small = {/' ${CONF}`);
const told = (machine) => json(machine.run('curl', '-s', '-m', '60', '-b', machine.cookie, 'http://127.0.0.1/api/sign').out).policies;

// The same, and waits until alice is told that one.
async function change(machine) {
  rename(machine);
  await until('the change is in force', () => told(machine).includes('small'));
  assert.deepEqual(told(machine), ['avatar', 'widget', 'remove', 'small']);
  assert.equal(status(machine, machine.cookie), '200');
}

async function checkChange(machine) {
  said(/(A change needs no restart: within a second it is in force)/);
  await change(machine);
}

const health = (machine) => JSON.parse(machine.shell("curl -s -m 5 'http://127.0.0.1/api/sign?health'").out);

// The program stays, with what was good; started anew it has nothing.
const kept = (machine, service) => ({
  meanwhile: async () => {
    await until('it is noticed', () => health(machine).configuration === 'outdated');
    assert.equal(status(machine, machine.cookie), '200');
    machine.good(`systemctl restart ${service}`);
    await answers(machine, '503', machine.cookie);
  },
  after: () => answers(machine, '200', machine.cookie),
});

test('lighttpd', { skip }, async (t) => {
  const machine = await newcomer(t, 'lighttpd', false);
  if (machine === null) return;
  machine.good(LIGHTTPD);
  await machine.first();
  const asked = checkAsking(machine);
  checkThen(machine);
  checkNobody(machine, asked);
  await checkOpenSecret(machine, asked, kept(machine, 'lighttpd'));
  await checkChange(machine);
});

test('Apache, with mod_fcgid, without any module for it, and as plain CGI', { skip }, async (t) => {
  const machine = await newcomer(t, 'apache', false);
  if (machine === null) return;
  machine.good(APACHE);
  await machine.first();
  const asked = checkAsking(machine);
  checkThen(machine);
  checkNobody(machine, asked);
  await checkOpenSecret(machine, asked, kept(machine, 'apache2'));

  machine.good('a2dismod -q fcgid; systemctl restart apache2');
  await answers(machine, '503');
  assert.equal(machine.good("curl -s 'http://127.0.0.1/api/sign'"), 'No module runs it: a2enmod fcgid');

  const [lines, other] = /^apt-get .*\na2enmod fcgid .*: (a2enmod cgid)$/m.exec(APACHE);
  machine.good('systemctl stop apache2; a2disconf -q signpost; a2dismod -q fcgid');
  machine.good(APACHE.replace(lines, other));
  await answers(machine, '401');
  assert.equal(machine.shell('pgrep -x signpost').out, '');
  checkAsking(machine);
  checkNobody(machine, asked);
  await checkOpenSecret(machine, asked, {
    meanwhile: () => assert.equal(status(machine, machine.cookie), '503'),
    after: () => assert.equal(status(machine, machine.cookie), '200'),
  });
  await checkChange(machine);
});

test('nginx, with the systemd units', { skip }, async (t) => {
  const machine = await newcomer(t, 'nginx', true);
  if (machine === null) return;
  machine.good('systemctl start nginx'); // a site that runs
  machine.good(NGINX);
  const site = machine.path('/etc/nginx/sites-available/default');
  const text = readFileSync(site, 'utf8');
  writeFileSync(site, text.replace(/^server \{$/m, `$&\n\t${INCLUDE}`));
  assert.notEqual(readFileSync(site, 'utf8'), text);
  machine.good(RELOAD);
  await machine.first();
  const asked = checkAsking(machine);
  checkThen(machine);
  checkNobody(machine, asked);
  assert.equal(machine.good(`stat -c '%U %a' ${KEY} /etc/signpost/cloudinary.secret`), 'root 600\nroot 600\n');
  const works = () => assert.equal(status(machine, machine.cookie), '200');
  await checkOpenSecret(machine, asked, { meanwhile: works, after: works });

  // The service has copies: a change needs the restart that README names. (It
  // would be in force within a second, on a machine that has the time for it.)
  rename(machine);
  await sleep(3000);
  assert.deepEqual(told(machine), ['avatar', 'widget', 'remove', 'thumb']);
  machine.good(RESTART);
  await change(machine);
});
