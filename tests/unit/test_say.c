#include "test.h"

#include <string.h>

#include "capture.h"
#include "cli/say.h"

static struct terminal_report say;

static int
speak(int argc, char **argv)
{
	struct report *r = &say.report;

	(void)argv;
	terminal_report_init(&say, argc > 1);
	r->say(r, SAY_ERROR, "x.conf", 7, SPAN_LIT("wrong"));
	r->say(r, SAY_WARNING, "x.conf", 8, SPAN_LIT("unwise"));
	r->say(r, SAY_NOTE, "x.conf", 0, SPAN_LIT("good to know"));
	return 0;
}

TEST(lines)
{
	struct capture c;

	assert_int_equal(CAPTURE(&c, speak, "speak"), 0);
	assert_string_equal(c.err, "x.conf:7: error: wrong\n");
	assert_string_equal(
	    c.out, "x.conf:8: warning: unwise\nx.conf: note: good to know\n");
	assert_int_equal(say.warnings, 1);
	assert_int_equal(CAPTURE(&c, speak, "speak", "quiet"), 0);
	assert_string_equal(c.err, "x.conf:7: error: wrong\n");
	assert_string_equal(c.out, "");
	assert_int_equal(say.warnings, 1);
}

static int
guess(int argc, char **argv)
{
	static const char *const names[] = { "check", "call" };

	say_near(argv[argc - 1], names, 2);
	return 0;
}

TEST(near)
{
	struct capture c;

	assert_int_equal(CAPTURE(&c, guess, "guess", "chekc"), 0);
	assert_string_equal(c.err, "; did you mean check?");
	assert_int_equal(CAPTURE(&c, guess, "guess", "mint"), 0);
	assert_string_equal(c.err, "");
}

TEST(which_configuration)
{
	assert_string_equal(command_config("a.conf"), "a.conf");
	setenv("SIGNPOST_CONFIG", "/b.conf", 1);
	assert_string_equal(command_config(NULL), "/b.conf");
	unsetenv("SIGNPOST_CONFIG");
	assert_non_null(strstr(command_config(NULL), "/etc/signpost.conf"));
}

TEST(what_anybody_made)
{
	static char text[SAID_MAX + 2];

	assert_string_equal(
	    say_plain("d\xc3\xa9j\xc3\xa0 vu"), "d\xc3\xa9j\xc3\xa0 vu");
	assert_string_equal(say_plain("\xc3\xa9\033[2J"), "???[2J");
	assert_string_equal(say_plain("a\xc2\x9b"), "a??");
	assert_string_equal(say_plain("a\xffz\x7f"), "a?z?");
	assert_string_equal(say_plain(""), "");
	memset(text, 'x', SAID_MAX + 1);
	assert_int_equal(strlen(say_plain(text)), SAID_MAX);
	text[SAID_MAX] = '\0';
	assert_string_equal(say_plain(text), text);
}
