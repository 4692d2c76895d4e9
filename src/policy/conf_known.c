/* Values that can be judged when they are read: Cloudinary takes no others. */
#include "policy/conf_policy.h"

#include "base/address.h"
#include "base/text.h"
#include "policy/value.h"

#define NAMES_MAX 6   /* known values of one parameter, and NULL */
#define FORMAT_MAX 16 /* as an extension of an id */

/* Which these are. resource_type_valid() says which of the first row. */
static const struct known {
	const char *name;
	unsigned actions;
	const char *values[NAMES_MAX];
} known[] = {
	{ "resource_type", ~0u,
	    { "image", "video", "raw", "auto", "all", NULL } },
	{ "type", 1u << ACTION_DELIVER,
	    { "upload", "private", "authenticated", NULL } },
	{ "command", 1u << ACTION_TAGS,
	    { "add", "set_exclusive", "remove", "replace", "remove_all",
		NULL } },
	{ "command", 1u << ACTION_CONTEXT, { "add", "remove_all", NULL } },
	{ "mode", 1u << ACTION_ARCHIVE, { "create", "download", NULL } },
};

/* One value under judgement, and where to say what is wrong with it. */
struct look {
	struct loader *l;
	const config_setting_t *at;
	const struct term *term;
	enum action action;
	const struct text_template *value;
};

static bool
is_term(const struct term *term, const char *name)
{
	return span_is(span_of(term->name), name);
}

/* The values of a row that this action takes; how many. */
static size_t
names_of(const struct known *row, enum action action, const char **names)
{
	bool types = span_is(span_of(row->name), "resource_type");
	size_t n = 0;

	for (size_t i = 0; row->values[i] != NULL; i++)
		if (!types ||
		    resource_type_valid(span_of(row->values[i]), action))
			names[n++] = row->values[i];
	return n;
}

static bool
unknown(const struct look *k, const char *const *names, size_t n)
{
	const char *near = text_nearest(k->value->source, names, n);
	unsigned char mem[DETAIL_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	for (size_t i = 0; i < n; i++)
		sink_say(&out, "%s\"%s\"",
		    i == 0       ? ""
		    : i == n - 1 ? " and "
				 : ", ",
		    names[i]);
	if (near != NULL)
		sink_say(&out, "; did you mean \"%s\"?", near);
	conf_error(k->l, k->at, "%s = %q: there are %v", k->term->name,
	    k->value->source, sink_view(&out));
	return false;
}

/* A template is none of them, whatever it would become. */
static bool
check_known(const struct look *k)
{
	const char *names[NAMES_MAX];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n;

		if (!is_term(k->term, known[i].name) ||
		    (known[i].actions & 1u << k->action) == 0)
			continue;
		n = names_of(&known[i], k->action, names);
		for (size_t v = 0; v < n; v++)
			if (span_is(k->value->source, names[v]))
				return true;
		return unknown(k, names, n);
	}
	return true;
}

/* The least that a number can be: times count from 1, versions from 0. */
static long long
least_of(const struct term *term)
{
	return is_term(term, "version") ? 0 : 1;
}

static bool
too_small(struct loader *l, const config_setting_t *at, const struct term *term)
{
	conf_error(
	    l, at, "%s can't be less than %d", term->name, least_of(term));
	return false;
}

static bool
check_number(const struct look *k)
{
	long long n;

	return (rule_number(k->value->source, &n) && n >= least_of(k->term)) ||
	       too_small(k->l, k->at, k->term);
}

/* It becomes the end of a URL or a file's name. */
static bool
check_format(const struct look *k)
{
	struct span s = k->value->source;
	bool right = s.n > 0 && s.n <= FORMAT_MAX && text_segment(s) &&
		     !span_has(s, '_') && !span_has(s, '-');

	if (!right)
		conf_error(k->l, k->at,
		    "format = %q: a format is 1 to %d letters and digits, as "
		    "in \"jpg\"",
		    s, (long long)FORMAT_MAX);
	return right;
}

static bool
check_ip(const struct look *k)
{
	const struct text_template *t = k->value;
	struct address address;

	if (t->n == 1 && (t->pieces[0].kind == PIECE_IP ||
			     t->pieces[0].kind == PIECE_CLAIM ||
			     (t->pieces[0].kind == PIECE_LITERAL &&
				 address_parse(t->source, &address))))
		return true;
	conf_error(k->l, k->at,
	    "ip = %q: it takes \"{ip}\", the client's own address; or one "
	    "address, as in \"192.0.2.7\"",
	    t->source);
	return false;
}

/* With "x" for what is not known yet; a listed "" is the original. */
static bool
check_transformation(const struct look *k)
{
	unsigned char text_mem[VALUE_MAX], said_mem[DETAIL_MAX];
	struct sink text, said;

	if (k->value->source.n == 0)
		return true;
	sink_init(&text, text_mem, sizeof(text_mem));
	sink_init(&said, said_mem, sizeof(said_mem));
	for (size_t i = 0; i < k->value->n; i++) {
		const struct piece *piece = &k->value->pieces[i];

		sink_span(&text,
		    piece->kind == PIECE_LITERAL ? piece->text : SPAN_LIT("x"));
	}
	if (text.full)
		sink_text(&said, "it is too long");
	else if (transformation_valid(sink_view(&text), &said))
		return true;
	conf_error(k->l, k->at, "transformation = %q: %v", k->value->source,
	    sink_view(&said));
	return false;
}

static bool
check_acl(const struct look *k)
{
	unsigned char mem[DETAIL_MAX];
	struct sink said;

	sink_init(&said, mem, sizeof(mem));
	if (acl_valid(k->value, &said))
		return true;
	conf_error(k->l, k->at, "%s = %q: %v", k->term->name, k->value->source,
	    sink_view(&said));
	return false;
}

bool
conf_known_value(struct loader *l, const config_setting_t *at,
    const struct term *term, enum action action,
    const struct text_template *value)
{
	struct look k = { l, at, term, action, value };
	bool link = action == ACTION_DELIVER || action == ACTION_DOWNLOAD;

	if (term->type == TERM_ACL)
		return check_acl(&k);
	if (term->type == TERM_INT)
		return check_number(&k);
	if (is_term(term, "ip"))
		return check_ip(&k);
	if (is_term(term, "format") && link)
		return check_format(&k);
	if (is_term(term, "transformation") && action == ACTION_DELIVER)
		return check_transformation(&k);
	return check_known(&k);
}

bool
conf_known_rule(struct loader *l, const config_setting_t *at,
    const struct term *term, enum action action, const struct rule *rule)
{
	if (rule->kind == RULE_INT && term->type == TERM_INT &&
	    rule->low < least_of(term))
		return too_small(l, at, term);
	if (rule->kind != RULE_VALUES)
		return true;
	for (size_t i = 0; i < rule->n; i++)
		if (!conf_known_value(l,
			config_setting_get_elem(at, (unsigned)i), term, action,
			&rule->values[i]))
			return false;
	return true;
}

bool
conf_is_original(
    const config_setting_t *at, const struct term *term, enum action action)
{
	return action == ACTION_DELIVER && is_term(term, "transformation") &&
	       config_setting_type(at) == CONFIG_TYPE_STRING &&
	       config_setting_get_string(at)[0] == '\0';
}
