#include "cli/explain.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/explain_text.h"
#include "cli/options.h"
#include "cli/say.h"

#define MEMORY (16 * EXPLAIN_PASTED_MAX)
#define PRINTED_MAX (32 * EXPLAIN_STRING_MAX)

static const char usage[] =
    "usage: signpost explain [--ours STRING] [--signature HEX] [--cloud NAME]\n"
    "                        [--json] [CONF]\n"
    "\n"
    "Why does Cloudinary say \"Invalid Signature\" or \"Stale request\"? "
    "Paste\n"
    "what it said on standard input: the text, its JSON, the X-Cld-Error\n"
    "header, or all of `curl -i`:\n"
    "\n"
    "  signpost explain <error.txt\n"
    "\n"
    "It compares, tries each usual mistake with the configured secret, which\n"
    "it never shows, and names the one that made that signature. More helps:\n"
    "\n"
    "  --ours STRING    what your program signed, or the fields it sends, as\n"
    "                   JSON or as a form; a line of its own, before\n"
    "                   Cloudinary's string, is the same\n"
    "  --signature HEX  what was sent, where the text does not say it\n"
    "  --cloud NAME     which of the configured accounts was asked\n"
    "  --json           for programs\n"
    "\n"
    "Exit code 0 when a cause is named, 1 when none fits.\n";

static const struct cloud *
cloud_named(const struct config *config, struct span name)
{
	for (size_t i = 0; i < config->n_clouds; i++)
		if (span_eq(config->clouds[i].label, name) ||
		    span_eq(config->clouds[i].cloud_name, name))
			return &config->clouds[i];
	return NULL;
}

static const struct cloud *
cloud_of_key(const struct config *config, struct span key)
{
	for (size_t i = 0; i < config->n_clouds; i++)
		if (span_eq(config->clouds[i].api_key, key))
			return &config->clouds[i];
	return NULL;
}

static void
explain_clock(struct explanation *e, struct arena *arena)
{
	static unsigned char room[512];
	const struct complaint *c = e->complaint;
	long long now = (long long)time(NULL);
	struct pieces pieces;
	struct sink why;
	size_t at;

	sink_init(&why, room, sizeof(room));
	if (c->has_reported) {
		e->clock = explain_stale(c->reported, now, &why);
	} else {
		explain_pieces(c->theirs, &pieces);
		at = explain_find(&pieces, SPAN_LIT("timestamp"));
		e->clock =
		    explain_timestamp(at < pieces.n ? pieces.p[at].value
						    : (struct span){ NULL, 0 },
			now, &why);
	}
	e->clock_why = arena_copy(arena, sink_view(&why));
}

/* All that is shown lies in one of these, so that it can be masked there. */
static unsigned char pasted[EXPLAIN_PASTED_MAX + 1], memory[MEMORY];

/* What the command line adds to what was pasted, and what is made of it. */
struct told {
	struct complaint complaint;
	struct sent sent;
	const struct config *config;
	const struct cloud *cloud; /* that was asked, or NULL */
	bool suffixed;             /* ours had a secret behind it */
};

static int
mistake(const char *text)
{
	fprintf(stderr, "signpost: explain: %s\n", text);
	return 2;
}

static int
complete(struct told *t, struct arena *arena)
{
	struct complaint *c = &t->complaint;

	if (c->has_ours) {
		if (!explain_sent(c->ours, arena, &t->sent))
			return mistake("what is given as ours is neither a "
				       "string to sign nor fields, or is too "
				       "long");
		c->ours = t->sent.string;
		t->suffixed =
		    !t->sent.made && explain_unsuffix(t->config, &c->ours);
		if (!c->has_signature && t->sent.signature.n > 0) {
			c->signature = t->sent.signature;
			c->has_signature = true;
		}
	}
	if (!c->has_theirs && c->has_ours) {
		c->theirs = c->ours;
		c->has_theirs = true;
		c->has_ours = false;
	}
	if (c->has_theirs && !c->has_signature && !c->has_ours)
		return mistake("there is one string and no signature: give "
			       "the whole error, --signature or --ours");
	if (t->cloud == NULL && t->config != NULL && t->sent.api_key.n > 0)
		t->cloud = cloud_of_key(t->config, t->sent.api_key);
	return 0;
}

