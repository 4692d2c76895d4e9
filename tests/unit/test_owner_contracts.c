#include "test.h"

#include "policies.h"

static struct bench b;

#define BEGIN "policies = {\n"
#define END "\n};"
#define PLAIN "set = { public_id = \"u/{user}\"; upload_preset = \"s\"; }; "

static bool
said(const char *text, const char *what)
{
	assert_int_equal(policies_owned(&b, text), 0);
	return strstr(b.box.said, what) != NULL;
}

TEST(test_contracts)
{
	assert_true(said(BEGIN "a = { action = \"upload\"; " PLAIN "};" END,
	    "note 2: the policy \"a\" serves the plain contract, and "
	    "paramsToSign for a client that itself sends public_id, "
	    "upload_preset; not for the Upload Widget"));
	assert_true(said(BEGIN "a = { action = \"upload\"; reusable = true; "
			       "set = { source = \"uw\"; }; };" END,
	    "paramsToSign for a client that itself sends source\n"));
	assert_true(said(BEGIN "a = { action = \"upload\"; reusable = true; "
			       "allow = { source = [ \"uw\" ]; }; set = { "
			       "resource_type = \"image\"; }; };" END,
	    "serves the plain contract, and paramsToSign\n"));
	assert_true(said(BEGIN
	    "a = { action = \"upload\"; lifetime = 3599; " PLAIN "};" END,
	    "and not paramsToSign: that needs lifetime = 3600"));
	assert_true(
	    said(BEGIN "a = { action = \"upload\"; reusable = true; "
		       "set = { context = { a = \"{random}\"; }; }; };" END,
		"paramsToSign for a client that itself sends context"));
	assert_true(said(BEGIN "a = { action = \"upload\"; set = { public_id = "
			       "\"u/{user}/{random}\"; }; };" END,
	    "and paramsToSign for a client that itself sends public_id"));
	assert_true(said(BEGIN
	    "r = { action = \"destroy\"; limit = \"60/hour\"; lifetime = 3600; "
	    "allow = { public_id = \"u/{user}\"; }; };" END,
	    "the policy \"r\" serves the plain contract, and paramsToSign\n"));
}

/* Every name of an upload in set, all of them in the note. */
TEST(test_room)
{
	static char text[8192];
	char *p = text + sprintf(text,
			     "%sa = { action = \"upload\"; reusable = "
			     "true; shared_tags = true; set = { ",
			     BEGIN);
	size_t done = 0;
	char last[NAME_MAX_BYTES + 3] = "";

	for (size_t i = 0; i < vocabulary_count && done < PARAMS_MAX - 1; i++) {
		const struct term *term = &vocabulary[i];

		if (!term_taken(term, ACTION_UPLOAD) ||
		    term->sender == SENDER_NOBODY || term->type == TERM_ID)
			continue;
		p += sprintf(p, "%s = %s; ", term->name,
		    term->type == TERM_BOOL    ? "true"
		    : term->type == TERM_GROUP ? "\"a=b\""
					       : "\"image\"");
		if (term->is_signed)
			snprintf(last, sizeof(last), ", %s", term->name);
		done++;
	}
	strcpy(p, "}; };" END);
	assert_int_equal(done, PARAMS_MAX - 1);
	assert_true(said(text, "itself sends access_control, access_mode, "));
	assert_non_null(strstr(b.box.said, last));
}

/* What the widget takes from an answer. */
TEST(test_prepare)
{
	static const struct twin twins[] = {
		{ PLAIN,
		    "set = { public_id = \"u/{user}\"; moderation = "
		    "\"manual\"; allowed_formats = \"jpg\"; tags = "
		    "\"u_{user}\"; }; ",
		    "takes no allowed_formats, moderation from an answer; put "
		    "that into a signed preset, and set upload_preset\n" },
		{ "set = { public_id = \"u/{user}/{random}\"; overwrite = "
		  "false; source = \"uw\"; resource_type = \"image\"; }; ",
		    "set = { public_id = \"u/{user}/{random}\"; eval = \"1\"; "
		    "}; ",
		    "takes no eval from an answer" },
		{ "lifetime = 120; " PLAIN,
		    "set = { public_id = \"u/{user}\"; asset_folder = \"a\"; "
		    "}; ",
		    "takes no asset_folder from" },
		{ "set = { public_id = \"u/{user}\"; source = \"uw\"; }; ",
		    "set = { public_id = \"u/{user}\"; source = \"app\"; }; ",
		    "takes no source from" },
		/* what a client sends, it has */
		{ PLAIN "allow = { moderation = [ \"manual\" ]; }; ",
		    "set = { public_id = \"u/{user}\"; moderation = "
		    "\"manual\"; }; ",
		    "takes no moderation from" },
	};
	static const char *const serves =
	    "note 2: the policy \"a\" serves prepareUploadParams\n";
	char text[1024];

	for (size_t i = 0; i < TWINS_COUNT(twins); i++) {
		snprintf(text, sizeof(text),
		    "%sa = { action = \"upload\"; %s};%s", BEGIN,
		    twins[i].right, END);
		assert_true(said(text, serves));
		assert_null(strstr(b.box.said, "does not serve"));
		snprintf(text, sizeof(text),
		    "%sa = { action = \"upload\"; %s};%s", BEGIN,
		    twins[i].wrong, END);
		assert_true(said(text, twins[i].said));
		assert_null(strstr(b.box.said, serves));
		assert_non_null(
		    strstr(b.box.said, "does not serve prepareUploadParams"));
	}
	assert_false(
	    said(BEGIN "r = { action = \"destroy\"; limit = \"60/hour\"; "
		       "allow = { public_id = \"u/{user}\"; }; };" END,
		"prepareUploadParams"));
}

/* No call of the API: nothing is signed for a client's own parameters. */
TEST(test_others)
{
	assert_true(said(BEGIN
	    "d = { action = \"deliver\"; set = { transformation = \"w_200\"; "
	    "}; allow = { public_id = \"u/{user}/*\"; }; };" END,
	    "note 2: the policy \"d\" serves the plain contract, and not "
	    "paramsToSign: it is no call of the API\n"));
	assert_null(strstr(b.box.said, "prepareUploadParams"));
	assert_true(
	    said(BEGIN "v = { action = \"verify\"; allow = { public_id = "
		       "\"u/{user}/*\"; }; };" END,
		"it is no call of the API"));
	assert_false(said(BEGIN
	    "h = { action = \"verify\"; addresses = \"192.0.2.1\"; };" END,
	    "contract"));
}

AROUND(bench_open(&b), bench_close(&b));
