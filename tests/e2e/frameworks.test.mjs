// The cookies that real frameworks set, read with the lines of the page.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkAnswer } from './answer.mjs';
import { ask } from './client.mjs';
import { behindLighttpd, behindNginx, cookiesOf, readPage, startSite, withSession } from './frameworks.mjs';
import { blocksOf } from './pages.mjs';
import { Place, command, run, until } from './site.mjs';
import { OTHER_SECRET, session } from './token.mjs';

const page = readPage();

// A heading of the page; the site, where it logs in, and who that is there.
// none: addresses whose cookies must not do. set: the page's text adapted.
// guess: what inspect takes it for.
const itself = (text) => text.replace('user = "id";', 'user = "";');
const rows = [
  { heading: 'Flask, with Flask-Login', site: 'flask_site.py', login: '/login', none: ['/guest'], guess: 'flask' },
  { heading: 'Flask, with Flask-Login', site: 'flask_site.py', login: '/plain', none: ['/guest'], guess: 'flask' },
  { heading: 'Flask-JWT-Extended', site: 'tokens_site.mjs', login: '/flask_jwt_extended', none: ['/flask_jwt_extended_refresh'], guess: 'flask-jwt-extended' },
  { heading: 'Django, sessions in cookies', site: 'django_site.py', login: '/login', user: '42', none: ['/guest'], guess: 'django' },
  { heading: 'Django, a signed cookie of your own', site: 'django_site.py', login: '/signed', none: ['/guest'], guess: 'django-cookie' },
  { heading: 'Django REST framework, Simple JWT', site: 'django_site.py', login: '/token', user: '42', none: ['/refresh'], guess: 'simplejwt' },
  { heading: 'Starlette and FastAPI, SessionMiddleware', site: 'starlette_site.py', login: '/login', none: ['/guest'], guess: 'starlette' },
  { heading: 'FastAPI Users', site: 'tokens_site.mjs', login: '/fastapi_users', none: ['/fastapi_users_reset'], guess: 'fastapi-users' },
  { heading: 'itsdangerous by itself', site: 'starlette_site.py', login: '/serializer', none: ['/reset', '/signer'] },
  {
    heading: 'itsdangerous by itself', site: 'starlette_site.py', login: '/signer', none: ['/reset', '/serializer'], guess: 'itsdangerous',
    set: (text) => text.replace(/user = "user_id";.*\n\s*salt = .*\n/, 'user = "";\n'),
  },
  { heading: 'Express, cookie-session', site: 'express_site.mjs', login: '/login', none: ['/guest'], guess: 'express' },
  { heading: 'Express, a signed cookie', site: 'express_site.mjs', login: '/object', none: ['/guest', '/signed', '/session'], guess: 'cookie-signature' },
  { heading: 'Express, a signed cookie', site: 'express_site.mjs', login: '/signed', none: ['/guest', '/object'], guess: 'cookie-signature', set: itself },
  { heading: 'Koa, koa-session', site: 'koa_site.mjs', login: '/login', none: ['/guest'], guess: 'koa' },
  { heading: 'Fastify, a signed cookie', site: 'fastify_site.mjs', login: '/login', none: ['/guest', '/plain'], guess: 'cookie-signature' },
  { heading: 'Fastify, a signed cookie', site: 'fastify_site.mjs', login: '/plain', none: ['/guest', '/login'], guess: 'cookie-signature', set: itself },
  { heading: 'Hono, a signed cookie', site: 'hono_site.mjs', login: '/login', none: ['/guest', '/plain'], guess: 'cookie-signature' },
  { heading: 'Hono, a signed cookie', site: 'hono_site.mjs', login: '/plain', none: ['/guest', '/login'], guess: 'cookie-signature', set: itself },
  { heading: 'React Router and Remix', site: 'hono_site.mjs', login: '/remix', none: ['/remix_guest'], guess: 'cookie-signature' },
  { heading: 'Payload', site: 'tokens_site.mjs', login: '/payload', none: ['/payload_reset', '/payload_customer'], guess: 'payload' },
  { heading: 'Better Auth, with the cookie cache', site: 'tokens_site.mjs', login: '/better_auth', none: ['/jwt', '/better_auth_guest', '/better_auth_ended', '/better_auth_endless'], guess: 'better-auth' },
  { heading: 'Better Auth, with the cookie cache', site: 'tokens_site.mjs', login: '/better_auth_large', none: ['/better_auth_ended'], at: 100 },
  { heading: 'Supabase', site: 'tokens_site.mjs', login: '/supabase', none: ['/supabase_other', '/supabase_guest', '/supabase_anon'], at: 100, guess: 'supabase' },
  { heading: 'A token that your own login signs', site: 'tokens_site.mjs', login: '/jwt', none: ['/payload_reset'], guess: 'jwt' },
  { heading: 'The Play Framework', site: 'tokens_site.mjs', login: '/play', none: ['/play_guest'], guess: 'play' },
];

// Each site runs once, for all of its rows.
const sites = new Map();
const undo = [];
const whole = { after: (clear) => undo.push(clear) };
after(() => Promise.all(undo.map((clear) => clear())));
const siteOf = (name) => sites.get(name) ?? sites.set(name, startSite(whole, name)).get(name);

const sign = (port, cookie, query = '') => ask(port, { path: `/api/sign${query}`, headers: cookie === '' ? [] : [['Cookie', cookie]] });

async function refused(port, cookie) {
  const answer = await sign(port, cookie);
  assert.equal(answer.status, 401, `${cookie}: ${answer.body}`);
  assert.equal(checkAnswer(answer).code, 'no_session');
}

