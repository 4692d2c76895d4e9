#include <stdio.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/random.h"
#include "cli/ask.h"
#include "cli/guess.h"
#include "cli/init.h"
#include "cli/pasted.h"
#include "cli/say.h"
#include "http/cookie.h"

#define KEY_BYTES 32 /* as `signpost keygen` makes them */

#define NO_LOGIN "none" /* in place of a format */

static void
print_formats(void)
{
	fputs("2. What proves who is logged in? One of these, or paste a "
	      "session cookie\n   of yours (NAME=VALUE), and it is told from "
	      "that:\n",
	    stderr);
	for (const struct format_row *row = formats; row->name != NULL; row++)
		fprintf(stderr, "     %-18s %s\n", row->name, row->of);
	fprintf(
	    stderr, "     %-18s nobody logs in: guests may upload\n", NO_LOGIN);
}

static int
take_format(struct init *i, const char *name)
{
	const char *names[32];
	size_t n = 0;

	i->guests = strcmp(name, NO_LOGIN) == 0;
	i->row = format_named(i->guests ? SPAN_LIT("jwt") : span_of(name));
	if (i->row != NULL)
		return -1;
	for (const struct format_row *row = formats; row->name != NULL; row++)
		if (n < sizeof(names) / sizeof(names[0]))
			names[n++] = row->name;
	if (n < sizeof(names) / sizeof(names[0]))
		names[n++] = NO_LOGIN;
	fprintf(
	    stderr, "signpost: init: there is no format %s", say_plain(name));
	say_near(name, names, n);
	fputs("\n", stderr);
	return 2;
}

static void
take_guess(struct init *i, const struct guess *g, struct span name)
{
	i->row = g->row;
	if (g->hash != g->row->hash && (g->row->takes & TAKES_ALGORITHM) != 0)
		i->algorithm = guess_algorithm(g);
	if (cookie_name(name))
		sink_string(i->cookie, INIT_TEXT_MAX, "%v", name);
	if (g->is_text && (g->row->takes & TAKES_TEXT) != 0)
		i->has_user = true;
	else
		sink_string(i->user, INIT_TEXT_MAX, "%v", g->user);
	if ((g->row->takes & TAKES_COLLECTION) != 0)
		sink_string(i->collection, INIT_TEXT_MAX, "%v", g->collection);
	fprintf(stderr, "That looks like %s.\n", g->row->of);
	if (g->note != NULL)
		fprintf(stderr, "But: %s.\n", g->note);
}

/* The first of the pasted cookies that can be read here. */
static int
guess(struct init *i, const char *pasted)
{
	static unsigned char room[ARENA_MAX];
	unsigned char mem[COOKIE_HEADER_MAX];
	struct span header, name, value, none = { NULL, 0 };
	struct arena arena;
	struct sink out;
	struct guess g;
	bool bare;

	sink_init(&out, mem, sizeof(mem));
	if (!pasted_read(span_of(pasted), none, &out, &bare))
		return init_mistake("this is no cookie", "");
	header = sink_view(&out);
	arena_init(&arena, room, sizeof(room));
	while (pasted_pair(&header, &name, &value)) {
		bool with = strstr(pasted, ".sig=") != NULL;

		if (span_ends(name, SPAN_LIT(".sig")))
			continue;
		guess_format(name, value, with, &arena, &g);
		if (g.row != NULL) {
			take_guess(i, &g, bare ? none : name);
			return -1;
		}
	}
	return init_mistake("none of the formats has such a cookie: see "
			    "signpost inspect",
	    "");
}

static int
settle_format(struct init *i)
{
	const char *given = option_or(&i->option[INIT_FORMAT], NULL);
	char answer[COOKIE_MAX];
	int code;

	if (given == NULL && !i->yes && i->terminal)
		print_formats();
	code = init_text(i, INIT_FORMAT, "   Format or cookie", "jwt", answer,
	    sizeof(answer));
	if (code >= 0)
		return code;
	if (given == NULL &&
	    (strchr(answer, '=') != NULL || strlen(answer) > SEGMENT_MAX))
		return guess(i, answer);
	return take_format(i, answer);
}

static bool
takes(const struct init *i, enum format_takes what)
{
	return !i->guests && (i->row->takes & what) != 0;
}

/* An option that the format has no use for. */
static int
without(const struct init *i, enum init_option option, const char *mistake)
{
	return i->option[option].n == 0
		   ? -1
		   : init_mistake(mistake, i->guests ? NO_LOGIN : i->row->name);
}

/* What the format has no name for, or what an option says. */
static int
settle_cookie(struct init *i)
{
	const char *otherwise = i->row->format == FORMAT_JWT ? "session" : NULL;
	bool given = i->option[INIT_COOKIE].n > 0;

	if (!takes(i, TAKES_COOKIE))
		return without(i, INIT_COOKIE, "this format takes no --cookie");
	if (!given && (i->cookie[0] != '\0' || i->row->cookie != NULL))
		return -1;
	return init_text(i, INIT_COOKIE, "   The cookie's name", otherwise,
	    i->cookie, sizeof(i->cookie));
}

static int
settle_path(struct init *i)
{
	bool given = i->option[INIT_USER_PATH].n > 0;
	int code;

	if (!takes(i, TAKES_USER))
		return without(
		    i, INIT_USER_PATH, "this format takes no --user-path");
	if (!given &&
	    (i->has_user || i->user[0] != '\0' || i->row->user != NULL)) {
		i->has_user = i->has_user || i->user[0] != '\0';
		return -1;
	}
	code = init_text(i, INIT_USER_PATH,
	    "   Where in the session is the user's id (a path, such as id or "
	    "user.id)",
	    NULL, i->user, sizeof(i->user));
	i->has_user = true;
	return code;
}

static int
make_key(struct init *i)
{
	unsigned char bytes[KEY_BYTES];
	struct sink out;

	if (!random_kernel.fill(&random_kernel, bytes, sizeof(bytes)))
		return init_mistake("the kernel gave no random bytes", "");
	sink_init(&out, i->key, sizeof(i->key) - 1);
	sink_hex(&out, (struct span){ bytes, sizeof(bytes) });
	i->key[out.n] = '\0';
	wipe(bytes, sizeof(bytes));
	i->new_key = true;
	return -1;
}

static int
settle_key(struct init *i)
{
	const char *file = option_or(&i->option[INIT_SESSION_KEY_FILE], NULL);

	if (!takes(i, TAKES_KEYS)) {
		int code = without(i, INIT_SESSION_KEY_FILE,
		    "this format takes no --session-key-file");

		return code < 0 && i->guests ? make_key(i) : code;
	}
	if (file != NULL)
		return init_file(file, i->key, sizeof(i->key));
	if (!i->terminal || i->yes)
		return make_key(i);
	fprintf(stderr,
	    "   Its key is %s.\n"
	    "   Where there is none yet, press Enter, and one is made.\n",
	    i->row->secret);
	if (!ask_secret("   That key", true, i->key, sizeof(i->key)))
		return init_mistake("no answer: nothing was made", "");
	return i->key[0] != '\0' ? -1 : make_key(i);
}

int
init_session(struct init *i)
{
	static int (*const steps[])(struct init *) = { settle_format,
		settle_cookie, settle_path, settle_key };
	int code = -1;

	for (size_t k = 0; code < 0 && k < sizeof(steps) / sizeof(steps[0]);
	     k++)
		code = steps[k](i);
	return code;
}
