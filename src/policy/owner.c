#include "policy/owner.h"

#include <string.h>

#include "policy/pattern.h"

/* One id that a policy names, whatever stands around it. */
struct asset_id {
	const struct policy *policy;
	const struct term *term;
	const struct setting *folder; /* that stands before it, or NULL */
	int line;
	struct span source;       /* as configured, without the folder */
	bool open;                /* of an anonymous policy: anybody's */
	const struct pattern *id; /* of the whole id alone; NULL: it need not be
				     one user's, nor is it open */
	struct span missing;      /* then: why not */
	struct asset_id *next;
	const struct asset_id *before; /* see check_apart() */
};

/* One check of a configuration. */
struct ownership {
	struct loader *l;
	struct asset_id *ids, **end; /* of all policies so far, as they stand */
	/* The one form of a user's tag in all of it; NULL: none was seen. */
	const struct text_template *tag;
	const struct policy *tag_policy;
};

/* The texts that a parameter can have; `line` is 0 where it has none. */
struct choices {
	int line;
	size_t n;
	const struct text_template *text; /* NULL: any of a client's choice */
};

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
names_assets(const struct policy *policy, const char *name)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		if ((owner_serves(policy, (enum action)i) ||
			policy->action == (enum action)i) &&
		    action_lists(actions[i].assets, name))
			return true;
	return false;
}

static const struct setting *
setting_of(const struct policy *policy, const char *name)
{
	return policy_setting(policy, term_find(span_of(name)));
}

/* Is it set to just this text? */
static bool
is_set_to(const struct policy *policy, const char *name, const char *value)
{
	const struct setting *set = setting_of(policy, name);

	return set != NULL && span_is(set->values[0].source, value);
}

/* In `set`, or in `allow`. */
static struct choices
choices_of(const struct policy *policy, const char *name, bool allowed)
{
	const struct term *term = term_find(span_of(name));
	const struct setting *set = policy_setting(policy, term);
	const struct allowance *allow = policy_allowance(policy, term);

	if (!allowed && set != NULL)
		return (struct choices){ set->line, set->n, set->values };
	if (!allowed || allow == NULL)
		return (struct choices){ .line = 0 };
	if (allow->rule.kind != RULE_VALUES)
		return (struct choices){ .line = allow->line };
	return (
	    struct choices){ allow->line, allow->rule.n, allow->rule.values };
}

/* Of one that stands in `set` or in `allow`. */
static struct choices
choices_either(const struct policy *policy, const char *name)
{
	struct choices set = choices_of(policy, name, false);

	return set.line != 0 ? set : choices_of(policy, name, true);
}

/*
 * Ids stand in many places: alone, in lists, before a "/", behind
 * image/upload/, and in the paths of tokens. In each of them it is the id
 * itself that must be the user's.
 */

static bool
is_path(const struct term *term)
{
	return term->type == TERM_PATH || term->type == TERM_ACL;
}

/* Are this parameter's values ids, paths or prefixes of ids? */
static bool
is_id(const struct term *term)
{
	return term->type != TERM_FOLDER &&
	       (term_has_patterns(term) || is_path(term));
}

/*
 * Would Cloudinary put it before the public_id of this policy? With fixed
 * folders an id is folder + "/" + public_id, which another user's could be,
 * too. asset_folder alone makes no part of an id; but what anybody may upload
 * lies apart from it as well.
 */
static bool
carries(const struct policy *policy, const struct term *term)
{
	if (term->type != TERM_FOLDER || policy->anonymous)
		return term->type == TERM_FOLDER;
	return owner_may_hold(policy, "public_id") &&
	       (!span_is(span_of(term->name), "asset_folder") ||
		   is_set_to(
		       policy, "use_asset_folder_as_public_id_prefix", "true"));
}

/*
 * The id in the path of an acl or a url, behind what every delivery begins
 * with:
 *
 *   path = [ "/" cloud-name ] "/" resource-type "/" type *( "/" url-part )
 *          "/" id
 *
 * A url-part is a signature, a transformation or a version, the same for every
 * user; behind a version nothing but the id follows. False when the path
 * begins in another way.
 */
