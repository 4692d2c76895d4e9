#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/trusted.h"
#include "http/cookie.h"
#include "policy/conf.h"
#include "policy/denied.h"
#include "session/formats.h"
#include "session/proof.h"

static bool
take_rule(struct loader *l, const config_setting_t *at, struct claim_rule *out)
{
	struct span *is = NULL;
	bool right;

	if (config_setting_type(at) != CONFIG_TYPE_GROUP) {
		conf_error(l, at,
		    "require holds groups only: { claim = \"role\"; is = [ "
		    "\"editor\" ]; }");
		return false;
	}
	conf_members(l, at, SECTION_CLAIM);
	right = conf_string(l, at, "claim", true, &out->claim);
	if (right && !json_path_valid(out->claim)) {
		conf_error(l, conf_member(at, "claim"),
		    "claim = %q is no path: write \"role\" or \"app.roles[0]\"",
		    out->claim);
		right = false;
	}
	if (conf_strings(l, at, "is", LIST_MAX, &is, &out->n) && out->n > 0) {
		out->is = is;
		return right;
	}
	if (conf_member(at, "is") == NULL || is != NULL)
		conf_error(
		    l, at, "is must say which values do: is = [ \"editor\" ];");
	return false;
}

bool
conf_require(struct loader *l, const config_setting_t *group,
    const struct claim_rule **out, size_t *n)
{
	const config_setting_t *at = conf_member(group, "require");
	struct claim_rule *rules;
	size_t count;
	bool right = true;

	if (at == NULL)
		return false;
	count = (size_t)config_setting_length(at);
	if (config_setting_type(at) != CONFIG_TYPE_LIST || count == 0 ||
	    count > LIST_MAX) {
		conf_error(l, at,
		    "require must be a list of 1 to %d groups: require = ( { "
		    "claim = \"role\"; is = [ \"editor\" ]; } );",
		    (long long)LIST_MAX);
		return false;
	}
	rules = arena_array(&l->arena, count, sizeof(*rules));
	if (rules == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!take_rule(
			l, config_setting_get_elem(at, (unsigned)i), &rules[i]))
			right = false;
	if (!right)
		return false;
	*out = rules;
	*n = count;
	return true;
}

#define VARIABLE_MAX 64

struct beginning {
	const char *text, *why; /* NULL: nothing is wrong with it */
};

/* The first beginning that fits; NULL when none does. */
static const struct beginning *
find(const struct beginning *list, struct span name)
{
	for (; list->text != NULL; list++)
		if (span_starts(name, span_of(list->text)))
			return list;
	return NULL;
}

#define HEADER "is a header, which any client can send"
#define REQUEST "is a part of the request, which the client writes"
#define SERVER "says where the request went, and not who sent it"
#define CONNECTION "says from where it came, and not from whom"
#define PASSWORD "holds what a client sent before anybody has checked it"
#define TLS "is of the connection's encryption, in which a client has a say"

/*
 * What clients choose, or what is nobody's name: RFC 3875 4.1; Apache's
 * "Environment Variables" (an internal redirect puts REDIRECT_ before what a
 * rule has set, so that REDIRECT_REMOTE_USER can be a header's content also
 * beside a good AUTH_TYPE: tried with 2.4), mod_ssl and mod_http2; nginx'
 * fastcgi_params; PHP's names for Authorization.
 */
