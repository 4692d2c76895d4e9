#define _GNU_SOURCE /* see folder.h */

#include "test.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "base/limits.h"
#include "folder.h"
#include "gateway/php_files.h"
#include "hooks.h"

#define ID "abcdefghij0123456789AB"
#define NAME "sess_" ID
#define TEXT "user_id|i:42;"
#define CHANGED 1700000000

/* What happens before a read. */
static void (*intrude)(void);
static size_t most; /* bytes that one read gives, 0 for all */
static int failing; /* errno of the next read, 0 for none */

/* For hooks.pread. */
static ssize_t
spoilt_pread(int fd, void *bytes, size_t n, off_t at)
{
	if (intrude != NULL)
		intrude();
	if (failing != 0) {
		errno = failing;
		failing = 0;
		return -1;
	}
	return syscall(
	    SYS_pread64, fd, bytes, most > 0 && most < n ? most : n, at);
}

static int
set_up(void **state)
{
	intrude = NULL;
	most = 0;
	failing = 0;
	return folder_setup(state);
}

static struct php_session_file file; /* of the last one */

/* Reads into room for exactly cap bytes, and leaves nothing open. */
static enum php_found
find_in(const char *in, struct span id, size_t cap)
{
	static unsigned char *room;
	enum php_found found;
	int lowest = lowest_free();

	free(room);
	room = malloc(cap + 1);
	assert_non_null(room);
	room[cap] = 0xa5;
	file = (struct php_session_file){ { NULL, 0 }, 0 };
	errno = 0;
	found = php_files.read(&php_files, span_of(in), id, room, cap, &file);
	assert_int_equal(room[cap], 0xa5);
	assert_int_equal(lowest_free(), lowest);
	assert_int_equal(found == PHP_FOUND, file.text.p != NULL);
	return found;
}

static enum php_found
find(void)
{
	return find_in(folder, SPAN_LIT(ID), PHP_SESSION_MAX);
}

/* A session's file, long unchanged. */
static const char *
put_session(mode_t mode, struct span text)
{
	const struct timespec times[2] = { { CHANGED, 0 }, { CHANGED, 0 } };
	const char *path = put_file(NAME, mode, text);

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	return path;
}

TEST_WITH(a_session_is_read, set_up, folder_teardown)
{
	put_session(0600, SPAN_LIT(TEXT));
	assert_int_equal(find(), PHP_FOUND);
	assert_true(span_is(file.text, TEXT));
	assert_int_equal(file.changed, CHANGED);
	put_session(0600, SPAN_LIT(""));
	assert_int_equal(find(), PHP_FOUND);
	assert_int_equal(file.text.n, 0);
	put_session(0600, SPAN_LIT("a\0b"));
	assert_int_equal(find(), PHP_FOUND);
	assert_true(span_eq(file.text, SPAN_LIT("a\0b")));
}

TEST_WITH(there_is_none, set_up, folder_teardown)
{
	assert_int_equal(find(), PHP_FOUND_NOTHING);
	put_file(ID, 0600, SPAN_LIT(TEXT));
	put_file("sess_" ID "C", 0600, SPAN_LIT(TEXT));
	put_file("SESS_" ID, 0600, SPAN_LIT(TEXT));
	assert_int_equal(find(), PHP_FOUND_NOTHING);
	put_session(0600, SPAN_LIT(TEXT));
	assert_int_equal(find(), PHP_FOUND);
	assert_int_equal(find_in(folder, SPAN_LIT("abcdefghij0123456789Ab"),
			     PHP_SESSION_MAX),
	    PHP_FOUND_NOTHING);
	/* a folder that is missing, or a file */
	assert_int_equal(
	    find_in(in_folder("no"), SPAN_LIT(ID), PHP_SESSION_MAX),
	    PHP_FOUND_NOTHING);
	assert_int_equal(
	    find_in(in_folder(NAME), SPAN_LIT(ID), PHP_SESSION_MAX),
	    PHP_FOUND_NOTHING);
}

TEST_WITH(nobody_else_may_write_it, set_up, folder_teardown)
{
	for (mode_t mode = 0400; mode <= 0777; mode++) {
		put_session(mode, SPAN_LIT(TEXT));
		assert_int_equal(find(),
		    (mode & 0022) == 0 ? PHP_FOUND : PHP_FOUND_UNTRUSTED);
		assert_int_equal(unlink(in_folder(NAME)), 0);
	}
}

