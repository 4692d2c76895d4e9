// What the Upload Widget does about signatures, by hand: it asks the page's own
// function, and sends the parameters that it chose itself.
import { at, el, reason, say } from "./page_dom.js";

const PRESET = "site_signed";

// The function that a page gives the widget, one for each contract. The page
// shows these very lines for pasting.
const contracts = {
  uploadSignature: async (callback, paramsToSign) => {
    const answer = await fetch("/api/sign?policy=widget", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ paramsToSign }),
    });
    const signed = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(signed.detail), signed);
    callback(signed.signature);
  },
  prepareUploadParams: async (callback, params) => {
    const answer = await fetch("/api/sign?policy=widget", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ prepareUploadParams: params }),
    });
    const signed = await answer.json();
    callback(answer.ok ? signed : { cancel: true, error: signed.detail });
  },
};

// The widget's side: the fields of its form, with the signature among them.
const sides = {
  async uploadSignature({ who, folder }) {
    const params = { folder, source: "uw", timestamp: Math.floor(Date.now() / 1000), upload_preset: PRESET };
    const signature = await new Promise((resolve, reject) => {
      contracts.uploadSignature(resolve, params).catch(reject);
    });
    return { ...params, api_key: who.api_key, signature };
  },
  async prepareUploadParams({ folder }) {
    const made = await new Promise((resolve, reject) => {
      contracts.prepareUploadParams(resolve, { source: "uw", folder }).catch(reject);
    });
    if (made.cancel) throw new Error(made.error ?? "The widget was told to cancel.");
    return {
      api_key: made.apiKey, folder: made.folder, signature: made.signature, source: "uw",
      timestamp: made.uploadSignatureTimestamp, upload_preset: made.uploadPreset,
    };
  },
};

const code = (contract, { cloud_name: cloud, api_key: key }, folder) => `cloudinary.createUploadWidget({
  cloudName: ${JSON.stringify(cloud)}, apiKey: ${JSON.stringify(key)},
  uploadPreset: "${PRESET}", folder: ${JSON.stringify(folder)},
  ${contract}: ${contracts[contract]},
}, (error, result) => console.log(error ?? result)).open();`;

/*
 * who: what /api/sign said. uploadUrl: where the widget sends its forms.
 * uploaded: called with Cloudinary's answer.
 */
export function widgetUpload({ who, uploadUrl, uploaded }) {
  const folder = `users/${who.user}`;
  const form = at("widget-form");
  const chosen = () => new FormData(form).get("contract");
  const told = (kind, ...text) => at("widget-said").replaceChildren(el(`p.note.${kind}`, {}, ...text));

  const paste = () => (at("widget-code").textContent = code(chosen(), who, folder));
  form.addEventListener("change", paste);
  paste();
  at("copy").addEventListener("click", async () => {
    // Pages by plain http have no clipboard.
    const copied = await navigator.clipboard?.writeText(at("widget-code").textContent).then(() => true, () => false);
    const text = copied ? "Copied" : "The browser does not allow it";
    say(text);
    at("copy").textContent = text;
    setTimeout(() => (at("copy").textContent = "Copy"), 2000);
  });

  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    const [file] = at("widget-file").files;
    if (file === undefined) {
      told("bad", "Choose a picture first.");
      return at("widget-file").focus();
    }
    busy = true;
    told("busy", "Asking for a signature …");
    try {
      const fields = await sides[chosen()]({ who, folder });
      told("busy", "Signed; sending …");
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append("file", file);
      const answer = await fetch(uploadUrl, { method: "POST", body });
      const json = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(json.error?.message ?? `Status ${answer.status}`);
      told("good", "Done: ", el("code", {}, json.public_id));
      uploaded(json);
    } catch (error) {
      told("bad", error instanceof TypeError || error instanceof SyntaxError ? "No answer that can be read came." : reason(error));
    }
    busy = false;
  });
}
