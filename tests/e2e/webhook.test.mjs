// Cloudinary's notifications through real servers: as large as they come, and
// from nobody but those who may hand them on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cloudinary from 'cloudinary';
import { ask } from './client.mjs';
import { servers } from './servers.mjs';
import { lighttpdCgi, lighttpdFastcgi, nginxFastcgi } from './site.mjs';
import { API_SECRET, OTHER_SECRET, seconds } from './token.mjs';

const conf = `
cloudinary = { cloud_name = "demo"; api_key = "1234567890"; api_secret_file = "cloudinary.secret";
               verify_secret_files = [ "other.secret" ]; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  here  = { action = "verify"; addresses = [ "127.0.0.1", "::1" ]; };
  there = { action = "verify"; addresses = [ "192.0.2.0/24" ]; };
};
`;

const HOOK_BODY_MAX = 131072;

function notification(body, { secret = API_SECRET, at = seconds(), algorithm = 'sha1', policy = 'here' } = {}) {
  return { method: 'POST', path: `/api/sign?policy=${policy}`, body, headers: [
    ['Content-Type', 'application/json'],
    ['X-Cld-Timestamp', String(at)],
    ['X-Cld-Signature', cloudinary.utils.webhook_signature(body, String(at), { api_secret: secret, signature_algorithm: algorithm })],
  ] };
}

// A body of exactly n bytes.
const sized = (n) => JSON.stringify({ notification_type: 'upload', context: 'x'.repeat(n - 49) }).padEnd(n);

const streams = servers['Apache, mod_proxy_fcgi']; // it sends a body as it comes

for (const [name, serve] of Object.entries({ lighttpdFastcgi, nginxFastcgi, lighttpdCgi, streams }))
  test(`webhooks, ${name}`, async (t) => {
    const site = await serve(t, conf);
    const status = async (request) => (await ask(site.port, request)).status;
    const small = '{"notification_type":"upload","public_id":"users/alice/cat"}';
    const answer = await ask(site.port, notification(small));
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), { valid: true });
    assert.equal(await status(notification(small, { secret: OTHER_SECRET, algorithm: 'sha256' })), 200);
    for (const n of [16384, 16385, 65536, HOOK_BODY_MAX - 1, HOOK_BODY_MAX])
      assert.equal(await status(notification(sized(n))), 200, `${n} bytes`);
    assert.equal(await status(notification(sized(HOOK_BODY_MAX + 1))), 413);
    // The negative twins.
    assert.equal(await status({ ...notification(small), body: small.replace('alice', 'mallo') }), 403);
    assert.equal(await status(notification(small, { at: seconds() + 60 })), 403);
    assert.equal(await status(notification(small, { at: seconds() - 7260 })), 403);
    assert.equal(await status(notification(small, { secret: 'x'.repeat(27) })), 403);
    assert.equal(await status(notification(small, { policy: 'there' })), 403);
    assert.equal(await status({ path: '/api/sign?policy=here' }), 405);
    assert.equal(await status(notification('[]')), 400);
    // No other policy and no unknown one takes such a body.
    assert.equal(await status(notification(sized(16385), { policy: 'nobody' })), 413);
  });
