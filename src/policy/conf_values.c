#include "base/address.h"
#include "base/text.h"
#include "policy/conf.h"
#include "policy/pattern.h"
#include "policy/value.h"

static bool conf_set_fits(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *value);

static bool conf_deliverable(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct pattern *id);

/* What no policy can write, and why. */
static const struct {
	const char *name, *why;
} reasons[] = {
	{ "api_key", "signpost writes the account's own" },
	{ "cloud_name", "signpost writes the account's own" },
	{ "expires_at", "signpost writes it; see lifetime" },
	{ "file", "the client sends the file itself, and it is never signed" },
	{ "signature", "signpost makes it" },
	{ "timestamp", "signpost writes the time itself; see lifetime" },
	{ "version",
	    "with a public_id it would make the signature of an upload's "
	    "answer" },
};

static const char *
reason(const struct term *term, enum action action)
{
	if (action == ACTION_VERIFY &&
	    span_is(span_of(term->name), "signature"))
		return "verify takes it from the client by itself";
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (span_is(span_of(term->name), reasons[i].name))
			return reasons[i].why;
	return "it names assets that need not be the user's";
}

/* verify looks at a signature, and has nothing to say of it. */
static bool
is_nobodys(const struct term *term, enum action action)
{
	return term_reserved(term, action) ||
	       span_is(span_of(term->name), "signature");
}

/* The row of a member of `set` or `allow` that this action takes, or NULL. */
static const struct term *
conf_term(struct loader *l, const config_setting_t *at, enum action action)
{
	struct span name = span_of(config_setting_name(at));
	const struct term *term = term_find(name);
	const char *near;

	if (term != NULL && is_nobodys(term, action)) {
		conf_error(l, at,
		    "%s can stand neither in set nor in allow: %s", term->name,
		    reason(term, action));
		return NULL;
	}
	if (term != NULL && term_taken(term, action))
		return term;
	if (term_means_size(name)) {
		conf_error(l, at,
		    "Cloudinary has no parameter %q: " TERM_SIZE_ADVICE, name);
		return NULL;
	}
	near = term_nearest(name, action);
	if (near != NULL)
		conf_error(l, at,
		    "%q is no parameter of %s: did you mean \"%s\"?", name,
		    action_name(action), near);
	else
		conf_error(l, at, "%q is no parameter of %s", name,
		    action_name(action));
	return NULL;
}

/*
 * The i-th key of a parameter of TERM_GROUP, and the setting that belongs to
 * it, in either form:
 *   { caption = ...; }
 *   ( { key = "alt.text"; what = ...; } )       what: "value" or "rule"
 * NULL when it is wrong.
 */
static const config_setting_t *
conf_keyed(struct loader *l, const config_setting_t *at, unsigned i,
    const char *what, struct span *key)
{
	const char *const names[] = { "key", what };
	const config_setting_t *one = config_setting_get_elem(at, i);
	const config_setting_t *held;

	*key = (struct span){ NULL, 0 };
	if (config_setting_type(at) == CONFIG_TYPE_GROUP) {
		*key = arena_copy(&l->arena, span_of(config_setting_name(one)));
		return key->p == NULL ? NULL : one;
	}
	if (config_setting_type(one) != CONFIG_TYPE_GROUP) {
		conf_error(l, one,
		    "what stands here is ( { key = \"...\"; %s = ...; } )",
		    what);
		return NULL;
	}
	conf_known(l, one, names, sizeof(names) / sizeof(names[0]));
	if (!conf_string(l, one, "key", true, key))
		return NULL;
	held = conf_member(one, what);
	if (held == NULL)
		conf_error(l, one, "%s is missing beside key", what);
	return held;
}

/* key = 1*64( ALPHA / DIGIT / "_" / "." / "-" ) */
static bool
key_valid(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != '.' &&
		    !text_segment((struct span){ key.p + i, 1 }))
			return false;
	return key.n > 0 && key.n <= SEGMENT_MAX;
}

