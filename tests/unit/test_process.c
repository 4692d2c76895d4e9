#define _GNU_SOURCE

#include "test.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "cli/process.h"
#include "folder.h"

static struct process self;
static size_t seen;

static void
take(void *wanted, const struct process *p)
{
	seen++;
	assert_true(p->pid > 0 && p->n > 0);
	if (p->pid == *(const long long *)wanted)
		self = *p;
}

TEST(this_one)
{
	long long pid = (long long)getpid();

	process_each(take, &pid);
	assert_true(seen > 0);
	assert_int_equal(self.pid, pid);
	assert_int_equal(self.uid, geteuid());
	assert_string_equal(self.name, "units");
	assert_non_null(strstr(process_word(&self, 0), "units"));
	assert_true(strncmp(process_word(&self, 1), "process", 7) == 0);
	assert_null(process_word(&self, 9));
	assert_non_null(strstr(self.exe, "/units"));
	assert_false(self.deleted);
	/* Started within the last minutes, and not in the future. */
	assert_true(self.started > (long long)time(NULL) - 600 &&
		    self.started <= (long long)time(NULL) + 1);
}

/* It is not dumpable, as ours are not: its files in /proc are root's. */
TEST(another_users)
{
	long long pid;
	int ends[2];
	char byte;

	need_root();
	assert_int_equal(pipe(ends), 0);
	pid = (long long)fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgid(NOBODY) == 0 && setuid(NOBODY) == 0 &&
		    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
		    write(ends[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	self.pid = 0;
	process_each(take, &pid);
	kill((pid_t)pid, SIGKILL);
	waitpid((pid_t)pid, NULL, 0);
	assert_int_equal(self.pid, pid);
	assert_int_equal(self.uid, NOBODY);
}

TEST(words)
{
	struct process p = { .words = "a\0--b\0\0c", .n = 9 };

	assert_string_equal(process_word(&p, 0), "a");
	assert_string_equal(process_word(&p, 1), "--b");
	assert_string_equal(process_word(&p, 2), "");
	assert_string_equal(process_word(&p, 3), "c");
	assert_null(process_word(&p, 4));
	p.n = 0;
	assert_null(process_word(&p, 0));
}

static int
bind_unix(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(name.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* In a child, whose descriptor 0 is this one. */
static enum process_input
input_of(int fd, char *path, size_t cap)
{
	enum process_input input;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		dup2(fd, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	input = process_input((long long)child, path, cap);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return input;
}

TEST(inputs)
{
	int fd = bind_unix(in_folder("a socket"));
	char path[4096];

	assert_int_equal(input_of(fd, path, sizeof(path)), INPUT_UNIX);
	assert_string_equal(path, in_folder("a socket"));
	close(fd);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(input_of(fd, path, sizeof(path)), INPUT_INTERNET);
	assert_string_equal(path, "");
	close(fd);
	assert_int_equal(process_input(0, path, sizeof(path)), INPUT_UNKNOWN);
}

GROUP(folder_setup, folder_teardown);
