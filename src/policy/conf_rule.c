#include "policy/conf_policy.h"

#include "base/text.h"
#include "policy/pattern.h"

/* Where a rule stands. */
struct place_of_rule {
	const struct term *term;
	const struct policy *policy; /* its name and action are known */
};

/* What no client's value holds, so that a listed one could never be sent. */
static const char *
unsendable(const struct term *term, struct span text)
{
	bool single = term->type == TERM_TEXT;
	struct span separators = span_of(term->separators);

	if (text_has_ampersand(text))
		return "& or %26";
	if (!single && span_has(text, '\\'))
		return "a backslash";
	for (size_t i = 0; !single && i < text.n; i++)
		if (span_has(separators, text.p[i]))
			return "what separates its parts";
	return NULL;
}

static bool
read_value(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, struct text_template *out)
{
	const struct term *term = in->term;
	const char *wrong;
	struct span text = SPAN_LIT("");

	if (!conf_is_original(at, term, in->policy->action) &&
	    !conf_value(l, at, term, &text))
		return false;
	if (term_is_list(term) && !conf_element(l, at, term, text))
		return false;
	wrong = unsendable(term, text);
	if (wrong != NULL) {
		conf_error(l, at,
		    "%s = %q: no value of a client can hold %s; write it in "
		    "set",
		    term->name, text, wrong);
		return false;
	}
	if (!conf_template(l, at, term, text, in->policy->name, out))
		return false;
	if (!template_has(out, PIECE_RANDOM))
		return true;
	conf_error(l, at,
	    "%s = %q: no client can know {random}; it stands in set, or in a "
	    "pattern of ids",
	    term->name, text);
	return false;
}

static bool
read_values(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, size_t n, struct rule *out)
{
	struct text_template *values =
	    arena_array(&l->arena, n, sizeof(*values));

	if (values == NULL)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!read_value(
			l, config_setting_get_elem(at, i), in, &values[i]))
			return false;
	*out = (struct rule){ .kind = RULE_VALUES, .n = n, .values = values };
	return true;
}

static bool
read_pattern(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, struct pattern *out)
{
	unsigned char mem[DETAIL_MAX];
	struct sink why;
	struct span text;

	sink_init(&why, mem, sizeof(mem));
	if (!conf_value(l, at, in->term, &text))
		return false;
	if (id_form_compile(
		in->term, text, in->policy->name, &l->arena, out, &why))
		return conf_deliverable(l, at, in->policy, in->term, out);
	conf_error(l, at, "%s = %q: %v", in->term->name, text, sink_view(&why));
	return false;
}

static bool
read_patterns(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, size_t n, struct rule *out)
{
	struct pattern *patterns = arena_array(&l->arena, n, sizeof(*patterns));

	if (patterns == NULL)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!read_pattern(
			l, config_setting_get_elem(at, i), in, &patterns[i]))
			return false;
	*out = (struct rule){
		.kind = RULE_PATTERNS, .n = n, .patterns = patterns
	};
	return true;
}

/* [ value, value ] or ( value, value ) */
static bool
read_listed(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, struct rule *out)
{
	size_t n = (size_t)config_setting_length(at);

	if (n == 0 || n > LIST_MAX) {
		conf_error(l, at,
		    "%s lists %d values: 1 to %d, or leave it out",
		    in->term->name, (long long)n, (long long)LIST_MAX);
		return false;
	}
	if (term_has_patterns(in->term))
		return read_patterns(l, at, in, n, out);
	return read_values(l, at, in, n, out);
}

/* The rule of a parameter, or of one key of a group. */
static bool
read_rule(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, struct rule *out)
{
	int type = config_setting_type(at);
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	if (type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST)
		return read_listed(l, at, in, out);
	if (type != CONFIG_TYPE_STRING) {
		conf_error(l, at,
		    "allow says what a client may send for %s: a rule in "
		    "quotes, or a list of the values permitted, [ ... ]",
		    in->term->name);
		return false;
	}
	sink_init(&why, mem, sizeof(mem));
	if (!rule_compile(span_of(config_setting_get_string(at)), in->term,
		in->policy->name, &l->arena, out, &why)) {
		conf_error(l, at, "%v", sink_view(&why));
		return false;
	}
	if (out->kind != RULE_PATTERNS ||
	    conf_deliverable(l, at, in->policy, in->term, out->patterns))
		return true;
	*out = (struct rule){ .kind = RULE_NONE };
	return false;
}

static bool
read_group(struct loader *l, const config_setting_t *at,
    const struct place_of_rule *in, size_t n, struct rule *out)
{
	struct group_rule *rules = arena_array(&l->arena, n, sizeof(*rules));
	struct span *keys = arena_array(&l->arena, n, sizeof(*keys));

	if (rules == NULL || keys == NULL)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *held =
		    conf_keyed(l, at, i, "rule", &keys[i]);

		if (held == NULL || !conf_key(l, held, keys[i], keys, i) ||
		    !read_rule(l, held, in, &rules[i].rule))
			return false;
		rules[i].key = keys[i];
	}
	*out = (struct rule){ .kind = RULE_GROUP, .n = n, .group = rules };
	return true;
}

/*
 * What can stand in `allow`:
 *   ids            "pattern"      [ "pattern", "pattern" ]
 *   groups         { key = "rule"; key2 = [ value, value ]; }
 *                  ( { key = "a.b"; rule = "rule"; } )
 *   others         "rule"         [ value, value ]      ( value, value )
 */
bool
conf_rule(struct loader *l, const config_setting_t *setting,
    const struct term *term, const struct policy *policy, struct rule *out)
{
	const struct place_of_rule in = { term, policy };
	int type = config_setting_type(setting);
	size_t n;

	*out = (struct rule){ .kind = RULE_NONE };
	if (term->type != TERM_GROUP)
		return read_rule(l, setting, &in, out);
	if (type != CONFIG_TYPE_GROUP && type != CONFIG_TYPE_LIST) {
		conf_error(l, setting,
		    "%s has a rule for each key: %s = { key = \"text 200\"; }",
		    term->name, term->name);
		return false;
	}
	n = (size_t)config_setting_length(setting);
	if (n > 0 && n <= LIST_MAX)
		return read_group(l, setting, &in, n, out);
	conf_error(l, setting,
	    "%s has rules for %d keys: 1 to %d, or leave it "
	    "out",
	    term->name, (long long)n, (long long)LIST_MAX);
	return false;
}
