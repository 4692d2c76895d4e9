/* Rules in words. */
#include "policy/rule.h"

#define MORE_MAX 24 /* " and 100 more", with what follows it */

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
