// Koa with koa-session, without a store: koa_site.mjs PORT SECRET.
import Koa from 'koa';
import session from 'koa-session';

const [port, secret] = process.argv.slice(2);
const app = new Koa();
app.keys = [secret];
app.use(session(app));
app.use((ctx) => {
  if (ctx.path === '/login') ctx.session.user = ctx.query.user;
  else if (ctx.path === '/guest') ctx.session.seen = true;
  else if (ctx.path === '/logout') ctx.session = null;
  ctx.body = 'done';
});
app.listen(Number(port), '127.0.0.1');
