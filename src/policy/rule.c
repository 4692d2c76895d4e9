#include "policy/rule.h"

#include "base/limits.h"
#include "base/text.h"

#define MORE_MAX 24 /* " and 100 more", with what follows it */

static const struct span none = { NULL, 0 };

enum place
term_place(const struct term *term)
{
	if (term->type == TERM_TAGS)
		return PLACE_TAG;
	return term_has_patterns(term) || term->type == TERM_ACL ? PLACE_ID
								 : PLACE_TEXT;
}

/* The forms that a parameter's type can take, as bits. */
enum form { FORM_TEXT = 1, FORM_COUNT = 2, FORM_INT = 4, FORM_BOOL = 8 };

static unsigned
forms_of(const struct term *term)
{
	if (term->sender != SENDER_CLIENT)
		return 0;
	switch (term->type) {
	case TERM_TEXT:
	case TERM_GROUP:
		return FORM_TEXT | FORM_INT;
	case TERM_LIST:
	case TERM_TAGS:
		return FORM_TEXT | FORM_COUNT;
	case TERM_INT:
		return FORM_INT;
	case TERM_BOOL:
		return FORM_BOOL;
	case TERM_NONE:
	case TERM_ID:
	case TERM_FOLDER:
	case TERM_TIME:
	case TERM_IDS:
	case TERM_PREFIXES:
	case TERM_FULL_IDS:
	case TERM_PATH:
	case TERM_ACL:
	default:
		return 0;
	}
}

/* What would be right, as the end of "...; write ". */
static void
say_forms(const struct term *term, struct sink *why)
{
	unsigned forms = forms_of(term);

	if (forms & FORM_COUNT)
		sink_say(why,
		    "\"text N xM\" (M elements, 1 to %d, of at most N "
		    "characters, 1 to %d), \"text N\" (one element), or ",
		    (long long)LIST_MAX, (long long)TEXT_RULE_MAX);
	else if (forms & FORM_TEXT)
		sink_say(why, "\"text N\" (at most N characters, 1 to %d), ",
		    (long long)TEXT_RULE_MAX);
	if (forms & FORM_INT)
		sink_say(why, "\"int A..B\" (whole numbers of at most %d), or ",
		    INT_RULE_MAX);
	if (forms & FORM_BOOL)
		sink_text(why, "\"bool\", or ");
	if (term_has_patterns(term))
		sink_text(why, "a pattern such as \"users/{user}/*\", or ");
	sink_text(why, "a list of the values permitted: ");
	sink_text(
	    why, term->type == TERM_BOOL ? "[ true ]" : "[ \"a\", \"b\" ]");
}

static bool
no_rule(const struct term *term, struct span source, struct sink *why)
{
	if (term->sender == SENDER_NOBODY || term->sender == SENDER_POLICY) {
		sink_say(why, "a client may never send %s; write it in set",
		    term->name);
		return false;
	}
	sink_say(why, "%q is no rule for %s; write ", source, term->name);
	say_forms(term, why);
	return false;
}

bool
rule_number(struct span text, long long *out)
{
	bool negative = text.n > 0 && text.p[0] == '-';

	if (!span_digits(span_skip(text, negative), out) ||
	    *out > INT_RULE_MAX || (negative && *out == 0)) {
		*out = 0;
		return false;
	}
	if (negative)
		*out = -*out;
	return true;
}

/* 1..max as digits */
static bool
read_count(struct span text, size_t max, size_t *out)
{
	long long n;

	*out = 0;
	if (!span_digits(text, &n) || n < 1 || n > (long long)max)
		return false;
	*out = (size_t)n;
	return true;
}

/* N [ SP "x" M ], behind "text " */
static bool
read_text(struct span s, unsigned forms, struct rule *out)
{
	struct span_cut cut = span_cut(s, ' ');

	out->kind = RULE_TEXT;
	out->count_max = 1;
	if (!read_count(cut.head, TEXT_RULE_MAX, &out->text_max))
		return false;
	if (!cut.found)
		return true;
	return (forms & FORM_COUNT) && span_starts(cut.tail, SPAN_LIT("x")) &&
	       read_count(span_skip(cut.tail, 1), LIST_MAX, &out->count_max);
}

/* A ".." B, behind "int " */
static bool
read_int(struct span s, struct rule *out)
{
	struct span_cut cut = span_cut(s, '.');

	out->kind = RULE_INT;
	return cut.found && span_starts(cut.tail, SPAN_LIT(".")) &&
	       rule_number(cut.head, &out->low) &&
	       rule_number(span_skip(cut.tail, 1), &out->high) &&
	       out->low <= out->high;
}

/*
 * rule = "text" SP N [ SP "x" M ] / "int" SP A ".." B / "bool"
 *
 * N, M, A, B are whole numbers without leading zeros; A and B may be negative.
 */
static bool
read_rule(struct span source, unsigned forms, struct rule *out)
{
	struct span_cut cut = span_cut(source, ' ');

	if ((forms & FORM_TEXT) && cut.found && span_is(cut.head, "text"))
		return read_text(cut.tail, forms, out);
	if ((forms & FORM_INT) && cut.found && span_is(cut.head, "int"))
		return read_int(cut.tail, out);
	out->kind = RULE_BOOL;
	return (forms & FORM_BOOL) && span_is(source, "bool");
}

