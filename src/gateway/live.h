/* The configuration in force, which may change at any time. */
#ifndef GATEWAY_LIVE_H
#define GATEWAY_LIVE_H

#include "base/watch.h"
#include "gateway/serve.h"

struct live {
	const char *path;      /* of the configuration; NULL: none can be had */
	struct config *config; /* in force; NULL: none */
	struct watch good;     /* what it was read from */
	struct watch last;     /* what was read last, good or bad */
	bool in_order;         /* the two are the same */
	bool again;            /* a file was too young to tell a change */
	long long next_look, next_try; /* milliseconds */
};

/*
 * Reads the configuration at path, once, which must not ask for a store that
 * this program was built without. NULL when anything is wrong; each mistake is
 * a line "event=config severity=error file= line= text=" in the log, and so is
 * each warning, when they are wanted. watch (may be NULL) gets the files that
 * were read or looked for, as they were. Free with config_free().
 */
struct config *live_read(const char *path, bool warnings, struct watch *watch);

/*
 * Reads the configuration at path, which must outlive l, and makes it that of
 * s: s->live is l from here on, and live_look() looks after it.
 */
void live_start(struct live *l, struct serve *s, const char *path);

/*
 * For between two requests: looks, at most once a second, whether the
 * configuration, or a secret file that it names, has changed. If so it is read
 * as a whole, and takes the place of the old one, which is wiped; log, deny
 * list and counters follow.
 *
 * One that is not right changes nothing: the log says what is wrong, again
 * each minute, and world.outdated is true. But when a file is gone which the
 * one in force was read from, there is none until it is back. now_ms:
 * milliseconds of a clock that only goes forward.
 */
void live_look(struct live *l, struct serve *s, long long now_ms);

/* Ends s with serve_end() and frees the configuration. */
void live_end(struct live *l, struct serve *s);

#endif
