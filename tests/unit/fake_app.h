/*
 * A core that only says what it was given, in place of app.c: what the
 * gateways do is seen in its answers. Includes code: once in a program.
 */
#ifndef TESTS_FAKE_APP_H
#define TESTS_FAKE_APP_H

#include <time.h>

#include "app.h"

/* What the log is told, when its code is not NULL, and what the core was given.
 */
struct answer fake_answer;
struct world fake_world;

void fake_handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out);

/* The number behind name in the query, 0 when it is not there. */
static long long
fake_number(struct span query, const char *name)
{
	struct span_cut cut = span_cut(query, '=');
	long long n = 0;

	if (span_is(cut.head, name))
		span_digits(cut.tail, &n);
	return n;
}

static int
fake_status(enum intake intake)
{
	if (intake == INTAKE_WHOLE)
		return 200;
	if (intake == INTAKE_TOO_LARGE)
		return 413;
	return intake == INTAKE_ROLE ? 403 : 400;
}

void
fake_handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out)
{
	long long ms = fake_number(request->query, "sleep");
	long long big = fake_number(request->query, "big");
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct sink body;

	(void)config;
	(void)now;
	fake_world = *world;
	if (ms > 0)
		nanosleep(&t, NULL);
	sink_init(&body, ws->body, sizeof(ws->body));
	sink_say(&body, "intake=%d about=%v method=%v query=%v body=%v root=%v",
	    (long long)request->intake, request->about, request->method,
	    request->query,
	    request->body.n > 64 ? SPAN_LIT("long") : request->body,
	    request->document_root);
	for (long long i = 0; i < big; i++)
		sink_byte(&body, '.');
	*out = fake_answer;
	if (out->code == NULL) {
		out->status = fake_status(request->intake);
		out->code = "fake";
	}
	out->media = MEDIA_JSON;
	out->body = sink_view(&body);
}

#endif
