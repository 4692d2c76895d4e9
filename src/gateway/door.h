/* What the process gives up before it reads anything. */
#ifndef GATEWAY_DOOR_H
#define GATEWAY_DOOR_H

#include <stdbool.h>

/*
 * Where a descriptor of 0 to 2 is closed, the next file that is opened would
 * have its number, and get what is meant for a terminal or the log. So there is
 * /dev/null in its place, which here can be neither read nor written. False
 * when it can't be had.
 */
bool door_hold_standard(void);

/*
 * The same; files are created for the owner alone, no core file, no other
 * process of this user may look into the memory, no new privileges. False when
 * the kernel refused any of it.
 */
bool door_close(void);

#endif
