// The command line: check, keygen, mint, and what is none of them.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, root, run } from './site.mjs';
import { API_SECRET, SESSION_KEY, seconds } from './token.mjs';

const sample = readFileSync(join(root, 'etc/signpost.conf'), 'utf8');
const usage = /^usage: signpost /;

function place(t, text = sample) {
  const made = new Place(t);
  made.config = made.configure(text);
  return made;
}

function noSecrets({ out, err }) {
  for (const secret of [API_SECRET, SESSION_KEY]) {
    assert.ok(!out.includes(secret) && !err.includes(secret));
    assert.ok(!out.includes(secret.slice(0, 12)) && !err.includes(secret.slice(0, 12)));
  }
}

test('check: the sample is right, and is told in sentences', (t) => {
  const { config } = place(t);
  const found = run(['check', config]);
  assert.equal(found.code, 0, found.err);
  assert.equal(found.err, '');
  noSecrets(found);
  for (const sentence of [
    'Account demo: API key 874837483274837, API secret ****, signatures with SHA-256, at https://api.cloudinary.com.',
    'Policy avatar: upload at the account demo.',
    '    moderation = manual',
    '    context.caption: at most 200 characters',
    'Policy remove: destroy at the account demo.',
    '    public_id: users/{user}/**',
  ]) assert.ok(found.out.split('\n').includes(sentence), sentence);
  assert.match(found.out, /signpost\.conf:\d+: warning: the policy "avatar" sets moderation/);
  assert.match(found.out, /signpost\.conf:\d+: note: one signature of the policy "widget" is good for any number of uploads/);
  assert.match(found.out, /\/signpost\.conf: right, with \d+ warnings?\n$/);
});

test('check: finds the configuration by itself', (t) => {
  const { config } = place(t);
  assert.equal(run(['check'], { env: { SIGNPOST_CONFIG: config } }).code, 0);
  const found = run(['check']);
  assert.ok((found.out + found.err).includes(join(root, 'etc/signpost.conf')));
});

