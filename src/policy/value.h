/*
 * The written forms of values: lists and groups, transformations, and acls of
 * tokens.
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include "base/arena.h"
#include "base/sink.h"
#include "http/params.h"
#include "http/problem.h"
#include "policy/template.h"
#include "policy/vocabulary.h"

/*
 * The parts of one value: elements of a list (tags, public_ids), members of a
 * group (context, metadata), or a single text.
 *
 *   list  = element *( "," element )
 *   group = key "=" text *( "|" key "=" text )    "\" before "=", "|" or "\"
 *
 * No element or key is empty, and none stands twice.
 */

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
    bool exact, const struct ctx *ctx, struct elements *out);

/* The text that is signed and sent. Empty when there is no room. */
struct span elements_join(
    const struct elements *e, const struct term *term, struct arena *arena);

/*
 * A group's text with "\" before each "=" and "|".
 * Source: cloudinary_npm lib/utils/index.js encode_context.
 */
struct span elements_escape(struct span text, struct arena *arena);

/*
 * Which transformations can be signed into a delivery URL: those that every
 * SDK hashes alike and no browser rewrites.
 *
 *   transformation = component *( "/" component )
 *   component      = parameter *( "," parameter )
 *   parameter      = ( 1*3LOWER "_" / "$" ) *char
 *   char           = ALPHA / DIGIT / "-" / "." / "_" / "~" / "!" / "$" / "'" /
 *                    "(" / ")" / "*" / "+" / ";" / "=" / ":" / "@" / "|"
 */

/*
 * Is it one, of at most TRANSFORMATION_MAX bytes? Not empty; "%" is refused,
 * since SDKs disagree on what of it is hashed. On false why (may be NULL)
 * says what is wrong, and what would be right.
 */
bool transformation_valid(struct span text, struct sink *why);

/*
 * The paths of an auth token.
 *
 *   acl     = "/" segment *( "/" segment )
 *   segment = "*" / template of [A-Za-z0-9_.:-]
 *
 * "*" is the CDN's wildcard, for the rest of the path as well.
 */

/*
 * Can it stand in an acl, for every user? "*" only directly after "/" and as a
 * whole segment; no "." and no "..", no empty segment, no {ip}, no other byte
 * than those above, at most ACL_MAX bytes for the longest name. False with the
 * mistake and the right form in why.
 */
bool acl_valid(const struct text_template *acl, struct sink *why);

#endif
