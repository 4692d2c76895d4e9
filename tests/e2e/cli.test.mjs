// The command line: check, keygen, mint, and what is none of them.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, command, root, run } from './site.mjs';
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
    'Policy avatar: a logged-in user may upload one image into users/{user}/, 20 an hour and 100 a day.',
    '  The action is upload, at the account demo.',
    '    moderation = manual',
    '    context.caption: at most 200 characters',
    'Policy remove: a logged-in user may delete users/{user}/**, 60 an hour.',
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

test('check: every mistake in one run, and what a broken text hides', (t) => {
  const many = sample.replace('874837483274837', 'x').replace('"cloudinary.secret"', '"nosuch.secret"').replace('"HS256"', '"none"')
    .replace('origins = [ ];', 'origins = [ "https://a.example/" ];').replace('moderation      = ', 'moderatoin      = ')
    .replace('"users/{user}/**"', '"users/**"').replace('"60/hour"', '"60/hours"');
  const { config, path } = place(t, many);
  const found = run(['check', config]);
  assert.equal(found.code, 1);
  for (const words of [/API key/, /nosuch\.secret/, /HS256/, /no origin/, /moderation/, /"20\/hour", with/, /need not be the user's own/])
    assert.match(found.err, words);
  assert.ok(!found.out.includes('was not looked at'));
  const broken = join(path, 'broken.conf');
  writeFileSync(broken, 'a = "x" "y";\nb = /* ;\n', { mode: 0o600 });
  const hidden = run(['check', broken]);
  assert.match(hidden.err, /broken\.conf:1: error: two strings[^]*broken\.conf:2: error: this comment/);
  assert.match(hidden.out, /note: what the settings say was not looked at/);
});

test('check --json: for another program', (t) => {
  const { config, path } = place(t);
  const { code, out, err } = run(['check', '--json', config]);
  assert.equal(code, 0, err);
  assert.equal(err, '');
  noSecrets({ out, err });
  const found = JSON.parse(out);
  assert.deepEqual(Object.keys(found), ['configuration', 'messages', 'right', 'policies']);
  assert.equal(found.configuration, config);
  assert.equal(found.right, true);
  const text = run(['check', config]).out;
  for (const { severity, file, line, text: what } of found.messages)
    assert.ok(text.includes(`${file}:${line > 0 ? `${line}:` : ''} ${severity}: ${what}\n`), what);
  assert.deepEqual(found.policies.map((policy) => policy.name), ['avatar', 'widget', 'remove', 'thumb']);
  for (const policy of found.policies) {
    assert.ok(text.includes(`Policy ${policy.summary}\n`));
    assert.match(sample.split('\n')[policy.line - 1], new RegExp(`^ *${policy.name} = `));
  }
  const [avatar, , remove, thumb] = found.policies;
  assert.deepEqual(avatar.set.tags, ['user_{user}']);
  assert.deepEqual(avatar.allow, { context: { caption: 'at most 200 characters' } });
  assert.deepEqual(avatar.limits, [{ count: 20, seconds: 3600 }, { count: 100, seconds: 86400 }]);
  assert.deepEqual([remove.action, remove.lifetime, remove.set], ['destroy', 120, { invalidate: 'true' }]);
  assert.deepEqual([thumb.action, thumb.lifetime, thumb.limits], ['deliver', 0, []]);
  writeFileSync(join(path, 'wrong.conf'), sample.replace('"HS256"', '"none"'), { mode: 0o600 });
  const wrong = run(['check', '--json', join(path, 'wrong.conf')]);
  assert.equal(wrong.code, 1);
  assert.equal(wrong.err, '');
  const { right, policies, messages } = JSON.parse(wrong.out);
  assert.equal(right, false);
  assert.equal(policies, undefined);
  assert.equal(messages.filter(({ severity }) => severity === 'error').length, 1);
  assert.equal(JSON.parse(run(['check', '--json', '/no/such.conf']).out).messages[0].line, 0);
});

test('inspect --json: for another program', (t) => {
  const { config } = place(t);
  const cookie = run(['mint', '--user=alice', config]).out.trim();
  const inspect = (...args) => {
    const { code, out, err } = run(['inspect', '--json', ...args]);
    const json = JSON.parse(out);
    assert.equal(code, json.accepted ? 0 : 1, err);
    noSecrets({ out, err });
    return json;
  };
  const good = inspect(cookie, config);
  assert.deepEqual([good.accepted, good.format, good.user, good.key, good.denied, good.advice], [true, 'jwt', 'alice', '1', false, '']);
  assert.ok(Math.abs(good.expires - seconds() - 3600) < 10);
  assert.ok(good.checks.length > 4 && good.checks.every(({ passed }) => passed));
  const bad = inspect(`${cookie.slice(0, -3)}AAA`, config);
  assert.deepEqual([bad.accepted, bad.user, bad.expires], [false, undefined, undefined]);
  const failed = bad.checks.filter(({ passed }) => passed === false);
  assert.deepEqual(failed.map(({ name }) => name), ['signature']);
  assert.ok(failed[0].why.length > 10 && bad.advice.includes('secret'));
  assert.ok(bad.checks.some(({ passed }) => passed === null));
  const without = JSON.parse(run(['inspect', '--json', cookie], { env: { SIGNPOST_CONFIG: '/no/such.conf' } }).out);
  assert.deepEqual([without.accepted, without.format, without.checks], [false, null, []]);
  assert.match(without.advice, /JSON Web Token/);
});

// script(1) makes a terminal: colours are there, and only there.
test('check and inspect on a terminal', (t) => {
  const { config, path } = place(t);
  const term = (args, env) => run(['-qec', [command, ...args].map((one) => `'${one}'`).join(' '), '/dev/null'], { program: 'script', env: { TERM: 'xterm', ...env } }).out;
  const checked = term(['check', config]);
  assert.match(checked, /\x1b\[33mwarning:\x1b\[0m/);
  assert.match(checked, /\x1b\[2mnote:\x1b\[0m/);
  assert.match(checked, /\x1b\[32mright\x1b\[0m, with/);
  const wrong = join(path, 'wrong.conf');
  writeFileSync(wrong, 'x = 1;\n', { mode: 0o600 });
  assert.match(term(['check', wrong]), /\x1b\[31merror:\x1b\[0m[^]*\x1b\[31mnot right\x1b\[0m/);
  assert.match(term(['inspect', 'session=a.b.c', config]), /\x1b\[32mright\x1b\[0m[^]*\x1b\[31mNO\x1b\[0m: [^]*\x1b\[2mnot looked at\x1b\[0m/);
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) assert.ok(!term(['check', config], env).includes('\x1b'));
  assert.ok(!run(['check', config], { env: { TERM: 'xterm' } }).out.includes('\x1b'));
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
  assert.match(run(['sgin']).err, /did you mean sign\?/);
  // On one screen, and each command's own help too.
  const fits = (out) => assert.ok(out.split('\n').length <= 25 && out.split('\n').every((line) => line.length < 80), out);
  const help = run(['--help']).out;
  fits(help);
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
  for (const name of ['call', 'check', 'inspect', 'keygen', 'mint', 'sign']) assert.ok(commands.includes(name), name);
  assert.deepEqual(commands, [...commands].sort());
  for (const name of commands) {
    const { code, out } = run([name, '--help']);
    assert.equal(code, 0);
    assert.ok(out.startsWith(`usage: signpost ${name}`), out);
    fits(out);
  }
});
