// The same requests behind every web server that has a ready file, and the
// same life: a changed configuration, a process that is killed.
import assert from 'node:assert/strict';
import { chownSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask, header } from './client.mjs';
import { alice, conf, rows } from './requests.mjs';
import { checkRow } from './rows.mjs';
import { servers } from './servers.mjs';
import { alive, until } from './site.mjs';
import { API_SECRET, SESSION_KEY } from './token.mjs';

// What a web server answers by itself, or hands on as something else.
const html500 = (answer) => {
  assert.equal(answer.status, 500);
  assert.match(header(answer, 'content-type'), /^text\/html/);
};
const ownAnswers = {
  // FcgidMaxRequestLen is 128 KiB.
  'Apache, mod_fcgid': { 'a body of 1 MiB': html500 },
  'Apache, .htaccess and mod_fcgid': { 'a body of 1 MiB': html500 },
  // Caddy says that a body without a type is a form.
  Caddy: { 'paramsToSign without a content type': (answer) => assert.equal(checkAnswer(answer).code, 'malformed') },
};

const honest = (policy) => ({ path: `/api/sign?policy=${policy}`, headers: [['Cookie', `session=${alice}`]] });

// The processes that serve this place's configuration.
function processes(place) {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0').includes(`--config=${place.path}/signpost.conf`);
    } catch {
      return false;
    }
  }).map(Number).filter(alive);
}

async function reload(port, place) {
  assert.equal((await ask(port, honest('later'))).status, 404);
  const path = place.write('signpost.conf.new', conf.replace('policies = {', `policies = {
  later = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; };`));
  if (place.owner !== undefined) chownSync(path, ...place.owner);
  renameSync(path, `${place.path}/signpost.conf`);
  await until('the new policy is in force', async () => (await ask(port, honest('later'))).status === 200, 3000);
}

for (const [name, start] of Object.entries(servers))
  test(name, async (t) => {
    const { port, place } = await start(t, conf);
    for (const row of rows)
      await t.test(row[0], async () => {
        const answer = await ask(port, row[1]);
        const own = ownAnswers[name]?.[row[0]];
        if (own) own(answer);
        else checkRow(row, answer);
      });
    await t.test('a changed configuration is in force', () => reload(port, place));
    await t.test('a killed process is replaced, or another one answers', async () => {
      for (const pid of processes(place).slice(0, 1)) {
        process.kill(pid, 'SIGKILL');
        await until('it is dead', () => !alive(pid), 2000);
      }
      for (let i = 0; i < 8; i++) assert.equal((await ask(port, honest('avatar'))).status, 200);
    });
    await t.test('the log holds no secret', () => {
      for (const secret of [API_SECRET, SESSION_KEY, alice.split('.')[2]]) assert.ok(!place.log.includes(secret));
    });
  });
