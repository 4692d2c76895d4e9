#define _GNU_SOURCE /* realpath */

#include "gateway/serve.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gateway/php_files.h"
#include "store/store.h"

static_assert(PATH_TEXT_MAX + 1 >= PATH_MAX, "realpath() fits");

static const struct span out_of_room =
    SPAN_INIT("Status: 500 Internal Server Error\r\n"
	      "Content-Length: 0\r\n"
	      "Cache-Control: no-store\r\n"
	      "\r\n");

/*
 * What values may take in a line, so that nothing that a client sends pushes
 * anything else out of it. A byte takes up to four.
 */
#define SHORT_ROOM 64
#define CODE_ROOM 128
#define NAME_ROOM (4 * SEGMENT_MAX)
#define LONG_ROOM (4 * LOG_VALUE_MAX)
#define REASON_ROOM 704

#define NUMBER_WRITTEN(name) (sizeof(" " name "=") - 1 + 20)
#define VALUE_WRITTEN(name, room) (sizeof(" " name "=\"\"") - 1 + (room))

static_assert(
    sizeof("time=YYYY-MM-DDThh:mm:ssZ") - 1 +
	    VALUE_WRITTEN("request_id", SHORT_ROOM) +
	    sizeof(" decision=answered") - 1 + NUMBER_WRITTEN("status") +
	    VALUE_WRITTEN("code", CODE_ROOM) +
	    VALUE_WRITTEN("policy", NAME_ROOM) +
	    VALUE_WRITTEN("action", SHORT_ROOM) +
	    VALUE_WRITTEN("user", LONG_ROOM) +
	    VALUE_WRITTEN("public_id", LONG_ROOM) + NUMBER_WRITTEN("items") +
	    NUMBER_WRITTEN("granted") + VALUE_WRITTEN("param", NAME_ROOM) +
	    VALUE_WRITTEN("reason", REASON_ROOM) +
	    VALUE_WRITTEN("address", NAME_ROOM) + NUMBER_WRITTEN("us") <=
	LOG_LINE_MAX - LOG_LINE_SPARE,
    "a line of a request always fits");
static_assert(USER_MAX <= LOG_VALUE_MAX && ID_MAX <= LOG_VALUE_MAX &&
		  NAME_MAX_BYTES <= SEGMENT_MAX,
    "who and what are whole");

void
serve_init(struct serve *s)
{
	/* No more is written: pages that are not used cost no memory. */
	s->config = NULL;
	s->live = NULL;
	s->world =
	    (struct world){ .random = &random_kernel, .php = &php_files };
	log_file_init(&s->log, (struct span){ NULL, 0 });
	denied_init(&s->denied, (struct span){ NULL, 0 });
	s->root_text[0] = s->root_real[0] = '\0';
}

struct span
serve_user_variable(const struct serve *s)
{
	return s->config == NULL ? (struct span){ NULL, 0 }
				 : s->config->session.variable;
}

static struct span
path_of(const char *path)
{
	return path == NULL ? (struct span){ NULL, 0 } : span_of(path);
}

static void
change_log(struct serve *s, struct span path)
{
	if (path.n > 0 && span_eq(path_of(s->log.path), path)) {
		s->log.path = (const char *)path.p;
		return;
	}
	log_file_close(&s->log);
	log_file_init(&s->log, path);
	log_file_look(&s->log, clock_milliseconds());
}

static void
change_denied(struct serve *s, struct span path, bool probe)
{
	if (path.n > 0 && span_eq(path_of(s->denied.path), path)) {
		s->denied.path = (const char *)path.p;
		return;
	}
	denied_free(&s->denied);
	denied_init(&s->denied, path);
	if (probe)
		denied_now(&s->denied, clock_milliseconds());
}

static void
change_counters(struct serve *s, const struct config *config, bool probe)
{
	const char *reason = NULL;

	if (s->world.counters != NULL)
		s->world.counters->close(s->world.counters);
	s->world.counters = NULL;
	if (config == NULL || !config->counts)
		return;
	s->world.counters = store_new(&config->store);
	if (s->world.counters == NULL)
		reason = "there is no memory for the limits' counters";
	else if (probe)
		reason = s->world.counters->probe(s->world.counters);
	if (reason != NULL)
		log_event("start", span_of(reason));
}

void
serve_configure(struct serve *s, const struct config *config, bool probe)
{
	struct span none = { NULL, 0 };

	change_log(s, config == NULL ? none : config->log);
	change_denied(
	    s, config == NULL ? none : config->deny_users_file, probe);
	change_counters(s, config, probe);
	s->config = config;
}

void
serve_end(struct serve *s)
{
	if (s->world.counters != NULL)
		s->world.counters->close(s->world.counters);
	denied_free(&s->denied);
	log_file_close(&s->log);
	serve_init(s);
}

static const char *
decision_of(const struct answer *a)
{
	if (a->status >= 400 || (a->items > 0 && a->granted == 0))
		return "refused";
	return span_is(span_of(a->code), "granted") ? "granted" : "answered";
}

static void
log_some(
    struct log_line *line, const char *name, struct span value, size_t room)
{
	if (value.n > 0)
		log_value(line, name, value, room);
}

static void
log_request(
    const struct answer *a, struct span address, long long now, long long us)
{
	struct log_line line;

	log_start(&line, now, NULL);
	log_some(&line, "request_id", span_of(a->request_id), SHORT_ROOM);
	log_field(&line, "decision", span_of(decision_of(a)));
	log_number(&line, "status", a->status);
	log_some(&line, "code", span_of(a->code), CODE_ROOM);
	log_some(&line, "policy", a->policy, NAME_ROOM);
	log_some(&line, "action", span_of(a->action), SHORT_ROOM);
	log_some(&line, "user", a->user, LONG_ROOM);
	log_some(&line, "public_id", a->public_id, LONG_ROOM);
	if (a->items > 1) {
		log_number(&line, "items", a->items);
		log_number(&line, "granted", a->granted);
	}
	log_some(&line, "param", a->param, NAME_ROOM);
	log_some(&line, "reason", span_of(a->reason), REASON_ROOM);
	log_some(&line, "address", address, NAME_ROOM);
	log_number(&line, "us", us);
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

/* The answer's bytes; what is logged is what is sent. */
static struct span
written(struct serve *s, struct answer *answer)
{
	struct sink out;

	sink_init(&out, s->out, sizeof(s->out));
	answer_write(answer, &out);
	if (!out.full)
		return sink_view(&out);
	answer->status = 500;
	answer->code = "out_of_room";
	return out_of_room;
}

struct span
serve_answer(struct serve *s, const struct variables *v)
{
	struct request request = v->request;
	long long start = clock_microseconds(), now = clock_seconds();
	struct answer answer;
	struct span sent;

	log_file_look(&s->log, start / 1000);
	s->world.denied = denied_now(&s->denied, start / 1000);
	request.document_root = real_root(s, v->request.document_root);
	handle(s->config, &request, now, &s->world, &s->workspace, &answer);
	sent = written(s, &answer);
	log_request(
	    &answer, request.remote_addr, now, clock_microseconds() - start);
	log_file_check(&s->log, start / 1000);
	return sent;
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
