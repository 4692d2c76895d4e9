/* One plain sentence for a policy: who may do what, where, and how often. */
#include "cli/describe.h"

#define NAMES_MAX 3 /* of users that are named */

static const struct setting *
set_of(const struct policy *p, const char *name)
{
	return policy_setting(p, term_find(span_of(name)));
}

static const struct allowance *
allow_of(const struct policy *p, const char *name)
{
	return policy_allowance(p, term_find(span_of(name)));
}

static bool
has(const struct policy *p, const char *name)
{
	return set_of(p, name) != NULL || allow_of(p, name) != NULL;
}

static void
say_who(const struct policy *p, struct sink *out)
{
	if (p->anonymous)
		sink_text(out, "anybody");
	else if (!p->users.present)
		sink_text(out, "a logged-in user");
	else if (p->users.n == 0)
		sink_text(out, "nobody");
	else if (p->users.n <= NAMES_MAX)
		describe_any(p->users.name, p->users.n, out);
	else
		sink_say(out, "one of %d users", (long long)p->users.n);
	for (size_t i = 0; i < p->n_require; i++) {
		sink_say(out, "%s %v is ", i == 0 ? " whose" : " and whose",
		    p->require[i].claim);
		describe_any(p->require[i].is, p->require[i].n, out);
	}
}

/* What is set, or may be sent, for this name. */
static void
say_values(const struct policy *p, const char *name, struct sink *out)
{
	const struct setting *set = set_of(p, name);
	const struct allowance *allow = allow_of(p, name);

	for (size_t i = 0; set != NULL && i < set->n; i++)
		sink_say(
		    out, "%s%v", i == 0 ? "" : ", ", set->values[i].source);
	if (set == NULL && allow != NULL)
		rule_say(&allow->rule, out);
}

static void
say_things(const struct policy *p, bool many, struct sink *out)
{
	static const char *const kinds[][2] = { { "image", "image" },
		{ "video", "video" }, { "raw", "raw file" } };
	const struct setting *set = set_of(p, "resource_type");
	const char *noun = "file";

	for (size_t i = 0; set != NULL && i < 3; i++)
		if (span_is(set->values[0].source, kinds[i][0]))
			noun = kinds[i][1];
	sink_say(out, "%s%s", noun, many ? "s" : "");
}

/* A name that the policy makes: a new one each time, or always the same. */
static void
say_set_id(const struct policy *p, struct span id, struct sink *out)
{
	struct span_cut cut = span_cut_last(id, '/');
	struct span last = cut.found ? cut.tail : id;
	const struct setting *overwrite = set_of(p, "overwrite");
	bool fresh = false;

	for (; last.n > 0 && !fresh; last = span_skip(last, 1))
		fresh = span_starts(last, SPAN_LIT("{random}"));
	if (fresh && cut.found)
		sink_say(out, " into %v/", cut.head);
	else if (fresh)
		sink_text(out, " under a new name");
	else
		sink_say(out, " as %v%s", id,
		    overwrite != NULL &&
			    span_is(overwrite->values[0].source, "false")
			? ", once"
			: ", over the one before");
}

static void
say_folder(const struct policy *p, struct sink *out)
{
	static const char *const folders[] = { "folder", "asset_folder",
		"public_id_prefix" };

	for (size_t i = 0; i < 3; i++) {
		if (!has(p, folders[i]))
			continue;
		sink_text(out, " into ");
		say_values(p, folders[i], out);
		return;
	}
}

static void
say_upload(const struct policy *p, struct sink *out)
{
	const struct setting *id = set_of(p, "public_id");

	sink_text(out, id != NULL ? "upload one " : "upload any number of ");
	say_things(p, id == NULL, out);
	if (id != NULL)
		say_set_id(p, id->values[0].source, out);
	else if (has(p, "public_id")) {
		sink_text(out, " as ");
		say_values(p, "public_id", out);
	} else {
		say_folder(p, out);
	}
}

/* "of files by prefixes users/{user}/": what an archive takes. */
static void
say_archive(const struct policy *p, struct sink *out)
{
	const char *const *names = actions[p->action].any;
	bool first = true;

	sink_text(out, "get an archive of files by ");
	for (size_t i = 0; names[i] != NULL; i++) {
		if (!has(p, names[i]))
			continue;
		sink_say(out, "%s%s ", first ? "" : " or ", names[i]);
		say_values(p, names[i], out);
		first = false;
	}
}

/* The words around the names that an action acts on, by action. */
static const struct acts {
	const char *before, *name, *between, *other;
} acts[ACTION_COUNT] = {
	[ACTION_EXPLICIT] = { "make new versions of ", "public_id", "", NULL },
	[ACTION_DESTROY] = { "delete ", "public_id", "", NULL },
	[ACTION_RENAME] = { "rename ", "from_public_id", " to ",
	    "to_public_id" },
	[ACTION_TAGS] = { "change the tags of ", "public_ids", "", NULL },
	[ACTION_CONTEXT] = { "write the context of ", "public_ids", "", NULL },
	[ACTION_METADATA] = { "write the metadata of ", "public_ids", "",
	    NULL },
	[ACTION_DOWNLOAD] = { "download ", "public_id", "", NULL },
	[ACTION_DELIVER] = { "get signed URLs of ", "public_id", "", NULL },
	[ACTION_VERIFY] = { "have an upload's answer verified, for ",
	    "public_id", "", NULL },
};

static void
say_does(const struct policy *p, struct sink *out)
{
	const struct acts *a = &acts[p->action];

	if (p->action == ACTION_UPLOAD) {
		say_upload(p, out);
	} else if (p->action == ACTION_ARCHIVE) {
		say_archive(p, out);
	} else if (p->action == ACTION_TOKEN) {
		sink_text(out, "get a token for ");
		say_values(p, has(p, "acl") ? "acl" : "url", out);
	} else if (a->before != NULL) {
		sink_text(out, a->before);
		say_values(p, a->name, out);
		sink_text(out, a->between);
		if (a->other != NULL)
			say_values(p, a->other, out);
	}
}

static void
say_often(const struct policy *p, struct sink *out)
{
	bool many =
	    p->action == ACTION_UPLOAD && set_of(p, "public_id") == NULL;

	if (p->n_limits > 0) {
		sink_text(out, many ? ", with " : ", ");
		describe_counts(p->limits, p->n_limits, many, out);
		sink_text(out, p->anonymous ? " from each address" : "");
	}
	if (p->n_totals > 0) {
		sink_text(out, p->n_limits > 0 ? ", and " : ", ");
		describe_counts(p->totals, p->n_totals, many, out);
		sink_text(out, " for all together");
	}
	if (p->n_limits + p->n_totals == 0 &&
	    actions[p->action].kind == KIND_API)
		sink_text(out, ", without a limit");
}

void
describe_summary(const struct policy *p, struct sink *out)
{
	sink_say(out, "%v: ", p->name);
	if (p->webhook) {
		sink_text(out, "Cloudinary's own notifications are told from "
			       "forged ones.\n");
		return;
	}
	say_who(p, out);
	sink_text(out, " may ");
	say_does(p, out);
	say_often(p, out);
	sink_text(out, ".\n");
}
