// Pages in Markdown, and what stands in them to be run.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Place, root, run } from './site.mjs';

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

/*
 * The blocks of a page, which are these and no others: [language, heading] of
 * each. A new one fails here until something is done with it.
 */
export function blocksOf(name, expected) {
  const found = fences(readFileSync(join(root, name), 'utf8'));
  assert.deepEqual(found.map(({ language, heading }) => [language, heading]), expected);
  return found.map(({ content }) => content);
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

// GitHub's way from a heading to its anchor.
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');

// Local links of a page that lead nowhere.
export function broken(file, text = readFileSync(file, 'utf8')) {
  const own = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  return [...own.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, id] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(target)) return true;
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1]));
    return id !== undefined && !headings.includes(id);
  });
}

// [page, link] of each such link in the pages below a folder.
export function brokenBelow(folder) {
  const pages = run([folder, '-name', 'node_modules', '-prune', '-o', '-path', '*/build', '-prune', '-o', '-name', '*.md', '-print'], { program: 'find' });
  const files = pages.out.trim().split('\n');
  assert.ok(files.length >= 10, pages.out + pages.err);
  return files.flatMap((file) => broken(file).map((link) => [file.slice(folder.length), link]));
}
