#include "session/claims.h"

#include "base/text.h"
#include "session/iso_time.h"

/* A claim that is a time. */
struct moment {
	bool present;
	long long at; /* seconds */
};

/* The registered claims that are looked at (RFC 7519 4.1). */
enum { EXP, NBF, IAT, AUD, ISS, REGISTERED };
static const struct span registered[REGISTERED] = {
	[EXP] = SPAN_INIT("exp"),
	[NBF] = SPAN_INIT("nbf"),
	[IAT] = SPAN_INIT("iat"),
	[AUD] = SPAN_INIT("aud"),
	[ISS] = SPAN_INIT("iss"),
};

/* RFC 7519 2: a NumericDate is a number; a string of digits is none. */
static enum session_why
read_moment(struct json_value v, struct moment *out)
{
	*out = (struct moment){ v.kind != JSON_ABSENT, 0 };
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (out->present && !json_read_seconds(v, &out->at))
		return SESSION_TIME;
	return SESSION_OK;
}

/*
 * exp (RFC 7519 4.1.4: over "on or after"), and no further ahead than a
 * browser keeps a cookie: milliseconds in place of seconds are no "for ever".
 */
static enum session_why
check_expiry(const struct session_config *config, struct moment exp,
    long long now, struct session *out)
{
	if (!exp.present)
		return config->max_age > 0 ? SESSION_OK
					   : SESSION_EXPIRY_MISSING;
	if (now >= exp.at + config->leeway)
		return SESSION_EXPIRED;
	if (exp.at - now > SESSION_AHEAD_MAX_SECONDS)
		return SESSION_EXPIRY_FAR;
	out->expires = exp.at;
	return SESSION_OK;
}

