// `signpost doctor`, as a program reads it.
import assert from 'node:assert/strict';
import { command, program, run } from './site.mjs';

export function doctor(args, options = {}) {
  const done = run(['doctor', '--json', ...args], options);
  assert.equal(done.err, '');
  const report = JSON.parse(done.out);
  assert.equal(done.code, report.faults > 0 ? 1 : 0, done.out);
  assert.equal(report.complete, true);
  for (const { state, group, what, says } of report.findings)
    assert.ok(['ok', 'warning', 'fault'].includes(state) && group && says && typeof what === 'string', done.out);
  return { ...report, code: done.code, out: done.out };
}

// The findings about this file that bite.
export const about = (report, what, group) =>
  report.findings.filter((f) => f.state !== 'ok' && f.what === what && (!group || f.group === group));

export const faults = (report) => report.findings.filter((f) => f.state === 'fault');

// Pastes a command into a shell.
export function paste(command, options = {}) {
  const done = run(['-c', command], { program: '/bin/sh', ...options });
  assert.equal(done.code, 0, `${command}\n${done.out}${done.err}`);
  return done;
}

// What bites about this file, after its commands were pasted: until none.
export function mend(look, what, options = {}, rounds = 6) {
  const said = [];
  for (let i = 0; i < rounds; i++) {
    const [first] = about(look(), what, options.group);
    if (!first) return said;
    assert.ok(first.mend, `${what}: ${first.says}: there is no command`);
    said.push(first);
    paste(first.mend, options);
  }
  assert.fail(`${what}: still ${JSON.stringify(about(look(), what))}`);
}

export { command, program };
