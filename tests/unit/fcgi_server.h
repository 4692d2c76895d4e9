/*
 * The program's end of FastCGI, for tests: the loop in a process of its own,
 * behind a Unix socket, with fake_handle() for a core.
 */
#ifndef TESTS_FCGI_SERVER_H
#define TESTS_FCGI_SERVER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "gateway/fastcgi.h"
#include "serving.h"

struct server {
	pid_t pid;
	int listener;
	char dir[32], path[64], log[64];
};

/* Never returns. descriptors: at most so many, 0 for no limit. */
static inline void
server_run(const struct server *server, unsigned descriptors)
{
	struct rlimit limit = { descriptors, descriptors };
	int log = open(server->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (log < 0)
		abort();
	log_to(log);
	if (descriptors > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0)
		abort();
	hooks.handle = fake_handle;
	serve_init(&serve);
	_exit(fastcgi_loop(&serve, server->listener));
}

static inline void
server_fork(struct server *server, unsigned descriptors)
{
	sigset_t ends;

	/* Held as main() holds them, so that an early one is not lost. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGUSR1);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	server->pid = fork();
	if (server->pid < 0)
		abort();
	if (server->pid == 0)
		server_run(server, descriptors);
	sigprocmask(SIG_UNBLOCK, &ends, NULL);
}

static inline void
server_start(struct server *server, unsigned descriptors)
{
	strcpy(server->dir, "/tmp/signpost-XXXXXX");
	if (mkdtemp(server->dir) == NULL)
		abort();
	snprintf(server->path, sizeof(server->path), "%s/s", server->dir);
	snprintf(server->log, sizeof(server->log), "%s/log", server->dir);
	server->listener = fcgi_listen(server->path);
	server_fork(server, descriptors);
}

/* Its exit status, as waitpid() gives it; -1 when it takes too long. */
static inline int
server_wait(const struct server *server, int milliseconds, long *cpu_ms)
{
	long long until = fcgi_clock_ms() + milliseconds;
	struct rusage used;
	int status = -1;

	while (wait4(server->pid, &status, WNOHANG, &used) == 0) {
		if (fcgi_clock_ms() > until) {
			kill(server->pid, SIGKILL);
			waitpid(server->pid, &status, 0);
			return -1;
		}
		moment();
	}
	if (cpu_ms != NULL)
		*cpu_ms =
		    used.ru_utime.tv_sec * 1000 + used.ru_utime.tv_usec / 1000 +
		    used.ru_stime.tv_sec * 1000 + used.ru_stime.tv_usec / 1000;
	return status;
}

static inline void
server_remove(struct server *server)
{
	close(server->listener);
	unlink(server->path);
	unlink(server->log);
	rmdir(server->dir);
}

/* How often text stands in the log. */
static inline unsigned
server_logged(const struct server *server, const char *text)
{
	static char log[65536];
	int fd = open(server->log, O_RDONLY);
	ssize_t n = read(fd, log, sizeof(log) - 1);
	unsigned found = 0;

	close(fd);
	log[n > 0 ? n : 0] = '\0';
	for (const char *p = log; (p = strstr(p, text)) != NULL; p++)
		found++;
	return found;
}

/* Open descriptors of the process. */
static inline unsigned
server_descriptors(const struct server *server)
{
	char path[64];
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)server->pid);
	dir = opendir(path);
	if (dir == NULL)
		abort();
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/*
 * Waits until no more than n are open: the process closes a connection a
 * moment after its peer saw the end.
 */
static inline bool
server_settles(const struct server *server, unsigned n, int milliseconds)
{
	long long until = fcgi_clock_ms() + milliseconds;

	while (server_descriptors(server) > n) {
		if (fcgi_clock_ms() > until)
			return false;
		moment();
	}
	return true;
}

#endif
