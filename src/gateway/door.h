/* What the process gives up before it reads anything. */
#ifndef GATEWAY_DOOR_H
#define GATEWAY_DOOR_H

#include <stdbool.h>

/*
 * Descriptors 0 to 2 exist (/dev/null where one was missing, so that no file
 * that is opened later is taken for the log), files are created for the owner
 * alone, no core file, no other process of this user may look into the
 * memory, no new privileges. False when the kernel refused any of it.
 */
bool door_close(void);

#endif
