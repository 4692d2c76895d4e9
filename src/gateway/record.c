#include "gateway/record.h"

#define VERSION 1
#define RESPONDER 1
#define KEEP_CONN 1
#define BEGIN_CONTENT 8
#define CONTENT_MAX 65535

/* FastCGI specification, 3.3. */
struct header {
	unsigned type, id;
	size_t content, padding;
};

struct walk {
	struct record_progress *done;
	struct span all;  /* what has arrived */
	struct span rest; /* and was not looked at */
	struct header h;  /* of the record at hand */
	struct span here; /* as much of its content as has arrived */
	bool whole;       /* so has all of it, and its padding */
	struct record out;
};

/* False, with out.state set, when there is no good header. */
static bool
next_header(struct walk *w)
{
	const unsigned char *p = w->rest.p;
	struct header *h = &w->h;

	w->out.state = RECORD_MORE;
	if (w->rest.n < RECORD_HEADER)
		return false;
	w->out.state = RECORD_BROKEN;
	if (p[0] != VERSION)
		return false;
	h->type = p[1];
	h->id = (unsigned)p[2] << 8 | p[3];
	h->content = (size_t)p[4] << 8 | p[5];
	h->padding = p[6];
	return true;
}

static bool
next_record(struct walk *w)
{
	size_t n;

	if (!next_header(w))
		return false;
	w->rest = span_skip(w->rest, RECORD_HEADER);
	n = w->h.content + w->h.padding;
	w->whole = w->rest.n >= n;
	w->here = w->rest.n > w->h.content ? span_head(w->rest, w->h.content)
					   : w->rest;
	w->rest = span_skip(w->rest, w->whole ? n : w->rest.n);
	return true;
}

static bool
stop(struct walk *w, enum record_state state)
{
	w->out.state = state;
	return false;
}

/* The record at hand is whole and good: it is not looked at again. */
static void
pass(struct walk *w)
{
	w->done->n = w->all.n - w->rest.n;
}

/* A further record of the request at hand. */
static bool
next_of(struct walk *w, enum record_type type)
{
	if (!next_record(w))
		return false;
	if (w->h.id != w->done->id)
		return stop(w, RECORD_BROKEN);
	if (w->h.type == RECORD_ABORT)
		return stop(w, RECORD_ABORTED);
	if (w->h.type != type)
		return stop(w, RECORD_BROKEN);
	return w->h.content > 0 || w->h.padding == 0 || stop(w, RECORD_PADDED);
}

static void
enter(struct record_progress *done, enum record_part part)
{
	done->part = part;
	done->stream = 0;
}

/* The first record. */
static bool
read_front(struct walk *w)
{
	const unsigned char *p;

	if (!next_record(w))
		return false;
	if (w->h.id != 0 &&
	    (w->h.type != RECORD_BEGIN || w->h.content != BEGIN_CONTENT))
		return stop(w, RECORD_BROKEN);
	if (w->h.id != 0 && w->h.padding > 0)
		return stop(w, RECORD_PADDED);
	if (!w->whole)
		return stop(w, RECORD_MORE);
	w->out.type = w->h.type;
	w->out.content = w->here;
	w->out.size = RECORD_HEADER + w->h.content + w->h.padding;
	if (w->h.id == 0)
		return stop(w, RECORD_MANAGEMENT);
	w->done->id = w->h.id;
	pass(w);
	enter(w->done, RECORD_PART_PARAMS);
	p = w->here.p;
	w->done->keep = (p[2] & KEEP_CONN) != 0;
	return ((unsigned)p[0] << 8 | p[1]) == RESPONDER ||
	       stop(w, RECORD_ROLE);
}

struct span
record_content(struct span front, enum record_type type, struct sink *out)
{
	struct walk w = { .rest = front };
	size_t mark = out->n;

	while (w.rest.n > 0 && next_record(&w) && w.whole)
		if (w.h.type == type)
			sink_span(out, w.here);
	return sink_since(out, mark);
}

static bool
read_length(struct span *rest, size_t *out)
{
	const unsigned char *p = rest->p;
	size_t n = rest->n > 0 && p[0] >= 0x80 ? 4 : 1;

	*out = 0;
	if (rest->n < n)
		return false;
	*out = p[0] & 0x7fU;
	for (size_t i = 1; i < n; i++)
		*out = *out << 8 | p[i];
	*rest = span_skip(*rest, n);
	return true;
}

bool
record_next_pair(struct span *rest, struct record_pair *out)
{
	struct span s = *rest;
	size_t name, value;

	*out = (struct record_pair){ 0 };
	if (!read_length(&s, &name) || !read_length(&s, &value))
		return false;
	if (name > s.n || value > s.n - name)
		return false;
	out->name = span_head(s, name);
	out->value = span_head(span_skip(s, name), value);
	*rest = span_skip(s, name + value);
	return true;
}

