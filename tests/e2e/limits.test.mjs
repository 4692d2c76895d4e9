// What a client and an operator see of limits: public policies, the health
// page, the list of denied users, the log.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkAnswer } from './answer.mjs';
import { ask, askAll, header } from './client.mjs';
import { lighttpdCgi, lighttpdFastcgi, nginxFastcgi, until } from './site.mjs';
import { API_SECRET, SESSION_KEY, seconds, session } from './token.mjs';

const conf = ({ inSession = '', root = '' } = {}) => `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); ${inSession} };
${root}
policies = {
  avatar = { action = "upload"; limit = [ "1000/hour", "2000/day" ]; limit_total = "3000/day";
    set = { public_id = "users/{user}/{random}"; overwrite = false; }; };
  free = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; };
  form = { action = "upload"; anonymous = true; limit = "5/day"; limit_total = "8/day";
    set = { public_id = "form/{random}"; overwrite = false; allowed_formats = "jpg"; }; };
};
`;

const cookie = (user) => ['Cookie', `session=${session(user)}`];
const get = (query, ...headers) => ({ path: `/api/sign?${query}`, headers });

const kinds = {
  'lighttpd FastCGI': lighttpdFastcgi,
  'lighttpd CGI': lighttpdCgi,
  'nginx': nginxFastcgi,
};

