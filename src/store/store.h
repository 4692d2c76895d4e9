/*
 * The store that a configuration names. On one machine: a file of fixed slots
 * (slots.h). On several: Redis or Valkey (redis.h).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/counters.h"

/* Where counts are kept. */
enum store_kind { STORE_NONE = 0, STORE_FILE, STORE_TCP, STORE_UNIX };

struct store_config {
	enum store_kind kind; /* STORE_FILE when nothing else is said */
	/* A folder; an IP address; a socket. NUL-terminated, absolute. */
	struct span place;
	unsigned port;        /* STORE_TCP */
	unsigned database;    /* Redis: SELECT, 0 to 9999 */
	struct span password; /* Redis: AUTH; in the vault, or empty */
};

/*
 * NULL when this program can keep counts there; else what it was built
 * without, and what would be right.
 */
const char *store_missing(const struct store_config *config);

/*
 * Nothing is opened yet: the first step or probe does that, and a later one
 * tries again. config must outlive the store. NULL when there is no memory.
 * Give it back with its close().
 */
struct counters *store_new(const struct store_config *config);

#endif
