/* What a configuration names beside itself: log file, deny list, counters. */
#ifndef GATEWAY_SERVICES_H
#define GATEWAY_SERVICES_H

#include "gateway/serve.h"

/*
 * Makes config, which must outlive them, and its services those of s; what
 * belongs to the one before is closed, and nothing of that is looked at any
 * more, so that it may be freed. NULL: s has none, and its log stays as it is
 * until serve_end(). A log file or a deny list of the same name is kept, with
 * what it holds. When it says to probe and the counters are out of order, the
 * log says why, and the program goes on.
 */
void services_change(struct serve *s, const struct config *config, bool probe);

#endif
