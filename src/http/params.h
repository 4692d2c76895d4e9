/*
 * What a client asks for, decoded but not yet judged: names are [a-z_]+
 * (with [] taken off), text is valid UTF-8 without control characters.
 * Views into the request or the arena.
 */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include "base/limits.h"
#include "base/span.h"

enum shape {
	SHAPE_TEXT = 1, /* one value */
	SHAPE_LIST,     /* name[]=a&name[]=b, or a JSON list of strings */
	SHAPE_OBJECT    /* a JSON object of strings: keys and values */
};

struct param {
	struct span name;
	enum shape shape;
	size_t n;                  /* values; 1 for SHAPE_TEXT */
	const struct span *values; /* n of them */
	const struct span *keys;   /* n of them, for SHAPE_OBJECT only */
};

struct params {
	size_t n;
	struct param p[PARAMS_MAX];
};

/* NULL when there is none. Names are unique. */
const struct param *params_find(const struct params *ps, struct span name);

#endif
