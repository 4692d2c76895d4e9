// The least that each format needs in the configuration, and what its keys are
// there for: real cookies under one's own secret, another, and a changed one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { behindLighttpd, behindNginx, cookiesOf, readPage, startSite } from './frameworks.mjs';
import { Place } from './site.mjs';

const own = '{ id = "1"; file = "session.key"; }';
const other = '{ id = "2"; file = "other.secret"; }';
const withKeys = (lines, keys) => `session = { ${lines} keys = ( ${keys} ); };`;

// [what is configured besides keys, the site, where it logs in, who that is]
const rows = [
  ['format = "flask";', 'flask_site.py', '/login'],
  ['format = "flask"; user = "user_id";', 'flask_site.py', '/own'],
  ['format = "flask-jwt-extended";', 'tokens_site.mjs', '/flask_jwt_extended'],
  ['format = "django";', 'django_site.py', '/login', '42'],
  ['format = "django-cookie"; cookie = "uid";', 'django_site.py', '/signed'],
  ['format = "django-cookie"; cookie = "uid"; salt = "login";', 'django_site.py', '/salted'],
  ['format = "simplejwt"; cookie = "access";', 'django_site.py', '/token', '42'],
  ['format = "starlette"; user = "user_id";', 'starlette_site.py', '/login'],
  ['format = "fastapi-users";', 'tokens_site.mjs', '/fastapi_users'],
  ['format = "itsdangerous"; cookie = "login"; user = "user_id";', 'starlette_site.py', '/unsalted'],
  ['format = "itsdangerous"; cookie = "login"; user = "";', 'starlette_site.py', '/signer'],
  ['format = "express";', 'express_site.mjs', '/login'],
  ['format = "cookie-signature"; cookie = "uid"; user = "id";', 'express_site.mjs', '/object'],
  ['format = "cookie-signature"; cookie = "uid"; user = "";', 'express_site.mjs', '/signed'],
  ['format = "koa"; user = "user";', 'koa_site.mjs', '/login'],
  ['format = "cookie-signature"; cookie = "uid"; user = "id";', 'fastify_site.mjs', '/login'],
  ['format = "cookie-signature"; cookie = "uid"; user = "id";', 'hono_site.mjs', '/login'],
  ['format = "cookie-signature"; cookie = "__session"; user = "userId";', 'hono_site.mjs', '/remix'],
  ['format = "payload"; collection = "users";', 'tokens_site.mjs', '/payload'],
  ['format = "better-auth";', 'tokens_site.mjs', '/better_auth'],
  ['format = "supabase"; cookie = "sb-PROJECT-auth-token";', 'tokens_site.mjs', '/supabase'],
  ['cookie = "session";', 'tokens_site.mjs', '/jwt'],
  ['format = "play"; user = "data.user";', 'tokens_site.mjs', '/play'],
];

// Each site runs once, for all of its rows.
const sites = new Map();
const undo = [];
after(() => Promise.all(undo.map((clear) => clear())));
const siteOf = (name) => sites.get(name) ?? sites.set(name, startSite({ after: (clear) => undo.push(clear) }, name)).get(name);

const sign = (port, headers, query = '') => ask(port, { path: `/api/sign${query}`, headers });

async function accepted(port, headers, user) {
  assert.equal(checkAnswer(await sign(port, headers)).user, user);
  const { public_id } = checkAnswer(await sign(port, headers, '?policy=avatar'));
  assert.ok(public_id.startsWith(`users/${user}/`), public_id);
}

async function refused(port, headers) {
  for (const query of ['', '?policy=avatar']) {
    const answer = await sign(port, headers, query);
    assert.equal(answer.status, 401, answer.body);
    assert.equal(checkAnswer(answer).code, 'no_session');
  }
}

for (const [i, [lines, site, path, user = 'alice']] of rows.entries()) {
  const behind = i % 2 === 0 ? behindNginx : behindLighttpd;
  test(`${lines} of ${site} behind ${behind === behindNginx ? 'nginx' : 'lighttpd'}`, async (t) => {
    const at = await siteOf(site);
    const start = async (keys) => (await behind(t, withKeys(lines, keys), at)).port;
    const [port, changed, foreign] = await Promise.all([start(own), start(`${other}, ${own}`), start(other)]);
    const cookie = await cookiesOf(port, `${path}?user=alice`);
    assert.notEqual(cookie, '');
    if (path === '/own') assert.match(cookie, /^session=\./, 'Flask compresses it');
    await accepted(port, [['Cookie', cookie]], user);
    await accepted(changed, [['Cookie', cookie]], user);
    await refused(foreign, [['Cookie', cookie]]);
    await refused(port, []);
  });
}

test('every format of the page has its least lines here', () => {
  const formatsOf = (texts) => [...new Set(texts.map((text) => /format = "(.*?)"/.exec(text)?.[1] ?? 'jwt'))].sort();
  const elsewhere = ['format = "php"', 'format = "remote_user"']; // other_proofs.test.mjs
  assert.deepEqual(formatsOf([...rows.map(([lines]) => lines), ...elsewhere]), formatsOf([...readPage().values()]));
});

test('Django: a cookie of another salt', async (t) => {
  const lines = 'format = "django-cookie"; cookie = "uid";';
  const { port } = await behindNginx(t, withKeys(`${lines} salt = "login";`, own), await siteOf('django_site.py'));
  await refused(port, [['Cookie', await cookiesOf(port, '/signed?user=alice')]]);
  const { port: plain } = await behindNginx(t, withKeys(lines, own), await siteOf('django_site.py'));
  await refused(plain, [['Cookie', await cookiesOf(plain, '/salted?user=alice')]]);
});

// Headers that look as if a server had set them, with nginx's answer and ours.
test('the web server itself: a name that the client sends is nobody', async (t) => {
  const users = new Place(t).write('members', 'alice:{PLAIN}test-password\n');
  const { port } = await behindNginx(t, 'session = { format = "remote_user"; variable = "SIGNPOST_USER"; };', null, {
    sign: `auth_basic $realm;
      auth_basic_user_file ${users};
      fastcgi_param SIGNPOST_USER $who;`,
    server: `set $realm Members;
      set $who $remote_user;
      if ($http_x_open) { set $realm off; set $who ""; }`,
  });
  const alice = ['Authorization', `Basic ${Buffer.from('alice:test-password').toString('base64')}`];
  const mallory = ['Authorization', `Basic ${Buffer.from('mallory:x').toString('base64')}`];
  const names = ['Remote-User', 'Remote_User', 'X-Remote-User', 'Signpost-User', 'Signpost_User', 'X-Forwarded-User'];
  await accepted(port, [alice], 'alice');
  assert.equal((await sign(port, [mallory])).status, 401);
  await refused(port, [['X-Open', '1'], mallory]);
  for (const name of names) {
    await accepted(port, [alice, [name, 'mallory']], 'alice');
    assert.equal((await sign(port, [[name, 'mallory']])).status, 401);
    await refused(port, [['X-Open', '1'], [name, 'mallory']]);
  }
});