/*
 * No name with "=", which could pass for another one in an environment, no
 * NUL, every pair whole. RECORD_MORE: they are good.
 */
static enum record_state
check_pairs(struct span pairs)
{
	struct record_pair pair;
	size_t n = 0;

	while (record_next_pair(&pairs, &pair)) {
		if (span_has(pair.name, '=') || span_has(pair.name, '\0') ||
		    span_has(pair.value, '\0'))
			return RECORD_BROKEN;
		if (++n > FCGI_VARIABLES_MAX)
			return RECORD_LARGE_PARAMS;
	}
	return pairs.n == 0 ? RECORD_MORE : RECORD_BROKEN;
}

static bool
read_params(struct walk *w, unsigned char params[static FCGI_PARAMS_MAX])
{
	struct sink out;

	do {
		if (!next_of(w, RECORD_PARAMS))
			return false;
		if (w->h.content > FCGI_PARAMS_MAX - w->done->stream)
			return stop(w, RECORD_LARGE_PARAMS);
		if (!w->whole)
			return stop(w, RECORD_MORE);
		w->done->stream += w->h.content;
		pass(w);
	} while (w->h.content > 0);
	enter(w->done, RECORD_PART_STDIN);
	sink_init(&out, params, FCGI_PARAMS_MAX);
	w->out.state = check_pairs(
	    record_content(span_head(w->all, w->done->n), RECORD_PARAMS, &out));
	return w->out.state == RECORD_MORE;
}

static bool
read_stdin(struct walk *w)
{
	do {
		if (!next_of(w, RECORD_STDIN))
			return false;
		if (w->done->stream + w->here.n > HOOK_BODY_MAX)
			return stop(w, RECORD_LARGE_BODY);
		if (!w->whole)
			return stop(w, RECORD_MORE);
		w->done->stream += w->h.content;
		pass(w);
	} while (w->h.content > 0);
	return w->rest.n == 0 || stop(w, RECORD_BROKEN);
}

struct record
record_look(struct record_progress *done, struct span arrived,
    unsigned char params[static FCGI_PARAMS_MAX])
{
	struct walk w = { .done = done,
		.all = arrived,
		.rest = span_skip(arrived, done->n) };

	if ((done->part != RECORD_PART_FRONT || read_front(&w)) &&
	    (done->part != RECORD_PART_PARAMS || read_params(&w, params)) &&
	    read_stdin(&w))
		w.out.state = RECORD_WHOLE;
	w.out.id = done->id;
	w.out.keep = done->keep;
	return w.out;
}

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
record_answer(unsigned id, struct span text, struct sink *out)
{
	while (text.n > 0) {
		size_t n = text.n < CONTENT_MAX ? text.n : CONTENT_MAX;

		write_header(out, RECORD_STDOUT, id, n);
		sink_span(out, span_head(text, n));
		text = span_skip(text, n);
	}
	write_header(out, RECORD_STDOUT, id, 0);
	write_header(out, RECORD_END, id, 8);
	write_body(out, 0); /* status 0, FCGI_REQUEST_COMPLETE */
}

#define DECIMAL(n) DECIMAL_OF(n)
#define DECIMAL_OF(n) #n

static const struct value {
	const char *name, *value;
} values[] = {
	{ "FCGI_MAX_CONNS", DECIMAL(FCGI_CONNECTIONS_MAX) },
	{ "FCGI_MAX_REQS", DECIMAL(FCGI_CONNECTIONS_MAX) },
	{ "FCGI_MPXS_CONNS", "0" },
};

static bool
is_asked(struct span pairs, const char *name)
{
	struct record_pair pair;

	while (record_next_pair(&pairs, &pair))
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
		const struct value *v = &values[i];

		if (!is_asked(pairs, v->name))
			continue;
		sink_byte(&result, (unsigned char)strlen(v->name));
		sink_byte(&result, (unsigned char)strlen(v->value));
		sink_say(&result, "%s%s", v->name, v->value);
	}
	write_header(out, RECORD_GET_VALUES_RESULT, 0, result.n);
	sink_span(out, sink_view(&result));
}

bool
record_answer_management(const struct record *record, struct sink *out)
{
	if (record->type != RECORD_GET_VALUES) {
		write_header(out, RECORD_UNKNOWN, 0, 8);
		write_body(out, (unsigned char)record->type);
		return true;
	}
	if (check_pairs(record->content) != RECORD_MORE)
		return false;
	write_values(record->content, out);
	return true;
}
