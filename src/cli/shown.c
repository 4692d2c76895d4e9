#include "cli/shown.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/indent.h"
#include "cli/paint.h"

/* Two spaces a level, and no more levels than an answer has. */
#define INDENTED_MAX (8 * BODY_OUT_MAX)

/* What stands before the next CRLF, which goes too. */
static bool
take_line(struct span *rest, struct span *line)
{
	struct span_cut cut = span_cut(*rest, '\n');

	if (!cut.found || cut.head.n == 0 || cut.head.p[cut.head.n - 1] != '\r')
		return false;
	*line = span_head(cut.head, cut.head.n - 1);
	*rest = cut.tail;
	return true;
}

bool
shown_field(struct span *rest, struct span *name, struct span *value)
{
	struct span line;
	struct span_cut cut;

	if (!take_line(rest, &line) || line.n == 0)
		return false;
	cut = span_cut(line, ':');
	*name = cut.head;
	*value = span_trim(cut.tail);
	return cut.found;
}

static bool
read_status(struct span *rest, struct shown *out)
{
	struct span name;
	long long status;

	if (!shown_field(rest, &name, &out->line) || !span_is(name, "Status") ||
	    !span_digits(span_cut(out->line, ' ').head, &status) ||
	    status < 100 || status > 599)
		return false;
	out->status = (int)status;
	return true;
}

bool
shown_read(struct span bytes, struct shown *out)
{
	struct span name, value, line, rest = bytes, before;

	memset(out, 0, sizeof(*out));
	if (!read_status(&rest, out))
		return false;
	out->fields = rest;
	for (before = rest; shown_field(&rest, &name, &value); before = rest)
		if (span_is(name, "Content-Type"))
			out->json = span_is(value, "application/json") ||
				    span_is(value, "application/problem+json");
	out->fields.n = (size_t)(before.p - out->fields.p);
	rest = before;
	if (!take_line(&rest, &line) || line.n > 0)
		return false;
	out->body = rest;
	return true;
}

void
shown_status(const struct shown *shown)
{
	bool good = shown->status >= 200 && shown->status < 300;

	printf("%s%.*s%s\n", paint_on(stdout, good ? PAINT_GOOD : PAINT_BAD),
	    (int)shown->line.n, (const char *)shown->line.p, paint_off(stdout));
}

void
shown_body(const struct shown *shown, bool indented)
{
	static unsigned char room[INDENTED_MAX];
	struct span text = shown->body;
	struct sink out;

	sink_init(&out, room, sizeof(room));
	if (indented && shown->json) {
		indent_json(text, &out);
		text = out.full ? text : sink_view(&out);
	}
	if (text.n == 0)
		return;
	fwrite(text.p, 1, text.n, stdout);
	if (text.p[text.n - 1] != '\n')
		putchar('\n');
}
