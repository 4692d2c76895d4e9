// The cases in tests/cases, held against the papers: nothing that these name is
// without one.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './site.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const unique = (names) => [...new Set(names)].sort();

// The items of all files of a kind: { word, text }, with the frame around each
// text and the lines below it.
function items(kind) {
  const folder = join('tests/cases', kind);
  return readdirSync(join(root, folder)).flatMap((name) => {
    const found = [];
    for (const line of read(folder, name).split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      if (/^(\t| {4})/.test(line)) found.at(-1).text += `\n${line.trim()}`;
      else found.push({ word: line.split(' ')[0], text: line });
    }
    return found;
  });
}

// Which of these names stands in no text?
const missing = (names, texts) => names.filter((name) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)));

// (api_secret is there to be rejected: the secret stands in a file.)
test('each setting of signpost.conf(5) is accepted and rejected', () => {
  const names = unique([...read('src/signpost.conf.5').matchAll(/^\.It Ic ([a-z_]+)$/gm)].map(([, name]) => name));
  assert.ok(names.length > 60, `${names.length} settings`);
  const all = items('configurations');
  const texts = (...words) => all.filter(({ word }) => words.includes(word)).map(({ text }) => text);
  assert.deepEqual(missing(names.filter((name) => name !== 'api_secret'), texts('accept', 'accepts', 'frame', 'base')), [], 'accepted nowhere');
  assert.deepEqual(missing(names, texts('reject', 'rejects')), [], 'rejected nowhere');
});

// No request is known that is within its limits and makes room run out.
test('each code of a refusal is met by a request', () => {
  const table = read('etc/doc/refusals.md').split('\n').filter((line) => /^\| \d{3}/.test(line));
  const codes = unique(table.flatMap((line) => [...line.split('|')[2].matchAll(/`([a-z_]+)`/g)].map(([, code]) => code)));
  assert.ok(codes.length > 40, `${codes.length} codes`);
  const texts = items('requests').map(({ text }) => text);
  assert.deepEqual(missing(codes.filter((code) => code !== 'out_of_room'), texts), []);
});

test('each format of a session is opened and refused', () => {
  const source = read('src/session/formats.c');
  const names = unique([...source.matchAll(/\.name = "([a-z-_]+)"/g), ...source.matchAll(/^\t{ "([a-z-_]+)"/gm)].map(([, name]) => name));
  assert.ok(names.length > 10, `${names}`);
  const texts = items('sessions').map(({ text }) => text);
  assert.deepEqual(missing(names.filter((name) => name !== 'none'), texts), []);
});

test('each cause that explain names has a complaint', () => {
  const codes = unique([...read('src/cli/explain_cause.c').matchAll(/\[CAUSE_[A-Z0-9_]+\] = \{\s*"([a-z0-9_]+)"/g)].map(([, code]) => code));
  assert.ok(codes.length > 40, `${codes.length} causes`);
  const texts = items('complaints').map(({ text }) => text);
  assert.deepEqual(missing(codes, texts), []);
});