static const struct beginning refused[] = {
	{ "HTTP", HEADER },
	{ "REDIRECT_", "is what a rule has set, of a header perhaps" },
	{ "ARGS", REQUEST },
	{ "CONTENT_", REQUEST },
	{ "CONTEXT_", SERVER },
	{ "DOCUMENT_", REQUEST },
	{ "ORIG_", REQUEST },
	{ "PATH", REQUEST },
	{ "QUERY_", REQUEST },
	{ "REQUEST_", REQUEST },
	{ "SCRIPT_", REQUEST },
	{ "THE_REQUEST", REQUEST },
	{ "SERVER_", SERVER },
	{ "GATEWAY_", SERVER },
	{ "FCGI_", SERVER },
	{ "REMOTE_ADDR", CONNECTION },
	{ "REMOTE_HOST", CONNECTION },
	{ "REMOTE_IDENT", "is what the client's own machine says of it" },
	{ "REMOTE_PORT", CONNECTION },
	{ "UNIQUE_ID", "is another one in each request" },
	{ "AUTH_", PASSWORD },
	{ "PHP_", PASSWORD },
	{ "H2", TLS },
	{ "SSL_CLIENT_S_DN", NULL },
	{ "SSL_CLIENT_SAN_", NULL },
	{ "SSL_", TLS },
	{ NULL, NULL },
};

static const struct beginning known[] = {
	{ "SSL_CLIENT_",
	    "is what a certificate says: make sure that the web server refuses "
	    "whoever has none that it has verified (SSLVerifyClient require, "
	    "ssl.verifyclient.enforce)" },
	{ "REMOTE_USER", NULL }, /* see remote_user.h */
	{ "SIGNPOST_USER", NULL },
	{ "", "is no name that is known here: make sure that the web server "
	      "sets it after it has checked who is there, and that no rule "
	      "copies a header into it" },
};

static bool
is_variable(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = name.p[i];

		if ((c < 'A' || c > 'Z') && c != '_' &&
		    (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.n > 0 && name.n <= VARIABLE_MAX;
}

/* variable of remote_user: one that no client can set. */
static void
conf_variable(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	const config_setting_t *at = conf_member(group, "variable");
	const struct beginning *bad, *say;
	struct span name;

	if (!conf_string(l, group, "variable", true, &name))
		return;
	if (!is_variable(name)) {
		conf_error(l, at,
		    "variable = %q must be 1 to %d of the characters A-Z 0-9 "
		    "_, as in \"REMOTE_USER\"",
		    name, (long long)VARIABLE_MAX);
		return;
	}
	bad = find(refused, name);
	say = find(known, name);
	if (bad != NULL && bad->why != NULL)
		conf_error(l, at,
		    "variable = %q %s: name one that the web server sets after "
		    "it has checked who is there",
		    name, bad->why);
	else if (say->why != NULL)
		conf_warn(l, at, "variable = %q %s", name, say->why);
	out->variable = name;
}

/* save_path and serialize_handler of php. */
static void
conf_php(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const handlers[] = { "php", "php_serialize" };
	const config_setting_t *at = conf_member(group, "save_path");
	struct span text, path;
	size_t which = 0;
	struct stat st;

	conf_choice(l, group, "serialize_handler", handlers, 2, &which);
	out->php_serialize = which == 1;
	if (!conf_string(l, group, "save_path", true, &text))
		return;
	if (span_has(text, ';')) {
		conf_error(l, at,
		    "save_path = %q: folders in folders (\"N;/path\") are not "
		    "read here",
		    text);
		return;
	}
	if (!conf_path(l, at, "save_path", text, &path))
		return;
	if (stat((const char *)path.p, &st) != 0 || !S_ISDIR(st.st_mode)) {
		conf_error(l, at,
		    "save_path = %q is no folder; PHP's phpinfo() says which "
		    "one it is",
		    text);
		return;
	}
	out->save_path = path;
	conf_private(l, path);
}

static bool
is_key_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '.' &&
		    !text_segment((struct span){ &id.p[i], 1 }))
			return false;
	return id.n > 0 && id.n <= SEGMENT_MAX;
}

static void
take_key_id(struct loader *l, const config_setting_t *group,
    const struct session_config *before, struct span *out)
{
	const config_setting_t *at = conf_member(group, "id");

	if (!conf_string(l, group, "id", true, out))
		return;
	if (!is_key_id(*out))
		conf_error(l, at,
		    "id = %q must be 1 to %d of the characters A-Z a-z 0-9 . _ "
		    "-",
		    *out, (long long)SEGMENT_MAX);
	for (size_t i = 0; i < before->n_keys; i++)
		if (span_eq(before->keys[i].id, *out))
			conf_error(l, at, "two keys have the id %q", *out);
}

