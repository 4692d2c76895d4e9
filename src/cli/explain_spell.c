#include "base/enc.h"
#include "cli/explain.h"
#include "cli/explain_text.h"

/* One way to write a value; false where it does not apply. */
struct way {
	bool (*write)(struct span s, const char *with, struct sink *out);
	const char *with;
	enum cause cause;
};

/* with = "1 true True 0 false False": the nth of the value's own three. */
static bool
truth(struct span s, const char *with, struct sink *out)
{
	static const char *const spelled[2][3] = { { "0", "false", "False" },
		{ "1", "true", "True" } };
	size_t nth = (size_t)(with[0] - '0');

	for (size_t is = 0; is < 2; is++)
		for (size_t i = 0; i < 3; i++)
			if (span_is(s, spelled[is][i])) {
				sink_text(out, spelled[is][nth]);
				return true;
			}
	return false;
}

/* %XX for all but letters, digits and `with`; a blank is "+" if that has " ".
 */
static bool
encode(struct span s, const char *with, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i], lower = c | 0x20;

		/* In a string of version 2 it stands for an ampersand. */
		if (span_starts(span_skip(s, i), SPAN_LIT("%26"))) {
			sink_text(out, "%26");
			i += 2;
		} else if ((c >= '0' && c <= '9') ||
			   (lower >= 'a' && lower <= 'z' && c < 0x80) ||
			   (c != ' ' && c != '\0' && strchr(with, c) != NULL)) {
			sink_byte(out, c);
		} else if (c == ' ' && strchr(with, ' ') != NULL) {
			sink_byte(out, '+');
		} else {
			static const char digits[] = "0123456789ABCDEF";

			sink_byte(out, '%');
			sink_byte(out, (unsigned char)digits[c >> 4]);
			sink_byte(out, (unsigned char)digits[c & 15]);
		}
	}
	return true;
}

/* with = "+": also a plus is a blank. "%26" stands for "&" in both. */
static bool
decode(struct span s, const char *with, struct sink *out)
{
	bool changed = false;

	for (size_t i = 0; i < s.n; i++) {
		int byte = percent_byte(span_skip(s, i));

		if (byte >= 0 && byte != '&') {
			sink_byte(out, (unsigned char)byte);
			changed = true;
			i += 2;
		} else {
			sink_byte(out,
			    s.p[i] == '+' && with[0] == '+' ? ' ' : s.p[i]);
		}
	}
	return changed;
}

/* with = "ab": each a becomes b. */
static bool
swap(struct span s, const char *with, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++)
		sink_byte(out, s.p[i] == (unsigned char)with[0]
				   ? (unsigned char)with[1]
				   : s.p[i]);
	return true;
}

/* with = BEFORE "~" BEHIND */
static bool
around(struct span s, const char *with, struct sink *out)
{
	struct span_cut cut = span_cut(span_of(with), '~');

	sink_say(out, "%v%v%v", cut.head, s, cut.tail);
	return true;
}

/* with = the bytes that are taken off both ends */
static bool
strip(struct span s, const char *with, struct sink *out)
{
	sink_span(out, span_strip(s, with));
	return true;
}

/* LF to CRLF, or with "\r" the other way. */
static bool
lines(struct span s, const char *with, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && with[0] == '\r')
			continue;
		if (s.p[i] == '\n' && with[0] == '\n' &&
		    (i == 0 || s.p[i - 1] != '\r'))
			sink_byte(out, '\r');
		sink_byte(out, s.p[i]);
	}
	return true;
}

static bool
html(struct span s, const char *with, struct sink *out)
{
	static const char *const escapes[] = { "&amp;", "&lt;", "&gt;",
		"&quot;", "&#39;" };
	static const char plain[] = "&<>\"'";

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] == '\0' ? NULL : strchr(plain, s.p[i]);

		if (at != NULL)
			sink_text(out, escapes[at - plain]);
		else if (span_starts(span_skip(s, i), SPAN_LIT("%26"))) {
			sink_text(out, with);
			i += 2;
		} else
			sink_byte(out, s.p[i]);
	}
	return true;
}

