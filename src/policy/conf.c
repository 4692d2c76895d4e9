#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "policy/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "policy/config.h"
#include "policy/owner.h"
#include "session/formats.h"

#define MEMBERS_MAX 24 /* of a section */

const struct conf_setting conf_settings[] = {
	{ SECTION_FILE, "cloudinary", 0, 0 },
	{ SECTION_FILE, "clouds", 0, 0 },
	{ SECTION_FILE, "session", 0, 0 },
	{ SECTION_FILE, "origins", 0, 0 },
	{ SECTION_FILE, "store", 0, 0 },
	{ SECTION_FILE, "store_password_file", 0, 0 },
	{ SECTION_FILE, "log", 0, 0 },
	{ SECTION_FILE, "policies", 0, 0 },
	{ SECTION_ACCOUNT, "cloud_name", 0, 0 },
	{ SECTION_ACCOUNT, "api_key", 0, 0 },
	{ SECTION_ACCOUNT, "api_secret_file", 0, 0 },
	{ SECTION_ACCOUNT, "url_file", 0, 0 },
	{ SECTION_ACCOUNT, "signature_algorithm", 0, 0 },
	{ SECTION_ACCOUNT, "upload_prefix", 0, 0 },
	{ SECTION_ACCOUNT, "secure", 0, 0 },
	{ SECTION_ACCOUNT, "secure_distribution", 0, 0 },
	{ SECTION_ACCOUNT, "private_cdn", 0, 0 },
	{ SECTION_ACCOUNT, "cname", 0, 0 },
	{ SECTION_ACCOUNT, "long_url_signature", 0, 0 },
	{ SECTION_ACCOUNT, "token_key_file", 0, 0 },
	{ SECTION_ACCOUNT, "verify_secret_files", 0, 0 },
	{ SECTION_ACCOUNT, "api_secret", 0, 0 },
	{ SECTION_SESSION, "format", 0, 0 },
	{ SECTION_SESSION, "algorithm", TAKES_ALGORITHM, 8 },
	{ SECTION_SESSION, "cookie", TAKES_COOKIE, 1 },
	{ SECTION_SESSION, "user", TAKES_USER, 3 },
	{ SECTION_SESSION, "bearer", TAKES_JWT, 5 },
	{ SECTION_SESSION, "audience", TAKES_JWT, 6 },
	{ SECTION_SESSION, "issuer", TAKES_JWT, 7 },
	{ SECTION_SESSION, "leeway", 0, 0 },
	{ SECTION_SESSION, "max_age", TAKES_MAX_AGE, 9 },
	{ SECTION_SESSION, "require", TAKES_CLAIMS, 4 },
	{ SECTION_SESSION, "keys", TAKES_KEYS, 2 },
	{ SECTION_SESSION, "deny_users_file", 0, 0 },
	{ SECTION_SESSION, "salt", TAKES_SALT, 10 },
	{ SECTION_SESSION, "key_derivation", TAKES_DERIVATION, 11 },
	{ SECTION_SESSION, "timed", TAKES_DERIVATION, 12 },
	{ SECTION_SESSION, "variable", TAKES_VARIABLE, 13 },
	{ SECTION_SESSION, "save_path", TAKES_SAVE_PATH, 14 },
	{ SECTION_SESSION, "serialize_handler", TAKES_SAVE_PATH, 15 },
	{ SECTION_SESSION, "collection", TAKES_COLLECTION, 16 },
	{ SECTION_KEY, "id", 0, 0 },
	{ SECTION_KEY, "file", 0, 0 },
	{ SECTION_KEY, "encoding", 0, 0 },
	{ SECTION_CLAIM, "claim", 0, 0 },
	{ SECTION_CLAIM, "is", 0, 0 },
	{ SECTION_POLICY, "action", 0, 0 },
	{ SECTION_POLICY, "cloud", 0, 0 },
	{ SECTION_POLICY, "set", 0, 0 },
	{ SECTION_POLICY, "allow", 0, 0 },
	{ SECTION_POLICY, "require", 0, 0 },
	{ SECTION_POLICY, "users", 0, 0 },
	{ SECTION_POLICY, "deny_users", 0, 0 },
	{ SECTION_POLICY, "addresses", 0, 0 },
	{ SECTION_POLICY, "origins", 0, 0 },
	{ SECTION_POLICY, "lifetime", 0, 0 },
	{ SECTION_POLICY, "limit", 0, 0 },
	{ SECTION_POLICY, "limit_total", 0, 0 },
	{ SECTION_POLICY, "anonymous", 0, 0 },
	{ SECTION_POLICY, "reusable", 0, 0 },
	{ SECTION_POLICY, "any_owner", 0, 0 },
	{ SECTION_POLICY, "shared_tags", 0, 0 },
	{ SECTION_POLICY, "cookie_domain", 0, 0 },
	{ SECTION_COUNT, NULL, 0, 0 },
};

