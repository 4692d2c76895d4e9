/*
 * Counters in a file of fixed slots, for the processes of one machine.
 */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include "base/counters.h"

/* Buckets of the file for each crowd. */
#define SLOTS_BUCKETS 4096

/*
 * The file "counters" in folder (absolute, NUL-terminated; outlives the
 * store), which is made with mode 0700 when it is not there. buckets is
 * SLOTS_BUCKETS but in tests; a file of another size is refused. NULL when
 * there is no memory.
 */
struct counters *slots_new(const char *folder, unsigned buckets);

#endif
