#include "base/sink.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

void
sink_init(struct sink *out, void *mem, size_t cap)
{
	*out = (struct sink){ mem, 0, cap, false };
}

void
sink_span(struct sink *out, struct span s)
{
	if (out->full || s.n > out->cap - out->n) {
		out->full = true;
		return;
	}
	if (s.n > 0)
		memcpy(out->p + out->n, s.p, s.n);
	out->n += s.n;
}

void
sink_int(struct sink *out, long long value)
{
	unsigned char digits[20];
	size_t i = sizeof(digits);
	unsigned long long rest = (unsigned long long)value;

	if (value < 0) {
		sink_byte(out, '-');
		rest = 0 - rest;
	}
	do
		digits[--i] = (unsigned char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	sink_span(out, (struct span){ digits + i, sizeof(digits) - i });
}

void
sink_hex(struct sink *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		sink_byte(out, (unsigned char)hex_digits[bytes.p[i] >> 4]);
		sink_byte(out, (unsigned char)hex_digits[bytes.p[i] & 15]);
	}
}

static void
quoted(struct sink *out, struct span s)
{
	size_t n = s.n < 64 ? s.n : 64;

	sink_byte(out, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s.p[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
			sink_text(out, "\\x");
			sink_hex(out, (struct span){ &c, 1 });
		} else {
			sink_byte(out, c);
		}
	}
	sink_text(out, n < s.n ? "\"..." : "\"");
}

/* One directive with its value. */
static void
say_value(struct sink *out, char directive, va_list *values)
{
	switch (directive) {
	case 's':
		sink_text(out, va_arg(*values, const char *));
		break;
	case 'v':
		sink_span(out, va_arg(*values, struct span));
		break;
	case 'q':
		quoted(out, va_arg(*values, struct span));
		break;
	case 'd':
		sink_int(out, va_arg(*values, long long));
		break;
	case '%':
		sink_byte(out, '%');
		break;
	default:
		abort();
	}
}

void
sink_say_list(struct sink *out, const char *format, va_list *values)
{
	for (; *format != '\0'; format++) {
		if (*format == '%')
			say_value(out, *++format, values);
		else
			sink_byte(out, (unsigned char)*format);
	}
}

void
sink_say(struct sink *out, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	sink_say_list(out, format, &values);
	va_end(values);
}

bool
sink_string(char *mem, size_t cap, const char *format, ...)
{
	struct sink out;
	va_list values;

	sink_init(&out, mem, cap - 1);
	va_start(values, format);
	sink_say_list(&out, format, &values);
	va_end(values);
	mem[out.full ? 0 : out.n] = '\0';
	return !out.full;
}

struct span
sink_view(const struct sink *out)
{
	return sink_since(out, 0);
}

struct span
sink_since(const struct sink *out, size_t mark)
{
	if (out->full || mark > out->n)
		return (struct span){ out->p, 0 };
	return (struct span){ out->p + mark, out->n - mark };
}
