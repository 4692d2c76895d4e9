/**
 * Cloudinary with the signatures that signpost gives. Copy signpost.js (and
 * this file, for editors) beside your page:
 *
 *     import { upload } from "./signpost.js";
 *     const picture = await upload("avatar", input.files[0], { onprogress: console.log });
 *
 * Everything rejects with a SignpostError, or with the signal's reason.
 */

/** A value as a policy takes it: DESIGN of each parameter is Cloudinary's. */
export type Value = string | number | boolean | readonly string[] | { readonly [key: string]: string };
export type Params = { readonly [name: string]: Value | undefined };
export default function signpost(endpoint?: string, init?: RequestInit): any;
