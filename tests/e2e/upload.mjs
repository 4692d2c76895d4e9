// An upload API on loopback that takes what api.cloudinary.com would take: it
// looks at the form that came, never at what was answered for it.
import http from 'node:http';
import cloudinary from 'cloudinary';
import { API_SECRET, seconds } from './token.mjs';

const KEY = '874837483274837';
const UNSIGNED = ['api_key', 'signature', 'file', 'cloud_name', 'resource_type'];
const PATH = /^\/v1_1\/demo\/(image|video|raw|auto)\/(upload|explicit|destroy|rename|tags|context|metadata|generate_archive)$/;

// The signed text has a list as its elements with commas between them.
function signedFields(form) {
  const names = [...new Set(form.keys())].filter((name) => !UNSIGNED.includes(name));
  return Object.fromEntries(names.map((name) => [name.replace(/\[\]$/, ''), form.getAll(name).join(',')]));
}

function judge(method, path, form) {
  const action = PATH.exec(path)?.[2];
  if (method !== 'POST' || action === undefined) return [404, 'Not found'];
  if ([...form.keys()].some((name) => !name.endsWith('[]') && form.getAll(name).length > 1)) return [400, 'A name came twice'];
  const fields = signedFields(form);
  const signature = form.get('signature') ?? '';
  if (form.get('api_key') !== KEY) return [401, 'Unknown API key'];
  if (signature === '') return [401, 'Upload preset must be whitelisted for unsigned uploads'];
  const right = cloudinary.utils.api_sign_request(fields, API_SECRET, signature.length === 40 ? 'sha1' : 'sha256');
  if (signature !== right) return [401, `Invalid Signature ${signature}. Names that were signed: ${Object.keys(fields).sort()}`];
  if (!/^\d+$/.test(fields.timestamp) || Math.abs(seconds() - fields.timestamp) > 3600) return [401, 'Stale request'];
  if ((action === 'upload') !== form.has('file')) return [400, 'Missing required parameter - file'];
  return [200, null];
}

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = await new Response(Buffer.concat(chunks), { headers: { 'Content-Type': request.headers['content-type'] } }).formData();
  const [status, message] = judge(request.method, request.url, form);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(message === null ? { public_id: form.get('public_id') } : { error: { message } }));
}

/*
 * Starts it for a test. The function that it returns sends fields, and with an
 * upload a file, as a browser's form to the path of a URL of Cloudinary's, and
 * gives { status, json }.
 */
export async function makeUpload(t) {
  const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(JSON.stringify({ error: { message: error.message } })));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  const network = globalThis.fetch;

  return async (address, fields) => {
    const url = new URL(address);
    if (url.origin !== 'https://api.cloudinary.com') throw new Error(`a form for ${url.origin}`);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const text of [value].flat()) form.append(name, text);
    if (url.pathname.endsWith('/upload')) form.append('file', new Blob(['a picture']), 'cat.jpg');
    const sent = await network(`http://127.0.0.1:${server.address().port}${url.pathname}`, { method: 'POST', body: form });
    return { status: sent.status, json: await sent.json() };
  };
}