const struct policy *
config_policy(const struct config *config, struct span name)
{
	for (size_t i = 0; i < config->n_policies; i++)
		if (span_eq(config->policies[i].name, name))
			return &config->policies[i];
	return NULL;
}

const struct setting *
policy_setting(const struct policy *policy, const struct term *term)
{
	for (size_t i = 0; i < policy->n_set; i++)
		if (policy->set[i].term == term)
			return &policy->set[i];
	return NULL;
}

const struct allowance *
policy_allowance(const struct policy *policy, const struct term *term)
{
	for (size_t i = 0; i < policy->n_allow; i++)
		if (policy->allow[i].term == term)
			return &policy->allow[i];
	return NULL;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	vault_free(config->vault);
	free(config->memory); /* config itself lies in it */
}

bool
names_have(const struct names *names, struct span name)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(names->name[middle], name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
any_below(const struct span *paths, size_t n, struct span root)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts(paths[i], root) && paths[i].n > root.n &&
		    paths[i].p[root.n] == '/')
			return true;
	return false;
}

bool
config_published(const struct config *config, struct span document_root)
{
	struct span root = document_root;

	if (document_root.n == 0)
		return false;
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	return any_below(config->secret_paths, config->n_secret_paths, root) ||
	       any_below(config->private_paths, config->n_private, root);
}

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

static void
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

void
conf_members(
    struct loader *l, const config_setting_t *group, enum section section)
{
	const char *names[MEMBERS_MAX];
	size_t n = 0;

	for (const struct conf_setting *s = conf_settings; s->name != NULL; s++)
		if (s->section == section && n < MEMBERS_MAX)
			names[n++] = s->name;
	conf_known(l, group, names, n);
}

void
conf_apart(struct loader *l, const config_setting_t *group,
    const char *const *names, size_t n, const char *format)
{
	for (size_t i = 0; i < n; i++)
		if (conf_member(group, names[i]) != NULL)
			conf_error(
			    l, conf_member(group, names[i]), format, names[i]);
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

/* Plain http, and not only within one machine, as while a site is made. */
static bool
is_clear(struct span origin)
{
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
	struct span http = SPAN_LIT("http://"), rest;

	if (!span_starts(origin, http))
		return false;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		rest = span_skip(origin, http.n);
		if (!span_starts(rest, span_of(own[i])))
			continue;
		rest = span_skip(rest, strlen(own[i]));
		if (rest.n == 0 || rest.p[0] == ':')
			return false;
	}
	return true;
}

static void
check_origin(struct loader *l, const config_setting_t *at,
    const struct origins *before, struct span origin)
{
	if (origin.n > ORIGIN_MAX || !origin_valid(origin))
		conf_error(l, at,
		    "%q is no origin: write it as a browser does, "
		    "\"https://www.example.com\", in lower case, without a "
		    "path or a slash at its end",
		    origin);
	else if (span_is(origin, "null") && !l->config->session.bearer)
		conf_error(l, at,
		    "\"null\" is any page's origin that hides its own: it is "
		    "for bearer tokens only (session.bearer = true)");
	else if (is_clear(origin))
		conf_warn(l, at,
		    "%q has no TLS: whoever is on the way can change its pages "
		    "and ask in the user's name; write https://",
		    origin);
	for (size_t i = 0; i < before->n; i++)
		if (span_eq(before->o[i], origin))
			conf_error(l, at, "%q stands here twice", origin);
}

static void
conf_origins(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "origins");
	struct origins *list = &l->config->origins;
	struct span *origins;
	size_t n;

	if (!conf_strings(l, root, "origins", ORIGINS_MAX, &origins, &n))
		return;
	*list = (struct origins){ 0, origins };
	for (; list->n < n; list->n++)
		check_origin(l, at, list, origins[list->n]);
}

static bool
is_same(const struct stat *log, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == log->st_dev &&
	       st.st_ino == log->st_ino;
}

/* A line in one of these would be the end of it. */
static bool
is_read_here(const struct loader *l, const struct stat *log)
{
	const struct config *config = l->config;

	for (size_t i = 0; i < config->n_secret_paths; i++)
		if (is_same(log, (const char *)config->secret_paths[i].p))
			return true;
	return is_same(log, l->file) ||
	       (config->deny_users_file.n > 0 &&
		   is_same(log, (const char *)config->deny_users_file.p));
}

