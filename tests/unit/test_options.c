#include "test.h"

#include "capture.h"
#include "cli/options.h"

static struct option_value options[3];
static const char *words[2];
static size_t n_words;

static int
parse(int argc, char **argv)
{
	options[0] = (struct option_value){ .name = "user" };
	options[1] = (struct option_value){ .name = "claim", .many = true };
	options[2] = (struct option_value){ .name = "json", .flag = true };
	return options_read(
	    argc, argv, "usage: x\n", options, 3, words, 2, &n_words);
}

static struct capture c;

TEST(both_forms)
{
	assert_int_equal(CAPTURE(&c, parse, "x", "--user=alice"), -1);
	assert_string_equal(option_or(&options[0], "?"), "alice");
	assert_int_equal(CAPTURE(&c, parse, "x", "--user", "alice", "w"), -1);
	assert_string_equal(option_or(&options[0], "?"), "alice");
	assert_int_equal(n_words, 1);
	assert_string_equal(words[0], "w");
	assert_int_equal(CAPTURE(&c, parse, "x", "--user="), -1);
	assert_string_equal(option_or(&options[0], "?"), "");
	assert_int_equal(CAPTURE(&c, parse, "x"), -1);
	assert_string_equal(option_or(&options[0], "?"), "?");
	assert_int_equal(
	    CAPTURE(&c, parse, "x", "--claim=a=b", "--claim=c"), -1);
	assert_int_equal(options[1].n, 2);
	assert_string_equal(options[1].values[0], "a=b");
}

TEST(flags)
{
	assert_int_equal(CAPTURE(&c, parse, "x", "--json", "w"), -1);
	assert_int_equal(options[2].n, 1);
	assert_int_equal(n_words, 1);
	assert_string_equal(words[0], "w");
	assert_int_equal(CAPTURE(&c, parse, "x", "w"), -1);
	assert_int_equal(options[2].n, 0);
	assert_int_equal(CAPTURE(&c, parse, "x", "--json=yes"), 2);
	assert_non_null(strstr(c.err, "it takes no value: --json=yes"));
	assert_int_equal(CAPTURE(&c, parse, "x", "--json", "--json"), 2);
}

TEST(mistakes)
{
	const char *many[OPTION_TIMES_MAX + 3] = { "x" };

	assert_int_equal(CAPTURE(&c, parse, "x", "--use=alice"), 2);
	assert_non_null(strstr(c.err, "--use=alice"));
	assert_non_null(strstr(c.err, "usage: x"));
	assert_int_equal(CAPTURE(&c, parse, "x", "--users=alice"), 2);
	assert_int_equal(CAPTURE(&c, parse, "x", "--user"), 2);
	assert_int_equal(CAPTURE(&c, parse, "x", "--user=a", "--user=b"), 2);
	assert_int_equal(CAPTURE(&c, parse, "x", "a", "b", "c"), 2);
	for (int i = 0; i < OPTION_TIMES_MAX; i++)
		many[i + 1] = "--claim=a";
	assert_int_equal(capture_run(&c, parse, many), -1);
	many[OPTION_TIMES_MAX + 1] = "--claim=a";
	assert_int_equal(capture_run(&c, parse, many), 2);
}

TEST(help)
{
	assert_int_equal(CAPTURE(&c, parse, "x", "--help"), 0);
	assert_string_equal(c.out, "usage: x\n");
	assert_string_equal(c.err, "");
}
