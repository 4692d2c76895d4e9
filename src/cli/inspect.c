#include "cli/inspect.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/pasted.h"
#include "cli/say.h"
#include "gateway/php_files.h"
#include "policy/denied.h"

#define PASTED_MAX 65536
#define PRINTED_MAX 131072

static const char usage[] =
    "usage: signpost inspect [--json] [COOKIE [CONF]]\n"
    "\n"
    "Would this cookie be accepted, for whom, and until when; and if not,\n"
    "which check fails? COOKIE is a value, or name=value pairs, or a whole\n"
    "Cookie or Set-Cookie header; \"-\" or none reads it from standard input,\n"
    "where it does not show in ps. One that is not of the configured format\n"
    "is named by its shape, with the configuration that would read it.\n"
    "Exit code 1 when it is not accepted.\n"
    "\n"
    "--json prints an object instead: \"accepted\", \"format\", \"user\",\n"
    "\"key\", \"expires\", \"denied\", \"checks\" (each with \"name\",\n"
    "\"passed\", and \"why\" when it is not), and \"advice\", a text.\n";

/* Everything at hand for one cookie. */
struct inspection {
	const struct config *config; /* NULL: there is none */
	struct span pasted, header;
	bool bare;
	bool json;
	long long now;
	struct arena arena;
	struct inspected found;
	struct session session;
	struct sink out; /* with json, the advice alone */
};

static bool
read_input(const char *word, char *room, size_t cap, struct span *out)
{
	size_t n;

	if (word != NULL && strcmp(word, "-") != 0) {
		*out = span_of(word);
		return out->n <= cap;
	}
	if (isatty(STDIN_FILENO))
		fputs("Paste the cookie, then Enter and Ctrl-D:\n", stderr);
	n = fread(room, 1, cap + 1, stdin);
	*out = (struct span){ (const unsigned char *)room, n };
	return n <= cap && !ferror(stdin);
}

/* "3 days", "5 hours", "12 minutes", "40 seconds" */
static void
say_span_of_time(long long seconds, struct sink *out)
{
	static const struct {
		long long size;
		const char *one, *many;
	} units[] = { { 86400, "day", "days" }, { 3600, "hour", "hours" },
		{ 60, "minute", "minutes" }, { 1, "second", "seconds" } };
	size_t i = 0;

	while (i < 3 && seconds < 2 * units[i].size)
		i++;
	sink_say(out, "%d %s", seconds / units[i].size,
	    seconds / units[i].size == 1 ? units[i].one : units[i].many);
}

static void
say_accepted(const struct session *session, long long now, struct sink *out)
{
	sink_text(out, "Accepted: the user is ");
	inspect_clean(session->user, out);
	if (session->expires == SESSION_ENDLESS) {
		sink_text(out, ", and nothing in it ever ends.\n");
		return;
	}
	sink_text(out, ", until ");
	date_time_write(session->expires, out);
	sink_text(out, " (");
	say_span_of_time(session->expires - now, out);
	sink_text(out, " from now).\n");
}

/* A valid cookie of somebody who was shut out. */
static bool
is_denied(const struct config *config, struct span user, struct sink *out)
{
	const struct names *names;
	struct denied_file file;
	bool denied;

	if (config->deny_users_file.n == 0)
		return false;
	denied_init(&file, config->deny_users_file);
	names = denied_now(&file, 0);
	denied = names == NULL || names_have(names, user);
	if (names == NULL)
		sink_text(out, "But the list of denied users can't be read, "
			       "so that nobody may ask.\n");
	else if (denied)
		sink_text(out, "But this user is on the list of denied "
			       "users.\n");
	denied_free(&file);
	return denied;
}

static void
say_names(struct span header, struct sink *out)
{
	struct span name, value;

	sink_text(out, "  What was given:");
	while (pasted_pair(&header, &name, &value))
		sink_say(out, " %q", name);
	sink_text(out, "\n");
}

