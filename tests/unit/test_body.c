#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "http/body.h"
#include "params_text.h"

static struct bench b;
static struct params items[BATCH_MAX];
static struct ask ask;

static bool
body_in(struct span json, bool chosen_only, size_t room)
{
	struct reading *r = bench_start(&b, room);

	memset(items, 0xa5, sizeof(items));
	items[0].n = 0;
	r->params = items;
	ask = (struct ask){
		.contract = CONTRACT_TEXT, .n = 99, .list = true, .items = items
	};
	return body_read(json, chosen_only, r, &ask);
}

static bool
body(struct span json, bool chosen_only)
{
	struct span copy = guarded(json);
	bool ok = body_in(copy, chosen_only, ARENA_MAX);

	guard_free(copy);
	return ok;
}

/* Views are into the arena, not into the body. */
static void
takes(const char *json, const char *policy, const char *text)
{
	assert_true(body(span_of(json), false));
	assert_int_equal(b.why.status, 0);
	assert_int_equal(ask.contract, CONTRACT_NONE);
	assert_int_equal(ask.n, 1);
	assert_false(ask.list);
	assert_true(span_is(b.r.policy, policy));
	assert_params(&items[0], text);
}

static void
takes_final(const char *json, const char *policy, const char *text)
{
	for (int only = 0; only < 2; only++) {
		assert_true(body(span_of(json), only));
		assert_int_equal(ask.contract, CONTRACT_PARAMS_TO_SIGN);
		assert_int_equal(ask.n, 1);
		assert_false(ask.list);
		assert_true(span_is(b.r.policy, policy));
		assert_params(&items[0], text);
	}
}

