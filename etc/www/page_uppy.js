// Uppy, from its own package: make run puts uppy.min.mjs and its style here.
import { reason } from "./page_dom.js";

/*
 * Uppy in place, whose files get their signed fields before they are sent.
 * uploaded: called with Cloudinary's answer. Throws if Uppy is not here.
 */
export async function uppyUpload({ client, place, uploaded }) {
  const { Dashboard, Uppy, XHRUpload } = await import("./uppy/uppy.min.mjs");
  const uppy = new Uppy({ restrictions: { allowedFileTypes: ["image/jpeg", "image/png", "image/webp"] } });
  uppy.use(Dashboard, { target: place, inline: true, width: "100%", height: 340, theme: "auto", proudlyDisplayPoweredByUppy: false });

  // Each file has a signature of its own, since the policy makes each a name.
  uppy.use(XHRUpload, {
    endpoint: (file) => file.meta.signed.url,
    allowedMetaFields: [],
    shouldRetry: () => false,
  });
  uppy.addPreProcessor((ids) => Promise.all(ids.map(async (id) => {
    try {
      const signed = await client.sign("avatar");
      uppy.setFileMeta(id, { ...signed.fields, signed });
      uppy.setFileState(id, { xhrUpload: { allowedMetaFields: Object.keys(signed.fields) } });
    } catch (error) {
      uppy.info(reason(error), "error", 10000);
      throw error;
    }
  })));
  uppy.on("upload-success", (file, { body }) => uploaded(body));
  // Cloudinary says why in the answer's text.
  uppy.on("upload-error", (file, error, request) => {
    try {
      uppy.info(JSON.parse(request.responseText).error.message, "error", 10000);
    } catch {
      // No answer at all: Uppy says that itself.
    }
  });
  return uppy;
}

// Its style, once.
export function uppyStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "uppy/uppy.min.css";
  const loaded = new Promise((resolve) => (link.onload = link.onerror = resolve));
  document.head.append(link);
  return loaded;
}
