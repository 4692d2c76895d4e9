#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/ask.h"
#include "params_text.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

static struct bench b;
static struct params items[BATCH_MAX];
static struct ask ask;
static struct request request;

/* A request, in memory that ends where it ends. */
static bool
read_spans(
    const char *method, struct span query, const char *type, struct span body)
{
	request = (struct request){ .intake = INTAKE_WHOLE,
		.method = guarded(span_of(method)),
		.query = guarded(query),
		.content_type = guarded(span_of(type)),
		.body = guarded(body) };
	memset(items, 0xa5, sizeof(items));
	ask = (struct ask){ CONTRACT_PARAMS_TO_SIGN, SPAN_LIT("dirt"), true, 99,
		items };
	bench_start(&b, ARENA_MAX);
	return ask_read(&request, &b.arena, &ask, &b.why);
}

static void
release(void)
{
	guard_free(request.method);
	guard_free(request.query);
	guard_free(request.content_type);
	guard_free(request.body);
}

static void
takes(const char *method, const char *query, const char *type, const char *body,
    enum contract contract, const char *policy, const char *text)
{
	if (!read_spans(method, span_of(query), type, span_of(body)))
		fail_msg("%s", (const char *)b.why.text);
	assert_int_equal(b.why.status, 0);
	assert_int_equal(ask.contract, contract);
	assert_true(span_is(ask.policy, policy));
	assert_int_equal(ask.n, 1);
	assert_false(ask.list);
	assert_ptr_equal(ask.items, items);
	assert_params(&ask.items[0], text);
	release();
}

static void
assert_nothing(int status, const char *code)
{
	assert_int_equal(b.why.status, status);
	assert_string_equal(b.why.code, code);
	assert_true(sink_view(&b.why.detail).n > 0);
	assert_int_equal(ask.contract, CONTRACT_NONE);
	assert_int_equal(ask.policy.n + ask.n + items[0].n, 0);
	assert_false(ask.list);
	assert_ptr_equal(ask.items, items);
}

static void
refuses(const char *method, const char *query, const char *type,
    const char *body, int status, const char *code)
{
	assert_false(read_spans(method, span_of(query), type, span_of(body)));
	assert_nothing(status, code);
	release();
}

static void
test_get(void **state)
{
	(void)state;
	takes("GET", "", "", "", CONTRACT_PLAIN, "", "");
	takes("GET", "policy=avatar&tags[]=a&n=1", "", "", CONTRACT_PLAIN,
	    "avatar", "tags=[<a>] n=<1>");
	takes("GET", "a=1", "image/png", "", CONTRACT_PLAIN, "", "a=<1>");
	refuses("GET", "a=1&a=2", "", "", 400, "duplicate");
	refuses("GET", "a=%zz", "", "", 400, "malformed");
	refuses("GET", "a=1", "", "x", 400, "malformed");
	refuses("GET", "", FORM, "a=1", 400, "malformed");
	refuses("GET", "policy=a&contract=x", "", "", 400, "contract_unknown");
}

static void
test_method(void **state)
{
	static const char *const other[] = { "", "get", "Get", "GET ", "HEAD",
		"OPTIONS", "PUT", "post", "FOO", "GETX", "POS" };

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		refuses(other[i], "a=1", "", "", 405, "method");
}

static void
test_post_form(void **state)
{
	(void)state;
	takes("POST", "", FORM, "policy=a&t=1", CONTRACT_PLAIN, "a", "t=<1>");
	takes("POST", "policy=a", FORM, "t=1", CONTRACT_PLAIN, "a", "t=<1>");
	takes("POST", "policy=a", FORM, "", CONTRACT_PLAIN, "a", "");
	refuses("POST", "policy=a", FORM, "policy=a", 400, "duplicate");
	refuses("POST", "t=1", FORM, "", 400, "malformed");
	refuses("POST", "policy=a&t=1", FORM, "u=1", 400, "malformed");
	refuses("POST", "policy=a&t[]=1", JSON, "{}", 400, "malformed");
	refuses("POST", "contract=x", FORM, "t=1", 400, "contract_unknown");
	refuses("POST", "", FORM, "contract=x", 400, "contract_unknown");
	refuses("POST", "", FORM, "t=1&", 400, "malformed");
	refuses("POST", "", FORM, "t=1\n", 400, "malformed");
	refuses("POST", "", FORM, "{\"t\":1}", 400, "malformed");
}

