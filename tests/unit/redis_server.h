/*
 * Servers for tests of the Redis store: a real one, in a process of its own
 * with a folder of its own, and fakes that behave badly. They end with the
 * test. A test file that includes this starts with #define _GNU_SOURCE.
 */
#ifndef TESTS_REDIS_SERVER_H
#define TESTS_REDIS_SERVER_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "patience.h"
#include "store/store.h"

struct redis_server {
	pid_t pid;
	unsigned port;        /* 0: the socket alone */
	const char *password; /* NULL: none */
	char dir[32], path[64], log[64];
	struct store_config config; /* of a store there, by the socket */
};

/* The folder, and the configuration of a store. */
static inline void
redis_server_place(struct redis_server *s)
{
	*s = (struct redis_server){ .pid = 0 };
	strcpy(s->dir, "/tmp/signpost-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		abort();
	snprintf(s->path, sizeof(s->path), "%s/s", s->dir);
	snprintf(s->log, sizeof(s->log), "%s/log", s->dir);
	s->config = (struct store_config){ .kind = STORE_UNIX,
		.place = span_of(s->path) };
}

static inline void
redis_server_remove(struct redis_server *s)
{
	unlink(s->path);
	unlink(s->log);
	if (rmdir(s->dir) != 0)
		abort();
}

/* Never returns. */
static inline void
redis_server_exec(const struct redis_server *s)
{
	int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	const char *argv[] = { "redis-server", "--port", "0", "--unixsocket",
		s->path, "--dir", s->dir, "--save", "", "--appendonly", "no",
		"--daemonize", "no", "--bind", "127.0.0.1", "--databases", "16",
		s->password == NULL ? NULL : "--requirepass", s->password,
		NULL };
	char port[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(port, sizeof(port), "%u", s->port);
	argv[2] = port;
	dup2(log, 1);
	dup2(log, 2);
	/* execvp() changes nothing there. */
	execvp(argv[0], (char **)(uintptr_t)argv);
	fprintf(stderr, "no redis-server here: install it\n");
	_exit(127);
}

/* A connection to it; -1: there is none. */
static inline int
redis_server_dial(const struct redis_server *s)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(to.sun_path, s->path);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Waits until it listens. Aborts when it ends instead. */
static inline void
redis_server_run(struct redis_server *s)
{
	long long until = counters_clock() + PATIENCE_MS;
	char said[4096] = "";
	int fd;

	unlink(s->path);
	s->pid = fork();
	if (s->pid == 0)
		redis_server_exec(s);
	while ((fd = redis_server_dial(s)) < 0) {
		if (waitpid(s->pid, NULL, WNOHANG) != 0 ||
		    counters_clock() > until) {
			int log = open(s->log, O_RDONLY);

			(void)!read(log, said, sizeof(said) - 1);
			fprintf(stderr, "redis-server: %s\n", said);
			abort();
		}
		moment();
	}
	close(fd);
}

static inline void
redis_server_start(struct redis_server *s)
{
	redis_server_place(s);
	redis_server_run(s);
}

static inline void
redis_server_kill(struct redis_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

static inline void
redis_server_end(struct redis_server *s)
{
	redis_server_kill(s);
	redis_server_remove(s);
}

/* A port of 127.0.0.1 where nobody listens; it may be taken the next moment. */
static inline unsigned
free_port(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t size = sizeof(to);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&to, size) != 0 ||
	    getsockname(fd, (struct sockaddr *)&to, &size) != 0)
		abort();
	close(fd);
	return ntohs(to.sin_port);
}

/* What a fake does with each connection, once it has read something. */
enum fake_what {
	FAKE_HANGS,      /* says nothing */
	FAKE_GREETS,     /* sends the text at once and closes */
	FAKE_SHUTS,      /* closes before it reads */
	FAKE_CLOSES,     /* reads, then closes */
	FAKE_ANSWERS,    /* the text, each time */
	FAKE_STEPS_DOWN, /* the text once; the second time it closes */
	FAKE_BREAKS_OFF, /* the text once, and closes */
	FAKE_FALTERS,    /* the text once; then half of it, and closes */
	FAKE_DRIPS,      /* a byte of the text each 50 ms, over and over */
	FAKE_CUTS,       /* the text in two pieces, cut one further each time */
	FAKE_ADDS,       /* the text, and later a part of it, unasked */
	FAKE_FLOODS      /* the text over and over */
};

static inline bool
fake_sends(int fd, const char *text, size_t n)
{
	return send(fd, text, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static inline void
fake_drips(int fd, const char *text)
{
	const struct timespec pause = { 0, 50000000 };

	for (size_t i = 0; fake_sends(fd, text + i, 1);
	     i = (i + 1) % strlen(text))
		nanosleep(&pause, NULL);
}

/* cut: how many connections there were before this one. */
static inline void
fake_serve(int fd, enum fake_what what, const char *text, size_t cut)
{
	size_t n = strlen(text), times = 0;
	char mem[8192];

	if (what == FAKE_GREETS)
		fake_sends(fd, text, n);
	if (what == FAKE_GREETS || what == FAKE_SHUTS)
		return;
	while (read(fd, mem, sizeof(mem)) > 0) {
		if (what == FAKE_CLOSES ||
		    (what == FAKE_STEPS_DOWN && times > 0))
			return;
		if (what == FAKE_FALTERS && times > 0) {
			fake_sends(fd, text, n / 2);
			return;
		}
		if (what == FAKE_DRIPS)
			fake_drips(fd, text);
		while (what == FAKE_FLOODS && fake_sends(fd, text, n))
			;
		if (what == FAKE_CUTS) {
			fake_sends(fd, text, cut % n);
			moment();
			fake_sends(fd, text + cut % n, n - cut % n);
			continue;
		}
		if (what != FAKE_HANGS && !fake_sends(fd, text, n))
			return;
		if (what == FAKE_ADDS) {
			moment();
			fake_sends(fd, text, n / 2);
		}
		if (what == FAKE_BREAKS_OFF)
			return;
		times++;
	}
}

/* A server of this behaviour; one connection after the other. */
static inline void
fake_start(struct redis_server *s, enum fake_what what, const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	redis_server_place(s);
	strcpy(to.sun_path, s->path);
	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    listen(listener, 64) != 0)
		abort();
	s->pid = fork();
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (size_t i = 0;; i++) {
			int fd = accept(listener, NULL, NULL);

			fake_serve(fd, what, text, i);
			close(fd);
		}
	}
	close(listener);
}

#endif
