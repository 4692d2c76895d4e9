#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/body.h"
#include "params_text.h"

static struct bench b;
static bool is_final;

static bool
body(struct span json, bool final_only)
{
	struct span copy = guarded(json);
	bool ok;

	is_final = true;
	ok = body_read(copy, final_only, bench_start(&b, ARENA_MAX), &is_final);
	guard_free(copy);
	return ok;
}

/* Views are into the arena, not into the body. */
static void
takes(const char *json, const char *policy, const char *text)
{
	assert_true(body(span_of(json), false));
	assert_int_equal(b.why.status, 0);
	assert_false(is_final);
	assert_true(span_is(b.r.policy, policy));
	assert_params(&b.params, text);
}

static void
takes_final(const char *json, const char *policy, const char *text)
{
	for (int only = 0; only < 2; only++) {
		assert_true(body(span_of(json), only));
		assert_true(is_final);
		assert_true(span_is(b.r.policy, policy));
		assert_params(&b.params, text);
	}
}

static void
refuses_span(struct span json, const char *code)
{
	assert_false(body(json, false));
	assert_refused(&b.why, code);
}

static void
refuses(const char *json, const char *code)
{
	refuses_span(span_of(json), code);
}

static void
test_plain(void **state)
{
	(void)state;
	takes("{}", "", "");
	takes(" \t\r\n{ } \n", "", "");
	takes("{\"policy\":\"avatar\",\"tags\":[\"a\",\"b\"],\"n\":1}",
	    "avatar", "tags=[<a><b>] n=<1>");
	takes("{\"z\":\"1\",\"a\":\"2\"}", "", "z=<1> a=<2>");
	takes("{\"b\":\"1\",\"policy\":\"p\"}", "p", "b=<1>");
	refuses("{\"policy\":1}", "malformed policy");
	refuses("{\"policy\":[\"a\"]}", "malformed policy");
	refuses("{\"policy\":null}", "malformed policy");
	refuses("{\"policy\":\"\"}", "malformed policy");
	refuses("{\"policy\":\"a\\n\"}", "malformed policy");
	refuses("{\"contract\":\"text\"}", "contract_unknown contract");
	refuses("{\"a\":\"1\",\"B\":\"2\"}", "bad_name");
}

static void
test_final(void **state)
{
	(void)state;
	takes_final("{\"paramsToSign\":{}}", "", "");
	takes_final("{\"paramsToSign\":{\"timestamp\":1,\"source\":\"uw\"}}",
	    "", "timestamp=<1> source=<uw>");
	takes_final("{\"params_to_sign\":{\"a\":\"1\"},\"policy\":\"w\"}", "w",
	    "a=<1>");
	takes_final(
	    "{\"policy\":\"w\",\"paramsToSign\":{\"a\":\"1\"}}", "w", "a=<1>");
	refuses("{\"paramsToSign\":{},\"params_to_sign\":{}}", "duplicate");
	refuses("{\"paramsToSign\":{},\"a\":\"1\"}", "malformed");
	refuses("{\"a\":\"1\",\"paramsToSign\":{}}", "malformed");
	refuses("{\"paramsToSign\":[]}", "malformed");
	refuses("{\"paramsToSign\":\"a\"}", "malformed");
	refuses("{\"paramsToSign\":null}", "malformed");
	refuses("{\"paramsToSign\":{\"policy\":\"w\"}}", "malformed policy");
	refuses(
	    "{\"paramsToSign\":{\"contract\":\"w\"}}", "malformed contract");
	refuses("{\"paramsToSign\":{},\"contract\":\"x\"}",
	    "contract_unknown contract");
	refuses("{\"paramsToSign\":{\"paramsToSign\":{}}}", "bad_name");
	refuses("{\"paramstosign\":{}}", "malformed paramstosign");
	refuses("{\"ParamsToSign\":{}}", "bad_name");
}

static void
test_final_only(void **state)
{
	(void)state;
	assert_false(body(SPAN_LIT("{\"a\":\"1\"}"), true));
	assert_int_equal(b.why.status, 415);
	assert_false(is_final);
	assert_false(body(SPAN_LIT("{}"), true));
	assert_int_equal(b.why.status, 415);
	assert_false(body(SPAN_LIT("{"), true));
	assert_int_equal(b.why.status, 400);
}

