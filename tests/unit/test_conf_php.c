#include "test.h"

#include "reading_session.h"

#define PHP "format = \"php\"; user = \"u\";\n"

TEST(test_folder)
{
	const struct session_config *s = right_group(PHP "save_path = \".\";");
	size_t dir = strlen(b.box.dir);

	/* It is beside the configuration, unless it begins with a slash. */
	assert_true(s->save_path.n >= dir &&
		    memcmp(s->save_path.p, b.box.dir, dir) == 0);
	assert_int_equal(s->save_path.p[s->save_path.n], '\0');
	assert_false(s->php_serialize);
	s = right_group(PHP "save_path = \"/tmp\";");
	assert_true(span_is(s->save_path, "/tmp"));
	assert_int_equal(b.config.n_private, 1);
	assert_true(span_is(b.config.private_paths[0], "/tmp"));
}

TEST(test_no_folder)
{
	wrong_group(PHP "save_path = \"/tmp/signpost-no\";",
	    "error 3: save_path = \"/tmp/signpost-no\" is no folder; PHP's "
	    "phpinfo()");
	wrong_group(PHP "save_path = \"/no/such\";", "there is no folder /no");
	wrong_group(PHP "save_path = \"session.key\";", "is no folder");
	wrong_group(PHP "save_path = \"\";", "save_path");
	wrong_group(PHP "save_path = 1;", "save_path must be a string");
	wrong_group(PHP "save_path = \"2;/tmp\";",
	    "folders in folders (\"N;/path\") are not read here");
}

TEST(test_handler)
{
	assert_false(right_group(PHP "save_path = \"/tmp\"; "
				     "serialize_handler = \"php\";")
			 ->php_serialize);
	assert_true(right_group(PHP "save_path = \"/tmp\"; "
				    "serialize_handler = \"php_serialize\";")
			->php_serialize);
	wrong_group(PHP "save_path = \"/tmp\"; serialize_handler = "
			"\"php_binary\";",
	    "serialize_handler = \"php_binary\" is not known");
	wrong_group(PHP "save_path = \"/tmp\"; serialize_handler = \"\";",
	    "is not known");
}

AROUND(bench_open(&b), bench_close(&b));