static bool
find_id(struct span path, struct span cloud_name, struct span *id)
{
	struct span_cut cut;
	bool version = false;

	if (!span_starts(path, SPAN_LIT("/")))
		return false;
	cut = span_cut(span_skip(path, 1), '/');
	if (cut.head.n > 0 && span_eq(cut.head, cloud_name))
		cut = span_cut(cut.tail, '/');
	if (!resource_type_valid(cut.head, ACTION_DELIVER))
		return false;
	cut = span_cut(cut.tail, '/');
	if (!cut.found || !delivery_type_valid(cut.head) ||
	    pattern_url_part(cut.head))
		return false;
	*id = cut.tail;
	for (cut = span_cut(*id, '/');
	     cut.found && !version && pattern_url_part(cut.head) &&
	     !span_has(cut.head, '*') && !span_has(cut.head, '{');
	     cut = span_cut(*id, '/')) {
		version = cut.head.p[0] == 'v' && !span_has(cut.head, '_');
		*id = cut.tail;
	}
	return true;
}

/* The pattern of the id in one configured value; NULL: it is none. */
static const struct pattern *
read_id(struct loader *l, const struct asset_id *one, struct sink *why)
{
	struct pattern *id = arena_take(&l->arena, sizeof(*id));
	const struct policy *policy = one->policy;
	struct span text;

	if (id == NULL)
		return NULL; /* no room: said at the end */
	if (!is_path(one->term)) {
		if (!id_form_compile(one->term, one->source, policy->name,
			&l->arena, id, why))
			return NULL;
	} else if (!find_id(one->source, policy->cloud->cloud_name, &text)) {
		sink_text(why,
		    "it must name a resource type, a delivery type and an id, "
		    "as in \"/image/authenticated/users/{user}/*\"");
		return NULL;
	} else if (!pattern_compile(text, policy->name, &l->arena, id, why)) {
		return NULL;
	} else if (id->wide) {
		sink_text(why, "an id in a path takes A-Z a-z 0-9 _ -");
		return NULL;
	}
	id->source = one->source;
	return id;
}

/* The id behind that folder; NULL when there is no room (said at the end). */
static const struct pattern *
join_id(struct loader *l, const struct policy *policy,
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

/* Without room it is said at the end, and the configuration refused. */
static void
keep_id(struct ownership *o, const struct asset_id *one)
{
	struct asset_id *kept = arena_take(&o->l->arena, sizeof(*kept));

	if (kept == NULL)
		return;
	*kept = *one;
	kept->missing = arena_copy(&o->l->arena, one->missing);
	*o->end = kept;
	o->end = &kept->next;
}

/*
 * Keeps it, by itself, and where it is owned or open also as what Cloudinary
 * makes of it with each folder that the policy sets. id: its pattern, where
 * there is one already.
 */
static void
collect_id(struct ownership *o, struct asset_id one, const struct pattern *id)
{
	const struct policy *policy = one.policy;
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (id == NULL)
		id = read_id(o->l, &one, &why);
	if (id != NULL && (one.open || pattern_owned(id, &why)))
		one.id = id;
	one.missing = sink_view(&why);
	keep_id(o, &one);
	if (one.id == NULL || one.folder != NULL ||
	    !span_is(span_of(one.term->name), "public_id"))
		return;
	one.id = NULL;
	for (size_t i = 0; i < policy->n_set; i++) {
		const struct pattern *whole = NULL;

		one.folder = &policy->set[i];
		if (one.open)
			one.line = one.folder->line;
		if (carries(policy, one.folder->term))
			whole = join_id(o->l, policy, one.folder, id);
		if (whole != NULL)
			collect_id(o, one, whole);
	}
}

/*
 * What a client may name. A rule that is neither patterns nor values would let
 * it name anything: one like that has no id that is owned.
 */
static void
collect_allowed(struct ownership *o, const struct policy *policy,
    const struct allowance *allow)
{
	const struct rule *rule = &allow->rule;
	struct asset_id one = { .policy = policy,
		.term = allow->term,
		.line = allow->line,
		.missing =
		    SPAN_LIT("a client could send any; list what it may") };

	if (rule->kind != RULE_PATTERNS && rule->kind != RULE_VALUES) {
		keep_id(o, &one);
		return;
	}
	for (size_t i = 0; i < rule->n; i++) {
		const struct pattern *id = NULL;

		if (rule->kind == RULE_VALUES)
			one.source = rule->values[i].source;
		else
			one.source = rule->patterns[i].source;
		if (rule->kind == RULE_PATTERNS && !is_path(allow->term))
			id = &rule->patterns[i];
		collect_id(o, one, id);
	}
}

/*
 * The policy's ids, in set and in allow; and of the folders that a client may
 * choose those that may come before an id.
 */
static void
collect(struct ownership *o, const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_set; i++) {
		const struct setting *set = &policy->set[i];
		struct asset_id one = {
			.policy = policy, .term = set->term, .line = set->line
		};

		for (size_t k = 0; k < set->n && is_id(set->term); k++) {
			one.source = set->values[k].source;
			collect_id(o, one, NULL);
		}
	}
	for (size_t i = 0; i < policy->n_allow; i++)
		if (is_id(policy->allow[i].term) ||
		    carries(policy, policy->allow[i].term))
			collect_allowed(o, policy, &policy->allow[i]);
}

