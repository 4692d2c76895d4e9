#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "cli/as_user.h"
#include "cli/call_variables.h"
#include "cli/cli.h"
#include "cli/paint.h"
#include "cli/shown.h"
#include "gateway/start.h"
#include "http/json_write.h"

static const char usage[] =
    "usage: signpost call [--user NAME] [--claim NAME=TEXT]... [--cookie "
    "TEXT]\n"
    "                     [--method M] [--header 'Name: value']...\n"
    "                     [--body TEXT|@FILE|-] [--content-type T]\n"
    "                     [--address IP] [--json] [--config CONF] [QUERY]\n"
    "\n"
    "One request, answered here as behind a web server, which it takes the\n"
    "place of: signpost call --user alice 'policy=avatar'. QUERY is what\n"
    "stands behind \"?\", encoded as there. --user adds the cookie that mint\n"
    "would make; a body makes it a POST. The answer is shown with its headers\n"
    "(--json: an object of \"status\", \"headers\" and \"body\", a text), and "
    "the\n"
    "log's line goes where it always does.\n"
    "\n"
    "It counts: a limit stops it, and one signature is used up. Run it as the\n"
    "web server's user, who can read and write what it needs. Exit code 0 for\n"
    "an answer of 2xx, 1 for any other.\n";

enum {
	USER,
	CLAIM,
	COOKIE,
	METHOD,
	HEADER,
	BODY,
	TYPE,
	ADDRESS,
	JSON,
	CONFIG,
	COUNT
};

/* Names, escapes and all: a byte takes up to six. */
#define PRINTED_MAX (6 * (HEAD_OUT_MAX + BODY_OUT_MAX))

static struct serve serve;
static struct control control;
static struct as_user as;
static struct call_variables variables;
static unsigned char body_room[HOOK_BODY_MAX + 1];

static int
mistake(const char *what)
{
	fprintf(stderr, "signpost: call: %s\n%s", what, usage);
	return 2;
}

/* What is over the largest body is enough to be refused for it. */
static bool
read_file(const char *path, struct span *out)
{
	FILE *from = path == NULL ? stdin : fopen(path, "rb");
	bool right;

	if (from == NULL)
		return false;
	*out = (struct span){ body_room,
		fread(body_room, 1, sizeof(body_room), from) };
	right = !ferror(from);
	if (path != NULL)
		fclose(from);
	return right;
}

static bool
read_body(const char *word, struct span *out)
{
	*out = span_of(word);
	if (strcmp(word, "-") == 0)
		return read_file(NULL, out);
	return word[0] != '@' || read_file(word + 1, out);
}

static bool
find_config(const char *path)
{
	static char word[PATH_TEXT_MAX + 16];
	char *argv[] = { NULL, word };

	if (path != NULL &&
	    !sink_string(word, sizeof(word), "--config=%s", path))
		return false;
	control_fastcgi(
	    path == NULL ? 0 : 2, argv, getenv("SIGNPOST_CONFIG"), &control);
	return true;
}

/* What root makes first, the web server's user can't use. */
static void
note_root(const struct config *config)
{
	if (config == NULL || geteuid() != 0 || !config->counts ||
	    config->store.kind != STORE_FILE ||
	    access((const char *)config->store.place.p, F_OK) == 0)
		return;
	fprintf(stderr,
	    "signpost: call: note: root makes %.*s now, where the web server's "
	    "user can't write: give it to that user, or run this as that "
	    "user\n",
	    (int)config->store.place.n, (const char *)config->store.place.p);
}

/* As cgi_answer() does, with a body that is here already. */
static struct span
answer_it(struct span body)
{
	struct variables v;

	variables_read(variables.envp, serve_user_variable(&serve), &v);
	if (v.length > 0 || span_is(v.request.method, "POST"))
		variables_body(&v, body);
	return serve_answer(&serve, &v);
}

static void
print_json(const struct shown *shown)
{
	static unsigned char room[PRINTED_MAX];
	struct span rest = shown->fields, name, value;
	struct json_out j;
	struct sink out;

	sink_init(&out, room, sizeof(room));
	json_begin(&j, &out);
	json_open(&j, '{');
	json_named_number(&j, "status", shown->status);
	json_name(&j, "headers");
	json_open(&j, '{');
	while (shown_field(&rest, &name, &value)) {
		json_name_span(&j, name);
		json_text(&j, value);
	}
	json_close(&j);
	json_named_text(&j, "body", shown->body);
	json_close(&j);
	sink_byte(&out, '\n');
	fwrite(room, 1, out.n, stdout);
}

