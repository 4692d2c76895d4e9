#include "test.h"

#include "cli/describe.h"
#include "policies.h"

static struct bench b;

/* Is this what is said of a policy with this between its braces? */
static void
says(const char *inside, const char *sentence)
{
	static char conf[8192], text[8192];
	struct sink out;

	snprintf(conf, sizeof(conf), "policies = { p = { %s }; };", inside);
	assert_int_equal(policies_read(&b, conf), 0);
	sink_init(&out, text, sizeof(text) - 1);
	describe_summary(&b.config.policies[0], &out);
	assert_false(out.full);
	text[out.n] = '\0';
	assert_string_equal(text, sentence);
}

#define HOURLY "limit = \"60/hour\"; "
#define OWN "allow = { public_id = \"u/{user}/**\"; };"
#define OWNS "allow = { public_ids = \"u/{user}/**\"; "

TEST(uploads)
{
	says("action = \"upload\"; limit = [ \"20/hour\", \"100/day\" ]; set = "
	     "{ resource_type = \"image\"; public_id = \"u/{user}/{random}\"; "
	     "};",
	    "p: a logged-in user may upload one image into u/{user}/, 20 an "
	    "hour and 100 a day.\n");
	says("action = \"upload\"; " HOURLY
	     "set = { public_id = \"u/{user}/me\"; resource_type = \"video\"; "
	     "};",
	    "p: a logged-in user may upload one video as u/{user}/me, over the "
	    "one before, 60 an hour.\n");
	says("action = \"upload\"; " HOURLY
	     "set = { public_id = \"u/{user}/me\"; overwrite = false; };",
	    "p: a logged-in user may upload one file as u/{user}/me, once, 60 "
	    "an hour.\n");
	says("action = \"upload\"; reusable = true; " HOURLY
	     "set = { folder = \"u/{user}\"; resource_type = \"raw\"; };",
	    "p: a logged-in user may upload any number of raw files into "
	    "u/{user}, with 60 signatures an hour.\n");
	says("action = \"upload\"; reusable = true; " OWN,
	    "p: a logged-in user may upload any number of files as "
	    "u/{user}/**, without a limit.\n");
	says("action = \"upload\"; anonymous = true; limit = \"5/hour\"; "
	     "limit_total = \"500/day\"; set = { public_id = "
	     "\"form/{random}\"; overwrite = false; };",
	    "p: anybody may upload one file into form/, 5 an hour from each "
	    "address, and 500 a day for all together.\n");
	says("action = \"upload\"; limit_total = \"9/day\"; set = { public_id "
	     "= \"x{random}\"; };",
	    "p: a logged-in user may upload one file under a new name, 9 a day "
	    "for all together.\n");
}

TEST(who)
{
	says("action = \"destroy\"; users = [ \"al\", \"bo\" ]; " HOURLY OWN,
	    "p: al or bo may delete u/{user}/**, 60 an hour.\n");
	says("action = \"destroy\"; users = [ \"a\", \"b\", \"c\", \"d\" "
	     "]; " HOURLY OWN,
	    "p: one of 4 users may delete u/{user}/**, 60 an hour.\n");
	says("action = \"destroy\"; users = [ ]; " HOURLY OWN,
	    "p: nobody may delete u/{user}/**, 60 an hour.\n");
	says("action = \"destroy\"; require = ( { claim = \"role\"; is = [ "
	     "\"x\", \"y\" ]; }, { claim = \"ok\"; is = \"true\"; } "
	     "); " HOURLY OWN,
	    "p: a logged-in user whose role is x or y and whose ok is true may "
	    "delete u/{user}/**, 60 an hour.\n");
}

/* Each action has its own words. */
TEST(each_action)
{
	static const struct {
		const char *inside, *does;
	} rows[] = {
		{ "action = \"explicit\"; set = { type = \"upload\"; }; " OWN,
		    "make new versions of u/{user}/**" },
		{ "action = \"rename\"; allow = { from_public_id = "
		  "\"u/{user}/a/*\"; to_public_id = \"u/{user}/b/*\"; };",
		    "rename u/{user}/a/* to u/{user}/b/*" },
		{ "action = \"tags\"; set = { command = \"add\"; }; " OWNS
		  "tag = \"text 9\"; };",
		    "change the tags of u/{user}/**" },
		{ "action = \"context\"; set = { command = \"add\"; }; " OWNS
		  "context = { a = \"text 9\"; }; };",
		    "write the context of u/{user}/**" },
		{ "action = \"metadata\"; " OWNS
		  "metadata = { a = \"text 9\"; }; };",
		    "write the metadata of u/{user}/**" },
		{ "action = \"archive\"; set = { prefixes = \"u/{user}/\"; }; "
		  "allow = { tags = [ \"user_{user}\" ]; };",
		    "get an archive of files by tags only user_{user} or "
		    "prefixes u/{user}/" },
		{ "action = \"download\"; set = { format = \"jpg\"; }; " OWN,
		    "download u/{user}/**" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char inside[512], sentence[512];

		snprintf(inside, sizeof(inside), HOURLY "%s", rows[i].inside);
		snprintf(sentence, sizeof(sentence),
		    "p: a logged-in user may %s, 60 an hour.\n", rows[i].does);
		says(inside, sentence);
	}
	says("action = \"deliver\"; allow = { public_id = \"u/{user}/**\"; "
	     "transformation = [ \"w_1\" ]; };",
	    "p: a logged-in user may get signed URLs of u/{user}/**.\n");
	says("action = \"verify\"; " OWN,
	    "p: a logged-in user may have an upload's answer verified, for "
	    "u/{user}/**.\n");
	says("action = \"verify\"; addresses = \"192.0.2.1\";",
	    "p: Cloudinary's own notifications are told from forged ones.\n");
}

AROUND(bench_open(&b), bench_close(&b));
