#include "policy/conf_session.h"

#include "base/limits.h"
#include "http/cookie.h"
#include "session/formats.h"

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

/* Members that this format has no use for: they would look like checks. */
static void
check_takes(struct loader *l, const config_setting_t *group,
    const struct format_row *row)
{
	static const struct {
		const char *name;
		unsigned takes;
	} members[] = { { "cookie", TAKES_COOKIE }, { "keys", TAKES_KEYS },
		{ "user", TAKES_USER }, { "require", TAKES_CLAIMS },
		{ "bearer", TAKES_JWT }, { "audience", TAKES_JWT },
		{ "issuer", TAKES_JWT }, { "algorithm", TAKES_ALGORITHM },
		{ "max_age", TAKES_MAX_AGE }, { "salt", TAKES_SALT },
		{ "key_derivation", TAKES_DERIVATION },
		{ "timed", TAKES_DERIVATION }, { "variable", TAKES_VARIABLE },
		{ "save_path", TAKES_SAVE_PATH },
		{ "serialize_handler", TAKES_SAVE_PATH },
		{ "collection", TAKES_COLLECTION } };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const config_setting_t *at =
		    conf_member(group, members[i].name);

		if (at == NULL || (row->takes & members[i].takes) != 0)
			continue;
		if (members[i].takes == TAKES_MAX_AGE)
			conf_error(l, at,
			    "format = \"%s\" says no time of issue that "
			    "max_age could count from: leave it out",
			    row->name);
		else
			conf_error(l, at,
			    "%s has no meaning with format = \"%s\": leave "
			    "it out",
			    members[i].name, row->name);
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
	static const char *const names[] = { "format", "algorithm", "cookie",
		"user", "bearer", "audience", "issuer", "leeway", "max_age",
		"require", "keys", "deny_users_file", "salt", "key_derivation",
		"timed", "variable", "save_path", "serialize_handler",
		"collection" };
	const config_setting_t *group = conf_group(l, root, "session", true);
	const struct format_row *row;

	if (group == NULL)
		return;
	conf_known(l, group, names, sizeof(names) / sizeof(names[0]));
	row = take_format(l, group);
	format_apply(row, &l->config->session);
	check_takes(l, group, row);
	take_proof(l, group, row, &l->config->session);
	conf_denied(l, group);
}
