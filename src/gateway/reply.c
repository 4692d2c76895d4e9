#include "gateway/reply.h"

#include "base/limits.h"
#include "gateway/pairs.h"

#define CONTENT_MAX 65535

static void
write_header(struct sink *out, unsigned type, unsigned id, size_t content)
{
	const unsigned char header[RECORD_HEADER] = { 1, (unsigned char)type,
		(unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(content >> 8), (unsigned char)content };

	sink_span(out, (struct span){ header, sizeof(header) });
}

/* Eight bytes of content, all zero but the first. */
static void
write_body(struct sink *out, unsigned char first)
{
	const unsigned char body[8] = { first };

	sink_span(out, (struct span){ body, sizeof(body) });
}

void
reply_answer(unsigned id, struct span text, struct sink *out)
{
	if (text.n > CONTENT_MAX) {
		out->full = true;
		return;
	}
	if (text.n > 0) {
		write_header(out, RECORD_STDOUT, id, text.n);
		sink_span(out, text);
	}
	write_header(out, RECORD_STDOUT, id, 0);
	write_header(out, RECORD_END, id, 8);
	write_body(out, 0); /* status 0, FCGI_REQUEST_COMPLETE */
}

static const struct value {
	const char *name;
	long long value;
} values[] = {
	{ "FCGI_MAX_CONNS", FCGI_CONNECTIONS_MAX },
	{ "FCGI_MAX_REQS", FCGI_CONNECTIONS_MAX },
	{ "FCGI_MPXS_CONNS", 0 },
};

static bool
is_asked(struct span pairs, const char *name)
{
	struct pair pair;

	while (pairs_next(&pairs, &pair))
		if (span_is(pair.name, name))
			return true;
	return false;
}

/* Each value once, however often it is asked for. */
static void
write_values(struct span pairs, struct sink *out)
{
	unsigned char mem[128];
	struct sink result;

	sink_init(&result, mem, sizeof(mem));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		unsigned char digits[20];
		struct sink text;

		if (!is_asked(pairs, values[i].name))
			continue;
		sink_init(&text, digits, sizeof(digits));
		sink_int(&text, values[i].value);
		sink_byte(&result, (unsigned char)span_of(values[i].name).n);
		sink_byte(&result, (unsigned char)text.n);
		sink_text(&result, values[i].name);
		sink_span(&result, sink_view(&text));
	}
	write_header(out, RECORD_GET_VALUES_RESULT, 0, result.n);
	sink_span(out, sink_view(&result));
}

bool
reply_management(const struct record *record, struct sink *out)
{
	if (record->type != RECORD_GET_VALUES) {
		write_header(out, RECORD_UNKNOWN, 0, 8);
		write_body(out, (unsigned char)record->type);
		return true;
	}
	if (pairs_check(record->content) != PAIRS_GOOD)
		return false;
	write_values(record->content, out);
	return true;
}
