// The same requests behind every web server that has a ready file, and the
// same life: a changed configuration, a process that is killed.
import assert from 'node:assert/strict';
import { chownSync, renameSync } from 'node:fs';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask, header } from './client.mjs';
import { halfway, honest, processes, underLoad } from './ending.mjs';
import { hostile } from './hostile.mjs';
import { ownAnswers } from './own_answers.mjs';
import { alice, conf, rows } from './requests.mjs';
import { checkHostile, checkRow } from './rows.mjs';
import { servers, unable } from './servers.mjs';
import { alive, until, within } from './site.mjs';
import { API_SECRET, SESSION_KEY } from './token.mjs';

// The web servers that start a process for each request.
const CGI = ['Apache, mod_cgid', 'Apache, .htaccess and mod_cgid', 'lighttpd, mod_cgi', 'nginx, fcgiwrap'];

// They hand a body on as it comes. The others keep it until it is whole, so
// that no process has half of it.
const STREAMS = ['Apache, mod_cgid', 'Apache, .htaccess and mod_cgid', 'Apache, mod_proxy_fcgi', 'Caddy'];

// What a web server answers by itself, or hands on as something else; for the
// rows of hostile.mjs in own_answers.mjs.
const html500 = (answer) => {
  assert.equal(answer.status, 500);
  assert.match(header(answer, 'content-type'), /^text\/html/);
};
const ownRows = {
  // FcgidMaxRequestLen is 128 KiB.
  'Apache, mod_fcgid': { 'a body of 1 MiB': html500 },
  'Apache, .htaccess and mod_fcgid': { 'a body of 1 MiB': html500 },
  // Caddy says that a body without a type is a form.
  Caddy: { 'paramsToSign without a content type': (answer) => assert.equal(checkAnswer(answer).code, 'malformed') },
};

async function reload(port, place) {
  assert.equal((await ask(port, honest('later'))).status, 404);
  const path = place.write('signpost.conf.new', conf.replace('policies = {', `policies = {
  later = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; };`));
  if (place.owner !== undefined) chownSync(path, ...place.owner);
  renameSync(path, `${place.path}/signpost.conf`);
  await until('the new policy is in force', async () => (await ask(port, honest('later'))).status === 200);
}

for (const [name, start] of Object.entries(servers))
  test(name, async (t) => {
    const { port, place } = await start(t, conf);
    for (const [i, [title]] of rows().entries())
      await t.test(title, async () => {
        const row = rows()[i];
        const answer = await ask(port, row[1]);
        const own = ownRows[name]?.[row[0]];
        if (own) own(answer);
        else checkRow(row, answer);
      });
    const own = { ...ownAnswers[name.split(',')[0]], ...ownAnswers[name] };
    for (const row of hostile)
      await t.test(row[0], () => checkHostile(row, (request) => within(ask(port, request), 'an answer'), own[row[0]]));
    await t.test('a changed configuration is in force', () => reload(port, place));
    // One of three, or of those that the web server starts again.
    await t.test('SIGTERM under load: every request is answered', () => underLoad(port, place, CGI.includes(name) ? 3 : 1));
    await t.test('a killed process is replaced, or another one answers', async () => {
      if (name === 'lighttpd, FastCGI')
        await until('there are two again', async () => (await ask(port, honest('avatar'))).status === 200 && processes(place).length === 2);
      for (const pid of processes(place).slice(0, 1)) {
        process.kill(pid, 'SIGKILL');
        await until('it is dead', () => !alive(pid));
      }
      for (let i = 0; i < 8; i++) assert.equal((await ask(port, honest('avatar'))).status, 200);
    });
    if (STREAMS.includes(name))
      await t.test('SIGTERM in the middle of a body: it is answered', () => halfway(port, place));
    await t.test('the log holds no secret', () => {
      for (const secret of [API_SECRET, SESSION_KEY, alice.split('.')[2]]) assert.ok(!place.log.includes(secret));
    });
  });

// Apache shows a file that nothing runs as it is.
for (const [name, start] of Object.entries(unable))
  test(`${name}: 503, and the control file is not shown`, async (t) => {
    const { port } = await start(t, conf);
    for (const path of ['/api/sign', '/api/sign/', '/api/sign/x', '/api/sign?health', '/api//sign', '/api/%73ign', '/api/sign.cgi', '/api/sign.fcgi', '/api/sign.fcgi/x', '/api/sign.cgi?policy=avatar', '/api/sign.%63gi'])
      for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS']) {
        const answer = await ask(port, { method, path });
        assert.doesNotMatch(String(answer.body), /#!|signpost\.conf/, `${method} ${path}`);
        assert.ok(answer.status >= 400 || method === 'OPTIONS', `${method} ${path}: ${answer.status}`);
        if (path === '/api/sign') assert.equal(answer.status, 503, method);
      }
  });

test('the tables are as large as they say, and name what is there', () => {
  const refusals = rows().filter(([, , status]) => [status].flat().every((one) => one >= 400));
  assert.ok(hostile.length >= 80 && refusals.length >= 120, `${hostile.length} and ${refusals.length}`);
  const names = hostile.map(([name]) => name);
  assert.equal(new Set(names).size, names.length);
  for (const [server, answers] of Object.entries(ownAnswers)) {
    assert.ok(Object.keys(servers).some((name) => name === server || name.split(',')[0] === server), server);
    for (const name of Object.keys(answers)) assert.ok(names.includes(name), name);
  }
});
