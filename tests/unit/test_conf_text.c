#include "test.h"

#include "guard.h"
#include "sandbox.h"

static struct sandbox box;

/* Right or not, with all that is said in box. */
static bool
look(struct span text)
{
	struct span copy = guarded(text);
	bool right;

	sandbox_hush(&box);
	right = conf_text(copy, "x.conf", &box.report);
	guard_free(copy);
	assert_int_equal(right, box.report.errors == 0);
	assert_int_equal(right, box.n == 0);
	return right;
}

static bool
look_at(const char *text)
{
	return look(span_of(text));
}

/* Wrong, and this is the one thing that is said. */
static void
wrong(const char *text, const char *said)
{
	assert_false(look_at(text));
	assert_true(sandbox_said(&box, said));
	assert_int_equal(box.report.errors, 1);
}

static void
right(const char *text)
{
	assert_true(look_at(text));
}

TEST(test_right)
{
	right("");
	right("\n");
	right(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	right("a = 1; b : \"x\"\r\nc = ( 1, [ true, FALSE ], { } );\r\n");
	right("# it's \"open /* ( [ {\n// and \"here\n/* and\n ( \" # */ a=1");
	right("a\t=\t\"\xc3\xa9\";");
	right("a-b_c* = 1");
	right("# @include \"x\"\n/*\n@include \"x\"\n*/ a = \"@include\"");
	right("/**/ /***/ /*/*/ a = 1 //");
}

TEST(test_strings)
{
	right("a = ( \"x\", \"y\" )");
	wrong("a = ( \"x\" \"y\" )", "error 1: two strings in a row");
	wrong("a = \"x\" # c\n /* d */\n\"y\"", "error 3: two strings");
	wrong("a = \"\"\"\"", "error 1: two strings");
	right("a = \"x\"; b = \"y\"");
	right("a = \"x\" b = \"y\"");
	wrong("\n\na = \"x;\nb = 1;", "error 3: this string is not closed");
	wrong("a = \"", "error 1: this string is not closed");
	wrong("a = \"\\", "error 1: this string is not closed");
	wrong("a = \"\\\n", "error 1: this string is not closed");
	wrong("a = \"\\\"", "error 1: this string is not closed");
	right("a = \"\\\\\"");
	wrong("a = \"x\ty\"", "error 1: a TAB in a string");
	right("a = \"x\\ty\"");
	/* Resynchronized at the line's end, so that later lines count. */
	assert_false(look_at("a = \"x;\nb = 010;\nc = ]"));
	assert_true(sandbox_said(&box, "error 1: this string"));
	assert_true(sandbox_said(&box, "error 2: \"010\" starts with a zero"));
	assert_true(sandbox_said(&box, "error 3: \"]\" closes nothing"));
	assert_int_equal(box.report.errors, 3);
}

TEST(test_escapes)
{
	char text[] = "a = \"\\?\";";

	for (int c = 1; c < 256; c++) {
		bool known = strchr("\\\"nrtf", c) != NULL;

		text[6] = (char)c;
		assert_int_equal(look_at(text), known);
	}
	right("a = \"\\\"\\\\\\n\\r\\t\\f\"");
	wrong("a = \"\\x41\"", "error 1: \\x is not taken in a string");
	wrong("a = \"\\X41\"", "error 1: \\x is not taken in a string");
	wrong("a = \"C:\\dir\"", "error 1: \"d\" behind a backslash means");
}

TEST(test_comments)
{
	right("a = 1; /* x */");
	wrong("a = 1;\n/* x *", "error 2: this comment is never closed");
	wrong("a = 1; /*/", "error 1: this comment is never closed");
	wrong("a = 1; /*\n\n", "error 1: this comment is never closed");
	wrong("a = 1; /", "error 1: \"/\" can't stand outside quotes");
	assert_false(look_at("/*\n\n*/ a = 010"));
	assert_true(sandbox_said(&box, "error 3: "));
}

TEST(test_include)
{
	wrong("@include \"x\"", "error 1: @include is not taken");
	wrong("a = 1;\n \t@include \"x\"\nb = 1;", "error 2: @include");
	wrong("a = 1; @include \"x\"", "error 1: @include is not taken");
	wrong("@includ = 1", "error 1: \"@\" can't stand outside quotes");
}

TEST(test_numbers)
{
	static const char *const bad[] = { "0x1F", "0X1f", "1L", "1LL", "0xFL",
		"1.5", ".5", "1.", "1e5", "+", "-", "1-2", "--1", "1_000",
		"." };

	right("a = 0; b = -1; c = +5; d = 999999999; e = -999999999");
	wrong("a = 1000000000", "error 1: \"1000000000\" is too long");
	wrong("a = -1000000000", "error 1: \"-1000000000\" is too long");
	wrong("a = 4294967297", "error 1: \"4294967297\" is too long");
	wrong("a = 00", "error 1: \"00\" starts with a zero");
	wrong("a = -01", "error 1: \"-01\" starts with a zero");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "\na = %s;", bad[i]);
		wrong(text, "error 2: ");
		assert_true(sandbox_said(&box, "is no number here"));
	}
}

