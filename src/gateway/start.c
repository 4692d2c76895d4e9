#include "gateway/start.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "gateway/cgi.h"
#include "gateway/door.h"
#include "gateway/fastcgi.h"

extern char **environ;

static struct serve serve;
static struct control control;

#define PIECE 256 /* what log_field() keeps of a value */

struct log_report {
	struct report report; /* the first member, so that self is this */
	bool warnings;
};

/* A mistake and what would be right may be longer than one field. */
static void
log_sentences(struct log_line *line, struct span text)
{
	const char *name = "text";

	while (text.n > PIECE) {
		log_field(line, name, span_head(text, PIECE));
		text = span_skip(text, PIECE);
		name = "more";
	}
	log_field(line, name, text);
}

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
	log_sentences(&out, text);
	log_end(&out);
}

struct config *
start_config(struct serve *s, const struct control *from, bool warnings)
{
	struct log_report report = { { log_mistake, 0 }, warnings };
	struct config *config = NULL;

	if (!digest_self_test())
		serve_log("start",
		    SPAN_LIT("the digests give wrong answers: nothing will be "
			     "signed or verified"));
	else if (from->path[0] != '\0')
		config = config_load(from->path, &report.report);
	if (config == NULL && from->why.n > 0)
		serve_log("start", sink_view(&from->why));
	s->config = config;
	return config;
}

static void
close_door(void)
{
	if (!door_close())
		serve_log("start",
		    SPAN_LIT("the kernel refused a part of the hardening"));
}

int
start_fastcgi(int argc, char **argv)
{
	struct config *config;
	int status;

	fastcgi_hold_signals();
	close_door();
	serve_init(&serve);
	control_fastcgi(argc, argv, getenv("SIGNPOST_CONFIG"), &control);
	config = start_config(&serve, &control, true);
	status = fastcgi_loop(&serve, STDIN_FILENO);
	config_free(config);
	return status;
}

/* _exit: libraries' own endings cost more than the request. */
_Noreturn void
start_cgi(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	close_door();
	sigaction(SIGPIPE, &ignore, NULL);
	serve_init(&serve);
	control_cgi(
	    getenv("SCRIPT_FILENAME"), getenv("SIGNPOST_CONFIG"), &control);
	start_config(&serve, &control, false);
	cgi_answer(&serve, environ, STDIN_FILENO, STDOUT_FILENO);
	_exit(EXIT_SUCCESS);
}