/* [A-Za-z0-9_.-]{1,64}, and none of the n keys before it? */
static bool
conf_key(struct loader *l, const config_setting_t *at, struct span key,
    const struct span *keys, size_t n)
{
	if (!key_valid(key)) {
		conf_error(l, at,
		    "the key %q must be 1 to %d of the characters A-Z a-z 0-9 "
		    "_ . -",
		    key, (long long)SEGMENT_MAX);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!span_eq(keys[i], key))
			continue;
		conf_error(l, at, "the key %q stands here twice", key);
		return false;
	}
	return true;
}

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

/*
 * One value of a parameter, an element of a list, or a value of a group's key,
 * as it is signed: true and false, digits, or the string, which is not empty.
 * What the setting must be follows from the parameter's type; for a group all
 * three will do. A number of more digits than the configuration's numbers can
 * have stands in quotes.
 */
static bool
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

/* May this text be one element of a list? */
static bool
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

/* The text as a template that can stand in a value of this parameter. */
static bool
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

/*
 * Is this value, of `set` or listed in `allow`, one that the parameter can
 * have in this action? Asked of those whose values are known here:
 * resource_type, command, mode, whole numbers, acl, ip; and of links type,
 * format and transformation.
 */
static bool
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

/* The same of all that a rule of `allow` takes. */
static bool
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

/* deliver's transformation = "", which is the original? No other value can be
   empty. */
static bool
conf_is_original(
    const config_setting_t *at, const struct term *term, enum action action)
{
	return action == ACTION_DELIVER && is_term(term, "transformation") &&
	       config_setting_type(at) == CONFIG_TYPE_STRING &&
	       config_setting_get_string(at)[0] == '\0';
}

/* Room for n of them. */
static bool
begin(
    struct loader *l, const config_setting_t *at, size_t n, struct parts *parts)
{
	const char *name = parts->term->name;

	if (n == 0)
		conf_error(l, at, "%s is empty: leave it out", name);
	else if (n > LIST_MAX)
		conf_error(l, at, "%s has %d elements, and %d are the most",
		    name, (long long)n, (long long)LIST_MAX);
	if (n == 0 || n > LIST_MAX)
		return false;
	parts->values = arena_array(&l->arena, n, sizeof(*parts->values));
	if (parts->term->type == TERM_GROUP)
		parts->keys = arena_array(&l->arena, n, sizeof(*parts->keys));
	return !l->arena.full;
}

static size_t
count(struct span text, unsigned char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == c;
	return n;
}

static bool
add_element(struct loader *l, const config_setting_t *at, struct span text,
    struct parts *parts)
{
	if (!conf_element(l, at, parts->term, text))
		return false;
	for (size_t i = 0; i < parts->n; i++) {
		if (!span_eq(parts->values[i].source, text))
			continue;
		conf_error(l, at, "%s has %q twice", parts->term->name, text);
		return false;
	}
	parts->n++;
	return conf_template(l, at, parts->term, text, parts->policy->name,
		   &parts->values[parts->n - 1]) &&
	       conf_set_fits(l, at, parts->policy, parts->term,
		   &parts->values[parts->n - 1]);
}

static bool
split_list(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	struct span_cut cut = { .found = true };

	if (!conf_value(l, at, parts->term, &cut.tail) ||
	    !begin(l, at, count(cut.tail, ',') + 1, parts))
		return false;
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!add_element(l, at, cut.head, parts))
			return false;
	}
	return true;
}

/*
 * Reads them: 1 to LIST_MAX, none twice. policy and term are there already,
 * the rest is nothing.
 */
/*
 * A list, as a string that is split or as a list of strings:
 *   "jpg,png"      [ "jpg", "png" ]      ( "jpg", "png" )
 */
static bool
read_list(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	int type = config_setting_type(at);
	size_t n;

	if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
		return split_list(l, at, parts);
	n = (size_t)config_setting_length(at);
	if (!begin(l, at, n, parts))
		return false;
	for (unsigned i = 0; i < n; i++) {
		const config_setting_t *one = config_setting_get_elem(at, i);
		struct span text;

		if (!conf_value(l, one, parts->term, &text) ||
		    !add_element(l, one, text, parts))
			return false;
	}
	return true;
}

