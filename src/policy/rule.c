#include "policy/rule.h"

#include "base/limits.h"
#include "base/text.h"
#include "policy/id_form.h"

static const struct span none = { NULL, 0 };

/* One value under judgement. */
struct trial {
	const struct rule *rule;
	const struct term *term;
	struct span key; /* of a group; empty otherwise */
	struct span value;
	const struct facts *facts;
	struct arena *arena;
	struct problem *why;
};

enum place
term_place(const struct term *term)
{
	if (term->type == TERM_TAGS)
		return PLACE_TAG;
	return term_has_patterns(term) || term->type == TERM_ACL ? PLACE_ID
								 : PLACE_TEXT;
}

/* "context.caption", for messages: a key is the configuration's own. */
static struct span
subject(const struct trial *t, struct sink *mem)
{
	sink_text(mem, t->term->name);
	if (t->key.n > 0)
		sink_say(mem, ".%v", t->key);
	return mem->full ? span_of(t->term->name) : sink_view(mem);
}

/* The refusal; reason says more than the rule does, and may be empty. */
static bool
refuse(const struct trial *t, struct span reason)
{
	unsigned char name[2 * NAME_MAX_BYTES], text[DETAIL_MAX / 2];
	struct sink name_out, text_out;

	sink_init(&name_out, name, sizeof(name));
	sink_init(&text_out, text, sizeof(text));
	rule_say(t->rule, &text_out);
	return problem_set(t->why, 403, "value_not_allowed",
	    span_of(t->term->name), "%v takes %v%v.", subject(t, &name_out),
	    sink_view(&text_out), reason);
}

static bool
has_any(struct span s, struct span bytes)
{
	for (size_t i = 0; i < s.n; i++)
		if (span_has(bytes, s.p[i]))
			return true;
	return false;
}

/* A single text that the policy spells out may hold them, as may an id. */
static bool
may_separate(const struct trial *t)
{
	return t->rule->kind != RULE_TEXT && !term_is_list(t->term) &&
	       t->term->type != TERM_GROUP;
}

/* What holds for every value of a client. */
static bool
bytes_right(const struct trial *t)
{
	bool backslash;

	if (text_has_ampersand(t->value))
		return refuse(t,
		    SPAN_LIT("; & and %26 can't be in a value from a client, "
			     "because Cloudinary's signature can't tell them "
			     "apart"));
	if (!text_utf8(t->value) || text_has_control(t->value))
		return refuse(
		    t, SPAN_LIT("; it is UTF-8 without control characters"));
	if (may_separate(t))
		return true;
	backslash = span_has(t->value, '\\');
	if (!backslash && !has_any(t->value, span_of(t->term->separators)))
		return true;
	/* The backslash may be the one that an object's "=" has got here. */
	if (t->term->type == TERM_GROUP)
		return refuse(
		    t, SPAN_LIT("; it can't hold \"=\", \"|\" or a backslash"));
	if (backslash)
		return refuse(t, SPAN_LIT("; it can't hold a backslash"));
	if (term_is_list(t->term))
		return refuse(t, SPAN_LIT("; an element can't hold a comma"));
	return refuse(t, SPAN_LIT("; it can't hold a separator"));
}

/* Characters of valid UTF-8: every byte but those that continue one. */
static size_t
characters(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* 1 and 0 for the two spellings of each, -1 for anything else. */
static int
bool_value(struct span s)
{
	if (span_is(s, "true") || span_is(s, "1"))
		return 1;
	return span_is(s, "false") || span_is(s, "0") ? 0 : -1;
}

bool
value_same(const struct term *term, struct span a, struct span b)
{
	if (term->type == TERM_BOOL && bool_value(a) >= 0)
		return bool_value(a) == bool_value(b);
	return span_eq(a, b);
}

static bool
value_matches(const struct trial *t, size_t i, struct problem *why)
{
	const struct text_template *value = &t->rule->values[i];

	if (t->term->type == TERM_BOOL)
		return value_same(t->term, value->source, t->value);
	return template_matches(value, term_place(t->term), t->term->separators,
	    t->facts, t->arena, t->value, why);
}

/*
 * Is it one of the patterns or values? One that can't be filled in for this
 * user is passed over, and only told when no other fits; reason as in refuse().
 */
static bool
one_fits(const struct trial *t, struct span reason)
{
	struct problem passed;

	problem_clear(&passed);
	for (size_t i = 0; i < t->rule->n; i++)
		if (t->rule->kind == RULE_PATTERNS
			? id_form_matches(t->term, &t->rule->patterns[i],
			      t->facts, t->arena, t->value, &passed)
			: value_matches(t, i, &passed))
			return true;
	if (reason.n > 0)
		return refuse(t, reason);
	t->why->reason = passed.reason;
	if (passed.status != 0)
		return problem_set(t->why, passed.status, passed.code,
		    span_of(t->term->name), "%v", sink_view(&passed.detail));
	return refuse(t, none);
}

static bool
id_fits(const struct trial *t)
{
	unsigned char text[DETAIL_MAX / 4];
	struct sink why;

	sink_init(&why, text, sizeof(text));
	sink_text(&why, "; ");
	return one_fits(t, id_form_valid(t->term, t->value, false, &why)
			       ? none
			       : sink_view(&why));
}

/* An empty text is never sent, so it is none that the rule means. */
static bool
text_fits(const struct trial *t)
{
	if (t->value.n == 0)
		return refuse(t, SPAN_LIT("; it can't be empty"));
	return characters(t->value) <= t->rule->text_max || refuse(t, none);
}

static bool
int_fits(const struct trial *t)
{
	long long n;

	return (rule_number(t->value, &n) && n >= t->rule->low &&
		   n <= t->rule->high) ||
	       refuse(t, none);
}

/* The rule of one key; NULL when there is none. */
static const struct rule *
rule_of(const struct rule *group, struct span key)
{
	for (size_t i = 0; i < group->n; i++)
		if (span_eq(group->group[i].key, key))
			return &group->group[i].rule;
	return NULL;
}

static bool
value_fits(const struct trial *t)
{
	switch (t->rule->kind) {
	case RULE_PATTERNS:
		return id_fits(t);
	case RULE_TEXT:
		return text_fits(t);
	case RULE_INT:
		return int_fits(t);
	case RULE_BOOL:
		return bool_value(t->value) >= 0 || refuse(t, none);
	case RULE_VALUES:
		return one_fits(t, none);
	case RULE_NONE:
	case RULE_GROUP:
	default:
		return refuse(t, none);
	}
}

bool
rule_takes(const struct rule *rule, const struct term *term, struct span key,
    struct span value, const struct facts *facts, struct arena *arena,
    struct problem *why)
{
	struct trial t = { rule, term, none, value, facts, arena, why };

	if (rule->kind == RULE_GROUP) {
		t.rule = rule_of(rule, key);
		if (t.rule == NULL) {
			t.rule = rule;
			return refuse(&t, none);
		}
		t.key = key;
	}
	return bytes_right(&t) && value_fits(&t);
}
