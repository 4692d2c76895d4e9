// The doctor's verdicts on a control file beside those of Apache's own suexec.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync,
  writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { about, doctor, faults, mend, program } from './doctor.mjs';
import { run } from './site.mjs';
import { API_SECRET, SESSION_KEY } from './token.mjs';

const suexec = '/usr/lib/apache2/suexec-pristine';
const NOBODY = 65534;
const able = process.getuid() === 0 && existsSync(suexec) && existsSync('/var/www');
const skip = !able && 'needs root, and apache2-suexec-pristine';

// A site of nobody's below suexec's own root, with all that it needs.
function site(t, above = '/var/www/signpost-e2e-') {
  const path = mkdtempSync(above);
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const made = { path, cgi: join(path, 'cgi'), control: join(path, 'cgi/sign.cgi'), conf: join(path, 'own/signpost.conf') };
  for (const [name, mode] of [['.', 0o755], ['cgi', 0o755], ['own', 0o700]]) {
    mkdirSync(join(path, name), { recursive: true });
    chmodSync(join(path, name), mode);
  }
  copyFileSync(program, join(path, 'signpost'));
  chmodSync(join(path, 'signpost'), 0o755);
  const files = { 'own/cloudinary.secret': `${API_SECRET}\n`, 'own/session.key': `${SESSION_KEY}\n`, 'own/signpost.conf': `
cloudinary = { cloud_name = "demo"; api_key = "1234"; api_secret_file = "cloudinary.secret"; };
session = { cookie = "session"; user = "sub"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = { remove = { action = "destroy"; allow = { public_id = "users/{user}/**"; }; limit = "60/hour"; }; };
`, 'cgi/sign.cgi': `#!${path}/signpost --config=${path}/own/signpost.conf\n` };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), name.startsWith('own') ? 0o600 : 0o755);
    chownSync(join(path, name), NOBODY, NOBODY);
  }
  for (const name of ['cgi', 'own']) chownSync(join(path, name), NOBODY, NOBODY);
  made.look = (user = 'nobody') => doctor(['--user', user, '--control', made.control, '--document-root', made.cgi, made.conf]);
  // As Apache runs it: as www-data, in the folder, with the bare name.
  made.real = (user = 'nobody', group = 'nogroup') => run(['-u', 'www-data', '--', suexec, user, group, 'sign.cgi'], {
    program: 'runuser', cwd: made.cgi, env: { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', QUERY_STRING: 'health',
      SERVER_PROTOCOL: 'HTTP/1.1', SERVER_NAME: 'localhost', REMOTE_ADDR: '192.0.2.1', SCRIPT_NAME: '/sign.cgi',
      SCRIPT_FILENAME: made.control } });
  return made;
}

const codes = (report) => report.findings.filter((f) => f.group === 'suexec' && f.suexec).map((f) => f.suexec);

const wrong = {
  116: {
    'a folder that the group can write': (s) => chmodSync(s.cgi, 0o775),
    'a folder that all can write': (s) => chmodSync(s.cgi, 0o757),
  },
  117: {
    'a link': (s) => {
      renameSync(s.control, `${s.path}/real.cgi`);
      symlinkSync(`${s.path}/real.cgi`, s.control);
    },
  },
  118: {
    'a file that the group can write': (s) => chmodSync(s.control, 0o775),
    'a file that all can write': (s) => chmodSync(s.control, 0o757),
  },
  119: {
    setuid: (s) => chmodSync(s.control, 0o4755),
    setgid: (s) => chmodSync(s.control, 0o2755),
  },
  120: {
    'a file of root\'s': (s) => chownSync(s.control, 0, 0),
    'a file of another group': (s) => chownSync(s.control, NOBODY, 12345),
    'a folder of root\'s': (s) => chownSync(s.cgi, 0, 0),
    'a folder of another group': (s) => chownSync(s.cgi, NOBODY, 12345),
  },
  121: {
    'a file that its owner can\'t execute': (s) => chmodSync(s.control, 0o655),
  },
};

test('suexec runs what the doctor calls healthy', { skip }, (t) => {
  const s = site(t);
  assert.deepEqual(codes(s.look()), []);
  assert.deepEqual(faults(s.look()), []);
  const done = s.real();
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^Status: 200 /);
  chmodSync(s.cgi, 0o711);
  chmodSync(s.control, 0o700);
  assert.deepEqual(codes(s.look()), []);
  assert.equal(s.real().code, 0);
});

test('each rule: the same verdict, and the command that mends it', { skip }, async (t) => {
  for (const [code, ways] of Object.entries(wrong)) {
    for (const [name, make] of Object.entries(ways)) {
      await t.test(`${code}: ${name}`, (t) => {
        const s = site(t);
        make(s);
        assert.equal(s.real().code, Number(code));
        assert.equal(codes(s.look())[0], Number(code));
        mend(s.look, s.control, { group: 'suexec' });
        assert.equal(s.real().code, 0);
        assert.match(s.real().out, /^Status: 200 /);
        assert.deepEqual(faults(s.look()), []);
      });
    }
  }
});

test('several at once: suexec ends with the first of them', { skip }, (t) => {
  const s = site(t);
  chmodSync(s.control, 0o4676);
  chownSync(s.cgi, 0, 0);
  chmodSync(s.cgi, 0o775);
  // chown takes setuid away, and chmod came before it here.
  assert.deepEqual(codes(s.look()), [116, 118, 119, 120, 121].filter((c) => codes(s.look()).includes(c)));
  assert.equal(s.real().code, codes(s.look())[0]);
  mend(s.look, s.control, { group: 'suexec' }, 10);
  assert.equal(s.real().code, 0);
});

test('no such file, users below 100, and another root', { skip }, (t) => {
  const s = site(t);
  assert.equal(s.real('www-data', 'www-data').code, 107);
  assert.equal(codes(s.look('www-data'))[0], 107);
  assert.equal(s.real('nobody', 'daemon').code, 108);
  assert.equal(codes(s.look(`${NOBODY}:1`))[0], 108);
  rmSync(s.control);
  assert.equal(s.real().code, 117);
  assert.match(about(s.look(), s.control)[0].says, /no such file/);
  const elsewhere = site(t, '/tmp/signpost-e2e-');
  assert.equal(elsewhere.real().code, 114);
  assert.match(elsewhere.look().findings.find((f) => f.group === 'suexec').says, /^outside of \/var\/www/);
  // Whole names are compared, not only their beginnings.
  const beside = site(t, '/var/www-signpost-e2e-');
  assert.equal(beside.real().code, 114);
  assert.match(beside.look().findings.find((f) => f.group === 'suexec').says, /^outside of/);
});
