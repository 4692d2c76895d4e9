#include "policy/owner.h"

#include <string.h>

#include "policy/pattern.h"
#include "policy/value.h"

/* One id that a policy names, whatever stands around it. */
struct owner_id {
	const struct policy *policy;
	const struct term *term;
	const struct setting *folder; /* that stands before it, or NULL */
	int line;
	struct span source;       /* as configured, without the folder */
	const struct pattern *id; /* of the whole id alone, lives as long as the
				     loader; NULL: it need not be one user's */
	struct span missing;      /* then: why not; only while it is shown */
};

typedef void owner_see(struct loader *l, const struct owner_id *id, void *with);

/* What Cloudinary may put before an id, depending on the account. */
extern const char *const owner_folders[];

extern const size_t owner_folders_count;

/* The one form of a user's tag in all of the configuration. */
struct tag_form {
	const struct text_template *tag; /* NULL: none was seen yet */
	const struct policy *policy;
};

static bool owner_is_set_to(
    const struct policy *policy, const char *name, const char *value);
static bool owner_names_assets(const struct policy *policy, const char *name);

static bool
is_path(const struct term *term)
{
	return term->type == TERM_PATH || term->type == TERM_ACL;
}

/* Are this parameter's values ids, paths or prefixes of ids? */
static bool
owner_is_id(const struct term *term)
{
	return term->type == TERM_ID || term->type == TERM_IDS ||
	       term->type == TERM_PREFIXES || term->type == TERM_FULL_IDS ||
	       is_path(term);
}

/* Would it put this one before the public_id of this policy? */
/*
 * With fixed folders an id is folder + "/" + public_id, which another user's
 * could be, too. asset_folder alone makes no part of an id.
 */
static bool
owner_carries(const struct policy *policy, const struct term *term)
{
	return term->type == TERM_FOLDER &&
	       owner_may_hold(policy, "public_id") &&
	       (!span_is(span_of(term->name), "asset_folder") ||
		   owner_is_set_to(
		       policy, "use_asset_folder_as_public_id_prefix", "true"));
}

/* The id behind that folder; NULL when there is no room (said at the end). */
static const struct pattern *
owner_join(struct loader *l, const struct policy *policy,
    const struct setting *folder, const struct pattern *id)
{
	struct span before = folder->values[0].source;
	size_t room = before.n + 1 + id->source.n;
	struct pattern *out = arena_take(&l->arena, sizeof(*out)), head;
	struct segment *segments;
	unsigned char mem[DETAIL_MAX];
	struct sink text, why;

	sink_init(&why, mem, sizeof(mem));
	sink_init(&text, arena_bytes(&l->arena, room), room);
	if (l->arena.full || !id_form_compile(folder->term, before,
				 policy->name, &l->arena, &head, &why))
		return NULL;
	segments = arena_array(&l->arena, head.n + id->n, sizeof(*segments));
	if (segments == NULL)
		return NULL;
	memcpy(segments, head.segments, head.n * sizeof(*segments));
	memcpy(segments + head.n, id->segments, id->n * sizeof(*segments));
	sink_say(&text, "%v/%v", before, id->source);
	*out = (struct pattern){ .n = head.n + id->n,
		.segments = segments,
		.source = sink_view(&text) };
	return out;
}

/* public_id = "a/{user}", behind folder = "b" */
static void
owner_say_id(const struct owner_id *one, struct sink *out)
{
	sink_say(out, "%s = %q", one->term->name, one->source);
	if (one->folder != NULL)
		sink_say(out, " behind %s = %q", one->folder->term->name,
		    one->folder->values[0].source);
}

/* Reads the id in one configured value; NULL where it can't be one user's. */
static const struct pattern *
read_id(struct loader *l, const struct owner_id *one, struct sink *why)
{
	struct pattern *id = arena_take(&l->arena, sizeof(*id));
	const struct policy *policy = one->policy;
	struct span text;
	bool right;

	if (id == NULL)
		return NULL; /* no room: said at the end */
	if (is_path(one->term))
		right = acl_owned(one->source, policy->name,
			    policy->cloud->cloud_name, &l->arena, &text, why) &&
			pattern_compile(text, policy->name, &l->arena, id, why);
	else
		right = id_form_compile(
		    one->term, one->source, policy->name, &l->arena, id, why);
	if (!right || !pattern_owned(id, why))
		return NULL;
	id->source = one->source;
	return id;
}

