/*
 * Counters in Redis or Valkey, for several machines: one script for each
 * step, with the server's clock. Redis 5 or later.
 *
 * A key is "signpost:", the tally's name, ":" and the window's seconds, and
 * expires when the window ends. Whoever removes keys resets counts.
 *
 * A step ends within REDIS_STEP_MS, connecting included. After one that failed
 * nothing is tried for a second, and everybody gets the same reason: requests
 * that wait behind each other do not each wait for a server that hangs.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "policy/config.h"

#define REDIS_STEP_MS 200

/* Was this program built with hiredis? */
bool redis_built_in(void);

/*
 * kind STORE_TCP or STORE_UNIX; config outlives the store. NULL without
 * memory, or without hiredis. A reason is valid up to the next step or probe.
 * The connection is the process's that made it: after fork() another is made.
 */
struct counters *redis_new(const struct store_config *config);

/* The same with another limit, for tests on slow machines. */
struct counters *redis_new_within(
    const struct store_config *config, unsigned ms);

#endif