/* public_id = "a/{user}" behind folder = "b" */
static struct span
name_id(const struct asset_id *one, struct sink *out)
{
	sink_say(out, "%s = %q", one->term->name, one->source);
	if (one->folder != NULL)
		sink_say(out, " behind %s = %q", one->folder->term->name,
		    one->folder->values[0].source);
	return sink_view(out);
}

static void
check_id(struct ownership *o, const struct asset_id *one)
{
	const char *what = " need not be the user's own";
	unsigned char mem[DETAIL_MAX];
	struct sink name;

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
	sink_init(&name, mem, sizeof(mem));
	conf_error_at(o->l, one->line,
	    "%v%s: %v (or any_owner = true, for moderators)",
	    name_id(one, &name), what, one->missing);
}

/*
 * Tags reach assets by what they carry: archive takes every one that has any
 * of its tags, and set_exclusive takes its tag away from all but those it
 * names. So a tag must be one that only the user's own assets have.
 */

/* A fixed word, and behind it the user and nothing else. */
static bool
is_tag_form(const struct text_template *tag)
{
	return tag->n == 2 && tag->pieces[0].kind == PIECE_LITERAL &&
	       !span_has(tag->pieces[0].text, ',') &&
	       (tag->pieces[1].kind == PIECE_USER ||
		   tag->pieces[1].kind == PIECE_USER_HASH);
}

/* Can it be no other than the user's own? */
static bool
tags_are_own(const struct choices *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		if (!is_tag_form(&tags->text[i]))
			return false;
	return tags->text != NULL;
}

bool
owner_tag_is_own(const struct policy *policy)
{
	struct choices tags = choices_either(policy, "tag");

	return tags_are_own(&tags);
}

/*
 * Two forms could meet: with "u_{user}" and "u_x_{user}" the user x_bob has a
 * tag of bob's. ({policy} is a literal by now, so that sources can't be
 * compared.)
 */
static void
check_tag_form(struct ownership *o, const struct policy *policy, int line,
    const char *name, const struct text_template *tag)
{
	if (o->tag == NULL) {
		o->tag = tag;
		o->tag_policy = policy;
	}
	if (tag->pieces[1].kind != o->tag->pieces[1].kind ||
	    !span_eq(tag->pieces[0].text, o->tag->pieces[0].text))
		conf_error_at(o->l, line,
		    "%s = %q, and the policy %q has %q: one user's tag could "
		    "be another's; use one form everywhere, or say %s",
		    name, tag->source, o->tag_policy->name, o->tag->source,
		    owner_may_hold(policy, "tags")
			? "shared_tags = true"
			: "any_owner = true, for moderators");
}

#define EVERYBODYS                                                             \
	"the signature would also download all assets that have %s, "          \
	"whoever's they are; %ssay shared_tags = true"

