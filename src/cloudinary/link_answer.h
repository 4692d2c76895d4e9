/* Signed calls that are a URL, and what is delivered: {"url": ...}. */
#ifndef CLOUDINARY_LINK_ANSWER_H
#define CLOUDINARY_LINK_ANSWER_H

#include "cloudinary/api_sign.h"
#include "http/json_write.h"

/*
 * The URL of a GET with everything in its query: what was signed, signature
 * and api_key; percent-encoded as RFC 3986 2.3; lists as name[]=a&name[]=b.
 * Source: cloudinary_npm lib/utils/index.js private_download_url,
 * download_archive_url.
 */
void link_write(const struct grant *grant, const struct signature *signature,
    struct sink *out);

/* {"url": ..., "expires_at": ...}, the latter where there is one. */
void link_answer(struct span url, long long expires_at, struct json_out *out);

#endif
