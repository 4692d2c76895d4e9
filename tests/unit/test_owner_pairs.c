/*
 * For every pair of actions: what a policy of the first can sign is good for
 * the second where the string holds its names, and then it acts on nothing
 * but what is the user's own. Policies are written for each parameter that
 * says what an action acts on (or lies before that, or is taken from all other
 * assets), with ids and tags that are owned and that are not; what is accepted
 * is asked for by its user, with values of others.
 */

#include "test.h"

#include "owning.h"

static struct deciding d;

static struct {
	unsigned accepted[ACTION_COUNT], refused[ACTION_COUNT];
	unsigned served[ACTION_COUNT][ACTION_COUNT]; /* strings looked at */
} seen;

static const char *const users[] = { "alice", "u1" };

/* What each action needs beside the name that is tried out. */
static const struct {
	enum action action;
	const char *name, *value;
} base[] = {
	{ ACTION_UPLOAD, "public_id", "\"mine/{user}/b\"" }, /* for folders */
	{ ACTION_EXPLICIT, "public_id", "\"mine/{user}/b\"" },
	{ ACTION_EXPLICIT, "type", "\"upload\"" },
	{ ACTION_DESTROY, "public_id", "\"mine/{user}/b\"" },
	{ ACTION_DOWNLOAD, "public_id", "\"mine/{user}/b\"" },
	{ ACTION_DELIVER, "public_id", "\"mine/{user}/b\"" },
	{ ACTION_DELIVER, "transformation", "\"w_200\"" },
	{ ACTION_VERIFY, "public_id", "\"mine/{user}/b\"" },
	{ ACTION_RENAME, "from_public_id", "\"mine/{user}/b\"" },
	{ ACTION_RENAME, "to_public_id", "\"mine/{user}/c\"" },
	{ ACTION_TAGS, "public_ids", "\"mine/{user}/b\"" },
	{ ACTION_TAGS, "tag", "\"user_{user}\"" },
	{ ACTION_CONTEXT, "public_ids", "\"mine/{user}/b\"" },
	{ ACTION_CONTEXT, "command", "\"add\"" },
	{ ACTION_CONTEXT, "context", "{ a = \"b\"; }" },
	{ ACTION_METADATA, "public_ids", "\"mine/{user}/b\"" },
	{ ACTION_METADATA, "metadata", "{ a = \"b\"; }" },
	{ ACTION_ARCHIVE, "public_ids", "\"mine/{user}/b\"" },
	{ ACTION_TOKEN, "duration", "60" },
};

