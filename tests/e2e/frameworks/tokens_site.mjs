// Tokens as the products write them that are too large to run here, made with
// jsonwebtoken, and Supabase's own client: tokens_site.mjs PORT SECRET.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServerClient } from '@supabase/ssr';
import jsonwebtoken from 'jsonwebtoken';

const [port, secret] = process.argv.slice(2);
const sign = (claims, options = { expiresIn: 3600 }, key = secret) => jsonwebtoken.sign(claims, key, options);
const payloadKey = createHash('sha256').update(secret).digest('hex').slice(0, 32);

// A cache of five minutes, of a session that ends in so many.
const betterAuth = (user, minutes = 600) => ['better-auth.session_data', sign({
  session: { token: 't', expiresAt: minutes === null ? undefined : new Date(Date.now() + 60_000 * minutes).toISOString() },
  user, updatedAt: Date.now(), version: '1',
}, { expiresIn: 300 })];

// One cookie, or as Better Auth does it, several where one would be too long.
function setCookie([name, value]) {
  const chunks = value.length > 3900 ? value.match(/.{1,3900}/g).map((chunk, i) => [`${name}.${i}`, chunk]) : [[name, value]];
  return chunks.map((pair) => `${pair.join('=')}; Path=/`);
}

// [cookie, its value], by the address.
const makers = {
  '/jwt': (user) => ['session', sign({ sub: user })],
  '/flask_jwt_extended': (user) => ['access_token_cookie', sign({ fresh: false, jti: 'j', type: 'access', sub: user, csrf: 'c' })],
  '/flask_jwt_extended_refresh': (user) => ['access_token_cookie', sign({ fresh: false, jti: 'j', type: 'refresh', sub: user, csrf: 'c' })],
  '/fastapi_users': (user) => ['fastapiusersauth', sign({ sub: user, aud: ['fastapi-users:auth'] })],
  '/fastapi_users_reset': (user) => ['fastapiusersauth', sign({ sub: user, aud: ['fastapi-users:reset'] })],
  '/payload': (user) => ['payload-token', sign({ id: user, collection: 'users', email: 'a@b.c' }, { expiresIn: 7200 }, payloadKey)],
  '/payload_customer': (user) => ['payload-token', sign({ id: user, collection: 'customers', email: 'a@b.c' }, { expiresIn: 7200 }, payloadKey)],
  '/payload_reset': (user) => ['payload-token', sign({ id: user, collection: 'users' })],
  '/play': (user) => ['PLAY_SESSION', sign({ data: { user }, nbf: Math.floor(Date.now() / 1000) }, {})],
  '/play_guest': () => ['PLAY_SESSION', sign({ data: { csrfToken: 'c' }, nbf: Math.floor(Date.now() / 1000) }, {})],
  '/better_auth': (user) => betterAuth({ id: user }),
  '/better_auth_large': (user) => betterAuth({ id: user, name: 'x'.repeat(4000) }),
  '/better_auth_guest': (user) => betterAuth({ id: user, isAnonymous: true }),
  '/better_auth_ended': (user) => betterAuth({ id: user }, -1),
  '/better_auth_endless': (user) => betterAuth({ id: user }, null),
};

const userOf = (user) => ({ id: user, aud: 'authenticated', role: 'authenticated', email: 'a@b.c', identities: [] });

// The client asks the project who a token's user is; here, that is us.
async function supabase(user, aud, role = 'authenticated', is_anonymous = false) {
  const set = [];
  const client = createServerClient('http://project.invalid', 'public-anon-key', {
    cookieOptions: { name: 'sb-PROJECT-auth-token' },
    cookies: { getAll: () => [], setAll: (cookies) => set.push(...cookies) },
    global: {
      fetch: async () => new Response(JSON.stringify({ ...userOf(user), about: 'x'.repeat(4000) }),
        { headers: { 'Content-Type': 'application/json' } }),
    },
  });
  const token = sign({ sub: user, aud, role, is_anonymous, iss: 'https://project.invalid/auth/v1' });
  const { error } = await client.auth.setSession({ access_token: token, refresh_token: 'r' });
  if (error) throw error;
  return set.filter(({ value }) => value !== '').map(({ name, value }) => `${name}=${value}; Path=/`);
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const user = url.searchParams.get('user');
  const make = makers[url.pathname];
  if (url.pathname === '/supabase') response.setHeader('Set-Cookie', await supabase(user, 'authenticated'));
  else if (url.pathname === '/supabase_other') response.setHeader('Set-Cookie', await supabase(user, 'other'));
  else if (url.pathname === '/supabase_guest') response.setHeader('Set-Cookie', await supabase(user, 'authenticated', 'authenticated', true));
  else if (url.pathname === '/supabase_anon') response.setHeader('Set-Cookie', await supabase(user, 'authenticated', 'anon'));
  else if (make) response.setHeader('Set-Cookie', setCookie(make(user)));
  response.end('done');
}).listen(Number(port), '127.0.0.1');