/* What is there already under the log's name; false when it can't be one. */
static bool
check_there(struct loader *l, const config_setting_t *at, struct span text,
    const struct stat *st)
{
	unsigned before = l->report->errors;

	if (S_ISDIR(st->st_mode))
		conf_error(l, at,
		    "log = %q is a folder: name a file, as in "
		    "\"%v/signpost.log\"",
		    text, text);
	else if (is_read_here(l, st))
		conf_error(l, at,
		    "log = %q is a file that this configuration needs, and "
		    "lines would be written into it: name another",
		    text);
	else if (!S_ISREG(st->st_mode))
		conf_warn(l, at,
		    "log = %q is not a regular file, so that lines go to "
		    "standard error: name one, or leave it out",
		    text);
	return l->report->errors == before;
}

static void
conf_log(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "log");
	struct span text, path;
	struct stat st;

	if (!conf_string(l, root, "log", false, &text) ||
	    !conf_path(l, at, "log", text, &path))
		return;
	if (lstat((const char *)path.p, &st) == 0 &&
	    !check_there(l, at, text, &st))
		return;
	l->config->log = path;
	conf_private(l, path);
}

#define REDIS_PORT 6379
#define FORMS                                                                  \
	"write \"redis://127.0.0.1:6379\", \"redis://[::1]/1\", "              \
	"\"unix:/run/redis/redis.sock\", or a folder such as \"counters\""

/*
 * Does it begin as a URL does (RFC 3986 3.1)? A folder of such a name is
 * written "./a:b".
 */
static bool
is_url(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ':' && s.p[n] != '/' &&
	       (s.p[n] == '+' || s.p[n] == '.' ||
		   text_segment((struct span){ &s.p[n], 1 })))
		n++;
	return n > 0 && n < s.n && s.p[n] == ':' && s.p[0] != '.';
}

/* "host" or "[host]", and what stands behind the ":" that follows it. */
static struct span_cut
cut_host(struct span text)
{
	struct span_cut cut = span_cut(text, ':');
	struct span_cut bracket = span_cut(text, ']');

	if (!span_starts(text, SPAN_LIT("[")) || !bracket.found)
		return cut;
	cut = span_cut(bracket.tail, ':');
	cut.head = span_head(text, bracket.head.n + 1 + cut.head.n);
	return cut;
}

/* The server's address, as it is written to connect; false for a name. */
static bool
read_host(struct loader *l, struct span host, struct span *out)
{
	bool six =
	    span_starts(host, SPAN_LIT("[")) && span_ends(host, SPAN_LIT("]"));
	unsigned char mem[64];
	struct address address;
	struct sink text;

	if (span_is(host, "localhost"))
		host = SPAN_LIT("127.0.0.1");
	if (six)
		host = span_skip(span_head(host, host.n - 1), 1);
	if (span_has(host, ':') != six || !address_parse(host, &address))
		return false;
	sink_init(&text, mem, sizeof(mem));
	address_write(&address, &text);
	*out = arena_copy(&l->arena, sink_view(&text));
	return out->p != NULL;
}

static bool
read_number(struct span text, long long least, long long most, unsigned *out)
{
	long long value;

	if (!span_digits(text, &value) || value < least || value > most)
		return false;
	*out = (unsigned)value;
	return true;
}

/*
 * tcp      = "redis://" host [ ":" port ] [ "/" database ]
 * host     = IPv4 / "[" IPv6 "]" / "localhost"
 * port     = 1..65535, 6379 when it is left out
 * database = 0..STORE_DATABASE_MAX, 0 when it is left out
 *
 * text comes without "redis://".
 */
static void
read_tcp(struct loader *l, const config_setting_t *at, struct span text,
    struct store_config *out)
{
	struct span_cut database = span_cut(text, '/');
	struct span_cut host = cut_host(database.head);

	out->kind = STORE_TCP;
	out->port = REDIS_PORT;
	if (!read_host(l, host.head, &out->place))
		conf_error(l, at,
		    "store: %q is no IP address, and a name would wait for DNS "
		    "longer than a request may: " FORMS,
		    host.head);
	else if (host.found && !read_number(host.tail, 1, 65535, &out->port))
		conf_error(l, at,
		    "store: %q is no port from 1 to 65535: " FORMS, host.tail);
	else if (database.found && !read_number(database.tail, 0,
				       STORE_DATABASE_MAX, &out->database))
		/* "?password=..." may follow it, and is not repeated. */
		conf_error(l, at,
		    "store: what stands behind the last \"/\" is no database "
		    "from 0 to %d: " FORMS,
		    (long long)STORE_DATABASE_MAX);
}

