#include "base/inflate.h"

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

static voidpf
take(voidpf arena, uInt count, uInt size)
{
	return arena_array(arena, count, size);
}

/* The arena is given back whole. */
static void
give_back(voidpf arena, voidpf p)
{
	(void)arena;
	(void)p;
}

bool
inflate_text(
    struct span packed, size_t max, struct arena *arena, struct span *out)
{
	z_stream z = { .zalloc = take, .zfree = give_back, .opaque = arena };
	unsigned char *room = arena_bytes(arena, max);
	int code;

	*out = (struct span){ NULL, 0 };
	if (room == NULL || packed.n == 0 || inflateInit(&z) != Z_OK)
		return false;
	z.next_in = packed.p;
	z.avail_in = (uInt)packed.n;
	z.next_out = room;
	z.avail_out = (uInt)max;
	code = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	if (code != Z_STREAM_END || z.avail_in != 0)
		return false;
	*out = (struct span){ room, max - z.avail_out };
	return true;
}