/* iat, and the configuration's own limit, which counts from it. */
static enum session_why
check_age(const struct session_config *config, struct moment iat,
    bool has_expiry, long long now, struct session *out)
{
	long long end = iat.at + config->max_age;

	if (iat.present && iat.at > now + config->leeway)
		return SESSION_FUTURE;
	if (config->max_age <= 0)
		return SESSION_OK;
	if (!iat.present || now >= end + config->leeway)
		return SESSION_AGE;
	if (!has_expiry || end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

static enum session_why
check_times(const struct session_config *config,
    const struct json_value *claims, long long now, struct session *out)
{
	struct moment exp, nbf, iat;
	enum session_why why;

	why = read_moment(claims[EXP], &exp);
	if (why == SESSION_OK)
		why = read_moment(claims[NBF], &nbf);
	if (why == SESSION_OK)
		why = read_moment(claims[IAT], &iat);
	if (why == SESSION_OK)
		why = check_expiry(config, exp, now, out);
	if (why != SESSION_OK)
		return why;
	/* RFC 7519 4.1.5 */
	if (nbf.present && nbf.at > now + config->leeway)
		return SESSION_NOT_YET;
	return check_age(config, iat, exp.present, now, out);
}

/*
 * The token may be a cache of a session that ends before it does (Better
 * Auth's getCookieCache() refuses then, too).
 */
static enum session_why
check_own_end(const struct session_config *config, long long now,
    struct arena *arena, struct session *out)
{
	struct json_value v;
	struct span text;
	long long end;

	if (config->signing.own_end.n == 0)
		return SESSION_OK;
	v = json_path(out->claims, config->signing.own_end);
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (!json_read_text(v, arena, &text) || !iso_time_read(text, &end))
		return SESSION_OWN_END;
	if (now >= end + config->leeway)
		return SESSION_ENDED;
	if (end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

/*
 * RFC 7519 4.1.3: a token that names an audience must be refused by whoever
 * is not in it, so also where none is configured.
 */
static enum session_why
check_audience(const struct session_config *config, struct json_value aud)
{
	if (aud.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (config->audience.n == 0)
		return aud.kind == JSON_ABSENT ? SESSION_OK : SESSION_AUDIENCE;
	return json_has_string(aud, config->audience) ? SESSION_OK
						      : SESSION_AUDIENCE;
}

/* RFC 7519 4.1.1: the whole text, no prefix and no part. */
static enum session_why
check_issuer(const struct session_config *config, struct json_value iss)
{
	if (config->issuer.n == 0)
		return SESSION_OK;
	if (iss.kind == JSON_TWICE)
		return SESSION_TWICE;
	return json_string_is(iss, config->issuer) ? SESSION_OK
						   : SESSION_ISSUER;
}

static enum session_why
check_required(const struct session_config *config,
    const struct session *session, struct arena *arena)
{
	for (size_t i = 0; i < config->n_require; i++) {
		const struct claim_rule *rule = &config->require[i];

		if (json_path(session->claims, rule->claim).kind == JSON_TWICE)
			return SESSION_TWICE;
		if (!session_claim_is(session, rule, arena))
			return SESSION_CLAIM;
	}
	return SESSION_OK;
}

/* A value that is its own text: true, false, or an integer's digits. */
static bool
is_plain(struct json_value v)
{
	long long ignored;

	return v.kind == JSON_KIND_TRUE || v.kind == JSON_KIND_FALSE ||
	       json_read_integer(v, &ignored);
}

static bool
claim_text(struct json_value v, struct arena *arena, struct span *out)
{
	struct span text = v.text;

	*out = (struct span){ NULL, 0 };
	if (!is_plain(v) && !json_read_text(v, arena, &text))
		return false;
	if (text_has_control(text))
		return false;
	*out = text;
	return true;
}

enum session_why
claims_name(struct span name, struct session *out)
{
	if (name.n == 0 || name.n > USER_MAX || !text_utf8(name) ||
	    text_has_control(name))
		return SESSION_USER;
	out->user = name;
	return SESSION_OK;
}

/* A signature alone is no login: guests have signed sessions too. */
static enum session_why
check_user(
    const struct session_config *config, struct arena *arena, struct session *s)
{
	struct json_value v = json_path(s->claims, config->user);

	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (v.kind != JSON_KIND_STRING && v.kind != JSON_KIND_NUMBER)
		return SESSION_USER;
	if (!claim_text(v, arena, &s->user) || s->user.n == 0 ||
	    s->user.n > USER_MAX)
		return SESSION_USER;
	return SESSION_OK;
}

enum session_why
claims_user(
    const struct session_config *config, struct arena *arena, struct session *s)
{
	enum session_why why = check_required(config, s, arena);

	return why == SESSION_OK ? check_user(config, arena, s) : why;
}

struct session_verdict
claims_check(const struct session_config *config, long long now,
    struct arena *arena, struct session *out)
{
	struct json_value claims[REGISTERED];
	enum session_why why;

	json_members(out->claims, registered, REGISTERED, claims);
	why = check_times(config, claims, now, out);
	if (why == SESSION_OK)
		why = check_own_end(config, now, arena, out);
	if (why == SESSION_OK)
		why = check_audience(config, claims[AUD]);
	if (why == SESSION_OK)
		why = check_issuer(config, claims[ISS]);
	if (why == SESSION_OK)
		why = claims_user(config, arena, out);
	return (struct session_verdict){ why };
}

bool
session_claim(const struct session *session, struct span path,
    struct arena *arena, struct span *out)
{
	return claim_text(json_path(session->claims, path), arena, out);
}

bool
session_claim_is(const struct session *session, const struct claim_rule *rule,
    struct arena *arena)
{
	struct json_value v = json_path(session->claims, rule->claim);
	bool list = v.kind == JSON_KIND_ARRAY && !rule->never;
	struct span text;

	if (rule->never && (v.kind == JSON_ABSENT || v.kind == JSON_KIND_NULL))
		return true;
	if (!list && !claim_text(v, arena, &text))
		return false;
	for (size_t i = 0; i < rule->n; i++)
		if (list ? json_has_string(v, rule->is[i])
			 : span_eq(text, rule->is[i]))
			return !rule->never;
	return rule->never;
}
