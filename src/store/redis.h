/*
 * Counters in Redis or Valkey, for several machines: one script for each
 * step, with the server's clock. Redis 5 or later.
 *
 * A key is "signpost:", the tally's name, ":" and the window's seconds, and
 * expires when the window ends. Whoever removes keys resets counts.
 *
 * The connection is kept between steps, and is the process's that made it:
 * after fork() another is made. A server closes one that nobody used for long,
 * or starts again: then the command is given once more on a new one, so that a
 * step may count twice, but never not.
 *
 * A step or probe ends in its time, connecting included, whatever the server
 * does. After one that failed nothing is tried for a second, and everybody gets
 * the same reason: requests that wait behind each other do not each wait for a
 * server that hangs.
 */
#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "store/store.h"

#define REDIS_STEP_MS 200

/* Was this program built with hiredis? */
bool redis_built_in(void);

/*
 * kind STORE_TCP or STORE_UNIX; config outlives the store. ms: for one step or
 * probe, REDIS_STEP_MS but in tests on slow machines. NULL without memory, or
 * without hiredis. A reason is valid up to the next step or probe.
 */
struct counters *redis_new(const struct store_config *config, unsigned ms);

#endif
