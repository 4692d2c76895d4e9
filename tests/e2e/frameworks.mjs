// The page of etc/frameworks.md, and real sites of those frameworks.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Place, freePort, lighttpd, lighttpdSample, nginx, root, signLocation, spawnFcgi, until } from './site.mjs';
import { SESSION_KEY } from './token.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// Each heading of the page, and the session group below it.
export function readPage() {
  const text = readFileSync(join(root, 'etc/frameworks.md'), 'utf8');
  const sections = text.split(/^### /m).slice(1).map((section) => {
    const [, group] = /^```libconfig\n(.*?)^```$/ms.exec(section) ?? [];
    return [section.split('\n')[0], group];
  });
  return new Map(sections);
}

export const withSession = (session) => `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
${session}
policies = { avatar = { action = "upload"; set = { public_id = "users/{user}/{random}"; overwrite = false; allowed_formats = "jpg"; }; }; };
`;

// A framework's site, on a port of its own, whose secret is the session key.
const INTERPRETERS = { py: '/usr/bin/python3', mjs: process.execPath };

export async function startSite(t, name) {
  const place = new Place(t);
  const port = await freePort();
  const child = place.start(INTERPRETERS[name.split('.').pop()],
    [join(here, 'frameworks', name), String(port), SESSION_KEY, place.path], { cwd: here });
  await until(`${name} answers`, async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${place.log}`);
    return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
  }).catch((error) => {
    error.message += place.log;
    throw error;
  });
  return port;
}

// The site at port, and the program at /api/sign beside it.
export async function behindLighttpd(t, session, port, more = '') {
  const place = new Place(t);
  const config = place.configure(withSession(session));
  const proxy = port === null ? '' : `
server.modules += ( "mod_proxy" )
$HTTP["url"] !~ "^/api/sign" { proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => ${port} )) ) }
`;
  return { ...(await lighttpd(place, `${lighttpdSample(place, config, 1)}${proxy}${more}`)), config };
}

export async function behindNginx(t, session, port, { sign = '', location = signLocation(sign), server = '' } = {}) {
  const place = new Place(t);
  const config = place.configure(withSession(session));
  const fcgi = await spawnFcgi(place, config);
  const proxy = port === null ? '' : `
    proxy_buffer_size 16k; # Supabase's cookies take more than the usual 4
    proxy_buffers 4 16k;
    location / { proxy_pass http://127.0.0.1:${port}; }`;
  const made = await nginx(place, `upstream signpost { server unix:${fcgi.socket}; }`,
    `${proxy}\n${location}\n${server}`);
  return { ...made, config };
}

// node's own client, which reads chunks; fetch() of Debian 12's node joins the
// Set-Cookie headers into one.
function get(port, path, headers) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, cookies: response.headers['set-cookie'] ?? [], body }));
    });
    request.on('error', reject);
  });
}

// Logs in as a browser would: what it would send with its next request.
export async function cookiesOf(port, path, sent = '') {
  const answer = await get(port, path, sent === '' ? {} : { Cookie: sent });
  if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  const jar = new Map(sent === '' ? [] : sent.split('; ').map((pair) => [pair.split('=')[0], pair]));
  for (const line of answer.cookies) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const gone = attributes.some((text) => /^max-age=0$/i.test(text) || /^expires=thu, 01 jan 1970/i.test(text));
    if (gone) jar.delete(pair.split('=')[0]);
    else jar.set(pair.split('=')[0], pair);
  }
  return [...jar.values()].join('; ');
}
