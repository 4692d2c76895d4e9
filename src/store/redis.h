/*
 * Counters in Redis or Valkey, for several machines: one script for each
 * step, with the server's clock.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "policy/config.h"

/* Was this program built with hiredis? */
bool redis_built_in(void);

/* kind STORE_TCP or STORE_UNIX. NULL without memory, or without hiredis. */
struct counters *redis_new(const struct store_config *config);

#endif
