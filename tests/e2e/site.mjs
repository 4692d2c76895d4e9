// A site for a test: a folder with keys and a configuration, and a web server
// in front of the program. All of it ends with the test, also a failed one.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from './client.mjs';
import { API_SECRET, OTHER_SECRET, SESSION_KEY } from './token.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
// The endpoint, and the command line. (make coverage has a build of its own.)
export const program = process.env.PROGRAM ?? join(root, 'cgi-bin/signpost');
export const command = process.env.COMMAND ?? join(root, 'build/signpost');
process.env.PATH += ':/usr/sbin:/sbin';

// How long a test waits for what may never come, in ms: long, since a machine
// may be busy. How fast something is, make bench compares.
export const PATIENCE = 120000;

// Once more at the very end, for a test that was cut short.
const folders = new Set();
const started = new Set();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

// A folder that only we can enter, and what was started in it.
export class Place {
  constructor(t) {
    this.path = mkdtempSync(join(realpathSync(tmpdir()), 'signpost-e2e-'));
    this.undo = [];
    this.log = '';
    folders.add(this.path);
    t.after(() => this.clear());
  }

  write(name, text, mode = 0o600) {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  // The configuration with the secrets that it may name, and an empty www.
  configure(text, files = {}) {
    this.write('session.key', `${SESSION_KEY}\n`);
    this.write('cloudinary.secret', `${API_SECRET}\n`);
    this.write('other.secret', `${OTHER_SECRET}\n`);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    mkdirSync(join(this.path, 'www'));
    return this.write('signpost.conf', text);
  }

  // A process that is stopped with the place. What it says goes to log.
  start(command, args, options = {}) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (this.log += text));
    }
    child.ended = new Promise((resolve) => {
      child.on('error', (error) => (this.log += `${command}: ${error.message}\n`));
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    started.add(child);
    child.ended.then(() => started.delete(child));
    this.undo.push(() => stop(child));
    return child;
  }

  async clear() {
    while (this.undo.length > 0) await this.undo.pop()();
    rmSync(this.path, { recursive: true, force: true });
    folders.delete(this.path);
  }
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return within(child.ended, `${child.spawnfile} to end after ${signal}`);
}

export async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${PATIENCE} ms for ${what}`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function until(what, test) {
  for (const end = Date.now() + PATIENCE; ; await sleep(20)) {
    const found = await test();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${PATIENCE} ms until ${what}`);
  }
}

// Below the ports that the kernel gives to whoever asks for any, and from a
// place of its own for each file of tests: these run side by side.
let nextPort = 10000 + Math.floor(Math.random() * 22000);

const isFree = (port) => new Promise((resolve) => {
  const server = net.createServer().on('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

export async function freePort() {
  for (;;) {
    nextPort = nextPort < 32000 ? nextPort + 1 : 10000;
    const port = nextPort; // others ask meanwhile
    if (await isFree(port)) return port;
  }
}

// Runs the command line, or another program, to its end.
export function run(args, { program: file = command, env = {}, ...options } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 3 * PATIENCE, // make takes its time
    ...options,
    env: { PATH: process.env.PATH, ...env },
  });
  return { code: status ?? signal, out: stdout, err: stderr };
}

// Every server's function makes { place, port, pid } when it answers.
export async function serve(place, command, args, port, { probe = '/api/sign', ...options } = {}) {
  const child = place.start(command, args, options);
  const answers = () => ask(port, { path: probe }).then((answer) => answer.status !== 502 && answer.status !== 503, () => false);
  await until('the server answers', async () => {
    if (child.exitCode !== null) throw new Error(`${command} ended`);
    return answers();
  }).catch((error) => {
    error.message += `\n${place.log}`;
    throw error;
  });
  return { place, port, pid: child.pid, child };
}

export async function lighttpd(place, text) {
  const port = await freePort();
  const own = `
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${place.path}/www"
`;
  const path = place.write('lighttpd.conf', text + own);
  return serve(place, 'lighttpd', ['-D', '-f', path], port);
}

// The ready file in etc, as its comment says: with the paths set.
export async function lighttpdFastcgi(t, conf, processes = 2, files = {}) {
  const place = new Place(t);
  const config = place.configure(conf, files);
  return lighttpd(place, lighttpdSample(place, config, processes));
}

export function lighttpdSample(place, config, processes = 2) {
  return readFileSync(join(root, 'etc/lighttpd.conf'), 'utf8')
    .replace('/usr/local/lib/signpost/signpost', program)
    .replace('/etc/signpost/signpost.conf', config)
    .replace('/run/lighttpd/', `${place.path}/`)
    .replace('"max-procs" => 2', `"max-procs" => ${processes}`);
}

// A control file: its first line names the program and the configuration.
export async function lighttpdCgi(t, conf, processes = 0, files = {}) {
  const place = new Place(t);
  const config = place.configure(conf, files);
  place.write('www/api/sign', `#!${program} --config=${config}\n`, 0o755);
  return lighttpd(place, 'server.modules += ( "mod_cgi" )\ncgi.assign = ( "/sign" => "" )\n');
}

// The server's configuration names the program, and its environment the rest.
export async function lighttpdEnvironment(t, conf) {
  const place = new Place(t);
  const config = place.configure(conf);
  place.write('www/api/sign', '', 0o644);
  return lighttpd(place, `
server.modules += ( "mod_cgi", "mod_setenv" )
setenv.add-environment = ( "SIGNPOST_CONFIG" => "${config}" )
cgi.assign = ( "/sign" => "${program}" )
`);
}

// Processes of spawn-fcgi on one Unix socket, with a configuration.
export async function spawnFcgi(place, config, processes = 1, user = undefined) {
  const socket = join(place.path, 'signpost.sock');
  const args = ['-s', socket, '-M', '0600'];
  const command = ['--', user ? join(place.path, 'lib/signpost') : program, `--config=${config}`];
  if (user) args.push('-u', user, '-U', user);
  if (processes === 1) {
    const child = place.start('spawn-fcgi', ['-n', ...args, ...command]);
    await until('the socket listens', () => listens(socket));
    return { socket, child, pids: [child.pid] };
  }
  const pidFile = join(place.path, 'pids');
  const child = place.start('spawn-fcgi', ['-F', String(processes), '-P', pidFile, ...args, ...command]);
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`spawn-fcgi: ${place.log}`);
  const pids = readFileSync(pidFile, 'utf8').trim().split(/\s+/).map(Number);
  place.undo.push(async () => {
    for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGTERM');
    await until('the processes have ended', () => !pids.some(alive));
  });
  return { socket, pids };
}

