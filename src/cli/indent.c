#include "cli/indent.h"

static void
new_line(unsigned depth, struct sink *out)
{
	sink_byte(out, '\n');
	for (; depth > 0; depth--)
		sink_text(out, "  ");
}

/* From its first quote to its last; returns its length. */
static size_t
string_length(struct span text)
{
	size_t i = 1;

	while (i < text.n && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	return i < text.n ? i + 1 : text.n;
}

static bool
is_empty(struct span rest)
{
	return rest.n > 1 && (rest.p[1] == '}' || rest.p[1] == ']');
}

/* One mark or byte outside of strings; returns how many bytes it took. */
static size_t
take(struct span rest, unsigned *depth, struct sink *out)
{
	unsigned char c = rest.p[0];

	if ((c == '{' || c == '[') && is_empty(rest)) {
		sink_span(out, span_head(rest, 2));
		return 2;
	}
	if (c == '}' || c == ']') {
		*depth -= *depth > 0;
		new_line(*depth, out);
	}
	sink_byte(out, c);
	if (c == '{' || c == '[')
		new_line(++*depth, out);
	else if (c == ',')
		new_line(*depth, out);
	else if (c == ':')
		sink_byte(out, ' ');
	return 1;
}

void
indent_json(struct span json, struct sink *out)
{
	unsigned depth = 0;

	while (json.n > 0) {
		size_t n;

		if (json.p[0] == '"') {
			n = string_length(json);
			sink_span(out, span_head(json, n));
		} else {
			n = take(json, &depth, out);
		}
		json = span_skip(json, n);
	}
}