static bool
mask(const struct told *t)
{
	return explain_mask(t->config, pasted, sizeof(pasted)) +
		   explain_mask(t->config, memory, sizeof(memory)) >
	       0;
}

static int
explain(struct told *t, bool json, struct arena *arena)
{
	static unsigned char printed[PRINTED_MAX];
	struct explanation e = { .complaint = &t->complaint,
		.has_config = t->config != NULL };
	const struct cloud *cloud = t->cloud;
	struct change_known known = { { NULL, 0 }, { NULL, 0 } };
	struct received received;
	struct trial trial = { t->config, cloud, &received, EXPLAIN_BUDGET };
	struct sink out;

	if (cloud == NULL && t->config != NULL)
		cloud = &t->config->clouds[0];
	if (cloud != NULL)
		known =
		    (struct change_known){ cloud->api_key, cloud->cloud_name };
	explain_signature(t->complaint.signature, &received);
	if (t->complaint.has_theirs && t->complaint.has_signature)
		e.form = received.form;
	if (t->complaint.has_theirs)
		explain_search(&e, &trial, &known, arena);
	if (e.making.cause == CAUSE_RIGHT && t->config != NULL &&
	    t->sent.api_key.n > 0 &&
	    cloud_of_key(t->config, t->sent.api_key) == NULL)
		e.making.cause = CAUSE_UNKNOWN_KEY;
	explain_clock(&e, arena);
	e.all_tried = trial.budget >= 0;
	e.exposed = mask(t) || t->suffixed;
	sink_init(&out, printed, sizeof(printed));
	(json ? explain_say_json : explain_say)(&e, &out);
	if (out.full)
		return mistake("there is too much to say");
	fwrite(printed, 1, out.n, stdout);
	return explain_cause(&e) == CAUSE_NONE ? 1 : 0;
}

static bool
read_input(struct complaint *out, struct arena *arena)
{
	size_t n;

	if (isatty(STDIN_FILENO))
		fputs("Paste what Cloudinary said, then Enter and Ctrl-D:\n",
		    stderr);
	n = fread(pasted, 1, sizeof(pasted), stdin);
	return !ferror(stdin) &&
	       explain_read((struct span){ pasted, n }, arena, out);
}

enum { OURS, SIGNATURE, CLOUD, JSON, COUNT };

static int
run(struct told *t, const struct option_value *o)
{
	struct arena arena;
	int code;

	arena_init(&arena, memory, sizeof(memory));
	if (o[CLOUD].n > 0) {
		if (t->config != NULL)
			t->cloud =
			    cloud_named(t->config, span_of(o[CLOUD].values[0]));
		if (t->cloud == NULL)
			return mistake("--cloud is none of the configuration's "
				       "accounts");
	}
	if (!read_input(&t->complaint, &arena) && o[OURS].n == 0)
		return mistake(
		    "there is no error of Cloudinary's in that, and no two "
		    "strings; see signpost explain --help");
	if (o[OURS].n > 0) {
		t->complaint.ours =
		    arena_copy(&arena, span_of(o[OURS].values[0]));
		t->complaint.has_ours = true;
	}
	if (o[SIGNATURE].n > 0) {
		t->complaint.signature = span_of(o[SIGNATURE].values[0]);
		t->complaint.has_signature = true;
	}
	if (t->complaint.signature.n > EXPLAIN_SIGNATURE_MAX)
		return mistake("the signature is too long");
	code = complete(t, &arena);
	return code != 0 ? code : explain(t, o[JSON].n > 0, &arena);
}

int
cli_explain(int argc, char **argv)
{
	struct option_value o[COUNT] = { { .name = "ours" },
		{ .name = "signature" }, { .name = "cloud" },
		{ .name = "json", .flag = true } };
	struct told told = { .config = NULL };
	const char *path = NULL;
	struct config *config;
	size_t n;
	int code = options_read(argc, argv, usage, o, COUNT, &path, 1, &n);

	if (code >= 0)
		return code;
	config = command_load(path, "only the strings are compared");
	if (config == NULL && path != NULL)
		return 2;
	told.config = config;
	code = run(&told, o);
	config_free(config);
	return code;
}
