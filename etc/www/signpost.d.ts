/**
 * Cloudinary from the browser, signed by signpost. Copy signpost.js beside
 * your page (and this file, for editors and TypeScript):
 *
 *     import { upload, destroy, url } from "./signpost.js";
 *     const picture = await upload("avatar", input.files[0], { onprogress: (p) => bar.value = p.loaded / p.total });
 *     image.src = await url("thumb", picture.public_id, "w_200,c_fill");
 *     await destroy("remove", picture.public_id);
 *
 * The first argument is always a policy of the configuration. Everything
 * rejects with a SignpostError; or, when the signal aborts, with its reason.
 */

/** A value of a parameter, as the policy takes it. An object only for context and metadata. */
export type Value = string | number | boolean | readonly string[] | { readonly [key: string]: string };

/** Parameters by Cloudinary's own names; those that are undefined are not sent. */
export type Params = { readonly [name: string]: Value | undefined } & { readonly policy?: never };

/** The answer for an API call: upload, destroy, explicit, rename, tags, context, metadata. */
export interface SignedCall {
  /** Where the form goes. */
  url: string;
  /** All that it must hold beside `file`; lists have names that end in []. */
  fields: Record<string, string | string[]>;
  signature: string;
  timestamp: number;
  api_key: string;
  cloud_name: string;
  public_id?: string;
  folder?: string;
  /** Seconds since 1970, by the server's clock. */
  expires_at: number;
}

/** The answer of deliver, download and archive; without expires_at it is good for ever. */
export interface SignedLink {
  url: string;
  expires_at?: number;
}

/** The answer of token: text for the query of a delivery URL. */
export interface SignedToken {
  token: string;
  url?: string;
  expires_at: number;
}

/** The answer of verify; what is not valid is a refusal with status 403. */
export interface Verified {
  valid: true;
}

/** The answer where no policy is named. */
export interface Information {
  cloud_name: string;
  api_key: string;
  user: string;
  /** Those that are open to this user. */
  policies: string[];
  server_time: number;
}

export type Answer = SignedCall | SignedLink | SignedToken | Verified;

export interface SignOptions {
  signal?: AbortSignal | undefined;
}

export interface Progress {
  /** Bytes of the file that are sent; fewer than before when a part is sent again. */
  loaded: number;
  total: number;
}

export interface UploadOptions extends SignOptions {
  params?: Params | undefined;
  onprogress?: ((progress: Progress) => void) | undefined;
  /** Files larger than this go in parts of this many bytes. Left out: 20 MiB. Cloudinary takes no less than 5 MB: less is 5 MiB. */
  chunk_size?: number | undefined;
}

/** Cloudinary's answer to an upload; what else is in it depends on the file and the account. */
export interface Uploaded {
  public_id: string;
  version: number;
  signature: string;
  resource_type: string;
  secure_url: string;
  [member: string]: unknown;
}

export interface Destroyed {
  /** "ok", or "not found": then there was nothing to delete. */
  result: string;
  [member: string]: unknown;
}

/** A refusal. `message` is for people, `code` for programs. */
export class SignpostError extends Error {
  readonly name: "SignpostError";
  /** The HTTP status; 0: there was no answer, since the network or the server is down. */
  readonly status: number;
  /**
   * signpost's own codes are in its etc/doc/refusals.md. "cloudinary": Cloudinary refused.
   * "no_answer": no answer that can be read came (no network; or a web server's own page, such as 502).
   */
  readonly code: string;
  /** The parameter that was refused. */
  readonly param?: string;
  readonly policy?: string;
  /** With status 429 and 503: seconds. */
  readonly retry_after?: number;
  /** What the server's log calls this request. */
  readonly request_id?: string;
  readonly server_time?: number;
  private constructor();
}

export interface Signpost {
  /** The JSON answer; say which one the policy gives: `sign<SignedToken>("album")`. */
  sign<T extends Answer = SignedCall>(policy: string, params?: Params, options?: SignOptions): Promise<T>;
  /** Without a policy: the account, and what is open to this user. */
  sign(): Promise<Information>;

  /**
   * Signs and uploads. A signature that went stale (Cloudinary says so) is asked for anew once and the
   * whole file sent again. A part of a large file is sent up to three times more, after 1, 2 and 4 seconds,
   * when the network fails or Cloudinary answers with 5xx; the upload of a small file is not, since it
   * might have come through.
   */
  upload(policy: string, file: Blob, options?: UploadOptions): Promise<Uploaded>;

  /** Signs and deletes. */
  destroy(policy: string, public_id: string, params?: Params): Promise<Destroyed>;

  /** The signed delivery URL. A policy takes only the transformations that it lists; "" is the original. */
  url(policy: string, public_id: string, transformation?: string, params?: Params): Promise<string>;
}

/**
 * For another endpoint than /api/sign. `init` is what fetch() takes besides, and is read with each request:
 * `{ headers: { Authorization: "Bearer …" } }` for apps, `{ credentials: "include" }` for pages of other sites.
 * It goes to the endpoint alone, never to Cloudinary.
 */
export default function signpost(endpoint?: string, init?: Omit<RequestInit, "method" | "body" | "signal">): Signpost;

export const sign: Signpost["sign"];
export const upload: Signpost["upload"];
export const destroy: Signpost["destroy"];
export const url: Signpost["url"];
