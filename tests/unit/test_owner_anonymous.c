#include "test.h"

#include "policies.h"

static struct bench b;

#define END "\n}; };"
#define OPEN                                                                   \
	"policies = { p = { action = \"upload\"; anonymous = true; limit = "   \
	"\"5/hour\"; limit_total = \"50/day\";\n"
#define ID "public_id = \"in/{random}\"; "
#define KEEP "overwrite = false; "

TEST(test_ids)
{
	static const struct twin twins[] = {
		{ "set = { " ID KEEP "};", "set = { " KEEP "};",
		    "error 1: the policy \"p\" is anonymous, so that the "
		    "server must make its ids: set public_id" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "}; allow = { public_id = \"in/*\"; };",
		    "the server must make its ids" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "public_id = \"in/x\"; };",
		    "error 2: public_id = \"in/x\" of an anonymous policy "
		    "could be an asset that is there already: its last "
		    "segment must be {random}" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "public_id = \"in/{random}.jpg\"; };",
		    "its last segment must be {random}" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "public_id = \"in/{random}/x\"; };",
		    "its last segment must be {random}" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "public_id = \"{random}\"; };",
		    "its first segment must be a fixed word" },
		{ "set = { " ID KEEP "};",
		    "set = { " KEEP "public_id = \"v1/{random}\"; };",
		    "its first segment must be a fixed word" },
		{ "set = { " KEEP "public_id = \"in/{date}/{random}\"; };",
		    "set = { " KEEP "public_id = \"{date}/in/{random}\"; };",
		    "its first segment must be a fixed word" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, OPEN, twins, TWINS_COUNT(twins), END));
}

TEST(test_overwrite)
{
	static const struct twin twins[] = {
		{ "set = { " ID KEEP "};", "set = { " ID "};",
		    "error 1: the policy \"p\" is anonymous, and must not "
		    "replace anything: set overwrite = false" },
		{ "set = { " ID KEEP "};",
		    "set = { " ID "\noverwrite = true; };",
		    "error 3: the policy \"p\" is anonymous, and must not" },
		{ "set = { " ID KEEP "};",
		    "set = { " ID "}; allow = { overwrite = [ false ]; };",
		    "must not replace anything" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, OPEN, twins, TWINS_COUNT(twins), END));
}

TEST(test_folders)
{
	static const struct twin twins[] = {
		{ "set = { " ID KEEP "folder = \"a\"; };",
		    "set = { " ID KEEP "};\nallow = { folder = [ \"a\" ]; };",
		    "error 3: folder can't be a client's choice in an "
		    "anonymous policy: write it in set" },
		{ "set = { " ID KEEP "asset_folder = \"a/b\"; };",
		    "set = { " ID KEEP "}; allow = { asset_folder = \"a/*\"; "
		    "};",
		    "asset_folder can't be a client's choice" },
		{ "set = { " ID KEEP "public_id_prefix = \"a\"; };",
		    "set = { " ID KEEP "public_id_prefix = \"a\"; folder = "
		    "\"b\"; };",
		    "public_id_prefix beside folder: either may come before "
		    "public_id" },
	};

	assert_true(policies_twins(
	    &b, policies_owned, OPEN, twins, TWINS_COUNT(twins), END));
}

AROUND(bench_open(&b), bench_close(&b));
