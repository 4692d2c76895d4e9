/* Compressed text, bounded. The only file that knows zlib. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include "base/arena.h"

/*
 * All of a zlib stream (RFC 1950), inflated into the arena, from which zlib's
 * own memory is taken too. False for a damaged stream, one that is cut or has
 * bytes behind it, one that needs a dictionary, one that gives more than max
 * bytes, or no room. *out lives as long as the arena.
 */
bool inflate_text(
    struct span packed, size_t max, struct arena *arena, struct span *out);

#endif
