#include "test.h"

#include "accounts.h"
#include "explaining.h"

static struct complaint c;
static struct explanation e;

static void
begin(const char *theirs, const char *ours)
{
	struct change_known known = { { NULL, 0 }, { NULL, 0 } };

	start();
	c = (struct complaint){ true, ours != NULL, true, false,
		span_of(theirs), span_of(ours), SPAN_LIT("x"), { NULL, 0 } };
	e = (struct explanation){ .complaint = &c,
		.has_config = true,
		.all_tried = true,
		.compared = ours != NULL };
	if (ours != NULL)
		explain_compare(
		    c.theirs, c.ours, &known, &arena, &e.difference);
}

static void
says(const char *text)
{
	if (strstr(written(), text) == NULL)
		fail_msg("not said: %s\nbut:\n%s", text, written());
}

TEST(which_cause)
{
	begin("a=1", NULL);
	assert_int_equal(explain_cause(&e), CAUSE_NONE);
	e.clock = CAUSE_TIME_OLD;
	assert_int_equal(explain_cause(&e), CAUSE_NONE);
	c.has_reported = true;
	assert_int_equal(explain_cause(&e), CAUSE_TIME_OLD);
	e.form = CAUSE_BASE64;
	assert_int_equal(explain_cause(&e), CAUSE_BASE64);
	e.making.cause = CAUSE_RIGHT;
	assert_int_equal(explain_cause(&e), CAUSE_BASE64);
	e.form = CAUSE_NONE;
	assert_int_equal(explain_cause(&e), CAUSE_RIGHT);
	e.making.cause = CAUSE_HMAC;
	e.form = CAUSE_BASE64;
	assert_int_equal(explain_cause(&e), CAUSE_HMAC);
	e.string = CAUSE_EMPTY;
	assert_int_equal(explain_cause(&e), CAUSE_EMPTY);
}

TEST(strings)
{
	begin("a=1&b=\x1b\xc3\xa9&c=3", "a=1&b=\x1b\xc3\xaa&c=3");
	explain_say(&e, &out);
	says("  Cloudinary  a=1&b=\\x1b\\xc3\\xa9&c=3\n"
	     "  ours        a=1&b=\\x1b\\xc3\\xaa&c=3\n"
	     "                            ^ from byte 9 on\n");
	begin("a=1", "a=1");
	explain_say(&e, &out);
	says("  Cloudinary  a=1\n  ours        the same\n");
	begin("a=1", "a=12");
	explain_say(&e, &out);
	says("  ours        a=12\n                 ^ from byte 4 on\n");
	/* What was found to have been signed; ours says more where it is. */
	begin("a=1&source=uw", NULL);
	e.was = SPAN_LIT("a=1");
	explain_say(&e, &out);
	says("  Cloudinary  a=1&source=uw\n  was signed  a=1\n"
	     "                 ^ from byte 4 on\n");
	begin("a=1&source=uw", "a=1&b=2");
	e.was = SPAN_LIT("a=1");
	explain_say(&e, &out);
	says("  ours        a=1&b=2\n");
	assert_null(strstr(written(), "was signed  "));
}

TEST(long_strings)
{
	char theirs[201], ours[201];
	const char *caret, *line;

	memset(theirs, 'a', 200);
	memset(ours, 'a', 200);
	theirs[200] = ours[200] = '\0';
	ours[100] = 'b';
	begin(theirs, ours);
	explain_say(&e, &out);
	says("  ours        ...aaaaaaaaaaaaaaaaaaaaaaaab"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n");
	caret = strchr(written(), '^');
	line = strstr(written(), "  ours");
	assert_non_null(caret);
	assert_int_equal(line[strcspn(line, "b")], 'b');
	assert_int_equal(caret - (strchr(line, '\n') + 1), strcspn(line, "b"));
	begin(theirs, "aaa");
	explain_say(&e, &out);
	says("  ours        aaa\n                 ^ from byte 4 on\n");
}

TEST(sentences)
{
	begin("a=1", NULL);
	explain_say(&e, &out);
	says("None fits (none): ");
	says("none of the configured ones");
	says("give it\n  with --ours");
	begin("a=1", "a=2");
	e.has_config = e.all_tried = false;
	explain_say(&e, &out);
	says("Also (other_value): \"a\" was signed");
	says("no secret was tried");
	says("not all that is known was tried");
	assert_null(strstr(written(), "--ours"));
	begin("a=1", NULL);
	e.proved = true;
	e.string = CAUSE_SOURCE_UW;
	e.making = (struct making){ CAUSE_SECRET_QUOTED, CAUSE_HMAC,
		&accounts_clouds[0], true };
	e.form = CAUSE_BASE64;
	e.clock = CAUSE_TIME_OLD;
	e.clock_why = SPAN_LIT("Long ago.");
	explain_say(&e, &out);
	says("\nCause (source_uw): ");
	says("\nAnd (secret_quoted): ");
	says("\nAnd (hmac): ");
	says("\nAnd (base64): ");
	says("\nAlso (timestamp_old): ");
	says("\n  Long ago.\n");
	says("\"874837483274837\"");
	says("another hash than the configured");
	says("this is certain");
	assert_null(strstr(written(), "nobody"));
	assert_null(strstr(written(), "None fits"));
}
