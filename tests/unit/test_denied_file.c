#define _GNU_SOURCE /* see folder.h; memfd_create, mallinfo2 */

#include "test.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/limits.h"
#include "base/log.h"
#include "folder.h"
#include "hooks.h"
#include "policy/denied.h"

static struct denied_file file;
static int log_fd;
static long long now = 5000;

/* How often the file is changed while it is read. */
static int intrusions;

/* For hooks.read. */
static ssize_t
intruded_read(int fd, void *bytes, size_t n)
{
	if (intrusions > 0) {
		int other = open(in_folder("list"), O_WRONLY | O_APPEND);

		intrusions--;
		if (other < 0 || write(other, "\neve", 4) != 4)
			abort();
		close(other);
	}
	return syscall(SYS_read, fd, bytes, n);
}

static int
set_up(void **state)
{
	static char path[4200];

	log_fd = memfd_create("log", MFD_CLOEXEC);
	log_to(log_fd);
	intrusions = 0;
	if (folder_setup(state) != 0 || log_fd < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/list", folder);
	denied_init(&file, span_of(path));
	return 0;
}

static int
tear_down(void **state)
{
	denied_free(&file);
	log_to(2);
	close(log_fd);
	return folder_teardown(state);
}

/* What was logged since the last look. */
static const char *
logged(void)
{
	static char text[1 << 16];
	ssize_t n = pread(log_fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(log_fd, 0), 0);
	lseek(log_fd, 0, SEEK_SET);
	return text;
}

/* One line of this event with these words in it. */
static void
assert_said(const char *words)
{
	const char *text = logged();

	assert_non_null(strstr(text, " event=denied reason="));
	assert_non_null(strstr(text, file.path));
	assert_non_null(strstr(text, words));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void
assert_silent(void)
{
	assert_string_equal(logged(), "");
}

static const struct names *
after(long long ms)
{
	now += ms;
	return denied_now(&file, now);
}

static bool
denies(const struct names *names, const char *user)
{
	assert_non_null(names);
	return names_have(names, span_of(user));
}

/* As whoever changes it should: another file, moved over the old one. */
static void
move_over(const char *text)
{
	put_file("new", 0600, span_of(text));
	assert_int_equal(rename(in_folder("new"), in_folder("list")), 0);
}

TEST_WITH(no_path, set_up, tear_down)
{
	struct denied_file none;
	const struct names *names;

	denied_init(&none, SPAN_LIT(""));
	names = denied_now(&none, 0);
	assert_non_null(names);
	assert_int_equal(names->n, 0);
	assert_ptr_equal(denied_now(&none, 10000), names);
	denied_free(&none);
	assert_silent();
}

TEST_WITH(there, set_up, tear_down)
{
	const struct names *names;

	put_file("list", 0644, SPAN_LIT("mallory\nalice\r\n\n"));
	names = after(0);
	assert_true(denies(names, "mallory"));
	assert_true(denies(names, "alice"));
	assert_false(denies(names, "bob"));
	assert_int_equal(names->n, 2);
	assert_ptr_equal(after(1), names);
	assert_silent();
}

/* An empty file is a list of nobody; no file is no list. */
TEST_WITH(empty, set_up, tear_down)
{
	put_file("list", 0600, SPAN_LIT(""));
	assert_int_equal(after(0)->n, 0);
	assert_silent();
	denied_free(&file);
	denied_init(&file, span_of(file.path));
	unlink(file.path);
	assert_null(after(0));
	assert_said("there is no such file");
}

TEST_WITH(appears, set_up, tear_down)
{
	assert_null(after(0));
	assert_said("there is no such file");
	move_over("mallory\n");
	assert_null(after(999));
	assert_true(denies(after(1), "mallory"));
	assert_said("good again");
	assert_true(denies(after(1000), "mallory"));
	assert_silent();
}

TEST_WITH(changes, set_up, tear_down)
{
	move_over("mallory\n");
	assert_true(denies(after(0), "mallory"));
	move_over("trudyyy\n"); /* as long, and as old */
	assert_false(denies(after(999), "trudyyy"));
	assert_true(denies(after(1), "trudyyy"));
	assert_false(denies(after(0), "mallory"));
	assert_silent();
}

/* In place, and within one tick of the file system's clock. */
TEST_WITH(changes_at_once, set_up, tear_down)
{
	struct stat st;

	put_file("list", 0600, SPAN_LIT("mallory"));
	after(0);
	put_file("list", 0600, SPAN_LIT("trudyyy"));
	/* What a stat() would say of a file that changed in that tick. */
	assert_int_equal(stat(file.path, &st), 0);
	file.seen = st;
	assert_true(denies(after(1000), "trudyyy"));
	assert_silent();
}

TEST_WITH(disappears, set_up, tear_down)
{
	move_over("mallory\n");
	after(0);
	unlink(file.path);
	assert_true(denies(after(1000), "mallory"));
	assert_said("there is no such file");
	for (int i = 0; i < 59; i++)
		assert_true(denies(after(1000), "mallory"));
	assert_silent();
	assert_true(denies(after(1000), "mallory"));
	assert_said("there is no such file");
	move_over("trudy\n");
	assert_false(denies(after(1000), "mallory"));
	assert_said("good again");
}

static void
assert_bad(const char *words)
{
	assert_true(denies(after(1000), "mallory"));
	assert_said(words);
	assert_true(denies(after(1000), "mallory"));
	assert_silent();
	remove(file.path);
	move_over("mallory\n");
	assert_true(denies(after(1000), "mallory"));
	assert_said("good again");
	after(1000);
	assert_silent();
}

TEST_WITH(becomes_bad, set_up, tear_down)
{
	move_over("mallory\n");
	after(0);
	move_over("trudy\n mallory\n");
	assert_bad("line 2: ");
	move_over("trudy\n\xff\n");
	assert_bad("line 2: ");
	move_over("trudy\n");
	chmod(file.path, 0602);
	assert_bad("chmod go-w");
	unlink(file.path);
	assert_int_equal(symlink("elsewhere", file.path), 0);
	assert_bad("symbolic link");
	unlink(file.path);
	assert_int_equal(mkdir(file.path, 0700), 0);
	assert_bad("not a regular file");
	assert_int_equal(unlink(file.path), 0);
	assert_int_equal(mkfifo(file.path, 0600), 0);
	assert_bad("not a regular file");
}

TEST_WITH(bad_from_the_start, set_up, tear_down)
{
	put_file("list", 0600, SPAN_LIT(" mallory"));
	assert_null(after(0));
	assert_said("line 1: ");
	assert_null(after(1000));
	assert_silent();
	move_over("mallory");
	assert_true(denies(after(1000), "mallory"));
	assert_said("good again");
}

TEST_WITH(folder_bad, set_up, tear_down)
{
	move_over("mallory\n");
	chmod(folder, 0757);
	assert_null(after(0));
	assert_said("everybody can write to its folder");
	chmod(folder, 0755);
	assert_true(denies(after(1000), "mallory"));
}

/* Written while it is read: read again, and if it never stops, as it was. */
TEST_WITH(torn, set_up, tear_down)
{
	put_file("list", 0600, SPAN_LIT("mallory"));
	intrusions = 2;
	assert_true(denies(after(0), "mallory"));
	assert_true(denies(after(0), "eve"));
	assert_silent();
	put_file("list", 0600, SPAN_LIT("trudy"));
	intrusions = 1000;
	assert_true(denies(after(1000), "mallory"));
	assert_false(denies(after(0), "trudy"));
	assert_said("it changes while it is read");
	intrusions = 0;
	assert_true(denies(after(1000), "trudy"));
	assert_false(denies(after(0), "mallory"));
	assert_said("good again");
}

/* Lines of 255 bytes, all of one user. */
static struct span
large(size_t n)
{
	static unsigned char text[DENIED_FILE_MAX + 1];

	memset(text, 'x', sizeof(text));
	for (size_t i = 255; i < n; i += 256)
		text[i] = '\n';
	return (struct span){ text, n };
}

TEST_WITH(sizes, set_up, tear_down)
{
	put_file("list", 0600, large(DENIED_FILE_MAX - 1));
	assert_int_equal(after(0)->n, 1);
	put_file("list", 0600, large(DENIED_FILE_MAX));
	assert_int_equal(after(1000)->n, 1);
	assert_silent();
	put_file("list", 0600, large(DENIED_FILE_MAX + 1));
	assert_int_equal(after(1000)->n, 1);
	assert_said("more than 1048576 bytes");
}

/* n different users, one on each line. */
static struct span
crowd(int n)
{
	static char text[DENIED_FILE_MAX];
	size_t have = 0;

	for (int i = 0; i < n; i++)
		have += (size_t)snprintf(
		    text + have, sizeof(text) - have, "u%d\n", i);
	return (struct span){ (unsigned char *)text, have };
}

TEST_WITH(numbers, set_up, tear_down)
{
	put_file("list", 0600, crowd(DENIED_MAX));
	assert_int_equal(after(0)->n, DENIED_MAX);
	assert_true(denies(after(0), "u65535"));
	assert_silent();
	put_file("list", 0600, crowd(DENIED_MAX + 1));
	assert_int_equal(after(1000)->n, DENIED_MAX);
	assert_said("more than 65536 users");
}

/* With a sanitizer mallinfo2() knows nothing, but this does. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t
in_use(void)
{
	if (__sanitizer_get_current_allocated_bytes != NULL)
		return __sanitizer_get_current_allocated_bytes();
	return mallinfo2().uordblks;
}

TEST_WITH(many_changes, set_up, tear_down)
{
	size_t memory = 0;
	int descriptor = lowest_free();
	char text[64];

	for (int i = 0; i < 2000; i++) {
		/* Every third one is bad. */
		snprintf(text, sizeof(text), "%smallory\nu%05d\n",
		    i % 3 == 2 ? " " : "", i);
		put_file("list", 0600, span_of(text));
		assert_true(denies(after(1000), "mallory"));
		if (i == 100)
			memory = in_use();
		logged();
	}
	assert_in_range(in_use(), 0, memory + 1024);
	assert_int_equal(lowest_free(), descriptor);
}

FIXTURE(open_group)
{
	hooks.read = intruded_read;
}

GROUP(open_group, NULL);
