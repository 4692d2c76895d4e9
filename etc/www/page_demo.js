// The panel of the demo: looks on while the page asks and sends, and shows each
// request, its answer, and the text under its signature. Nothing of the page
// needs it; a site leaves it out.
import { at, el, show, size } from "./page_dom.js";

const SHOWN = 40;
const WATCHED = /\/api\/sign|\/v1_1\/|\/image\/list\//;
const UNSIGNED = ["file", "cloud_name", "resource_type", "api_key", "signature"];

/*
 * The text that is hashed, with the API secret behind it: names sorted, the
 * elements of a list with commas between them, "&" as %26, what is empty left
 * out. As pairs, for showing.
 */
export function signedPairs(fields) {
  const list = Object.entries(fields).map(([name, value]) => [name.replace(/\[\]$/, ""), [value].flat().join(",")]);
  return list.filter(([name, value]) => !UNSIGNED.includes(name) && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.map((text) => text.replaceAll("&", "%26")));
}

const CAMEL = { uploadSignatureTimestamp: "timestamp", apiKey: "api_key", resourceType: "resource_type" };
const snake = (name) => CAMEL[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// What an answer's signature is over: { pairs | source, signature }, or null.
function underSignature(sent, answer) {
  if (answer?.fields) return { pairs: signedPairs(answer.fields), signature: answer.signature };
  const last = sent?.paramsToSign;
  if (last && answer?.signature) return { pairs: signedPairs(last), signature: answer.signature };
  if (sent?.prepareUploadParams && answer?.signature) {
    const { source = "" } = sent.prepareUploadParams;
    const fields = Object.fromEntries(Object.entries(answer).map(([name, value]) => [snake(name), value]));
    return { pairs: signedPairs({ ...fields, source }), signature: answer.signature };
  }
  const link = /\/s--([\w-]{8}|[\w-]{32})--\/(.+)$/.exec(answer?.url ?? "");
  if (link) return { source: link[2].replace(/(^|\/)v\d+\//, "$1"), signature: link[1] };
  return null;
}

// What is sent, as an object that can be shown.
async function readable(body) {
  if (body instanceof FormData || body instanceof URLSearchParams) {
    return Object.fromEntries([...body].map(([name, value]) => [name,
      value instanceof Blob ? `(${value.name}, ${size(value.size)})` : value]));
  }
  return body === undefined || body === null ? null : parsed(body instanceof Blob ? await body.text() : body);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text || null;
  }
}

function textOf(under) {
  if (under.source !== undefined) return under.source;
  return under.pairs.map((pair) => pair.join("=")).join("&");
}

function hashOf({ source, signature }) {
  if (source !== undefined) return `The first ${signature.length} characters of its hash, in base64url, are the s--…-- of the address.`;
  return `${signature.length === 64 ? "SHA-256" : "SHA-1"} of it all is the signature:`;
}

function signedBox(under, title) {
  const text = el("pre.signed", { tabIndex: 0, role: "region", "aria-label": title });
  (under.pairs ?? []).forEach(([name, value], i) => text.append(...(i > 0 ? ["&", el("wbr")] : []), el("b", {}, name), "=", value));
  if (under.source !== undefined) text.append(under.source);
  text.append(el("span.secret", {}, "API secret"));
  return el("div.under", {}, el("h3", {}, title), text,
    el("p.quiet", {}, "The secret follows at once, and only the server knows it. ", hashOf(under)),
    under.source === undefined ? el("code.signature", {}, under.signature) : null);
}

const box = (title, value) => value === null ? null : el("div", {}, el("h3", {}, title),
  el("pre", { tabIndex: 0, role: "region", "aria-label": title }, typeof value === "string" ? value : JSON.stringify(value, null, 2)));

const isSign = (url) => new URL(url, location.href).pathname === "/api/sign";

// In a few words: what was asked for, and what became of it.
function titleOf({ method, url, sent }) {
  const { pathname, searchParams } = new URL(url, location.href);
  const policy = searchParams.get("policy") ?? sent?.policy;
  if (pathname === "/api/sign") return policy ? `sign: ${policy}` : "who am I?";
  if (pathname.includes("/image/list/")) return `list: ${pathname.split("/").pop().replace(".json", "")}`;
  return `${method === "POST" ? "send" : "get"}: ${pathname.split("/").slice(-2).join("/")}`;
}

function details(entry) {
  const { method, url, sent, status, answer } = entry;
  const atSign = isSign(url);
  const under = atSign ? underSignature(sent, answer) : null;
  const there = !atSign && sent?.signature ? { pairs: signedPairs(sent), signature: sent.signature } : null;
  const kind = status === 0 || status >= 400 ? "bad" : "good";
  return el("details.request", {},
    el("summary", {}, el(`span.status.${kind}`, {}, status === 0 ? "—" : String(status)), " ", el("span", {}, titleOf(entry))),
    el("p.address", {}, el("b", {}, method), " ", el("code", {}, url)),
    under ? signedBox(under, "The string that was signed") : null,
    there ? signedBox(there, "What Cloudinary hashes, from the fields that came") : null,
    atSign && !under ? el("p.quiet", {}, status < 400
      ? "Nothing was signed: this only says who is asking." : `Nothing was signed: ${answer?.detail ?? "see the answer"}`) : null,
    url.includes("/image/list/") && status === 404 ? el("p.quiet", {}, "No picture has this tag yet, so it has no list.") : null,
    box("Sent", sent), box(status === 0 ? "No answer" : "Answered", answer));
}

function worthOpening({ url, sent, answer }) {
  return isSign(url) && (answer?.status >= 400 ? sent !== null : answer?.signature !== undefined);
}

// The newest that was signed or refused is open, until the next one; not what
// somebody has opened.
let opened = null;

function record(entry) {
  const list = at("panel-list");
  const one = details(entry);
  if (worthOpening(entry)) {
    if (opened !== null) opened.open = false;
    opened = one;
    one.open = true;
    one.querySelector("summary").addEventListener("click", () => (opened = null), { once: true });
  }
  list.prepend(el("li", {}, one));
  while (list.children.length > SHOWN) list.lastChild.remove();
  show(at("panel-none"), false);
}

function watchFetch() {
  const own = window.fetch;
  window.fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!WATCHED.test(url)) return own(input, init);
    const end = begin(init.method ?? "GET", url, init.body);
    try {
      const answer = await own(input, init);
      answer.clone().text().then((text) => end(answer.status, parsed(text)), () => {});
      return answer;
    } catch (error) {
      end(0, init.signal?.aborted ? "Cancelled here." : error.message);
      throw error;
    }
  };
}

function watchXhr() {
  const { open, send } = XMLHttpRequest.prototype;
  const asked = new WeakMap();
  XMLHttpRequest.prototype.open = function (method, url, ...more) {
    asked.set(this, [method.toUpperCase(), String(url)]);
    return open.call(this, method, url, ...more);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const [method, url] = asked.get(this);
    if (WATCHED.test(url)) {
      const end = begin(method, url, body);
      this.addEventListener("loadend", () => end(this.status,
        this.status === 0 ? "Cancelled, or no connection." : parsed(this.responseText)));
    }
    return send.call(this, body);
  };
}

// A request that begins; what it returns is called with the answer.
function begin(method, url, body) {
  const sent = readable(body);
  return async (status, answer) => record({ method, url, status, answer, sent: await sent });
}

export function startPanel() {
  watchFetch();
  watchXhr();
  show(at("panel"), true);
  at("panel-clear").addEventListener("click", () => {
    at("panel-list").replaceChildren();
    show(at("panel-none"), true);
  });
}
