// Cloudinary with signpost's signatures. signpost.d.ts tells what each does.
export class SignpostError extends Error {
  name = "SignpostError";
}

// fetch() that tells how much is sent: 0 to 1.
const xhr = (url, { body, headers, signal }, sent) => new Promise((resolve, reject) => {
  const x = new XMLHttpRequest();
  x.open("POST", url);
  for (const name in headers) x.setRequestHeader(name, headers[name]);
  x.upload.onprogress = (e) => sent(e.loaded / e.total);
  x.onload = () => resolve(new Response(x.response, { status: x.status }));
  x.onerror = x.onabort = reject;
  signal?.addEventListener("abort", () => x.abort());
  x.send(body);
});

// The answer, [JSON, headers]; or a SignpostError.
async function ask(url, init, sent) {
  let answer, json;
  try {
    init.signal?.throwIfAborted();
    answer = await (sent && globalThis.XMLHttpRequest ? xhr : fetch)(url, init, sent);
    json = await answer.json();
  } catch {
    init.signal?.throwIfAborted();
  }
  const { ok, status = 0, headers } = answer ?? {};
  if (ok && json) return [json, headers];
  const told = json?.error?.message ?? headers?.get("X-Cld-Error");
  throw Object.assign(new SignpostError(told ?? `${url} gave no answer in JSON (status ${status})`),
    { code: told ? "cloudinary" : "no_answer" }, json, { status });
}

export default function signpost(endpoint = "/api/sign", init) {
  let ahead; // ms, the server's clock

  async function sign(policy, params, { signal } = {}) {
    const body = new Blob([JSON.stringify({ ...params, policy })], { type: "application/json" });
    const [json, headers] = await ask(endpoint, { ...init, method: "POST", body, signal });
    ahead = Date.parse(headers.get("Date")) - Date.now();
    return json;
  }

  async function upload(policy, file, options = {}, again) {
    const { params, onprogress, signal, chunk_size = 20 << 20 } = options;
    const { url, fields, expires_at } = await sign(policy, params, options);
    const body = new FormData(), size = file?.size, step = Math.max(chunk_size, 5 << 20), id = Math.random();
    for (const name in fields) for (const value of [fields[name]].flat()) body.append(name, value);
    for (let at = 0, tries = 0; ; ) {
      const end = Math.min(at + step, size), parts = size > step;
      const headers = parts ? { "X-Unique-Upload-Id": id, "Content-Range": `bytes ${at}-${end - 1}/${size}` } : {};
      const sent = onprogress && ((part) => onprogress({ loaded: at + part * (end - at), total: size }));
      if (file) body.set("file", file.slice(at, end), file.name ?? "file");
      try {
        if (Date.now() + ahead > expires_at * 1000) throw Error("Stale signature");
        const [json] = await ask(url, { method: "POST", body, headers, signal }, sent);
        sent?.(1);
        if (!(end < size)) return json;
        at = end;
        tries = 0;
      } catch (e) {
        // A new signature may be for another id: all again, once.
        if (!again && /^Stale/.test(e?.message)) return upload(policy, file, options, 1);
        if (!parts || tries > 2 || !/^(0|5..)$/.test(e?.status)) throw e;
        await new Promise((go) => (setTimeout(go, 1000 << tries++), signal?.addEventListener("abort", go)));
      }
    }
  }

  return {
    sign,
    upload,
    destroy: (policy, public_id, params) => upload(policy, null, { params: { ...params, public_id } }),
    url: async (policy, public_id, transformation = "", params) =>
      (await sign(policy, { ...params, public_id, transformation })).url,
  };
}

export const { sign, upload, destroy, url } = signpost();
