#include "test.h"

#include <string.h>

#include "policy/refuse.h"

static struct problem why;

static bool
says(const char *code, const char *param, const char *words)
{
	struct span detail = sink_view(&why.detail);
	char text[DETAIL_MAX + 1];

	memcpy(text, detail.p, detail.n);
	text[detail.n] = '\0';
	return strcmp(why.code, code) == 0 && span_is(why.param, param) &&
	       strstr(text, words) != NULL;
}

TEST(names_what_it_takes)
{
	static struct allowance allow[90];
	const struct setting set = { .term = term_find(SPAN_LIT("folder")) };
	struct policy p = { .name = SPAN_INIT("avatar"),
		.action = ACTION_UPLOAD };
	const struct term *tags = term_find(SPAN_LIT("tags"));

	problem_clear(&why);
	assert_false(refuse_not_allowed(&p, tags, false, &why));
	assert_true(says("parameter_not_allowed", "tags", "nothing"));
	for (size_t i = 0; i < 90; i++)
		allow[i].term = tags;
	p.allow = allow;
	p.n_allow = 2;
	problem_clear(&why);
	assert_false(refuse_not_allowed(&p, tags, false, &why));
	assert_true(says("parameter_not_allowed", "tags", "tags, tags."));
	/* who fixes all sends what is set, too */
	p.set = &set;
	p.n_set = 1;
	problem_clear(&why);
	assert_false(refuse_not_allowed(&p, tags, true, &why));
	assert_true(says("parameter_not_allowed", "tags",
	    "The policy \"avatar\" does not take \"tags\"; it takes: folder, "
	    "tags, tags."));
	problem_clear(&why);
	assert_false(refuse_not_allowed(&p, tags, false, &why));
	assert_true(says("parameter_not_allowed", "tags", ": tags, tags."));
	p.n_set = 0;
	/* A long list ends in dots and stays one sentence. */
	p.n_allow = 90;
	problem_clear(&why);
	assert_false(refuse_not_allowed(&p, tags, false, &why));
	assert_true(says("parameter_not_allowed", "tags", "tags, ...."));
}

TEST(hostile_names_are_escaped)
{
	struct policy p = { .name = SPAN_INIT("avatar"),
		.action = ACTION_UPLOAD };

	problem_clear(&why);
	assert_false(refuse_unknown(&p, SPAN_LIT("q\"q\nq\xff"), false, &why));
	assert_true(
	    says("parameter_unknown", "q\"q\nq\xff", "\"q\\x22q\\x0aq\\xff\""));
}

TEST(each_one_refuses)
{
	struct policy p = { .name = SPAN_INIT("avatar"),
		.action = ACTION_DESTROY };
	const struct term *id = term_find(SPAN_LIT("public_id"));
	struct rule rule = { .kind = RULE_TEXT, .count_max = 3 };
	struct span none = { NULL, 0 };

	problem_clear(&why);
	assert_false(refuse_reserved(term_find(SPAN_LIT("timestamp")), &why));
	assert_true(says("timestamp_not_taken", "timestamp", "server's"));
	problem_clear(&why);
	assert_false(refuse_reserved(term_find(SPAN_LIT("file")), &why));
	assert_true(says("parameter_reserved", "file",
	    "The file goes to Cloudinary, with the fields of the answer, and "
	    "never here; leave \"file\" out."));
	problem_clear(&why);
	assert_false(refuse_addition(&p, id, SPAN_LIT("x"), &why));
	assert_true(says("parameter_not_allowed", "public_id", "\"x\""));
	problem_clear(&why);
	assert_false(refuse_fixed(&p, id, none, SPAN_LIT("x"), false, &why));
	assert_true(says("value_fixed", "public_id", "to \"x\""));
	problem_clear(&why);
	assert_false(
	    refuse_fixed(&p, id, SPAN_LIT("k"), SPAN_LIT("x"), false, &why));
	assert_true(says("value_fixed", "public_id", "\"k\""));
	problem_clear(&why);
	assert_false(refuse_random(&p, id, &why));
	assert_true(says("value_fixed", "public_id", "anew"));
	problem_clear(&why);
	assert_false(refuse_absent(&p, id, SPAN_LIT("x"), &why));
	assert_true(says("parameter_missing", "public_id", "signed preset"));
	problem_clear(&why);
	assert_false(refuse_count(id, &rule, &why));
	assert_true(says("value_not_allowed", "public_id", "at most 3"));
	problem_clear(&why);
	assert_false(refuse_required(&p, "public_id", &why));
	assert_true(says("parameter_missing", "public_id", "destroy needs"));
	assert_int_equal(why.status, 400);
}

