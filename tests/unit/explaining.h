/*
 * Room for what explain makes, and one who waits for a string among the
 * changes that it thinks of.
 */
#ifndef TESTS_EXPLAINING_H
#define TESTS_EXPLAINING_H

#include "cli/explain.h"

static unsigned char explaining_memory[1 << 20];
static unsigned char explaining_room[1 << 19];
static struct arena arena;
static struct sink out;

static inline void
start(void)
{
	memset(explaining_memory, 0xa5, 4096);
	arena_init(&arena, explaining_memory, sizeof(explaining_memory));
	sink_init(&out, explaining_room, sizeof(explaining_room) - 1);
}

/* What was written, as a C string. */
static inline const char *
written(void)
{
	explaining_room[out.n] = '\0';
	return (const char *)explaining_room;
}

struct waiter {
	struct change_eye eye; /* the first member: it is found from it */
	struct span wanted;
	enum cause cause;
	char name[128];
	size_t looks;
};

static inline bool
waiter_look(struct change_eye *self, const struct change *change)
{
	struct waiter *w = (struct waiter *)(void *)self;

	w->looks++;
	if (!span_eq(change->string, w->wanted) ||
	    change->name.n >= sizeof(w->name))
		return false;
	w->cause = change->cause;
	if (change->name.n > 0)
		memcpy(w->name, change->name.p, change->name.n);
	w->name[change->name.n] = '\0';
	return true;
}

static inline struct waiter
waiting(const char *wanted)
{
	return (struct waiter){ { waiter_look }, span_of(wanted), CAUSE_NONE,
		"", 0 };
}

#endif
