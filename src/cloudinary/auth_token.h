/*
 * __cld_token__: delivery bound to paths, an address and a time. Akamai's
 * EdgeAuth 2.0, with a key that is not the API secret.
 */
#ifndef CLOUDINARY_AUTH_TOKEN_H
#define CLOUDINARY_AUTH_TOKEN_H

#include "base/digest.h"
#include "policy/grant.h"

#define AUTH_TOKEN_NAME "__cld_token__"

/* Empty spans and 0 are absent. */
struct auth_token {
	struct span ip;
	long long start;      /* 0: none */
	long long expiration; /* seconds; required */
	struct span acl;      /* elements joined with "!"; beats url */
	struct span url;      /* a URL's path, with "/" before it */
};

/*
 * "st=...~exp=...~acl=...~hmac=...", to be put behind "__cld_token__=".
 * Escaped are space " # % & ' / : ; < = > ? @ [ \ ] ^ ` { | } ~, as %xx with
 * lower-case digits. False, and nothing is written, without expiration, or
 * without acl and url, or when scratch or out has no room.
 * Source: cloudinary_npm lib/auth_token.js.
 */
bool auth_token_write(const struct auth_token *token,
    const struct hmac_key *key, struct sink *scratch, struct sink *out);

/*
 * The token of a grant of action = "token" (or of "deliver" with duration,
 * for that URL's path, which the caller hands in as url; else empty). False
 * as above, and when the grant is not given.
 */
bool auth_token_grant(const struct grant *grant, struct span url,
    struct arena *arena, struct sink *out);

#endif
