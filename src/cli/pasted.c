#include "cli/pasted.h"

#include "http/cookie.h"

/* Without the name of a header in front, and the attributes behind. */
static struct span
pairs_of(struct span line)
{
	struct span_cut cut = span_cut(line, ':');
	struct span header = span_trim(cut.head);

	if (cut.found && span_is_nocase(header, "set-cookie"))
		return span_trim(span_cut(cut.tail, ';').head);
	if (cut.found && span_is_nocase(header, "cookie"))
		return span_trim(cut.tail);
	return line;
}

static struct span
next_line(struct span *rest)
{
	struct span_cut cut = span_cut(*rest, '\n');

	*rest = cut.tail;
	return span_strip(cut.head, " \t\r");
}

bool
pasted_pair(struct span *rest, struct span *name, struct span *value)
{
	struct span_cut pair, cut;

	while (rest->n > 0) {
		pair = span_cut(*rest, ';');
		cut = span_cut(span_trim(pair.head), '=');
		*rest = pair.tail;
		*name =
		    cut.found ? span_trim(cut.head) : (struct span){ NULL, 0 };
		*value = cut.found ? span_trim(cut.tail) : cut.head;
		if (cut.head.n > 0)
			return true;
	}
	return false;
}

static bool
has_pair(struct span header, struct span wanted)
{
	struct span name, value;

	while (pasted_pair(&header, &name, &value))
		if (wanted.n > 0 && span_eq(name, wanted))
			return true;
	return false;
}

static bool
is_bare(struct span text, struct span wanted)
{
	struct span_cut cut = span_cut(text, '=');

	if (has_pair(text, wanted))
		return false;
	return !cut.found || !cookie_name(cut.head) ||
	       span_starts(text, SPAN_LIT("eyJ")) || cut.tail.n == 0 ||
	       cut.tail.p[0] == '=';
}

bool
pasted_read(
    struct span pasted, struct span name, struct sink *header, bool *bare)
{
	struct span rest = pasted, line, pairs = { NULL, 0 };
	size_t lines = 0, mark = header->n;

	*bare = false;
	while (rest.n > 0) {
		line = next_line(&rest);
		if (line.n == 0)
			continue;
		if (lines++ > 0)
			sink_text(header, "; ");
		pairs = pairs_of(line);
		sink_span(header, pairs);
	}
	line = sink_since(header, mark);
	if (line.n == 0 || span_has(line, '\0'))
		return false;
	*bare = lines == 1 && is_bare(line, name);
	if (!*bare || name.n == 0)
		return true;
	header->n = mark;
	sink_say(header, "%v=%v", name, pairs);
	return !header->full;
}
