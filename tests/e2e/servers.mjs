// Every web server that has a ready file in etc, started from that file: only
// its paths are others here.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Place, freePort, lighttpd, lighttpdFastcgi, listens, nginx, program, root, serve, spawnFcgi, until } from './site.mjs';

const asRoot = process.getuid() === 0;
const APACHE_USER = 'www-data';

// A ready file with the paths of this place.
function ready(name, place) {
  return readFileSync(join(root, 'etc', name), 'utf8')
    .replaceAll('/usr/local/lib/signpost', join(place.path, 'lib'))
    .replaceAll('/run/signpost/', `${place.path}/`)
    .replaceAll('/run/fcgiwrap.socket', `${place.path}/fcgiwrap.socket`);
}

// The program and its control file, as `make install` puts them.
function install(place, config, control = 'lib/sign.cgi') {
  mkdirSync(join(place.path, 'lib'), { mode: 0o755 });
  copyFileSync(program, join(place.path, 'lib/signpost'));
  chmodSync(join(place.path, 'lib/signpost'), 0o755);
  place.write(control, `#!${place.path}/lib/signpost --config=${config}\n`, 0o755);
}

// Apache lets no request run as root: the place is its user's then.
function give(place) {
  if (!asRoot) return;
  if (spawnSync('chown', ['-R', `${APACHE_USER}:`, place.path]).status !== 0) throw new Error('chown');
  const { uid, gid } = statSync(place.path);
  place.owner = [uid, gid];
}

const MODULES = ['mpm_event', 'authz_core', 'alias', 'env', 'mime', 'rewrite', 'setenvif'];

async function apache(place, modules, text, { published = 'www', ...options } = {}) {
  const port = await freePort();
  const path = place.write('apache.conf', `
ServerRoot "${place.path}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile apache.pid
ErrorLog apache.log
TypesConfig /dev/null
${asRoot ? `User ${APACHE_USER}\nGroup ${APACHE_USER}` : ''}
${[...MODULES, ...modules].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
DocumentRoot "${place.path}/${published}"
<IfModule mod_cgid.c>
  ScriptSock "${place.path}/cgid.sock"
</IfModule>
<IfModule mod_fcgid.c>
  FcgidIPCDir "${place.path}/fcgid"
  FcgidProcessTableFile "${place.path}/fcgid/table"
  FcgidMaxProcesses 4
</IfModule>
<Directory "/">
  AllowOverride None
  Require all denied
</Directory>
${text}
`);
  mkdirSync(join(place.path, 'fcgid'), { recursive: true, mode: 0o700 });
  give(place);
  const server = await serve(place, 'apache2', ['-D', 'FOREGROUND', '-f', path], port, options);
  // What the program says goes into Apache's own log.
  Object.defineProperty(place, 'log', { get: () => readFileSync(join(place.path, 'apache.log'), 'utf8'), set() {} });
  return server;
}

function apacheScript(modules, options) {
  return async (t, conf, others = [], more = () => '') => {
    const place = new Place(t);
    install(place, place.configure(conf));
    return apache(place, [...modules, ...others], ready('apache.conf', place) + more(place), options);
  };
}

// A folder of somebody's own, with the ready .htaccess and control file.
function apacheShared(ending, modules, options) {
  return async (t, conf) => {
    const place = new Place(t);
    install(place, place.configure(conf), `www/api/sign.${ending}`);
    place.write('www/api/.htaccess', readFileSync(join(root, 'etc/htaccess'), 'utf8'), 0o644);
    return apache(place, modules, `
<Directory "${place.path}/www">
  AllowOverride All
  Require all granted
</Directory>`, options);
  };
}

async function apacheProxy(t, conf) {
  const place = new Place(t);
  const config = place.configure(conf);
  install(place, config);
  give(place);
  const fcgi = await spawnFcgi(place, config, 3, asRoot ? APACHE_USER : undefined);
  return { ...(await apache(place, ['proxy', 'proxy_fcgi'], ready('apache-proxy.conf', place))), fcgi };
}

async function lighttpdCgi(t, conf) {
  const place = new Place(t);
  install(place, place.configure(conf));
  return lighttpd(place, ready('lighttpd-cgi.conf', place));
}

