// Limits that hold: over several processes, when these are killed, and when
// the store is damaged, replaced, full, gone or hung.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkAnswer } from './answer.mjs';
import { ask, askAll, header } from './client.mjs';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { Place, childrenOf, lighttpdCgi, lighttpdFastcgi, nginxFastcgi, program, startRedis, stop, until, within } from './site.mjs';
import { seconds, session } from './token.mjs';

const DAY = 86400;
const LIMIT = 100;

function conf({ store = '', limit = `${LIMIT}/day`, more = '', root = '', inSession = '' } = {}) {
  return `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); ${inSession} };
${store === '' ? '' : `store = "${store}";`}
${root}
policies = {
  avatar = { action = "upload"; limit = "${limit}"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; ${more} };
};
`;
}

const as = (user, policy = 'avatar') => ({
  path: `/api/sign?policy=${policy}`,
  headers: [['Cookie', `session=${session(user)}`]],
});

const variables = (user) => fastcgiRequest({ GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET',
  QUERY_STRING: 'policy=avatar', HTTP_COOKIE: `session=${session(user)}`, REMOTE_ADDR: '127.0.0.1' });

// Not over midnight, when the windows end.
async function sameDay(what) {
  if (DAY - (seconds() % DAY) < 100) await sleep((DAY - (seconds() % DAY) + 1) * 1000);
  return what();
}

const quotaOf = (answer) => /^"day";r=(\d+);t=(\d+)$/.exec(header(answer, 'ratelimit'));

// Asks 10,000 times at once, over 200 connections.
async function storm(port) {
  const statuses = {};
  const refused = [];
  await askAll(port, Array.from({ length: 10000 }, () => as('alice')), (answer) => {
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (answer.status !== 200) refused.push(answer);
  }, 200);
  return { statuses, refused };
}

function checkRefusals(refused) {
  for (const answer of refused) {
    const problem = checkAnswer(answer);
    assert.equal(problem.code, 'limit_reached');
    const wait = Number(header(answer, 'retry-after'));
    assert.equal(problem.retry_after, wait);
    assert.ok(wait >= 1 && wait <= DAY, String(wait));
    assert.equal(header(answer, 'ratelimit-policy'), `"day";q=${LIMIT};w=${DAY}`);
    assert.equal(quotaOf(answer)[1], '0');
  }
}

const servers = {
  'lighttpd, 4 processes': (t, text) => lighttpdFastcgi(t, text, 4),
  'nginx with kept connections, 4 processes': (t, text) => nginxFastcgi(t, text, 4, 64),
};

for (const [name, start] of Object.entries(servers)) {
  test(`${name}: of 10,000 requests exactly ${LIMIT} are granted, by the file`, (t) => sameDay(async () => {
    const { port } = await start(t, conf());
    const { statuses, refused } = await storm(port);
    assert.deepEqual(statuses, { 200: LIMIT, 429: 10000 - LIMIT });
    checkRefusals(refused);
    assert.equal((await ask(port, as('bob'))).status, 200, 'another user is counted alone');
  }));

  test(`${name}: of 10,000 requests exactly ${LIMIT} are granted, by Redis`, (t) => sameDay(async () => {
    const redis = await startRedis(t);
    const { port } = await start(t, conf({ store: `unix:${redis.socket}` }));
    const { statuses, refused } = await storm(port);
    // On a machine that is busy Redis may be late, and is then left alone for a second.
    await until('the limit is reached', async () => {
      const { status } = await ask(port, as('alice'));
      statuses[status] = (statuses[status] ?? 0) + 1;
      return status === 429;
    });
    // A step that Redis did not answer within its time may have been counted.
    const { 200: granted = 0, 429: full, 503: late = 0, ...others } = statuses;
    assert.deepEqual(others, {});
    assert.ok(granted <= LIMIT && granted + late >= LIMIT && full > 0, JSON.stringify(statuses));
    checkRefusals(refused.filter((answer) => answer.status === 429));
    t.diagnostic(JSON.stringify(statuses));
    await serves(port, 'bob');
  }));
}