/* Ids and tags; those with own are one user's. */
static const struct form {
	const char *text;
	bool own, tag;
} forms[] = {
	{ "users/{user}/x", true, false },
	{ "users/{user}/{random}", true, false },
	{ "users/{user_hash}/x", true, false },
	{ "users/{claim.sub}/x", true, false },
	{ "users/{user}/*", true, false },
	{ "users/{user}/**", true, false },
	{ "things/{user}/{date}/*", true, false },
	{ "users/{user}", true, false },
	{ "users/bob/x", false, false },
	{ "other/x", false, false },
	{ "other", false, false },
	{ "users/*", false, false },
	{ "users/*/x", false, false },
	{ "users/**", false, false },
	{ "**", false, false },
	{ "users/*/{user}", false, false },
	{ "*/{user}/x", false, false },
	{ "{random}", false, false },
	{ "users/{random}", false, false },
	{ "users/{random}/{date}", false, false },
	{ "users/{user}x/**", false, false },
	{ "users/x{user}/**", false, false },
	{ "users/{user}-{random}", false, false },
	{ "users/{user}{claim.sub}/**", false, false },
	{ "{user}/**", false, false },
	{ "v1/{user}/**", false, false },
	{ "w_200/{user}/**", false, false },
	{ "s--abc--/{user}/**", false, false },
	{ "users/{user}/x\", \"users/bob/**", false, false },
	{ "users/{user}/**\", \"users/team/{user}/*", false, false },
	{ "users/{user}/**\", \"users/{user_hash}/*", false, false },
	{ "user_{user}", true, true },
	{ "user_{user_hash}", true, true },
	{ "avatar", false, true },
	{ "{user}", false, true },
	{ "user_{user}x", false, true },
	{ "user_{claim.sub}", false, true },
	{ "user_{random}", false, true },
	{ "user_", false, true },
	{ "user_{user}\", \"avatar", false, true },
	{ "user_{user}\", \"other_{user}", false, true },
	{ "user_{user}\", \"user_{user_hash}", false, true },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static bool
is(const struct term *term, const char *name)
{
	return strcmp(term->name, name) == 0;
}

/* Does some action act on what this parameter says? */
static bool
says_assets(const struct term *term)
{
	if (is(term, "tag") || is(term, "folder"))
		return true;
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		if (action_lists(actions[i].assets, term->name))
			return true;
	return false;
}

/* One policy p that tries out term = form, with the flags. */
static bool
loads(enum action action, const struct term *term, const struct form *form,
    bool in_set, const char *flags)
{
	char set[2048] = "", value[512], text[4096];
	size_t n = 0;

	snprintf(value, sizeof(value), "%s = [ \"%s%s%s\" ];", term->name,
	    owning_before(term), form->text, owning_behind(term));
	for (size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++)
		if (base[i].action == action && !is(term, base[i].name) &&
		    (action != ACTION_UPLOAD || is(term, "folder")))
			n += (size_t)snprintf(set + n, sizeof(set) - n,
			    "%s = %s; ", base[i].name, base[i].value);
	if (in_set && !term_is_list(term)) /* one string, not a list */
		snprintf(value, sizeof(value), "%s = \"%s%s%s\";", term->name,
		    owning_before(term), form->text, owning_behind(term));
	snprintf(text, sizeof(text),
	    "p = { action = \"%s\"; limit = \"60/hour\"; %s %s %s\n"
	    "set = { %s %s }; allow = { %s %s }; };",
	    actions[action].name,
	    actions[action].kind == KIND_API ? "lifetime = 3600;" : "",
	    action == ACTION_UPLOAD ? "reusable = true;" : "", flags, set,
	    in_set ? value : "", in_set ? "" : value,
	    action == ACTION_TAGS ? "command = [ \"add\", \"set_exclusive\" ];"
				  : "");
	return owning_load(&d, text);
}

/* Is what this name says the user's own, where it says anything? */
static void
check_own(const char *name, const char *user)
{
	if (grant_value(&d.grant, name).n > 0 &&
	    !owning_all(&d.grant, name, user))
		fail_msg("%s: %s signed for %s, with that %s", owning_text,
		    deciding_string(&d), user, name);
}

/* Each asset that a string of this action serves to act on is the user's. */
static void
check_string(enum action action, const char *user)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		const struct action_row *row = &actions[i];

		if (actions[action].kind == KIND_API ? row->kind != KIND_API
						     : i != (int)action)
			continue;
		if (!owning_holds(&d.grant, row))
			continue;
		seen.served[action][i]++;
		for (size_t k = 0; row->assets[k] != NULL; k++)
			if (!owning_all(&d.grant, row->assets[k], user))
				fail_msg("%s: %s signed for %s, serves as %s",
				    owning_text, deciding_string(&d), user,
				    row->name);
	}
	check_own("folder", user);
	if (span_is(grant_value(&d.grant, "command"), "set_exclusive"))
		check_own("tag", user);
}

/* Asks for it in each way; true when one was signed. */
static bool
ask(enum action action, const struct term *term, const char *value,
    const char *user)
{
	bool given = false;

	for (int way = OWNING_ONE; way <= OWNING_FINAL; way++) {
		if (!owning_ask(
			&d, "p", term, value, user, (enum owning_way)way))
			continue;
		check_string(action, user);
		given = true;
	}
	return given;
}

static void
ask_all(enum action action, const struct term *term)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		const char *user = users[i];
		char value[512];
		bool given;

		owning_user(&d, user);
		owning_plain.n = 0;
		given = ask(action, term, NULL, user);
		for (size_t k = 0; owning_value(k, term, user, value); k++)
			given = ask(action, term, value, user) || given;
		if (!given)
			fail_msg(
			    "%s: nothing is signed for %s", owning_text, user);
	}
}

static bool
is_tag(const struct term *term)
{
	return term->type == TERM_TAGS || term->type == TERM_LIST;
}

/* Not every own form can stand everywhere, but in allow most can. */
static bool
must_load(const struct term *term, const struct form *form, bool in_set)
{
	return form->own && !in_set && term->type != TERM_ACL;
}