/* The file's content as a key that verifies, in the vault. */
static void
take_key_file(struct loader *l, const config_setting_t *group,
    const struct session_config *before, struct session_key *out)
{
	static const char *const names[] = { "text", "hex", "base64" };
	static const enum encoding encodings[] = { ENCODING_TEXT, ENCODING_HEX,
		ENCODING_BASE64 };
	const config_setting_t *at = conf_member(group, "file");
	struct span secret;
	struct hmac_key *key;
	size_t which = 0;

	if (conf_member(group, "encoding") != NULL &&
	    !conf_choice(l, group, "encoding", names, 3, &which))
		return;
	if (!conf_secret(l, group, "file", encodings[which], &secret))
		return;
	if (secret.n < SECRET_SHORT)
		conf_warn(l, at,
		    "this key has %d bytes, and RFC 7518 (3.2) asks for at "
		    "least %d: one captured cookie lets anybody guess it at "
		    "leisure",
		    (long long)secret.n, (long long)SECRET_SHORT);
	key = vault_take(l->config->vault, hmac_key_size());
	if (key == NULL || !session_derive(before, secret, key))
		conf_error(l, at, "there is no room for this key");
	else
		out->hmac = key;
}

static void
take_key(struct loader *l, const config_setting_t *at,
    const struct session_config *before, struct session_key *out)
{
	if (config_setting_type(at) != CONFIG_TYPE_GROUP) {
		conf_error(l, at,
		    "keys holds groups only: { id = \"1\"; file = "
		    "\"session.key\"; }");
		return;
	}
	conf_members(l, at, SECTION_KEY);
	take_key_id(l, at, before, &out->id);
	take_key_file(l, at, before, out);
}

/* keys, whose derivation out already says. */
static void
conf_keys(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	const config_setting_t *at = conf_member(group, "keys");
	size_t n = at == NULL ? 0 : (size_t)config_setting_length(at);
	struct session_key *keys;

	if (at == NULL || config_setting_type(at) != CONFIG_TYPE_LIST ||
	    n == 0 || n > SESSION_KEYS_MAX) {
		conf_error(l, at == NULL ? group : at,
		    "keys must be a list of 1 to %d keys: keys = ( { id = "
		    "\"1\"; file = \"session.key\"; } );",
		    (long long)SESSION_KEYS_MAX);
		return;
	}
	keys = arena_array(&l->arena, n, sizeof(*keys));
	if (keys == NULL)
		return;
	out->keys = keys;
	for (; out->n_keys < n; out->n_keys++)
		take_key(l, config_setting_get_elem(at, (unsigned)out->n_keys),
		    out, &keys[out->n_keys]);
}

/* RS256, PS384, ES512, EdDSA and their kin (RFC 7518 3.1, RFC 8037 3.1). */
static bool
has_public_key(struct span algorithm)
{
	static const char *const kin[] = { "RS", "PS", "ES", "ED" };

	for (size_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++)
		if (algorithm.n > 2 &&
		    span_is_nocase(span_head(algorithm, 2), kin[i]))
			return true;
	return false;
}

/* RFC 7518 3.1; the others as Python's hashlib and Node's crypto name them. */
static void
take_algorithm(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const tokens[] = { "HS256", "HS384", "HS512" };
	static const char *const others[] = { "sha256", "sha384", "sha512",
		"sha1" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512, HASH_SHA1 };
	bool token =
	    out->format == FORMAT_JWT || out->format == FORMAT_SUPABASE;
	const config_setting_t *at = conf_member(group, "algorithm");
	const char *said = at == NULL ? NULL : config_setting_get_string(at);
	size_t which;

	if (token && said != NULL && has_public_key(span_of(said)))
		conf_error(l, at,
		    "algorithm = %q signs with a pair of keys, and public keys "
		    "are not read yet: only HS256, HS384 and HS512 are",
		    span_of(said));
	else if (conf_choice(l, group, "algorithm", token ? tokens : others,
		     token ? 3 : 4, &which))
		out->hash = hashes[which];
}

