#include <string.h>

#include "base/text.h"
#include "cli/explain.h"

/*
 * U+00C0 to U+00FF taken apart (Unicode 15, UnicodeData.txt): the letter, and
 * the second byte of its mark's UTF-8 (0xCC; 0xA7 is the cedilla's). The rest
 * of Unicode is not worth a table here.
 */
static const char letters[] = "AAAAAA.CEEEEIIII"
			      ".NOOOOO..UUUUY.."
			      "aaaaaa.ceeeeiiii"
			      ".nooooo..uuuuy.y";
static const unsigned char marks[64] = { 0x80, 0x81, 0x82, 0x83, 0x88, 0x8a, 0,
	0xa7, 0x80, 0x81, 0x82, 0x88, 0x80, 0x81, 0x82, 0x88, 0, 0x83, 0x80,
	0x81, 0x82, 0x83, 0x88, 0, 0, 0x80, 0x81, 0x82, 0x88, 0x81, 0, 0, 0x80,
	0x81, 0x82, 0x83, 0x88, 0x8a, 0, 0xa7, 0x80, 0x81, 0x82, 0x88, 0x80,
	0x81, 0x82, 0x88, 0, 0x83, 0x80, 0x81, 0x82, 0x83, 0x88, 0, 0, 0x80,
	0x81, 0x82, 0x88, 0x81, 0, 0x88 };

static bool
apart(struct span s, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char which =
		    s.p[i] == 0xc3 && i + 1 < s.n ? s.p[i + 1] & 0x3f : 0;

		if (s.p[i] == 0xc3 && i + 1 < s.n && marks[which] != 0) {
			sink_byte(out, (unsigned char)letters[which]);
			sink_byte(out, 0xcc);
			sink_byte(out, marks[which]);
			i++;
		} else {
			sink_byte(out, s.p[i]);
		}
	}
	return true;
}

static bool
composed(struct span s, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char which = 64;

		if (i + 2 < s.n && s.p[i] != '.' && s.p[i + 1] == 0xcc)
			for (which = 0; which < 64; which++)
				if ((unsigned char)letters[which] == s.p[i] &&
				    marks[which] == s.p[i + 2])
					break;
		if (which < 64) {
			sink_byte(out, 0xc3);
			sink_byte(out, (unsigned char)(0x80 | which));
			i += 2;
		} else {
			sink_byte(out, s.p[i]);
		}
	}
	return true;
}

/* U+0000 to U+00FF, a byte each; false for text with any other. */
static bool
latin1(struct span s, struct sink *out)
{
	if (!text_utf8(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x80) {
			sink_byte(out, s.p[i]);
			continue;
		}
		if (s.p[i] > 0xc3)
			return false;
		sink_byte(out,
		    (unsigned char)((s.p[i] & 3) << 6 | (s.p[i + 1] & 0x3f)));
		i++;
	}
	return true;
}

/* Each byte taken for a character of Latin-1. */
static bool
twice(struct span s, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x80)
			sink_byte(out, (unsigned char)(0xc0 | s.p[i] >> 6));
		sink_byte(out, s.p[i] < 0x80
				   ? s.p[i]
				   : (unsigned char)(0x80 | (s.p[i] & 0x3f)));
	}
	return true;
}

/* What was encoded twice, once. */
static bool
once(struct span s, struct sink *out)
{
	size_t mark = out->n;

	return latin1(s, out) && text_utf8(sink_since(out, mark));
}

static bool
questions(struct span s, struct sink *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x80)
			sink_byte(out, s.p[i]);
		else if (s.p[i] >= 0xc0)
			sink_byte(out, '?');
	return true;
}

enum spelling
explain_charset(
    struct span value, size_t nth, struct sink *out, enum cause *cause)
{
	static const struct {
		bool (*write)(struct span s, struct sink *out);
		enum cause cause;
	} ways[] = { { once, CAUSE_DOUBLE_UTF8 }, { latin1, CAUSE_LATIN1 },
		{ twice, CAUSE_DOUBLE_UTF8 }, { apart, CAUSE_NORMAL_FORM },
		{ composed, CAUSE_NORMAL_FORM }, { questions, CAUSE_LATIN1 } };
	size_t mark = out->n;
	bool ascii = true;

	if (nth >= sizeof(ways) / sizeof(ways[0]))
		return SPELLING_END;
	*cause = ways[nth].cause;
	for (size_t i = 0; ascii && i < value.n; i++)
		ascii = value.p[i] < 0x80;
	if (!ascii && ways[nth].write(value, out) && !out->full &&
	    !span_eq(sink_since(out, mark), value))
		return SPELLING_OTHER;
	out->n = mark;
	return SPELLING_SAME;
}