static void
test_post_json(void **state)
{
	(void)state;
	takes("POST", "", JSON, "{\"policy\":\"a\",\"t\":1}", CONTRACT_PLAIN,
	    "a", "t=<1>");
	takes("POST", "policy=a", JSON, "{\"t\":1}", CONTRACT_PLAIN, "a",
	    "t=<1>");
	takes("POST", "policy=a", JSON, "", CONTRACT_PLAIN, "a", "");
	takes("POST", "", JSON, "{}", CONTRACT_PLAIN, "", "");
	takes("POST", "policy=w", JSON, "{\"paramsToSign\":{\"t\":1}}",
	    CONTRACT_PARAMS_TO_SIGN, "w", "t=<1>");
	takes("POST", "", JSON, "{\"params_to_sign\":{},\"policy\":\"w\"}",
	    CONTRACT_PARAMS_TO_SIGN, "w", "");
	refuses(
	    "POST", "policy=a", JSON, "{\"policy\":\"a\"}", 400, "duplicate");
	refuses("POST", "policy=a", JSON,
	    "{\"paramsToSign\":{},\"policy\":\"a\"}", 400, "duplicate");
	refuses("POST", "", JSON, "a=1", 400, "malformed");
	refuses("POST", "", JSON, " ", 400, "malformed");
	refuses("POST", "", JSON, "[]", 400, "malformed");
}

/* Old clients of the final contract say no JSON content type. */
static void
test_post_unsaid(void **state)
{
	static const char *const unsaid[] = { "", " ", "text/plain",
		"Text/Plain; charset=UTF-8" };
	static const char final[] = " \r\n\t{\"paramsToSign\":{\"t\":1}}";

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		takes("POST", "policy=w", unsaid[i], final,
		    CONTRACT_PARAMS_TO_SIGN, "w", "t=<1>");
		takes("POST", "", unsaid[i], "", CONTRACT_PLAIN, "", "");
		refuses("POST", "", unsaid[i], "{\"t\":1}", 415, "media_type");
		refuses("POST", "", unsaid[i], "{}", 415, "media_type");
		refuses("POST", "", unsaid[i], "t=1", 415, "media_type");
		refuses("POST", "", unsaid[i], " ", 415, "media_type");
		refuses("POST", "", unsaid[i], "\x0b{}", 415, "media_type");
		refuses("POST", "", unsaid[i], "{", 400, "malformed");
	}
	takes("POST", "policy=w", FORM, "", CONTRACT_PLAIN, "w", "");
	refuses("POST", "policy=w", FORM, final, 400, "malformed");
}

/* A contract is named once, wherever it stands. */
static void
test_contract(void **state)
{
	(void)state;
	takes("GET", "policy=a&contract=text&t=1", "", "", CONTRACT_TEXT, "a",
	    "t=<1>");
	takes("GET", "t=1&contract=classic", "", "", CONTRACT_CLASSIC, "",
	    "t=<1>");
	takes("GET", "contract=plain&t=1", "", "", CONTRACT_PLAIN, "", "t=<1>");
	takes("POST", "contract=text", FORM, "t=1", CONTRACT_TEXT, "", "t=<1>");
	takes(
	    "POST", "", FORM, "t=1&contract=text", CONTRACT_TEXT, "", "t=<1>");
	takes("POST", "contract=text", JSON, "{\"t\":1}", CONTRACT_TEXT, "",
	    "t=<1>");
	takes("POST", "", JSON, "{\"contract\":\"text\",\"t\":1}",
	    CONTRACT_TEXT, "", "t=<1>");
	takes("POST", "contract=classic", JSON, "", CONTRACT_CLASSIC, "", "");
	refuses("GET", "contract=text&contract=text", "", "", 400, "duplicate");
	refuses(
	    "POST", "contract=text", FORM, "contract=text", 400, "duplicate");
	refuses("POST", "contract=text", JSON, "{\"contract\":\"plain\"}", 400,
	    "duplicate");
	refuses("GET", "contract=", "", "", 400, "contract_unknown");
	refuses("GET", "contract=Text", "", "", 400, "contract_unknown");
}

