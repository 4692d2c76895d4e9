/*
 * Bounded output into memory that the caller owns. After the first write that
 * does not fit, nothing more is written and full stays true: check once, at
 * the end.
 */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include <stdarg.h>

#include "base/span.h"

struct sink {
	unsigned char *p;
	size_t n, cap;
	bool full;
};

void sink_init(struct sink *out, void *mem, size_t cap);

static inline void
sink_byte(struct sink *out, unsigned char c)
{
	if (out->full || out->n == out->cap)
		out->full = true;
	else
		out->p[out->n++] = c;
}

void sink_span(struct sink *out, struct span s);

static inline void
sink_text(struct sink *out, const char *text)
{
	sink_span(out, span_of(text));
}

void sink_int(struct sink *out, long long value);
void sink_hex(struct sink *out, struct span bytes); /* lower case */

/*
 * Text with values in it:
 *   %s  const char *       as it is
 *   %v  struct span        as it is
 *   %q  struct span        in double quotes, at most 64 bytes of it, bytes
 *                          outside printable ASCII and " and \ as \xHH
 *   %d  long long          decimal
 *   %%  a percent sign
 * Aborts on any other directive: that is a programmer's mistake.
 */
void sink_say(struct sink *out, const char *format, ...);
void sink_say_list(struct sink *out, const char *format, va_list *values);

/*
 * All of it as a C string in cap bytes, the NUL with them. False, and the empty
 * string, without room.
 */
bool sink_string(char *mem, size_t cap, const char *format, ...);

/* What was written; empty once the sink is full. */
struct span sink_view(const struct sink *out);

/* What was written since n was mark; empty once the sink is full. */
struct span sink_since(const struct sink *out, size_t mark);

#endif