/* The same id behind each folder that the policy sets. */
static void
show_carried(struct loader *l, struct owner_id one, owner_see *see, void *with)
{
	const struct policy *policy = one.policy;
	const struct pattern *id = one.id;
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	for (size_t i = 0; i < policy->n_set; i++) {
		const struct setting *folder = &policy->set[i];
		const struct pattern *whole = NULL;

		if (owner_carries(policy, folder->term))
			whole = owner_join(l, policy, folder, id);
		if (whole == NULL)
			continue; /* or no room: said at the end */
		sink_init(&why, mem, sizeof(mem));
		one.folder = folder;
		one.id = pattern_owned(whole, &why) ? whole : NULL;
		one.missing = sink_view(&why);
		see(l, &one, with);
	}
}

/* compiled: the id's pattern, where there is one already. */
static void
show(struct loader *l, struct owner_id *one, const struct pattern *compiled,
    owner_see *see, void *with)
{
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (compiled == NULL)
		one->id = read_id(l, one, &why);
	else
		one->id = pattern_owned(compiled, &why) ? compiled : NULL;
	one->missing = sink_view(&why);
	see(l, one, with);
	if (one->id != NULL && span_is(span_of(one->term->name), "public_id"))
		show_carried(l, *one, see, with);
}

/*
 * A rule that is neither patterns nor values would let a client name anything:
 * one like that has no id that is owned.
 */
static void
show_allowance(struct loader *l, const struct policy *policy,
    const struct allowance *allow, owner_see *see, void *with)
{
	const struct rule *rule = &allow->rule;
	struct owner_id one = {
		.policy = policy, .term = allow->term, .line = allow->line
	};

	if (rule->kind == RULE_PATTERNS) {
		for (size_t i = 0; i < rule->n; i++) {
			one.source = rule->patterns[i].source;
			show(l, &one,
			    is_path(allow->term) ? NULL : &rule->patterns[i],
			    see, with);
		}
		return;
	}
	for (size_t i = 0; i < rule->n && rule->kind == RULE_VALUES; i++) {
		one.source = rule->values[i].source;
		show(l, &one, NULL, see, with);
	}
	if (rule->kind == RULE_VALUES)
		return;
	one.missing = SPAN_LIT("a client could send any; list what it may");
	see(l, &one, with);
}

/*
 * Shows each of the policy's, in set and in allow: by itself, and where it is
 * owned also as what Cloudinary makes of it with a folder in set. And of the
 * folders that a client may choose those that may come before an id.
 */
static void
owner_each_id(
    struct loader *l, const struct policy *policy, owner_see *see, void *with)
{
	for (size_t i = 0; i < policy->n_set; i++) {
		const struct setting *set = &policy->set[i];

		for (size_t k = 0; k < set->n && owner_is_id(set->term); k++) {
			struct owner_id one = { .policy = policy,
				.term = set->term,
				.line = set->line,
				.source = set->values[k].source };

			show(l, &one, NULL, see, with);
		}
	}
	for (size_t i = 0; i < policy->n_allow; i++)
		if (owner_is_id(policy->allow[i].term) ||
		    owner_carries(policy, policy->allow[i].term))
			show_allowance(l, policy, &policy->allow[i], see, with);
}

static const struct setting *
setting_of(const struct policy *policy, const char *name)
{
	return policy_setting(policy, term_find(span_of(name)));
}

static void
check_id(struct loader *l, const struct policy *policy)
{
	const struct setting *set = setting_of(policy, "public_id");
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set == NULL)
		owner_say(l, SAY_ERROR, policy->line,
		    "the policy %q is anonymous, so that the server must make "
		    "its ids: set public_id = \"inbox/{random}\"",
		    policy->name);
	else if (pattern_compile(set->values[0].source, policy->name, &l->arena,
		     &id, &why) &&
		 !pattern_fresh(&id, &why))
		owner_say(l, SAY_ERROR, set->line,
		    "public_id = %q of an anonymous policy could be an asset "
		    "that is there already: %v",
		    id.source, sink_view(&why));
}

static void
check_overwrite(struct loader *l, const struct policy *policy)
{
	const struct setting *set = setting_of(policy, "overwrite");

	if (set == NULL || !span_is(set->values[0].source, "false"))
		owner_say(l, SAY_ERROR, set == NULL ? policy->line : set->line,
		    "the policy %q is anonymous, and must not replace "
		    "anything: set overwrite = false",
		    policy->name);
}

