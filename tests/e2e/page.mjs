// A page of the site as a browser shows it: its fetch(), its jQuery, and the
// parts of Cloudinary's Upload Widget that concern signatures.
import assert from 'node:assert/strict';
import { seconds } from './token.mjs';

export const SITE = 'https://site.example';
export const API = 'https://api.cloudinary.com/';

// The network's own, also where a page's fetch() has taken its name.
const network = globalThis.fetch;

/*
 * fetch() as that of a page on the endpoint's own origin, or of another site:
 * the browser adds the cookie, the Origin and where the page is from. What was
 * asked and answered is kept in asked.
 */
export function makePage(port, cookie, { origin = SITE, site = 'same-origin' } = {}) {
  const asked = [];
  async function pageFetch(address, init) {
    const request = new Request(new URL(address, `http://127.0.0.1:${port}`), init);
    if (cookie !== null) request.headers.set('Cookie', cookie);
    request.headers.set('Origin', origin);
    request.headers.set('Sec-Fetch-Site', site);
    const type = request.headers.get('Content-Type');
    const response = await network(request);
    asked.push({ type, status: response.status, headers: response.headers, body: await response.clone().text() });
    return response;
  }
  return { fetch: pageFetch, asked };
}

// fetch() of a page: to the site, or to an API that is none of Cloudinary's,
// with a file that says "a picture". The forms that were sent are kept.
export function browser(page, upload) {
  const forms = [];
  const pageFetch = async (address, init) => {
    if (!String(address).startsWith(API)) return page.fetch(address, init);
    const { file, ...fields } = Object.fromEntries(init.body);
    if (file !== undefined) assert.equal(await file.text(), 'a picture');
    forms.push({ address, fields, file: file !== undefined });
    const { status, json } = await upload(address, fields);
    return new Response(JSON.stringify(json), { status });
  };
  return { forms, fetch: pageFetch };
}

// Runs a script of a page there; gives what it declares by these names.
export async function runScript(text, own, names, more = {}) {
  const AsyncFunction = (async () => {}).constructor;
  const known = { fetch: own.fetch, ...more };
  const script = new AsyncFunction(...Object.keys(known), `"use strict"; ${text}\nreturn { ${names.join(', ')} };`);
  return script(...Object.values(known));
}

// What jQuery makes of {data: object}: a[b]=c, and a[b][]=c for a list.
export function jqueryParam(object) {
  const pairs = [];
  const add = (name, value) => {
    if (Array.isArray(value)) for (const element of value) add(`${name}[]`, element);
    else if (typeof value === 'object') for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll('%20', '+')}`);
  };
  for (const [name, value] of Object.entries(object)) add(name, value);
  return pairs.join('&');
}

// The names of the widget's options and of prepareUploadParams' answers.
const NAMES = {
  publicId: 'public_id', folder: 'folder', tags: 'tags', context: 'context', metadata: 'metadata',
  uploadPreset: 'upload_preset', overwrite: 'overwrite', invalidate: 'invalidate', useFilename: 'use_filename',
  uniqueFilename: 'unique_filename', qualityAnalysis: 'quality_analysis',
};

function snake(object) {
  const made = {};
  for (const [camel, name] of Object.entries(NAMES))
    if (object[camel] !== undefined && object[camel] !== null) made[name] = object[camel];
  return made;
}

/*
 * The widget, as createUploadWidget() returns it. upload(url, fields) sends a
 * form with a file, and answers what the API answered.
 */
export class Widget {
  constructor(options, upload) {
    this.options = options;
    this.upload = upload;
    this.called = [];
  }

  open() {
    this.opened = true;
  }

  destroy() {}

  async send(fields, resourceType = 'auto') {
    const { cloudName } = this.options;
    return this.upload(`https://api.cloudinary.com/v1_1/${cloudName}/${resourceType}/upload`, fields);
  }

  // The user has chosen a file: asks for the signature, and sends it.
  async choose(more = {}) {
    const fields = { ...snake(this.options), source: 'uw', ...more, timestamp: more.timestamp ?? seconds() };
    const signature = await new Promise((resolve) => {
      this.options.uploadSignature((...answer) => {
        this.called.push(answer);
        resolve(answer[0]);
      }, fields);
    });
    const signed = typeof signature === 'object' ? signature?.signature : signature;
    return this.send({ ...fields, api_key: this.options.apiKey, ...(signed ? { signature: signed } : {}) });
  }

  // Several at once, by prepareUploadParams: the answers, in their order.
  async chooseBatch(params) {
    const answers = await new Promise((resolve) => {
      this.options.prepareUploadParams(resolve, params);
    });
    return Promise.all([answers].flat().map((answer) => {
      if (answer.cancel) return { canceled: answer };
      const { signature, uploadSignatureTimestamp: timestamp, apiKey } = answer;
      const fields = { source: 'uw', ...snake(answer), timestamp, api_key: apiKey, signature };
      return this.send(fields, answer.resourceType);
    }));
  }
}