static void
test_not_json(void **state)
{
	static const char *const bad[] = { "", " ", "{", "}", "{}{}", "{},",
		"{}x", "[]", "[{}]", "\"a\"", "1", "null", "true", "{a:1}",
		"{'a':1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
		"{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.5}",
		"{\"a\":NaN}", "{\"a\":True}", "{\"a\":0x1}", "{\"a\":1e400}",
		"{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}",
		"{\"a\":\"\\u0000\"}", "{\"a\\u0000\":1}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\x41\"}", "{\"a\":\"\n\"}", "{\"a\":\"\xff\"}",
		"{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}",
		"\xef\xbb\xbf{}", "/**/{}", "{}//", "a=1", "\x0b{}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i], "malformed");
	refuses_span(SPAN_LIT("{}\0"), "malformed");
	refuses_span(SPAN_LIT("{\0}"), "malformed");
	refuses_span(SPAN_LIT("{\"a\":\"\0\"}"), "malformed");
	refuses_span(SPAN_LIT("{\"a\":1}\0{\"b\":2}"), "malformed");
}

static void
test_twice(void **state)
{
	(void)state;
	refuses("{\"a\":1,\"a\":1}", "duplicate");
	refuses("{\"a\":1,\"b\":2,\"\\u0061\":1}", "duplicate");
	refuses("{\"policy\":\"a\",\"policy\":\"a\"}", "duplicate");
	refuses("{\"paramsToSign\":{},\"paramsToSign\":{}}", "duplicate");
	refuses("{\"context\":{\"a\":\"1\",\"a\":\"2\"}}", "duplicate");
	takes("{\"a\":1,\"b\":1}", "", "a=<1> b=<1>");
}

static void
test_truncated(void **state)
{
	struct span all =
	    SPAN_LIT("{\"paramsToSign\":{\"a\":\"\\u00e9\",\"t\":[\"x\",\"y\"],"
		     "\"context\":{\"k\":\"v\"},\"n\":12},\"policy\":\"w\"}");

	(void)state;
	assert_true(body(all, true));
	for (size_t n = 0; n < all.n; n++)
		refuses_span(span_head(all, n), "malformed");
}

/* depth brackets in all, brackets inside strings not counted. */
static void
check_depth(size_t depth, const char *code, const char *text)
{
	char json[64];
	size_t at = (size_t)snprintf(json, sizeof(json), "{\"[[[[\\\"[\":");

	for (size_t i = 1; i < depth; i++)
		json[at++] = '[';
	for (size_t i = 1; i < depth; i++)
		json[at++] = ']';
	json[at++] = '}';
	refuses_span((struct span){ (unsigned char *)json, at }, code);
	assert_int_equal(
	    span_starts(sink_view(&b.why.detail), span_of(text)), true);
}

static void
test_depth(void **state)
{
	static char deep[BODY_MAX];

	(void)state;
	check_depth(JSON_DEPTH_MAX - 1, "bad_name", "\"[[[[");
	check_depth(JSON_DEPTH_MAX, "bad_name", "\"[[[[");
	check_depth(JSON_DEPTH_MAX + 1, "malformed", "The body is nested");
	memset(deep, '[', sizeof(deep));
	refuses_span(
	    (struct span){ (unsigned char *)deep, sizeof(deep) }, "malformed");
	memset(deep, '"', sizeof(deep));
	refuses_span(
	    (struct span){ (unsigned char *)deep, sizeof(deep) }, "malformed");
	memset(deep, '\\', sizeof(deep));
	refuses_span(
	    (struct span){ (unsigned char *)deep, sizeof(deep) }, "malformed");
}

/* An object of n members. */
static struct span
members(size_t n)
{
	static char json[JSON_MEMBERS_MAX * 16];
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(json + at, sizeof(json) - at,
		    "%c\"%c%c\":\"\"", i > 0 ? ',' : '{', (int)('a' + i / 26),
		    (int)('a' + i % 26));
	json[at++] = '}';
	return (struct span){ (unsigned char *)json, at };
}

static void
test_members(void **state)
{
	(void)state;
	assert_true(body(members(PARAMS_MAX), false));
	assert_int_equal(b.params.n, PARAMS_MAX);
	refuses_span(members(PARAMS_MAX + 1), "too_many cm");
	refuses_span(members(JSON_MEMBERS_MAX), "too_many cm");
	refuses_span(members(JSON_MEMBERS_MAX + 1), "too_many");
}

/* jansson is refused memory at every place where it asks. */
static void
test_room(void **state)
{
	struct span json =
	    SPAN_LIT("{\"paramsToSign\":{\"a\":\"\\u00e9\",\"t\":[\"x\",\"y\"],"
		     "\"context\":{\"k\":\"v\"},\"n\":12},\"policy\":\"w\"}");
	size_t room = 0;

	(void)state;
	while (!body_read(json, true, bench_start(&b, room++), &is_final))
		assert_refused(&b.why, "too_many");
	assert_true(room > 500 && room < 16384);
	assert_true(is_final);
	assert_params(&b.params, "a=<\xc3\xa9> t=[<x><y>] context={<k><v>} "
				 "n=<12>");
}

/* As many strings as a body can hold: room, or a clear refusal. */
static void
test_largest(void **state)
{
	static char json[BODY_MAX];
	size_t at = 0;

	(void)state;
	json[at++] = '{';
	for (int i = 0; at + 410 < sizeof(json); i++) {
		at += (size_t)snprintf(json + at, sizeof(json) - at,
		    "%s\"%c%c\":[\"\"", i > 0 ? "," : "", 'a' + i / 26,
		    'a' + i % 26);
		for (int k = 1; k < LIST_MAX; k++)
			at += (size_t)snprintf(
			    json + at, sizeof(json) - at, ",\"\"");
		json[at++] = ']';
	}
	json[at++] = '}';
	if (!body((struct span){ (unsigned char *)json, at }, false))
		assert_refused(&b.why, "too_many");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_final),
		cmocka_unit_test(test_final_only),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