static void
take_derivation(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const names[] = { "django-concat", "concat", "hmac",
		"none" };
	static const enum derivation derivations[] = { DERIVE_DJANGO_CONCAT,
		DERIVE_CONCAT, DERIVE_HMAC, DERIVE_NOTHING };
	size_t which;

	if (conf_choice(l, group, "key_derivation", names, 4, &which))
		out->signing.derivation = derivations[which];
}

static void
take_timed(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	bool timed = true;

	if (!conf_bool(l, group, "timed", &timed) || timed)
		return;
	out->signing.stamp = STAMP_NONE;
	out->max_age = 0;
	if (conf_member(group, "max_age") != NULL)
		conf_error(l, conf_member(group, "max_age"),
		    "max_age counts from a time of issue, and with timed = "
		    "false there is none");
	conf_warn(l, conf_member(group, "timed"),
	    "such a cookie never expires: whoever has a copy is that user "
	    "until the key changes");
}

/*
 * How the format signs, where a framework was told otherwise than its own
 * defaults, which out holds: algorithm, salt, key_derivation, timed.
 */
static void
conf_signing(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	take_algorithm(l, group, out);
	conf_string(l, group, "salt", false, &out->signing.salt);
	take_derivation(l, group, out);
	take_timed(l, group, out);
}

/* Of the list that is read here nothing is kept: see denied.h. */
struct scratch {
	unsigned char text[DENIED_FILE_MAX + 1];
	struct span room[DENIED_MAX];
};

/* False with what is wrong in why. */
static bool
check(struct scratch *s, const char *path, struct sink *why)
{
	int fd = trusted_open(path, why);
	struct names users;
	bool was_read;
	size_t n;

	if (fd < 0)
		return false;
	was_read = trusted_read(fd, s->text, sizeof(s->text), &n);
	close(fd);
	if (was_read && n <= DENIED_FILE_MAX) {
		sink_say(why, "%s: ", path);
		return denied_read((struct span){ s->text, n }, s->room,
		    DENIED_MAX, &users, why);
	}
	if (was_read)
		sink_say(why, "%s: it is longer than %d bytes", path,
		    (long long)DENIED_FILE_MAX);
	else
		sink_say(why, "%s: it can't be read", path);
	return false;
}

/*
 * deny_users_file of the session: it must be there, and right, unless the
 * report is of one who serves, and looks after it again and again.
 */
static void
conf_denied(struct loader *l, const config_setting_t *session)
{
	static const char name[] = "deny_users_file";
	const config_setting_t *at = conf_member(session, name);
	unsigned char mem[DETAIL_MAX];
	struct span text, path;
	struct scratch *s;
	struct sink why;

	if (!conf_string(l, session, name, false, &text) ||
	    !conf_path(l, at, name, text, &path))
		return;
	l->config->deny_users_file = path;
	conf_private(l, path);
	if (l->report->serves)
		return;
	s = malloc(sizeof(*s));
	sink_init(&why, mem, sizeof(mem));
	if (s == NULL)
		conf_error(l, at, "%s: there is no memory to read it", name);
	else if (!check(s, (const char *)path.p, &why))
		conf_error(l, at, "%s: %v", name, (struct span){ mem, why.n });
	free(s);
}

/* The row that `format` names; jwt where it says nothing or nothing known. */
static const struct format_row *
take_format(struct loader *l, const config_setting_t *group)
{
	enum { ROWS_MAX = 32 };
	const char *names[ROWS_MAX];
	size_t n = 0, which = 0;

	for (; n < ROWS_MAX && formats[n].name != NULL; n++)
		names[n] = formats[n].name;
	conf_choice(l, group, "format", names, n, &which);
	return &formats[which];
}

