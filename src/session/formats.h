/*
 * What `format` in the configuration may say. One row each: which family
 * verifies it, and all that its framework does unless it is told otherwise, so
 * that cookie, keys and user are the most that anybody has to write.
 */
#ifndef SESSION_FORMATS_H
#define SESSION_FORMATS_H

#include "session/session.h"

/* Members of `session` that not every format has. */
enum format_takes {
	TAKES_COOKIE = 1,
	TAKES_KEYS = 1 << 1,
	TAKES_USER = 1 << 2,
	TAKES_CLAIMS = 1 << 3, /* require */
	TAKES_JWT = 1 << 4,    /* bearer, audience, issuer */
	TAKES_ALGORITHM = 1 << 5,
	TAKES_MAX_AGE = 1 << 6,
	TAKES_SALT = 1 << 7,
	TAKES_DERIVATION = 1 << 8, /* key_derivation, timed */
	TAKES_VARIABLE = 1 << 9,
	TAKES_SAVE_PATH = 1 << 10, /* save_path, serialize_handler */
	TAKES_TEXT = 1 << 11,      /* user = "": the value itself */
	TAKES_COLLECTION = 1 << 12
};

/*
 * What tells which kind of account or token the user's id belongs to. Other
 * kinds are signed with the same key, and have ids of their own.
 */
enum claim_kind {
	CLAIM_IS = 1,     /* must be there, with this value */
	CLAIM_CONFIGURED, /* the same, with what the member of its name says */
	CLAIM_NEVER,      /* may be missing, and is none of these */
	CLAIM_NO_GUEST    /* the same, unless `require` names it: a site may
			     have a use for guests */
};

#define CLAIM_VALUES_MAX 2
#define FORMAT_CLAIMS_MAX 2

struct format_claim {
	const char *claim; /* a path; NULL ends them */
	enum claim_kind kind;
	const char *is[CLAIM_VALUES_MAX];
};

struct format_row {
	const char *name;
	const char *of;     /* who makes such cookies, for people */
	const char *secret; /* and where the same secret is there; NULL: none */
	enum session_format format;
	unsigned takes; /* of enum format_takes */
	enum hash hash;
	struct signing signing;
	const char *cookie;   /* NULL: must be said */
	const char *user;     /* NULL: must be said */
	long long max_age;    /* seconds; 0: the cookie has an end of its own,
				 or none at all (see endless) */
	bool endless;         /* nothing in it ever ends */
	const char *audience; /* NULL: none */
	struct format_claim claims[FORMAT_CLAIMS_MAX];
};

/* All rows, ended by one without a name. */
extern const struct format_row formats[];

/* The row of this name, NULL for none. */
const struct format_row *format_named(struct span name);

/*
 * Fills what the row says: format, hash, signing, cookie, user, max_age and
 * audience. The views are of constants. The row's claims are the caller's to
 * add, since others may be required too.
 */
void format_apply(const struct format_row *row, struct session_config *out);

/*
 * What this cookie is that a family of this format signs and that never holds
 * a user's name, though every guest has one; NULL where nothing is known of
 * it. Better Auth and others put __Secure- or __Host- before its name. salt:
 * itsdangerous', which says as much; *by_salt, whether that told.
 */
const char *format_of_guests(enum session_format format, struct span cookie,
    struct span salt, bool *by_salt);

/*
 * Once out->user is the configured one: what is signed is the user's name
 * itself where the path is empty, else JSON. itsdangerous has a class, and a
 * salt, for each.
 */
void format_body(const struct format_row *row, struct session_config *out);

#endif
