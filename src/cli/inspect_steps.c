#include "base/date.h"
#include "base/text.h"
#include "cli/inspect.h"
#include "cli/paint.h"

enum step {
	NO_STEP = 0,
	FOUND,
	FORM,
	SIGNATURE,
	HELD,
	CONTENT,
	TIME,
	CLAIMS,
	USER
};

static enum step
failed_at(enum session_why why)
{
	static const enum step steps[SESSION_WHY_COUNT] = {
		[SESSION_REFUSED] = FOUND,
		[SESSION_NO_COOKIE] = FOUND,
		[SESSION_UNASKED_BEARER] = FOUND,
		[SESSION_NO_BEARER] = FOUND,
		[SESSION_TWO_COOKIES] = FOUND,
		[SESSION_BAD_COOKIE] = FOUND,
		[SESSION_BAD_BEARER] = FOUND,
		[SESSION_NO_SIGNATURE] = FOUND,
		[SESSION_TWO_SIGNATURES] = FOUND,
		[SESSION_CHUNKS] = FOUND,
		[SESSION_NO_VARIABLE] = FOUND,
		[SESSION_NO_AUTH_TYPE] = FOUND,
		[SESSION_FORM] = FORM,
		[SESSION_SHAPE] = FORM,
		[SESSION_PHP_ID] = FORM,
		[SESSION_MAC] = SIGNATURE,
		[SESSION_MAC_SIZE] = SIGNATURE,
		[SESSION_PHP_NONE] = HELD,
		[SESSION_PHP_FILE] = HELD,
		[SESSION_PHP_TORN] = HELD,
		[SESSION_JSON] = CONTENT,
		[SESSION_ALGORITHM] = CONTENT,
		[SESSION_HEADER] = CONTENT,
		[SESSION_TWICE] = CONTENT,
		[SESSION_DEFLATED] = CONTENT,
		[SESSION_PHP_DATA] = CONTENT,
		[SESSION_EXPIRY_MISSING] = TIME,
		[SESSION_EXPIRED] = TIME,
		[SESSION_EXPIRY_FAR] = TIME,
		[SESSION_OWN_END] = TIME,
		[SESSION_ENDED] = TIME,
		[SESSION_TIME] = TIME,
		[SESSION_NOT_YET] = TIME,
		[SESSION_FUTURE] = TIME,
		[SESSION_AGE] = TIME,
		[SESSION_STAMP] = TIME,
		[SESSION_AUDIENCE] = CLAIMS,
		[SESSION_ISSUER] = CLAIMS,
		[SESSION_CLAIM] = CLAIMS,
		[SESSION_USER] = USER,
		[SESSION_BAD_VARIABLE] = USER,
	};

	return (unsigned)why < SESSION_WHY_COUNT ? steps[why] : FOUND;
}

/* In the order in which each family goes; NO_STEP ends it. */
static const enum step *
steps_of(const struct session_config *config)
{
	static const enum step token[] = { FOUND, FORM, SIGNATURE, CONTENT,
		TIME, CLAIMS, USER, NO_STEP };
	static const enum step stamped[] = { FOUND, FORM, SIGNATURE, TIME,
		CONTENT, CLAIMS, USER, NO_STEP };
	static const enum step unending[] = { FOUND, FORM, SIGNATURE, CONTENT,
		CLAIMS, USER, NO_STEP };
	static const enum step held[] = { FOUND, FORM, HELD, CONTENT, TIME,
		CLAIMS, USER, NO_STEP };
	static const enum step said[] = { FOUND, USER, NO_STEP };

	switch (config->format) {
	case FORMAT_ITSDANGEROUS:
		return stamped;
	case FORMAT_COOKIE_SIGNATURE:
		return unending;
	case FORMAT_PHP:
		return held;
	case FORMAT_REMOTE_USER:
		return said;
	case FORMAT_JWT:
	case FORMAT_SUPABASE:
	case FORMAT_KEYGRIP:
	case FORMAT_NONE:
	default:
		return token;
	}
}

static const char *
name_of(enum step step)
{
	static const char *const names[] = { [NO_STEP] = "",
		[FOUND] = "found",
		[FORM] = "form",
		[SIGNATURE] = "signature",
		[HELD] = "PHP's file",
		[CONTENT] = "content",
		[TIME] = "time",
		[CLAIMS] = "claims",
		[USER] = "user" };

	return names[step];
}

size_t
inspect_checks(const struct session_config *config, enum session_why why,
    struct inspect_check out[INSPECT_CHECKS_MAX])
{
	enum step failed = why == SESSION_OK ? NO_STEP : failed_at(why);
	enum inspect_passed passed = INSPECT_RIGHT;
	size_t n = 0;

	for (const enum step *s = steps_of(config); *s != NO_STEP; s++) {
		bool here = *s == failed;

		out[n++] = (struct inspect_check){ name_of(*s),
			here ? INSPECT_WRONG : passed, *s == SIGNATURE };
		if (here)
			passed = INSPECT_UNKNOWN;
	}
	return n;
}

static void
say_name(struct sink *out, const char *name)
{
	size_t n = span_of(name).n;

	sink_say(out, "  %s", name);
	for (; n < 12; n++)
		sink_byte(out, ' ');
}

static void
say_painted(struct sink *out, enum paint paint, const char *word)
{
	sink_say(
	    out, "%s%s%s", paint_on(stdout, paint), word, paint_off(stdout));
}

void
inspect_steps(const struct session_config *config, enum session_why why,
    const struct session *session, struct sink *out)
{
	struct inspect_check checks[INSPECT_CHECKS_MAX];
	size_t n = inspect_checks(config, why, checks);

	for (size_t i = 0; i < n; i++) {
		say_name(out, checks[i].name);
		if (checks[i].passed == INSPECT_WRONG) {
			say_painted(out, PAINT_BAD, "NO");
			sink_say(out, ": %s", session_why_text(why));
		} else if (checks[i].passed == INSPECT_UNKNOWN) {
			say_painted(out, PAINT_FAINT, "not looked at");
		} else {
			say_painted(out, PAINT_GOOD, "right");
			if (checks[i].keyed && session->key_id.n > 0)
				sink_say(
				    out, ", by the key %q", session->key_id);
		}
		sink_byte(out, '\n');
	}
}

void
inspect_clean(struct span text, struct sink *out)
{
	bool plain = text_utf8(text) && !text_has_control(text);
	bool cut = text.n > INSPECT_SAYS_MAX;

	if (cut)
		text.n = INSPECT_SAYS_MAX;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		if (plain || (c >= 0x20 && c < 0x7f)) {
			sink_byte(out, c);
		} else {
			sink_text(out, "\\x");
			sink_hex(out, span_head(span_skip(text, i), 1));
		}
	}
	if (cut)
		sink_text(out, " ...");
}