/* with = "a": lower case; "A": upper. */
static bool
letter_case(struct span s, const char *with, struct sink *out)
{
	unsigned char from = with[0] == 'a' ? 'A' : 'a';

	for (size_t i = 0; i < s.n; i++)
		sink_byte(out, s.p[i] >= from && s.p[i] < from + 26
				   ? (unsigned char)(s.p[i] ^ 0x20)
				   : s.p[i]);
	return true;
}

/* The spellings of names and values that SDKs and hand-made signers have. */
static const struct way ways[] = {
	{ truth, "0", CAUSE_BOOLEAN },
	{ truth, "1", CAUSE_BOOLEAN },
	{ truth, "2", CAUSE_BOOLEAN },
	{ swap, " +", CAUSE_PLUS },
	{ swap, "+ ", CAUSE_PLUS },
	{ encode, "-_.!~*'()", CAUSE_ENCODED }, /* encodeURIComponent */
	{ encode, "-_.~", CAUSE_ENCODED },      /* RFC 3986 */
	{ encode, "-_.~/", CAUSE_ENCODED },     /* Python's quote */
	{ encode, "-_. ", CAUSE_ENCODED },      /* PHP's urlencode */
	{ encode, "-_.~ ", CAUSE_ENCODED },     /* Python's urlencode */
	{ encode, "-_.* ", CAUSE_ENCODED },     /* URLSearchParams */
	{ encode, "-_.!~*'();,/?:@&=+$#", CAUSE_ENCODED }, /* encodeURI */
	{ decode, "", CAUSE_DECODED },
	{ decode, "+", CAUSE_DECODED },
	{ around, "~\n", CAUSE_LINE_END },
	{ around, "~\r\n", CAUSE_LINE_END },
	{ around, "~\r", CAUSE_LINE_END },
	{ strip, "\r\n", CAUSE_LINE_END },
	{ lines, "\n", CAUSE_LINE_END },
	{ lines, "\r", CAUSE_LINE_END },
	{ strip, " \t", CAUSE_BLANK },
	{ around, "~ ", CAUSE_BLANK },
	{ around, " ~", CAUSE_BLANK },
	{ html, "&amp;", CAUSE_HTML },
	{ html, "%26amp;", CAUSE_HTML },
	{ around, "\"~\"", CAUSE_QUOTES },
	{ around, "'~'", CAUSE_QUOTES },
	{ letter_case, "a", CAUSE_LETTER_CASE },
	{ letter_case, "A", CAUSE_LETTER_CASE },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Milliseconds for seconds, and back. */
static enum spelling
spell_time(struct span value, struct sink *out, enum cause *cause)
{
	long long seconds;

	*cause = CAUSE_TIMESTAMP_UNIT;
	if (!span_digits(value, &seconds) || (value.n != 10 && value.n != 13))
		return SPELLING_SAME;
	if (value.n == 13)
		sink_span(out, span_head(value, 10));
	else
		sink_say(out, "%v000", value);
	return SPELLING_OTHER;
}

enum spelling
explain_spell(struct span name, struct span value, size_t nth, struct sink *out,
    enum cause *cause)
{
	size_t mark = out->n;
	const struct way *way;

	*cause = CAUSE_NONE;
	if (nth == 0)
		return span_is(name, "timestamp")
			   ? spell_time(value, out, cause)
			   : SPELLING_SAME;
	if (nth > WAYS + EXPLAIN_LIST_WAYS)
		return explain_charset(
		    value, nth - WAYS - EXPLAIN_LIST_WAYS - 1, out, cause);
	if (nth > WAYS)
		return explain_list(value, nth - WAYS - 1, out, cause);
	way = &ways[nth - 1];
	*cause = way->cause;
	if (value.n > 0 && way->write(value, way->with, out) && !out->full &&
	    !span_eq(sink_since(out, mark), value))
		return SPELLING_OTHER;
	out->n = mark;
	return SPELLING_SAME;
}
