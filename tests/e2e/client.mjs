// A plain HTTP/1.1 client that sends exactly what it is told: node's own would
// join two Cookie headers, and tidy other things that are to be tested.
import net from 'node:net';

const CRLF2 = Buffer.from('\r\n\r\n');

// One connection, one request at a time; kept until close().
export class Connection {
  constructor(port) {
    this.input = Buffer.alloc(0);
    this.waiting = null;
    this.ended = false;
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => {
      this.input = Buffer.concat([this.input, chunk]);
      this.advance();
    });
    this.socket.on('error', (error) => this.end(error));
    this.socket.on('close', () => {
      this.ended = true;
      this.advance();
      this.end(new Error('closed without a whole answer'));
    });
  }

  // headers: a list of [name, value], sent as they are; or raw: all of it, the
  // sending end of the connection closed behind it where ends says so.
  ask({ method = 'GET', path = '/api/sign', headers = [], body = '', raw, ends = false }) {
    const bytes = Buffer.from(body);
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost'];
    for (const [name, value] of headers) lines.push(`${name}: ${value}`);
    if (bytes.length > 0 || method === 'POST') lines.push(`Content-Length: ${bytes.length}`);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject, method };
      if (this.ended) this.end(new Error('the connection is closed'));
      else this.socket.write(raw !== undefined ? Buffer.from(raw, 'latin1')
        : Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]));
      if (ends) this.socket.end();
    });
  }

  advance() {
    const at = this.input.indexOf(CRLF2);
    if (at < 0 || this.waiting === null) return;
    const answer = readHead(this.input.subarray(0, at).toString('latin1'));
    const rest = this.input.subarray(at + 4);
    const chunks = answer.headers.get('transfer-encoding')?.join() === 'chunked';
    let length;
    try {
      length = chunks ? readChunks(answer, rest) : bodyLength(answer, this.waiting.method);
    } catch (error) {
      this.end(error);
      return;
    }
    // Without a length, the connection's end is the body's (RFC 9112 6.3).
    if (length === undefined && this.ended) length = rest.length;
    if (!(rest.length >= length)) return;
    if (!chunks) answer.body = rest.subarray(0, length).toString();
    this.input = rest.subarray(length);
    const { resolve } = this.waiting;
    this.waiting = null;
    resolve(answer);
  }

  end(error) {
    this.ended = true;
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting !== null) waiting.reject(error);
  }

  close() {
    this.socket.destroy();
  }
}

function readHead(text) {
  const [first, ...lines] = text.split('\r\n');
  const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { status: Number(first.split(' ')[1]), headers, body: '' };
}

function bodyLength(answer, method) {
  if (method === 'HEAD' || answer.status === 204) return 0;
  const lengths = answer.headers.get('content-length') ?? [];
  if (lengths.length > 1) throw new Error(`${lengths.length} Content-Length headers`);
  return lengths.length === 0 ? undefined : Number(lengths[0]);
}

// How many bytes its chunks take (RFC 9112 7.1), Infinity before the last is
// there. A server that chooses to send chunks drops Content-Length.
function readChunks(answer, bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return Infinity;
    const n = parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (!(n >= 0) || answer.headers.has('content-length')) throw new Error('a broken chunk');
    if (bytes.length < end + 2 + n + 2) return Infinity;
    parts.push(bytes.subarray(end + 2, end + 2 + n));
    at = end + 2 + n + 2;
    if (n === 0) {
      const body = Buffer.concat(parts);
      answer.body = body.toString();
      answer.headers.set('content-length', [String(body.length)]);
      return at;
    }
  }
}

// One request on a connection of its own.
export async function ask(port, request) {
  const connection = new Connection(port);
  try {
    const headers = [...(request.headers ?? []), ['Connection', 'close']];
    return await connection.ask({ ...request, headers });
  } finally {
    connection.close();
  }
}

// Asks all of the requests, in any order, over a few kept connections.
export async function askAll(port, requests, answered, connections = 8) {
  let next = 0;
  const work = async () => {
    const connection = new Connection(port);
    try {
      while (next < requests.length) {
        const i = next++;
        answered(await connection.ask(requests[i]), i);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
}

// The one value of a header, or undefined.
export function header(answer, name) {
  const values = answer.headers.get(name) ?? [];
  if (values.length > 1) throw new Error(`${name} is there ${values.length} times`);
  return values[0];
}

// application/x-www-form-urlencoded of [name, value] pairs.
export function form(pairs) {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function encode(text) {
  return encodeURIComponent(text).replace(/%20/g, '+');
}