static void
try_form(enum action action, const struct term *term, const struct form *form)
{
	for (int in_set = 0; in_set < 2; in_set++) {
		if (in_set && !term_is_list(term) &&
		    (strchr(form->text, '"') || is(term, "folder")))
			continue; /* two values, or what all may share */
		if (!loads(action, term, form, in_set != 0, "")) {
			if (must_load(term, form, in_set != 0))
				fail_msg("%s: %s", owning_text, d.box.said);
			seen.refused[action]++;
			continue;
		}
		seen.accepted[action]++;
		ask_all(action, term);
		if (!form->own)
			fail_msg("%s takes %s = %s", actions[action].name,
			    term->name, form->text);
	}
}

TEST(every_pair)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		for (size_t k = 0; k < vocabulary_count; k++) {
			const struct term *term = &vocabulary[k];

			if (!term_taken(term, (enum action)i) ||
			    !says_assets(term))
				continue;
			for (size_t j = 0; j < FORMS; j++)
				if (forms[j].tag == is_tag(term))
					try_form(
					    (enum action)i, term, &forms[j]);
		}
}

/* Nothing above was empty: what was taken, refused, and served as what. */
TEST(every_pair_was_seen)
{
	static const unsigned by_id = 1u << ACTION_EXPLICIT |
				      1u << ACTION_DESTROY |
				      1u << ACTION_DOWNLOAD,
			      by_tags = 1u << ACTION_ARCHIVE,
			      by_command =
				  1u << ACTION_TAGS | 1u << ACTION_CONTEXT;
	static const unsigned expected[ACTION_COUNT] = {
		[ACTION_UPLOAD] = by_id | by_tags,
		[ACTION_EXPLICIT] = by_id | by_tags,
		[ACTION_DESTROY] = by_id,
		[ACTION_RENAME] = 1u << ACTION_RENAME,
		[ACTION_TAGS] = by_command | by_tags,
		[ACTION_CONTEXT] = by_command | by_tags,
		[ACTION_METADATA] = 1u << ACTION_METADATA | by_tags,
		[ACTION_ARCHIVE] = by_tags,
		[ACTION_DOWNLOAD] = by_id,
	};

	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		bool call = actions[i].kind == KIND_API;
		unsigned serves =
		    call ? expected[i] | 1u << ACTION_UPLOAD : 1u << i;

		assert_true(seen.accepted[i] >= 4);
		assert_true(seen.refused[i] >= 20);
		for (int k = ACTION_UPLOAD; k < ACTION_COUNT; k++)
			assert_int_equal(
			    seen.served[i][k] > 0, (serves >> k & 1) != 0);
	}
}

/* Moderators act on everybody's assets, but tags are another matter. */
TEST(flags_lift_their_own_part)
{
	static const char *const any = "any_owner = true; users = \"alice\";";
	static const struct form id = { "users/**", false, false },
				 tag = { "avatar", false, true };
	unsigned n = 0;

	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		for (size_t k = 0; k < vocabulary_count; k++) {
			const struct term *term = &vocabulary[k];
			enum action action = (enum action)i;

			if (!term_taken(term, action) || !says_assets(term) ||
			    term->type == TERM_ACL)
				continue;
			n++;
			if (term->type != TERM_TAGS) {
				if (!loads(action, term,
					is_tag(term) ? &tag : &id, false, any))
					fail_msg(
					    "%s: %s", owning_text, d.box.said);
				continue;
			}
			assert_false(loads(action, term, &tag, false, any));
			assert_true(loads(
			    action, term, &tag, false, "shared_tags = true;"));
			assert_false(
			    loads(action, term_find(SPAN_LIT("public_id")), &id,
				false, "shared_tags = true;"));
		}
	assert_true(n >= 15);
}

/*
 * Whatever an action acts on is an id or a tag, and each id that it takes is
 * among what it acts on; anything else would go unseen.
 */
TEST(each_action_says_what_it_acts_on)
{
	static const unsigned ids = 1u << TERM_ID | 1u << TERM_IDS |
				    1u << TERM_PREFIXES | 1u << TERM_FULL_IDS |
				    1u << TERM_PATH | 1u << TERM_ACL;

	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		for (size_t k = 0; actions[i].assets[k] != NULL; k++) {
			const struct term *term =
			    term_find(span_of(actions[i].assets[k]));

			assert_non_null(term);
			assert_true(
			    (ids >> term->type & 1) != 0 || is(term, "tags"));
		}
		for (size_t k = 0; k < vocabulary_count; k++)
			if ((ids >> vocabulary[k].type & 1) != 0 &&
			    term_taken(&vocabulary[k], (enum action)i))
				assert_true(action_lists(
				    actions[i].assets, vocabulary[k].name));
	}
}

AROUND(owning_open(&d), deciding_close(&d));
