// The manual pages say what the program does: every key, parameter, format,
// command and option is in them, nothing else is, and each example runs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check, checkRight, whole } from './pages.mjs';
import { Place, command as cli, root, run } from './site.mjs';
import { API_SECRET, SESSION_KEY } from './token.mjs';

const source = (name) => readFileSync(join(root, 'src', name), 'utf8');
const pages = { program: source('signpost.1'), conf: source('signpost.conf.5') };
const sorted = (names) => [...names].sort();

// Text as roff shows it.
const shown = (text) => text.replaceAll('\\(dq', '"').replaceAll('\\&', '').replaceAll('\\e', '\\');

// What stands under one .Sh or .Ss, up to the next of either.
function part(page, title) {
  const parts = page.split(/^\.S[hs] /m).filter((text) => text.split('\n')[0] === title);
  assert.equal(parts.length, 1, `one heading ${title}`);
  return parts[0];
}

// [name, body] of each item ".It MACRO NAME ..." of a text.
function items(text, macro) {
  const found = text.split(new RegExp(`^\\.It ${macro} `, 'm')).slice(1);
  return found.map((item) => [/^[\w-]+/.exec(item)[0], item]);
}

// The examples in a text, as they would be typed.
const examples = (text) => [...text.matchAll(/^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/gms)].map((match) => shown(match[1]));

// A number as C may write it: 31 * 86400, (400LL * 24).
const product = (text) => text.replace(/[()L]/g, '').split('*').map(Number).reduce((a, b) => a * b);

// Strings of a C initializer, those side by side joined.
const strings = (text) => [...text.replace(/"\s*\n\s*"/g, '').matchAll(/"([^"]*)"/g)].map((match) => match[1]);

test('both pages are clean to mandoc', (t) => {
  for (const name of ['signpost.1', 'signpost.conf.5']) {
    const found = run(['-T', 'lint', '-W', 'warning', join(root, 'src', name)], { program: 'mandoc' });
    assert.equal(found.code, 0, found.out);
    assert.equal(found.out + found.err, '');
  }
  // And mandoc would say so if one were not.
  const wrong = new Place(t).write('wrong.1', pages.program.replace('.El\n', ''));
  assert.notEqual(run(['-T', 'lint', '-W', 'warning', wrong], { program: 'mandoc' }).code, 0);
});

// Where the keys of each section stand in the page.
const groups = {
  FILE: 'The whole file',
  ACCOUNT: 'ACCOUNT',
  SESSION: 'SESSION',
  KEY: 'A key of keys',
  CLAIM: 'A claim of require',
  POLICY: 'POLICY',
};

