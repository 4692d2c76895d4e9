// The program as a process: it ends when asked to, it is replaced when it
// dies, nobody holds it up, and it does not grow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { Connection, ask, askAll, header } from './client.mjs';
import { FastcgiConnection, fastcgiRequest } from './fastcgi.mjs';
import { Place, alive, catches, childrenOf, lighttpdFastcgi, nginxFastcgi, program, spawnFcgi, stateOf, until, whileStopped, within } from './site.mjs';
import { session } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; signature_algorithm = "sha256"; };
session = { format = "jwt"; algorithm = "HS256"; cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  avatar = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; allow = { context = { caption = "text 200"; }; }; };
};
`;
const cookie = `session=${session('alice')}`;
const honest = { path: '/api/sign?policy=avatar', headers: [['Cookie', cookie]] };
const variables = { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'policy=avatar', HTTP_COOKIE: cookie, REMOTE_ADDR: '127.0.0.1' };
const whole = fastcgiRequest(variables);
const FORM = 'context=caption=Hello';
const posted = fastcgiRequest({ ...variables, REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(FORM.length),
  CONTENT_TYPE: 'application/x-www-form-urlencoded' }, FORM);

async function oneProcess(t) {
  const place = new Place(t);
  return spawnFcgi(place, place.configure(conf));
}

// It has read what it was sent, and waits for more.
const rests = (pid) => until('it waits', () => stateOf(pid) === 'S');

async function connect(fcgi) {
  const connection = new FastcgiConnection(fcgi.socket);
  connection.write(whole);
  assert.match(await connection.answer(), /^Status: 200 OK\r\n/);
  return connection;
}

// The process ends by itself, with code 0 and not by the signal.
async function endsWell(fcgi) {
  assert.deepEqual(await within(fcgi.child.ended, 'the process to end'), { code: 0, signal: null });
}

for (const signal of ['SIGTERM', 'SIGUSR1']) {
  test(`${signal} ends an idle process`, async (t) => {
    const fcgi = await oneProcess(t);
    await connect(fcgi);
    fcgi.child.kill(signal);
    await endsWell(fcgi);
  });

  test(`${signal} in the middle of a request: it is answered`, async (t) => {
    for (const cut of [1, 8, 30, posted.length - FORM.length - 4, posted.length - 1]) {
      const fcgi = await oneProcess(t);
      const connection = await connect(fcgi);
      await connection.write(posted.subarray(0, cut));
      await rests(fcgi.child.pid);
      await whileStopped([fcgi.child.pid], () => {
        fcgi.child.kill(signal);
        return connection.write(posted.subarray(cut));
      });
      const text = await within(connection.answer(), 'the answer');
      assert.match(text ?? 'none', /^Status: 200 OK\r\n[^]*"context":"caption=Hello"/, `cut at ${cut}`);
      await endsWell(fcgi);
    }
  });

  test(`${signal} with a request in each of 20 kept connections`, async (t) => {
    const fcgi = await oneProcess(t);
    const connections = await Promise.all(Array.from({ length: 20 }, () => connect(fcgi)));
    const answers = connections.map((connection) => {
      connection.write(whole);
      return connection.answer();
    });
    fcgi.child.kill(signal);
    for (const text of await Promise.all(answers)) assert.match(text ?? 'none', /^Status: 200 OK\r\n/);
    await endsWell(fcgi);
  });

  test(`${signal} with 30 new connections that wait`, async (t) => {
    const fcgi = await oneProcess(t);
    await connect(fcgi);
    const connections = Array.from({ length: 30 }, () => new FastcgiConnection(fcgi.socket));
    const answers = connections.map((connection) => connection.answer());
    await whileStopped([fcgi.child.pid], () => {
      fcgi.child.kill(signal);
      return Promise.all(connections.map((connection) => connection.write(whole)));
    });
    for (const text of await Promise.all(answers)) assert.match(text ?? 'none', /^Status: 200 OK\r\n/);
    await endsWell(fcgi);
  });

  test(`${signal} while a client never finishes`, async (t) => {
    const fcgi = await oneProcess(t);
    const connection = await connect(fcgi);
    await connection.write(posted.subarray(0, 20));
    await rests(fcgi.child.pid);
    const since = Date.now();
    fcgi.child.kill(signal);
    await endsWell(fcgi);
    assert.ok(Date.now() - since >= 450, 'it gives the client half a second');
    await connection.closed;
  });
}

// A process of CGI that has half of its body.
async function cgiUnderWay(t) {
  const place = new Place(t);
  const env = { ...variables, REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(FORM.length),
    CONTENT_TYPE: 'application/x-www-form-urlencoded', SIGNPOST_CONFIG: place.configure(conf) };
  const child = place.start(program, [], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.text = '';
  child.stdout.on('data', (text) => (child.text += text));
  child.stdin.write(FORM.slice(0, 9));
  await until('it serves', () => catches(child.pid) && stateOf(child.pid) === 'S');
  return child;
}

test('SIGTERM in the middle of a CGI request: it is answered', async (t) => {
  const child = await cgiUnderWay(t);
  await whileStopped([child.pid], () => {
    for (let i = 0; i < 3; i++) child.kill('SIGTERM');
    return new Promise((resolve) => child.stdin.end(FORM.slice(9), resolve));
  });
  assert.deepEqual(await within(child.ended, 'the process to end'), { code: 0, signal: null });
  assert.match(child.text, /^Status: 200 OK\r\n[^]*"context":"caption=Hello"/);
});

// Without an answer, which it would give up with later; asking again buys no time.
test('SIGTERM in the middle of a CGI request that never ends', async (t) => {
  const child = await cgiUnderWay(t);
  child.kill('SIGTERM');
  const again = setInterval(() => child.kill('SIGTERM'), 500);
  await within(child.ended, 'the process to end').finally(() => clearInterval(again));
  assert.equal(child.text, '');
});

test('clients that send half a request hold nobody up', async (t) => {
  const fcgi = await oneProcess(t);
  const idle = [];
  for (const n of [0, 1, 7, 8, 15, 16, 17, 40, whole.length - 1]) {
    const connection = new FastcgiConnection(fcgi.socket);
    connection.write(whole.subarray(0, n));
    idle.push(connection);
  }
  let given = 0;
  for (const connection of idle) connection.closed.then(() => given++);
  (await connect(fcgi)).close();
  assert.equal(given, 0, 'nobody waits until they are given up');
  for (let i = 0; i < 50; i++) (await connect(fcgi)).close();
  // And they are not kept for ever.
  await within(Promise.all(idle.map((connection) => connection.closed)), 'them to be closed');
});

test('more connections than it takes at once', async (t) => {
  const fcgi = await oneProcess(t);
  const silent = Array.from({ length: 100 }, () => new FastcgiConnection(fcgi.socket));
  const since = Date.now();
  await Promise.all(silent.map((one) => one.write('')));
  const connection = new FastcgiConnection(fcgi.socket);
  connection.write(whole);
  // A round of those who came first, a second long; pool's unit test knows how long exactly.
  assert.match(await within(connection.answer(), 'an answer') ?? 'none', /^Status: 200 OK\r\n/);
  assert.ok(Date.now() - since >= 950, 'they have their second');
  for (const one of [...silent, connection]) one.close();
});

test('what is not FastCGI ends that connection alone', async (t) => {
  const fcgi = await oneProcess(t);
  const kept = await connect(fcgi);
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\0'.repeat(64), '\xff'.repeat(70000)]) {
    const connection = new FastcgiConnection(fcgi.socket);
    connection.write(Buffer.from(bytes, 'latin1'));
    await within(connection.closed, 'it to be closed');
  }
  kept.write(whole);
  assert.match(await kept.answer(), /^Status: 200 OK\r\n/);
  kept.close();
});

test('a killed worker of lighttpd: the next requests are served', async (t) => {
  const site = await lighttpdFastcgi(t, conf, 2);
  const before = childrenOf(site.pid);
  assert.equal(before.length, 2);
  process.kill(before[0], 'SIGKILL');
  for (let i = 0; i < 50; i++) assert.equal((await ask(site.port, honest)).status, 200, `request ${i}`);
  const now = () => childrenOf(site.pid).filter(alive);
  await until('there are two again', async () => {
    await ask(site.port, honest);
    return now().length === 2;
  });
  assert.ok(!now().includes(before[0]));
});

// A request that had gone to a dead worker is the server's to refuse.
for (const signal of ['SIGTERM', 'SIGKILL'])
  test(`all workers of lighttpd get ${signal} under load: what is said is right`, async (t) => {
    const site = await lighttpdFastcgi(t, conf, 2);
    const requests = Array.from({ length: 2000 }, () => honest);
    let served = 0;
    await askAll(site.port, requests, (answer, i) => {
      if (i === 500) for (const pid of childrenOf(site.pid)) process.kill(pid, signal);
      if (answer.status === 200) checkAnswer(answer);
      else assert.equal(header(answer, 'content-type'), 'text/html', answer.body);
      served += answer.status === 200;
    });
    await until('it serves again', async () => (await ask(site.port, honest)).status === 200);
    t.diagnostic(`${served} of ${requests.length} served`);
    assert.ok(served >= 500);
  });

test('lighttpd ends its workers', async (t) => {
  const site = await lighttpdFastcgi(t, conf, 3);
  const workers = childrenOf(site.pid);
  assert.equal(workers.length, 3);
  site.child.kill('SIGTERM');
  await within(site.child.ended, 'lighttpd to end');
  await until('they have ended', () => !workers.some(alive));
});

test('8 kept connections of nginx at once to one process', async (t) => {
  const site = await nginxFastcgi(t, conf, 1);
  for (let round = 0; round < 20; round++) {
    const connections = Array.from({ length: 8 }, () => new Connection(site.port));
    const answers = await within(Promise.all(connections.map((one) => one.ask(honest))), 'all of them');
    for (const answer of answers) assert.equal(answer.status, 200);
    for (const one of connections) one.close();
  }
});

test('bodies that are too large cost nobody else an answer', async (t) => {
  const site = await nginxFastcgi(t, conf, 1);
  const large = { method: 'POST', path: '/api/sign', headers: honest.headers, body: 'x'.repeat(20000) };
  const small = { method: 'POST', path: '/api/sign', headers: [...honest.headers, ['Content-Type', 'application/json']],
    body: JSON.stringify({ policy: 'avatar' }) };
  const count = {};
  await askAll(site.port, Array.from({ length: 20000 }, (_, i) => (i % 2 ? large : small)), (answer, i) => {
    const what = `${i % 2 ? 'large' : 'small'} ${answer.status}`;
    count[what] = (count[what] ?? 0) + 1;
  });
  assert.deepEqual(count, { 'small 200': 10000, 'large 413': 10000 });
});

// Memory that is this process's alone, in KiB, without pages of files, which
// all processes share: where we may not look, what everybody may see.
function memoryOf(pid) {
  const read = (name, pattern) => Number(pattern.exec(readFileSync(`/proc/${pid}/${name}`, 'utf8'))[1]);
  try {
    return read('smaps_rollup', /^Private_Dirty:\s+(\d+) kB$/m);
  } catch {
    return read('status', /^RssAnon:\s+(\d+) kB$/m);
  }
}

const filesOf = (pid) => Number(/^FDSize:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

test('20,000 requests leave nothing behind', async (t) => {
  const site = await nginxFastcgi(t, conf, 1);
  const [pid] = site.fcgi.pids;
  const kinds = [
    honest,
    { path: '/api/sign', headers: honest.headers },
    { ...honest, path: '/api/sign?policy=avatar&context=caption=%F0%9F%99%82' },
    { ...honest, path: '/api/sign?policy=nosuch' },
    { path: '/api/sign?policy=avatar' },
    { method: 'POST', path: '/api/sign', headers: [...honest.headers, ['Content-Type', 'application/json']],
      body: JSON.stringify({ policy: 'avatar', context: { caption: 'x'.repeat(150) } }) },
    { method: 'POST', path: '/api/sign', headers: [...honest.headers, ['Content-Type', 'application/json']], body: '{"a":'.repeat(99) },
    { method: 'POST', path: '/api/sign', headers: honest.headers, body: 'x'.repeat(16384) },
  ];
  const many = (n) => askAll(site.port, Array.from({ length: n }, (_, i) => kinds[i % kinds.length]), (answer) => {
    assert.ok(answer.status < 500, answer.body);
  });
  await many(2000);
  const memory = memoryOf(pid), files = filesOf(pid);
  await many(20000);
  const grown = memoryOf(pid) - memory;
  t.diagnostic(`${memory} KiB of its own, ${grown} KiB more at the end`);
  assert.ok(grown < 64, `grew by ${grown} KiB`);
  assert.ok(memory + grown < 1024, `${memory + grown} KiB of its own`);
  assert.equal(filesOf(pid), files);
});
