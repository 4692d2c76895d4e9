#define _GNU_SOURCE /* realpath */

#include "gateway/serve.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

static_assert(PATH_TEXT_MAX + 1 >= PATH_MAX, "realpath() fits");

static const struct span out_of_room =
    SPAN_INIT("Status: 500 Internal Server Error\r\n"
	      "Content-Length: 0\r\n"
	      "Cache-Control: no-store\r\n"
	      "\r\n");

void
serve_init(struct serve *s)
{
	/* No more is written: pages that are not used cost no memory. */
	s->config = NULL;
	s->world.random = &random_kernel;
	s->root_text[0] = s->root_real[0] = '\0';
}

long long
serve_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

long long
serve_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void
log_text(struct log_line *line, const char *name, struct span value)
{
	if (value.n > 0)
		log_field(line, name, value);
}

void
serve_log(const char *event, struct span reason)
{
	struct log_line line;

	log_start(&line, serve_now(), event);
	log_text(&line, "reason", reason);
	log_end(&line);
}

static void
log_refusal(
    const struct answer *a, const struct request *request, long long now)
{
	struct log_line line;

	log_start(&line, now, "refused");
	log_number(&line, "status", a->status);
	log_text(&line, "code", span_of(a->code));
	log_text(&line, "request_id", span_of(a->request_id));
	log_text(&line, "reason", span_of(a->reason));
	log_text(&line, "user", a->user);
	log_text(&line, "policy", a->policy);
	log_text(&line, "param", a->param);
	log_text(&line, "address", request->remote_addr);
	log_end(&line);
}

/*
 * DOCUMENT_ROOT without links; as given where the path cannot be followed
 * from here, as behind a server on another machine. A process sees one or
 * few of them, so the last one is kept.
 */
static struct span
real_root(struct serve *s, struct span text)
{
	if (text.n == 0 || text.n > PATH_TEXT_MAX)
		return (struct span){ NULL, 0 };
	if (!span_is(text, s->root_text)) {
		memcpy(s->root_text, text.p, text.n);
		s->root_text[text.n] = '\0';
		if (realpath(s->root_text, s->root_real) == NULL)
			memcpy(s->root_real, s->root_text, text.n + 1);
	}
	return span_of(s->root_real);
}

struct span
serve_answer(struct serve *s, const struct variables *v)
{
	struct request request = v->request;
	long long now = serve_now();
	struct answer answer;
	struct sink out;

	request.document_root = real_root(s, v->request.document_root);
	handle(s->config, &request, now, &s->world, &s->workspace, &answer);
	if (answer.status >= 400)
		log_refusal(&answer, &request, now);
	sink_init(&out, s->out, sizeof(s->out));
	answer_write(&answer, &out);
	return out.full ? out_of_room : sink_view(&out);
}

struct span
serve_refusal(struct serve *s, enum intake intake, struct span about)
{
	struct variables v = { .request = {
				   .intake = intake,
				   .about = about,
				   /* whatever it was: this comes first */
				   .method = SPAN_INIT("GET"),
			       } };

	return serve_answer(s, &v);
}