static bool
add_member(struct loader *l, const config_setting_t *at, struct span key,
    struct span text, struct parts *parts)
{
	if (!conf_key(l, at, key, parts->keys, parts->n))
		return false;
	/* The SDKs escape no backslash: it would swallow what follows it. */
	if (span_has(text, '\\')) {
		conf_error(l, at,
		    "a value of %s can't hold a backslash; \"=\" and \"|\" "
		    "need none in %s = { key = \"value\"; }",
		    parts->term->name, parts->term->name);
		return false;
	}
	parts->keys[parts->n] = key;
	return conf_template(l, at, parts->term, text, parts->policy->name,
	    &parts->values[parts->n++]);
}

/* group = key "=" value *( "|" key "=" value ), nothing escaped */
static bool
split_group(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	struct span_cut cut = { .found = true };

	if (!conf_value(l, at, parts->term, &cut.tail) ||
	    !begin(l, at, count(cut.tail, '|') + 1, parts))
		return false;
	while (cut.found) {
		struct span_cut member;

		cut = span_cut(cut.tail, '|');
		member = span_cut(cut.head, '=');
		if (member.tail.n == 0 || span_has(member.tail, '=')) {
			conf_error(l, at,
			    "%s is \"key=value|key2=value2\" or, for any text, "
			    "%s = { key = \"value\"; }",
			    parts->term->name, parts->term->name);
			return false;
		}
		if (!add_member(l, at, member.head, member.tail, parts))
			return false;
	}
	return true;
}

/*
 * A group, as a string that is split, as a group, or as a list for keys that
 * are no names of the configuration's:
 *   "a=x|b=y"      { a = "x"; b = 7; }      ( { key = "a.b"; value = "x"; } )
 */
static bool
read_members(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	int type = config_setting_type(at);
	size_t n;

	if (type == CONFIG_TYPE_STRING)
		return split_group(l, at, parts);
	if (type != CONFIG_TYPE_GROUP && type != CONFIG_TYPE_LIST) {
		conf_error(l, at,
		    "%s must be a group: %s = { key = \"value\"; }",
		    parts->term->name, parts->term->name);
		return false;
	}
	n = (size_t)config_setting_length(at);
	if (!begin(l, at, n, parts))
		return false;
	for (unsigned i = 0; i < n; i++) {
		struct span text, key;
		const config_setting_t *held =
		    conf_keyed(l, at, i, "value", &key);

		if (held == NULL || !conf_value(l, held, parts->term, &text) ||
		    !add_member(l, held, key, text, parts))
			return false;
	}
	return true;
}

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

/* A rule of `allow`, in any of its written forms. */
/*
 * What can stand in `allow`:
 *   ids            "pattern"      [ "pattern", "pattern" ]
 *   groups         { key = "rule"; key2 = [ value, value ]; }
 *                  ( { key = "a.b"; rule = "rule"; } )
 *   others         "rule"         [ value, value ]      ( value, value )
 */
static bool
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

/* The most bytes that a segment can have, once its template is filled in. */
static size_t
longest(const struct text_template *segment)
{
	size_t n = 0;

	for (size_t i = 0; i < segment->n; i++) {
		const struct piece *piece = &segment->pieces[i];

		if (piece->kind == PIECE_LITERAL)
			n += piece->text.n;
		else if (piece->kind == PIECE_USER ||
			 piece->kind == PIECE_CLAIM)
			n += SEGMENT_MAX;
		else
			n += 32; /* {random}, {user_hash}; {date} is shorter */
	}
	return n;
}

/*
 * May this pattern of the term stand here? Ids in delivery URLs and tokens are
 * of the characters that every SDK spells alike. Says it when not.
 */
static bool
conf_deliverable(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct pattern *id)
{
	if (!id->wide || actions[policy->action].kind == KIND_API ||
	    actions[policy->action].kind == KIND_VERIFY)
		return true;
	conf_error(l, at,
	    "%s = %q: the SDKs spell blanks and other letters in a delivery "
	    "URL in different ways; it takes A-Z a-z 0-9 _ -",
	    term->name, id->source);
	return false;
}

