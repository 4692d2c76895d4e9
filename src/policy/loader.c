#include "policy/loader.h"

#include "base/text.h"

#define SAY_MAX 2048

void
report_say(struct report *report, enum severity severity, const char *file,
    int line, const char *format, va_list *values)
{
	unsigned char mem[SAY_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	sink_say_list(&out, format, values);
	if (severity == SAY_ERROR && ++report->errors > CONFIG_ERRORS_MAX) {
		if (report->errors == CONFIG_ERRORS_MAX + 1)
			report->say(report, severity, file, line,
			    SPAN_LIT("and more; mend these first"));
		return;
	}
	/* A text without room is cut: still better said than not. */
	report->say(report, severity, file, line, (struct span){ mem, out.n });
}

static int
line_of(const config_setting_t *at)
{
	return at == NULL ? 0 : (int)config_setting_source_line(at);
}

void
conf_error(
    struct loader *l, const config_setting_t *at, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(l->report, SAY_ERROR, l->file, line_of(at), format, &values);
	va_end(values);
}

void
conf_warn(struct loader *l, const config_setting_t *at, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(
	    l->report, SAY_WARNING, l->file, line_of(at), format, &values);
	va_end(values);
}

void
conf_note(struct loader *l, const config_setting_t *at, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(l->report, SAY_NOTE, l->file, line_of(at), format, &values);
	va_end(values);
}

/* "a", "b" or "c" */
static void
say_names(struct sink *out, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			sink_text(out, i + 1 < n ? ", " : " or ");
		sink_say(out, "\"%s\"", names[i]);
	}
}

/* The near name as a question, or else all that there are. */
static void
say_instead(
    struct sink *out, struct span typed, const char *const *names, size_t n)
{
	const char *near = text_nearest(typed, names, n);

	if (near != NULL) {
		sink_say(out, "did you mean \"%s\"?", near);
		return;
	}
	sink_text(out, "it can be ");
	say_names(out, names, n);
}

static bool
is_among(struct span s, const char *const *names, size_t n, size_t *at)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_is(s, names[i]))
			continue;
		*at = i;
		return true;
	}
	return false;
}

void
conf_known(struct loader *l, const config_setting_t *group,
    const char *const *names, size_t n)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *member =
		    config_setting_get_elem(group, (unsigned)i);
		struct span name = span_of(config_setting_name(member));
		unsigned char mem[SAY_MAX];
		struct sink out;
		size_t at;

		if (is_among(name, names, n, &at))
			continue;
		sink_init(&out, mem, sizeof(mem));
		say_instead(&out, name, names, n);
		conf_error(l, member, "unknown name %q here: %v", name,
		    sink_view(&out));
	}
}

const config_setting_t *
conf_member(const config_setting_t *group, const char *name)
{
	return config_setting_get_member(group, name);
}

/* The text of a setting that must be a string. */
static bool
take_string(struct loader *l, const config_setting_t *at, const char *name,
    struct span *out)
{
	struct span copy;

	if (config_setting_type(at) != CONFIG_TYPE_STRING) {
		conf_error(
		    l, at, "%s must be a string: %s = \"...\"", name, name);
		return false;
	}
	copy = arena_copy(&l->arena, span_of(config_setting_get_string(at)));
	if (copy.p == NULL)
		return false;
	*out = copy;
	return true;
}

static void
say_missing(struct loader *l, const config_setting_t *group, const char *name)
{
	const char *where = config_setting_name(group);

	if (where == NULL)
		conf_error(l, group, "%s is missing here", name);
	else
		conf_error(l, group, "%s is missing in %s", name, where);
}

bool
conf_string(struct loader *l, const config_setting_t *group, const char *name,
    bool required, struct span *out)
{
	const config_setting_t *at = conf_member(group, name);

	if (at != NULL)
		return take_string(l, at, name, out);
	if (required)
		say_missing(l, group, name);
	return false;
}

bool
conf_choice(struct loader *l, const config_setting_t *group, const char *name,
    const char *const *names, size_t n, size_t *out)
{
	struct span value;
	unsigned char mem[SAY_MAX];
	struct sink hint;

	if (!conf_string(l, group, name, false, &value))
		return false;
	if (is_among(value, names, n, out))
		return true;
	sink_init(&hint, mem, sizeof(mem));
	say_instead(&hint, value, names, n);
	conf_error(l, conf_member(group, name), "%s = %q is not known: %v",
	    name, value, sink_view(&hint));
	return false;
}

bool
conf_bool(struct loader *l, const config_setting_t *group, const char *name,
    bool *out)
{
	const config_setting_t *at = conf_member(group, name);

	if (at == NULL)
		return false;
	if (config_setting_type(at) != CONFIG_TYPE_BOOL) {
		conf_error(
		    l, at, "%s must be true or false, without quotes", name);
		return false;
	}
	*out = config_setting_get_bool(at) != 0;
	return true;
}

bool
conf_int(struct loader *l, const config_setting_t *group, const char *name,
    long long low, long long high, long long *out)
{
	const config_setting_t *at = conf_member(group, name);
	long long value = 0;

	if (at == NULL)
		return false;
	if (config_setting_type(at) == CONFIG_TYPE_INT)
		value = config_setting_get_int(at);
	if (config_setting_type(at) != CONFIG_TYPE_INT || value < low ||
	    value > high) {
		conf_error(l, at,
		    "%s must be a whole number from %d to %d, without quotes",
		    name, low, high);
		return false;
	}
	*out = value;
	return true;
}

/* Every element, so that each wrong one is said. */
static bool
take_strings(struct loader *l, const config_setting_t *at, const char *name,
    struct span *out, size_t n)
{
	bool right = true;

	for (size_t i = 0; i < n; i++) {
		const config_setting_t *one =
		    config_setting_get_elem(at, (unsigned)i);

		if (config_setting_type(one) != CONFIG_TYPE_STRING) {
			conf_error(l, one,
			    "%s must hold strings only: %s = [ \"...\" ]", name,
			    name);
			right = false;
		} else if (!take_string(l, one, name, &out[i])) {
			right = false;
		}
	}
	return right;
}

bool
conf_strings(struct loader *l, const config_setting_t *group, const char *name,
    size_t max, struct span **out, size_t *n)
{
	const config_setting_t *at = conf_member(group, name);
	int type = at == NULL ? CONFIG_TYPE_NONE : config_setting_type(at);
	bool alone = type == CONFIG_TYPE_STRING;
	struct span *texts;
	size_t count;

	if (at == NULL)
		return false;
	if (!alone && type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) {
		conf_error(l, at,
		    "%s must be a list of strings: %s = [ \"...\" ]", name,
		    name);
		return false;
	}
	count = alone ? 1 : (size_t)config_setting_length(at);
	if (count > max) {
		conf_error(l, at, "%s holds %d values, and %d are the most",
		    name, (long long)count, (long long)max);
		return false;
	}
	texts = arena_array(&l->arena, count, sizeof(*texts));
	if (texts == NULL)
		return false;
	if (!(alone ? take_string(l, at, name, texts)
		    : take_strings(l, at, name, texts, count)))
		return false;
	*out = texts;
	*n = count;
	return true;
}

const config_setting_t *
conf_group(struct loader *l, const config_setting_t *group, const char *name,
    bool required)
{
	const config_setting_t *at = conf_member(group, name);

	if (at == NULL) {
		if (required)
			say_missing(l, group, name);
		return NULL;
	}
	if (config_setting_type(at) != CONFIG_TYPE_GROUP) {
		conf_error(
		    l, at, "%s must be a group: %s = { ... };", name, name);
		return NULL;
	}
	return at;
}
