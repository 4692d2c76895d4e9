#include "cli/explain.h"
#include "cli/explain_text.h"
#include "http/json.h"

#define NESTED_MAX 3 /* JSON in strings of JSON, in number */

static const char invalid[] = "Invalid Signature ";
static const char middle[] = ". String to sign - ";
static const char stale[] = "Stale request - reported time is ";

/*
 * The string of JSON that begins before the byte at `at`, unescaped; all of
 * the text from there on where none does.
 */
static struct span
message_at(struct span text, size_t at, struct arena *arena)
{
	struct json_value string;
	struct span rest, message;

	if (at > 0 && text.p[at - 1] == '"') {
		rest = span_skip(text, at - 1);
		if (json_take(&rest, 0, &string) &&
		    json_read_text(string, arena, &message))
			return message;
	}
	return span_skip(text, at);
}

/* Is what is at `at` in a string that is itself in a string of JSON? */
static bool
is_nested(struct span text, size_t at)
{
	return at > 1 && text.p[at - 1] == '"' && text.p[at - 2] == '\\';
}

/* The first marker in a string of JSON, which says every byte; or the first. */
static bool
seek_message(struct span text, const char *marker, size_t *at)
{
	bool found = false;

	for (size_t from = 0, i; explain_seek(text, from, marker, &i);
	     from = i + 1) {
		if (!found || (i > 0 && text.p[i - 1] == '"'))
			*at = i;
		found = true;
		if (i > 0 && text.p[i - 1] == '"')
			break;
	}
	return found;
}

/* The message that begins with the marker. */
static bool
find_message(
    struct span text, const char *marker, struct arena *arena, struct span *out)
{
	size_t at = 0;

	for (unsigned depth = 0; depth < NESTED_MAX; depth++) {
		if (!seek_message(text, marker, &at))
			return false;
		if (!is_nested(text, at))
			break;
		text = explain_unbackslash(text, arena);
	}
	*out = at < text.n ? message_at(text, at, arena)
			   : (struct span){ NULL, 0 };
	return span_starts(*out, span_of(marker));
}

/*
 * Up to the quote that ends the string: the first one with a period, and
 * nothing else in its line, behind it; else the last one of the line, or of
 * all.
 */
static struct span
up_to_quote(struct span s, unsigned char quote)
{
	struct span_cut cut;

	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == quote && s.p[i + 1] == '.' &&
		    (i + 2 == s.n ||
			span_has(SPAN_LIT("\r\n\"'`<"), s.p[i + 2])))
			return span_head(s, i);
	cut = span_cut_last(span_cut(s, '\n').head, quote);
	if (!cut.found)
		cut = span_cut_last(s, quote);
	return cut.head;
}

/* A piece of JSON that was copied without its quotes around it. */
static struct span
without_escapes(struct span s, struct arena *arena)
{
	struct span out;
	size_t at;
	unsigned char *p;

	if (span_has(s, '&') || (!explain_seek(s, 0, "\\u00", &at) &&
				    !explain_seek(s, 0, "\\\"", &at)))
		return s;
	p = arena_bytes(arena, s.n + 2);
	if (p == NULL)
		return s;
	p[0] = p[s.n + 1] = '"';
	memcpy(p + 1, s.p, s.n);
	return json_read_text(
		   (struct json_value){ JSON_KIND_STRING, { p, s.n + 2 } },
		   arena, &out)
		   ? out
		   : s;
}

static bool
read_invalid(struct span text, struct arena *arena, struct complaint *out)
{
	struct span message, string;
	size_t at;

	if (!find_message(text, invalid, arena, &message))
		return false;
	message = explain_unescape_html(message, arena);
	message = span_skip(message, sizeof(invalid) - 1);
	if (!explain_seek(message, 0, middle, &at))
		return false;
	out->signature = span_head(message, at);
	string = span_skip(message, at + sizeof(middle) - 1);
	if (string.n == 0 || !span_has(SPAN_LIT("'\"`"), string.p[0]))
		return false;
	string = up_to_quote(span_skip(string, 1), string.p[0]);
	out->theirs = without_escapes(string, arena);
	out->has_theirs = out->has_signature = true;
	return true;
}

static bool
read_stale(struct span text, struct arena *arena, struct complaint *out)
{
	struct span message;
	size_t at;

	if (!find_message(text, stale, arena, &message))
		return false;
	message = span_skip(message, sizeof(stale) - 1);
	if (explain_seek(message, 0, " which", &at))
		message = span_head(message, at);
	else
		message = span_cut(message, '\n').head;
	out->reported = explain_strip(message);
	out->has_reported = true;
	return true;
}

/* hex of a digest, or base64 of one */
static bool
is_signature(struct span s)
{
	struct received r;

	if (s.n < 27 || span_has(s, '&') || span_has(s, ' '))
		return false;
	explain_signature(s, &r);
	return r.hash != HASH_NONE;
}

static bool
take_label(struct span *line, const char *label)
{
	struct span_cut cut = span_cut(*line, ':');

	if (!cut.found || !span_is_nocase(span_trim(cut.head), label))
		return false;
	*line = span_trim(cut.tail);
	return true;
}

static bool
take(bool *has, struct span *where, struct span what)
{
	if (*has)
		return false;
	*has = true;
	*where = what;
	return true;
}

static bool
read_line(struct span line, struct complaint *out)
{
	if (take_label(&line, "ours"))
		return take(&out->has_ours, &out->ours, line);
	if (take_label(&line, "theirs"))
		return take(&out->has_theirs, &out->theirs, line);
	if (take_label(&line, "signature") || is_signature(line))
		return take(&out->has_signature, &out->signature, line);
	if (!span_has(line, '='))
		return false;
	if (!out->has_theirs)
		return take(&out->has_theirs, &out->theirs, line);
	/* The second string is Cloudinary's: the first was ours. */
	if (out->has_ours)
		return false;
	out->has_ours = true;
	out->ours = out->theirs;
	out->theirs = line;
	return true;
}

static bool
read_lines(struct span text, struct complaint *out)
{
	struct json_value fields;
	struct span_cut cut;
	struct span line;

	while ((text = explain_strip(text)).n > 0) {
		if (text.p[0] == '{') {
			if (!json_take(&text, JSON_DEPTH_MAX, &fields) ||
			    !take(&out->has_ours, &out->ours, fields.text))
				return false;
			continue;
		}
		cut = span_cut(text, '\n');
		line = explain_strip(cut.head);
		text = cut.tail;
		if (!read_line(line, out))
			return false;
	}
	return out->has_theirs || out->has_ours;
}

bool
explain_read(struct span pasted, struct arena *arena, struct complaint *out)
{
	bool right;
	size_t at;

	*out = (struct complaint){ .has_theirs = false };
	if (pasted.n > EXPLAIN_PASTED_MAX)
		return false;
	right =
	    read_invalid(pasted, arena, out) || read_stale(pasted, arena, out);
	/* An error that can't be read is not one of several lines. */
	if (!right && !explain_seek(pasted, 0, invalid, &at)) {
		*out = (struct complaint){ .has_theirs = false };
		right = read_lines(pasted, out);
	}
	right = right && !arena->full && out->theirs.n <= EXPLAIN_STRING_MAX &&
		out->signature.n <= EXPLAIN_SIGNATURE_MAX &&
		out->reported.n <= EXPLAIN_SIGNATURE_MAX;
	if (!right)
		*out = (struct complaint){ .has_theirs = false };
	return right;
}
