/*
 * Which format has this cookie? From its shape alone, without a key and
 * without belief: for people who set the program up. No request comes here.
 */
#ifndef CLI_GUESS_H
#define CLI_GUESS_H

#include "session/formats.h"

struct guess {
	const struct format_row *row; /* NULL: none that can be read here */
	const char *note; /* what is to be known of it; NULL: nothing. Never
			     NULL where row is. */
	enum hash hash;   /* by the length of the signature, or alg */
	bool is_text;     /* what was signed is the name itself */
	struct span says; /* what was signed: JSON, or the name */
	struct span user; /* the path of what looks most like a user's id;
			     empty for none */
	struct span collection; /* a plain name that it says; else empty */
};

/*
 * value is the value of the cookie of that name (which may be empty for an
 * unknown one). has_signature: a cookie of that name and ".sig" came with it.
 * The views are of constants, of value, or in the arena.
 */
void guess_format(struct span name, struct span value, bool has_signature,
    struct arena *arena, struct guess *out);

/* Its hash as session.algorithm spells it; NULL: not known. row is not NULL. */
const char *guess_algorithm(const struct guess *g);

#endif
