#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

void
arena_init(struct arena *a, void *mem, size_t cap)
{
	*a = (struct arena){ mem, 0, cap, false };
}

unsigned char *
arena_bytes(struct arena *a, size_t n)
{
	unsigned char *p;

	if (a->full || n > a->cap - a->n) {
		a->full = true;
		return NULL;
	}
	p = a->p + a->n;
	a->n += n;
	return p;
}

void *
arena_take(struct arena *a, size_t n)
{
	size_t off = (size_t)((uintptr_t)(a->p + a->n) % alignof(max_align_t));
	void *p;

	if (off != 0 && arena_bytes(a, alignof(max_align_t) - off) == NULL)
		return NULL;
	p = arena_bytes(a, n);
	if (p != NULL)
		memset(p, 0, n);
	return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		a->full = true;
		return NULL;
	}
	return arena_take(a, count * size);
}

struct span
arena_copy(struct arena *a, struct span s)
{
	unsigned char *p = arena_bytes(a, s.n + 1);

	if (p == NULL)
		return (struct span){ NULL, 0 };
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct span){ p, s.n };
}