static void
check_folders(struct loader *l, const struct policy *policy)
{
	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct term *term = term_find(span_of(owner_folders[i]));
		const struct allowance *allow = policy_allowance(policy, term);

		if (allow != NULL)
			owner_say(l, SAY_ERROR, allow->line,
			    "%s can't be a client's choice in an anonymous "
			    "policy: write it in set, or leave it out",
			    term->name);
	}
}

/* What an anonymous policy must and must not be. */
static void
owner_anonymous(struct loader *l, const struct policy *policy)
{
	check_id(l, policy);
	check_overwrite(l, policy);
	check_folders(l, policy);
}

#define EVERYBODYS                                                             \
	"the signature would also download all assets that have %s, "          \
	"whoever's "                                                           \
	"they are; %ssay shared_tags = true"

/* A fixed word, and behind it the user and nothing else. */
static bool
is_tag_form(const struct text_template *tag)
{
	return tag->n == 2 && tag->pieces[0].kind == PIECE_LITERAL &&
	       !span_has(tag->pieces[0].text, ',') &&
	       (tag->pieces[1].kind == PIECE_USER ||
		   tag->pieces[1].kind == PIECE_USER_HASH);
}

/* {policy} is a literal by now, so that sources can't be compared. */
static bool
same_form(const struct text_template *a, const struct text_template *b)
{
	return a->pieces[1].kind == b->pieces[1].kind &&
	       span_eq(a->pieces[0].text, b->pieces[0].text);
}

/*
 * Two forms could meet: with "u_{user}" and "u_x_{user}" the user x_bob has a
 * tag of bob's.
 */
static void
check_form(struct loader *l, const struct policy *policy, int line,
    const char *name, const struct text_template *tag, struct tag_form *form)
{
	if (form->tag == NULL)
		*form = (struct tag_form){ tag, policy };
	if (!same_form(tag, form->tag))
		owner_say(l, SAY_ERROR, line,
		    "%s = %q, and the policy %q has %q: one user's tag could "
		    "be another's; use one form everywhere, or say %s",
		    name, tag->source, form->policy->name, form->tag->source,
		    owner_may_hold(policy, "tags")
			? "shared_tags = true"
			: "any_owner = true, for moderators");
}

static void
check_tag(struct loader *l, const struct policy *policy, int line,
    const struct text_template *tag, struct tag_form *form)
{
	if (is_tag_form(tag))
		check_form(l, policy, line, "tags", tag, form);
	else
		owner_say(l, SAY_ERROR, line, "tags = %q: " EVERYBODYS,
		    tag->source, "this tag",
		    policy->anonymous ? "" : "write \"user_{user}\", or ");
}