test('every key of the configuration has a paper, and every paper a key', () => {
  const known = [...source('policy/conf.c').matchAll(/^\t\{ SECTION_([A-Z]+), "([a-z_]+)"/gm)].map(([, section, name]) => [section, name]);
  assert.deepEqual([...new Set(known.map(([section]) => section))], Object.keys(groups));
  for (const [section, title] of Object.entries(groups)) {
    const told = items(part(pages.conf, title), 'Ic');
    assert.deepEqual(sorted(told.map(([name]) => name)), sorted(known.filter(([of]) => of === section).map(([, name]) => name)), title);
    for (const [name, body] of told) {
      assert.match(body, /^Default: |[Rr]equired/m, `${name} has no default, and is not required either`);
      if (name !== 'api_secret') assert.match(examples(body).join(), new RegExp(`^\\s*(.*; )?${name} += `, 'm'), `${name} has no example`);
    }
  }
  for (const name of ['key', 'rule', 'value']) assert.match(shown(part(pages.conf, 'RULES')), new RegExp(`\\b${name} = "`));
});

const base = {
  cloud: { cloud_name: '"demo"', api_key: '"874837483274837"', api_secret_file: '"cloudinary.secret"' },
  session: { cookie: '"session"', keys: '( { id = "1"; file = "session.key"; } )' },
  policy: { action: '"upload"', set: '{ public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg"; }' },
};

// What each example needs beside it; null takes a line of the base away.
const beside = {
  cname: { secure: 'false' },
  url_file: { cloud_name: null, api_key: null, api_secret_file: null },
  salt: { format: '"itsdangerous"', user: '"id"' },
  collection: { format: '"payload"' },
  key_derivation: { format: '"itsdangerous"', user: '"id"' },
  timed: { format: '"itsdangerous"', user: '"id"' },
  variable: { format: '"remote_user"', cookie: null, keys: null },
  save_path: { format: '"php"', user: '"id"', keys: null },
  serialize_handler: { format: '"php"', user: '"id"', keys: null, save_path: '"sessions"' },
  addresses: {},
  allow: {},
  anonymous: { set: '{ public_id = "form/{random}"; overwrite = false; }', limit: '"5/hour"' },
  reusable: { set: '{ upload_preset = "site_signed"; }' },
  any_owner: { action: '"destroy"', set: null, users: '[ "alice" ]', allow: '{ public_id = "form/*"; }', limit: '"9/hour"' },
  shared_tags: { set: '{ public_id = "users/{user}/{random}"; tags = "site"; }' },
  cookie_domain: { action: '"token"', set: '{ acl = [ "/image/authenticated/users/{user}/*" ]; duration = 3600; }' },
};

const lines = (group) => Object.entries(group).filter(([, value]) => value !== null).map(([name, value]) => `${name} = ${value};\n`).join('');

// A configuration with one example in its place, in one of the groups.
function withExample(kind, name, text) {
  const group = (which) => {
    const own = which === kind ? { ...base[which], ...beside[name], [name]: null } : base[which];
    return lines(own) + (which === kind ? text : '');
  };
  const account = beside[name]?.action === '"token"' ? 'token_key_file = "token.key";' : '';
  const top = kind === 'top' ? text : '';
  const has = (key) => new RegExp(`^\\s*${key} = `, 'm').test(top);
  const clouds = kind === 'policy' && name === 'cloud';
  return [
    clouds ? `clouds = { other = {\n${group('cloud')}}; };` : has('cloudinary') || has('clouds') ? '' : `cloudinary = {\n${group('cloud')}${account}\n};`,
    has('session') ? '' : `session = {\n${group('session')}};`,
    kind === 'policy' && name === 'origins' ? 'origins = [ "https://www.example.com" ];' : '',
    name === 'store_password_file' ? 'store = "redis://192.0.2.10";' : '',
    has('policies') ? '' : top,
    has('policies') ? top : `policies = { one = {\n${group('policy')}${has('clouds') ? 'cloud = "other";' : ''}\n}; };`,
  ].join('\n');
}

const FILES = {
  'token.key': '00112233445566778899aabbccddeeff\n',
  'newer.key': 'a-newer-test-key-that-protects-nothing\n',
  'older.secret': 'an-older-test-secret-that-protects-nothing\n',
  'redis.password': 'a-test-password-that-protects-nothing\n',
  'denied.users': 'mallory\n',
  'sessions/none': '',
  'cloudinary.url': `cloudinary://874837483274837:${API_SECRET}@demo\n`,
  'main.url': 'cloudinary://874837483274837:a-main-test-secret-that-protects-nothing@demo\n',
  'other.url': 'cloudinary://874837483274838:another-test-secret-that-protects-nothing@other\n',
};

const kinds = { 'The whole file': 'top', ACCOUNT: 'cloud', SESSION: 'session', POLICY: 'policy' };

for (const [title, kind] of Object.entries(kinds))
  test(`each key's example is right: ${title}`, (t) => {
    let n = 0;
    for (const [name, body] of items(part(pages.conf, title), 'Ic'))
      for (const example of examples(body)) {
        const text = withExample(kind, name, name === 'save_path' ? example.replace('/var/lib/php/sessions', 'sessions') : example);
        const files = { ...FILES };
        if (/encoding = "base64"/.test(example)) files['session.key'] = Buffer.from(SESSION_KEY).toString('base64');
        const found = check(t, text, files);
        assert.equal(found.code, 0, `${name}: ${found.err}\n${text}`);
        n++;
      }
    assert.ok(n > 5);
  });

test('each key\'s example is right: in the lists of session', (t) => {
  const [keys, require] = ['A key of keys', 'A claim of require'].map((title) => Object.fromEntries(
    items(part(pages.conf, title), 'Ic').map(([name, body]) => [name, examples(body).join('')])));
  const session = `keys = ( {\n${keys.id}${keys.file}${keys.encoding}} );\nrequire = ( {\n${require.claim}${require.is}} );\n`;
  const text = withExample('session', 'keys', session);
  checkRight(t, text, { 'session.key': `${Buffer.from(SESSION_KEY).toString('base64')}\n` });
  assert.equal(check(t, text.replace('"base64"', '"base65"')).code, 1);
});

test('each whole configuration in the page is right', (t) => {
  const found = examples(part(pages.conf, 'EXAMPLES'));
  assert.ok(found.length >= 3 && found.every(whole));
  for (const text of found) {
    checkRight(t, text, FILES);
    assert.equal(check(t, text.replace('action', 'acton'), FILES).code, 1);
  }
});

// A table of the page, without its head.
const rows = (text) => [...text.matchAll(/^\.It ([^\n]* Ta [^\n]*)$/gm)].map((match) => match[1].split(' Ta ')).slice(1);

// The rows of a C table, as lists of its words.
function cells(text, name) {
  const [, body] = new RegExp(`${name}\\[\\] = \\{\\n(.*?)\\n\\};`, 's').exec(text);
  return body.split(/\},(?=\s*\{)/).map((row) => row.replace(/^\s*\{/, '').replace(/"\s*\n\s*"/g, '').match(/\{[^}]*\}|"(?:\\.|[^"\\])*"|[^,\s]+(?: [|*&] ?[^,]+)*/g));
}

test('every parameter is in the table, with what it is and who may send it', () => {
  const actions = ['upload', 'destroy', 'rename', 'tags', 'context', 'metadata', 'archive', 'download', 'deliver', 'token', 'verify'];
  const api = actions.slice(0, 8);
  const kind = (term) => term.slice('TERM_'.length).toLowerCase().replace('_', ' ');
  const who = { SENDER_NOBODY: 'never', SENDER_POLICY: 'set', SENDER_LISTED: 'listed', SENDER_CLIENT: 'any' };
  const takers = (mask) => {
    const named = mask.split(/\s*\|\s*/).flatMap((one) => (one === 'API' ? api : one === '0' ? [] : [one.toLowerCase()]));
    const all = api.every((one) => named.includes(one));
    return all ? ['the API', ...named.slice(api.length)].join(', ') : actions.filter((one) => named.includes(one)).join(' ') || '-';
  };
  const known = cells(source('policy/vocabulary.c'), 'vocabulary').map(([name, type, mask, sender]) =>
    [name.slice(1, -1), kind(type), who[sender], takers(mask)]);
  assert.ok(known.length > 100);
  const told = rows(part(pages.conf, 'PARAMETERS'));
  // verify has no rule for it: see conf_term.c.
  const at = told.findIndex(([name]) => name === 'signature');
  assert.deepEqual(told[at].slice(2), ['never', 'verify, which takes it by itself']);
  told[at] = ['signature', 'text', 'any', 'verify'];
  assert.deepEqual(told, known);
});

test('every action is told, with what it requires', () => {
  const [, body] = /actions\[ACTION_COUNT\] = \{\n(.*?)\n\};/s.exec(source('policy/vocabulary.c'));
  const known = body.split(/\},\s*(?=\[ACTION_)/).slice(1).map((row) => {
    const [name] = strings(row);
    const lists = [...row.matchAll(/\.(?:all|any|needs) = \{([^}]*)\}/g)].map((match) => strings(match[1]));
    return [name, lists.flat()];
  });
  const told = new Map(items(part(pages.conf, 'Actions'), 'Cm'));
  assert.deepEqual(known.map(([name]) => name), [...told.keys()]);
  for (const [name, required] of known)
    for (const one of required) assert.match(told.get(name), new RegExp(`\\b${one}\\b`), `${name} requires ${one}`);
});

