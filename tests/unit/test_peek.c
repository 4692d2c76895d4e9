#define _GNU_SOURCE

#include "test.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/peek.h"
#include "folder.h"

TEST(files)
{
	const char *path = put_file("five", 0600, SPAN_LIT("12345"));
	unsigned char mem[8];
	struct span text;

	assert_true(peek_file(path, mem, sizeof(mem), &text));
	assert_true(span_is(text, "12345"));
	assert_true(peek_file(path, mem, 5, &text));
	assert_true(span_is(text, "12345"));
	assert_true(peek_file(path, mem, 4, &text));
	assert_true(span_is(text, "1234"));
	assert_true(peek_file("/proc/self/comm", mem, 4, &text));
	assert_true(span_is(text, "unit"));
	assert_false(peek_file(in_folder("none"), mem, sizeof(mem), &text));
	assert_int_equal(text.n, 0);
	assert_false(peek_file(folder, mem, sizeof(mem), &text));
	/* What to open does something, or waits. */
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_false(peek_file(in_folder("fifo"), mem, sizeof(mem), &text));
	assert_false(peek_file("/dev/zero", mem, sizeof(mem), &text));
}

TEST(descriptors)
{
	const char *path = put_file("six", 0600, SPAN_LIT("123456"));
	int fd = open(path, O_RDONLY);
	unsigned char mem[8];
	struct span text;

	assert_true(peek_descriptor(fd, mem, 4, &text));
	assert_true(span_is(text, "1234"));
	assert_true(peek_descriptor(fd, mem, sizeof(mem), &text));
	assert_true(span_is(text, "56"));
	close(fd);
	assert_false(peek_descriptor(fd, mem, sizeof(mem), &text));
	assert_int_equal(text.n, 0);
}

TEST(links)
{
	char mem[16];

	assert_int_equal(symlink("0123456789abcd", in_folder("l14")), 0);
	assert_int_equal(symlink("0123456789abcde", in_folder("l15")), 0);
	assert_true(peek_link(in_folder("l14"), mem, sizeof(mem)));
	assert_string_equal(mem, "0123456789abcd");
	assert_false(peek_link(in_folder("l15"), mem, sizeof(mem)));
	assert_false(peek_link(in_folder("none"), mem, sizeof(mem)));
	assert_string_equal(mem, "");
	assert_non_null(strstr(peek_self(), "/units"));
	assert_int_equal(access(peek_endpoint(), X_OK), 0);
}

TEST(folders)
{
	char mem[4];

	assert_true(peek_folder("a", mem, sizeof(mem)));
	assert_string_equal(mem, ".");
	assert_true(peek_folder("/a", mem, sizeof(mem)));
	assert_string_equal(mem, "/");
	assert_true(peek_folder("/ab/c", mem, sizeof(mem)));
	assert_string_equal(mem, "/ab");
	assert_false(peek_folder("/abc/d", mem, sizeof(mem)));
}

GROUP(folder_setup, folder_teardown);
