/*
 * A new file of counts. It gets its name only when all of it is on the disk:
 * a process that is killed, or a full disk, leaves at most the same path with
 * ".new", which the next one clears away.
 */
#ifndef STORE_SLOTS_MAKE_H
#define STORE_SLOTS_MAKE_H

#include "base/limits.h"
#include "base/random.h"
#include "base/sink.h"

/*
 * How long to wait for another process that is making it: on a busy disk that
 * may take more than a second.
 */
#define SLOTS_MAKE_WAIT 2000 /* milliseconds */

/*
 * Makes folder (mode 0700, its last name only) and the file at path in it
 * (mode 0600) where they are not there. True when there is a file now,
 * whoever made it. All of it is written, so that counting needs no more room.
 * wait: milliseconds, for another process that is making it.
 */
bool slots_make(const char *folder, const char *path, unsigned buckets,
    struct random_source *random, long long wait, struct sink *why);

#endif
