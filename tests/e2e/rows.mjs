// One row of a table of requests, and the answer to it.
import assert from 'node:assert/strict';
import { checkAnswer } from './answer.mjs';
import { header } from './client.mjs';
import { captioned, granted } from './requests.mjs';

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

// What was said, in short: "200" is a grant or what else we give, "404
// policy_unknown" a refusal of ours; "own 404" is the web server's.
function said(answer, method) {
  const type = header(answer, 'content-type') ?? '';
  if (answer.status === 204 && type === '') return '204';
  if (!/^application\/(problem\+)?json$/.test(type) || answer.status === 206) return `own ${answer.status}`;
  // An answer that ends with the connection need not say its length.
  if (!answer.headers.has('content-length')) answer.headers.set('content-length', [String(Buffer.byteLength(answer.body))]);
  const json = checkAnswer(answer, method);
  return answer.status === 200 ? '200' : `${answer.status} ${json?.code}`;
}

// A row of hostile.mjs. ask() gives an answer, or fails when there is none.
// own: what this web server makes of it, undefined if it is ours to answer.
export async function checkHostile([, request, ours, check], ask, own) {
  const answer = await ask(request).catch((error) => {
    assert.match(error.message, /^closed without/);
    return null;
  });
  const what = answer === null ? 'closed' : said(answer, request.method);
  assert.ok([own ?? ours].flat().includes(what), `${what}, not ${own ?? ours}: ${answer?.body}`);
  if (what.startsWith('own ')) assert.doesNotMatch(answer.body, /signpost|--config/);
  if (what === '200') (check ?? granted('upload', { public_id: /^users\/alice\/[0-9a-f]{32}$/ }))(JSON.parse(answer.body));
}
