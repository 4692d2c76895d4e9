#include "test.h"

#include "guard.h"
#include "sandbox.h"

static struct sandbox box;

static bool
look(const void *text, size_t n)
{
	struct span copy = guarded((struct span){ text, n });
	bool right;

	sandbox_hush(&box);
	right = conf_bytes(copy, "x.conf", &box.report);
	guard_free(copy);
	assert_int_equal(right, box.report.errors == 0);
	return right;
}

#define LOOK(s) look(s, sizeof(s) - 1)

/* Every byte alone in a line: text is TAB, line ends and printable ASCII. */
TEST(test_each)
{
	for (int c = 0; c < 256; c++) {
		unsigned char line[] = { 'a', (unsigned char)c, '\n' };
		bool fits = c == '\t' || c == '\n' || c == '\r' ||
			    (c >= 0x20 && c < 0x7f);

		assert_int_equal(look(line, sizeof(line)), fits);
	}
}

TEST(test_line_ends)
{
	assert_true(LOOK(""));
	assert_true(LOOK("\n\r\n\n"));
	assert_false(LOOK("\r"));
	assert_false(LOOK("a\rb\n"));
	assert_false(LOOK("a\r\r\n"));
	assert_true(LOOK("\t\ta\t\r\n"));
	assert_false(LOOK("\t\ta\t\v\n"));
}

TEST(test_utf8)
{
	assert_true(LOOK("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
	assert_false(LOOK("\xc3"));
	assert_false(LOOK("\xc3\n\xa9"));
	assert_false(LOOK("\xc0\xaf"));
	assert_false(LOOK("\xed\xa0\x80"));
	assert_true(LOOK("\xc2\xa0"));
	assert_false(LOOK("\xc2\x9b")); /* U+009B starts terminal commands */
}

TEST(test_said)
{
	assert_false(LOOK("a\nb\0\nc\xff\n\x1b[2J\n"));
	assert_true(sandbox_said(&box, "error 2: a NUL byte"));
	assert_true(sandbox_said(&box, "error 3: not UTF-8"));
	assert_true(sandbox_said(&box, "error 4: a control character"));
	assert_int_equal(box.report.errors, 3);
}
