/*
 * One opener for each family of proofs: it finds the proof that the
 * configuration names, verifies it, and then reads it. *out is all zero before,
 * and belongs to nobody unless SESSION_OK comes back.
 */
#ifndef SESSION_FAMILIES_H
#define SESSION_FAMILIES_H

#include "session/session.h"

/* JSON Web Tokens with HMAC (RFC 7515, 7519; strict as RFC 8725 asks). */
enum session_why jwt_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * @supabase/ssr with the project's legacy JWT secret: the cookie that config
 * names (sb-REF-auth-token), or its chunks. The access token in it is all that
 * is believed; the user beside it is not signed.
 */
enum session_why supabase_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/* The same token alone, as bearer: the compact serialization. */
enum session_why jwt_open_token(const struct session_config *config,
    struct span token, long long now, struct arena *arena, struct session *out);

/* The name of a configured algorithm (RFC 7518 3.1); empty: it has none. */
struct span jwt_algorithm(enum hash hash);

/*
 * itsdangerous, and with other parameters Flask, Starlette and Django; what
 * config->signing says is all there is.
 */
enum session_why itsdangerous_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * npm keygrip: Express' cookie-session, Koa, whatever is on npm cookies. The
 * cookie that config names, and the one of its name and ".sig".
 */
enum session_why keygrip_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * npm cookie-signature: Express' signed cookies, @fastify/cookie, Hono, React
 * Router and Remix. The cookie's name is not signed: every signed value of the
 * site fits into it.
 */
enum session_why cookie_signature_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/*
 * PHP's own session: the cookie's id names a file in config->save_path, which
 * asked->php reads: once, and up to PHP_READS_MORE times again while PHP is
 * writing it. Its age counts from when PHP last wrote or touched it, as
 * session.gc_maxlifetime.
 */
enum session_why php_session_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

#endif
