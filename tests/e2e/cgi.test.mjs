// The program as CGI, by hand: where its configuration comes from, what it
// makes of lengths that lie, and that arguments are never commands.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { checkAnswer } from './answer.mjs';
import { Place, command, program, root, run, within } from './site.mjs';
import { API_SECRET, session } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; signature_algorithm = "sha256"; };
session = { format = "jwt"; algorithm = "HS256"; cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  avatar = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; }; allow = { context = { caption = "text 200"; }; }; };
};
`;
const BODY = 'context=caption=Hello';

function place(t, text = conf) {
  const made = new Place(t);
  made.config = made.configure(text);
  return made;
}

// What a web server would set, and the configuration.
function environment(config, more = {}) {
  return { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'policy=avatar',
    HTTP_COOKIE: `session=${session('alice')}`, REMOTE_ADDR: '127.0.0.1', SIGNPOST_CONFIG: config, ...more };
}
const posting = (length) => ({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: length, CONTENT_TYPE: 'application/x-www-form-urlencoded' });

// "Status: 200 OK", headers and body, as client.mjs would give them.
function readAnswer(text) {
  const at = text.indexOf('\r\n\r\n');
  const [status, ...lines] = text.slice(0, at).split('\r\n');
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon).toLowerCase(), [line.slice(colon + 2)]];
  }));
  return { status: Number(/^Status: (\d{3}) [A-Z]/.exec(status)[1]), headers, body: text.slice(at + 4) };
}

function cgi(env, { input = '', args = [] } = {}) {
  const { code, out, err } = run(args, { program, env, input });
  assert.equal(code, 0, err);
  const answer = readAnswer(out);
  return { status: answer.status, json: checkAnswer(answer, env.REQUEST_METHOD), log: err };
}

function checkSignature(json) {
  const { api_key: key, signature, ...fields } = json.fields;
  assert.equal(key, '874837483274837');
  assert.equal(signature, cloudinary.utils.api_sign_request(fields, API_SECRET, 'sha256'));
}

test('the command line of a web server, as a shell writes it', (t) => {
  const { config } = place(t);
  const line = `HTTP_COOKIE="$(build/signpost mint --user alice '${config}')" ` +
    `GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET QUERY_STRING='policy=avatar' SIGNPOST_CONFIG='${config}' cgi-bin/signpost`;
  const out = run(['-c', line], { cwd: root, program: '/bin/sh' });
  assert.equal(out.code, 0, out.err);
  const answer = readAnswer(out.out);
  assert.equal(answer.status, 200);
  checkSignature(checkAnswer(answer));
  assert.match(out.err, /^time=\S+ request_id=\S+ decision=granted status=200 code=granted policy=avatar action=upload user=alice .*us=\d+\n$/);
});

test('each of the two programs names the other one', (t) => {
  const { config } = place(t);
  for (const args of [[], ['check', config], ['--help']])
    assert.deepEqual(run(args, { program }), { code: 2, out: '',
      err: 'signpost: this is the endpoint, which a web server starts; the command line is a program of its own: signpost --help\n' });
  // As Apache hands on a query without "=": the words are the client's.
  const served = { ...environment(config), SERVER_PROTOCOL: 'HTTP/1.1' };
  for (const args of [[], ['check', config], ['--help']])
    assert.deepEqual(run(args, { env: served }), { code: 2, out: '',
      err: 'signpost: this is the command line; a web server starts the endpoint, lib/signpost/signpost\n' });
  assert.equal(run(['check', config], { env: { GATEWAY_INTERFACE: 'CGI/1.1' } }).code, 0, 'left over in a shell');
  assert.equal(cgi(served, { args: ['check', config] }).status, 200);
  const names = run(['-c', `nm "${program}" | grep -c ' [tT] cli_'; nm "${command}" | grep -c ' [tT] cli_'`], { program: '/bin/sh' });
  assert.match(names.out, /^0\n[1-9]\d*\n$/, 'nothing of the command line is in the endpoint');
});

test('a cookie of another maker, and none', (t) => {
  const { config } = place(t);
  assert.equal(cgi(environment(config)).status, 200);
  const refused = cgi(environment(config, { HTTP_COOKIE: '' }));
  assert.equal(refused.status, 401);
  assert.match(refused.log, /decision=refused status=401 code=no_session .*reason="no session cookie was sent"/);
});

test('closed descriptors do no harm', (t) => {
  const { config } = place(t);
  for (const closed of ['<&-', '2>&-', '<&- 2>&-'])
    assert.match(run(['-c', `"$0" ${closed}`, program], { env: environment(config), program: '/bin/sh' }).out, /^Status: 200 OK\r\n/);
});

test('an answer that could not be written is no success', (t) => {
  const { config } = place(t);
  for (const [nowhere, why] of [['>/dev/full', 'No space left on device'], ['>&-', 'Bad file descriptor']]) {
    const { code, err } = run(['-c', `exec "$0" ${nowhere}`, program], { env: environment(config), program: '/bin/sh' });
    assert.equal(code, 1, nowhere);
    assert.match(err, new RegExp(`decision=granted.*\\n.*event=lost reason="${why}"\\n$`));
  }
});

test('bodies as long as CONTENT_LENGTH says, and others', (t) => {
  const { config } = place(t);
  const post = (length, input = BODY) => cgi(environment(config, posting(length)), { input });
  const n = BODY.length;
  assert.equal(post(String(n)).json.fields.context, 'caption=Hello');
  assert.equal(post('').status, 200);
  for (const lie of [n - 1, n + 1, 1, 0, 16384, -1, `+${n}`, `0${n}`, ` ${n}`, `${n} `, `${n}.0`, '0x15', 'abc', `${n}, ${n}`, '9'.repeat(30)]) {
    const { status, json } = post(String(lie));
    assert.equal(status, 400, String(lie));
    assert.equal(json.code, 'content_length');
  }
  for (const large of [16385, 20480, 999999999999])
    assert.equal(post(String(large), 'x'.repeat(Math.min(large, 20480))).status, 413);
});

// Asks with a standard input that never ends.
async function askOpen(t, env, input) {
  const child = spawn(program, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  child.stdin.on('error', () => {});
  child.stdin.write(input);
  const ended = new Promise((resolve) => child.on('close', resolve));
  assert.equal(await within(ended, 'the answer'), 0);
  return readAnswer(text);
}

test('standard input that stays open', async (t) => {
  const { config } = place(t);
  const short = askOpen(t, environment(config, posting(String(BODY.length))), BODY.slice(1));
  let given = false;
  short.then(() => (given = true));
  const answer = await askOpen(t, environment(config, posting(String(BODY.length))), BODY);
  assert.equal(answer.status, 200);
  assert.equal(given, false, 'it does not wait for more, as another one does');
  assert.equal((await short).status, 400, 'and not for ever');
});

test('arguments are never commands', (t) => {
  const { config } = place(t);
  for (const args of [['--version'], ['--help'], ['check'], ['check', config], ['mint', '--user', 'bob', config],
    ['keygen'], ['--config=/nonexistent'], ['-d'], ['']])
    checkSignature(cgi(environment(config), { args }).json);
});

// A refusal that tells nothing, and a log that tells it all.
function checkOutOfOrder({ status, json, log }, secret, words) {
  assert.equal(status, 503);
  assert.equal(json.code, 'configuration');
  assert.match(json.detail, /its log says why/);
  assert.ok(!JSON.stringify(json).includes(secret));
  assert.match(log, words);
  for (const line of log.trimEnd().split('\n')) assert.match(line, /^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (event=\w+|request_id=\w+ decision=refused) /);
}

test('a bad configuration: 503, and the log names file and line', (t) => {
  const { path, config } = place(t, conf.replace('overwrite', 'overwrit'));
  checkOutOfOrder(cgi(environment(config)), path, /event=config severity=error file=\S*\/signpost\.conf line=5 text=.*overwrit/);
  assert.equal(cgi(environment(config, { HTTP_COOKIE: '' })).status, 503);
});

test('configurations and secrets that cannot be used: 503', (t) => {
  const spoil = {
    'no configuration': [(made) => rmSync(made.config), /signpost\.conf/],
    'a configuration that all can write': [(made) => chmodSync(made.config, 0o666), /signpost\.conf/],
    'a secret that all can read': [(made) => chmodSync(join(made.path, 'cloudinary.secret'), 0o644), /cloudinary\.secret/],
    'no secret': [(made) => rmSync(join(made.path, 'session.key')), /session\.key/],
    'an empty secret': [(made) => made.write('cloudinary.secret', ''), /cloudinary\.secret/],
    'a short key': [(made) => made.write('session.key', 'short\n'), /line=3 text=.*16 are the least/],
    'a key in quotes': [(made) => made.write('session.key', '"test-session-key-that-protects-nothing"'), /session\.key/],
    'one secret twice': [(made) => made.write('session.key', API_SECRET), /line=3 text=.*same secret as the one of line 2/],
    'a link': [(made) => {
      rmSync(join(made.path, 'session.key'));
      made.write('elsewhere.key', 'test-another-key-that-protects-nothing');
      symlinkSync(join(made.path, 'elsewhere.key'), join(made.path, 'session.key'));
    }, /session\.key/],
    'a folder that all can write': [(made) => chmodSync(made.path, 0o777), /./],
  };
  for (const [name, [change, words]] of Object.entries(spoil)) {
    const made = place(t);
    change(made);
    const answer = cgi(environment(made.config));
    assert.equal(answer.status, 503, name);
    checkOutOfOrder(answer, made.path, words);
    assert.ok(!answer.log.includes(API_SECRET), name);
  }
});

test('secrets below DOCUMENT_ROOT: 503', (t) => {
  const { path, config } = place(t);
  const link = join(path, 'www/link');
  symlinkSync(path, link);
  for (const DOCUMENT_ROOT of [path, `${path}/`, '/', link, `${path}/www/..`]) {
    const answer = cgi(environment(config, { DOCUMENT_ROOT }));
    checkOutOfOrder(answer, path, /reason="a secret file, .* below DOCUMENT_ROOT"/);
  }
  for (const DOCUMENT_ROOT of [join(path, 'www'), '', path.slice(0, -1)])
    assert.equal(cgi(environment(config, { DOCUMENT_ROOT })).status, 200, DOCUMENT_ROOT);
});

test('a control file names the configuration', (t) => {
  const made = place(t);
  const control = (text, mode = 0o755) => {
    const SCRIPT_FILENAME = made.write('www/sign', text, mode);
    return cgi(environment('/nonexistent/signpost.conf', { SCRIPT_FILENAME })).status;
  };
  assert.equal(control(`#!${program} --config=${made.config}\n`), 200);
  assert.equal(control(`#! ${program}  --config=${made.config} \nand more`), 200);
  for (const text of [`#!/bin/sh --config=${made.config}\n`, `#!${program} --conf=${made.config}\n`, `${program} --config=${made.config}\n`, '', '#!'])
    assert.equal(control(text), 503, text);
  assert.equal(control(`#!${program} --config=${made.config}\n`, 0o777), 503);
});

test('no variable of a client chooses a configuration', (t) => {
  const { config } = place(t);
  const { SIGNPOST_CONFIG, ...env } = environment(config);
  const answer = cgi({ ...env, HTTP_SIGNPOST_CONFIG: config, QUERY_STRING: `--config=${config}`, PATH_INFO: `/--config=${config}` });
  assert.equal(answer.status, 503);
});
