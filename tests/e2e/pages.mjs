// Pages in Markdown, and what stands in them to be run.
import assert from 'node:assert/strict';
import { Place, run } from './site.mjs';

// The fenced blocks of a text, with their language and the heading above.
export function fences(text) {
  const found = [];
  let heading = '';
  for (const [, title, language, content] of text.matchAll(/^#{1,6} ([^\n]*)$|^```(\w*)\n(.*?)^```$/gms))
    if (title !== undefined) heading = title;
    else found.push({ heading, language, content });
  return found;
}

// The fenced blocks of one language in a text.
export function blocks(text, language) {
  return fences(text).filter((fence) => fence.language === language).map((fence) => fence.content);
}

// A configuration as it stands, or only a part of one?
export const whole = (text) => /^policies = \{/m.test(text);

// What `signpost check` says of it.
export function check(t, text, files = {}) {
  const made = new Place(t);
  return run(['check', made.configure(text, files)]);
}

export function checkRight(t, text, files = {}) {
  const found = check(t, text, files);
  assert.equal(found.code, 0, found.out + found.err);
  return found;
}
