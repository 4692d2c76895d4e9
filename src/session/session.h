/* Who is asking. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <limits.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/php_sessions.h"
#include "http/json.h"
#include "http/request.h"

/* How the proof is verified; formats.h names what can be configured. */
enum session_format {
	FORMAT_NONE = 0,
	FORMAT_JWT,
	FORMAT_SUPABASE, /* a JWT in a JSON object in one cookie or several */
	FORMAT_ITSDANGEROUS,
	FORMAT_KEYGRIP,
	FORMAT_COOKIE_SIGNATURE,
	FORMAT_REMOTE_USER,
	FORMAT_PHP
};

struct session_key {
	struct span id;              /* for the log and for mint */
	const struct hmac_key *hmac; /* in the vault, of the derived key */
};

/* From a secret to the key of the MAC (see keys.h). */
enum derivation {
	DERIVE_NOTHING = 0,   /* itsdangerous' "none": the secret itself */
	DERIVE_HMAC,          /* HMAC(secret, salt) */
	DERIVE_DJANGO_CONCAT, /* H(salt, "signer", secret) */
	DERIVE_CONCAT,        /* H(salt, secret) */
	DERIVE_HEX32          /* half of the hex digits of SHA-256(secret) */
};

/* Where the time of issue stands in a signed text, and how. */
enum stamp { STAMP_NONE = 0, STAMP_BYTES, STAMP_BASE62 };

/* What a signed text is, once its MAC was right. */
enum body {
	BODY_TEXT = 0,  /* the user's name itself */
	BODY_BASE64,    /* JSON in padded base64 */
	BODY_BASE64URL, /* JSON in base64url */
	BODY_PACKED,    /* the same, deflated behind a first dot */
	BODY_PREFIXED   /* "j:" and JSON, or JSON in padded base64 */
};

/* What tells the members of one family apart. */
struct signing {
	enum derivation derivation;
	unsigned char separator;
	enum stamp stamp;
	enum body body;
	struct span salt;
	struct span prefix;   /* of the secret */
	bool salt_has_cookie; /* the cookie's name stands before the salt */
	bool expiry_required; /* the body must have its own */
	bool chunked;         /* the cookie may be spread over several */
	struct span own_end;  /* of a token: a path to a moment in ISO 8601
				 that ends it too; empty: none */
};

/* A claim that must be there: is one of these values (text or digits). */
struct claim_rule {
	struct span claim; /* a path, see json_path() */
	size_t n;
	const struct span *is;
	bool never; /* or: may be missing, and is none of them */
};

/* What the configuration says; lives as long as it. */
struct session_config {
	const char *name; /* what `format` says, a row of formats.h */
	enum session_format format;
	enum hash hash;       /* HS256: HASH_SHA256 and so on */
	struct span cookie;   /* its name */
	struct span user;     /* a path into the payload; empty: the value */
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
	struct signing signing;
	struct span variable;  /* FORMAT_REMOTE_USER: of the web server */
	struct span save_path; /* FORMAT_PHP: a folder, NUL-terminated */
	bool php_serialize;    /* session.serialize_handler, else "php" */
};

#define SESSION_ENDLESS LLONG_MAX /* expires of a proof that has no end */

/* Exists only after the MAC was right. Views into the arena. */
struct session {
	bool open; /* set by session_open() alone */
	bool bearer;
	struct span user;  /* 1..USER_MAX bytes, valid UTF-8, no controls */
	long long expires; /* or SESSION_ENDLESS */
	struct json_value claims; /* the payload, for claim paths; absent where
				     the proof is nothing but a name */
	struct span key_id;
};

/* Why not. One text for the client, this one for the log. */
enum session_why {
	SESSION_REFUSED = 0,
	SESSION_OK,
	SESSION_NO_COOKIE,
	SESSION_UNASKED_BEARER, /* no cookie, and bearer is not set */
	SESSION_NO_BEARER,      /* no cookie, and another scheme than Bearer */
	SESSION_TWO_COOKIES,
	SESSION_BAD_COOKIE,
	SESSION_BAD_BEARER,
	SESSION_FORM, /* not three parts of base64url */
	SESSION_MAC,
	SESSION_MAC_SIZE, /* of another length than the algorithm's */
	SESSION_JSON,
	SESSION_ALGORITHM,
	SESSION_HEADER, /* crit, b64, zip, enc, cty */
	SESSION_EXPIRY_MISSING,
	SESSION_EXPIRED,
	SESSION_EXPIRY_FAR,
	SESSION_OWN_END, /* inside the token: missing, or no moment */
	SESSION_ENDED,   /* that end is over */
	SESSION_TIME,    /* a time claim of the wrong type */
	SESSION_NOT_YET,
	SESSION_FUTURE,
	SESSION_AGE,
	SESSION_AUDIENCE,
	SESSION_ISSUER,
	SESSION_CLAIM,
	SESSION_USER,
	SESSION_TWICE,          /* a member that is read stands there twice */
	SESSION_SHAPE,          /* not of the configured format */
	SESSION_STAMP,          /* no time of issue, or one of the wrong form */
	SESSION_NO_SIGNATURE,   /* keygrip's second cookie is missing */
	SESSION_TWO_SIGNATURES, /* or there twice */
	SESSION_CHUNKS,         /* of one cookie in several */
	SESSION_DEFLATED,       /* damaged, or over INFLATED_MAX */
	SESSION_NO_VARIABLE,
	SESSION_NO_AUTH_TYPE,
	SESSION_BAD_VARIABLE,
	SESSION_PHP_ID,
	SESSION_PHP_NONE,
	SESSION_PHP_FILE,
	SESSION_PHP_TORN,
	SESSION_PHP_DATA,
	SESSION_WHY_COUNT
};

const char *session_why_text(enum session_why why);

/* A struct, so that `return 0` does not compile where a verdict is due. */
struct session_verdict {
	enum session_why why;
};

/* Does the request carry a bearer token that alone counts? */
bool session_is_bearer(
    const struct session_config *config, const struct request *request);

/* Everything that a proof is looked for in. */
struct session_asked {
	const struct request *request;
	long long now;            /* seconds */
	struct php_sessions *php; /* NULL: none can be read */
	struct arena *arena;
};

/*
 * Finds the proof that the configuration names, verifies it, then reads it.
 * *out is closed (all zero) unless the verdict is SESSION_OK.
 */
__attribute__((warn_unused_result)) struct session_verdict session_open(
    const struct session_config *config, const struct session_asked *asked,
    struct session *out);

/*
 * A claim as text: a string (valid UTF-8, no control characters), or an
 * integer's digits, or true/false. False when it is absent, twice or of
 * another kind.
 */
bool session_claim(const struct session *session, struct span path,
    struct arena *arena, struct span *out);

/*
 * Does a configured claim hold: its text is one of rule->is, or it is a list
 * of strings and one of them is? For one that never may be: it is missing or
 * null, or a text that is none of them.
 */
bool session_claim_is(const struct session *session,
    const struct claim_rule *rule, struct arena *arena);

#endif