test('every format is in the table, with its defaults', () => {
  const seconds = (text) => product(text.replace('DAY', '86400'));
  const [, table] = /formats\[\] = \{\n(.*?)\n\};/s.exec(source('session/formats.c'));
  const known = table.split(/^\t(?=\{ ")/m).filter((row) => row.startsWith('{ "')).map((row) => {
    const said = (name) => new RegExp(`\\.${name} = "([^"]*)"`).exec(row)?.[1] ?? '-';
    const age = /\.max_age = ([^,}]+?)\s*[,}]/.exec(row)?.[1];
    return [/^\{\s*"([^"]+)"/.exec(row)[1], said('cookie'), said('user') || 'the value',
      /\.endless = true/.test(row) ? 'never' : age !== undefined ? String(seconds(age)) : 'own'];
  });
  assert.ok(known.length >= 18);
  const told = rows(part(pages.conf, 'Formats'));
  const at = told.findIndex(([format]) => format === 'remote_user');
  assert.deepEqual(told[at], ['remote_user', 'none', 'its name', '-']);
  assert.deepEqual(told.filter((_, i) => i !== at), known.filter(([format]) => format !== 'remote_user'));
});

test('the figures are the program\'s', () => {
  const limits = source('base/limits.h');
  const value = (name) => product(new RegExp(`^#define ${name}\\s+([^/\\n]+)`, 'm').exec(limits)[1]);
  const page = new Map(Object.values(kinds).flatMap((_, i) => items(part(pages.conf, Object.keys(kinds)[i]), 'Ic').map(([name, body]) => [`${i} ${name}`, body])));
  for (const [key, constant] of [['0 clouds', 'CLOUDS_MAX'], ['0 origins', 'ORIGINS_MAX'], ['0 store', 'STORE_DATABASE_MAX'],
    ['0 policies', 'POLICIES_MAX'], ['1 cloud_name', 'SEGMENT_MAX'], ['1 api_key', 'API_KEY_MAX'], ['1 verify_secret_files', 'VERIFY_SECRETS_MAX'],
    ['2 keys', 'SESSION_KEYS_MAX'], ['2 user', 'USER_MAX'], ['2 leeway', 'CLOCK_SKEW_MAX_SECONDS'], ['2 max_age', 'SESSION_AHEAD_MAX_SECONDS'],
    ['2 require', 'LIST_MAX'], ['2 deny_users_file', 'DENIED_MAX'], ['2 deny_users_file', 'DENIED_FILE_MAX'], ['3 users', 'POLICY_NAMES_MAX'],
    ['3 addresses', 'POLICY_NAMES_MAX'], ['3 lifetime', 'LIFETIME_MIN_SECONDS'], ['3 lifetime', 'LIFETIME_MAX_SECONDS'],
    ['3 limit', 'POLICY_LIMITS_MAX'], ['3 limit', 'LIMIT_COUNT_MAX']])
    assert.match(page.get(key), new RegExp(`\\b${value(constant)}\\b`), `${key}: ${constant} is ${value(constant)}`);
  for (const [title, constant] of [['DESCRIPTION', 'CONFIG_MAX'], ['Secret files', 'SECRET_MIN'], ['Secret files', 'SECRET_MAX'],
    ['Secret files', 'SECRET_SHORT'], ['RULES', 'TEXT_RULE_MAX']])
    assert.match(part(pages.conf, title), new RegExp(`\\b${value(constant)}\\b`), `${title}: ${constant}`);
});

