#include "test.h"

#include "cli/check_json.h"
#include "sandbox.h"

static struct check_json json;
static unsigned char mem[65536];
static struct sandbox box;

TEST(without_a_configuration)
{
	struct report *r = &json.report;

	check_json_begin(&json, "/x\xff.conf", mem, sizeof(mem));
	r->say(r, SAY_ERROR, "x.conf", 7, SPAN_LIT("\"wrong\" \xc3\xa9"));
	r->say(r, SAY_WARNING, "x.conf", 0, SPAN_LIT("cut \xc3"));
	r->say(r, SAY_NOTE, "x.conf", 9, SPAN_LIT(""));
	assert_true(span_is(check_json_end(&json, NULL),
	    "{\"configuration\":\"/x\\\\xff.conf\",\"messages\":["
	    "{\"severity\":\"error\",\"file\":\"x.conf\",\"line\":7,"
	    "\"text\":\"\\\"wrong\\\" \xc3\xa9\"},"
	    "{\"severity\":\"warning\",\"file\":\"x.conf\",\"line\":0,"
	    "\"text\":\"cut \\\\xc3\"},"
	    "{\"severity\":\"note\",\"file\":\"x.conf\",\"line\":9,"
	    "\"text\":\"\"}],\"right\":false}\n"));
}

TEST(with_one)
{
	struct config *config =
	    sandbox_load(&box, SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	const char *text = (const char *)mem;
	struct span all;

	assert_non_null(config);
	check_json_begin(&json, "x", mem, sizeof(mem));
	all = check_json_end(&json, config);
	config_free(config);
	assert_true(all.n > 0);
	mem[all.n] = '\0';
	assert_non_null(strstr(text,
	    "\"messages\":[],\"right\":true,\"policies\":[{\"name\":\"avatar\","
	    "\"line\":11,"));
	assert_null(strstr(text, SANDBOX_SECRET));
	assert_null(strstr(text, SANDBOX_KEY));
}

/* Without room there is nothing, never half of it. */
TEST(room)
{
	struct report *r = &json.report;
	static const size_t whole = 101;

	for (size_t cap = 0; cap <= whole; cap++) {
		check_json_begin(&json, "x", mem, cap);
		r->say(r, SAY_ERROR, "x", 1, SPAN_LIT("y"));
		assert_int_equal(
		    check_json_end(&json, NULL).n, cap < whole ? 0 : whole);
	}
}

AROUND(sandbox_open(&box), sandbox_close(&box));
