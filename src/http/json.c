#include "http/json.h"

#include <string.h>

#include "base/enc.h"
#include "base/text.h"

#define SECONDS_MAX 999999999999999LL /* so that sums stay far from the end */
#define EXPONENT_DIGITS_MAX 3         /* as C and Java write 1.7e+009 */

/*
 * text   = space value space
 * value  = object / array / string / number / "true" / "false" / "null"
 * object = "{" [ member *( "," member ) ] "}"  member = string ":" value
 * array  = "[" [ value *( "," value ) ] "]"
 * string = DQUOTE *( %x20-21 / %x23-5B / %x5D-FF / "\" escape ) DQUOTE
 * number = [ "-" ] ( "0" / %x31-39 *DIGIT ) [ "." 1*DIGIT ]
 *          [ ( "e" / "E" ) [ "+" / "-" ] 1*DIGIT ]
 *
 * with space before and behind each token. (RFC 8259 2 to 7)
 */
enum token {
	TOKEN_NONE = 0, /* the end, or what is none */
	TOKEN_STRING = '"',
	TOKEN_NUMBER = '0',
	TOKEN_WORD = 't', /* true, false, null */
			  /* and { } [ ] : , by themselves */
};

struct scan {
	struct span text;
	size_t at; /* up to where it is read */
	bool body; /* of a request: the stricter rules */
	enum json_fault fault;
	struct span token; /* the last one */
	struct span last;  /* the last string, without its quotes */
};

static int
peek(const struct scan *s)
{
	return s->at < s->text.n ? s->text.p[s->at] : -1;
}

static bool
take(struct scan *s, int c)
{
	if (peek(s) != c)
		return false;
	s->at++;
	return true;
}

static void
skip_space(struct scan *s)
{
	while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' ||
	       peek(s) == '\r')
		s->at++;
}

static bool
skip_digits(struct scan *s)
{
	size_t from = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at > from;
}

/* This byte, if it is next. */
static bool
scan_byte(struct span *rest, unsigned char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = span_skip(*rest, 1);
	return true;
}

