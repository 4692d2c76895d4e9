/* The calendar, without time zones or libc's static buffers. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/sink.h"

/*
 * YYYY-MM-DD of a Unix time, UTC, for any year of four digits. Another year
 * does not fit: nothing is written and the sink is full.
 */
void date_write(long long unix_seconds, struct sink *out);

/* YYYY-MM-DDTHH:MM:SSZ (RFC 3339), for the log. */
void date_time_write(long long unix_seconds, struct sink *out);

/*
 * YYYY-MM-DDTHH:MM:SS[.ffffff](Z|+HH:MM|-HH:MM), as Python's
 * datetime.isoformat() writes one that knows its offset (ISO 8601, RFC 3339),
 * as Unix seconds; a fraction is cut off. False, and *out is 0, for anything
 * else, a date that is none, and years before 1970.
 */
bool date_time_read(struct span text, long long *out);

#endif