// It may have ended in between.
function hit(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

// Processes of the program on one socket, each started again when it dies.
async function restarted(t, text, n) {
  const place = new Place(t);
  const config = place.configure(text);
  const script = place.write('again.sh', `exec 3<&0
for i in ${Array.from({ length: n }, (_, i) => i).join(' ')}; do
  while [ ! -e '${place.path}/end' ]; do '${program}' --config='${config}' <&3 3<&- ; done &
done
wait
`);
  const socket = join(place.path, 'signpost.sock');
  const child = place.start('spawn-fcgi', ['-n', '-s', socket, '-M', '0600', '--', '/bin/sh', script]);
  const workers = () => childrenOf(child.pid).flatMap(childrenOf);
  place.undo.push(async () => {
    writeFileSync(join(place.path, 'end'), '');
    for (const pid of workers()) hit(pid, 'SIGTERM');
    await child.ended;
  });
  await until('all are there', () => existsSync(socket) && workers().length === n);
  return { place, socket, workers };
}

// One client: asks again and again, over a kept connection while it lasts.
async function client(socket, users, seen, running) {
  let connection = null;
  for (let i = 0; running(); i++) {
    const user = users[i % users.length];
    connection ??= new FastcgiConnection(socket);
    connection.write(variables(user));
    const text = await connection.answer();
    const status = /^Status: (\d+)/.exec(text ?? '')?.[1];
    if (status === undefined) {
      connection.close();
      connection = null;
      await sleep(1);
      continue;
    }
    seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
    if (status === '200') seen.granted[user]++;
  }
  connection?.close();
}

async function askOnce(socket, user) {
  const connection = new FastcgiConnection(socket);
  connection.write(variables(user));
  const text = await connection.answer();
  connection.close();
  return text;
}

test('300 processes are killed: no count is lost, no limit passed, and all serve', (t) => sameDay(async () => {
  const KILLS = 300, MANY = 1000000;
  const { place, socket, workers } = await restarted(t, conf({ limit: `${MANY}/day` }), 4);
  const users = ['alice', 'bob', 'carol', 'dave'];
  const seen = { statuses: {}, granted: Object.fromEntries(users.map((user) => [user, 0])) };
  let kills = 0;
  const clients = Array.from({ length: 8 }, () => client(socket, users, seen, () => kills < KILLS));
  const dead = new Set();
  while (kills < KILLS) {
    const pids = workers().filter((pid) => !dead.has(pid));
    const pid = pids[Math.floor(Math.random() * pids.length)];
    if (pid !== undefined) {
      dead.add(pid);
      hit(pid, 'SIGKILL');
      kills++;
    }
    await sleep(3);
  }
  await Promise.all(clients);
  t.diagnostic(JSON.stringify(seen));
  assert.deepEqual(Object.keys(seen.statuses), ['200']);
  let counted = 0, granted = 0;
  for (const user of users) {
    const text = await askOnce(socket, user);
    const left = Number(/^RateLimit: "day";r=(\d+);/m.exec(text)[1]);
    const used = MANY - left - 1;
    assert.ok(used >= seen.granted[user], `${user}: ${used} counted, ${seen.granted[user]} granted`);
    counted += used;
    granted += seen.granted[user];
  }
  assert.ok(granted > KILLS, `only ${granted} were granted`);
  assert.ok(counted <= granted + KILLS, `${counted} counted, ${granted} granted`);
  await until('four processes serve', () => workers().filter((pid) => !dead.has(pid)).length === 4);
  for (let i = 0; i < 40; i++) assert.match(await askOnce(socket, 'eve'), /^Status: 200 /);
  assert.ok(existsSync(join(place.path, 'counters', 'counters')));
}));

test('processes are killed at the limit: it is never passed', (t) => sameDay(async () => {
  const { socket, workers } = await restarted(t, conf(), 4);
  const seen = { statuses: {}, granted: { alice: 0 } };
  let full = false;
  const clients = Array.from({ length: 8 }, () => client(socket, ['alice'], seen, () => !full));
  const dead = new Set();
  for (let i = 0; i < 100; i++) {
    const pid = workers().find((p) => !dead.has(p));
    if (pid !== undefined) {
      dead.add(pid);
      hit(pid, 'SIGKILL');
    }
    await sleep(3);
  }
  await until('the limit is reached', () => (seen.statuses[429] ?? 0) > 100);
  full = true;
  await Promise.all(clients);
  assert.ok(seen.granted.alice <= LIMIT && seen.granted.alice + dead.size >= LIMIT, JSON.stringify(seen));
}));

// A fault, made while the program runs; what is answered then, and not never.
async function answered(port, user = 'alice') {
  const answer = await within(ask(port, as(user)), 'an answer');
  if (answer.status === 503) {
    const problem = checkAnswer(answer);
    assert.equal(problem.code, 'counters_unavailable');
    assert.ok(!answer.body.includes('counters/'), 'a path is not for clients');
  }
  return answer.status;
}

const serves = (port, user) => until('it serves', async () => (await answered(port, user)) === 200);

function flip(path, at) {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}

const faults = {
  'cut to nothing': (path) => truncateSync(path, 0),
  'cut in the header': (path) => truncateSync(path, 100),
  'cut by one byte': (path) => truncateSync(path, readFileSync(path).length - 1),
  'longer by one byte': (path) => writeSync(openSync(path, 'a'), 'x'),
  'another header': (path) => flip(path, 20),
  'all zeros': (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)),
  'a directory': (path) => { rmSync(path); mkdirSync(path); },
  'a FIFO': (path) => { rmSync(path); execFileSync('mkfifo', ['-m', '600', path]); },
  'a link to itself': (path) => { renameSync(path, `${path}.real`); symlinkSync(`${path}.real`, path); },
  'a link to nowhere': (path) => { rmSync(path); symlinkSync('/nonexistent/file', path); },
  'a folder that is a file': (path) => { rmSync(join(path, '..'), { recursive: true }); writeFileSync(join(path, '..'), ''); },
};

const kinds = { FastCGI: (t, text) => lighttpdFastcgi(t, text, 2), CGI: lighttpdCgi };

