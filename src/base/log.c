#include "base/log.h"

#include <errno.h>
#include <unistd.h>

#include "base/date.h"

#define FIELD_MAX 256

/* Kept free, so that a line can always be ended. */
static const struct span cut_end = SPAN_INIT(" cut=true\n");

static int log_fd = 2;

void
log_to(int fd)
{
	log_fd = fd;
}

/*
 * A field is in the line whole or not at all: one that does not fit must not
 * take the line, or the fields behind it, with it. out.full remembers that
 * something is missing.
 */
static struct sink
field_begin(const struct log_line *line)
{
	struct sink field = line->out;

	field.full = false;
	return field;
}

static void
field_end(struct log_line *line, const struct sink *field)
{
	if (field->full)
		line->out.full = true;
	else
		line->out.n = field->n;
}

void
log_start(struct log_line *line, long long now, const char *event)
{
	struct sink time;

	sink_init(&line->out, line->mem, sizeof(line->mem) - cut_end.n);
	time = field_begin(line);
	sink_text(&time, "time=");
	date_time_write(now, &time);
	field_end(line, &time);
	log_field(line, "event", span_of(event));
}

static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '=' && c != '"';
}

static bool
needs_quotes(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_plain(s.p[i]))
			return true;
	return s.n == 0;
}

/* quoted = DQUOTE *(printable / "\" DQUOTE / "\\" / "\x" 2HEXDIG) DQUOTE */
static void
quoted(struct span s, struct sink *out)
{
	sink_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c < 0x20 || c > 0x7e) {
			sink_text(out, "\\x");
			sink_hex(out, (struct span){ &c, 1 });
			continue;
		}
		if (c == '"' || c == '\\')
			sink_byte(out, '\\');
		sink_byte(out, c);
	}
	sink_byte(out, '"');
}

void
log_field(struct log_line *line, const char *name, struct span value)
{
	struct sink field = field_begin(line);
	struct span head =
	    value.n > FIELD_MAX ? span_head(value, FIELD_MAX) : value;

	sink_say(&field, " %s=", name);
	if (needs_quotes(head))
		quoted(head, &field);
	else
		sink_span(&field, head);
	field_end(line, &field);
}

void
log_number(struct log_line *line, const char *name, long long value)
{
	struct sink field = field_begin(line);

	sink_say(&field, " %s=%d", name, value);
	field_end(line, &field);
}

/* A second write would let another process's line in between. */
void
log_end(struct log_line *line)
{
	struct sink end = field_begin(line);

	end.cap = sizeof(line->mem);
	if (line->out.full)
		sink_span(&end, cut_end);
	else
		sink_byte(&end, '\n');
	while (write(log_fd, end.p, end.n) < 0 && errno == EINTR)
		continue;
}
