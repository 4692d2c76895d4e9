/* Who is asking. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/limits.h"
#include "http/json_read.h"
#include "http/request.h"

enum session_format { FORMAT_NONE = 0, FORMAT_JWT };

struct session_key {
	struct span id;              /* for the log and for mint */
	const struct hmac_key *hmac; /* in the vault */
};

/* A claim that must be there: is one of these values (text or digits). */
struct claim_rule {
	struct span claim; /* a path, see json_path() */
	size_t n;
	const struct span *is;
};

/* What the configuration says; lives as long as it. */
struct session_config {
	enum session_format format;
	enum hash hash;       /* HS256: HASH_SHA256 and so on */
	struct span cookie;   /* its name */
	struct span user;     /* a path into the payload */
	bool bearer;          /* Authorization: Bearer is taken too */
	struct span audience; /* empty: none configured, a token with aud is
				 refused */
	struct span issuer;   /* empty: any */
	long long leeway;     /* seconds of clock difference, 0..300 */
	long long max_age;    /* seconds from iat; 0: no own limit */
	size_t n_require;
	const struct claim_rule *require;
	size_t n_keys; /* 1..SESSION_KEYS_MAX, all are tried */
	const struct session_key *keys;
};

/* Exists only after the MAC was right. Views into the arena. */
struct session {
	bool open; /* set by session_open() alone */
	bool bearer;
	struct span user; /* 1..USER_MAX bytes, valid UTF-8, no controls */
	long long expires;
	struct json_value claims; /* the payload, for claim paths */
	struct span key_id;
};

/* Why not. One text for the client, this one for the log. */
enum session_why {
	SESSION_REFUSED = 0,
	SESSION_OK,
	SESSION_NO_COOKIE,
	SESSION_TWO_COOKIES,
	SESSION_BAD_COOKIE,
	SESSION_BAD_BEARER,
	SESSION_FORM, /* not three parts of base64url */
	SESSION_MAC,
	SESSION_JSON,
	SESSION_ALGORITHM,
	SESSION_HEADER, /* crit, b64, zip, enc, cty */
	SESSION_EXPIRY_MISSING,
	SESSION_EXPIRED,
	SESSION_EXPIRY_FAR,
	SESSION_TIME, /* a time claim of the wrong type */
	SESSION_NOT_YET,
	SESSION_FUTURE,
	SESSION_AGE,
	SESSION_AUDIENCE,
	SESSION_ISSUER,
	SESSION_CLAIM,
	SESSION_USER,
	SESSION_TWICE, /* a member that is read stands there twice */
	SESSION_WHY_COUNT
};

/* A struct, so that `return 0` does not compile where a verdict is due. */
struct session_verdict {
	enum session_why why;
};

const char *session_why_text(enum session_why why);

/* Does the request carry a bearer token that alone counts? */
bool session_is_bearer(
    const struct session_config *config, const struct request *request);

/*
 * Finds the proof that the configuration names, verifies it, then reads it.
 * *out is closed (all zero) unless the verdict is SESSION_OK. now in seconds.
 */
__attribute__((warn_unused_result)) struct session_verdict session_open(
    const struct session_config *config, const struct request *request,
    long long now, struct arena *arena, struct session *out);

/*
 * A claim as text: a string (valid UTF-8, no control characters), or an
 * integer's digits, or true/false. False when it is absent, twice or of
 * another kind.
 */
bool session_claim(const struct session *session, struct span path,
    struct arena *arena, struct span *out);

/*
 * Does a configured claim hold: its text is one of rule->is, or it is a list
 * of strings and one of them is?
 */
bool session_claim_is(const struct session *session,
    const struct claim_rule *rule, struct arena *arena);

#endif