static void
check_tags(struct ownership *o, const struct policy *policy, bool allowed)
{
	struct choices tags = choices_of(policy, "tags", allowed);

	if (tags.line != 0 && tags.text == NULL)
		conf_error_at(o->l, tags.line,
		    "tags of a client's choice: " EVERYBODYS, "such a tag",
		    policy->anonymous
			? ""
			: "write tags = [ \"user_{user}\" ], or ");
	for (size_t i = 0; i < tags.n; i++)
		if (is_tag_form(&tags.text[i]))
			check_tag_form(
			    o, policy, tags.line, "tags", &tags.text[i]);
		else
			conf_error_at(o->l, tags.line, "tags = %q: " EVERYBODYS,
			    tags.text[i].source, "this tag",
			    policy->anonymous ? ""
					      : "write \"user_{user}\", or ");
}

/* Does this command touch nothing but what public_ids names? */
static bool
is_narrow(struct span command)
{
	return span_is(command, "add") || span_is(command, "remove") ||
	       span_is(command, "remove_all") || span_is(command, "replace");
}

/* Of `command` in set or in allow: says the first that is wide; true then. */
static bool
check_command(struct ownership *o, const struct policy *policy, bool allowed)
{
	struct choices commands = choices_of(policy, "command", allowed);
	struct choices tags = choices_either(policy, "tag");
	size_t i = 0;

	while (i < commands.n && is_narrow(commands.text[i].source))
		i++;
	if (i == commands.n)
		return false;
	if (!tags_are_own(&tags))
		conf_error_at(o->l, commands.line,
		    "command = %q would take the tag away from all assets "
		    "that public_ids does not name, whoever's they are: write "
		    "tag = [ \"user_{user}\" ], or another command (add, "
		    "remove, replace, remove_all), or say any_owner = true, "
		    "for moderators",
		    commands.text[i].source);
	else
		for (i = 0; i < tags.n; i++)
			check_tag_form(
			    o, policy, tags.line, "tag", &tags.text[i]);
	return true;
}

/*
 * What Cloudinary may put before an id. Each is looked at by itself, and so
 * there is one at most: nobody says which of two comes first.
 */
static void
check_folders(struct ownership *o, const struct policy *policy)
{
	const struct term *first = NULL;

	for (size_t i = 0; i < vocabulary_count; i++) {
		const struct term *term = &vocabulary[i];
		struct choices one;

		if (!carries(policy, term))
			continue;
		one = choices_either(policy, term->name);
		if (one.line == 0)
			continue;
		if (first != NULL)
			conf_error_at(o->l, one.line,
			    "%s beside %s: either may come before public_id, "
			    "so that nobody could say whose the id is; leave "
			    "one out",
			    term->name, first->name);
		first = term;
	}
}

/*
 * Without an id that the policy fixes, Cloudinary makes a random one; or one
 * out of the file's name, which no signature covers.
 */
static void
check_upload(struct ownership *o, const struct policy *policy)
{
	if (setting_of(policy, "public_id") != NULL)
		return;
	if (!policy->reusable)
		conf_error_at(o->l, policy->line,
		    "without public_id in set, one signature is good for any "
		    "number of uploads until it expires: set public_id = "
		    "\"users/{user}/{random}\", or say reusable = true");
	if (is_set_to(policy, "use_filename", "true") &&
	    is_set_to(policy, "unique_filename", "false") &&
	    !is_set_to(policy, "overwrite", "false") && !policy->any_owner)
		conf_error_at(o->l, policy->line,
		    "the file's name makes the id, and nobody signs that: it "
		    "would replace whatever has this id; set overwrite = "
		    "false");
}

/*
 * What anybody may upload can belong to nobody: its id is a new one of the
 * server's, each time, and lies where no user's ids do.
 */
