// The end of a process that serves: asked for, while requests are under way.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, ask } from './client.mjs';
import { alice, captioned } from './requests.mjs';
import { checkAnswer } from './answer.mjs';
import { PATIENCE, alive, catches, until, whileStopped, within } from './site.mjs';

const CLIENTS = 8;

export const honest = (policy) => ({ path: `/api/sign?policy=${policy}`, headers: [['Cookie', `session=${alice}`]] });

// The processes that serve this place's configuration.
export function processes(place) {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0').includes(`--config=${place.path}/signpost.conf`);
    } catch {
      return false;
    }
  }).map(Number).filter(alive);
}

function terminate(pid) {
  try {
    process.kill(pid, 'SIGTERM');
    return true;
  } catch {
    return false;
  }
}

async function ended(pids) {
  await until('the processes have ended', () => !pids.some(alive));
}

// A web server that hands a body on as it comes: half of it, SIGTERM to every
// process, the other half, the answer, the end.
export async function halfway(port, place) {
  const body = 'context=caption=Half+and+half';
  const { path, headers } = honest('avatar');
  const connection = new Connection(port);
  const first = [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers.map((pair) => pair.join(': ')),
    'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`, 'Connection: close'].join('\r\n');
  const answer = connection.ask({ raw: `${first}\r\n\r\n${body.slice(0, 15)}` });
  const pids = await until('a process has it', () => {
    const found = processes(place);
    return found.length > 0 && found.every(catches) && found;
  });
  await whileStopped(pids, async () => {
    assert.deepEqual(pids.filter(terminate), pids);
    connection.socket.write(body.slice(15));
    await sleep(500); // for the web server to hand it on
  });
  const { status, body: text, ...rest } = await within(answer, 'the answer');
  assert.equal(status, 200, text);
  captioned('Half and half')(checkAnswer({ status, body: text, ...rest }));
  await ended(pids);
  connection.close();
}

// Requests without a pause, and SIGTERM to `times` processes that serve them,
// one after the other; every request is answered.
export async function underLoad(port, place, times) {
  const asked = new Set();
  let running = true, served = 0;
  const client = async () => {
    while (running) {
      const answer = await ask(port, honest('avatar'));
      assert.equal(answer.status, 200, answer.body);
      checkAnswer(answer);
      served++;
    }
  };
  const load = Promise.all(Array.from({ length: CLIENTS }, client));
  load.catch(() => (running = false));
  for (const end = Date.now() + PATIENCE; running && asked.size < times && Date.now() < end; await sleep(2)) {
    const pid = processes(place).find((one) => !asked.has(one) && catches(one));
    if (served > 50 && pid !== undefined && terminate(pid)) asked.add(pid);
  }
  const before = served;
  if (running) await until('more is served', () => !running || served > before + 50);
  running = false;
  await load;
  assert.equal(asked.size, times, 'so many were ended');
  await ended([...asked]);
}
