#include "gateway/start.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "gateway/cgi.h"
#include "gateway/configure.h"
#include "gateway/door.h"
#include "gateway/fastcgi.h"
#include "gateway/services.h"

extern char **environ;

static struct serve serve;
static struct live live;
static struct control control;

/* The path that from names, for a program that computes rightly; or NULL. */
static const char *
path_of(const struct control *from)
{
	if (!digest_self_test()) {
		serve_log("start",
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
		serve_log("start", sink_view(&from->why));
}

struct config *
start_once(struct serve *s, const struct control *from)
{
	const char *path = path_of(from);
	struct config *config =
	    path == NULL ? NULL : configure(path, false, NULL);

	services_change(s, config, false);
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
	closed = door_close();
	log_to(STDERR_FILENO);
	if (!closed)
		serve_log("start",
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