/* Looks for the session, and makes found whole but for the advice. */
static void
look(struct inspection *i)
{
	const struct session_config *config = &i->config->session;
	struct request request = { .cookie = i->header,
		.auth_type = SPAN_INIT("Basic"),
		.remote_user = config->format == FORMAT_REMOTE_USER
				   ? i->pasted
				   : (struct span){ NULL, 0 } };
	struct session_asked asked = { &request, i->now, &php_files,
		&i->arena };

	i->found.config = config;
	i->found.session = &i->session;
	i->found.why = session_open(config, &asked, &i->session).why;
}

/* True when a request with it would be let in. */
static bool
inspect_configured(struct inspection *i)
{
	const struct session_config *config = &i->config->session;
	enum session_why why;

	look(i);
	why = i->found.why;
	if (!i->json) {
		sink_say(&i->out, "As format = \"%s\"%s:\n", config->name,
		    i->bare && config->cookie.n > 0
			? ", taken for the value of the configured cookie"
			: "");
		inspect_steps(config, why, &i->session, &i->out);
	}
	if (why == SESSION_OK) {
		if (!i->json)
			say_accepted(&i->session, i->now, &i->out);
		i->found.denied =
		    is_denied(i->config, i->session.user, &i->out);
		return !i->found.denied;
	}
	if (!i->json)
		sink_text(&i->out, "Refused, with 401. The usual cause:\n");
	inspect_cause(config, why, &i->out);
	if (why == SESSION_NO_COOKIE)
		say_names(i->header, &i->out);
	return false;
}

/* What was found, in one of two languages. */
static bool
print(struct inspection *i)
{
	static unsigned char room[7 * PRINTED_MAX];
	struct span text = { i->out.p, i->out.n };
	struct sink json;

	if (i->json) {
		i->found.advice = text;
		sink_init(&json, room, sizeof(room));
		inspect_json(&i->found, &json);
		text = sink_view(&json);
	}
	fwrite(text.p, 1, text.n, stdout);
	return text.n > 0;
}

static int
inspect(struct inspection *i)
{
	static unsigned char header[PASTED_MAX + 512], printed[PRINTED_MAX];
	const struct session_config *config =
	    i->config == NULL ? NULL : &i->config->session;
	bool right = false;
	struct sink sink;

	sink_init(&sink, header, sizeof(header));
	sink_init(&i->out, printed, sizeof(printed));
	i->pasted = span_strip(i->pasted, " \t\r\n");
	if (!pasted_read(i->pasted,
		config == NULL ? (struct span){ NULL, 0 } : config->cookie,
		&sink, &i->bare)) {
		fputs(
		    "signpost: inspect: there is no cookie in that\n", stderr);
		return 2;
	}
	i->header = sink_view(&sink);
	if (config != NULL)
		right = inspect_configured(i);
	if (!right && (config == NULL || config->format != FORMAT_REMOTE_USER))
		inspect_guess(config, i->header, &i->arena, &i->out);
	return print(i) && right ? 0 : 1;
}

int
cli_inspect(int argc, char **argv)
{
	static char room[PASTED_MAX + 1];
	static unsigned char memory[ARENA_MAX];
	struct option_value json = { .name = "json", .flag = true };
	struct inspection i = { .now = (long long)time(NULL) };
	const char *words[2] = { NULL, NULL };
	struct config *config;
	size_t n;
	int code = options_read(argc, argv, usage, &json, 1, words, 2, &n);

	if (code >= 0)
		return code;
	config = command_load(words[1], "this goes by the shape alone");
	if (config == NULL && words[1] != NULL)
		return 1;
	if (!read_input(words[0], room, PASTED_MAX, &i.pasted)) {
		fprintf(stderr,
		    "signpost: inspect: a cookie of at most %d bytes is "
		    "expected\n",
		    PASTED_MAX);
		config_free(config);
		return 2;
	}
	i.config = config;
	i.json = json.n > 0;
	arena_init(&i.arena, memory, sizeof(memory));
	code = inspect(&i);
	config_free(config);
	return code;
}
