/* Rules that the configuration writes as one string. */
#include "base/limits.h"
#include "policy/id_form.h"
#include "policy/rule.h"

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
