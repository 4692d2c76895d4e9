#include "base/limits.h"
#include "base/text.h"
#include "policy/conf.h"

static void
say(struct report *report, const char *file, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(report, SAY_ERROR, file, line, format, &values);
	va_end(values);
}

/* Any control character but TAB? */
static bool
has_control(struct span line)
{
	struct span_cut piece = span_cut(line, '\t');

	while (!text_has_control(piece.head)) {
		if (!piece.found)
			return false;
		piece = span_cut(piece.tail, '\t');
	}
	return true;
}

/*
 * Are these bytes text: UTF-8, no control character but TAB and line ends?
 * Says it for each line; false when there was one.
 */
static bool
conf_bytes(struct span text, const char *file, struct report *report)
{
	unsigned before = report->errors;
	struct span_cut cut;
	int line = 1;

	do {
		cut = span_cut(text, '\n');
		if (cut.found && span_ends(cut.head, SPAN_LIT("\r")))
			cut.head.n--;
		if (!text_utf8(cut.head))
			say(report, file, line,
			    "not UTF-8: save the file as UTF-8");
		else if (span_has(cut.head, '\0'))
			say(report, file, line, "a NUL byte: take it out");
		else if (has_control(cut.head))
			say(report, file, line,
			    "a control character: take it out");
		text = cut.tail;
		line++;
	} while (cut.found);
	return report->errors == before;
}

/*
 * Grammar: what is left of libconfig's own, and the tree it makes is the same.
 *
 *   text     = *( blank / line end / comment / token )
 *   comment  = ( "#" / "//" ) *( any but LF ) / "/" "*" *any "*" "/"
 *   token    = name / number / string / mark
 *   name     = ( ALPHA / "*" ) *( ALPHA / DIGIT / "-" / "_" / "*" )
 *   number   = [ "+" / "-" ] ( "0" / %x31-39 *8DIGIT )
 *   string   = DQUOTE *( char / "\" ( "\" / DQUOTE / "n" / "r" / "t" / "f" ) )
 *              DQUOTE
 *   char     = UTF-8, but no control character, DQUOTE or "\"
 *   mark     = "=" / ":" / "," / ";" / "{" / "}" / "[" / "]" / "(" / ")"
 *   line end = [ CR ] LF
 *
 * No two strings in a row; brackets in pairs, at most CONFIG_DEPTH_MAX deep.
 * The bytes themselves are conf_bytes()'s matter, the order of tokens is
 * libconfig's.
 */

struct bracket {
	unsigned char c;
	int line;
};

struct scan {
	struct span rest;
	int line;
	const char *file;
	struct report *report;
	bool after_string; /* the last token was one */
	size_t depth;
	struct bracket open[CONFIG_DEPTH_MAX]; /* of the first so many */
};

