#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/log.h"
#include "guard.h"

/* What the program wrote, in place of libc's write(): see below. */
static struct {
	int calls, fd, interruptions, error;
	size_t n;
	char text[LOG_LINE_MAX + 1];
} written;

/* The log's calls come here, since a program's own name comes before libc's. */
ssize_t
write(int fd, const void *bytes, size_t n)
{
	written.calls++;
	written.fd = fd;
	written.n = n;
	assert_true(n <= LOG_LINE_MAX);
	memcpy(written.text, bytes, n);
	written.text[n] = '\0';
	errno = written.interruptions > 0 ? EINTR : written.error;
	if (written.interruptions > 0)
		written.interruptions--;
	return errno == 0 ? (ssize_t)n : -1;
}

static struct log_line line;

static int
start(void **state)
{
	(void)state;
	memset(&written, 0, sizeof(written));
	memset(&line, 0xa5, sizeof(line));
	log_to(7);
	log_start(&line, 1767225600, "test");
	return 0;
}

#define BEGIN "time=2026-01-01T00:00:00Z event=test"

/* Is the line, with this value in it, the one expected? */
static bool
value_is(struct span value, const char *expected)
{
	struct span copy = guarded(value);
	char whole[LOG_LINE_MAX];

	start(NULL);
	log_field(&line, "v", copy);
	log_end(&line);
	guard_free(copy);
	snprintf(whole, sizeof(whole), BEGIN " v=%s\n", expected);
	return strcmp(written.text, whole) == 0;
}

#define VALUE_IS(value, expected) value_is(SPAN_LIT(value), expected)

static void
a_line(void **state)
{
	(void)state;
	log_field(&line, "user", SPAN_LIT("alice"));
	log_number(&line, "us", 17);
	log_number(&line, "skew", -3);
	log_end(&line);
	assert_string_equal(written.text, BEGIN " user=alice us=17 skew=-3\n");
	assert_int_equal(written.calls, 1);
	assert_int_equal(written.fd, 7);
	log_to(2);
	log_end(&line);
	assert_int_equal(written.fd, 2);
}

static void
values(void **state)
{
	(void)state;
	assert_true(VALUE_IS("alice", "alice"));
	assert_true(VALUE_IS("a/b:c-d_e.f,g", "a/b:c-d_e.f,g"));
	assert_true(VALUE_IS("a\\b", "a\\b"));
	assert_true(VALUE_IS("", "\"\""));
	assert_true(VALUE_IS(" ", "\" \""));
	assert_true(VALUE_IS("a b", "\"a b\""));
	assert_true(VALUE_IS("a=b", "\"a=b\""));
	assert_true(VALUE_IS("a\"b", "\"a\\\"b\""));
	assert_true(VALUE_IS("a \\b", "\"a \\\\b\""));
	assert_true(VALUE_IS("a\\\"", "\"a\\\\\\\"\""));
	assert_true(VALUE_IS("a\nb", "\"a\\x0ab\""));
	assert_true(VALUE_IS("\0", "\"\\x00\""));
	assert_true(VALUE_IS("\x1b[0m", "\"\\x1b[0m\""));
	assert_true(VALUE_IS("\xc3\xbc", "\"\\xc3\\xbc\""));
	assert_true(VALUE_IS("x\" user=root", "\"x\\\" user=root\""));
	assert_true(value_is((struct span){ NULL, 0 }, "\"\""));
}

/* Whatever a client sends, the line stays one line of printable ASCII. */
static void
every_byte(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		unsigned char value[] = { 'a', (unsigned char)c, 'b' };
		bool plain = c > ' ' && c < 0x7f && c != '=' && c != '"';

		start(NULL);
		log_field(&line, "v", (struct span){ value, 3 });
		log_end(&line);
		for (size_t i = 0; i + 1 < written.n; i++)
			assert_in_range(written.text[i], 0x20, 0x7e);
		assert_int_equal(written.text[written.n - 1], '\n');
		assert_int_equal(strstr(written.text, " v=\"") == NULL, plain);
	}
}

static void
long_values(void **state)
{
	unsigned char value[258];
	char expected[300];

	(void)state;
	memset(value, 'x', sizeof(value));
	memset(expected, 'x', sizeof(expected));
	for (size_t n = 255; n <= 258; n++) {
		expected[n < 256 ? n : 256] = '\0';
		assert_true(value_is((struct span){ value, n }, expected));
		expected[255] = expected[256] = 'x';
	}
	/* What was cut off does not count. */
	value[256] = ' ';
	expected[256] = '\0';
	assert_true(value_is((struct span){ value, 258 }, expected));
}

static size_t
occurrences(const char *text, const char *of)
{
	size_t n = 0;

	while ((text = strstr(text, of)) != NULL) {
		text += strlen(of);
		n++;
	}
	return n;
}

/* What does not fit is left out whole, and takes nothing else with it. */
static void
long_lines(void **state)
{
	unsigned char value[256];

	(void)state;
	memset(value, '\n', sizeof(value));
	for (int i = 0; i < 5; i++)
		log_field(&line, "v", (struct span){ value, sizeof(value) });
	log_number(&line, "last", 1);
	log_end(&line);
	assert_int_equal(written.calls, 1);
	assert_int_equal(occurrences(written.text, " v="), 3);
	assert_int_equal(occurrences(written.text, "\\x0a"), 3 * 256);
	assert_string_equal(
	    written.text + written.n - 18, "\" last=1 cut=true\n");
}

/* Around the end of the line, byte by byte: whole and ended, or marked. */
static void
every_length(void **state)
{
	unsigned char value[256];
	size_t longest = 0;

	(void)state;
	memset(value, 'x', sizeof(value));
	for (size_t n = 1; n <= 250; n++) {
		start(NULL);
		for (int i = 0; i < 15; i++)
			log_field(&line, "v", (struct span){ value, 256 });
		log_field(&line, "w", (struct span){ value, n });
		log_end(&line);
		assert_true(written.n <= LOG_LINE_MAX);
		assert_int_equal(written.text[written.n - 1], '\n');
		assert_int_equal(occurrences(written.text, " v="), 15);
		assert_int_equal(occurrences(written.text, "\n"), 1);
		assert_int_equal(occurrences(written.text, " w=") +
				     occurrences(written.text, " cut=true"),
		    1);
		if (written.n > longest)
			longest = written.n;
	}
	assert_in_range(longest, LOG_LINE_MAX - 10, LOG_LINE_MAX);
}

static void
no_such_date(void **state)
{
	(void)state;
	log_start(&line, INT64_MAX, "test");
	log_end(&line);
	assert_string_equal(written.text, " event=test cut=true\n");
}

static void
write_fails(void **state)
{
	(void)state;
	written.interruptions = 2;
	log_end(&line);
	assert_int_equal(written.calls, 3);
	assert_string_equal(written.text, BEGIN "\n");
	written.calls = 0;
	written.error = EPIPE;
	log_end(&line);
	assert_int_equal(written.calls, 1);
	written.error = EAGAIN;
	log_end(&line);
	assert_int_equal(written.calls, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line, start),
		cmocka_unit_test_setup(values, start),
		cmocka_unit_test_setup(every_byte, start),
		cmocka_unit_test_setup(long_values, start),
		cmocka_unit_test_setup(long_lines, start),
		cmocka_unit_test_setup(every_length, start),
		cmocka_unit_test_setup(no_such_date, start),
		cmocka_unit_test_setup(write_fails, start),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
