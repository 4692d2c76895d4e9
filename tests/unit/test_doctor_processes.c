#define _GNU_SOURCE

#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "doctoring.h"

static char program[320];

/* A program of our name that only sleeps. */
static void
put_program(void)
{
	char mem[65536], draft[400];
	int from = open("/bin/sleep", O_RDONLY | O_CLOEXEC), to;
	ssize_t n;

	snprintf(draft, sizeof(draft), "%s.new", program);
	to = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	assert_true(from >= 0 && to >= 0);
	while ((n = read(from, mem, sizeof(mem))) > 0)
		assert_int_equal(write(to, mem, (size_t)n), n);
	close(from);
	close(to);
	assert_int_equal(rename(draft, program), 0);
}

static pid_t
start(int fd)
{
	int ends[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(fd, 0);
		execl(program, program, "1000", (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	/* The end: it is the other program. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	return child;
}

TEST(a_process_of_ours)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
	const struct finding *one;
	char what[32], mend[64];
	pid_t child;

	doctoring_open("");
	snprintf(program, sizeof(program), "%s/signpost", box.dir);
	put_program();
	strcpy(name.sun_path, doctoring_path("socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(chmod(name.sun_path, 0600), 0);
	child = start(fd);
	snprintf(what, sizeof(what), "process %d", (int)child);
	doctoring_again(doctor_processes);
	assert_non_null(doctoring_found(FINDING_OK, what, "signpost as "));
	assert_non_null(
	    doctoring_found(FINDING_OK, name.sun_path, "not everybody"));
	assert_int_equal(chmod(name.sun_path, 0606), 0);
	put_program();
	doctoring_again(doctor_processes);
	assert_non_null(
	    doctoring_found(FINDING_WARNING, name.sun_path, "everybody"));
	one = doctoring_found(FINDING_WARNING, what, "was replaced");
	assert_non_null(one);
	snprintf(mend, sizeof(mend), "kill -TERM %d", (int)child);
	assert_true(span_is(one->mend, mend));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	/* A command of somebody's, which serves nothing. */
	close(fd);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	child = start(fd);
	snprintf(what, sizeof(what), "process %d", (int)child);
	doctoring_again(doctor_processes);
	for (size_t i = 0; i < findings.n; i++)
		assert_false(span_is(findings.list[i].what, what));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	close(fd);
	doctoring_close();
}