static void
check_anonymous(struct ownership *o, const struct policy *policy)
{
	const struct setting *set = setting_of(policy, "public_id");
	const struct setting *overwrite = setting_of(policy, "overwrite");
	struct asset_id **own = o->end, one = { .policy = policy };
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (set == NULL) {
		conf_error_at(o->l, policy->line,
		    "the policy %q is anonymous, so that the server must make "
		    "its ids: set public_id = \"inbox/{random}\"",
		    policy->name);
	} else {
		one.term = set->term;
		one.line = set->line;
		one.source = set->values[0].source;
		one.open = true;
		collect_id(o, one, NULL);
	}
	if (*own != NULL && (*own)->id != NULL &&
	    !pattern_fresh((*own)->id, &why))
		conf_error_at(o->l, set->line,
		    "public_id = %q of an anonymous policy could be an asset "
		    "that is there already: %v",
		    one.source, sink_view(&why));
	if (!is_set_to(policy, "overwrite", "false"))
		conf_error_at(o->l,
		    overwrite == NULL ? policy->line : overwrite->line,
		    "the policy %q is anonymous, and must not replace "
		    "anything: set overwrite = false",
		    policy->name);
	for (size_t i = 0; i < policy->n_allow; i++)
		if (policy->allow[i].term->type == TERM_FOLDER)
			conf_error_at(o->l, policy->allow[i].line,
			    "%s can't be a client's choice in an anonymous "
			    "policy: write it in set, or leave it out",
			    policy->allow[i].term->name);
}

/* The first of `before` that could be this id; NULL: there is none. */
static const struct asset_id *
find_meeting(const struct asset_id *one, const struct asset_id *before)
{
	for (; before != NULL; before = before->before)
		if (span_eq(one->policy->cloud->cloud_name,
			before->policy->cloud->cloud_name) &&
		    pattern_meet(one->id, before->id) != PATTERNS_PART)
			break;
	return before;
}

/*
 * Each user's id is compared with those `before` it, one of each beginning;
 * and then what everybody can get with all of them.
 */
static void
check_apart(struct ownership *o)
{
	const struct asset_id *before = NULL, *other;
	unsigned char mem[DETAIL_MAX];
	struct sink name;

	for (struct asset_id *one = o->ids; one != NULL; one = one->next) {
		if (one->id == NULL || one->open)
			continue; /* said already; or below */
		other = find_meeting(one, before);
		if (other == NULL) {
			one->before = before;
			before = one;
		} else if (pattern_meet(one->id, other->id) != PATTERNS_SAME) {
			sink_init(&name, mem, sizeof(mem));
			conf_error_at(o->l, one->line,
			    "%v, and the policy %q has %q: one user's id could "
			    "be another's; begin both with the same words up "
			    "to the user, or with different ones",
			    name_id(one, &name), other->policy->name,
			    other->id->source);
		}
	}
	for (const struct asset_id *one = o->ids; one != NULL; one = one->next)
		if (one->open && one->id != NULL &&
		    (other = find_meeting(one, before)) != NULL)
			conf_error_at(o->l, one->line,
			    "everybody can upload to %q here, and the policy "
			    "%q has %q: it could be a user's own; begin it "
			    "with another fixed word",
			    one->id->source, other->policy->name,
			    other->id->source);
}

static void
check_policy(struct ownership *o, const struct policy *policy)
{
	struct asset_id **own = o->end;

	if (!policy->shared_tags && names_assets(policy, "tags")) {
		check_tags(o, policy, false);
		check_tags(o, policy, true);
	}
	if (!policy->any_owner && owner_may_hold(policy, "public_ids") &&
	    owner_may_hold(policy, "tag") && !check_command(o, policy, false))
		check_command(o, policy, true);
	if (!policy->any_owner)
		check_folders(o, policy);
	if (policy->anonymous) {
		check_anonymous(o, policy);
		return;
	}
	if (!policy->any_owner)
		collect(o, policy);
	for (const struct asset_id *one = *own; one != NULL; one = one->next)
		check_id(o, one);
	if (policy->action == ACTION_UPLOAD)
		check_upload(o, policy);
}

void
owner_check(struct loader *l, bool whole)
{
	const struct config *config = l->config;
	struct ownership o = { .l = l };

	o.end = &o.ids;
	for (size_t i = 0; i < config->n_policies; i++)
		if ((whole || l->sound[i]) && !config->policies[i].webhook)
			check_policy(&o, &config->policies[i]);
	if (whole)
		check_apart(&o);
}
