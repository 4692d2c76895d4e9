// Hono, and Remix's sessions, on node's server: hono_site.mjs PORT SECRET.
import { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import { createCookieSessionStorage } from '@remix-run/node';
import { Hono } from 'hono';
import { deleteCookie, setSignedCookie } from 'hono/cookie';

globalThis.crypto ??= webcrypto; // Debian 12's node has it under its own name

const [port, secret] = process.argv.slice(2);
const app = new Hono();
const set = async (c, value) => {
  await setSignedCookie(c, 'uid', value, secret, { path: '/' });
  return c.text('in');
};
app.get('/login', (c) => set(c, `j:${JSON.stringify({ id: c.req.query('user') })}`));
app.get('/plain', (c) => set(c, c.req.query('user')));
app.get('/guest', (c) => c.text('hello'));
app.get('/logout', (c) => {
  deleteCookie(c, 'uid', { path: '/' });
  return c.text('out');
});

const storage = createCookieSessionStorage({ cookie: { name: '__session', secrets: [secret], path: '/' } });
const remix = async (c, change) => {
  const session = await storage.getSession(c.req.header('Cookie'));
  change(session);
  return c.text('done', 200, { 'Set-Cookie': await storage.commitSession(session) });
};
app.get('/remix', (c) => remix(c, (session) => session.set('userId', c.req.query('user'))));
app.get('/remix_guest', (c) => remix(c, (session) => session.set('seen', true)));

createServer(async (request, response) => {
  const answer = await app.fetch(new Request(`http://localhost${request.url}`, { headers: request.headers }));
  response.writeHead(answer.status, { 'Set-Cookie': answer.headers.get('set-cookie') ?? [] });
  response.end(await answer.text());
}).listen(Number(port), '127.0.0.1');
