/*
 * __cld_token__: delivery bound to paths, an address and a time. Akamai's
 * EdgeAuth 2.0, with a key that is not the API secret.
 */
#ifndef CLOUDINARY_AUTH_TOKEN_H
#define CLOUDINARY_AUTH_TOKEN_H

#include "base/digest.h"
#include "policy/decide.h"

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
 * lower-case digits. False, and nothing is written, without a key or
 * expiration, without acl and url, or when scratch or out has no room. The
 * key is one of HASH_SHA256. What may stand in the values is the caller's
 * business: see auth_token_grant().
 * Source: cloudinary_npm lib/auth_token.js.
 */
bool auth_token_write(const struct auth_token *token,
    const struct hmac_key *key, struct sink *scratch, struct sink *out);

/*
 * The token of a grant of action = "token", with an empty url; or of one of
 * "deliver" with duration, for that URL's path, which the caller hands in as
 * url. It holds from the grant's timestamp to its expires_at. False, and
 * nothing is written, when the grant is not given, its account has no key, it
 * has an acl and a url, its ip is no address, or what it opens can't be
 * signed so that every SDK agrees: paths begin with "/" and hold printable
 * ASCII without blanks and "\", those of an acl neither "!" nor ",", and are
 * at most ACL_MAX bytes together.
 */
bool auth_token_grant(const struct grant *grant, struct span url,
    struct arena *arena, struct sink *out);

/*
 * The value of Set-Cookie for that token: verbatim, since no SDK and no CDN
 * decodes it; max_age in seconds. Nothing is written when token or domain is
 * empty or holds what a cookie can't, when max_age is not positive, or when
 * it does not fit.
 */
void auth_token_cookie(
    struct span token, struct span domain, long long max_age, struct sink *out);

#endif
