/*
 * A parameter set while it is read: what a query, a form and a JSON body have
 * in common. For ask, form and body alone.
 */
#ifndef HTTP_READING_H
#define HTTP_READING_H

#include "http/ask.h"

struct reading {
	struct arena *arena;
	struct params *params;  /* no parameters at the beginning */
	struct problem *why;    /* set by everything here that is false */
	struct span policy;     /* empty until it was named */
	enum contract contract; /* CONTRACT_NONE until it was named */
	/* What parameters are written in: data[NAME], params_to_sign[NAME] or
	   a JSON object in the value of that name; NULL: in none. */
	const char *around;
	struct span data; /* a name written so, or empty */
	bool bare;        /* a parameter's name was written by itself */
};

/* [a-z_]{1,64}? Else 400 bad_name. */
bool reading_name(struct reading *r, struct span name);

/*
 * Valid UTF-8 without control characters? Else 400 malformed. The name is the
 * parameter's that it belongs to; empty, when the text is itself a name.
 */
bool reading_text(struct reading *r, struct span name, struct span text);

/* A name that is this program's own and no parameter: policy, contract. */
bool reading_is_own(struct span name);

/*
 * Takes it, once, and not empty: a policy's name, which anything may be; or a
 * contract that can be named, else 400 contract_unknown.
 */
bool reading_own(struct reading *r, struct span name, struct span value);

/*
 * A new parameter of a name that reading_name() accepted, without values yet.
 * NULL when there is one of that name (400 duplicate) or PARAMS_MAX others
 * (400 too_many).
 */
struct param *reading_add(
    struct reading *r, struct span name, enum shape shape);

/* The arena is full: 400 too_many. */
bool reading_no_room(struct reading *r);

#endif
