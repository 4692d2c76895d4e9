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
	struct span rest; /* what has arrived and was not looked at */
	struct header h;  /* of the record at hand */
	struct span here; /* as much of its content as has arrived */
	bool all;         /* so has all of it, and its padding */
	struct sink params;
	size_t body;
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
	w->all = w->rest.n >= n;
	w->here = w->rest.n > w->h.content ? span_head(w->rest, w->h.content)
					   : w->rest;
	w->rest = span_skip(w->rest, w->all ? n : w->rest.n);
	return true;
}

static bool
stop(struct walk *w, enum record_state state)
{
	w->out.state = state;
	return false;
}

/* A further record of the request at hand. */
static bool
next_of(struct walk *w, enum record_type type)
{
	if (!next_record(w))
		return false;
	if (w->h.id != w->out.id)
		return stop(w, RECORD_BROKEN);
	if (w->h.type == RECORD_ABORT)
		return stop(w, RECORD_ABORTED);
	return w->h.type == type || stop(w, RECORD_BROKEN);
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
	if (!w->all)
		return stop(w, RECORD_MORE);
	w->out.id = w->h.id;
	w->out.type = w->h.type;
	w->out.content = w->here;
	w->out.size = RECORD_HEADER + w->h.content + w->h.padding;
	if (w->h.id == 0)
		return stop(w, RECORD_MANAGEMENT);
	p = w->here.p;
	return ((unsigned)p[0] << 8 | p[1]) == RESPONDER ||
	       stop(w, RECORD_ROLE);
}

static bool
read_params(struct walk *w)
{
	enum pairs_verdict verdict;

	do {
		if (!next_of(w, RECORD_PARAMS))
			return false;
		if (w->h.content > w->params.cap - w->params.n)
			return stop(w, RECORD_LARGE_PARAMS);
		if (!w->all)
			return stop(w, RECORD_MORE);
		sink_span(&w->params, w->here);
	} while (w->h.content > 0);
	verdict = pairs_check(sink_view(&w->params));
	if (verdict == PAIRS_TOO_MANY)
		return stop(w, RECORD_LARGE_PARAMS);
	return verdict == PAIRS_GOOD || stop(w, RECORD_BROKEN);
}

/*
 * The padding of the last record would stay behind, in front of the next
 * request: libfcgi stops reading at the last header.
 */
static bool
read_stdin(struct walk *w)
{
	do {
		if (!next_of(w, RECORD_STDIN))
			return false;
		w->body += w->here.n;
		if (w->body > HOOK_BODY_MAX)
			return stop(w, RECORD_LARGE_BODY);
		if (w->h.content == 0 && w->h.padding > 0)
			return stop(w, RECORD_BROKEN);
		if (!w->all)
			return stop(w, RECORD_MORE);
	} while (w->h.content > 0);
	return w->rest.n == 0 || stop(w, RECORD_BROKEN);
}

struct record
record_look(struct span arrived, unsigned char params[static FCGI_PARAMS_MAX])
{
	struct walk w = { .rest = arrived };

	sink_init(&w.params, params, FCGI_PARAMS_MAX);
	if (read_front(&w) && read_params(&w) && read_stdin(&w))
		w.out.state = RECORD_WHOLE;
	return w.out;
}