/* 4HEXDIG */
static bool
scan_hex4(struct span *rest, unsigned *out)
{
	unsigned value = 0;

	*out = 0;
	if (rest->n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(rest->p[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (unsigned)digit;
	}
	*rest = span_skip(*rest, 4);
	*out = value;
	return true;
}

/*
 * What stands behind "\u": one code unit, or a high surrogate, "\u" and a low
 * one (RFC 8259 7). U+0000 is refused because it would cut a C string short;
 * a surrogate alone has no UTF-8.
 */
static bool
scan_unicode(struct span *rest, unsigned *out)
{
	unsigned low;

	if (!scan_hex4(rest, out) || *out == 0)
		return false;
	if (*out < 0xd800 || *out > 0xdfff)
		return true;
	if (*out > 0xdbff || !scan_byte(rest, '\\') || !scan_byte(rest, 'u') ||
	    !scan_hex4(rest, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* RFC 3629 3. */
static size_t
put_utf8(unsigned c, unsigned char out[static 4])
{
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i > 1; i--) {
		out[i - 1] = (unsigned char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (unsigned char)(lead[n] | c);
	return n;
}

/* What stands behind a backslash. */
static bool
scan_escape(struct span *rest, unsigned *out)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";

	if (scan_byte(rest, 'u'))
		return scan_unicode(rest, out);
	for (size_t i = 0; i < sizeof(names) - 1; i++)
		if (scan_byte(rest, (unsigned char)names[i])) {
			*out = (unsigned char)means[i];
			return true;
		}
	return false;
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/*
 * One character inside a string, unescaped: the number of bytes in out, valid
 * UTF-8 if *rest is (one byte of it at a time where it is not escaped). 0, and
 * nothing taken, at the closing quote, at the end, and for what may not stand
 * in a string: a control character, an unknown escape, a lone surrogate,
 * \u0000.
 */
static size_t
scan_char(struct span *rest, unsigned char out[static 4])
{
	struct span ahead = *rest;
	unsigned c;

	if (rest->n > 0 && is_plain(rest->p[0])) {
		out[0] = rest->p[0];
		*rest = span_skip(*rest, 1);
		return 1;
	}
	if (!scan_byte(&ahead, '\\') || !scan_escape(&ahead, &c))
		return 0;
	*rest = ahead;
	return put_utf8(c, out);
}

/* Behind a "\": where it is wrong, up to the byte that makes it so. */
static bool
skip_escape(struct scan *s)
{
	int c = peek(s);

	if (c < 0)
		return false;
	s->at++;
	if (c != 'u')
		return memchr("\"\\/bfnrt", c, 8) != NULL;
	for (int i = 0; i < 4; i++) {
		c = peek(s);
		if (c < 0)
			return false;
		s->at++;
		if (hex_digit((unsigned char)c) < 0)
			return false;
	}
	return true;
}

/* Are the escapes of the characters inside a string all ones that mean one? */
static bool
escapes_right(struct span inner)
{
	unsigned char c[4];

	for (;;) {
		size_t n = 0;

		while (n < inner.n && is_plain(inner.p[n]))
			n++;
		inner = span_skip(inner, n);
		if (inner.n == 0)
			return true;
		if (scan_char(&inner, c) == 0)
			return false;
	}
}

/* Behind the opening quote. */
static enum token
scan_string(struct scan *s)
{
	size_t from = s->at;
	bool escaped = false;

	for (;;) {
		while (s->at < s->text.n && is_plain(s->text.p[s->at]))
			s->at++;
		if (take(s, '"'))
			break;
		if (!take(s, '\\') || !skip_escape(s))
			return TOKEN_NONE;
		escaped = true;
	}
	s->last = (struct span){ s->text.p + from, s->at - 1 - from };
	return escaped && !escapes_right(s->last) ? TOKEN_NONE : TOKEN_STRING;
}

/* Can a long long hold it? digits has no sign, and no zero before others. */
static bool
fits_64(struct span digits, bool negative)
{
	struct span most = negative ? SPAN_LIT("9223372036854775808")
				    : SPAN_LIT("9223372036854775807");

	return digits.n < most.n ||
	       (digits.n == most.n && span_cmp(digits, most) <= 0);
}

static enum token
scan_number(struct scan *s)
{
	bool negative = take(s, '-'), whole = true;
	size_t from = s->at;

	if (negative && s->body && peek(s) == '0') {
		s->fault = JSON_ZERO;
		return TOKEN_NONE;
	}
	if (take(s, '0') ? peek(s) >= '0' && peek(s) <= '9' : !skip_digits(s))
		return TOKEN_NONE;
	if (take(s, '.')) {
		whole = false;
		if (!skip_digits(s))
			return TOKEN_NONE;
	}
	if (take(s, 'e') || take(s, 'E')) {
		whole = false;
		if (!take(s, '+'))
			(void)take(s, '-');
		if (!skip_digits(s))
			return TOKEN_NONE;
	}
	return !whole || !s->body ||
		       fits_64((struct span){ s->text.p + from, s->at - from },
			   negative)
		   ? TOKEN_NUMBER
		   : TOKEN_NONE;
}

static bool
is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static enum token
scan_word(struct scan *s)
{
	size_t from = s->at;
	struct span word;

	while (is_letter(peek(s)))
		s->at++;
	word = (struct span){ s->text.p + from, s->at - from };
	return span_is(word, "true") || span_is(word, "false") ||
		       span_is(word, "null")
		   ? TOKEN_WORD
		   : TOKEN_NONE;
}

static int
scan_token(struct scan *s)
{
	int c = peek(s), token;
	size_t from = s->at;

	if (c == '-' || (c >= '0' && c <= '9')) {
		token = scan_number(s);
	} else if (is_letter(c)) {
		token = scan_word(s);
	} else if (c == '"') {
		s->at++;
		token = scan_string(s);
	} else {
		token =
		    c >= 0 && memchr("{}[]:,", c, 6) != NULL ? c : TOKEN_NONE;
		/* The whole character, of which it begins with one byte. */
		for (s->at += c >= 0; (peek(s) & 0xc0) == 0x80 && peek(s) > 0;)
			s->at++;
	}
	s->token = (struct span){ s->text.p + from, s->at - from };
	return token;
}

static int
next_token(struct scan *s)
{
	skip_space(s);
	return scan_token(s);
}

static bool
fail(struct scan *s, enum json_fault fault)
{
	s->fault = fault;
	return false;
}

static bool same_text(struct span a, struct span b);

/* The name that was just read, after n others of its object. */
static bool
check_name(struct scan *s, struct span *seen, size_t n)
{
	if (!s->body)
		return true;
	for (size_t i = 0; i < n && i < JSON_MEMBERS_MAX; i++)
		if (same_text(seen[i], s->token))
			return fail(s, JSON_DUPLICATE);
	if (n >= JSON_MEMBERS_MAX)
		return fail(s, JSON_CROWDED);
	seen[n] = s->token;
	return true;
}

static bool scan_value(struct scan *s, int token, unsigned depth);

static bool
scan_object(struct scan *s, unsigned depth)
{
	struct span seen[JSON_MEMBERS_MAX];
	int token = next_token(s);
	size_t n = 0;

	if (token == '}')
		return true;
	for (;; token = next_token(s)) {
		if (token != TOKEN_STRING || !check_name(s, seen, n++) ||
		    next_token(s) != ':' ||
		    !scan_value(s, next_token(s), depth))
			return false;
		token = next_token(s);
		if (token != ',')
			return token == '}';
	}
}

static bool
scan_array(struct scan *s, unsigned depth)
{
	int token = next_token(s);

	if (token == ']')
		return true;
	for (;; token = next_token(s)) {
		if (!scan_value(s, token, depth))
			return false;
		token = next_token(s);
		if (token != ',')
			return token == ']';
	}
}

/* Recursion ends with depth, which is at most TOKEN_DEPTH_MAX. */
static bool
scan_value(struct scan *s, int token, unsigned depth)
{
	switch (token) {
	case '{':
	case '[':
		if (depth == 0)
			return fail(s, JSON_DEEP);
		return token == '{' ? scan_object(s, depth - 1)
				    : scan_array(s, depth - 1);
	case TOKEN_STRING:
	case TOKEN_NUMBER:
	case TOKEN_WORD:
		return true;
	default:
		return false;
	}
}

static enum json_kind
kind_of(unsigned char first)
{
	switch (first) {
	case '"':
		return JSON_KIND_STRING;
	case '{':
		return JSON_KIND_OBJECT;
	case '[':
		return JSON_KIND_ARRAY;
	case 't':
		return JSON_KIND_TRUE;
	case 'f':
		return JSON_KIND_FALSE;
	case 'n':
		return JSON_KIND_NULL;
	default:
		return JSON_KIND_NUMBER;
	}
}

bool
json_take(struct span *rest, unsigned depth, struct json_value *out)
{
	struct scan s = { .text = *rest };
	bool right = scan_value(&s, scan_token(&s), depth);

	*out = (struct json_value){ JSON_ABSENT, { NULL, 0 } };
	if (right)
		*out = (struct json_value){ kind_of(rest->p[0]),
			span_head(*rest, s.at) };
	*rest = span_skip(*rest, s.at);
	return right;
}

bool
json_object_valid(struct span text, unsigned depth_max)
{
	struct scan s = { .text = text };

	if (depth_max > TOKEN_DEPTH_MAX || !text_utf8(text))
		return false;
	if (next_token(&s) != '{' || !scan_value(&s, '{', depth_max))
		return false;
	skip_space(&s);
	return s.at == text.n;
}

/* Lines end with LF; a character is counted by its first byte. */
static void
count_place(struct span read, struct json_body *out)
{
	out->line = 1;
	out->column = 0;
	for (size_t i = 0; i < read.n; i++) {
		if (read.p[i] == '\n') {
			out->line++;
			out->column = 0;
		} else if ((read.p[i] & 0xc0) != 0x80) {
			out->column++;
		}
	}
}

struct json_body
json_body_read(struct span text)
{
	/* Up to what is no UTF-8 it may be wrong for another reason. */
	struct scan s = { .text = span_head(text, text_utf8_size(text)),
		.body = true };
	struct json_body out = { .fault = JSON_MALFORMED };
	int token = next_token(&s);
	size_t from = s.at - s.token.n;

	if ((token == '{' || token == '[') &&
	    scan_value(&s, token, JSON_DEPTH_MAX)) {
		out.root = (struct json_value){ kind_of((unsigned char)token),
			{ text.p + from, s.at - from } };
		skip_space(&s);
		if (s.at == text.n)
			out.fault = JSON_RIGHT;
		else
			(void)scan_token(&s);
	}
	if (out.fault != JSON_RIGHT) {
		out.fault = s.fault;
		out.root = (struct json_value){ JSON_ABSENT, { NULL, 0 } };
		count_place(span_head(text, s.at), &out);
	}
	out.last = s.last;
	return out;
}

struct json_walk
json_walk(struct json_value v)
{
	struct json_walk w = { v.text, v.kind == JSON_KIND_OBJECT, false };
	struct scan s = { .text = v.text };

	if (v.kind == JSON_KIND_OBJECT || v.kind == JSON_KIND_ARRAY) {
		w.more = next_token(&s) == (w.named ? '{' : '[');
		w.rest = span_skip(v.text, s.at);
	}
	return w;
}

bool
json_next(
    struct json_walk *w, struct json_value *name, struct json_value *value)
{
	struct scan s = { .text = w->rest };
	size_t from;

	if (!w->more)
		return false;
	w->more = false;
	if (w->named) {
		if (next_token(&s) != TOKEN_STRING)
			return false;
		*name = (struct json_value){ JSON_KIND_STRING, s.token };
		if (next_token(&s) != ':')
			return false;
	}
	skip_space(&s);
	from = s.at;
	if (!scan_value(&s, scan_token(&s), TOKEN_DEPTH_MAX))
		return false;
	value->text = (struct span){ s.text.p + from, s.at - from };
	value->kind = kind_of(s.text.p[from]);
	w->more = next_token(&s) == ',';
	w->rest = span_skip(w->rest, s.at);
	return true;
}

size_t
json_count(struct json_value v)
{
	struct json_walk w = json_walk(v);
	struct json_value name, value;
	size_t n = 0;

	while (json_next(&w, &name, &value))
		n++;
	return n;
}

static struct json_value
absent(void)
{
	return (struct json_value){ JSON_ABSENT, { NULL, 0 } };
}

/* The value of a name, or that it stands there twice. */
static void
note(struct json_value *found, struct json_value value)
{
	if (found->kind == JSON_ABSENT)
		*found = value;
	else
		*found = (struct json_value){ JSON_TWICE, { NULL, 0 } };
}

void
json_members(struct json_value object, const struct span *names, size_t n,
    struct json_value *found)
{
	struct json_value key = absent(), value;
	struct json_walk w;

	for (size_t i = 0; i < n; i++)
		found[i] = absent();
	if (object.kind != JSON_KIND_OBJECT)
		return;
	w = json_walk(object);
	while (json_next(&w, &key, &value))
		for (size_t i = 0; i < n; i++)
			if (json_string_is(key, names[i]))
				note(&found[i], value);
}

bool
json_names_apart(struct json_value object)
{
	struct span seen[JSON_NAMES_MAX];
	struct json_value key = absent(), value;
	struct json_walk w;
	size_t n = 0;

	if (object.kind != JSON_KIND_OBJECT)
		return false;
	w = json_walk(object);
	while (json_next(&w, &key, &value)) {
		if (n == JSON_NAMES_MAX || span_has(key.text, '\\'))
			return false;
		for (size_t i = 0; i < n; i++)
			if (span_eq(seen[i], key.text))
				return false;
		seen[n++] = key.text;
	}
	return true;
}

struct json_value
json_member(struct json_value object, struct span name)
{
	struct json_value found;

	json_members(object, &name, 1, &found);
	return found;
}

struct json_value
json_element(struct json_value array, size_t index)
{
	struct json_value name = absent(), value;
	struct json_walk w;

	if (array.kind != JSON_KIND_ARRAY)
		return absent();
	w = json_walk(array);
	while (json_next(&w, &name, &value))
		if (index-- == 0)
			return value;
	return absent();
}

bool
json_has_string(struct json_value v, struct span s)
{
	struct json_value name = absent(), value;
	bool found = false;
	struct json_walk w;

	if (v.kind != JSON_KIND_ARRAY)
		return json_string_is(v, s);
	w = json_walk(v);
	while (json_next(&w, &name, &value)) {
		if (value.kind != JSON_KIND_STRING)
			return false;
		found = json_string_is(value, s) || found;
	}
	return found;
}

/* What stands behind a string's opening quote. */
static bool
inside(struct json_value v, struct span *rest)
{
	*rest = v.text;
	return v.kind == JSON_KIND_STRING && scan_byte(rest, '"');
}

bool
json_read_text(struct json_value v, struct arena *arena, struct span *out)
{
	struct span rest;
	unsigned char *p, c[4];
	size_t n = 0, more;

	*out = (struct span){ NULL, 0 };
	if (!inside(v, &rest))
		return false;
	/* No escape is shorter than the UTF-8 that it stands for. */
	p = arena_bytes(arena, rest.n);
	if (p == NULL)
		return false;
	while ((more = scan_char(&rest, c)) > 0)
		for (size_t i = 0; i < more; i++)
			p[n++] = c[i];
	if (!scan_byte(&rest, '"') || rest.n > 0)
		return false;
	*out = (struct span){ p, n };
	return true;
}

bool
json_string_is(struct json_value v, struct span s)
{
	unsigned char c[4];
	struct span rest;
	size_t n;

	if (!inside(v, &rest))
		return false;
	/* Without an escape each byte stands for itself. */
	if (rest.n == s.n + 1 && !span_has(rest, '\\'))
		return rest.p[s.n] == '"' && span_eq(span_head(rest, s.n), s) &&
		       !span_has(s, '"');
	while ((n = scan_char(&rest, c)) > 0) {
		if (!span_starts(s, (struct span){ c, n }))
			return false;
		s = span_skip(s, n);
	}
	return s.n == 0 && scan_byte(&rest, '"') && rest.n == 0;
}

bool
json_read_integer(struct json_value v, long long *out)
{
	struct span digits = v.text;
	bool negative;

	*out = 0;
	if (v.kind != JSON_KIND_NUMBER)
		return false;
	negative = scan_byte(&digits, '-');
	if (!span_digits(digits, out))
		return false;
	if (negative)
		*out = -*out;
	return !negative || *out < 0;
}

/* How far the exponent, cut off the end of a JSON number, moves its point. */
static bool
take_exponent(struct span *number, long long *shift)
{
	struct span rest;
	bool negative;
	size_t n = 0;

	*shift = 0;
	while (n < number->n && (number->p[n] | 0x20) != 'e')
		n++;
	rest = span_skip(*number, n);
	*number = span_head(*number, n);
	if (!scan_byte(&rest, 'e') && !scan_byte(&rest, 'E'))
		return true;
	negative = scan_byte(&rest, '-');
	(void)scan_byte(&rest, '+');
	for (size_t i = 0; i < rest.n && i <= EXPONENT_DIGITS_MAX; i++)
		*shift = *shift * 10 + (rest.p[i] - '0');
	if (negative)
		*shift = -*shift;
	return rest.n <= EXPONENT_DIGITS_MAX;
}

bool
json_read_seconds(struct json_value v, long long *out)
{
	struct span rest = v.text;
	struct json_value whole;
	long long left, seconds = 0;
	bool negative;

	*out = 0;
	if (v.kind != JSON_KIND_NUMBER || !json_take(&rest, 0, &whole) ||
	    rest.n > 0)
		return false;
	rest = v.text;
	negative = scan_byte(&rest, '-');
	if (!take_exponent(&rest, &left))
		return false;
	left += (long long)span_cut(rest, '.').head.n;
	for (size_t i = 0; left > 0; i++) {
		unsigned char digit = i < rest.n ? rest.p[i] : '0';

		if (digit == '.')
			continue;
		if (seconds > SECONDS_MAX / 10)
			return false;
		seconds = seconds * 10 + (digit - '0');
		left--;
	}
	*out = negative ? -seconds : seconds;
	return true;
}

/* Two strings, quotes included, whose escapes are right. */
static bool
same_text(struct span a, struct span b)
{
	unsigned char c[4], d[4];
	size_t n, m;

	if (!span_has(a, '\\') && !span_has(b, '\\'))
		return span_eq(a, b);
	a = span_skip(a, 1);
	b = span_skip(b, 1);
	do {
		/* A character that is not escaped comes byte by byte. */
		n = scan_char(&a, c);
		m = scan_char(&b, d);
		if (n == 0 || m == 0)
			return n == m;
		for (; n < m && a.n > 0; n++) {
			c[n] = a.p[0];
			a = span_skip(a, 1);
		}
		for (; m < n && b.n > 0; m++) {
			d[m] = b.p[0];
			b = span_skip(b, 1);
		}
	} while (n == m && memcmp(c, d, n) == 0);
	return false;
}

/* One step of a path: a member's name, or an element's index. */
struct step {
	struct span name; /* empty: index counts */
	long long index;
};

/* "[" has been taken: ( "0" / %x31-39 0*3DIGIT ) "]" */
static bool
take_index(struct span *path, struct step *out)
{
	struct span_cut at = span_cut(*path, ']');

	*path = at.tail;
	return at.found && at.head.n <= 4 && span_digits(at.head, &out->index);
}

/* 1*( any byte but ".", "[", "]", blanks and control characters ) */
static bool
take_name(struct span *path, struct step *out)
{
	size_t n = 0;

	while (n < path->n && path->p[n] > ' ' && path->p[n] != 0x7f &&
	       path->p[n] != '.' && path->p[n] != '[' && path->p[n] != ']')
		n++;
	out->name = span_head(*path, n);
	*path = span_skip(*path, n);
	return n > 0;
}

/* path = name *( "." name / "[" index "]" ) */
static bool
take_step(struct span *path, bool first, struct step *out)
{
	*out = (struct step){ { NULL, 0 }, 0 };
	if (first)
		return take_name(path, out);
	if (scan_byte(path, '['))
		return take_index(path, out);
	return scan_byte(path, '.') && take_name(path, out);
}

bool
json_path_valid(struct span path)
{
	struct step step;
	bool first = true;

	do {
		if (!take_step(&path, first, &step))
			return false;
		first = false;
	} while (path.n > 0);
	return true;
}

struct json_value
json_path(struct json_value object, struct span path)
{
	struct json_value v = object;
	struct step step;
	bool first = true;

	do {
		if (!take_step(&path, first, &step))
			return absent();
		first = false;
		v = step.name.n > 0 ? json_member(v, step.name)
				    : json_element(v, (size_t)step.index);
	} while (path.n > 0 && v.kind != JSON_TWICE);
	return v;
}
