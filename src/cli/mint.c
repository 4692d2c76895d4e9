#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/payload.h"
#include "cli/say.h"
#include "session/jwt.h"

static const char usage[] =
    "usage: signpost mint --user NAME [--ttl SECONDS] [--key ID]\n"
    "                     [--claim NAME=TEXT]... [CONF]\n"
    "\n"
    "A session cookie's value for trying things out, as your login would\n"
    "make it: valid for an hour (--ttl), signed with the first key (--key).\n"
    "Claims that the configuration asks for are added by themselves.\n";

static int
mistake(const char *text)
{
	fprintf(stderr, "signpost: mint: %s\n", text);
	return 1;
}

static const struct session_key *
find_key(const struct session_config *session, const char *id)
{
	if (id == NULL)
		return &session->keys[0];
	for (size_t i = 0; i < session->n_keys; i++)
		if (span_is(session->keys[i].id, id))
			return &session->keys[i];
	return NULL;
}

static int
mint(const struct config *config, const struct payload_wishes *wishes,
    const char *key_id)
{
	unsigned char payload[COOKIE_MAX], token[COOKIE_MAX];
	const struct session_key *key = find_key(&config->session, key_id);
	struct sink json, out;

	if (key == NULL)
		return mistake("there is no key of that id");
	sink_init(&json, payload, sizeof(payload));
	sink_init(&out, token, sizeof(token));
	if (!payload_write(&config->session, wishes, &json))
		return mistake("session.user has an index such as [0], or a "
			       "claim has a name that can't be made here");
	if (!jwt_make(&config->session, key, sink_view(&json), &out))
		return mistake("the cookie is too long");
	if (fwrite(token, 1, out.n, stdout) != out.n || putchar('\n') < 0 ||
	    fflush(stdout) != 0)
		return 1;
	return 0;
}

int
cli_mint(int argc, char **argv)
{
	enum { USER, TTL, KEY, CLAIM, COUNT };
	struct option_value o[COUNT] = { { .name = "user" }, { .name = "ttl" },
		{ .name = "key" }, { .name = "claim", .many = true } };
	struct payload_wishes wishes = { .now = (long long)time(NULL) };
	struct terminal_report say;
	const char *path = NULL;
	struct config *config;
	size_t n;
	int code = options_read(argc, argv, usage, o, COUNT, &path, 1, &n);

	if (code >= 0)
		return code;
	wishes.user = span_of(option_or(&o[USER], ""));
	wishes.claims = o[CLAIM].values;
	wishes.n_claims = o[CLAIM].n;
	if (wishes.user.n == 0 || wishes.user.n > USER_MAX ||
	    !text_utf8(wishes.user) || text_has_control(wishes.user)) {
		fprintf(stderr,
		    "signpost: mint: --user NAME is needed, 1 to "
		    "%d bytes\n%s",
		    USER_MAX, usage);
		return 2;
	}
	if (!span_digits(span_of(option_or(&o[TTL], "3600")), &wishes.ttl) ||
	    wishes.ttl < 1 || wishes.ttl > SESSION_AHEAD_MAX_SECONDS) {
		fprintf(stderr, "signpost: mint: --ttl takes 1 to %lld\n",
		    SESSION_AHEAD_MAX_SECONDS);
		return 2;
	}
	terminal_report_init(&say, true);
	config = config_load(command_config(path), &say.report);
	if (config == NULL)
		return 1;
	code = mint(config, &wishes, option_or(&o[KEY], NULL));
	config_free(config);
	return code;
}