static void
test_contract_is_chosen(void **state)
{
	static const char *const bodies[] = { "{\"paramsToSign\":{}}",
		"{\"params_to_sign\":{}}", "{\"prepareUploadParams\":{}}",
		"{\"prepareUploadParams\":[{}]}" };
	static const char *const contracts[] = { "plain", "classic", "text",
		"prepareUploadParams", "x" };
	char query[64];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 5; k++) {
			snprintf(query, sizeof(query), "policy=w&contract=%s",
			    contracts[k]);
			refuses("POST", query, JSON, bodies[i], 400,
			    "contract_unknown");
			refuses("POST", query, "", bodies[i], 400,
			    "contract_unknown");
		}
	refuses("POST", "", JSON, "{\"paramsToSign\":{},\"contract\":\"text\"}",
	    400, "contract_unknown");
}

/* What the old widget's sample sends with jQuery. */
static void
test_data(void **state)
{
	(void)state;
	takes("GET",
	    "policy=w&contract=text&data%5Btimestamp%5D=1&"
	    "data%5Bsource%5D=uw&data[tags][]=a&data[tags][]=b",
	    "", "", CONTRACT_TEXT, "w",
	    "timestamp=<1> source=<uw> tags=[<a><b>]");
	takes("GET", "data[t]=1&contract=text", "", "", CONTRACT_TEXT, "",
	    "t=<1>");
	takes("POST", "contract=text", FORM, "data[t]=1", CONTRACT_TEXT, "",
	    "t=<1>");
	takes("POST", "", FORM, "data[t]=1&contract=text", CONTRACT_TEXT, "",
	    "t=<1>");
	refuses("GET", "data[t]=1", "", "", 400, "bad_name");
	refuses("GET", "data[t]=1&contract=plain", "", "", 400, "bad_name");
	refuses("GET", "contract=classic&data[t]=1", "", "", 400, "bad_name");
	refuses("POST", "", FORM, "data[t]=1", 400, "bad_name");
	refuses("GET", "contract=text&data[t]=1&u=1", "", "", 400, "malformed");
	refuses(
	    "GET", "contract=text&u[]=1&data[t]=1", "", "", 400, "malformed");
	refuses(
	    "GET", "contract=text&t[]=1&data[t][]=1", "", "", 400, "malformed");
	refuses("GET", "contract=text&t=1&data[t]=1", "", "", 400, "duplicate");
	refuses("GET", "contract=text&data[policy]=w", "", "", 400, "bad_name");
	refuses("GET", "data[contract]=text", "", "", 400, "bad_name");
	refuses("POST", "contract=text&data[t]=1", FORM, "", 400, "malformed");
	refuses(
	    "POST", "contract=text", JSON, "{\"data[t]\":1}", 400, "bad_name");
}

static void
test_prepare(void **state)
{
	static const char *const types[] = { JSON, "", "text/plain" };
	static const char list[] =
	    "{\"prepareUploadParams\":[{\"publicId\":\"a\"},{}]}";
	const struct span query = SPAN_LIT("policy=w");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		takes("POST", "policy=w", types[i],
		    "{\"prepareUploadParams\":{\"t\":1}}", CONTRACT_PREPARE,
		    "w", "t=<1>");
		assert_true(read_spans("POST", query, types[i], span_of(list)));
		assert_int_equal(ask.contract, CONTRACT_PREPARE);
		assert_true(ask.list);
		assert_int_equal(ask.n, 2);
		assert_params(&items[0], "public_id=<a>");
		assert_params(&items[1], "");
		release();
		refuses("POST", "", types[i],
		    "{\"prepareUploadParams\":[{\"a\":\"1\"},{\"B\":1}]}", 400,
		    "bad_name");
		refuses("POST", "policy=w", types[i],
		    "{\"prepareUploadParams\":{},\"policy\":\"w\"}", 400,
		    "duplicate");
	}
	refuses("POST", "policy=w", FORM, list, 400, "malformed");
}

