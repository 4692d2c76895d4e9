/* Writing to a descriptor that may take a part at a time. */
#ifndef BASE_WRITE_H
#define BASE_WRITE_H

#include "base/span.h"

/* All of the bytes, over signals; false with errno after the first error. */
bool write_all(int fd, struct span bytes);

#endif
