#include "session/proof.h"

#include "base/date.h"

/*
 * cookie = value SEP signature
 * value  = body SEP time / body
 * time   = base64url of big-endian seconds / base62 seconds
 *
 * Split at the last separator, since a body may hold it. (itsdangerous'
 * TimestampSigner.unsign(), Django's signing.TimestampSigner.unsign().)
 */
#define STAMP_DIGITS_MAX 10 /* base62: 8e17 */
#define STAMP_BYTES_MAX 8

static const unsigned char digits62[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Neither of these begins with a zero: both writers leave them out. */
static bool
read_base62(struct span text, long long *out)
{
	*out = 0;
	if (text.n == 0 || text.n > STAMP_DIGITS_MAX || text.p[0] == '0')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const unsigned char *at = memchr(digits62, text.p[i], 62);

		if (at == NULL)
			return false;
		*out = *out * 62 + (at - digits62);
	}
	return true;
}

static bool
read_bytes(struct span text, long long *out)
{
	unsigned char p[STAMP_BYTES_MAX];
	size_t n;

	*out = 0;
	if (!base64url_decode(text, p, sizeof(p), &n) || n == 0 || p[0] == 0 ||
	    (n == sizeof(p) && p[0] > 0x7f))
		return false;
	for (size_t i = 0; i < n; i++)
		*out = *out * 256 + p[i];
	return true;
}

/* The last moment of the session: end itself still counts. */
static enum session_why
end_at(const struct session_config *config, long long end, long long now,
    struct session *out)
{
	if (now > end + config->leeway)
		return SESSION_AGE;
	if (end < out->expires)
		out->expires = end;
	return SESSION_OK;
}

/*
 * Django's set_expiry(): seconds from the time of issue, 0 or null for the
 * configured age, or a moment as datetime.isoformat() writes it. One without
 * its offset from UTC is the server's local time, which nobody here knows.
 */
static enum session_why
check_own_expiry(const struct session_config *config, long long issued,
    const struct session_asked *asked, struct session *out)
{
	struct json_value v =
	    json_member(out->claims, SPAN_LIT("_session_expiry"));
	struct span text;
	long long end;

	if (v.kind == JSON_ABSENT || v.kind == JSON_KIND_NULL)
		return SESSION_OK;
	if (v.kind == JSON_TWICE)
		return SESSION_TWICE;
	if (json_read_text(v, asked->arena, &text)) {
		if (!date_time_read(text, &end))
			return SESSION_TIME;
	} else if (!json_read_integer(v, &end) ||
		   end > SESSION_AHEAD_MAX_SECONDS ||
		   end < -SESSION_AHEAD_MAX_SECONDS) {
		return SESSION_TIME;
	} else if (end == 0) {
		return SESSION_OK;
	} else {
		end += issued;
	}
	if (end - asked->now > SESSION_AHEAD_MAX_SECONDS)
		return SESSION_EXPIRY_FAR;
	return end_at(config, end, asked->now, out);
}

/* The time of issue, off the end of what was signed. */
static enum session_why
take_stamp(const struct session_config *config, long long now,
    struct span *value, long long *issued, struct session *out)
{
	struct span_cut cut = span_cut_last(*value, config->signing.separator);
	bool base62 = config->signing.stamp == STAMP_BASE62;

	if (!cut.found || !(base62 ? read_base62(cut.tail, issued)
				   : read_bytes(cut.tail, issued)))
		return SESSION_STAMP;
	*value = cut.head;
	if (*issued > now + config->leeway)
		return SESSION_FUTURE;
	return config->max_age > 0
		   ? end_at(config, *issued + config->max_age, now, out)
		   : SESSION_OK;
}

/* What is read of value here was signed. */
static enum session_why
read_value(const struct session_config *config, struct span value,
    const struct session_asked *asked, struct session *out)
{
	const struct signing *s = &config->signing;
	enum session_why why = SESSION_OK;
	long long issued = 0;

	out->expires = SESSION_ENDLESS;
	if (s->stamp != STAMP_NONE)
		why = take_stamp(config, asked->now, &value, &issued, out);
	if (why != SESSION_OK)
		return why;
	if (s->body == BODY_TEXT)
		return proof_name(value, out);
	why = proof_object(s->body, value, asked->arena, &out->claims);
	if (why == SESSION_OK && s->stamp == STAMP_BASE62)
		why = check_own_expiry(config, issued, asked, out);
	return why == SESSION_OK ? proof_claims(config, asked->arena, out)
				 : why;
}

enum session_why
itsdangerous_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	struct span_cut cut;
	struct span cookie;
	enum session_why why = proof_cookie(asked, config->cookie, &cookie);

	if (why != SESSION_OK)
		return why;
	cut = span_cut_last(cookie, config->signing.separator);
	if (!cut.found || cut.head.n == 0 || cut.tail.n == 0)
		return SESSION_SHAPE;
	why = proof_verify(
	    config, &cut.head, 1, base64url_decode, cut.tail, &out->key_id);
	return why == SESSION_OK ? read_value(config, cut.head, asked, out)
				 : why;
}
