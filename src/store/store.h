/*
 * The store that a configuration names. On one machine: a file of fixed slots
 * (slots.h). On several: Redis or Valkey (redis.h).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/counters.h"
#include "policy/config.h"

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