for (const [kind, start] of Object.entries(kinds)) {
  test(`${kind}: a damaged or replaced file refuses, and removing it helps`, async (t) => {
    const { place, port } = await start(t, conf({ limit: '5/day' }));
    const path = join(place.path, 'counters', 'counters');
    for (const [name, damage] of Object.entries(faults)) {
      await sameDay(async () => {
        rmSync(join(place.path, 'counters'), { recursive: true, force: true });
        await sleep(1100); // what failed is tried again after a second
        const statuses = [await answered(port)];
        damage(path);
        for (let i = 0; i < 8; i++) statuses.push(await answered(port));
        // Who has the header in memory goes on counting, and no further.
        if (name !== 'another header') assert.deepEqual(statuses, [200, ...Array(8).fill(503)], name);
        assert.ok(statuses.filter((status) => status === 200).length <= 5, name);
        assert.equal((await ask(port, { path: '/api/sign?health' })).status, 503, name);
      });
    }
    rmSync(join(place.path, 'counters'), { recursive: true, force: true });
    await sleep(1100);
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push(await answered(port));
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    assert.equal((await ask(port, { path: '/api/sign?health' })).status, 200);
    assert.match(place.log, /decision=refused status=503 code=counters_unavailable .*reason=/);
  });

  test(`${kind}: no byte of the file can be changed to get more`, (t) => sameDay(async () => {
    const { place, port } = await start(t, conf({ limit: '3/day' }));
    const path = join(place.path, 'counters', 'counters');
    for (let i = 0; i < 3; i++) assert.equal(await answered(port), 200);
    assert.equal(await answered(port), 429);
    const whole = readFileSync(path);
    // The slot that holds the count: the one that is not as a new file's.
    const slots = new Map();
    for (let at = 512; at < whole.length; at += 64) {
      const bytes = whole.subarray(at, at + 16).toString('hex');
      if (!/^0+$/.test(bytes)) slots.set(at, bytes);
    }
    assert.equal(slots.size, 1);
    const [at] = slots.keys();
    for (let i = at; i < at + 64; i++) {
      flip(path, i);
      const status = await answered(port);
      assert.ok(status === 503 || status === 429, `byte ${i - at}: ${status}`);
      writeFileSync(path, whole);
    }
    assert.equal(await answered(port), 429);
  }));
}

const noMount = process.getuid() !== 0 && 'needs root to mount a disk of its own';

// A small disk for the counts; CGI, which holds no file open in between.
async function onDisk(t, options, use) {
  const { place, port } = await lighttpdCgi(t, conf());
  const folder = join(place.path, 'counters');
  mkdirSync(folder, { mode: 0o700 });
  const mount = (...args) => execFileSync('mount', ['-t', 'tmpfs', '-o', ...args, 'none', folder]);
  mount(`mode=700,${options}`);
  try {
    await use(port, (more) => mount(`remount,${more}`));
  } finally {
    execFileSync('umount', [folder]);
  }
}

test('a full disk refuses, and serves when there is room', { skip: noMount }, (t) => onDisk(t, 'size=1m', async (port, remount) => {
  for (let i = 0; i < 3; i++) assert.equal(await answered(port), 503);
  remount('size=64m');
  assert.equal(await answered(port), 200);
}));

test('a disk that is read-only refuses, and serves when it can be written to', { skip: noMount }, (t) => onDisk(t, 'size=64m', async (port, remount) => {
  assert.equal(await answered(port), 200);
  remount('ro');
  for (let i = 0; i < 3; i++) assert.equal(await answered(port), 503);
  remount('rw');
  assert.equal(await answered(port), 200);
}));

test('Redis that hangs, ends and comes back: 503, and never more than the limit', (t) => sameDay(async () => {
  const redis = await startRedis(t);
  const { port } = await lighttpdFastcgi(t, conf({ store: `unix:${redis.socket}` }), 2);
  await serves(port);
  redis.child.kill('SIGSTOP');
  for (let i = 0; i < 5; i++) assert.equal(await answered(port), 503);
  redis.child.kill('SIGCONT');
  await serves(port);
  await stop(redis.child, 'SIGKILL');
  for (let i = 0; i < 5; i++) assert.equal(await answered(port), 503);
  assert.equal((await ask(port, { path: '/api/sign?health' })).status, 503);
  await redis.restart();
  await serves(port);
}));

test('Redis that hangs does not hold up those who wait', async (t) => {
  const redis = await startRedis(t);
  const { place, port } = await lighttpdFastcgi(t, conf({ store: `unix:${redis.socket}` }), 1);
  await serves(port);
  redis.child.kill('SIGSTOP');
  const answers = await Promise.all(Array.from({ length: 32 }, () => ask(port, as('alice'))));
  redis.child.kill('SIGCONT');
  assert.ok(answers.every((answer) => answer.status === 503));
  // Who asks Redis waits for 200 ms, and for a second nobody asks it then.
  const took = () => [...place.log.matchAll(/ code=counters_unavailable .* us=(\d+)/g)].map(([, us]) => Number(us)).slice(-32);
  await until('all lines are there', () => took().length === 32);
  const waited = took().filter((us) => us >= 200000).length;
  assert.ok(waited >= 1 && waited < 16, `${waited} waited`);
});