static void
check_tags(struct loader *l, const struct policy *policy, struct tag_form *form)
{
	const struct term *term = term_find(SPAN_LIT("tags"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	for (size_t i = 0; set != NULL && i < set->n; i++)
		check_tag(l, policy, set->line, &set->values[i], form);
	if (allow == NULL)
		return;
	if (allow->rule.kind != RULE_VALUES)
		owner_say(l, SAY_ERROR, allow->line,
		    "tags of a client's choice: " EVERYBODYS, "such a tag",
		    policy->anonymous
			? ""
			: "write tags = [ \"user_{user}\" ], or ");
	else
		for (size_t i = 0; i < allow->rule.n; i++)
			check_tag(l, policy, allow->line,
			    &allow->rule.values[i], form);
}

/* The commands that touch nothing but what public_ids names. */
static bool
is_narrow(const struct text_template *command)
{
	static const char *const narrow[] = { "add", "remove", "remove_all",
		"replace" };

	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		if (command->n == 1 &&
		    command->pieces[0].kind == PIECE_LITERAL &&
		    span_is(command->pieces[0].text, narrow[i]))
			return true;
	return false;
}

/* The first of `command` that reaches further, and its line. NULL: none. */
static const struct text_template *
wide_command(const struct policy *policy, int *line)
{
	const struct term *term = term_find(SPAN_LIT("command"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	if (set != NULL && !is_narrow(&set->values[0])) {
		*line = set->line;
		return &set->values[0];
	}
	if (allow == NULL || allow->rule.kind != RULE_VALUES)
		return NULL; /* it takes no other rule */
	for (size_t i = 0; i < allow->rule.n; i++) {
		*line = allow->line;
		if (!is_narrow(&allow->rule.values[i]))
			return &allow->rule.values[i];
	}
	return NULL;
}

/* The values of `tag`; NULL for any of a client's choice. */
static const struct text_template *
tag_values(const struct policy *policy, size_t *n, int *line)
{
	const struct term *term = term_find(SPAN_LIT("tag"));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	*n = set != NULL ? set->n : allow->rule.n;
	*line = set != NULL ? set->line : allow->line;
	if (set != NULL)
		return set->values;
	return allow->rule.kind == RULE_VALUES ? allow->rule.values : NULL;
}

/* Can it be no other than the user's own? tags as of tag_values(). */
static bool
tag_is_own(const struct text_template *tags, size_t n)
{
	for (size_t i = 0; tags != NULL && i < n; i++)
		if (!is_tag_form(&tags[i]))
			return false;
	return tags != NULL;
}

static void
check_command(
    struct loader *l, const struct policy *policy, struct tag_form *form)
{
	const struct text_template *command, *tags;
	bool own;
	int line, at;
	size_t n;

	if (!owner_may_hold(policy, "public_ids") ||
	    !owner_may_hold(policy, "tag"))
		return;
	command = wide_command(policy, &line);
	if (command == NULL)
		return;
	tags = tag_values(policy, &n, &at);
	own = tag_is_own(tags, n);
	if (!own)
		owner_say(l, SAY_ERROR, line,
		    "command = %q would take the tag away from all assets "
		    "that public_ids does not name, whoever's they are: write "
		    "tag = [ \"user_{user}\" ], or another command (add, "
		    "remove, replace, remove_all), or say any_owner = true, "
		    "for moderators",
		    command->source);
	for (size_t i = 0; own && i < n; i++)
		check_form(l, policy, at, "tag", &tags[i], form);
}

/*
 * Refuses tags that fit assets of others, where archive would take them, or a
 * command take them away from there.
 */
static void
owner_tags(struct loader *l, const struct policy *policy, struct tag_form *form)
{
	if (!policy->shared_tags && owner_names_assets(policy, "tags"))
		check_tags(l, policy, form);
	if (!policy->any_owner)
		check_command(l, policy, form);
}

bool
owner_tag_is_own(const struct policy *policy)
{
	size_t n;
	int line;
	const struct text_template *tags = tag_values(policy, &n, &line);

	return tag_is_own(tags, n);
}

enum meeting { MEET = 0, PART, SAME };

static bool
is_literal(const struct segment *s)
{
	return s->kind == SEGMENT_TEXT && s->text.n == 1 &&
	       s->text.pieces[0].kind == PIECE_LITERAL;
}

/* {user}, {user_hash} or {claim.NAME}, and nothing beside it. */
static bool
is_owner(const struct segment *s)
{
	return s->kind == SEGMENT_TEXT && s->text.n == 1 &&
	       (s->text.pieces[0].kind == PIECE_USER ||
		   s->text.pieces[0].kind == PIECE_USER_HASH ||
		   s->text.pieces[0].kind == PIECE_CLAIM);
}

static bool
same_segment(const struct segment *a, const struct segment *b)
{
	if (a->kind != b->kind || a->text.n != b->text.n)
		return false;
	for (size_t i = 0; a->kind == SEGMENT_TEXT && i < a->text.n; i++)
		if (a->text.pieces[i].kind != b->text.pieces[i].kind ||
		    !span_eq(a->text.pieces[i].text, b->text.pieces[i].text))
			return false;
	return true;
}

static enum meeting
compare(const struct pattern *a, const struct pattern *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		const struct segment *s = &a->segments[i], *t = &b->segments[i];

		if (same_segment(s, t)) {
			if (is_owner(s))
				return SAME;
			continue;
		}
		return is_literal(s) && is_literal(t) ? PART : MEET;
	}
	return MEET;
}

/* The ids seen so far, one of each beginning. */
struct owned_id {
	const struct pattern *id;
	const struct policy *policy;
	struct owned_id *next;
};

/* The first of them that could be this id; NULL: there is none. */
static const struct owned_id *
find_meeting(const struct pattern *id, const struct policy *policy,
    const struct owned_id *before)
{
	for (; before != NULL; before = before->next)
		if (span_eq(policy->cloud->cloud_name,
			before->policy->cloud->cloud_name) &&
		    compare(id, before->id) != PART)
			break;
	return before;
}

/* Compares it with those before, and keeps it if its beginning is new. */
static void
check(struct loader *l, const struct owner_id *one, void *with)
{
	struct owned_id **before = with, *kept;
	const struct owned_id *other;
	unsigned char mem[DETAIL_MAX];
	struct sink id;

	if (one->id == NULL)
		return; /* said already */
	other = find_meeting(one->id, one->policy, *before);
	if (other == NULL) {
		kept = arena_take(&l->arena, sizeof(*kept));
		if (kept == NULL)
			return; /* no room: said at the end */
		*kept = (struct owned_id){ one->id, one->policy, *before };
		*before = kept;
		return;
	}
	if (compare(one->id, other->id) == SAME)
		return;
	sink_init(&id, mem, sizeof(mem));
	owner_say_id(one, &id);
	owner_say(l, SAY_ERROR, one->line,
	    "%v, and the policy %q has %q: one user's id could be another's; "
	    "begin both with the same words up to the user, or with different "
	    "ones",
	    sink_view(&id), other->policy->name, other->id->source);
}

/* An id that anybody can get, perhaps behind a folder. */
static void
check_open(struct loader *l, const struct policy *policy, int line,
    const struct pattern *id, const struct owned_id *before)
{
	const struct owned_id *other = find_meeting(id, policy, before);

	if (other != NULL)
		owner_say(l, SAY_ERROR, line,
		    "everybody can upload to %q here, and the policy %q has "
		    "%q: it could be a user's own; begin it with another fixed "
		    "word",
		    id->source, other->policy->name, other->id->source);
}

static void
check_anonymous(struct loader *l, const struct policy *policy,
    const struct owned_id *before)
{
	const struct setting *set =
	    policy_setting(policy, term_find(SPAN_LIT("public_id")));
	unsigned char mem[DETAIL_MAX];
	struct pattern id;
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set == NULL || !pattern_compile(set->values[0].source, policy->name,
			       &l->arena, &id, &why))
		return; /* said already */
	check_open(l, policy, set->line, &id, before);
	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct setting *folder = policy_setting(
		    policy, term_find(span_of(owner_folders[i])));
		const struct pattern *whole = NULL;

		if (folder != NULL)
			whole = owner_join(l, policy, folder, &id);
		if (whole != NULL)
			check_open(l, policy, folder->line, whole, before);
	}
}

/* Refuses two ids of which one user's could be another's, or everybody's. */
static void
owner_apart(struct loader *l)
{
	const struct config *config = l->config;
	struct owned_id *before = NULL;

	for (size_t i = 0; i < config->n_policies; i++)
		if (!config->policies[i].any_owner)
			owner_each_id(l, &config->policies[i], check, &before);
	for (size_t i = 0; i < config->n_policies; i++)
		if (config->policies[i].anonymous &&
		    !config->policies[i].webhook)
			check_anonymous(l, &config->policies[i], before);
}

const char *const owner_folders[] = { "asset_folder", "folder",
	"public_id_prefix" };

const size_t owner_folders_count =
    sizeof(owner_folders) / sizeof(owner_folders[0]);

void
owner_say(
    struct loader *l, enum severity severity, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(l->report, severity, l->file, line, format, &values);
	va_end(values);
}

bool
owner_may_hold(const struct policy *policy, const char *name)
{
	const struct term *term = term_find(span_of(name));

	return term != NULL && (policy_setting(policy, term) != NULL ||
				   policy_allowance(policy, term) != NULL);
}

bool
owner_serves(const struct policy *policy, enum action action)
{
	const struct action_row *row = &actions[action];
	bool any = row->any[0] == NULL;

	if (actions[policy->action].kind != KIND_API || row->kind != KIND_API)
		return action == policy->action;
	for (size_t i = 0; row->all[i] != NULL; i++)
		if (!owner_may_hold(policy, row->all[i]))
			return false;
	for (size_t i = 0; row->any[i] != NULL; i++)
		any = any || owner_may_hold(policy, row->any[i]);
	return any;
}

/* Does the name say what one of these actions, or its own, acts on? */
static bool
owner_names_assets(const struct policy *policy, const char *name)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		if ((owner_serves(policy, (enum action)i) ||
			policy->action == (enum action)i) &&
		    action_lists(actions[i].assets, name))
			return true;
	return false;
}

