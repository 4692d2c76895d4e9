#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "guard.h"
#include "policy/denied.h"

static struct span room[DENIED_MAX];
static struct names users;
static char said[DETAIL_MAX];

/* Reads a guarded copy; what is wrong goes to said. */
static bool
reads_span(struct span text, size_t max)
{
	static struct span kept;
	struct sink why;
	bool right;

	if (kept.p != NULL)
		guard_free(kept);
	kept = guarded(text);
	memset(room, 0x55, sizeof(room));
	users = (struct names){ true, 7, room };
	sink_init(&why, said, sizeof(said) - 1);
	right = denied_read(kept, room, max, &users, &why);
	said[why.n] = '\0';
	assert_int_equal(right, why.n == 0);
	assert_int_equal(right, users.present);
	assert_true(right || users.n == 0);
	return right;
}

static bool
reads(const char *text)
{
	return reads_span(span_of(text), DENIED_MAX);
}

static void
wrong(const char *text, const char *words)
{
	assert_false(reads(text));
	if (strstr(said, words) == NULL)
		fail_msg("%s, not %s", said, words);
}

static bool
denies(const char *user)
{
	return names_have(&users, span_of(user));
}

TEST(test_right)
{
	assert_true(reads("mallory\nbob\r\n\n\r\nal ice\nb\xc3\xb6rk"));
	assert_int_equal(users.n, 4);
	assert_true(denies("mallory") && denies("bob") && denies("al ice"));
	assert_true(denies("b\xc3\xb6rk"));
	assert_false(denies("mallor") || denies("mallory2") || denies(""));
	assert_true(reads("\neve"));
	assert_int_equal(users.n, 1);
	assert_true(reads("x\r"));
	assert_true(denies("x"));
	/* There are no comments: this is a user. */
	assert_true(reads("# eve\n"));
	assert_true(denies("# eve"));
	assert_false(denies("eve"));
}

TEST(test_nobody)
{
	static const char *const empty[] = { "", "\n", "\r\n", "\n\n\r\n" };

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		assert_true(reads(empty[i]));
		assert_int_equal(users.n, 0);
		assert_false(denies(""));
	}
}

TEST(test_sorted)
{
	assert_true(reads("c\na\nb\na\nc\na"));
	assert_int_equal(users.n, 3);
	assert_true(span_is(users.name[0], "a"));
	assert_true(span_is(users.name[1], "b"));
	assert_true(span_is(users.name[2], "c"));
}

TEST(test_wrong)
{
	wrong("a\n b\n", "line 2: it begins or ends with a blank");
	wrong("a\nb \n", "line 2: it begins or ends with a blank");
	wrong("a\n\n\nb\t", "line 4: it begins or ends with a blank");
	wrong(" ", "line 1: it begins or ends with a blank");
	wrong("a\tb", "line 1: it has a control character");
	wrong("a\rb\n", "line 1: it has a control character");
	wrong("a\r\r\n", "line 1: it has a control character");
	wrong("a\x7f", "line 1: it has a control character");
	wrong("a\xc2\x85", "line 1: it has a control character");
	wrong("a\nb\xff\n", "line 2: it is not UTF-8");
	wrong("\xc3", "line 1: it is not UTF-8");
	wrong("\xef\xbb\xbf"
	      "a\n",
	    "line 1: the file begins with a byte order mark");
	assert_false(reads_span(
	    (struct span){ (const unsigned char *)"a\0b", 3 }, DENIED_MAX));
	assert_true(reads("a\nb\n"));
}

TEST(test_length)
{
	char text[USER_MAX + 2];

	memset(text, 'u', sizeof(text));
	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++)
		assert_int_equal(
		    reads_span((struct span){ (const unsigned char *)text, n },
			DENIED_MAX),
		    n <= USER_MAX);
	assert_non_null(strstr(said, "line 1: a user has at most 255 bytes"));
	text[USER_MAX] = '\r';
	assert_true(reads_span(
	    (struct span){ (const unsigned char *)text, USER_MAX + 1 },
	    DENIED_MAX));
	assert_int_equal(users.name[0].n, USER_MAX);
}

TEST(test_many)
{
	assert_true(reads_span(SPAN_LIT("a\n\nb\n"), 2));
	assert_false(reads_span(SPAN_LIT("a\n\nb\nc\n"), 2));
	assert_string_equal(
	    said, "line 4: these are more than 2 users, which are the most");
	assert_true(reads_span(SPAN_LIT("\n"), 0));
	assert_false(reads_span(SPAN_LIT("a"), 0));
}

/* As much as a file may hold: 65536 users of 15 bytes, in reverse. */
TEST(test_whole)
{
	char *text = malloc(DENIED_FILE_MAX + 1);
	size_t n = 0;

	assert_non_null(text);
	for (unsigned i = 0; i < DENIED_MAX; i++)
		n += (size_t)snprintf(text + n, DENIED_FILE_MAX + 1 - n,
		    "user-%010u\n", DENIED_MAX - i);
	assert_int_equal(n, DENIED_FILE_MAX);
	assert_true(reads_span(
	    (struct span){ (const unsigned char *)text, n }, DENIED_MAX));
	assert_int_equal(users.n, DENIED_MAX);
	assert_true(denies("user-0000000001") && denies("user-0000065536"));
	assert_false(denies("user-0000000000"));
	free(text);
}

/* One byte at each place of a right list: read or refused, never more users. */
TEST(test_bytes)
{
	for (size_t at = 0; at < 8; at++)
		for (int c = 0; c < 256; c++) {
			unsigned char text[] = "ann\nbob\n";

			text[at] = (unsigned char)c;
			if (reads_span((struct span){ text, 8 }, DENIED_MAX))
				assert_in_range(users.n, 1, 3);
			else
				assert_true(c < 0x21 || c > 0x7e);
		}
}
