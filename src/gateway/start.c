#include "gateway/start.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "gateway/cgi.h"
#include "gateway/fastcgi.h"

extern char **environ;

static struct serve serve;
static struct live live;
static struct control control;

/* open() gives the lowest free one, so the missing ones come in order. */
bool
start_hold_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

bool
start_close_door(void)
{
	const struct rlimit none = { 0, 0 };
	bool filled = start_hold_standard();
	bool no_core = setrlimit(RLIMIT_CORE, &none) == 0;
	bool no_dump = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
	bool no_gain = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	umask(S_IRWXG | S_IRWXO);
	return filled && no_core && no_dump && no_gain;
}

/* The path that from names, for a program that computes rightly; or NULL. */
static const char *
path_of(const struct control *from)
{
	if (!digest_self_test()) {
		log_event("start",
		    SPAN_LIT("the digests give wrong answers: nothing will be "
			     "signed or verified"));
		return NULL;
	}
	return from->path[0] == '\0' ? NULL : from->path;
}

static void
say_why_not(const struct serve *s, const struct control *from)
{
	if (s->config == NULL && from->why.n > 0)
		log_event("start", sink_view(&from->why));
}

struct config *
start_once(struct serve *s, const struct control *from)
{
	const char *path = path_of(from);
	struct config *config =
	    path == NULL ? NULL : live_read(path, false, NULL);

	serve_configure(s, config, false);
	s->world.generation = config != NULL;
	say_why_not(s, from);
	return config;
}

void
start_live(struct live *l, struct serve *s, const struct control *from)
{
	live_start(l, s, path_of(from));
	say_why_not(s, from);
}

/*
 * Signals that writing brings, of a reader that is gone and of a file that is
 * as large as it may be: from here on they are errors of write(2).
 */
static void
ignore_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

/* The first one counts: asking again buys no time. */
static void
end_soon(int signal)
{
	static volatile sig_atomic_t asked;

	(void)signal;
	if (!asked)
		alarm(STOP_SECONDS);
	asked = 1;
}

/* As under FastCGI: the request under way is answered, if it is there soon. */
static void
answer_before_the_end(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	struct sigaction soon = { .sa_handler = end_soon,
		.sa_flags = SA_RESTART };

	sigaction(SIGALRM, &standard, NULL);
	sigaction(SIGTERM, &soon, NULL);
}

static void
begin(void)
{
	bool closed;

	ignore_signals();
	closed = start_close_door();
	log_to(STDERR_FILENO);
	if (!closed)
		log_event("start",
		    SPAN_LIT("the kernel refused a part of the hardening"));
	serve_init(&serve);
}

int
start_fastcgi(int argc, char **argv)
{
	int status;

	fastcgi_hold_signals();
	begin();
	control_fastcgi(argc, argv, getenv("SIGNPOST_CONFIG"), &control);
	start_live(&live, &serve, &control);
	status = fastcgi_loop(&serve, STDIN_FILENO);
	live_end(&live, &serve);
	return status;
}

/* _exit: libraries' own endings cost more than the request. */
_Noreturn void
start_cgi(void)
{
	answer_before_the_end();
	begin();
	control_cgi(
	    getenv("SCRIPT_FILENAME"), getenv("SIGNPOST_CONFIG"), &control);
	start_once(&serve, &control);
	_exit(cgi_answer(&serve, environ, STDIN_FILENO, STDOUT_FILENO)
		  ? EXIT_SUCCESS
		  : EXIT_FAILURE);
}