const params = 'include /etc/nginx/fastcgi_params;';

async function nginxSpawned(t, conf) {
  const place = new Place(t);
  const fcgi = await spawnFcgi(place, place.configure(conf), 3);
  const text = ready('nginx.conf', place).replace('include fastcgi_params;', params);
  return { ...(await nginx(place, '', text)), fcgi };
}

async function nginxFcgiwrap(t, conf) {
  const place = new Place(t);
  install(place, place.configure(conf));
  const socket = join(place.path, 'fcgiwrap.socket');
  place.start('fcgiwrap', ['-f', '-s', `unix:${socket}`]);
  await until('fcgiwrap listens', () => listens(socket));
  const text = ready('nginx-fcgiwrap.conf', place).replace('include fastcgi_params;', params);
  return nginx(place, '', text);
}

async function caddy(t, conf) {
  const place = new Place(t);
  const fcgi = await spawnFcgi(place, place.configure(conf), 3);
  const port = await freePort();
  const path = place.write('Caddyfile', `{
	admin off
	auto_https off
	storage file_system ${place.path}/caddy
}
http://:${port} {
	bind 127.0.0.1
	root * ${place.path}/www
	${ready('Caddyfile', place)}
}
`);
  const env = { ...process.env, HOME: place.path, XDG_CONFIG_HOME: place.path, XDG_DATA_HOME: place.path };
  return { ...(await serve(place, 'caddy', ['run', '--config', path, '--adapter', 'caddyfile'], port, { env })), fcgi };
}

async function h2o(t, conf) {
  const place = new Place(t);
  const fcgi = await spawnFcgi(place, place.configure(conf), 3);
  const port = await freePort();
  const path = place.write('h2o.yaml', `
${asRoot ? 'user: root' : ''}
pid-file: ${place.path}/h2o.pid
num-threads: 2
listen:
  host: 127.0.0.1
  port: ${port}
hosts:
  "127.0.0.1:${port}":
    paths:
      "/":
        file.dir: ${place.path}/www
${ready('h2o.conf', place).replaceAll(/^/gm, '      ')}
`);
  return { ...(await serve(place, 'h2o', ['-m', 'worker', '-c', path], port)), fcgi };
}

export const servers = {
  'Apache, mod_fcgid': apacheScript(['fcgid']),
  'Apache, mod_cgid': apacheScript(['cgid']),
  'Apache, mod_proxy_fcgi': apacheProxy,
  'Apache, .htaccess and mod_cgid': apacheShared('cgi', ['cgid']),
  'Apache, .htaccess and mod_fcgid': apacheShared('fcgi', ['fcgid']),
  'lighttpd, FastCGI': lighttpdFastcgi,
  'lighttpd, mod_cgi': lighttpdCgi,
  'nginx, spawn-fcgi': nginxSpawned,
  'nginx, fcgiwrap': nginxFcgiwrap,
  Caddy: caddy,
  h2o,
};

// Apache without the module that would run the control file, by the ready file.
export const unable = {
  'apache.conf, and no module': apacheScript([], { probe: '/' }),
  '.htaccess, sign.cgi, and no module': apacheShared('cgi', [], { probe: '/' }),
  '.htaccess, sign.cgi, and mod_fcgid alone': apacheShared('cgi', ['fcgid'], { probe: '/' }),
  '.htaccess, sign.fcgi, and no module': apacheShared('fcgi', [], { probe: '/' }),
  '.htaccess, sign.fcgi, and mod_cgid alone': apacheShared('fcgi', ['cgid'], { probe: '/' }),
};

// A home folder as STEPS.txt makes it, published by Apache as its owner.
export function shared(place) {
  return apache(place, ['cgid'], `
<Directory "${place.path}/public_html">
  AllowOverride All
  Require all granted
</Directory>`, { published: 'public_html' });
}

// The same below a user's home, at /~USER, each script run as that user. (Apache
// does that as soon as the suexec program is there: it is said when not to.)
export function userdir(place, home, suexec = 'On') {
  mkdirSync(join(place.path, 'www'));
  return apache(place, ['cgid', 'suexec', 'userdir'], `
Suexec ${suexec}
UserDir public_html
<Directory "${home}/public_html">
  AllowOverride All
  Require all granted
</Directory>`);
}
