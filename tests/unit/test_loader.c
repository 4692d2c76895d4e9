#include "test.h"

#include "sandbox.h"

static struct bench b;

/* One thing was said, and it is this. */
static void
said_once(const char *text)
{
	assert_true(sandbox_said(&b.box, text));
	assert_int_equal(b.box.report.errors, 1);
	assert_ptr_equal(strchr(b.box.said, '\n'), strrchr(b.box.said, '\n'));
}

static void
said_nothing(void)
{
	assert_int_equal(b.box.report.errors, 0);
	assert_string_equal(b.box.said, "");
}

TEST(test_severities)
{
	bench_read(&b, "a = 1;\nb = 2;");
	conf_warn(&b.l, conf_member(b.root, "b"), "%s %d %q", "x", 7LL,
	    SPAN_LIT("y\n"));
	conf_note(&b.l, NULL, "z");
	assert_int_equal(b.box.report.errors, 0);
	conf_error(&b.l, conf_member(b.root, "a"), "w");
	assert_int_equal(b.box.report.errors, 1);
	assert_string_equal(
	    b.box.said, "warning 2: x 7 \"y\\x0a\"\nnote 0: z\nerror 1: w\n");
}

/* Cut, but said. */
TEST(test_long)
{
	static unsigned char mem[4000];

	memset(mem, 'x', sizeof(mem));
	bench_read(&b, "");
	conf_error(&b.l, NULL, "first, %v", (struct span){ mem, sizeof(mem) });
	said_once("error 0: first, ");
}

TEST(test_known)
{
	static const char *const names[] = { "cookie", "user", "keys" };

	bench_read(&b, "g = { cookie = 1; user = 2; keys = 3; };");
	conf_known(&b.l, conf_member(b.root, "g"), names, 3);
	said_nothing();
	bench_read(&b, "g = {\ncookei = 1; user = 2;\nzzz = 3; };");
	conf_known(&b.l, conf_member(b.root, "g"), names, 3);
	assert_string_equal(b.box.said,
	    "error 2: unknown name \"cookei\" here: did you mean \"cookie\"?\n"
	    "error 3: unknown name \"zzz\" here: it can be \"cookie\", "
	    "\"user\" or \"keys\"\n");
}

TEST(test_string)
{
	struct span out = SPAN_LIT("old");

	bench_read(&b, "a = \"x\"; b = 1; c = \"\"; g = { };");
	assert_true(conf_string(&b.l, b.root, "a", true, &out));
	assert_true(span_is(out, "x"));
	assert_int_equal(out.p[1], '\0');
	assert_true(conf_string(&b.l, b.root, "c", false, &out));
	assert_int_equal(out.n, 0);
	out = SPAN_LIT("old");
	assert_false(conf_string(&b.l, b.root, "d", false, &out));
	said_nothing();
	assert_false(conf_string(&b.l, b.root, "b", false, &out));
	said_once("error 1: b must be a string: b = \"...\"");
	sandbox_hush(&b.box);
	assert_false(conf_string(&b.l, b.root, "d", true, &out));
	said_once("error 0: d is missing here");
	sandbox_hush(&b.box);
	assert_false(
	    conf_string(&b.l, conf_member(b.root, "g"), "d", true, &out));
	said_once("error 1: d is missing in g");
	assert_true(span_is(out, "old"));
}

/* Of this group itself, never of one below. */
TEST(test_member)
{
	bench_read(&b, "a = { b = 1; };");
	assert_non_null(conf_member(b.root, "a"));
	assert_null(conf_member(b.root, "b"));
	assert_null(conf_member(b.root, "aa"));
	assert_null(conf_member(b.root, ""));
}

TEST(test_choice)
{
	static const char *const names[] = { "jwt", "php" };
	size_t which = 9;

	bench_read(&b, "a = \"php\"; b = \"jtw\"; c = \"PHP\"; d = 1;");
	assert_true(conf_choice(&b.l, b.root, "a", names, 2, &which));
	assert_int_equal(which, 1);
	which = 9;
	assert_false(conf_choice(&b.l, b.root, "z", names, 2, &which));
	said_nothing();
	assert_false(conf_choice(&b.l, b.root, "b", names, 2, &which));
	said_once("b = \"jtw\" is not known: ");
	sandbox_hush(&b.box);
	assert_false(conf_choice(&b.l, b.root, "c", names, 2, &which));
	said_once("c = \"PHP\" is not known: ");
	sandbox_hush(&b.box);
	assert_false(conf_choice(&b.l, b.root, "d", names, 2, &which));
	said_once("d must be a string");
	assert_int_equal(which, 9);
}

