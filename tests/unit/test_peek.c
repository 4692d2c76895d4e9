#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/peek.h"
#include "folder.h"

static void
files(void **state)
{
	const char *path = put_file("five", 0600, SPAN_LIT("12345"));
	unsigned char mem[8];
	struct span text;

	(void)state;
	assert_true(peek_file(path, mem, sizeof(mem), &text));
	assert_true(span_is(text, "12345"));
	assert_true(peek_file(path, mem, 5, &text));
	assert_true(span_is(text, "12345"));
	assert_true(peek_file(path, mem, 4, &text));
	assert_true(span_is(text, "1234"));
	assert_true(peek_file("/proc/self/comm", mem, sizeof(mem), &text));
	assert_true(span_starts(text, SPAN_LIT("test_pee")));
	assert_false(peek_file(in_folder("none"), mem, sizeof(mem), &text));
	assert_int_equal(text.n, 0);
	assert_false(peek_file(folder, mem, sizeof(mem), &text));
	/* What to open does something, or waits. */
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_false(peek_file(in_folder("fifo"), mem, sizeof(mem), &text));
	assert_false(peek_file("/dev/zero", mem, sizeof(mem), &text));
}

static void
descriptors(void **state)
{
	const char *path = put_file("six", 0600, SPAN_LIT("123456"));
	int fd = open(path, O_RDONLY);
	unsigned char mem[8];
	struct span text;

	(void)state;
	assert_true(peek_descriptor(fd, mem, 4, &text));
	assert_true(span_is(text, "1234"));
	assert_true(peek_descriptor(fd, mem, sizeof(mem), &text));
	assert_true(span_is(text, "56"));
	close(fd);
	assert_false(peek_descriptor(fd, mem, sizeof(mem), &text));
	assert_int_equal(text.n, 0);
}

static void
links(void **state)
{
	char mem[16];

	(void)state;
	assert_int_equal(symlink("0123456789abcd", in_folder("l14")), 0);
	assert_int_equal(symlink("0123456789abcde", in_folder("l15")), 0);
	assert_true(peek_link(in_folder("l14"), mem, sizeof(mem)));
	assert_string_equal(mem, "0123456789abcd");
	assert_false(peek_link(in_folder("l15"), mem, sizeof(mem)));
	assert_false(peek_link(in_folder("none"), mem, sizeof(mem)));
	assert_string_equal(mem, "");
	assert_non_null(strstr(peek_self(), "test_peek"));
}

static void
folders(void **state)
{
	char mem[4];

	(void)state;
	assert_true(peek_folder("a", mem, sizeof(mem)));
	assert_string_equal(mem, ".");
	assert_true(peek_folder("/a", mem, sizeof(mem)));
	assert_string_equal(mem, "/");
	assert_true(peek_folder("/ab/c", mem, sizeof(mem)));
	assert_string_equal(mem, "/ab");
	assert_false(peek_folder("/abc/d", mem, sizeof(mem)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(links),
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests_name(
	    "peek", tests, folder_setup, folder_teardown);
}