TEST_WITH(a_link_is_not_followed, set_up, folder_teardown)
{
	put_file("real", 0600, SPAN_LIT(TEXT));
	assert_int_equal(symlink("real", in_folder(NAME)), 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	assert_int_equal(unlink(in_folder(NAME)), 0);
	assert_int_equal(symlink("nowhere", in_folder(NAME)), 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	assert_int_equal(unlink(in_folder(NAME)), 0);
	assert_int_equal(rename(in_folder("real"), in_folder(NAME)), 0);
	assert_int_equal(find(), PHP_FOUND);
	/* The folder is the configuration's to name, and may be one. */
	assert_int_equal(symlink(folder, in_folder("link")), 0);
	assert_int_equal(
	    find_in(in_folder("link"), SPAN_LIT(ID), PHP_SESSION_MAX),
	    PHP_FOUND);
}

TEST_WITH(a_second_name_is_refused, set_up, folder_teardown)
{
	const char *path = put_session(0600, SPAN_LIT(TEXT));

	assert_int_equal(link(path, in_folder("other")), 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	assert_int_equal(unlink(in_folder("other")), 0);
	assert_int_equal(find(), PHP_FOUND);
}

TEST_WITH(only_regular_files, set_up, folder_teardown)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	put_folder(NAME, 0700);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	assert_int_equal(rmdir(in_folder(NAME)), 0);
	/* Without a writer, opening a pipe would wait for one. */
	assert_int_equal(mkfifo(in_folder(NAME), 0600), 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	assert_int_equal(unlink(in_folder(NAME)), 0);
	assert_true(fd >= 0);
	strcpy(at.sun_path, in_folder(NAME));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	close(fd);
}

TEST_WITH(only_our_own, set_up, folder_teardown)
{
	need_root();
	give(put_session(0600, SPAN_LIT(TEXT)), NOBODY, NOBODY);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	become(NOBODY, NOBODY, 0);
	assert_int_equal(find(), PHP_FOUND);
	become_root();
	/* Root's file is nobody's session, readable or not. */
	give(in_folder(NAME), 0, 0);
	assert_int_equal(chmod(in_folder(NAME), 0644), 0);
	become(NOBODY, NOBODY, 0);
	assert_int_equal(find(), PHP_FOUND_UNTRUSTED);
	become_root();
	assert_int_equal(chmod(in_folder(NAME), 0600), 0);
	become(NOBODY, NOBODY, 0);
	assert_int_equal(find(), PHP_FOUND_NOTHING);
	become_root();
	assert_int_equal(find(), PHP_FOUND);
}

TEST_WITH(sizes_of_a_file, set_up, folder_teardown)
{
	static unsigned char text[PHP_SESSION_MAX + 1];
	const size_t caps[] = { 64, 4096, PHP_SESSION_MAX };

	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < 3; i++)
		for (size_t n = caps[i] - 1; n <= caps[i] + 1; n++) {
			put_session(0600, (struct span){ text, n });
			assert_int_equal(find_in(folder, SPAN_LIT(ID), caps[i]),
			    n <= caps[i] ? PHP_FOUND : PHP_FOUND_UNTRUSTED);
			assert_int_equal(file.text.n, n <= caps[i] ? n : 0);
		}
}

TEST_WITH(the_longest_id, set_up, folder_teardown)
{
	char name[PHP_ID_MAX + 1];

	/* A file's name has 255 bytes at most, so there is none. */
	memset(name, 'a', PHP_ID_MAX);
	name[PHP_ID_MAX] = '\0';
	assert_int_equal(
	    find_in(folder, span_of(name), PHP_SESSION_MAX), PHP_FOUND_NOTHING);
	memcpy(name, "sess_", 5);
	name[255] = '\0';
	put_file(name, 0600, SPAN_LIT(TEXT));
	assert_int_equal(
	    find_in(folder, span_of(name + 5), PHP_SESSION_MAX), PHP_FOUND);
}

static void
change(int flags, const char *text)
{
	int fd = open(in_folder(NAME), O_WRONLY | O_CLOEXEC | flags);

	intrude = NULL;
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

static void
append(void)
{
	change(O_APPEND, "x|i:1;");
}

static void
cut(void)
{
	change(O_TRUNC, "");
}

static void
rewrite(void)
{
	change(0, "user_id|i:43;");
}

static void
touch(void)
{
	const struct timespec times[2] = { { CHANGED, 1 }, { CHANGED, 1 } };

	intrude = NULL;
	if (utimensat(AT_FDCWD, in_folder(NAME), times, 0) != 0)
		abort();
}

TEST_WITH(it_changes_while_it_is_read, set_up, folder_teardown)
{
	static void (*const intrusions[])(
	    void) = { append, cut, rewrite, touch };

	for (size_t i = 0; i < 4; i++)
		for (most = 0; most < 3; most++) {
			put_session(0600, SPAN_LIT(TEXT));
			intrude = intrusions[i];
			assert_int_equal(find(), PHP_FOUND_TORN);
			assert_null(intrude);
			assert_int_equal(find(), PHP_FOUND);
		}
}

TEST_WITH(reads_in_pieces, set_up, folder_teardown)
{
	put_session(0600, SPAN_LIT(TEXT));
	for (most = 1; most <= strlen(TEXT); most++) {
		failing = EINTR;
		assert_int_equal(find(), PHP_FOUND);
		assert_true(span_is(file.text, TEXT));
	}
	failing = EIO;
	assert_int_equal(find(), PHP_FOUND_TORN);
	assert_int_equal(failing, 0);
}

FIXTURE(open_group)
{
	hooks.pread = spoilt_pread;
}

GROUP(open_group, NULL);