static void
text_say(struct scan *s, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(s->report, SAY_ERROR, s->file, line, format, &values);
	va_end(values);
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_start(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool
is_name(unsigned char c)
{
	return is_name_start(c) || is_digit(c) || c == '-' || c == '_';
}

static bool
is_number(unsigned char c)
{
	return is_name(c) || c == '.' || c == '+';
}

static bool
is_wide(unsigned char c)
{
	return c >= 0x80;
}

/* Takes the bytes of one class from the front. */
static struct span
take(struct scan *s, bool (*belongs)(unsigned char))
{
	size_t n = 0;
	struct span taken;

	while (n < s->rest.n && belongs(s->rest.p[n]))
		n++;
	taken = span_head(s->rest, n);
	s->rest = span_skip(s->rest, n);
	return taken;
}

/* What stands before the line's end; the LF stays. */
static struct span
take_line(struct scan *s)
{
	struct span line = span_cut(s->rest, '\n').head;

	s->rest = span_skip(s->rest, line.n);
	return line;
}

static void
take_block_comment(struct scan *s)
{
	int line = s->line;

	s->rest = span_skip(s->rest, 2);
	while (s->rest.n > 0) {
		if (span_starts(s->rest, SPAN_LIT("*/"))) {
			s->rest = span_skip(s->rest, 2);
			return;
		}
		if (s->rest.p[0] == '\n')
			s->line++;
		s->rest = span_skip(s->rest, 1);
	}
	text_say(s, line, "this comment is never closed: put */ where it ends");
}

/* The byte behind a backslash. */
static void
check_escape(struct scan *s, struct span c)
{
	if (span_has(SPAN_LIT("\\\"nrtf"), c.p[0]))
		return;
	if (c.p[0] == 'x' || c.p[0] == 'X')
		text_say(s, s->line,
		    "\\x is not taken in a string: write the character "
		    "itself, in UTF-8");
	else
		text_say(s, s->line,
		    "%q behind a backslash means nothing: a backslash itself "
		    "is written \\\\",
		    c);
}

static void
take_string(struct scan *s)
{
	if (s->after_string)
		text_say(s, s->line,
		    "two strings in a row: put a comma between them, or write "
		    "them as one");
	s->rest = span_skip(s->rest, 1);
	while (s->rest.n > 0 && s->rest.p[0] != '\n') {
		unsigned char c = s->rest.p[0];

		s->rest = span_skip(s->rest, 1);
		if (c == '"') {
			s->after_string = true;
			return;
		}
		if (c == '\t')
			text_say(s, s->line,
			    "a TAB in a string: write \\t, or a space");
		if (c != '\\' || s->rest.n == 0 || s->rest.p[0] == '\n')
			continue;
		check_escape(s, span_head(s->rest, 1));
		s->rest = span_skip(s->rest, 1);
	}
	text_say(s, s->line,
	    "this string is not closed on its line: put \" where it ends");
}

static bool
all_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

static void
take_number(struct scan *s)
{
	struct span whole = take(s, is_number);
	bool has_sign = whole.p[0] == '-' || whole.p[0] == '+';
	struct span digits = span_skip(whole, has_sign ? 1 : 0);

	if (!all_digits(digits))
		text_say(s, s->line,
		    "%q is no number here: write whole numbers in decimal "
		    "digits alone, and everything else in quotes",
		    whole);
	else if (digits.n > 9)
		text_say(s, s->line,
		    "%q is too long for a number, which has at most nine "
		    "digits; an api_key and the like stand in quotes",
		    whole);
	else if (digits.n > 1 && digits.p[0] == '0')
		text_say(
		    s, s->line, "%q starts with a zero: leave it out", whole);
}

static void
open_bracket(struct scan *s, unsigned char c)
{
	if (s->depth < CONFIG_DEPTH_MAX)
		s->open[s->depth] = (struct bracket){ c, s->line };
	if (s->depth == CONFIG_DEPTH_MAX)
		text_say(s, s->line, "brackets are nested more than %d deep",
		    (long long)CONFIG_DEPTH_MAX);
	s->depth++;
}

static unsigned char
partner(unsigned char open)
{
	return open == '{' ? '}' : open == '[' ? ']' : ')';
}

static void
close_bracket(struct scan *s, struct span c)
{
	const struct bracket *b;
	unsigned char right;

	if (s->depth == 0) {
		text_say(s, s->line,
		    "%q closes nothing: no bracket is open here", c);
		return;
	}
	if (--s->depth >= CONFIG_DEPTH_MAX)
		return; /* the depth was said */
	b = &s->open[s->depth];
	right = partner(b->c);
	if (c.p[0] != right)
		text_say(s, s->line,
		    "%q where %q is due, for the %q of line %d", c,
		    (struct span){ &right, 1 }, (struct span){ &b->c, 1 },
		    (long long)b->line);
}

/* Anything that libconfig knows nothing about. */
static void
take_other(struct scan *s)
{
	struct span c = span_head(s->rest, 1);

	if (span_starts(s->rest, SPAN_LIT("@include"))) {
		text_say(
		    s, s->line, "@include is not taken: write it all here");
		take_line(s);
		return;
	}
	if (is_wide(c.p[0]))
		c = take(s, is_wide);
	else
		s->rest = span_skip(s->rest, 1);
	if (span_eq(c, SPAN_LIT("\xef\xbb\xbf")))
		text_say(s, s->line,
		    "a byte order mark: save the file as UTF-8 without one");
	else
		text_say(s, s->line,
		    "%q can't stand outside quotes: text is written \"...\"",
		    c);
}

static void
take_mark(struct scan *s)
{
	struct span c = span_head(s->rest, 1);

	s->rest = span_skip(s->rest, 1);
	if (span_has(SPAN_LIT("{[("), c.p[0]))
		open_bracket(s, c.p[0]);
	else if (span_has(SPAN_LIT("}])"), c.p[0]))
		close_bracket(s, c);
}

static void
take_token(struct scan *s)
{
	unsigned char c = s->rest.p[0];

	if (c == '"') {
		take_string(s);
		return;
	}
	s->after_string = false;
	if (is_name_start(c))
		take(s, is_name);
	else if (is_digit(c) || c == '+' || c == '-' || c == '.')
		take_number(s);
	else if (span_has(SPAN_LIT("=:,;{[(}])"), c))
		take_mark(s);
	else
		take_other(s);
}

/* White space or a comment; false when a token is next. */
static bool
take_blank(struct scan *s)
{
	unsigned char c = s->rest.p[0];

	if (c == '#' || span_starts(s->rest, SPAN_LIT("//"))) {
		take_line(s);
		return true;
	}
	if (span_starts(s->rest, SPAN_LIT("/*"))) {
		take_block_comment(s);
		return true;
	}
	if (!span_has(SPAN_LIT(" \t\r\n"), c))
		return false;
	s->line += c == '\n' ? 1 : 0;
	s->rest = span_skip(s->rest, 1);
	return true;
}

bool
conf_text(struct span text, const char *file, struct report *report)
{
	struct scan s = {
		.rest = text, .line = 1, .file = file, .report = report
	};
	unsigned before = report->errors;

	conf_bytes(text, file, report);
	while (s.rest.n > 0)
		if (!take_blank(&s))
			take_token(&s);
	for (size_t i = 0; i < s.depth && i < CONFIG_DEPTH_MAX; i++)
		text_say(&s, s.open[i].line, "%q is never closed",
		    (struct span){ &s.open[i].c, 1 });
	return report->errors == before;
}
