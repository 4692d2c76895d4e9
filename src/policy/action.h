/*
 * What a policy can sign: one row for each action. The parameters that each
 * takes are columns of the vocabulary.
 */
#ifndef POLICY_ACTION_H
#define POLICY_ACTION_H

#include "base/span.h"

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

/* Lists end with NULL. */
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

#endif
