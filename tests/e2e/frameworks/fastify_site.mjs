// Fastify with @fastify/cookie: fastify_site.mjs PORT SECRET.
import cookie from '@fastify/cookie';
import Fastify from 'fastify';

const [port, secret] = process.argv.slice(2);
const app = Fastify();
app.register(cookie, { secret });
const set = (reply, value) => reply.setCookie('uid', value, { signed: true, path: '/' }).send('in');
app.get('/login', (request, reply) => set(reply, `j:${JSON.stringify({ id: request.query.user })}`));
app.get('/plain', (request, reply) => set(reply, request.query.user));
app.get('/guest', (request, reply) => reply.setCookie('lang', 'en', { path: '/' }).send('hello'));
app.get('/logout', (request, reply) => reply.clearCookie('uid', { path: '/' }).send('out'));
await app.listen({ port: Number(port), host: '127.0.0.1' });
