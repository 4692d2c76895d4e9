/* Writing to a descriptor that may take a part at a time. */
#ifndef BASE_WRITE_H
#define BASE_WRITE_H

#include "base/span.h"

/*
 * All of the bytes, over signals; false with errno after the first error. Where
 * fd does not wait for room by itself (O_NONBLOCK), each wait has
 * WRITE_SECONDS, then it is ETIMEDOUT.
 */
bool write_all(int fd, struct span bytes);

#endif
