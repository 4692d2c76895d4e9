/*
 * What the families of proofs share: where one is found, whose key signed it,
 * how what was signed is read, and what it must say before it is a session.
 */
#ifndef SESSION_PROOF_H
#define SESSION_PROOF_H

#include "base/enc.h"
#include "session/session.h"

/*
 * One family: opens the proof that config names, among what is asked. *out is
 * all zero before, and may hold anything behind a verdict that is not
 * SESSION_OK.
 */
typedef enum session_why proof_family(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/* JSON Web Tokens with HMAC (RFC 7515, 7519; strict as RFC 8725 asks). */
proof_family jwt_open;

/*
 * @supabase/ssr with the project's legacy JWT secret. The access token in the
 * cookie is all that is believed; the user beside it is not signed.
 */
proof_family jwt_open_supabase;

/* The token of an Authorization header, in its compact serialization. */
enum session_why jwt_open_token(const struct session_config *config,
    const struct session_asked *asked, struct span token, struct session *out);

/*
 * itsdangerous, and with other parameters Flask, Starlette and Django: what
 * config->signing says is all there is.
 */
proof_family itsdangerous_open;

/*
 * npm keygrip (Express' cookie-session, Koa, whatever is on npm cookies): the
 * cookie, and the one of its name and ".sig".
 */
proof_family npm_open_keygrip;

/*
 * npm cookie-signature: Express' signed cookies, @fastify/cookie, Hono, React
 * Router and Remix. The cookie's name is not signed: every signed value of the
 * site fits into it.
 */
proof_family npm_open_signature;

/* A native PHP session, where the program runs as PHP's user: see php.h. */
proof_family php_open;

/* One or more of A-Z a-z 0-9 and of the others? */
bool proof_made_of(struct span s, const char *others);

/* The one cookie of this name. */
enum session_why proof_cookie(
    const struct session_asked *asked, struct span name, struct span *value);

/* The same with percent signs undone, in the arena. */
enum session_why proof_cookie_decoded(
    const struct session_asked *asked, struct span name, struct span *value);

/* The one cookie whose name has this end, such as ".sig", behind it. */
enum session_why proof_cookie_beside(const struct session_asked *asked,
    struct span name, struct span end, struct span *value);

/*
 * The cookie of the configured name; where its format is chunked and there is
 * none, NAME.0, NAME.1 and on, without a gap, joined in the arena. The bare
 * name wins where both are there: chunks of an older, longer value may be left
 * over (combineChunks() of @supabase/ssr, getChunkedCookie() of Better Auth).
 */
enum session_why proof_chunks(const struct session_asked *asked,
    const struct session_config *config, struct span *value);

/*
 * Is signature, in the base64 that `decode` reads, the MAC of the parts by one
 * of the keys? Fills *key_id, else SESSION_MAC, or SESSION_MAC_SIZE where it
 * has not the length of config->hash, which comes from nowhere else (RFC 8725
 * 3.1). Every key is tried, also after one fitted, so that the time tells
 * nothing about which.
 */
enum session_why proof_verify(const struct session_config *config,
    const struct span *parts, size_t n_parts, base64_decoder *decode,
    struct span signature, struct span *key_id);

/*
 * text, whose MAC was right, as the JSON object that the form of the body says
 * (not BODY_TEXT). The object lives in the arena.
 */
enum session_why proof_object(enum body body, struct span text,
    struct arena *arena, struct json_value *out);

/* Text that is JSON already. */
enum session_why proof_json(struct span text, struct json_value *out);

/* A proof that is nothing but the user's name: is it one? Fills out->user. */
enum session_why proof_user(struct span name, struct session *out);

/*
 * The same of a text whose MAC was right. JSON in base64, deflated or not, is
 * nobody's name: with the same key a framework signs what it knows of its
 * guests.
 */
enum session_why proof_name(struct span text, struct session *out);

/*
 * out->claims holds a payload whose MAC was right: the claims that `require`
 * names must be there. Fills out->user.
 */
enum session_why proof_claims(const struct session_config *config,
    struct arena *arena, struct session *out);

/*
 * The same of a token's payload, which says its own times, audience and issuer
 * (RFC 7519 4.1), and they must fit. Fills out->expires too.
 */
enum session_why proof_token(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

#endif
