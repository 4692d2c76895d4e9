// A stand-in for api.cloudinary.com on loopback, as far as its documentation
// says what it does: signatures over what was sent, for an hour; assets by
// resource type and public_id. What the papers don't say it does in the
// simplest way, so that it proves nothing about Cloudinary.
import http from 'node:http';
import cloudinary from 'cloudinary';
import { seconds } from './token.mjs';

const UNSIGNED = ['api_key', 'signature', 'file', 'cloud_name', 'resource_type'];

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// name[] lists are signed as their elements with commas between them.
function collect(pairs) {
  const fields = {};
  for (const [name, value] of pairs) {
    if (name.endsWith('[]')) (fields[name.slice(0, -2)] ??= []).push(value);
    else if (name in fields) throw new Refusal(400, `${name} came twice`);
    else fields[name] = value;
  }
  return fields;
}

function check(fields, account) {
  const signed = Object.fromEntries(Object.entries(fields).filter(([name]) => !UNSIGNED.includes(name)));
  const { signature = '', timestamp = '' } = fields;
  if (fields.api_key !== account.key) throw new Refusal(401, 'Unknown API key');
  const right = cloudinary.utils.api_sign_request(signed, account.secret, signature.length === 40 ? 'sha1' : 'sha256');
  if (signature !== right) {
    const string = Object.keys(signed).sort().map((name) => `${name}=${signed[name]}`.replaceAll('&', '%26')).join('&');
    throw new Refusal(401, `Invalid Signature ${signature}. String to sign - '${string}'.`);
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw new Refusal(400, 'Invalid timestamp');
  if (seconds() - timestamp > 3600) throw new Refusal(400, `Stale request - reported time is ${timestamp} which is more than 1 hour ago`);
}

const needed = (asset) => asset ?? (() => { throw new Refusal(404, 'Resource not found'); })();

const actions = {
  upload(state, type, fields, account, request) {
    if (fields.file === undefined) throw new Refusal(400, 'Missing required parameter - file');
    const range = /^bytes (\d+)-(\d+)\/(-1|\d+)$/.exec(request.headers['content-range'] ?? '');
    if (range !== null && Number(range[2]) + 1 !== Number(range[3])) {
      state.parts.push([request.headers['x-unique-upload-id'], fields.signature]);
      return { done: false };
    }
    const id = fields.public_id ?? `random-${state.assets.size}`;
    const name = `${type === 'auto' ? 'image' : type}/${id}`;
    if (state.assets.has(name) && ['false', '0'].includes(fields.overwrite)) return { public_id: id, existing: true };
    state.assets.set(name, { public_id: id, version: seconds() });
    return { public_id: id, version: state.assets.get(name).version, resource_type: type,
      signature: cloudinary.utils.api_sign_request({ public_id: id, version: state.assets.get(name).version }, account.secret, 'sha1') };
  },
  destroy: (state, type, { public_id: id }) => ({ result: state.assets.delete(`${type}/${id}`) ? 'ok' : 'not found' }),
  explicit(state, type, { public_id: id, type: delivery }) {
    if (delivery === undefined) throw new Refusal(400, 'Missing required parameter - type');
    return needed(state.assets.get(`${type}/${id}`));
  },
  rename(state, type, { from_public_id: from, to_public_id: to }) {
    const asset = needed(state.assets.get(`${type}/${from}`));
    state.assets.delete(`${type}/${from}`);
    state.assets.set(`${type}/${to}`, { ...asset, public_id: to });
    return { public_id: to };
  },
  tags: (state, type, { public_ids: ids }) => ({ public_ids: [ids].flat().filter((id) => state.assets.has(`${type}/${id}`)) }),
  generate_archive: () => ({ resource_type: 'raw', public_id: 'archive' }),
  download: (state, type, { public_id: id, expires_at: end }) => {
    if (end !== undefined && seconds() > end) throw new Refusal(401, 'expired');
    return needed(state.assets.get(`${type}/${id}`));
  },
};
actions.context = actions.metadata = actions.tags;

async function answer(request, response, state, account) {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  const [, version, cloud, type, action] = pathname.split('/');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    if (version !== 'v1_1' || cloud !== account.cloud || !Object.hasOwn(actions, action ?? '')) throw new Refusal(404, 'Not found');
    const body = request.method === 'POST'
      ? await new Response(Buffer.concat(chunks), { headers: { 'Content-Type': request.headers['content-type'] } }).formData() : searchParams;
    const fields = collect(body);
    check(fields, account);
    const text = JSON.stringify(actions[action](state, type, fields, account, request));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(text);
  } catch (error) {
    response.writeHead(error.status ?? 500, { 'Content-Type': 'application/json', 'X-Cld-Error': error.message.replaceAll(/[^ -~]/g, '?') });
    response.end(JSON.stringify({ error: { message: error.message } }));
  }
}

// account: { cloud, key, secret }. Ends with the test.
export async function standin(t, account) {
  const state = { assets: new Map(), parts: [] };
  const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => answer(request, response, state, account));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  return { ...state, prefix: `http://127.0.0.1:${server.address().port}` };
}
