/*
 * The name-value pairs of FastCGI (specification, 3.4):
 *
 *   pairs  = *( length length name value )
 *   length = %x00-7F / %x80-FF 3OCTET       big-endian, without the top bit
 */
#ifndef GATEWAY_PAIRS_H
#define GATEWAY_PAIRS_H

#include "base/span.h"

struct pair {
	struct span name, value;
};

/*
 * Takes one pair off the front. False when none is left, or when what is
 * left is no whole pair: then *rest is not empty.
 */
bool pairs_next(struct span *rest, struct pair *out);

enum pairs_verdict { PAIRS_BROKEN = 0, PAIRS_GOOD, PAIRS_TOO_MANY };

/*
 * May libfcgi have them, which makes "NAME=value" strings of them? No name
 * with "=" (it could pass for another), no NUL (it would cut the value), every
 * pair whole (lengths are believed and allocated), at most
 * FCGI_VARIABLES_MAX of them.
 */
enum pairs_verdict pairs_check(struct span pairs);

#endif
