#include "test.h"

#include "cloudinary/link_answer.h"
#include "deciding.h"

static const char policies[] =
    "get = { action = \"download\"; limit = \"9/hour\"; lifetime = 3600;\n"
    "  allow = { public_id = \"users/{user}/**\"; target_filename = \"text "
    "60\"; attachment = \"bool\"; }; };\n"
    "zip = { action = \"archive\"; limit = \"9/hour\";\n"
    "  allow = { public_ids = \"users/{user}/**\"; mode = [ \"create\" ]; "
    "}; };\n";

static struct deciding d;
static unsigned char mem[65536], string[65536];

static int
setup(void **state)
{
	(void)state;
	deciding_open(&d, policies);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	deciding_close(&d);
	return 0;
}

/* The link of the last grant, up to its signature. */
static bool
is_link(const char *before)
{
	struct signature signature;
	struct sink scratch, out;
	char all[4096];

	sink_init(&scratch, string, sizeof(string));
	sink_init(&out, mem, sizeof(mem));
	assert_true(api_sign(&d.grant, &scratch, &signature));
	link_write(&d.grant, &signature, &out);
	snprintf(all, sizeof(all), "%s%s", before,
	    *before == '\0' ? "" : signature.hex);
	if (span_is(sink_view(&out), all))
		return true;
	fprintf(stderr, "%.*s\n", (int)out.n, (const char *)out.p);
	return false;
}

/* What could end a value, a pair or the query is escaped. */
TEST(values_are_escaped)
{
	deciding_send(&d, "public_id", "users/alice/a_b-c.pdf");
	deciding_send(&d, "target_filename", "a b+c=d#?%~\xc3\xbc.pdf");
	deciding_send(&d, "attachment", "true");
	assert_true(deciding_ask(&d, "get", CONTRACT_PLAIN));
	assert_true(
	    is_link("https://api.cloudinary.com/v1_1/demo/image/download?"
		    "attachment=true&expires_at=1767229200&"
		    "public_id=users%2Falice%2Fa_b-c.pdf&"
		    "target_filename=a%20b%2Bc%3Dd%23%3F%25~%C3%BC.pdf&"
		    "timestamp=1767225600&api_key=874837483274837&signature="));
}

TEST(lists_are_repeated)
{
	deciding_send(&d, "public_ids", "users/alice/a,users/alice/b");
	assert_true(deciding_ask(&d, "zip", CONTRACT_PLAIN));
	assert_true(is_link(
	    "https://api.cloudinary.com/v1_1/demo/image/generate_archive?"
	    "expires_at=1767225720&mode=download&"
	    "public_ids%5B%5D=users%2Falice%2Fa&"
	    "public_ids%5B%5D=users%2Falice%2Fb&timestamp=1767222120&"
	    "api_key=874837483274837&signature="));
}

TEST(only_of_what_is_a_link)
{
	deciding_send(&d, "public_ids", "users/alice/a");
	deciding_send(&d, "mode", "create");
	assert_true(deciding_ask(&d, "zip", CONTRACT_PLAIN));
	assert_true(is_link(""));
	/* What a client fixed itself is never added to. */
	deciding_send(&d, "public_id", "users/alice/a");
	deciding_send(&d, "timestamp", "1767225600");
	assert_true(deciding_ask(&d, "get", CONTRACT_PARAMS_TO_SIGN));
	assert_string_equal(deciding_string(&d),
	    "public_id=users/alice/a&timestamp=1767225600");
	assert_true(is_link(""));
}

TEST(an_answer_needs_a_url)
{
	struct json_out j;
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	json_begin(&j, &out);
	link_answer(SPAN_LIT("https://a/?b&c"), 5, &j);
	assert_true(span_is(sink_view(&out),
	    "{\"url\":\"https://a/?b\\u0026c\",\"expires_at\":5}"));
	sink_init(&out, mem, sizeof(mem));
	json_begin(&j, &out);
	link_answer(SPAN_LIT("https://a/"), 0, &j);
	assert_true(span_is(sink_view(&out), "{\"url\":\"https://a/\"}"));
	sink_init(&out, mem, sizeof(mem));
	json_begin(&j, &out);
	link_answer((struct span){ NULL, 0 }, 5, &j);
	assert_int_equal(out.n, 0);
}

GROUP(setup, teardown);
