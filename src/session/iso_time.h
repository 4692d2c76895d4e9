/* Moments as text. */
#ifndef SESSION_ISO_TIME_H
#define SESSION_ISO_TIME_H

#include "base/span.h"

/*
 * YYYY-MM-DDTHH:MM:SS[.ffffff](Z|+HH:MM|-HH:MM), as Python's
 * datetime.isoformat() writes one that knows its offset (ISO 8601, RFC 3339),
 * as Unix seconds; a fraction is cut off. False for anything else, a date that
 * is none, and years before 1970.
 */
bool iso_time_read(struct span text, long long *out);

#endif
