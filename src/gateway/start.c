#include "gateway/start.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "gateway/cgi.h"
#include "gateway/door.h"
#include "gateway/fastcgi.h"
#include "store/store.h"

extern char **environ;

static struct serve serve;
static struct control control;

struct log_report {
	struct report report; /* the first member, so that self is this */
	bool warnings;
};

static void
log_mistake(struct report *self, enum severity severity, const char *file,
    int line, struct span text)
{
	const struct log_report *r = (const struct log_report *)self;
	bool error = severity == SAY_ERROR;
	struct log_line out;

	if (!error && (severity != SAY_WARNING || !r->warnings))
		return;
	log_start(&out, serve_now(), "config");
	log_field(
	    &out, "severity", error ? SPAN_LIT("error") : SPAN_LIT("warning"));
	log_field(&out, "file", span_of(file));
	if (line > 0)
		log_number(&out, "line", line);
	log_text(&out, "text", text);
	log_end(&out);
}

/* The configuration, if this program can keep its counts where it says. */
static struct config *
with_store(struct config *config, const char *path, struct report *report)
{
	const char *missing =
	    config == NULL ? NULL : store_missing(&config->store);

	if (missing == NULL)
		return config;
	report->say(report, SAY_ERROR, path, 0, span_of(missing));
	config_free(config);
	return NULL;
}

struct config *
start_config(struct serve *s, const struct control *from, bool warnings)
{
	struct log_report report = { { log_mistake, 0, true }, warnings };
	struct config *config = NULL;

	if (!digest_self_test())
		serve_log("start",
		    SPAN_LIT("the digests give wrong answers: nothing will be "
			     "signed or verified"));
	else if (from->path[0] != '\0')
		config = with_store(config_load(from->path, &report.report),
		    from->path, &report.report);
	if (config == NULL && from->why.n > 0)
		serve_log("start", sink_view(&from->why));
	s->config = config;
	return config;
}

void
start_services(struct serve *s, bool probe)
{
	const struct config *config = s->config;
	const char *reason = NULL;

	if (config == NULL)
		return;
	log_file_init(&s->log, config->log);
	log_file_look(&s->log, serve_milliseconds());
	denied_init(&s->denied, config->deny_users_file);
	if (probe)
		denied_now(&s->denied, serve_milliseconds());
	if (!config->counts)
		return;
	s->world.counters = store_new(&config->store);
	if (s->world.counters == NULL)
		reason = "there is no memory for the limits' counters";
	else if (probe)
		reason = s->world.counters->probe(s->world.counters);
	if (reason != NULL)
		serve_log("start", span_of(reason));
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
	struct config *config;
	int status;

	fastcgi_hold_signals();
	begin();
	control_fastcgi(argc, argv, getenv("SIGNPOST_CONFIG"), &control);
	config = start_config(&serve, &control, true);
	start_services(&serve, true);
	status = fastcgi_loop(&serve, STDIN_FILENO);
	serve_end(&serve);
	config_free(config);
	return status;
}

/* _exit: libraries' own endings cost more than the request. */
_Noreturn void
start_cgi(void)
{
	begin();
	control_cgi(
	    getenv("SCRIPT_FILENAME"), getenv("SIGNPOST_CONFIG"), &control);
	start_config(&serve, &control, false);
	start_services(&serve, false);
	cgi_answer(&serve, environ, STDIN_FILENO, STDOUT_FILENO);
	_exit(EXIT_SUCCESS);
}
