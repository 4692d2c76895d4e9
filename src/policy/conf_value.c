#include "policy/conf_policy.h"

#include "base/text.h"

static bool
take_text(struct loader *l, const config_setting_t *at, const char *name,
    struct span *out)
{
	struct span text = span_of(config_setting_get_string(at));

	if (text.n == 0) {
		conf_error(l, at,
		    "%s is empty here, and an empty value is never sent: leave "
		    "it out",
		    name);
		return false;
	}
	/* A browser's form sends a line break as CR LF, whatever it was. */
	if (text_has_control(text)) {
		conf_error(l, at,
		    "%s holds a control character, which would not arrive as "
		    "it was signed",
		    name);
		return false;
	}
	*out = arena_copy(&l->arena, text);
	return out->p != NULL;
}

static bool
take_digits(struct loader *l, const config_setting_t *at, struct span *out)
{
	unsigned char mem[20];
	struct sink digits;

	sink_init(&digits, mem, sizeof(mem));
	sink_int(&digits, config_setting_get_int(at));
	*out = arena_copy(&l->arena, sink_view(&digits));
	return out->p != NULL;
}

/* A number that libconfig's have no room for, and no other. */
static bool
take_long(struct loader *l, const config_setting_t *at, struct span *out)
{
	struct span text = span_of(config_setting_get_string(at));
	long long n;

	if (text.n < 10 || !span_digits(text, &n) || n > INT_RULE_MAX)
		return false;
	*out = arena_copy(&l->arena, text);
	return out->p != NULL;
}

static bool
wrong_type(
    struct loader *l, const config_setting_t *at, const struct term *term)
{
	const char *form = "text in quotes";

	if (term->type == TERM_BOOL)
		form = "true or false, without quotes";
	else if (term->type == TERM_INT)
		form = "a whole number, without quotes (in quotes when it has "
		       "more than nine digits)";
	else if (term->type == TERM_GROUP)
		form = "a text, a whole number, true or false for each key";
	conf_error(l, at, "%s takes %s", term->name, form);
	return false;
}

bool
conf_value(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span *out)
{
	int have = config_setting_type(at);
	bool any = term->type == TERM_GROUP;
	bool text = term->type != TERM_BOOL && term->type != TERM_INT;

	*out = (struct span){ NULL, 0 };
	if (have == CONFIG_TYPE_BOOL && (any || term->type == TERM_BOOL)) {
		*out = config_setting_get_bool(at) ? SPAN_LIT("true")
						   : SPAN_LIT("false");
		return true;
	}
	if (have == CONFIG_TYPE_INT && (any || term->type == TERM_INT))
		return take_digits(l, at, out);
	if (have == CONFIG_TYPE_STRING && term->type == TERM_INT &&
	    take_long(l, at, out))
		return true;
	if (have == CONFIG_TYPE_STRING && text)
		return take_text(l, at, term->name, out);
	return wrong_type(l, at, term);
}

bool
conf_element(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span text)
{
	const char *wrong = NULL;

	if (text.n == 0)
		wrong = "is empty";
	else if (span_has(text, ','))
		wrong = "holds a comma, which separates elements";
	else if (span_trim(text).n != text.n)
		wrong = "begins or ends with a blank";
	if (wrong == NULL)
		return true;
	conf_error(l, at,
	    "an element of %s %s: write \"one,two\" or "
	    "[ \"one\", \"two\" ]",
	    term->name, wrong);
	return false;
}

bool
conf_template(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span text, struct span policy,
    struct text_template *out)
{
	unsigned char mem[DETAIL_MAX];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (template_compile(text, policy, &l->arena, out, &why) &&
	    template_fits(out, term_place(term), &why))
		return true;
	conf_error(l, at, "%s = %q: %v", term->name, text, sink_view(&why));
	return false;
}
