#include "cli/payload.h"

#include "base/date.h"
#include "base/text.h"
#include "http/json_write.h"

#define TTL_OTHERWISE 3600LL /* seconds */

/* One "a.b.c" as nested objects; text is its value. */
static bool
write_path(struct json_out *j, struct span path, struct span text)
{
	struct span_cut cut = span_cut(path, '.');
	bool right;

	if (cut.head.n == 0 || span_has(path, '[') || j->depth > 5)
		return false;
	json_name_span(j, cut.head);
	if (!cut.found) {
		json_text(j, text);
		return true;
	}
	json_open(j, '{');
	right = write_path(j, cut.tail, text);
	json_close(j);
	return right;
}

/* The first name of a path. */
static struct span
top(struct span path)
{
	return span_cut(path, '.').head;
}

/* Names of the token itself, and those that were written before. */
static bool
taken(const struct session_config *config, const struct payload_wishes *w,
    size_t n_wishes, size_t n_require, struct span name)
{
	static const char *const own[] = { "iat", "exp", "aud", "iss", "nbf",
		"_expire", "_maxAge", "_session", "_session_expiry" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (span_is(name, own[i]))
			return true;
	if (span_eq(name, top(config->user)) ||
	    span_eq(name, top(config->signing.own_end)))
		return true;
	for (size_t i = 0; i < n_wishes; i++)
		if (span_eq(
			name, top(span_cut(span_of(w->claims[i]), '=').head)))
			return true;
	for (size_t i = 0; i < n_require; i++)
		if (span_eq(name, top(config->require[i].claim)))
			return true;
	return false;
}

static bool
write_wishes(struct json_out *j, const struct session_config *config,
    const struct payload_wishes *w)
{
	for (size_t i = 0; i < w->n_claims; i++) {
		struct span_cut cut = span_cut(span_of(w->claims[i]), '=');

		if (!cut.found || !text_utf8(cut.tail) ||
		    !text_utf8(cut.head) ||
		    taken(config, w, i, 0, top(cut.head)) ||
		    !write_path(j, cut.head, cut.tail))
			return false;
	}
	return true;
}

static bool
write_required(struct json_out *j, const struct session_config *config,
    const struct payload_wishes *w)
{
	for (size_t i = 0; i < config->n_require; i++) {
		const struct claim_rule *rule = &config->require[i];

		if (rule->never ||
		    taken(config, w, w->n_claims, i, top(rule->claim)))
			continue;
		if (rule->n == 0 || !write_path(j, rule->claim, rule->is[0]))
			return false;
	}
	return true;
}

static bool
is_token(const struct session_config *config)
{
	return config->format == FORMAT_JWT ||
	       config->format == FORMAT_SUPABASE;
}

static bool
has_stamp(const struct session_config *config)
{
	return (config->format == FORMAT_ITSDANGEROUS &&
		   config->signing.stamp != STAMP_NONE) ||
	       config->format == FORMAT_PHP;
}

bool
payload_ends(const struct session_config *config)
{
	return is_token(config) || config->format == FORMAT_KEYGRIP ||
	       has_stamp(config);
}

long long
payload_ttl(const struct session_config *config)
{
	return config->max_age > 0 && config->max_age < TTL_OTHERWISE
		   ? config->max_age
		   : TTL_OTHERWISE;
}

long long
payload_issued(
    const struct session_config *config, const struct payload_wishes *w)
{
	return has_stamp(config) ? w->now + w->ttl - config->max_age : w->now;
}

/* RFC 7519 4.1. */
static void
write_registered(struct json_out *j, const struct session_config *config,
    const struct payload_wishes *w)
{
	json_named_number(j, "iat", w->now);
	json_named_number(j, "exp", w->now + w->ttl);
	if (config->audience.n > 0)
		json_named_text(j, "aud", config->audience);
	if (config->issuer.n > 0)
		json_named_text(j, "iss", config->issuer);
}

static void
write_own_end(struct json_out *j, const struct session_config *config,
    const struct payload_wishes *w)
{
	unsigned char mem[32];
	struct sink moment;

	sink_init(&moment, mem, sizeof(mem));
	date_time_write(w->now + w->ttl, &moment);
	write_path(j, config->signing.own_end, sink_view(&moment));
}

static void
write_end(struct json_out *j, const struct session_config *config,
    const struct payload_wishes *w)
{
	if (is_token(config))
		write_registered(j, config, w);
	if (config->signing.own_end.n > 0)
		write_own_end(j, config, w);
	if (config->format != FORMAT_KEYGRIP)
		return;
	/* Milliseconds, as koa-session writes them. */
	json_named_number(j, "_expire", 1000 * (w->now + w->ttl));
	json_named_number(j, "_maxAge", 1000 * w->ttl);
}

bool
payload_write(const struct session_config *config,
    const struct payload_wishes *w, struct sink *out)
{
	struct json_out j;

	if (config->user.n == 0) {
		sink_span(out, w->user);
		return w->n_claims == 0 && !out->full;
	}
	json_begin(&j, out);
	json_open(&j, '{');
	if (!write_path(&j, config->user, w->user))
		return false;
	write_end(&j, config, w);
	if (!write_wishes(&j, config, w) || !write_required(&j, config, w))
		return false;
	json_close(&j);
	return !out->full;
}
