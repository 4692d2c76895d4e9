#include "cli/guess.h"
#include "cli/inspect.h"
#include "cli/pasted.h"
#include "http/cookie.h"

static void
say_line(struct sink *out, const char *name, struct span value)
{
	sink_say(out, "      %s = \"%v\";\n", name, value);
}

static void
say_user(const struct guess *g, struct sink *out)
{
	if (g->is_text && (g->row->takes & TAKES_TEXT) != 0)
		say_line(out, "user", SPAN_LIT(""));
	else if (g->user.n > 0)
		say_line(out, "user", g->user);
	else if ((g->row->takes & TAKES_USER) != 0)
		sink_text(out, "      user = \"...\"; # the path to the user's "
			       "id in what it says\n");
}

/* Chunks are one cookie. */
static struct span
cookie_of(const struct guess *g, struct span name)
{
	if (g->row->signing.chunked && span_ends(name, SPAN_LIT(".0")))
		name.n -= 2;
	if (!cookie_name(name))
		name = span_of(g->row->cookie == NULL ? "..." : g->row->cookie);
	return name;
}

static void
say_configuration(const struct guess *g, struct span name, struct sink *out)
{
	sink_text(out, "    session = {\n");
	say_line(out, "format", span_of(g->row->name));
	say_line(out, "cookie", cookie_of(g, name));
	if (g->hash != HASH_NONE && g->hash != g->row->hash)
		say_line(out, "algorithm", span_of(guess_algorithm(g)));
	say_user(g, out);
	if ((g->row->takes & TAKES_COLLECTION) != 0)
		say_line(out, "collection",
		    g->collection.n > 0 ? g->collection : SPAN_LIT("users"));
	if ((g->row->takes & TAKES_SAVE_PATH) != 0)
		sink_text(out, "      save_path = \"/var/lib/php/sessions\"; # "
			       "PHP's session.save_path\n");
	if ((g->row->takes & TAKES_KEYS) != 0)
		sink_say(out,
		    "      keys = ( { id = \"1\"; file = \"session.key\"; } ); "
		    "# in it: %s\n",
		    g->row->secret);
	sink_text(out, "    };\n");
}

static void
say_guess(struct span name, const struct guess *g, struct sink *out)
{
	if (name.n > 0)
		sink_say(out, "%q ", name);
	else
		sink_text(out, "This ");
	if (g->row == NULL)
		sink_say(out, "is %s.\n", g->note);
	else
		sink_say(out, "looks like %s.\n", g->row->of);
	if (g->says.n > 0) {
		sink_text(out, "  Unproved, it says: ");
		inspect_clean(g->says, out);
		sink_byte(out, '\n');
	}
	if (g->row != NULL && g->note != NULL)
		sink_say(out, "  But: %s.\n", g->note);
}

/* The right format, and yet another cookie than the configured one. */
static void
say_apart(const struct session_config *config, struct span name,
    const struct guess *g, struct sink *out)
{
	if (g->hash != HASH_NONE && g->hash != config->hash)
		sink_say(out,
		    "  But: its signature is of another length than the "
		    "configured one's: algorithm = \"%s\".\n",
		    guess_algorithm(g));
	if (name.n > 0 && config->cookie.n > 0 &&
	    !span_eq(cookie_of(g, name), config->cookie))
		sink_say(out, "  But: session.cookie is %q.\n", config->cookie);
}

static void
say_read(const struct session_config *config, struct span name,
    const struct guess *g, struct sink *out)
{
	if (config != NULL && g->row == format_named(span_of(config->name))) {
		say_apart(config, name, g, out);
		return;
	}
	sink_text(out, "  This would read it:\n");
	say_configuration(g, name, out);
}

static bool
has_signature(struct span header, struct span name)
{
	struct span other, value;

	while (pasted_pair(&header, &other, &value))
		if (span_ends(other, SPAN_LIT(".sig")) &&
		    span_eq(span_head(other, other.n - 4), name))
			return true;
	return false;
}

/* Of several cookies, those that nobody would take for a session. */
static bool
is_dull(const struct guess *g, struct span name)
{
	bool by_salt;

	return name.n > 0 && (g->row == NULL || g->row->format == FORMAT_PHP) &&
	       g->says.n == 0 && !span_is(name, "PHPSESSID") &&
	       !span_is(name, "sessionid") &&
	       format_of_guests(FORMAT_COOKIE_SIGNATURE, name,
		   (struct span){ NULL, 0 }, &by_salt) == NULL;
}

void
inspect_guess(const struct session_config *config, struct span header,
    struct arena *arena, struct sink *out)
{
	struct span rest = header, name, value;
	size_t said = 0;
	struct guess g;

	while (pasted_pair(&rest, &name, &value)) {
		if (span_ends(name, SPAN_LIT(".sig")))
			continue;
		guess_format(
		    name, value, has_signature(header, name), arena, &g);
		if (is_dull(&g, name) && rest.n + said > 0)
			continue;
		say_guess(name, &g, out);
		if (g.row != NULL)
			say_read(config, name, &g, out);
		said++;
	}
	if (said == 0)
		sink_text(out, "None of the cookies has the shape of a "
			       "session.\n");
}