static void
say_senseless(struct loader *l, const config_setting_t *at,
    const struct conf_setting *setting, const struct format_row *row)
{
	if (setting->takes == TAKES_MAX_AGE)
		conf_error(l, at,
		    "format = \"%s\" says no time of issue that max_age could "
		    "count from: leave it out",
		    row->name);
	else
		conf_error(l, at,
		    "%s has no meaning with format = \"%s\": leave it out",
		    setting->name, row->name);
}

/* Members that this format has no use for: they would look like checks. */
static void
check_takes(struct loader *l, const config_setting_t *group,
    const struct format_row *row)
{
	const struct conf_setting *by_turn[SESSION_TURNS] = { NULL };

	for (const struct conf_setting *s = conf_settings; s->name != NULL; s++)
		if (s->turn > 0 && s->turn <= SESSION_TURNS)
			by_turn[s->turn - 1] = s;
	for (size_t i = 0; i < SESSION_TURNS; i++) {
		const config_setting_t *at =
		    conf_member(group, by_turn[i]->name);

		if (at != NULL && (row->takes & by_turn[i]->takes) == 0)
			say_senseless(l, at, by_turn[i], row);
	}
}

static void
take_user(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	const config_setting_t *at = conf_member(group, "user");

	conf_string(l, group, "user", row->user == NULL, &out->user);
	if (at == NULL || json_path_valid(out->user) ||
	    (out->user.n == 0 && (row->takes & TAKES_TEXT) != 0))
		return;
	conf_error(l, at,
	    "user = %q is no path into the payload: write \"sub\" or "
	    "\"user.ids[0]\"",
	    out->user);
}

static void
take_cookie(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	if (conf_string(
		l, group, "cookie", row->cookie == NULL, &out->cookie) &&
	    !cookie_name(out->cookie))
		conf_error(l, conf_member(group, "cookie"),
		    "cookie = %q is no cookie's name, which is of visible "
		    "ASCII without any of = ; , \" \\",
		    out->cookie);
}

/* audience and issuer: "" would look like a check and be none. */
static void
take_name(struct loader *l, const config_setting_t *group, const char *name,
    struct span *out)
{
	if (conf_string(l, group, name, false, out) && out->n == 0)
		conf_error(l, conf_member(group, name),
		    "%s is empty: say which, or leave it out", name);
}

/* A value that the configuration must name, since no default is anybody's. */
static bool
take_kind(struct loader *l, const config_setting_t *group, const char *name,
    struct span *is)
{
	if (conf_member(group, name) == NULL)
		conf_error(l, group,
		    "%s is missing in session: say whose ids are the users', "
		    "since another's may be the same: %s = \"users\";",
		    name, name);
	else
		take_name(l, group, name, is);
	return is->n > 0;
}

static bool
is_required(const struct session_config *session, const char *claim)
{
	for (size_t i = 0; i < session->n_require; i++)
		if (span_is(session->require[i].claim, claim))
			return true;
	return false;
}

/* One of the row's own claims as a rule; false where none comes of it. */
static bool
take_claim(struct loader *l, const config_setting_t *group,
    const struct format_claim *own, const struct session_config *session,
    struct claim_rule *out)
{
	struct span *is = arena_array(&l->arena, CLAIM_VALUES_MAX, sizeof(*is));
	size_t n = 0;

	if (is == NULL || own->claim == NULL ||
	    (own->kind == CLAIM_NO_GUEST && is_required(session, own->claim)))
		return false;
	for (; n < CLAIM_VALUES_MAX && own->is[n] != NULL; n++)
		is[n] = span_of(own->is[n]);
	if (own->kind == CLAIM_CONFIGURED)
		n = take_kind(l, group, own->claim, is);
	*out = (struct claim_rule){ span_of(own->claim), n, is,
		own->kind == CLAIM_NEVER || own->kind == CLAIM_NO_GUEST };
	return n > 0;
}

