// One row of the table of requests, and the answer to it.
import assert from 'node:assert/strict';
import { checkAnswer } from './answer.mjs';
import { header } from './client.mjs';
import { captioned } from './requests.mjs';

export function checkRow([, request, status, code, check, before], answer) {
  const type = header(answer, 'content-type') ?? '';
  if (before && answer.status === 400 && type.startsWith('text/html')) return;
  if (before === 'repaired' && answer.status === 200) {
    captioned(request.path.split('=').pop())(checkAnswer(answer));
    return;
  }
  assert.ok([status].flat().includes(answer.status), `${answer.status} ${answer.body}`);
  const json = checkAnswer(answer, request.method);
  if (code !== null) assert.ok([code].flat().includes(json.code), answer.body);
  if (answer.status >= 400) assert.doesNotMatch(answer.body, /"signature"\s*:/);
  if (check) check(json, answer);
}
