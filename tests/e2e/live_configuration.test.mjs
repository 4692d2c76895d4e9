// What is changed on the disk is in force a second later, and
// what was changed is held by nobody any more.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { lighttpdFastcgi, nginxFastcgi, until } from './site.mjs';
import { session } from './token.mjs';

const policies = (...names) => `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; signature_algorithm = "sha256"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
${names.map((name) => `  ${name} = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg"; }; };`).join('\n')}
};
`;
const cookie = ['Cookie', `session=${session('alice')}`];
const sign = (port, policy) => ask(port, { path: `/api/sign?policy=${policy}`, headers: [cookie] });
const health = async (port) => {
  const answer = await ask(port, { path: '/api/sign?health' });
  return { ...JSON.parse(answer.body), http: answer.status };
};
// As an editor or a deployment does it: a new file, moved over the old one.
const replace = (place, name, text) => renameSync(place.write(`${name}.new`, text), `${place.path}/${name}`);
// From every process: each looks once its second is over, and on a busy machine
// one may have answered all requests for a while.
const everywhere = async (port, policy, status) => {
  let rounds = 0;
  await sleep(1100);
  await until(`${status} for ${policy} from all`, async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => sign(port, policy)));
    rounds = answers.every((answer) => answer.status === status) ? rounds + 1 : 0;
    return rounds === 6;
  });
};

for (const [name, serve] of [['nginx and spawn-fcgi', nginxFastcgi], ['lighttpd', lighttpdFastcgi]]) {
  test(`${name}: a changed configuration, a wrong one, and none`, async (t) => {
    const { place, port } = await serve(t, policies('avatar'));
    checkAnswer(await sign(port, 'avatar'));
    assert.equal((await sign(port, 'photo')).status, 404);
    assert.equal((await health(port)).configuration, 'ok');

    replace(place, 'signpost.conf', policies('photo'));
    await until('the new policy', async () => (await sign(port, 'photo')).status === 200);
    await everywhere(port, 'avatar', 404);
    await everywhere(port, 'photo', 200);
    const changed = await health(port);
    assert.equal(changed.configuration, 'ok');
    assert.ok(changed.generation >= 2);

    // Cut in the middle, as by a copy that is under way.
    replace(place, 'signpost.conf', policies('avatar').slice(0, -40));
    await until('to be told', async () => (await health(port)).configuration === 'outdated');
    await everywhere(port, 'photo', 200);
    const wrong = await health(port);
    assert.equal(wrong.http, 200);
    assert.equal(wrong.generation, changed.generation);
    if (serve === lighttpdFastcgi) { // spawn-fcgi takes standard error away
      assert.match(place.log, /event=config severity=error .*signpost\.conf/);
      assert.match(place.log, /stays in force/);
    }

    unlinkSync(`${place.path}/signpost.conf`);
    await until('503', async () => (await sign(port, 'photo')).status === 503);
    await everywhere(port, 'photo', 503);
    assert.deepEqual([(await health(port)).http, (await health(port)).configuration], [503, 'missing']);

    place.write('signpost.conf', policies('avatar'));
    await until('it to be back', async () => (await sign(port, 'avatar')).status === 200);
    await everywhere(port, 'avatar', 200);
    for (const secret of ['cloudinary.secret', 'session.key'])
      assert.ok(!place.log.includes(readFileSync(`${place.path}/${secret}`, 'utf8').trim()));
  });
}

// Is this text anywhere in the process? Its own pages, read as root or by the
// same user; null where the kernel does not let us.
function inMemory(pid, text) {
  let memory;
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return null;
  }
  const wanted = Buffer.from(text);
  let found = false;
  for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line);
    if (range === null || /\[v/.test(line)) continue;
    const [low, high] = range.slice(1).map((hex) => parseInt(hex, 16));
    const bytes = Buffer.alloc(high - low);
    let n = 0;
    try {
      n = readSync(memory, bytes, 0, bytes.length, low);
    } catch {
      continue; // pages that nobody may read
    }
    found ||= bytes.subarray(0, n).includes(wanted);
  }
  closeSync(memory);
  return found;
}

test('a rotated key and a rotated secret: the old ones are wiped', async (t) => {
  const { place, port, fcgi: { pids } } = await nginxFastcgi(t, policies('avatar'));
  const old = ['session.key', 'cloudinary.secret'].map((name) => readFileSync(`${place.path}/${name}`, 'utf8').trim());
  await Promise.all(Array.from({ length: 8 }, () => sign(port, 'avatar')));
  const next = ['the-next-session-key-of-a-test-01234', 'TheNextApiSecretOfTests0123'];
  const readable = pids.filter((pid) => inMemory(pid, 'SIGNPOST_CONFIG'));
  for (const pid of readable) for (const secret of old) assert.ok(inMemory(pid, secret), 'the search finds what is there');
  replace(place, 'session.key', next[0]);
  replace(place, 'cloudinary.secret', next[1]);
  await until('the old cookie to be refused', async () => (await sign(port, 'avatar')).status === 401);
  await everywhere(port, 'avatar', 401);
  for (const pid of readable)
    for (const secret of old) assert.equal(inMemory(pid, secret), false, `${pid} holds what was ${secret}`);
  if (readable.length === 0) t.diagnostic('memory was not searched: this kernel does not let us read it');
});

// The next change comes while requests do, and none of them fails.
test('changes under load: every request has an answer', async (t) => {
  const { place, port } = await nginxFastcgi(t, policies('avatar', 'a'));
  let stop = false;
  const load = Promise.all(Array.from({ length: 4 }, async () => {
    let n = 0;
    for (; !stop; n++) checkAnswer(await sign(port, 'avatar'));
    return n;
  }));
  for (const name of ['b', 'c', 'd']) {
    writeFileSync(`${place.path}/signpost.conf`, policies('avatar', name)); // not at once: cut for a moment
    await until(name, async () => (await sign(port, name)).status === 200);
  }
  stop = true;
  assert.ok((await load).every((n) => n > 10));
});