static bool
compile_pattern(const struct term *term, struct span source, struct span policy,
    struct arena *arena, struct rule *out, struct sink *why)
{
	struct pattern *pattern = arena_take(arena, sizeof(*pattern));

	if (pattern == NULL) {
		sink_text(why, "there is no room left for this pattern");
		return false;
	}
	if (!id_form_compile(term, source, policy, arena, pattern, why))
		return false;
	*out =
	    (struct rule){ .kind = RULE_PATTERNS, .n = 1, .patterns = pattern };
	return true;
}

bool
rule_compile(struct span source, const struct term *term, struct span policy,
    struct arena *arena, struct rule *out, struct sink *why)
{
	*out = (struct rule){ .kind = RULE_NONE };
	if (term_has_patterns(term) &&
	    (span_starts(source, SPAN_LIT("text ")) ||
		span_starts(source, SPAN_LIT("int "))))
		return no_rule(term, source, why);
	if (term->sender == SENDER_CLIENT && term_has_patterns(term))
		return compile_pattern(term, source, policy, arena, out, why);
	if (read_rule(source, forms_of(term), out))
		return true;
	*out = (struct rule){ .kind = RULE_NONE };
	return no_rule(term, source, why);
}

/* In quotes where it could be taken for two, or for nothing. */
static void
say_name(struct span name, struct sink *out)
{
	bool plain = name.n > 0 && !span_has(name, ' ') && !span_has(name, ',');

	sink_say(out, plain ? "%v" : "\"%v\"", name);
}

static struct span
name_at(const struct rule *rule, size_t i)
{
	if (rule->kind == RULE_PATTERNS)
		return rule->patterns[i].source;
	if (rule->kind == RULE_GROUP)
		return rule->group[i].key;
	return rule->values[i].source;
}

/* "a, b, c", or "a, b and 7 more" when the rest does not fit. */
static void
say_names(const struct rule *rule, struct sink *out)
{
	for (size_t i = 0; i < rule->n; i++) {
		struct span name = name_at(rule, i);

		if (name.n + MORE_MAX > out->cap - out->n) {
			sink_say(out,
			    i > 0 ? " and %d more" : "%d too long to show",
			    (long long)(rule->n - i));
			return;
		}
		if (i > 0)
			sink_text(out, ", ");
		say_name(name, out);
	}
}

static void
say_text(const struct rule *rule, struct sink *out)
{
	if (rule->count_max > 1)
		sink_say(
		    out, "at most %d elements of ", (long long)rule->count_max);
	sink_say(out,
	    rule->text_max == 1 ? "at most %d character"
				: "at most %d characters",
	    (long long)rule->text_max);
}

void
rule_say(const struct rule *rule, struct sink *out)
{
	switch (rule->kind) {
	case RULE_PATTERNS:
		sink_text(out, rule->n == 1 ? "" : "one of ");
		say_names(rule, out);
		break;
	case RULE_TEXT:
		say_text(rule, out);
		break;
	case RULE_INT:
		sink_say(
		    out, "a whole number from %d to %d", rule->low, rule->high);
		break;
	case RULE_BOOL:
		sink_text(out, "true or false");
		break;
	case RULE_VALUES:
		sink_text(out, rule->n == 1 ? "only " : "one of ");
		say_names(rule, out);
		break;
	case RULE_GROUP:
		sink_text(out, rule->n == 1 ? "the key " : "the keys ");
		say_names(rule, out);
		break;
	case RULE_NONE:
	default:
		sink_text(out, "nothing");
	}
}

/* One value under judgement. */
struct trial {
	const struct rule *rule;
	const struct term *term;
	struct span key; /* of a group; empty otherwise */
	struct span value;
	const struct ctx *ctx;
};

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
	return problem_set(t->ctx->why, 403, "value_not_allowed",
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
value_matches(const struct trial *t, size_t i, const struct ctx *ctx)
{
	const struct text_template *value = &t->rule->values[i];

	if (t->term->type == TERM_BOOL)
		return value_same(t->term, value->source, t->value);
	return template_matches(
	    value, term_place(t->term), t->term->separators, ctx, t->value);
}

/*
 * Is it one of the patterns or values? One that can't be filled in for this
 * user is passed over, and only told when no other fits; reason as in refuse().
 */
static bool
one_fits(const struct trial *t, struct span reason)
{
	struct problem passed;
	struct ctx quiet = { t->ctx->facts, t->ctx->arena, &passed };

	problem_clear(&passed);
	for (size_t i = 0; i < t->rule->n; i++)
		if (t->rule->kind == RULE_PATTERNS
			? id_form_matches(
			      t->term, &t->rule->patterns[i], &quiet, t->value)
			: value_matches(t, i, &quiet))
			return true;
	if (reason.n > 0)
		return refuse(t, reason);
	t->ctx->why->reason = passed.reason;
	if (passed.status != 0)
		return problem_set(t->ctx->why, passed.status, passed.code,
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
    struct span value, const struct ctx *ctx)
{
	struct trial t = { rule, term, none, value, ctx };

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
