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
#ifndef POLICY_TRANSFORMATION_H
#define POLICY_TRANSFORMATION_H

#include "base/sink.h"

/*
 * Is it one, of at most TRANSFORMATION_MAX bytes? Not empty; "%" is refused,
 * since SDKs disagree on what of it is hashed. On false why (may be NULL)
 * says what is wrong, and what would be right.
 */
bool transformation_valid(struct span text, struct sink *why);

#endif
