/*
 * Cloudinary's words. Actions: what a policy can sign, one row for each. The
 * vocabulary: every parameter that signed calls, delivery tokens and answers
 * have, which actions take it, and what may be done with it; a name that is
 * not here is refused.
 */
#ifndef POLICY_VOCABULARY_H
#define POLICY_VOCABULARY_H

#include "base/sink.h"

/* Sets of these are written as bits: 1u << ACTION_UPLOAD. */
enum action {
	ACTION_NONE = 0,
	ACTION_UPLOAD,
	ACTION_EXPLICIT,
	ACTION_DESTROY,
	ACTION_RENAME,
	ACTION_TAGS,
	ACTION_CONTEXT,
	ACTION_METADATA,
	ACTION_ARCHIVE,
	ACTION_DOWNLOAD,
	ACTION_DELIVER,
	ACTION_TOKEN,
	ACTION_VERIFY,
	ACTION_COUNT
};

/* How it is signed. */
enum action_kind {
	KIND_NONE = 0,
	KIND_API,      /* a string of parameters, which names no action */
	KIND_DELIVERY, /* s--...-- in a delivery URL */
	KIND_TOKEN,    /* __cld_token__, with a key of its own */
	KIND_VERIFY    /* nothing is signed, only looked at */
};

/* Lists end with NULL; what a row does not say is empty. */
struct action_row {
	const char *name;
	const char *path; /* of the API call, behind the resource type */
	enum action_kind kind;
	/* What a string must hold to serve as it: every one of these, and
	   one of those, if any is named. */
	const char *all[3], *any[5];
	/* What a request must hold besides. */
	const char *needs[2];
	/* Which parameters say what it acts on. */
	const char *assets[6];
};

/* By action. A row for ACTION_NONE too: "", and nothing else. */
extern const struct action_row actions[ACTION_COUNT];

/* ACTION_NONE for any other name. */
enum action action_find(struct span name);
const char *action_name(enum action action);

/*
 * The i-th name that every request of this action must hold, NULL at the end.
 * Beside these there may be `any`.
 */
const char *action_required(enum action action, size_t i);

/* Is it in the list, which ends with NULL? */
bool action_lists(const char *const *names, const char *name);

/* May resource_type have this value for this action? image, video, raw; auto
   for upload, all for archive. */
bool resource_type_valid(struct span value, enum action action);

/* upload, private, authenticated, fetch and what else there is or will be: is
   it of the letters that these are of? */
bool delivery_type_valid(struct span value);

enum term_type {
	TERM_NONE = 0,
	TERM_TEXT,     /* one text */
	TERM_BOOL,     /* true, false, 1, 0 */
	TERM_INT,      /* digits, perhaps with a sign */
	TERM_ID,       /* a public_id: rules are patterns */
	TERM_FOLDER,   /* a folder or a prefix of ids: rules are patterns */
	TERM_LIST,     /* elements joined with "," */
	TERM_TAGS,     /* the same, and the client's may stand beside ours */
	TERM_GROUP,    /* key=value joined with "|": context, metadata */
	TERM_TIME,     /* timestamp, expires_at: the program's own */
	TERM_IDS,      /* a list of ids: rules are patterns */
	TERM_PREFIXES, /* a list of prefixes: id patterns with "/" behind */
	TERM_FULL_IDS, /* a list of ids as in image/upload/ID: patterns */
	TERM_PATH,     /* a URL's path: a pattern with "/" before */
	TERM_ACL       /* a list of paths in which "*" may stand */
};

/* Who may send it. */
enum term_sender {
	SENDER_NOBODY = 0, /* the program itself: timestamp; or never at all:
			      file, signature, version ... */
	SENDER_POLICY,     /* `set` only */
	SENDER_LISTED,     /* `set`, or `allow` with a list of values */
	SENDER_CLIENT      /* `set`, or `allow` with any rule */
};

struct term {
	const char *name;
	enum term_type type;
	unsigned actions; /* that take it */
	enum term_sender sender;
	const char *separators; /* bytes that a client's text can't hold */
	const char *source;     /* where the row is from */
};

/* The table, sorted by name, and its length. */
extern const struct term vocabulary[];
extern const size_t vocabulary_count;

/* The row of that name, or NULL. */
const struct term *term_find(struct span name);

/* Does that action take it? */
bool term_taken(const struct term *t, enum action action);

/* Part of the string to sign, and of fields? All but a part of the URL. */
bool term_signed(const struct term *t);

/*
 * Is it a name for the most bytes of a file, which people sign and believe in?
 * Cloudinary has none; and what does bound them. Source: cloudinary_npm
 * lib/utils/index.js build_upload_params, which knows no such name.
 */
bool term_means_size(struct span name);
#define TERM_SIZE_ADVICE                                                       \
	"the account's plan bounds a file's size, or an eval that the policy " \
	"sets"

/* The nearest name that this action takes, or NULL (see text_nearest). */
const char *term_nearest(struct span name, enum action action);

/* A name that no client may send for this action, and no policy say: the
   program's own, and what belongs to verify and deliver alone. */
bool term_reserved(const struct term *t, enum action action);

/* Is it a list, whose elements are joined with ","? */
bool term_is_list(const struct term *t);

/* Are its rules patterns (see pattern.h), whatever stands around them? */
bool term_has_patterns(const struct term *t);

/*
 * Is it sent as name[]=a&name[]=b in this action's call? Signed as "a,b".
 * Source: cloudinary_npm lib/utils/index.js archive_params, lib/uploader.js.
 */
bool term_sent_as_list(const struct term *t, enum action action);

#endif
