// Fastify with @fastify/cookie: fastify_site.mjs PORT SECRET.
import cookie from '@fastify/cookie';
import Fastify from 'fastify';

const [port, secret] = process.argv.slice(2);
const app = Fastify();
app.register(cookie, { secret });
app.get('/login', (request, reply) => reply.setCookie('uid', request.query.user, { signed: true, path: '/' }).send('in'));
app.get('/guest', (request, reply) => reply.setCookie('lang', 'en', { path: '/' }).send('hello'));
app.get('/logout', (request, reply) => reply.clearCookie('uid', { path: '/' }).send('out'));
await app.listen({ port: Number(port), host: '127.0.0.1' });
