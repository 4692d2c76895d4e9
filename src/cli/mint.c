#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/as_user.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/php_make.h"
#include "cli/say.h"
#include "cli/session_make.h"

static const char usage[] =
    "usage: signpost mint --user NAME [--ttl SECONDS] [--key ID]\n"
    "                     [--claim NAME=TEXT]... [CONF]\n"
    "\n"
    "A session cookie for trying things out, as your login would make it:\n"
    "curl -b \"$(signpost mint --user alice)\" ... It ends in an hour (--ttl)\n"
    "where its format has an end, and is signed with the first key (--key).\n"
    "Claims that the configuration asks for are added by themselves. For\n"
    "format = \"php\" it also makes the session's file.\n";

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

/* From here on, wishes->ttl is what the cookie will have. */
static const char *
settle_ttl(const struct session_config *session, struct payload_wishes *wishes)
{
	long long most =
	    session->max_age > 0 ? session->max_age : SESSION_AHEAD_MAX_SECONDS;

	if (!payload_ends(session) && wishes->ttl > 0)
		return "a cookie of this format has no end, so that --ttl "
		       "can't be kept";
	if (wishes->ttl > most)
		return "--ttl is more than the configured max_age";
	if (wishes->ttl == 0)
		wishes->ttl = payload_ttl(session);
	return NULL;
}

static int
print(const struct sink *cookie)
{
	fwrite(cookie->p, 1, cookie->n, stdout);
	putchar('\n');
	return 0;
}

static int
mint_signed(const struct session_config *session, const char *key_id,
    struct span text, long long issued)
{
	const struct session_key *key = find_key(session, key_id);
	unsigned char cookie[2 * COOKIE_MAX];
	struct sink out;

	if (key == NULL)
		return mistake("there is no key of that id");
	sink_init(&out, cookie, sizeof(cookie));
	if (!session_make(session, key, text, issued, &out))
		return mistake("the cookie is too long");
	return print(&out);
}

static int
mint_php(
    const struct session_config *session, struct span text, long long issued)
{
	unsigned char cookie[COOKIE_MAX], reason[2 * PATH_TEXT_MAX + 1];
	struct sink out, why;

	sink_init(&out, cookie, sizeof(cookie));
	sink_init(&why, reason, sizeof(reason) - 1);
	if (!php_make(session, text, issued, &random_kernel, &out, &why)) {
		reason[why.n] = '\0';
		return mistake((const char *)reason);
	}
	return print(&out);
}

static int
mint(const struct session_config *session, struct payload_wishes *wishes,
    const char *key_id)
{
	unsigned char payload[COOKIE_MAX];
	struct sink text;
	const char *wrong;
	long long issued;

	if (session->format == FORMAT_REMOTE_USER)
		return mistake("with format = \"remote_user\" there is no "
			       "cookie: log in at the web server (curl -u)");
	wrong = settle_ttl(session, wishes);
	if (wrong != NULL)
		return mistake(wrong);
	sink_init(&text, payload, sizeof(payload));
	if (!payload_write(session, wishes, &text))
		return mistake("session.user has an index such as [0], or a "
			       "claim has a name that can't be made here");
	if (!payload_ends(session))
		fprintf(stderr, "signpost: mint: note: this cookie never "
				"expires\n");
	issued = payload_issued(session, wishes);
	return session->format == FORMAT_PHP
		   ? mint_php(session, sink_view(&text), issued)
		   : mint_signed(session, key_id, sink_view(&text), issued);
}

static bool
read_ttl(const struct option_value *o, long long *ttl)
{
	*ttl = 0;
	return o->n == 0 || (span_digits(span_of(o->values[0]), ttl) &&
				*ttl >= 1 && *ttl <= SESSION_AHEAD_MAX_SECONDS);
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
	if (!as_user_right(wishes.user)) {
		fprintf(stderr,
		    "signpost: mint: --user NAME is needed, 1 to "
		    "%d bytes\n%s",
		    USER_MAX, usage);
		return 2;
	}
	if (!read_ttl(&o[TTL], &wishes.ttl)) {
		fprintf(stderr, "signpost: mint: --ttl takes 1 to %lld\n",
		    SESSION_AHEAD_MAX_SECONDS);
		return 2;
	}
	terminal_report_init(&say, true);
	config = config_load(command_config(path), &say.report);
	if (config == NULL)
		return 1;
	code = mint(&config->session, &wishes, option_or(&o[KEY], NULL));
	config_free(config);
	return code;
}
