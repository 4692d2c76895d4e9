#define _DEFAULT_SOURCE

#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/start.h"

/* What a process finds behind its door; 0 when all is as it should be. */
static int
look_behind(void)
{
	struct rlimit core;
	struct stat st;

	if (!start_close_door())
		return 1;
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return 2;
	if (fstat(0, &st) != 0 || !S_ISCHR(st.st_mode))
		return 3;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 ||
	    core.rlim_max != 0)
		return 4;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 5;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 6;
	if (umask(0) != 077)
		return 7;
	return start_close_door() ? 0 : 8; /* once more does no harm */
}

/* Closing bit fd of `missing` first. */
static int
run(unsigned missing)
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		for (int fd = 0; fd <= 2; fd++)
			if ((missing >> fd & 1) != 0)
				close(fd);
		_exit(look_behind());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

TEST(test_door)
{
	for (unsigned missing = 0; missing < 8; missing++)
		assert_int_equal(run(missing), 0);
}