/* Will it be a well-formed id or folder for every user? */
static bool
check_id(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *id)
{
	unsigned char mem[DETAIL_MAX];
	struct pattern pattern;
	struct sink why;
	size_t n = 0;

	sink_init(&why, mem, sizeof(mem));
	if (!id_form_compile(
		term, id->source, policy->name, &l->arena, &pattern, &why)) {
		conf_error(l, at, "%s = %q: %v", term->name, id->source,
		    sink_view(&why));
		return false;
	}
	if (!conf_deliverable(l, at, policy, term, &pattern))
		return false;
	for (size_t i = 0; i < pattern.n; i++) {
		n += longest(&pattern.segments[i].text) + (i > 0);
		if (pattern.segments[i].kind == SEGMENT_TEXT)
			continue;
		conf_error(l, at,
		    "%s = %q: \"*\" and \"**\" say what a client may send, and "
		    "stand in allow",
		    term->name, id->source);
		return false;
	}
	if (n <= ID_MAX)
		return true;
	conf_error(l, at, "%s could become longer than %d bytes", term->name,
	    (long long)ID_MAX);
	return false;
}

/*
 * May this text, an element of a list or a value alone, stand in `set`? An id
 * is well formed for every user, and holds no "*".
 */
static bool
conf_set_fits(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *value)
{
	return (!term_has_patterns(term) ||
		   check_id(l, at, policy, term, value)) &&
	       conf_known_value(l, at, term, policy->action, value);
}

static bool
read_single(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	const struct term *term = parts->term;
	const struct policy *policy = parts->policy;
	struct span text = SPAN_LIT("");

	parts->values = arena_take(&l->arena, sizeof(*parts->values));
	parts->n = 1;
	return parts->values != NULL &&
	       (conf_is_original(at, term, policy->action) ||
		   conf_value(l, at, term, &text)) &&
	       conf_template(l, at, term, text, policy->name, parts->values) &&
	       conf_set_fits(l, at, policy, term, parts->values);
}

/* The least bytes that a value can have, for any user. */
static size_t
shortest(const struct text_template *value)
{
	size_t n = 0;

	for (size_t i = 0; i < value->n; i++)
		n += value->pieces[i].kind == PIECE_LITERAL
			 ? value->pieces[i].text.n
			 : 1;
	return n;
}

/* What a token's hash covers is bounded; see also decide_list(). */
static bool
check_room(
    struct loader *l, const config_setting_t *at, const struct parts *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < parts->n; i++)
		n += shortest(&parts->values[i]) + (i > 0);
	if (parts->term->type != TERM_ACL || n <= ACL_MAX)
		return true;
	conf_error(l, at, "%s is longer than %d bytes in all",
	    parts->term->name, (long long)ACL_MAX);
	return false;
}

static bool
read_parts(struct loader *l, const config_setting_t *at, struct parts *parts)
{
	if (parts->term->type == TERM_GROUP)
		return read_members(l, at, parts);
	if (term_is_list(parts->term))
		return read_list(l, at, parts) && check_room(l, at, parts);
	return read_single(l, at, parts);
}

static bool
read_setting(struct loader *l, const config_setting_t *at,
    const struct policy *policy, struct setting *out)
{
	struct parts parts = { .policy = policy };

	parts.term = conf_term(l, at, policy->action);
	if (parts.term == NULL)
		return false;
	if (policy->action == ACTION_VERIFY && parts.term->type == TERM_INT) {
		conf_error(l, at,
		    "%s is the client's to send; a rule for it stands in allow",
		    parts.term->name);
		return false;
	}
	if (!read_parts(l, at, &parts))
		return false;
	*out =
	    (struct setting){ parts.term, (int)config_setting_source_line(at),
		    parts.n, parts.values, parts.keys };
	return true;
}

