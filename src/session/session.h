/* Who is asking. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <limits.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/limits.h"
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

/* From a secret to the key of the MAC (see session_derive()). */
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

/*
 * Why not: the code, and a text for the log. Clients get one text for all.
 * exp, nbf, iat, alg and so on are as in RFC 7519.
 */
#define SESSION_WHYS(X)                                                        \
	X(SESSION_REFUSED, "the proof could not be read")                      \
	X(SESSION_OK, "the session is valid")                                  \
	X(SESSION_NO_COOKIE, "no session cookie was sent")                     \
	X(SESSION_UNASKED_BEARER,                                              \
	    "no session cookie was sent, and the bearer token that was is "    \
	    "read only with bearer = true")                                    \
	X(SESSION_NO_BEARER,                                                   \
	    "no session cookie was sent, and the Authorization header does "   \
	    "not begin with \"Bearer\"")                                       \
	X(SESSION_TWO_COOKIES, "the session cookie was sent twice")            \
	X(SESSION_BAD_COOKIE, "the session cookie is too long or has "         \
			      "characters that no cookie may have")            \
	X(SESSION_BAD_BEARER, "the Authorization header is not \"Bearer\", "   \
			      "one space and a token")                         \
	X(SESSION_FORM, "the token is not three parts of base64url with dots " \
			"between them, or is too long")                        \
	X(SESSION_MAC, "the signature fits none of the keys")                  \
	X(SESSION_MAC_SIZE,                                                    \
	    "the signature has not the length of the configured algorithm's")  \
	X(SESSION_JSON,                                                        \
	    "the token's header or payload is not a strict JSON object")       \
	X(SESSION_ALGORITHM,                                                   \
	    "the token's alg is not the configured algorithm")                 \
	X(SESSION_HEADER, "the token's header has crit, b64, zip, enc or cty") \
	X(SESSION_EXPIRY_MISSING, "the token has no exp")                      \
	X(SESSION_EXPIRED, "the token has expired (exp)")                      \
	X(SESSION_EXPIRY_FAR, "the token's exp is more than 400 days ahead "   \
			      "(milliseconds in place of seconds?)")           \
	X(SESSION_OWN_END, "the token has no session.expiresAt, or one that "  \
			   "is no moment such as 2026-11-30T18:00:00.000Z")    \
	X(SESSION_ENDED, "the session inside the token has ended "             \
			 "(session.expiresAt), although the token has not")    \
	X(SESSION_TIME,                                                        \
	    "the token's exp, nbf or iat is not a number of seconds")          \
	X(SESSION_NOT_YET, "the token is not valid yet (nbf)")                 \
	X(SESSION_FUTURE,                                                      \
	    "the token was issued in the future (iat): compare the clocks")    \
	X(SESSION_AGE, "the token is older than the configured max_age, or "   \
		       "has no iat to count it from")                          \
	X(SESSION_AUDIENCE, "the token's aud is not the configured audience")  \
	X(SESSION_ISSUER, "the token's iss is not the configured issuer")      \
	X(SESSION_CLAIM, "a required claim is missing or has another value")   \
	X(SESSION_USER, "there is no usable user at the configured path")      \
	X(SESSION_TWICE, "a member that is read is in the token twice")        \
	X(SESSION_SHAPE,                                                       \
	    "the cookie has not the form of the configured format")            \
	X(SESSION_STAMP,                                                       \
	    "the cookie has no time of issue, or one that is none")            \
	X(SESSION_NO_SIGNATURE,                                                \
	    "the cookie with the signature (the name and .sig) was not sent")  \
	X(SESSION_TWO_SIGNATURES, "the cookie with the signature (the name "   \
				  "and .sig) was sent twice")                  \
	X(SESSION_CHUNKS, "the chunks of the cookie have a gap, or are too "   \
			  "many or too long")                                  \
	X(SESSION_DEFLATED,                                                    \
	    "what the cookie holds compressed is damaged or too large")        \
	X(SESSION_NO_VARIABLE,                                                 \
	    "the web server has set no user in the configured variable")       \
	X(SESSION_NO_AUTH_TYPE, "REMOTE_USER has a name and AUTH_TYPE is "     \
				"empty: nobody has checked who that is")       \
	X(SESSION_BAD_VARIABLE,                                                \
	    "the web server's variable holds no usable user")                  \
	X(SESSION_PHP_ID, "the cookie is no id of a PHP session")              \
	X(SESSION_PHP_NONE, "PHP has no session of this id in save_path")      \
	X(SESSION_PHP_FILE,                                                    \
	    "the PHP session's file is not ours alone (a link, another "       \
	    "owner, open to others) or too large")                             \
	X(SESSION_PHP_TORN, "PHP was writing the session all the time")        \
	X(SESSION_PHP_DATA, "the PHP session's file is not what the "          \
			    "configured handler writes")

enum session_why {
#define SESSION_WHY_CODE(code, text) code,
	SESSION_WHYS(SESSION_WHY_CODE)
#undef SESSION_WHY_CODE
	    SESSION_WHY_COUNT
};

const char *session_why_text(enum session_why why);

/*
 * Fills *out, which has hmac_key_size() bytes, with the key that the family's
 * derivation makes of the secret: itsdangerous' Signer.derive_key(), Django's
 * salted_hmac(), Payload's getPayload().secret. config has format, hash,
 * cookie and signing. False for an empty secret, or where the derived one
 * would be.
 */
bool session_derive(const struct session_config *config, struct span secret,
    struct hmac_key *out);

/* A struct, so that `return 0` does not compile where a verdict is due. */
struct session_verdict {
	enum session_why why;
};

/* Does the request carry a bearer token that alone counts? */
bool session_is_bearer(
    const struct session_config *config, const struct request *request);

/*
 * PHP's own session files: behind this interface are the files themselves, see
 * gateway/php_files.h, or whatever a test puts there.
 */
enum php_found {
	PHP_FOUND_NOTHING = 0, /* there is no such session */
	PHP_FOUND_UNTRUSTED,   /* no regular file of our own, or too large */
	PHP_FOUND_TORN,        /* it changed while it was read */
	PHP_FOUND
};

struct php_session_file {
	struct span text;
	long long changed; /* when PHP wrote it, or used it; seconds */
};

struct php_sessions {
	/*
	 * Reads the session's file once, without waiting for PHP's lock.
	 * folder is NUL-terminated; id is [A-Za-z0-9,-]{22,256}, which the
	 * caller has checked; room has cap bytes, into which the text goes.
	 */
	enum php_found (*read)(struct php_sessions *self, struct span folder,
	    struct span id, unsigned char *room, size_t cap,
	    struct php_session_file *out);
};

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
