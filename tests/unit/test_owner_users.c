/*
 * For every pair of parameters that name ids, and of forms that are each one
 * user's own: where two policies with them are taken, no id can be reached by
 * two users, whatever these are called.
 */

#include "test.h"

#include "owning.h"

static struct deciding d;

/* What names an id, and how its policy is written. */
static const struct carrier {
	const char *action, *name, *more;
	const char *folder; /* what may stand before its ids; or NULL */
} carriers[] = {
	{ "destroy", "public_id", "limit = \"9/hour\";", NULL },
	{ "rename", "to_public_id",
	    "limit = \"9/hour\"; set = { from_public_id = \"mine/{user}/a\"; "
	    "};",
	    NULL },
	{ "tags", "public_ids",
	    "limit = \"9/hour\"; set = { command = \"remove_all\"; };", NULL },
	{ "archive", "prefixes", "limit = \"9/hour\";", NULL },
	{ "archive", "fully_qualified_public_ids", "limit = \"9/hour\";",
	    NULL },
	{ "token", "acl", "set = { duration = 60; };", NULL },
	{ "token", "url", "set = { duration = 60; };", NULL },
	{ "upload", "public_id",
	    "reusable = true; set = { folder = \"users\"; };", "folder" },
	{ "explicit", "public_id",
	    "limit = \"9/hour\"; set = { type = \"upload\"; "
	    "public_id_prefix = \"users/{user}\"; };",
	    "public_id_prefix" },
	{ "upload", "public_id",
	    "reusable = true; set = { asset_folder = \"things/team\"; "
	    "use_asset_folder_as_public_id_prefix = true; };",
	    "asset_folder" },
};

#define CARRIERS (sizeof(carriers) / sizeof(carriers[0]))

static const char *const forms[] = { "users/{user}", "users/{user}/*",
	"users/{user}/x", "users/{user_hash}/*", "users/{claim.sub}/x",
	"users/team/{user}/*", "users/{user}/team/*", "things/{user}/*",
	"users/x_{user}/{user}/x" };

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* The last one is the first one's hash. */
static char users[][33] = { "alice", "team", "x_alice", "things", "" };

#define USERS (sizeof(users) / sizeof(users[0]))

static const struct term *
term_of(const struct carrier *c)
{
	return term_find(span_of(c->name));
}

static bool
loads(const struct carrier *a, const char *first, const struct carrier *b,
    const char *second)
{
	const struct term *s = term_of(a), *t = term_of(b);
	char text[2048];

	snprintf(text, sizeof(text),
	    "p = { action = \"%s\"; %s allow = { %s = [ \"%s%s%s\" ]; }; };\n"
	    "q = { action = \"%s\"; %s allow = { %s = [ \"%s%s%s\" ]; }; };",
	    a->action, a->more, a->name, owning_before(s), first,
	    owning_behind(s), b->action, b->more, b->name, owning_before(t),
	    second, owning_behind(t));
	return owning_load(&d, text);
}

static bool
asks(const char *policy, const struct term *term, struct span id,
    const char *behind)
{
	char value[512];

	d.params.n = 0;

	snprintf(value, sizeof(value), "%s%.*s%s", owning_before(term),
	    (int)id.n, (const char *)id.p, behind);
	deciding_send(&d, term->name, value);
	return deciding_ask(&d, policy, CONTRACT_PLAIN);
}

/* The same id, in each way to cut it into a folder and a public_id. */
static bool
asks_behind(const char *policy, const struct carrier *c, struct span id)
{
	char folder[512];

	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] != '/')
			continue;
		snprintf(
		    folder, sizeof(folder), "%.*s", (int)i, (const char *)id.p);
		d.params.n = 0;
		deciding_send(&d, c->folder, folder);
		deciding_send(&d, c->name, (const char *)id.p + i + 1);
		if (deciding_ask(&d, policy, CONTRACT_PLAIN))
			return true;
	}
	return false;
}

/* Can the user name this id, by itself or by a folder that it lies in? */
static bool
reaches(const char *policy, const struct carrier *c, const char *id)
{
	const struct term *term = term_of(c);
	struct span whole = span_of(id);
	const char *behind = term->type == TERM_PREFIXES ? "/"
			     : term->type == TERM_ACL    ? "/*"
							 : NULL;

	if (term->type != TERM_PREFIXES && asks(policy, term, whole, ""))
		return true;
	if (c->folder != NULL && asks_behind(policy, c, whole))
		return true;
	for (size_t i = 0; behind != NULL && i < whole.n; i++)
		if (whole.p[i] == '/' &&
		    asks(policy, term, span_head(whole, i), behind))
			return true;
	return false;
}

/* How many users can reach it, by either policy. */
static unsigned
count(const struct carrier *p, const struct carrier *q, const char *id)
{
	unsigned n = 0;

	for (size_t i = 0; i < USERS; i++) {
		owning_user(&d, users[i]);
		n += reaches("p", p, id) || reaches("q", q, id);
	}
	return n;
}

/* The form with each "%" as this user. */
static void
fill(const char *form, const char *user, char out[512])
{
	char *p = out;

	for (; *form != '\0'; form++)
		if (*form == '%')
			p += sprintf(p, "%s", user);
		else
			*p++ = *form;
	*p = '\0';
}

/* Looks at each id that these users could mean; how many somebody reaches. */
static unsigned
look(const struct carrier *p, const struct carrier *q)
{
	static const char *const ids[] = { "users/%", "users/%/x",
		"users/%/alice/x", "users/%/team/x", "users/team/%/x",
		"users/%/x/y", "users/x_%/%/x", "users/x_%/%/x/y", "things/%/x",
		"users/team/%/x/y", "users/%/team/x/y", "things/%/x/y",
		"users/things/%/x", "users/%/things/%/x",
		"things/team/users/%/x", "things/team/things/%/x" };
	unsigned found = 0;

	for (size_t i = 0; i < USERS; i++)
		for (size_t k = 0; k < sizeof(ids) / sizeof(ids[0]); k++) {
			char id[512];
			unsigned n;

			fill(ids[k], users[i], id);
			n = count(p, q, id);
			if (n > 1)
				fail_msg("%s: %u users reach %s", owning_text,
				    n, id);
			found += n;
		}
	return found;
}

TEST(no_id_is_of_two)
{
	unsigned taken = 0, refused = 0;

	for (size_t i = 0; i < CARRIERS * CARRIERS; i++)
		for (size_t k = 0; k < FORMS * FORMS; k += THINNED(5)) {
			const struct carrier *a = &carriers[i / CARRIERS],
					     *b = &carriers[i % CARRIERS];

			if (a > b)
				continue;
			if (!loads(a, forms[k / FORMS], b, forms[k % FORMS])) {
				refused++;
				assert_true(sandbox_said(&d.box, "another's"));
				continue;
			}
			taken++;
			if (look(a, b) == 0)
				fail_msg(
				    "%s: nobody reaches anything", owning_text);
		}
	assert_true(taken >= 500 / THINNED(5));
	assert_true(refused >= 500 / THINNED(5));
}

static void
open_group(void)
{
	struct sink hash;

	sink_init(&hash, (unsigned char *)users[USERS - 1], 32);
	user_hash(span_of(users[0]), &hash);
	owning_open(&d);
}

AROUND(open_group(), deciding_close(&d));