static void
owner_check_id(struct loader *l, const struct owner_id *one, void *with)
{
	const char *what = " need not be the user's own";
	unsigned char mem[DETAIL_MAX];
	struct sink id;

	(void)with;
	if (one->id != NULL)
		return;
	if (one->term->type == TERM_FOLDER)
		what = " would carry public_id into a folder that need not be "
		       "the user's own";
	else if (actions[one->policy->action].kind == KIND_API &&
		 one->term->type == TERM_ID && one->folder == NULL &&
		 owner_serves(one->policy, ACTION_DESTROY))
		what = " need not be the user's own, and the signature would "
		       "also destroy it";
	sink_init(&id, mem, sizeof(mem));
	owner_say_id(one, &id);
	owner_say(l, SAY_ERROR, one->line,
	    "%v%s: %v (or any_owner = true, for moderators)", sink_view(&id),
	    what, one->missing);
}

/* Is it set to just this text? */
static bool
owner_is_set_to(
    const struct policy *policy, const char *name, const char *value)
{
	const struct setting *set =
	    policy_setting(policy, term_find(span_of(name)));

	return set != NULL && span_is(set->values[0].source, value);
}

/*
 * Without an id that the policy fixes, Cloudinary makes a random one; or one
 * out of the file's name, which no signature covers.
 */
