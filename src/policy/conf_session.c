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
		{ "serialize_handler", TAKES_SAVE_PATH } };

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

/* What is required, and what the format itself requires before it. */
static void
take_required(struct loader *l, const config_setting_t *group,
    const struct format_row *row, struct session_config *out)
{
	struct claim_rule *all;
	struct span *is;

	conf_require(l, group, &out->require, &out->n_require);
	if (out->n_require > 0 && out->user.n == 0 &&
	    (row->takes & TAKES_CLAIMS) != 0)
		conf_error(l, conf_member(group, "require"),
		    "the cookie is nothing but the user (user = \"\"), so "
		    "that no claim can be required of it");
	if (row->claim == NULL)
		return;
	all = arena_array(&l->arena, out->n_require + 1, sizeof(*all));
	is = arena_take(&l->arena, sizeof(*is));
	if (all == NULL || is == NULL)
		return;
	*is = span_of(row->is);
	all[0] = (struct claim_rule){ span_of(row->claim), 1, is };
	for (size_t i = 0; i < out->n_require; i++)
		all[i + 1] = out->require[i];
	out->require = all;
	out->n_require++;
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

/* npm's cookie-signature signs neither a name nor a purpose. */
static void
warn_of_text(struct loader *l, const config_setting_t *group,
    const struct session_config *out)
{
	if (out->format == FORMAT_COOKIE_SIGNATURE &&
	    out->signing.body == BODY_TEXT &&
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
	warn_of_text(l, group, out);
	take_bounds(l, group, row, out);
	take_required(l, group, row, out);
	conf_signing(l, group, out);
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
		"timed", "variable", "save_path", "serialize_handler" };
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
