/*
 * One request through handle(), with the world around it: what tests of the
 * core share. Include it once in a test, after test.h.
 */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include <jansson.h>

#include "app.h"
#include "deciding.h"
#include "fake_counters.h"
#include "session/jwt.h"

/* A random source that a test can fail. */
struct fixed_source {
	struct random_source source;
	bool fails;
};

static inline bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	struct fixed_source *s = (struct fixed_source *)(void *)self;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)i;
	return !s->fails;
}

static struct sandbox box;
static struct config *config; /* the test's, for refused() */
static struct fixed_source source = { { fill }, false };
static struct counting counting;
static struct world world;
static struct workspace workspace;
static struct answer answer;
static struct request request;
static char cookie[1024], bearer[1024];

static inline void
mint(const struct config *c, const char *payload, char *out, size_t size,
    const char *before)
{
	struct sink s;

	sink_init(&s, out, size - 1);
	sink_text(&s, before);
	assert_true(
	    jwt_make(&c->session, &c->session.keys[0], span_of(payload), &s));
	out[s.n] = '\0';
}

/* Reads the configuration, and logs alice in. */
static inline struct config *
asking_load(const char *text)
{
	struct config *c = sandbox_load(&box, text);

	if (c == NULL)
		fprintf(stderr, "%s", box.said);
	assert_non_null(c);
	mint(c, "{\"sub\":\"alice\",\"exp\":1767229200}", cookie,
	    sizeof(cookie), "session=");
	mint(c, "{\"sub\":\"alice\",\"exp\":1767229200}", bearer,
	    sizeof(bearer), "Bearer ");
	return c;
}

/*
 * A good request, which each test spoils in one place, and a world in order:
 * nothing has been counted.
 */
static inline void
good(const char *query)
{
	request = (struct request){ .intake = INTAKE_WHOLE,
		.method = SPAN_LIT("GET"),
		.query = span_of(query),
		.cookie = span_of(cookie),
		.remote_addr = SPAN_LIT("192.0.2.7") };
	source.fails = false;
	counting_open(&counting);
	world = (struct world){ .random = &source.source,
		.counters = &counting.counters };
}

static inline void
post(const char *query, const char *type, const char *body)
{
	good(query);
	request.method = SPAN_LIT("POST");
	request.content_type = span_of(type);
	request.body = span_of(body);
}

/* Asks in dirty memory; returns the status. */
static inline int
ask(const struct config *c)
{
	memset(&workspace, 0xa5, sizeof(workspace));
	memset(&answer, 0xa5, sizeof(answer));
	handle(c, &request, DECIDING_NOW, &world, &workspace, &answer);
	return answer.status;
}

/* The body as JSON, for json_decref(). */
static inline json_t *
body(void)
{
	json_error_t error;
	json_t *j;

	/* The program gave jansson an allocator of its own. */
	json_set_alloc_funcs(malloc, free);
	j = json_loadb((const char *)answer.body.p, answer.body.n,
	    JSON_REJECT_DUPLICATES, &error);

	assert_non_null(j);
	return j;
}

static inline bool
body_has(const char *path, const char *text)
{
	char name[64];
	json_t *all = body(), *at = all;
	bool same;

	for (const char *p = path; at != NULL && *p != '\0';) {
		size_t n = strcspn(p, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		at = json_object_get(at, name);
		p += n + (p[n] == '.');
	}
	same = at == NULL ? text == NULL
			  : text != NULL && json_string_value(at) != NULL &&
				strcmp(json_string_value(at), text) == 0;
	json_decref(all);
	return same;
}

/* A refusal of this kind, without a signature anywhere. */
static inline void
refused(int status, const char *code)
{
	assert_int_equal(ask(config), status);
	assert_string_equal(answer.code, code);
	assert_int_equal(answer.media, MEDIA_PROBLEM);
	assert_true(body_has("code", code));
	assert_true(body_has("request_id", "0001020304050607"));
	assert_true(body_has("signature", NULL));
	assert_true(body_has("fields", NULL));
	for (size_t i = 0; i + 11 < answer.body.n; i++)
		assert_true(
		    memcmp(answer.body.p + i, "\"signature\"", 11) != 0);
}

#endif