// The socket's file is there a moment before anybody listens.
export function listens(socket) {
  return new Promise((resolve) => {
    const probe = net.connect(socket, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}

// R: it runs; S: it waits; T: it is stopped; Z: it is dead. '' when it is gone.
export function stateOf(pid) {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  } catch {
    return '';
  }
}

// Is it there, and not only a dead child that nobody has asked for?
export const alive = (pid) => !['', 'Z'].includes(stateOf(pid));

// Does it answer to SIGTERM already? A process that is only starting ends.
export function catches(pid) {
  try {
    const [, blocked, caught] = /^SigBlk:\s*(\w+)[^]*^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return [blocked, caught].some((set) => (BigInt(`0x${set}`) >> 14n) & 1n);
  } catch {
    return false;
  }
}

// Stops the processes, does something, and lets them go on: they find all of it
// at once, a signal first, however long it took.
export async function whileStopped(pids, act) {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await until('they are stopped', () => pids.every((pid) => ['T', 'Z', ''].includes(stateOf(pid))));
  await act();
  for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGCONT');
}

const variables = `
fastcgi_param GATEWAY_INTERFACE CGI/1.1;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param SCRIPT_NAME $fastcgi_script_name;
fastcgi_param DOCUMENT_ROOT $document_root;
fastcgi_param REMOTE_ADDR $remote_addr;
`;

// nginx with these settings in its http block, and in its one server.
export async function nginx(place, http, server) {
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${place.path}/${name};`)
    .join('\n');
  const path = place.write('nginx.conf', `
${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${place.path}/nginx.pid;
error_log ${place.path}/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  ${temp}
  ${http}
  server {
    listen 127.0.0.1:${port};
    root ${place.path}/www;
    keepalive_requests 1000000;
    ${server}
  }
}
`);
  return serve(place, 'nginx', ['-e', `${place.path}/nginx.log`, '-c', path], port);
}

// The address of the program, with more settings in it.
export const signLocation = (more = '') => `
    location = /api/sign {
      fastcgi_pass signpost;
      fastcgi_keep_conn on;
      ${variables}
      ${more}
    }`;

// nginx that keeps its connections to the program open.
export async function nginxFastcgi(t, conf, processes = 2, kept = 8) {
  const place = new Place(t);
  const fcgi = await spawnFcgi(place, place.configure(conf), processes);
  const upstream = `upstream signpost { server unix:${fcgi.socket}; keepalive ${kept}; }`;
  return { ...(await nginx(place, upstream, signLocation())), fcgi };
}

// The processes that one has started.
export function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false;
    }
  }).map(Number);
}

// Redis on a Unix socket of its own, which keeps nothing on the disk.
export async function startRedis(t) {
  const place = new Place(t);
  const redis = { place, socket: join(place.path, 'redis.sock') };
  redis.restart = async () => {
    redis.child = place.start('redis-server', ['--port', '0', '--unixsocket', redis.socket,
      '--unixsocketperm', '600', '--save', '', '--appendonly', 'no', '--dir', place.path]);
    await until('redis listens', () => listens(redis.socket));
  };
  await redis.restart();
  return redis;
}