/* What can't be done is not advised, and what is meant is said. */
TEST(texts_that_lead_on)
{
	struct policy p = { .name = SPAN_INIT("widget"),
		.action = ACTION_UPLOAD };
	const struct term *folder = term_find(SPAN_LIT("folder"));
	const struct term *kind = term_find(SPAN_LIT("resource_type"));
	static const char *const sizes[] = { "max_file_size", "min_file_size",
		"max_image_file_size", "max_bytes", "file_size_limit",
		"maxfilesize", "max_size" };
	struct span none = { NULL, 0 };

	problem_clear(&why);
	assert_false(
	    refuse_fixed(&p, folder, none, SPAN_LIT("u/a"), false, &why));
	assert_true(says("value_fixed", "folder",
	    "The policy \"widget\" sets \"folder\" to \"u/a\"; send that, or "
	    "leave it out."));
	problem_clear(&why);
	assert_false(
	    refuse_fixed(&p, folder, none, SPAN_LIT("u/a"), true, &why));
	assert_true(says("value_fixed", "folder",
	    "The policy \"widget\" sets \"folder\" to \"u/a\"; send that; a "
	    "client that fixes its parameters itself can't leave it out."));
	/* it is never signed, so that it can be left out there, too */
	problem_clear(&why);
	assert_false(
	    refuse_fixed(&p, kind, none, SPAN_LIT("image"), true, &why));
	assert_true(says("value_fixed", "resource_type",
	    "to \"image\"; send that, or leave it out."));
	problem_clear(&why);
	assert_false(refuse_unlike(&p, folder, SPAN_LIT("u/0f"), true, &why));
	assert_true(says("parameter_missing", "folder",
	    "The policy \"widget\" asks for \"folder\" like \"u/0f\", with 32 "
	    "digits 0-9 a-f of the client's own, since this client fixes its "
	    "parameters before it asks."));
	problem_clear(&why);
	assert_false(refuse_unlike(&p, folder, SPAN_LIT("u/0f"), false, &why));
	assert_true(says("value_fixed", "folder", "like \"u/0f\""));
	problem_clear(&why);
	assert_false(refuse_contract(&why));
	assert_true(says("timestamp_not_taken", "timestamp",
	    "The timestamp is the server's; leave it out, and send the one "
	    "from the answer to Cloudinary. A client that fixes its own, as "
	    "the Upload Widget does, sends {\"paramsToSign\": {...}} as JSON, "
	    "or contract=text."));
	problem_clear(&why);
	assert_false(refuse_seconds(1767225600, &why));
	assert_true(says("timestamp_malformed", "timestamp",
	    "\"timestamp\" takes whole seconds, as Math.floor(Date.now() / "
	    "1000); the server's time is 1767225600."));
	assert_int_equal(why.server_time, 1767225600);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		problem_clear(&why);
		assert_false(
		    refuse_unknown(&p, span_of(sizes[i]), false, &why));
		assert_true(says("parameter_unknown", sizes[i],
		    ": the account's plan bounds a file's size, or an eval "
		    "that the policy sets."));
		assert_true(says("parameter_unknown", sizes[i],
		    "Cloudinary has no parameter \""));
	}
	problem_clear(&why);
	assert_false(refuse_unknown(&p, SPAN_LIT("size"), false, &why));
	assert_false(says("parameter_unknown", "size", "the account's plan"));
}

TEST(one_of_several_is_required)
{
	static const char *const names[] = { "acl", "url", NULL };
	struct policy p = { .name = SPAN_INIT("album"),
		.action = ACTION_TOKEN };

	problem_clear(&why);
	assert_false(refuse_required_any(&p, names, &why));
	assert_true(
	    says("parameter_missing", "acl", "token needs one of: acl, url."));
	assert_int_equal(why.status, 400);
}

/* Only the timestamp has a word of its own. */
TEST(the_programs_own_names)
{
	static const char *const names[] = { "expires_at", "signature",
		"version", "api_key" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		problem_clear(&why);
		assert_false(
		    refuse_reserved(term_find(span_of(names[i])), &why));
		assert_true(says("parameter_reserved", names[i], "never"));
	}
}
