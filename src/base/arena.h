/*
 * Memory that is taken piece by piece and given back all at once. Nothing
 * that is taken moves. After the first piece that does not fit, full stays
 * true and every further piece is NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena {
	unsigned char *p;
	size_t n, cap;
	bool full;
};

void arena_init(struct arena *a, void *mem, size_t cap);

/* n zeroed bytes, aligned for any object; NULL when there is no room. */
void *arena_take(struct arena *a, size_t n);

/* The same for an array, NULL also when count * size is no size_t. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* n bytes without alignment, for text. */
unsigned char *arena_bytes(struct arena *a, size_t n);

/* A copy of s, one NUL behind it (not counted). Empty p when no room. */
struct span arena_copy(struct arena *a, struct span s);

#endif