/* The items' texts, "; " between them. */
static void
takes_items(const char *json, bool list, size_t n, const char *text)
{
	for (int only = 0; only < 2; only++) {
		unsigned char mem[4096];
		struct sink out;

		if (!body(span_of(json), only))
			fail_msg("%s", (const char *)b.why.text);
		assert_int_equal(ask.contract, CONTRACT_PREPARE);
		assert_int_equal(ask.n, n);
		assert_int_equal(ask.list, list);
		sink_init(&out, mem, sizeof(mem));
		for (size_t i = 0; i < n; i++) {
			sink_text(&out, i > 0 ? "; " : "");
			params_text(&items[i], &out);
		}
		if (!span_is(sink_view(&out), text))
			fail_msg("%.*s is not %s", (int)out.n,
			    (const char *)mem, text);
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

TEST(test_plain)
{
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
	takes("{\"contract\":\"text\"}", "", "");
	assert_int_equal(b.r.contract, CONTRACT_TEXT);
	refuses("{\"contract\":\"x\"}", "contract_unknown contract");
	refuses("{\"contract\":1}", "malformed contract");
	refuses("{\"data[a]\":\"1\"}", "bad_name");
	refuses("{\"data\":{\"a\":\"1\"}}", "malformed data");
	refuses("{\"publicId\":\"a\"}", "bad_name");
	refuses("{\"a\":\"1\",\"B\":\"2\"}", "bad_name");
}

TEST(test_final)
{
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
	refuses("{\"paramsToSign\":{},\"contract\":\"text\"}",
	    "contract_unknown contract");
	refuses("{\"contract\":\"plain\",\"paramsToSign\":{}}",
	    "contract_unknown contract");
	refuses("{\"paramsToSign\":{\"publicId\":\"a\"}}", "bad_name");
	refuses("{\"paramsToSign\":{\"paramsToSign\":{}}}", "bad_name");
	refuses("{\"paramstosign\":{}}", "malformed paramstosign");
	refuses("{\"ParamsToSign\":{}}", "bad_name");
}

TEST(test_items)
{
	takes_items("{\"prepareUploadParams\":{}}", false, 1, "");
	takes_items("{\"prepareUploadParams\":[{}]}", true, 1, "");
	takes_items("{\"prepareUploadParams\":[{\"tags\":[\"x\",\"y\"]},{},"
		    "{\"context\":{\"k\":\"v\"},\"n\":1}]}",
	    true, 3, "tags=[<x><y>]; ; context={<k><v>} n=<1>");
	takes_items("{\"prepareUploadParams\":{\"a\":\"1\"},\"policy\":"
		    "\"w\"}",
	    false, 1, "a=<1>");
	assert_true(span_is(b.r.policy, "w"));
	takes_items("{\"prepareUploadParams\":[{\"a\":\"1\"},{\"a\":\"2\"}]}",
	    true, 2, "a=<1>; a=<2>");
	refuses("{\"prepareUploadParams\":[]}", "malformed");
	refuses("{\"prepareUploadParams\":null}", "malformed");
	refuses("{\"prepareUploadParams\":\"a\"}", "malformed");
	refuses("{\"prepareUploadParams\":true}", "malformed");
	refuses("{\"prepareUploadParams\":[null]}", "malformed");
	refuses("{\"prepareUploadParams\":[{},\"a\"]}", "malformed");
	refuses("{\"prepareUploadParams\":[[{}]]}", "malformed");
	refuses("{\"prepareUploadParams\":[{},{\"a\":null}]}", "malformed a");
	refuses("{\"prepareUploadParams\":{\"a\":{}}}", "malformed a");
	refuses("{\"prepareUploadParams\":{\"a\":[[\"b\"]]}}", "malformed a");
	refuses(
	    "{\"prepareUploadParams\":{\"policy\":\"w\"}}", "malformed policy");
	refuses("{\"prepareUploadParams\":[{},{\"contract\":\"w\"}]}",
	    "malformed contract");
	refuses("{\"prepareUploadParams\":{},\"a\":\"1\"}", "malformed");
	refuses("{\"prepareUploadParams\":{},\"contract\":\"text\"}",
	    "contract_unknown contract");
	refuses(
	    "{\"prepareUploadParams\":{},\"paramsToSign\":{}}", "duplicate");
	refuses(
	    "{\"params_to_sign\":{},\"prepareUploadParams\":{}}", "duplicate");
	refuses("{\"prepare_upload_params\":{}}",
	    "malformed prepare_upload_params");
}

/* The widget's names stand for Cloudinary's, and only in its own contract. */
TEST(test_camel)
{
	takes_items("{\"prepareUploadParams\":{\"publicId\":\"a\","
		    "\"uploadPreset\":\"b\",\"resourceType\":\"c\","
		    "\"useFilename\":true,\"uniqueFilename\":false,"
		    "\"qualityAnalysis\":true,\"folder\":\"d\"}}",
	    false, 1,
	    "public_id=<a> upload_preset=<b> resource_type=<c> "
	    "use_filename=<true> unique_filename=<false> "
	    "quality_analysis=<true> folder=<d>");
	takes_items("{\"prepareUploadParams\":[{\"publicId\":\"a\"},"
		    "{\"public_id\":\"b\"}]}",
	    true, 2, "public_id=<a>; public_id=<b>");
	refuses("{\"prepareUploadParams\":{\"publicId\":\"a\","
		"\"public_id\":\"a\"}}",
	    "duplicate public_id");
	refuses("{\"prepareUploadParams\":{\"public_id\":\"a\","
		"\"publicId\":\"a\"}}",
	    "duplicate public_id");
	refuses("{\"prepareUploadParams\":{\"PublicId\":\"a\"}}", "bad_name");
	refuses("{\"prepareUploadParams\":{\"publicID\":\"a\"}}", "bad_name");
	refuses("{\"prepareUploadParams\":{\"apiKey\":\"a\"}}", "bad_name");
	refuses(
	    "{\"prepareUploadParams\":{\"auditContext\":\"a\"}}", "bad_name");
	refuses(
	    "{\"prepareUploadParams\":{\"displayName\":\"a\"}}", "bad_name");
}

/* A list of n items of m names each. */
static struct span
batch(size_t n, size_t m)
{
	static char json[BODY_MAX];
	size_t at =
	    (size_t)snprintf(json, sizeof(json), "{\"prepareUploadParams\":[");

	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(
		    json + at, sizeof(json) - at, "%s{", i > 0 ? "," : "");
		for (size_t k = 0; k < m; k++)
			at += (size_t)snprintf(json + at, sizeof(json) - at,
			    "%s\"%c%c\":\"\"", k > 0 ? "," : "",
			    (int)('a' + k / 26), (int)('a' + k % 26));
		json[at++] = '}';
	}
	at += (size_t)snprintf(json + at, sizeof(json) - at, "]}");
	assert_true(at < sizeof(json));
	return (struct span){ (unsigned char *)json, at };
}

TEST(test_batch_limits)
{
	for (size_t n = BATCH_MAX - 1; n <= BATCH_MAX; n++) {
		assert_true(body(batch(n, 1), true));
		assert_int_equal(ask.n, n);
		assert_params(&items[n - 1], "aa=<>");
	}
	refuses_span(batch(BATCH_MAX + 1, 0), "too_many");
	assert_true(body(batch(BATCH_MAX, PARAMS_MAX), true));
	assert_int_equal(items[BATCH_MAX - 1].n, PARAMS_MAX);
	refuses_span(batch(1, PARAMS_MAX + 1), "too_many cm");
}

TEST(test_chosen_only)
{
	assert_false(body(SPAN_LIT("{\"a\":\"1\"}"), true));
	assert_int_equal(b.why.status, 415);
	assert_int_equal(ask.contract, CONTRACT_NONE);
	assert_false(body(SPAN_LIT("{}"), true));
	assert_int_equal(b.why.status, 415);
	assert_false(body(SPAN_LIT("{"), true));
	assert_int_equal(b.why.status, 400);
}

TEST(test_not_json)
{
	static const char *const bad[] = { "", " ", "{", "}", "{}{}", "{},",
		"{}x", "[]", "[{}]", "\"a\"", "1", "null", "true", "{a:1}",
		"{'a':1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
		"{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.5}",
		"{\"a\":NaN}", "{\"a\":True}", "{\"a\":0x1}",
		"{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}",
		"{\"a\":\"\\u0000\"}", "{\"a\\u0000\":1}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\x41\"}", "{\"a\":\"\n\"}", "{\"a\":\"\xff\"}",
		"{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}",
		"\xef\xbb\xbf{}", "/**/{}", "{}//", "a=1", "\x0b{}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i], "malformed");
	refuses("{\"a\":1e400}", "malformed a");
	refuses_span(SPAN_LIT("{}\0"), "malformed");
	refuses_span(SPAN_LIT("{\0}"), "malformed");
	refuses_span(SPAN_LIT("{\"a\":\"\0\"}"), "malformed");
	refuses_span(SPAN_LIT("{\"a\":1}\0{\"b\":2}"), "malformed");
}

TEST(test_twice)
{
	refuses("{\"a\":1,\"a\":1}", "duplicate");
	refuses("{\"a\":1,\"b\":2,\"\\u0061\":1}", "duplicate");
	refuses("{\"policy\":\"a\",\"policy\":\"a\"}", "duplicate");
	refuses("{\"paramsToSign\":{},\"paramsToSign\":{}}", "duplicate");
	refuses("{\"context\":{\"a\":\"1\",\"a\":\"2\"}}", "duplicate");
	takes("{\"a\":1,\"b\":1}", "", "a=<1> b=<1>");
}

TEST(test_truncated)
{
	struct span all =
	    SPAN_LIT("{\"paramsToSign\":{\"a\":\"\\u00e9\",\"t\":[\"x\",\"y\"],"
		     "\"context\":{\"k\":\"v\"},\"n\":12},\"policy\":\"w\"}");

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

TEST(test_depth)
{
	static char deep[BODY_MAX];

	check_depth(JSON_DEPTH_MAX - 1, "bad_name", "\"[[[[");
	check_depth(JSON_DEPTH_MAX, "bad_name", "\"[[[[");
	check_depth(JSON_DEPTH_MAX + 1, "malformed", "The JSON is nested");
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

TEST(test_members)
{
	assert_true(body(members(PARAMS_MAX), false));
	assert_int_equal(items[0].n, PARAMS_MAX);
	refuses_span(members(PARAMS_MAX + 1), "too_many cm");
	refuses_span(members(JSON_MEMBERS_MAX), "too_many cm");
	refuses_span(members(JSON_MEMBERS_MAX + 1), "too_many");
	assert_true(span_is(sink_view(&b.why.detail),
	    "An object in the JSON has more than 100 names."));
}

/* Numbers have one spelling: what others read as 0 too is refused. */
TEST(test_numbers)
{
	static const char *const bad[] = { "{\"n\":-0}", "{\"n\":-0.0}",
		"{\"n\":-0.5}", "{\"n\":-0e0}", "{\"n\":1.0}", "{\"n\":1e3}",
		"{\"n\":1E3}", "{\"n\":1e-07}", "{\"n\":0.5}", "{\"n\":[-0]}",
		"{\"n\":007}", "{\"n\":-01}", "{\"n\":+1}", "{\"n\":- 1}" };

	takes("{\"a\":-1,\"b\":0,\"c\":\"-0\",\"d\":\"\\\"-0\",\"e\":-10}", "",
	    "a=<-1> b=<0> c=<-0> d=<\"-0> e=<-10>");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(body(span_of(bad[i]), false));
		assert_int_equal(b.why.status, 400);
		assert_string_equal(b.why.code, "malformed");
	}
	refuses("{\"a\":\"b\",\"n\":-0}", "malformed");
	assert_true(span_is(sink_view(&b.why.detail),
	    "The number behind \"n\" begins with -0, which has another "
	    "spelling; send it as a string."));
}

/* Memory is refused at every place where it is asked for. */
TEST(test_room)
{
	struct span json =
	    SPAN_LIT("{\"paramsToSign\":{\"a\":\"\\u00e9\",\"t\":[\"x\",\"y\"],"
		     "\"context\":{\"k\":\"v\"},\"n\":12},\"policy\":\"w\"}");
	size_t room = 0;

	while (!body_in(json, true, room++))
		assert_refused(&b.why, "too_many");
	assert_true(room > 100 && room < 16384);
	assert_int_equal(ask.contract, CONTRACT_PARAMS_TO_SIGN);
	assert_params(&items[0], "a=<\xc3\xa9> t=[<x><y>] context={<k><v>} "
				 "n=<12>");
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

TEST(test_elements)
{
	for (int object = 0; object < 2; object++)
		for (size_t n = LIST_MAX - 1; n <= LIST_MAX; n++) {
			assert_true(body(span_of(many(n, object)), false));
			assert_int_equal(items[0].p[0].n, n);
		}
	refuses(many(LIST_MAX + 1, false), "too_many context");
	/* Said of the text before it is said of the parameter. */
	refuses(many(LIST_MAX + 1, true), "too_many");
}

/* As many strings as a body can hold: room, or a clear refusal. */
TEST(test_largest)
{
	static char json[BODY_MAX];
	size_t at = 0;

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
