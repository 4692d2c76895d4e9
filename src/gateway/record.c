#include "gateway/record.h"

#include "base/sink.h"
#include "gateway/pairs.h"

#define VERSION 1
#define RESPONDER 1
#define BEGIN_CONTENT 8

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

/*
 * A further record of the request at hand. libfcgi forgets the padding of a
 * stream's last record, and would take these bytes for the next record.
 */
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

/* The first record. Its padding libfcgi forgets as well. */
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
	return ((unsigned)p[0] << 8 | p[1]) == RESPONDER ||
	       stop(w, RECORD_ROLE);
}

/* All of the variables, which have arrived, one behind the other. */
static struct span
join_params(const struct walk *w, unsigned char params[static FCGI_PARAMS_MAX])
{
	struct walk again = { .rest = span_head(w->all, w->done->n) };
	struct sink out;

	sink_init(&out, params, FCGI_PARAMS_MAX);
	next_record(&again); /* BEGIN_REQUEST */
	while (again.rest.n > 0 && next_record(&again))
		sink_span(&out, again.here);
	return sink_view(&out);
}

static bool
read_params(struct walk *w, unsigned char params[static FCGI_PARAMS_MAX])
{
	enum pairs_verdict verdict;

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
	verdict = pairs_check(join_params(w, params));
	if (verdict == PAIRS_TOO_MANY)
		return stop(w, RECORD_LARGE_PARAMS);
	return verdict == PAIRS_GOOD || stop(w, RECORD_BROKEN);
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
	return w.out;
}
