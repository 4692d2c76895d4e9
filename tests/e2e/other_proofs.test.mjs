// Whom PHP's own sessions name, and whom the web server names.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, unlinkSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { behindLighttpd, behindNginx, cookiesOf, readPage, startSite, withSession } from './frameworks.mjs';
import { blocks } from './pages.mjs';
import { servers } from './servers.mjs';
import { Place, lighttpd, lighttpdSample, root, run } from './site.mjs';

const page = readPage();
const sign = (port, headers, query = '') => ask(port, { path: `/api/sign${query}`, headers });
const withCookie = (port, cookie, query) => sign(port, [['Cookie', cookie]], query);
const basic = (user, password) => ['Authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`];

async function accepted(answer, user) {
  assert.equal(checkAnswer(await answer).user, user);
}

async function refused(answer) {
  const got = await answer;
  assert.equal(got.status, 401, got.body);
  assert.equal(checkAnswer(got).code, 'no_session');
}

const php = run(['-c', 'command -v php-cgi'], { program: 'sh' }).out.trim();

// PHP behind lighttpd, with a php.ini of its own, and the program beside it.
async function phpSite(t, handler) {
  const place = new Place(t);
  const folder = join(place.path, 'sessions');
  mkdirSync(folder, { mode: 0o700 });
  const session = page.get('PHP').replace('/var/lib/php/sessions', folder)
    .replace('};', `  serialize_handler = "${handler}";\n};`);
  const config = place.configure(withSession(session));
  place.write('php.ini', `session.save_path = ${folder}\nsession.serialize_handler = ${handler}\nsession.gc_probability = 0\n`);
  symlinkSync(join(root, 'tests/e2e/frameworks/php_site.php'), join(place.path, 'www/site.php'));
  const server = await lighttpd(place, `${lighttpdSample(place, config, 1)}
server.modules += ( "mod_cgi", "mod_setenv" )
setenv.add-environment = ( "PHPRC" => "${place.path}" )
$HTTP["url"] !~ "^/api/sign" { cgi.assign = ( ".php" => "${php}" ) }
`);
  return { ...server, folder, config, place };
}

const fileOf = (folder, cookie) => join(folder, `sess_${cookie.split('=')[1]}`);

for (const handler of ['php', 'php_serialize'])
  test(`PHP's own sessions, handler ${handler}`, async (t) => {
    const { port, config, folder } = await phpSite(t, handler);
    await refused(withCookie(port, 'a=b'));
    const cookie = await cookiesOf(port, '/site.php?login=alice');
    assert.match(cookie, /^PHPSESSID=[a-z0-9]{26,}$/);
    await accepted(withCookie(port, cookie), 'alice');
    const signed = checkAnswer(await withCookie(port, cookie, '?policy=avatar'));
    assert.ok(signed.public_id.startsWith('users/alice/'));
    assert.equal(run(['inspect', cookie, config]).code, 0);
    await refused(withCookie(port, await cookiesOf(port, '/site.php?guest=1')));
    await refused(withCookie(port, cookie.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a'))));
    await refused(withCookie(port, 'PHPSESSID=../../../../../etc/passwd'));
    await refused(withCookie(port, `${cookie}; ${cookie}`));
    await refused(withCookie(port, await cookiesOf(port, '/site.php?logout=1', cookie)));
    await refused(withCookie(port, cookie));
    assert.equal(run(['mint', '--user=bob', config]).code, 0);
    assert.ok(readdirSync(folder).length >= 2);
  });

test('PHP: what becomes of a session file', async (t) => {
  const { port, folder, place } = await phpSite(t, 'php');
  const cookie = await cookiesOf(port, '/site.php?login=alice');
  const file = fileOf(folder, cookie);
  const at = (seconds) => utimesSync(file, new Date(Date.now() + seconds * 1000), new Date(Date.now() + seconds * 1000));
  at(-1430);
  await accepted(withCookie(port, cookie), 'alice');
  at(-1441);
  await refused(withCookie(port, cookie));
  at(5);
  await refused(withCookie(port, cookie));
  at(0);
  chmodSync(file, 0o620);
  await refused(withCookie(port, cookie));
  chmodSync(file, 0o600);
  await accepted(withCookie(port, cookie), 'alice');
  renameSync(file, `${file}.kept`);
  symlinkSync(`${file}.kept`, file);
  await refused(withCookie(port, cookie));
  unlinkSync(file);
  mkdirSync(file);
  await refused(withCookie(port, cookie));
  assert.match(place.log, /reason="the PHP session's file is not ours alone/);
});

test("PHP: mint's session is one for PHP too", async (t) => {
  const { port, config } = await phpSite(t, 'php');
  const cookie = run(['mint', '--user=alice', config]).out.trim();
  await accepted(withCookie(port, cookie), 'alice');
  assert.equal(await cookiesOf(port, '/site.php', cookie), cookie, 'PHP keeps the id, and sets no other');
  await accepted(withCookie(port, cookie), 'alice');
});

const USERS = 'alice:test-password\n';

test('the web server itself: lighttpd with a password file', async (t) => {
  const { port } = await (async () => {
    const users = new Place(t).write('members', USERS);
    return behindLighttpd(t, page.get('The web server itself').replace('SIGNPOST_USER', 'REMOTE_USER'), null, `
server.modules += ( "mod_auth", "mod_authn_file" )
auth.backend = "plain"
auth.backend.plain.userfile = "${users}"
$HTTP["url"] =~ "^/api/sign" {
  $REQUEST_HEADER["x-open"] != "1" { auth.require = ( "" => ( "method" => "basic", "realm" => "Members", "require" => "valid-user" ) ) }
}
`);
  })();
  await accepted(sign(port, [basic('alice', 'test-password')]), 'alice');
  const signed = checkAnswer(await sign(port, [basic('alice', 'test-password')], '?policy=avatar'));
  assert.ok(signed.public_id.startsWith('users/alice/'));
  const wrong = await sign(port, [basic('alice', 'wrong')]);
  assert.equal(wrong.status, 401);
  assert.doesNotMatch(wrong.body, /no_session/, 'the web server itself refuses');
  // Where it does not look, there is nobody, whatever the headers say.
  for (const more of [[], [basic('alice', 'test-password')], [['Remote-User', 'alice']], [['Remote_User', 'alice']], [['X-Remote-User', 'alice']]])
    await refused(sign(port, [['X-Open', '1'], ...more]));
  // A page of another site may not use what the browser sends by itself.
  const foreign = await sign(port, [basic('alice', 'test-password'), ['Sec-Fetch-Site', 'cross-site']]);
  assert.equal(foreign.status, 403);
  assert.equal(checkAnswer(foreign).code, 'cross_site');
});

// The rule that sites have for PHP, which makes a variable of a header.
const COPIES = 'RewriteEngine On\nRewriteRule "^" "-" [E=REMOTE_USER:%{HTTP:Authorization}]\n';

for (const server of ['Apache, mod_cgid', 'Apache, mod_fcgid'])
  test(`the web server itself: ${server} with a password file, and without`, async (t) => {
    const conf = withSession(page.get('The web server itself').replace('SIGNPOST_USER', 'REMOTE_USER'));
    const hash = run(['passwd', '-apr1', 'test-password'], { program: 'openssl' }).out;
    const modules = ['authn_core', 'authn_file', 'authz_user', 'auth_basic'];
    const checking = await servers[server](t, conf, modules, (place) => {
      const users = place.write('members', `alice:${hash}`, 0o644);
      return `<Location "/api/sign">\nAuthType Basic\nAuthName Members\nAuthUserFile "${users}"\nRequire valid-user\n${COPIES}</Location>\n`;
    });
    await accepted(sign(checking.port, [basic('alice', 'test-password')]), 'alice');
    for (const header of [basic('alice', 'wrong'), ['Authorization', 'alice']])
      assert.doesNotMatch((await sign(checking.port, [header])).body, /no_session/, 'Apache itself refuses');
    const open = await servers[server](t, conf, [], () => `<Location "/api/sign">\n${COPIES}</Location>\n`);
    for (const header of [['Authorization', 'alice'], basic('alice', 'test-password')])
      await refused(sign(open.port, [header]));
    assert.match(open.place.log, /reason="REMOTE_USER has a name and AUTH_TYPE is empty: nobody has checked who that is/);
  });

test('the web server itself: REMOTE_USER as Debian has nginx pass it on', async (t) => {
  const { port } = await behindNginx(t, page.get('The web server itself').replace('SIGNPOST_USER', 'REMOTE_USER'), null);
  await refused(sign(port, [basic('alice', 'any')]));
});

// The page's lines for nginx, and the same with what the comments say instead.
const [lines] = blocks(readFileSync(join(root, 'etc/frameworks.md'), 'utf8'), 'nginx')
  .map((text) => text.replace('include fastcgi_params;', 'include /etc/nginx/fastcgi_params;')
    .replace('fastcgi_pass unix:/run/signpost/signpost.sock;', 'fastcgi_pass signpost;'));
const asking = lines.replace(/^( +)[^#\n]*# +(?:or: )?(.*)$/gm, '$1$2');

test('the web server itself: nginx with a password file', async (t) => {
  const users = new Place(t).write('members', 'alice:{PLAIN}test-password\n');
  assert.ok(lines.includes(' /etc/nginx/members;'));
  const { port } = await behindNginx(t, page.get('The web server itself'), null, {
    location: lines.replace('/etc/nginx/members', users),
    server: `location = /open {
      fastcgi_pass signpost;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_param SIGNPOST_USER "";
    }`,
  });
  await accepted(sign(port, [basic('alice', 'test-password')]), 'alice');
  assert.equal((await sign(port, [basic('alice', 'wrong')])).status, 401);
  assert.equal((await sign(port, [['Signpost-User', 'alice']])).status, 401);
  // nginx believes any name where nobody asks for the password.
  await refused(ask(port, { path: '/open', headers: [basic('mallory', 'x')] }));
  await refused(ask(port, { path: '/open', headers: [['Signpost-User', 'mallory']] }));
});

test("the web server itself: nginx asks the application's own login", async (t) => {
  const site = await startSite(t, 'express_site.mjs');
  assert.doesNotMatch(asking, /#|auth_basic|remote_user/);
  const { port } = await behindNginx(t, page.get('The web server itself'), site, { location: asking });
  const cookie = await cookiesOf(port, '/login?user=alice');
  await accepted(withCookie(port, cookie), 'alice');
  assert.equal((await withCookie(port, await cookiesOf(port, '/guest'))).status, 401);
  assert.equal((await sign(port, [['X-User', 'alice']])).status, 401);
  assert.equal((await withCookie(port, cookie.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')))).status, 401);
});
