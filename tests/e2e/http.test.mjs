// Requests, honest and hostile, behind each kind of web server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { Connection, ask } from './client.mjs';
import { alice, conf, granted, honest, rows } from './requests.mjs';
import { generator, seed } from './random.mjs';
import { checkRow } from './rows.mjs';
import { lighttpdCgi, lighttpdEnvironment, lighttpdFastcgi, nginxFastcgi } from './site.mjs';
import { API_SECRET, SESSION_KEY } from './token.mjs';

// Honest requests with a few bytes changed: any answer but a wrong one.
const SCRAPS = ['%', '&', '=', '[]', '+', '%00', '%ff', '%26', '%', '{', '"', '\\', ',', '/', '..', 'policy=', ';', '%0d%0a', 'ü', '\x7f'];

function mutate(r, text) {
  for (let n = 1 + r.below(4); n > 0; n--) {
    const at = r.below(text.length + 1);
    text = text.slice(0, at) + r.pick(SCRAPS) + text.slice(at + r.below(3));
  }
  return text;
}

async function askMutated(port, times) {
  const r = generator(seed);
  const bodies = honest.map(([, request]) => request).filter((request) => request.body);
  const connection = new Connection(port);
  for (let i = 0; i < times; i++) {
    const request = r.pick(bodies);
    const changed = { ...request, body: mutate(r, request.body) };
    const answer = await connection.ask(changed);
    assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500),
      `SEED=${seed} ${JSON.stringify(changed)}: ${answer.status} ${answer.body}`);
    const json = checkAnswer(answer);
    if (answer.status === 200 && json.fields) granted(json.url.split('/').pop())(json);
  }
  connection.close();
}

const servers = [
  ['lighttpd, FastCGI', lighttpdFastcgi],
  ['lighttpd, CGI by a control file', lighttpdCgi],
  ['lighttpd, CGI by SIGNPOST_CONFIG', lighttpdEnvironment],
  ['nginx, kept FastCGI connections', nginxFastcgi],
];

for (const [name, start] of servers)
  test(name, async (t) => {
    const { port, place } = await start(t, conf);
    const ids = new Set();
    for (const [i, [title]] of rows().entries())
      await t.test(title, async () => {
        const row = rows()[i];
        const answer = await ask(port, row[1]);
        checkRow(row, answer);
        const id = /"request_id":"([^"]*)"/.exec(answer.body);
        assert.ok(id === null || !ids.has(id[1]), 'a request id came twice');
        if (id !== null) ids.add(id[1]);
      });
    await t.test(`changed bytes, SEED=${seed}`, () => askMutated(port, 300));
    await t.test('the log holds no secret', () => {
      for (const secret of [API_SECRET, SESSION_KEY, alice.split('.')[2]])
        assert.ok(!place.log.includes(secret));
      if (name.startsWith('lighttpd')) assert.match(place.log, /decision=refused status=401 code=no_session .*reason=/);
    });
  });
