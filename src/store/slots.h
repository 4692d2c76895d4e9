/*
 * Counters in a file of fixed slots, for the processes of one machine.
 *
 * A step is written before it is answered, but not forced to the disk: what a
 * killed process was granted is counted, what a machine that lost its power
 * had granted in its last seconds may not be. A file that is removed is made
 * anew by the next step, and all counting starts again.
 *
 * The lock belongs to an open file, and a child of fork() would share its
 * parent's: so each process opens the file for itself.
 */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include "base/counters.h"

/*
 * Buckets of the file for each crowd: 4 MiB in all. Of a crowd's 32768 slots
 * about 24000 are in use when the first name finds no room (23896 to 25454 in
 * ten trials), and after 30000 names one in a hundred was refused. A name has
 * its slot until its windows are over.
 */
#define SLOTS_BUCKETS 4096

/*
 * The file "counters" in folder (absolute, NUL-terminated; outlives the
 * store), which is made with mode 0700 when it is not there. Nothing is opened
 * before the first step or probe; after one that failed to open it, a moment
 * passes before the next attempt. buckets is SLOTS_BUCKETS but in tests (2 to
 * 1048576); a file of another size is refused. NULL when there is no memory.
 */
struct counters *slots_new(const char *folder, unsigned buckets);

#endif
