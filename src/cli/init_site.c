#include <stdio.h>

#include "cli/init.h"
#include "http/origin.h"

/*
 * A word of the site's, and the user's own segment behind it, or with guests
 * none: what the check of a configuration wants of every id (it has the last
 * word).
 */
static bool
is_folder(const struct init *i)
{
	struct span_cut cut = span_cut(span_of(i->folder), '/');
	bool own = false;

	if (cut.head.n == 0 || span_has(cut.head, '{'))
		return false;
	while (cut.found) {
		cut = span_cut(cut.tail, '/');
		if (cut.head.n == 0)
			return false;
		own = own || span_is(cut.head, "{user}") ||
		      span_is(cut.head, "{user_hash}");
	}
	return i->guests ? strstr(i->folder, "{user") == NULL : own;
}

/* What is asked, taken where nothing is answered, and said of a slip. */
static const struct folder_words {
	const char *question, *otherwise, *wrong;
} for_users = {
	"3. Where do users' pictures go ({user_hash} for {user} where names "
	"are e-mail addresses)",
	"users/{user}",
	"a folder begins with a word of yours and has {user} or {user_hash} "
	"as a part of its own, as in users/{user}",
}, for_guests = {
	"3. Where do guests' pictures go",
	"guests",
	"guests have no name: their folder is a word of yours, as in guests",
};

int
init_folder(struct init *i)
{
	const struct folder_words *say = i->guests ? &for_guests : &for_users;
	int code = init_text(i, INIT_FOLDER, say->question, say->otherwise,
	    i->folder, sizeof(i->folder));

	if (code >= 0)
		return code;
	return is_folder(i) ? -1 : init_mistake(say->wrong, i->folder);
}

static int
add(struct init *i, struct span origin)
{
	char *out = i->origins[i->n_origins];

	if (i->n_origins == INIT_ORIGINS_MAX)
		return init_mistake("these are too many origins", "");
	if (origin.n > ORIGIN_MAX || !origin_valid(origin)) {
		fprintf(stderr,
		    "signpost: init: %.*s is no origin: write "
		    "https://www.example.com, in lower case and without a "
		    "path\n",
		    (int)origin.n, (const char *)origin.p);
		return 2;
	}
	memcpy(out, origin.p, origin.n);
	out[origin.n] = '\0';
	i->n_origins++;
	return -1;
}

int
init_origins(struct init *i)
{
	const struct option_value *o = &i->option[INIT_ORIGIN];
	char answer[INIT_ORIGINS_MAX * (ORIGIN_MAX + 1)];
	struct span_cut cut = { .found = true };
	int code = -1;

	for (size_t k = 0; code < 0 && k < o->n; k++)
		code = add(i, span_of(o->values[k]));
	if (o->n > 0)
		return code;
	code = init_text(i, INIT_ORIGIN,
	    "4. Other sites whose pages may ask, such as "
	    "https://app.example.com",
	    "", answer, sizeof(answer));
	cut.tail = span_of(answer);
	while (code < 0 && cut.found) {
		cut = span_cut(cut.tail, ' ');
		if (cut.head.n > 0 && !span_is(cut.head, "none"))
			code = add(i, cut.head);
	}
	return code;
}