TEST(test_bool)
{
	bool out = false;

	bench_read(&b, "a = true; b = false; c = 1; d = \"true\";");
	assert_true(conf_bool(&b.l, b.root, "a", &out));
	assert_true(out);
	assert_true(conf_bool(&b.l, b.root, "b", &out));
	assert_false(out);
	assert_false(conf_bool(&b.l, b.root, "z", &out));
	said_nothing();
	assert_false(conf_bool(&b.l, b.root, "c", &out));
	said_once("c must be true or false");
	sandbox_hush(&b.box);
	assert_false(conf_bool(&b.l, b.root, "d", &out));
	said_once("d must be true or false");
	assert_false(out);
}

TEST(test_int)
{
	long long out = 77;

	bench_read(&b, "a = 4; b = 5; c = 9; d = 10; e = \"5\"; f = true;");
	assert_false(conf_int(&b.l, b.root, "a", 5, 9, &out));
	said_once("a must be a whole number from 5 to 9");
	sandbox_hush(&b.box);
	assert_false(conf_int(&b.l, b.root, "z", 5, 9, &out));
	said_nothing();
	assert_int_equal(out, 77);
	assert_true(conf_int(&b.l, b.root, "b", 5, 9, &out));
	assert_int_equal(out, 5);
	assert_true(conf_int(&b.l, b.root, "c", 5, 9, &out));
	assert_int_equal(out, 9);
	said_nothing();
	assert_false(conf_int(&b.l, b.root, "d", 5, 9, &out));
	assert_false(conf_int(&b.l, b.root, "e", 5, 9, &out));
	assert_false(conf_int(&b.l, b.root, "f", 0, 9, &out));
	assert_int_equal(b.box.report.errors, 3);
	assert_int_equal(out, 9);
}

TEST(test_strings)
{
	struct span *out = NULL;
	size_t n = 77;

	bench_read(&b,
	    "a = [ \"x\", \"\" ]; b = ( \"x\" ); c = \"y\"; d = [ ]; "
	    "e = ( \"x\",\n1, 2 ); f = { }; g = [ 1 ];");
	assert_false(conf_strings(&b.l, b.root, "z", 2, &out, &n));
	assert_null(out);
	assert_int_equal(n, 77);
	assert_true(conf_strings(&b.l, b.root, "a", 2, &out, &n));
	assert_int_equal(n, 2);
	assert_true(span_is(out[0], "x") && out[1].n == 0);
	assert_true(conf_strings(&b.l, b.root, "b", 2, &out, &n));
	assert_true(n == 1 && span_is(out[0], "x"));
	assert_true(conf_strings(&b.l, b.root, "c", 2, &out, &n));
	assert_true(n == 1 && span_is(out[0], "y"));
	assert_true(conf_strings(&b.l, b.root, "d", 2, &out, &n));
	assert_int_equal(n, 0);
	said_nothing();
	n = 77;
	assert_false(conf_strings(&b.l, b.root, "a", 1, &out, &n));
	said_once("a holds 2 values, and 1 are the most");
	sandbox_hush(&b.box);
	assert_false(conf_strings(&b.l, b.root, "e", 3, &out, &n));
	assert_int_equal(b.box.report.errors, 2); /* both numbers */
	assert_true(sandbox_said(&b.box, "error 2: e must hold strings only"));
	assert_false(conf_strings(&b.l, b.root, "f", 3, &out, &n));
	assert_false(conf_strings(&b.l, b.root, "g", 3, &out, &n));
	assert_int_equal(b.box.report.errors, 4);
	assert_int_equal(n, 77);
}

TEST(test_group)
{
	bench_read(&b, "a = { }; b = ( );");
	assert_ptr_equal(
	    conf_group(&b.l, b.root, "a", true), conf_member(b.root, "a"));
	assert_null(conf_group(&b.l, b.root, "z", false));
	said_nothing();
	assert_null(conf_group(&b.l, b.root, "z", true));
	said_once("z is missing here");
	sandbox_hush(&b.box);
	assert_null(conf_group(&b.l, b.root, "b", false));
	said_once("b must be a group: b = { ... };");
}

/* Without room nothing is made up. */
TEST(test_full)
{
	struct span out = SPAN_LIT("old"), *list = NULL;
	size_t n = 77;

	bench_read(&b, "a = \"x\"; b = [ \"x\" ];");
	b.l.arena.cap = b.l.arena.n;
	assert_false(conf_string(&b.l, b.root, "a", true, &out));
	assert_false(conf_strings(&b.l, b.root, "b", 3, &list, &n));
	assert_true(b.l.arena.full);
	assert_true(span_is(out, "old") && list == NULL && n == 77);
}

AROUND(bench_open(&b), bench_close(&b));
