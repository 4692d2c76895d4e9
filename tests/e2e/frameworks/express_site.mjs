// Express with cookie-session and with signed cookies: express_site.mjs PORT SECRET.
import cookieParser from 'cookie-parser';
import cookieSession from 'cookie-session';
import express from 'express';

const [port, secret] = process.argv.slice(2);
const app = express();
const session = cookieSession({ name: 'session', keys: [secret], maxAge: 3600000 });

app.get('/login', session, (request, response) => {
  request.session.passport = { user: request.query.user };
  response.end('in');
});
app.get('/guest', session, (request, response) => {
  request.session.seen = true;
  response.end('hello');
});
app.get('/logout', session, (request, response) => {
  request.session = null;
  response.end('out');
});
app.get('/signed', cookieParser(secret), (request, response) => {
  response.cookie('uid', request.query.user, { signed: true }).end('in');
});
// An id of express-session, which has the same secret more often than not.
app.get('/session', cookieParser(secret), (request, response) => {
  response.cookie('uid', 'Zk3vqXo1bWw0rT9uYc5nHd2LgS7aPe8J', { signed: true }).end('hello');
});
app.get('/object', cookieParser(secret), (request, response) => {
  response.cookie('uid', { id: request.query.user }, { signed: true }).end('in');
});
// What nginx's auth_request asks: 401 for guests, else the name in a header.
app.get('/whoami', session, (request, response) => {
  const user = request.session.passport?.user;
  if (user) response.set('X-User', user);
  response.status(user ? 204 : 401).end();
});
app.listen(Number(port), '127.0.0.1');
