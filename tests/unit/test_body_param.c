#include "test.h"

#include <stdio.h>
#include <string.h>

#include "http/body_param.h"
#include "params_text.h"

static int start(void **state);

static struct bench b;

/* The one member of a JSON object, as a parameter. */
static bool
read_member(const char *json, size_t room)
{
	json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	struct reading *r = bench_start(&b, room);
	void *m = json_object_iter(root);

	assert_non_null(m);
	return body_param(r, body_name(m), json_object_iter_value(m));
}

static void
refuses(const char *json, const char *code)
{
	assert_false(read_member(json, ARENA_MAX));
	assert_refused(&b.why, code);
}

/* A list or an object of n. */
static const char *
many(size_t n, bool object)
{
	static char json[LIST_MAX * 16];
	size_t at = (size_t)snprintf(
	    json, sizeof(json), "{\"context\":%c", object ? '{' : '[');

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(json + at, sizeof(json) - at,
		    object ? "%s\"%zu\":\"\"" : "%s\"%zu\"", i > 0 ? "," : "",
		    i);
	snprintf(json + at, sizeof(json) - at, "%c}", object ? '}' : ']');
	return json;
}

TEST_WITH(test_limits, start, NULL)
{
	for (int object = 0; object < 2; object++) {
		for (size_t n = LIST_MAX - 1; n <= LIST_MAX; n++) {
			assert_true(read_member(many(n, object), ARENA_MAX));
			assert_int_equal(b.params.p[0].n, n);
		}
		refuses(many(LIST_MAX + 1, object), "too_many context");
	}
}

TEST_WITH(test_room, start, NULL)
{
	static const char *const json[] = { "{\"context\":{\"a\":\"1\"}}",
		"{\"a\":[\"x\",\"y\"]}", "{\"a\":12}", "{\"a\":true}" };

	for (size_t i = 0; i < 4; i++) {
		size_t room = 0;

		while (!read_member(json[i], room++))
			assert_refused(&b.why, "too_many");
		assert_true(room > 16 && room < 256);
	}
}

/* json_loads() in this test takes from the heap. */
TEST_WITH(test_string, start, NULL)
{
	json_t *text = json_loads("\"a\"", JSON_DECODE_ANY, NULL);
	json_t *number = json_loads("1", JSON_DECODE_ANY, NULL);
	struct span out = SPAN_LIT("dirt");

	assert_true(
	    body_string(bench_start(&b, 0), SPAN_LIT("policy"), text, &out));
	assert_true(span_is(out, "a"));
	assert_false(
	    body_string(bench_start(&b, 0), SPAN_LIT("policy"), number, &out));
	assert_refused(&b.why, "malformed policy");
	assert_int_equal(out.n, 0);
}

/* What jansson takes from the heap here is wiped away as a whole. */
static unsigned char pool[1 << 20];
static struct arena heap;

static void *
take(size_t n)
{
	return arena_take(&heap, n);
}

static void
keep(void *p)
{
	(void)p;
}

FIXTURE(start)
{
	arena_init(&heap, pool, sizeof(pool));
	json_set_alloc_funcs(take, keep);
}