static void
test_final(void **state)
{
	(void)state;
	assert_true(contract_is_final(CONTRACT_PARAMS_TO_SIGN));
	assert_true(contract_is_final(CONTRACT_TEXT));
	assert_false(contract_is_final(CONTRACT_NONE));
	assert_false(contract_is_final(CONTRACT_PLAIN));
	assert_false(contract_is_final(CONTRACT_CLASSIC));
	assert_false(contract_is_final(CONTRACT_PREPARE));
}

static void
test_content_type(void **state)
{
	static const char *const good[] = { JSON, "Application/JSON",
		" application/json ", "application/json;charset=utf-8",
		"application/json ; charset=UTF-8",
		"application/json;\tCharset=\"Utf-8\"" };
	static const char *const bad[] = { "application/jso",
		"application/jsonx", "application/json;", "application/json; ",
		"application/json;;charset=utf-8",
		"application/json;charset=utf8",
		"application/json;charset=iso-8859-1",
		"application/json;charset=\"utf-8",
		"application/json;charset=utf-8\"",
		"application/json;charset='utf-8'",
		"application/json;charset =utf-8",
		"application/json;charset= utf-8",
		"application/json;charset=", "application/json;charset=utf-8;",
		"application/json;charset=utf-8;charset=utf-8",
		"application/json;x=y", "application/json, text/plain",
		"application/json text/plain", "application/ld+json",
		"text/json", "application /json", ";charset=utf-8", ";",
		"multipart/form-data; boundary=x", "image/png", "*/*",
		"text/html", "text/plainx", "\302\240application/json" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		takes("POST", "", good[i], "{\"t\":1}", CONTRACT_PLAIN, "",
		    "t=<1>");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuses("POST", "", bad[i], "{\"t\":1}", 415, "media_type");
		refuses("POST", "", bad[i], "", 415, "media_type");
	}
	takes("POST", "", FORM "; charset=UTF-8", "t=1", CONTRACT_PLAIN, "",
	    "t=<1>");
	refuses("POST", "", FORM "; charset=latin1", "t=1", 415, "media_type");
}

/* "a=" and then x up to n bytes. */
static struct span
form_of(size_t n)
{
	static unsigned char text[BODY_MAX + 1] = "a=";

	memset(text + 2, 'x', sizeof(text) - 2);
	return (struct span){ text, n };
}

static void
test_sizes(void **state)
{
	const struct span none = { NULL, 0 };

	(void)state;
	for (size_t n = QUERY_MAX - 1; n <= QUERY_MAX; n++) {
		assert_true(read_spans("GET", form_of(n), "", none));
		assert_int_equal(items[0].p[0].values[0].n, n - 2);
		release();
	}
	assert_false(read_spans("GET", form_of(QUERY_MAX + 1), "", none));
	assert_nothing(413, "too_large");
	release();
	for (size_t n = BODY_MAX - 1; n <= BODY_MAX; n++) {
		assert_true(read_spans("POST", none, FORM, form_of(n)));
		release();
	}
	assert_false(read_spans("POST", none, FORM, form_of(BODY_MAX + 1)));
	assert_nothing(413, "too_large");
	release();
	assert_false(read_spans("PUT", form_of(QUERY_MAX + 1), "", none));
	assert_nothing(405, "method");
	release();
}

static void
test_texts(void **state)
{
	(void)state;
	assert_false(
	    read_spans("POST", SPAN_LIT("tags=1"), JSON, SPAN_LIT("{}")));
	assert_true(span_is(b.why.param, "tags"));
	assert_true(span_is(sink_view(&b.why.detail),
	    "\"tags\" stands in the query; a POST has its parameters in the "
	    "body."));
	release();
	assert_false(
	    read_spans("GET", SPAN_LIT("data[tags]=1"), "", SPAN_LIT("")));
	assert_true(span_is(sink_view(&b.why.detail),
	    "\"data[tags]\" is not a parameter's name; data[NAME] goes with "
	    "contract=text."));
	release();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_method),
		cmocka_unit_test(test_post_form),
		cmocka_unit_test(test_post_json),
		cmocka_unit_test(test_post_unsaid),
		cmocka_unit_test(test_contract),
		cmocka_unit_test(test_contract_is_chosen),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_prepare),
		cmocka_unit_test(test_final),
		cmocka_unit_test(test_content_type),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