for (const [kind, start] of Object.entries(kinds)) {
  test(`${kind}: what is left is said in the IETF's fields`, async (t) => {
    const { port } = await start(t, conf());
    const first = await ask(port, get('policy=avatar', cookie('alice')));
    checkAnswer(first);
    assert.equal(first.status, 200);
    assert.equal(header(first, 'ratelimit-policy'), '"hour";q=1000;w=3600, "day";q=2000;w=86400');
    assert.match(header(first, 'ratelimit'), /^"hour";r=999;t=\d{1,4}, "day";r=(1999|2000);t=\d{1,5}$/);
    assert.equal(header(first, 'retry-after'), undefined);
    const second = await ask(port, get('policy=avatar', cookie('alice')));
    assert.match(header(second, 'ratelimit'), /^"hour";r=99[89];/);
    // What is refused for another reason counts nothing.
    const refused = await ask(port, get('policy=avatar&folder=x', cookie('alice')));
    assert.equal(refused.status, 403);
    assert.equal(header(refused, 'ratelimit'), undefined);
    const other = await ask(port, get('policy=avatar', cookie('bob')));
    assert.match(header(other, 'ratelimit'), /^"hour";r=999;/);
    const free = await ask(port, get('policy=free', cookie('alice')));
    assert.equal(free.status, 200);
    assert.equal(header(free, 'ratelimit'), undefined);
  });

  test(`${kind}: a policy without a session is counted by address`, async (t) => {
    const { port } = await start(t, conf());
    const statuses = [];
    let last;
    for (let i = 0; i < 7; i++) {
      last = await ask(port, get('policy=form', cookie(`user${i}`)));
      statuses.push(last.status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
    assert.equal(checkAnswer(last).code, 'limit_reached');
    assert.equal((await ask(port, get('policy=avatar'))).status, 401);
    assert.equal((await ask(port, get('policy=nothing'))).status, 401);
    const foreign = await ask(port, get('policy=form', ['Sec-Fetch-Site', 'cross-site']));
    assert.equal(checkAnswer(foreign).code, 'cross_site');
    const posted = await ask(port, { method: 'POST', path: '/api/sign?policy=form', body: '{"paramsToSign":{"public_id":"form/x","timestamp":"1"}}',
      headers: [['Content-Type', 'application/json']] });
    assert.equal(checkAnswer(posted).code, 'contract_not_served');
  });

  test(`${kind}: ?health is for everybody, and says no secret`, async (t) => {
    const { place, port } = await start(t, conf());
    const answer = await ask(port, get('health'));
    const health = checkAnswer(answer);
    assert.deepEqual(health, { status: 'ok', version: health.version, generation: 1, configuration: 'ok', store: 'ok' });
    assert.match(health.version, /^\d+\.\d+\.\d+$/);
    for (const other of ['health=', 'health=1', 'Health', 'health&policy=form', '&health'])
      assert.notEqual((await ask(port, get(other))).status, 200, other);
    rmSync(join(place.path, 'counters'), { recursive: true });
    writeFileSync(join(place.path, 'counters'), '');
    const broken = await until('it is out of order', async () => {
      const now = await ask(port, get('health'));
      return now.status === 503 && now;
    });
    assert.deepEqual(JSON.parse(broken.body), { ...health, status: 'out of order', store: 'out of order' });
    assert.equal(header(broken, 'content-type'), 'application/json');
  });
}

for (const [kind, start] of [['FastCGI', lighttpdFastcgi], ['CGI', lighttpdCgi]]) {
  test(`${kind}: the list of denied users`, async (t) => {
    const { place, port } = await start(t, conf({ inSession: 'deny_users_file = "denied.users";' }), 2, { 'denied.users': 'mallory\n' });
    const status = async (user, query = 'policy=avatar') => (await ask(port, get(query, cookie(user)))).status;
    assert.equal(await status('alice'), 200);
    for (const query of ['policy=avatar', 'policy=nothing', '']) {
      const answer = await ask(port, get(query, cookie('mallory')));
      assert.equal(checkAnswer(answer).code, 'user_denied');
      assert.equal(answer.status, 403);
    }
    assert.equal(await status('mallory2'), 200);
    writeFileSync(join(place.path, 'denied.users'), 'mallory\r\nalice\r\n');
    await until('alice is denied', async () => (await status('alice')) === 403);
    assert.equal(await status('mallory'), 403);
    writeFileSync(join(place.path, 'denied.users'), '');
    await until('both may ask', async () => (await status('alice')) === 200 && (await status('mallory')) === 200);
    writeFileSync(join(place.path, 'denied.users'), 'alice\n');
    await until('alice is denied', async () => (await status('alice')) === 403);
    if (kind === 'CGI') return; // has no old list
    renameSync(join(place.path, 'denied.users'), join(place.path, 'gone'));
    await until('the log says so', async () => (await status('alice')) === 403 && /event=denied .*reason=/.test(place.log));
    for (let i = 0; i < 10; i++) assert.equal(await status('alice'), 403);
    assert.equal(await status('bob'), 200);
  });
}

// logfmt, as its readers take it apart.
function fields(line) {
  const found = {};
  for (const [, name, quoted, plain] of line.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    assert.ok(!(name in found), `${name} twice: ${line}`);
    found[name] = quoted ?? plain;
  }
  return found;
}

const logs = { 'standard error': '', 'a file': 'log = "requests.log";' };

for (const [where, root] of Object.entries(logs)) {
  test(`each request has one line in ${where}, whole and without secrets`, async (t) => {
    const { place, port } = await lighttpdFastcgi(t, conf({ root }), 4);
    const path = join(place.path, 'requests.log');
    const text = () => (root === '' ? place.log : existsSync(path) ? readFileSync(path, 'utf8') : '');
    const lines = () => text().split('\n').filter((line) => line.includes(' decision='));
    const before = lines().length;
    const sent = [];
    for (let i = 0; i < 2000; i++) {
      const user = `user${i % 50}`;
      sent.push([
        get('policy=avatar', cookie(user)),
        get('policy=avatar&folder=%22%20decision%3Dgranted', cookie(user)),
        get('policy=avatar', ['Cookie', `session=${session(user)}x`]),
        get('policy=%22%20decision=granted%5C', cookie(user)),
      ][i % 4]);
    }
    const ids = new Map();
    const signatures = [];
    await askAll(port, sent, (answer) => {
      const json = JSON.parse(answer.body);
      if (answer.status === 200) signatures.push(json.signature);
      else ids.set(json.request_id, json);
    }, 32);
    await until('all lines are there', () => lines().length >= before + sent.length);
    const made = lines().slice(before);
    assert.equal(made.length, sent.length);
    const count = { granted: 0, refused: 0 };
    for (const line of made) {
      assert.match(line, /^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
      const entry = fields(line);
      count[entry.decision]++;
      assert.match(entry.request_id, /^[0-9a-f]{16}$/);
      assert.match(entry.us, /^\d+$/);
      assert.equal(entry.address, '127.0.0.1');
      if (entry.decision === 'granted') {
        assert.equal(entry.code, 'granted');
        assert.equal(entry.policy, 'avatar');
        assert.equal(entry.action, 'upload');
        assert.match(entry.user, /^user\d+$/);
        assert.match(entry.public_id, new RegExp(`^users/${entry.user}/[0-9a-f]{32}$`));
      } else {
        assert.equal(entry.code, ids.get(entry.request_id)?.code, line);
      }
    }
    assert.deepEqual(count, { granted: 500, refused: 1500 });
    assert.equal(signatures.length, 500);
    for (const secret of [API_SECRET, SESSION_KEY, 'eyJ', ...signatures])
      assert.ok(!text().includes(secret), `${secret} is in the log`);
    if (root === '') return;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(!place.log.includes('decision='), 'nothing goes to standard error');
    // As logrotate does it.
    renameSync(path, `${path}.1`);
    await until('a new file is there', async () => {
      await ask(port, get('policy=avatar', cookie('alice')));
      return existsSync(path) && statSync(path).size > 0;
    });
  });
}

test('a limit that is reached by time comes back', async (t) => {
  const { port } = await lighttpdFastcgi(t, conf().replace('limit = "5/day"', 'limit = "2/minute"'));
  if (seconds() % 60 > 20) await sleep((61 - (seconds() % 60)) * 1000);
  const statuses = [];
  let answer;
  for (let i = 0; i < 3; i++) {
    answer = await ask(port, get('policy=form'));
    statuses.push(answer.status);
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  const wait = Number(header(answer, 'retry-after'));
  assert.ok(wait >= 1 && wait <= 60, String(wait));
  await sleep(wait * 1000 + 100);
  assert.equal((await ask(port, get('policy=form'))).status, 200);
});