/* What is required, and what the format itself requires before it. */
static void
take_required(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	struct claim_rule *all;
	size_t n = 0;

	conf_require(l, group, &out->require, &out->n_require);
	if (out->n_require > 0 && out->user.n == 0 &&
	    (row->takes & TAKES_CLAIMS) != 0)
		conf_error(l, conf_member(group, "require"),
		    "the cookie is nothing but the user (user = \"\"), so "
		    "that no claim can be required of it");
	all = arena_array(
	    &l->arena, out->n_require + FORMAT_CLAIMS_MAX, sizeof(*all));
	if (all == NULL)
		return;
	for (size_t i = 0; i < FORMAT_CLAIMS_MAX; i++)
		n += take_claim(l, group, &row->claims[i], out, &all[n]);
	for (size_t i = 0; i < out->n_require; i++)
		all[n++] = out->require[i];
	out->require = all;
	out->n_require = n;
}

static void
take_bounds(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	conf_bool(l, group, "bearer", &out->bearer);
	take_name(l, group, "audience", &out->audience);
	take_name(l, group, "issuer", &out->issuer);
	conf_int(l, group, "leeway", 0, CLOCK_SKEW_MAX_SECONDS, &out->leeway);
	conf_int(
	    l, group, "max_age", 1, SESSION_AHEAD_MAX_SECONDS, &out->max_age);
	if (row->endless)
		conf_warn(l, conf_member(group, "format"),
		    "a cookie of format = \"%s\" never expires: whoever has a "
		    "copy is that user, also after a logout, until the key "
		    "changes",
		    row->name);
}

/*
 * The value itself is the user: is it one? npm's cookie-signature signs neither
 * a name nor a purpose.
 */
static void
check_text(struct loader *l, const config_setting_t *group,
    const struct session_config *out)
{
	const char *of;
	bool by_salt;

	if (out->signing.body != BODY_TEXT)
		return;
	of = format_of_guests(
	    out->format, out->cookie, out->signing.salt, &by_salt);
	if (of != NULL)
		conf_error(l, conf_member(group, by_salt ? "salt" : "cookie"),
		    "%s = %q is %s: every guest has one, and no user's name is "
		    "in it",
		    by_salt ? "salt" : "cookie",
		    by_salt ? out->signing.salt : out->cookie, of);
	else if (out->format == FORMAT_COOKIE_SIGNATURE &&
		 conf_member(group, "user") != NULL)
		conf_warn(l, conf_member(group, "user"),
		    "with user = \"\" whatever the site signs with this key is "
		    "a user's name, the ids of express-session for its guests "
		    "too: sign { id: ... } and write user = \"id\", or use a "
		    "key for nothing else");
}

/* What format is about, in the order in which one needs the other. */
static void
take_proof(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	if ((row->takes & TAKES_COOKIE) != 0)
		take_cookie(l, group, row, out);
	if ((row->takes & (TAKES_USER | TAKES_TEXT)) != 0)
		take_user(l, group, row, out);
	format_body(row, out);
	take_bounds(l, group, row, out);
	take_required(l, group, row, out);
	conf_signing(l, group, out);
	check_text(l, group, out);
	if ((row->takes & TAKES_VARIABLE) != 0)
		conf_variable(l, group, out);
	if ((row->takes & TAKES_SAVE_PATH) != 0)
		conf_php(l, group, out);
	if ((row->takes & TAKES_KEYS) != 0)
		conf_keys(l, group, out);
}

void
conf_session(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *group = conf_group(l, root, "session", true);
	const struct format_row *row;

	if (group == NULL)
		return;
	conf_members(l, group, SECTION_SESSION);
	row = take_format(l, group);
	format_apply(row, &l->config->session);
	check_takes(l, group, row);
	take_proof(l, group, row, &l->config->session);
	conf_denied(l, group);
}
