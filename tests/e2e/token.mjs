// JSON Web Tokens, made without the program under test.
import { createHmac } from 'node:crypto';

// Test keys, which protect nothing.
export const SESSION_KEY = 'test-session-key-that-protects-nothing';
export const API_SECRET = 'test-api-secret-that-protects-nothing';
export const OTHER_SECRET = 'test-other-secret-that-protects-nothing';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function token(claims, { key = SESSION_KEY, header = { alg: 'HS256', typ: 'JWT' } } = {}) {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

// As a login would make it: valid for an hour.
export function session(user, claims = {}) {
  return token({ sub: user, exp: seconds() + 3600, ...claims });
}

export function seconds() {
  return Math.floor(Date.now() / 1000);
}
