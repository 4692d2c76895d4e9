// The archive in a user's home, behind Apache with the real suEXEC, which runs
// the program as that user and refuses what others could have changed. The
// user is made for the test: that needs root.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask, header } from './client.mjs';
import { userdir } from './servers.mjs';
import { Place, root, run } from './site.mjs';
import { API_SECRET, SESSION_KEY, session } from './token.mjs';

const SUEXEC = '/usr/lib/apache2/suexec', LOG = '/var/log/apache2/suexec.log';
const user = `signpost-e2e-${process.pid}`;
const reason = process.getuid() !== 0 ? 'only root can make a user' : !existsSync(SUEXEC) && `no ${SUEXEC} (apache2-suexec-pristine)`;

const must = (program, ...args) => {
  const done = run(args, { program });
  assert.equal(done.code, 0, `${program}: ${done.out}${done.err}`);
  return done.out.trim();
};

const logged = () => (existsSync(LOG) ? readFileSync(LOG, 'utf8') : '');

// STEPS.txt, done by a user.
function home(t) {
  const place = new Place(t);
  const remove = () => spawnSync('userdel', [user]);
  process.once('exit', remove);
  place.undo.push(remove);
  must('useradd', '--no-create-home', '--user-group', '--home-dir', place.path, '--shell', '/usr/sbin/nologin', user);
  const archive = join(root, must('make', '--no-print-directory', '-C', root, 'dist').split('\n').pop());
  must('tar', 'xpzf', archive, '-C', place.path, '--strip-components=1', '--no-same-owner');
  place.write('private/signpost/cloudinary.secret', `${API_SECRET}\n`);
  place.write('private/signpost/session.key', `${SESSION_KEY}\n`);
  const control = join(place.path, 'public_html/api/sign.cgi');
  writeFileSync(control, readFileSync(control, 'utf8').replaceAll('/home/YOU', place.path));
  must('chown', '-R', `${user}:`, place.path);
  chmodSync(place.path, 0o711);
  return place;
}

test('suEXEC runs it as the user, and refuses what others may write', { skip: reason }, async (t) => {
  const place = home(t);
  const { uid, gid } = statSync(place.path);
  assert.ok(uid >= 100 && gid >= 100);
  const folder = join(place.path, 'public_html/api'), control = join(folder, 'sign.cgi');
  const { port, place: server } = await userdir(new Place(t), place.path);
  const cookie = ['Cookie', `session=${session('alice')}`];
  const sign = (name = 'sign') => ask(port, { path: `/~${user}/api/${name}?policy=remove&public_id=users/alice/cat`, headers: [cookie] });
  const works = async (name) => {
    const answer = await sign(name);
    assert.equal(answer.status, 200, answer.body + server.log);
    assert.equal(checkAnswer(answer).public_id, 'users/alice/cat');
  };
  assert.equal((await ask(port, { path: `/~${user}/api/sign?health` })).status, 200, server.log);
  await works();
  await works('sign.cgi');
  // What it made belongs to the user.
  const made = readdirSync(join(place.path, 'private/signpost')).filter((name) => name.startsWith('counters'));
  assert.ok(made.length > 0);
  for (const name of made) assert.equal(lstatSync(join(place.path, 'private/signpost', name)).uid, uid, name);

  const refused = async (why) => {
    const before = logged().length;
    const answer = await sign();
    assert.equal(answer.status, 500);
    assert.match(header(answer, 'content-type'), /^text\/html/);
    assert.match(logged().slice(before), why);
  };
  for (const mode of [0o775, 0o757, 0o777]) {
    chmodSync(folder, mode);
    await refused(/directory is writable by others/);
    chmodSync(folder, 0o755);
    chmodSync(control, mode);
    await refused(/file is writable by others/);
    chmodSync(control, 0o755);
  }
  await works();
  renameSync(control, join(folder, 'other'));
  symlinkSync(join(folder, 'other'), control);
  must('chown', '-h', `${user}:`, control);
  await refused(/cannot stat program|is a symbolic link|symlink/);
  must('rm', control);
  renameSync(join(folder, 'other'), control);
  await works();
  chownSync(control, 0, 0);
  await refused(/target uid\/gid \(\d+\/\d+\) mismatch with directory \(\d+\/\d+\) or program \(0\/0\)/);
  chownSync(control, uid, gid);
  chmodSync(control, 0o644);
  await refused(/file has no execute permission/);
  chmodSync(control, 0o755);
  await works();
});

// Without suEXEC it is the web server's user, who may not enter the home.
test('the same home without suEXEC: no answer of ours, no secret', { skip: reason }, async (t) => {
  const place = home(t);
  const { port } = await userdir(new Place(t), place.path, 'Off');
  const answer = await ask(port, { path: `/~${user}/api/sign?health` });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.body, /protects-nothing/);
});
