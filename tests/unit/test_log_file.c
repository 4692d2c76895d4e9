#define _GNU_SOURCE /* see folder.h; memfd_create */

#include "test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/log.h"
#include "folder.h"
#include "gateway/serve.h"

static struct log_file file;
static int other; /* in place of standard error */
static long long now = 5000;
static const char *path;

static int
set_up(void **state)
{
	other = memfd_create("log", MFD_CLOEXEC);
	log_to(other);
	log_file_error();
	return folder_setup(state) != 0 || other < 0;
}

static int
tear_down(void **state)
{
	log_file_close(&file);
	log_to(2);
	close(other);
	return folder_teardown(state);
}

/* What fd holds, and no more from then on. */
static const char *
take(int fd)
{
	static char text[1 << 16];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(fd, 0), 0);
	lseek(fd, 0, SEEK_SET);
	return text;
}

static const char *
text_of(const char *name)
{
	static char text[1 << 16];
	int fd = open(in_folder(name), O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	close(fd);
	return text;
}

/* How many lines are of this event. */
static int
lines_of(const char *text, const char *event)
{
	char wanted[32];
	int n = 0;

	snprintf(wanted, sizeof(wanted), " event=%s", event);
	for (; (text = strstr(text, wanted)) != NULL; text++)
		n++;
	return n;
}

static void
begin(const char *name)
{
	static char kept[8192];

	snprintf(kept, sizeof(kept), "%s", in_folder(name));
	path = kept;
	now += 100000;
	log_file_init(&file, span_of(path));
	log_file_look(&file, now);
}

/* A line as a request writes it, after ms milliseconds. */
static void
write_line(const char *event, long long ms)
{
	now += ms;
	log_file_look(&file, now);
	log_event(event, (struct span){ NULL, 0 });
	log_file_check(&file, now);
}

TEST_WITH(none, set_up, tear_down)
{
	log_file_init(&file, SPAN_LIT(""));
	write_line("a", 0);
	write_line("b", 2000);
	assert_int_equal(lines_of(take(other), "a"), 1);
	log_file_close(&file);
}

TEST_WITH(made, set_up, tear_down)
{
	struct stat st;

	begin("log");
	write_line("a", 0);
	write_line("b", 2000);
	assert_string_equal(take(other), "");
	assert_int_equal(lines_of(text_of("log"), "a"), 1);
	assert_int_equal(lines_of(text_of("log"), "b"), 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(fcntl(file.fd, F_GETFD), FD_CLOEXEC);
	/* Another one goes on behind. */
	log_file_close(&file);
	begin("log");
	write_line("c", 0);
	assert_int_equal(lines_of(text_of("log"), "a"), 1);
	assert_int_equal(lines_of(text_of("log"), "c"), 1);
	assert_string_equal(take(other), "");
}

TEST_WITH(closed, set_up, tear_down)
{
	begin("log");
	log_file_close(&file);
	log_event("a", (struct span){ NULL, 0 });
	assert_int_equal(lines_of(take(other), "a"), 1);
	assert_string_equal(text_of("log"), "");
}

static void
rename_to(const char *name)
{
	assert_int_equal(rename(path, in_folder(name)), 0);
}

/* A second is the most that lines follow the old file. */
TEST_WITH(renamed, set_up, tear_down)
{
	int before;

	begin("log");
	before = lowest_free();
	write_line("a", 0);
	rename_to("log.1");
	write_line("b", 999);
	write_line("c", 1);
	assert_int_equal(lines_of(text_of("log.1"), "a"), 1);
	assert_int_equal(lines_of(text_of("log.1"), "b"), 1);
	assert_int_equal(lines_of(text_of("log.1"), "c"), 0);
	assert_int_equal(lines_of(text_of("log"), "c"), 1);
	/* As logrotate's create does it. */
	rename_to("log.2");
	put_file("log", 0640, SPAN_LIT(""));
	write_line("d", 1000);
	assert_int_equal(lines_of(text_of("log"), "d"), 1);
	assert_string_equal(take(other), "");
	for (int i = 0; i < 100; i++) {
		rename_to("log.3");
		write_line("e", 1000);
	}
	assert_int_equal(lowest_free(), before);
}

TEST_WITH(emptied, set_up, tear_down)
{
	begin("log");
	for (int i = 0; i < 100; i++)
		write_line("a", 0);
	assert_int_equal(truncate(path, 0), 0);
	write_line("b", 0);
	assert_memory_equal(text_of("log"), "time=", 5);
	assert_int_equal(lines_of(text_of("log"), "b"), 1);
	assert_int_equal(lines_of(text_of("log"), "a"), 0);
}

TEST_WITH(removed, set_up, tear_down)
{
	begin("log");
	assert_int_equal(unlink(path), 0);
	write_line("a", 1000);
	assert_int_equal(lines_of(text_of("log"), "a"), 1);
}

/*
 * What is at path is no log: lines go on, with one that says why each minute,
 * until it is one again.
 */
static void
assert_refused(const char *words)
{
	const char *said;

	begin("log");
	said = take(other);
	assert_int_equal(lines_of(said, "log reason="), 1);
	assert_non_null(strstr(said, path));
	assert_non_null(strstr(said, words));
	assert_int_equal(file.fd, -1);
	write_line("a", 1000);
	write_line("a", 58999);
	assert_int_equal(lines_of(take(other), "log"), 0);
	write_line("a", 1);
	assert_int_equal(lines_of(take(other), "log"), 0);
	write_line("b", 1000);
	said = take(other);
	assert_int_equal(lines_of(said, "log"), 1);
	assert_int_equal(lines_of(said, "b"), 1);
	remove(path);
	write_line("c", 1000);
	assert_string_equal(take(other), "");
	assert_int_equal(lines_of(text_of("log"), "c"), 1);
	log_file_close(&file);
	unlink(path);
}

TEST_WITH(other_things, set_up, tear_down)
{
	put_file("target", 0600, SPAN_LIT("keep"));
	assert_int_equal(symlink("target", in_folder("log")), 0);
	assert_refused("symbolic link");
	assert_string_equal(text_of("target"), "keep");
	assert_int_equal(symlink("nowhere", in_folder("log")), 0);
	assert_refused("symbolic link");
	put_folder("log", 0700);
	assert_refused("not a regular file");
	put_file("log", 0602, SPAN_LIT(""));
	assert_refused("everybody can write");
}

TEST_WITH(a_fifo, set_up, tear_down)
{
	int reader;

	assert_int_equal(mkfifo(in_folder("log"), 0600), 0);
	assert_refused("not a regular file");
	assert_int_equal(mkfifo(in_folder("log"), 0600), 0);
	reader = open(in_folder("log"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_refused("not a regular file");
	close(reader);
}

TEST_WITH(owners, set_up, tear_down)
{
	need_root();
	give(put_file("log", 0600, SPAN_LIT("")), NOBODY, NOBODY);
	assert_refused("another user");
	/* Root's, for a group that we are in. */
	give(put_file("log", 0660, SPAN_LIT("")), 0, NOBODY);
	become(NOBODY, NOBODY, 0);
	begin("log");
	write_line("a", 0);
	become_root();
	assert_string_equal(take(other), "");
	assert_int_equal(lines_of(text_of("log"), "a"), 1);
}

TEST_WITH(no_right, set_up, tear_down)
{
	need_root();
	become(NOBODY, NOBODY, 0);
	begin("log");
	become_root();
	assert_non_null(strstr(take(other), "can't write to it"));
	assert_int_equal(access(path, F_OK), -1);
}

TEST_WITH(no_folder, set_up, tear_down)
{
	begin("nowhere/log");
	assert_non_null(strstr(take(other), "its folder is not there"));
	put_folder("nowhere", 0700);
	write_line("a", 1000);
	assert_int_equal(lines_of(text_of("nowhere/log"), "a"), 1);
}

/*
 * In a process of its own, since the limit is: lines that the file does not
 * take are whole on standard error, and one more there says why.
 */
static void
fill_up(void)
{
	struct rlimit limit = { 200, RLIM_INFINITY };

	begin("log");
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(1);
	for (int i = 0; i < 100; i++)
		write_line("a", 100);
	_exit(0);
}

TEST_WITH(full_disk, set_up, tear_down)
{
	int ends[2], status = -1, in_file, in_other;
	static char got[1 << 16];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	log_to(ends[1]);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		fill_up();
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	n = read(ends[0], got, sizeof(got) - 1);
	assert_true(n > 0);
	got[n] = '\0';
	in_other = lines_of(got, "a\n");
	in_file = lines_of(text_of("log"), "a\n");
	assert_in_range(in_file, 4, 6);
	assert_int_equal(in_file + in_other, 100);
	assert_int_equal(lines_of(got, "log reason="), 1);
	assert_non_null(strstr(got, "rotate it"));
	assert_memory_equal(got, "time=", 5);
	close(ends[0]);
	close(ends[1]);
}
