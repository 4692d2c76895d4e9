// A FastCGI client, as far as a web server is one: to stop in the middle of a
// request, which no web server does for a test.
import net from 'node:net';

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;
const RESPONDER_KEPT = Buffer.from([0, 1, 1, 0, 0, 0, 0, 0]);

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

function length(n) {
  if (n < 128) return Buffer.from([n]);
  const four = Buffer.alloc(4);
  four.writeUInt32BE((n | 0x80000000) >>> 0);
  return four;
}

// One request's records, with its connection to be kept.
export function fastcgiRequest(variables, body = '') {
  const pairs = Object.entries(variables).flatMap(([name, value]) =>
    [length(Buffer.byteLength(name)), length(Buffer.byteLength(value)), Buffer.from(name), Buffer.from(value)]);
  const input = body === '' ? [] : [record(STDIN, Buffer.from(body))];
  const none = Buffer.alloc(0);
  return Buffer.concat([record(BEGIN, RESPONDER_KEPT), record(PARAMS, Buffer.concat(pairs)),
    record(PARAMS, none), ...input, record(STDIN, none)]);
}

// A connection to the program's socket.
export class FastcgiConnection {
  constructor(path) {
    this.input = Buffer.alloc(0);
    this.output = '';
    this.waiting = null;
    this.socket = net.connect(path);
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.input = Buffer.concat([this.input, chunk]);
      this.advance();
    });
    this.closed.then(() => this.settle(null));
  }

  // Done when the bytes are in the socket, also where nobody reads them.
  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  // The next whole answer's text, or null when the connection ends before.
  answer() {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.advance();
      if (this.socket.destroyed) this.settle(null);
    });
  }

  advance() {
    while (this.waiting !== null && this.input.length >= 8) {
      const size = 8 + this.input.readUInt16BE(4) + this.input[6];
      if (this.input.length < size) return;
      const content = this.input.subarray(8, 8 + this.input.readUInt16BE(4));
      const type = this.input[1];
      this.input = this.input.subarray(size);
      if (type === STDOUT) this.output += content.toString();
      if (type === END) this.settle(this.output);
    }
  }

  settle(text) {
    const waiting = this.waiting;
    this.waiting = null;
    this.output = '';
    if (waiting !== null) waiting(text);
  }

  close() {
    this.socket.destroy();
  }
}
