#define _GNU_SOURCE

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "folder.h"
#include "store/lock.h"

static int
opened(void)
{
	int fd = open(in_folder("file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

TEST_WITH(test_excludes, folder_setup, folder_teardown)
{
	int a = opened(), b = opened();

	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	assert_int_equal(lock_take(b, 0), LOCK_BUSY);
	assert_int_equal(lock_take(b, 20), LOCK_BUSY);
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN); /* held: no waiting */
	lock_drop(a);
	assert_int_equal(lock_take(b, 0), LOCK_TAKEN);
	assert_int_equal(lock_take(a, 0), LOCK_BUSY);
	close(b);
	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	close(a);
}

TEST_WITH(test_waits_no_longer, folder_setup, folder_teardown)
{
	int a = opened(), b = opened();
	long long start;

	assert_int_equal(lock_take(a, 0), LOCK_TAKEN);
	start = lock_clock();
	assert_int_equal(lock_take(b, 100), LOCK_BUSY);
	assert_in_range(lock_clock() - start, 100, 60000);
	close(a);
	close(b);
}

/* A child that holds the lock says so, and then waits to be killed. */
static pid_t
holder(void)
{
	int pipes[2];
	pid_t child;
	char c;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		int fd = opened();

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (lock_take(fd, 0) == LOCK_TAKEN &&
		    write(pipes[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	close(pipes[0]);
	return child;
}

TEST_WITH(test_killed, folder_setup, folder_teardown)
{
	int fd = opened(), status;
	pid_t child = holder();

	assert_int_equal(lock_take(fd, 0), LOCK_BUSY);
	kill(child, SIGSTOP);
	assert_int_equal(lock_take(fd, 10), LOCK_BUSY);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	close(fd);
}

/* It gets the lock when it is given back meanwhile. */
TEST_WITH(test_waits, folder_setup, folder_teardown)
{
	int fd = opened(), other = opened(), status;
	pid_t child;

	assert_int_equal(lock_take(fd, 0), LOCK_TAKEN);
	child = fork();
	if (child == 0) {
		close(fd);
		_exit(lock_take(other, 60000) != LOCK_TAKEN);
	}
	usleep(20000);
	lock_drop(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
	close(other);
}

TEST_WITH(test_fails, folder_setup, folder_teardown)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_int_equal(lock_take(-1, 100), LOCK_FAILED);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lock_take(fd, 100), LOCK_FAILED); /* to read only */
	close(fd);
}
