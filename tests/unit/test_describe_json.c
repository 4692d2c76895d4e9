#include "test.h"

#include <jansson.h>

#include "cli/describe_json.h"
#include "policies.h"

static struct bench b;

/* The object of the only policy, read by another implementation. */
static json_t *
described(const char *inside)
{
	static char conf[8192];
	static unsigned char mem[65536];
	struct json_out j;
	struct sink out;
	json_t *object;

	snprintf(conf, sizeof(conf), "policies = {\np = { %s }; };", inside);
	assert_int_equal(policies_read(&b, conf), 0);
	sink_init(&out, mem, sizeof(mem));
	json_begin(&j, &out);
	describe_policy_json(&b.config.policies[0], &j);
	assert_false(out.full);
	object =
	    json_loadb((const char *)mem, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	return object;
}

/* Is the member this JSON? */
static void
is(json_t *object, const char *name, const char *text)
{
	json_t *wanted = json_loads(text, JSON_DECODE_ANY, NULL);
	json_t *member = json_object_get(object, name);

	assert_non_null(wanted);
	if (!json_equal(member, wanted)) {
		char *said = json_dumps(member, JSON_ENCODE_ANY);

		fail_msg("%s is %s", name, said == NULL ? "absent" : said);
	}
	json_decref(wanted);
}

TEST(everything)
{
	json_t *p = described(
	    "action = \"upload\"; reusable = true; shared_tags = true;"
	    "limit = [ \"1/minute\", \"20/hour\" ]; limit_total = \"500/day\";"
	    "set = { tags = \"a,b{user}\"; overwrite = false; upload_preset = "
	    "\"x\"; source = \"uw\"; context = { own = \"x=y\"; n = 1; }; };"
	    "allow = { public_id = [ \"a/*\", \"b/**\" ]; faces = \"bool\"; "
	    "context = { caption = \"text 200\"; }; };");

	is(p, "name", "\"p\"");
	is(p, "line", "2");
	is(p, "action", "\"upload\"");
	is(p, "cloud", "\"demo\"");
	is(p, "summary",
	    "\"p: a logged-in user may upload any number of files as one of "
	    "a/*, b/**, with 1 signature a minute and 20 an hour, and 500 "
	    "signatures a day for all together.\"");
	is(p, "anonymous", "false");
	is(p, "reusable", "true");
	is(p, "lifetime", "3600");
	is(p, "set",
	    "{\"tags\":[\"a\",\"b{user}\"],\"overwrite\":\"false\","
	    "\"upload_preset\":\"x\",\"source\":\"uw\","
	    "\"context\":{\"own\":\"x=y\",\"n\":\"1\"}}");
	is(p, "allow",
	    "{\"public_id\":\"one of a/*, b/**\",\"faces\":\"true or false\","
	    "\"context\":{\"caption\":\"at most 200 characters\"}}");
	is(p, "limits",
	    "[{\"count\":1,\"seconds\":60},{\"count\":20,\"seconds\":3600}]");
	is(p, "limits_total", "[{\"count\":500,\"seconds\":86400}]");
	json_decref(p);
}

TEST(contracts)
{
	static const struct {
		const char *inside, *contracts;
	} rows[] = {
		{ "action = \"upload\"; set = { public_id = \"u/{user}\"; };",
		    "[\"plain\",\"classic\",\"paramsToSign\",\"text\","
		    "\"prepareUploadParams\"]" },
		{ "action = \"upload\"; set = { public_id = \"u/{user}\"; "
		  "allowed_formats = \"jpg\"; };",
		    "[\"plain\",\"classic\",\"paramsToSign\",\"text\"]" },
		{ "action = \"destroy\"; limit = \"1/day\"; allow = { "
		  "public_id = \"u/{user}/**\"; };",
		    "[\"plain\",\"classic\"]" },
		{ "action = \"verify\"; addresses = \"192.0.2.1\";", "[]" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *p = described(rows[i].inside);

		is(p, "contracts", rows[i].contracts);
		json_decref(p);
	}
}

AROUND(bench_open(&b), bench_close(&b));
