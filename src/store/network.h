/* File systems whose locks or caches can't be relied on between processes. */
#ifndef STORE_NETWORK_H
#define STORE_NETWORK_H

#include "base/sink.h"

/*
 * The name of the network or user-space file system with this f_type
 * (statfs(2), linux/magic.h, and the sources of those outside the kernel);
 * NULL for any other.
 */
const char *network_name(unsigned type);

/* Is what lies at path on such a one? True with why, also when unsure. */
bool network_refuse(const char *path, struct sink *why);

#endif
