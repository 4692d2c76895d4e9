// Cloudinary, signed by signpost: signpost.d.ts
export class SignpostError extends Error {
  name = "SignpostError";
}

const xhr = (url, { body, headers, signal, sent }, x = new XMLHttpRequest()) => new Promise((done, fail) => {
  x.open("POST", url);
  for (const name in headers) x.setRequestHeader(name, headers[name]);
  x.upload.onprogress = (e) => sent(e.loaded);
  x.onload = done;
  x.onerror = x.onabort = fail;
  signal?.addEventListener("abort", () => x.abort());
  x.send(body);
}).then(() => new Response(x.response, x));

async function post(url, init, tries) {
  const { signal, sent } = init;
  let r, json;
  try {
    signal?.throwIfAborted();
    r = await (sent && globalThis.XMLHttpRequest ? xhr : fetch)(url, { ...init, method: "POST" });
    json = await r.json();
  } catch {
    signal?.throwIfAborted();
  }
  if (r?.ok && json) return json;
  const status = r?.status ?? 0;
  if (tries && status % 500 < 100) {
    await new Promise((go) => (signal?.addEventListener("abort", go), setTimeout(go, 8000 >> tries)));
    return post(url, init, tries - 1);
  }
  delete json?.__proto__;
  const told = json?.error?.message ?? r?.headers.get("X-Cld-Error");
  throw Object.assign(new SignpostError(told ?? `No JSON from ${url} (status ${status})`),
    { code: told ? "cloudinary" : "no_answer", ...json, status });
}

// A large file goes in parts, with one signature.
async function send({ url, fields }, file, { onprogress, signal, chunk_size = 20 << 20 }) {
  const step = Math.max(Math.floor(chunk_size) || 0, 5 << 20), total = file?.size, parts = total > step;
  const body = new FormData(), id = Math.random();
  for (const name in fields) [fields[name]].flat().map((v) => body.append(name, v));
  for (let at = 0; ; at += step) {
    const end = Math.min(at + step, total);
    const sent = onprogress && ((n) => onprogress({ loaded: Math.min(at + n, end), total }));
    const headers = parts ? { "X-Unique-Upload-Id": id, "Content-Range": `bytes ${at}-${end - 1}/${total}` } : {};
    if (file) body.set("file", file.slice(at, end), file.name ?? "file");
    const json = await post(url, { body, headers, signal, sent }, parts && 3);
    sent?.(step);
    if (!(end < total)) return json;
  }
}

export default function signpost(endpoint = "/api/sign", init) {
  const sign = (policy, params, { signal } = {}) => post(endpoint, { ...init, signal,
    body: new Blob([JSON.stringify({ ...params, policy })], { type: "application/json" }) });

  const upload = (policy, file, options = {}) => {
    const once = async () => send(await sign(policy, options.params, options), file, options);
    return once().catch((e) => /^Stale/.test(e?.message) ? once() : Promise.reject(e));
  };

  return {
    sign, upload,
    destroy: (policy, public_id, params) => upload(policy, null, { params: { ...params, public_id } }),
    url: (policy, public_id, transformation = "", params) =>
      sign(policy, { ...params, public_id, transformation }).then((a) => a.url),
  };
}

export const { sign, upload, destroy, url } = signpost();