// One change of the sample, and what is said of it.
const mistakes = [
  ['a policy\'s key', 'moderation      = ', 'moderatoin      = ', /did you mean "?moderation/],
  ['a top-level key', 'origins = [ ];', 'orgins = [ ];', /did you mean "?origins/],
  ['a session\'s key', 'cookie    = "session"', 'cookies   = "session"', /did you mean "?cookie/],
  ['an account\'s key', 'cloud_name  ', 'cluod_name  ', /did you mean "?cloud_name/],
  ['an action', 'action   = "upload"', 'action   = "uplaod"', /did you mean "?upload|upload/],
  ['a rule', '{ caption = "text 200"; }', '{ caption = "txt 200"; }', /text N/],
  ['a template', 'users/{user}/{random}', 'users/{usr}/{random}', /\{user\}|did you mean/],
  ['a type', 'reusable = true', 'reusable = 1', /true or false/],
  ['an algorithm', '"HS256"', '"none"', /HS256/],
  ['an id that is not the user\'s', '"users/{user}/**"', '"users/**"', /\{user\}/],
  ['an upload of any number', 'reusable = true;', '', /reusable/],
  ['what a client may never send', 'caption = "text 200"; };', 'caption = "text 200"; }; eval = "text 9";', /eval/],
  ['a limit', 'limit    = "60/hour"', 'limit    = "60/hours"', /"20\/hour", with 1 to 1000000/],
  ['a missing quote', 'algorithm = "HS256";', 'algorithm = "HS256;', /./],
  ['texts side by side', '"users/{user}/**"', '"users/{user}/" "**"', /./],
  ['an include', 'origins = [ ];', '@include "other.conf"', /@include/],
  ['an open comment', '/**";', '/**"; /*', /./],
  ['a secret in the file', 'api_secret_file = "cloudinary.secret"', 'api_secret = "x"', /api_secret_file/],
  ['no file of that name', '"cloudinary.secret"', '"nosuch.secret"', /nosuch\.secret/],
];

for (const [name, from, to, words] of mistakes)
  test(`check: a mistake in ${name}`, (t) => {
    assert.ok(sample.includes(from));
    const { config } = place(t, sample.replace(from, to));
    const found = run(['check', config]);
    assert.equal(found.code, 1, found.out);
    assert.match(found.err, /^\/\S*\/signpost\.conf:\d+: error: /m);
    assert.match(found.err, words);
    assert.match(found.err, /: not right: \d+ mistakes?\n$/);
    noSecrets(found);
    const line = sample.slice(0, sample.indexOf(from)).split('\n').length;
    const named = [...found.err.matchAll(/signpost\.conf:(\d+): error/g)].map((m) => Number(m[1]));
    assert.ok(named.some((one) => Math.abs(one - line) <= 2), `line ${line}: ${found.err}`);
  });

test('check: what it cannot read', (t) => {
  const { path, config } = place(t);
  for (const wrong of [join(path, 'nosuch.conf'), path, '/dev/null', ''])
    assert.equal(run(['check', wrong]).code, 1, wrong);
  for (const args of [[config, config], ['--nosuch', config], ['--help=1x', config]])
    assert.equal(run(['check', ...args]).code, 2, args.join(' '));
});

test('keygen: a new key each time, written once', (t) => {
  const { path } = place(t);
  const seen = new Set();
  for (let i = 0; i < 20; i++) {
    const { code, out, err } = run(['keygen']);
    assert.equal(code, 0, err);
    assert.match(out, /^[0-9a-f]{64}\n$/);
    seen.add(out);
  }
  assert.equal(seen.size, 20);

  const file = join(path, 'new.key');
  const first = run(['keygen', file]);
  assert.equal(first.code, 0);
  assert.equal(first.out, '');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const key = readFileSync(file, 'utf8');
  assert.match(key, /^[0-9a-f]{64}\n$/);
  assert.ok(!first.err.includes(key.trim()));
  const second = run(['keygen', file]);
  assert.equal(second.code, 1);
  assert.match(second.err, /new\.key/);
  assert.equal(readFileSync(file, 'utf8'), key);
  assert.equal(run(['keygen', join(path, 'no/such/new.key')]).code, 1);
  assert.equal(run(['keygen', file, file]).code, 2);
});

function readToken(text) {
  const [name, value] = text.trimEnd().split('=');
  assert.equal(name, 'session');
  const [head, payload, mac] = value.split('.');
  assert.equal(mac, createHmac('sha256', SESSION_KEY).update(`${head}.${payload}`).digest('base64url'));
  const json = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: json(head), claims: json(payload) };
}

test('mint: a cookie as a login makes it', (t) => {
  const { config } = place(t);
  const mint = (...args) => {
    const { code, out, err } = run(['mint', ...args, config]);
    assert.equal(code, 0, err);
    return readToken(out);
  };
  const { header, claims } = mint('--user', 'alice');
  assert.equal(header.alg, 'HS256');
  assert.equal(claims.sub, 'alice');
  assert.equal(claims.exp - claims.iat, 3600);
  assert.ok(Math.abs(claims.iat - seconds()) < 10);
  assert.equal(mint('--user=bob', '--ttl=60').claims.sub, 'bob');
  assert.equal(mint('--user=bob', '--ttl=60').claims.exp - seconds() <= 60, true);
  assert.equal(mint('--user', 'é"\\ 🙂').claims.sub, 'é"\\ 🙂');
  assert.equal(mint('--user=a', '--key=1').claims.sub, 'a');
  const more = mint('--user=a', '--claim', 'role=editor', '--claim=org.name=A B=C').claims;
  assert.equal(more.role, 'editor');
  assert.deepEqual(more.org, { name: 'A B=C' });
});

test('mint: mistakes', (t) => {
  const { config, path } = place(t);
  const code = (...args) => {
    const made = run(['mint', ...args]);
    assert.equal(made.out, '');
    assert.notEqual(made.err, '');
    return made.code;
  };
  assert.equal(code(config), 2);
  assert.equal(code('--user=', config), 2);
  assert.equal(code('--user=a\nb', config), 2);
  assert.equal(code(`--user=${'x'.repeat(256)}`, config), 2);
  for (const ttl of ['0', '-1', '1.5', '1e3', 'x', '', String(400 * 86400 + 1)])
    assert.equal(code('--user=a', `--ttl=${ttl}`, config), 2, ttl);
  assert.equal(code('--user=a', '--user=b', config), 2);
  assert.equal(code('--user=a', '--nosuch=b', config), 2);
  assert.equal(code('--user=a', config, config), 2);
  assert.equal(code(config, '--user'), 2);
  assert.equal(code('--user=a', '--key=2', config), 1);
  for (const claim of ['sub=b', 'exp=1', 'x', '=x', 'a.=x', 'a[0]=x'])
    assert.equal(code('--user=a', '--claim', claim, config), 1, claim);
  assert.equal(code('--user=a', '--claim=a=1', '--claim=a.b=1', config), 1);
  assert.equal(code('--user=a', join(path, 'nosuch.conf')), 1);
});

test('help, version, and what is no command', () => {
  for (const args of [['--help'], ['help'], ['check', '--help'], ['keygen', '--help'], ['mint', '--help'], ['mint', '--user=a', '--help']]) {
    const { code, out, err } = run(args);
    assert.equal(code, 0, args.join(' '));
    assert.match(out, usage);
    assert.equal(err, '');
  }
  for (const name of ['check', 'keygen', 'mint'])
    assert.match(run([name, '--help']).out, new RegExp(`^usage: signpost ${name}\\b`));
  const version = run(['--version']);
  assert.equal(version.code, 0);
  const [, newest] = /^## (\S+)/m.exec(readFileSync(join(root, 'CHANGES.md'), 'utf8'));
  assert.ok(version.out.startsWith(`signpost ${newest} `), version.out);
  for (const args of [[], ['nosuch'], ['--nosuch'], ['']]) {
    const { code, out, err } = run(args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(err, /usage: signpost /);
  }
  assert.match(run(['chek']).err, /did you mean check\?/);
});