const options = (text) => new Set([...text.matchAll(/--([a-z][a-z-]*)/g)].map((match) => match[1]).filter((name) => name !== 'help'));

test('every command and option of --help is told, and no other', () => {
  const { out } = run(['--help']);
  const commands = [...out.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1]);
  assert.ok(commands.length >= 4);
  const told = new Map(items(part(pages.program, 'COMMANDS'), 'Ic'));
  assert.deepEqual(sorted(told.keys()), sorted(commands));
  for (const command of commands) {
    const help = run([command, '--help']);
    assert.equal(help.code, 0, help.err);
    assert.match(help.out, new RegExp(`^usage: signpost ${command}\\b`));
    const [usage] = help.out.split('\n\n');
    const named = items(told.get(command), 'Fl').map(([name]) => name.replace(/^-/, ''));
    assert.deepEqual(sorted(named), sorted(options(usage)), command);
    for (const name of options(help.out)) assert.ok(named.includes(name), `${command}: --${name} is in its help alone`);
  }
});

test('every example command runs', (t) => {
  const place = new Place(t);
  const config = place.configure(readFileSync(join(root, 'etc/signpost.conf'), 'utf8'), FILES);
  mkdirSync(join(place.path, 'bin'), { mode: 0o700 });
  symlinkSync(cli, join(place.path, 'bin/signpost'));
  // What Cloudinary says to a client that sent source=uw and did not sign it.
  const signed = createHash('sha256').update(`folder=a&timestamp=1767225600${API_SECRET}`).digest('hex');
  place.write('error.txt', `Invalid Signature ${signed}. String to sign - 'folder=a&source=uw&timestamp=1767225600'.\n`);
  const commands = examples(part(pages.program, 'EXAMPLES')).join('').split(/^\$ /m).slice(1);
  assert.ok(commands.length >= 5);
  for (const command of commands) {
    // Who the web server's user is differs; this one owns the secrets here.
    const typed = command.replaceAll('/etc/signpost/signpost.conf', config).replace('runuser -u www-data -- ', '');
    const found = run(['-c', `set -eu\n${typed}`], { program: '/bin/sh', cwd: place.path,
      env: { PATH: `${place.path}/bin:${process.env.PATH}`, SIGNPOST_CONFIG: config } });
    assert.equal(found.code, 0, `${command}${found.out}${found.err}`);
    assert.notEqual(found.out + found.err, '', command);
  }
});
