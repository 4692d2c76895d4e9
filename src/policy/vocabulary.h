/*
 * The vocabulary: every parameter that Cloudinary's upload and destroy calls
 * take, and what may be done with it. A name that is not here is refused.
 */
#ifndef POLICY_VOCABULARY_H
#define POLICY_VOCABULARY_H

#include "base/span.h"

/* Sets of these are written as bits: 1u << ACTION_UPLOAD. */
enum action { ACTION_NONE = 0, ACTION_UPLOAD, ACTION_DESTROY, ACTION_COUNT };

enum term_type {
	TERM_NONE = 0,
	TERM_TEXT,   /* one text */
	TERM_BOOL,   /* true, false, 1, 0 */
	TERM_INT,    /* digits, perhaps with a sign */
	TERM_ID,     /* a public_id: rules are patterns */
	TERM_FOLDER, /* a folder or a prefix of ids: rules are patterns */
	TERM_LIST,   /* elements joined with "," */
	TERM_TAGS,   /* the same, and the client's may stand beside ours */
	TERM_GROUP,  /* key=value joined with "|": context, metadata */
	TERM_TIME    /* timestamp */
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
	bool is_signed;         /* part of the string to sign, and of fields */
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

/* The nearest name that this action takes, or NULL (see text_nearest). */
const char *term_nearest(struct span name, enum action action);

/* ACTION_NONE for any other name; and the name, "" for ACTION_NONE. */
enum action action_find(struct span name);
const char *action_name(enum action action);

/* The path of the API call behind the resource type: "upload", "destroy". */
const char *action_path(enum action action);

/* Names that a request of this action must hold, NULL at the end. */
const char *const *action_required(enum action action);

/* May resource_type have this value for this action? image, video, raw; auto
   for upload. */
bool resource_type_valid(struct span value, enum action action);

#endif