/* unix = "unix:/" path, of at most SOCKET_PATH_MAX bytes with its "/" */
static void
read_unix(struct loader *l, const config_setting_t *at, struct span path,
    struct store_config *out)
{
	out->kind = STORE_UNIX;
	if (path.n < 2 || path.p[0] != '/' || path.p[1] == '/' ||
	    span_has(path, '?') || text_has_control(path))
		conf_error(l, at,
		    "store: a socket is named by its whole path: " FORMS);
	else if (path.n > SOCKET_PATH_MAX)
		conf_error(l, at,
		    "store: the socket's path has %d bytes, and %d are the "
		    "most",
		    (long long)path.n, (long long)SOCKET_PATH_MAX);
	else
		out->place = arena_copy(&l->arena, path);
}

static struct span
without_slash(struct span folder)
{
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	return folder;
}

static void
read_store(struct loader *l, const config_setting_t *at, struct span text,
    struct store_config *out)
{
	const struct span tcp = SPAN_LIT("redis://"), local = SPAN_LIT("unix:");

	out->kind = STORE_FILE;
	if (is_url(text) && !span_starts(text, local) && span_has(text, '@'))
		/* It may be a password, and is not repeated. */
		conf_error(l, at,
		    "store: no password is written here: put it into a file of "
		    "its own, name that in store_password_file, and " FORMS);
	else if (span_starts(text, tcp))
		read_tcp(l, at, span_skip(text, tcp.n), out);
	else if (span_starts(text, local))
		read_unix(l, at, span_skip(text, local.n), out);
	else if (is_url(text))
		conf_error(l, at, "store = %q is not known: " FORMS, text);
	else if (conf_path(l, at, "store", without_slash(text), &out->place))
		conf_private(l, out->place);
}

void
conf_store(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "store");
	const config_setting_t *password =
	    conf_member(root, "store_password_file");
	struct store_config *out = &l->config->store;
	struct span text = SPAN_LIT("counters");

	if (at != NULL && !conf_string(l, root, "store", false, &text))
		return;
	read_store(l, at, text, out);
	if (password != NULL && out->kind == STORE_FILE)
		conf_error(l, password,
		    "store_password_file belongs to Redis, as in store = "
		    "\"redis://127.0.0.1\": leave it out");
	else if (password != NULL)
		conf_secret(l, root, "store_password_file", ENCODING_TEXT,
		    &out->password);
}

/*
 * The file's text. Behind it, not counted, are a line end, since libconfig 1.5
 * takes a # comment that ends with the file for a mistake, and a NUL.
 */
static bool
read_text(struct loader *l, struct span *out)
{
	unsigned char *p = arena_bytes(&l->arena, CONFIG_MAX + 2);
	unsigned char mem[DETAIL_MAX];
	struct sink why;
	bool was_read;
	size_t n;
	int fd;

	sink_init(&why, mem, sizeof(mem));
	if (l->report->watch != NULL)
		watch_note(l->report->watch, span_of(l->file));
	fd = trusted_open(l->file, &why);
	if (fd < 0) {
		conf_error(l, NULL, "%v", (struct span){ mem, why.n });
		return false;
	}
	was_read = p != NULL && trusted_read(fd, p, CONFIG_MAX + 1, &n);
	close(fd);
	if (!was_read) {
		conf_error(l, NULL, "it can't be read");
		return false;
	}
	if (n > CONFIG_MAX) {
		conf_error(l, NULL, "it is longer than %d bytes",
		    (long long)CONFIG_MAX);
		return false;
	}
	p[n] = '\n';
	p[n + 1] = '\0';
	*out = (struct span){ p, n };
	return true;
}

void
conf_error_at(struct loader *l, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(l->report, SAY_ERROR, l->file, line, format, &values);
	va_end(values);
}

/* libconfig's few words, in plain ones. */
static void
say_syntax(struct loader *l, const config_t *tree)
{
	static const char *const words[][2] = {
		{ "syntax error",
		    "this can't be understood: a name, =, a comma or ; is "
		    "missing or too much, here or on a line before" },
		{ "duplicate setting name",
		    "this name stands twice in the same group" },
		{ "mismatched element type in array",
		    "what stands in [ ] must be all of one kind; ( ) takes "
		    "anything" },
	};
	const char *text = config_error_text(tree);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(span_of(text), words[i][0]))
			text = words[i][1];
	conf_error_at(l, config_error_line(tree), "%s", text);
}