static void
print(const struct shown *shown)
{
	struct span rest = shown->fields, name, value;

	shown_status(shown);
	while (shown_field(&rest, &name, &value))
		printf("%s%.*s:%s %.*s\n", paint_on(stdout, PAINT_FAINT),
		    (int)name.n, (const char *)name.p, paint_off(stdout),
		    (int)value.n, (const char *)value.p);
	putchar('\n');
	shown_body(shown, isatty(STDOUT_FILENO));
}

static int
call(const struct call_wishes *wishes, bool json)
{
	const char *wrong = call_variables(wishes, &variables);
	struct span none = { NULL, 0 };
	struct shown shown;

	if (wrong != NULL)
		return mistake(wrong);
	if (!shown_read(answer_it(wishes->body == NULL ? none : *wishes->body),
		&shown)) {
		fputs("signpost: call: that is no answer\n", stderr);
		return 1;
	}
	(json ? print_json : print)(&shown);
	return shown.status / 100 == 2 ? 0 : 1;
}

/* With the proof of the user, where the configuration is right. */
static int
call_as(const struct config *config, struct payload_wishes *user,
    struct call_wishes *wishes, bool json)
{
	const char *wrong;

	if (config != NULL && user->user.n > 0) {
		wrong = as_user(&config->session, user, &as);
		if (wrong != NULL) {
			fprintf(stderr, "signpost: call: %s\n", wrong);
			return 1;
		}
		serve.world.php = &as.php;
		wishes->cookies[1] = as.cookie;
		wishes->variable = config->session.variable;
		wishes->user = as.variable;
	}
	note_root(config);
	return call(wishes, json);
}

static int
check_options(const struct option_value *o, struct span *body)
{
	struct address address;

	if (o[USER].n > 0 && !as_user_right(span_of(o[USER].values[0])))
		return mistake("--user is a name of 1 to 255 bytes");
	if (o[CLAIM].n > 0 && o[USER].n == 0)
		return mistake("--claim belongs to a --user");
	if (o[ADDRESS].n > 0 &&
	    !address_parse(span_of(o[ADDRESS].values[0]), &address))
		return mistake("--address is an IP address");
	if (o[BODY].n > 0 && !read_body(o[BODY].values[0], body))
		return mistake("the file of --body can't be read");
	return -1;
}

/* A reader that is gone, and a file that is full, end nothing. */
static void
ignore_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

static int
run(const struct option_value *o, const struct span *body, const char *query)
{
	struct payload_wishes user = { .user = span_of(option_or(&o[USER], "")),
		.now = clock_seconds(),
		.claims = o[CLAIM].values,
		.n_claims = o[CLAIM].n };
	struct call_wishes wishes = {
		.method = span_of(
		    option_or(&o[METHOD], o[BODY].n > 0 ? "POST" : "GET")),
		.query = span_of(query),
		.address = span_of(option_or(&o[ADDRESS], "127.0.0.1")),
		.content_type = option_or(&o[TYPE], NULL),
		.body = o[BODY].n > 0 ? body : NULL,
		.cookies = { span_of(option_or(&o[COOKIE], "")) },
		.headers = o[HEADER].values,
		.n_headers = o[HEADER].n,
	};
	struct config *config;
	int code;

	ignore_signals();
	if (!find_config(option_or(&o[CONFIG], NULL)))
		return mistake("--config is too long");
	serve_init(&serve);
	config = start_once(&serve, &control);
	code = call_as(config, &user, &wishes, o[JSON].n > 0);
	serve_end(&serve);
	config_free(config);
	return code;
}

int
cli_call(int argc, char **argv)
{
	struct option_value o[COUNT] = { [USER] = { .name = "user" },
		[CLAIM] = { .name = "claim", .many = true },
		[COOKIE] = { .name = "cookie" },
		[METHOD] = { .name = "method" },
		[HEADER] = { .name = "header", .many = true },
		[BODY] = { .name = "body" },
		[TYPE] = { .name = "content-type" },
		[ADDRESS] = { .name = "address" },
		[JSON] = { .name = "json", .flag = true },
		[CONFIG] = { .name = "config" } };
	const char *query = "";
	struct span body = { NULL, 0 };
	size_t n;
	int code = options_read(argc, argv, usage, o, COUNT, &query, 1, &n);

	if (code < 0)
		code = check_options(o, &body);
	return code < 0 ? run(o, &body, query) : code;
}
