// What holds for every answer, whatever was asked.
import assert from 'node:assert/strict';
import { header } from './client.mjs';

const PROBLEM = ['type', 'title', 'status', 'detail', 'code', 'request_id', 'param', 'policy', 'server_time', 'retry_after', 'error'];

// Checks it and returns its JSON; null for an answer that has none.
export function checkAnswer(answer, method = 'GET') {
  assert.notEqual(answer.status, 500, answer.body);
  assert.equal(header(answer, 'cache-control'), 'no-store');
  assert.equal(header(answer, 'x-content-type-options'), 'nosniff');
  assert.equal(header(answer, 'vary')?.replace(/,(?! )/g, ', '), 'Origin, Cookie');
  const listed = header(answer, 'access-control-allow-origin') !== undefined;
  assert.equal(header(answer, 'cross-origin-resource-policy'), listed ? 'cross-origin' : 'same-origin');
  assert.equal(header(answer, 'set-cookie'), undefined);
  if (answer.status === 204) {
    assert.equal(header(answer, 'content-type'), undefined);
    return null;
  }
  const type = answer.status === 200 ? 'application/json' : 'application/problem+json';
  assert.equal(header(answer, 'content-type'), type);
  if (method === 'HEAD') return null;
  assert.equal(Number(header(answer, 'content-length')), Buffer.byteLength(answer.body));
  const json = JSON.parse(answer.body);
  if (answer.status !== 200) checkProblem(answer.status, json);
  return json;
}

// RFC 9457, and error.message for the widget and the SDKs.
function checkProblem(status, json) {
  for (const name of Object.keys(json)) assert.ok(PROBLEM.includes(name), name);
  assert.equal(json.type, 'about:blank');
  assert.equal(json.status, status);
  assert.match(json.title, /^[A-Z][A-Za-z ]+$/);
  assert.match(json.code, /^[a-z_]+$/);
  assert.match(json.request_id, /^[0-9a-f]{16}$/);
  assert.ok(json.detail.length > 10, json.detail);
  assert.deepEqual(json.error, { message: json.detail });
}