// The cookie with one character of each value changed, in turn. Supabase signs
// only a part of the first: at says where.
function* altered(cookie, there) {
  const pairs = cookie.split('; ');
  for (const [i, pair] of pairs.entries()) {
    if (there !== undefined && i > 0) return;
    const start = pair.indexOf('=') + 1;
    const at = start + (there ?? Math.floor((pair.length - start) / 2));
    const other = pair[at] === 'A' ? 'B' : 'A';
    yield [...pairs.slice(0, i), pair.slice(0, at) + other + pair.slice(at + 1), ...pairs.slice(i + 1)].join('; ');
  }
}

// A line of `inspect`, and its exit code.
function inspected(cookie, config, code, said) {
  const made = run(['inspect', '-', ...(config === null ? [] : [config])], { input: cookie });
  assert.equal(made.code, code, made.out + made.err);
  assert.match(made.out, said);
}

for (const [i, row] of rows.entries()) {
  const behind = i % 2 === 0 ? behindLighttpd : behindNginx;
  test(`${row.heading}: ${row.login} behind ${behind === behindLighttpd ? 'lighttpd' : 'nginx'}`, async (t) => {
    const session = (row.set ?? ((text) => text))(page.get(row.heading));
    const { port, config, place } = await behind(t, session, await siteOf(row.site));
    const user = row.user ?? 'alice';
    await refused(port, '');
    const cookie = await cookiesOf(port, `${row.login}?user=alice`);
    assert.equal(checkAnswer(await sign(port, cookie)).user, user);
    const signed = checkAnswer(await sign(port, `theme=dark; ${cookie}`, '?policy=avatar'));
    assert.ok(signed.public_id.startsWith(`users/${user}/`), signed.public_id);
    for (const other of altered(cookie, row.at)) await refused(port, other);
    for (const path of row.none) await refused(port, await cookiesOf(port, `${path}?user=alice`));
    inspected(cookie, config, 0, new RegExp(`^Accepted: the user is ${user}, `, 'm'));
    if (row.guess) inspected(cookie, null, 1, new RegExp(`^ +format = "${row.guess}";$`, 'm'));
    place.write('session.key', `${OTHER_SECRET}\n`);
    inspected(cookie, config, 1, /^ {2}signature {3}NO: /m);
  });
}

// What the framework itself ends is over here too.
for (const [site, heading, login, logout] of [
  ['flask_site.py', 'Flask, with Flask-Login', '/login', '/logout'],
  ['django_site.py', 'Django, sessions in cookies', '/login', '/logout'],
  ['starlette_site.py', 'Starlette and FastAPI, SessionMiddleware', '/login', '/logout'],
  ['express_site.mjs', 'Express, cookie-session', '/login', '/logout'],
  ['koa_site.mjs', 'Koa, koa-session', '/login', '/logout'],
  ['fastify_site.mjs', 'Fastify, a signed cookie', '/login', '/logout'],
  ['hono_site.mjs', 'Hono, a signed cookie', '/login', '/logout'],
])
  test(`${heading}: after the logout`, async (t) => {
    const { port } = await behindNginx(t, page.get(heading), await siteOf(site));
    const cookie = await cookiesOf(port, `${login}?user=alice`);
    assert.equal((await sign(port, cookie)).status, 200);
    await refused(port, await cookiesOf(port, logout, cookie));
  });

test('Django: the end that a session was given', async (t) => {
  const { port } = await behindLighttpd(t, page.get('Django, sessions in cookies'), await siteOf('django_site.py'));
  const cookie = await cookiesOf(port, '/brief?user=alice');
  await until('it has ended', async () => (await sign(port, cookie)).status !== 200);
  await refused(port, cookie);
});

test('every heading of the page is tried', () => {
  const elsewhere = ['PHP', 'The web server itself']; // other_proofs.test.mjs
  assert.deepEqual([...new Set([...rows.map(({ heading }) => heading), ...elsewhere])].sort(), [...page.keys()].sort());
  for (const [heading, session] of page) assert.ok(session, `${heading} has no lines`);
});

test('mint makes what the page reads', async (t) => {
  for (const [heading, session] of page) {
    if (/remote_user/.test(session)) continue;
    const place = new Place(t);
    const config = place.configure(withSession(session.replace('"/var/lib/php/sessions"', '"."')));
    const { code, out, err } = run(['mint', '--user=alice', config]);
    assert.equal(code, 0, `${heading}: ${err}`);
    inspected(out, config, 0, /^Accepted: the user is alice, /m);
  }
});

test('the blocks of the page, and no others', (t) => {
  const elsewhere = ['PHP', 'The web server itself']; // other_proofs.test.mjs
  const groups = [...page.keys()].filter((heading) => page.get(heading) !== undefined);
  assert.deepEqual([...new Set([...rows.map(({ heading }) => heading), ...elsewhere])].sort(), [...groups].sort());
  const [inspect] = blocksOf('etc/frameworks.md', [['sh', 'The session cookie that your framework already sets'],
    ...groups.map((heading) => ['libconfig', heading]), ['nginx', 'The web server itself']]);

  // Not sure which it is: the lines to write, without a configuration.
  const place = new Place(t);
  mkdirSync(join(place.path, 'bin'));
  symlinkSync(command, join(place.path, 'bin/signpost'));
  const told = (input) => run(['-c', inspect], { program: '/bin/sh', input, env: { PATH: `${place.path}/bin:${process.env.PATH}`, HOME: place.path } });
  assert.match(told(`session=${session('alice')}\n`).out, /^ +cookie = "session";$/m);
  assert.doesNotMatch(told('session=nothing\n').out, /^ +cookie = /m);
});
