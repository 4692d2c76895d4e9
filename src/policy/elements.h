/*
 * The parts of one value: elements of a list (tags, public_ids), members of a
 * group (context, metadata), or a single text.
 *
 *   list  = element *( "," element )
 *   group = key "=" text *( "|" key "=" text )    "\" before "=", "|" or "\"
 *
 * No element or key is empty, and none stands twice.
 */
#ifndef POLICY_ELEMENTS_H
#define POLICY_ELEMENTS_H

#include "base/arena.h"
#include "http/params.h"
#include "http/problem.h"
#include "policy/vocabulary.h"

/* Lives in the arena. keys is NULL but for a group. */
struct elements {
	size_t n;
	struct span *values; /* of a group: still with their backslashes */
	struct span *keys;
};

/*
 * What a client sent for this term, in parts. exact: the value will be sent
 * as it is, so an object (which has no text of its own) is refused. An empty
 * value has no parts. False with a 403 that says which form is right.
 */
bool elements_read(const struct param *param, const struct term *term,
    bool exact, struct arena *arena, struct elements *out, struct problem *why);

/* The text that is signed and sent. Empty when there is no room. */
struct span elements_join(
    const struct elements *e, const struct term *term, struct arena *arena);

/*
 * A group's text with "\" before each "=" and "|".
 * Source: cloudinary_npm lib/utils/index.js encode_context.
 */
struct span elements_escape(struct span text, struct arena *arena);

/* The index of an equal element (of a group: of the key), or e->n. */
size_t elements_find(
    const struct elements *e, struct span key, struct span value);

#endif