/*
 * Is policies the last setting? All that restricts stands before it or inside
 * it, so a file that was cut between two settings is never taken for whole.
 */
static void
check_last(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *policies = conf_member(root, "policies");
	int n = config_setting_length(root);
	const config_setting_t *last =
	    n == 0 ? NULL : config_setting_get_elem(root, (unsigned)n - 1);

	if (policies != NULL && last != policies)
		conf_error(l, last,
		    "%s stands behind policies, which must be the last setting "
		    "of the file: move it up",
		    config_setting_name(last));
}

static void
load_tree(struct loader *l, const config_setting_t *root)
{
	unsigned before = l->report->errors;
	bool whole;

	conf_members(l, root, SECTION_FILE);
	check_last(l, root);
	conf_clouds(l, root);
	conf_session(l, root);
	conf_origins(l, root);
	conf_store(l, root);
	conf_log(l, root);
	conf_policies(l, root);
	if (l->arena.full)
		return;
	whole = l->report->errors == before;
	owner_check(l, whole);
	if (whole && l->report->advise != NULL)
		l->report->advise(l->report, l->config);
}

/* Whoever mends the text should not take it for right as a whole. */
static void
note_rest(struct loader *l)
{
	conf_note(l, NULL,
	    "what the settings say was not looked at: that can be done when "
	    "the text itself is right");
}

/*
 * libconfig 1.5 ends the process where it gets no memory, which must not
 * happen to one that serves on with what it has. The most that it takes of
 * memory for a byte of text is for lists of one number, "(1),": a setting for
 * each of both, a list, and room for 16 elements in it.
 */
#define TREE_BYTES 128     /* for one of the text */
#define TREE_SPARE 1048576 /* for buffers, and what falls between blocks */

static bool
has_memory(size_t text)
{
	size_t n = text * TREE_BYTES + TREE_SPARE;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, n) == 0;
}

static void
load_text(struct loader *l)
{
	struct span text;
	config_t tree;

	if (!read_text(l, &text))
		return;
	if (l->report->watch != NULL && !has_memory(text.n)) {
		conf_error(l, NULL, "there is no memory to read it");
		return;
	}
	/* What is wrong in the text, libconfig may read as something else. */
	if (!conf_text(text, l->file, l->report)) {
		note_rest(l);
		return;
	}
	config_init(&tree);
	if (config_read_string(&tree, (const char *)text.p) == CONFIG_TRUE) {
		load_tree(l, config_root_setting(&tree));
	} else {
		say_syntax(l, &tree);
		note_rest(l);
	}
	config_destroy(&tree);
}

/* The folder of a file: "." for a bare name. */
static struct span
folder_of(struct span path)
{
	struct span_cut cut = span_cut_last(path, '/');

	if (!cut.found)
		return SPAN_LIT(".");
	return cut.head.n == 0 ? SPAN_LIT("/") : cut.head;
}

/* An empty configuration, and all that the loader works with. */
static bool
start(struct loader *l, const char *path, void *memory)
{
	struct config *config;

	arena_init(&l->arena, memory, CONFIG_MEMORY_MAX);
	config = arena_take(&l->arena, sizeof(*config));
	l->secret_paths =
	    arena_array(&l->arena, SECRETS_MAX, sizeof(*l->secret_paths));
	config->path = arena_copy(&l->arena, span_of(path));
	l->dir = (const char *)arena_copy(&l->arena, folder_of(config->path)).p;
	config->secret_paths = l->secret_paths;
	config->memory = memory;
	config->vault = vault_new();
	l->config = config;
	return !l->arena.full && config->vault != NULL;
}

/* What remains when everything has been read. */
static void
finish(struct loader *l)
{
	if (l->arena.full)
		conf_error(l, NULL, "it says more than there is room for");
	if (!vault_seal(l->config->vault))
		conf_error(l, NULL, "its secrets can't be made read-only");
	if (!vault_locked(l->config->vault))
		conf_note(l, NULL,
		    "secrets could reach the swap space: this system does not "
		    "let us lock memory (ulimit -l)");
}

struct config *
config_load(const char *path, struct report *report)
{
	struct loader l = { .report = report, .file = path };
	unsigned before = report->errors;
	void *memory = malloc(CONFIG_MEMORY_MAX);

	if (memory == NULL || !start(&l, path, memory))
		conf_error(&l, NULL, "there is no memory to read it");
	else
		load_text(&l);
	if (l.config == NULL)
		free(memory);
	else if (report->errors == before)
		finish(&l);
	if (report->errors == before)
		return l.config;
	config_free(l.config);
	return NULL;
}