/* Into its place: the vocabulary is sorted by name. */
static void
insert(struct setting *all, size_t n, struct setting one)
{
	for (; n > 0 && all[n - 1].term > one.term; n--)
		all[n] = all[n - 1];
	all[n] = one;
}

static size_t
bytes_of(const struct setting *one)
{
	size_t n = 0;

	for (size_t i = 0; i < one->n; i++)
		n += one->values[i].source.n +
		     (one->keys == NULL ? 0 : one->keys[i].n);
	return n;
}

void
conf_set(struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *set = conf_group(l, group, "set", false);
	size_t n = set == NULL ? 0 : (size_t)config_setting_length(set);
	struct setting *all = arena_array(&l->arena, n, sizeof(*all));
	size_t total = 0;

	if (all == NULL)
		return;
	out->set = all;
	for (unsigned i = 0; i < n; i++) {
		struct setting one;

		if (!read_setting(
			l, config_setting_get_elem(set, i), out, &one))
			continue;
		insert(all, out->n_set++, one);
		total += bytes_of(&one);
	}
	/* So that what the server adds always fits what is signed. */
	if (total > VALUE_MAX)
		conf_error(l, set, "set holds %d bytes, and %d are the most",
		    (long long)total, (long long)VALUE_MAX);
}

/* The server's own keys are never the client's to write. */
static bool
check_keys(struct loader *l, const config_setting_t *at,
    const struct setting *set, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n; i++)
		for (size_t k = 0; k < set->n; k++) {
			if (!span_eq(rule->group[i].key, set->keys[k]))
				continue;
			conf_error(l, at,
			    "the key %q of %s stands in set already: leave it "
			    "out of one of them",
			    set->keys[k], set->term->name);
			return false;
		}
	return true;
}

/* Both in `set` and in `allow`: only what the client can add elements to. */
static bool
check_set(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct allowance *one)
{
	const struct setting *set = policy_setting(policy, one->term);

	if (set == NULL || one->term->type == TERM_TAGS)
		return true;
	if (one->term->type == TERM_GROUP)
		return check_keys(l, at, set, &one->rule);
	conf_error(l, at,
	    "%s stands in set already: a client may send that value, and "
	    "no other; leave it out of one of them",
	    one->term->name);
	return false;
}

static bool
read_allowance(struct loader *l, const config_setting_t *at,
    const struct policy *policy, struct allowance *out)
{
	const struct term *term = conf_term(l, at, policy->action);

	if (term == NULL)
		return false;
	if (term->sender == SENDER_POLICY) {
		conf_error(l, at,
		    "%s can't stand in allow, since what it does is not for a "
		    "client to say; write it in set",
		    term->name);
		return false;
	}
	*out = (struct allowance){ .term = term,
		.line = (int)config_setting_source_line(at) };
	return conf_rule(l, at, term, policy, &out->rule) &&
	       conf_known_rule(l, at, term, policy->action, &out->rule) &&
	       check_set(l, at, policy, out);
}

/* Into its place: the vocabulary is sorted by name. */
static void
allow_insert(struct allowance *all, size_t n, struct allowance one)
{
	for (; n > 0 && all[n - 1].term > one.term; n--)
		all[n] = all[n - 1];
	all[n] = one;
}

void
conf_allow(struct loader *l, const config_setting_t *group, struct policy *out)
{
	const config_setting_t *allow = conf_group(l, group, "allow", false);
	size_t n = allow == NULL ? 0 : (size_t)config_setting_length(allow);
	struct allowance *all = arena_array(&l->arena, n, sizeof(*all));

	if (all == NULL)
		return;
	out->allow = all;
	for (unsigned i = 0; i < n; i++) {
		struct allowance one;

		if (read_allowance(
			l, config_setting_get_elem(allow, i), out, &one))
			allow_insert(all, out->n_allow++, one);
	}
	/* One place of a grant is the timestamp's. */
	if (out->n_set + out->n_allow > PARAMS_MAX - 1)
		conf_error(l, group,
		    "set and allow name %d parameters, and %d are the most",
		    (long long)(out->n_set + out->n_allow),
		    (long long)PARAMS_MAX - 1);
}