TEST(test_brackets)
{
	right("a = { b = ( [ ], { } ) }");
	wrong("a = (\n1", "error 1: \"(\" is never closed");
	wrong("a = 1\n};", "error 2: \"}\" closes nothing");
	wrong("a = (\n1 ]",
	    "error 2: \"]\" where \")\" is due, for the \"(\" of "
	    "line 1");
	wrong("a = { ) ;", "error 1: \")\" where \"}\" is due");
	wrong("a = [ } ;", "error 1: \"}\" where \"]\" is due");
	assert_false(look_at("a = {\nb = (\n[ 1"));
	assert_int_equal(box.report.errors, 3);
}

/* n brackets around nothing. */
static bool
look_nested(size_t n)
{
	char text[1024];

	assert_true(2 * n < sizeof(text));
	memset(text, '(', n);
	memset(text + n, ')', n);
	return look((struct span){ (unsigned char *)text, 2 * n });
}

TEST(test_depth)
{
	assert_true(look_nested(CONFIG_DEPTH_MAX - 1));
	assert_true(look_nested(CONFIG_DEPTH_MAX));
	assert_false(look_nested(CONFIG_DEPTH_MAX + 1));
	assert_true(sandbox_said(&box, "nested more than 16 deep"));
	assert_int_equal(box.report.errors, 1);
	assert_false(look_nested(500));
	assert_int_equal(box.report.errors, 1);
}

/* Each byte where a token may stand, and in a string. */
TEST(test_bytes)
{
	for (int c = 0; c < 256; c++) {
		unsigned char outside[] = { 'a', '=', '1', ';', 0, '\n' };
		unsigned char inside[] = { 'a', '=', '"', 0, '"' };
		bool is_text = c >= 0x20 && c < 0x7f;
		bool fits = c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
			    (is_text && strchr("#*=:,;", c) != NULL) ||
			    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z');

		outside[4] = (unsigned char)c;
		inside[3] = (unsigned char)c;
		assert_int_equal(
		    look((struct span){ outside, sizeof(outside) }), fits);
		assert_int_equal(look((struct span){ inside, sizeof(inside) }),
		    is_text && c != '"' && c != '\\');
	}
	wrong("\xef\xbb\xbf"
	      "a = 1",
	    "error 1: a byte order mark");
	wrong("a = \xe2\x80\x9cx", "error 1: \"\\xe2\\x80\\x9c\" can't stand "
				   "outside quotes");
}

/* Every prefix of the sample ends at an unreadable page; all but those at a
   token's end between the sections are wrong. */
TEST(test_prefixes)
{
	struct span sample =
	    SPAN_LIT(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);

	for (size_t n = 0; n < sample.n; n++) {
		size_t depth = 0, quotes = 0;

		for (size_t i = 0; i < n; i++) {
			depth += strchr("{([", sample.p[i]) != NULL;
			depth -= strchr("})]", sample.p[i]) != NULL;
			quotes += sample.p[i] == '"';
		}
		assert_int_equal(
		    look(span_head(sample, n)), depth == 0 && quotes % 2 == 0);
	}
}