static void
check_upload(struct loader *l, const struct policy *policy)
{
	const struct term *id = term_find(SPAN_LIT("public_id"));

	if (policy_setting(policy, id) != NULL)
		return;
	if (!policy->reusable)
		owner_say(l, SAY_ERROR, policy->line,
		    "without public_id in set, one signature is good for any "
		    "number of uploads until it expires: set public_id = "
		    "\"users/{user}/{random}\", or say reusable = true");
	if (owner_is_set_to(policy, "use_filename", "true") &&
	    owner_is_set_to(policy, "unique_filename", "false") &&
	    !owner_is_set_to(policy, "overwrite", "false") &&
	    !policy->any_owner)
		owner_say(l, SAY_ERROR, policy->line,
		    "the file's name makes the id, and nobody signs that: it "
		    "would replace whatever has this id; set overwrite = "
		    "false");
}

/*
 * What Cloudinary may put before an id. Each is looked at by itself, and so
 * there is one at most: nobody says which of two comes first.
 */
static void
owner_check_folders(struct loader *l, const struct policy *policy)
{
	const struct term *first = NULL;

	for (size_t i = 0; i < owner_folders_count; i++) {
		const struct term *term = term_find(span_of(owner_folders[i]));
		const struct allowance *allow = policy_allowance(policy, term);
		const struct setting *set = policy_setting(policy, term);

		if ((set == NULL && allow == NULL) ||
		    (!policy->anonymous && !owner_carries(policy, term)))
			continue;
		if (first != NULL)
			owner_say(l, SAY_ERROR,
			    set == NULL ? allow->line : set->line,
			    "%s beside %s: either may come before public_id, "
			    "so that nobody could say whose the id is; leave "
			    "one out",
			    term->name, first->name);
		first = term;
	}
}

static void
check_policy(
    struct loader *l, const struct policy *policy, struct tag_form *form)
{
	owner_tags(l, policy, form);
	if (!policy->any_owner)
		owner_check_folders(l, policy);
	if (policy->anonymous) {
		owner_anonymous(l, policy);
		return;
	}
	if (!policy->any_owner)
		owner_each_id(l, policy, owner_check_id, NULL);
	if (policy->action == ACTION_UPLOAD)
		check_upload(l, policy);
}

void
owner_check_sound(struct loader *l)
{
	struct tag_form form = { NULL, NULL };

	for (size_t i = 0; i < l->config->n_policies; i++)
		if (l->sound[i] && !l->config->policies[i].webhook)
			check_policy(l, &l->config->policies[i], &form);
}

void
owner_check(struct loader *l)
{
	const struct config *config = l->config;
	struct tag_form form = { NULL, NULL };

	for (size_t i = 0; i < config->n_policies; i++)
		if (!config->policies[i].webhook)
			check_policy(l, &config->policies[i], &form);
	owner_apart(l);
}
