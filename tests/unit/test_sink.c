#include "test.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/sink.h"
#include "guard.h"

static unsigned char mem[256];
static struct sink out;

FIXTURE(start)
{
	memset(mem, 0xa5, sizeof(mem));
	sink_init(&out, mem, sizeof(mem));
}

/* What was written since the last look. */
static bool
wrote(const char *expected)
{
	bool ok = !out.full && span_is(sink_view(&out), expected);

	start(NULL);
	return ok;
}

TEST_WITH(bytes_and_spans, start, NULL)
{
	assert_int_equal(sink_view(&out).n, 0);
	sink_byte(&out, 'a');
	sink_span(&out, SPAN_LIT("bc"));
	sink_span(&out, (struct span){ NULL, 0 });
	sink_text(&out, "de");
	sink_text(&out, "");
	sink_text(&out, NULL);
	assert_int_equal(out.n, 5);
	assert_int_equal(mem[5], 0xa5);
	assert_true(wrote("abcde"));
	sink_span(&out, SPAN_LIT("a\0b"));
	assert_true(span_eq(sink_view(&out), SPAN_LIT("a\0b")));
}

TEST_WITH(exactly_full, start, NULL)
{
	sink_init(&out, mem, 3);
	sink_text(&out, "abc");
	assert_false(out.full);
	assert_true(span_is(sink_view(&out), "abc"));
	sink_span(&out, SPAN_LIT(""));
	assert_false(out.full);
	sink_byte(&out, 'd');
	assert_true(out.full);
	assert_int_equal(mem[3], 0xa5);
	assert_int_equal(sink_view(&out).n, 0);
}

/* After the first write that does not fit even one that would is left out. */
TEST_WITH(full_stays_full, start, NULL)
{
	sink_init(&out, mem, 3);
	sink_text(&out, "ab");
	sink_text(&out, "cd");
	assert_true(out.full);
	assert_int_equal(out.n, 2);
	sink_byte(&out, 'c');
	sink_text(&out, "c");
	sink_text(&out, "");
	sink_int(&out, 1);
	sink_hex(&out, SPAN_LIT("c"));
	sink_say(&out, "%%");
	assert_int_equal(out.n, 2);
	assert_int_equal(mem[2], 0xa5);
	assert_int_equal(sink_view(&out).n, 0);
	assert_int_equal(sink_since(&out, 1).n, 0);
}

TEST_WITH(no_room_at_all, start, NULL)
{
	sink_init(&out, NULL, 0);
	sink_text(&out, "");
	assert_false(out.full);
	sink_byte(&out, 'a');
	assert_true(out.full);
	sink_init(&out, NULL, 0);
	sink_span(&out, (struct span){ mem, SIZE_MAX });
	assert_true(out.full);
}

TEST_WITH(numbers, start, NULL)
{
	static const long long values[] = { 0, 1, -1, 9, 10, -10, 99, 100,
		1767225600, LLONG_MAX, LLONG_MIN, LLONG_MAX - 1,
		LLONG_MIN + 1 };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "%lld", values[i]);
		sink_int(&out, values[i]);
		assert_true(wrote(expected));
	}
	/* Digits are not cut off: a shorter number would be another one. */
	sink_init(&out, mem, 3);
	sink_int(&out, 1234);
	assert_true(out.full);
	assert_int_equal(out.n, 0);
}

TEST_WITH(hex, start, NULL)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		char expected[3];

		snprintf(expected, sizeof(expected), "%02x", c);
		sink_hex(&out, (struct span){ &byte, 1 });
		assert_true(wrote(expected));
	}
	sink_hex(&out, SPAN_LIT("\xde\xad\xbe\xef"));
	assert_true(wrote("deadbeef"));
	sink_hex(&out, SPAN_LIT(""));
	assert_true(wrote(""));
}

TEST_WITH(say, start, NULL)
{
	sink_say(
	    &out, "%s has %d of %v (100%%)", "alice", 20LL, SPAN_LIT("limit"));
	assert_true(wrote("alice has 20 of limit (100%)"));
	sink_say(&out, "%s%v%d", "", SPAN_LIT(""), -1LL);
	assert_true(wrote("-1"));
}

TEST_WITH(say_quoted, start, NULL)
{
	unsigned char text[66];

	sink_say(&out, "<%q>", SPAN_LIT("a b"));
	assert_true(wrote("<\"a b\">"));
	sink_say(&out, "%q", SPAN_LIT(""));
	assert_true(wrote("\"\""));
	sink_say(&out, "%q", SPAN_LIT("\"\\\n\x7f\xc3\0~"));
	assert_true(wrote("\"\\x22\\x5c\\x0a\\x7f\\xc3\\x00~\""));
	memset(text, 'x', sizeof(text));
	for (size_t n = 63; n <= 66; n++) {
		char expected[128];

		snprintf(expected, sizeof(expected), "\"%.*s%s",
		    n < 64 ? (int)n : 64, (const char *)text,
		    n > 64 ? "\"..." : "\"");
		sink_say(&out, "%q", (struct span){ text, n });
		assert_true(wrote(expected));
	}
}

/* Does this format end the process? */
static bool
aborts(const char *format)
{
	static const struct rlimit no_core = { 0, 0 };
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		sink_say(&out, format, "x");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

TEST_WITH(say_nothing_else, start, NULL)
{
	assert_false(aborts("%s"));
	assert_true(aborts("%x"));
	assert_true(aborts("%5s"));
	assert_true(aborts("100%"));
}

TEST_WITH(since_a_mark, start, NULL)
{
	size_t mark;

	sink_text(&out, "ab");
	mark = out.n;
	assert_int_equal(sink_since(&out, mark).n, 0);
	sink_text(&out, "cd");
	assert_true(span_is(sink_since(&out, mark), "cd"));
	assert_true(span_is(sink_since(&out, 0), "abcd"));
	assert_int_equal(sink_since(&out, 4).n, 0);
	assert_int_equal(sink_since(&out, 5).n, 0);
	out.full = true;
	assert_int_equal(sink_since(&out, mark).n, 0);
}

/* Nothing is written behind the room, whatever its size. */
TEST_WITH(every_room, start, NULL)
{
	struct span room = guarded((struct span){ mem, 40 });

	for (size_t cap = 0; cap <= 40; cap++) {
		unsigned char *end = (unsigned char *)(uintptr_t)room.p + 40;

		sink_init(&out, end - cap, cap);
		sink_say(
		    &out, "%s %d %q", "abcdef", -1234567LL, SPAN_LIT("\n\n"));
		assert_int_equal(out.full, cap < 26);
		assert_true(out.n <= cap);
	}
	guard_free(room);
}

TEST(strings)
{
	char text[4];

	assert_true(sink_string(text, sizeof(text), "%s%d", "a", 12LL));
	assert_string_equal(text, "a12");
	assert_false(sink_string(text, sizeof(text), "%s%d", "a", 123LL));
	assert_string_equal(text, "");
	assert_true(sink_string(text, 1, "%s", ""));
	assert_string_equal(text, "");
	assert_false(sink_string(text, 1, "%s", "a"));
}
